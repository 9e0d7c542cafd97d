/* CT-2b: the results of one pupil: by subject the marks of a span of days with their weighted mean,
 * the period marks, and the absences by reason. */
#include "projections/views/pupil.h"

struct results {
    struct proj_view *view;
    const uint8_t *pupil;
    base_day from, to;
    struct proj_mean_rule rule;
    uint32_t count;
};

void proj_absences_add(struct proj_absences *tally, struct proj_view *view, const proj_id pupil,
                       base_day day, const struct proj_attendance *cell)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) said = {0};
    if (cell->state == PROJ_LATE) {
        tally->late++;
    } else if (cell->state == PROJ_ABSENT) {
        proj_absence_texts(view, pupil, day, cell, &reason, &said);
        struct base_bytes text = base_buf_bytes(&reason);
        if (base_bytes_equal(text, BASE_LITERAL("ill")))
            tally->ill++;
        else if (base_bytes_equal(text, BASE_LITERAL("valid")))
            tally->valid++;
        else if (base_bytes_equal(text, BASE_LITERAL("invalid")))
            tally->invalid++;
        else
            tally->unknown++;
    }
}

void proj_put_absences(struct base_buf *out, const char *key, const struct proj_absences *tally)
{
    proj_put_key(out, key);
    ledger_canon_put_map(out, 5);
    proj_put_int(out, "ill", tally->ill);
    proj_put_int(out, "valid", tally->valid);
    proj_put_int(out, "invalid", tally->invalid);
    proj_put_int(out, "unknown", tally->unknown);
    proj_put_int(out, "late", tally->late);
}

void proj_put_mean_rule(struct base_buf *out, const struct proj_mean_rule *rule)
{
    proj_put_key(out, "rule");
    ledger_canon_put_map(out, 3);
    proj_put_bool(out, "weighted", rule->weighted);
    proj_put_int(out, "round_up_at", rule->round_up_at);
    proj_put_int(out, "least", rule->least);
}

static void put_mark(struct results *results, const struct proj_lesson *lesson, unsigned column,
                     const struct proj_fact *fact, const struct proj_mark *mark)
{
    struct base_buf *out = results->view->out;
    struct base_buf BASE_CLEANUP(base_buf_wipe) comment = {0};
    if (mark->has_comment)
        proj_view_shown_text(results->view, mark->comment, &comment);
    ledger_canon_put_map(out, 10);
    proj_put_id(out, "lesson", lesson->id);
    proj_put_int(out, "day", lesson->day);
    proj_put_int(out, "n", lesson->n);
    proj_put_int(out, "column", column);
    proj_put_key(out, "values");
    ledger_canon_put_array(out, mark->count);
    for (unsigned i = 0; i < mark->count; i++)
        ledger_canon_put_int(out, mark->values[i]);
    proj_put_int(out, "work", mark->work);
    proj_put_int(out, "weight", mark->weight);
    proj_put_text(out, "comment", base_buf_bytes(&comment));
    proj_put_seq(out, "seq", fact->seq);
    proj_put_int(out, "flags",
                 proj_fact_flags(results->view->txn, fact, mark->prev) |
                     (mark->has_protocol ? PROJ_FLAG_PROTOCOL : 0u));
}

