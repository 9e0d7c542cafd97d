/* Who owes which mark until when: of a class for who reads it whole, of a pupil for who reads the
 * pupil. Made from the journal's own cells; a point is made good by the mark in its cell. */
#include "projections/views/debts.h"

#include "projections/views/pupil.h"
#include "projections/views/walk.h"
#include "projections/year.h"

#define LIST_MAX 2000u

static bool is_made_good(struct proj_view *view, const struct proj_owed *owed)
{
    struct proj_mark mark;
    struct proj_key key = proj_key_cell(owed->lesson, PROJ_WHAT_MARK, owed->pupil, owed->column);
    return proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &mark, sizeof mark, NULL) &&
           mark.count > 0;
}

void proj_each_owed(struct proj_view *view, const uint8_t *group, const uint8_t *subject,
                    base_day from, base_day to, proj_owed_walker *each, void *data)
{
    struct proj_key prefix = proj_key_page(group, subject);
    struct proj_key first = proj_key_page_day(group, subject, from);
    struct proj_key until = proj_key_page_day(group, subject, (int64_t)to + 1);
    struct proj_lesson lesson = {0};
    struct proj_fact fact;
    struct proj_cell_ref ref;
    bool given = false;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, &first, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (!proj_cell_ref_of(fact.key, &ref))
            continue;
        if (ref.what == PROJ_WHAT_LESSON) {
            given = fact.seq != LEDGER_SEQ_NONE && fact.value.len == sizeof lesson;
            if (given)
                memcpy(&lesson, fact.value.data, sizeof lesson);
        }
        if (!given || ref.what != PROJ_WHAT_DEBT || fact.seq == LEDGER_SEQ_NONE ||
            fact.value.len != sizeof(struct proj_debt))
            continue;
        struct proj_owed owed = {
            .lesson = &lesson, .pupil = ref.pupil, .column = ref.column, .seq = fact.seq};
        memcpy(&owed.debt, fact.value.data, sizeof owed.debt);
        if (owed.debt.until == INT32_MIN)
            continue;
        owed.made_good = is_made_good(view, &owed);
        each(data, &owed);
    }
    proj_scan_close(scan);
}

struct overdue {
    base_day today;
    unsigned count;
};

static void count_overdue(void *data, const struct proj_owed *owed)
{
    struct overdue *overdue = data;
    overdue->count += !owed->made_good && owed->debt.until < overdue->today;
}

unsigned proj_overdue_debts(struct proj_view *view, const proj_id group, const proj_id subject,
                            base_day from, base_day to)
{
    struct overdue overdue = {.today = proj_view_today(view)};
    proj_each_owed(view, group, subject, from, to, count_overdue, &overdue);
    return overdue.count;
}

/* Lists */

struct debts {
    struct proj_view *view;
    const uint8_t *pupil; /* or NULL */
    base_day from, to, today;
    uint32_t count;
};

static void put_owed(void *data, const struct proj_owed *owed)
{
    struct debts *debts = data;
    struct base_buf *out = debts->view->out;
    struct proj_subject subject = {0};
    struct proj_group group = {0};
    char name[PROJ_NAME_LEN_MAX];
    if (owed->made_good || debts->count == LIST_MAX ||
        (debts->pupil != NULL && memcmp(owed->pupil, debts->pupil, LEDGER_ID_LEN) != 0))
        return;
    (void)proj_find_group(debts->view, owed->lesson->group, &group);
    (void)proj_find_subject(debts->view, owed->lesson->subject, &subject);
    proj_view_pupil_name(debts->view, owed->pupil, name);
    ledger_canon_put_map(out, 14);
    proj_put_id(out, "pupil", owed->pupil);
    proj_put_str(out, "pupil_name", name);
    proj_put_id(out, "group", owed->lesson->group);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", owed->lesson->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_id(out, "lesson", owed->lesson->id);
    proj_put_int(out, "day", owed->lesson->day);
    proj_put_int(out, "n", owed->lesson->n);
    proj_put_int(out, "column", owed->column);
    proj_put_int(out, "work", owed->debt.work);
    proj_put_int(out, "until", owed->debt.until);
    proj_put_seq(out, "seq", owed->seq);
    proj_put_bool(out, "overdue", owed->debt.until < debts->today);
    debts->count++;
}

static void put_page(void *data, const uint8_t *group, const uint8_t *subject)
{
    struct debts *debts = data;
    proj_each_owed(debts->view, group, subject, debts->from, debts->to, put_owed, debts);
}

static void put_group(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct debts *debts = data;
    (void)group;
    proj_each_subject_of(debts->view, group_id, PROJ_TAUGHT_EVER, put_page, debts);
}

static void put_pupil_page(void *data, const struct proj_pupil_page *page)
{
    struct debts *debts = data;
    struct debts part = *debts;
    part.from = part.from > page->span.from ? part.from : page->span.from;
    part.to = part.to < page->span.to ? part.to : page->span.to;
    if (part.from <= part.to)
        put_page(&part, page->group, page->subject);
    debts->count = part.count;
}

/* Debts of an earlier year are over with it. */
static struct debts debts_of(struct proj_view *view, const uint8_t *class_id, const uint8_t *pupil)
{
    struct debts debts = {
        .view = view, .pupil = pupil, .today = proj_view_today(view), .from = INT32_MIN};
    struct proj_school_year year;
    struct proj_group group;
    debts.to = debts.today;
    if (proj_find_group(view, class_id, &group) &&
        proj_school_year_of(view->txn, group.grade, debts.today, &year) && year.from <= debts.today)
        debts.from = year.from;
    return debts;
}

static size_t begin(struct debts *debts)
{
    ledger_canon_put_map(debts->view->out, 3);
    proj_put_seq(debts->view->out, "size", proj_view_size(debts->view));
    proj_put_int(debts->view->out, "today", debts->today);
    proj_put_key(debts->view->out, "debts");
    return proj_array_begin(debts->view->out);
}

int proj_view_debts_of_class(struct proj_view *view, const proj_id class_id)
{
    struct proj_group group;
    if (!proj_find_group(view, class_id, &group))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_page(view, class_id, proj_no_id))
        return PROJ_VIEW_FORBIDDEN;
    struct debts debts = debts_of(view, class_id, NULL);
    size_t at = begin(&debts);
    proj_each_class_group(view, class_id, put_group, &debts);
    proj_array_end(view->out, at, debts.count);
    return PROJ_VIEW_DONE;
}

int proj_view_debts(struct proj_view *view, const proj_id pupil)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('P', pupil);
    proj_id class_id;
    if (!proj_fact_get(view->txn, &key, LEDGER_SEQ_NONE, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, pupil))
        return PROJ_VIEW_FORBIDDEN;
    proj_class_of_pupil(view, pupil, class_id);
    struct debts debts = debts_of(view, class_id, pupil);
    size_t at = begin(&debts);
    proj_each_pupil_page(view, pupil, put_pupil_page, &debts);
    proj_array_end(view->out, at, debts.count);
    return PROJ_VIEW_DONE;
}
