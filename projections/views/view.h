/* Views: what screens and the CLI read, as msgpack maps (specs/api.md), made from the facts at one
 * moment and from the sealed openings beside the log. A view never touches the log but for the
 * history of one cell, and never changes anything.
 *
 * Shape:   one call a view; it appends one msgpack value to `out`.
 * Rights:  each view refuses what its reader may not see (PROJ_VIEW_FORBIDDEN) and says when a
 *          thing does not exist (PROJ_VIEW_MISSING).
 * Threads: any; a view belongs to one thread while it is made.
 * Time:    `now_ms` is given by the caller. */
#pragma once

#include "projections/authority.h"
#include "projections/engine.h"

enum proj_view_answer { PROJ_VIEW_DONE = 0, PROJ_VIEW_FORBIDDEN = 1, PROJ_VIEW_MISSING = 2 };

struct proj_view {
    struct proj_txn *txn;         /* read transaction, borrowed */
    struct proj_txn *present;     /* while `txn` looks at another moment: today's; else NULL */
    struct ledger_reader *reader; /* for openings and history, borrowed */
    proj_id account;              /* who reads; zero: the operator on the machine itself */
    bool operator_reads;          /* CLI with access to the data directory: sees all */
    bool nameless;                /* an auditor's look at a page: nothing sealed is opened */
    base_time_ms now_ms;          /* of the moment that is looked at */
    base_time_ms present_ms;      /* set with `present`: the real now, by which rights are judged */
    int offset_min;
    struct base_buf *out;
};

/* Fills offset and checks the fault at the end: 0, an answer, or a fault. */
int proj_view_begin(struct proj_view *view, struct base_err *err) BASE_MUST_USE;
int proj_view_end(struct proj_view *view, int answer, struct base_err *err) BASE_MUST_USE;

/* Time travel (views/moment.c): from here on `txn` shows the content of log size `content` with
 * what was known at log size `knowledge` to be void, `now_ms` is the moment at which `content` was
 * reached, and nothing is writable; reading rights stay today's. PROJ_VIEW_MISSING unless content ≤
 * knowledge ≤ the log's size. End it with proj_view_return, on every path. */
int proj_view_travel(struct proj_view *view, ledger_seq content,
                     ledger_seq knowledge) BASE_MUST_USE;
void proj_view_return(struct proj_view *view);
/* The log's size as the view sees it: at another moment that of its content. */
ledger_seq proj_view_size(struct proj_view *view);

/* One of the two moments that a difference compares. */
struct proj_moment {
    ledger_seq content, knowledge;
};

/* The views; parameters as in specs/api.md. */
int proj_view_moment(struct proj_view *view, base_time_ms time_ms);
int proj_view_moment_at(struct proj_view *view, ledger_seq position);
/* The positions at which a page changed: every entry on it, and the voices of reports. */
int proj_view_stops(struct proj_view *view, const proj_id group, const proj_id subject,
                    base_day from, base_day to);
/* What differs between two moments: on one page, on all pages of a group, or on all that the reader
 * may read (`group` and `subject` NULL); of one pupil (`pupil`, else NULL). An auditor sees all
 * pages without anybody's name, as in the entries. */
int proj_view_difference(struct proj_view *view, const struct proj_moment *from,
                         const struct proj_moment *to, const uint8_t *group, const uint8_t *subject,
                         const uint8_t *pupil);
/* What an auditor and a deputy head look for: entries recorded on these days after their term, over
 * another one, in vain, and periods closed or opened again; of one page, or of all that the reader
 * may read (`group` and `subject` NULL). The newest first. Of all pages it reads every entry of
 * these days. An auditor sees all pages without anybody's name. */
int proj_view_edits(struct proj_view *view, base_day from, base_day to, const uint8_t *group,
                    const uint8_t *subject);
int proj_view_school(struct proj_view *view);
int proj_view_me(struct proj_view *view, const struct ledger_key *session);
int proj_view_day(struct proj_view *view, base_day day);
int proj_view_pages(struct proj_view *view);
int proj_view_journal(struct proj_view *view, const proj_id group, const proj_id subject,
                      base_day from, base_day to);
int proj_view_cell(struct proj_view *view, const proj_id lesson, const uint8_t *pupil,
                   enum proj_what what, unsigned column);
