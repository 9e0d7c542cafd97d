/* News gathers under a mutex; the first of it posts a task. On the loop the task takes all of it
 * and starts a round: a list of subscribers as they are now, and of changed pages. The pool fills
 * in who may know what; the end of the round sends it to those who are still there (both lists are
 * in the order of subscribing, so they are walked side by side).
 *
 * What can fail: memory or the store during a round. Then nobody was told anything, so all streams
 * are closed: clients come back by themselves and ask for everything anew. The same is done when
 * more pages changed than are worth naming. */
#include "net/live.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "net/limits.h"
#include "net/log.h"
#include "net/stream.h"
#include "projections/views/view.h"

struct subscriber {
    struct net_live *live;
    struct subscriber *prev, *next;
    struct net_stream *stream;
    uint64_t serial;
    struct net_session session;
};

struct news {
    bool has_head;
    bool everything; /* too many pages to name */
    struct ledger_head head;
    struct proj_touch touches[NET_LIVE_TOUCH_COUNT_MAX]; /* one for each page */
    unsigned touch_count;
    ledger_seq breaches[NET_LIVE_BREACH_COUNT_MAX];
    unsigned breach_count;
};

struct listener {
    uint64_t serial;
    struct net_session session;
    bool ended;
    bool may[NET_LIVE_TOUCH_COUNT_MAX];
};

struct round {
    struct net_live *live;
    struct news news;
    struct listener *listeners;
    size_t count;
    struct base_err fault;
};

struct net_live {
    struct net_task task;
    struct net_live_options options;
    struct net_timer *timer;
    struct subscriber *first, *last;
    size_t count;
    uint64_t serial;
    bool working; /* a round is on the pool */
    bool stopped;

    pthread_mutex_t lock; /* guards the following */
    bool posted;          /* the task is on its way to the loop */
    struct news news;
};

static void start_round(struct net_live *live);

static void on_task(struct net_task *task)
{
    struct net_live *live = (struct net_live *)task;
    static_assert(offsetof(struct net_live, task) == 0, "the task is the hub");
    pthread_mutex_lock(&live->lock);
    live->posted = false;
    pthread_mutex_unlock(&live->lock);
    if (!live->working && !live->stopped)
        start_round(live);
}

/* Streams whose session has run out are not closed by any event, so somebody must look. */
static void sweep(void *data)
{
    struct net_live *live = data;
    base_time_ms now = live->options.clock.now_ms(live->options.clock.data);
    for (struct subscriber *s = live->first; s != NULL; s = s->next)
        if (s->stream != NULL && s->session.expires_ms <= now)
            net_stream_close(s->stream);
}

int net_live_new(const struct net_live_options *options, struct net_live **out_live,
                 struct base_err *err)
{
    struct net_live *live = calloc(1, sizeof *live);
    if (live == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "live updates");
    live->options = *options;
    live->task.run = on_task;
    int rc = net_timer_new(options->loop, sweep, live, &live->timer, err);
    if (rc != 0) {
        free(live);
        return rc;
    }
    pthread_mutex_init(&live->lock, NULL);
    net_timer_start(live->timer, NET_LIVE_SWEEP_MS, NET_LIVE_SWEEP_MS);
    *out_live = live;
    return 0;
}

static void close_all(struct net_live *live)
{
    for (struct subscriber *s = live->first; s != NULL; s = s->next)
        net_stream_close(s->stream);
}

void net_live_stop(struct net_live *live)
{
    if (live->stopped)
        return;
    live->stopped = true;
    net_timer_close(live->timer);
    close_all(live);
}

void net_live_free(struct net_live *live)
{
    if (live == NULL)
        return;
    pthread_mutex_destroy(&live->lock);
    free(live);
}

size_t net_live_count(const struct net_live *live)
{
    return live->count;
}

/* Telling */

static void tell_head(struct subscriber *s, const struct ledger_head *head)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char root[2 * LEDGER_HASH_LEN + 1];
    base_hex(head->root.bytes, LEDGER_HASH_LEN, root);
    base_buf_printf(&text, "{\"size\":%llu,\"root\":\"%s\",\"recorded\":%lld}",
                    (unsigned long long)head->size, root, (long long)head->recorded_ms);
    net_stream_send(s->stream, "head", NULL, base_buf_bytes(&text));
}

