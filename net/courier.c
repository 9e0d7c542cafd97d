/* A round: read what is new in the log, queue the week's digests when they are due, send what is
 * due. What a message says is made when it is sent, from the log as it is then: who has withdrawn
 * meanwhile is not written to, and what does not count any more is not announced. */
#include "net/courier.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "net/limits.h"
#include "net/log.h"
#include "net/mail.h"
#include "net/outbox.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define DIGEST_WEEKDAY 6 /* Saturday */
#define DIGEST_MINUTE (15 * 60)

struct net_courier {
    const struct net_messaging *messaging;
    struct ledger_log *log;
    struct proj_engine *engine;
    struct base_clock clock;
    char name[64];
    struct net_outbox *outbox;
    struct proj_outbox *causes;
    struct net_carrier *carrier;
    struct net_metric *sent, *failed, *delayed, *cancelled;
    pthread_t thread;
    atomic_bool closing;
    base_time_ms next_ms; /* when a message will be due */

    pthread_mutex_t lock; /* guards has_news */
    pthread_cond_t poked;
    bool has_news;
};

static base_time_ms now_of(const struct net_courier *courier)
{
    return courier->clock.now_ms(courier->clock.data);
}

/* Looking at the school */

struct look {
    struct proj_txn *txn;
    struct ledger_reader *reader;
    struct proj_view view;
    struct proj_school school;
};

static void look_end(struct look *look)
{
    proj_txn_end(look->txn);
    ledger_reader_close(look->reader);
}

static int look_begin(struct net_courier *courier, struct look *look, struct base_err *err)
{
    *look = (struct look){0};
    int rc = proj_engine_read(courier->engine, &look->txn, err);
    if (rc == 0)
        rc = ledger_reader_open(courier->log, &look->reader, err);
    look->view = (struct proj_view){.txn = look->txn,
                                    .reader = look->reader,
                                    .operator_reads = true,
                                    .now_ms = now_of(courier)};
    if (rc == 0)
        rc = proj_view_begin(&look->view, err);
    if (rc == 0 && !proj_school_find(look->txn, &look->school))
        rc = BASE_FAIL(err, BASE_E_MISSING, "no school");
    if (rc != 0)
        look_end(look);
    return rc;
}

/* New entries and weeks */

struct found {
    struct proj_cause *list;
    size_t count, capacity;
    bool failed;
};

static void add_cause(void *data, const struct proj_cause *cause)
{
    struct found *found = data;
    if (found->count == found->capacity) {
        size_t capacity = found->capacity == 0 ? 256 : found->capacity * 2;
        struct proj_cause *grown = realloc(found->list, capacity * sizeof *grown);
        found->failed |= grown == NULL;
        if (grown == NULL)
            return;
        found->list = grown;
        found->capacity = capacity;
    }
    found->list[found->count++] = *cause;
}

/* The Monday of the week whose digest is due by now: the last Saturday afternoon's. */
static base_day week_due(const struct look *look)
{
    base_time_ms local = look->view.now_ms + (base_time_ms)look->view.offset_min * 60000;
    base_day day = base_day_of_time(look->view.now_ms, look->view.offset_min);
    int minute = (int)((local % DAY_MS + DAY_MS) % DAY_MS / 60000);
    base_day monday = day - (base_day_weekday(day) - 1);
    bool due = base_day_weekday(day) > DIGEST_WEEKDAY ||
               (base_day_weekday(day) == DIGEST_WEEKDAY && minute >= DIGEST_MINUTE);
    return due ? monday : monday - 7;
}

