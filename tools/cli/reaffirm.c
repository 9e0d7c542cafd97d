/* An affirmation is made from the void event by its kind's table: every field as it was, but `prev`
 * (what the cell shows now), `upto` (what has been seen by now) and sealed fields, which get fresh
 * salts: the same content, not the same commitment.
 *
 * What can fail: an opening was erased (then its content cannot be affirmed), the log refuses (the
 * period is closed, the right is gone); what was affirmed before that stays. */
#include "tools/cli/reaffirm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "projections/views/cells.h"
#include "projections/voiding.h"
#include "tools/cli/actor.h"
#include "tools/cli/reading.h"

#define POSITION_MAX 20000u

struct review {
    struct cli_reading reading;
    struct proj_view view;
    struct base_buf out;
    struct proj_source source;
    uint8_t account[LEDGER_ID_LEN];
    ledger_seq *positions;
    size_t count;
};

static bool is_journal(struct base_bytes kind)
{
    static const char *const kinds[] = {"attendance.set", "debt.set",  "homework.set",
                                        "lesson.opened",  "marks.set", "period.set",
                                        "topic.set"};
    bool found = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !found; i++)
        found = base_bytes_equal(kind, base_bytes_str(kinds[i]));
    return found;
}

static bool is_own(struct review *r, const struct ledger_event *event)
{
    struct proj_fact fact;
    struct proj_key_fact key_fact;
    struct proj_key key = proj_key_key(&event->key);
    if (!proj_fact_get_any(r->reading.txn, &key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof key_fact)
        return false;
    memcpy(&key_fact, fact.value.data, sizeof key_fact);
    return memcmp(key_fact.account, r->account, LEDGER_ID_LEN) == 0;
}

static bool take_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct review *r = data;
    struct ledger_event event;
    struct proj_fact fact;
    base_time_ms recorded_ms;
    (void)state;
    if (r->source.event(r->source.data, seq, &event, &recorded_ms, NULL) != 0 ||
        !is_journal(event.kind) || !is_own(r, &event))
        return true;
    struct proj_key quoted = proj_key_tagged_hash('q', &event.id);
    if (!proj_fact_get(r->reading.txn, &quoted, LEDGER_SEQ_NONE, &fact) && r->count < POSITION_MAX)
        r->positions[r->count++] = seq;
    return true;
}

static int review_open(struct review *r, const char *dir, const uint8_t *account,
                       struct base_err *err)
{
    *r = (struct review){0};
    memcpy(r->account, account, LEDGER_ID_LEN);
    r->positions = calloc(POSITION_MAX, sizeof *r->positions);
    int rc = r->positions == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "review") : 0;
    if (rc == 0)
        rc = cli_reading_open(dir, &r->reading, err);
    if (rc != 0)
        return rc;
    r->source = proj_source_of_reader(r->reading.reader);
    r->view = (struct proj_view){.txn = r->reading.txn,
                                 .reader = r->reading.reader,
                                 .operator_reads = true,
                                 .now_ms = base_clock_system().now_ms(NULL),
                                 .out = &r->out};
    rc = proj_view_begin(&r->view, err);
    if (rc == 0) {
        proj_void_each(r->reading.txn, take_void, r);
        rc = proj_txn_fault(r->reading.txn, err);
    }
    return rc;
}

static void review_close(struct review *r)
{
    cli_reading_close(&r->reading);
    base_buf_release(&r->out);
    free(r->positions);
    r->positions = NULL;
}

/* Showing */

struct shown {
    struct review *review;
    ledger_seq seq;
};

static void show_cell(void *data, const struct proj_cell *cell)
{
    struct shown *shown = data;
    struct proj_view *view = &shown->review->view;
    struct proj_fact fact;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    char struck[256] = "—";
    char now[256];
    char pupil[PROJ_NAME_LEN_MAX] = "";
    if (proj_fact_get_any(view->txn, &cell->key, shown->seq + 1, &fact) && fact.seq == shown->seq)
        proj_cell_words(view, cell, &fact, struck, sizeof struck);
    (void)proj_cell_now(view, view->txn, cell, now, sizeof now);
    (void)proj_find_group(view, cell->group, &group);
    (void)proj_find_subject(view, cell->subject, &subject);
    if (memcmp(cell->pupil, proj_no_id, LEDGER_ID_LEN) != 0)
        proj_view_pupil_name(view, cell->pupil, pupil);
    printf("    %s · %s · %s %s: %s (сейчас / now: %s)\n", group.name, subject.name,
           proj_cell_name(cell), pupil, struck, now);
}

