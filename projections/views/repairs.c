/* What is left to do after an act (specs/invalidation.md, sections 5 and 7):
 *   struck    what an account had signed and a report covers: "was this you?"
 *   stranded  what lost its ground with something that was struck out: a mark in a lesson that a
 *             thief had invented
 *   review    what counts, but was made on top of what does not: a correction of a forged mark, a
 *             mark for a period whose inputs fell
 * Each row carries the content whole, so that the person's client can sign it anew.
 *
 * Cost: in proportion to what is void, not to the log. */
#include <stdio.h>
#include <stdlib.h>

#include "projections/views/cells.h"

#define VOID_COUNT_MAX 20000 /* positions looked at */
#define ROW_COUNT_MAX 1500   /* of one answer; the counts are always whole */
#define TALLY_COUNT_MAX 500
#define WORDS_LEN 256

enum list { LIST_STRUCK, LIST_STRANDED, LIST_REVIEW, LIST_COUNT };
static const char *const list_names[] = {"struck", "stranded", "review"};

struct tally {
    proj_id account;
    uint64_t open[LIST_COUNT], done;
};

struct void_at {
    ledger_seq seq;
    struct proj_void state;
};

struct repairs {
    struct proj_view *view;
    struct proj_source source;
    struct proj_txn *then; /* a twin whose moment is moved about */
    bool all;
    struct void_at *voids;
    size_t void_count;
    struct tally *tallies;
    unsigned tally_count;
    struct proj_key *periods; /* period marks that were named already */
    size_t period_count;
    uint32_t row_count;
    bool more;
};

/* One entry of the log with its author. */
struct entry {
    ledger_seq seq;
    struct ledger_event event;
    base_time_ms recorded_ms;
    proj_id account;
    struct proj_void state;
};

/* What is being walked: the entry whose cells they are. */
struct walk {
    struct repairs *repairs;
    const struct entry *entry;
    enum list list;
};

static bool read_entry(struct repairs *repairs, ledger_seq seq, struct entry *out)
{
    struct proj_key_fact key_fact;
    struct proj_fact fact;
    memset(out, 0, sizeof *out);
    out->seq = seq;
    if (repairs->source.event(repairs->source.data, seq, &out->event, &out->recorded_ms, NULL) != 0)
        return false;
    struct proj_key key = proj_key_key(&out->event.key);
    if (!proj_fact_get_any(repairs->view->txn, &key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof key_fact)
        return false;
    memcpy(&key_fact, fact.value.data, sizeof key_fact);
    memcpy(out->account, key_fact.account, LEDGER_ID_LEN);
    return true;
}

static struct tally *tally_of(struct repairs *repairs, const uint8_t *account)
{
    unsigned i = 0;
    while (i < repairs->tally_count &&
           memcmp(repairs->tallies[i].account, account, LEDGER_ID_LEN) != 0)
        i++;
    if (i == TALLY_COUNT_MAX)
        return &repairs->tallies[TALLY_COUNT_MAX]; /* the one that is not told */
    if (i == repairs->tally_count) {
        repairs->tally_count++;
        memcpy(repairs->tallies[i].account, account, LEDGER_ID_LEN);
    }
    return &repairs->tallies[i];
}

static bool is_own(const struct repairs *repairs, const struct entry *entry)
{
    return memcmp(entry->account, repairs->view->account, LEDGER_ID_LEN) == 0;
}

/* Content, as it has to be signed anew */

static void put_number_or_nil(struct base_buf *out, const char *key,
                              const struct ledger_canon_value *value)
{
    if (value->type == LEDGER_CANON_INT)
        proj_put_int(out, key, value->integer);
    else
        proj_put_nil(out, key);
}

static void put_field(struct base_buf *out, const struct ledger_event *event, const char *name)
{
    struct ledger_canon_value value = ledger_canon_get(&event->body, name);
    put_number_or_nil(out, name, &value);
}

static void put_sealed_or_nil(struct proj_view *view, const char *key,
                              const struct ledger_canon_value *value)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    if (value->type != LEDGER_CANON_BIN) {
        proj_put_nil(view->out, key);
        return;
    }
    proj_view_sealed_text(view, value->bytes.data, &text);
    if (text.len == 0) /* erased: there is nothing to say again */
        proj_put_nil(view->out, key);
    else
        proj_put_text(view->out, key, base_buf_bytes(&text));
}

