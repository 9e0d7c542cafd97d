/* The brakes of one process: how often a name may do what costs others something. All schools
 * share the tables, so names of a school's people begin with the school's (net/limits.h says how
 * many and why).
 * Threads: the loop's. */
#pragma once

#include "net/throttle.h"

struct net_brakes {
    struct net_throttle *login_here;     /* wrong passwords: school, login and address */
    struct net_throttle *login_anywhere; /* school and login */
    struct net_throttle *login_address;  /* address */
    struct net_throttle *event_key;      /* events: the signing key */
    struct net_throttle *event_account;  /* school and account of the signing key */
    struct net_throttle *event_address;  /* address */
};

/* On a fault what was made must be released, too. */
int net_brakes_make(struct net_brakes *brakes, struct base_err *err) BASE_MUST_USE;
void net_brakes_release(struct net_brakes *brakes);
