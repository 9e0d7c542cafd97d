/* What the views share: writing msgpack, names behind seals, who may read what. */
#include "projections/control.h"
#include "projections/groups.h"
#include "projections/retention.h"
#include "projections/values.h"
#include "projections/views/view.h"

#include <assert.h>
#include <stdio.h>

int proj_view_begin(struct proj_view *view, struct base_err *err)
{
    struct proj_school school;
    if (!proj_school_find(view->txn, &school)) {
        int fault = proj_txn_fault(view->txn, err);
        return fault != 0 ? fault : BASE_FAIL(err, BASE_E_MISSING, "the school is not founded yet");
    }
    view->offset_min = school.offset_min;
    return 0;
}

int proj_view_end(struct proj_view *view, int answer, struct base_err *err)
{
    int fault = proj_txn_fault(view->txn, err);
    if (fault != 0)
        return fault;
    return view->out->failed ? BASE_FAIL(err, BASE_E_MEMORY, "view") : answer;
}

void proj_put_key(struct base_buf *out, const char *key)
{
    ledger_canon_put_str(out, key);
}

void proj_put_id(struct base_buf *out, const char *key, const proj_id id)
{
    proj_put_key(out, key);
    ledger_canon_put_bin(out, id, LEDGER_ID_LEN);
}

void proj_put_last_day(struct base_buf *out, base_day day)
{
    if (day == INT32_MAX)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, day);
}

void proj_put_id_or_nil(struct base_buf *out, const char *key, const uint8_t *id)
{
    proj_put_key(out, key);
    if (id == NULL || memcmp(id, proj_no_id, LEDGER_ID_LEN) == 0)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_bin(out, id, LEDGER_ID_LEN);
}

void proj_put_int(struct base_buf *out, const char *key, int64_t v)
{
    proj_put_key(out, key);
    ledger_canon_put_int(out, v);
}

void proj_put_seq(struct base_buf *out, const char *key, ledger_seq seq)
{
    proj_put_key(out, key);
    if (seq == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, (int64_t)seq);
}

void proj_put_bool(struct base_buf *out, const char *key, bool v)
{
    proj_put_key(out, key);
    ledger_canon_put_bool(out, v);
}

void proj_put_str(struct base_buf *out, const char *key, const char *text)
{
    proj_put_key(out, key);
    ledger_canon_put_str(out, text);
}

void proj_put_text(struct base_buf *out, const char *key, struct base_bytes text)
{
    proj_put_key(out, key);
    ledger_canon_put_text(out, text);
}

void proj_put_int_or_nil(struct base_buf *out, const char *key, bool there, int64_t v)
{
    if (there)
        proj_put_int(out, key, v);
    else
        proj_put_nil(out, key);
}

void proj_put_nil(struct base_buf *out, const char *key)
{
    proj_put_key(out, key);
    ledger_canon_put_nil(out);
}

void proj_put_hash(struct base_buf *out, const char *key, const uint8_t hash[LEDGER_HASH_LEN])
{
    proj_put_key(out, key);
    ledger_canon_put_bin(out, hash, LEDGER_HASH_LEN);
}

size_t proj_array_begin(struct base_buf *out)
{
    size_t at = out->len;
    base_buf_put_u8(out, 0xdd);
    base_buf_put_be32(out, 0);
    return at;
}

void proj_array_end(struct base_buf *out, size_t at, uint32_t count)
{
    if (out->failed)
        return;
    assert(at + 5 <= out->len && out->data[at] == 0xdd);
    for (int i = 0; i < 4; i++)
        out->data[at + 1 + (size_t)i] = (uint8_t)(count >> (24 - 8 * i));
}

/* Reads the opening of a commitment; false when it is erased, was never stored, or is damaged (the
 * scrub and the audit tell those apart; a screen shows a dash). */
static bool read_opening(struct proj_view *view, const uint8_t *commitment, struct base_buf *buf,
                         struct ledger_canon_value *out_value)
{
    return !view->nameless &&
           ledger_reader_opening(view->reader, commitment, buf, NULL, NULL) == 0 &&
           ledger_canon_check(base_buf_bytes(buf), out_value) == NULL;
}

static void append(char *out, size_t size, struct base_bytes text)
{
    size_t len = strlen(out);
    size_t room = size - len - 1;
    size_t n = text.len < room ? text.len : room;
    memcpy(out + len, text.data, n);
    out[len + n] = '\0';
}

