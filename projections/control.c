/* The deputy head's control: closed periods, notes on how journals are filled in, reports to class
 * teachers, the settings of the school's local acts (CT-5, ST-5, ST-6, ST-11). */
#include "projections/control.h"

#include "projections/resting.h"

/* Which settings there are, and what they may be (specs/events.md, "Settings"). */
static const struct proj_setting_limits settings[] = {
    {"consent_required", 0, 1, 0},       /* families read only after a consent was recorded */
    {"control_works_per_day", 1, 10, 1}, /* of a class, before a warning */
    {"control_works_per_week", 1, 20, 3},
    {"marks_per_period_min", 0, 50, 3}, /* below that a pupil is listed */
    {"round_up_at", 0, 99, 50},         /* hundredths from which a mean is rounded upwards */
    {"weighted_mean", 0, 1, 1},
};
#define SETTING_COUNT (sizeof settings / sizeof settings[0])

static size_t setting_find(struct base_bytes name)
{
    size_t i = 0;
    while (i < SETTING_COUNT && !base_bytes_equal(name, base_bytes_str(settings[i].name)))
        i++;
    return i;
}

const struct proj_setting_limits *proj_setting_at(size_t i)
{
    return i < SETTING_COUNT ? &settings[i] : NULL;
}

int64_t proj_setting(struct proj_txn *txn, const char *name)
{
    struct proj_setting setting;
    struct base_bytes text = base_bytes_str(name);
    struct proj_key key = proj_key_setting(text);
    size_t i = setting_find(text);
    if (proj_fact_read(txn, &key, LEDGER_SEQ_NONE, &setting, sizeof setting, NULL))
        return setting.value;
    return i < SETTING_COUNT ? settings[i].otherwise : 0;
}

static int leads_ground(struct proj_case *c)
{
    bool may =
        c->actor.stratum == 0 ||
        proj_has_role(c->txn, c->actor.account, PROJ_ROLE_HEAD, NULL, proj_case_day(c), c->seq) ||
        proj_has_role(c->txn, c->actor.account, PROJ_ROLE_DEPUTY_HEAD, NULL, proj_case_day(c),
                      c->seq);
    return may ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "kind");
}

static int need(struct proj_case *c, char tag, const char *field)
{
    return proj_case_exists(c, tag, proj_body_bin(c->body, field))
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, field);
}

static int need_staff(struct proj_case *c)
{
    struct proj_account account;
    bool there = proj_account_find(c->txn, proj_body_bin(c->body, "account"), c->seq, &account) &&
                 account.stratum <= 2;
    return there ? 0 : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
}

/* period.closed, period.reopened */

static int closed_ground(struct proj_case *c)
{
    int code = leads_ground(c);
    if (code == 0)
        code = need(c, 'C', "group");
    if (code == 0 && proj_body_int(c->body, "from") > proj_body_int(c->body, "to"))
        code = proj_refuse(c, PROJ_REFUSED_DATE, "to");
    return code;
}

static void closed_apply(struct proj_case *c)
{
    struct proj_period_lock lock;
    memset(&lock, 0, sizeof lock);
    lock.closed = 1;
    lock.from = (int32_t)proj_body_int(c->body, "from");
    lock.to = (int32_t)proj_body_int(c->body, "to");
    lock.recorded_ms = c->recorded_ms;
    memcpy(lock.author, c->actor.account, LEDGER_ID_LEN);
    proj_copy_text(lock.period, sizeof lock.period, proj_body_text(c->body, "period"));
    struct proj_key key =
        proj_key_group_period(proj_body_bin(c->body, "group"), proj_body_text(c->body, "period"));
    proj_fact_put(c->txn, &key, c->seq, &lock, sizeof lock);
}

static int reopened_ground(struct proj_case *c)
{
    int code = leads_ground(c);
    return code != 0 ? code : need(c, 'C', "group");
}

static void reopened_apply(struct proj_case *c)
{
    struct proj_period_lock lock;
    memset(&lock, 0, sizeof lock);
    lock.recorded_ms = c->recorded_ms;
    memcpy(lock.author, c->actor.account, LEDGER_ID_LEN);
    proj_copy_text(lock.period, sizeof lock.period, proj_body_text(c->body, "period"));
    struct proj_key key =
        proj_key_group_period(proj_body_bin(c->body, "group"), proj_body_text(c->body, "period"));
    proj_fact_put(c->txn, &key, c->seq, &lock, sizeof lock);
}

