/* Who teaches what where. The rows of one subject in one class or group are the whole truth of that
 * pair: a teacher of the journal without a row there is replaced by who has one. */
#include <stdlib.h>

#include "tools/import/import.h"

struct assignment {
    struct proj_teaching teaching;
    struct ledger_hash id;
};

struct duties {
    struct import *im;
    struct proj_teaching *present; /* what is in force, one of each group, subject and account */
    size_t count;
    bool *replaced, *named;
    struct assignment *assignments;
    size_t assignment_count;
};

static size_t count_facts(struct import *im, char tag)
{
    struct proj_key prefix = proj_key_of(tag);
    struct proj_fact fact;
    size_t count = 0;
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact))
        count += fact.value.len == sizeof(struct proj_teaching);
    proj_scan_close(scan);
    return count;
}

static int read_facts(struct duties *duties, struct base_err *err)
{
    struct proj_key teaching = proj_key_of('T');
    struct proj_key by_id = proj_key_of('a');
    struct proj_fact fact;
    size_t count = count_facts(duties->im, 'T');
    size_t assignment_count = count_facts(duties->im, 'a');
    duties->present = calloc(count + 1, sizeof *duties->present);
    duties->replaced = calloc(count + 1, sizeof *duties->replaced);
    duties->named = calloc(count + 1, sizeof *duties->named);
    duties->assignments = calloc(assignment_count + 1, sizeof *duties->assignments);
    if (duties->present == NULL || duties->replaced == NULL || duties->named == NULL ||
        duties->assignments == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    struct proj_scan *scan =
        proj_scan_open(duties->im->txn, &teaching, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.value.len == sizeof *duties->present && duties->count < count)
            memcpy(&duties->present[duties->count++], fact.value.data, fact.value.len);
    }
    proj_scan_close(scan);
    scan = proj_scan_open(duties->im->txn, &by_id, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct assignment *assignment = &duties->assignments[duties->assignment_count];
        if (fact.value.len != sizeof assignment->teaching ||
            duties->assignment_count == assignment_count)
            continue;
        memcpy(&assignment->teaching, fact.value.data, fact.value.len);
        memcpy(assignment->id.bytes, fact.key.data + 1, LEDGER_HASH_LEN);
        duties->assignment_count++;
    }
    proj_scan_close(scan);
    return 0;
}

static bool is_same_pair(const struct proj_teaching *a, const struct proj_teaching *b)
{
    return memcmp(a->group, b->group, LEDGER_ID_LEN) == 0 &&
           memcmp(a->subject, b->subject, LEDGER_ID_LEN) == 0;
}

static bool is_same_account(const struct proj_teaching *a, const struct proj_teaching *b)
{
    return memcmp(a->account, b->account, LEDGER_ID_LEN) == 0;
}

static void row_of(struct import *im, size_t row, struct proj_teaching *out)
{
    import_id_of(im, IMPORT_GROUPS, import_get(im, IMPORT_TEACHING, row, "target"), out->group);
    import_id_of(im, IMPORT_SUBJECTS, import_get(im, IMPORT_TEACHING, row, "subject"),
                 out->subject);
    import_id_of(im, IMPORT_STAFF, import_get(im, IMPORT_TEACHING, row, "teacher"), out->account);
    out->hours = (uint8_t)import_number(import_get(im, IMPORT_TEACHING, row, "hours_a_week"));
    out->from = import_day(import_get(im, IMPORT_TEACHING, row, "from"));
    out->to = import_day(import_get(im, IMPORT_TEACHING, row, "to"));
}

static void end_one(struct duties *duties, const struct proj_teaching *present, base_day to,
                    size_t row, const char *label)
{
    struct import *im = duties->im;
    for (size_t i = 0; i < duties->assignment_count; i++) {
        const struct assignment *assignment = &duties->assignments[i];
        if (!is_same_pair(&assignment->teaching, present) ||
            !is_same_account(&assignment->teaching, present) ||
            assignment->teaching.from != present->from)
            continue;
        tool_draft_begin(&im->draft, "teaching.ended", 2);
        tool_draft_bin(&im->draft, "assignment", assignment->id.bytes, LEDGER_HASH_LEN);
        tool_draft_int(&im->draft, "to", to < present->to ? to : present->to);
        import_plan(im, IMPORT_TEACHING, IMPORT_END, row, label);
        return;
    }
}

