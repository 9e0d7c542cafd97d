/* Movement of pupils (CT-7): by class how many there were, came, left and are; each coming, leaving
 * and moving with its order. And the pupils of a class with the groups that they are in. */
#include "projections/views/office.h"
#include "projections/views/walk.h"

#include <stdio.h>
#include <stdlib.h>

#define CLASS_MAX 200u
#define EVENT_MAX 3000u
#define KEY_NAME_LEN 32

enum sort { ADMITTED, LEFT, MOVED };

struct tally {
    proj_id id;
    struct proj_group group;
    unsigned start, arrived, moved_in, left, moved_out, end;
};

struct movement {
    struct proj_view *view;
    base_day from, to;
    struct tally *classes;
    unsigned class_count;
    uint32_t event_count;
};

static struct tally *tally_of(struct movement *mv, const uint8_t *id)
{
    for (unsigned i = 0; i < mv->class_count; i++) {
        if (memcmp(mv->classes[i].id, id, LEDGER_ID_LEN) == 0)
            return &mv->classes[i];
    }
    return NULL;
}

/* Classes that the reader may see. */
static void collect_class(void *data, const uint8_t *group_id, const struct proj_group *group)
{
    struct movement *mv = data;
    if (mv->class_count == CLASS_MAX || group->kind != PROJ_GROUP_CLASS ||
        !proj_reads_class_arrangements(mv->view, group_id))
        return;
    struct tally *tally = &mv->classes[mv->class_count++];
    *tally = (struct tally){.group = *group};
    memcpy(tally->id, group_id, LEDGER_ID_LEN);
}

/* Start and end are who is in the class on the first and the last day. */
static void count_members(struct movement *mv, struct tally *tally)
{
    struct proj_key prefix = proj_key_tagged_id('M', tally->id);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(mv->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        if (!proj_span_of(mv->view->txn, &fact, &span))
            continue;
        tally->start += span.from <= mv->from && mv->from <= span.to;
        tally->end += span.from <= mv->to && mv->to <= span.to;
        tally->arrived += mv->from < span.from && span.from <= mv->to;
        tally->left += mv->from <= span.to && span.to < mv->to;
    }
    proj_scan_close(scan);
}

static void put_class(struct movement *mv, const char *key, const uint8_t *id)
{
    struct base_buf *out = mv->view->out;
    struct proj_group group = {0};
    char key_name[KEY_NAME_LEN];
    snprintf(key_name, sizeof key_name, "%s_name", key);
    (void)proj_find_group(mv->view, id, &group);
    proj_put_id_or_nil(out, key, id);
    proj_put_str(out, key_name, group.name);
}

struct event {
    enum sort sort;
    ledger_seq seq;
    base_day day;
    const uint8_t *pupil, *from_class, *to_class, *author, *whither; /* whither NULL: none */
    const char *order;
    base_time_ms recorded_ms;
};

static void put_event(struct movement *mv, const struct event *event)
{
    struct base_buf *out = mv->view->out;
    char name[PROJ_NAME_LEN_MAX];
    if (mv->event_count == EVENT_MAX)
        return;
    proj_view_pupil_name(mv->view, event->pupil, name);
    ledger_canon_put_map(out, 14);
    proj_put_seq(out, "seq", event->seq);
    proj_put_int(out, "sort", event->sort);
    proj_put_int(out, "day", event->day);
    proj_put_id(out, "pupil", event->pupil);
    proj_put_str(out, "pupil_name", name);
    put_class(mv, "from_class", event->from_class);
    put_class(mv, "to_class", event->to_class);
    proj_put_str(out, "order", event->order);
    proj_put_sealed(mv->view, "whither", event->whither != NULL, event->whither);
    proj_put_person(mv->view, "author", event->author);
    proj_put_int(out, "recorded", event->recorded_ms);
    mv->event_count++;
}

static void put_admissions(struct movement *mv)
{
    struct proj_key prefix = proj_key_of('P');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(mv->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_pupil pupil;
        proj_id id;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof pupil)
            continue;
        memcpy(&pupil, fact.value.data, sizeof pupil);
        memcpy(id, fact.key.data + 1, LEDGER_ID_LEN);
        if (pupil.from <= mv->from || pupil.from > mv->to ||
            tally_of(mv, pupil.school_class) == NULL)
            continue;
        put_event(mv, &(struct event){.sort = ADMITTED,
                                      .seq = fact.seq,
                                      .day = pupil.from,
                                      .pupil = id,
                                      .from_class = proj_no_id,
                                      .to_class = pupil.school_class,
                                      .author = pupil.author,
                                      .order = pupil.order,
                                      .recorded_ms = pupil.recorded_ms});
    }
    proj_scan_close(scan);
}

