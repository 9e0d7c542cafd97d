/* Verification of a stream of entries.
 *
 * The happy path: a chunk of entries is read and checked one after the other, in the order of the
 * log; their signatures are checked in parallel; the storey above replays the chunk; so on to the
 * checkpoint's size, where the root must be the checkpoint's. The first broken position ends it:
 * within a chunk, what precedes that position is still replayed, so a finding never hides an
 * earlier one. What can fail: the source or memory, as faults, and our own verdict on a signature,
 * when libsodium's is another; everything else is a finding. */
#include "ledger/verify.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/history.h"
#include "ledger/key_table.h"
#include "ledger/parallel.h"
#include "ledger/signatures.h"
#include "ledger/verify_stream.h"

#define CHUNK_COUNT 1024u
#define GROUP_COUNT LEDGER__SIGNATURES_MANY_MAX
#define SHIFT_COUNT_MAX 256u /* how far an entry out of its place is looked for */

struct item {
    struct base_buf bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    uint32_t checked_count; /* signatures that have a key */
    uint32_t bad_signature; /* 0: all hold; else its number, from 1 */
};

/* One signature to be judged. */
struct question {
    uint32_t item, signature;
    bool holds;
};

struct verifier {
    const struct ledger_source *source;
    const struct ledger_verify_options *options;
    ledger__verify_hook hook;
    void *hook_data;
    struct ledger_verify_report report;
    struct ledger__parallel *parallel;
    struct ledger__signatures *signatures;
    struct ledger__key_table keys;
    struct ledger__history history;
    base_time_ms recorded_ms;
    uint64_t saved_size;
    uint32_t question_count;
    struct question questions[CHUNK_COUNT * LEDGER_SIGNATURE_COUNT_MAX];
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

static const struct ledger_key *key_of(const struct verifier *verifier,
                                       const struct question *question)
{
    const struct item *item = &verifier->items[question->item];
    return question->signature == 0 ? &item->event.key : &item->cosigners[question->signature - 1];
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
        const struct question *question = &verifier->questions[first + i];
        const struct item *item = &verifier->items[question->item];
        asked[i] = (struct ledger__signature_item){
            .event_bytes = item->entry.event_bytes,
            .key = key_of(verifier, question),
            .signature = &item->entry.signatures[question->signature]};
    }
    ledger__signatures_check(verifier->signatures, asked, count);
    for (uint32_t i = 0; i < count; i++)
        verifier->questions[first + i].holds = asked[i].holds;
}

static void table_make(void *data, uint32_t number)
{
    ledger__signatures_make(((struct verifier *)data)->signatures, number);
}

/* Asks for every signature of the chunk, in parallel; each item then knows its first bad one. */
static int signatures_check(struct verifier *verifier, uint32_t item_count, struct base_err *err)
{
    int fault = 0;
    verifier->question_count = 0;
    ledger__signatures_begin(verifier->signatures);
    for (uint32_t i = 0; i < item_count; i++) {
        verifier->items[i].bad_signature = 0;
        for (uint32_t s = 0; fault == 0 && s < verifier->items[i].checked_count; s++) {
            struct question *question = &verifier->questions[verifier->question_count++];
            *question = (struct question){.item = i, .signature = s};
            fault =
                ledger__signatures_announce(verifier->signatures, key_of(verifier, question), err);
        }
    }
    if (fault != 0)
        return fault;
    ledger__parallel_run(verifier->parallel, ledger__signatures_wanted(verifier->signatures),
                         table_make, verifier);
    ledger__parallel_run(verifier->parallel,
                         (verifier->question_count + GROUP_COUNT - 1) / GROUP_COUNT, group_check,
                         verifier);
    for (uint32_t i = 0; i < verifier->question_count; i++) {
        const struct question *question = &verifier->questions[i];
        struct item *item = &verifier->items[question->item];
        if (!question->holds && item->bad_signature == 0)
            item->bad_signature = question->signature + 1;
    }
    if (ledger__signatures_difference_count(verifier->signatures) != 0)
        return BASE_FAIL(err, BASE_E_CRYPTO,
                         "our verdict on a signature was not libsodium's: this program is not to "
                         "be trusted without --reference; please report it");
    return 0;
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
    int fault = signatures_check(verifier, taken, err);
    if (fault != 0)
        return fault;
    for (uint32_t i = 0; i < taken; i++) {
        bool found = false;
        fault = item_replay(verifier, start + i, &verifier->items[i], &found, err);
        if (fault != 0 || found)
            return fault;
    }
    *out_ended = verifier->report.finding != LEDGER_FOUND_NOTHING;
    return 0;
}

