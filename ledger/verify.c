/* Verification of a stream of entries.
 *
 * The happy path: a chunk of entries is read and checked one after the other, in the order of the
 * log; their signatures are checked in parallel; the storey above replays the chunk; so on to the
 * checkpoint's size, where the root must be the checkpoint's. The first broken position ends it:
 * within a chunk, what precedes that position is still replayed, so a finding never hides an
 * earlier one. What can fail: the source or memory, as faults; everything else is a finding. */
#include "ledger/verify.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/key_table.h"
#include "ledger/parallel.h"
#include "ledger/verify_stream.h"

#define CHUNK_COUNT 256u
#define ROOTS_CAPACITY_FIRST 1024u

struct item {
    struct base_buf bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t checked_count; /* signatures that have a key */
    uint32_t bad_signature; /* 0: all hold; else its number, from 1 */
};

struct verifier {
    const struct ledger_source *source;
    const struct ledger_verify_options *options;
    ledger__verify_hook hook;
    void *hook_data;
    struct ledger_verify_report report;
    struct ledger__parallel *parallel;
    struct ledger__key_table keys;
    struct ledger_frontier frontier;
    struct ledger_hash *roots; /* of size 0, 1, 2, … */
    uint64_t roots_capacity;
    base_time_ms recorded_ms;
    struct item items[CHUNK_COUNT];
};

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

/* Remembers the root of the present size. */
static int root_keep(struct verifier *verifier, struct base_err *err)
{
    uint64_t size = verifier->frontier.size;
    if (size >= verifier->roots_capacity) {
        uint64_t capacity =
            verifier->roots_capacity == 0 ? ROOTS_CAPACITY_FIRST : verifier->roots_capacity * 2;
        struct ledger_hash *roots = realloc(verifier->roots, capacity * sizeof *roots);
        if (roots == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "no room for the roots of %llu sizes",
                             (unsigned long long)capacity);
        verifier->roots = roots;
        verifier->roots_capacity = capacity;
    }
    ledger_frontier_root(&verifier->frontier, &verifier->roots[size]);
    return 0;
}

/* Time, log id, counter and seen: what an entry must be among its predecessors. */
static int order_check(struct verifier *verifier, ledger_seq seq, const struct item *item,
                       struct base_err *err)
{
    static const struct ledger_hash founding;
    const struct ledger_event *event = &item->event;
    struct ledger_verify_report *report = &verifier->report;
    int64_t before = 0;
    if (item->entry.recorded_ms < verifier->recorded_ms) {
        ledger__verify_found(report, LEDGER_FOUND_TIME, seq, "recorded at %lld, after %lld",
                             (long long)item->entry.recorded_ms, (long long)verifier->recorded_ms);
        return 0;
    }
    if (!ledger_hash_equal(&event->log_id, seq == 0 ? &founding : &report->log_id)) {
        ledger__verify_found(report, LEDGER_FOUND_LOG_ID, seq, "field l");
        return 0;
    }
    if (event->seen_size > seq ||
        !ledger_hash_equal(&event->seen_root, &verifier->roots[event->seen_size])) {
        ledger__verify_found(report, LEDGER_FOUND_SEEN, seq, "a tree of %llu entries",
                             (unsigned long long)event->seen_size);
        return 0;
    }
    int fault = ledger__key_table_set(&verifier->keys, &event->key, event->counter, &before, err);
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
    if (options->cosigners == NULL) {
        verifier->report.cosignature_unchecked_count += item->entry.signature_count - 1;
        return 0;
    }
    int answer = options->cosigners(options->data, &item->event, item->cosigners, &count, err);
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

/* The entry's leaf, against the source's when it has one. */
static int leaf_check(struct verifier *verifier, ledger_seq seq, const struct item *item,
                      struct ledger_hash *out_leaf, struct base_err *err)
{
    struct ledger_hash stored;
    ledger_tree_leaf(item->entry.bytes, out_leaf);
    if (verifier->source->leaf == NULL)
        return 0;
    int fault = verifier->source->leaf(verifier->source->data, seq, &stored, err);
    if (fault != 0)
        return fault;
    if (!ledger_hash_equal(out_leaf, &stored))
        ledger__verify_found(&verifier->report, LEDGER_FOUND_LEAF, seq,
                             "its hash is not the tile's");
    return 0;
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
    ledger_frontier_append(&verifier->frontier, &leaf);
    return root_keep(verifier, err);
}

/* Runs on any of the threads; touches its own item alone. */
static void signatures_check(void *data, uint32_t i)
{
    struct item *item = &((struct verifier *)data)->items[i];
    item->bad_signature = 0;
    for (uint32_t s = 0; s < item->checked_count && item->bad_signature == 0; s++) {
        const struct ledger_key *key = s == 0 ? &item->event.key : &item->cosigners[s - 1];
        if (!ledger_event_verify(item->entry.event_bytes, key, &item->entry.signatures[s]))
            item->bad_signature = s + 1;
    }
}

/* Hook and replay of one entry; a finding replaces a later one that is in the report. */
static int item_replay(struct verifier *verifier, ledger_seq seq, const struct item *item,
                       bool *out_found, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    int answer = 0;
    *out_found = true;
    if (item->bad_signature != 0) {
        ledger__verify_found(&verifier->report, LEDGER_FOUND_SIGNATURE, seq, "signature %u of %u",
                             item->bad_signature, item->entry.signature_count);
        return 0;
    }
    if (verifier->hook != NULL)
        answer = verifier->hook(verifier->hook_data, seq, &item->event, err);
    if (answer > 0)
        ledger__verify_found(&verifier->report, (enum ledger_finding)answer, seq,
                             "the store's own index");
    if (answer != 0)
        return answer < 0 ? answer : 0;
    if (options->on_entry != NULL)
        answer = options->on_entry(options->data, seq, &item->entry, &item->event, err);
    if (answer > 0) {
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ADMISSION, seq, "code %d", answer);
        verifier->report.admission_code = answer;
    }
    if (answer != 0)
        return answer < 0 ? answer : 0;
    verifier->report.entry_count++;
    verifier->report.recorded_ms = item->entry.recorded_ms;
    *out_found = false;
    return 0;
}

