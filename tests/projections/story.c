/* A tale in words. */
#include <stdio.h>

#include "tests/projections/player.h"

static const char *const deeds[DEED_COUNT] = {
    [DID_FOUND] = "founds the school",
    [DID_ACCOUNT] = "opens an account",
    [DID_INVITE] = "invites",
    [DID_ENROL] = "enrols a key",
    [DID_RETIRE] = "retires a key",
    [DID_SESSION] = "opens a session",
    [DID_CLOSE] = "closes a session",
    [DID_GRANT] = "grants a role",
    [DID_REVOKE] = "revokes a role",
    [DID_SUBJECT] = "creates a subject",
    [DID_GROUP] = "creates a group",
    [DID_PUPIL] = "admits a pupil",
    [DID_JOIN] = "puts a pupil in",
    [DID_LEAVE] = "takes a pupil out",
    [DID_ASSIGN] = "assigns teaching",
    [DID_UNASSIGN] = "ends teaching",
    [DID_TIMETABLE] = "sets a timetable",
    [DID_CHANGE] = "changes a lesson",
    [DID_LESSON] = "opens a lesson",
    [DID_MARK] = "sets a mark",
    [DID_ROTATE] = "changes the root key",
    [DID_REPORT] = "reports a breach",
    [DID_RECEIVE] = "confirms a report",
    [DID_OVERRULE] = "overrules a report",
};

static void print_who(const struct tale *tale, int key)
{
    static const char *const sorts[] = {"nobody",  "root",       "account",
                                        "session", "invitation", "emergency"};
    struct key_made made = oracle_key(tale, key);
    printf("k%d (%s", key, sorts[made.sort]);
    if (made.account != TALE_NONE)
        printf(" of a%d", made.account);
    printf(")");
}

static void print_details(const struct step *s)
{
    switch (s->deed) {
    case DID_ACCOUNT:
        printf(" a%d of stratum %d", s->account, s->stratum);
        break;
    case DID_INVITE:
        printf(" a%d by k%d, emergency k%d", s->account, s->made, s->made_too);
        break;
    case DID_ROTATE:
        printf(" to k%d", s->made);
        break;
    case DID_ENROL:
    case DID_SESSION:
        printf(" k%d for a%d", s->made, s->account);
        break;
    case DID_RETIRE:
    case DID_CLOSE:
        printf(" k%d", s->target);
        break;
    case DID_GRANT:
        printf(" %d over %d to a%d from day %d", s->role, s->scope, s->account, s->from);
        break;
    case DID_GROUP:
        printf(" g%d out of %d", s->made, s->scope);
        break;
    case DID_SUBJECT:
        printf(" s%d", s->made);
        break;
    case DID_PUPIL:
        printf(" p%d to g%d from day %d", s->made, s->group, s->from);
        break;
    case DID_JOIN:
    case DID_LEAVE:
        printf(" p%d, g%d, from day %d, to day %d", s->pupil, s->group, s->from, s->to);
        break;
    case DID_ASSIGN:
        printf(" s%d in g%d to a%d, days %d to %d", s->subject, s->group, s->account, s->from,
               s->to);
        break;
    case DID_TIMETABLE:
        printf(" of g%d: s%d by a%d", s->group, s->subject, s->account);
        break;
    case DID_CHANGE:
        printf(" s%d in g%d, day %d, no. %d: a%d instead of a%d", s->subject, s->group, s->day,
               s->n, s->account, s->target);
        break;
    case DID_LESSON:
        printf(" l%d: s%d in g%d by a%d for a%d, day %d, no. %d, quoting %d", s->made, s->subject,
               s->group, s->scope, s->account, s->day, s->n, s->quote);
        break;
    case DID_MARK:
        printf(" %d for p%d in l%d on top of %d", s->value, s->pupil, s->made, s->prev);
        break;
    case DID_REPORT:
        printf(" on k%d of a%d, cut %d", s->target, s->account, s->cut);
        break;
    case DID_REVOKE:
    case DID_UNASSIGN:
    case DID_RECEIVE:
    case DID_OVERRULE:
        printf(" of %d", s->target);
        break;
    case DID_FOUND:
    case DEED_COUNT:
        break;
    }
}

void step_print(const struct tale *tale, const struct step *step, int seq, const char *verdict)
{
    printf("%3d  day %d, %6.1f h  ", seq, tale_day(step->at), (double)step->at / 3600000.0);
    print_who(tale, step->key);
    printf(" %s", deeds[step->deed]);
    print_details(step);
    printf("%s%s\n", verdict[0] != '\0' ? "  — " : "", verdict);
}

void tale_print(const struct tale *tale, const struct opinion *opinion)
{
    static const char *const verdicts[] = {"", "covered", "ungrounded"};
    for (int i = 0; i < tale->count; i++)
        step_print(tale, &tale->steps[i], i,
                   opinion->standing[i]    ? "stands"
                   : opinion->overruled[i] ? "overruled"
                                           : verdicts[opinion->verdicts[i]]);
}
