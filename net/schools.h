/* The schools of one server: each opened when it is first asked for, then open until the end.
 * Shape:   opaque set over <data>/schools/; names are a-z, 0-9, '-' and '_', beginning with a
 * letter or digit, at most NET_SCHOOL_NAME_LEN_MAX bytes. Threads: the loop's, but for
 * net_schools_list. */
#pragma once

#include "net/school.h"

struct net_schools;

struct net_schools_options {
    struct net_loop *loop; /* borrowed */
    const char *data_dir;  /* copied */
    bool has_demo_clock;
    base_time_ms demo_ms;
    base_time_ms started_ms;
    const struct net_messaging *messaging; /* borrowed, or NULL (net/school.h) */
    struct net_metrics *metrics;           /* borrowed, or NULL */
};

int net_schools_new(const struct net_schools_options *options, struct net_schools **out_schools,
                    struct base_err *err) BASE_MUST_USE;
/* Before net_loop_free: answers what waits for the writers, closes streams. */
void net_schools_stop(struct net_schools *schools);
/* After net_loop_free. NULL is allowed. */
void net_schools_free(struct net_schools *schools);

bool net_school_name_is_valid(struct base_bytes name);

/* Somebody who waits for a school; lives in its owner's memory until `ready` is called. */
struct net_school_wait {
    struct net_school_wait *next;
    /* `school` is NULL when it could not be opened; then `fault` says why (BASE_E_MISSING: there is
     * none of that name). Borrowed for the call. */
    void (*ready)(struct net_school_wait *wait, struct net_school *school,
                  const struct base_err *fault);
};

/* Calls `ready` at once when the school is open, else when it is. */
void net_schools_get(struct net_schools *schools, const char *name, struct net_school_wait *wait);

/* Begins to open every school that there is: messages leave though nobody has asked for a page. */
int net_schools_open_all(struct net_schools *schools, struct base_err *err) BASE_MUST_USE;

/* Calls `each` with every name under the data directory that holds a log, in no order. Any thread;
 * reads the directory. */
int net_schools_list(const struct net_schools *schools, void (*each)(void *data, const char *name),
                     void *data, struct base_err *err) BASE_MUST_USE;
size_t net_schools_open_count(const struct net_schools *schools);
/* Sums over the open schools, for metrics. */
size_t net_schools_session_count(const struct net_schools *schools);
uint64_t net_schools_entry_count(const struct net_schools *schools);
/* The most entries that one open school's log has beyond what its witnesses' policy has met. */
uint64_t net_schools_unwitnessed_count(const struct net_schools *schools);
/* Seconds since the last whole scrub of the school that waits for it longest. */
uint64_t net_schools_scrub_age_s(const struct net_schools *schools);
/* Open schools in whose stored log the scrub has found damage. */
size_t net_schools_scrub_found_count(const struct net_schools *schools);
/* Open schools with an alarm that nobody has settled (net/alarms.h). */
size_t net_schools_alarmed_count(const struct net_schools *schools);
/* How many have views that lag behind the log (proj_engine_is_behind). */
size_t net_schools_behind_count(const struct net_schools *schools);
/* Witnesses that have seen more of a log than this server holds; any is an alarm. */
size_t net_schools_witness_ahead_count(const struct net_schools *schools);
