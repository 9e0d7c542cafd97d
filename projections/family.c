/* Families: consents, acknowledged diaries, channels, slips, advice, talks, paper extracts, reasons
 * of absence (CT-1 … CT-4, CT-7). The class teacher keeps them for the own class, head, deputy and
 * office for all; a family speaks for itself with its own key. */
#include "projections/fold.h"
#include "projections/resting.h"

static bool leads(struct proj_case *c)
{
    return c->actor.stratum == 0 ||
           proj_has_role(c->txn, c->actor.account, PROJ_ROLE_HEAD, NULL, proj_case_day(c),
                         c->seq) ||
           proj_has_role(c->txn, c->actor.account, PROJ_ROLE_DEPUTY_HEAD, NULL, proj_case_day(c),
                         c->seq);
}

/* The pupil's class teacher, or who arranges the school. */
static bool keeps_pupil(struct proj_case *c, const uint8_t *pupil)
{
    return proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq) ||
           proj_is_class_teacher_of_pupil(c->txn, c->actor.account, pupil, proj_case_day(c),
                                          c->seq);
}

static bool is_self(const struct proj_case *c, const uint8_t *account)
{
    return memcmp(c->actor.account, account, LEDGER_ID_LEN) == 0;
}

static bool is_parent(struct proj_case *c, const uint8_t *account, const uint8_t *pupil)
{
    return proj_has_role(c->txn, account, PROJ_ROLE_PARENT, pupil, proj_case_day(c), c->seq);
}

static int need_pupil(struct proj_case *c)
{
    return proj_case_exists(c, 'P', proj_body_bin(c->body, "pupil"))
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "pupil");
}

static int need_order(struct proj_case *c)
{
    return proj_body_int(c->body, "from") <= proj_body_int(c->body, "to")
               ? 0
               : proj_refuse(c, PROJ_REFUSED_DATE, "to");
}

/* A pupil's affairs, by who keeps them. */
static int kept_ground(struct proj_case *c)
{
    int code = need_pupil(c);
    if (code == 0 && !keeps_pupil(c, proj_body_bin(c->body, "pupil")))
        code = proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "pupil");
    return code;
}

/* What a family says of itself: by its own key, or on paper, recorded by who keeps the pupil. */
static int said_ground(struct proj_case *c)
{
    struct proj_account account;
    const uint8_t *id = proj_body_bin(c->body, "account");
    const uint8_t *pupil = proj_body_bin(c->body, "pupil");
    int code = need_pupil(c);
    if (code == 0 && (!proj_account_find(c->txn, id, c->seq, &account) || account.stratum != 3))
        code = proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    if (code != 0)
        return code;
    bool paper = proj_body_int(c->body, "form") == PROJ_FORM_PAPER;
    bool may = paper ? keeps_pupil(c, pupil) : is_self(c, id) && is_parent(c, id, pupil);
    return may ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "form");
}

static int said_admit(struct proj_case *c)
{
    return is_parent(c, proj_body_bin(c->body, "account"), proj_body_bin(c->body, "pupil"))
               ? 0
               : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
}

/* consent.set: CT-4 */

static void consent_apply(struct proj_case *c)
{
    struct proj_consent consent;
    memset(&consent, 0, sizeof consent);
    consent.decision = (uint8_t)proj_body_int(c->body, "decision");
    consent.form = (uint8_t)proj_body_int(c->body, "form");
    consent.day = (int32_t)proj_body_int(c->body, "day");
    consent.recorded_ms = c->recorded_ms;
    memcpy(consent.author, c->actor.account, LEDGER_ID_LEN);
    proj_copy_text(consent.reference, sizeof consent.reference,
                   proj_body_text(c->body, "reference"));
    proj_copy_text(consent.wording, sizeof consent.wording, proj_body_text(c->body, "wording"));
    struct proj_key key = proj_key_tagged_ids('h', proj_body_bin(c->body, "account"),
                                              proj_body_bin(c->body, "pupil"));
    proj_fact_put(c->txn, &key, c->seq, &consent, sizeof consent);
}

/* diary.acknowledged: CT-3 */

static int acknowledged_ground(struct proj_case *c)
{
    int code = said_ground(c);
    return code != 0 ? code : need_order(c);
}

