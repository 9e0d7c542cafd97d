/* What point reads of the writer answered last: a table of fixed size before LMDB.
 *
 * Folding one entry asks for the same few facts over and over: the signing key, its account, the
 * lesson, the teaching assignment, the group, the membership. The memo keeps answers, "nothing
 * there" included, until something is written under the same tag.
 *
 * An answer is kept only if it is the newest there can be: the asker's bound lies above every
 * position written under that tag so far, and nothing void was passed over on the way. So it never
 * matters for which bound it was asked.
 *
 * Threads: the writer's.
 * Source:  specs/projections.md, "Reading while folding". */
#pragma once

#include "projections/facts.h"

#define PROJ_MEMO_SLOT_COUNT 8192u /* about ten megabytes; a school's memberships fit */
#define PROJ_MEMO_VALUE_LEN_MAX 1024u

struct proj_memo;

/* What is asked: the last counting version of a key, or whether anything begins with a prefix. */
enum proj_memo_question { PROJ_MEMO_FACT, PROJ_MEMO_PREFIX };

struct proj_memo_answer {
    bool there;
    ledger_seq seq;
    struct base_bytes value; /* borrowed until the next call */
};

/* NULL when memory is short. */
struct proj_memo *proj_memo_new(void);
void proj_memo_free(struct proj_memo *memo);

/* Forgets everything; positions from `next` on have not been written. */
void proj_memo_forget(struct proj_memo *memo, ledger_seq next);
/* Something was written under the tag, or taken away, at `seq`. */
void proj_memo_touch(struct proj_memo *memo, uint8_t tag, ledger_seq seq);
/* Forgets answers, not what has been written. */
void proj_memo_doubt(struct proj_memo *memo);

/* False: it has to be looked up. */
bool proj_memo_find(const struct proj_memo *memo, enum proj_memo_question question,
                    const struct proj_key *key, ledger_seq before,
                    struct proj_memo_answer *out_answer);
/* Keeps an answer, if it may be kept. */
void proj_memo_keep(struct proj_memo *memo, enum proj_memo_question question,
                    const struct proj_key *key, ledger_seq before,
                    const struct proj_memo_answer *answer);
