/* The oracle's grounds: what a step must rest on, asked of what counts before it. */
#include "tests/projections/mind.h"

#include <stddef.h>
#include <string.h>

/* Keys and accounts */

struct key_made oracle_key(const struct tale *tale, int key)
{
    if (key == 0)
        return (struct key_made){KEY_ROOT, 0, TALE_NONE, TALE_NONE};
    if (key <= TALE_OFFICER_COUNT)
        return (struct key_made){KEY_ACCOUNT, 0, key - 1, TALE_NONE};
    for (int i = 0; i < tale->count; i++) {
        const struct step *s = &tale->steps[i];
        if (s->deed == DID_INVITE && s->made == key)
            return (struct key_made){KEY_INVITATION, i, s->account, TALE_NONE};
        if (s->deed == DID_INVITE && s->made_too == key)
            return (struct key_made){KEY_EMERGENCY, i, s->account, TALE_NONE};
        if (s->deed == DID_ENROL && s->made == key)
            return (struct key_made){KEY_ACCOUNT, i, s->account, TALE_NONE};
        if (s->deed == DID_SESSION && s->made == key)
            return (struct key_made){KEY_SESSION, i, s->account, s->key};
        if (s->deed == DID_ROTATE && s->made == key)
            return (struct key_made){KEY_ROOT, i, TALE_NONE, TALE_NONE};
    }
    return (struct key_made){KEY_NONE, TALE_NONE, TALE_NONE, TALE_NONE};
}

int mind_stratum(const struct tale *tale, int account)
{
    if (account == TALE_NONE)
        return 0;
    if (account < TALE_OFFICER_COUNT)
        return 1;
    for (int i = 0; i < tale->count; i++) {
        if (tale->steps[i].deed == DID_ACCOUNT && tale->steps[i].account == account)
            return tale->steps[i].stratum;
    }
    return 3;
}

/* Does step i lie before `before` and count? */
bool mind_good(const struct mind *m, int i, int before)
{
    return i < before && i < m->n && m->counts[i];
}

static bool account_there(const struct mind *m, int account, int before)
{
    if (account == TALE_NONE)
        return false;
    if (account < TALE_OFFICER_COUNT)
        return true;
    for (int i = 0; i < m->n; i++) {
        if (mind_good(m, i, before) && m->tale->steps[i].deed == DID_ACCOUNT &&
            m->tale->steps[i].account == account)
            return true;
    }
    return false;
}

bool mind_key_there(const struct mind *m, int key, int before)
{
    struct key_made made = oracle_key(m->tale, key);
    if (made.sort == KEY_NONE || !mind_good(m, made.by, before))
        return false;
    if (made.sort == KEY_ROOT)
        return true;
    if (made.sort == KEY_SESSION && !mind_key_there(m, made.parent, before))
        return false;
    return account_there(m, made.account, before);
}

/* Retired by an event that counts: directly, or, as an account's key or invitation, by a new key of
 * the account; and a session with its account's key. */
bool mind_retired(const struct mind *m, int key, int before)
{
    struct key_made made = oracle_key(m->tale, key);
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (!mind_good(m, i, before))
            continue;
        if ((s->deed == DID_RETIRE || s->deed == DID_CLOSE) && s->target == key)
            return true;
        bool ends = made.sort == KEY_ACCOUNT || made.sort == KEY_INVITATION;
        if (s->deed == DID_ROTATE && made.sort == KEY_ROOT && made.by < i)
            return true; /* the root of before */
        if (s->deed == DID_ENROL && ends && s->account == made.account && made.by < i)
            return true;
    }
    return made.sort == KEY_SESSION && mind_retired(m, made.parent, before);
}

/* Cells: the last step that counts says what holds */

/* A grant holds from its day until a revocation of it that counts. */
static bool grant_holds(const struct mind *m, int grant, int before)
{
    for (int i = grant + 1; i < m->n; i++) {
        if (mind_good(m, i, before) && m->tale->steps[i].deed == DID_REVOKE &&
            m->tale->steps[i].target == grant)
            return false;
    }
    return mind_good(m, grant, before);
}

static bool has_role(const struct mind *m, int account, int role, int scope, int day, int before)
{
    if (account >= 0 && account < TALE_OFFICER_COUNT && role == account + 1)
        return true;
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (s->deed == DID_GRANT && s->account == account && s->role == role &&
            (scope == TALE_ANY || s->scope == scope) && s->from <= day && grant_holds(m, i, before))
            return true;
    }
    return false;
}

bool mind_officer(const struct mind *m, int account, int before)
{
    bool found = false;
    for (int role = ROLE_HEAD; role <= ROLE_SUPPORT; role++)
        found |= has_role(m, account, role, TALE_ANY, 1000000, before);
    return found;
}

