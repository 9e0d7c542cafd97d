/* The clock is a parameter: the server gives the system's, the demo, the tests and the simulator
 * their own. Only the ledger's sequencer and the network ask it; folds never do. */
#pragma once

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z, as in every stored time. */
typedef int64_t base_time_ms;

struct base_clock {
    base_time_ms (*now_ms)(void *data);
    void *data;
};

/* The system's real-time clock. */
struct base_clock base_clock_system(void);

/* A clock that stands where it is put: `now` is read on each call; borrowed. */
struct base_clock base_clock_manual(const base_time_ms *now);

/* Civil dates are counted in days since 1970-01-01 (proleptic Gregorian). */
typedef int32_t base_day;

base_day base_day_from_civil(int year, int month, int day);
void base_day_to_civil(base_day day, int *out_year, int *out_month, int *out_day);
/* 1 = Monday … 7 = Sunday. */
int base_day_weekday(base_day day);
/* The civil day of an instant at a fixed offset (minutes east of UTC). */
base_day base_day_of_time(base_time_ms time_ms, int offset_min);
/* Parses "YYYY-MM-DD"; returns 0 or -1. */
int base_day_parse(const char *text, base_day *out_day);
/* Parses RFC 3339 ("2026-09-01T08:06:00+03:00", optional fraction); returns 0 or -1. */
int base_time_parse(const char *text, base_time_ms *out_time);
