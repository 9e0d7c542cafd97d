/* What has become of a school's messages: one record a cause (projections/views/outbox.h), kept
 * beside the log and never in it. No name, address or word is in it: those are read from the log
 * when a message is made, so that erasing them there erases them.
 *
 * A message's state:
 *   queued → sending → handing → sent
 *                              → queued again (a failure that may pass), failed, unknown
 *   queued → cancelled (nobody is to be told any more), expired (too old)
 * "sending" is written before anything leaves, "handing" before the last byte by which the other
 * side takes the message. A crash in "sending" has delivered nothing; in "handing" it may have.
 *
 * Shape:   LMDB in <dir>/outbox; every change is one synced transaction. One writer (letopisd).
 * Threads: one at a time, but for net_outbox_each: that reads beside the writer, on any thread;
 *          another process may open it to read.
 * Source:  specs/messages.md. */
#pragma once

#include "projections/views/outbox.h"

enum net_message_state { /* stored: never renumber */
                         NET_MESSAGE_QUEUED = 1,
                         NET_MESSAGE_SENDING,
                         NET_MESSAGE_HANDING,
                         NET_MESSAGE_SENT,
                         NET_MESSAGE_FAILED,
                         NET_MESSAGE_EXPIRED,
                         NET_MESSAGE_CANCELLED,
                         NET_MESSAGE_UNKNOWN,
};
enum net_message_way { NET_WAY_NONE, NET_WAY_MAIL, NET_WAY_SMS }; /* stored: never renumber */

struct net_message {
    uint8_t id[PROJ_CAUSE_ID_LEN];
    struct proj_cause cause;
    enum net_message_state state;
    enum net_message_way way;
    unsigned attempts;
    int64_t status; /* of the last answer: SMTP's or HTTP's; -1: none */
    bool repeated;  /* it was handed over again after a crash: the other side may have it twice */
    base_time_ms queued_ms, next_ms, done_ms;
    char reason[16]; /* why it was cancelled */
};

struct net_outbox;

/* Opens (and creates) the outbox of the log. A new one begins at log size `size`: what happened
 * before is no news. BASE_E_STATE: it belongs to another log, or is ahead of this one.
 * BASE_E_MISSING: read-only and there is none. */
int net_outbox_open(const char *dir, bool read_only, const struct ledger_hash *log_id,
                    ledger_seq size, struct net_outbox **out_outbox,
                    struct base_err *err) BASE_MUST_USE;
void net_outbox_close(struct net_outbox *outbox); /* NULL is allowed */

/* The entries below have been looked at; the last week whose digests have. */
ledger_seq net_outbox_cursor(const struct net_outbox *outbox);
base_day net_outbox_week(const struct net_outbox *outbox);
/* Queues the causes that are not known yet and moves cursor and week: all or nothing. */
int net_outbox_take(struct net_outbox *outbox, const struct proj_cause *causes, size_t count,
                    ledger_seq cursor, base_day week, base_time_ms now_ms,
                    struct base_err *err) BASE_MUST_USE;
/* The message that has been due for longest; false in `*out_found` when none is due, and
 * `*out_next_ms` says when one will be (INT64_MAX: none waits). */
int net_outbox_due(struct net_outbox *outbox, base_time_ms now_ms, bool *out_found,
                   struct net_message *out_message, base_time_ms *out_next_ms,
                   struct base_err *err) BASE_MUST_USE;
/* Writes what has become of it. */
int net_outbox_note(struct net_outbox *outbox, const struct net_message *message,
                    struct base_err *err) BASE_MUST_USE;
/* Drops what was done with before the time. */
int net_outbox_prune(struct net_outbox *outbox, base_time_ms before_ms,
                     struct base_err *err) BASE_MUST_USE;
/* Calls `each` for every message, in the order of ids. */
int net_outbox_each(struct net_outbox *outbox,
                    void (*each)(void *data, const struct net_message *message), void *data,
                    struct base_err *err) BASE_MUST_USE;
/* "queued", "sent", …; "mail", "sms", "": static. */
const char *net_message_state_name(enum net_message_state state);
const char *net_message_way_name(enum net_message_way way);
bool net_message_is_done(enum net_message_state state);
