/* A story of a school as numbers: who hands in what, in which batches, and what befalls the server.
 * It is invented by a model of the log and the oracle alone, told to the real thing, and can be cut
 * shorter: steps name earlier ones by their number in the story, not by their position in the log,
 * so what is left still makes sense when others are gone. */
#pragma once

#include "tests/projections/player.h"

#define WRITING_MAX 150
#define TURN_MAX 60
#define BATCH_MAX 6
#define CLIENT_COUNT 8
#define STORY_DIR_MAX 256

/* What is wrong with a submission besides what it says. */
enum lie {
    HONEST,
    LIE_SIGNATURE, /* does not hold */
    LIE_LOG,       /* signed for another log */
    LIE_SEEN_SIZE, /* has seen more than there is */
    LIE_SEEN_ROOT, /* has seen another history */
    LIE_COUNTER,   /* not above the key's last */
    LIE_COUNT
};

/* One submission. In `step` the fields prev and quote, and target where it means an event, are
 * numbers of writings. */
struct writing {
    struct step step;
    enum lie lie;
    int client;
    int seen_back; /* how many entries behind the head the client is */
    bool stolen;   /* by somebody who has the key, not by its owner */
};

enum turn_kind { TURN_BATCH, TURN_REOPEN, TURN_FORGET, TURN_REBUILD };

/* What befalls the server while it takes a batch. */
enum fate {
    FATE_NONE,
    FATE_FULL_RESERVING,  /* the disk is full, met before anything is written */
    FATE_FULL_COMMITTING, /* the disk is full, met by the commit */
    FATE_COMMIT_FAILS,    /* the log stops; nothing is on disk */
    FATE_COMMIT_UNCLEAR,  /* the log stops; all of it is on disk */
    FATE_REREAD_DIFFERS,  /* the log stops; all of it is on disk */
    FATE_KILLED_BEFORE,   /* kill -9 before the commit */
    FATE_KILLED_AFTER,    /* kill -9 after the commit, before anybody is answered */
    FATE_POWER,           /* power lost in the commit: some of its pages are on disk */
    FATE_POWER_AFTER,     /* power lost after the commit: the log's is on disk, whatever else is not
                             synced may not be */
    FATE_COUNT
};

struct turn {
    enum turn_kind kind;
    int64_t clock_ms; /* by how much the clock goes first; back when negative */
    int writings[BATCH_MAX];
    int count;
    enum fate fate;
    uint64_t dice; /* which pages and files a fate leaves */
};

struct story {
    uint64_t seed;
    struct writing writings[WRITING_MAX];
    int writing_count;
    struct turn turns[TURN_MAX];
    int turn_count;
};

/* Invents the story of a seed. */
void story_invent(uint64_t seed, struct story *out_story);

/* Plays it in the empty folder `dir`; ends the process with 1, having said why, at the first thing
 * that is not as it must be. `loud` tells each turn. */
void story_play(const struct story *story, const char *dir, bool loud);

/* Does it fail, played by a process of its own? What it says goes to `log` (NULL: nowhere). */
bool story_fails(const struct story *story, const char *dir, const char *log);
/* Cuts away what is not needed for it to fail. */
void story_shrink(struct story *story, const char *dir);

/* In words. */
void turn_print(const struct story *story, const struct turn *turn, int number);
const char *lie_name(enum lie lie);
