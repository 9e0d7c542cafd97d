/* Few accounts subscribe and few entries concern the right to be told, so the circle of those who
 * may be told is kept until such an entry comes; an entry's lines are then matched against it. */
#include "projections/views/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "projections/views/telling.h"

#define FAMILY_COUNT_MAX 20000u           /* account × child */
#define CAUSE_DOMAIN "letopis/message/v1" /* with its zero */

struct family {
    proj_id account, pupil;
    uint8_t wants;
    uint8_t told; /* while an entry is matched: sorts of its lines that concern them */
};

struct proj_outbox {
    struct family *families;
    size_t count, capacity;
    ledger_seq valid_from, valid_to; /* log sizes for which the circle is as it is */
    struct proj_view *view;          /* of the call */
    base_day day;
};

void proj_cause_id(const struct ledger_hash *log_id, const struct proj_cause *cause,
                   uint8_t out_id[PROJ_CAUSE_ID_LEN])
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_hash hash = {0};
    base_buf_put(&text, CAUSE_DOMAIN, sizeof CAUSE_DOMAIN);
    base_buf_put(&text, log_id->bytes, LEDGER_HASH_LEN);
    base_buf_put_u8(&text, cause->wants);
    base_buf_put(&text, cause->account, LEDGER_ID_LEN);
    base_buf_put(&text, cause->pupil, LEDGER_ID_LEN);
    base_buf_put_be64(&text, cause->seq);
    base_buf_put_be32(&text, (uint32_t)cause->week);
    ledger_sha256(base_buf_bytes(&text), &hash);
    memcpy(out_id, hash.bytes, PROJ_CAUSE_ID_LEN);
}

int proj_outbox_new(struct proj_outbox **out_outbox, struct base_err *err)
{
    *out_outbox = calloc(1, sizeof **out_outbox);
    return *out_outbox == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "outbox") : 0;
}

void proj_outbox_free(struct proj_outbox *outbox)
{
    if (outbox == NULL)
        return;
    free(outbox->families);
    free(outbox);
}

/* The circle */

static bool has_consent(struct proj_view *view, const uint8_t *account, const uint8_t *pupil)
{
    struct proj_consent consent;
    struct proj_key key = proj_key_tagged_ids('h', account, pupil);
    return proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &consent, sizeof consent, NULL) &&
           consent.decision == PROJ_CONSENT_GIVEN;
}

static bool is_parent(struct proj_view *view, const uint8_t *account, const uint8_t *pupil,
                      base_day day)
{
    return proj_has_role(view->txn, account, PROJ_ROLE_PARENT, pupil, day, LEDGER_SEQ_NONE);
}

struct grants {
    struct proj_outbox *outbox;
    uint8_t wants;
};

static void add_family(void *data, const struct proj_grant *grant)
{
    struct grants *grants = data;
    struct proj_outbox *outbox = grants->outbox;
    if (grant->role != PROJ_ROLE_PARENT || !has_consent(outbox->view, grant->account, grant->scope))
        return;
    for (size_t i = outbox->count; i-- > 0;) { /* a role granted twice is one family */
        if (memcmp(outbox->families[i].account, grant->account, LEDGER_ID_LEN) != 0)
            break;
        if (memcmp(outbox->families[i].pupil, grant->scope, LEDGER_ID_LEN) == 0)
            return;
    }
    if (outbox->count == outbox->capacity) {
        size_t capacity = outbox->capacity == 0 ? 256 : outbox->capacity * 2;
        struct family *grown = capacity > FAMILY_COUNT_MAX * 2
                                   ? NULL
                                   : realloc(outbox->families, capacity * sizeof *grown);
        if (grown == NULL) {
            proj_txn_fail(outbox->view->txn, BASE_E_LIMIT, "families that are told");
            return;
        }
        outbox->families = grown;
        outbox->capacity = capacity;
    }
    struct family *family = &outbox->families[outbox->count++];
    memset(family, 0, sizeof *family);
    memcpy(family->account, grant->account, LEDGER_ID_LEN);
    memcpy(family->pupil, grant->scope, LEDGER_ID_LEN);
    family->wants = grants->wants;
}