/* What is kept to go on later:
 *     "letopis/verify/v1" 00 ‖ size ‖ root ‖ recorded time ‖ log id ‖ key count ‖
 *     (key ‖ counter) … ‖ the tree (ledger/history.h)
 * with numbers as eight bytes, big-endian. */
static const char state_head[] = "letopis/verify/v1";
#define STATE_HEAD_LEN (sizeof state_head + 8 + 2 * LEDGER_HASH_LEN + 8 + 8)

static int state_save(struct verifier *verifier, bool is_whole, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) state = {0};
    struct ledger_hash root;
    uint64_t size = verifier->history.size;
    if (verifier->options->save == NULL)
        return 0;
    int fault = ledger__history_root(&verifier->history, size, &root, err);
    if (fault != 0)
        return fault;
    base_buf_put(&state, state_head, sizeof state_head);
    base_buf_put_be64(&state, size);
    base_buf_put(&state, root.bytes, LEDGER_HASH_LEN);
    base_buf_put_be64(&state, (uint64_t)verifier->recorded_ms);
    base_buf_put(&state, verifier->report.log_id.bytes, LEDGER_HASH_LEN);
    base_buf_put_be64(&state, verifier->keys.count);
    for (uint64_t i = 0; i < verifier->keys.capacity; i++) {
        const struct ledger__key_row *row = &verifier->keys.rows[i];
        if (row->counter == 0)
            continue;
        base_buf_put(&state, row->key.bytes, LEDGER_KEY_LEN);
        base_buf_put_be64(&state, (uint64_t)row->counter);
    }
    fault = ledger__history_put(&verifier->history, &state, err);
    verifier->saved_size = size;
    return fault != 0 ? fault
                      : verifier->options->save(verifier->options->data, size,
                                                base_buf_bytes(&state), is_whole, err);
}

static struct base_bytes bytes_take(struct base_bytes *rest, size_t len)
{
    assert(rest->len >= len);
    struct base_bytes taken = base_bytes_of(rest->data, len);
    *rest = base_bytes_of(rest->data + len, rest->len - len);
    return taken;
}

static int keys_take(struct verifier *verifier, uint64_t count, struct base_bytes *rest,
                     struct base_err *err)
{
    for (uint64_t i = 0; i < count; i++) {
        struct ledger_key key;
        int64_t before = 0;
        if (rest->len < LEDGER_KEY_LEN + 8)
            return BASE_FAIL(err, BASE_E_FORMAT, "the state ends early");
        memcpy(key.bytes, bytes_take(rest, LEDGER_KEY_LEN).data, LEDGER_KEY_LEN);
        uint64_t counter = base_get_be64(bytes_take(rest, 8).data);
        if (counter == 0 || counter > INT64_MAX)
            return BASE_FAIL(err, BASE_E_FORMAT, "the state holds no counter");
        int fault = ledger__key_table_set(&verifier->keys, &key, (int64_t)counter, &before, err);
        if (fault != 0)
            return fault;
    }
    return 0;
}

