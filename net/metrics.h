/* Numbers for the operator, in Prometheus' text format 0.0.4.
 * Shape:   a registry of series; a series is a name and fixed labels, registered once, by name.
 * Units:   in the names (_seconds, _total, _bytes).
 * Threads: registering belongs to the thread that starts the server; counting and setting may be
 *          done by any; gauge functions run on the thread that asks for the text. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/err.h"

struct net_metrics;
struct net_metric;

int net_metrics_new(struct net_metrics **out_metrics, struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. The series go with their registry. */
void net_metrics_free(struct net_metrics *metrics);

/* The following register a series, or give the one that is there. `labels` is NULL or text such as
 * status="2xx"; name, labels and help are borrowed for ever (literals). A full registry or no
 * memory gives NULL, which every operation on a series takes and ignores: numbers are never a
 * reason to stop. */
struct net_metric *net_metrics_counter(struct net_metrics *metrics, const char *name,
                                       const char *labels, const char *help);
struct net_metric *net_metrics_gauge(struct net_metrics *metrics, const char *name,
                                     const char *labels, const char *help);
/* Buckets of 1 ms … 10 s; observed in milliseconds, shown in seconds. */
struct net_metric *net_metrics_histogram(struct net_metrics *metrics, const char *name,
                                         const char *labels, const char *help);
/* A gauge whose value is asked for when the text is made. */
struct net_metric *net_metrics_gauge_fn(struct net_metrics *metrics, const char *name,
                                        const char *labels, const char *help,
                                        int64_t (*value)(void *data), void *data);

void net_metric_add(struct net_metric *metric, int64_t amount);
void net_metric_set(struct net_metric *metric, int64_t value);
void net_metric_observe_ms(struct net_metric *metric, uint64_t ms);
int64_t net_metric_value(const struct net_metric *metric);

/* Appends the text of all series; series of one name stand together under one HELP. */
void net_metrics_text(const struct net_metrics *metrics, struct base_buf *buf);
