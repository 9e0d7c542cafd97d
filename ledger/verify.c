/* Verification of a stream of entries.
 *
 * The happy path: a chunk of entries is read and checked one after the other, in the order of the
 * log; their signatures are checked in parallel; the storey above replays the chunk, while the next
 * one is read and checked; so on to the checkpoint's size, where the root must be the checkpoint's.
 * The first broken position ends it: what precedes that position is still replayed, and what was
 * met further on is forgotten, so a finding never hides an earlier one. What can fail: the source
 * or memory, as faults, and our own verdict on a signature, when libsodium's is another; everything
 * else is a finding. */
#include "ledger/verify.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/verify_parts.h"

#define SHIFT_COUNT_MAX 256u /* how far an entry out of its place is looked for */

static const struct {
    enum ledger_finding finding;
    const char *name;
    const char *text;
} findings[] = {
#define X(code, number, name, text) {code, name, text},
    LEDGER_FINDINGS(X)
#undef X
};

const char *ledger_finding_name(enum ledger_finding finding)
{
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        if (findings[i].finding == finding)
            return findings[i].name;
    return "unknown";
}

const char *ledger_finding_text(enum ledger_finding finding)
{
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        if (findings[i].finding == finding)
            return findings[i].text;
    return "unknown";
}

void ledger__verify_found(struct ledger_verify_report *report, enum ledger_finding finding,
                          ledger_seq seq, const char *format, ...)
{
    assert(finding != LEDGER_FOUND_NOTHING);
    report->finding = finding;
    report->seq = seq;
    va_list args;
    va_start(args, format);
    vsnprintf(report->detail, sizeof report->detail, format, args);
    va_end(args);
}

/* Time, log id, counter and seen: what an entry must be among its predecessors. */
static int order_check(struct verifier *verifier, ledger_seq seq, const struct item *item,
                       struct base_err *err)
{
    static const struct ledger_hash founding;
    const struct ledger_event *event = &item->event;
    struct ledger_verify_report *report = &verifier->report;
    struct ledger_hash seen;
    int64_t before = 0;
    int fault = 0;
    if (item->entry.recorded_ms < verifier->recorded_ms) {
        ledger__verify_found(report, LEDGER_FOUND_TIME, seq, "recorded at %lld, after %lld",
                             (long long)item->entry.recorded_ms, (long long)verifier->recorded_ms);
        return 0;
    }
    if (!ledger_hash_equal(&event->log_id, seq == 0 ? &founding : &report->log_id)) {
        ledger__verify_found(report, LEDGER_FOUND_LOG_ID, seq, "field l");
        return 0;
    }
    if (event->seen_size <= seq)
        fault = ledger__history_root(&verifier->history, event->seen_size, &seen, err);
    if (fault != 0)
        return fault;
    if (event->seen_size > seq || !ledger_hash_equal(&event->seen_root, &seen)) {
        ledger__verify_found(report, LEDGER_FOUND_SEEN, seq, "a tree of %llu entries",
                             (unsigned long long)event->seen_size);
        return 0;
    }
    fault = ledger__key_table_set(&verifier->keys, &event->key, event->counter, &before, err);
    if (fault == 0 && before >= event->counter)
        ledger__verify_found(report, LEDGER_FOUND_COUNTER, seq, "%lld after %lld",
                             (long long)event->counter, (long long)before);
    return fault;
}

static int cosigners_ask(struct verifier *verifier, ledger_seq seq, struct item *item,
                         struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    uint32_t count = 0;
    item->checked_count = 1;
    item->note = 0;
    if (options->cosigners == NULL) {
        verifier->report.cosignature_unchecked_count += item->entry.signature_count - 1;
        return 0;
    }
    int answer =
        options->cosigners(options->data, &item->event, item->cosigners, &count, &item->note, err);
    if (answer < 0)
        return answer;
    if (answer > 0) {
        verifier->report.admission_code = answer;
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ADMISSION, seq, "schema");
        return 0;
    }
    item->checked_count = 1 + count;
    if (item->entry.signature_count != item->checked_count)
        ledger__verify_found(&verifier->report, LEDGER_FOUND_COSIGNERS, seq,
                             "%u signatures instead of %u", item->entry.signature_count,
                             item->checked_count);
    return 0;
}

