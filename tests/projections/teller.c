/* The teller of random tales. */
#include "tests/projections/teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/projections/mind.h"

#define ATTEMPT_MAX 60
#define EDGE_TRY_COUNT 12
#define FEUD_STAGE 10 /* of `plot`, from which on it is the feud */
#define FEUD_END 5

static int below(struct teller *t, int n)
{
    return n <= 0 ? 0 : (int)test_random_below(&t->random, (uint64_t)n);
}

static const struct step blank = {.account = TALE_NONE,
                                  .scope = TALE_NONE,
                                  .made = TALE_NONE,
                                  .made_too = TALE_NONE,
                                  .target = TALE_NONE,
                                  .prev = TALE_NONE,
                                  .quote = TALE_NONE};

static void use(int *made, int index)
{
    if (index >= *made)
        *made = index + 1;
}

void tale_use(struct tale *tale, const struct step *s)
{
    if (s->deed == DID_INVITE || s->deed == DID_ENROL || s->deed == DID_SESSION) {
        use(&tale->keys, s->made);
        use(&tale->keys, s->made_too);
    } else if (s->deed == DID_ACCOUNT) {
        use(&tale->accounts, s->account);
    } else if (s->deed == DID_SUBJECT) {
        use(&tale->subjects, s->made);
    } else if (s->deed == DID_GROUP) {
        use(&tale->groups, s->made);
    } else if (s->deed == DID_PUPIL) {
        use(&tale->pupils, s->made);
    } else if (s->deed == DID_LESSON) {
        use(&tale->lessons, s->made);
    }
}

void tale_add(struct tale *tale, const struct step *step)
{
    assert_true(tale->count < TALE_STEP_MAX);
    tale->steps[tale->count++] = *step;
    tale_use(tale, step);
}

void teller_prelude(struct tale *tale, void (*tell)(void *data, const struct step *step),
                    void *data)
{
    memset(tale, 0, sizeof *tale);
    tale->keys = 1 + TALE_OFFICER_COUNT;
    tale->accounts = TALE_OFFICER_COUNT;
    const struct step steps[] = {
        {.deed = DID_FOUND, .key = 0},
        {.deed = DID_SUBJECT, .key = 2, .made = 0},
        {.deed = DID_GROUP, .key = 2, .made = 0, .scope = TALE_NONE},
        {.deed = DID_PUPIL, .key = 2, .made = 0, .group = 0, .from = 0},
        {.deed = DID_ACCOUNT, .key = 1, .account = 3, .stratum = 2},
        {.deed = DID_INVITE, .key = 1, .account = 3, .made = 4, .made_too = 5},
        {.deed = DID_ENROL, .key = 4, .account = 3, .made = 6, .made_too = TALE_NONE},
        {.deed = DID_ASSIGN, .key = 1, .account = 3, .group = 0, .subject = 0, .from = 0, .to = 60},
        {.deed = DID_SESSION, .key = 6, .account = 3, .made = 7, .made_too = TALE_NONE}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct step step = steps[i];
        step.at = (int64_t)i * 60000;
        step.quote = TALE_NONE;
        step.prev = TALE_NONE;
        tell(data, &step);
    }
}

