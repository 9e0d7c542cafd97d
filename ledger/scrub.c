/* The happy path: the first step of a pass takes the checkpoint that is signed now; each further
 * one reads the next bundle; the last compares the root. What can fail: reading, as a fault, after
 * which the same step may be tried again; every contradiction is a finding. */
#include "ledger/scrub.h"

#include <assert.h>

#include "ledger/tiles.h"
#include "ledger/verify_stream.h"

static int found(struct ledger_scrub *scrub, enum ledger_finding finding, ledger_seq seq,
                 const char *detail)
{
    if (scrub->report.finding == LEDGER_FOUND_NOTHING)
        ledger__verify_found(&scrub->report, finding, seq, "%s", detail);
    scrub->pass = (struct ledger_checkpoint){0};
    return LEDGER_SCRUB_FOUND;
}

static int pass_begin(struct ledger_scrub *scrub, struct ledger_log *log,
                      struct ledger_reader *reader, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_note_key key;
    struct base_err why = {0};
    scrub->frontier = (struct ledger_frontier){0};
    scrub->recorded_ms = 0;
    int fault = ledger_reader_checkpoint(reader, &note, err);
    if (fault == 0)
        fault = ledger_vkey_parse(base_bytes_str(ledger_log_vkey(log)), &key, err);
    if (fault == 0 && ledger_checkpoint_open(base_buf_bytes(&note), &key, &scrub->pass, &why) != 0)
        return found(scrub, LEDGER_FOUND_ROOT, LEDGER_SEQ_NONE, why.text);
    return fault;
}

/* Form, time and the author's signature. */
static int entry_check(struct ledger_scrub *scrub, ledger_seq seq, struct base_bytes bytes)
{
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    if (ledger_entry_parse(bytes, &entry, NULL) != 0)
        return found(scrub, LEDGER_FOUND_ENTRY_FORM, seq, "");
    if (ledger_event_parse(entry.event_bytes, &event, &refusal) != 0)
        return found(scrub, LEDGER_FOUND_EVENT_FORM, seq, refusal.field);
    if (entry.recorded_ms < scrub->recorded_ms)
        return found(scrub, LEDGER_FOUND_TIME, seq, "");
    if (!ledger_event_verify(entry.event_bytes, &event.key, &entry.signatures[0]))
        return found(scrub, LEDGER_FOUND_SIGNATURE, seq, "by the event's key");
    scrub->recorded_ms = entry.recorded_ms;
    return 0;
}

static int bundle_check(struct ledger_scrub *scrub, struct ledger_reader *reader,
                        struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) tile = {0};
    uint64_t first = scrub->frontier.size;
    unsigned width = ledger_tile_width_at(scrub->pass.size, 0, first / LEDGER_TILE_WIDTH);
    assert(first % LEDGER_TILE_WIDTH == 0 && width > 0);
    int fault = ledger_reader_tile(reader, 0, first / LEDGER_TILE_WIDTH, width, &tile, err);
    if (fault == BASE_E_MISSING)
        return found(scrub, LEDGER_FOUND_LEAF, first, "its tile is not there");
    for (unsigned i = 0; fault == 0 && i < width; i++) {
        struct base_bytes entry;
        struct ledger_hash leaf;
        fault = ledger_reader_entry(reader, first + i, &entry, err);
        if (fault == BASE_E_CORRUPT || fault == BASE_E_MISSING)
            return found(scrub, LEDGER_FOUND_SIZE, first + i, "the entry is not there");
        if (fault != 0)
            return fault;
        ledger_tree_leaf(entry, &leaf);
        if (memcmp(leaf.bytes, tile.data + (size_t)i * LEDGER_HASH_LEN, LEDGER_HASH_LEN) != 0)
            return found(scrub, LEDGER_FOUND_LEAF, first + i, "its hash is not the tile's");
        fault = entry_check(scrub, first + i, entry);
        ledger_frontier_append(&scrub->frontier, &leaf);
    }
    return fault;
}

/* The entries' root, the stored nodes' and the signed one. */
static int pass_end(struct ledger_scrub *scrub, struct ledger_reader *reader, struct base_err *err)
{
    struct ledger_hash root, stored;
    ledger_frontier_root(&scrub->frontier, &root);
    int fault = ledger_reader_root(reader, scrub->pass.size, &stored, err);
    if (fault != 0)
        return fault;
    if (!ledger_hash_equal(&root, &scrub->pass.root))
        return found(scrub, LEDGER_FOUND_ROOT, LEDGER_SEQ_NONE, "");
    if (!ledger_hash_equal(&stored, &root))
        return found(scrub, LEDGER_FOUND_INDEX, LEDGER_SEQ_NONE, "upper tiles");
    scrub->pass = (struct ledger_checkpoint){0};
    scrub->pass_count++;
    return LEDGER_SCRUB_PASSED;
}

int ledger_scrub_step(struct ledger_scrub *scrub, struct ledger_log *log, struct base_err *err)
{
    struct ledger_reader *reader = NULL;
    int answer = ledger_reader_open(log, &reader, err);
    if (answer == 0 && scrub->pass.size == 0)
        answer = pass_begin(scrub, log, reader, err);
    if (answer == 0 && scrub->frontier.size < scrub->pass.size) {
        struct ledger_scrub before = *scrub;
        answer = bundle_check(scrub, reader, err);
        if (answer < 0)
            *scrub = before; /* the step may be tried again */
    }
    if (answer == 0 && scrub->frontier.size == scrub->pass.size)
        answer = pass_end(scrub, reader, err);
    ledger_reader_close(reader);
    return answer;
}
