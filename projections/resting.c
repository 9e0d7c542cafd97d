/* Walks over the facts' own key spaces: pages, memberships, grants, authors. */
#include "projections/resting.h"

#include <assert.h>
#include <stdlib.h>

#define PUPIL_COUNT_MAX 200u /* of one event: members.joined, members.left */

void proj_rest_on(struct proj_case *c, const struct proj_key *prefix, struct proj_marker *marker)
{
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(c->txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        if (fact.seq > c->seq)
            marker->mark(marker->data, fact.seq);
    }
    proj_scan_close(scan);
}

static void rest_on_id(struct proj_case *c, char tag, const proj_id id, struct proj_marker *marker)
{
    struct proj_key prefix = proj_key_tagged_id(tag, id);
    proj_rest_on(c, &prefix, marker);
}

static void rest_on_ids(struct proj_case *c, char tag, const proj_id a, const proj_id b,
                        struct proj_marker *marker)
{
    struct proj_key prefix = proj_key_tagged_ids(tag, a, b);
    proj_rest_on(c, &prefix, marker);
}

/* Accounts */

static bool mark_authored(void *data, ledger_seq seq)
{
    struct proj_marker *marker = data;
    marker->mark(marker->data, seq);
    return true;
}

void proj_rest_on_account(struct proj_case *c, const proj_id account, struct proj_marker *marker)
{
    struct proj_fact fact;
    struct proj_key keys = proj_key_tagged_id('J', account);
    static const char about[] = {'J', 'G', 't', 'h', 'k', 'e', 'H', 'U', 'R', 'I', 'f', 'l'};
    for (size_t i = 0; i < sizeof about; i++)
        rest_on_id(c, about[i], account, marker);
    struct proj_scan *scan = proj_scan_open(c->txn, &keys, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct ledger_key key;
        memcpy(key.bytes, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        struct proj_key end = proj_key_end_key(&key);
        proj_author_each(c->txn, &key, c->seq + 1, LEDGER_SEQ_NONE, mark_authored, marker);
        proj_rest_on(c, &end, marker);
    }
    proj_scan_close(scan);
}

void proj_rest_on_account_made(struct proj_case *c, const proj_id account,
                               struct proj_marker *marker)
{
    struct proj_fact fact;
    struct proj_key timetables = proj_key_of('W');
    struct proj_key changes = proj_key_of('O');
    proj_rest_on_account(c, account, marker);
    proj_rest_on(c, &timetables, marker); /* a few for each group */
    struct proj_scan *scan = proj_scan_open(c->txn, &changes, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_changed changed;
        if (fact.seq <= c->seq || fact.value.len != sizeof changed)
            continue;
        memcpy(&changed, fact.value.data, sizeof changed);
        if (memcmp(changed.teacher, account, LEDGER_ID_LEN) == 0 ||
            memcmp(changed.account, account, LEDGER_ID_LEN) == 0)
            marker->mark(marker->data, fact.seq);
    }
    proj_scan_close(scan);
}

/* Subjects and groups */

void proj_rest_on_subject(struct proj_case *c, const proj_id subject, struct proj_marker *marker)
{
    static const char by_page[] = {'T', 'V', 'O'};
    struct proj_fact fact;
    struct proj_key groups = proj_key_of('C');
    struct proj_key timetables = proj_key_of('W');
    struct proj_key advice = proj_key_of('b');
    struct proj_key notes = proj_key_of('R');
    struct proj_key changes = proj_key_of('1');
    rest_on_id(c, 'N', subject, marker);
    proj_rest_on(c, &timetables, marker);
    proj_rest_on(c, &advice, marker); /* these are few, and subjects fall rarely */
    proj_rest_on(c, &notes, marker);
    proj_rest_on(c, &changes, marker);
    struct proj_scan *scan = proj_scan_open(c->txn, &groups, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_group group;
        const uint8_t *id = fact.key.data + 1;
        for (size_t i = 0; i < sizeof by_page; i++)
            rest_on_ids(c, by_page[i], id, subject, marker);
        if (fact.seq <= c->seq || fact.value.len != sizeof group)
            continue;
        memcpy(&group, fact.value.data, sizeof group);
        if (memcmp(group.subject, subject, LEDGER_ID_LEN) == 0)
            marker->mark(marker->data, fact.seq);
    }
    proj_scan_close(scan);
}

/* Grants and revocations with one of these scopes. */
static void rest_on_scopes(struct proj_case *c, const uint8_t *scopes, size_t count, bool invited,
                           struct proj_marker *marker)
{
    static const char of_family[] = {'J', 'h', 'k', 'e', 'H'};
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('G');
    struct proj_scan *scan = proj_scan_open(c->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_grant grant;
        bool named = false;
        if (fact.value.len != sizeof grant)
            continue;
        memcpy(&grant, fact.value.data, sizeof grant);
        for (size_t i = 0; i < count && !named; i++)
            named = memcmp(grant.scope, scopes + i * LEDGER_ID_LEN, LEDGER_ID_LEN) == 0;
        if (!named)
            continue;
        if (fact.seq > c->seq)
            marker->mark(marker->data, fact.seq);
        if (!invited)
            continue;
        /* a class teacher invites whom such grants make families of the class, and keeps their
         * papers */
        for (size_t i = 0; i < sizeof of_family; i++)
            rest_on_id(c, of_family[i], grant.account, marker);
    }
    proj_scan_close(scan);
}

void proj_rest_on_group(struct proj_case *c, const proj_id group, struct proj_marker *marker)
{
    static const char by_group[] = {'1', 'M', 'T', 'W', 'V', 'O', 'r', 'Q'};
    static const char by_account[] = {'R', 'I'}; /* few: the deputy head's notes and reports */
    struct proj_fact fact;
    struct proj_key groups = proj_key_of('C');
    for (size_t i = 0; i < sizeof by_group; i++)
        rest_on_id(c, by_group[i], group, marker);
    for (size_t i = 0; i < sizeof by_account; i++) {
        struct proj_key all = proj_key_of(by_account[i]);
        proj_rest_on(c, &all, marker);
    }
    rest_on_scopes(c, group, 1, false, marker);
    struct proj_scan *scan = proj_scan_open(c->txn, &groups, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct proj_group other;
        if (fact.seq <= c->seq || fact.value.len != sizeof other)
            continue;
        memcpy(&other, fact.value.data, sizeof other);
        if (proj_group_is_drawn_from(&other, group))
            marker->mark(marker->data, fact.seq);
    }
    proj_scan_close(scan);
}

void proj_rest_on_grade(struct proj_case *c, const proj_id group, struct proj_marker *marker)
{
    struct proj_key teaching = proj_key_tagged_id('T', group);
    struct proj_fact fact;
    proj_id last = {0};
    struct proj_scan *scan = proj_scan_open(c->txn, &teaching, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        const uint8_t *subject = fact.key.data + 1 + LEDGER_ID_LEN;
        if (memcmp(last, subject, LEDGER_ID_LEN) == 0)
            continue;
        memcpy(last, subject, LEDGER_ID_LEN);
        rest_on_id(c, 'N', last, marker);
    }
    proj_scan_close(scan);
}

/* Members */

struct pupils {
    uint8_t ids[PUPIL_COUNT_MAX * LEDGER_ID_LEN]; /* sorted */
    size_t count;
};

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, LEDGER_ID_LEN);
}

