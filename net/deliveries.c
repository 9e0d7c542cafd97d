#include "net/deliveries.h"

#include <stdlib.h>

#include "net/limits.h"
#include "projections/views/roll.h"

struct deliveries {
    struct proj_view *view;
    const struct proj_roll *roll; /* of the class; NULL: the reader's own */
    struct net_message *list;
    size_t count, capacity;
    bool failed;
};

static void take(void *data, const struct net_message *message)
{
    struct deliveries *d = data;
    bool wanted = d->roll != NULL
                      ? proj_roll_find(d->roll, message->cause.pupil) >= 0
                      : memcmp(message->cause.account, d->view->account, LEDGER_ID_LEN) == 0;
    if (!wanted)
        return;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity == 0 ? 256 : 2 * d->capacity;
        struct net_message *grown = realloc(d->list, capacity * sizeof *grown);
        d->failed |= grown == NULL;
        if (grown == NULL)
            return;
        d->list = grown;
        d->capacity = capacity;
    }
    d->list[d->count++] = *message;
}

/* The newest first. */
static int by_time(const void *a, const void *b)
{
    const struct net_message *x = a;
    const struct net_message *y = b;
    if (x->queued_ms != y->queued_ms)
        return x->queued_ms > y->queued_ms ? -1 : 1;
    return memcmp(x->id, y->id, sizeof x->id);
}

static void put_time(struct base_buf *out, const char *key, base_time_ms ms, bool there)
{
    if (there && ms > 0)
        proj_put_int(out, key, ms);
    else
        proj_put_nil(out, key);
}

static void put_message(struct proj_view *view, const struct net_message *message)
{
    struct base_buf *out = view->out;
    const struct proj_cause *cause = &message->cause;
    char name[PROJ_NAME_LEN_MAX];
    bool is_done = net_message_is_done(message->state);
    ledger_canon_put_map(out, 16);
    proj_put_key(out, "id");
    ledger_canon_put_bin(out, message->id, sizeof message->id);
    proj_put_id(out, "account", cause->account);
    proj_view_account_full_name(view, cause->account, name);
    proj_put_str(out, "name", name);
    proj_put_id(out, "pupil", cause->pupil);
    proj_view_pupil_name(view, cause->pupil, name);
    proj_put_str(out, "pupil_name", name);
    proj_put_int(out, "wants", cause->wants);
    proj_put_seq(out, "seq", cause->seq);
    proj_put_str(out, "state", net_message_state_name(message->state));
    proj_put_str(out, "way", net_message_way_name(message->way));
    proj_put_int(out, "attempts", message->attempts);
    proj_put_int(out, "status", message->status);
    proj_put_int(out, "queued", message->queued_ms);
    put_time(out, "next", message->next_ms, !is_done);
    put_time(out, "done", message->done_ms, is_done);
    proj_put_str(out, "reason", message->reason);
    proj_put_bool(out, "repeated", message->repeated);
}

static void put_all(struct deliveries *d, bool sending)
{
    struct base_buf *out = d->view->out;
    size_t shown = d->count < NET_DELIVERIES_COUNT_MAX ? d->count : NET_DELIVERIES_COUNT_MAX;
    if (d->count > 0)
        qsort(d->list, d->count, sizeof *d->list, by_time);
    ledger_canon_put_map(out, 3);
    proj_put_bool(out, "sending", sending);
    proj_put_bool(out, "more", shown < d->count);
    proj_put_key(out, "messages");
    ledger_canon_put_array(out, (uint32_t)shown);
    for (size_t i = 0; i < shown; i++)
        put_message(d->view, &d->list[i]);
}

int net_deliveries_put(struct proj_view *view, const uint8_t *class_id,
                       net_deliveries_source *source, void *source_data, struct base_err *err)
{
    struct proj_roll roll = {0};
    struct deliveries d = {.view = view, .roll = class_id != NULL ? &roll : NULL};
    int answer = class_id != NULL ? proj_may_lead_class(view, class_id) : PROJ_VIEW_DONE;
    if (answer != PROJ_VIEW_DONE)
        return answer;
    if (class_id != NULL)
        proj_roll_read(view, class_id, INT32_MIN, INT32_MAX, &roll);
    int rc = source != NULL ? source(source_data, take, &d, err) : 0;
    if (rc == 0 && d.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "deliveries");
    if (rc == 0)
        put_all(&d, source != NULL);
    proj_roll_free(&roll);
    free(d.list);
    return rc;
}