static bool made_there(const struct mind *m, enum deed deed, int made, int before)
{
    for (int i = 0; i < m->n; i++) {
        if (mind_good(m, i, before) && m->tale->steps[i].deed == deed &&
            m->tale->steps[i].made == made)
            return true;
    }
    return false;
}

static const struct step *group_of(const struct tale *tale, int group)
{
    for (int i = 0; i < tale->count; i++) {
        if (tale->steps[i].deed == DID_GROUP && tale->steps[i].made == group)
            return &tale->steps[i];
    }
    return NULL;
}

/* The last joining that counts, and the last leaving after it. */
static bool span(const struct mind *m, int group, int pupil, int before, int *from, int *to)
{
    bool there = false;
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (!mind_good(m, i, before) || s->group != group)
            continue;
        if ((s->deed == DID_JOIN && s->pupil == pupil) ||
            (s->deed == DID_PUPIL && s->made == pupil)) {
            there = true;
            *from = s->from;
            *to = 1000000;
        } else if (s->deed == DID_LEAVE && s->pupil == pupil && there) {
            *to = s->to;
        }
    }
    return there;
}

static bool member(const struct mind *m, int group, int pupil, int day, int before)
{
    int from;
    int to;
    return span(m, group, pupil, before, &from, &to) && from <= day && day <= to;
}

static bool teaches(const struct mind *m, int account, int group, int subject, int day, int before)
{
    bool holds = false;
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (!mind_good(m, i, before) || (s->deed != DID_ASSIGN && s->deed != DID_UNASSIGN))
            continue;
        const struct step *a = s->deed == DID_ASSIGN ? s : &m->tale->steps[s->target];
        if (a->account == account && a->group == group && a->subject == subject)
            holds = a->from <= day && day <= s->to;
    }
    return holds;
}

static bool substitutes(const struct mind *m, int account, int group, int subject, int day, int n,
                        int before)
{
    bool holds = false;
    for (int i = 0; i < m->n; i++) {
        const struct step *s = &m->tale->steps[i];
        if (mind_good(m, i, before) && s->deed == DID_CHANGE && s->group == group &&
            s->subject == subject && s->day == day && s->n == n)
            holds = s->account != TALE_NONE && s->account == account;
    }
    return holds;
}

/* The lesson's opening that counts last, or NULL. */
const struct step *mind_lesson(const struct mind *m, int lesson, int before)
{
    const struct step *found = NULL;
    for (int i = 0; i < m->n; i++) {
        if (mind_good(m, i, before) && m->tale->steps[i].deed == DID_LESSON &&
            m->tale->steps[i].made == lesson)
            found = &m->tale->steps[i];
    }
    return found;
}

static bool class_teacher_of(const struct mind *m, int account, int pupil, int day, int before)
{
    for (int group = 0; group < m->tale->groups; group++) {
        int from;
        int to;
        if (has_role(m, account, ROLE_CLASS, group, day, before) &&
            span(m, group, pupil, before, &from, &to) && day <= to)
            return true;
    }
    return false;
}

static bool arranges(const struct mind *m, int account, int day, int before)
{
    return account == TALE_NONE || has_role(m, account, ROLE_HEAD, TALE_ANY, day, before) ||
           has_role(m, account, ROLE_DEPUTY, TALE_ANY, day, before) ||
           has_role(m, account, ROLE_OFFICE, TALE_ANY, day, before);
}

/* Grounds: may its author do this, and does what it names exist, among what counts before it? */

static bool grants_to(const struct mind *m, int actor, int role, int scope, int account, int day,
                      int before)
{
    int mine = mind_stratum(m->tale, actor);
    if (mine >= mind_stratum(m->tale, account))
        return false;
    if (mine <= 1)
        return true;
    return role == ROLE_PARENT && class_teacher_of(m, actor, scope, day, before);
}

static bool ground_of_grant(const struct mind *m, const struct step *s, int actor, int day, int at)
{
    bool family = s->role == ROLE_PARENT;
    if (!account_there(m, s->account, at))
        return false;
    if (family != (mind_stratum(m->tale, s->account) == 3) ||
        (s->role <= ROLE_SUPPORT && mind_stratum(m->tale, s->account) != 1))
        return false;
    if (family && !made_there(m, DID_PUPIL, s->scope, at))
        return false;
    if (s->role == ROLE_CLASS && !made_there(m, DID_GROUP, s->scope, at))
        return false;
    return grants_to(m, actor, s->role, s->scope, s->account, day, at);
}

