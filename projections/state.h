/* The state that folds write: facts with versions, and which positions do not count.
 *
 * A fact is a key (a tag byte and fixed-length parts) with one version for each event that set it,
 * at that event's position. Nothing is ever overwritten: the present value is the last version
 * that counts. So striking out an event means noting its position in one table, and every reader
 * skips it at once; and any moment of the past can be asked for:
 *     content   – versions from positions below `content` are seen (what had been written then),
 *     knowledge – what was known to be void by events below `knowledge` (what we know by then).
 * Content = knowledge = n is what people saw at size n; knowledge = now is what of it counts today.
 *
 * Shape:   one LMDB environment, rebuilt from the log whenever it is missing or in doubt. It is not
 *          synced on commit: the log is the truth. A marker names the boot under which it is open;
 *          after a crash of the machine it is thrown away and rebuilt. After one of the process its
 *          pages are looked at, and it is thrown away when one of them is torn.
 * Threads: one write transaction at a time (the sequencer's); read transactions on any thread.
 * Errors:  sticky in the transaction (`proj_txn_fault`): read on, check once. */
#pragma once

#include "ledger/event.h"
#include "projections/limits.h"

struct proj_state;
struct proj_txn;

/* Opens (and creates) the environment in directory `dir`. `*out_fresh` tells that it is empty and
 * everything must be folded anew. `layout` is the version of the facts' layout: another one on disk
 * means fresh. With `read_only` nothing is created or thrown away. */
int proj_state_open(const char *dir, unsigned layout, bool read_only, struct proj_state **out_state,
                    bool *out_fresh, struct base_err *err) BASE_MUST_USE;
/* The same for who does not trust the disk: every page is looked at first (ledger/pages.h), which
 * reads the whole file. Torn ones are BASE_E_CORRUPT to a reader; a writer throws everything away.
 * A writer does so by itself when the last one fell. */
int proj_state_open_looking(const char *dir, unsigned layout, bool read_only,
                            struct proj_state **out_state, bool *out_fresh,
                            struct base_err *err) BASE_MUST_USE;
/* Why the opening threw away what lay there, in words: its pages were torn. NULL: it did not. */
const char *proj_state_torn(const struct proj_state *state);
/* Syncs and closes; NULL is allowed. No transaction may be open. */
void proj_state_close(struct proj_state *state);

int proj_txn_begin(struct proj_state *state, bool write, struct proj_txn **out_txn,
                   struct base_err *err) BASE_MUST_USE;
/* Another read transaction on the same environment, at the present state and the same moment. */
int proj_txn_twin(const struct proj_txn *txn, struct proj_txn **out_txn,
                  struct base_err *err) BASE_MUST_USE;
/* Commits a write transaction and frees it in every case. Returns the sticky fault, if any, having
 * aborted. BASE_E_FULL: there was no room, nothing changed, and another transaction may try again
 * later; after any other fault of a commit the state must be opened anew. */
int proj_txn_commit(struct proj_txn *txn, struct base_err *err) BASE_MUST_USE;
/* Makes sure that the disk and the map have room for what was written so far: BASE_E_FULL when not,
 * and the transaction is as before. For write transactions without a bulk. */
int proj_txn_reserve(struct proj_txn *txn, struct base_err *err) BASE_MUST_USE;
/* Ends a read, or drops a write transaction; NULL is allowed. */
void proj_txn_end(struct proj_txn *txn);
/* 0, or the first fault of the transaction (and its text in `err`). */
int proj_txn_fault(const struct proj_txn *txn, struct base_err *err) BASE_MUST_USE;
/* Notes a fault from elsewhere (reading the log) in the transaction. */
void proj_txn_fail(struct proj_txn *txn, int code, const char *text);
/* Asks for another moment; both default to "now" (UINT64_MAX). */
void proj_txn_moment(struct proj_txn *txn, ledger_seq content, ledger_seq knowledge);
/* The content moment that was asked for. */
ledger_seq proj_txn_content(const struct proj_txn *txn);