static void gather(struct proj_outbox *outbox)
{
    struct proj_view *view = outbox->view;
    struct proj_key prefix = proj_key_of('e');
    struct proj_fact fact;
    struct proj_channel channel;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    outbox->count = 0;
    while (proj_scan_next(scan, &fact)) {
        proj_id account;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof channel)
            continue;
        memcpy(&channel, fact.value.data, sizeof channel);
        struct grants grants = {.outbox = outbox, .wants = channel.wants};
        memcpy(account, fact.key.data + 1, LEDGER_ID_LEN);
        if (channel.wants != 0 && (channel.has_email || channel.has_phone))
            proj_each_grant(view->txn, account, LEDGER_SEQ_NONE, add_family, &grants);
    }
    proj_scan_close(scan);
}

/* Entries of the journal itself change nobody's right to be told. */
static bool keeps_circle(const struct ledger_event *event)
{
    static const char *const kinds[] = {"marks.set",      "debt.set",      "attendance.set",
                                        "homework.set",   "topic.set",     "period.set",
                                        "lesson.opened",  "advice.given",  "lesson.changed",
                                        "session.opened", "session.closed"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (base_bytes_equal(event->kind, base_bytes_str(kinds[i])))
            return true;
    return false;
}

static void circle_at(struct proj_outbox *outbox, ledger_seq size, bool kept)
{
    if (outbox->valid_to + 1 == size && kept && outbox->valid_to != 0) {
        outbox->valid_to = size;
        return;
    }
    if (size >= outbox->valid_from && size <= outbox->valid_to && outbox->valid_to != 0)
        return;
    proj_txn_moment(outbox->view->txn, size, size);
    gather(outbox);
    proj_txn_moment(outbox->view->txn, LEDGER_SEQ_NONE, LEDGER_SEQ_NONE);
    outbox->valid_from = outbox->valid_to = size;
}

/* Matching */

static void match(void *data, const struct proj_line *line)
{
    struct proj_outbox *outbox = data;
    for (size_t i = 0; i < outbox->count; i++) {
        struct family *family = &outbox->families[i];
        if ((family->wants & line->wants) == 0 || (family->told & line->wants) != 0)
            continue;
        bool meant = line->pupil != NULL
                         ? memcmp(line->pupil, family->pupil, LEDGER_ID_LEN) == 0
                         : proj_is_member(outbox->view->txn, line->group, family->pupil, line->day,
                                          LEDGER_SEQ_NONE);
        if (meant && is_parent(outbox->view, family->account, family->pupil, outbox->day))
            family->told |= (uint8_t)line->wants;
    }
}

void proj_outbox_entry(struct proj_outbox *outbox, struct proj_view *view, ledger_seq seq,
                       void (*each)(void *data, const struct proj_cause *cause), void *data)
{
    struct proj_source source = proj_source_of_reader(view->reader);
    struct ledger_event event;
    struct base_err err = {0};
    base_time_ms recorded_ms = 0;
    int rc = source.event(source.data, seq, &event, &recorded_ms, &err);
    if (rc != 0) {
        proj_txn_fail(view->txn, rc, err.text);
        return;
    }
    outbox->view = view;
    outbox->day = base_day_of_time(recorded_ms, view->offset_min);
    circle_at(outbox, seq + 1, keeps_circle(&event));
    if (outbox->count == 0)
        return;
    for (size_t i = 0; i < outbox->count; i++)
        outbox->families[i].told = 0;
    proj_tell(view, seq, match, outbox);
    for (size_t i = 0; i < outbox->count; i++) {
        const struct family *family = &outbox->families[i];
        struct proj_cause cause = {.seq = seq};
        memcpy(cause.account, family->account, LEDGER_ID_LEN);
        memcpy(cause.pupil, family->pupil, LEDGER_ID_LEN);
        for (unsigned bit = 1; bit <= PROJ_WANTS_ALL; bit <<= 1) {
            cause.wants = (uint8_t)bit;
            if ((family->told & bit) != 0)
                each(data, &cause);
        }
    }
}

void proj_outbox_week(struct proj_outbox *outbox, struct proj_view *view, base_day monday,
                      void (*each)(void *data, const struct proj_cause *cause), void *data)
{
    outbox->view = view;
    circle_at(outbox, proj_txn_next(view->txn), false);
    for (size_t i = 0; i < outbox->count; i++) {
        const struct family *family = &outbox->families[i];
        struct proj_cause cause = {
            .wants = PROJ_WANTS_DIGEST, .seq = LEDGER_SEQ_NONE, .week = monday};
        memcpy(cause.account, family->account, LEDGER_ID_LEN);
        memcpy(cause.pupil, family->pupil, LEDGER_ID_LEN);
        if ((family->wants & PROJ_WANTS_DIGEST) != 0 &&
            is_parent(view, family->account, family->pupil, proj_view_today(view)))
            each(data, &cause);
    }
}

/* Composing */

struct composing {
    struct proj_view *view;
    const struct proj_cause *cause;
    struct base_buf *text;
};

static void add_line(void *data, const struct proj_line *line)
{
    struct composing *composing = data;
    struct base_buf *text = composing->text;
    const uint8_t *pupil = composing->cause->pupil;
    size_t len = strlen(line->text);
    if (line->wants != (enum proj_wants)composing->cause->wants)
        return;
    bool meant = line->pupil != NULL ? memcmp(line->pupil, pupil, LEDGER_ID_LEN) == 0
                                     : proj_is_member(composing->view->txn, line->group, pupil,
                                                      line->day, LEDGER_SEQ_NONE);
    /* A cell that several entries had set turns once. */
    for (size_t at = 0; meant && at + len < text->len;) {
        const uint8_t *end = memchr(text->data + at, '\n', text->len - at);
        size_t line_len = end == NULL ? text->len - at : (size_t)(end - (text->data + at));
        if (line_len == len && memcmp(text->data + at, line->text, len) == 0)
            return;
        at += line_len + 1;
    }
    if (meant)
        base_buf_printf(text, "%s\n", line->text);
}

static void sealed_into(struct proj_view *view, const uint8_t *commitment, char *out, size_t size)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    proj_view_sealed_text(view, commitment, &text);
    out[0] = '\0';
    if (text.len < size && text.len > 0 && memchr(text.data, 0, text.len) == NULL) {
        memcpy(out, text.data, text.len);
        out[text.len] = '\0';
    }
}