static void assign(struct import *im, const struct proj_teaching *wanted, bool changes, size_t row)
{
    tool_draft_begin(&im->draft, "teaching.assigned", 6);
    tool_draft_id(&im->draft, "account", wanted->account);
    tool_draft_int(&im->draft, "from", wanted->from);
    tool_draft_id(&im->draft, "group", wanted->group);
    tool_draft_int(&im->draft, "hours", wanted->hours);
    tool_draft_id(&im->draft, "subject", wanted->subject);
    tool_draft_int(&im->draft, "to", wanted->to);
    import_plan(im, IMPORT_TEACHING, changes ? IMPORT_CHANGE : IMPORT_CREATE, row,
                import_get(im, IMPORT_TEACHING, row, "target"));
}

/* Ends whom the row replaces; the day from which the new teacher takes over. */
static base_day replace(struct duties *duties, const struct proj_teaching *wanted, size_t row)
{
    struct import *im = duties->im;
    base_day day = wanted->from;
    for (size_t i = 0; i < duties->count; i++) {
        const struct proj_teaching *present = &duties->present[i];
        if (!is_same_pair(present, wanted) || duties->named[i] || present->to < im->from)
            continue;
        day = wanted->from > present->from ? wanted->from : im->from;
        if (!duties->replaced[i])
            end_one(duties, present, day - 1, row, import_get(im, IMPORT_TEACHING, row, "target"));
        duties->replaced[i] = true;
    }
    return day;
}

static void compare_row(struct duties *duties, size_t row)
{
    struct import *im = duties->im;
    struct proj_teaching wanted = {0};
    struct proj_account account;
    const struct proj_teaching *present = NULL;
    row_of(im, row, &wanted);
    for (size_t i = 0; i < duties->count; i++) {
        if (is_same_pair(&duties->present[i], &wanted) &&
            is_same_account(&duties->present[i], &wanted))
            present = &duties->present[i];
    }
    bool same = present != NULL && present->hours == wanted.hours && present->to == wanted.to;
    if (same) {
        im->same[IMPORT_TEACHING]++;
        return;
    }
    /* Strictly downwards: an officer's teaching comes from root. */
    if (!im->by_root && proj_account_find(im->txn, wanted.account, LEDGER_SEQ_NONE, &account) &&
        account.stratum == 1) {
        import_wrong(im, IMPORT_P_NEEDS_ROOT, IMPORT_TEACHING, row, "teacher",
                     import_get(im, IMPORT_TEACHING, row, "teacher"), NULL);
        im->passed[IMPORT_TEACHING]++;
        return;
    }
    if (present == NULL) {
        wanted.from = replace(duties, &wanted, row);
        assign(im, &wanted, false, row);
    } else if (present->hours == wanted.hours && wanted.to < present->to) {
        end_one(duties, present, wanted.to, row, import_get(im, IMPORT_TEACHING, row, "target"));
    } else {
        /* What was taught before stays taught. */
        wanted.from = present->from < wanted.from ? present->from : wanted.from;
        assign(im, &wanted, true, row);
    }
}

static void compare(struct duties *duties)
{
    struct import *im = duties->im;
    for (size_t i = 0; i < import_rows(im, IMPORT_TEACHING); i++) {
        struct proj_teaching wanted = {0};
        row_of(im, i, &wanted);
        for (size_t k = 0; k < duties->count; k++)
            duties->named[k] |= is_same_pair(&duties->present[k], &wanted) &&
                                is_same_account(&duties->present[k], &wanted);
    }
    for (size_t i = 0; i < import_rows(im, IMPORT_TEACHING); i++)
        compare_row(duties, i);
    for (size_t i = 0; im->whole[IMPORT_TEACHING] && i < duties->count; i++) {
        if (!duties->named[i] && !duties->replaced[i] && duties->present[i].to >= im->from)
            end_one(duties, &duties->present[i], im->from - 1, SIZE_MAX, "");
    }
}

int import_compare_teaching(struct import *im, struct base_err *err)
{
    struct duties duties = {.im = im};
    if (import_rows(im, IMPORT_TEACHING) == 0) /* whole or not: never against nothing */
        return 0;
    int rc = read_facts(&duties, err);
    if (rc == 0)
        compare(&duties);
    free(duties.present);
    free(duties.replaced);
    free(duties.named);
    free(duties.assignments);
    return rc == 0 ? proj_txn_fault(im->txn, err) : rc;
}