/* In the school's own time. */
static void format_time(base_time_ms time_ms, int offset_min, char *out, size_t size)
{
    time_t seconds = (time_t)(time_ms / 1000 + (base_time_ms)offset_min * 60);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    if (strftime(out, size, "%Y-%m-%d %H:%M", &tm) == 0)
        out[0] = '\0';
}

int cli_review(int argc, char **argv, const char *dir, struct base_err *err)
{
    struct cli_actor actor = {0};
    struct review review;
    int rc = cli_actor_unlock(argc, argv, dir, &actor, err);
    if (rc != 0)
        return rc;
    rc = review_open(&review, dir, actor.account, err);
    for (size_t i = 0; rc == 0 && i < review.count; i++) {
        struct shown shown = {.review = &review, .seq = review.positions[i]};
        struct ledger_event event;
        base_time_ms recorded_ms;
        char when[40];
        rc = review.source.event(review.source.data, shown.seq, &event, &recorded_ms, err);
        if (rc != 0)
            break;
        format_time(recorded_ms, review.view.offset_min, when, sizeof when);
        printf("%" PRIu64 "  %s  %.*s\n", shown.seq, when, (int)event.kind.len,
               (const char *)event.kind.data);
        proj_each_cell(&review.view, &event, show_cell, &shown);
    }
    if (rc == 0)
        printf("%zu — подтвердить свои: letopis breach reaffirm / affirm your own\n", review.count);
    review_close(&review);
    cli_actor_wipe(&actor);
    return rc;
}

/* Affirming */

struct made {
    struct review *review;
    struct tool_draft *draft;
    ledger_seq prevs[PROJ_CELL_COUNT_MAX];
    char path[PROJ_FIELD_PATH_MAX];
    struct base_err *err;
    int fault;
};

static void note_prev(void *data, const struct proj_cell *cell)
{
    struct made *made = data;
    char now[256];
    if (cell->index < PROJ_CELL_COUNT_MAX)
        made->prevs[cell->index] =
            proj_cell_now(&made->review->view, made->review->view.txn, cell, now, sizeof now);
}

static void put_prev(struct made *made, uint32_t index)
{
    ledger_seq prev = index < PROJ_CELL_COUNT_MAX ? made->prevs[index] : LEDGER_SEQ_NONE;
    if (prev == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(&made->draft->body);
    else
        ledger_canon_put_int(&made->draft->body, (int64_t)prev);
}

static void put_sealed(struct made *made, const struct ledger_canon_value *value, const char *path)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) opened = {0};
    if (value->type == LEDGER_CANON_NIL) {
        ledger_canon_put_nil(&made->draft->body);
        return;
    }
    int rc = ledger_reader_opening(made->review->reading.reader, value->bytes.data, &opened, NULL,
                                   made->err);
    if (rc != 0 && made->fault == 0)
        made->fault = rc;
    tool_draft_seal(made->draft, path, base_buf_bytes(&opened));
}

static void put_member(struct made *made, const struct proj_field *field,
                       const struct ledger_canon_value *value, uint32_t index, const char *path)
{
    if (strcmp(field->name, "prev") == 0)
        put_prev(made, index);
    else if (field->type == PROJ_T_SEALED)
        put_sealed(made, value, path);
    else
        base_buf_put_bytes(&made->draft->body, value->raw);
}