/* The hash of the source's entry at a position, read again; zero when there is none. */
static int leaf_of_entry(struct verifier *verifier, ledger_seq seq, struct ledger_hash *out_leaf,
                         struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    *out_leaf = (struct ledger_hash){{0}};
    int fault = verifier->source->entry(verifier->source->data, seq, &bytes, err);
    if (fault == BASE_E_MISSING)
        return 0;
    if (fault == 0 && bytes.failed)
        fault = BASE_FAIL(err, BASE_E_MEMORY, "no room for an entry");
    if (fault == 0)
        ledger_tree_leaf(base_buf_bytes(&bytes), out_leaf);
    return fault;
}

/* The source's own leaf; zero beyond the checkpoint. */
static int leaf_of_tile(struct verifier *verifier, ledger_seq seq, struct ledger_hash *out_leaf,
                        struct base_err *err)
{
    *out_leaf = (struct ledger_hash){{0}};
    if (seq >= verifier->options->checkpoint->size)
        return 0;
    int fault = verifier->source->leaf(verifier->source->data, seq, out_leaf, err);
    return fault == BASE_E_MISSING ? 0 : fault;
}

/* The entry stands at `other` in the tree: entries between were left out, or changed places. */
static int displaced_name(struct verifier *verifier, ledger_seq seq, ledger_seq other,
                          const struct ledger_hash *wanted, struct base_err *err)
{
    struct ledger_hash there;
    int fault = leaf_of_entry(verifier, other, &there, err);
    if (fault != 0)
        return fault;
    if (ledger_hash_equal(&there, wanted))
        ledger__verify_found(&verifier->report, LEDGER_FOUND_REORDERED, seq,
                             "it has changed places with entry %llu", (unsigned long long)other);
    else
        ledger__verify_found(&verifier->report, LEDGER_FOUND_MISSING, seq,
                             "%llu left out: here stands the tree's entry %llu",
                             (unsigned long long)(other - seq), (unsigned long long)other);
    return 0;
}

/* Names why the entry with `leaf` is not the tree's at `seq`, which is `wanted`. */
static int mismatch_name(struct verifier *verifier, ledger_seq seq, const struct ledger_hash *leaf,
                         const struct ledger_hash *wanted, struct base_err *err)
{
    struct ledger_hash other;
    int fault = seq > 0 ? leaf_of_tile(verifier, seq - 1, &other, err) : 0;
    if (fault != 0)
        return fault;
    if (seq > 0 && ledger_hash_equal(leaf, &other)) {
        ledger__verify_found(&verifier->report, LEDGER_FOUND_DUPLICATED, seq, "entry %llu",
                             (unsigned long long)seq - 1);
        return 0;
    }
    for (ledger_seq at = seq + 1; at <= seq + SHIFT_COUNT_MAX; at++) {
        fault = leaf_of_tile(verifier, at, &other, err);
        if (fault != 0)
            return fault;
        if (ledger_hash_equal(leaf, &other))
            return displaced_name(verifier, seq, at, wanted, err);
    }
    fault = leaf_of_entry(verifier, seq + 1, &other, err);
    if (fault != 0)
        return fault;
    bool is_inserted = ledger_hash_equal(&other, wanted);
    ledger__verify_found(
        &verifier->report, is_inserted ? LEDGER_FOUND_INSERTED : LEDGER_FOUND_LEAF, seq,
        is_inserted ? "the tree's entry stands one place further" : "its hash is not the tile's");
    return 0;
}

