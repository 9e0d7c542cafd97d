/* The figures by which schools compare: успеваемость, качество, СОУ (specs/glossary.md), from
 * period marks. Pure. Units: hundredths of a per cent, hundredths of a mark; -1 where there is
 * nothing to divide by. Source: the regulation's clauses file, "Conventions of the field";
 * specs/regulation.md. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Period values that are not marks (specs/events.md). */
enum {
    PROJ_VALUE_EXEMPT = 10,
    PROJ_VALUE_NOT_ASSESSED,
    PROJ_VALUE_UNMARKED,
    PROJ_VALUE_DEFERRED,
    PROJ_VALUE_PASSED,
    PROJ_VALUE_FAILED
};

/* How often each value stands in a column or a row; `missing` are pupils without one. */
struct proj_tally {
    unsigned marks[6]; /* by mark, 1 … 5 */
    unsigned not_assessed, exempt, unmarked, deferred, passed, failed, missing;
};

/* Counts a value in; 0 is a missing one. */
void proj_tally_add(struct proj_tally *tally, unsigned value);
/* N of the formulas: marks and н/а; exempt, unmarked, deferred and missing ones are out. */
unsigned proj_tally_counted(const struct proj_tally *tally);
/* (n5 + n4 + n3) / N */
int proj_tally_success(const struct proj_tally *tally);
/* (n5 + n4) / N */
int proj_tally_quality(const struct proj_tally *tally);
/* (100·n5 + 64·n4 + 36·n3 + 16·n2 + 7·n_н/а) / N; a 1 weighs as н/а */
int proj_tally_sou(const struct proj_tally *tally);
/* The mean of the marks alone. */
int proj_tally_mean(const struct proj_tally *tally);

/* What a pupil is over all subjects of a period. */
enum proj_standing {
    PROJ_STANDING_NONE,      /* nothing is counted yet */
    PROJ_STANDING_EXCELLENT, /* only 5 */
    PROJ_STANDING_ONE_FOUR,  /* 5 and a single 4 */
    PROJ_STANDING_GOOD,      /* 4 and 5 */
    PROJ_STANDING_ONE_THREE, /* 4, 5 and a single 3 */
    PROJ_STANDING_FAIR,      /* several 3, nothing below */
    PROJ_STANDING_FAILING,   /* a 2 or 1 */
    PROJ_STANDING_UNKNOWN,   /* a н/а, nothing below 3 */
};
enum proj_standing proj_standing_of(const struct proj_tally *tally);
/* Pupils with no 2 and no н/а; pupils with only 4 and 5. */
bool proj_standing_succeeds(enum proj_standing standing);
bool proj_standing_is_good(enum proj_standing standing);