static void put_mark_content(struct proj_view *view, const struct ledger_event *event,
                             const struct proj_cell *cell)
{
    struct base_buf *out = view->out;
    struct ledger_canon_value values = ledger_canon_at(&cell->tuple, 1);
    struct ledger_canon_value comment = ledger_canon_at(&cell->tuple, 2);
    struct ledger_canon_value protocol = ledger_canon_get(&event->body, "protocol");
    struct ledger_canon_reader reader = ledger_canon_reader_of(values.bytes);
    struct ledger_canon_value value;
    uint32_t count = 0;
    ledger_canon_put_map(out, 5);
    proj_put_key(out, "values");
    size_t at = proj_array_begin(out);
    for (; ledger_canon_step(&reader, &value); count++)
        ledger_canon_put_int(out, value.integer);
    proj_array_end(out, at, count);
    put_field(out, event, "work");
    put_field(out, event, "weight");
    put_sealed_or_nil(view, "comment", &comment);
    proj_put_key(out, "protocol");
    if (protocol.type != LEDGER_CANON_ARRAY) {
        ledger_canon_put_nil(out);
        return;
    }
    ledger_canon_put_array(out, 2);
    ledger_canon_put_text(out, ledger_canon_at(&protocol, 0).bytes);
    ledger_canon_put_int(out, ledger_canon_at(&protocol, 1).integer);
}

static void put_period_content(struct proj_view *view, const struct proj_cell *cell)
{
    struct ledger_canon_value until = ledger_canon_at(&cell->tuple, 2);
    struct ledger_canon_value reason = ledger_canon_at(&cell->tuple, 3);
    ledger_canon_put_map(view->out, 3);
    proj_put_int(view->out, "value", ledger_canon_at(&cell->tuple, 1).integer);
    put_number_or_nil(view->out, "until", &until);
    put_sealed_or_nil(view, "reason", &reason);
}

static void put_content(struct proj_view *view, const struct ledger_event *event,
                        const struct proj_cell *cell)
{
    struct base_buf *out = view->out;
    struct ledger_canon_value reason = ledger_canon_at(&cell->tuple, 2);
    proj_put_key(out, "content");
    if (cell->is_period) {
        put_period_content(view, cell);
        return;
    }
    switch (cell->what) {
    case PROJ_WHAT_MARK:
        put_mark_content(view, event, cell);
        break;
    case PROJ_WHAT_ATTENDANCE:
        ledger_canon_put_map(out, 2);
        proj_put_int(out, "state", ledger_canon_at(&cell->tuple, 1).integer);
        put_sealed_or_nil(view, "reason", &reason);
        break;
    case PROJ_WHAT_TOPIC:
        ledger_canon_put_map(out, 3);
        proj_put_text(out, "text", proj_body_text(&event->body, "text"));
        put_field(out, event, "number");
        put_field(out, event, "work");
        break;
    case PROJ_WHAT_HOMEWORK:
        ledger_canon_put_map(out, 3);
        proj_put_text(out, "text", proj_body_text(&event->body, "text"));
        put_field(out, event, "due");
        put_field(out, event, "manner");
        break;
    case PROJ_WHAT_DEBT: {
        struct ledger_canon_value until = ledger_canon_at(&cell->tuple, 1);
        ledger_canon_put_map(out, 2);
        put_number_or_nil(out, "until", &until);
        put_field(out, event, "work");
        break;
    }
    case PROJ_WHAT_FILE: /* not given as a cell: attached again by hand */
    case PROJ_WHAT_SHEET:
    case PROJ_WHAT_LESSON:
        ledger_canon_put_map(out, 0);
        break;
    }
}

/* Rows */

/* Is the lesson in the journal now, and which entry opened it last? */
static ledger_seq opening_of(struct repairs *repairs, const struct proj_cell *cell,
                             bool *out_counts)
{
    struct proj_fact fact;
    struct proj_key key = proj_key_tagged_id('L', cell->lesson.id);
    *out_counts = proj_fact_get(repairs->view->txn, &key, LEDGER_SEQ_NONE, &fact);
    return proj_fact_get_any(repairs->view->txn, &key, LEDGER_SEQ_NONE, &fact) ? fact.seq
                                                                               : LEDGER_SEQ_NONE;
}