/* Leaving is dated by the last day inside, moving by the first day in the new class. */
static void take_movement(struct movement *mv, const struct proj_movement_fact *fact,
                          ledger_seq seq)
{
    bool moved = fact->sort == PROJ_MOVEMENT_MOVED;
    struct tally *out_of = tally_of(mv, fact->from_class);
    struct tally *into = moved ? tally_of(mv, fact->to_class) : NULL;
    base_day last = moved ? fact->day - 1 : fact->day;
    if (last < mv->from || last >= mv->to || (out_of == NULL && into == NULL))
        return;
    if (moved && out_of != NULL)
        out_of->moved_out++;
    if (into != NULL)
        into->moved_in++;
    put_event(mv, &(struct event){.sort = moved ? MOVED : LEFT,
                                  .seq = seq,
                                  .day = fact->day,
                                  .pupil = fact->pupil,
                                  .from_class = fact->from_class,
                                  .to_class = fact->to_class,
                                  .author = fact->author,
                                  .whither = fact->has_whither ? fact->whither : NULL,
                                  .order = fact->order,
                                  .recorded_ms = fact->recorded_ms});
}

static void put_movements(struct movement *mv)
{
    struct proj_key prefix = proj_key_of('w');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(mv->view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_movement_fact one;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof one)
            continue;
        memcpy(&one, fact.value.data, sizeof one);
        take_movement(mv, &one, fact.seq);
    }
    proj_scan_close(scan);
}

static void put_tally(struct movement *mv, const struct tally *tally)
{
    struct base_buf *out = mv->view->out;
    ledger_canon_put_map(out, 9);
    proj_put_id(out, "id", tally->id);
    proj_put_str(out, "name", tally->group.name);
    proj_put_int(out, "grade", tally->group.grade);
    proj_put_int(out, "start", tally->start);
    proj_put_int(out, "arrived", tally->arrived - tally->moved_in);
    proj_put_int(out, "moved_in", tally->moved_in);
    proj_put_int(out, "left", tally->left - tally->moved_out);
    proj_put_int(out, "moved_out", tally->moved_out);
    proj_put_int(out, "end", tally->end);
}

int proj_view_movement(struct proj_view *view, base_day from, base_day to)
{
    struct movement mv = {.view = view, .from = from, .to = to};
    struct base_buf *out = view->out;
    mv.classes = calloc(CLASS_MAX, sizeof *mv.classes);
    if (mv.classes == NULL) {
        proj_txn_fail(view->txn, BASE_E_MEMORY, "movement");
        return PROJ_VIEW_DONE;
    }
    proj_each_group(view, collect_class, &mv);
    if (mv.class_count == 0 && !proj_reads_arrangements(view)) {
        free(mv.classes);
        return PROJ_VIEW_FORBIDDEN;
    }
    for (unsigned i = 0; i < mv.class_count; i++)
        count_members(&mv, &mv.classes[i]);
    ledger_canon_put_map(out, 5);
    proj_put_int(out, "from", from);
    proj_put_int(out, "to", to);
    proj_put_seq(out, "size", proj_view_size(view));
    proj_put_key(out, "events");
    size_t at = proj_array_begin(out);
    put_admissions(&mv);
    put_movements(&mv);
    proj_array_end(out, at, mv.event_count);
    proj_put_key(out, "classes");
    ledger_canon_put_array(out, mv.class_count);
    for (unsigned i = 0; i < mv.class_count; i++)
        put_tally(&mv, &mv.classes[i]);
    free(mv.classes);
    return PROJ_VIEW_DONE;
}

/* The pupils of a class */

static void put_groups_of(struct proj_view *view, const uint8_t *pupil)
{
    struct base_buf *out = view->out;
    struct proj_key prefix = proj_key_tagged_id('m', pupil);
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(out, "groups");
    size_t at = proj_array_begin(out);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        const uint8_t *id = fact.key.data + 1 + LEDGER_ID_LEN;
        struct proj_group group = {0};
        struct proj_span span;
        if (!proj_span_of(view->txn, &fact, &span) || span.to != INT32_MAX)
            continue;
        (void)proj_find_group(view, id, &group);
        ledger_canon_put_map(out, 5);
        proj_put_id(out, "id", id);
        proj_put_str(out, "name", group.name);
        proj_put_int(out, "kind", group.kind);
        proj_put_id_or_nil(out, "subject", group.subject);
        proj_put_int(out, "from", span.from);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
}

int proj_view_roster(struct proj_view *view, const proj_id class_id)
{
    struct base_buf *out = view->out;
    struct proj_group group;
    struct proj_fact fact;
    uint32_t count = 0;
    char name[PROJ_NAME_LEN_MAX];
    if (!proj_find_group(view, class_id, &group) || group.kind != PROJ_GROUP_CLASS)
        return PROJ_VIEW_MISSING;
    if (!proj_reads_class_arrangements(view, class_id))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(out, 3);
    proj_put_id(out, "group", class_id);
    proj_put_str(out, "name", group.name);
    proj_put_key(out, "pupils");
    size_t at = proj_array_begin(out);
    struct proj_key prefix = proj_key_tagged_id('M', class_id);
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_span span;
        proj_id pupil;
        if (!proj_span_of(view->txn, &fact, &span))
            continue;
        memcpy(pupil, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_ID_LEN);
        proj_view_pupil_name(view, pupil, name);
        ledger_canon_put_map(out, 5);
        proj_put_id(out, "id", pupil);
        proj_put_str(out, "name", name);
        proj_put_int(out, "from", span.from);
        proj_put_key(out, "to");
        proj_put_last_day(out, span.to);
        put_groups_of(view, pupil);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(out, at, count);
    return PROJ_VIEW_DONE;
}
