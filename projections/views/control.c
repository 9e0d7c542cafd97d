/* What the deputy head has said to others: remarks on how journals are kept (ST-6), reports to
 * class teachers (CT-5), closed periods (ST-11). Head and deputy head see all of it, everybody else
 * what is said to them. */
#include "projections/fold.h"
#include "projections/views/mended.h"

#define LIST_MAX 5000u /* remarks or reports in one answer; the oldest come first */

static bool leads(struct proj_view *view)
{
    struct proj_txn *rights = proj_view_rights(view);
    base_day today = proj_view_rights_day(view);
    return view->operator_reads ||
           proj_has_role(rights, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE) ||
           proj_has_role(rights, view->account, PROJ_ROLE_DEPUTY_HEAD, NULL, today,
                         LEDGER_SEQ_NONE);
}

/* All of a tag (leaders), or what lies below the reader's own account. */
static struct proj_scan *open_own(struct proj_view *view, char tag)
{
    struct proj_key prefix =
        leads(view) ? proj_key_of(tag) : proj_key_tagged_id(tag, view->account);
    return proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
}

static void put_page_names(struct proj_view *view, const proj_id group_id, const proj_id subject_id)
{
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    (void)proj_find_group(view, group_id, &group);
    (void)proj_find_subject(view, subject_id, &subject);
    proj_put_id(view->out, "group", group_id);
    proj_put_str(view->out, "group_name", group.name);
    proj_put_id(view->out, "subject", subject_id);
    proj_put_str(view->out, "subject_name", subject.name);
}

static void put_person(struct proj_view *view, const char *key, const proj_id account)
{
    char name[PROJ_NAME_LEN_MAX];
    proj_view_account_name(view, account, name);
    proj_put_str(view->out, key, name);
}

static void put_remark(struct proj_view *view, const struct proj_filling *note, ledger_seq seq)
{
    base_time_ms mended_ms;
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct proj_lesson lesson = {0};
    bool has_lesson = note->has_lesson && proj_find_lesson(view, note->lesson, &lesson);
    proj_view_shown_text(view, note->text, &text);
    ledger_canon_put_map(view->out, 15);
    proj_put_hash(view->out, "id", note->id.bytes);
    proj_put_id(view->out, "account", note->account);
    put_person(view, "name", note->account);
    put_person(view, "by_name", note->author);
    put_page_names(view, note->group, note->subject);
    proj_put_id_or_nil(view->out, "lesson", has_lesson ? note->lesson : NULL);
    proj_put_int(view->out, "day", has_lesson ? lesson.day : 0);
    proj_put_int(view->out, "n", has_lesson ? lesson.n : 0);
    proj_put_text(view->out, "text", base_buf_bytes(&text));
    proj_put_int(view->out, "recorded", note->recorded_ms);
    proj_put_bool(view->out, "settled", note->settled != 0);
    if (!note->settled && proj_remark_is_mended(view, note, seq, &mended_ms))
        proj_put_int(view->out, "mended", mended_ms);
    else
        proj_put_nil(view->out, "mended");
}

int proj_view_remarks(struct proj_view *view)
{
    struct proj_fact fact;
    uint32_t count = 0;
    ledger_canon_put_map(view->out, 2);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "remarks");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = open_own(view, 'R');
    while (count < LIST_MAX && proj_scan_next(scan, &fact)) {
        struct proj_filling note;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof note)
            continue;
        memcpy(&note, fact.value.data, sizeof note);
        /* the settling is a version of the same fact: the key says where the remark stands */
        put_remark(view, &note, base_get_be64(fact.key.data + fact.key.len - 8));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}

static void put_issued(struct proj_view *view, const struct proj_issued *issued)
{
    struct proj_group group;
    char name[PROJ_NAME_LEN_MAX];
    bool is_class = proj_find_group(view, issued->about, &group);
    if (!is_class)
        proj_view_pupil_name(view, issued->about, name);
    ledger_canon_put_map(view->out, 14);
    proj_put_hash(view->out, "id", issued->id.bytes);
    proj_put_int(view->out, "sort", issued->sort);
    proj_put_id(view->out, "about", issued->about);
    proj_put_bool(view->out, "is_class", is_class);
    proj_put_str(view->out, "about_name", is_class ? group.name : name);
    proj_put_id(view->out, "account", issued->account);
    put_person(view, "name", issued->account);
    put_person(view, "by_name", issued->author);
    proj_put_hash(view->out, "digest", issued->digest.bytes);
    proj_put_int(view->out, "from", issued->from);
    proj_put_int(view->out, "to", issued->to);
    proj_put_seq(view->out, "upto", issued->upto);
    proj_put_int(view->out, "recorded", issued->recorded_ms);
    if (issued->received)
        proj_put_int(view->out, "received", issued->received_ms);
    else
        proj_put_nil(view->out, "received");
}

int proj_view_issued(struct proj_view *view)
{
    struct proj_fact fact;
    uint32_t count = 0;
    ledger_canon_put_map(view->out, 2);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "reports");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = open_own(view, 'I');
    while (count < LIST_MAX && proj_scan_next(scan, &fact)) {
        struct proj_issued issued;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof issued)
            continue;
        memcpy(&issued, fact.value.data, sizeof issued);
        put_issued(view, &issued);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}

static uint32_t put_locks_of(struct proj_view *view, const proj_id group_id)
{
    struct proj_fact fact;
    struct proj_group group = {0};
    uint32_t count = 0;
    struct proj_key prefix = proj_key_tagged_id('Q', group_id);
    (void)proj_find_group(view, group_id, &group);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_lock lock;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof lock)
            continue;
        memcpy(&lock, fact.value.data, sizeof lock);
        ledger_canon_put_map(view->out, 8);
        proj_put_id(view->out, "group", group_id);
        proj_put_str(view->out, "group_name", group.name);
        proj_put_str(view->out, "period", lock.period);
        proj_put_bool(view->out, "closed", lock.closed != 0);
        proj_put_int(view->out, "from", lock.from);
        proj_put_int(view->out, "to", lock.to);
        put_person(view, "by_name", lock.author);
        proj_put_int(view->out, "recorded", lock.recorded_ms);
        count++;
    }
    proj_scan_close(scan);
    return count;
}

int proj_view_locks(struct proj_view *view, const proj_id group_id)
{
    struct proj_group group;
    struct proj_txn *rights = proj_view_rights(view);
    struct proj_account account;
    bool is_staff = view->operator_reads ||
                    (proj_account_find(rights, view->account, LEDGER_SEQ_NONE, &account) &&
                     account.stratum <= 2);
    if (!is_staff)
        return PROJ_VIEW_FORBIDDEN;
    if (!proj_find_group(view, group_id, &group))
        return PROJ_VIEW_MISSING;
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "locks");
    size_t at = proj_array_begin(view->out);
    uint32_t count = put_locks_of(view, group_id);
    for (unsigned i = 0; i < group.class_count; i++)
        count += put_locks_of(view, group.classes[i]);
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}