/* As whom the reader may open the lesson again: as its teacher, or in a teacher's place. */
static const uint8_t *opens_for(struct repairs *repairs, const struct proj_lesson *lesson)
{
    struct proj_txn *txn = repairs->view->txn;
    const uint8_t *reader = repairs->view->account;
    if (proj_teaches(txn, reader, lesson->group, lesson->subject, lesson->day, LEDGER_SEQ_NONE))
        return reader;
    bool instead = proj_substitutes(txn, reader, lesson->group, lesson->subject, lesson->day,
                                    lesson->shift, lesson->n, LEDGER_SEQ_NONE) &&
                   proj_teaches(txn, lesson->assigned, lesson->group, lesson->subject, lesson->day,
                                LEDGER_SEQ_NONE);
    return instead ? lesson->assigned : NULL;
}

static void put_lesson(struct repairs *repairs, const struct proj_cell *cell)
{
    struct base_buf *out = repairs->view->out;
    struct entry opening;
    bool counts = false;
    proj_put_key(out, "lesson");
    if (cell->is_period) {
        ledger_canon_put_nil(out);
        return;
    }
    ledger_seq seq = opening_of(repairs, cell, &counts);
    bool found = seq != LEDGER_SEQ_NONE && read_entry(repairs, seq, &opening);
    ledger_canon_put_map(out, 7);
    proj_put_id(out, "id", cell->lesson.id);
    proj_put_int(out, "day", cell->lesson.day);
    proj_put_int(out, "shift", cell->lesson.shift);
    proj_put_int(out, "n", cell->lesson.n);
    proj_put_bool(out, "counts", counts);
    proj_put_key(out, "opened");
    if (found)
        ledger_canon_put_bin(out, opening.event.id.bytes, LEDGER_HASH_LEN);
    else
        ledger_canon_put_nil(out);
    proj_put_id_or_nil(out, "opens_for", opens_for(repairs, &cell->lesson));
}

static bool may_write(struct repairs *repairs, const struct proj_cell *cell)
{
    struct proj_view *view = repairs->view;
    if (cell->is_period)
        return proj_may_write_page(view, cell->group, cell->subject);
    return proj_may_write_lesson(view->txn, view->account, &cell->lesson, LEDGER_SEQ_NONE) ||
           (cell->what == PROJ_WHAT_MARK &&
            proj_may_correct(view->txn, view->account, &cell->lesson, proj_view_today(view),
                             LEDGER_SEQ_NONE));
}

/* The version that the entry wrote into the cell, and what had stood there before. */
static void put_words(struct repairs *repairs, const struct entry *entry,
                      const struct proj_cell *cell)
{
    struct proj_view *view = repairs->view;
    struct proj_fact fact;
    struct entry author;
    char before[WORDS_LEN] = "—";
    char was[WORDS_LEN] = "—";
    char now[WORDS_LEN];
    char name[PROJ_NAME_LEN_MAX] = "";
    if (proj_fact_get_any(view->txn, &cell->key, entry->seq, &fact))
        proj_cell_words(view, cell, &fact, before, sizeof before);
    if (proj_fact_get_any(view->txn, &cell->key, entry->seq + 1, &fact) && fact.seq == entry->seq)
        proj_cell_words(view, cell, &fact, was, sizeof was);
    ledger_seq seq = proj_cell_now(view, view->txn, cell, now, sizeof now);
    if (seq != LEDGER_SEQ_NONE && read_entry(repairs, seq, &author))
        proj_view_account_name(view, author.account, name);
    proj_put_str(view->out, "before", before);
    proj_put_str(view->out, "was", was);
    proj_put_str(view->out, "now", now);
    proj_put_seq(view->out, "now_seq", seq);
    proj_put_str(view->out, "now_name", name);
}

