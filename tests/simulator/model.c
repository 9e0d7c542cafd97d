/* The model: a log as a list, and its rules. */
#include "tests/simulator/model.h"

#include <string.h>

#include "tests/projections/teller.h"

void model_begin(struct model *model)
{
    memset(model, 0, sizeof *model);
    model->tale.keys = 1 + TALE_OFFICER_COUNT;
    model->tale.accounts = TALE_OFFICER_COUNT;
    for (int i = 0; i < WRITING_MAX; i++)
        model->made[i].position = TALE_NONE;
}

int64_t model_now(const struct model *model)
{
    int count = model->tale.count;
    int64_t last = count == 0 ? 0 : model->tale.steps[count - 1].at;
    return model->clock > last ? model->clock : last;
}

bool fate_ends(enum fate fate)
{
    return fate >= FATE_COMMIT_FAILS;
}

/* From a writing's number to its position; false when it is needed and not there. */
static bool resolve(const struct model *model, int *field, bool needed)
{
    if (*field >= 0)
        *field = model->made[*field].position;
    return *field >= 0 || !needed;
}

static bool names_event(enum deed deed)
{
    return deed == DID_REVOKE || deed == DID_UNASSIGN || deed == DID_RECEIVE ||
           deed == DID_OVERRULE;
}

/* Signs a writing on top of what is there. */
static bool sign(struct model *model, const struct writing *writing, int size_before,
                 struct made *made)
{
    struct step step = writing->step;
    const struct tale *tale = &model->tale;
    if ((step.deed == DID_FOUND) != (tale->count == 0))
        return false;
    step.at = model_now(model);
    if (!resolve(model, &step.prev, false) || !resolve(model, &step.quote, step.quote >= 0))
        return false;
    if (names_event(step.deed) && !resolve(model, &step.target, true))
        return false;
    if (step.deed == DID_REPORT)
        step.cut = oracle_cut(tale, step.moment);
    if (step.deed != DID_FOUND && !tale_can_say(tale, &step))
        return false;
    made->made = true;
    made->step = step;
    made->size = tale->count;
    made->seen = size_before - writing->seen_back;
    if (made->seen < 0)
        made->seen = 0;
    if (writing->lie == LIE_COUNTER && model->counters[step.key] > 0)
        made->counter = model->counters[step.key];
    else
        made->counter = ++model->signed_counters[step.key];
    return true;
}

static enum answer judge(struct model *model, const struct writing *writing, struct made *made)
{
    if (writing->lie == LIE_SIGNATURE)
        return BAD_SIGNATURE;
    if (made->position != TALE_NONE)
        return KNOWN;
    if (writing->lie == LIE_LOG)
        return WRONG_LOG;
    if (made->counter <= model->counters[made->step.key])
        return STALE_COUNTER;
    if (writing->lie == LIE_SEEN_SIZE || writing->lie == LIE_SEEN_ROOT)
        return SEEN_UNKNOWN;
    struct step step = made->step;
    step.at = model_now(model);
    bool in = model->tale.count == 0 || oracle_admits(&model->tale, &step);
    if (!in) {
        tale_use(&model->tale, &step);
        return REFUSED_ABOVE;
    }
    made->position = model->tale.count;
    model->counters[step.key] = made->counter;
    model->born[model->tale.count] = (int)(made - model->made);
    tale_add(&model->tale, &step);
    return ACCEPTED;
}

enum answer model_take(struct model *model, const struct story *story, int number, int size_before,
                       model_signs_fn signs, void *data)
{
    struct made *made = &model->made[number];
    const struct writing *writing = &story->writings[number];
    if (made->dead)
        return NOT_SENT;
    if (!made->made) {
        if (!sign(model, writing, size_before, made))
            return NOT_SENT;
        if (signs != NULL)
            signs(data, model, number);
    }
    return judge(model, writing, made);
}

/* The batch is not in the log: what was signed on top of its own entries can never be. */
static void take_back(struct model *model, const struct model *before, const struct turn *turn)
{
    int size = before->tale.count;
    for (int i = 0; i < turn->count; i++) {
        struct made *made = &model->made[turn->writings[i]];
        if (made->position >= size)
            made->position = TALE_NONE;
        if (made->made && made->size > size &&
            (made->step.deed == DID_REPORT || made->step.quote >= size ||
             (names_event(made->step.deed) && made->step.target >= size)))
            made->dead = true;
    }
    struct tale tale = before->tale;
    tale.keys = model->tale.keys; /* numbers that were used once are used up */
    tale.accounts = model->tale.accounts;
    tale.subjects = model->tale.subjects;
    tale.groups = model->tale.groups;
    tale.pupils = model->tale.pupils;
    tale.lessons = model->tale.lessons;
    model->tale = tale;
    memcpy(model->counters, before->counters, sizeof model->counters);
}

static void undone(const struct turn *turn, enum answer answers[BATCH_MAX])
{
    for (int i = 0; i < turn->count; i++) {
        if (answers[i] != NOT_SENT && answers[i] != BAD_SIGNATURE)
            answers[i] = NO_ANSWER;
    }
}

/* Known before the batch? In a batch that was undone nothing else is. */
static void full(const struct model *model, const struct turn *turn, enum answer answers[BATCH_MAX])
{
    for (int i = 0; i < turn->count; i++) {
        bool known = answers[i] == KNOWN && model->made[turn->writings[i]].position != TALE_NONE;
        if (answers[i] != NOT_SENT && answers[i] != BAD_SIGNATURE && !known)
            answers[i] = DISK_FULL;
    }
}

void model_turn(struct model *model, const struct story *story, const struct turn *turn,
                model_signs_fn signs, void *data, enum answer out_answers[BATCH_MAX])
{
    static struct model before;
    int accepted = 0;
    model->clock += turn->clock_ms;
    if (turn->kind != TURN_BATCH)
        return;
    before = *model;
    for (int i = 0; i < turn->count; i++) {
        out_answers[i] =
            model_take(model, story, turn->writings[i], before.tale.count, signs, data);
        accepted += out_answers[i] == ACCEPTED;
    }
    bool reserving = turn->fate == FATE_FULL_RESERVING;
    if (accepted == 0 && !reserving) /* nothing is written: nothing befalls it */
        return;
    if (reserving || turn->fate == FATE_FULL_COMMITTING) {
        take_back(model, &before, turn);
        full(model, turn, out_answers);
    } else if (turn->fate == FATE_COMMIT_FAILS || turn->fate == FATE_KILLED_BEFORE ||
               turn->fate == FATE_POWER) {
        take_back(model, &before, turn);
        undone(turn, out_answers);
    } else if (fate_ends(turn->fate)) {
        undone(turn, out_answers);
    }
}
