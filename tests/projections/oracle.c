/* The oracle: which reports stand, which steps count, which may enter. */
#include <stddef.h>
#include <string.h>

#include "tests/projections/mind.h"

#define NO_CUT 1000000

static bool closed(const struct tale *tale, int key)
{
    struct key_made made = oracle_key(tale, key);
    for (int i = 0; i < tale->count; i++) {
        if (tale->steps[i].deed == DID_REPORT && tale->steps[i].target == key)
            return true;
    }
    return made.sort == KEY_SESSION && closed(tale, made.parent);
}

bool oracle_by_root(const struct tale *tale, const struct step *s)
{
    return oracle_key(tale, s->key).sort == KEY_ROOT;
}

/* Reports */

static bool is_breach(const struct step *s)
{
    return s->deed == DID_REPORT || s->deed == DID_RECEIVE || s->deed == DID_OVERRULE;
}

/* The report with the smallest cut on a key, or on what it descends from, among those that stand;
 * of equal cuts one on the key itself, and of those the oldest. NONE. */
static int cover_of(const struct tale *tale, int n, const bool *standing, int key)
{
    struct key_made made = oracle_key(tale, key);
    int best = TALE_NONE;
    for (int i = 0; i < n; i++) {
        const struct step *s = &tale->steps[i];
        const struct step *other = best == TALE_NONE ? NULL : &tale->steps[best];
        if (s->deed != DID_REPORT || !standing[i] ||
            (s->target != key && (made.sort != KEY_SESSION || s->target != made.parent)))
            continue;
        if (other == NULL || s->cut < other->cut ||
            (s->cut == other->cut && s->target == key && other->target != key))
            best = i;
    }
    return best;
}

static int cut_of(const struct tale *tale, int n, const bool *standing, int key)
{
    int cover = cover_of(tale, n, standing, key);
    return cover == TALE_NONE ? NO_CUT : tale->steps[cover].cut;
}

static bool voice_stands(const struct tale *tale, int n, const bool *standing, int seq)
{
    return seq < cut_of(tale, n, standing, tale->steps[seq].key);
}

/* Root's reports first; then, from the newest voice back, every pair that it makes. */
static void judge_reports(const struct tale *tale, int n, struct opinion *out)
{
    for (int i = 0; i < n; i++) {
        const struct step *s = &tale->steps[i];
        if (s->deed == DID_OVERRULE && oracle_by_root(tale, s))
            out->overruled[s->target] = true;
    }
    for (int i = 0; i < n; i++) {
        const struct step *s = &tale->steps[i];
        if (s->deed == DID_REPORT && oracle_by_root(tale, s) && !out->overruled[i])
            out->standing[i] = true;
    }
    for (int later = n - 1; later > 0; later--) {
        const struct step *b = &tale->steps[later];
        if ((b->deed != DID_RECEIVE && b->deed != DID_OVERRULE) || oracle_by_root(tale, b))
            continue;
        for (int earlier = 0; earlier < later; earlier++) {
            const struct step *a = &tale->steps[earlier];
            if (a->deed != b->deed || a->target != b->target || oracle_by_root(tale, a) ||
                oracle_key(tale, a->key).account == oracle_key(tale, b->key).account)
                continue;
            if (!voice_stands(tale, n, out->standing, earlier) ||
                !voice_stands(tale, n, out->standing, later))
                continue;
            int report = b->target;
            if (b->deed == DID_RECEIVE && !out->overruled[report])
                out->standing[report] = true;
            if (b->deed == DID_OVERRULE && !out->standing[report] &&
                mind_stratum(tale, tale->steps[report].account) >= 2)
                out->overruled[report] = true;
        }
    }
}

void oracle_judge(const struct tale *tale, int n, struct opinion *out)
{
    struct mind mind = {.tale = tale, .n = n};
    memset(out, 0, sizeof *out);
    judge_reports(tale, n, out);
    for (int i = 0; i < n; i++) {
        const struct step *s = &tale->steps[i];
        int cut = cut_of(tale, n, out->standing, s->key);
        if (s->deed == DID_FOUND || s->deed == DID_ROTATE || is_breach(s))
            out->verdicts[i] = COUNTS;
        else if (i >= cut)
            out->verdicts[i] = COVERED;
        else
            out->verdicts[i] = mind_grounded(&mind, s, i) ? COUNTS : UNGROUNDED;
        out->covers[i] = cover_of(tale, n, out->standing, s->key);
        mind.counts[i] = out->verdicts[i] == COUNTS;
    }
}

/* A lone accusation that nobody has decided. */
static bool frozen(const struct tale *tale, const struct opinion *opinion, int account)
{
    for (int i = 0; i < tale->count; i++) {
        const struct step *s = &tale->steps[i];
        int reporter = oracle_key(tale, s->key).account;
        if (s->deed != DID_REPORT || oracle_by_root(tale, s) ||
            mind_stratum(tale, s->account) != 1 || reporter == s->account || opinion->standing[i] ||
            opinion->overruled[i] || !voice_stands(tale, tale->count, opinion->standing, i))
            continue;
        if (account == s->account || account == reporter)
            return true;
    }
    return false;
}

