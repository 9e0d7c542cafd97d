/* Opening goes upwards: state, log (which asks the state what to admit), what the state has not
 * folded yet, logins; then, on the loop, sessions, live updates and the writer's thread. Closing
 * goes the other way. What fails on the way up is undone by closing what is there. */
#include "net/school.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/sequencer.h"
#include "net/alarms.h"
#include "net/limits.h"
#include "net/log.h"
#include "projections/authority.h"

struct net_school {
    char name[NET_SCHOOL_NAME_LEN_MAX + 1];
    char dir[NET_SCHOOL_DIR_LEN_MAX + 1];
    struct net_loop *loop;
    _Atomic int64_t clock_shift_ms; /* what this school's clock is ahead of the system's */
    struct proj_engine *engine;
    struct ledger_log *log;
    struct net_credentials *credentials;
    struct net_sessions *sessions;
    struct net_live *live;
    struct net_witnesses *witnesses;
    struct net_scrub *scrub;
    struct net_courier *courier;
    struct net_reads *reads;
    struct ledger_sequencer *sequencer;
};

static base_time_ms school_clock(void *data)
{
    const struct net_school *school = data;
    return base_clock_system().now_ms(NULL) + atomic_load(&school->clock_shift_ms);
}

base_time_ms net_school_now(const struct net_school *school)
{
    return school_clock((void *)(uintptr_t)school);
}

static int set_clock(struct net_school *school, const struct net_school_options *options,
                     struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct proj_school facts;
    struct ledger_head head;
    if (!options->has_demo_clock)
        return 0;
    int rc = proj_engine_read(school->engine, &txn, err);
    if (rc != 0)
        return rc;
    bool is_demo = proj_school_find(txn, &facts) && facts.demo;
    rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    if (rc != 0)
        return rc;
    if (!is_demo) {
        NET_LOG(NET_LOG_WARN, "school", "no demonstration: it goes by the system's clock",
                NET_S("school", school->name));
        return 0;
    }
    base_time_ms now = base_clock_system().now_ms(NULL);
    base_time_ms wanted = options->demo_ms + (now - options->started_ms);
    ledger_log_head(school->log, &head);
    if (wanted < head.recorded_ms + 1000)
        wanted = head.recorded_ms + 1000;
    atomic_store(&school->clock_shift_ms, wanted - now);
    return 0;
}

/* The log first, by a look: opening the state would make a folder where there is no school. */
static int check_there(const char *dir, struct base_err *err)
{
    return ledger_log_is_there(dir) ? 0 : BASE_FAIL(err, BASE_E_MISSING, "%s: no log there", dir);
}

/* A journal is kept whether readings can be noted or not. */
static void open_reads(struct net_school *school)
{
    struct proj_txn *txn = NULL;
    struct proj_school facts = {0};
    struct base_err err = {0};
    int rc = proj_engine_read(school->engine, &txn, &err);
    if (rc == 0) {
        (void)proj_school_find(txn, &facts);
        rc = proj_txn_fault(txn, &err);
    }
    proj_txn_end(txn);
    if (rc == 0)
        rc = net_reads_open(school->dir, facts.offset_min, &school->reads, &err);
    if (rc != 0)
        net_log_fault("reads", "who looks at personal data is not noted", &err);
}

/* Logins of accounts whose data were erased go, too: a login name may be a person's. */
static int forget_logins(struct net_school *school, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('f');
    int rc = proj_engine_read(school->engine, &txn, err);
    if (rc != 0)
        return rc;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (rc == 0 && proj_scan_next(scan, &fact)) {
        if (fact.seq != LEDGER_SEQ_NONE)
            rc = net_credentials_remove(school->credentials, fact.key.data + 1, err);
    }
    proj_scan_close(scan);
    if (rc == 0)
        rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    return rc;
}