static int pick_deed(struct teller *t, const struct tale *tale)
{
    static const struct {
        enum deed deed;
        int weight;
        bool takes; /* back, or over */
    } choices[] = {{DID_ACCOUNT, 7, false},   {DID_INVITE, 9, true},    {DID_ENROL, 10, true},
                   {DID_RETIRE, 3, true},     {DID_SESSION, 10, false}, {DID_CLOSE, 2, true},
                   {DID_GRANT, 10, true},     {DID_REVOKE, 4, true},    {DID_SUBJECT, 2, false},
                   {DID_GROUP, 3, false},     {DID_PUPIL, 3, false},    {DID_JOIN, 4, true},
                   {DID_LEAVE, 3, true},      {DID_ASSIGN, 6, true},    {DID_UNASSIGN, 3, true},
                   {DID_TIMETABLE, 2, false}, {DID_CHANGE, 4, true},    {DID_LESSON, 12, false},
                   {DID_MARK, 18, false}};
    if (below(t, 100) < t->report_weight) {
        int what = below(t, 10);
        bool any = false;
        for (int i = 0; i < tale->count; i++)
            any |= tale->steps[i].deed == DID_REPORT;
        if (below(t, 20) == 0)
            return DID_ROTATE;
        return !any || what < 3 ? DID_REPORT : what < 7 ? DID_RECEIVE : DID_OVERRULE;
    }
    int sum = 0;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        sum += choices[i].weight;
    for (;;) {
        int at = below(t, sum);
        size_t i = 0;
        while (at >= choices[i].weight)
            at -= choices[i++].weight;
        if (t->deeds != 0 && ((t->deeds >> choices[i].deed) & 1) == 0)
            continue;
        if (!choices[i].takes || !t->no_revocation || choices[i].deed == DID_INVITE ||
            choices[i].deed == DID_ENROL)
            return (int)choices[i].deed;
    }
}

/* A position of a step of that sort, or the founding. */
static int pick_step(struct teller *t, const struct tale *tale, enum deed deed)
{
    for (int i = 0; i < 40; i++) {
        int seq = below(t, tale->count);
        if (tale->steps[seq].deed == deed)
            return seq;
    }
    return 0;
}

/* An officer for what only officers do, else anybody; newer keys a little more often. */
static int pick_key(struct teller *t, const struct tale *tale, enum deed deed)
{
    if (deed == DID_ROTATE && below(t, 3) > 0)
        return below(t, 2) == 0 ? tale_root(tale) : tale_next_root(tale);
    if ((deed == DID_REPORT || deed == DID_OVERRULE) && below(t, 2) == 0)
        return below(t, 6) == 0 ? 0 : tale_root(tale);
    if (deed >= DID_REPORT && below(t, 3) > 0)
        return below(t, 1 + TALE_OFFICER_COUNT);
    if ((deed == DID_MARK || deed == DID_LESSON) && below(t, 2) == 0)
        return tale->keys - 1 - below(t, tale->keys < 6 ? tale->keys : 6);
    for (int i = 0; i < 30; i++) {
        int key = below(t, tale->keys);
        enum key_sort sort = oracle_key(tale, key).sort;
        if (deed == DID_ENROL
                ? sort == KEY_INVITATION
                : sort != KEY_INVITATION && (sort != KEY_EMERGENCY || deed == DID_REPORT))
            return key;
    }
    return below(t, tale->keys);
}

static void fill_people(struct teller *t, const struct tale *tale, struct step *s)
{
    static const int roles[] = {ROLE_CLASS, ROLE_PARENT, ROLE_CORRECT, ROLE_OFFICE};
    s->account = below(t, tale->accounts);
    if (s->deed == DID_ACCOUNT) {
        s->account = tale->accounts;
        s->stratum = oracle_key(tale, s->key).sort == KEY_ROOT ? 1 + below(t, 3) : 2 + below(t, 2);
    } else if (s->deed == DID_INVITE) {
        s->made = tale->keys;
        s->made_too = tale->keys + 1;
    } else if (s->deed == DID_ENROL || s->deed == DID_SESSION) {
        s->made = tale->keys;
        s->account = oracle_key(tale, s->key).account;
    } else if (s->deed == DID_RETIRE || s->deed == DID_CLOSE) {
        s->target = below(t, tale->keys);
    } else if (s->deed == DID_GRANT) {
        s->role = roles[below(t, 4)];
        s->scope = s->role == ROLE_CLASS    ? below(t, tale->groups)
                   : s->role == ROLE_PARENT ? below(t, tale->pupils)
                                            : TALE_NONE;
        if (oracle_key(tale, s->key).sort == KEY_ROOT &&
            below(t, 3) == 0) { /* root makes another officer */
            s->role = ROLE_HEAD + below(t, 3);
            s->scope = TALE_NONE;
        }
        s->from = below(t, 4) == 0 ? 2 : 0;
    } else {
        s->target = pick_step(t, tale, DID_GRANT);
    }
}

