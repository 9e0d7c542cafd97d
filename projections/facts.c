/* Builders of facts' keys. */
#include "projections/facts.h"

#include <assert.h>

const proj_id proj_no_id = {0};

#define PAGE_KEY_LEN (1u + 16u + 16u + 4u + 16u + 1u + 16u + 1u)

struct proj_key proj_key_grant_on(const proj_id scope, const proj_id account, unsigned role,
                                  const struct ledger_hash *id)
{
    struct proj_key out = proj_key_tagged_ids('z', scope, account);
    return *proj_key_hash(proj_key_u8(&out, role), id->bytes);
}

struct proj_key proj_key_tagged_hash(char tag, const struct ledger_hash *hash)
{
    struct proj_key key = proj_key_of(tag);
    return *proj_key_hash(&key, hash->bytes);
}

struct proj_key proj_key_commitment(const uint8_t commitment[LEDGER_COMMITMENT_LEN])
{
    struct proj_key key = proj_key_of('2');
    return *proj_key_hash(&key, commitment);
}

struct proj_key proj_key_tagged_id(char tag, const proj_id id)
{
    struct proj_key key = proj_key_of(tag);
    return *proj_key_id(&key, id);
}

struct proj_key proj_key_tagged_ids(char tag, const proj_id a, const proj_id b)
{
    struct proj_key key = proj_key_of(tag);
    return *proj_key_id(proj_key_id(&key, a), b);
}

struct proj_key proj_key_key(const struct ledger_key *key)
{
    struct proj_key out = proj_key_of('K');
    return *proj_key_hash(&out, key->bytes);
}

struct proj_key proj_key_end_key(const struct ledger_key *key)
{
    struct proj_key out = proj_key_of('Z');
    return *proj_key_hash(&out, key->bytes);
}

struct proj_key proj_key_account(const proj_id account)
{
    return proj_key_tagged_id('A', account);
}

struct proj_key proj_key_account_key(const proj_id account, const struct ledger_key *key)
{
    struct proj_key out = proj_key_tagged_id('J', account);
    return *proj_key_hash(&out, key->bytes);
}

struct proj_key proj_key_grant(const proj_id account, unsigned role, const proj_id scope,
                               const struct ledger_hash *id)
{
    struct proj_key out = proj_key_tagged_id('G', account);
    return *proj_key_hash(proj_key_id(proj_key_u8(&out, role), scope), id->bytes);
}

struct proj_key proj_key_teaching(const proj_id group, const proj_id subject, const proj_id account)
{
    struct proj_key out = proj_key_tagged_ids('T', group, subject);
    return *proj_key_id(&out, account);
}

struct proj_key proj_key_teaching_of(const proj_id account, const proj_id group,
                                     const proj_id subject)
{
    struct proj_key out = proj_key_tagged_ids('t', account, group);
    return *proj_key_id(&out, subject);
}

struct proj_key proj_key_slot(char tag, const proj_id group, const proj_id subject, int64_t day,
                              unsigned shift, unsigned n)
{
    struct proj_key out = proj_key_tagged_ids(tag, group, subject);
    return *proj_key_u8(proj_key_u8(proj_key_day(&out, day), shift), n);
}

#define SLOT_DAY_AT (1u + 2u * LEDGER_ID_LEN)

bool proj_slot_ref_of(struct base_bytes key, struct proj_slot_ref *out_ref)
{
    if (key.len != SLOT_DAY_AT + 4 + 2)
        return false;
    const uint8_t *p = key.data + SLOT_DAY_AT;
    *out_ref = (struct proj_slot_ref){.subject = key.data + 1 + LEDGER_ID_LEN,
                                      .day = proj_key_day_at(p),
                                      .shift = p[4],
                                      .n = p[5]};
    return true;
}

struct proj_key proj_key_page(const proj_id group, const proj_id subject)
{
    return proj_key_tagged_ids('j', group, subject);
}

struct proj_key proj_key_page_day(const proj_id group, const proj_id subject, int64_t day)
{
    struct proj_key out = proj_key_page(group, subject);
    return *proj_key_day(&out, day);
}

struct proj_key proj_key_cell(const struct proj_lesson *lesson, enum proj_what what,
                              const proj_id pupil, unsigned column)
{
    struct proj_key out = proj_key_page_day(lesson->group, lesson->subject, lesson->day);
    proj_key_u8(proj_key_id(&out, lesson->id), what);
    assert(out.len == PROJ_CELL_PUPIL_AT);
    proj_key_u8(proj_key_id(&out, pupil), column);
    assert(out.len == PAGE_KEY_LEN);
    return out;
}

