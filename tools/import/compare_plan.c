/* The calendar-thematic plan and the control works. Of a plan, what lies from the first topic that
 * differs to the last one is set anew. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/calendar.h"
#include "tools/import/import.h"

struct topic {
    const char *subject, *text;
    unsigned grade, number, work;
    uint32_t row;
    bool there, differs;
};

static unsigned work_of(enum import_file file, const char *text)
{
    return text[0] == '\0' ? 0 : import_choice(file, "work", text) + 1;
}

static int in_order(const void *a, const void *b)
{
    const struct topic *x = a;
    const struct topic *y = b;
    int subject = strcmp(x->subject, y->subject);
    if (subject != 0)
        return subject;
    if (x->grade != y->grade)
        return x->grade < y->grade ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void set(struct import *im, const struct topic *topics, size_t count)
{
    uint8_t subject[LEDGER_ID_LEN];
    char label[160];
    bool there = false;
    import_id_of(im, IMPORT_SUBJECTS, topics[0].subject, subject);
    tool_draft_begin(&im->draft, "plan.set", 4);
    tool_draft_int(&im->draft, "first", topics[0].number);
    tool_draft_int(&im->draft, "grade", topics[0].grade);
    tool_draft_id(&im->draft, "subject", subject);
    tool_draft_list(&im->draft, "topics", (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        ledger_canon_put_array(&im->draft.body, 2);
        ledger_canon_put_str(&im->draft.body, topics[i].text);
        if (topics[i].work == 0)
            ledger_canon_put_nil(&im->draft.body);
        else
            ledger_canon_put_int(&im->draft.body, topics[i].work);
        there |= topics[i].there;
    }
    snprintf(label, sizeof label, "%s %u: %u–%u", topics[0].subject, topics[0].grade,
             topics[0].number, topics[count - 1].number);
    import_plan(im, IMPORT_PLAN, there ? IMPORT_CHANGE : IMPORT_CREATE, topics[0].row, label);
}

/* The topics of one subject and grade. */
static void compare(struct import *im, struct topic *topics, size_t count)
{
    uint8_t subject[LEDGER_ID_LEN];
    size_t first = count;
    size_t last = 0;
    import_id_of(im, IMPORT_SUBJECTS, topics[0].subject, subject);
    for (size_t i = 0; i < count; i++) {
        struct base_bytes text;
        unsigned work;
        topics[i].there =
            proj_plan_topic(im->txn, subject, topics[i].grade, topics[i].number, &text, &work);
        topics[i].differs = !topics[i].there || work != topics[i].work ||
                            !base_bytes_equal(text, base_bytes_str(topics[i].text));
        if (!topics[i].differs)
            continue;
        first = first == count ? i : first;
        last = i + 1;
    }
    im->same[IMPORT_PLAN] += count - (first == count ? 0 : last - first);
    for (size_t i = first; i < last;) {
        size_t end = i + 1;
        while (end < last && end - i < IMPORT_PLAN_CHUNK &&
               topics[end].number == topics[end - 1].number + 1)
            end++;
        set(im, &topics[i], end - i);
        i = end;
    }
}

static void compare_work(struct import *im, size_t row)
{
    uint8_t group[LEDGER_ID_LEN];
    uint8_t subject[LEDGER_ID_LEN];
    struct proj_control present;
    const char *target = import_get(im, IMPORT_WORKS, row, "target");
    base_day day = import_day(import_get(im, IMPORT_WORKS, row, "date"));
    unsigned shift = import_number(import_get(im, IMPORT_WORKS, row, "shift"));
    unsigned n = import_number(import_get(im, IMPORT_WORKS, row, "lesson"));
    unsigned work = work_of(IMPORT_WORKS, import_get(im, IMPORT_WORKS, row, "work"));
    bool monitoring = import_is(import_get(im, IMPORT_WORKS, row, "internal_monitoring"), "да");
    import_id_of(im, IMPORT_GROUPS, target, group);
    import_id_of(im, IMPORT_SUBJECTS, import_get(im, IMPORT_WORKS, row, "subject"), subject);
    struct proj_key key = proj_key_slot('V', group, subject, day, shift, n);
    bool there = proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &present, sizeof present, NULL);
    if (there && present.work == work && (present.monitoring != 0) == monitoring) {
        im->same[IMPORT_WORKS]++;
        return;
    }
    tool_draft_begin(&im->draft, "control.planned", 7);
    tool_draft_int(&im->draft, "day", day);
    tool_draft_id(&im->draft, "group", group);
    tool_draft_bool(&im->draft, "monitoring", monitoring);
    tool_draft_int(&im->draft, "n", n);
    tool_draft_int(&im->draft, "shift", shift);
    tool_draft_id(&im->draft, "subject", subject);
    tool_draft_int(&im->draft, "work", work);
    import_plan(im, IMPORT_WORKS, there ? IMPORT_CHANGE : IMPORT_CREATE, row, target);
}

int import_compare_plan(struct import *im, struct base_err *err)
{
    size_t count = import_rows(im, IMPORT_PLAN);
    struct topic *topics = calloc(count + 1, sizeof *topics);
    if (topics == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++)
        topics[i] =
            (struct topic){.subject = import_get(im, IMPORT_PLAN, i, "subject"),
                           .text = import_get(im, IMPORT_PLAN, i, "topic"),
                           .grade = import_number(import_get(im, IMPORT_PLAN, i, "grade")),
                           .number = import_number(import_get(im, IMPORT_PLAN, i, "number")),
                           .work = work_of(IMPORT_PLAN, import_get(im, IMPORT_PLAN, i, "work")),
                           .row = (uint32_t)i};
    if (count > 1)
        qsort(topics, count, sizeof *topics, in_order);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && topics[end].grade == topics[i].grade &&
               import_is(topics[end].subject, topics[i].subject))
            end++;
        compare(im, &topics[i], end - i);
        i = end;
    }
    for (size_t i = 0; i < import_rows(im, IMPORT_WORKS); i++)
        compare_work(im, i);
    free(topics);
    return proj_txn_fault(im->txn, err);
}