/* Goes on from what an earlier run has kept. */
static int state_resume(struct verifier *verifier, struct base_err *err)
{
    struct base_bytes rest = verifier->options->resume;
    struct ledger_hash root, again;
    if (rest.len == 0)
        return 0;
    if (rest.len < STATE_HEAD_LEN || memcmp(rest.data, state_head, sizeof state_head) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "this is no state of a verification");
    (void)bytes_take(&rest, sizeof state_head);
    uint64_t size = base_get_be64(bytes_take(&rest, 8).data);
    memcpy(root.bytes, bytes_take(&rest, LEDGER_HASH_LEN).data, LEDGER_HASH_LEN);
    verifier->recorded_ms = (base_time_ms)base_get_be64(bytes_take(&rest, 8).data);
    memcpy(verifier->report.log_id.bytes, bytes_take(&rest, LEDGER_HASH_LEN).data, LEDGER_HASH_LEN);
    uint64_t key_count = base_get_be64(bytes_take(&rest, 8).data);
    if (size > INT64_MAX)
        return BASE_FAIL(err, BASE_E_FORMAT, "the state holds no size");
    int fault = keys_take(verifier, key_count, &rest, err);
    if (fault == 0)
        fault = ledger__history_take(&verifier->history, size, &rest, err);
    if (fault == 0)
        fault = ledger__history_root(&verifier->history, size, &again, err);
    if (fault != 0)
        return fault;
    if (rest.len != 0 || !ledger_hash_equal(&root, &again))
        return BASE_FAIL(err, BASE_E_FORMAT, "the state contradicts itself");
    verifier->report.entry_count = verifier->report.resumed_count = verifier->saved_size = size;
    verifier->report.recorded_ms = verifier->recorded_ms;
    return 0;
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

static int chunks_run(struct verifier *verifier, struct base_err *err)
{
    const struct ledger_verify_options *options = verifier->options;
    uint64_t size = options->checkpoint->size;
    bool ended = false;
    int fault = 0;
    for (uint64_t start = verifier->history.size; start < size && fault == 0 && !ended;
         start += CHUNK_COUNT) {
        uint32_t count = size - start < CHUNK_COUNT ? (uint32_t)(size - start) : CHUNK_COUNT;
        fault = chunk_run(verifier, start, count, &ended, err);
        if (fault == 0 && options->progress != NULL)
            options->progress(options->data, verifier->report.entry_count, size);
        if (fault == 0 && !ended && options->save_every > 0 && start + count < size &&
            verifier->history.size - verifier->saved_size >= options->save_every)
            fault = state_save(verifier, false, err);
    }
    return fault;
}

static int stream_run(struct verifier *verifier, struct base_err *err)
{
    struct ledger_verify_report *report = &verifier->report;
    int fault = state_resume(verifier, err);
    if (fault != 0)
        return fault;
    known_compare(verifier);
    if (report->finding == LEDGER_FOUND_NOTHING)
        fault = resumed_compare(verifier, err);
    if (fault == 0 && report->finding == LEDGER_FOUND_NOTHING)
        fault = chunks_run(verifier, err);
    if (fault == 0)
        fault =
            ledger__history_root(&verifier->history, verifier->history.size, &report->root, err);
    if (fault != 0)
        return fault;
    report->key_count = verifier->keys.count;
    ledger__signatures_counts(verifier->signatures, &report->by_table_count,
                              &report->by_sodium_count);
    root_compare(verifier);
    return report->finding == LEDGER_FOUND_NOTHING ? state_save(verifier, true, err) : 0;
}

static int leaf_again(void *data, ledger_seq seq, struct ledger_hash *out_leaf,
                      struct base_err *err)
{
    return leaf_of_entry(data, seq, out_leaf, err);
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
    verifier->history.leaf = leaf_again;
    verifier->history.data = verifier;
    verifier->report.seq = LEDGER_SEQ_NONE;
    int fault = ledger__parallel_open(options->thread_count, &verifier->parallel, err);
    if (fault == 0)
        fault = ledger__signatures_open(options->reference, &verifier->signatures, err);
    if (fault == 0)
        fault = stream_run(verifier, err);
    if (fault == 0)
        *out_report = verifier->report;
    ledger__signatures_close(verifier->signatures);
    ledger__parallel_close(verifier->parallel);
    ledger__key_table_release(&verifier->keys);
    ledger__history_release(&verifier->history);
    for (uint32_t i = 0; i < CHUNK_COUNT; i++)
        base_buf_release(&verifier->items[i].bytes);
    free(verifier);
    return fault;
}

int ledger_verify(const struct ledger_source *source, const struct ledger_verify_options *options,
                  struct ledger_verify_report *out_report, struct base_err *err)
{
    return ledger__verify_stream(source, options, NULL, NULL, out_report, err);
}