/* Looks at up to NET_MESSAGE_ENTRIES_PER_STEP entries; `*out_more`: there are more. */
static int step(struct net_courier *courier, bool *out_more, struct base_err *err)
{
    struct look look;
    struct found found = {0};
    *out_more = false;
    int rc = look_begin(courier, &look, err);
    if (rc != 0)
        return rc;
    ledger_seq from = net_outbox_cursor(courier->outbox);
    ledger_seq size = proj_txn_next(look.txn);
    ledger_seq to =
        size - from > NET_MESSAGE_ENTRIES_PER_STEP ? from + NET_MESSAGE_ENTRIES_PER_STEP : size;
    base_day week = net_outbox_week(courier->outbox);
    base_day due = week_due(&look);
    if (to < from) /* the state lags behind the log that the outbox had seen */
        to = from;
    for (ledger_seq seq = from; seq < to; seq++)
        proj_outbox_entry(courier->causes, &look.view, seq, add_cause, &found);
    /* A new outbox tells no week that was over before it began. */
    if (to == size && due > week && week != INT32_MIN)
        proj_outbox_week(courier->causes, &look.view, due, add_cause, &found);
    rc = proj_txn_fault(look.txn, err);
    if (rc == 0 && found.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "causes");
    bool turns = to == size && due > week;
    if (rc == 0 && (to > from || turns))
        rc = net_outbox_take(courier->outbox, found.list, found.count, to, turns ? due : week,
                             look.view.now_ms, err);
    if (rc == 0 && turns)
        rc = net_outbox_prune(courier->outbox,
                              look.view.now_ms - NET_MESSAGE_KEPT_DAYS_MAX * DAY_MS, err);
    *out_more = rc == 0 && to < size;
    look_end(&look);
    free(found.list);
    return rc;
}

/* Words */

static const char *subject_of(unsigned wants)
{
    switch (wants) {
    case PROJ_WANTS_MARKS:
        return "отметка";
    case PROJ_WANTS_ABSENCES:
        return "посещение";
    case PROJ_WANTS_HOMEWORK:
        return "домашнее задание";
    case PROJ_WANTS_DIGEST:
        return "итоги недели";
    case PROJ_WANTS_CORRECTIONS:
        return "уточнение";
    case PROJ_WANTS_ADVICE:
        return "запись учителя";
    case PROJ_WANTS_CHANGES:
        return "изменение в расписании";
    default:
        return "изменения в дневнике";
    }
}

static void put_link(const struct net_courier *courier, struct base_buf *out)
{
    const char *link = courier->messaging->link;
    for (; *link != '\0'; link++) {
        if (strncmp(link, "{school}", 8) == 0) {
            base_buf_put_str(out, courier->name);
            link += 7;
        } else {
            base_buf_put_u8(out, (uint8_t)*link);
        }
    }
}

static void put_mail(const struct net_courier *courier, const struct look *look,
                     const struct net_message *message, const struct proj_message *content,
                     struct base_buf *out)
{
    base_buf_printf(out, "%s\n\n", content->name);
    if (message->cause.wants == PROJ_WANTS_CORRECTIONS)
        base_buf_put_str(out, "То, что мы сообщали раньше, изменилось: часть записей в журнале "
                              "больше не учитывается или учитывается снова.\n\n");
    if (message->cause.wants == PROJ_WANTS_DIGEST)
        base_buf_put_str(out, "За неделю:\n");
    base_buf_put_bytes(out, base_buf_bytes(&content->text));
    base_buf_put_str(out, "\nПодробно – в дневнике");
    if (courier->messaging->link[0] != '\0') {
        base_buf_put_str(out, ": ");
        put_link(courier, out);
    }
    base_buf_printf(out,
                    "\n\n-- \n%s. Письмо составлено автоматически, отвечать на него не нужно. "
                    "О чём и куда сообщать, выбирают в дневнике; там же можно отказаться.\n",
                    look->school.name);
}

/* An SMS is read by many: initials, and where to look (152-ФЗ). */
static void put_sms(const struct net_courier *courier, const struct proj_message *content,
                    struct base_buf *out)
{
    base_buf_printf(out, "%s: изменения в дневнике", content->initials);
    if (courier->messaging->link[0] != '\0') {
        base_buf_put_u8(out, ' ');
        put_link(courier, out);
    }
}

/* Sending */

struct sending {
    struct net_courier *courier;
    struct net_message *message;
};

static bool note(struct net_courier *courier, const struct net_message *message)
{
    struct base_err err = {0};
    if (net_outbox_note(courier->outbox, message, &err) == 0)
        return true;
    net_log_fault("messages", "the outbox cannot be written: nothing is sent", &err);
    return false;
}

static bool on_handing(void *data)
{
    struct sending *sending = data;
    sending->message->state = NET_MESSAGE_HANDING;
    return note(sending->courier, sending->message);
}

