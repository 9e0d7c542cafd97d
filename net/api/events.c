/* Events come in (specs/api.md, `POST /api/events`).
 *
 * The happy path: the pool takes the body apart and verifies each signature; the loop queues the
 * submissions in their order; the writer's thread answers each when it is durable, and the last
 * answer brings the call back to the loop.
 *
 * What can fail: a submission is refused, by the pool (form, signature) or by the writer (rights,
 * state): it says so in its own place of the answer, and the others go on. The queue is full or the
 * log has stopped: nothing of that submission happened, the answer is 503 and sending all again is
 * right, since what is in the log already is met by its id. Author or address sent too much
 * (net/api/toll.h): nothing of the whole request happened, the answer is 429. */
#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ledger/judge.h"
#include "ledger/sequencer.h"
#include "net/alarms.h"
#include "net/api/routes.h"
#include "net/api/toll.h"
#include "net/limits.h"
#include "net/log.h"

struct item {
    struct batch *batch;
    struct ledger_submission submission;
    bool parsed; /* `submission` must be released */
    struct ledger_receipt receipt;
    struct net_toll toll;
};

struct batch {
    struct net_call *call;
    atomic_uint waiting; /* items under way, and one for the hand that submits */
    uint32_t count;
    bool had_differed;       /* no table was asked */
    struct base_buf address; /* who pays; on the loop */
    struct item items[];     /* as many as the request has: one is more than a kilobyte */
};

static void release_batch(void *data)
{
    struct batch *batch = data;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (batch->items[i].parsed)
            ledger_submission_release(&batch->items[i].submission);
        net_toll_release(&batch->items[i].toll);
    }
    base_buf_release(&batch->address);
    free(batch);
}

static struct batch *make_batch(struct net_call *call, uint32_t count)
{
    struct base_err err = {0};
    assert(count <= NET_API_EVENT_COUNT_MAX);
    struct batch *batch = calloc(1, sizeof *batch + count * sizeof batch->items[0]);
    if (batch == NULL) {
        BASE_FAIL(&err, BASE_E_MEMORY, "events");
        net_call_fault(call, &err);
        return NULL;
    }
    batch->call = call;
    batch->had_differed = ledger_judge_has_differed(net_app_judge(call->app));
    call->data = batch;
    call->release = release_batch;
    return batch;
}

static struct net_toll_payer payer_of(struct net_call *call, const struct base_buf *address)
{
    return (struct net_toll_payer){.brakes = net_app_brakes(call->app),
                                   .address = base_buf_bytes(address),
                                   .now_ms = net_loop_now_ms(net_app_loop(call->app))};
}

bool net_api_events_begin(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) address = {0};
    net_call_put_address(call, &address);
    const struct net_toll_payer payer = payer_of(call, &address);
    if (net_toll_enter(&payer))
        return true;
    net_call_error(call, NET_ERROR_TOO_MANY_ATTEMPTS, NULL);
    net_call_answer(call);
    return false;
}

/* Fills in code and refusal when the submission cannot go to the writer. */
static void read_item(struct net_call *call, struct proj_txn *txn, struct item *item,
                      struct base_bytes wire)
{
    struct base_err err = {0};
    struct ledger_receipt *receipt = &item->receipt;
    const struct ledger_admission *admission =
        proj_engine_admission(net_school_engine(call->school));
    int rc = ledger_submission_parse(wire, &item->submission, &receipt->refusal, &err);
    if (rc == 0) {
        item->parsed = true;
        rc = ledger_submission_judge(admission, net_app_judge(call->app), &item->submission,
                                     &receipt->refusal, &err);
    }
    if (rc == 0)
        net_toll_read(&item->toll, call, txn, &item->submission);
    if (rc < 0)
        net_call_fault(call, &err);
    else
        receipt->code = rc;
}

static bool body_is_msgpack(struct net_call *call)
{
    const char *type = net_request_header(call->request, "content-type");
    static const char msgpack[] = "application/msgpack";
    return type != NULL && strncmp(type, msgpack, sizeof msgpack - 1) == 0;
}