struct proj_key proj_key_period(const proj_id group, const proj_id subject,
                                struct base_bytes period, const proj_id pupil)
{
    struct ledger_hash hash;
    struct proj_key out = proj_key_tagged_ids('p', group, subject);
    ledger_sha256(period, &hash);
    proj_key_id(&out, hash.bytes);
    assert(out.len == PROJ_PERIOD_PUPIL_AT);
    return *proj_key_id(&out, pupil);
}

struct proj_key proj_key_numbered(char tag, ledger_seq seq)
{
    struct proj_key out = proj_key_of(tag);
    uint8_t bytes[8];
    base_set_be64(bytes, seq);
    return *proj_key_text(&out, base_bytes_of(bytes, sizeof bytes), sizeof bytes);
}

struct proj_key proj_key_voice(char tag, ledger_seq report, const proj_id account)
{
    struct proj_key out = proj_key_numbered(tag, report);
    return *proj_key_id(&out, account);
}

struct proj_key proj_key_id_day(char tag, const proj_id id, int64_t day)
{
    struct proj_key out = proj_key_tagged_id(tag, id);
    return *proj_key_day(&out, day);
}

struct proj_key proj_key_ids_day(char tag, const proj_id a, const proj_id b, int64_t day)
{
    struct proj_key out = proj_key_tagged_ids(tag, a, b);
    return *proj_key_day(&out, day);
}

struct proj_key proj_key_id_seq(char tag, const proj_id id, ledger_seq seq)
{
    struct proj_key out = proj_key_tagged_id(tag, id);
    uint8_t bytes[8];
    base_set_be64(bytes, seq);
    return *proj_key_text(&out, base_bytes_of(bytes, sizeof bytes), sizeof bytes);
}

struct proj_key proj_key_group_period(const proj_id group, struct base_bytes period)
{
    struct ledger_hash hash;
    struct proj_key out = proj_key_tagged_id('Q', group);
    ledger_sha256(period, &hash);
    return *proj_key_id(&out, hash.bytes);
}

struct proj_key proj_key_setting(struct base_bytes name)
{
    struct proj_key out = proj_key_of('s');
    return *proj_key_text(&out, name, PROJ_SETTING_NAME_LEN_MAX);
}

bool proj_group_is_drawn_from(const struct proj_group *group, const proj_id class_id)
{
    bool found = false;
    for (unsigned i = 0; i < group->class_count && !found; i++)
        found = memcmp(group->classes[i], class_id, LEDGER_ID_LEN) == 0;
    return found;
}

bool proj_key_is_lesson(struct base_bytes key)
{
    return key.len == PAGE_KEY_LEN && key.data[0] == 'j' &&
           key.data[PROJ_CELL_PUPIL_AT - 1] == PROJ_WHAT_LESSON;
}

bool proj_cell_ref_of(struct base_bytes key, struct proj_cell_ref *out_ref)
{
    if (key.len != PAGE_KEY_LEN || key.data[0] != 'j')
        return false;
    const uint8_t *p = key.data + 1;
    *out_ref = (struct proj_cell_ref){.group = p,
                                      .subject = p + 16,
                                      .lesson = p + 36,
                                      .pupil = p + 53,
                                      .day = proj_key_day_at(p + 32),
                                      .what = (enum proj_what)p[52],
                                      .column = p[69]};
    return true;
}

/* Where the pupil's cell of the same sort lies, or, behind it, the next sort of the lesson. */
static struct proj_key own_cell(struct base_bytes key, const struct proj_cell_ref *ref,
                                const proj_id pupil)
{
    struct proj_key out;
    out.len = PROJ_CELL_PUPIL_AT;
    memcpy(out.bytes, key.data, out.len);
    if (memcmp(ref->pupil, pupil, LEDGER_ID_LEN) < 0)
        proj_key_id(&out, pupil);
    else
        out.bytes[PROJ_CELL_PUPIL_AT - 1]++;
    return out;
}

bool proj_scan_next_of_pupil(struct proj_scan *scan, const proj_id pupil,
                             struct proj_fact *out_fact, struct proj_cell_ref *out_ref)
{
    while (proj_scan_next(scan, out_fact)) {
        if (!proj_cell_ref_of(out_fact->key, out_ref))
            continue;
        bool of_pupils = out_ref->what == PROJ_WHAT_ATTENDANCE || out_ref->what == PROJ_WHAT_MARK ||
                         out_ref->what == PROJ_WHAT_DEBT;
        if (!of_pupils || memcmp(out_ref->pupil, pupil, LEDGER_ID_LEN) == 0)
            return true;
        struct proj_key key = own_cell(out_fact->key, out_ref, pupil);
        proj_scan_skip_to(scan, &key);
    }
    return false;
}
