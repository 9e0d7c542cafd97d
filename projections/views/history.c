/* The history of one cell: every version, who, when, by which key, whether it counts. The only view
 * that reads entries of the log itself: it checks each signature anew. */
#include <stdlib.h>

#include "projections/deadlines.h"
#include "projections/views/view.h"

#define VERSION_COUNT_MAX 500

struct history {
    struct proj_view *view;
    struct proj_lesson lesson;
    enum proj_what what;
    bool is_period; /* a period mark's: `what` and `lesson` say nothing */
};

static void put_mark_value(struct base_buf *out, const struct proj_mark *mark)
{
    proj_put_key(out, "value");
    ledger_canon_put_array(out, mark->count);
    for (unsigned i = 0; i < mark->count; i++)
        ledger_canon_put_int(out, mark->values[i]);
}

/* A period mark: its value, and why it was deferred. */
static ledger_seq put_period_value(struct history *h, const struct proj_fact *fact,
                                   struct base_buf *out_text)
{
    struct proj_period_mark mark;
    memcpy(&mark, fact->value.data, sizeof mark);
    proj_put_int(h->view->out, "value", mark.value);
    if (mark.has_reason)
        proj_view_shown_text(h->view, mark.reason, out_text);
    return mark.prev;
}

/* value, text, work, weight, protocol, comment, prev, late: what differs by the sort of cell. */
static void put_value(struct history *h, const struct proj_fact *fact)
{
    struct base_buf *out = h->view->out;
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) comment = {0};
    struct proj_mark mark = {.prev = LEDGER_SEQ_NONE};
    struct proj_attendance absence;
    ledger_seq prev = LEDGER_SEQ_NONE;
    bool late = false;
    if (h->is_period) {
        prev = put_period_value(h, fact, &text);
    } else if (h->what == PROJ_WHAT_MARK) {
        (void)proj_mark_of(fact->value, &mark);
        put_mark_value(out, &mark);
        prev = mark.prev;
        late = !mark.has_protocol &&
               proj_mark_is_late(mark.recorded_ms, h->view->offset_min, h->lesson.day, mark.work);
        if (mark.has_comment)
            proj_view_shown_text(h->view, mark.comment, &comment);
    } else if (h->what == PROJ_WHAT_ATTENDANCE) {
        (void)proj_attendance_of(fact->value, &absence);
        proj_put_int(out, "value", absence.state);
        prev = absence.prev;
        late = proj_attendance_is_late(absence.recorded_ms, h->view->offset_min, h->lesson.day);
        if (absence.has_reason)
            proj_view_shown_text(h->view, absence.reason, &text);
    } else {
        size_t head =
            h->what == PROJ_WHAT_TOPIC ? sizeof(struct proj_topic) : sizeof(struct proj_homework);
        struct proj_topic topic;
        struct proj_homework homework;
        if (h->what == PROJ_WHAT_TOPIC) {
            memcpy(&topic, fact->value.data, sizeof topic);
            prev = topic.prev;
        } else {
            memcpy(&homework, fact->value.data, sizeof homework);
            prev = homework.prev;
        }
        proj_put_nil(out, "value");
        base_buf_put(&text, fact->value.data + head, fact->value.len - head);
    }
    proj_put_text(out, "text", base_buf_bytes(&text));
    proj_put_int(out, "work", mark.work);
    proj_put_int(out, "weight", mark.weight);
    proj_put_str(out, "protocol", mark.has_protocol ? mark.protocol : "");
    proj_put_text(out, "comment", base_buf_bytes(&comment));
    proj_put_seq(out, "prev", prev);
    proj_put_bool(out, "prev_void", prev != LEDGER_SEQ_NONE && proj_is_void(h->view->txn, prev));
    proj_put_bool(out, "late", late);
}

/* The number of a report's act, counted from the oldest, and its cut. */
static void put_act(struct history *h, ledger_seq report_seq)
{
    struct proj_key prefix = proj_key_of('X');
    struct proj_fact fact;
    int64_t act = 0;
    ledger_seq cut = LEDGER_SEQ_NONE;
    struct proj_scan *scan = proj_scan_open(h->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_report report;
        if (fact.seq > report_seq || fact.value.len != sizeof report)
            break;
        memcpy(&report, fact.value.data, sizeof report);
        cut = report.cut;
        act++;
    }
    proj_scan_close(scan);
    proj_put_int(h->view->out, "act", act);
    proj_put_seq(h->view->out, "cut", cut);
}

static void put_void(struct history *h, ledger_seq seq)
{
    struct base_buf *out = h->view->out;
    struct proj_void state = proj_void_get(h->view->txn, seq);
    proj_put_bool(out, "counts", state.reason == PROJ_COUNTS);
    proj_put_key(out, "void");
    if (state.reason == PROJ_COUNTS) {
        ledger_canon_put_nil(out);
        return;
    }
    ledger_canon_put_map(out, 4);
    proj_put_seq(out, "report", state.cause);
    put_act(h, state.cause);
    proj_put_str(out, "reason", state.reason == PROJ_VOID_COVERED ? "covered" : "ungrounded");
}