static void tell_page(struct subscriber *s, const struct proj_touch *touch)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char group[2 * LEDGER_ID_LEN + 1];
    char subject[2 * LEDGER_ID_LEN + 1];
    char lesson[2 * LEDGER_ID_LEN + 1];
    base_hex(touch->group, LEDGER_ID_LEN, group);
    base_hex(touch->subject, LEDGER_ID_LEN, subject);
    base_hex(touch->lesson, LEDGER_ID_LEN, lesson);
    base_buf_printf(&text, "{\"group\":\"%s\",\"subject\":\"%s\",\"lesson\":", group, subject);
    if (memcmp(touch->lesson, proj_no_id, LEDGER_ID_LEN) == 0)
        base_buf_put_str(&text, "null");
    else
        base_buf_printf(&text, "\"%s\"", lesson);
    base_buf_printf(&text, ",\"seq\":%llu}", (unsigned long long)touch->seq);
    net_stream_send(s->stream, "page", NULL, base_buf_bytes(&text));
}

static void tell_breach(struct subscriber *s, ledger_seq seq)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_printf(&text, "{\"seq\":%llu}", (unsigned long long)seq);
    net_stream_send(s->stream, "breach", NULL, base_buf_bytes(&text));
}

static void tell(struct subscriber *s, const struct news *news, const struct listener *listener)
{
    if (news->has_head)
        tell_head(s, &news->head);
    for (unsigned i = 0; i < news->touch_count; i++)
        if (listener->may[i])
            tell_page(s, &news->touches[i]);
    for (unsigned i = 0; s->session.stratum < 3 && i < news->breach_count; i++)
        tell_breach(s, news->breaches[i]);
}

/* Rounds */

static void judge(struct round *round, struct proj_view *view, struct listener *listener)
{
    struct proj_actor actor;
    const struct net_session *session = &listener->session;
    listener->ended = session->expires_ms <= view->now_ms ||
                      !proj_actor_find(view->txn, &session->key, LEDGER_SEQ_NONE, &actor) ||
                      proj_key_is_closed(view->txn, &actor, LEDGER_SEQ_NONE) ||
                      proj_key_is_retired(view->txn, &actor, LEDGER_SEQ_NONE);
    if (listener->ended || session->stratum >= 3)
        return;
    memcpy(view->account, session->account, LEDGER_ID_LEN);
    for (unsigned i = 0; i < round->news.touch_count; i++)
        listener->may[i] =
            proj_may_read_page(view, round->news.touches[i].group, round->news.touches[i].subject);
}

static void work_round(void *data)
{
    struct round *round = data;
    struct net_live *live = round->live;
    struct base_buf unused = {0};
    struct proj_view view = {.out = &unused,
                             .now_ms = live->options.clock.now_ms(live->options.clock.data)};
    int rc = proj_engine_read(live->options.engine, &view.txn, &round->fault);
    if (rc == 0)
        rc = proj_view_begin(&view, &round->fault);
    for (size_t i = 0; rc == 0 && i < round->count; i++)
        judge(round, &view, &round->listeners[i]);
    if (rc == 0)
        rc = proj_view_end(&view, 0, &round->fault);
    proj_txn_end(view.txn);
    (void)rc; /* the fault's code says it */
}

/* True when there is news and no task on its way that would see to it. */
static bool news_wait(struct net_live *live)
{
    pthread_mutex_lock(&live->lock);
    bool wait = live->news.has_head && !live->posted;
    pthread_mutex_unlock(&live->lock);
    return wait;
}

static void end_round(void *data)
{
    struct round *round = data;
    struct net_live *live = round->live;
    size_t at = 0;
    live->working = false;
    if (round->fault.code != 0)
        net_log_fault("live", "nobody could be told", &round->fault);
    if (round->fault.code != 0 || round->news.everything)
        close_all(live);
    for (struct subscriber *s = live->first; s != NULL; s = s->next) {
        while (at < round->count && round->listeners[at].serial < s->serial)
            at++;
        if (at == round->count)
            break; /* the rest came after the round began, and knows its head */
        if (round->listeners[at].serial != s->serial)
            continue;
        if (round->listeners[at].ended) {
            net_sessions_close(live->options.sessions, s->session.id);
            net_stream_close(s->stream);
        } else {
            tell(s, &round->news, &round->listeners[at]);
        }
    }
    free(round->listeners);
    free(round);
    if (!live->stopped && news_wait(live))
        start_round(live);
}

static struct round *make_round(struct net_live *live)
{
    struct round *round = calloc(1, sizeof *round);
    if (round == NULL)
        return NULL;
    round->live = live;
    round->count = live->count;
    round->listeners = calloc(live->count + 1, sizeof *round->listeners);
    if (round->listeners == NULL) {
        free(round);
        return NULL;
    }
    size_t at = 0;
    for (struct subscriber *s = live->first; s != NULL; s = s->next)
        round->listeners[at++] = (struct listener){.serial = s->serial, .session = s->session};
    return round;
}

