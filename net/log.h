/* The log sink: one logfmt line per record to stderr, or where a test wants it.
 * Shape:   time=… level=… area=… msg="…" key=value …; one write(2) per line.
 * Threads: any.
 * Rule:    no bodies, cookies, passwords, keys or names of people: values are what an operator
 *          needs to find the place, nothing that a reader of the log could use against a pupil. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

enum net_log_level {
    NET_LOG_DEBUG,
    NET_LOG_INFO,
    NET_LOG_WARN,
    NET_LOG_ERROR,
};

struct net_log_field {
    const char *key;
    const char *text; /* borrowed for the call; NULL: the number counts */
    int64_t number;
};

/* Fields for NET_LOG: NET_S("address", text), NET_I("port", number). */
#define NET_S(k, v) ((struct net_log_field){.key = (k), .text = (v) != NULL ? (v) : "-"})
#define NET_I(k, v) ((struct net_log_field){.key = (k), .number = (int64_t)(v)})

/* NET_LOG(NET_LOG_INFO, "http", "listening", NET_I("port", port)); at least one field. */
#define NET_LOG(level, area, message, ...)                                                         \
    net_log_write((level), (area), (message), (const struct net_log_field[]){__VA_ARGS__},         \
                  sizeof((const struct net_log_field[]){__VA_ARGS__}) /                            \
                      sizeof(struct net_log_field))

/* Writes one record when `level` is at or over the threshold. All borrowed for the call. */
void net_log_write(enum net_log_level level, const char *area, const char *message,
                   const struct net_log_field *fields, size_t field_count);
/* Writes a fault: its name and text as fields. */
void net_log_fault(const char *area, const char *message, const struct base_err *fault);

/* Records below `level` are not written; NET_LOG_INFO at start. */
void net_log_set_level(enum net_log_level level);
/* Parses "debug", "info", "warn", "error"; false for others. */
bool net_log_level_parse(const char *text, enum net_log_level *out_level);
/* Sends whole lines (newline included, borrowed) to `sink` instead of stderr; NULL: stderr again.
 * Set before other threads write. */
void net_log_set_sink(void (*sink)(void *data, struct base_bytes line), void *data);