/* The entry's leaf, against the source's when it has one. */
static int leaf_check(struct verifier *verifier, ledger_seq seq, const struct item *item,
                      struct ledger_hash *out_leaf, struct base_err *err)
{
    struct ledger_hash stored;
    ledger_tree_leaf(item->entry.bytes, out_leaf);
    if (verifier->source->leaf == NULL)
        return 0;
    int fault = verifier->source->leaf(verifier->source->data, seq, &stored, err);
    if (fault != 0 || ledger_hash_equal(out_leaf, &stored))
        return fault;
    return mismatch_name(verifier, seq, out_leaf, &stored, err);
}

/* A checkpoint from earlier whose size is reached: is its tree a part of this one? */
static int known_check(struct verifier *verifier, uint64_t size, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    for (unsigned i = 0; i < options->known_count; i++) {
        struct ledger_hash root;
        if (options->known[i].size != size)
            continue;
        int fault = ledger__history_root(&verifier->history, size, &root, err);
        if (fault != 0)
            return fault;
        if (!ledger_hash_equal(&root, &options->known[i].root)) {
            ledger__verify_found(&verifier->report, LEDGER_FOUND_FORK,
                                 size == 0 ? LEDGER_SEQ_NONE : size - 1,
                                 "at %llu entries it had signed another tree: the histories part "
                                 "at this entry or before",
                                 (unsigned long long)size);
            return 0;
        }
    }
    return 0;
}

/* What the checkpoint itself says against those from earlier. */
static void known_compare(struct verifier *verifier)
{
    const struct ledger_checkpoint *now = verifier->options->checkpoint;
    for (unsigned i = 0; i < verifier->options->known_count; i++) {
        const struct ledger_checkpoint *known = &verifier->options->known[i];
        if (known->size > now->size) {
            ledger__verify_found(&verifier->report, LEDGER_FOUND_ROLLBACK, now->size,
                                 "%llu entries are shown, %llu were signed",
                                 (unsigned long long)now->size, (unsigned long long)known->size);
            return;
        }
        if (known->size == now->size && !ledger_hash_equal(&known->root, &now->root)) {
            ledger__verify_found(&verifier->report, LEDGER_FOUND_SPLIT_VIEW, LEDGER_SEQ_NONE,
                                 "both of %llu entries", (unsigned long long)now->size);
            return;
        }
    }
}

static int entry_read(struct verifier *verifier, ledger_seq seq, struct item *item,
                      struct base_err *err)
{
    struct base_err why = {0};
    struct ledger_refusal refusal = {0};
    base_buf_reset(&item->bytes);
    int fault = verifier->source->entry(verifier->source->data, seq, &item->bytes, &why);
    if (fault == 0 && item->bytes.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for an entry");
    if (fault == BASE_E_MISSING) {
        ledger__verify_found(&verifier->report, LEDGER_FOUND_SIZE, seq, "%s", why.text);
        return 0;
    }
    if (fault != 0) {
        if (err != NULL)
            *err = why;
        return fault;
    }
    if (ledger_entry_parse(base_buf_bytes(&item->bytes), &item->entry, &why) != 0)
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ENTRY_FORM, seq, "%s", why.text);
    else if (ledger_event_parse(item->entry.event_bytes, &item->event, &refusal) != 0)
        ledger__verify_found(&verifier->report, LEDGER_FOUND_EVENT_FORM, seq, "field %s",
                             refusal.field);
    return 0;
}