int proj_view_period_cell(struct proj_view *view, const proj_id group, const proj_id subject,
                          struct base_bytes period, const proj_id pupil);
int proj_view_diary(struct proj_view *view, const proj_id pupil, base_day from, base_day to);
/* CT-2b, of one pupil: results by subject; teachers, control works, holidays and advice; the
 * timetable with what was changed in it. */
int proj_view_results(struct proj_view *view, const proj_id pupil, base_day from, base_day to);
int proj_view_cabinet(struct proj_view *view, const proj_id pupil, base_day from, base_day to);
int proj_view_timetable(struct proj_view *view, const proj_id pupil, base_day from, base_day to);
/* CT-1 … CT-7, of a class: what its teacher has to do (`week`: the Monday of the week to be
 * acknowledged, or of the last one before it with a school day), the figures, the lists; and the
 * card of one pupil. */
int proj_view_form(struct proj_view *view, const proj_id class_id, base_day week);
int proj_view_sheet(struct proj_view *view, const proj_id class_id, base_day from, base_day to);
int proj_view_lists(struct proj_view *view, const proj_id class_id);
int proj_view_card(struct proj_view *view, const proj_id pupil);
/* CT-2a, CT-4: the reader's own consents and channel. */
int proj_view_family(struct proj_view *view);
int proj_view_children(struct proj_view *view, const uint8_t *group);
int proj_view_accounts(struct proj_view *view, struct base_bytes find);
/* What a report on `target` signs, as five pairs of a map under way: cut, size, count and digest,
 * and the ids behind the digest, so that the signer's client computes it itself. Returns count. */
uint64_t proj_put_claim(struct proj_view *view, struct proj_source *source,
                        const struct ledger_key *target, ledger_seq cut, ledger_seq size);
int proj_view_preview(struct proj_view *view, const struct ledger_key *target,
                      base_time_ms breach_ms);
/* Control of filling: rows of teacher, group and subject; head and deputy head see all, others
 * their own. And lesson by lesson of one page, for who may read it. */
int proj_view_filling(struct proj_view *view, base_day from, base_day to);
int proj_view_filling_of(struct proj_view *view, const proj_id group, const proj_id subject,
                         base_day from, base_day to);
/* The summary sheet of a class with its figures (ST-12, CT-5): head, deputy head, class teacher. */
int proj_view_summary(struct proj_view *view, const proj_id class_id);
/* The marks that close the year, «год», «экзамен», «итог», with what follows from the period marks:
 * of a page, for who may read it; of a class, what is missing by subject, for who reads it whole.
 * PROJ_VIEW_MISSING while the calendar has no periods for the grade. */
int proj_view_closing(struct proj_view *view, const proj_id group, const proj_id subject);
int proj_view_closing_of_class(struct proj_view *view, const proj_id class_id);
/* Control works against the marks of a period of the present year: of a class by subject, for who
 * reads it whole; of every class that the reader may read whole. */
int proj_view_comparison(struct proj_view *view, const proj_id class_id, const char *period);
int proj_view_comparison_of_school(struct proj_view *view, const char *period);
/* Debt points that are not made good («точка»), of this school year: of a class, for who reads it
 * whole; of a pupil, for who reads the pupil. */
int proj_view_debts_of_class(struct proj_view *view, const proj_id class_id);
int proj_view_debts(struct proj_view *view, const proj_id pupil);
/* Every class that the reader may read whole, each with its figures by period. */
int proj_view_classes(struct proj_view *view);
/* Lessons and days missed in a class by reason (CT-7); at most 400 days. */
int proj_view_attendance(struct proj_view *view, const proj_id class_id, base_day from,
                         base_day to);
/* Remarks on how journals are kept (ST-6) and reports (CT-5): own ones; head and deputy: all. */
int proj_view_remarks(struct proj_view *view);
int proj_view_issued(struct proj_view *view);
/* Periods of a group, and of the classes that it is drawn from, that were closed or opened again
 * (ST-11); for staff. */
int proj_view_locks(struct proj_view *view, const proj_id group);
/* The school's organisation (views/schedule.c, …), for who arranges it: head, deputy head, office.
 * The timetable of days as they are, of a class with the groups drawn from it (`class_id`), of one
 * teacher (`account`), or of all (both NULL), at most 14 days; a class teacher sees the own class,
 * everybody the own lessons. */
