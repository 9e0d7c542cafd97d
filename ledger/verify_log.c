/* Verification of a log's own store: its entries against its tiles, checkpoint and indexes, its
 * upper tiles against the lower ones, and its openings against their commitments. All is read in
 * one snapshot. What can fail: reading, as faults; every contradiction is a finding. */
#include <assert.h>

#include "ledger/log_state.h"
#include "ledger/pages.h"
#include "ledger/verify_index.h"

#define AHEAD_COUNT 64u /* entries that are looked up in one walk */

/* The store as a source: what was looked up last stays at hand, as entries come in order. */
struct store_source {
    struct ledger_reader *reader;
    struct base_bytes ahead[AHEAD_COUNT];
    ledger_seq ahead_first;
    uint32_t ahead_count;
    uint64_t tile_index;
    struct base_bytes tile; /* level 0; empty: none */
};

/* The tree that was made of the entries. */
struct walked {
    struct ledger__history history;
    uint64_t resumed_count; /* of its leaves that an earlier run has read */
};

static struct base_bytes *ahead_find(struct store_source *source, ledger_seq seq)
{
    bool there = seq >= source->ahead_first && seq - source->ahead_first < source->ahead_count;
    return there ? &source->ahead[seq - source->ahead_first] : NULL;
}

/* What cannot be read together is read alone, so that a fault names the entry that is missing. */
static void ahead_read(struct store_source *source, ledger_seq first)
{
    uint64_t left = ledger_reader_size(source->reader) - first;
    uint32_t count = left < AHEAD_COUNT ? (uint32_t)left : AHEAD_COUNT;
    bool done = ledger_reader_entries(source->reader, first, count, source->ahead, NULL) == 0;
    source->ahead_first = first;
    source->ahead_count = done ? count : 0;
}

static int source_entry(void *data, ledger_seq seq, struct base_buf *out_entry,
                        struct base_err *err)
{
    struct store_source *source = data;
    struct base_bytes entry;
    int fault = 0;
    bool is_next = source->ahead_count == 0 || seq == source->ahead_first + source->ahead_count;
    if (is_next && seq < ledger_reader_size(source->reader))
        ahead_read(source, seq);
    const struct base_bytes *there = ahead_find(source, seq);
    if (there != NULL)
        entry = *there;
    else
        fault = ledger_reader_entry(source->reader, seq, &entry, err);
    if (fault == 0)
        base_buf_put_bytes(out_entry, entry);
    /* An entry that the head counts and the store lacks is missing, not a broken store. */
    return fault == BASE_E_CORRUPT ? BASE_E_MISSING : fault;
}

static int source_leaf(void *data, ledger_seq seq, struct ledger_hash *out_leaf,
                       struct base_err *err)
{
    struct store_source *source = data;
    uint64_t index = seq / LEDGER_TILE_WIDTH;
    unsigned place = (unsigned)(seq % LEDGER_TILE_WIDTH);
    size_t end = ((size_t)place + 1) * LEDGER_HASH_LEN;
    int fault = 0;
    if (source->tile_index != index || source->tile.len < end) {
        unsigned width = ledger_tile_width_at(ledger_reader_size(source->reader), 0, index);
        source->tile_index = index;
        source->tile = (struct base_bytes){0};
        fault = ledger__tile_row(&source->reader->txn, 0, index, width > place ? width : place + 1,
                                 &source->tile, err);
        if (fault == BASE_E_MISSING) /* narrower than it should be: what there is of it */
            fault = ledger__tile_row(&source->reader->txn, 0, index, place + 1, &source->tile, err);
    }
    if (fault == BASE_E_MISSING) {
        memset(out_leaf, 0, sizeof *out_leaf); /* no entry has this hash: a finding */
        return 0;
    }
    if (fault == 0)
        memcpy(out_leaf->bytes, source->tile.data + end - LEDGER_HASH_LEN, LEDGER_HASH_LEN);
    return fault;
}

/* The root of a whole tile. */
static int tile_root(struct ledger_reader *reader, unsigned level, uint64_t index,
                     struct ledger_hash *out_root, struct base_err *err)
{
    struct base_bytes row;
    struct ledger_frontier frontier = {0};
    int fault = ledger__tile_row(&reader->txn, level, index, LEDGER_TILE_WIDTH, &row, err);
    for (unsigned i = 0; fault == 0 && i < LEDGER_TILE_WIDTH; i++) {
        struct ledger_hash hash;
        memcpy(hash.bytes, row.data + (size_t)i * LEDGER_HASH_LEN, LEDGER_HASH_LEN);
        ledger_frontier_append(&frontier, &hash);
    }
    if (fault == 0)
        ledger_frontier_root(&frontier, out_root);
    return fault;
}

/* The root of a tile of leaves that were all held against entries in this run: it was made of the
 * entries. NULL: nobody has made it. */
static const struct ledger_hash *root_known(const struct walked *walked, unsigned level,
                                            uint64_t index)
{
    bool read_now = level == 0 && index << LEDGER_TILE_HEIGHT >= walked->resumed_count;
    return read_now ? ledger__history_node(&walked->history, index) : NULL;
}

/* Hash `index` of tile level `level` ≥ 1 is the root of the tile below it. */
static int tile_check(struct ledger_reader *reader, const struct walked *walked, unsigned level,
                      uint64_t index, bool *out_holds, struct base_err *err)
{
    struct base_bytes row;
    struct ledger_hash root;
    unsigned place = (unsigned)(index % LEDGER_TILE_WIDTH);
    const struct ledger_hash *known = root_known(walked, level - 1, index);
    int fault = known != NULL ? 0 : tile_root(reader, level - 1, index, &root, err);
    if (fault == 0)
        fault =
            ledger__tile_row(&reader->txn, level, index / LEDGER_TILE_WIDTH, place + 1, &row, err);
    *out_holds = false;
    if (fault != 0)
        return fault == BASE_E_MISSING ? 0 : fault;
    *out_holds = memcmp((known != NULL ? known : &root)->bytes,
                        row.data + (size_t)place * LEDGER_HASH_LEN, LEDGER_HASH_LEN) == 0;
    return 0;
}

