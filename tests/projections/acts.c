/* Bodies of events; fields in ascending order of their names, as specs/events.md lists them. */
#include "tests/projections/acts.h"

#include <stdio.h>
#include <stdlib.h>

#include "ledger/note.h"

static struct base_buf *list(struct draft *d, const char *name, unsigned count)
{
    draft_list(d, name, count);
    return &d->body;
}

static void put_seq(struct base_buf *out, ledger_seq seq)
{
    if (seq == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, (int64_t)seq);
}

/* A sealed text inside a tuple, or nil. */
static void put_sealed(struct draft *d, const char *path, const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) value = {0};
    if (text == NULL) {
        ledger_canon_put_nil(&d->body);
        return;
    }
    ledger_canon_put_str(&value, text);
    draft_seal(d, path, base_buf_bytes(&value));
}

static void put_key_hash(struct draft *d, const char *name, const struct ledger_key *key)
{
    struct ledger_hash hash;
    ledger_sha256(base_bytes_of(key->bytes, LEDGER_KEY_LEN), &hash);
    draft_bin32(d, name, hash.bytes);
}

void act_founded(struct draft *d, const struct ledger_key *root, const struct act_officer *officers,
                 unsigned count)
{
    static const struct ledger_key next = {{7}};
    act_founded_next(d, root, &next, officers, count);
}

const char *act_vkey(const char *name, uint8_t n)
{
    static char out[2][PROJ_VKEY_LEN_MAX + 1];
    static unsigned turn;
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note_signer signer;
    uint8_t seed[LEDGER_SEED_LEN] = {n, 77};
    turn = 1 - turn;
    if (ledger_note_signer_make(name, LEDGER_NOTE_ED25519, seed, &signer, NULL) != 0)
        abort();
    ledger_vkey_put(&signer.key, &text);
    snprintf(out[turn], sizeof out[turn], "%.*s", (int)text.len, (const char *)text.data);
    ledger_note_signer_wipe(&signer);
    return out[turn];
}

void act_continue(struct draft *d, const char *from, const char *to, uint64_t size)
{
    static const uint8_t root[LEDGER_HASH_LEN] = {5};
    draft_begin(d, "log.continued");
    draft_text(d, "from", from);
    draft_bin32(d, "root", root);
    draft_int(d, "size", (int64_t)size);
    draft_text(d, "to", to);
}

void act_rotate(struct draft *d, const struct ledger_key *root, const struct ledger_key *next)
{
    draft_begin(d, "root.rotated");
    put_key_hash(d, "next", next);
    draft_bin32(d, "root", root->bytes);
}

void act_founded_next(struct draft *d, const struct ledger_key *root, const struct ledger_key *next,
                      const struct act_officer *officers, unsigned count)
{
    draft_begin(d, "school.founded");
    draft_bool(d, "demo", true);
    draft_text(d, "name", "Школа № 1");
    put_key_hash(d, "next", next);
    struct base_buf *out = list(d, "officers", count);
    for (unsigned i = 0; i < count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) name = {0};
        char path[32];
        ledger_canon_put_array(&name, 3);
        ledger_canon_put_str(&name, "Директорова");
        ledger_canon_put_str(&name, "Мария");
        ledger_canon_put_str(&name, "");
        ledger_canon_put_array(out, 5);
        ledger_canon_put_bin(out, officers[i].account, LEDGER_ID_LEN);
        ledger_canon_put_int(out, officers[i].role);
        ledger_canon_put_bin(out, officers[i].key.bytes, LEDGER_KEY_LEN);
        ledger_canon_put_bin(out, officers[i].account, LEDGER_ID_LEN); /* the person */
        snprintf(path, sizeof path, "officers.%u.4", i);
        draft_seal(d, path, base_buf_bytes(&name));
    }
    draft_int(d, "offset", 180);
    draft_text(d, "origin", "journal.example/log");
    draft_bin32(d, "root", root->bytes);
    draft_text(d, "zone", "Europe/Moscow");
}

void act_account(struct draft *d, const proj_id account, unsigned stratum, const char *surname)
{
    draft_begin(d, "account.opened");
    draft_id(d, "account", account);
    draft_sealed_name(d, "name", surname);
    draft_id(d, "person", account);
    draft_int(d, "stratum", stratum);
}