static bool ground_of_invitation(const struct mind *m, const struct step *s, int actor, int day,
                                 int at)
{
    int mine = mind_stratum(m->tale, actor);
    if (!account_there(m, s->account, at) || mine >= mind_stratum(m->tale, s->account))
        return false;
    if (mine <= 1)
        return true;
    bool found = false;
    for (int i = 0; i < m->n; i++) {
        const struct step *grant = &m->tale->steps[i];
        if (grant->deed != DID_GRANT || grant->account != s->account || !grant_holds(m, i, at))
            continue;
        if (grant->role != ROLE_PARENT || !class_teacher_of(m, actor, grant->scope, day, at))
            return false; /* the account is more than a family of the own class */
        found = true;
    }
    return found;
}

static bool ground_of_members(const struct mind *m, const struct step *s, int actor, int day,
                              int at)
{
    const struct step *group = group_of(m->tale, s->group);
    if (!made_there(m, DID_GROUP, s->group, at) || !made_there(m, DID_PUPIL, s->pupil, at))
        return false;
    return arranges(m, actor, day, at) ||
           (group->scope != TALE_NONE && has_role(m, actor, ROLE_CLASS, group->scope, day, at) &&
            class_teacher_of(m, actor, s->pupil, day, at));
}

static bool ground_of_lesson(const struct mind *m, const struct step *s, int actor, int at)
{
    if (s->scope != actor || !teaches(m, s->account, s->group, s->subject, s->day, at))
        return false;
    return s->scope == s->account ||
           substitutes(m, s->scope, s->group, s->subject, s->day, s->n, at);
}

static bool ground_of_mark(const struct mind *m, const struct step *s, int actor, int day, int at)
{
    const struct step *lesson = mind_lesson(m, s->made, at);
    if (lesson == NULL)
        return false;
    bool writes = teaches(m, actor, lesson->group, lesson->subject, lesson->day, at) ||
                  substitutes(m, actor, lesson->group, lesson->subject, lesson->day, lesson->n, at);
    if (!writes && !has_role(m, actor, ROLE_CORRECT, TALE_NONE, day, at))
        return false;
    return member(m, lesson->group, s->pupil, lesson->day, at);
}

static bool ground_of_teaching(const struct mind *m, const struct step *s, int actor, int day,
                               int at)
{
    return arranges(m, actor, day, at) && made_there(m, DID_GROUP, s->group, at) &&
           made_there(m, DID_SUBJECT, s->subject, at) && account_there(m, s->account, at) &&
           mind_stratum(m->tale, actor) < mind_stratum(m->tale, s->account) &&
           mind_stratum(m->tale, s->account) <= 2 && s->from <= s->to;
}

/* What is in force is ended, never lengthened. */
static bool ground_of_ending(const struct mind *m, const struct step *s, int actor, int day, int at)
{
    const struct step *a = &m->tale->steps[s->target];
    int from = -1000000;
    int to = -1000000;
    if (!arranges(m, actor, day, at) || !mind_good(m, s->target, at) ||
        !account_there(m, a->account, at) ||
        mind_stratum(m->tale, actor) >= mind_stratum(m->tale, a->account))
        return false;
    for (int i = 0; i < m->n; i++) {
        const struct step *other = &m->tale->steps[i];
        if (!mind_good(m, i, at) || (other->deed != DID_ASSIGN && other->deed != DID_UNASSIGN))
            continue;
        const struct step *b = other->deed == DID_ASSIGN ? other : &m->tale->steps[other->target];
        if (b->account == a->account && b->group == a->group && b->subject == a->subject) {
            from = b->from;
            to = other->to;
        }
    }
    return from == a->from && s->to <= to;
}

static bool ground_of_change(const struct mind *m, const struct step *s, int actor, int day, int at)
{
    if (!arranges(m, actor, day, at) || !made_there(m, DID_GROUP, s->group, at) ||
        !made_there(m, DID_SUBJECT, s->subject, at) || !account_there(m, s->target, at))
        return false;
    return s->account == TALE_NONE ||
           (account_there(m, s->account, at) &&
            mind_stratum(m->tale, actor) < mind_stratum(m->tale, s->account) &&
            mind_stratum(m->tale, s->account) <= 2);
}

static bool ground_of_retirement(const struct mind *m, const struct step *s, int actor, int at)
{
    struct key_made target = oracle_key(m->tale, s->target);
    if (!mind_key_there(m, s->target, at) || target.sort == KEY_ROOT)
        return false;
    if (s->deed == DID_CLOSE)
        return target.sort == KEY_SESSION && target.account == actor;
    int mine = mind_stratum(m->tale, actor);
    bool own = target.account == actor && target.sort != KEY_EMERGENCY &&
               (oracle_key(m->tale, s->key).sort == KEY_ACCOUNT || target.sort == KEY_SESSION);
    return own || (mine <= 1 && mine < mind_stratum(m->tale, target.account));
}

