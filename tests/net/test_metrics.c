/* Numbers for the operator: the text format, and that numbers never stop anything. */
#include "net/metrics.h"

#include "net/limits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static int64_t forty_two(void *data)
{
    (void)data;
    return 42;
}

static void the_page_is_what_prometheus_reads(void **state)
{
    (void)state;
    struct net_metrics *metrics = NULL;
    assert_int_equal(net_metrics_new(&metrics, NULL), 0);
    struct net_metric *ok = net_metrics_counter(metrics, "r_total", "status=\"2xx\"", "Responses.");
    struct net_metric *open = net_metrics_gauge(metrics, "open", NULL, "Open.");
    struct net_metric *bad =
        net_metrics_counter(metrics, "r_total", "status=\"5xx\"", "Responses.");
    net_metrics_gauge_fn(metrics, "asked", NULL, "Asked.", forty_two, NULL);
    net_metric_add(ok, 3);
    net_metric_add(bad, 1);
    net_metric_set(open, -7);
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    net_metrics_text(metrics, &text);
    assert_string_equal(base_buf_text(&text), "# HELP r_total Responses.\n"
                                              "# TYPE r_total counter\n"
                                              "r_total{status=\"2xx\"} 3\n"
                                              "r_total{status=\"5xx\"} 1\n"
                                              "# HELP open Open.\n"
                                              "# TYPE open gauge\n"
                                              "open -7\n"
                                              "# HELP asked Asked.\n"
                                              "# TYPE asked gauge\n"
                                              "asked 42\n");
    net_metrics_free(metrics);
}

static void a_histogram_counts_cumulatively_in_seconds(void **state)
{
    (void)state;
    struct net_metrics *metrics = NULL;
    assert_int_equal(net_metrics_new(&metrics, NULL), 0);
    struct net_metric *latency = net_metrics_histogram(metrics, "l", NULL, "Latency.");
    net_metric_observe_ms(latency, 0);
    net_metric_observe_ms(latency, 1);
    net_metric_observe_ms(latency, 2);
    net_metric_observe_ms(latency, 20000);
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    net_metrics_text(metrics, &text);
    const char *page = base_buf_text(&text);
    assert_non_null(strstr(page, "l_bucket{le=\"0.001\"} 2\nl_bucket{le=\"0.002\"} 3\n"));
    assert_non_null(strstr(page, "l_bucket{le=\"10\"} 3\nl_bucket{le=\"+Inf\"} 4\n"));
    assert_non_null(strstr(page, "l_sum 20.003\nl_count 4\n"));
    net_metrics_free(metrics);
}

static void registering_twice_gives_the_same_series(void **state)
{
    (void)state;
    struct net_metrics *metrics = NULL;
    assert_int_equal(net_metrics_new(&metrics, NULL), 0);
    assert_ptr_equal(net_metrics_counter(metrics, "a", NULL, "A."),
                     net_metrics_counter(metrics, "a", NULL, "A."));
    net_metrics_free(metrics);
}

static void a_full_registry_or_none_is_no_reason_to_stop(void **state)
{
    (void)state;
    static char names[NET_METRIC_COUNT_MAX + 1][16];
    struct net_metrics *metrics = NULL;
    assert_int_equal(net_metrics_new(&metrics, NULL), 0);
    for (size_t i = 0; i <= NET_METRIC_COUNT_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "m%zu", i);
        struct net_metric *metric = net_metrics_counter(metrics, names[i], NULL, "M.");
        assert_true((metric == NULL) == (i == NET_METRIC_COUNT_MAX));
        net_metric_add(metric, 1);
    }
    net_metric_add(net_metrics_counter(NULL, "x", NULL, "X."), 1);
    net_metric_observe_ms(NULL, 1);
    net_metric_set(NULL, 1);
    assert_int_equal(net_metric_value(NULL), 0);
    net_metrics_free(metrics);
}

static void *count(void *metric)
{
    for (int i = 0; i < 10000; i++)
        net_metric_add(metric, 1);
    return NULL;
}

static void threads_count_without_losing_any(void **state)
{
    (void)state;
    struct net_metrics *metrics = NULL;
    pthread_t threads[4];
    assert_int_equal(net_metrics_new(&metrics, NULL), 0);
    struct net_metric *metric = net_metrics_counter(metrics, "a", NULL, "A.");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, metric), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(net_metric_value(metric), 40000);
    net_metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_is_what_prometheus_reads),
        cmocka_unit_test(a_histogram_counts_cumulatively_in_seconds),
        cmocka_unit_test(registering_twice_gives_the_same_series),
        cmocka_unit_test(a_full_registry_or_none_is_no_reason_to_stop),
        cmocka_unit_test(threads_count_without_losing_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