void act_invite(struct draft *d, const proj_id account, const struct ledger_key *invitation,
                const struct ledger_key *emergency)
{
    draft_begin(d, "invitation.issued");
    draft_id(d, "account", account);
    draft_bin32(d, "emergency", emergency->bytes);
    draft_bin32(d, "invitation", invitation->bytes);
}

void act_enrol(struct draft *d, const proj_id account, const struct ledger_key *key)
{
    draft_begin(d, "key.enrolled");
    draft_id(d, "account", account);
    draft_bin32(d, "key", key->bytes);
}

void act_retire(struct draft *d, const struct ledger_key *key)
{
    draft_begin(d, "key.retired");
    draft_bin32(d, "key", key->bytes);
}

void act_session(struct draft *d, const proj_id account, const struct ledger_key *session)
{
    draft_begin(d, "session.opened");
    draft_id(d, "account", account);
    draft_int(d, "hours", 10);
    draft_sealed_text(d, "place", "Chrome, кабинет 105");
    draft_bin32(d, "session", session->bytes);
}

void act_session_close(struct draft *d, const struct ledger_key *session)
{
    draft_begin(d, "session.closed");
    draft_bin32(d, "session", session->bytes);
}

void act_grant(struct draft *d, const proj_id account, unsigned role, const uint8_t *scope,
               base_day from)
{
    draft_begin(d, "role.granted");
    draft_id(d, "account", account);
    draft_int(d, "from", from);
    draft_int(d, "role", role);
    draft_id_or_nil(d, "scope", scope);
    draft_nil(d, "to");
}

void act_revoke(struct draft *d, const struct ledger_hash *grant)
{
    draft_begin(d, "role.revoked");
    draft_bin32(d, "grant", grant->bytes);
}

void act_subject(struct draft *d, const proj_id subject, bool marked, const char *name)
{
    draft_begin(d, "subject.created");
    draft_bool(d, "marked", marked);
    draft_text(d, "name", name);
    draft_id(d, "subject", subject);
}

void act_group(struct draft *d, const proj_id group, enum proj_group_kind kind, unsigned grade,
               const proj_id *classes, unsigned class_count, const char *name)
{
    draft_begin(d, "group.created");
    struct base_buf *out = list(d, "classes", class_count);
    for (unsigned i = 0; i < class_count; i++)
        ledger_canon_put_bin(out, classes[i], LEDGER_ID_LEN);
    draft_int(d, "days", 5);
    draft_int(d, "grade", grade);
    draft_id(d, "group", group);
    draft_int(d, "kind", kind);
    draft_text(d, "name", name);
    draft_int(d, "shift", 1);
    draft_nil(d, "subject");
}

void act_group_change(struct draft *d, const proj_id group, base_day from, unsigned grade,
                      unsigned shift, const char *name, const uint8_t *subject)
{
    draft_begin(d, "group.changed");
    draft_int(d, "days", 5);
    draft_int(d, "from", from);
    draft_int(d, "grade", grade);
    draft_id(d, "group", group);
    draft_text(d, "name", name);
    draft_int(d, "shift", shift);
    draft_id_or_nil(d, "subject", subject);
}

void act_pupil(struct draft *d, const proj_id pupil, const proj_id school_class, base_day from,
               const char *surname)
{
    act_pupil_by_order(d, pupil, school_class, from, surname, NULL);
}

void act_pupil_by_order(struct draft *d, const proj_id pupil, const proj_id school_class,
                        base_day from, const char *surname, const char *order)
{
    draft_begin(d, "pupil.admitted");
    draft_sealed_text(d, "birth", "2015-02-03");
    draft_id(d, "class", school_class);
    draft_int(d, "from", from);
    draft_sealed_name(d, "name", surname);
    if (order != NULL)
        draft_text(d, "order", order);
    draft_bool(d, "plan", false);
    draft_id(d, "pupil", pupil);
    draft_sealed_text(d, "sex", "f");
}

void act_join(struct draft *d, const proj_id group, const proj_id pupil, base_day from)
{
    draft_begin(d, "members.joined");
    draft_int(d, "from", from);
    draft_id(d, "group", group);
    ledger_canon_put_bin(list(d, "pupils", 1), pupil, LEDGER_ID_LEN);
}