static void finish(struct net_courier *courier, struct net_message *message,
                   enum net_message_state state, const char *reason)
{
    message->state = state;
    message->done_ms = now_of(courier);
    snprintf(message->reason, sizeof message->reason, "%s", reason);
    net_metric_add(state == NET_MESSAGE_SENT        ? courier->sent
                   : state == NET_MESSAGE_CANCELLED ? courier->cancelled
                                                    : courier->failed,
                   1);
}

static void later(struct net_courier *courier, struct net_message *message, const char *reason)
{
    base_time_ms pause_ms = (base_time_ms)courier->messaging->retry_s * 1000;
    for (unsigned i = 1; i < message->attempts && pause_ms < NET_MESSAGE_PAUSE_MS_MAX; i++)
        pause_ms *= 2;
    if (pause_ms > NET_MESSAGE_PAUSE_MS_MAX)
        pause_ms = NET_MESSAGE_PAUSE_MS_MAX;
    if (message->attempts >= NET_MESSAGE_ATTEMPTS_MAX) {
        finish(courier, message, NET_MESSAGE_FAILED, "attempts");
        return;
    }
    message->state = NET_MESSAGE_QUEUED;
    message->next_ms = now_of(courier) + pause_ms;
    snprintf(message->reason, sizeof message->reason, "%s", reason);
    net_metric_add(courier->delayed, 1);
}

/* When the quiet hours that hold now end; 0: there are none now. */
static base_time_ms quiet_until(const struct net_courier *courier, const struct look *look,
                                const struct proj_message *content)
{
    bool own = content->quiet_from >= 0 && content->quiet_to >= 0;
    int from = own ? content->quiet_from : courier->messaging->quiet_from;
    int to = own ? content->quiet_to : courier->messaging->quiet_to;
    base_time_ms local = look->view.now_ms + (base_time_ms)look->view.offset_min * 60000;
    int minute = (int)((local % DAY_MS + DAY_MS) % DAY_MS / 60000);
    bool quiet = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
    if (!quiet)
        return 0;
    int left = to > minute ? to - minute : to + 24 * 60 - minute;
    return look->view.now_ms + (base_time_ms)left * 60000 - local % 60000;
}

static enum net_message_way way_of(const struct net_courier *courier,
                                   const struct proj_message *content)
{
    if (courier->messaging->smtp[0] != '\0' && net_is_address(content->email))
        return NET_WAY_MAIL;
    if (courier->messaging->sms[0] != '\0' && net_is_phone(content->phone))
        return NET_WAY_SMS;
    return NET_WAY_NONE;
}

/* Of `look` only plain values are used: it has ended. */
static void carry(struct net_courier *courier, const struct look *look, struct net_message *message,
                  const struct proj_message *content)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct sending sending = {.courier = courier, .message = message};
    char subject[PROJ_NAME_LEN_MAX + 100];
    char id[2 * PROJ_CAUSE_ID_LEN + 1];
    bool is_mail = message->way == NET_WAY_MAIL;
    base_hex(message->id, PROJ_CAUSE_ID_LEN, id);
    snprintf(subject, sizeof subject, "%s: %s", content->name, subject_of(message->cause.wants));
    if (is_mail)
        put_mail(courier, look, message, content, &text);
    else
        put_sms(courier, content, &text);
    const struct net_letter letter = {.to = is_mail ? content->email : content->phone,
                                      .id = id,
                                      .subject = subject,
                                      .text = base_buf_bytes(&text),
                                      .school = look->school.name,
                                      .now_ms = look->view.now_ms,
                                      .handing = on_handing,
                                      .data = &sending};
    message->state = NET_MESSAGE_SENDING;
    message->attempts++;
    if (text.failed || !note(courier, message))
        return;
    enum net_sent sent = is_mail ? net_carrier_mail(courier->carrier, &letter, &message->status)
                                 : net_carrier_sms(courier->carrier, &letter, &message->status);
    switch (sent) {
    case NET_SENT:
        finish(courier, message, NET_MESSAGE_SENT, "");
        break;
    case NET_SENT_NEVER:
        finish(courier, message, NET_MESSAGE_FAILED, "refused");
        break;
    case NET_SENT_LATER:
        later(courier, message, "failed");
        break;
    case NET_SENT_UNSURE:
        if (is_mail || courier->messaging->sms_knows_ids) {
            message->repeated = true;
            later(courier, message, "unsure");
        } else {
            finish(courier, message, NET_MESSAGE_UNKNOWN, "unsure");
        }
        break;
    }
    (void)note(courier, message);
}

