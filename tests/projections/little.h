/* The little school (world.h), made anew for each case. Included after <cmocka.h>. */
#pragma once

#include "tests/projections/world.h"

static struct world w;

static inline int setup(void **state)
{
    (void)state;
    world_make(&w);
    return 0;
}

/* Five minutes after its last event, so that what a case does has a moment of its own. */
static inline int setup_later(void **state)
{
    setup(state);
    world_tick(&w);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    world_remove(&w);
    return 0;
}

static inline struct signer *by(enum who who)
{
    return &w.people[who].session;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_LATER(name) cmocka_unit_test_setup_teardown(name, setup_later, teardown)
