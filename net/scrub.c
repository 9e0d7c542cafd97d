/* One step, a pause, and so on; a longer pause between passes. What can fail: a step that cannot
 * read is tried again later; that shows as the age. */
#include "net/scrub.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/scrub.h"
#include "net/alarms.h"
#include "net/limits.h"
#include "net/log.h"

struct net_scrub {
    const char *name, *dir;
    struct ledger_log *log;
    struct ledger_scrub scrub; /* the thread's */
    pthread_t thread;
    atomic_bool has_found;
    _Atomic int64_t passed_ms; /* monotonic */
    pthread_mutex_t lock;      /* guards `closing` */
    pthread_cond_t close;
    bool closing;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True when it is time to end. */
static bool pause_for(struct net_scrub *scrub, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&scrub->lock);
    while (!scrub->closing && pthread_cond_timedwait(&scrub->close, &scrub->lock, &until) == 0)
        continue;
    bool closing = scrub->closing;
    pthread_mutex_unlock(&scrub->lock);
    return closing;
}

static void tell(struct net_scrub *scrub)
{
    const struct ledger_verify_report *report = &scrub->scrub.report;
    char where[100];
    struct base_err err = {0};
    if (atomic_exchange(&scrub->has_found, true))
        return;
    if (report->seq == LEDGER_SEQ_NONE)
        snprintf(where, sizeof where, "%s", ledger_finding_name(report->finding));
    else
        snprintf(where, sizeof where, "%s, entry %" PRIu64, ledger_finding_name(report->finding),
                 (uint64_t)report->seq);
    if (net_alarms_note(scrub->dir, "the stored log is damaged", where, &err) != 0)
        net_log_fault("scrub", scrub->name, &err);
    NET_LOG(NET_LOG_ERROR, "scrub", "the stored log is damaged", NET_S("school", scrub->name),
            NET_S("finding", ledger_finding_name(report->finding)),
            NET_I("entry", report->seq == LEDGER_SEQ_NONE ? -1 : (int64_t)report->seq));
}

static void *thread_run(void *data)
{
    struct net_scrub *scrub = data;
    unsigned pause_ms = NET_SCRUB_STEP_MS;
    while (!pause_for(scrub, pause_ms)) {
        struct base_err err = {0};
        int answer = ledger_scrub_step(&scrub->scrub, scrub->log, &err);
        pause_ms = answer > 0 ? NET_SCRUB_PASS_MS : NET_SCRUB_STEP_MS;
        if (answer == LEDGER_SCRUB_PASSED)
            atomic_store(&scrub->passed_ms, now_ms());
        else if (answer == LEDGER_SCRUB_FOUND)
            tell(scrub);
        else if (answer < 0)
            net_log_fault("scrub", scrub->name, &err);
    }
    return NULL;
}

int net_scrub_open(const char *name, const char *dir, struct ledger_log *log,
                   struct net_scrub **out_scrub, struct base_err *err)
{
    pthread_condattr_t attributes;
    struct net_scrub *scrub = calloc(1, sizeof *scrub);
    if (scrub == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "scrub");
    scrub->name = name;
    scrub->dir = dir;
    scrub->log = log;
    atomic_store(&scrub->passed_ms, now_ms());
    pthread_mutex_init(&scrub->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&scrub->close, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&scrub->thread, NULL, thread_run, scrub) != 0) {
        pthread_cond_destroy(&scrub->close);
        pthread_mutex_destroy(&scrub->lock);
        free(scrub);
        return BASE_FAIL(err, BASE_E_MEMORY, "no thread for the scrub");
    }
    *out_scrub = scrub;
    return 0;
}

void net_scrub_close(struct net_scrub *scrub)
{
    if (scrub == NULL)
        return;
    pthread_mutex_lock(&scrub->lock);
    scrub->closing = true;
    pthread_cond_signal(&scrub->close);
    pthread_mutex_unlock(&scrub->lock);
    pthread_join(scrub->thread, NULL);
    pthread_cond_destroy(&scrub->close);
    pthread_mutex_destroy(&scrub->lock);
    free(scrub);
}

uint64_t net_scrub_age_s(struct net_scrub *scrub)
{
    int64_t age_ms = now_ms() - atomic_load(&scrub->passed_ms);
    return age_ms < 0 ? 0 : (uint64_t)age_ms / 1000;
}

bool net_scrub_has_found(struct net_scrub *scrub)
{
    return atomic_load(&scrub->has_found);
}