static void fill_school(struct teller *t, const struct tale *tale, struct step *s)
{
    s->group = below(t, tale->groups);
    s->subject = below(t, tale->subjects);
    s->pupil = below(t, tale->pupils);
    s->account = below(t, tale->accounts);
    s->from = below(t, 3) == 0 ? 1 : 0;
    s->to = below(t, 3) == 0 ? 60 : -1 + below(t, 2);
    if (s->deed == DID_ASSIGN && below(t, 2) == 0)
        s->to = 60;
    if (s->deed == DID_SUBJECT)
        s->made = tale->subjects;
    if (s->deed == DID_GROUP) {
        s->made = tale->groups;
        s->scope = below(t, 2) == 0 ? below(t, tale->groups) : TALE_NONE;
    }
    if (s->deed == DID_PUPIL)
        s->made = tale->pupils;
    if (s->deed == DID_UNASSIGN)
        s->target = pick_step(t, tale, DID_ASSIGN);
}

static void fill_lesson(struct teller *t, const struct tale *tale, struct step *s)
{
    s->group = below(t, tale->groups);
    s->subject = below(t, tale->subjects);
    s->pupil = below(t, tale->pupils);
    s->account = below(t, tale->accounts);
    s->day = below(t, tale_day(s->at) + 1);
    s->n = 1 + below(t, 3);
    if (s->deed == DID_CHANGE) {
        s->target = s->account;
        s->account = below(t, 4) == 0 ? TALE_NONE : below(t, tale->accounts);
    } else if (s->deed == DID_LESSON) {
        int actor = oracle_key(tale, s->key).account;
        s->made = tale->lessons;
        s->scope = actor;
        if (below(t, 3) > 0 && actor != TALE_NONE)
            s->account = actor;
        int earlier = pick_step(t, tale, DID_LESSON);
        if (below(t, 4) == 0 && earlier > 0) { /* affirm it anew */
            const struct step *old = &tale->steps[earlier];
            s->made = old->made;
            s->group = old->group;
            s->subject = old->subject;
            s->day = old->day;
            s->n = old->n;
            s->quote = earlier;
        }
    } else {
        s->made = below(t, tale->lessons);
        s->value = 1 + below(t, 5);
        s->prev = below(t, 12) == 0 ? TALE_NONE : oracle_prev(tale, s->made, s->pupil);
    }
}

static void fill_breach(struct teller *t, const struct tale *tale, struct step *s)
{
    if (s->deed == DID_REPORT) {
        /* Mostly a key that has written much, or lately. */
        s->target = tale->steps[below(t, 2) == 0 ? tale->count - 1 : below(t, tale->count)].key;
        if (below(t, 3) == 0)
            s->target = below(t, tale->keys);
        s->account = oracle_key(tale, s->target).account;
        int seq = below(t, tale->count);
        s->moment = tale->steps[seq].at + below(t, 2);
        s->cut = oracle_cut(tale, s->moment);
    } else {
        s->target = pick_step(t, tale, DID_REPORT);
        for (int i = tale->count - 1; i > 0 && below(t, 4) > 0; i--) { /* mostly the newest */
            if (tale->steps[i].deed == DID_REPORT) {
                s->target = i;
                break;
            }
        }
    }
    int actor = oracle_key(tale, s->key).account;
    s->role = actor >= 0 && actor < TALE_OFFICER_COUNT ? actor + 1 : ROLE_HEAD + below(t, 3);
    if (t->lone_officer) { /* the head's key, or a session of it */
        for (int i = 0; i < 60 && oracle_key(tale, s->key).account != 0; i++)
            s->key = below(t, tale->keys);
        if (oracle_key(tale, s->key).account != 0)
            s->key = 1;
        s->role = ROLE_HEAD;
    }
}

