/* Inventing stories. What is signed next depends on what the log holds by then, so the model plays
 * along; the real thing does not. */
#include <string.h>

#include "tests/projections/teller.h"
#include "tests/simulator/model.h"

#define HOUR_MS INT64_C(3600000)
#define ORDINARY_TURNS_MAX 34
#define PRELUDE_MAX 16

struct inventor {
    struct test_random random;
    struct teller teller;
    struct model model;
    struct story *story;
    int size;                  /* of the log, the running batch left out */
    int clients[CLIENT_COUNT]; /* the size that each has seen */
    int stolen;                /* a key, or NONE */
    bool in_hours; /* the clock goes by whole hours and days, so that terms are met to the moment */
    struct step prelude[PRELUDE_MAX];
    int prelude_count, prelude_told;
};

static int below(struct inventor *v, int n)
{
    return n <= 0 ? 0 : (int)test_random_below(&v->random, (uint64_t)n);
}

/* How long a session lasts, a day, the days after which two officers do not suffice. */
static int64_t hours_step(struct inventor *v)
{
    static const int hours[] = {0, 0, 0, 0, 0, 1, 5, 10, 10, 24, 24};
    if (v->model.tale.count == 0)
        return 0;
    if (below(v, 40) == 0)
        return 30 * TALE_DAY_MS;
    return hours[below(v, (int)(sizeof hours / sizeof hours[0]))] * HOUR_MS;
}

static int64_t clock_step(struct inventor *v)
{
    if (v->in_hours)
        return hours_step(v);
    int64_t behind = model_now(&v->model) - v->model.clock;
    int what = below(v, 100);
    if (what < 10 || v->model.tale.count == 0) /* days count from the founding */
        return 0;
    if (what < 16)
        return -below(v, 10) * HOUR_MS - below(v, 1000);
    if (what < 17)
        return -400 * TALE_DAY_MS; /* its battery is empty */
    if (what < 22)
        return TALE_DAY_MS;
    if (what < 24)
        return 31 * TALE_DAY_MS;
    return (behind > 0 && below(v, 3) == 0 ? behind : 0) + (1 + below(v, 50)) * 60000;
}

/* From positions to writings' numbers. */
static void unresolve(const struct model *model, struct step *step)
{
    if (step->prev >= 0)
        step->prev = model->born[step->prev];
    if (step->quote >= 0)
        step->quote = model->born[step->quote];
    if (step->deed == DID_REVOKE || step->deed == DID_UNASSIGN || step->deed == DID_RECEIVE ||
        step->deed == DID_OVERRULE)
        step->target = model->born[step->target];
}

static int writing_add(struct inventor *v, struct step step)
{
    int number = v->story->writing_count++;
    struct writing *writing = &v->story->writings[number];
    unresolve(&v->model, &step);
    *writing = (struct writing){.step = step, .client = below(v, CLIENT_COUNT)};
    int *seen = &v->clients[writing->client];
    if (below(v, 2) == 0 || *seen > v->size) /* it looks at the log again */
        *seen = v->size;
    writing->seen_back = v->size - *seen;
    return number;
}

static int writing_new(struct inventor *v)
{
    v->teller.at = model_now(&v->model);
    struct step step = teller_step(&v->teller, &v->model.tale);
    bool stolen = v->stolen != TALE_NONE && step.deed >= DID_LESSON && step.deed <= DID_MARK &&
                  below(v, 4) == 0;
    if (stolen)
        step.key = v->stolen;
    if (below(v, 12) == 0)
        v->stolen = step.key;
    int number = writing_add(v, step);
    v->story->writings[number].stolen = stolen;
    if (below(v, 14) == 0)
        v->story->writings[number].lie = (enum lie)(1 + below(v, LIE_COUNT - 1));
    return number;
}

/* The same words once more, signed anew: somebody pressed the button twice. Only of what makes
 * nothing, since no number is made twice. */
static int writing_doubled(struct inventor *v, int number)
{
    static const uint32_t makes = 1u << DID_FOUND | 1u << DID_ACCOUNT | 1u << DID_INVITE |
                                  1u << DID_ENROL | 1u << DID_SESSION | 1u << DID_SUBJECT |
                                  1u << DID_GROUP | 1u << DID_PUPIL | 1u << DID_LESSON |
                                  1u << DID_ROTATE;
    const struct writing *writing = &v->story->writings[number];
    if ((makes >> writing->step.deed & 1) != 0)
        return number;
    int again = v->story->writing_count++;
    v->story->writings[again] = *writing;
    v->story->writings[again].lie = HONEST;
    v->story->writings[again].seen_back = 0;
    return again;
}

