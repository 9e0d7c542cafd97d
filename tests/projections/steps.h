/* Histories as plain numbers: what somebody did, with which key, to whom. Everything is an index —
 * keys, accounts, groups, pupils, lessons in the order in which they were made, events by their
 * position. The generator writes them, the oracle judges them, the player makes signed events.
 *
 * Founding (position 0) makes key 0 (root) and keys 1, 2, 3 of the officers' accounts 0, 1, 2
 * (head, deputy, support). Days count from the day of the founding, 09:00 at school. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TALE_STEP_MAX 160
#define TALE_KEY_MAX 240
#define TALE_NONE (-1)
#define TALE_ANY (-2)
#define TALE_DAY_MS INT64_C(86400000)
#define TALE_SESSION_MS INT64_C(36000000)
#define TALE_OFFICER_COUNT 3

enum deed {
    DID_FOUND,
    DID_ACCOUNT,   /* account, stratum */
    DID_INVITE,    /* account; makes made (invitation) and made_too (emergency) */
    DID_ENROL,     /* account; makes made; signed by the invitation */
    DID_RETIRE,    /* target: a key */
    DID_SESSION,   /* account; makes made */
    DID_CLOSE,     /* target: a session's key */
    DID_GRANT,     /* account, role, scope, from */
    DID_REVOKE,    /* target: position of the grant */
    DID_SUBJECT,   /* made */
    DID_GROUP,     /* made; scope: the class it is drawn from, or NONE for a class */
    DID_PUPIL,     /* made, group, from */
    DID_JOIN,      /* group, pupil, from */
    DID_LEAVE,     /* group, pupil, to */
    DID_ASSIGN,    /* account, group, subject, from, to */
    DID_UNASSIGN,  /* target: position of the assignment; to */
    DID_TIMETABLE, /* group, subject, account */
    DID_CHANGE, /* group, subject, day, n, account (substitute, or NONE), target: account replaced
                 */
    DID_LESSON, /* made (may be an earlier one, with quote), group, subject, account, scope: actual,
                   day, n */
    DID_MARK,   /* made: lesson, pupil, value, prev */
    DID_ROTATE, /* made: the new root key; see tale_next_root */
    DID_REPORT, /* account, target: key, moment, cut */
    DID_RECEIVE,  /* target: position of the report; role: in which office */
    DID_OVERRULE, /* target: position of the report */
    DEED_COUNT
};

/* As in specs/events.md. */
enum {
    ROLE_HEAD = 1,
    ROLE_DEPUTY,
    ROLE_SUPPORT,
    ROLE_CLASS,
    ROLE_PARENT,
    ROLE_CORRECT = 8,
    ROLE_OFFICE = 9
};

struct step {
    enum deed deed;
    int key;    /* who signs */
    int64_t at; /* recorded, ms after the founding */
    int account, stratum, role, scope, made, made_too, target;
    int subject, group, pupil, from, to, day, n, value, prev, quote;
    int64_t moment; /* claimed, ms after the founding */
    int cut;
};

struct tale {
    struct step steps[TALE_STEP_MAX];
    int count;
    int keys, accounts, subjects, groups, pupils,
        lessons; /* made so far, whether admitted or not */
};

/* Root's successors lie at the top of the keys, so that they are nobody's else: the one that
 * founding or the last rotation names as the next. */
static inline int tale_next_root(const struct tale *tale)
{
    int key = TALE_KEY_MAX - 1;
    for (int i = 0; i < tale->count; i++)
        key -= tale->steps[i].deed == DID_ROTATE;
    return key;
}

/* The root that holds now. */
static inline int tale_root(const struct tale *tale)
{
    int key = 0;
    for (int i = 0; i < tale->count; i++)
        key = tale->steps[i].deed == DID_ROTATE ? tale->steps[i].made : key;
    return key;
}

static inline int tale_day(int64_t at)
{
    return (int)((at + 9 * 3600000) / TALE_DAY_MS);
}