/* By that key, or by whom the deed suits (NONE). */
static struct step propose(struct teller *t, const struct tale *tale, int key)
{
    struct step s = blank;
    int64_t last = tale->steps[tale->count - 1].at;
    int leap = below(t, 40);
    s.at = last + (leap < 2    ? TALE_DAY_MS
                   : leap == 2 ? 31 * TALE_DAY_MS
                   : leap < 8  ? 0
                               : (1 + below(t, 50)) * 60000);
    if (t->at_given)
        s.at = t->at;
    s.deed = (enum deed)pick_deed(t, tale);
    s.key = key != TALE_NONE ? key : pick_key(t, tale, s.deed);
    if (s.deed == DID_ROTATE)
        s.made = below(t, 8) == 0 ? tale->keys : tale_next_root(tale);
    else if (s.deed >= DID_REPORT)
        fill_breach(t, tale, &s);
    else if (s.deed >= DID_CHANGE)
        fill_lesson(t, tale, &s);
    else if (s.deed >= DID_SUBJECT)
        fill_school(t, tale, &s);
    else
        fill_people(t, tale, &s);
    return s;
}

/* Steps that name nothing at all cannot be made into events. */
bool tale_can_say(const struct tale *tale, const struct step *s)
{
    if (s->deed == DID_REPORT)
        return s->account != TALE_NONE;
    if (s->deed == DID_RECEIVE || s->deed == DID_OVERRULE)
        return tale->steps[s->target].deed == DID_REPORT;
    if (s->deed == DID_REVOKE)
        return tale->steps[s->target].deed == DID_GRANT;
    if (s->deed == DID_UNASSIGN)
        return tale->steps[s->target].deed == DID_ASSIGN;
    if (s->deed == DID_MARK)
        return tale->lessons > 0;
    if (s->deed == DID_LESSON)
        return s->scope != TALE_NONE;
    if (s->deed == DID_ENROL || s->deed == DID_SESSION)
        return s->account != TALE_NONE;
    return true;
}

/* Steps at the limits */

/* A report on a key whose cut is that very position, by whom it suits. */
static bool report_at(struct teller *t, const struct tale *tale, int target, int cut,
                      struct step *out)
{
    struct step s = blank;
    s.deed = DID_REPORT;
    s.at = t->at;
    s.key = below(t, 2) == 0 ? tale_root(tale) : pick_key(t, tale, DID_REPORT);
    s.target = target;
    s.account = oracle_key(tale, target).account;
    s.moment = cut > 0 && cut <= tale->count ? tale->steps[cut - 1].at + 1 : 0;
    s.cut = oracle_cut(tale, s.moment);
    *out = s;
    return s.cut == cut && tale_can_say(tale, &s) && oracle_admits(tale, &s);
}

static bool is_voice(const struct tale *tale, const struct step *s)
{
    return (s->deed == DID_RECEIVE || s->deed == DID_OVERRULE) &&
           oracle_key(tale, s->key).sort != KEY_ROOT;
}

/* Whose receipt or overruling it is, is reported from that very word on; mostly where something
 * stands by it, and a session's sooner, which may fall by its own key or the one above. */
static bool cut_at_a_voice(struct teller *t, const struct tale *tale, struct step *out)
{
    struct opinion opinion;
    int first = below(t, tale->count);
    bool any = below(t, 4) == 0;
    oracle_judge(tale, tale->count, &opinion);
    for (int i = 0; i < tale->count; i++) {
        int seq = (first + i) % tale->count;
        const struct step *voice = &tale->steps[seq];
        if (!is_voice(tale, voice))
            continue;
        struct key_made made = oracle_key(tale, voice->key);
        bool bears = opinion.standing[voice->target] || opinion.overruled[voice->target];
        if (!any && (!bears || made.sort != KEY_SESSION))
            continue;
        int target = made.sort == KEY_SESSION && below(t, 2) == 0 ? made.parent : voice->key;
        if (report_at(t, tale, target, seq, out))
            return true;
    }
    return false;
}

/* Another report of a key that is reported, from the same entry on or the one beside it. */
static bool cut_beside_a_cut(struct teller *t, const struct tale *tale, struct step *out)
{
    int first = below(t, tale->count);
    for (int i = 0; i < tale->count; i++) {
        const struct step *s = &tale->steps[(first + i) % tale->count];
        if (s->deed == DID_REPORT && report_at(t, tale, s->target, s->cut + below(t, 3) - 1, out))
            return true;
    }
    return false;
}

