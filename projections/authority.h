/* Who may do what, as of a position: keys, accounts, roles, teaching (specs/authority.md).
 * All look-ups see only what counts below `before`. Threads: the transaction's. */
#pragma once

#include "projections/facts.h"

struct proj_actor {
    struct ledger_key key;
    enum proj_key_kind kind;
    proj_id account;          /* zero for root */
    unsigned stratum;         /* 0 root, 1 officers, 2 staff, 3 families and auditors */
    struct ledger_key parent; /* what the key descends from; the key itself when nothing */
    base_time_ms expires_ms;
    ledger_seq seq; /* where it was enrolled */
};

/* The actor of a key; false when no counting enrolment exists, or its account does not count. */
bool proj_actor_find(struct proj_txn *txn, const struct ledger_key *key, ledger_seq before,
                     struct proj_actor *out_actor);
/* True when the key, or what it descends from, was closed by a report below `before`. Closing is
 * for good: it is looked up whether the report counts or not. */
bool proj_key_is_closed(struct proj_txn *txn, const struct proj_actor *actor, ledger_seq before);
/* True when it was retired by an event that counts. */
bool proj_key_is_retired(struct proj_txn *txn, const struct proj_actor *actor, ledger_seq before);

/* Does the account hold the role on that day? `scope` NULL: with any scope. */
bool proj_has_role(struct proj_txn *txn, const proj_id account, unsigned role, const uint8_t *scope,
                   base_day day, ledger_seq before);
/* Any of the officers' roles. */
bool proj_is_officer(struct proj_txn *txn, const proj_id account, ledger_seq before);
/* Head, deputy head or office (or root): they arrange the school. */
bool proj_may_arrange(struct proj_txn *txn, const struct proj_actor *actor, base_day day,
                      ledger_seq before);
/* True when the account is the class teacher of a class in which the pupil is on that day. */
bool proj_is_class_teacher_of_pupil(struct proj_txn *txn, const proj_id account,
                                    const proj_id pupil, base_day day, ledger_seq before);

bool proj_account_find(struct proj_txn *txn, const proj_id account, ledger_seq before,
                       struct proj_account *out_account);
/* Teaching of subject in group by account that covers the day. */
bool proj_teaches(struct proj_txn *txn, const proj_id account, const proj_id group,
                  const proj_id subject, base_day day, ledger_seq before);
/* The account substitutes in exactly that lesson (ST-8). */
bool proj_substitutes(struct proj_txn *txn, const proj_id account, const proj_id group,
                      const proj_id subject, base_day day, unsigned shift, unsigned n,
                      ledger_seq before);
/* ST-1, ST-8: may the account write on this lesson: its teacher on the lesson's day, or the
 * substitute of that lesson. */
bool proj_may_write_lesson(struct proj_txn *txn, const proj_id account,
                           const struct proj_lesson *lesson, ledger_seq before);
/* May the account correct marks of others on that lesson (role corrector)? */
bool proj_may_correct(struct proj_txn *txn, const proj_id account, const struct proj_lesson *lesson,
                      base_day day, ledger_seq before);
/* May the account record what others did before the log began (role importer, by root)? */
bool proj_may_import(struct proj_txn *txn, const proj_id account, base_day day, ledger_seq before);
/* The last membership of the pupil in the group: from the last joining that counts to the last
 * leaving after it, if any. False when no joining counts. */
bool proj_span_find(struct proj_txn *txn, const proj_id group, const proj_id pupil,
                    ledger_seq before, struct proj_span *out_span);
/* The same from a scanned fact (tags M and m). */
bool proj_span_of(struct proj_txn *txn, const struct proj_fact *fact, struct proj_span *out_span);
/* Is the pupil in the group on that day? */
bool proj_is_member(struct proj_txn *txn, const proj_id group, const proj_id pupil, base_day day,
                    ledger_seq before);
bool proj_school_find(struct proj_txn *txn, struct proj_school *out_school);
/* Calls `each` for every time that the log went on under another key and that counts, the oldest
 * first, until it returns false. */
void proj_each_continued(struct proj_txn *txn,
                         bool (*each)(void *data, ledger_seq seq,
                                      const struct proj_continued *continued),
                         void *data);

/* Calls `each` for every counting grant (not revoked) of the account. */
void proj_each_grant(struct proj_txn *txn, const proj_id account, ledger_seq before,
                     void (*each)(void *data, const struct proj_grant *grant), void *data);
