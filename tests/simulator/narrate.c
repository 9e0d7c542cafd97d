/* A story in words. */
#include <stdio.h>

#include "tests/simulator/model.h"

const char *lie_name(enum lie lie)
{
    static const char *const names[LIE_COUNT] = {
        "",
        ", whose signature does not hold,",
        ", signed for another log,",
        ", having seen more than there is,",
        ", having seen another history,",
        ", with a counter that was used,",
    };
    return names[lie];
}

static const char *fate_text(enum fate fate)
{
    static const char *const texts[FATE_COUNT] = {
        "",
        "; the disk is full before anything is written",
        "; the disk is full at the commit",
        "; the commit fails",
        "; the commit succeeds, but seems to have failed",
        "; what was committed reads back otherwise",
        "; the server is killed before the commit",
        "; the server is killed after the commit",
        "; power is lost in the midst of the commit",
        "; power is lost after the commit",
    };
    return texts[fate];
}

void turn_print(const struct story *story, const struct turn *turn, int number)
{
    printf("turn %d:", number);
    if (turn->clock_ms < 0)
        printf(" the clock goes back %.1f h;", (double)-turn->clock_ms / 3600000.0);
    else if (turn->clock_ms > 0)
        printf(" %.1f h later", (double)turn->clock_ms / 3600000.0);
    if (turn->kind == TURN_REOPEN)
        printf(" the server is started again");
    if (turn->kind == TURN_FORGET)
        printf(" the projections are lost and the server started again");
    if (turn->kind == TURN_REBUILD)
        printf(" the log is folded from nothing beside");
    if (turn->kind == TURN_BATCH)
        printf(" %d handed in%s", turn->count, fate_text(turn->fate));
    printf("\n");
    (void)story;
}