/* A session of that account, or its own key when it has none. */
static int session_of(const struct tale *tale, int account)
{
    int found = account + 1;
    for (int key = 0; key < tale->keys; key++) {
        struct key_made made = oracle_key(tale, key);
        if (made.sort == KEY_SESSION && made.account == account)
            found = key;
    }
    return found;
}

/* The second officer says the same as the first, so that it comes to stand; mostly by a session,
 * which falls with two keys. */
static bool second_voice(struct teller *t, const struct tale *tale, struct step *out)
{
    int first = below(t, tale->count);
    for (int i = 0; i < tale->count; i++) {
        const struct step *one = &tale->steps[(first + i) % tale->count];
        if (!is_voice(tale, one))
            continue;
        struct step s = blank;
        int officer = below(t, TALE_OFFICER_COUNT);
        s.deed = one->deed;
        s.at = t->at;
        s.target = one->target;
        s.key = session_of(tale, officer);
        s.role = officer + 1;
        if (s.key == officer + 1) { /* he logs in first */
            s.deed = DID_SESSION;
            s.account = officer;
            s.target = TALE_NONE;
            s.made = tale->keys;
        }
        *out = s;
        if (tale_can_say(tale, &s) && oracle_admits(tale, &s))
            return true;
    }
    return false;
}

/* What a session does too late by nothing: a moment before it would have been let in. */
static bool deed_at_the_end(struct teller *t, const struct tale *tale, struct step *out)
{
    int first = below(t, tale->keys);
    for (int k = 0; k < tale->keys; k++) {
        int key = (first + k) % tale->keys;
        struct key_made made = oracle_key(tale, key);
        if (made.sort != KEY_SESSION || tale->steps[made.by].at + TALE_SESSION_MS != t->at)
            continue;
        for (int i = 0; i < EDGE_TRY_COUNT; i++) {
            struct step s = propose(t, tale, key);
            struct step before = s;
            before.at--;
            *out = s;
            if (s.deed != DID_SESSION && tale_can_say(tale, &s) && oracle_admits(tale, &before))
                return true;
        }
    }
    return false;
}

static bool is_reported(const struct tale *tale, int key)
{
    bool found = false;
    for (int i = 0; i < tale->count; i++)
        found |= tale->steps[i].deed == DID_REPORT && tale->steps[i].target == key;
    return found;
}

/* The key of somebody who may report but himself, and only so often. */
static int talker_pick(struct teller *t, const struct tale *tale)
{
    for (int i = 0; i < EDGE_TRY_COUNT; i++) {
        int key = below(t, tale->keys);
        struct key_made made = oracle_key(tale, key);
        if (made.sort == KEY_ACCOUNT && mind_stratum(tale, made.account) > 1 &&
            !is_reported(tale, key))
            return key;
    }
    return TALE_NONE;
}

/* To the moment a day after he has reported something. */
static bool is_a_day_after(const struct teller *t, const struct tale *tale)
{
    bool found = false;
    for (int i = 0; i < tale->count; i++)
        found |= tale->steps[i].deed == DID_REPORT && tale->steps[i].key == t->talker &&
                 tale->steps[i].at + TALE_DAY_MS == t->at;
    return found;
}

/* Reports a session of his own, or opens one; whether it is let in depends on how many there were.
 */
static bool talk(struct teller *t, const struct tale *tale, struct step *out)
{
    if (t->talker == TALE_NONE || is_reported(tale, t->talker))
        t->talker = talker_pick(t, tale);
    if (t->talker == TALE_NONE)
        return false;
    struct step s = blank;
    s.deed = DID_SESSION;
    s.at = t->at;
    s.key = t->talker;
    s.made = tale->keys;
    s.account = oracle_key(tale, t->talker).account;
    bool opens = !is_a_day_after(t, tale) && below(t, 2) == 0; /* in advance */
    for (int key = 0; key < tale->keys && !opens; key++) {
        struct key_made made = oracle_key(tale, key);
        if (made.sort != KEY_SESSION || made.parent != t->talker || is_reported(tale, key))
            continue;
        s.deed = DID_REPORT;
        s.made = TALE_NONE;
        s.target = key;
        s.moment = tale->steps[below(t, tale->count)].at;
        s.cut = oracle_cut(tale, s.moment);
    }
    *out = s;
    return tale_can_say(tale, &s);
}

