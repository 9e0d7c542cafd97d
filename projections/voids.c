/* Which positions do not count, and from where keys are cut. */
#include "projections/state_inside.h"

#include <assert.h>
#include <stdlib.h>

void proj_txn_missed_forget(struct proj_txn *txn)
{
    txn->missed = LEDGER_SEQ_NONE;
}

bool proj_txn_missed(const struct proj_txn *txn, ledger_seq *out_report)
{
    if (txn->missed == LEDGER_SEQ_NONE)
        return false;
    *out_report = txn->missed;
    return true;
}

static size_t supposed_find(const struct proj_txn *txn, ledger_seq seq)
{
    size_t low = 0;
    size_t high = txn->supposed_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (txn->supposed[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts `cursor` on the last record of `key` (16 or 40 bytes ending in "known at") below the bound
 * that stands in its last eight bytes. */
static bool seek_known(struct proj_txn *txn, MDB_cursor *cursor, const uint8_t *key, size_t len,
                       MDB_val *mv)
{
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key, .mv_size = len};
    int rc = mdb_cursor_get(cursor, &mk, mv, MDB_SET_RANGE);
    rc = rc == MDB_NOTFOUND ? mdb_cursor_get(cursor, &mk, mv, MDB_LAST)
         : rc == 0          ? mdb_cursor_get(cursor, &mk, mv, MDB_PREV)
                            : rc;
    return proj__ok(txn, rc) && mk.mv_size == len && memcmp(mk.mv_data, key, len - SEQ_LEN) == 0;
}

struct proj_void proj_void_get(struct proj_txn *txn, ledger_seq seq)
{
    struct proj_void none = {.reason = PROJ_COUNTS, .cause = LEDGER_SEQ_NONE};
    if (txn->supposed_count > 0) {
        size_t i = supposed_find(txn, seq);
        if (i < txn->supposed_count && txn->supposed[i].seq == seq)
            return txn->supposed[i].state;
    }
    if (!txn->any_void || txn->fault != 0)
        return none;
    uint8_t key[2 * SEQ_LEN];
    MDB_val mv;
    base_set_be64(key, seq);
    base_set_be64(key + SEQ_LEN, txn->knowledge);
    if (!seek_known(txn, txn->voids, key, sizeof key, &mv))
        return none;
    assert(mv.mv_size == 1 + SEQ_LEN);
    const uint8_t *value = mv.mv_data;
    return (struct proj_void){.reason = (enum proj_void_reason)value[0],
                              .cause = base_get_be64(value + 1)};
}

bool proj_is_void(struct proj_txn *txn, ledger_seq seq)
{
    return (txn->any_void || txn->supposed_count > 0) &&
           proj_void_get(txn, seq).reason != PROJ_COUNTS;
}

void proj_void_put(struct proj_txn *txn, ledger_seq seq, ledger_seq known_at,
                   struct proj_void state)
{
    assert(txn->write);
    uint8_t key[2 * SEQ_LEN];
    uint8_t value[1 + SEQ_LEN] = {(uint8_t)state.reason};
    base_set_be64(key, seq);
    base_set_be64(key + SEQ_LEN, known_at);
    base_set_be64(value + 1, state.cause);
    MDB_val mk = {.mv_data = key, .mv_size = sizeof key};
    MDB_val mv = {.mv_data = value, .mv_size = sizeof value};
    if (txn->fault == 0)
        proj__put(txn, PROJ_VOIDS, mk, mv);
    txn->any_void = true;
    if (txn->memo != NULL)
        proj_memo_doubt(txn->memo);
}

void proj_void_suppose(struct proj_txn *txn, ledger_seq seq, struct proj_void state)
{
    size_t i = supposed_find(txn, seq);
    if (i < txn->supposed_count && txn->supposed[i].seq == seq) {
        txn->supposed[i].state = state;
        return;
    }
    if (txn->supposed_count == txn->supposed_capacity) {
        size_t capacity = txn->supposed_capacity == 0 ? 64 : txn->supposed_capacity * 2;
        struct supposed *grown = realloc(txn->supposed, capacity * sizeof *grown);
        if (grown == NULL) {
            proj_txn_fail(txn, BASE_E_MEMORY, "voiding");
            return;
        }
        txn->supposed = grown;
        txn->supposed_capacity = capacity;
    }
    memmove(txn->supposed + i + 1, txn->supposed + i,
            (txn->supposed_count - i) * sizeof *txn->supposed);
    txn->supposed[i] = (struct supposed){.seq = seq, .state = state};
    txn->supposed_count++;
}

void proj_void_supposed(struct proj_txn *txn,
                        void (*each)(void *data, ledger_seq seq, struct proj_void state),
                        void *data)
{
    for (size_t i = 0; i < txn->supposed_count; i++)
        each(data, txn->supposed[i].seq, txn->supposed[i].state);
}

void proj_void_supposed_clear(struct proj_txn *txn)
{
    txn->supposed_count = 0;
}

void proj_void_each(struct proj_txn *txn,
                    bool (*each)(void *data, ledger_seq seq, struct proj_void state), void *data)
{
    MDB_cursor *cursor = NULL;
    MDB_val mk;
    MDB_val mv;
    if (txn->fault != 0 || !proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->voids, &cursor)))
        return;
    bool there = proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_FIRST));
    ledger_seq last = LEDGER_SEQ_NONE;
    while (there) {
        ledger_seq seq = base_get_be64(mk.mv_data);
        if (seq != last) {
            struct proj_void state = proj_void_get(txn, seq);
            if (state.reason != PROJ_COUNTS && !each(data, seq, state))
                break;
        }
        last = seq;
        there = proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_NEXT));
    }
    mdb_cursor_close(cursor);
}

struct proj_cut proj_cut_get(struct proj_txn *txn, const struct ledger_key *key)
{
    struct proj_cut cut = {.cut = LEDGER_SEQ_NONE, .report = LEDGER_SEQ_NONE};
    uint8_t bytes[LEDGER_KEY_LEN + SEQ_LEN];
    MDB_cursor *cursor = NULL;
    MDB_val mv;
    memcpy(bytes, key->bytes, LEDGER_KEY_LEN);
    base_set_be64(bytes + LEDGER_KEY_LEN, txn->knowledge);
    if (txn->fault != 0 || !proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->cuts, &cursor)))
        return cut;
    if (seek_known(txn, cursor, bytes, sizeof bytes, &mv)) {
        const uint8_t *value = mv.mv_data;
        cut.cut = base_get_be64(value);
        cut.report = base_get_be64(value + SEQ_LEN);
    }
    mdb_cursor_close(cursor);
    return cut;
}

void proj_cut_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq known_at,
                  struct proj_cut cut)
{
    assert(txn->write);
    uint8_t bytes[LEDGER_KEY_LEN + SEQ_LEN];
    uint8_t value[2 * SEQ_LEN];
    memcpy(bytes, key->bytes, LEDGER_KEY_LEN);
    base_set_be64(bytes + LEDGER_KEY_LEN, known_at);
    base_set_be64(value, cut.cut);
    base_set_be64(value + SEQ_LEN, cut.report);
    MDB_val mk = {.mv_data = bytes, .mv_size = sizeof bytes};
    MDB_val mv = {.mv_data = value, .mv_size = sizeof value};
    if (txn->fault == 0)
        proj__put(txn, PROJ_CUTS, mk, mv);
}
