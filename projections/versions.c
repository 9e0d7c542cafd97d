/* Facts with their versions, and which key wrote which positions. */
#include "projections/state_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* The key with a position, ready for LMDB. */
struct stored_key {
    uint8_t bytes[PROJ_KEY_LEN_MAX + SEQ_LEN];
    size_t len;
};

static struct stored_key stored(const uint8_t *key, size_t len, ledger_seq seq)
{
    struct stored_key out = {.len = len + SEQ_LEN};
    assert(out.len <= sizeof out.bytes);
    memcpy(out.bytes, key, len);
    base_set_be64(out.bytes + len, seq);
    return out;
}

void proj_fact_put(struct proj_txn *txn, const struct proj_key *key, ledger_seq seq,
                   const void *value, size_t value_len)
{
    assert(txn->write);
    struct stored_key k = stored(key->bytes, key->len, seq);
    MDB_val mk = {.mv_data = k.bytes, .mv_size = k.len};
    MDB_val mv = {.mv_data = (void *)(uintptr_t)value, .mv_size = value_len};
    if (txn->fault == 0)
        proj__ok(txn, mdb_put(txn->txn, txn->state->facts, &mk, &mv, 0));
    if (txn->memo != NULL)
        proj_memo_touch(txn->memo, key->bytes[0], seq);
}

/* Puts the facts cursor on the last version of the key below `before`. */
static bool seek_last(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                      MDB_val *mk, MDB_val *mv)
{
    struct stored_key k = stored(key->bytes, key->len, before);
    *mk = (MDB_val){.mv_data = k.bytes, .mv_size = k.len};
    int rc = mdb_cursor_get(txn->facts, mk, mv, MDB_SET_RANGE);
    rc = rc == MDB_NOTFOUND ? mdb_cursor_get(txn->facts, mk, mv, MDB_LAST)
         : rc == 0          ? mdb_cursor_get(txn->facts, mk, mv, MDB_PREV)
                            : rc;
    return proj__ok(txn, rc);
}

static bool same_key(const MDB_val *mk, const struct proj_key *key)
{
    return mk->mv_size == key->len + SEQ_LEN && memcmp(mk->mv_data, key->bytes, key->len) == 0;
}

static bool find_version(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                         bool counting, struct proj_fact *out_fact, bool *out_passed_void)
{
    MDB_val mk;
    MDB_val mv;
    if (txn->fault != 0)
        return false;
    ledger_seq bound = before < txn->content ? before : txn->content;
    bool there = seek_last(txn, key, bound, &mk, &mv);
    while (there && same_key(&mk, key)) {
        ledger_seq seq = base_get_be64((const uint8_t *)mk.mv_data + key->len);
        struct proj_void state = {.reason = PROJ_COUNTS};
        if (counting && (txn->any_void || txn->supposed_count > 0))
            state = proj_void_get(txn, seq);
        if (state.reason == PROJ_COUNTS) {
            *out_fact = (struct proj_fact){.key = base_bytes_of(mk.mv_data, key->len),
                                           .seq = seq,
                                           .value = base_bytes_of(mv.mv_data, mv.mv_size)};
            return true;
        }
        txn->missed = state.cause;
        *out_passed_void = true;
        there = proj__ok(txn, mdb_cursor_get(txn->facts, &mk, &mv, MDB_PREV));
    }
    return false;
}

bool proj_fact_get(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                   struct proj_fact *out_fact)
{
    bool passed_void = false;
    return find_version(txn, key, before, true, out_fact, &passed_void);
}

bool proj_fact_get_any(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                       struct proj_fact *out_fact)
{
    bool passed_void = false;
    return find_version(txn, key, before, false, out_fact, &passed_void);
}

/* The present, with nothing supposed: what the memo's answers are about. */
static bool memo_may(const struct proj_txn *txn)
{
    return txn->memo != NULL && txn->fault == 0 && txn->supposed_count == 0 &&
           txn->content == UINT64_MAX && txn->knowledge == UINT64_MAX;
}

