/* Readers: a snapshot of the log, of one size. All that is asked is answered as of that size, even
 * when a stored tile already has more hashes. What can fail: what was asked for is not there
 * (BASE_E_MISSING), or the store's bytes contradict each other (BASE_E_CORRUPT). */
#include <assert.h>
#include <stdlib.h>

#include "ledger/log_state.h"

static int stored_size_read(struct ledger_reader *reader, struct base_err *err)
{
    struct ledger__head pending;
    bool found;
    int fault = ledger__pending_get(&reader->txn, &pending, &found, err);
    reader->stored_size = fault == 0 && found ? pending.head.size : reader->head.head.size;
    return fault;
}

int ledger_reader_open(struct ledger_log *log, struct ledger_reader **out_reader,
                       struct base_err *err)
{
    struct ledger_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "opening a reader");
    reader->log = log;
    int fault = ledger__txn_begin(log->store, false, &reader->txn, err);
    if (fault == 0)
        fault = ledger__head_get(&reader->txn, &reader->head, err);
    if (fault == 0)
        fault = stored_size_read(reader, err);
    if (fault != 0) {
        ledger_reader_close(reader);
        return fault;
    }
    *out_reader = reader;
    return 0;
}

void ledger_reader_close(struct ledger_reader *reader)
{
    if (reader == NULL)
        return;
    ledger__txn_abort(&reader->txn);
    free(reader);
}

uint64_t ledger_reader_size(const struct ledger_reader *reader)
{
    return reader->head.head.size;
}

int ledger_reader_entry(struct ledger_reader *reader, ledger_seq seq, struct base_bytes *out_entry,
                        struct base_err *err)
{
    uint8_t key[8];
    if (seq >= reader->head.head.size)
        return BASE_FAIL(err, BASE_E_MISSING, "no entry %llu in a log of %llu",
                         (unsigned long long)seq, (unsigned long long)reader->head.head.size);
    base_set_be64(key, seq);
    if (ledger__txn_get(&reader->txn, LEDGER__DB_ENTRIES, base_bytes_of(key, sizeof key),
                        out_entry))
        return 0;
    int fault = ledger__txn_check(&reader->txn, err);
    if (fault != 0)
        return fault;
    return BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu is not there", (unsigned long long)seq);
}

struct entries {
    ledger_seq next, end;
    struct base_bytes *out;
};

static bool take_entry(void *data, struct base_bytes key, struct base_bytes value)
{
    struct entries *entries = data;
    if (entries->next == entries->end || key.len != 8 || base_get_be64(key.data) != entries->next)
        return false;
    *entries->out++ = value;
    entries->next++;
    return true;
}

int ledger_reader_entries(struct ledger_reader *reader, ledger_seq first, size_t count,
                          struct base_bytes *out_entries, struct base_err *err)
{
    uint8_t key[8];
    struct entries entries = {.next = first, .end = first + count, .out = out_entries};
    if (first > reader->head.head.size || count > reader->head.head.size - first)
        return BASE_FAIL(err, BASE_E_MISSING, "no entry %llu in a log of %llu",
                         (unsigned long long)(first + count - 1),
                         (unsigned long long)reader->head.head.size);
    base_set_be64(key, first);
    ledger__txn_walk(&reader->txn, LEDGER__DB_ENTRIES, base_bytes_of(key, sizeof key), take_entry,
                     &entries);
    int fault = ledger__txn_check(&reader->txn, err);
    if (fault == 0 && entries.next != entries.end)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "entry %llu is not there",
                          (unsigned long long)entries.next);
    return fault;
}

