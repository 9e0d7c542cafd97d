/* The golden scenarios of specs/vectors/voiding: each plays a breach in the little school, says in
 * so many words what must be void after each step, and is written down entry by entry, so that
 * other implementations can be held against the same bytes. */
#pragma once

#include "tests/projections/world.h"

#define SCENE_NOTE_COUNT_MAX 40u
#define SCENE_REFUSAL_COUNT_MAX 8u

struct scene {
    struct world world;
    ledger_seq begin; /* entries below are the school's */
    struct {
        ledger_seq seq;
        const char *ru, *en;
    } notes[SCENE_NOTE_COUNT_MAX];
    unsigned note_count;
    struct {
        ledger_seq after; /* the log's size then */
        int code;
        struct base_buf event;
        const char *ru, *en;
    } refusals[SCENE_REFUSAL_COUNT_MAX];
    unsigned refusal_count;
};

struct scenario {
    const char *name;
    const char *ru, *en;
    void (*play)(struct scene *scene);
};

extern const struct scenario scenarios[];
extern const unsigned scenario_count;