bool proj_fact_read(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                    void *out_value, size_t size, ledger_seq *out_seq)
{
    struct proj_memo_answer answer = {0};
    bool may = memo_may(txn);
    if (!may || !proj_memo_find(txn->memo, PROJ_MEMO_FACT, key, before, &answer)) {
        struct proj_fact fact;
        bool passed_void = false;
        answer.there = find_version(txn, key, before, true, &fact, &passed_void);
        if (answer.there) {
            answer.seq = fact.seq;
            answer.value = fact.value;
        }
        if (may && !passed_void && txn->fault == 0)
            proj_memo_keep(txn->memo, PROJ_MEMO_FACT, key, before, &answer);
    }
    if (!answer.there || answer.value.len != size)
        return false;
    memcpy(out_value, answer.value.data, size);
    if (out_seq != NULL)
        *out_seq = answer.seq;
    return true;
}

bool proj_fact_any(struct proj_txn *txn, const struct proj_key *prefix)
{
    struct proj_memo_answer answer = {0};
    if (txn->fault != 0)
        return false;
    if (txn->memo != NULL &&
        proj_memo_find(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer))
        return answer.there;
    MDB_val mk = {.mv_data = (void *)(uintptr_t)prefix->bytes, .mv_size = prefix->len};
    MDB_val mv;
    answer.there = proj__ok(txn, mdb_cursor_get(txn->facts, &mk, &mv, MDB_SET_RANGE)) &&
                   mk.mv_size >= prefix->len && memcmp(mk.mv_data, prefix->bytes, prefix->len) == 0;
    if (txn->memo != NULL && txn->fault == 0)
        proj_memo_keep(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer);
    return answer.there;
}

void proj_fact_forget(struct proj_txn *txn, const struct proj_key *key)
{
    assert(txn->write);
    struct stored_key k = stored(key->bytes, key->len, 0);
    MDB_val mk = {.mv_data = k.bytes, .mv_size = k.len};
    MDB_val mv;
    if (txn->fault != 0)
        return;
    int rc = mdb_cursor_get(txn->facts, &mk, &mv, MDB_SET_RANGE);
    while (rc == 0 && same_key(&mk, key)) {
        rc = mdb_cursor_del(txn->facts, 0);
        if (rc == 0)
            rc = mdb_cursor_get(txn->facts, &mk, &mv, MDB_GET_CURRENT);
        if (rc == EINVAL) /* the deleted one was the last of all */
            rc = MDB_NOTFOUND;
    }
    proj__ok(txn, rc);
    if (txn->memo != NULL)
        proj_memo_touch(txn->memo, key->bytes[0], 0);
}

struct proj_scan {
    struct proj_txn *txn;
    MDB_cursor *cursor;
    struct proj_key prefix;
    struct proj_key until;
    bool has_until;
    ledger_seq before;
    bool there; /* key and value hold the next unread version */
    MDB_val key, value;
};

static void scan_check(struct proj_scan *scan, int rc)
{
    scan->there = proj__ok(scan->txn, rc) && scan->key.mv_size >= scan->prefix.len + SEQ_LEN &&
                  memcmp(scan->key.mv_data, scan->prefix.bytes, scan->prefix.len) == 0;
    if (scan->there && scan->has_until) {
        struct base_bytes key = base_bytes_of(scan->key.mv_data, scan->key.mv_size - SEQ_LEN);
        scan->there =
            base_bytes_compare(key, base_bytes_of(scan->until.bytes, scan->until.len)) < 0;
    }
}