int ledger_reader_find(struct ledger_reader *reader, const struct ledger_hash *id,
                       ledger_seq *out_seq, struct base_err *err)
{
    struct base_bytes row;
    bool found = ledger__txn_get(&reader->txn, LEDGER__DB_IDS,
                                 base_bytes_of(id->bytes, LEDGER_HASH_LEN), &row);
    int fault = ledger__txn_check(&reader->txn, err);
    if (fault != 0)
        return fault;
    if (!found)
        return BASE_FAIL(err, BASE_E_MISSING, "no event with this id");
    if (row.len != 8)
        return BASE_FAIL(err, BASE_E_CORRUPT, "a row of the index of ids has %zu bytes", row.len);
    ledger_seq seq = base_get_be64(row.data);
    /* What is committed and not signed yet is not there. */
    if (seq >= reader->head.head.size && seq < reader->stored_size)
        return BASE_FAIL(err, BASE_E_MISSING, "no event with this id yet");
    *out_seq = seq;
    return 0;
}

int ledger_reader_counter(struct ledger_reader *reader, const struct ledger_key *key,
                          int64_t *out_counter, struct base_err *err)
{
    int64_t counter = ledger__counter_last(&reader->txn, key);
    int fault = ledger__txn_check(&reader->txn, err);
    if (fault == 0)
        *out_counter = counter;
    return fault;
}

int ledger_reader_opening(struct ledger_reader *reader,
                          const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          struct base_buf *out_value, uint8_t out_subject[LEDGER_ID_LEN],
                          struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) plain = {0};
    struct ledger_opening opening;
    int fault =
        ledger__vault_get(&reader->txn, &reader->log->wrap, commitment, &plain, &opening, err);
    if (fault != 0)
        return fault;
    base_buf_put_bytes(out_value, opening.value);
    if (out_value->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a sealed value");
    if (out_subject != NULL)
        memcpy(out_subject, opening.subject, LEDGER_ID_LEN);
    return 0;
}

bool ledger_reader_has_opening(struct ledger_reader *reader,
                               const uint8_t commitment[LEDGER_COMMITMENT_LEN])
{
    struct base_bytes row;
    return ledger__txn_get(&reader->txn, LEDGER__DB_OPENINGS,
                           base_bytes_of(commitment, LEDGER_COMMITMENT_LEN), &row);
}

struct kept {
    const uint8_t *subject;
    uint64_t count;
};

static bool count_kept(void *data, struct base_bytes key, struct base_bytes value)
{
    struct kept *kept = data;
    (void)value;
    if (key.len < LEDGER_ID_LEN || memcmp(key.data, kept->subject, LEDGER_ID_LEN) != 0)
        return false;
    kept->count++;
    return true;
}

uint64_t ledger_reader_subject_kept(struct ledger_reader *reader,
                                    const uint8_t subject[LEDGER_ID_LEN])
{
    struct kept kept = {.subject = subject};
    struct base_bytes name = base_bytes_of(subject, LEDGER_ID_LEN);
    struct base_bytes row;
    ledger__txn_walk(&reader->txn, LEDGER__DB_OWNERS, name, count_kept, &kept);
    kept.count += ledger__txn_get(&reader->txn, LEDGER__DB_SUBJECTS, name, &row);
    return kept.count;
}

int ledger_reader_openings_walk(struct ledger_reader *reader,
                                int (*each)(void *data, const struct ledger_opening *opening,
                                            struct base_err *err),
                                void *data, uint8_t out_commitment[LEDGER_COMMITMENT_LEN],
                                struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) plain = {0};
    uint8_t next[LEDGER_COMMITMENT_LEN + 1] = {0}; /* one byte more stands right behind a key */
    size_t next_len = 0;
    struct base_bytes key;
    struct base_bytes row;
    while (ledger__txn_get_above(&reader->txn, LEDGER__DB_OPENINGS, base_bytes_of(next, next_len),
                                 &key, &row)) {
        if (key.len != LEDGER_COMMITMENT_LEN)
            return BASE_FAIL(err, BASE_E_CORRUPT, "an opening's name has %zu bytes", key.len);
        memcpy(next, key.data, LEDGER_COMMITMENT_LEN);
        next_len = sizeof next;
        memcpy(out_commitment, next, LEDGER_COMMITMENT_LEN);
        struct ledger_opening opening;
        int answer =
            ledger__vault_get(&reader->txn, &reader->log->wrap, next, &plain, &opening, err);
        if (answer == 0)
            answer = each(data, &opening, err);
        if (answer != 0)
            return answer;
    }
    return ledger__txn_check(&reader->txn, err);
}