/* Something that was handed in before, again: mostly of late. */
static int writing_again(struct inventor *v)
{
    int count = v->story->writing_count;
    int late = count < 5 ? count : 5;
    return below(v, 3) > 0 ? count - 1 - below(v, late) : below(v, count);
}

static bool room(const struct inventor *v)
{
    return v->story->writing_count + BATCH_MAX < WRITING_MAX &&
           v->model.tale.count + BATCH_MAX < TALE_STEP_MAX &&
           v->model.tale.keys + 2 * BATCH_MAX < TALE_KEY_MAX - 20;
}

static void batch_invent(struct inventor *v, struct turn *turn)
{
    static struct model kept;
    enum answer answers[BATCH_MAX];
    int wanted = 1 + (below(v, 2) == 0 ? 0 : below(v, BATCH_MAX - 1));
    if (v->teller.talks) /* much in one moment */
        wanted = BATCH_MAX - 1;
    int size = v->model.tale.count;
    bool founded = size > 0;
    v->size = size;
    turn->kind = TURN_BATCH;
    turn->fate = below(v, 4) == 0 ? (enum fate)(1 + below(v, FATE_COUNT - 1)) : FATE_NONE;
    /* As if all went well: events of one batch rest on each other. */
    kept = v->model;
    v->model.clock += turn->clock_ms;
    for (int i = 0; i < (founded ? wanted : 1); i++) {
        int number;
        if (!founded && v->story->writing_count > 0)
            number = 0;
        else if (v->prelude_told < v->prelude_count)
            number = writing_add(v, v->prelude[v->prelude_told++]);
        else if (below(v, 6) == 0)
            number = writing_again(v);
        else if (below(v, 12) == 0)
            number = writing_doubled(v, writing_again(v));
        else
            number = writing_new(v);
        turn->writings[turn->count++] = number;
        (void)model_take(&v->model, v->story, number, size, NULL, NULL);
    }
    /* The prelude has to come to something. */
    if (founded && v->prelude_told < v->prelude_count)
        turn->fate = FATE_NONE;
    v->model = kept;
    model_turn(&v->model, v->story, turn, NULL, NULL, answers);
}

static void turn_invent(struct inventor *v)
{
    struct turn *turn = &v->story->turns[v->story->turn_count++];
    int what = below(v, 100);
    *turn = (struct turn){.clock_ms = clock_step(v), .dice = test_random_next(&v->random)};
    if (what < 6 && v->model.tale.count > 0) {
        enum answer none[BATCH_MAX];
        turn->kind = what < 3 ? TURN_REOPEN : what < 4 ? TURN_FORGET : TURN_REBUILD;
        model_turn(&v->model, v->story, turn, NULL, NULL, none);
        return;
    }
    batch_invent(v, turn);
}

static void prelude_hear(void *data, const struct step *step)
{
    struct inventor *v = data;
    v->prelude[v->prelude_count++] = *step;
}

void story_invent(uint64_t seed, struct story *out_story)
{
    static struct inventor inventor;
    static struct tale scratch;
    struct inventor *v = &inventor;
    memset(v, 0, sizeof *v);
    memset(out_story, 0, sizeof *out_story);
    out_story->seed = seed;
    v->story = out_story;
    v->random = (struct test_random){.state = seed};
    v->stolen = TALE_NONE;
    model_begin(&v->model);
    teller_prelude(&scratch, prelude_hear, v);
    v->teller = (struct teller){.random = {.state = test_random_next(&v->random)},
                                .report_weight = below(v, 40),
                                .edges = true,
                                .talks = below(v, 6) == 0,
                                .talker = TALE_NONE,
                                .plot = below(v, 3) == 0 ? 1 : 0,
                                .at_given = true};
    v->in_hours = below(v, v->teller.talks ? 2 : 3) == 0;
    int bits = below(v, 3) * 3;
    for (int bit = 0; bit < bits; bit++)
        v->teller.deeds |= 1u << (1 + below(v, DID_REPORT - 1));
    if (v->teller.deeds != 0)
        v->teller.deeds |= 1u << DID_MARK | 1u << DID_LESSON | 1u << DID_SESSION;
    int turns = 8 + below(v, ORDINARY_TURNS_MAX - 8);
    while (room(v) && v->story->turn_count < TURN_MAX &&
           (v->story->turn_count < turns || v->prelude_told < v->prelude_count))
        turn_invent(v);
}