static bool needs_root(const struct tale *tale, int report)
{
    const struct step *r = &tale->steps[report];
    return r->at - r->moment > 30 * TALE_DAY_MS;
}

static bool ground_of_breach(const struct mind *m, const struct step *s, int actor, int day, int at)
{
    bool officer = mind_officer(m, actor, at) && mind_stratum(m->tale, actor) == 1;
    if (s->deed == DID_REPORT) {
        struct key_made target = oracle_key(m->tale, s->target);
        bool slip = oracle_key(m->tale, s->key).sort == KEY_EMERGENCY;
        return (target.sort == KEY_ACCOUNT || target.sort == KEY_SESSION) &&
               target.account == s->account &&
               (actor == TALE_NONE || actor == s->account || (officer && !slip));
    }
    const struct step *report = &m->tale->steps[s->target];
    if (s->deed == DID_RECEIVE)
        return officer && actor != report->account && !needs_root(m->tale, s->target) &&
               has_role(m, actor, s->role, TALE_ANY, day, at);
    if (actor == TALE_NONE)
        return true;
    return officer && mind_stratum(m->tale, report->account) >= 2 &&
           !oracle_by_root(m->tale, report);
}

/* Root hands over, or the successor takes over by itself: it is the one named last. */
static bool ground_of_rotation(const struct mind *m, const struct step *s, int at)
{
    int next = TALE_KEY_MAX - 1;
    for (int i = 0; i < at && i < m->n; i++)
        next -= m->tale->steps[i].deed == DID_ROTATE;
    bool by_root = oracle_key(m->tale, s->key).sort == KEY_ROOT && mind_key_there(m, s->key, at) &&
                   !mind_retired(m, s->key, at);
    return s->made == next && (by_root || s->key == s->made);
}

bool mind_grounded(const struct mind *m, const struct step *s, int at)
{
    struct key_made key = oracle_key(m->tale, s->key);
    int actor = key.account;
    int day = tale_day(s->at);
    if (s->deed == DID_ROTATE)
        return ground_of_rotation(m, s, at);
    if (!mind_key_there(m, s->key, at) || mind_retired(m, s->key, at))
        return false;
    switch (s->deed) {
    case DID_FOUND:
        return at == 0;
    case DID_ACCOUNT:
        return mind_stratum(m->tale, actor) < s->stratum &&
               (mind_stratum(m->tale, actor) <= 1 ||
                has_role(m, actor, ROLE_CLASS, TALE_ANY, day, at));
    case DID_INVITE:
        return ground_of_invitation(m, s, actor, day, at);
    case DID_ENROL:
        return key.sort == KEY_INVITATION && actor == s->account;
    case DID_RETIRE:
    case DID_CLOSE:
        return ground_of_retirement(m, s, actor, at);
    case DID_SESSION:
        return key.sort == KEY_ACCOUNT && actor == s->account;
    case DID_GRANT:
        return ground_of_grant(m, s, actor, day, at);
    case DID_REVOKE: {
        const struct step *grant = &m->tale->steps[s->target];
        return mind_good(m, s->target, at) && account_there(m, grant->account, at) &&
               grants_to(m, actor, grant->role, grant->scope, grant->account, day, at);
    }
    case DID_SUBJECT:
        return arranges(m, actor, day, at);
    case DID_GROUP:
        return arranges(m, actor, day, at) &&
               (s->scope == TALE_NONE || made_there(m, DID_GROUP, s->scope, at));
    case DID_PUPIL:
        return arranges(m, actor, day, at) && made_there(m, DID_GROUP, s->group, at);
    case DID_JOIN:
    case DID_LEAVE:
        return ground_of_members(m, s, actor, day, at);
    case DID_ASSIGN:
        return ground_of_teaching(m, s, actor, day, at);
    case DID_UNASSIGN:
        return ground_of_ending(m, s, actor, day, at);
    case DID_TIMETABLE:
        return arranges(m, actor, day, at) && made_there(m, DID_GROUP, s->group, at) &&
               made_there(m, DID_SUBJECT, s->subject, at) && account_there(m, s->account, at);
    case DID_CHANGE:
        return ground_of_change(m, s, actor, day, at);
    case DID_LESSON:
        return ground_of_lesson(m, s, actor, at);
    case DID_MARK:
        return ground_of_mark(m, s, actor, day, at);
    case DID_ROTATE:
        return ground_of_rotation(m, s, at);
    case DID_REPORT:
    case DID_RECEIVE:
    case DID_OVERRULE:
        return ground_of_breach(m, s, actor, day, at);
    case DEED_COUNT:
        break;
    }
    return false;
}
