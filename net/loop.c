/* The loop is libuv's. Tasks from other threads go through a list under a mutex and one uv_async;
 * several posts may make one wake-up, which then takes the whole list.
 * What can fail: creating handles (memory, descriptors), reported to the caller. Posting cannot. */
#include "net/loop.h"

#include "net/limits.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#define SIGNAL_COUNT_MAX 8u

struct net_loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_mutex_t lock; /* guards first, last: the only fields that other threads touch */
    struct net_task *first;
    struct net_task *last;
    struct loop_signal {
        uv_signal_t uv;
        void (*fire)(void *data);
        void *data;
    } signals[SIGNAL_COUNT_MAX];
    size_t signal_count;
    size_t work_count;
    bool is_stopped;
};

struct net_timer {
    uv_timer_t uv;
    void (*fire)(void *data);
    void *data;
};

struct work {
    uv_work_t uv;
    struct net_loop *loop;
    void (*work)(void *data);
    void (*done)(void *data);
    void *data;
};

static void loop_run_tasks(struct net_loop *loop)
{
    uv_mutex_lock(&loop->lock);
    struct net_task *task = loop->first;
    loop->first = NULL;
    loop->last = NULL;
    uv_mutex_unlock(&loop->lock);
    while (task != NULL) {
        struct net_task *next = task->next;
        task->next = NULL;
        task->run(task);
        task = next;
    }
}

static void on_wake(uv_async_t *wake)
{
    loop_run_tasks(wake->data);
}

int net_loop_new(struct net_loop **out_loop, struct base_err *err)
{
    struct net_loop *loop = calloc(1, sizeof(*loop));
    if (loop == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "loop");
    int rc = uv_loop_init(&loop->uv);
    if (rc != 0)
        goto fail;
    rc = uv_mutex_init(&loop->lock);
    if (rc != 0)
        goto fail_loop;
    rc = uv_async_init(&loop->uv, &loop->wake, on_wake);
    if (rc != 0)
        goto fail_lock;
    loop->wake.data = loop;
    *out_loop = loop;
    return 0;

fail_lock:
    uv_mutex_destroy(&loop->lock);
fail_loop:
    uv_loop_close(&loop->uv);
fail:
    free(loop);
    return BASE_FAIL(err, BASE_E_IO, "loop: %s", uv_strerror(rc));
}

void net_loop_run(struct net_loop *loop)
{
    signal(SIGPIPE, SIG_IGN);
    loop->is_stopped = false;
    while (!loop->is_stopped)
        uv_run(&loop->uv, UV_RUN_ONCE);
}

void net_loop_stop(struct net_loop *loop)
{
    loop->is_stopped = true;
    uv_stop(&loop->uv);
}

void net_loop_free(struct net_loop *loop)
{
    if (loop == NULL)
        return;
    while (loop->work_count > 0)
        uv_run(&loop->uv, UV_RUN_ONCE);
    while (loop->first != NULL)
        loop_run_tasks(loop);
    for (size_t i = 0; i < loop->signal_count; i++)
        uv_close((uv_handle_t *)&loop->signals[i].uv, NULL);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&loop->uv);
    assert(rc == 0 && "a timer or a server outlived its loop");
    (void)rc;
    uv_mutex_destroy(&loop->lock);
    free(loop);
}

uint64_t net_loop_now_ms(const struct net_loop *loop)
{
    return uv_now(&loop->uv);
}

struct uv_loop_s *net__loop_uv(struct net_loop *loop)
{
    return &loop->uv;
}

void net_loop_post(struct net_loop *loop, struct net_task *task)
{
    assert(task->run != NULL);
    task->next = NULL;
    uv_mutex_lock(&loop->lock);
    if (loop->last != NULL)
        loop->last->next = task;
    else
        loop->first = task;
    loop->last = task;
    uv_mutex_unlock(&loop->lock);
    int rc = uv_async_send(&loop->wake);
    assert(rc == 0);
    (void)rc;
}

static void on_work(uv_work_t *uv)
{
    struct work *work = uv->data;
    work->work(work->data);
}

static void on_work_done(uv_work_t *uv, int status)
{
    struct work *work = uv->data;
    assert(status == 0); /* nothing here cancels work */
    (void)status;
    assert(work->loop->work_count > 0);
    work->loop->work_count--;
    work->done(work->data);
    free(work);
}

int net_work(struct net_loop *loop, void (*work)(void *data), void (*done)(void *data), void *data,
             struct base_err *err)
{
    if (loop->work_count >= NET_WORK_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_BUSY, "%u jobs are waiting", NET_WORK_COUNT_MAX);
    struct work *job = calloc(1, sizeof(*job));
    if (job == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "work");
    *job = (struct work){.loop = loop, .work = work, .done = done, .data = data};
    job->uv.data = job;
    int rc = uv_queue_work(&loop->uv, &job->uv, on_work, on_work_done);
    if (rc != 0) {
        free(job);
        return BASE_FAIL(err, BASE_E_IO, "work: %s", uv_strerror(rc));
    }
    loop->work_count++;
    return 0;
}

size_t net_work_count(const struct net_loop *loop)
{
    return loop->work_count;
}

static void on_timer(uv_timer_t *uv)
{
    struct net_timer *timer = uv->data;
    timer->fire(timer->data);
}

static void on_timer_closed(uv_handle_t *uv)
{
    free(uv->data);
}

int net_timer_new(struct net_loop *loop, void (*fire)(void *data), void *data,
                  struct net_timer **out_timer, struct base_err *err)
{
    struct net_timer *timer = calloc(1, sizeof(*timer));
    if (timer == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "timer");
    timer->fire = fire;
    timer->data = data;
    int rc = uv_timer_init(&loop->uv, &timer->uv);
    if (rc != 0) {
        free(timer);
        return BASE_FAIL(err, BASE_E_IO, "timer: %s", uv_strerror(rc));
    }
    timer->uv.data = timer;
    *out_timer = timer;
    return 0;
}

void net_timer_start(struct net_timer *timer, uint64_t first_ms, uint64_t repeat_ms)
{
    /* The loop's idea of now is as old as its last wake-up. */
    uv_update_time(timer->uv.loop);
    uv_timer_start(&timer->uv, on_timer, first_ms, repeat_ms);
}

void net_timer_stop(struct net_timer *timer)
{
    uv_timer_stop(&timer->uv);
}

void net_timer_close(struct net_timer *timer)
{
    if (timer != NULL)
        uv_close((uv_handle_t *)&timer->uv, on_timer_closed);
}

static void on_signal(uv_signal_t *uv, int signum)
{
    struct loop_signal *entry = uv->data;
    (void)signum;
    entry->fire(entry->data);
}

int net_loop_on_signal(struct net_loop *loop, int signum, void (*fire)(void *data), void *data,
                       struct base_err *err)
{
    if (loop->signal_count == SIGNAL_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "more than %u signals", SIGNAL_COUNT_MAX);
    struct loop_signal *entry = &loop->signals[loop->signal_count];
    int rc = uv_signal_init(&loop->uv, &entry->uv);
    if (rc != 0)
        return BASE_FAIL(err, BASE_E_IO, "signal %d: %s", signum, uv_strerror(rc));
    loop->signal_count++;
    entry->uv.data = entry;
    entry->fire = fire;
    entry->data = data;
    rc = uv_signal_start(&entry->uv, on_signal, signum);
    if (rc != 0)
        return BASE_FAIL(err, BASE_E_IO, "signal %d: %s", signum, uv_strerror(rc));
    return 0;
}