int proj_view_schedule(struct proj_view *view, const uint8_t *class_id, const uint8_t *account,
                       base_day from, base_day to);
/* The weekly timetable of every group as it holds on that day, with the bells and who is assigned
 * to teach; for who arranges. */
int proj_view_weeks(struct proj_view *view, base_day day);
/* Replacements, moves and cancellations of lessons of these days (ST-8); others see those that
 * concern them. */
int proj_view_changes(struct proj_view *view, base_day from, base_day to);
/* The schedule of control works of a class with the groups drawn from it, or of the school, with
 * warnings where there are more than the settings say; for staff. */
int proj_view_works(struct proj_view *view, const uint8_t *class_id, base_day from, base_day to);
/* What the group's classes would have with one more control work in that slot; for staff. */
int proj_view_works_check(struct proj_view *view, const proj_id group, base_day day, unsigned shift,
                          unsigned n);
/* ST-3: a page's lessons of the school year with the plan beside them; and how far every group is
 * in its plan on that day (head, deputy head; others their pages). */
int proj_view_plan(struct proj_view *view, const proj_id group, const proj_id subject);
int proj_view_programme(struct proj_view *view, base_day day);
/* The settings of the school's local acts with who set them; for staff. */
int proj_view_settings(struct proj_view *view);
/* Terms of keeping (projections/retention.h): who is no more in use, until when what the school has
 * on them is kept, what was erased; with `all` also who is in use. Head and deputy head. */
int proj_view_retention(struct proj_view *view, bool all);
/* School years and bells as they were set; for staff. */
int proj_view_year(struct proj_view *view);
/* Movement of pupils in these days by class, with orders; and the pupils of a class with their
 * groups. A class teacher sees the own class (CT-7). */
int proj_view_movement(struct proj_view *view, base_day from, base_day to);
int proj_view_roster(struct proj_view *view, const proj_id class_id);
/* Classes and all other groups, and the subjects; for staff. */
int proj_view_groups(struct proj_view *view);
/* One group: its members and who teaches it; a class teacher sees groups of the own class. And, by
 * class and subject that groups share out, who is in none of them today or in two (CT-6). */
int proj_view_group(struct proj_view *view, const proj_id group);
int proj_view_groups_check(struct proj_view *view);
/* Who works at the school, with the subjects that they teach. */
int proj_view_staff(struct proj_view *view);
int proj_view_breaches(struct proj_view *view);
/* Officers and auditors: the positions of all entries by which the reports are judged. */
int proj_view_evidence(struct proj_view *view);
/* What is left to do after acts; `all`: of everybody, for officers. */
int proj_view_repairs(struct proj_view *view, bool all);
/* Right of access (CT-8): every entry about a pupil or an account, its own sealed values opened and
 * of lists only the items about it; and which entries an account signed, without their bodies. For
 * the head, for a pupil and its parents, for an account's owner. Walks the log: seconds in a log of
 * millions. */
int proj_view_person(struct proj_view *view, const proj_id subject);
/* What a family has to know of a pupil that it did not know at log size `since`. */
int proj_view_notices(struct proj_view *view, const proj_id pupil, ledger_seq since);

/* Shared by the views (views/common.c). */
void proj_put_key(struct base_buf *out, const char *key);
void proj_put_id(struct base_buf *out, const char *key, const proj_id id);
void proj_put_id_or_nil(struct base_buf *out, const char *key, const uint8_t *id);
/* The last day of a span, as a value: nil while it is open. */
void proj_put_last_day(struct base_buf *out, base_day day);
void proj_put_int(struct base_buf *out, const char *key, int64_t v);
/* The number when it is there, else nil. */
void proj_put_int_or_nil(struct base_buf *out, const char *key, bool there, int64_t v);
void proj_put_seq(struct base_buf *out, const char *key, ledger_seq seq); /* NONE: nil */
void proj_put_bool(struct base_buf *out, const char *key, bool v);
void proj_put_str(struct base_buf *out, const char *key, const char *text);
void proj_put_text(struct base_buf *out, const char *key, struct base_bytes text);
void proj_put_nil(struct base_buf *out, const char *key);
void proj_put_hash(struct base_buf *out, const char *key, const uint8_t hash[LEDGER_HASH_LEN]);

/* Starts an array whose length is known only in the end; the count is patched in (array32 form:
 * views are msgpack, not canonical). */