struct proj_scan *proj_scan_open(struct proj_txn *txn, const struct proj_key *prefix,
                                 const struct proj_key *from, const struct proj_key *until,
                                 ledger_seq before)
{
    struct proj_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL) {
        proj_txn_fail(txn, BASE_E_MEMORY, "scan");
        return NULL;
    }
    scan->txn = txn;
    scan->prefix = *prefix;
    scan->before = before < txn->content ? before : txn->content;
    scan->has_until = until != NULL;
    if (until != NULL)
        scan->until = *until;
    if (txn->fault != 0 ||
        !proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->facts, &scan->cursor)))
        return scan;
    const struct proj_key *start = from != NULL ? from : prefix;
    scan->key = (MDB_val){.mv_data = (void *)(uintptr_t)start->bytes, .mv_size = start->len};
    scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_SET_RANGE));
    return scan;
}

static void scan_take(const struct proj_scan *scan, struct proj_fact *out)
{
    size_t len = scan->key.mv_size - SEQ_LEN;
    const uint8_t *bytes = scan->key.mv_data;
    *out = (struct proj_fact){.key = base_bytes_of(bytes, len),
                              .seq = base_get_be64(bytes + len),
                              .value = base_bytes_of(scan->value.mv_data, scan->value.mv_size)};
}

bool proj_scan_next_version(struct proj_scan *scan, struct proj_fact *out_fact)
{
    while (scan != NULL && scan->there && scan->txn->fault == 0) {
        scan_take(scan, out_fact);
        scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_NEXT));
        if (out_fact->seq < scan->before)
            return true;
    }
    return false;
}

bool proj_scan_next(struct proj_scan *scan, struct proj_fact *out_fact)
{
    while (scan != NULL && scan->there && scan->txn->fault == 0) {
        struct proj_fact best = {0};
        struct proj_fact version;
        unsigned versions = 0;
        unsigned voids = 0;
        bool stranded = false;
        scan_take(scan, &version);
        struct base_bytes key = version.key;
        while (scan->there) {
            scan_take(scan, &version);
            if (!base_bytes_equal(version.key, key))
                break;
            if (version.seq < scan->before) {
                struct proj_void found = proj_void_get(scan->txn, version.seq);
                enum proj_void_reason reason = found.reason;
                versions++;
                if (reason != PROJ_COUNTS)
                    scan->txn->missed = found.cause;
                voids += reason != PROJ_COUNTS;
                if (reason == PROJ_COUNTS)
                    best = version;
                stranded = reason == PROJ_VOID_UNGROUNDED || (stranded && reason != PROJ_COUNTS);
            }
            scan_check(scan, mdb_cursor_get(scan->cursor, &scan->key, &scan->value, MDB_NEXT));
        }
        if (versions > voids) {
            *out_fact = best;
            out_fact->version_count = versions;
            out_fact->void_count = voids;
            out_fact->stranded = stranded;
            return true;
        }
        if (versions > 0) { /* emptied by a void: readers may want to show the gap */
            *out_fact = (struct proj_fact){.key = key,
                                           .seq = LEDGER_SEQ_NONE,
                                           .version_count = versions,
                                           .void_count = voids,
                                           .stranded = stranded};
            return true;
        }
    }
    return false;
}

void proj_scan_close(struct proj_scan *scan)
{
    if (scan == NULL)
        return;
    if (scan->cursor != NULL)
        mdb_cursor_close(scan->cursor);
    free(scan);
}

void proj_author_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq seq)
{
    assert(txn->write);
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, seq);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
    if (txn->fault == 0)
        proj__ok(txn, mdb_put(txn->txn, txn->state->authors, &mk, &mv, 0));
}

void proj_author_each(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                      ledger_seq until, bool (*each)(void *data, ledger_seq seq), void *data)
{
    MDB_cursor *cursor = NULL;
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, from);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
    if (until > txn->content)
        until = txn->content;
    if (txn->fault != 0 || !proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->authors, &cursor)))
        return;
    bool there = proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_GET_BOTH_RANGE));
    while (there) {
        ledger_seq seq = base_get_be64(mv.mv_data);
        if (seq >= until || !each(data, seq))
            break;
        there = proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_NEXT_DUP));
    }
    mdb_cursor_close(cursor);
}