static int tiles_check(struct ledger_reader *reader, const struct walked *walked,
                       struct ledger_verify_report *report, struct base_err *err)
{
    for (unsigned level = 1; level < LEDGER__TILE_LEVELS; level++) {
        uint64_t count = reader->head.head.size >> (LEDGER_TILE_HEIGHT * level);
        for (uint64_t index = 0; index < count; index++) {
            bool holds = false;
            int fault = tile_check(reader, walked, level, index, &holds, err);
            if (fault != 0)
                return fault;
            if (!holds) {
                ledger__verify_found(
                    report, LEDGER_FOUND_INDEX, index << (LEDGER_TILE_HEIGHT * level),
                    "hash %llu of tile level %u", (unsigned long long)index, level);
                return 0;
            }
        }
    }
    return 0;
}

/* Indexes have a row for each entry and none besides. */
static int counts_check(struct ledger_reader *reader, struct ledger_verify_report *report,
                        struct base_err *err)
{
    static const enum ledger__db dbs[] = {LEDGER__DB_ENTRIES, LEDGER__DB_IDS, LEDGER__DB_COUNTERS};
    for (size_t i = 0; i < sizeof dbs / sizeof dbs[0]; i++) {
        uint64_t count = ledger__txn_count(&reader->txn, dbs[i]);
        if (count != reader->stored_size && report->finding == LEDGER_FOUND_NOTHING)
            ledger__verify_found(report, LEDGER_FOUND_INDEX, LEDGER_SEQ_NONE,
                                 "an index has %llu rows for %llu entries",
                                 (unsigned long long)count,
                                 (unsigned long long)reader->stored_size);
    }
    return ledger__txn_check(&reader->txn, err);
}

static int opening_count(void *data, const struct ledger_opening *opening, struct base_err *err)
{
    (void)opening;
    (void)err;
    (*(uint64_t *)data)++;
    return 0;
}

static int openings_check(struct ledger_reader *reader, struct ledger_verify_report *report,
                          struct base_err *err)
{
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    char hex[2 * LEDGER_COMMITMENT_LEN + 1];
    struct base_err why = {0};
    if (!reader->log->wrap.present)
        return 0;
    int fault = ledger_reader_openings_walk(reader, opening_count, &report->opening_count,
                                            commitment, &why);
    if (fault == BASE_E_CORRUPT) {
        base_hex(commitment, sizeof commitment, hex);
        ledger__verify_found(report, LEDGER_FOUND_OPENING, LEDGER_SEQ_NONE, "commitment %s", hex);
        return 0;
    }
    if (fault != 0 && err != NULL)
        *err = why;
    return fault;
}

/* The checkpoint of this snapshot, signed by the log's key. */
static int checkpoint_read(struct ledger_reader *reader, struct ledger_checkpoint *out_checkpoint,
                           struct base_err *err)
{
    struct base_bytes note;
    int fault = ledger__note_get(&reader->txn, &note, err);
    if (fault == 0)
        fault = ledger_checkpoint_open(note, &reader->log->verifier, out_checkpoint, err);
    return fault;
}

static int reader_verify(struct ledger_reader *reader, const struct ledger_verify_options *options,
                         struct ledger_verify_report *report, struct base_err *err)
{
    struct ledger_checkpoint checkpoint;
    struct base_err why = {0};
    struct store_source store = {.reader = reader};
    struct ledger_source source = {.data = &store, .entry = source_entry, .leaf = source_leaf};
    struct ledger__index_check *indexes = NULL;
    struct ledger_verify_options own = *options;
    struct walked walked = {0};
    own.checkpoint = &checkpoint;
    int fault = checkpoint_read(reader, &checkpoint, &why);
    if (fault != 0 || checkpoint.size != reader->head.head.size) {
        ledger__verify_found(report, LEDGER_FOUND_ROOT, LEDGER_SEQ_NONE,
                             "the stored checkpoint: %s",
                             fault != 0 ? why.text : "another size than the head's");
        return 0;
    }
    fault = ledger__index_check_open(reader, &indexes, err);
    if (fault == 0)
        fault = ledger__verify_stream(&source, &own, ledger__index_check_run, indexes,
                                      &walked.history, report, err);
    ledger__index_check_close(indexes);
    walked.resumed_count = report->resumed_count;
    if (fault == 0 && report->finding == LEDGER_FOUND_NOTHING)
        fault = tiles_check(reader, &walked, report, err);
    ledger__history_release(&walked.history);
    if (fault == 0 && report->finding == LEDGER_FOUND_NOTHING)
        fault = counts_check(reader, report, err);
    if (fault == 0 && report->finding == LEDGER_FOUND_NOTHING)
        fault = openings_check(reader, report, err);
    return fault;
}

int ledger_verify_log(struct ledger_log *log, const struct ledger_verify_options *options,
                      struct ledger_verify_report *out_report, struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    struct ledger_verify_report report = {.seq = LEDGER_SEQ_NONE};
    int fault = ledger_reader_open(log, &reader, err);
    /* What is verified is not trusted, and LMDB would trust it. */
    if (fault == 0 && !log->has_looked)
        fault = ledger_pages_check(log->store->env, err);
    if (fault == 0)
        fault = reader_verify(reader, options, &report, err);
    if (fault == 0)
        *out_report = report;
    ledger_reader_close(reader);
    return fault;
}
