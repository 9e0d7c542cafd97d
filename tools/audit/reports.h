/* Breach reports as an auditor reads them: a time line each, and what looks like misuse. Everything
 * follows from the log alone; names of people are sealed, accounts are told by the beginning of
 * their ids. */
#pragma once

#include "projections/standing.h"
#include "tools/audit/audit.h"

struct audit_told {
    const struct proj_voice *voice;
    bool valid; /* the signer's key is not cut before it */
    bool late;  /* told after the term */
};

struct audit_story {
    const struct proj_report_state *state;
    base_time_ms due_ms; /* end of the working day after the day of learning */
    base_time_ms in_force_ms;
    ledger_seq in_force_seq;
    bool late; /* reported, or told to head or support, after the term */
    struct audit_told told[PROJ_VOICE_COUNT_MAX]; /* oldest first */
    unsigned told_count;
    uint64_t covered, ungrounded; /* void entries that it is the reason of, now */
    unsigned reporter_role;       /* enum proj_role; 0: none */
};

/* A reaffirmation: an event that quotes a void one of its kind. */
struct audit_quote {
    ledger_seq seq, quoted;
    bool differs; /* says something else than what was voided */
};

enum audit_sign {
    AUDIT_LONG_BEFORE, /* the claimed breach lies long before the report */
    AUDIT_QUICK,       /* receipts seconds apart: nobody looked */
    AUDIT_ONLY_OTHER,  /* the target is the only other officer: nobody can confirm */
    AUDIT_MUTUAL,      /* two officers accuse each other */
    AUDIT_SERIES,      /* many reports by one officer in one day */
    AUDIT_OVERRULED,   /* many reports by one officer were overruled */
    AUDIT_UNCONFIRMED, /* many accounts closed by one officer, and nobody confirmed */
    AUDIT_SAME_PAIR,   /* always the same two, though there are more */
    AUDIT_REAFFIRMED,  /* reaffirmations that differ from what was voided */
    AUDIT_SIGN_COUNT
};

#define AUDIT_SIGN_POSITION_MAX 16u
struct audit_misuse {
    enum audit_sign sign;
    const uint8_t *account; /* whose, borrowed; NULL: nobody's in particular */
    ledger_seq positions[AUDIT_SIGN_POSITION_MAX];
    unsigned position_count; /* the first of them; `count` may be more */
    unsigned count;
};

struct audit_reports {
    struct proj_report_state *states;
    struct audit_story *stories;
    unsigned count;
    struct audit_quote *quotes;
    unsigned quote_count, quote_capacity;
    unsigned officer_count;
    struct audit_misuse *misuses;
    unsigned misuse_count, misuse_capacity;
    int offset_min;
    bool failed; /* memory */
};

/* Looks for signs of misuse over filled-in stories and quotes; appends to `misuses`. Thresholds are
 * named there. Pure. */
void audit_misuse_find(struct audit_reports *reports);
/* Stable name, Russian, English. */
struct audit_sign_text {
    const char *name, *ru, *en;
};
const struct audit_sign_text *audit_sign_text(enum audit_sign sign);