/* A verdict has differed since this batch was begun; whoever is there first may be several. */
static void note_difference(struct net_call *call, const struct batch *batch)
{
    struct base_err err = {0};
    if (batch->had_differed || !ledger_judge_has_differed(net_app_judge(call->app)))
        return;
    if (net_alarms_note(net_school_dir(call->school), "a verdict was not libsodium's",
                        "the server's log names the event; start with --reference", &err) != 0)
        net_log_fault("signatures", net_school_dir(call->school), &err);
}

static void read_items(struct net_call *call, const struct ledger_canon_value *array)
{
    struct ledger_canon_value value;
    struct base_err err = {0};
    struct proj_txn *txn = NULL; /* whose keys they are */
    struct batch *batch = make_batch(call, array->count);
    if (batch == NULL)
        return;
    if (proj_engine_read(net_school_engine(call->school), &txn, &err) != 0) {
        net_call_fault(call, &err);
        return;
    }
    struct ledger_canon_reader reader = ledger_canon_reader_of(array->bytes);
    while (ledger_canon_step(&reader, &value) && !net_call_failed(call)) {
        struct item *item = &batch->items[batch->count++];
        item->batch = batch;
        read_item(call, txn, item, value.raw);
    }
    if (proj_txn_fault(txn, &err) != 0)
        net_call_fault(call, &err);
    note_difference(call, batch);
    proj_txn_end(txn);
    assert(net_call_failed(call) || batch->count == array->count);
}

void net_api_events_work(struct net_call *call)
{
    struct ledger_canon_value array;
    if (!body_is_msgpack(call)) {
        net_call_error(call, NET_ERROR_MEDIA_TYPE, NULL);
        return;
    }
    if (ledger_canon_check(net_request_body(call->request), &array) != NULL ||
        array.type != LEDGER_CANON_ARRAY || array.count == 0 ||
        array.count > NET_API_EVENT_COUNT_MAX) {
        net_call_error(call, NET_ERROR_BAD_BODY, NULL);
        return;
    }
    read_items(call, &array);
}

static void put_refused(struct base_buf *out, const struct ledger_receipt *receipt)
{
    const struct ledger_refusal_text *text = proj_refusal_text_of(receipt->code);
    const char *field = receipt->refusal.field;
    struct base_buf BASE_CLEANUP(base_buf_release) sentence = {0};
    assert(text != NULL);
    ledger_canon_put_map(out, 5);
    proj_put_int(out, "code", receipt->code);
    proj_put_str(out, "error", text->name);
    if (field[0] != '\0')
        proj_put_str(out, "field", field);
    else
        proj_put_nil(out, "field");
    net_refusal_put_text(&sentence, text->ru, field);
    proj_put_text(out, "ru", base_buf_bytes(&sentence));
    base_buf_reset(&sentence);
    net_refusal_put_text(&sentence, text->en, field);
    proj_put_text(out, "en", base_buf_bytes(&sentence));
    out->failed |= sentence.failed;
}

static void put_accepted(struct base_buf *out, const struct ledger_receipt *receipt)
{
    ledger_canon_put_map(out, 5);
    proj_put_int(out, "code", 0);
    proj_put_seq(out, "seq", receipt->seq);
    proj_put_int(out, "recorded", receipt->recorded_ms);
    proj_put_hash(out, "id", receipt->id.bytes);
    proj_put_bool(out, "known", receipt->known);
}

static bool is_passing(const struct ledger_receipt *receipt)
{
    return receipt->code == LEDGER_REFUSED_BUSY || receipt->code == LEDGER_REFUSED_STOPPED ||
           receipt->code == LEDGER_REFUSED_SIGNER_AWAY;
}

/* What is new stays paid. */
static void settle(const struct net_toll_payer *payer, struct item *item)
{
    const struct ledger_receipt *receipt = &item->receipt;
    if (is_passing(receipt) || (receipt->code == 0 && receipt->known))
        net_toll_return(payer, &item->toll);
    else if (receipt->code != 0)
        net_toll_fine(payer, &item->toll);
}