/* Reads and checks one entry, all but signatures; findings are in the report. */
static int item_take(struct verifier *verifier, ledger_seq seq, struct item *item,
                     struct base_err *err)
{
    struct ledger_hash leaf;
    const enum ledger_finding *finding = &verifier->report.finding;
    int fault = entry_read(verifier, seq, item, err);
    if (fault == 0 && *finding == LEDGER_FOUND_NOTHING)
        fault = leaf_check(verifier, seq, item, &leaf, err);
    if (fault == 0 && *finding == LEDGER_FOUND_NOTHING)
        fault = order_check(verifier, seq, item, err);
    if (fault == 0 && *finding == LEDGER_FOUND_NOTHING)
        fault = cosigners_ask(verifier, seq, item, err);
    if (fault != 0 || *finding != LEDGER_FOUND_NOTHING)
        return fault;
    verifier->recorded_ms = item->entry.recorded_ms;
    if (seq == 0)
        verifier->report.log_id = item->event.id;
    fault = ledger__history_append(&verifier->history, &leaf, err);
    return fault == 0 ? known_check(verifier, seq + 1, err) : fault;
}

/* Questions about one key stand together, so that its table is fetched into the cache once. */
static void questions_order(struct verifier *verifier)
{
    uint32_t key_count = ledger__signatures_key_count(verifier->signatures);
    uint32_t *begins = verifier->begins;
    memset(begins, 0, (key_count + 1) * sizeof *begins);
    for (uint32_t i = 0; i < verifier->question_count; i++)
        begins[verifier->questions[i].number + 1]++;
    for (uint32_t i = 1; i <= key_count; i++)
        begins[i] += begins[i - 1];
    for (uint32_t i = 0; i < verifier->question_count; i++)
        verifier->order[begins[verifier->questions[i].number]++] = i;
}

/* Runs on any of the threads; touches its own group alone. */
static void group_check(void *data, uint32_t group)
{
    struct verifier *verifier = data;
    struct ledger__signature_item asked[GROUP_COUNT];
    uint32_t first = group * GROUP_COUNT;
    uint32_t count = verifier->question_count - first;
    if (count > GROUP_COUNT)
        count = GROUP_COUNT;
    for (uint32_t i = 0; i < count; i++) {
        const struct question *question = &verifier->questions[verifier->order[first + i]];
        const struct item *item = question->item;
        asked[i] = (struct ledger__signature_item){
            .event_bytes = item->entry.event_bytes,
            .key = question->key,
            .number = question->number,
            .signature = &item->entry.signatures[question->signature]};
    }
    ledger__signatures_check(verifier->signatures, asked, count);
    for (uint32_t i = 0; i < count; i++)
        verifier->questions[verifier->order[first + i]].holds = asked[i].holds;
}

static void table_make(void *data, uint32_t number)
{
    ledger__signatures_make(((struct verifier *)data)->signatures, number);
}

/* Asks for every signature of the chunk, in parallel; each item then knows its first bad one. */
static int signatures_check(struct verifier *verifier, struct chunk *chunk, struct base_err *err)
{
    int fault = 0;
    verifier->question_count = 0;
    ledger__signatures_begin(verifier->signatures);
    for (uint32_t i = 0; i < chunk->taken; i++) {
        struct item *item = &chunk->items[i];
        item->bad_signature = 0;
        for (uint32_t s = 0; fault == 0 && s < item->checked_count; s++) {
            struct question *question = &verifier->questions[verifier->question_count++];
            *question =
                (struct question){.key = s == 0 ? &item->event.key : &item->cosigners[s - 1],
                                  .item = item,
                                  .signature = s};
            fault = ledger__signatures_announce(verifier->signatures, question->key,
                                                &question->number, err);
        }
    }
    if (fault != 0)
        return fault;
    questions_order(verifier);
    ledger__parallel_run(verifier->parallel, ledger__signatures_wanted(verifier->signatures),
                         table_make, verifier);
    ledger__parallel_run(verifier->parallel,
                         (verifier->question_count + GROUP_COUNT - 1) / GROUP_COUNT, group_check,
                         verifier);
    for (uint32_t i = 0; i < verifier->question_count; i++) {
        const struct question *question = &verifier->questions[i];
        struct item *item = question->item;
        if (!question->holds &&
            (item->bad_signature == 0 || question->signature + 1 < item->bad_signature))
            item->bad_signature = question->signature + 1;
    }
    if (ledger__signatures_difference_count(verifier->signatures) != 0)
        return BASE_FAIL(err, BASE_E_CRYPTO,
                         "our verdict on a signature was not libsodium's: this program is not to "
                         "be trusted without --reference; please report it");
    return 0;
}