static size_t first_letter(const char *text)
{
    size_t len = *text == '\0' ? 0 : 1;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len++;
    return len;
}

static void put_names(struct proj_view *view, const uint8_t *pupil, struct proj_message *message)
{
    char name[PROJ_NAME_LEN_MAX]; /* "Фамилия Имя" */
    proj_view_pupil_name(view, pupil, name);
    const char *given = strchr(name, ' ');
    given = given == NULL ? "" : given + 1;
    snprintf(message->name, sizeof message->name, "%s %.*s.", given, (int)first_letter(name), name);
    snprintf(message->initials, sizeof message->initials, "%.*s. %.*s.", (int)first_letter(given),
             given, (int)first_letter(name), name);
}

static const char *unwanted(struct proj_view *view, const struct proj_cause *cause,
                            struct proj_channel *out_channel)
{
    struct proj_key key = proj_key_tagged_id('e', cause->account);
    if (cause->seq != LEDGER_SEQ_NONE && proj_is_void(view->txn, cause->seq))
        return "void";
    if (!has_consent(view, cause->account, cause->pupil))
        return "consent";
    if (!is_parent(view, cause->account, cause->pupil, proj_view_today(view)))
        return "role";
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, out_channel, sizeof *out_channel, NULL) ||
        (out_channel->wants & cause->wants) == 0)
        return "channel";
    return NULL;
}

void proj_outbox_compose(struct proj_view *view, const struct proj_cause *cause,
                         struct proj_message *out_message)
{
    struct proj_channel channel;
    struct composing composing = {.view = view, .cause = cause, .text = &out_message->text};
    memset(out_message, 0, sizeof *out_message);
    out_message->quiet_from = out_message->quiet_to = -1;
    out_message->reason = unwanted(view, cause, &channel);
    if (out_message->reason != NULL)
        return;
    if (channel.has_email)
        sealed_into(view, channel.email, out_message->email, sizeof out_message->email);
    if (channel.has_phone)
        sealed_into(view, channel.phone, out_message->phone, sizeof out_message->phone);
    out_message->quiet_from = channel.quiet_from;
    out_message->quiet_to = channel.quiet_to;
    put_names(view, cause->pupil, out_message);
    if (cause->seq == LEDGER_SEQ_NONE)
        proj_tell_week(view, cause->pupil, cause->week, cause->week + 6, &out_message->text);
    else
        proj_tell(view, cause->seq, add_line, &composing);
    if (out_message->email[0] == '\0' && out_message->phone[0] == '\0')
        out_message->reason = "channel"; /* the address was erased */
    else if (out_message->text.len == 0)
        out_message->reason = "empty";
    out_message->wanted = out_message->reason == NULL;
}

void proj_message_release(struct proj_message *message)
{
    base_buf_wipe(&message->text);
    memset(message, 0, sizeof *message);
}
