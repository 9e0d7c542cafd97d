/* The scrub of one school: a thread that reads the whole log again and again, a bundle at a time
 * with a pause after each (ledger/scrub.h). What it finds is told in the log once, stays a
 * metric and is kept among the school's alarms (net/alarms.h): an operator must look (letopis
 * doctor, letopis-audit), the server does not judge.
 * Threads: any. */
#pragma once

#include "ledger/log.h"

struct net_scrub;

/* `name`, `dir`, the school's folder, and `log` are borrowed. */
int net_scrub_open(const char *name, const char *dir, struct ledger_log *log,
                   struct net_scrub **out_scrub, struct base_err *err) BASE_MUST_USE;
void net_scrub_close(struct net_scrub *scrub);
/* Seconds since the last whole pass ended, or since the start while there was none. */
uint64_t net_scrub_age_s(struct net_scrub *scrub);
bool net_scrub_has_found(struct net_scrub *scrub);
