/* One call an event: bodies of every kind with the parameters that tests vary; the rest is filled
 * in with harmless values. Days are given by the caller, `prev` LEDGER_SEQ_NONE means an empty
 * cell, a NULL id means nil. */
#pragma once

#include "projections/facts.h"
#include "tests/projections/draft.h"

struct act_officer {
    proj_id account;
    unsigned role;
    struct ledger_key key;
};
void act_founded(struct draft *d, const struct ledger_key *root, const struct act_officer *officers,
                 unsigned count);

/* The same with the key that is to be root after this one. */
void act_founded_next(struct draft *d, const struct ledger_key *root, const struct ledger_key *next,
                      const struct act_officer *officers, unsigned count);
/* A verifier key of that name, the same for the same `n`; borrowed until the next call. */
const char *act_vkey(const char *name, uint8_t n);
/* The log goes on under `to`; `from`: a verifier key. */
void act_continue(struct draft *d, const char *from, const char *to, uint64_t size);
void act_rotate(struct draft *d, const struct ledger_key *root, const struct ledger_key *next);

void act_account(struct draft *d, const proj_id account, unsigned stratum, const char *surname);
void act_invite(struct draft *d, const proj_id account, const struct ledger_key *invitation,
                const struct ledger_key *emergency);
void act_enrol(struct draft *d, const proj_id account, const struct ledger_key *key);
void act_retire(struct draft *d, const struct ledger_key *key);
void act_session(struct draft *d, const proj_id account, const struct ledger_key *session);
void act_session_close(struct draft *d, const struct ledger_key *session);
void act_grant(struct draft *d, const proj_id account, unsigned role, const uint8_t *scope,
               base_day from);
void act_revoke(struct draft *d, const struct ledger_hash *grant);

void act_subject(struct draft *d, const proj_id subject, bool marked, const char *name);
void act_group(struct draft *d, const proj_id group, enum proj_group_kind kind, unsigned grade,
               const proj_id *classes, unsigned class_count, const char *name);
/* From `from` on the group has that name, grade and shift; `subject` NULL: none. */
void act_group_change(struct draft *d, const proj_id group, base_day from, unsigned grade,
                      unsigned shift, const char *name, const uint8_t *subject);
void act_pupil(struct draft *d, const proj_id pupil, const proj_id school_class, base_day from,
               const char *surname);
void act_pupil_by_order(struct draft *d, const proj_id pupil, const proj_id school_class,
                        base_day from, const char *surname, const char *order);
void act_join(struct draft *d, const proj_id group, const proj_id pupil, base_day from);
void act_leave(struct draft *d, const proj_id group, const proj_id pupil, base_day to);
void act_assign(struct draft *d, const proj_id account, const proj_id group, const proj_id subject,
                base_day from, base_day to);
void act_unassign(struct draft *d, const struct ledger_hash *assignment, base_day to);

struct act_row {
    enum proj_calendar_kind kind;
    const char *name;
    base_day from, to;
    unsigned grade_from, grade_to;
};
void act_calendar(struct draft *d, const char *year, const struct act_row *rows, unsigned count);
/* Lessons of 45 minutes: the first from `first_min`, each next `step_min` later. */
void act_bells(struct draft *d, unsigned shift, base_day from, unsigned count, int first_min,
               int step_min);
struct act_slot {
    unsigned weekday, n;
    const uint8_t *subject, *account;
};
void act_timetable(struct draft *d, const proj_id group, base_day from,
                   const struct act_slot *slots, unsigned count);
void act_plan(struct draft *d, const proj_id subject, unsigned grade, unsigned first,
              const char *const *topics, unsigned count);
void act_plan_withdraw(struct draft *d, const proj_id subject, unsigned grade, unsigned number);
void act_control(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                 unsigned n);
void act_control_of(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                    unsigned n, unsigned work);
/* Substituted when `account` is given, else cancelled. */
void act_change(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                unsigned n, const proj_id teacher, const uint8_t *account);
/* Moved; to its own day and number: the change is taken back. */
void act_move(struct draft *d, const proj_id group, const proj_id subject, base_day day, unsigned n,
              const proj_id teacher, base_day newday, unsigned newn);

void act_lesson(struct draft *d, const proj_id lesson, const proj_id group, const proj_id subject,
                const proj_id assigned, const proj_id actual, base_day day, unsigned n);
