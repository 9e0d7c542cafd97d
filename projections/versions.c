/* Facts with their versions, and which key wrote which positions. */
#include "projections/facts.h"
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
    if (txn->bulk != NULL) {
        if (!proj_bulk_put(txn->bulk, base_bytes_of(key->bytes, key->len), seq,
                           base_bytes_of(value, value_len)))
            proj_txn_fail(txn, BASE_E_MEMORY, "what was folded");
    } else if (txn->fault == 0) {
        struct stored_key k = stored(key->bytes, key->len, seq);
        MDB_val mk = {.mv_data = k.bytes, .mv_size = k.len};
        MDB_val mv = {.mv_data = (void *)(uintptr_t)value, .mv_size = value_len};
        proj__put(txn, PROJ_FACTS, mk, mv);
    }
    if (txn->memo != NULL)
        proj_memo_touch(txn->memo, key->bytes[0], seq);
}

void proj_fact_put_short(struct proj_txn *txn, const struct proj_key *key, ledger_seq seq,
                         const void *value, size_t value_len)
{
    const uint8_t *bytes = value;
    uint64_t word = 0;
    size_t len = value_len;
    while (len > sizeof word && word == 0) {
        memcpy(&word, bytes + len - sizeof word, sizeof word);
        len -= word == 0 ? sizeof word : 0;
    }
    while (len > 1 && bytes[len - 1] == 0)
        len--;
    proj_fact_put(txn, key, seq, value, len);
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

/* Whether a version may be shown; a void one that is passed over is noted. */
static bool shows(struct proj_txn *txn, ledger_seq seq, bool counting, bool *out_passed_void)
{
    struct proj_void state = {.reason = PROJ_COUNTS};
    if (counting && (txn->any_void || txn->supposed_count > 0))
        state = proj_void_get(txn, seq);
    if (state.reason == PROJ_COUNTS)
        return true;
    txn->missed = state.cause;
    *out_passed_void = true;
    return false;
}

static bool find_in_bulk(struct proj_txn *txn, const struct proj_key *key, ledger_seq bound,
                         bool counting, struct proj_fact *out_fact, bool *out_passed_void)
{
    const struct proj_bulk_row *row;
    if (!proj_bulk_last(txn->bulk, base_bytes_of(key->bytes, key->len), &row))
        proj_txn_fail(txn, BASE_E_MEMORY, "what was folded");
    while (row != NULL && (proj_bulk_seq(row) >= bound ||
                           !shows(txn, proj_bulk_seq(row), counting, out_passed_void)))
        row = proj_bulk_older(txn->bulk, row);
    if (row != NULL)
        *out_fact = (struct proj_fact){
            .key = proj_bulk_key(row), .seq = proj_bulk_seq(row), .value = proj_bulk_value(row)};
    return row != NULL;
}

static bool find_version(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                         bool counting, struct proj_fact *out_fact, bool *out_passed_void)
{
    MDB_val mk;
    MDB_val mv;
    if (txn->fault != 0)
        return false;
    ledger_seq bound = before < txn->content ? before : txn->content;
    if (txn->bulk != NULL && find_in_bulk(txn, key, bound, counting, out_fact, out_passed_void))
        return true;
    if (txn->bulk != NULL && txn->bulk_alone)
        return false;
    bool there = seek_last(txn, key, bound, &mk, &mv);
    while (there && same_key(&mk, key)) {
        ledger_seq seq = base_get_be64((const uint8_t *)mk.mv_data + key->len);
        if (shows(txn, seq, counting, out_passed_void)) {
            *out_fact = (struct proj_fact){.key = base_bytes_of(mk.mv_data, key->len),
                                           .seq = seq,
                                           .value = base_bytes_of(mv.mv_data, mv.mv_size)};
            return true;
        }
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

/* The present, with nothing supposed: what the memo's answers are about. A bulk with nothing below
 * it answers as fast. */
static bool memo_may(const struct proj_txn *txn)
{
    return txn->memo != NULL && !(txn->bulk != NULL && txn->bulk_alone) && txn->fault == 0 &&
           txn->supposed_count == 0 && txn->content == UINT64_MAX && txn->knowledge == UINT64_MAX;
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
    if (!answer.there || !proj_value_fill(answer.value, out_value, size))
        return false;
    if (out_seq != NULL)
        *out_seq = answer.seq;
    return true;
}

bool proj_fact_any(struct proj_txn *txn, const struct proj_key *prefix)
{
    struct proj_memo_answer answer = {0};
    if (txn->fault != 0)
        return false;
    if (txn->bulk != NULL && txn->bulk_alone && !proj_bulk_has_tag(txn->bulk, prefix->bytes[0]))
        return false;
    if (txn->memo != NULL &&
        proj_memo_find(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer))
        return answer.there;
    answer.there =
        txn->bulk != NULL && proj_bulk_any(txn->bulk, base_bytes_of(prefix->bytes, prefix->len));
    if (!answer.there && !(txn->bulk != NULL && txn->bulk_alone)) {
        MDB_val mk = {.mv_data = (void *)(uintptr_t)prefix->bytes, .mv_size = prefix->len};
        MDB_val mv;
        answer.there = proj__ok(txn, mdb_cursor_get(txn->facts, &mk, &mv, MDB_SET_RANGE)) &&
                       mk.mv_size >= prefix->len &&
                       memcmp(mk.mv_data, prefix->bytes, prefix->len) == 0;
    }
    if (txn->memo != NULL && txn->fault == 0)
        proj_memo_keep(txn->memo, PROJ_MEMO_PREFIX, prefix, LEDGER_SEQ_NONE, &answer);
    return answer.there;
}

void proj_fact_forget(struct proj_txn *txn, const struct proj_key *key)
{
    assert(txn->write && txn->bulk == NULL);
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

/* Two sorted sources side by side: the table, and what waits in the bulk. */
struct proj_scan {
    struct proj_txn *txn;
    MDB_cursor *cursor;
    struct proj_key prefix;
    struct proj_key until;
    bool has_until;
    bool lessons; /* of a page's day nothing else */
    ledger_seq before;
    bool there; /* key and value hold the next unread version */
    MDB_val key, value;
    bool table_there; /* as `there`, of the table alone */
    MDB_val table_key, table_value;
    struct proj_bulk_rows rows;
    size_t row_at;
    bool from_rows; /* what `key` holds came from the bulk */
};

static bool scan_fits(const struct proj_scan *scan, const uint8_t *key, size_t len)
{
    return len >= scan->prefix.len + SEQ_LEN &&
           memcmp(key, scan->prefix.bytes, scan->prefix.len) == 0 &&
           (!scan->has_until ||
            base_bytes_compare(base_bytes_of(key, len - SEQ_LEN),
                               base_bytes_of(scan->until.bytes, scan->until.len)) < 0);
}

/* Whether a stored key that fits is passed over. */
static bool scan_passes(const struct proj_scan *scan, const MDB_val *key)
{
    return scan->lessons &&
           !proj_key_is_lesson(base_bytes_of(key->mv_data, key->mv_size - SEQ_LEN));
}

static void scan_table(struct proj_scan *scan, MDB_cursor_op op)
{
    do {
        int rc = mdb_cursor_get(scan->cursor, &scan->table_key, &scan->table_value, op);
        scan->table_there = proj__ok(scan->txn, rc) &&
                            scan_fits(scan, scan->table_key.mv_data, scan->table_key.mv_size);
        op = MDB_NEXT;
    } while (scan->table_there && scan_passes(scan, &scan->table_key));
}

/* Takes the smaller of the two heads. */
static void scan_load(struct proj_scan *scan)
{
    const struct proj_bulk_row *row =
        scan->row_at < scan->rows.count ? scan->rows.rows[scan->row_at] : NULL;
    if (row != NULL && !scan_fits(scan, row->bytes, row->key_len + SEQ_LEN))
        row = NULL;
    scan->there = row != NULL || scan->table_there;
    scan->from_rows = row != NULL;
    if (row != NULL && scan->table_there) {
        struct base_bytes table_key =
            base_bytes_of(scan->table_key.mv_data, scan->table_key.mv_size);
        scan->from_rows = base_bytes_compare(proj_bulk_stored(row), table_key) < 0;
    }
    if (scan->from_rows) {
        struct base_bytes key = proj_bulk_stored(row);
        struct base_bytes value = proj_bulk_value(row);
        scan->key = (MDB_val){.mv_data = (void *)(uintptr_t)key.data, .mv_size = key.len};
        scan->value = (MDB_val){.mv_data = (void *)(uintptr_t)value.data, .mv_size = value.len};
    } else if (scan->there) {
        scan->key = scan->table_key;
        scan->value = scan->table_value;
    }
}

static void scan_advance(struct proj_scan *scan)
{
    if (scan->from_rows)
        scan->row_at++;
    else
        scan_table(scan, MDB_NEXT);
    scan_load(scan);
}

static bool scan_rows(struct proj_scan *scan)
{
    struct base_bytes prefix = base_bytes_of(scan->prefix.bytes, scan->prefix.len);
    return scan->lessons ? proj_bulk_find_lessons(scan->txn->bulk, prefix, &scan->rows)
                         : proj_bulk_find(scan->txn->bulk, prefix, &scan->rows);
}

static void scan_start(struct proj_scan *scan, const struct proj_key *start)
{
    struct proj_txn *txn = scan->txn;
    struct base_bytes from = base_bytes_of(start->bytes, start->len);
    if (txn->bulk != NULL && !scan_rows(scan))
        proj_txn_fail(txn, BASE_E_MEMORY, "scan");
    while (scan->row_at < scan->rows.count &&
           base_bytes_compare(proj_bulk_stored(scan->rows.rows[scan->row_at]), from) < 0)
        scan->row_at++;
    if (!(txn->bulk != NULL && txn->bulk_alone) &&
        proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->facts, &scan->cursor))) {
        scan->table_key =
            (MDB_val){.mv_data = (void *)(uintptr_t)start->bytes, .mv_size = start->len};
        scan_table(scan, MDB_SET_RANGE);
    }
    scan_load(scan);
}

static struct proj_scan *scan_new(struct proj_txn *txn, const struct proj_key *prefix,
                                  const struct proj_key *until, ledger_seq before)
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
    return scan;
}

struct proj_scan *proj_scan_open(struct proj_txn *txn, const struct proj_key *prefix,
                                 const struct proj_key *from, const struct proj_key *until,
                                 ledger_seq before)
{
    struct proj_scan *scan = scan_new(txn, prefix, until, before);
    if (scan != NULL && txn->fault == 0)
        scan_start(scan, from != NULL ? from : prefix);
    return scan;
}

struct proj_scan *proj_scan_open_lessons(struct proj_txn *txn, const struct proj_key *page_day,
                                         ledger_seq before)
{
    struct proj_scan *scan = scan_new(txn, page_day, NULL, before);
    if (scan != NULL && txn->fault == 0) {
        scan->lessons = true;
        scan_start(scan, page_day);
    }
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
        scan_advance(scan);
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
            scan_advance(scan);
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

void proj_scan_skip_to(struct proj_scan *scan, const struct proj_key *key)
{
    struct base_bytes from = base_bytes_of(key->bytes, key->len);
    if (scan == NULL || !scan->there ||
        base_bytes_compare(base_bytes_of(scan->key.mv_data, scan->key.mv_size), from) >= 0)
        return;
    while (scan->row_at < scan->rows.count &&
           base_bytes_compare(proj_bulk_stored(scan->rows.rows[scan->row_at]), from) < 0)
        scan->row_at++;
    if (scan->table_there &&
        base_bytes_compare(base_bytes_of(scan->table_key.mv_data, scan->table_key.mv_size), from) <
            0) {
        scan->table_key = (MDB_val){.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = key->len};
        scan_table(scan, MDB_SET_RANGE);
    }
    scan_load(scan);
}

void proj_scan_close(struct proj_scan *scan)
{
    if (scan == NULL)
        return;
    if (scan->cursor != NULL)
        mdb_cursor_close(scan->cursor);
    free(scan->rows.rows);
    free(scan);
}

void proj_author_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq seq)
{
    assert(txn->write);
    if (txn->bulk != NULL) {
        if (!proj_authors_put(txn->bulk_authors, key, seq))
            proj_txn_fail(txn, BASE_E_MEMORY, "what was folded");
    } else if (txn->fault == 0) {
        uint8_t bytes[SEQ_LEN];
        base_set_be64(bytes, seq);
        MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
        MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
        proj__put(txn, PROJ_AUTHORS, mk, mv);
    }
}

/* False: `each` wants no more. */
static bool author_table_each(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                              ledger_seq until, bool (*each)(void *data, ledger_seq seq),
                              void *data)
{
    MDB_cursor *cursor = NULL;
    uint8_t bytes[SEQ_LEN];
    base_set_be64(bytes, from);
    MDB_val mk = {.mv_data = (void *)(uintptr_t)key->bytes, .mv_size = LEDGER_KEY_LEN};
    MDB_val mv = {.mv_data = bytes, .mv_size = sizeof bytes};
    bool more = true;
    if (!proj__ok(txn, mdb_cursor_open(txn->txn, txn->state->authors, &cursor)))
        return false;
    bool there = proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_GET_BOTH_RANGE));
    while (there && more) {
        ledger_seq seq = base_get_be64(mv.mv_data);
        more = seq < until && each(data, seq);
        there = more && proj__ok(txn, mdb_cursor_get(cursor, &mk, &mv, MDB_NEXT_DUP));
    }
    mdb_cursor_close(cursor);
    return more;
}

void proj_author_each(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                      ledger_seq until, bool (*each)(void *data, ledger_seq seq), void *data)
{
    if (until > txn->content)
        until = txn->content;
    if (txn->fault != 0 || !author_table_each(txn, key, from, until, each, data))
        return;
    const struct proj_author *author =
        txn->bulk != NULL ? proj_authors_find(txn->bulk_authors, key) : NULL;
    size_t count = author != NULL ? author->count : 0;
    for (size_t i = 0; i < count; i++) {
        ledger_seq seq = base_get_be64(author->positions + i * SEQ_LEN);
        if (seq >= from && (seq >= until || !each(data, seq)))
            break;
    }
}
