/* What must be true, worked out from numbers: the log as a list, its own rules in the order that
 * specs/ledger.md gives them, and the oracle's judgement for everything above. */
#pragma once

#include "tests/simulator/story.h"

enum answer {
    NOT_SENT, /* what it rests on is gone from the story: nobody could write it */
    ACCEPTED,
    KNOWN,
    BAD_SIGNATURE,
    WRONG_LOG,
    STALE_COUNTER,
    SEEN_UNKNOWN,
    REFUSED_ABOVE, /* by the projections: the oracle does not let it in */
    DISK_FULL,
    NO_ANSWER /* the server went down, or stopped */
};

struct made {
    bool made, dead;  /* dead: rests on something that was lost with a batch */
    struct step step; /* with positions, as it was signed */
    int64_t counter;
    int seen;     /* a size */
    int size;     /* of the log at the signing, the batch's earlier ones included */
    int position; /* in the log; NONE */
};

struct model {
    struct tale tale;
    int64_t clock; /* ms after the founding */
    struct made made[WRITING_MAX];
    int born[TALE_STEP_MAX];               /* position → writing */
    int64_t counters[TALE_KEY_MAX];        /* last accepted */
    int64_t signed_counters[TALE_KEY_MAX]; /* last signed by the owner */
};

void model_begin(struct model *model);
/* When the next entry would be recorded. */
int64_t model_now(const struct model *model);
/* Takes a turn: moves the clock and, for a batch, works out what each submission is answered.
 * `signs`, when not NULL, is told of each writing that is signed now, before it is judged. */
typedef void (*model_signs_fn)(void *data, const struct model *model, int writing);
void model_turn(struct model *model, const struct story *story, const struct turn *turn,
                model_signs_fn signs, void *data, enum answer out_answers[BATCH_MAX]);
/* One submission of a batch that goes well, for who invents as they go. */
enum answer model_take(struct model *model, const struct story *story, int writing, int size_before,
                       model_signs_fn signs, void *data);
/* Is it a fate after which the server has to be started again? */
bool fate_ends(enum fate fate);
