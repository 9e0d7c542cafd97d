/* One lock, one condition, and three states: idle, busy, closing. */
#include "ledger/relay.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct ledger__relay {
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t change;
    void (*task)(void *data); /* NULL: idle */
    void *data;
    bool closing;
};

static void *relay_run(void *handle)
{
    struct ledger__relay *relay = handle;
    pthread_mutex_lock(&relay->lock);
    for (;;) {
        while (relay->task == NULL && !relay->closing)
            pthread_cond_wait(&relay->change, &relay->lock);
        if (relay->task == NULL)
            break;
        pthread_mutex_unlock(&relay->lock);
        relay->task(relay->data); /* stays as it is until this thread clears it */
        pthread_mutex_lock(&relay->lock);
        relay->task = NULL;
        pthread_cond_broadcast(&relay->change);
    }
    pthread_mutex_unlock(&relay->lock);
    return NULL;
}

int ledger__relay_open(struct ledger__relay **out_relay, struct base_err *err)
{
    struct ledger__relay *relay = calloc(1, sizeof *relay);
    *out_relay = NULL;
    if (relay == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for a thread");
    pthread_mutex_init(&relay->lock, NULL);
    pthread_cond_init(&relay->change, NULL);
    if (pthread_create(&relay->thread, NULL, relay_run, relay) == 0) {
        *out_relay = relay;
        return 0;
    }
    pthread_cond_destroy(&relay->change);
    pthread_mutex_destroy(&relay->lock);
    free(relay);
    return 0;
}

void ledger__relay_close(struct ledger__relay *relay)
{
    if (relay == NULL)
        return;
    pthread_mutex_lock(&relay->lock);
    relay->closing = true;
    pthread_cond_broadcast(&relay->change);
    pthread_mutex_unlock(&relay->lock);
    pthread_join(relay->thread, NULL);
    pthread_cond_destroy(&relay->change);
    pthread_mutex_destroy(&relay->lock);
    free(relay);
}

void ledger__relay_start(struct ledger__relay *relay, void (*task)(void *data), void *data)
{
    if (relay == NULL) {
        task(data);
        return;
    }
    pthread_mutex_lock(&relay->lock);
    assert(relay->task == NULL);
    relay->task = task;
    relay->data = data;
    pthread_cond_broadcast(&relay->change);
    pthread_mutex_unlock(&relay->lock);
}

void ledger__relay_wait(struct ledger__relay *relay)
{
    if (relay == NULL)
        return;
    pthread_mutex_lock(&relay->lock);
    while (relay->task != NULL)
        pthread_cond_wait(&relay->change, &relay->lock);
    pthread_mutex_unlock(&relay->lock);
}