static int acknowledged_admit(struct proj_case *c)
{
    int code = said_admit(c);
    return code != 0 ? code : proj_case_admit_upto(c);
}

static void acknowledged_apply(struct proj_case *c)
{
    struct proj_acknowledgement fact;
    memset(&fact, 0, sizeof fact);
    fact.form = (uint8_t)proj_body_int(c->body, "form");
    fact.from = (int32_t)proj_body_int(c->body, "from");
    fact.to = (int32_t)proj_body_int(c->body, "to");
    fact.upto = (ledger_seq)proj_body_int(c->body, "upto");
    fact.recorded_ms = c->recorded_ms;
    memcpy(fact.author, c->actor.account, LEDGER_ID_LEN);
    struct proj_key key = proj_key_ids_day('k', proj_body_bin(c->body, "account"),
                                           proj_body_bin(c->body, "pupil"), fact.from);
    proj_fact_put(c->txn, &key, c->seq, &fact, sizeof fact);
}

/* channel.set: CT-2a. The family itself, who arranges, or the class teacher of its child. */

static int channel_ground(struct proj_case *c)
{
    struct proj_account account;
    const uint8_t *id = proj_body_bin(c->body, "account");
    if (!proj_account_find(c->txn, id, c->seq, &account))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "account");
    bool above = c->actor.stratum < account.stratum &&
                 proj_may_arrange(c->txn, &c->actor, proj_case_day(c), c->seq);
    if (is_self(c, id) || above)
        return 0;
    return proj_case_invites(c, id);
}

static void channel_apply(struct proj_case *c)
{
    struct proj_channel channel;
    struct ledger_canon_value email = ledger_canon_get(c->body, "email");
    struct ledger_canon_value phone = ledger_canon_get(c->body, "phone");
    memset(&channel, 0, sizeof channel);
    channel.has_email = email.type == LEDGER_CANON_BIN;
    channel.has_phone = phone.type == LEDGER_CANON_BIN;
    channel.wants = (uint8_t)proj_body_int(c->body, "wants");
    channel.quiet_from = (int16_t)proj_body_int_or(c->body, "quiet_from", -1);
    channel.quiet_to = (int16_t)proj_body_int_or(c->body, "quiet_to", -1);
    if (channel.has_email)
        memcpy(channel.email, email.bytes.data, LEDGER_COMMITMENT_LEN);
    if (channel.has_phone)
        memcpy(channel.phone, phone.bytes.data, LEDGER_COMMITMENT_LEN);
    struct proj_key key = proj_key_tagged_id('e', proj_body_bin(c->body, "account"));
    proj_fact_put(c->txn, &key, c->seq, &channel, sizeof channel);
}

/* slip.handed: CT-1, by whoever may invite */

static int handed_ground(struct proj_case *c)
{
    return proj_case_invites(c, proj_body_bin(c->body, "account"));
}

static void handed_apply(struct proj_case *c)
{
    struct proj_handed handed;
    memset(&handed, 0, sizeof handed);
    handed.way = (uint8_t)proj_body_int(c->body, "way");
    handed.recorded_ms = c->recorded_ms;
    memcpy(handed.author, c->actor.account, LEDGER_ID_LEN);
    struct proj_key key = proj_key_tagged_id('H', proj_body_bin(c->body, "account"));
    proj_fact_put(c->txn, &key, c->seq, &handed, sizeof handed);
}

/* advice.given, advice.withdrawn: CT-2b, teachers' recommendations. About a pupil or a group; by
 * who teaches them on that day, the class teacher, head and deputy. */

static bool teaches_about(struct proj_case *c, const uint8_t *group, const uint8_t *about,
                          bool to_group)
{
    return to_group ? memcmp(group, about, LEDGER_ID_LEN) == 0
                    : proj_is_member(c->txn, group, about, proj_case_day(c), c->seq);
}