/* The first letter: one UTF-8 character. */
static struct base_bytes initial(struct base_bytes text)
{
    size_t len = text.len == 0 ? 0 : 1;
    while (len < text.len && (text.data[len] & 0xc0) == 0x80)
        len++;
    return base_bytes_of(text.data, len);
}

static void put_name(struct proj_view *view, const uint8_t *commitment, bool full, char *out)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    struct ledger_canon_value value;
    out[0] = '\0';
    if (read_opening(view, commitment, &buf, &value) && value.type == LEDGER_CANON_ARRAY) {
        struct base_bytes surname = ledger_canon_at(&value, 0).bytes;
        struct base_bytes given = ledger_canon_at(&value, 1).bytes;
        struct base_bytes patronymic = ledger_canon_at(&value, 2).bytes;
        append(out, PROJ_NAME_LEN_MAX, surname);
        append(out, PROJ_NAME_LEN_MAX, BASE_LITERAL(" "));
        append(out, PROJ_NAME_LEN_MAX, full ? given : initial(given));
        append(out, PROJ_NAME_LEN_MAX, full ? BASE_LITERAL(" ") : BASE_LITERAL(". "));
        append(out, PROJ_NAME_LEN_MAX, full ? patronymic : initial(patronymic));
        if (!full && patronymic.len > 0)
            append(out, PROJ_NAME_LEN_MAX, BASE_LITERAL("."));
    }
    if (out[0] == '\0')
        append(out, PROJ_NAME_LEN_MAX, BASE_LITERAL("—"));
}

void proj_view_name(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                    char out[PROJ_NAME_LEN_MAX])
{
    put_name(view, commitment, true, out);
}

void proj_view_short_name(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          char out[PROJ_NAME_LEN_MAX])
{
    put_name(view, commitment, false, out);
}

/* In the place of a name or a value, once the school has forgotten it. */
static const char erased_text[] = "данные удалены";

static void account_name(struct proj_view *view, const proj_id id, bool full, char *out)
{
    struct proj_account account;
    struct proj_fact fact;
    struct proj_key key = proj_key_account(id);
    if (proj_was_erased(view->txn, id)) {
        snprintf(out, PROJ_NAME_LEN_MAX, "%s", erased_text);
    } else if (proj_fact_get_any(view->txn, &key, LEDGER_SEQ_NONE, &fact) &&
               fact.value.len == sizeof account) {
        struct proj_renamed renamed;
        struct proj_key changed = proj_key_tagged_id('U', id);
        memcpy(&account, fact.value.data, sizeof account);
        if (proj_fact_read(view->txn, &changed, LEDGER_SEQ_NONE, &renamed, sizeof renamed, NULL))
            memcpy(account.name, renamed.name, LEDGER_COMMITMENT_LEN);
        put_name(view, account.name, full, out);
    } else {
        snprintf(out, PROJ_NAME_LEN_MAX, "—");
    }
}

void proj_view_account_name(struct proj_view *view, const proj_id id, char out[PROJ_NAME_LEN_MAX])
{
    account_name(view, id, false, out);
}

void proj_view_account_full_name(struct proj_view *view, const proj_id id,
                                 char out[PROJ_NAME_LEN_MAX])
{
    account_name(view, id, true, out);
}

void proj_view_pupil_name(struct proj_view *view, const proj_id id, char out[PROJ_NAME_LEN_MAX])
{
    struct proj_pupil pupil;
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('P', id);
    out[0] = '\0';
    if (proj_fact_get_any(view->txn, &key, LEDGER_SEQ_NONE, &fact) &&
        fact.value.len == sizeof pupil) {
        struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
        struct ledger_canon_value value;
        struct proj_pupil_data data;
        struct proj_key changed = proj_key_tagged_id('u', id);
        memcpy(&pupil, fact.value.data, sizeof pupil);
        if (proj_fact_read(view->txn, &changed, LEDGER_SEQ_NONE, &data, sizeof data, NULL))
            memcpy(pupil.name, data.name, LEDGER_COMMITMENT_LEN);
        if (read_opening(view, pupil.name, &buf, &value) && value.type == LEDGER_CANON_ARRAY) {
            append(out, PROJ_NAME_LEN_MAX, ledger_canon_at(&value, 0).bytes);
            append(out, PROJ_NAME_LEN_MAX, BASE_LITERAL(" "));
            append(out, PROJ_NAME_LEN_MAX, ledger_canon_at(&value, 1).bytes);
        }
    }
    if (out[0] == '\0')
        append(out, PROJ_NAME_LEN_MAX,
               base_bytes_str(proj_was_erased(view->txn, id) ? erased_text : "—"));
}