/* Manners: asked at admission only */

int oracle_cut(const struct tale *tale, int64_t moment)
{
    int cut = 0;
    while (cut < tale->count && tale->steps[cut].at < moment)
        cut++;
    return cut;
}

bool oracle_covers(const struct tale *tale, int key, int cut, int seq)
{
    struct key_made made = oracle_key(tale, tale->steps[seq].key);
    return seq >= cut &&
           (tale->steps[seq].key == key || (made.sort == KEY_SESSION && made.parent == key));
}

static struct mind mind_of(const struct tale *tale, struct opinion *opinion)
{
    struct mind mind = {.tale = tale, .n = tale->count};
    oracle_judge(tale, tale->count, opinion);
    for (int i = 0; i < tale->count; i++)
        mind.counts[i] = opinion->verdicts[i] == COUNTS;
    return mind;
}

static int prev_of(const struct mind *m, int lesson, int pupil)
{
    int prev = TALE_NONE;
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (mind_good(m, i, m->n) && s->deed == DID_MARK && s->made == lesson && s->pupil == pupil)
            prev = i;
    }
    return prev;
}

int oracle_prev(const struct tale *tale, int lesson, int pupil)
{
    struct opinion opinion;
    struct mind mind = mind_of(tale, &opinion);
    return prev_of(&mind, lesson, pupil);
}

static bool lesson_is_new(const struct mind *m, const struct step *s)
{
    for (int i = 0; i < m->n; i++) {
        const struct step *other = &m->tale->steps[i];
        if (other->deed != DID_LESSON)
            continue;
        bool same_slot = other->group == s->group && other->subject == s->subject &&
                         other->day == s->day && other->n == s->n;
        if (other->made == s->made && (m->counts[i] || !same_slot || s->quote == TALE_NONE))
            return false;
        if (same_slot && m->counts[i] && mind_lesson(m, other->made, m->n) != NULL)
            return false;
    }
    return s->day <= tale_day(s->at);
}

/* One reporter, one report of a key, unless it reaches further back; and not without end. */
static bool may_report(const struct mind *m, const struct opinion *opinion, const struct step *s)
{
    const struct tale *tale = m->tale;
    struct key_made key = oracle_key(tale, s->key);
    int recent = 0;
    if (s->cut != oracle_cut(tale, s->moment))
        return false;
    if (key.sort == KEY_ROOT)
        return true;
    if (key.account != s->account && mind_stratum(tale, s->account) == 1 &&
        frozen(tale, opinion, key.account))
        return false;
    for (int i = 0; i < tale->count; i++) {
        const struct step *other = &tale->steps[i];
        if (other->deed != DID_REPORT || oracle_key(tale, other->key).account != key.account)
            continue;
        if (other->target == s->target && other->cut <= s->cut)
            return false;
        recent += s->at - other->at < TALE_DAY_MS;
    }
    return recent < (mind_stratum(tale, key.account) <= 1 ? 20 : 5);
}

static bool has_spoken(const struct tale *tale, const struct step *s)
{
    int account = oracle_key(tale, s->key).account;
    for (int i = 0; i < tale->count; i++) {
        const struct step *other = &tale->steps[i];
        if (other->deed == s->deed && other->target == s->target &&
            oracle_key(tale, other->key).account == account)
            return true;
    }
    return false;
}

bool oracle_admits(const struct tale *tale, const struct step *s)
{
    struct opinion opinion;
    struct mind mind = mind_of(tale, &opinion);
    struct key_made key = oracle_key(tale, s->key);
    if (s->deed == DID_ROTATE)
        return mind_grounded(&mind, s, mind.n);
    if (!mind_key_there(&mind, s->key, mind.n) || closed(tale, s->key) ||
        mind_retired(&mind, s->key, mind.n))
        return false;
    if (key.sort == KEY_SESSION && s->at >= tale->steps[key.by].at + TALE_SESSION_MS)
        return false;
    if (key.sort == KEY_INVITATION && s->deed != DID_ENROL)
        return false;
    if (key.sort == KEY_EMERGENCY && s->deed != DID_REPORT)
        return false;
    if (!is_breach(s) && s->deed != DID_SESSION && key.sort != KEY_INVITATION &&
        mind_stratum(tale, key.account) == 1 && frozen(tale, &opinion, key.account))
        return false;
    if (!mind_grounded(&mind, s, mind.n))
        return false;
    if (s->deed == DID_LESSON)
        return lesson_is_new(&mind, s);
    if (s->deed == DID_MARK)
        return s->prev == prev_of(&mind, s->made, s->pupil);
    if (s->deed == DID_RECEIVE || s->deed == DID_OVERRULE)
        return !has_spoken(tale, s);
    if (s->deed == DID_REPORT)
        return may_report(&mind, &opinion, s);
    return true;
}