void act_topic_of(struct draft *d, const proj_id lesson, const char *text, unsigned number,
                  ledger_seq prev);
void act_topic(struct draft *d, const proj_id lesson, const char *text, ledger_seq prev);
void act_homework(struct draft *d, const proj_id lesson, const char *text, ledger_seq prev);
/* `link` NULL: in the server's store. */
void act_attach(struct draft *d, const proj_id lesson, const struct ledger_hash *digest,
                int64_t size, const char *media, const char *link);
void act_detach(struct draft *d, const proj_id lesson, const struct ledger_hash *digest);
void act_attendance(struct draft *d, const proj_id lesson, const uint8_t *pupil, unsigned state,
                    const char *reason, ledger_seq prev, bool all);
/* `value` 0 withdraws the mark. */
void act_mark(struct draft *d, const proj_id lesson, const proj_id pupil, unsigned value,
              const char *comment, ledger_seq prev);
void act_mark_of(struct draft *d, const proj_id lesson, const proj_id pupil, unsigned value,
                 const char *comment, ledger_seq prev, unsigned column, unsigned work,
                 unsigned weight);
/* `until` INT32_MIN withdraws the point. */
void act_debt(struct draft *d, const proj_id lesson, const proj_id pupil, base_day until,
              unsigned column, ledger_seq prev);
void act_period(struct draft *d, const proj_id group, const proj_id subject, const char *period,
                const proj_id pupil, unsigned value, ledger_seq prev, ledger_seq upto);

struct act_report {
    proj_id account;
    struct ledger_key target;
    base_time_ms breach_ms, learned_ms;
    ledger_seq cut, size;
    uint64_t count;
    struct ledger_hash digest;
};
void act_report(struct draft *d, const struct act_report *report);
void act_receipt(struct draft *d, const struct ledger_hash *report, ledger_seq cut,
                 const struct ledger_hash *digest, unsigned capacity, base_time_ms told_ms);
void act_overrule(struct draft *d, const proj_id account, const struct ledger_hash *report);

/* Families (CT-1 … CT-4, CT-7). */
void act_explain(struct draft *d, const proj_id pupil, base_day from, base_day to,
                 const char *reason);
void act_rename(struct draft *d, const proj_id account, const proj_id person, const char *surname);
void act_advise(struct draft *d, const proj_id about, bool to_group, const uint8_t *subject,
                const char *text);
void act_unadvise(struct draft *d, const struct ledger_hash *advice);
void act_channel(struct draft *d, const proj_id account, const char *email, unsigned wants);
void act_consent(struct draft *d, const proj_id account, const proj_id pupil, unsigned decision,
                 unsigned form, base_day day);
void act_contact(struct draft *d, const proj_id pupil, base_day day);
void act_acknowledge(struct draft *d, const proj_id account, const proj_id pupil, unsigned form,
                     base_day from, ledger_seq upto);
void act_extract(struct draft *d, const proj_id pupil, base_day from, base_day to, ledger_seq upto);
void act_hand(struct draft *d, const proj_id account);

/* Control (CT-5, ST-5, ST-6, ST-11). */
void act_note(struct draft *d, const proj_id account, const proj_id group, const proj_id subject,
              const uint8_t *lesson);
void act_settle(struct draft *d, const struct ledger_hash *note);
void act_close_period(struct draft *d, const proj_id group, const char *period, base_day from,
                      base_day to);
void act_reopen_period(struct draft *d, const proj_id group, const char *period);
void act_issue(struct draft *d, const proj_id account, const proj_id about, ledger_seq upto);
void act_take(struct draft *d, const struct ledger_hash *report);
void act_erase(struct draft *d, const proj_id subject, const struct ledger_key *second);
/* `commitments`: `count` of them, one after the other; all of the entry at `position`. */
void act_erase_values(struct draft *d, unsigned ground, ledger_seq position,
                      const uint8_t *commitments, unsigned count, const struct ledger_key *second);
void act_setting(struct draft *d, const char *name, int64_t value);

/* Movement (CT-7). */
void act_pupil_change(struct draft *d, const proj_id pupil, const char *surname);
void act_pupil_leave(struct draft *d, const proj_id pupil, const proj_id group, base_day to);
void act_pupil_move(struct draft *d, const proj_id pupil, const proj_id from_group,
                    const proj_id to_class, base_day from);