static bool is_shown(struct repairs *repairs, const struct entry *entry,
                     const struct proj_cell *cell, enum list list)
{
    if (is_own(repairs, entry))
        return true;
    if (repairs->all)
        return proj_may_read_page(repairs->view, cell->group, cell->subject);
    /* Whoever may open the lesson again is asked about others' entries on it, too. */
    return list == LIST_STRANDED && !cell->is_period && opens_for(repairs, &cell->lesson) != NULL;
}

static void put_row(struct repairs *repairs, enum list list, const struct entry *entry,
                    const struct proj_cell *cell, ledger_seq report, const char *why)
{
    struct proj_view *view = repairs->view;
    struct base_buf *out = view->out;
    char name[PROJ_NAME_LEN_MAX];
    tally_of(repairs, entry->account)->open[list]++;
    if (!is_shown(repairs, entry, cell, list))
        return;
    if (repairs->row_count == ROW_COUNT_MAX) {
        repairs->more = true;
        return;
    }
    repairs->row_count++;
    proj_view_account_name(view, entry->account, name);
    ledger_canon_put_map(out, 29);
    proj_put_str(out, "list", list_names[list]);
    proj_put_str(out, "why", why);
    proj_put_seq(out, "seq", entry->seq);
    proj_put_hash(out, "id", entry->event.id.bytes);
    proj_put_int(out, "recorded", entry->recorded_ms);
    proj_put_text(out, "kind", entry->event.kind);
    proj_put_id(out, "account", entry->account);
    proj_put_str(out, "name", name);
    proj_put_bool(out, "own", is_own(repairs, entry));
    proj_put_seq(out, "report", report);
    proj_put_int(out, "act", proj_act_of(view->txn, report));
    proj_put_str(out, "what", proj_cell_name(cell));
    proj_put_int(out, "index", cell->index);
    put_lesson(repairs, cell);
    proj_put_names(repairs->view, false, cell);
    proj_put_int(out, "column", cell->column);
    proj_put_text(out, "period", cell->period);
    put_words(repairs, entry, cell);
    proj_put_bool(out, "may_write", may_write(repairs, cell));
    put_content(view, &entry->event, cell);
}

/* Struck and stranded */

/* Has a counting entry that quotes this one written the cell? */
static bool is_reaffirmed(struct repairs *repairs, const struct entry *entry,
                          const struct proj_cell *cell)
{
    struct proj_txn *txn = repairs->view->txn;
    struct proj_key quotes = proj_key_tagged_hash('q', &entry->event.id);
    struct proj_fact quote;
    struct proj_fact version;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(txn, &quotes, NULL, NULL, LEDGER_SEQ_NONE);
    while (!found && proj_scan_next_version(scan, &quote))
        found = !proj_is_void(txn, quote.seq) &&
                proj_fact_get_any(txn, &cell->key, quote.seq + 1, &version) &&
                version.seq == quote.seq;
    proj_scan_close(scan);
    return found;
}

/* Nothing is lost when what counts now says the same, or when the lesson or the sheet is there. */
static bool is_there(struct repairs *repairs, const struct entry *entry,
                     const struct proj_cell *cell)
{
    struct proj_view *view = repairs->view;
    struct proj_fact was;
    char then[WORDS_LEN];
    char now[WORDS_LEN];
    ledger_seq seq = proj_cell_now(view, view->txn, cell, now, sizeof now);
    if (seq == LEDGER_SEQ_NONE || !proj_fact_get_any(view->txn, &cell->key, entry->seq + 1, &was) ||
        was.seq != entry->seq)
        return false;
    proj_cell_words(view, cell, &was, then, sizeof then);
    return strcmp(then, now) == 0;
}

static void take_void_cell(void *data, const struct proj_cell *cell)
{
    struct walk *walk = data;
    struct repairs *repairs = walk->repairs;
    const struct entry *entry = walk->entry;
    if (is_reaffirmed(repairs, entry, cell) || is_there(repairs, entry, cell))
        tally_of(repairs, entry->account)->done++;
    else
        put_row(repairs, walk->list, entry, cell, entry->state.cause, "");
}

/* Review: made on top of what fell */

struct top {
    struct walk walk;
    const struct proj_key *key;
    const char *why;
    ledger_seq report;
};

