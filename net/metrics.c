/* Series sit in a linked list in the order of registering; the text walks it once per name, so
 * that series of one family stand together as the format demands. Values are relaxed atomics:
 * each number is right by itself, the page is not one instant. */
#include "net/metrics.h"

#include "net/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

enum metric_type {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_HISTOGRAM,
};

static const char *const type_names[] = {"counter", "gauge", "histogram"};

static const uint64_t bucket_bounds_ms[] = {1,   2,   5,    10,   25,   50,   100,
                                            250, 500, 1000, 2500, 5000, 10000};
#define BUCKET_COUNT (sizeof(bucket_bounds_ms) / sizeof(bucket_bounds_ms[0]))

struct net_metric {
    enum metric_type type;
    const char *name;
    const char *labels;
    const char *help;
    int64_t (*value_fn)(void *data);
    void *value_data;
    _Atomic int64_t value; /* of a histogram: the sum in milliseconds */
    _Atomic uint64_t buckets[BUCKET_COUNT + 1];
};

struct net_metrics {
    struct net_metric *series[NET_METRIC_COUNT_MAX];
    size_t count;
};

int net_metrics_new(struct net_metrics **out_metrics, struct base_err *err)
{
    struct net_metrics *metrics = calloc(1, sizeof(*metrics));
    if (metrics == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "metrics");
    *out_metrics = metrics;
    return 0;
}

void net_metrics_free(struct net_metrics *metrics)
{
    if (metrics == NULL)
        return;
    for (size_t i = 0; i < metrics->count; i++)
        free(metrics->series[i]);
    free(metrics);
}

static struct net_metric *metrics_register(struct net_metrics *metrics, enum metric_type type,
                                           const char *name, const char *labels, const char *help)
{
    if (metrics == NULL)
        return NULL;
    if (labels == NULL)
        labels = "";
    for (size_t i = 0; i < metrics->count; i++) {
        struct net_metric *known = metrics->series[i];
        if (strcmp(known->name, name) == 0 && strcmp(known->labels, labels) == 0) {
            assert(known->type == type);
            return known;
        }
    }
    if (metrics->count == NET_METRIC_COUNT_MAX)
        return NULL;
    struct net_metric *metric = calloc(1, sizeof(*metric));
    if (metric == NULL)
        return NULL;
    metric->type = type;
    metric->name = name;
    metric->labels = labels;
    metric->help = help;
    metrics->series[metrics->count++] = metric;
    return metric;
}

struct net_metric *net_metrics_counter(struct net_metrics *metrics, const char *name,
                                       const char *labels, const char *help)
{
    return metrics_register(metrics, METRIC_COUNTER, name, labels, help);
}

struct net_metric *net_metrics_gauge(struct net_metrics *metrics, const char *name,
                                     const char *labels, const char *help)
{
    return metrics_register(metrics, METRIC_GAUGE, name, labels, help);
}

struct net_metric *net_metrics_histogram(struct net_metrics *metrics, const char *name,
                                         const char *labels, const char *help)
{
    return metrics_register(metrics, METRIC_HISTOGRAM, name, labels, help);
}

struct net_metric *net_metrics_gauge_fn(struct net_metrics *metrics, const char *name,
                                        const char *labels, const char *help,
                                        int64_t (*value)(void *data), void *data)
{
    struct net_metric *metric = net_metrics_gauge(metrics, name, labels, help);
    if (metric != NULL) {
        metric->value_fn = value;
        metric->value_data = data;
    }
    return metric;
}

void net_metric_add(struct net_metric *metric, int64_t amount)
{
    if (metric == NULL)
        return;
    assert(metric->type != METRIC_COUNTER || amount >= 0);
    atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void net_metric_set(struct net_metric *metric, int64_t value)
{
    if (metric == NULL)
        return;
    assert(metric->type == METRIC_GAUGE);
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void net_metric_observe_ms(struct net_metric *metric, uint64_t ms)
{
    if (metric == NULL)
        return;
    assert(metric->type == METRIC_HISTOGRAM);
    size_t bucket = 0;
    while (bucket < BUCKET_COUNT && ms > bucket_bounds_ms[bucket])
        bucket++;
    atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->value, (int64_t)ms, memory_order_relaxed);
}

int64_t net_metric_value(const struct net_metric *metric)
{
    if (metric == NULL)
        return 0;
    if (metric->value_fn != NULL)
        return metric->value_fn(metric->value_data);
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

static void put_histogram(const struct net_metric *metric, struct base_buf *buf)
{
    const char *comma = metric->labels[0] != '\0' ? "," : "";
    uint64_t total = 0;
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        total += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
        base_buf_printf(buf, "%s_bucket{%s%sle=\"%g\"} %" PRIu64 "\n", metric->name, metric->labels,
                        comma, (double)bucket_bounds_ms[i] / 1000.0, total);
    }
    total += atomic_load_explicit(&metric->buckets[BUCKET_COUNT], memory_order_relaxed);
    base_buf_printf(buf, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", metric->name, metric->labels,
                    comma, total);
    const char *open = metric->labels[0] != '\0' ? "{" : "";
    const char *close = metric->labels[0] != '\0' ? "}" : "";
    base_buf_printf(buf, "%s_sum%s%s%s %.3f\n", metric->name, open, metric->labels, close,
                    (double)net_metric_value(metric) / 1000.0);
    base_buf_printf(buf, "%s_count%s%s%s %" PRIu64 "\n", metric->name, open, metric->labels, close,
                    total);
}

static void put_series(const struct net_metric *metric, struct base_buf *buf)
{
    if (metric->type == METRIC_HISTOGRAM)
        put_histogram(metric, buf);
    else if (metric->labels[0] != '\0')
        base_buf_printf(buf, "%s{%s} %" PRId64 "\n", metric->name, metric->labels,
                        net_metric_value(metric));
    else
        base_buf_printf(buf, "%s %" PRId64 "\n", metric->name, net_metric_value(metric));
}

static bool family_is_written(const struct net_metrics *metrics, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(metrics->series[i]->name, metrics->series[index]->name) == 0)
            return true;
    return false;
}

void net_metrics_text(const struct net_metrics *metrics, struct base_buf *buf)
{
    for (size_t i = 0; i < metrics->count; i++) {
        const struct net_metric *first = metrics->series[i];
        if (family_is_written(metrics, i))
            continue;
        base_buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", first->name, first->help, first->name,
                        type_names[first->type]);
        for (size_t j = i; j < metrics->count; j++)
            if (strcmp(metrics->series[j]->name, first->name) == 0)
                put_series(metrics->series[j], buf);
    }
}
