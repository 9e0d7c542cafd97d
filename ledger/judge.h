/* The judge of new events: whether the author's signature holds, for a server that takes many
 * events from few people. A key whose events have been taken into a log a few times lately gets a
 * table of its multiples (ledger/ed25519.h) and is then judged at a fifth of the cost; libsodium
 * judges everybody else.
 *
 * Trust:   a verdict is a function of key, bytes and signature alone, and the tables' verdict is
 *          libsodium's. It is not believed alone: libsodium judges again whatever a table rejects
 *          and, at once, one acceptance in LEDGER_JUDGE_SAMPLE, drawn anew for each, so that nobody
 *          can aim between the samples; a server's scrub judges every entry of the log by libsodium
 *          besides. Where the two differ libsodium's word stands, and from then on tables are asked
 *          no more, for as long as the judge lives.
 * Shape:   a fixed number of keys, at most LEDGER_JUDGE_TABLE_COUNT_MAX of them with a table of
 *          102 KiB. Who was not seen for longest goes first: by a count of looks, not by addresses.
 *          Without memory for a table the key stays with libsodium: slower, not wrong.
 * Threads: any, all at once; tables are made and asked outside the lock. */
#pragma once

#include "ledger/ed25519.h"

#define LEDGER_JUDGE_TABLE_COUNT_MAX 256u /* 26 MiB: more people than sign at one time */
#define LEDGER_JUDGE_KEY_COUNT_MAX 512u   /* that are counted */
#define LEDGER_JUDGE_USES_MIN 8u          /* events taken before a table: it costs five verdicts */
#define LEDGER_JUDGE_SAMPLE 64u

struct ledger_judge;

/* A verdict in which a table and libsodium differed; borrowed for the call. */
struct ledger_judge_difference {
    const struct ledger_key *key;
    const struct ledger_signature *signature;
    struct base_bytes event_bytes;
    bool by_table; /* the table's verdict; libsodium's is the other */
};

struct ledger_judge_options {
    bool reference; /* no tables: libsodium judges everything */
    /* Called for the first difference alone, on the thread that met it; may be NULL. */
    void (*differed)(void *data, const struct ledger_judge_difference *difference);
    void *data;
};

int ledger_judge_open(const struct ledger_judge_options *options, struct ledger_judge **out_judge,
                      struct base_err *err) BASE_MUST_USE;
/* When nobody asks any more. NULL is allowed. */
void ledger_judge_close(struct ledger_judge *judge);

/* True when the signature of the event bytes by `key` holds. `judge` NULL: libsodium's verdict. */
bool ledger_judge_holds(struct ledger_judge *judge, struct base_bytes event_bytes,
                        const struct ledger_key *key, const struct ledger_signature *signature);
/* An event of this key has got its place in a log. What is merely signed well does not count, so
 * strangers with keys of their own push out nobody's table. */
void ledger_judge_admitted(struct ledger_judge *judge, const struct ledger_key *key);
/* True after a difference: libsodium judges everything. */
bool ledger_judge_has_differed(const struct ledger_judge *judge);

struct ledger_judge_counts {
    uint64_t by_table;  /* verdicts of tables */
    uint64_t by_sodium; /* verdicts of libsodium, alone or over a table's */
    uint64_t tables;    /* now */
    uint64_t made;      /* tables, ever */
};
void ledger_judge_counts(struct ledger_judge *judge, struct ledger_judge_counts *out_counts);

/* As ledger_ed25519_verify. */
typedef bool (*ledger__judge_verify_fn)(const struct ledger_ed25519_table *table,
                                        struct base_bytes first, struct base_bytes second,
                                        const struct ledger_signature *signature);
/* For tests: `verify` is asked instead of the tables, and one acceptance in `sample` is judged
 * again. */
void ledger__judge_plant(struct ledger_judge *judge, ledger__judge_verify_fn verify,
                         uint32_t sample);
