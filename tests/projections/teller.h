/* Tells random tales: short histories of a school in which keys are stolen, reported, confirmed,
 * overruled. What is told is mostly what could happen; some of it may not, on purpose. */
#pragma once

#include "tests/ledger/support.h"
#include "tests/projections/oracle.h"

struct teller {
    struct test_random random;
    bool no_revocation; /* no step takes back or overwrites what an earlier one gave */
    bool lone_officer;  /* nobody but the head speaks of breaches */
    int report_weight;  /* of a hundred steps, about so many are about breaches */
    /* A bit for each deed that may be told besides breaches; 0: all. Tales that know few deeds knot
     * them tighter. */
    uint32_t deeds;
    /* Every so often a step at a limit, where being off by one shows: a report that cuts at the
     * very word of who is reported, or beside another's cut; a deed by a session in the moment at
     * which it ends. With at_given. */
    bool edges;
    /* Somebody who opens sessions and reports them, more a day than is allowed. */
    bool talks;
    int plot;      /* the next stage of a story that is told in any case; 0: none */
    int talker;    /* whose key; NONE: nobody yet */
    bool at_given; /* every step happens at `at`, else some time after the one before */
    int64_t at;
};

/* The founding, a subject, a class with a pupil and a teacher with a session: 9 steps or so. Each
 * is given to `tell`, which plays it and adds it to the tale. */
void teller_prelude(struct tale *tale, void (*tell)(void *data, const struct step *step),
                    void *data);
/* A step that the oracle would let in (or, one time in twelve, any step at all). */
struct step teller_step(struct teller *teller, const struct tale *tale);
/* Does all that the step names exist, so that an event can be made of it? */
bool tale_can_say(const struct tale *tale, const struct step *step);
/* Adds the step to the tale. */
void tale_add(struct tale *tale, const struct step *step);
/* Counts what the step would make, whether it is let in or not, so that no number is used twice. */
void tale_use(struct tale *tale, const struct step *step);
