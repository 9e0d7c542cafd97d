/* Parallel loops. A run is announced by its number; helpers take indices off one shared counter
 * until none is left, then report. What can fail: fewer threads than asked for can be started; the
 * loop then runs with those there are. */
#include "ledger/parallel.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct ledger__parallel {
    pthread_t threads[LEDGER__PARALLEL_MAX];
    unsigned helper_count;

    atomic_uint next; /* index to be taken */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t start;
    pthread_cond_t done;
    uint64_t run; /* number of the present run */
    unsigned busy_count;
    bool closing;
    uint32_t count;
    void (*each)(void *data, uint32_t i);
    void *data;
};

static void indices_work(struct ledger__parallel *parallel, uint32_t count,
                         void (*each)(void *data, uint32_t i), void *data)
{
    for (uint32_t i; (i = atomic_fetch_add(&parallel->next, 1)) < count;)
        each(data, i);
}

static void *helper_run(void *handle)
{
    struct ledger__parallel *parallel = handle;
    uint64_t seen = 0;
    pthread_mutex_lock(&parallel->lock);
    for (;;) {
        while (parallel->run == seen && !parallel->closing)
            pthread_cond_wait(&parallel->start, &parallel->lock);
        if (parallel->closing)
            break;
        seen = parallel->run;
        pthread_mutex_unlock(&parallel->lock);
        /* The loop's fields stay as they are until every helper has reported. */
        indices_work(parallel, parallel->count, parallel->each, parallel->data);
        pthread_mutex_lock(&parallel->lock);
        if (--parallel->busy_count == 0)
            pthread_cond_signal(&parallel->done);
    }
    pthread_mutex_unlock(&parallel->lock);
    return NULL;
}

int ledger__parallel_open(unsigned thread_count, struct ledger__parallel **out_parallel,
                          struct base_err *err)
{
    if (thread_count == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        thread_count = online < 1 ? 1u : (unsigned)online;
    }
    if (thread_count > LEDGER__PARALLEL_MAX)
        thread_count = LEDGER__PARALLEL_MAX;
    struct ledger__parallel *parallel = calloc(1, sizeof *parallel);
    if (parallel == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for helper threads");
    pthread_mutex_init(&parallel->lock, NULL);
    pthread_cond_init(&parallel->start, NULL);
    pthread_cond_init(&parallel->done, NULL);
    while (parallel->helper_count + 1 < thread_count &&
           pthread_create(&parallel->threads[parallel->helper_count], NULL, helper_run, parallel) ==
               0)
        parallel->helper_count++;
    *out_parallel = parallel;
    return 0;
}

void ledger__parallel_close(struct ledger__parallel *parallel)
{
    if (parallel == NULL)
        return;
    pthread_mutex_lock(&parallel->lock);
    assert(parallel->busy_count == 0);
    parallel->closing = true;
    pthread_cond_broadcast(&parallel->start);
    pthread_mutex_unlock(&parallel->lock);
    for (unsigned i = 0; i < parallel->helper_count; i++)
        pthread_join(parallel->threads[i], NULL);
    pthread_cond_destroy(&parallel->done);
    pthread_cond_destroy(&parallel->start);
    pthread_mutex_destroy(&parallel->lock);
    free(parallel);
}

void ledger__parallel_run(struct ledger__parallel *parallel, uint32_t count,
                          void (*each)(void *data, uint32_t i), void *data)
{
    pthread_mutex_lock(&parallel->lock);
    assert(parallel->busy_count == 0);
    atomic_store(&parallel->next, 0);
    parallel->count = count;
    parallel->each = each;
    parallel->data = data;
    parallel->busy_count = parallel->helper_count;
    parallel->run++;
    pthread_cond_broadcast(&parallel->start);
    pthread_mutex_unlock(&parallel->lock);
    indices_work(parallel, count, each, data);
    pthread_mutex_lock(&parallel->lock);
    while (parallel->busy_count > 0)
        pthread_cond_wait(&parallel->done, &parallel->lock);
    pthread_mutex_unlock(&parallel->lock);
}