static void read_pupils(struct proj_case *c, const char *list, struct pupils *out)
{
    struct proj_cells cells = {0};
    out->count = 0;
    if (list == NULL) {
        memcpy(out->ids, proj_body_bin(c->body, "pupil"), LEDGER_ID_LEN);
        out->count = 1;
    }
    while (list != NULL && proj_cells_next(c->body, list, &cells)) {
        assert(out->count < PUPIL_COUNT_MAX);
        memcpy(out->ids + out->count++ * LEDGER_ID_LEN, cells.tuple.bytes.data, LEDGER_ID_LEN);
    }
    qsort(out->ids, out->count, LEDGER_ID_LEN, by_id);
}

/* Later versions below `prefix` whose pupil, at `at` from the key's start, is one of these. */
static void rest_on_cells(struct proj_case *c, const struct proj_key *prefix, size_t at,
                          const struct pupils *pupils, struct proj_marker *marker)
{
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(c->txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        if (fact.seq > c->seq && fact.key.len >= at + LEDGER_ID_LEN &&
            bsearch(fact.key.data + at, pupils->ids, pupils->count, LEDGER_ID_LEN, by_id) != NULL)
            marker->mark(marker->data, fact.seq);
    }
    proj_scan_close(scan);
}

void proj_rest_on_members(struct proj_case *c, const proj_id group, const char *list,
                          struct proj_marker *marker)
{
    static const char by_pupil[] = {'m', 'r', 'n', 'y', 'E', 'u', 'f'};
    struct pupils pupils;
    struct proj_key cells = proj_key_tagged_id('j', group);
    struct proj_key periods = proj_key_tagged_id('p', group);
    read_pupils(c, list, &pupils);
    rest_on_cells(c, &cells, PROJ_CELL_PUPIL_AT, &pupils, marker);
    rest_on_cells(c, &periods, PROJ_PERIOD_PUPIL_AT, &pupils, marker);
    for (size_t i = 0; i < pupils.count * sizeof by_pupil; i++)
        rest_on_id(c, by_pupil[i % sizeof by_pupil],
                   pupils.ids + i / sizeof by_pupil * LEDGER_ID_LEN, marker);
    rest_on_scopes(c, pupils.ids, pupils.count, true, marker);
    if (list == NULL) { /* a pupil who falls takes reports about the pupil along */
        struct proj_key reports = proj_key_of('I');
        proj_rest_on(c, &reports, marker);
    }
}

/* Teaching and changes */

void proj_rest_on_teaching(struct proj_case *c, const proj_id group, const proj_id subject,
                           const proj_id account, struct proj_marker *marker)
{
    struct proj_key teaching = proj_key_teaching(group, subject, account);
    proj_rest_on(c, &teaching, marker);
    rest_on_id(c, 'b', account, marker); /* advice to whom the account teaches */
    rest_on_id(c, 'N', subject, marker);
    rest_on_ids(c, 'j', group, subject, marker);
    rest_on_ids(c, 'p', group, subject, marker);
}

void proj_rest_on_slot(struct proj_case *c, const proj_id group, const proj_id subject,
                       base_day day, struct proj_marker *marker)
{
    struct proj_key prefix = proj_key_page_day(group, subject, day);
    proj_rest_on(c, &prefix, marker);
}