void act_leave(struct draft *d, const proj_id group, const proj_id pupil, base_day to)
{
    draft_begin(d, "members.left");
    draft_id(d, "group", group);
    ledger_canon_put_bin(list(d, "pupils", 1), pupil, LEDGER_ID_LEN);
    draft_int(d, "to", to);
}

void act_assign(struct draft *d, const proj_id account, const proj_id group, const proj_id subject,
                base_day from, base_day to)
{
    draft_begin(d, "teaching.assigned");
    draft_id(d, "account", account);
    draft_int(d, "from", from);
    draft_id(d, "group", group);
    draft_int(d, "hours", 5);
    draft_id(d, "subject", subject);
    draft_int(d, "to", to);
}

void act_unassign(struct draft *d, const struct ledger_hash *assignment, base_day to)
{
    draft_begin(d, "teaching.ended");
    draft_bin32(d, "assignment", assignment->bytes);
    draft_int(d, "to", to);
}

void act_calendar(struct draft *d, const char *year, const struct act_row *rows, unsigned count)
{
    draft_begin(d, "calendar.set");
    struct base_buf *out = list(d, "rows", count);
    for (unsigned i = 0; i < count; i++) {
        ledger_canon_put_array(out, 6);
        ledger_canon_put_int(out, rows[i].kind);
        ledger_canon_put_str(out, rows[i].name);
        ledger_canon_put_int(out, rows[i].from);
        ledger_canon_put_int(out, rows[i].to);
        ledger_canon_put_int(out, rows[i].grade_from);
        ledger_canon_put_int(out, rows[i].grade_to);
    }
    draft_text(d, "year", year);
}

void act_bells(struct draft *d, unsigned shift, base_day from, unsigned count, int first_min,
               int step_min)
{
    draft_begin(d, "bells.set");
    struct base_buf *out = list(d, "bells", count);
    for (unsigned i = 0; i < count; i++) {
        int start = first_min + (int)i * step_min;
        ledger_canon_put_array(out, 3);
        ledger_canon_put_int(out, i + 1);
        ledger_canon_put_int(out, start);
        ledger_canon_put_int(out, start + 45);
    }
    draft_int(d, "from", from);
    draft_int(d, "shift", shift);
}

void act_timetable(struct draft *d, const proj_id group, base_day from,
                   const struct act_slot *slots, unsigned count)
{
    draft_begin(d, "timetable.set");
    draft_int(d, "from", from);
    draft_id(d, "group", group);
    struct base_buf *out = list(d, "slots", count);
    for (unsigned i = 0; i < count; i++) {
        ledger_canon_put_array(out, 6);
        ledger_canon_put_int(out, slots[i].weekday);
        ledger_canon_put_int(out, 1);
        ledger_canon_put_int(out, slots[i].n);
        ledger_canon_put_bin(out, slots[i].subject, LEDGER_ID_LEN);
        ledger_canon_put_bin(out, slots[i].account, LEDGER_ID_LEN);
        ledger_canon_put_str(out, "105");
    }
}

void act_plan(struct draft *d, const proj_id subject, unsigned grade, unsigned first,
              const char *const *topics, unsigned count)
{
    draft_begin(d, "plan.set");
    draft_int(d, "first", first);
    draft_int(d, "grade", grade);
    draft_id(d, "subject", subject);
    struct base_buf *out = list(d, "topics", count);
    for (unsigned i = 0; i < count; i++) {
        ledger_canon_put_array(out, 2);
        ledger_canon_put_str(out, topics[i]);
        ledger_canon_put_nil(out);
    }
}

void act_plan_withdraw(struct draft *d, const proj_id subject, unsigned grade, unsigned number)
{
    draft_begin(d, "plan.withdrawn");
    draft_int(d, "grade", grade);
    ledger_canon_put_int(list(d, "numbers", 1), number);
    draft_id(d, "subject", subject);
}

void act_control(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                 unsigned n)
{
    act_control_of(d, group, subject, day, n, 4);
}