static bool group_is_locked(struct proj_txn *txn, const proj_id group, base_day day,
                            ledger_seq before)
{
    struct proj_fact fact;
    struct proj_key prefix = proj_key_tagged_id('Q', group);
    if (!proj_fact_any(txn, &prefix))
        return false;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, before);
    bool locked = false;
    while (!locked && proj_scan_next(scan, &fact)) {
        struct proj_period_lock lock;
        if (fact.value.len != sizeof lock)
            continue;
        memcpy(&lock, fact.value.data, sizeof lock);
        locked = lock.closed && lock.from <= day && day <= lock.to;
    }
    proj_scan_close(scan);
    return locked;
}

bool proj_is_locked(struct proj_txn *txn, const proj_id group_id, base_day day, ledger_seq before)
{
    struct proj_group group;
    struct proj_key key = proj_key_tagged_id('C', group_id);
    if (group_is_locked(txn, group_id, day, before))
        return true;
    if (!proj_fact_read(txn, &key, before, &group, sizeof group, NULL))
        return false;
    bool locked = false;
    for (unsigned i = 0; i < group.class_count && !locked; i++)
        locked = group_is_locked(txn, group.classes[i], day, before);
    return locked;
}

bool proj_is_period_locked(struct proj_txn *txn, const proj_id group_id, struct base_bytes period,
                           ledger_seq before)
{
    struct proj_period_lock lock;
    struct proj_group group;
    struct proj_key group_key = proj_key_tagged_id('C', group_id);
    struct proj_key own = proj_key_group_period(group_id, period);
    if (proj_fact_read(txn, &own, before, &lock, sizeof lock, NULL) && lock.closed)
        return true;
    bool locked = false;
    if (!proj_fact_read(txn, &group_key, before, &group, sizeof group, NULL))
        return false;
    for (unsigned i = 0; i < group.class_count && !locked; i++) {
        struct proj_key key = proj_key_group_period(group.classes[i], period);
        locked = proj_fact_read(txn, &key, before, &lock, sizeof lock, NULL) && lock.closed;
    }
    return locked;
}

/* filling.noted, filling.settled: remarks on the keeping of a journal (ST-6) */

static int noted_ground(struct proj_case *c)
{
    int code = leads_ground(c);
    if (code == 0)
        code = need_staff(c);
    if (code == 0)
        code = need(c, 'C', "group");
    return code != 0 ? code : need(c, 'S', "subject");
}

static int noted_admit(struct proj_case *c)
{
    const uint8_t *lesson = proj_body_bin_or(c->body, "lesson", NULL);
    return lesson == NULL || proj_case_exists(c, 'L', lesson)
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "lesson");
}

static void noted_apply(struct proj_case *c)
{
    struct proj_filling note;
    const uint8_t *lesson = proj_body_bin_or(c->body, "lesson", NULL);
    memset(&note, 0, sizeof note);
    note.has_lesson = lesson != NULL;
    memcpy(note.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    memcpy(note.group, proj_body_bin(c->body, "group"), LEDGER_ID_LEN);
    memcpy(note.subject, proj_body_bin(c->body, "subject"), LEDGER_ID_LEN);
    memcpy(note.lesson, lesson != NULL ? lesson : proj_no_id, LEDGER_ID_LEN);
    memcpy(note.author, c->actor.account, LEDGER_ID_LEN);
    memcpy(note.text, proj_body_bin(c->body, "text"), LEDGER_COMMITMENT_LEN);
    note.id = c->event->id;
    note.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_id_seq('R', note.account, c->seq);
    struct proj_key by_id = proj_key_tagged_hash('D', &note.id);
    proj_fact_put(c->txn, &key, c->seq, &note, sizeof note);
    proj_fact_put(c->txn, &by_id, c->seq, &note, sizeof note);
}

static void noted_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_key key = proj_key_id_seq('R', proj_body_bin(c->body, "account"), c->seq);
    proj_rest_on(c, &key, marker);
}

/* What a settling or a receiving event names: by its id, as a fact of `size` bytes. */
static bool find_named(struct proj_case *c, bool any, char tag, const char *field, void *out,
                       size_t size, ledger_seq *out_seq)
{
    struct ledger_hash id;
    struct proj_fact fact;
    memcpy(id.bytes, proj_body_bin(c->body, field), LEDGER_HASH_LEN);
    struct proj_key key = proj_key_tagged_hash(tag, &id);
    bool there = any ? proj_fact_get_any(c->txn, &key, c->seq, &fact)
                     : proj_fact_get(c->txn, &key, c->seq, &fact);
    if (!there || fact.value.len != size)
        return false;
    memcpy(out, fact.value.data, size);
    *out_seq = fact.seq;
    return true;
}

static int settled_ground(struct proj_case *c)
{
    struct proj_filling note;
    ledger_seq seq;
    if (!find_named(c, false, 'D', "note", &note, sizeof note, &seq))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "note");
    if (memcmp(note.account, c->actor.account, LEDGER_ID_LEN) == 0)
        return 0;
    return leads_ground(c);
}