size_t proj_array_begin(struct base_buf *out);
void proj_array_end(struct base_buf *out, size_t at, uint32_t count);

#define PROJ_NAME_LEN_MAX 400
/* "Фамилия Имя Отчество" of a sealed name, or "—" when it is erased; always terminated. */
void proj_view_name(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                    char out[PROJ_NAME_LEN_MAX]);
/* "Фамилия И. О." */
void proj_view_short_name(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          char out[PROJ_NAME_LEN_MAX]);
void proj_view_account_name(struct proj_view *view, const proj_id account,
                            char out[PROJ_NAME_LEN_MAX]);
void proj_view_account_full_name(struct proj_view *view, const proj_id account,
                                 char out[PROJ_NAME_LEN_MAX]);
void proj_view_pupil_name(struct proj_view *view, const proj_id pupil, char out[PROJ_NAME_LEN_MAX]);
/* The text behind a commitment, appended; nothing when it is erased. */
void proj_view_sealed_text(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                           struct base_buf *out);
/* The same for people to look at: «данные удалены» in the place of a value that an erasure took
 * alone. Not for what is sent, counted by its words, or signed again. */
void proj_view_shown_text(struct proj_view *view, const uint8_t commitment[LEDGER_COMMITMENT_LEN],
                          struct base_buf *out);
bool proj_find_group(struct proj_view *view, const proj_id id, struct proj_group *out_group);
/* As it is on that day; the one above: today. */
bool proj_find_group_on(struct proj_view *view, const proj_id id, base_day day,
                        struct proj_group *out_group);
bool proj_find_subject(struct proj_view *view, const proj_id id, struct proj_subject *out_subject);
bool proj_find_lesson(struct proj_view *view, const proj_id id, struct proj_lesson *out_lesson);
base_day proj_view_today(const struct proj_view *view);

/* Where and on which day reading rights are asked: always at present. */
struct proj_txn *proj_view_rights(const struct proj_view *view);
base_day proj_view_rights_day(const struct proj_view *view);
/* Reading rights (specs/authority.md, "reads"). */
bool proj_may_read_page(struct proj_view *view, const proj_id group, const proj_id subject);
bool proj_may_read_pupil(struct proj_view *view, const proj_id pupil);
bool proj_is_auditor(struct proj_view *view);
/* An auditor sees pages as the entries say them in clear; from here on the view opens nothing that
 * is sealed: no name, no reason, no comment. False for everybody else. */
bool proj_reads_nameless(struct proj_view *view);
/* The reader is a parent of the pupil, whether consenting or not. */
bool proj_is_own_child(struct proj_view *view, const proj_id pupil);
/* CT-4: does the account's last word on that child let it read electronically? */
bool proj_family_consents(struct proj_view *view, const proj_id account, const proj_id pupil);
/* Personal data and the family's affairs: the class teacher, head, deputy and office. */
bool proj_may_keep_pupil(struct proj_view *view, const proj_id pupil);
bool proj_reads_as_officer(struct proj_view *view);
bool proj_reads_all_pages(struct proj_view *view);
bool proj_may_write_page(struct proj_view *view, const proj_id group, const proj_id subject);

/* How an account gets in, two entries of a map: `enrolled` (a live key of its own), `invited` (a
 * slip that is not used up). */
void proj_put_access(struct proj_view *view, const proj_id account);

/* "4", "4/5", "б", "—": a cell's value as people write it, into `out` (at least 64 bytes). */
void proj_cell_text(struct proj_view *view, enum proj_what what, struct base_bytes value, char *out,
                    size_t size);
/* "4", "осв", "н/а": a period mark's value. */
void proj_period_text(struct base_bytes value, char *out, size_t size);
const char *proj_role_name(unsigned role);

enum proj_flag {
    PROJ_FLAG_LATE = 1,
    PROJ_FLAG_CHANGED = 2,
    PROJ_FLAG_VOIDED = 4,
    PROJ_FLAG_REVIEW = 8,
    PROJ_FLAG_PROTOCOL = 16,
    PROJ_FLAG_COMMENT = 32,
    PROJ_FLAG_STRANDED = 64,
};
/* The flags that a scanned fact and the position its author saw imply. */
unsigned proj_fact_flags(struct proj_txn *txn, const struct proj_fact *fact, ledger_seq prev);