static void put_top(void *data, const struct proj_cell *cell)
{
    struct top *top = data;
    if (cell->key.len == top->key->len &&
        memcmp(cell->key.bytes, top->key->bytes, cell->key.len) == 0)
        put_row(top->walk.repairs, LIST_REVIEW, top->walk.entry, cell, top->report, top->why);
}

/* The entry at `seq` wrote the cell with that key; it is put as one to be looked at. */
static void put_for_review(struct repairs *repairs, ledger_seq seq, const struct proj_key *key,
                           const char *why, ledger_seq report)
{
    struct entry entry;
    struct top top = {.walk = {.repairs = repairs, .entry = &entry, .list = LIST_REVIEW},
                      .key = key,
                      .why = why,
                      .report = report};
    if (read_entry(repairs, seq, &entry))
        proj_each_cell(repairs->view, &entry.event, put_top, &top);
}

static bool is_named(struct repairs *repairs, const struct proj_key *key)
{
    for (size_t i = 0; i < repairs->period_count; i++) {
        if (repairs->periods[i].len == key->len &&
            memcmp(repairs->periods[i].bytes, key->bytes, key->len) == 0)
            return true;
    }
    if (repairs->period_count < ROW_COUNT_MAX)
        repairs->periods[repairs->period_count++] = *key;
    return false;
}

/* A mark for a period whose author had seen the journal with the forged mark in it: it was given on
 * inputs that have fallen since. Signed again it says another `upto`, and is settled. */
static void take_inputs(struct repairs *repairs, const struct entry *fallen,
                        const struct proj_cell *cell)
{
    struct proj_txn *txn = repairs->view->txn;
    struct proj_key prefix = proj_key_tagged_ids('p', cell->group, cell->subject);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_period_mark mark;
        struct proj_key key = {.len = (uint8_t)fact.key.len};
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof mark ||
            memcmp(fact.key.data + fact.key.len - LEDGER_ID_LEN, cell->pupil, LEDGER_ID_LEN) != 0)
            continue;
        memcpy(key.bytes, fact.key.data, fact.key.len);
        memcpy(&mark, fact.value.data, sizeof mark);
        if (mark.upto <= fallen->seq)
            continue;
        proj_txn_moment(repairs->then, LEDGER_SEQ_NONE, mark.upto);
        if (!proj_is_void(repairs->then, fallen->seq) && !is_named(repairs, &key))
            put_for_review(repairs, fact.seq, &key, "inputs", fallen->state.cause);
    }
    proj_scan_close(scan);
}

/* A cell that a void entry wrote: was what counts there now made on top of it? */
static void take_fallen_cell(void *data, const struct proj_cell *cell)
{
    struct walk *walk = data;
    struct repairs *repairs = walk->repairs;
    struct proj_fact fact;
    if (proj_fact_get(repairs->view->txn, &cell->key, LEDGER_SEQ_NONE, &fact) &&
        proj_cell_prev(cell, &fact) == walk->entry->seq)
        put_for_review(repairs, fact.seq, &cell->key, "on_void", walk->entry->state.cause);
    if (!cell->is_period && cell->what == PROJ_WHAT_MARK)
        take_inputs(repairs, walk->entry, cell);
}

/* The walk */

static bool collect_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct repairs *repairs = data;
    if (repairs->void_count == VOID_COUNT_MAX) {
        repairs->more = true;
        return false;
    }
    repairs->voids[repairs->void_count++] = (struct void_at){.seq = seq, .state = state};
    return true;
}

static void put_rows(struct repairs *repairs)
{
    for (size_t i = 0; i < repairs->void_count; i++) {
        struct entry entry;
        struct walk walk = {.repairs = repairs, .entry = &entry};
        if (!read_entry(repairs, repairs->voids[i].seq, &entry))
            continue;
        entry.state = repairs->voids[i].state;
        walk.list = entry.state.reason == PROJ_VOID_COVERED ? LIST_STRUCK : LIST_STRANDED;
        proj_each_cell(repairs->view, &entry.event, take_void_cell, &walk);
        proj_each_cell(repairs->view, &entry.event, take_fallen_cell, &walk);
    }
}

/* Struck entries that write no cell: a grant, a timetable. They are done again where such things
 * are done; here they are counted by kind. */
