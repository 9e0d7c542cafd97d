/* Whom to believe: logs, witnesses and how many of them must have cosigned (C2SP tlog-policy):
 *     log <vkey> [<url>]
 *     witness <name> <vkey> [<url>]
 *     group <name> all|any|<k> <name>…
 *     quorum <name>|none
 * Lines in any order as long as what is named stands above; '#' begins a comment line.
 * Threads: plain values (of some 60 KiB: better on the heap). Errors: BASE_E_FORMAT with the line.
 * Source:  c2sp.org/tlog-policy; specs/c2sp.md. */
#pragma once

#include "ledger/note.h"

#define LEDGER_POLICY_LOG_COUNT_MAX 32u
#define LEDGER_POLICY_WITNESS_COUNT_MAX 32u
#define LEDGER_POLICY_GROUP_COUNT_MAX 32u
#define LEDGER_POLICY_NAME_LEN_MAX 200u
#define LEDGER_POLICY_URL_LEN_MAX 500u
#define LEDGER_POLICY_TEXT_LEN_MAX 65536u
#define LEDGER_POLICY_NONE UINT32_MAX

struct ledger_policy_witness {
    char name[LEDGER_POLICY_NAME_LEN_MAX + 1]; /* in this policy; people are shown the key's */
    struct ledger_note_key key;
    char url[LEDGER_POLICY_URL_LEN_MAX + 1]; /* submission prefix; empty: none */
};

/* Members are numbers: a witness's place, or LEDGER_POLICY_WITNESS_COUNT_MAX + a group's. */
struct ledger_policy_group {
    char name[LEDGER_POLICY_NAME_LEN_MAX + 1];
    uint32_t threshold;
    uint32_t members[LEDGER_POLICY_WITNESS_COUNT_MAX + LEDGER_POLICY_GROUP_COUNT_MAX];
    uint32_t member_count;
};

struct ledger_policy {
    struct ledger_note_key logs[LEDGER_POLICY_LOG_COUNT_MAX];
    unsigned log_count;
    struct ledger_policy_witness witnesses[LEDGER_POLICY_WITNESS_COUNT_MAX];
    unsigned witness_count;
    struct ledger_policy_group groups[LEDGER_POLICY_GROUP_COUNT_MAX];
    unsigned group_count;
    uint32_t quorum; /* a member's number, or LEDGER_POLICY_NONE */
};

int ledger_policy_parse(struct base_bytes text, struct ledger_policy *out_policy,
                        struct base_err *err) BASE_MUST_USE;

/* What a note's cosignatures come to. */
struct ledger_policy_verdict {
    bool met;
    unsigned held_count; /* witnesses whose cosignature holds */
    bool held[LEDGER_POLICY_WITNESS_COUNT_MAX];
    uint64_t time_s[LEDGER_POLICY_WITNESS_COUNT_MAX]; /* when, where held */
};
/* Judges a note's cosignatures; the log's own signature is not looked at. */
void ledger_policy_judge(const struct ledger_policy *policy, const struct ledger_note *note,
                         struct ledger_policy_verdict *out_verdict);
/* For people, "n of m": the quorum's threshold and member count; 0 of 0 for `quorum none`. */
void ledger_policy_quorum(const struct ledger_policy *policy, unsigned *out_needed,
                          unsigned *out_count);