static int last_of(const struct tale *tale, enum deed deed)
{
    int seq = tale->count - 1;
    while (seq > 0 && tale->steps[seq].deed != deed)
        seq--;
    return seq;
}

/* Two officers log in, the third reports the teacher, the two confirm by their sessions; then the
 * second of these words is reported as a thief's, from itself on, by its session or the key above:
 * the report on the teacher stands by it alone, and falls. What cannot be said ends it. */
static bool plot(struct teller *t, const struct tale *tale, struct step *out)
{
    struct step s = blank;
    int stage = t->plot++;
    s.at = t->at;
    if (stage <= 2) {
        s.deed = DID_SESSION;
        s.key = stage;
        s.account = stage - 1;
        s.made = tale->keys;
    } else if (stage == 3) {
        s.deed = DID_REPORT;
        s.key = 3;
        s.target = 6 + below(t, 2); /* the prelude's teacher, or the session */
        s.account = 3;
        s.moment = tale->steps[below(t, tale->count)].at;
        s.cut = oracle_cut(tale, s.moment);
    } else if (stage <= 5) {
        s.deed = DID_RECEIVE;
        s.key = session_of(tale, stage - 4);
        s.role = stage - 3;
        s.target = last_of(tale, DID_REPORT);
    } else {
        int voice = last_of(tale, DID_RECEIVE);
        struct key_made made = oracle_key(tale, tale->steps[voice].key);
        t->plot = 0;
        return voice > 0 && made.sort == KEY_SESSION &&
               report_at(t, tale, below(t, 2) == 0 ? made.parent : tale->steps[voice].key, voice,
                         out);
    }
    if (s.deed == DID_RECEIVE && !oracle_admits(tale, &s)) /* that session has ended */
        s.key = stage - 3;
    *out = s;
    bool can = tale_can_say(tale, &s) && oracle_admits(tale, &s);
    if (!can)
        t->plot = 0;
    return can;
}

/* A breach of thirty days ago to the moment: two officers still suffice. They confirm. */
static bool report_of_old(struct teller *t, const struct tale *tale, struct step *out)
{
    struct step s = blank;
    s.deed = DID_REPORT;
    s.at = t->at;
    s.key = 3;
    s.target = 6 + below(t, 2);
    s.account = 3;
    s.moment = t->at - 30 * TALE_DAY_MS;
    s.cut = oracle_cut(tale, s.moment);
    *out = s;
    bool is_met = s.cut < tale->count && tale->steps[s.cut].at == s.moment;
    if (!is_met || !tale_can_say(tale, &s) || !oracle_admits(tale, &s))
        return false;
    t->plot = 4;
    return true;
}

/* An officer's slip speaks of its own account alone. Refused for nothing else: somebody else's key
 * is named by a slip that could close its own. */
static bool slip_on_another(struct teller *t, const struct tale *tale, struct step *out)
{
    int officer = below(t, TALE_OFFICER_COUNT);
    struct step s = blank;
    s.deed = DID_INVITE; /* unless there is one */
    s.at = t->at;
    s.key = tale_root(tale);
    s.account = officer;
    s.made = tale->keys;
    s.made_too = tale->keys + 1;
    for (int key = 0; key < tale->keys; key++) {
        struct key_made made = oracle_key(tale, key);
        if (made.sort != KEY_EMERGENCY || made.account != officer)
            continue;
        s = blank;
        s.deed = DID_REPORT;
        s.at = t->at;
        s.key = key;
        s.target = 6 + below(t, 2); /* the prelude's teacher, or the session */
        s.account = 3;
        s.moment = tale->steps[below(t, tale->count)].at;
        s.cut = oracle_cut(tale, s.moment);
    }
    *out = s;
    return tale_can_say(tale, &s);
}

/* An officer confirms the report on a session of his own by another key, which nothing has closed.
 * First he logs in, then root reports that session. */
