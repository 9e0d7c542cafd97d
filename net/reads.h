/* Who looked at whose personal data (152-ФЗ; specs/access.md, section 7): a journal of readings
 * beside the log, not in it. It holds ids, names of views and times, and no personal data.
 *
 * Shape:   opaque handle over <dir>/reads/: a file of lines for each day, so that old days go as
 *          files. A line is written, not synced: a page costs no sync, and a power cut may cost the
 *          last seconds.
 * Limits:  the same reader at the same view of the same subject is noted once in NET_READS_AGAIN_MS
 *          (a page that is open is asked for again and again). Days older than `kept_days` are
 *          removed whenever a new day begins.
 * Threads: net_reads_note any; open and close as the school; net_reads_walk any, also of another
 *          process. */
#pragma once

#include "ledger/base/clock.h"
#include "ledger/base/err.h"
#include "ledger/event.h"

struct net_reads;

#define NET_READS_VIEW_LEN_MAX 40u
#define NET_READS_AGAIN_MS 600000

/* What kind of thing was looked at. */
enum net_reads_about {
    NET_READS_ALL = '-', /* a list of many: accounts, terms of keeping */
    NET_READS_PUPIL = 'p',
    NET_READS_GROUP = 'g', /* a page, a class: everybody who is in it */
    NET_READS_ACCOUNT = 'a',
};

struct net_read {
    base_time_ms at_ms;
    uint8_t account[LEDGER_ID_LEN]; /* who looked */
    char view[NET_READS_VIEW_LEN_MAX + 1];
    enum net_reads_about about;
    uint8_t subject[LEDGER_ID_LEN]; /* zero with NET_READS_ALL */
};

/* `offset_min`: the school's, which decides what a day is. */
int net_reads_open(const char *dir, int offset_min, struct net_reads **out_reads,
                   struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_reads_close(struct net_reads *reads);

/* Notes a reading; `kept_days` is how many days stay. What cannot be written is counted and told in
 * the server's log, once for each day: nobody is refused a page for it. */
void net_reads_note(struct net_reads *reads, const struct net_read *read, unsigned kept_days);

/* Calls `each` for every reading of the days [from, to], newest day first, in a day oldest first,
 * until it returns false. Lines that cannot be read are passed over. `dir` is the school's. */
int net_reads_walk(const char *dir, base_day from, base_day to,
                   bool (*each)(void *data, const struct net_read *read), void *data,
                   struct base_err *err) BASE_MUST_USE;