void proj_view_sealed_text(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                           struct base_buf *out)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    struct ledger_canon_value value;
    if (read_opening(view, commitment, &buf, &value) && value.type == LEDGER_CANON_TEXT)
        base_buf_put_bytes(out, value.bytes);
}

void proj_view_shown_text(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          struct base_buf *out)
{
    size_t before = out->len;
    proj_view_sealed_text(view, commitment, out);
    if (out->len == before && !view->nameless && proj_commitment_was_erased(view->txn, commitment))
        base_buf_put_str(out, erased_text);
}

bool proj_find_group(struct proj_view *view, const proj_id id, struct proj_group *out_group)
{
    return proj_find_group_on(view, id, proj_view_today(view), out_group);
}

bool proj_find_group_on(struct proj_view *view, const proj_id id, base_day day,
                        struct proj_group *out_group)
{
    return proj_group_on(view->txn, id, day, LEDGER_SEQ_NONE, out_group);
}

bool proj_find_subject(struct proj_view *view, const proj_id id, struct proj_subject *out_subject)
{
    struct proj_key key = proj_key_tagged_id('S', id);
    return proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, out_subject, sizeof *out_subject, NULL);
}

bool proj_find_lesson(struct proj_view *view, const proj_id id, struct proj_lesson *out_lesson)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('L', id);
    if (!proj_fact_get_any(view->txn, &key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof *out_lesson)
        return false;
    memcpy(out_lesson, fact.value.data, sizeof *out_lesson);
    return true;
}

base_day proj_view_today(const struct proj_view *view)
{
    return base_day_of_time(view->now_ms, view->offset_min);
}

/* Who may read is judged by today's rights, whatever moment is looked at. */
struct proj_txn *proj_view_rights(const struct proj_view *view)
{
    return view->present != NULL ? view->present : view->txn;
}

base_day proj_view_rights_day(const struct proj_view *view)
{
    base_time_ms now_ms = view->present != NULL ? view->present_ms : view->now_ms;
    return base_day_of_time(now_ms, view->offset_min);
}

bool proj_reads_as_officer(struct proj_view *view)
{
    return view->operator_reads ||
           proj_is_officer(proj_view_rights(view), view->account, LEDGER_SEQ_NONE);
}

bool proj_reads_all_pages(struct proj_view *view)
{
    base_day today = proj_view_rights_day(view);
    return view->operator_reads ||
           proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_HEAD, NULL, today,
                         LEDGER_SEQ_NONE) ||
           proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, today,
                         LEDGER_SEQ_NONE) ||
           proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CORRECTOR, proj_no_id,
                         today, LEDGER_SEQ_NONE);
}

/* Teaching at any time: a teacher who handed a class over still answers for what was written. */
static bool teaches_ever(struct proj_view *view, const proj_id group, const proj_id subject)
{
    struct proj_teaching teaching;
    struct proj_key key = proj_key_teaching(group, subject, view->account);
    return proj_fact_read(proj_view_rights(view), &key, LEDGER_SEQ_NONE, &teaching, sizeof teaching,
                          NULL);
}

static bool substitutes_ever(struct proj_view *view, const proj_id group, const proj_id subject)
{
    struct proj_key prefix = proj_key_tagged_id('o', view->account);
    struct proj_scan *scan =
        proj_scan_open(proj_view_rights(view), &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    struct proj_fact fact;
    bool found = false;
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_changed changed;
        if (fact.value.len != sizeof changed)
            continue;
        memcpy(&changed, fact.value.data, sizeof changed);
        found = memcmp(changed.group, group, LEDGER_ID_LEN) == 0 &&
                memcmp(changed.subject, subject, LEDGER_ID_LEN) == 0 &&
                proj_substitutes(proj_view_rights(view), view->account, group, subject, changed.day,
                                 changed.shift, changed.n, LEDGER_SEQ_NONE);
    }
    proj_scan_close(scan);
    return found;
}