static bool own_voice(struct teller *t, const struct tale *tale, struct step *out)
{
    int officer = below(t, TALE_OFFICER_COUNT);
    int session = session_of(tale, officer);
    struct step s = blank;
    s.deed = DID_SESSION;
    s.at = t->at;
    s.key = officer + 1;
    s.account = officer;
    s.made = tale->keys;
    *out = s;
    if (session == officer + 1)
        return oracle_admits(tale, &s);
    for (int seq = 0; seq < tale->count; seq++) {
        const struct step *report = &tale->steps[seq];
        if (report->deed != DID_REPORT || report->account != officer ||
            oracle_key(tale, report->target).sort != KEY_SESSION)
            continue;
        s.deed = DID_RECEIVE;
        s.made = TALE_NONE;
        s.target = seq;
        s.role = officer + 1;
        *out = s;
        return true;
    }
    return report_at(t, tale, session, tale->count, out);
}

/* The third officer logs in, the second too; by that session he accuses the other's, and both are
 * suspended. Then root reports the accuser's key, which the session descends from, from the
 * accusation on: the accused is free, and does something. What cannot be said ends it. */
static bool feud(struct teller *t, const struct tale *tale, struct step *out)
{
    const int accused = TALE_OFFICER_COUNT - 1;
    const int accuser = accused - 1;
    struct step s = blank;
    int stage = t->plot++ - FEUD_STAGE;
    int accusation = last_of(tale, DID_REPORT);
    bool can = true;
    s.at = t->at;
    if (stage <= 1) {
        s.deed = DID_SESSION;
        s.account = stage == 0 ? accused : accuser;
        s.key = s.account + 1;
        s.made = tale->keys;
    } else if (stage == 2) {
        s.deed = DID_REPORT;
        s.key = session_of(tale, accuser);
        s.target = session_of(tale, accused);
        s.account = accused;
        s.moment = tale->steps[tale->count - 1].at;
        s.cut = oracle_cut(tale, s.moment);
    } else if (stage == 3) {
        can = oracle_key(tale, tale->steps[accusation].key).parent == accuser + 1 &&
              report_at(t, tale, accuser + 1, accusation, &s);
    } else {
        s = propose(t, tale, accused + 1);
        for (int i = 0; i < EDGE_TRY_COUNT && !(tale_can_say(tale, &s) && oracle_admits(tale, &s));
             i++)
            s = propose(t, tale, accused + 1);
    }
    *out = s;
    can = can && tale_can_say(tale, &s) && oracle_admits(tale, &s);
    if (!can || stage == FEUD_END)
        t->plot = 0;
    return can;
}

static bool edge_step(struct teller *t, const struct tale *tale, struct step *out)
{
    assert_true(t->at_given);
    if (t->plot > 0)
        return t->plot >= FEUD_STAGE ? feud(t, tale, out) : plot(t, tale, out);
    if (below(t, 2) == 0 && report_of_old(t, tale, out))
        return true;
    if (t->talks && below(t, is_a_day_after(t, tale) ? 8 : 2) != 1)
        return talk(t, tale, out);
    if (below(t, 3) > 0)
        return false;
    switch (below(t, 9)) {
    case 0:
        return deed_at_the_end(t, tale, out);
    case 1:
        return cut_beside_a_cut(t, tale, out);
    case 2:
    case 3:
        return second_voice(t, tale, out);
    case 4:
        return slip_on_another(t, tale, out);
    case 5:
        return own_voice(t, tale, out);
    case 6:
        t->plot = FEUD_STAGE;
        return feud(t, tale, out);
    default:
        return cut_at_a_voice(t, tale, out);
    }
}

struct step teller_step(struct teller *t, const struct tale *tale)
{
    struct step edge;
    if (t->edges && edge_step(t, tale, &edge))
        return edge;
    bool anything = below(t, 12) == 0;
    for (int i = 0;; i++) {
        struct step s = propose(t, tale, TALE_NONE);
        if (tale_can_say(tale, &s) && (anything || i > ATTEMPT_MAX || oracle_admits(tale, &s)))
            return s;
    }
}