/* What the signatures and the hook said of one entry, and its replay. */
static int item_replay(struct verifier *verifier, ledger_seq seq, const struct item *item,
                       bool *out_found, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    struct ledger_verify_report *report = &verifier->replayed;
    int answer = 0;
    *out_found = true;
    if (item->bad_signature != 0) {
        ledger__verify_found(report, LEDGER_FOUND_SIGNATURE, seq, "signature %u of %u",
                             item->bad_signature, item->entry.signature_count);
        return 0;
    }
    if (item->hook_finding != LEDGER_FOUND_NOTHING) {
        ledger__verify_found(report, item->hook_finding, seq, "the store's own index");
        return 0;
    }
    if (options->on_entry != NULL)
        answer = options->on_entry(options->data, seq, &item->entry, &item->event, item->note, err);
    if (answer > 0) {
        ledger__verify_found(report, LEDGER_FOUND_ADMISSION, seq, "code %d", answer);
        report->admission_code = answer;
    }
    if (answer != 0)
        return answer < 0 ? answer : 0;
    report->entry_count++;
    report->recorded_ms = item->entry.recorded_ms;
    *out_found = false;
    return 0;
}

/* What the hook finds of the chunk's entries; each item then knows. */
static int hook_call(struct verifier *verifier, struct chunk *chunk, struct base_err *err)
{
    struct ledger__verify_placed *placed = verifier->placed;
    for (uint32_t i = 0; i < chunk->taken; i++)
        placed[i] = (struct ledger__verify_placed){.seq = chunk->start + i,
                                                   .event = &chunk->items[i].event,
                                                   .finding = LEDGER_FOUND_NOTHING};
    int fault =
        verifier->hook == NULL ? 0 : verifier->hook(verifier->hook_data, placed, chunk->taken, err);
    for (uint32_t i = 0; i < chunk->taken; i++)
        chunk->items[i].hook_finding = placed[i].finding;
    return fault;
}

/* On the relay's thread: reads, orders and judges a chunk. What it finds is in the report. */
static void chunk_prepare(void *data)
{
    struct chunk *chunk = data;
    struct verifier *verifier = chunk->verifier;
    chunk->fault = 0;
    for (chunk->taken = 0; chunk->taken < chunk->count; chunk->taken++) {
        struct item *item = &chunk->items[chunk->taken];
        chunk->fault = item_take(verifier, chunk->start + chunk->taken, item, &chunk->err);
        if (chunk->fault != 0)
            return;
        if (verifier->report.finding != LEDGER_FOUND_NOTHING)
            break;
    }
    chunk->fault = hook_call(verifier, chunk, &chunk->err);
    if (chunk->fault == 0)
        chunk->fault = signatures_check(verifier, chunk, &chunk->err);
}

/* Begins to prepare the chunk from `start` on. */
static void chunk_start(struct verifier *verifier, struct chunk *chunk, uint64_t start)
{
    uint64_t left = verifier->options->checkpoint->size - start;
    uint32_t wanted = verifier->options->chunk_count;
    uint32_t most = wanted == 0 || wanted > CHUNK_COUNT ? CHUNK_COUNT : wanted;
    chunk->verifier = verifier;
    chunk->start = start;
    chunk->count = left < most ? (uint32_t)left : most;
    if (chunk->count > chunk->count_max)
        chunk->count_max = chunk->count;
    ledger__relay_start(verifier->relay, chunk_prepare, chunk);
}