void act_control_of(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                    unsigned n, unsigned work)
{
    draft_begin(d, "control.planned");
    draft_int(d, "day", day);
    draft_id(d, "group", group);
    draft_bool(d, "monitoring", false);
    draft_int(d, "n", n);
    draft_int(d, "shift", 1);
    draft_id(d, "subject", subject);
    draft_int(d, "work", work);
}

void act_change(struct draft *d, const proj_id group, const proj_id subject, base_day day,
                unsigned n, const proj_id teacher, const uint8_t *account)
{
    draft_begin(d, "lesson.changed");
    draft_id_or_nil(d, "account", account);
    draft_int(d, "change", account != NULL ? PROJ_CHANGE_SUBSTITUTED : PROJ_CHANGE_CANCELLED);
    draft_int(d, "day", day);
    draft_id(d, "group", group);
    draft_int(d, "n", n);
    draft_nil(d, "newday");
    draft_nil(d, "newn");
    draft_sealed_text(d, "reason", "болезнь");
    draft_int(d, "shift", 1);
    draft_id(d, "subject", subject);
    draft_id(d, "teacher", teacher);
}

void act_move(struct draft *d, const proj_id group, const proj_id subject, base_day day, unsigned n,
              const proj_id teacher, base_day newday, unsigned newn)
{
    draft_begin(d, "lesson.changed");
    draft_nil(d, "account");
    draft_int(d, "change", PROJ_CHANGE_MOVED);
    draft_int(d, "day", day);
    draft_id(d, "group", group);
    draft_int(d, "n", n);
    draft_int(d, "newday", newday);
    draft_int(d, "newn", newn);
    draft_nil(d, "reason");
    draft_int(d, "shift", 1);
    draft_id(d, "subject", subject);
    draft_id(d, "teacher", teacher);
}

void act_lesson(struct draft *d, const proj_id lesson, const proj_id group, const proj_id subject,
                const proj_id assigned, const proj_id actual, base_day day, unsigned n)
{
    draft_begin(d, "lesson.opened");
    draft_id(d, "actual", actual);
    draft_id(d, "assigned", assigned);
    draft_int(d, "day", day);
    draft_id(d, "group", group);
    draft_id(d, "lesson", lesson);
    draft_int(d, "n", n);
    draft_int(d, "shift", 1);
    draft_id(d, "subject", subject);
}

void act_topic(struct draft *d, const proj_id lesson, const char *text, ledger_seq prev)
{
    act_topic_of(d, lesson, text, 1, prev);
}

void act_topic_of(struct draft *d, const proj_id lesson, const char *text, unsigned number,
                  ledger_seq prev)
{
    draft_begin(d, "topic.set");
    draft_id(d, "lesson", lesson);
    draft_int(d, "number", number);
    draft_seq(d, "prev", prev);
    draft_text(d, "text", text);
    draft_nil(d, "work");
}

void act_homework(struct draft *d, const proj_id lesson, const char *text, ledger_seq prev)
{
    draft_begin(d, "homework.set");
    draft_nil(d, "due");
    draft_id(d, "lesson", lesson);
    draft_int(d, "manner", 2);
    draft_seq(d, "prev", prev);
    draft_text(d, "text", text);
}

void act_attendance(struct draft *d, const proj_id lesson, const uint8_t *pupil, unsigned state,
                    const char *reason, ledger_seq prev, bool all)
{
    draft_begin(d, "attendance.set");
    draft_bool(d, "all", all);
    struct base_buf *out = list(d, "cells", pupil != NULL);
    if (pupil != NULL) {
        ledger_canon_put_array(out, 4);
        ledger_canon_put_bin(out, pupil, LEDGER_ID_LEN);
        ledger_canon_put_int(out, state);
        put_sealed(d, "cells.0.2", reason);
        put_seq(out, prev);
    }
    draft_id(d, "lesson", lesson);
}

