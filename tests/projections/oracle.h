/* The rule of specs/invalidation.md, written down a second time, from that page alone: plain
 * arrays, everything computed anew for each question, nothing shared with projections/. Slow and
 * simple on purpose. */
#pragma once

#include "tests/projections/steps.h"

enum verdict { COUNTS, COVERED, UNGROUNDED };

struct opinion {
    enum verdict verdicts[TALE_STEP_MAX];
    int covers[TALE_STEP_MAX];    /* of COVERED: the report that covers it */
    bool standing[TALE_STEP_MAX]; /* of reports */
    bool overruled[TALE_STEP_MAX];
};

/* What is known of each of the first `n` steps once all of them are there. */
void oracle_judge(const struct tale *tale, int n, struct opinion *out);
/* May the step enter on top of all that the tale holds? */
bool oracle_admits(const struct tale *tale, const struct step *step);
/* Was it signed by root: the first, or one that followed? */
bool oracle_by_root(const struct tale *tale, const struct step *step);
/* The first position at or after the moment, the tale's length when there is none. */
int oracle_cut(const struct tale *tale, int64_t moment);
/* Does a report on the key with that cut cover the step at `seq`? */
bool oracle_covers(const struct tale *tale, int key, int cut, int seq);
/* The position that a mark's author sees in its cell now; NONE. */
int oracle_prev(const struct tale *tale, int lesson, int pupil);
/* The position that made a key, and what sort of key it is. */
enum key_sort { KEY_NONE, KEY_ROOT, KEY_ACCOUNT, KEY_SESSION, KEY_INVITATION, KEY_EMERGENCY };
struct key_made {
    enum key_sort sort;
    int by, account, parent;
};
struct key_made oracle_key(const struct tale *tale, int key);