int ledger_reader_checkpoint(struct ledger_reader *reader, struct base_buf *out_note,
                             struct base_err *err)
{
    struct base_bytes note;
    int fault = ledger__note_get(&reader->txn, &note, err);
    if (fault != 0)
        return fault;
    base_buf_put_bytes(out_note, note);
    return out_note->failed ? BASE_FAIL(err, BASE_E_MEMORY, "no room for a checkpoint") : 0;
}

int ledger_reader_root(struct ledger_reader *reader, uint64_t size, struct ledger_hash *out_root,
                       struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(&reader->txn);
    if (size > reader->head.head.size)
        return BASE_FAIL(err, BASE_E_MISSING, "the log has not reached %llu entries",
                         (unsigned long long)size);
    return ledger_tree_root(&nodes, size, out_root, err);
}

int ledger_reader_tile(struct ledger_reader *reader, unsigned level, uint64_t index, unsigned width,
                       struct base_buf *out_tile, struct base_err *err)
{
    assert(width >= 1 && width <= LEDGER_TILE_WIDTH);
    if (ledger_tile_width_at(reader->head.head.size, level, index) < width)
        return BASE_FAIL(err, BASE_E_MISSING, "tile %u/%llu has no %u hashes", level,
                         (unsigned long long)index, width);
    struct base_bytes row;
    int fault = ledger__tile_row(&reader->txn, level, index, width, &row, err);
    if (fault != 0)
        return fault;
    base_buf_put_bytes(out_tile, row);
    if (out_tile->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a tile");
    return 0;
}

int ledger_reader_bundle(struct ledger_reader *reader, uint64_t index, unsigned width,
                         struct base_buf *out_bundle, struct base_err *err)
{
    assert(width >= 1 && width <= LEDGER_TILE_WIDTH);
    if (ledger_tile_width_at(reader->head.head.size, 0, index) < width)
        return BASE_FAIL(err, BASE_E_MISSING, "bundle %llu has no %u entries",
                         (unsigned long long)index, width);
    for (unsigned i = 0; i < width; i++) {
        struct base_bytes entry;
        int fault = ledger_reader_entry(reader, index * LEDGER_TILE_WIDTH + i, &entry, err);
        if (fault == 0)
            fault = ledger_bundle_put(out_bundle, entry, err);
        if (fault != 0)
            return fault;
    }
    return 0;
}

int ledger_reader_inclusion(struct ledger_reader *reader, ledger_seq seq, uint64_t size,
                            struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX], unsigned *out_count,
                            struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(&reader->txn);
    if (size > reader->head.head.size || seq >= size)
        return BASE_FAIL(err, BASE_E_MISSING, "no entry %llu in a tree of %llu",
                         (unsigned long long)seq, (unsigned long long)size);
    return ledger_tree_inclusion(&nodes, seq, size, out_path, out_count, err);
}

int ledger_reader_consistency(struct ledger_reader *reader, uint64_t old_size, uint64_t new_size,
                              struct ledger_hash out_path[LEDGER_PROOF_LEN_MAX],
                              unsigned *out_count, struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(&reader->txn);
    if (new_size > reader->head.head.size || old_size > new_size)
        return BASE_FAIL(err, BASE_E_MISSING, "no trees of %llu and %llu entries",
                         (unsigned long long)old_size, (unsigned long long)new_size);
    return ledger_tree_consistency(&nodes, old_size, new_size, out_path, out_count, err);
}