/* The number of entries folded so far: the next position to fold. */
ledger_seq proj_txn_next(struct proj_txn *txn);
void proj_txn_set_next(struct proj_txn *txn, ledger_seq next);

/* Which log the facts were folded from: the log's id, all zero while none was noted. */
void proj_txn_log_id(struct proj_txn *txn, struct ledger_hash *out_id);
void proj_txn_set_log_id(struct proj_txn *txn, const struct ledger_hash *id);

/* Compares every table of two states that have folded the same entries. True when they are byte for
 * byte the same; else `*out_table` is the first table that differs (static). Of `b` what lies in
 * memory is compared as it would be written; nothing can be asked of it any more. */
bool proj_txn_same(struct proj_txn *a, struct proj_txn *b, const char **out_table);

/* From now on keeps what the transaction writes in memory, and writes it in one sorted sweep at its
 * commit: for folding much at once. Right after proj_txn_begin, write transactions only. */
int proj_txn_bulk(struct proj_txn *txn, struct base_err *err) BASE_MUST_USE;
/* Bytes that wait; their owner commits when it is enough, and begins another. */
size_t proj_txn_bulk_len(const struct proj_txn *txn);
/* True when all its facts are kept so, and none lies below them. */
bool proj_txn_is_in_memory(const struct proj_txn *txn);

/* Empties every table but the layout's version. Write transactions only. */
void proj_txn_clear(struct proj_txn *txn);

/* A fact's key under construction: a plain value. */
struct proj_key {
    uint8_t len;
    uint8_t bytes[PROJ_KEY_LEN_MAX];
};

struct proj_key proj_key_of(char tag);
struct proj_key *proj_key_id(struct proj_key *key, const uint8_t id[LEDGER_ID_LEN]);
struct proj_key *proj_key_hash(struct proj_key *key, const uint8_t hash[LEDGER_HASH_LEN]);
struct proj_key *proj_key_u8(struct proj_key *key, unsigned v);
struct proj_key *proj_key_u16(struct proj_key *key, unsigned v);
/* Days sort as numbers, negative ones first. */
struct proj_key *proj_key_day(struct proj_key *key, int64_t day);
/* The day that proj_key_day wrote as the four bytes at `bytes`. */
base_day proj_key_day_at(const uint8_t *bytes);
/* Text, zero-padded or cut to `width` bytes. */
struct proj_key *proj_key_text(struct proj_key *key, struct base_bytes text, unsigned width);

struct proj_fact {
    struct base_bytes key;   /* without the position */
    ledger_seq seq;          /* the version's position */
    struct base_bytes value; /* borrowed until the next write or the end of the transaction */
    unsigned version_count;  /* by proj_scan_next: versions seen, void ones included */
    unsigned void_count;     /* by proj_scan_next: of which void */
    bool stranded;           /* by proj_scan_next: one after the given version lost its ground */
};

/* Writes a version. Write transactions only. */
void proj_fact_put(struct proj_txn *txn, const struct proj_key *key, ledger_seq seq,
                   const void *value, size_t value_len);
/* The same without the zero bytes at the value's end (one byte stays): for structs of which most is
 * usually zero. Whoever reads them fills a whole one (proj_fact_read, proj_value_fill). */
void proj_fact_put_short(struct proj_txn *txn, const struct proj_key *key, ledger_seq seq,
                         const void *value, size_t value_len);
/* Fills a struct of `size` bytes from a value that was put whole or short. False, and all zero,
 * when the value is empty or longer. */
static inline bool proj_value_fill(struct base_bytes value, void *out, size_t size)
{
    bool fits = value.len > 0 && value.len <= size;
    size_t len = fits ? value.len : 0;
    if (fits)
        memcpy(out, value.data, len);
    memset((uint8_t *)out + len, 0, size - len);
    return fits;
}
/* The last counting version below `before` (and below the content moment). */
bool proj_fact_get(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                   struct proj_fact *out_fact);
/* The last version below `before`, whether it counts or not. */
bool proj_fact_get_any(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                       struct proj_fact *out_fact);
/* Fills a struct of `size` bytes (proj_value_fill); false when there is no such version, or one of
 * another struct. */