/* CT-5: the class teacher reads every page of the own class, and of groups drawn from it. */
static bool class_teacher_reads(struct proj_view *view, const proj_id group_id)
{
    struct proj_group group;
    base_day today = proj_view_rights_day(view);
    if (proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CLASS_TEACHER, group_id,
                      today, LEDGER_SEQ_NONE))
        return true;
    struct proj_key key = proj_key_tagged_id('C', group_id);
    if (!proj_fact_read(proj_view_rights(view), &key, LEDGER_SEQ_NONE, &group, sizeof group, NULL))
        return false;
    for (unsigned i = 0; i < group.class_count; i++) {
        if (proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CLASS_TEACHER,
                          group.classes[i], today, LEDGER_SEQ_NONE))
            return true;
    }
    return false;
}

bool proj_may_write_page(struct proj_view *view, const proj_id group, const proj_id subject)
{
    return view->present == NULL && proj_teaches(view->txn, view->account, group, subject,
                                                 proj_view_rights_day(view), LEDGER_SEQ_NONE);
}

bool proj_may_read_page(struct proj_view *view, const proj_id group, const proj_id subject)
{
    return proj_reads_all_pages(view) || teaches_ever(view, group, subject) ||
           proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_CORRECTOR, group,
                         proj_view_rights_day(view), LEDGER_SEQ_NONE) ||
           class_teacher_reads(view, group) || substitutes_ever(view, group, subject);
}

bool proj_is_auditor(struct proj_view *view)
{
    return proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_AUDITOR, NULL,
                         proj_view_rights_day(view), LEDGER_SEQ_NONE);
}

bool proj_reads_nameless(struct proj_view *view)
{
    if (!proj_is_auditor(view))
        return false;
    view->nameless = true;
    return true;
}

/* CT-4: a family reads unless it refused or withdrew; where the school's local act asks for it,
 * only after it has consented. A pupil's own account has nothing to consent to. */
bool proj_family_consents(struct proj_view *view, const proj_id account, const proj_id pupil)
{
    struct proj_txn *txn = proj_view_rights(view);
    struct proj_consent consent;
    struct proj_key key = proj_key_tagged_ids('h', account, pupil);
    if (!proj_fact_read(txn, &key, LEDGER_SEQ_NONE, &consent, sizeof consent, NULL))
        return proj_setting(txn, "consent_required") == 0;
    return consent.decision == PROJ_CONSENT_GIVEN;
}

bool proj_is_own_child(struct proj_view *view, const proj_id pupil)
{
    return proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_PARENT, pupil,
                         proj_view_rights_day(view), LEDGER_SEQ_NONE);
}

