/* Who is in which group. A membership that exists keeps its first day, whatever the file says; a
 * row for another subgroup of the same subject is a move, from the row's day or from `im->from`. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/import/import.h"

enum phase { PHASE_LEAVES_FOR, PHASE_JOINS, PHASE_LEAVES };

struct move {
    uint8_t group[LEDGER_ID_LEN], pupil[LEDGER_ID_LEN];
    base_day day; /* the first inside, or the last */
    uint32_t row; /* UINT32_MAX: none */
    enum phase phase;
    const char *label; /* of the group; borrowed */
};

struct moves {
    struct import *im;
    struct move *list;
    size_t count, capacity;
    struct import_index by_pupil;
};

static void add(struct moves *moves, enum phase phase, const uint8_t *group, const uint8_t *pupil,
                base_day day, size_t row, const char *label)
{
    if (moves->count == moves->capacity) {
        size_t capacity = moves->capacity == 0 ? 256 : 2 * moves->capacity;
        struct move *grown = realloc(moves->list, capacity * sizeof *grown);
        if (grown == NULL) {
            moves->im->failed = true;
            return;
        }
        moves->list = grown;
        moves->capacity = capacity;
    }
    struct move *move = &moves->list[moves->count++];
    *move = (struct move){.day = day,
                          .phase = phase,
                          .row = row == SIZE_MAX ? UINT32_MAX : (uint32_t)row,
                          .label = label};
    memcpy(move->group, group, LEDGER_ID_LEN);
    memcpy(move->pupil, pupil, LEDGER_ID_LEN);
}

static bool has_row(struct moves *moves, const char *pupil, const uint8_t *group)
{
    size_t first;
    size_t count = import_index_span(&moves->by_pupil, pupil, &first);
    for (size_t i = 0; i < count; i++) {
        uint8_t id[LEDGER_ID_LEN];
        import_id_of(
            moves->im, IMPORT_GROUPS,
            import_get(moves->im, IMPORT_MEMBERS, moves->by_pupil.labels[first + i].row, "group"),
            id);
        if (memcmp(id, group, LEDGER_ID_LEN) == 0)
            return true;
    }
    return false;
}

/* The subgroup that a new row replaces. */
struct replaced {
    struct moves *moves;
    const char *pupil;
    const struct proj_group *wanted;
    uint8_t id[LEDGER_ID_LEN];
    base_day from;
    bool found;
};

static void note_replaced(void *data, const uint8_t *group, const struct proj_group *fact,
                          const struct proj_span *span)
{
    struct replaced *replaced = data;
    if (span->to != INT32_MAX || !import_is_sibling(fact, replaced->wanted) ||
        has_row(replaced->moves, replaced->pupil, group))
        return;
    memcpy(replaced->id, group, LEDGER_ID_LEN);
    replaced->from = span->from;
    replaced->found = true;
}

static void join(struct moves *moves, size_t row, const uint8_t *group, const uint8_t *pupil_id)
{
    struct import *im = moves->im;
    const char *label = import_get(im, IMPORT_MEMBERS, row, "group");
    const char *to = import_get(im, IMPORT_MEMBERS, row, "to");
    base_day day = import_day(import_get(im, IMPORT_MEMBERS, row, "from"));
    struct proj_group wanted;
    struct replaced replaced = {
        .moves = moves, .pupil = import_get(im, IMPORT_MEMBERS, row, "pupil"), .wanted = &wanted};
    if (import_group_of(im, label, &wanted))
        import_each_membership(im, pupil_id, note_replaced, &replaced);
    base_day moved;
    if (import_moves(im, replaced.pupil, &moved) && day < moved)
        day = moved; /* no group of the new class before the first day in it */
    if (replaced.found) {
        day = day > replaced.from ? day : im->from;
        add(moves, PHASE_LEAVES_FOR, replaced.id, pupil_id, day - 1, row, label);
    }
    add(moves, PHASE_JOINS, group, pupil_id, day, row, label);
    if (to[0] != '\0')
        add(moves, PHASE_LEAVES, group, pupil_id, import_day(to), row, label);
}

static void compare_row(struct moves *moves, size_t row)
{
    struct import *im = moves->im;
    uint8_t group[LEDGER_ID_LEN];
    uint8_t pupil[LEDGER_ID_LEN];
    struct proj_span span;
    const char *label = import_get(im, IMPORT_MEMBERS, row, "group");
    const char *to = import_get(im, IMPORT_MEMBERS, row, "to");
    import_id_of(im, IMPORT_GROUPS, label, group);
    import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_MEMBERS, row, "pupil"), pupil);
    bool there = proj_span_find(im->txn, group, pupil, LEDGER_SEQ_NONE, &span);
    bool open = there && span.to == INT32_MAX;
    bool again = there && !open && to[0] == '\0' &&
                 import_day(import_get(im, IMPORT_MEMBERS, row, "from")) > span.to;
    if (!there || again) {
        join(moves, row, group, pupil);
    } else if (to[0] != '\0' && import_day(to) != span.to) {
        add(moves, PHASE_LEAVES, group, pupil, import_day(to), row, label);
    } else if (to[0] != '\0' || open) {
        im->same[IMPORT_MEMBERS]++;
    } else {
        char day[16];
        int year;
        int month;
        int date;
        base_day_to_civil(span.to, &year, &month, &date);
        snprintf(day, sizeof day, "%04d-%02d-%02d", year, month, date);
        import_wrong(im, IMPORT_P_HAS_LEFT, IMPORT_MEMBERS, row, "pupil",
                     import_get(im, IMPORT_MEMBERS, row, "pupil"), day);
        im->passed[IMPORT_MEMBERS]++;
    }
}

