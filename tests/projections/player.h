/* Plays a tale to a real engine: makes each step a signed event's bytes and feeds it, without a
 * log. Failures of the world end the test; refusals are answers. */
#pragma once

#include "projections/engine.h"
#include "projections/voiding.h"
#include "tests/projections/acts.h"
#include "tests/projections/oracle.h"

struct player {
    char dir[256];
    struct proj_engine *engine;
    struct draft draft;
    int count; /* steps played */
    struct base_buf bytes[TALE_STEP_MAX];
    base_time_ms recorded_ms[TALE_STEP_MAX];
    struct ledger_hash ids[TALE_STEP_MAX];
    int sizes[TALE_STEP_MAX]; /* of the log when the event was signed: what a report speaks of */
};

void player_open(struct player *player);
void player_close(struct player *player);
/* Feeds the step as the tale's next one (the tale does not hold it yet). Returns 0 or the
 * refusal's code. */
int player_play(struct player *player, const struct tale *tale, const struct step *step);
/* Only makes the step's event, as the one after those that are there, without feeding it. */
void player_make(struct player *player, const struct tale *tale, const struct step *step);
/* Only the step's draft, for who signs and feeds it otherwise. */
void player_draft(struct player *player, const struct tale *tale, const struct step *step);
/* The signer whose key has that number; made once, for all tales. */
struct signer *player_signer(int index);
/* The moment that a step's time stands for. */
base_time_ms player_time(int64_t at);
/* The event that was made for a position; a proj_source reads it, too. */
struct proj_source player_source(struct player *player);
/* Feeds what another player has fed, from nothing and in one go. */
void player_follow(struct player *player, const struct player *other);
struct proj_txn *player_read(struct player *player);

/* Do the engine's state and the oracle's opinion say the same of every report and every position?
 * Prints where they differ. */
bool state_agrees(struct proj_txn *txn, const struct tale *tale, const struct opinion *opinion);

/* The step in words, for reading what went wrong. */
void step_print(const struct tale *tale, const struct step *step, int seq, const char *verdict);
void tale_print(const struct tale *tale, const struct opinion *opinion);

/* Ids that the tale's indices stand for. */
void player_id(char what, int index, proj_id out_id);

/* Every fact with all versions, what is void, cuts, and the next position, as bytes. */
void state_dump(struct proj_txn *txn, struct base_buf *out);