static void answer(struct net_call *call)
{
    struct batch *batch = call->data;
    const struct net_app_counters *counters = net_app_counters(call->app);
    const struct net_toll_payer payer = payer_of(call, &batch->address);
    call->status = 200;
    ledger_canon_put_array(&call->out, batch->count);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct ledger_receipt *receipt = &batch->items[i].receipt;
        settle(&payer, &batch->items[i]);
        if (receipt->code == 0) {
            put_accepted(&call->out, receipt);
            net_metric_add(receipt->known ? counters->known : counters->accepted, 1);
            if (!receipt->known)
                ledger_judge_admitted(net_app_judge(call->app),
                                      &batch->items[i].submission.event.key);
            continue;
        }
        put_refused(&call->out, receipt);
        net_metric_add(counters->refused, 1);
        if (is_passing(receipt))
            call->status = 503;
        else if (call->status == 200)
            call->status = 422;
    }
    net_call_answer(call);
}

static void on_all_done(struct net_task *task)
{
    answer((struct net_call *)(void *)((char *)task - offsetof(struct net_call, task)));
}

static bool is_about_breach(const struct ledger_submission *submission)
{
    static const char prefix[] = "breach.";
    return submission->event.kind.len >= sizeof prefix - 1 &&
           memcmp(submission->event.kind.data, prefix, sizeof prefix - 1) == 0;
}

/* On the writer's thread. */
static void on_done(void *data, const struct ledger_receipt *receipt, const struct base_err *fault)
{
    struct item *item = data;
    struct batch *batch = item->batch;
    struct net_call *call = batch->call;
    assert(fault == NULL || receipt->code != 0);
    item->receipt = *receipt;
    if (receipt->code == 0 && !receipt->known && is_about_breach(&item->submission))
        net_live_breach(net_school_live(call->school), receipt->seq);
    if (atomic_fetch_sub(&batch->waiting, 1) == 1) {
        call->task.run = on_all_done;
        net_loop_post(net_app_loop(call->app), &call->task);
    }
}

/* Since these were judged a table has been found to err: libsodium's word, on the loop for once. */
static void judge_again(const struct batch *batch, struct item *item)
{
    const struct ledger_submission *submission = &item->submission;
    if (item->receipt.code != 0 || batch->had_differed ||
        ledger_event_verify(submission->event_bytes, &submission->event.key,
                            &submission->signatures[0]))
        return;
    item->receipt.code =
        ledger_refuse(&item->receipt.refusal, LEDGER_REFUSED_BAD_SIGNATURE, "signatures[0]");
}

/* For all, or for none. */
static bool pay(struct net_call *call, struct batch *batch)
{
    net_call_put_address(call, &batch->address);
    const struct net_toll_payer payer = payer_of(call, &batch->address);
    uint32_t paid = 0;
    while (paid < batch->count && net_toll_pay(&payer, &batch->items[paid].toll))
        paid++;
    if (paid == batch->count)
        return true;
    while (paid-- > 0)
        net_toll_return(&payer, &batch->items[paid].toll);
    net_metric_add(net_app_counters(call->app)->held, batch->count);
    net_call_error(call, NET_ERROR_TOO_MANY_ATTEMPTS, NULL);
    return false;
}

void net_api_events_answer(struct net_call *call)
{
    struct batch *batch = call->data;
    if (!pay(call, batch)) {
        net_call_answer(call);
        return;
    }
    struct ledger_sequencer *sequencer = net_school_sequencer(call->school);
    bool has_differed = ledger_judge_has_differed(net_app_judge(call->app));
    atomic_store(&batch->waiting, batch->count + 1);
    unsigned settled = 1;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];
        if (has_differed)
            judge_again(batch, item);
        if (item->receipt.code != 0) {
            settled++;
            continue;
        }
        /* From here on the receipt is the writer's, unless submitting fails. */
        int rc = sequencer == NULL
                     ? BASE_E_STOPPED
                     : ledger_sequencer_submit(sequencer, &item->submission, on_done, item, NULL);
        if (rc != 0) {
            settled++;
            item->receipt.code = rc == BASE_E_BUSY ? LEDGER_REFUSED_BUSY : LEDGER_REFUSED_STOPPED;
        }
    }
    if (atomic_fetch_sub(&batch->waiting, settled) == settled)
        answer(call);
}