void act_mark_of(struct draft *d, const proj_id lesson, const proj_id pupil, unsigned value,
                 const char *comment, ledger_seq prev, unsigned column, unsigned work,
                 unsigned weight)
{
    draft_begin(d, "marks.set");
    struct base_buf *out = list(d, "cells", 1);
    ledger_canon_put_array(out, 4);
    ledger_canon_put_bin(out, pupil, LEDGER_ID_LEN);
    ledger_canon_put_array(out, value != 0);
    if (value != 0)
        ledger_canon_put_int(out, value);
    put_sealed(d, "cells.0.2", comment);
    put_seq(out, prev);
    draft_int(d, "column", column);
    draft_id(d, "lesson", lesson);
    draft_nil(d, "protocol");
    draft_int(d, "weight", weight);
    draft_int(d, "work", work);
}

void act_mark(struct draft *d, const proj_id lesson, const proj_id pupil, unsigned value,
              const char *comment, ledger_seq prev)
{
    act_mark_of(d, lesson, pupil, value, comment, prev, 0, 1, 10);
}

void act_attach(struct draft *d, const proj_id lesson, const struct ledger_hash *digest,
                int64_t size, const char *media, const char *link)
{
    draft_begin(d, "homework.attached");
    draft_bin32(d, "digest", digest->bytes);
    draft_id(d, "lesson", lesson);
    if (link == NULL)
        draft_nil(d, "link");
    else
        draft_text(d, "link", link);
    draft_text(d, "media", media);
    draft_text(d, "name", "Задание 5.pdf");
    draft_int(d, "size", size);
}

void act_detach(struct draft *d, const proj_id lesson, const struct ledger_hash *digest)
{
    draft_begin(d, "homework.detached");
    draft_bin32(d, "digest", digest->bytes);
    draft_id(d, "lesson", lesson);
}

void act_debt(struct draft *d, const proj_id lesson, const proj_id pupil, base_day until,
              unsigned column, ledger_seq prev)
{
    draft_begin(d, "debt.set");
    struct base_buf *out = list(d, "cells", 1);
    ledger_canon_put_array(out, 3);
    ledger_canon_put_bin(out, pupil, LEDGER_ID_LEN);
    if (until == INT32_MIN)
        ledger_canon_put_nil(out);
    else
        ledger_canon_put_int(out, until);
    put_seq(out, prev);
    draft_int(d, "column", column);
    draft_id(d, "lesson", lesson);
    draft_int(d, "work", 4);
}

void act_period(struct draft *d, const proj_id group, const proj_id subject, const char *period,
                const proj_id pupil, unsigned value, ledger_seq prev, ledger_seq upto)
{
    draft_begin(d, "period.set");
    struct base_buf *out = list(d, "cells", 1);
    ledger_canon_put_array(out, 5);
    ledger_canon_put_bin(out, pupil, LEDGER_ID_LEN);
    ledger_canon_put_int(out, value);
    ledger_canon_put_nil(out);
    ledger_canon_put_nil(out);
    put_seq(out, prev);
    draft_id(d, "group", group);
    draft_text(d, "period", period);
    draft_id(d, "subject", subject);
    draft_int(d, "upto", (int64_t)upto);
}

void act_report(struct draft *d, const struct act_report *report)
{
    draft_begin(d, "breach.reported");
    draft_id(d, "account", report->account);
    draft_int(d, "breach", report->breach_ms);
    draft_int(d, "count", (int64_t)report->count);
    draft_int(d, "cut", (int64_t)report->cut);
    draft_bin32(d, "digest", report->digest.bytes);
    draft_int(d, "learned", report->learned_ms);
    draft_sealed_text(d, "reason", "пароль подсмотрен");
    draft_int(d, "size", (int64_t)report->size);
    draft_bin32(d, "target", report->target.bytes);
}

void act_receipt(struct draft *d, const struct ledger_hash *report, ledger_seq cut,
                 const struct ledger_hash *digest, unsigned capacity, base_time_ms told_ms)
{
    draft_begin(d, "breach.received");
    draft_int(d, "capacity", capacity);
    draft_int(d, "cut", (int64_t)cut);
    draft_bin32(d, "digest", digest->bytes);
    draft_bin32(d, "report", report->bytes);
    draft_int(d, "told", told_ms);
}

void act_overrule(struct draft *d, const proj_id account, const struct ledger_hash *report)
{
    draft_begin(d, "breach.overruled");
    draft_id(d, "account", account);
    draft_sealed_text(d, "reason", "ложная тревога");
    draft_bin32(d, "report", report->bytes);
}
