/* All readings of a tale's reports, by trial. */
#include "tests/projections/readings.h"

#include <string.h>

#include "tests/projections/mind.h"

struct pair {
    int later, earlier, report;
    bool overrules;
};

struct trial {
    const struct tale *tale;
    struct pair pairs[READING_PAIR_MAX];
    int count;
    bool by_root[TALE_STEP_MAX];  /* stands by root's own word */
    bool rejected[TALE_STEP_MAX]; /* root overruled it */
};

static bool is_pair(const struct tale *tale, const struct step *a, const struct step *b)
{
    return (b->deed == DID_RECEIVE || b->deed == DID_OVERRULE) && a->deed == b->deed &&
           a->target == b->target && !oracle_by_root(tale, a) && !oracle_by_root(tale, b) &&
           oracle_key(tale, a->key).account != oracle_key(tale, b->key).account &&
           (b->deed == DID_RECEIVE || mind_stratum(tale, tale->steps[b->target].account) >= 2);
}

static bool gather(struct trial *t, const struct tale *tale)
{
    memset(t, 0, sizeof *t);
    t->tale = tale;
    for (int i = 0; i < tale->count; i++) {
        const struct step *s = &tale->steps[i];
        if (s->deed == DID_OVERRULE && oracle_by_root(tale, s))
            t->rejected[s->target] = true;
        for (int k = 0; k < i; k++) {
            if (!is_pair(tale, &tale->steps[k], s))
                continue;
            if (t->count == READING_PAIR_MAX)
                return false;
            t->pairs[t->count++] = (struct pair){.later = i,
                                                 .earlier = k,
                                                 .report = s->target,
                                                 .overrules = s->deed == DID_OVERRULE};
        }
    }
    for (int i = 0; i < tale->count; i++)
        t->by_root[i] = tale->steps[i].deed == DID_REPORT &&
                        oracle_by_root(tale, &tale->steps[i]) && !t->rejected[i];
    return true;
}

/* The newest pair on the report that holds in the reading; -1 when none does. */
static int deciding(const struct trial *t, unsigned reading, int report)
{
    int found = -1;
    for (int p = 0; p < t->count; p++) {
        if ((reading >> p & 1) != 0 && t->pairs[p].report == report &&
            (found < 0 || t->pairs[p].later > t->pairs[found].later))
            found = p;
    }
    return found;
}

/* Does the report stand in the reading, by root or by a pair newer than position `than`? */
static bool stands(const struct trial *t, unsigned reading, int report, int than)
{
    if (t->by_root[report])
        return true;
    int p = deciding(t, reading, report);
    return p >= 0 && !t->pairs[p].overrules && !t->rejected[report] && t->pairs[p].later > than;
}

/* Is the voice cut by a report that stands by root or by a newer pair than `than`? */
static bool is_cut(const struct trial *t, unsigned reading, int voice, int than)
{
    struct key_made key = oracle_key(t->tale, t->tale->steps[voice].key);
    for (int i = 0; i < t->tale->count; i++) {
        const struct step *s = &t->tale->steps[i];
        bool about =
            s->deed == DID_REPORT && (s->target == t->tale->steps[voice].key ||
                                      (key.sort == KEY_SESSION && s->target == key.parent));
        if (about && s->cut <= voice && stands(t, reading, i, than))
            return true;
    }
    return false;
}

static bool consistent(const struct trial *t, unsigned reading)
{
    bool same = true;
    for (int p = 0; p < t->count && same; p++) {
        const struct pair *pair = &t->pairs[p];
        bool holds = !is_cut(t, reading, pair->earlier, pair->later) &&
                     !is_cut(t, reading, pair->later, pair->later);
        same = holds == ((reading >> p & 1) != 0);
    }
    return same;
}

int readings_count(const struct tale *tale, bool out_standing[TALE_STEP_MAX])
{
    struct trial t;
    int count = 0;
    if (!gather(&t, tale))
        return -1;
    for (unsigned reading = 0; reading < 1u << t.count; reading++) {
        if (!consistent(&t, reading))
            continue;
        count++;
        for (int i = 0; i < tale->count; i++)
            out_standing[i] = tale->steps[i].deed == DID_REPORT && stands(&t, reading, i, -1);
    }
    return count;
}