/* One page's cells of the pupil; the marks are written as they are met. */
static void put_cells(struct results *results, const struct proj_pupil_page *page, base_day first,
                      base_day last)
{
    struct proj_key prefix = proj_key_page(page->group, page->subject);
    struct proj_key from = proj_key_page_day(page->group, page->subject, first);
    struct proj_key until = proj_key_page_day(page->group, page->subject, (int64_t)last + 1);
    struct proj_mean mean = {0};
    struct proj_absences tally = {0};
    struct proj_lesson lesson = {0};
    struct proj_fact fact;
    struct proj_cell_ref ref;
    uint32_t marks = 0;
    unsigned lessons = 0;
    bool open = false;
    proj_put_key(results->view->out, "marks");
    size_t at = proj_array_begin(results->view->out);
    struct proj_scan *scan =
        proj_scan_open(results->view->txn, &prefix, &from, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next_of_pupil(scan, results->pupil, &fact, &ref)) {
        if (ref.what == PROJ_WHAT_LESSON) {
            open = fact.seq != LEDGER_SEQ_NONE && fact.value.len == sizeof lesson;
            lessons += open;
            if (open)
                memcpy(&lesson, fact.value.data, sizeof lesson);
        }
        if (!open || fact.seq == LEDGER_SEQ_NONE ||
            memcmp(ref.pupil, results->pupil, LEDGER_ID_LEN) != 0)
            continue;
        if (ref.what == PROJ_WHAT_MARK) {
            struct proj_mark mark;
            (void)proj_mark_of(fact.value, &mark);
            proj_mean_add(&mean, &mark, &results->rule);
            put_mark(results, &lesson, ref.column, &fact, &mark);
            marks++;
        } else if (ref.what == PROJ_WHAT_ATTENDANCE) {
            struct proj_attendance cell;
            (void)proj_attendance_of(fact.value, &cell);
            proj_absences_add(&tally, results->view, results->pupil, lesson.day, &cell);
        }
    }
    proj_scan_close(scan);
    proj_array_end(results->view->out, at, marks);
    proj_put_key(results->view->out, "average");
    if (mean.weight == 0)
        ledger_canon_put_nil(results->view->out);
    else
        ledger_canon_put_int(results->view->out, proj_mean_of(&mean));
    proj_put_int(results->view->out, "mark_count", mean.count);
    proj_put_int(results->view->out, "lessons", lessons);
    proj_put_absences(results->view->out, "absences", &tally);
}

static void put_periods(struct results *results, const struct proj_pupil_page *page)
{
    struct base_buf *out = results->view->out;
    struct proj_key prefix = proj_key_tagged_ids('p', page->group, page->subject);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(out, "periods");
    size_t at = proj_array_begin(out);
    struct proj_scan *scan =
        proj_scan_open(results->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark ||
            memcmp(fact.key.data + PROJ_PERIOD_PUPIL_AT, results->pupil, LEDGER_ID_LEN) != 0)
            continue;
        memcpy(&mark, fact.value.data, sizeof mark);
        ledger_canon_put_map(out, 5);
        proj_put_str(out, "period", mark.period);
        proj_put_int(out, "value", mark.value);
        proj_put_key(out, "until");
        if (mark.until == INT32_MIN)
            ledger_canon_put_nil(out);
        else
            ledger_canon_put_int(out, mark.until);
        proj_put_seq(out, "seq", fact.seq);
        proj_put_int(out, "flags", proj_fact_flags(results->view->txn, &fact, mark.prev));
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
}

static void put_subject(void *data, const struct proj_pupil_page *page)
{
    struct results *results = data;
    struct base_buf *out = results->view->out;
    base_day first = results->from > page->span.from ? results->from : page->span.from;
    base_day last = results->to < page->span.to ? results->to : page->span.to;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    if (first > last || !proj_find_group(results->view, page->group, &group) ||
        !proj_find_subject(results->view, page->subject, &subject))
        return;
    ledger_canon_put_map(out, 11);
    proj_put_id(out, "group", page->group);
    proj_put_str(out, "group_name", group.name);
    proj_put_id(out, "subject", page->subject);
    proj_put_str(out, "subject_name", subject.name);
    proj_put_bool(out, "marked", subject.marked && group.grade != 1);
    put_cells(results, page, first, last);
    put_periods(results, page);
    results->count++;
}

int proj_view_results(struct proj_view *view, const proj_id pupil_id, base_day from, base_day to)
{
    struct results results = {.view = view, .pupil = pupil_id, .from = from, .to = to};
    char name[PROJ_NAME_LEN_MAX];
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('P', pupil_id);
    if (!proj_fact_get(view->txn, &key, LEDGER_SEQ_NONE, &fact))
        return PROJ_VIEW_MISSING;
    if (!proj_may_read_pupil(view, pupil_id))
        return PROJ_VIEW_FORBIDDEN;
    proj_view_pupil_name(view, pupil_id, name);
    proj_mean_rule_read(view->txn, &results.rule);
    ledger_canon_put_map(view->out, 7);
    proj_put_id(view->out, "pupil", pupil_id);
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "from", from);
    proj_put_int(view->out, "to", to);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_mean_rule(view->out, &results.rule);
    proj_put_key(view->out, "subjects");
    size_t at = proj_array_begin(view->out);
    proj_each_pupil_page(view, pupil_id, put_subject, &results);
    proj_array_end(view->out, at, results.count);
    return PROJ_VIEW_DONE;
}