/* Replays what holds of a prepared chunk; `*out_found` when something broken was met. */
static int chunk_replay(struct verifier *verifier, const struct chunk *chunk, bool *out_found,
                        struct base_err *err)
{
    int fault = 0;
    *out_found = false;
    for (uint32_t i = 0; i < chunk->taken && fault == 0 && !*out_found; i++)
        fault = item_replay(verifier, chunk->start + i, &chunk->items[i], out_found, err);
    return fault;
}

/* Against what an earlier run has verified, and the checkpoints that lie within it. */
static int resumed_compare(struct verifier *verifier, struct base_err *err)
{
    const struct ledger_checkpoint *now = verifier->options->checkpoint;
    uint64_t size = verifier->history.size;
    struct ledger_hash root;
    int fault = 0;
    for (unsigned i = 0; fault == 0 && i < verifier->options->known_count; i++)
        if (verifier->options->known[i].size <= size)
            fault = known_check(verifier, verifier->options->known[i].size, err);
    if (fault != 0 || verifier->report.finding != LEDGER_FOUND_NOTHING || size == 0)
        return fault;
    if (now->size < size)
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ROLLBACK, now->size,
                             "%llu entries are shown, %llu were verified earlier",
                             (unsigned long long)now->size, (unsigned long long)size);
    if (now->size != size)
        return 0;
    fault = ledger__history_root(&verifier->history, size, &root, err);
    if (fault == 0 && !ledger_hash_equal(&root, &now->root))
        ledger__verify_found(&verifier->report, LEDGER_FOUND_SPLIT_VIEW, LEDGER_SEQ_NONE,
                             "%llu entries were verified earlier with another root",
                             (unsigned long long)size);
    return fault;
}

static void root_compare(struct verifier *verifier)
{
    const struct ledger_verify_report *report = &verifier->report;
    if (report->finding != LEDGER_FOUND_NOTHING ||
        ledger_hash_equal(&report->root, &verifier->options->checkpoint->root))
        return;
    /* With tiles of its own, each new entry is the source's; then it is the old ones that differ.
     */
    if (report->resumed_count > 0 && verifier->source->leaf != NULL)
        ledger__verify_found(&verifier->report, LEDGER_FOUND_FORK, LEDGER_SEQ_NONE,
                             "it does not continue the %llu entries that were verified earlier",
                             (unsigned long long)report->resumed_count);
    else
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ROOT, LEDGER_SEQ_NONE,
                             "each entry holds by itself, so one was exchanged whole or its time "
                             "was edited");
}

/* One chunk is replayed while the next is prepared, but nothing is while the state is saved. */
static int chunks_run(struct verifier *verifier, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    uint64_t size = options->checkpoint->size;
    uint64_t start = verifier->history.size;
    bool found = false;
    int fault = 0;
    if (start < size)
        chunk_start(verifier, &verifier->chunks[0], start);
    for (unsigned at = 0; start < size && fault == 0 && !found; at ^= 1) {
        const struct chunk *chunk = &verifier->chunks[at];
        ledger__relay_wait(verifier->relay);
        if (chunk->fault != 0) {
            if (err != NULL)
                *err = chunk->err;
            return chunk->fault;
        }
        start += chunk->count;
        bool is_last = start >= size || chunk->taken < chunk->count;
        bool saves = !is_last && options->save_every > 0 &&
                     start - verifier->saved_size >= options->save_every;
        if (!is_last && !saves)
            chunk_start(verifier, &verifier->chunks[at ^ 1], start);
        fault = chunk_replay(verifier, chunk, &found, err);
        if (fault == 0 && options->progress != NULL)
            options->progress(options->data, verifier->replayed.entry_count, size);
        if (fault == 0 && !found && saves)
            fault = ledger__verify_save(verifier, false, err);
        if (fault == 0 && !found && saves)
            chunk_start(verifier, &verifier->chunks[at ^ 1], start);
        if (is_last)
            break;
    }
    ledger__relay_wait(verifier->relay);
    return fault;
}