bool proj_fact_read(struct proj_txn *txn, const struct proj_key *key, ledger_seq before,
                    void *out_value, size_t size, ledger_seq *out_seq);
/* True when any version of any key that begins with `prefix` was ever written, counting or not. */
bool proj_fact_any(struct proj_txn *txn, const struct proj_key *prefix);
/* Removes every version of a key; for refolding one subject. */
void proj_fact_forget(struct proj_txn *txn, const struct proj_key *key);

/* Walks keys that begin with `prefix`, from `from` on (NULL: from the start) and below `until`
 * (NULL: to the prefix's end), in order: for each the last counting version below `before`. Do not
 * write while a scan is open. */
struct proj_scan;
struct proj_scan *proj_scan_open(struct proj_txn *txn, const struct proj_key *prefix,
                                 const struct proj_key *from, const struct proj_key *until,
                                 ledger_seq before);
bool proj_scan_next(struct proj_scan *scan, struct proj_fact *out_fact);
/* Every version, counting or not, by key and position. Use with the same scan. */
bool proj_scan_next_version(struct proj_scan *scan, struct proj_fact *out_fact);
/* Passes over every version of keys below `key`, which must not lie behind what was given last. */
void proj_scan_skip_to(struct proj_scan *scan, const struct proj_key *key);
void proj_scan_close(struct proj_scan *scan);

/* Which key wrote which positions. */
void proj_author_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq seq);
/* Calls `each` for every position of the key in [from, until), ascending; stops when it returns
 * false. */
void proj_author_each(struct proj_txn *txn, const struct ledger_key *key, ledger_seq from,
                      ledger_seq until, bool (*each)(void *data, ledger_seq seq), void *data);

/* Why a position does not count. */
enum proj_void_reason { PROJ_COUNTS = 0, PROJ_VOID_COVERED = 1, PROJ_VOID_UNGROUNDED = 2 };
struct proj_void {
    enum proj_void_reason reason;
    ledger_seq cause; /* the breach report; of UNGROUNDED the one that took what it rested on */
};

/* What is known of a position at the transaction's knowledge moment. */
struct proj_void proj_void_get(struct proj_txn *txn, ledger_seq seq);
bool proj_is_void(struct proj_txn *txn, ledger_seq seq);
/* Notes, as of the event at `known_at`, that `seq` is void or counts again. */
void proj_void_put(struct proj_txn *txn, ledger_seq seq, ledger_seq known_at,
                   struct proj_void state);
/* Lays a supposition over the transaction: from now on proj_void_get answers from it first. For
 * previews, and while a report is being worked out. */
void proj_void_suppose(struct proj_txn *txn, ledger_seq seq, struct proj_void state);
/* Walks what was supposed, ascending. */
void proj_void_supposed(struct proj_txn *txn,
                        void (*each)(void *data, ledger_seq seq, struct proj_void state),
                        void *data);
/* Why a ground was not there: forgets, and tells the report behind the void version that the last
 * look-up since passed over (false: none was passed over). */
void proj_txn_missed_forget(struct proj_txn *txn);
bool proj_txn_missed(const struct proj_txn *txn, ledger_seq *out_report);
/* Drops every supposition. */
void proj_void_supposed_clear(struct proj_txn *txn);
/* Calls `each` for every position that is void at the knowledge moment, ascending. */
void proj_void_each(struct proj_txn *txn,
                    bool (*each)(void *data, ledger_seq seq, struct proj_void state), void *data);

/* The cut of a key: the position from which it does not count, UINT64_MAX when never. */
struct proj_cut {
    ledger_seq cut;
    ledger_seq report;
};
struct proj_cut proj_cut_get(struct proj_txn *txn, const struct ledger_key *key);
void proj_cut_put(struct proj_txn *txn, const struct ledger_key *key, ledger_seq known_at,
                  struct proj_cut cut);
