/* Whole-number arithmetic, halves upwards. */
#include "projections/figures.h"

void proj_tally_add(struct proj_tally *tally, unsigned value)
{
    if (value >= 1 && value <= 5)
        tally->marks[value]++;
    else if (value == PROJ_VALUE_NOT_ASSESSED)
        tally->not_assessed++;
    else if (value == PROJ_VALUE_EXEMPT)
        tally->exempt++;
    else if (value == PROJ_VALUE_UNMARKED)
        tally->unmarked++;
    else if (value == PROJ_VALUE_DEFERRED)
        tally->deferred++;
    else if (value == PROJ_VALUE_PASSED)
        tally->passed++;
    else if (value == PROJ_VALUE_FAILED)
        tally->failed++;
    else
        tally->missing++;
}

static unsigned mark_count(const struct proj_tally *tally)
{
    return tally->marks[1] + tally->marks[2] + tally->marks[3] + tally->marks[4] + tally->marks[5];
}

unsigned proj_tally_counted(const struct proj_tally *tally)
{
    return mark_count(tally) + tally->not_assessed;
}

/* sum / n in hundredths; -1 when n is nothing. */
static int hundredths(unsigned sum, unsigned n)
{
    return n == 0 ? -1 : (int)((sum * 200u + n) / (2u * n));
}

int proj_tally_success(const struct proj_tally *tally)
{
    unsigned good = tally->marks[5] + tally->marks[4] + tally->marks[3];
    return hundredths(good * 100u, proj_tally_counted(tally));
}

int proj_tally_quality(const struct proj_tally *tally)
{
    return hundredths((tally->marks[5] + tally->marks[4]) * 100u, proj_tally_counted(tally));
}

int proj_tally_sou(const struct proj_tally *tally)
{
    unsigned sum = 100u * tally->marks[5] + 64u * tally->marks[4] + 36u * tally->marks[3] +
                   16u * tally->marks[2] + 7u * (tally->not_assessed + tally->marks[1]);
    return hundredths(sum, proj_tally_counted(tally));
}

int proj_tally_mean(const struct proj_tally *tally)
{
    unsigned sum = 0;
    for (unsigned mark = 1; mark <= 5; mark++)
        sum += mark * tally->marks[mark];
    return hundredths(sum, mark_count(tally));
}

enum proj_standing proj_standing_of(const struct proj_tally *tally)
{
    if (tally->marks[1] + tally->marks[2] > 0)
        return PROJ_STANDING_FAILING;
    if (tally->not_assessed > 0)
        return PROJ_STANDING_UNKNOWN;
    if (mark_count(tally) == 0)
        return PROJ_STANDING_NONE;
    if (tally->marks[3] == 1)
        return PROJ_STANDING_ONE_THREE;
    if (tally->marks[3] > 1)
        return PROJ_STANDING_FAIR;
    if (tally->marks[4] == 0)
        return PROJ_STANDING_EXCELLENT;
    return tally->marks[4] == 1 && tally->marks[5] > 0 ? PROJ_STANDING_ONE_FOUR
                                                       : PROJ_STANDING_GOOD;
}

bool proj_standing_succeeds(enum proj_standing standing)
{
    return standing >= PROJ_STANDING_EXCELLENT && standing <= PROJ_STANDING_FAIR;
}

bool proj_standing_is_good(enum proj_standing standing)
{
    return standing >= PROJ_STANDING_EXCELLENT && standing <= PROJ_STANDING_GOOD;
}