/* What was found in replaying precedes what preparing has met. */
static void reports_join(struct verifier *verifier)
{
    struct ledger_verify_report *report = &verifier->report;
    const struct ledger_verify_report *replayed = &verifier->replayed;
    report->entry_count = replayed->entry_count;
    report->recorded_ms = replayed->recorded_ms;
    if (replayed->finding == LEDGER_FOUND_NOTHING)
        return;
    report->finding = replayed->finding;
    report->seq = replayed->seq;
    report->admission_code = replayed->admission_code;
    report->is_replayed = true;
    memcpy(report->detail, replayed->detail, sizeof report->detail);
}

static int stream_run(struct verifier *verifier, struct base_err *err)
{
    struct ledger_verify_report *report = &verifier->report;
    int fault = ledger__verify_resume(verifier, err);
    if (fault != 0)
        return fault;
    known_compare(verifier);
    if (report->finding == LEDGER_FOUND_NOTHING)
        fault = resumed_compare(verifier, err);
    if (fault == 0 && report->finding == LEDGER_FOUND_NOTHING)
        fault = chunks_run(verifier, err);
    reports_join(verifier);
    if (fault == 0)
        fault =
            ledger__history_root(&verifier->history, verifier->history.size, &report->root, err);
    if (fault != 0)
        return fault;
    report->key_count = verifier->keys.count;
    ledger__signatures_counts(verifier->signatures, &report->by_table_count,
                              &report->by_sodium_count);
    root_compare(verifier);
    return report->finding == LEDGER_FOUND_NOTHING ? ledger__verify_save(verifier, true, err) : 0;
}

static int leaf_again(void *data, ledger_seq seq, struct ledger_hash *out_leaf,
                      struct base_err *err)
{
    return leaf_of_entry(data, seq, out_leaf, err);
}

int ledger__verify_stream(const struct ledger_source *source,
                          const struct ledger_verify_options *options, ledger__verify_hook hook,
                          void *hook_data, struct ledger__history *out_history,
                          struct ledger_verify_report *out_report, struct base_err *err)
{
    assert(source->entry != NULL && options->checkpoint != NULL);
    struct verifier *verifier = calloc(1, sizeof *verifier);
    if (verifier == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room to verify");
    verifier->source = source;
    verifier->options = options;
    verifier->hook = hook;
    verifier->hook_data = hook_data;
    verifier->history.leaf = leaf_again;
    verifier->history.data = verifier;
    verifier->report.seq = LEDGER_SEQ_NONE;
    int fault = ledger__parallel_open(options->thread_count, &verifier->parallel, err);
    if (fault == 0 && options->thread_count != 1)
        fault = ledger__relay_open(&verifier->relay, err);
    if (fault == 0)
        fault = ledger__signatures_open(options->reference, &verifier->signatures, err);
    if (fault == 0)
        fault = stream_run(verifier, err);
    if (fault == 0)
        *out_report = verifier->report;
    if (fault == 0 && out_history != NULL) {
        *out_history = verifier->history;
        out_history->leaf = NULL; /* its source goes with the verifier */
        verifier->history = (struct ledger__history){0};
    }
    ledger__relay_close(verifier->relay);
    ledger__signatures_close(verifier->signatures);
    ledger__parallel_close(verifier->parallel);
    ledger__key_table_release(&verifier->keys);
    ledger__history_release(&verifier->history);
    for (unsigned at = 0; at < 2; at++)
        for (uint32_t i = 0; i < verifier->chunks[at].count_max; i++)
            base_buf_release(&verifier->chunks[at].items[i].bytes);
    free(verifier);
    return fault;
}

int ledger_verify(const struct ledger_source *source, const struct ledger_verify_options *options,
                  struct ledger_verify_report *out_report, struct base_err *err)
{
    return ledger__verify_stream(source, options, NULL, NULL, NULL, out_report, err);
}