/* --whole group-members: who has no row leaves. */
static int end_absent(struct moves *moves, struct base_err *err)
{
    struct import *im = moves->im;
    struct proj_key prefix = proj_key_of('M');
    struct proj_fact fact;
    size_t count = import_rows(im, IMPORT_MEMBERS);
    uint8_t(*named)[2 * LEDGER_ID_LEN] = calloc(count + 1, sizeof *named);
    if (named == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < count; i++) {
        import_id_of(im, IMPORT_GROUPS, import_get(im, IMPORT_MEMBERS, i, "group"), named[i]);
        import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_MEMBERS, i, "pupil"),
                     named[i] + LEDGER_ID_LEN);
    }
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        const uint8_t *pair = fact.key.data + 1;
        struct proj_key key = proj_key_tagged_id('C', pair);
        struct proj_group group;
        struct proj_span span;
        bool found = false;
        if (!proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &group, sizeof group, NULL) ||
            group.kind == PROJ_GROUP_CLASS || !proj_span_of(im->txn, &fact, &span) ||
            span.to != INT32_MAX)
            continue;
        for (size_t i = 0; i < count && !found; i++)
            found = memcmp(named[i], pair, sizeof named[i]) == 0;
        for (size_t i = 0; i < moves->count && !found; i++) /* or leaves already, for another */
            found = moves->list[i].phase == PHASE_LEAVES_FOR &&
                    memcmp(moves->list[i].group, pair, LEDGER_ID_LEN) == 0 &&
                    memcmp(moves->list[i].pupil, pair + LEDGER_ID_LEN, LEDGER_ID_LEN) == 0;
        if (!found)
            add(moves, PHASE_LEAVES, pair, pair + LEDGER_ID_LEN, im->from - 1, SIZE_MAX, "");
    }
    proj_scan_close(scan);
    free(named);
    return 0;
}

static int in_order(const void *a, const void *b)
{
    const struct move *x = a;
    const struct move *y = b;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    int group = strcmp(x->label, y->label);
    if (group == 0)
        group = memcmp(x->group, y->group, LEDGER_ID_LEN);
    if (group != 0)
        return group;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* One event for those of one group, one day and one sort. */
static void plan(struct moves *moves)
{
    struct import *im = moves->im;
    if (moves->count > 1)
        qsort(moves->list, moves->count, sizeof *moves->list, in_order);
    for (size_t i = 0; i < moves->count;) {
        const struct move *first = &moves->list[i];
        bool joins = first->phase == PHASE_JOINS;
        size_t end = i;
        while (end < moves->count && end - i < IMPORT_MEMBER_CHUNK &&
               moves->list[end].phase == first->phase && moves->list[end].day == first->day &&
               memcmp(moves->list[end].group, first->group, LEDGER_ID_LEN) == 0)
            end++;
        tool_draft_begin(&im->draft, joins ? "members.joined" : "members.left", 3);
        if (joins)
            tool_draft_int(&im->draft, "from", first->day);
        tool_draft_id(&im->draft, "group", first->group);
        tool_draft_list(&im->draft, "pupils", (unsigned)(end - i));
        for (size_t k = i; k < end; k++)
            ledger_canon_put_bin(&im->draft.body, moves->list[k].pupil, LEDGER_ID_LEN);
        if (!joins)
            tool_draft_int(&im->draft, "to", first->day);
        import_plan(im, IMPORT_MEMBERS, joins ? IMPORT_CREATE : IMPORT_END,
                    first->row == UINT32_MAX ? SIZE_MAX : first->row, first->label);
        i = end;
    }
}

int import_compare_members(struct import *im, struct base_err *err)
{
    static const char *const pupil[] = {"pupil", NULL};
    struct moves moves = {.im = im};
    int rc = import_index_make(im, IMPORT_MEMBERS, pupil, &moves.by_pupil, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_MEMBERS); i++)
        compare_row(&moves, i);
    if (rc == 0 && im->whole[IMPORT_MEMBERS])
        rc = end_absent(&moves, err);
    if (rc == 0)
        plan(&moves);
    import_index_release(&moves.by_pupil);
    free(moves.list);
    return rc == 0 ? proj_txn_fault(im->txn, err) : rc;
}