static bool teaches_any(struct proj_case *c, const uint8_t *about, bool to_group)
{
    struct proj_fact fact;
    struct proj_key prefix = proj_key_tagged_id('t', c->actor.account);
    struct proj_scan *scan = proj_scan_open(c->txn, &prefix, NULL, NULL, c->seq);
    bool found = false;
    while (!found && proj_scan_next(scan, &fact)) {
        struct proj_teaching teaching;
        if (fact.value.len != sizeof teaching)
            continue;
        memcpy(&teaching, fact.value.data, sizeof teaching);
        found = teaching.from <= proj_case_day(c) && proj_case_day(c) <= teaching.to &&
                teaches_about(c, teaching.group, about, to_group);
    }
    proj_scan_close(scan);
    return found;
}

static bool is_class_teacher_about(struct proj_case *c, const uint8_t *about, bool to_group)
{
    return to_group ? proj_has_role(c->txn, c->actor.account, PROJ_ROLE_CLASS_TEACHER, about,
                                    proj_case_day(c), c->seq)
                    : proj_is_class_teacher_of_pupil(c->txn, c->actor.account, about,
                                                     proj_case_day(c), c->seq);
}

static int advice_ground(struct proj_case *c)
{
    const uint8_t *about = proj_body_bin(c->body, "about");
    const uint8_t *subject = proj_body_bin_or(c->body, "subject", NULL);
    bool to_group = proj_body_int(c->body, "to_group") != 0;
    if (!proj_case_exists(c, to_group ? 'C' : 'P', about))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "about");
    if (subject != NULL && !proj_case_exists(c, 'S', subject))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "subject");
    bool may =
        leads(c) || is_class_teacher_about(c, about, to_group) || teaches_any(c, about, to_group);
    return may ? 0 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "about");
}

static void put_advice(struct proj_case *c, const struct proj_advice_fact *advice, ledger_seq seq)
{
    struct proj_key about = proj_key_id_seq('r', advice->about, seq);
    struct proj_key by = proj_key_id_seq('b', advice->author, seq);
    proj_fact_put(c->txn, &about, c->seq, advice, sizeof *advice);
    proj_fact_put(c->txn, &by, c->seq, advice, sizeof *advice);
}

static void advice_apply(struct proj_case *c)
{
    struct proj_advice_fact advice;
    memset(&advice, 0, sizeof advice);
    advice.sort = (uint8_t)proj_body_int(c->body, "sort");
    advice.to_group = (uint8_t)proj_body_int(c->body, "to_group");
    memcpy(advice.about, proj_body_bin(c->body, "about"), LEDGER_ID_LEN);
    memcpy(advice.subject, proj_body_bin_or(c->body, "subject", proj_no_id), LEDGER_ID_LEN);
    memcpy(advice.author, c->actor.account, LEDGER_ID_LEN);
    memcpy(advice.text, proj_body_bin(c->body, "text"), LEDGER_COMMITMENT_LEN);
    advice.id = c->event->id;
    advice.recorded_ms = c->recorded_ms;
    put_advice(c, &advice, c->seq);
    struct proj_key by_id = proj_key_tagged_hash('d', &advice.id);
    proj_fact_put(c->txn, &by_id, c->seq, &advice, sizeof advice);
}

static void advice_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_key key = proj_key_id_seq('b', c->actor.account, c->seq);
    proj_rest_on(c, &key, marker);
}

/* The advice that the event names, and where it was given. */
static bool find_advice(struct proj_case *c, bool any, struct proj_advice_fact *out_advice,
                        ledger_seq *out_seq)
{
    struct ledger_hash id;
    struct proj_fact fact;
    memcpy(id.bytes, proj_body_bin(c->body, "advice"), LEDGER_HASH_LEN);
    struct proj_key key = proj_key_tagged_hash('d', &id);
    bool there = any ? proj_fact_get_any(c->txn, &key, c->seq, &fact)
                     : proj_fact_get(c->txn, &key, c->seq, &fact);
    if (!there || fact.value.len != sizeof *out_advice)
        return false;
    memcpy(out_advice, fact.value.data, sizeof *out_advice);
    *out_seq = fact.seq;
    return true;
}

static int withdrawn_ground(struct proj_case *c)
{
    struct proj_advice_fact advice;
    ledger_seq seq;
    if (!find_advice(c, false, &advice, &seq))
        return proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "advice");
    return is_self(c, advice.author) || leads(c) ? 0
                                                 : proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "advice");
}