static void settled_apply(struct proj_case *c)
{
    struct proj_filling note;
    ledger_seq seq;
    if (!find_named(c, true, 'D', "note", &note, sizeof note, &seq))
        return;
    note.settled = 1;
    struct proj_key key = proj_key_id_seq('R', note.account, seq);
    proj_fact_put(c->txn, &key, c->seq, &note, sizeof note);
}

/* report.issued, report.received: CT-5 */

static int issued_ground(struct proj_case *c)
{
    const uint8_t *about = proj_body_bin(c->body, "about");
    int code = leads_ground(c);
    if (code == 0)
        code = need_staff(c);
    if (code == 0 && !proj_case_exists(c, 'C', about) && !proj_case_exists(c, 'P', about))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "about");
    if (code == 0 && proj_body_int(c->body, "from") > proj_body_int(c->body, "to"))
        code = proj_refuse(c, PROJ_REFUSED_DATE, "to");
    return code;
}

static void issued_apply(struct proj_case *c)
{
    struct proj_issued issued;
    memset(&issued, 0, sizeof issued);
    issued.sort = (uint8_t)proj_body_int(c->body, "sort");
    memcpy(issued.about, proj_body_bin(c->body, "about"), LEDGER_ID_LEN);
    memcpy(issued.account, proj_body_bin(c->body, "account"), LEDGER_ID_LEN);
    memcpy(issued.author, c->actor.account, LEDGER_ID_LEN);
    memcpy(issued.digest.bytes, proj_body_bin(c->body, "digest"), LEDGER_HASH_LEN);
    issued.from = (int32_t)proj_body_int(c->body, "from");
    issued.to = (int32_t)proj_body_int(c->body, "to");
    issued.upto = (ledger_seq)proj_body_int(c->body, "upto");
    issued.id = c->event->id;
    issued.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_id_seq('I', issued.account, c->seq);
    struct proj_key by_id = proj_key_tagged_hash('i', &issued.id);
    proj_fact_put(c->txn, &key, c->seq, &issued, sizeof issued);
    proj_fact_put(c->txn, &by_id, c->seq, &issued, sizeof issued);
}

static void issued_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_key key = proj_key_id_seq('I', proj_body_bin(c->body, "account"), c->seq);
    proj_rest_on(c, &key, marker);
}

static int taken_ground(struct proj_case *c)
{
    struct proj_issued issued;
    ledger_seq seq;
    if (!find_named(c, false, 'i', "report", &issued, sizeof issued, &seq))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "report");
    return memcmp(issued.account, c->actor.account, LEDGER_ID_LEN) == 0
               ? 0
               : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "report");
}

static void taken_apply(struct proj_case *c)
{
    struct proj_issued issued;
    ledger_seq seq;
    if (!find_named(c, true, 'i', "report", &issued, sizeof issued, &seq))
        return;
    issued.received = 1;
    issued.received_ms = c->recorded_ms;
    struct proj_key key = proj_key_id_seq('I', issued.account, seq);
    proj_fact_put(c->txn, &key, c->seq, &issued, sizeof issued);
}

/* setting.set */

static int setting_ground(struct proj_case *c)
{
    size_t i = setting_find(proj_body_text(c->body, "name"));
    int64_t value = proj_body_int(c->body, "value");
    if (i == SETTING_COUNT)
        return proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "name");
    if (value < settings[i].min || value > settings[i].max)
        return proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "value");
    return leads_ground(c);
}

static void setting_apply(struct proj_case *c)
{
    struct proj_setting setting;
    memset(&setting, 0, sizeof setting);
    setting.value = proj_body_int(c->body, "value");
    setting.recorded_ms = c->recorded_ms;
    memcpy(setting.author, c->actor.account, LEDGER_ID_LEN);
    struct proj_key key = proj_key_setting(proj_body_text(c->body, "name"));
    proj_fact_put(c->txn, &key, c->seq, &setting, sizeof setting);
}

const struct proj_fold proj_control_folds[] = {
    {"filling.noted", noted_ground, noted_admit, noted_apply, noted_rest},
    {"filling.settled", settled_ground, NULL, settled_apply, NULL},
    {"period.closed", closed_ground, NULL, closed_apply, NULL},
    {"period.reopened", reopened_ground, NULL, reopened_apply, NULL},
    {"report.issued", issued_ground, proj_case_admit_upto, issued_apply, issued_rest},
    {"report.received", taken_ground, NULL, taken_apply, NULL},
    {"setting.set", setting_ground, NULL, setting_apply, NULL},
};
const unsigned proj_control_fold_count = sizeof proj_control_folds / sizeof proj_control_folds[0];