/* A crash left it under way. True when it may be sent (again). */
static bool recover(struct net_courier *courier, struct net_message *message)
{
    if (message->state != NET_MESSAGE_HANDING)
        return true;
    message->repeated = true;
    if (message->way == NET_WAY_MAIL || courier->messaging->sms_knows_ids)
        return true;
    finish(courier, message, NET_MESSAGE_UNKNOWN, "crash");
    return false;
}

/* Makes the message, or notes why it is not to leave now. True when it is to be carried; then
 * `*out_content` is the caller's. */
static bool make(struct net_courier *courier, struct look *look, struct net_message *message,
                 struct proj_message *out_content)
{
    base_time_ms age_ms_max = (base_time_ms)courier->messaging->age_h_max * 3600000;
    if (!recover(courier, message)) {
        (void)note(courier, message);
        return false;
    }
    if (look->view.now_ms - message->queued_ms > age_ms_max) {
        finish(courier, message, NET_MESSAGE_EXPIRED, "age");
        (void)note(courier, message);
        return false;
    }
    proj_outbox_compose(&look->view, &message->cause, out_content);
    base_time_ms until = out_content->wanted ? quiet_until(courier, look, out_content) : 0;
    if (out_content->wanted && until == 0)
        message->way = way_of(courier, out_content);
    if (proj_txn_fault(look->txn, NULL) != 0) {
        proj_message_release(out_content); /* what was read may be wrong: it stays as it is */
        return false;
    }
    if (!out_content->wanted) {
        finish(courier, message, NET_MESSAGE_CANCELLED, out_content->reason);
    } else if (until > 0) {
        message->state = NET_MESSAGE_QUEUED;
        message->next_ms = until;
        snprintf(message->reason, sizeof message->reason, "quiet");
    } else if (message->way == NET_WAY_NONE) {
        finish(courier, message, NET_MESSAGE_CANCELLED, "transport");
    } else {
        return true;
    }
    proj_message_release(out_content);
    (void)note(courier, message);
    return false;
}

static void pause_ms(struct net_courier *courier, uint64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&courier->lock);
    while (!atomic_load(&courier->closing) &&
           pthread_cond_timedwait(&courier->poked, &courier->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&courier->lock);
}

/* No snapshot is held while the network is talked to: the log's writer would have to wait for it.
 */
static void send_due(struct net_courier *courier)
{
    while (!atomic_load(&courier->closing)) {
        struct base_err err = {0};
        struct net_message message;
        struct look look;
        bool found;
        int rc = net_outbox_due(courier->outbox, now_of(courier), &found, &message,
                                &courier->next_ms, &err);
        if (rc == 0 && !found)
            return;
        if (rc == 0)
            rc = look_begin(courier, &look, &err);
        if (rc == 0) {
            struct proj_message content;
            bool carried = make(courier, &look, &message, &content);
            rc = proj_txn_fault(look.txn, &err);
            look_end(&look);
            if (carried) {
                carry(courier, &look, &message, &content);
                proj_message_release(&content);
            }
        }
        if (rc != 0) {
            net_log_fault("messages", courier->name, &err);
            return;
        }
        pause_ms(courier, 60000u / courier->messaging->per_minute);
    }
}

static void round_run(struct net_courier *courier)
{
    struct base_err err = {0};
    bool more = true;
    while (more && !atomic_load(&courier->closing)) {
        if (step(courier, &more, &err) != 0) {
            net_log_fault("messages", courier->name, &err);
            return;
        }
    }
    send_due(courier);
}

static void wait_for_work(struct net_courier *courier)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += NET_MESSAGE_LOOK_MS / 1000;
    pthread_mutex_lock(&courier->lock);
    while (!courier->has_news && !atomic_load(&courier->closing))
        if (pthread_cond_timedwait(&courier->poked, &courier->lock, &until) == ETIMEDOUT)
            break;
    courier->has_news = false;
    pthread_mutex_unlock(&courier->lock);
}