int net_school_open(const struct net_school_options *options, struct net_school **out_school,
                    struct base_err *err)
{
    int rc = check_there(options->dir, err);
    if (rc != 0)
        return rc;
    struct net_school *school = calloc(1, sizeof *school);
    if (school == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "school");
    snprintf(school->name, sizeof school->name, "%s", options->name);
    snprintf(school->dir, sizeof school->dir, "%s", options->dir);
    school->loop = options->loop;
    rc = proj_engine_open(options->dir, false, &school->engine, err);
    if (rc == 0 && proj_engine_torn(school->engine) != NULL)
        NET_LOG(NET_LOG_ERROR, "projections",
                "torn pages: thrown away, the log is folded anew; look at the disk, and audit",
                NET_S("school", school->name), NET_S("why", proj_engine_torn(school->engine)));
    if (rc == 0) {
        const struct ledger_log_options log = {.dir = options->dir,
                                               .clock = {.now_ms = school_clock, .data = school},
                                               .admission = proj_engine_admission(school->engine)};
        rc = ledger_log_open(&log, &school->log, err);
    }
    if (rc == 0)
        rc = proj_engine_attach(school->engine, school->log, NULL, NULL, err);
    if (rc == 0)
        rc = set_clock(school, options, err);
    if (rc == 0)
        rc = net_credentials_open(options->dir, &school->credentials, err);
    if (rc == 0)
        rc = forget_logins(school, err);
    if (rc == 0)
        rc = net_witnesses_open(options->dir, school->log, &school->witnesses, err);
    if (rc == 0) {
        const struct net_courier_options courier = {
            .dir = options->dir,
            .name = school->name,
            .messaging = options->messaging,
            .metrics = options->metrics,
            .log = school->log,
            .engine = school->engine,
            .clock = {.now_ms = school_clock, .data = school}};
        /* A journal is kept whether messages leave or not. */
        struct base_err fault = {0};
        if (net_courier_open(&courier, &school->courier, &fault) != 0)
            net_log_fault("messages", "no message leaves this school", &fault);
    }
    if (rc == 0)
        open_reads(school);
    if (rc == 0)
        rc = net_scrub_open(school->name, school->dir, school->log, &school->scrub, err);
    if (rc == 0 && net_alarms_stand(school->dir))
        NET_LOG(NET_LOG_ERROR, "alarms", "an earlier alarm was not settled: letopis doctor",
                NET_S("school", school->name));
    if (rc == 0)
        *out_school = school;
    else
        net_school_close(school);
    return rc;
}

static void on_touched(void *data, const struct proj_touch *touches, unsigned count)
{
    struct net_school *school = data;
    net_live_touch(school->live, touches, count);
}

static void on_published(void *data, const struct ledger_head *head)
{
    struct net_school *school = data;
    net_live_publish(school->live, head);
    net_witnesses_poke(school->witnesses);
    net_courier_poke(school->courier);
}

int net_school_start(struct net_school *school, struct base_err *err)
{
    int rc = net_sessions_new(&school->sessions, err);
    if (rc == 0) {
        const struct net_live_options live = {
            .loop = school->loop,
            .engine = school->engine,
            .log = school->log,
            .clock = {.now_ms = school_clock, .data = school},
            .sessions = school->sessions,
        };
        rc = net_live_new(&live, &school->live, err);
    }
    if (rc == 0) {
        proj_engine_listen(school->engine, on_touched, school);
        rc = ledger_sequencer_start(school->log, on_published, school, &school->sequencer, err);
    }
    return rc;
}

void net_school_stop(struct net_school *school)
{
    ledger_sequencer_stop(school->sequencer);
    school->sequencer = NULL;
    if (school->live != NULL)
        net_live_stop(school->live);
}

void net_school_close(struct net_school *school)
{
    if (school == NULL)
        return;
    assert(school->sequencer == NULL);
    net_live_free(school->live);
    net_sessions_free(school->sessions);
    net_credentials_close(school->credentials);
    net_scrub_close(school->scrub);
    net_witnesses_close(school->witnesses);
    net_courier_close(school->courier);
    net_reads_close(school->reads);
    ledger_log_close(school->log);
    proj_engine_close(school->engine);
    free(school);
}

struct net_courier *net_school_courier(struct net_school *school)
{
    return school->courier;
}

const char *net_school_dir(const struct net_school *school)
{
    return school->dir;
}

const char *net_school_name(const struct net_school *school)
{
    return school->name;
}

struct ledger_log *net_school_log(struct net_school *school)
{
    return school->log;
}

struct proj_engine *net_school_engine(struct net_school *school)
{
    return school->engine;
}

struct ledger_sequencer *net_school_sequencer(struct net_school *school)
{
    return school->sequencer;
}

struct net_credentials *net_school_credentials(struct net_school *school)
{
    return school->credentials;
}

struct net_sessions *net_school_sessions(struct net_school *school)
{
    return school->sessions;
}

struct net_live *net_school_live(struct net_school *school)
{
    return school->live;
}

struct net_witnesses *net_school_witnesses(struct net_school *school)
{
    return school->witnesses;
}

struct net_scrub *net_school_scrub(struct net_school *school)
{
    return school->scrub;
}

struct net_reads *net_school_reads(struct net_school *school)
{
    return school->reads;
}