static void put_others(struct repairs *repairs)
{
    struct base_buf *out = repairs->view->out;
    uint32_t count = 0;
    proj_put_key(out, "others");
    size_t at = proj_array_begin(out);
    for (size_t i = 0; i < repairs->void_count && count < ROW_COUNT_MAX; i++) {
        static const char *const quiet[] = {"session.opened", "session.closed", "marks.set",
                                            "attendance.set", "topic.set",      "homework.set",
                                            "lesson.opened",  "period.set",     "debt.set"};
        struct entry entry;
        bool skip = !read_entry(repairs, repairs->voids[i].seq, &entry) ||
                    !is_own(repairs, &entry) || repairs->voids[i].state.reason != PROJ_VOID_COVERED;
        for (size_t k = 0; !skip && k < sizeof quiet / sizeof quiet[0]; k++)
            skip = base_bytes_equal(entry.event.kind, base_bytes_str(quiet[k]));
        if (skip)
            continue;
        ledger_canon_put_map(out, 4);
        proj_put_seq(out, "seq", entry.seq);
        proj_put_int(out, "recorded", entry.recorded_ms);
        proj_put_text(out, "kind", entry.event.kind);
        proj_put_int(out, "act", proj_act_of(repairs->view->txn, repairs->voids[i].state.cause));
        count++;
    }
    proj_array_end(out, at, count);
}

static void put_tallies(struct repairs *repairs)
{
    struct proj_view *view = repairs->view;
    bool officer = proj_reads_as_officer(view);
    uint32_t count = 0;
    proj_put_key(view->out, "accounts");
    size_t at = proj_array_begin(view->out);
    for (unsigned i = 0; i < repairs->tally_count; i++) {
        const struct tally *tally = &repairs->tallies[i];
        char name[PROJ_NAME_LEN_MAX];
        if (!officer && memcmp(tally->account, view->account, LEDGER_ID_LEN) != 0)
            continue;
        proj_view_account_name(view, tally->account, name);
        ledger_canon_put_map(view->out, 6);
        proj_put_id(view->out, "account", tally->account);
        proj_put_str(view->out, "name", name);
        proj_put_int(view->out, "struck", (int64_t)tally->open[LIST_STRUCK]);
        proj_put_int(view->out, "stranded", (int64_t)tally->open[LIST_STRANDED]);
        proj_put_int(view->out, "review", (int64_t)tally->open[LIST_REVIEW]);
        proj_put_int(view->out, "done", (int64_t)tally->done);
        count++;
    }
    proj_array_end(view->out, at, count);
}

static void put_repairs(struct repairs *repairs)
{
    struct base_buf *out = repairs->view->out;
    ledger_canon_put_map(out, 6);
    proj_put_id(out, "account", repairs->view->account);
    proj_put_int(out, "size", (int64_t)proj_txn_next(repairs->view->txn));
    proj_put_key(out, "rows");
    size_t at = proj_array_begin(out);
    proj_void_each(repairs->view->txn, collect_void, repairs);
    put_rows(repairs);
    proj_array_end(out, at, repairs->row_count);
    put_others(repairs);
    put_tallies(repairs);
    proj_put_bool(out, "more", repairs->more);
}

int proj_view_repairs(struct proj_view *view, bool all)
{
    struct repairs repairs = {.view = view, .source = proj_source_of_reader(view->reader)};
    if (all && !proj_reads_as_officer(view))
        return PROJ_VIEW_FORBIDDEN;
    repairs.all = all;
    repairs.voids = calloc(VOID_COUNT_MAX, sizeof *repairs.voids);
    repairs.tallies = calloc(TALLY_COUNT_MAX + 1, sizeof *repairs.tallies);
    repairs.periods = calloc(ROW_COUNT_MAX, sizeof *repairs.periods);
    bool enough = repairs.voids != NULL && repairs.tallies != NULL && repairs.periods != NULL;
    int rc = enough ? proj_txn_twin(view->txn, &repairs.then, NULL) : BASE_E_MEMORY;
    if (rc != 0)
        proj_txn_fail(view->txn, rc, "repairs");
    else
        put_repairs(&repairs);
    proj_txn_end(repairs.then);
    free(repairs.periods);
    free(repairs.tallies);
    free(repairs.voids);
    return PROJ_VIEW_DONE;
}
