/* Clocks and civil dates. Dates are counted with the usual shift of the year to March, so that the
 * leap day is the last of its year; all arithmetic is exact for the years 0000…9999. */
#include "ledger/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#define MS_PER_DAY INT64_C(86400000)
#define DAYS_PER_ERA 146097     /* 400 Gregorian years */
#define DAYS_BEFORE_1970 719468 /* from 0000-03-01 */

static base_time_ms system_now(void *data)
{
    (void)data;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (base_time_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct base_clock base_clock_system(void)
{
    return (struct base_clock){.now_ms = system_now};
}

static base_time_ms manual_now(void *data)
{
    return *(const base_time_ms *)data;
}

struct base_clock base_clock_manual(const base_time_ms *now)
{
    union {
        const base_time_ms *given;
        void *data;
    } borrowed = {.given = now}; /* read only; the table's `data` has no const */
    return (struct base_clock){.now_ms = manual_now, .data = borrowed.data};
}

base_day base_day_from_civil(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970;
}

void base_day_to_civil(base_day day, int *out_year, int *out_month, int *out_day)
{
    int shifted = day + DAYS_BEFORE_1970;
    int era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int day_of_era = shifted - era * DAYS_PER_ERA;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *out_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *out_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *out_year = year_of_era + era * 400 + (*out_month <= 2 ? 1 : 0);
}

int base_day_weekday(base_day day)
{
    /* 1970-01-01 was a Thursday. */
    int shifted = (day % 7 + 7 + 3) % 7;
    return shifted + 1;
}

base_day base_day_of_time(base_time_ms time_ms, int offset_min)
{
    int64_t local = time_ms + (int64_t)offset_min * 60000;
    int64_t day = local / MS_PER_DAY;
    if (local % MS_PER_DAY < 0)
        day--;
    return (base_day)day;
}

/* Reads exactly `count` digits at `*text` and steps over them; -1 on anything else. */
static int digits_take(const char **text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool char_take(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

static bool day_take(const char **text, base_day *out_day)
{
    int year = digits_take(text, 4);
    if (year < 0 || !char_take(text, '-'))
        return false;
    int month = digits_take(text, 2);
    if (month < 1 || month > 12 || !char_take(text, '-'))
        return false;
    int day = digits_take(text, 2);
    if (day < 1 || day > month_length(year, month))
        return false;
    *out_day = base_day_from_civil(year, month, day);
    return true;
}

int base_day_parse(const char *text, base_day *out_day)
{
    base_day day;
    if (!day_take(&text, &day) || *text != 0)
        return -1;
    *out_day = day;
    return 0;
}

/* "08:06:00" with an optional fraction, of which milliseconds are kept. */
static bool time_of_day_take(const char **text, int64_t *out_ms)
{
    int hour = digits_take(text, 2);
    if (hour < 0 || hour > 23 || !char_take(text, ':'))
        return false;
    int minute = digits_take(text, 2);
    if (minute < 0 || minute > 59 || !char_take(text, ':'))
        return false;
    int second = digits_take(text, 2);
    if (second < 0 || second > 59)
        return false;
    int fraction_ms = 0;
    if (char_take(text, '.')) {
        int scale = 100;
        const char *start = *text;
        for (; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
            fraction_ms += (**text - '0') * scale;
        if (*text == start)
            return false;
    }
    *out_ms = ((int64_t)hour * 3600 + minute * 60 + second) * 1000 + fraction_ms;
    return true;
}

static bool offset_take(const char **text, int *out_min)
{
    if (char_take(text, 'Z')) {
        *out_min = 0;
        return true;
    }
    int sign = char_take(text, '+') ? 1 : char_take(text, '-') ? -1 : 0;
    int hour = sign == 0 ? -1 : digits_take(text, 2);
    if (hour < 0 || hour > 23 || !char_take(text, ':'))
        return false;
    int minute = digits_take(text, 2);
    if (minute < 0 || minute > 59)
        return false;
    *out_min = sign * (hour * 60 + minute);
    return true;
}

int base_time_parse(const char *text, base_time_ms *out_time)
{
    base_day day;
    int64_t of_day_ms;
    int offset_min;
    if (!day_take(&text, &day) || !char_take(&text, 'T') || !time_of_day_take(&text, &of_day_ms) ||
        !offset_take(&text, &offset_min) || *text != 0)
        return -1;
    *out_time = (int64_t)day * MS_PER_DAY + of_day_ms - (int64_t)offset_min * 60000;
    return 0;
}