static bool put_author(struct history *h, ledger_seq seq)
{
    struct base_buf *out = h->view->out;
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    struct proj_key_fact key_fact;
    struct proj_fact fact;
    char name[PROJ_NAME_LEN_MAX];
    memset(&key_fact, 0, sizeof key_fact);
    if (ledger_reader_entry(h->view->reader, seq, &bytes, NULL) != 0 ||
        ledger_entry_parse(bytes, &entry, NULL) != 0 ||
        ledger_event_parse(entry.event_bytes, &event, &refusal) != 0)
        return false;
    struct proj_key key = proj_key_key(&event.key);
    if (proj_fact_get_any(h->view->txn, &key, LEDGER_SEQ_NONE, &fact) &&
        fact.value.len == sizeof key_fact)
        memcpy(&key_fact, fact.value.data, sizeof key_fact);
    proj_view_account_name(h->view, key_fact.account, name);
    ledger_canon_put_map(out, 22);
    proj_put_seq(out, "seq", seq);
    proj_put_text(out, "kind", event.kind);
    proj_put_key(out, "quote");
    if (event.has_quote)
        ledger_canon_put_bin(out, event.quote.bytes, LEDGER_HASH_LEN);
    else
        ledger_canon_put_nil(out);
    proj_put_hash(out, "id", event.id.bytes);
    proj_put_int(out, "recorded", entry.recorded_ms);
    proj_put_int(out, "claimed", event.claimed_ms);
    proj_put_id(out, "account", key_fact.account);
    proj_put_str(out, "name", name);
    proj_put_hash(out, "key", event.key.bytes);
    proj_put_bool(out, "session", key_fact.kind == PROJ_KEY_SESSION);
    proj_put_bool(out, "signature_ok",
                  ledger_event_verify(entry.event_bytes, &event.key, &entry.signatures[0]));
    return true;
}

static void put_versions(struct history *h, const struct proj_key *key)
{
    struct proj_fact *versions = calloc(VERSION_COUNT_MAX, sizeof *versions);
    struct proj_fact fact;
    unsigned count = 0;
    if (versions == NULL) {
        proj_txn_fail(h->view->txn, BASE_E_MEMORY, "history");
        return;
    }
    struct proj_scan *scan = proj_scan_open(h->view->txn, key, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < VERSION_COUNT_MAX && proj_scan_next_version(scan, &fact))
        versions[count++] = fact;
    proj_scan_close(scan);
    ledger_canon_put_map(h->view->out, 1);
    proj_put_key(h->view->out, "versions");
    size_t at = proj_array_begin(h->view->out);
    uint32_t put = 0;
    while (count-- > 0) { /* newest first */
        if (!put_author(h, versions[count].seq))
            continue;
        put_value(h, &versions[count]);
        put_void(h, versions[count].seq);
        put++;
    }
    proj_array_end(h->view->out, at, put);
    free(versions);
}

int proj_view_cell(struct proj_view *view, const proj_id lesson_id, const uint8_t *pupil,
                   enum proj_what what, unsigned column)
{
    struct history h = {.view = view, .what = what};
    bool told = what == PROJ_WHAT_MARK || what == PROJ_WHAT_ATTENDANCE || what == PROJ_WHAT_TOPIC ||
                what == PROJ_WHAT_HOMEWORK; /* the others carry nothing that put_value knows */
    if (!told || column > UINT8_MAX || !proj_find_lesson(view, lesson_id, &h.lesson))
        return PROJ_VIEW_MISSING;
    bool may = proj_may_read_page(view, h.lesson.group, h.lesson.subject) ||
               (pupil != NULL && proj_may_read_pupil(view, pupil)) || proj_reads_nameless(view);
    if (!may)
        return PROJ_VIEW_FORBIDDEN;
    struct proj_key key =
        proj_key_cell(&h.lesson, what, pupil != NULL ? pupil : proj_no_id, column);
    put_versions(&h, &key);
    return PROJ_VIEW_DONE;
}

int proj_view_period_cell(struct proj_view *view, const proj_id group, const proj_id subject,
                          struct base_bytes period, const proj_id pupil)
{
    struct history h = {.view = view, .is_period = true};
    if (!proj_may_read_page(view, group, subject) && !proj_may_read_pupil(view, pupil) &&
        !proj_reads_nameless(view))
        return PROJ_VIEW_FORBIDDEN;
    struct proj_key key = proj_key_period(group, subject, period, pupil);
    put_versions(&h, &key);
    return PROJ_VIEW_DONE;
}