static void take_news(struct net_live *live, struct news *out_news)
{
    pthread_mutex_lock(&live->lock);
    *out_news = live->news;
    memset(&live->news, 0, sizeof live->news);
    pthread_mutex_unlock(&live->lock);
}

static void start_round(struct net_live *live)
{
    struct base_err err = {0};
    struct round *round = live->count == 0 ? NULL : make_round(live);
    struct news dropped;
    if (round == NULL) { /* nobody listens, or no memory to tell them */
        take_news(live, &dropped);
        close_all(live);
        return;
    }
    take_news(live, &round->news);
    live->working = true;
    if (net_work(live->options.loop, work_round, end_round, round, &err) != 0) {
        live->working = false;
        net_log_fault("live", "nobody could be told", &err);
        close_all(live);
        free(round->listeners);
        free(round);
    }
}

/* Subscribing */

static void on_stream_closed(void *data)
{
    struct subscriber *s = data;
    struct net_live *live = s->live;
    if (s->prev != NULL)
        s->prev->next = s->next;
    else
        live->first = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    else
        live->last = s->prev;
    live->count--;
    free(s);
}

void net_live_open(struct net_live *live, struct net_request *request,
                   const struct net_session *session)
{
    struct subscriber *s = calloc(1, sizeof *s);
    struct ledger_head head;
    struct net_stream *stream = NULL;
    if (s != NULL)
        stream = net_stream_open(request, on_stream_closed, s);
    else
        net_response_send(request, 503, NULL, base_bytes_of("", 0));
    if (stream == NULL) {
        free(s);
        return;
    }
    s->live = live;
    s->stream = stream;
    s->session = *session;
    s->serial = live->serial++;
    s->prev = live->last;
    if (live->last != NULL)
        live->last->next = s;
    else
        live->first = s;
    live->last = s;
    live->count++;
    ledger_log_head(live->options.log, &head);
    tell_head(s, &head);
    if (live->stopped)
        net_stream_close(stream);
}

void net_live_drop(struct net_live *live, const uint8_t session_id[32])
{
    for (struct subscriber *s = live->first; s != NULL; s = s->next)
        if (memcmp(s->session.id, session_id, 32) == 0)
            net_stream_close(s->stream);
}

/* On the sequencer's thread */

static void add_touch(struct news *news, const struct proj_touch *touch)
{
    if (memcmp(touch->group, proj_no_id, LEDGER_ID_LEN) == 0) {
        news->everything = true;
        return;
    }
    for (unsigned i = 0; i < news->touch_count; i++) {
        struct proj_touch *known = &news->touches[i];
        if (memcmp(known->group, touch->group, LEDGER_ID_LEN) != 0 ||
            memcmp(known->subject, touch->subject, LEDGER_ID_LEN) != 0)
            continue;
        if (memcmp(known->lesson, touch->lesson, LEDGER_ID_LEN) != 0)
            memset(known->lesson, 0, LEDGER_ID_LEN); /* several lessons: the whole page */
        known->seq = touch->seq;
        return;
    }
    if (news->touch_count == NET_LIVE_TOUCH_COUNT_MAX)
        news->everything = true;
    else
        news->touches[news->touch_count++] = *touch;
}

void net_live_touch(struct net_live *live, const struct proj_touch *touches, unsigned count)
{
    pthread_mutex_lock(&live->lock);
    for (unsigned i = 0; i < count; i++)
        add_touch(&live->news, &touches[i]);
    pthread_mutex_unlock(&live->lock);
}

void net_live_breach(struct net_live *live, ledger_seq seq)
{
    pthread_mutex_lock(&live->lock);
    struct news *news = &live->news;
    if (news->breach_count < NET_LIVE_BREACH_COUNT_MAX)
        news->breaches[news->breach_count++] = seq;
    else
        news->breaches[NET_LIVE_BREACH_COUNT_MAX - 1] = seq;
    pthread_mutex_unlock(&live->lock);
}

void net_live_publish(struct net_live *live, const struct ledger_head *head)
{
    pthread_mutex_lock(&live->lock);
    bool post = !live->posted;
    live->posted = true;
    live->news.head = *head;
    live->news.has_head = true;
    pthread_mutex_unlock(&live->lock);
    if (post)
        net_loop_post(live->options.loop, &live->task);
}