/* One chunk from `start` on; `*out_ended` when something was found. */
static int chunk_run(struct verifier *verifier, uint64_t start, uint32_t count, bool *out_ended,
                     struct base_err *err)
{
    uint32_t taken = 0;
    *out_ended = true;
    for (; taken < count; taken++) {
        int fault = item_take(verifier, start + taken, &verifier->items[taken], err);
        if (fault != 0)
            return fault;
        if (verifier->report.finding != LEDGER_FOUND_NOTHING)
            break;
    }
    ledger__parallel_run(verifier->parallel, taken, signatures_check, verifier);
    for (uint32_t i = 0; i < taken; i++) {
        bool found = false;
        int fault = item_replay(verifier, start + i, &verifier->items[i], &found, err);
        if (fault != 0 || found)
            return fault;
    }
    *out_ended = verifier->report.finding != LEDGER_FOUND_NOTHING;
    return 0;
}

static int stream_run(struct verifier *verifier, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    uint64_t size = options->checkpoint->size;
    bool ended = false;
    int fault = root_keep(verifier, err);
    for (uint64_t start = 0; start < size && fault == 0 && !ended; start += CHUNK_COUNT) {
        uint32_t count = size - start < CHUNK_COUNT ? (uint32_t)(size - start) : CHUNK_COUNT;
        fault = chunk_run(verifier, start, count, &ended, err);
        if (fault == 0 && options->progress != NULL)
            options->progress(options->data, verifier->report.entry_count, size);
    }
    if (fault != 0)
        return fault;
    verifier->report.key_count = verifier->keys.count;
    ledger_frontier_root(&verifier->frontier, &verifier->report.root);
    if (!ended && !ledger_hash_equal(&verifier->report.root, &options->checkpoint->root))
        ledger__verify_found(&verifier->report, LEDGER_FOUND_ROOT, LEDGER_SEQ_NONE,
                             "each entry holds by itself, so one was exchanged whole or its time "
                             "was edited");
    return 0;
}

int ledger__verify_stream(const struct ledger_source *source,
                          const struct ledger_verify_options *options, ledger__verify_hook hook,
                          void *hook_data, struct ledger_verify_report *out_report,
                          struct base_err *err)
{
    assert(source->entry != NULL && options->checkpoint != NULL);
    struct verifier *verifier = calloc(1, sizeof *verifier);
    if (verifier == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room to verify");
    verifier->source = source;
    verifier->options = options;
    verifier->hook = hook;
    verifier->hook_data = hook_data;
    verifier->report.seq = LEDGER_SEQ_NONE;
    int fault = ledger__parallel_open(options->thread_count, &verifier->parallel, err);
    if (fault == 0)
        fault = stream_run(verifier, err);
    if (fault == 0)
        *out_report = verifier->report;
    ledger__parallel_close(verifier->parallel);
    ledger__key_table_release(&verifier->keys);
    for (uint32_t i = 0; i < CHUNK_COUNT; i++)
        base_buf_release(&verifier->items[i].bytes);
    free(verifier->roots);
    free(verifier);
    return fault;
}

int ledger_verify(const struct ledger_source *source, const struct ledger_verify_options *options,
                  struct ledger_verify_report *out_report, struct base_err *err)
{
    return ledger__verify_stream(source, options, NULL, NULL, out_report, err);
}