static void put_cells(struct made *made, const struct proj_field *field,
                      const struct ledger_canon_value *list)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(list->bytes);
    struct ledger_canon_value tuple;
    uint32_t count = 0;
    while (ledger_canon_step(&reader, &tuple))
        count++;
    ledger_canon_put_array(&made->draft->body, count);
    reader = ledger_canon_reader_of(list->bytes);
    for (uint32_t i = 0; ledger_canon_step(&reader, &tuple); i++) {
        const struct proj_field *items = field->items->items;
        ledger_canon_put_array(&made->draft->body, field->items->item_count);
        for (unsigned k = 0; k < field->items->item_count; k++) {
            struct ledger_canon_value member = ledger_canon_at(&tuple, k);
            snprintf(made->path, sizeof made->path, "%s.%u.%u", field->name, i, k);
            put_member(made, &items[k], &member, i, made->path);
        }
    }
}

static int make(struct made *made, const struct ledger_event *event)
{
    const struct proj_kind *kind = proj_kind_find(event->kind);
    struct tool_draft *draft = made->draft;
    for (unsigned i = 0; i < PROJ_CELL_COUNT_MAX; i++)
        made->prevs[i] = LEDGER_SEQ_NONE;
    proj_each_cell(&made->review->view, event, note_prev, made);
    tool_draft_begin(draft, kind->name, kind->field_count);
    draft->has_quote = true;
    draft->quote = event->id;
    for (unsigned i = 0; i < kind->field_count; i++) {
        const struct proj_field *field = &kind->fields[i];
        struct ledger_canon_value value = ledger_canon_get(&event->body, field->name);
        ledger_canon_put_str(&draft->body, field->name);
        if (strcmp(field->name, "cells") == 0)
            put_cells(made, field, &value);
        else if (strcmp(field->name, "upto") == 0)
            ledger_canon_put_int(&draft->body, (int64_t)proj_txn_next(made->review->view.txn));
        else
            put_member(made, field, &value, 0, field->name);
    }
    return made->fault;
}

/* Is the position among those of `--positions N,N,…` (all when there is no such option)? */
static bool is_wanted(const char *list, ledger_seq seq)
{
    bool wanted = list == NULL;
    for (const char *at = list; at != NULL && *at != '\0' && !wanted;) {
        char *end = NULL;
        wanted = strtoull(at, &end, 10) == seq && end != at;
        at = end != NULL && *end == ',' ? end + 1 : NULL;
    }
    return wanted;
}

static int affirm_one(struct review *review, ledger_seq seq, const char *dir, const char *url,
                      struct cli_actor *actor, struct base_err *err)
{
    struct tool_draft draft = {0};
    struct made made = {.review = review, .draft = &draft, .err = err};
    struct ledger_event event;
    base_time_ms recorded_ms;
    int rc = review->source.event(review->source.data, seq, &event, &recorded_ms, err);
    if (rc == 0)
        rc = make(&made, &event);
    if (rc == 0)
        rc = cli_send(dir, url, &draft, actor, err);
    tool_draft_release(&draft);
    return rc == 0 ? 0 : base_err_wrap(err, rc, "position %" PRIu64, seq);
}

int cli_reaffirm(int argc, char **argv, const char *dir, const char *url, struct base_err *err)
{
    const char *list = cli_option(argc, argv, "--positions");
    struct cli_actor actor = {0};
    struct review review = {0};
    size_t done = 0;
    if ((list == NULL) == !cli_flag(argc, argv, "--all"))
        return BASE_FAIL(err, BASE_E_USAGE, "--positions N,N,… or --all is needed");
    int rc = cli_actor_unlock(argc, argv, dir, &actor, err);
    if (rc == 0)
        rc = review_open(&review, dir, actor.account, err);
    size_t count = review.count;
    ledger_seq *positions = review.positions;
    review.positions = NULL;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (!is_wanted(list, positions[i]))
            continue;
        /* Each on top of the log as the one before has left it. */
        review_close(&review);
        rc = review_open(&review, dir, actor.account, err);
        if (rc == 0)
            rc = affirm_one(&review, positions[i], dir, url, &actor, err);
        done += rc == 0;
    }
    if (rc == 0)
        printf("подтверждено / affirmed: %zu\n", done);
    free(positions);
    review_close(&review);
    cli_actor_wipe(&actor);
    return rc;
}