static void withdrawn_apply(struct proj_case *c)
{
    struct proj_advice_fact advice;
    ledger_seq seq;
    if (!find_advice(c, true, &advice, &seq))
        return;
    advice.withdrawn = 1;
    put_advice(c, &advice, seq);
}

/* contact.noted: CT-2; extract.issued: CT-2c */

static void contact_apply(struct proj_case *c)
{
    struct proj_contact contact;
    memset(&contact, 0, sizeof contact);
    contact.way = (uint8_t)proj_body_int(c->body, "way");
    contact.day = (int32_t)proj_body_int(c->body, "day");
    contact.recorded_ms = c->recorded_ms;
    memcpy(contact.author, c->actor.account, LEDGER_ID_LEN);
    memcpy(contact.text, proj_body_bin(c->body, "text"), LEDGER_COMMITMENT_LEN);
    struct proj_key key = proj_key_id_seq('n', proj_body_bin(c->body, "pupil"), c->seq);
    proj_fact_put(c->txn, &key, c->seq, &contact, sizeof contact);
}

static int extract_ground(struct proj_case *c)
{
    int code = kept_ground(c);
    return code != 0 ? code : need_order(c);
}

static void extract_apply(struct proj_case *c)
{
    struct proj_extract extract;
    memset(&extract, 0, sizeof extract);
    extract.from = (int32_t)proj_body_int(c->body, "from");
    extract.to = (int32_t)proj_body_int(c->body, "to");
    extract.upto = (ledger_seq)proj_body_int(c->body, "upto");
    extract.recorded_ms = c->recorded_ms;
    memcpy(extract.author, c->actor.account, LEDGER_ID_LEN);
    struct proj_key key = proj_key_id_seq('y', proj_body_bin(c->body, "pupil"), c->seq);
    proj_fact_put(c->txn, &key, c->seq, &extract, sizeof extract);
}

/* absence.explained: CT-7. The family says why, the class teacher makes it count. */

static int explained_ground(struct proj_case *c)
{
    const uint8_t *pupil = proj_body_bin(c->body, "pupil");
    int code = need_pupil(c);
    if (code == 0 && !keeps_pupil(c, pupil) && !is_parent(c, c->actor.account, pupil))
        code = proj_refuse(c, PROJ_REFUSED_NO_RIGHT, "pupil");
    return code != 0 ? code : need_order(c);
}

static void explained_apply(struct proj_case *c)
{
    struct proj_explanation fact;
    struct ledger_canon_value note = ledger_canon_get(c->body, "note");
    memset(&fact, 0, sizeof fact);
    fact.from = (int32_t)proj_body_int(c->body, "from");
    fact.to = (int32_t)proj_body_int(c->body, "to");
    fact.by_family = c->actor.stratum == 3;
    fact.has_note = note.type == LEDGER_CANON_BIN;
    memcpy(fact.reason, proj_body_bin(c->body, "reason"), LEDGER_COMMITMENT_LEN);
    if (fact.has_note)
        memcpy(fact.note, note.bytes.data, LEDGER_COMMITMENT_LEN);
    memcpy(fact.author, c->actor.account, LEDGER_ID_LEN);
    fact.recorded_ms = c->recorded_ms;
    struct proj_key key = proj_key_id_day('E', proj_body_bin(c->body, "pupil"), fact.from);
    proj_fact_put(c->txn, &key, c->seq, &fact, sizeof fact);
}

const struct proj_fold proj_family_folds[] = {
    {"absence.explained", explained_ground, NULL, explained_apply, NULL},
    {"advice.given", advice_ground, NULL, advice_apply, advice_rest},
    {"advice.withdrawn", withdrawn_ground, NULL, withdrawn_apply, NULL},
    {"channel.set", channel_ground, NULL, channel_apply, NULL},
    {"consent.set", said_ground, said_admit, consent_apply, NULL},
    {"contact.noted", kept_ground, NULL, contact_apply, NULL},
    {"diary.acknowledged", acknowledged_ground, acknowledged_admit, acknowledged_apply, NULL},
    {"extract.issued", extract_ground, proj_case_admit_upto, extract_apply, NULL},
    {"slip.handed", handed_ground, NULL, handed_apply, NULL},
};
const unsigned proj_family_fold_count = sizeof proj_family_folds / sizeof proj_family_folds[0];
