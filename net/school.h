/* One open school: its log with the one writer, its state, its logins, its sessions and those who
 * listen.
 * Shape:   opaque handle over <data>/schools/<name>/.
 * Life:    open (off the loop: it may fold a whole log) → start (on the loop) → stop (loop's
 * thread, when it runs no more) → close (after net_loop_free, when no job is left). Threads: as
 * said; the parts that the accessors give have their own rules. */
#pragma once

#include "net/courier.h"
#include "net/credentials.h"
#include "net/live.h"
#include "net/scrub.h"
#include "net/session.h"
#include "net/witness.h"

struct net_school;

struct net_school_options {
    const char *dir;  /* copied */
    const char *name; /* copied; the first segment of its paths */
    struct net_loop *loop;
    /* A demonstration's clock starts at `demo_ms` when the server started (`started_ms`), or a
     * second after its last entry, whichever is later, and runs on at real speed. Only for logs
     * whose founding event says that they are demonstrations; others go by the system's clock. */
    bool has_demo_clock;
    base_time_ms demo_ms;
    base_time_ms started_ms;
    const struct net_messaging *messaging; /* borrowed; NULL: no message leaves */
    struct net_metrics *metrics;           /* borrowed, or NULL */
};

/* Opens log, state and logins, and folds what is not folded yet. BASE_E_MISSING when there is no
 * log. */
int net_school_open(const struct net_school_options *options, struct net_school **out_school,
                    struct base_err *err) BASE_MUST_USE;
int net_school_start(struct net_school *school, struct base_err *err) BASE_MUST_USE;
void net_school_stop(struct net_school *school);
/* NULL is allowed. */
void net_school_close(struct net_school *school);

const char *net_school_name(const struct net_school *school);
/* The folder that it was opened on. */
const char *net_school_dir(const struct net_school *school);
/* What time it is in this school; any thread. */
base_time_ms net_school_now(const struct net_school *school);
struct ledger_log *net_school_log(struct net_school *school);
struct proj_engine *net_school_engine(struct net_school *school);
struct ledger_sequencer *net_school_sequencer(struct net_school *school);
struct net_credentials *net_school_credentials(struct net_school *school);
struct net_sessions *net_school_sessions(struct net_school *school);
struct net_live *net_school_live(struct net_school *school);
/* NULL when the school has no policy of witnesses. */
struct net_witnesses *net_school_witnesses(struct net_school *school);
/* NULL when nothing is sent from here. */
struct net_courier *net_school_courier(struct net_school *school);
struct net_scrub *net_school_scrub(struct net_school *school);