static void *thread_run(void *data)
{
    struct net_courier *courier = data;
    while (!atomic_load(&courier->closing)) {
        round_run(courier);
        pause_ms(courier, NET_MESSAGE_BREATH_MS);
        wait_for_work(courier);
    }
    return NULL;
}

/* Life */

static void release(struct net_courier *courier)
{
    net_carrier_free(courier->carrier);
    proj_outbox_free(courier->causes);
    net_outbox_close(courier->outbox);
    pthread_cond_destroy(&courier->poked);
    pthread_mutex_destroy(&courier->lock);
    free(courier);
}

static int may_send(const struct net_courier_options *options, bool *out_may, struct base_err *err)
{
    struct proj_txn *txn = NULL;
    struct proj_school school;
    *out_may = false;
    if (options->messaging == NULL)
        return 0;
    int rc = proj_engine_read(options->engine, &txn, err);
    if (rc != 0)
        return rc;
    bool is_founded = proj_school_find(txn, &school);
    *out_may = is_founded && (!school.demo || options->messaging->demo);
    rc = proj_txn_fault(txn, err);
    proj_txn_end(txn);
    if (rc == 0 && is_founded && !*out_may)
        NET_LOG(NET_LOG_INFO, "messages", "a demonstration: it sends nothing",
                NET_S("school", options->name));
    return rc;
}

static void count(struct net_courier *courier, struct net_metrics *m)
{
    static const char name[] = "letopis_messages_total";
    static const char help[] = "Messages to families by what became of them.";
    if (m == NULL)
        return;
    courier->sent = net_metrics_counter(m, name, "outcome=\"sent\"", help);
    courier->failed = net_metrics_counter(m, name, "outcome=\"failed\"", help);
    courier->delayed = net_metrics_counter(m, name, "outcome=\"delayed\"", help);
    courier->cancelled = net_metrics_counter(m, name, "outcome=\"cancelled\"", help);
}

int net_courier_open(const struct net_courier_options *options, struct net_courier **out_courier,
                     struct base_err *err)
{
    pthread_condattr_t attributes;
    struct ledger_hash log_id;
    struct ledger_head head;
    bool may;
    *out_courier = NULL;
    int rc = may_send(options, &may, err);
    if (rc != 0 || !may)
        return rc;
    struct net_courier *courier = calloc(1, sizeof *courier);
    if (courier == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "courier");
    courier->messaging = options->messaging;
    courier->log = options->log;
    courier->engine = options->engine;
    courier->clock = options->clock;
    snprintf(courier->name, sizeof courier->name, "%s", options->name);
    pthread_mutex_init(&courier->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&courier->poked, &attributes);
    pthread_condattr_destroy(&attributes);
    count(courier, options->metrics);
    ledger_log_id(options->log, &log_id);
    ledger_log_head(options->log, &head);
    rc = net_outbox_open(options->dir, false, &log_id, head.size, &courier->outbox, err);
    if (rc == 0)
        rc = proj_outbox_new(&courier->causes, err);
    if (rc == 0)
        rc = net_carrier_new(options->messaging, &courier->closing, &courier->carrier, err);
    if (rc == 0 && pthread_create(&courier->thread, NULL, thread_run, courier) != 0)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "no thread for the messages");
    if (rc == 0)
        *out_courier = courier;
    else
        release(courier);
    return rc;
}

void net_courier_close(struct net_courier *courier)
{
    if (courier == NULL)
        return;
    pthread_mutex_lock(&courier->lock);
    atomic_store(&courier->closing, true);
    pthread_cond_broadcast(&courier->poked);
    pthread_mutex_unlock(&courier->lock);
    pthread_join(courier->thread, NULL);
    release(courier);
}

int net_courier_each(struct net_courier *courier,
                     void (*each)(void *data, const struct net_message *message), void *data,
                     struct base_err *err)
{
    return net_outbox_each(courier->outbox, each, data, err);
}

void net_courier_poke(struct net_courier *courier)
{
    if (courier == NULL)
        return;
    pthread_mutex_lock(&courier->lock);
    courier->has_news = true;
    pthread_cond_signal(&courier->poked);
    pthread_mutex_unlock(&courier->lock);
}