bool proj_may_keep_pupil(struct proj_view *view, const proj_id pupil)
{
    base_day today = proj_view_rights_day(view);
    struct proj_txn *txn = proj_view_rights(view);
    return view->operator_reads ||
           proj_has_role(txn, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
           proj_has_role(txn, view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
           proj_has_role(txn, view->account, PROJ_ROLE_OFFICE, NULL, today, LEDGER_SEQ_NONE) ||
           proj_is_class_teacher_of_pupil(txn, view->account, pupil, today, LEDGER_SEQ_NONE);
}

bool proj_may_read_pupil(struct proj_view *view, const proj_id pupil)
{
    base_day today = proj_view_rights_day(view);
    return proj_reads_all_pages(view) ||
           (proj_is_own_child(view, pupil) && proj_family_consents(view, view->account, pupil)) ||
           proj_has_role(proj_view_rights(view), view->account, PROJ_ROLE_PUPIL, pupil, today,
                         LEDGER_SEQ_NONE) ||
           proj_is_class_teacher_of_pupil(proj_view_rights(view), view->account, pupil, today,
                                          LEDGER_SEQ_NONE);
}

static void attendance_text(struct proj_view *view, const struct proj_attendance *cell, char *out,
                            size_t size)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    const char *text = cell->state == PROJ_PRESENT ? "+" : cell->state == PROJ_LATE ? "о" : "н";
    if (cell->state == PROJ_ABSENT && cell->has_reason) {
        proj_view_sealed_text(view, cell->reason, &reason);
        struct base_bytes got = base_buf_bytes(&reason);
        text = base_bytes_equal(got, BASE_LITERAL("ill"))       ? "б"
               : base_bytes_equal(got, BASE_LITERAL("valid"))   ? "у"
               : base_bytes_equal(got, BASE_LITERAL("invalid")) ? "нп"
                                                                : "н";
    }
    snprintf(out, size, "%s", text);
}

static void mark_text(const struct proj_mark *mark, char *out, size_t size)
{
    size_t len = 0;
    for (unsigned i = 0; i < mark->count && len + 3 < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%u", i == 0 ? "" : "/", mark->values[i]);
}

static void text_after(struct base_bytes value, size_t head, char *out, size_t size)
{
    size_t len = value.len > head ? value.len - head : 0;
    if (len >= size)
        len = size - 1;
    while (len > 0 && len + head < value.len && (value.data[head + len] & 0xc0) == 0x80)
        len--; /* do not cut a character */
    memcpy(out, value.data + head, len);
    out[len] = '\0';
}

/* "· до 12.11": as the cell shows it. */
static void debt_text(struct base_bytes value, char *out, size_t size)
{
    struct proj_debt debt;
    int year;
    int month;
    int date;
    memcpy(&debt, value.data, sizeof debt);
    if (debt.until == INT32_MIN)
        return;
    base_day_to_civil(debt.until, &year, &month, &date);
    snprintf(out, size, "· до %02d.%02d", date % 100, month % 100);
}

static void file_text(struct base_bytes value, char *out, size_t size)
{
    struct proj_file file;
    memcpy(&file, value.data, sizeof file);
    if (file.attached)
        snprintf(out, size, "%.60s", file.name);
}

void proj_cell_text(struct proj_view *view, enum proj_what what, struct base_bytes value, char *out,
                    size_t size)
{
    struct proj_mark mark;
    struct proj_attendance attendance;
    out[0] = '\0';
    if (what == PROJ_WHAT_MARK && proj_mark_of(value, &mark)) {
        mark_text(&mark, out, size);
    } else if (what == PROJ_WHAT_ATTENDANCE && proj_attendance_of(value, &attendance)) {
        attendance_text(view, &attendance, out, size);
    } else if (what == PROJ_WHAT_DEBT && value.len == sizeof(struct proj_debt)) {
        debt_text(value, out, size);
    } else if (what == PROJ_WHAT_FILE && value.len == sizeof(struct proj_file)) {
        file_text(value, out, size);
    } else if (what == PROJ_WHAT_TOPIC && value.len >= sizeof(struct proj_topic)) {
        text_after(value, sizeof(struct proj_topic), out, size);
    } else if (what == PROJ_WHAT_HOMEWORK && value.len >= sizeof(struct proj_homework)) {
        text_after(value, sizeof(struct proj_homework), out, size);
        if (out[0] == '\0')
            snprintf(out, size, "не задано");
    } else if (what == PROJ_WHAT_LESSON && value.len == sizeof(struct proj_lesson)) {
        snprintf(out, size, "урок");
    } else if (what == PROJ_WHAT_SHEET && value.len == sizeof(struct proj_sheet)) {
        snprintf(out, size, "отмечены все");
    }
    if (out[0] == '\0')
        snprintf(out, size, "—");
}

void proj_period_text(struct base_bytes value, char *out, size_t size)
{
    static const char *const words[] = {"осв", "н/а", "безотм", "отср", "зачёт", "незачёт"};
    struct proj_period_mark mark;
    snprintf(out, size, "—");
    if (value.len != sizeof mark)
        return;
    memcpy(&mark, value.data, sizeof mark);
    if (mark.value >= 10 && mark.value < 10 + sizeof words / sizeof words[0])
        snprintf(out, size, "%s", words[mark.value - 10]);
    else
        snprintf(out, size, "%u", mark.value);
}

const char *proj_role_name(unsigned role)
{
    static const char *const names[] = {
        "",      "head",    "deputy_head", "support", "class_teacher", "parent",
        "pupil", "auditor", "corrector",   "office",  "importer"};
    return role < sizeof names / sizeof names[0] ? names[role] : "";
}

unsigned proj_fact_flags(struct proj_txn *txn, const struct proj_fact *fact, ledger_seq prev)
{
    unsigned flags = 0;
    if (fact->version_count - fact->void_count > 1)
        flags |= PROJ_FLAG_CHANGED;
    if (fact->void_count > 0)
        flags |= PROJ_FLAG_VOIDED;
    if (fact->stranded)
        flags |= PROJ_FLAG_STRANDED;
    if (prev != LEDGER_SEQ_NONE && proj_is_void(txn, prev))
        flags |= PROJ_FLAG_REVIEW;
    return flags;
}
