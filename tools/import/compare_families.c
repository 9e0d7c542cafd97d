/* Parents: accounts, whose parents they are, where they want to be told, invitations; consents that
 * were given on paper, or in an earlier electronic form. */
#include <stdlib.h>

#include "tools/import/import.h"

#define WORDING "2026-09"
#define CARRIED_OVER "перенос: электронная форма"

void import_draft_grant(struct import *im, const uint8_t *account, unsigned role,
                        const uint8_t *scope, base_day from)
{
    tool_draft_begin(&im->draft, "role.granted", 5);
    tool_draft_id(&im->draft, "account", account);
    tool_draft_int(&im->draft, "from", from);
    tool_draft_int(&im->draft, "role", role);
    tool_draft_id(&im->draft, "scope", scope);
    tool_draft_nil(&im->draft, "to");
}

void import_draft_revoke(struct import *im, const struct ledger_hash *grant)
{
    tool_draft_begin(&im->draft, "role.revoked", 1);
    tool_draft_bin(&im->draft, "grant", grant->bytes, LEDGER_HASH_LEN);
}

/* A parent is one from the child's first day; of a child that is here already, from today. */
static base_day parent_from(struct import *im, const char *pupil)
{
    size_t row = import_find(im, IMPORT_PUPILS, pupil);
    uint8_t id[LEDGER_ID_LEN];
    struct proj_pupil present;
    base_day from = im->today;
    import_id_of(im, IMPORT_PUPILS, pupil, id);
    struct proj_key key = proj_key_tagged_id('P', id);
    if (row != SIZE_MAX)
        from = import_day(import_get(im, IMPORT_PUPILS, row, "admitted_on"));
    else if (proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &present, sizeof present, NULL))
        from = present.from;
    return from < im->today ? from : im->today;
}

static const struct proj_grant *find_grant(const struct proj_grant *grants, size_t count,
                                           const uint8_t *account, const uint8_t *pupil)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(grants[i].account, account, LEDGER_ID_LEN) == 0 &&
            memcmp(grants[i].scope, pupil, LEDGER_ID_LEN) == 0)
            return &grants[i];
    }
    return NULL;
}

static void compare_parent(struct import *im, size_t row, const struct proj_grant *grants,
                           size_t count)
{
    uint8_t account[LEDGER_ID_LEN];
    uint8_t pupil[LEDGER_ID_LEN];
    const char *id = import_get(im, IMPORT_PARENTS, row, "id");
    const char *child = import_get(im, IMPORT_PARENTS, row, "pupil");
    bool electronic = import_is(import_get(im, IMPORT_PARENTS, row, "form"), "электронная");
    size_t same = im->same[IMPORT_PARENTS];
    import_id_of(im, IMPORT_PARENTS, id, account);
    import_id_of(im, IMPORT_PUPILS, child, pupil);
    /* The account once, whichever of its rows comes first; the role for every row. */
    if (import_find(im, IMPORT_PARENTS, id) == row)
        import_compare_account(im, IMPORT_PARENTS, row, 3, electronic);
    else
        im->same[IMPORT_PARENTS]++;
    if (find_grant(grants, count, account, pupil) != NULL)
        return;
    im->same[IMPORT_PARENTS] = same;
    import_draft_grant(im, account, PROJ_ROLE_PARENT, pupil, parent_from(im, child));
    import_plan(im, IMPORT_PARENTS, IMPORT_CREATE, row, id);
}

/* --whole parents: a parent's role without a row ends. */
static int end_parents(struct import *im, const struct proj_grant *grants, size_t count,
                       struct base_err *err)
{
    size_t rows = import_rows(im, IMPORT_PARENTS);
    uint8_t(*named)[2 * LEDGER_ID_LEN] = calloc(rows + 1, sizeof *named);
    if (named == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "import");
    for (size_t i = 0; i < rows; i++) {
        import_id_of(im, IMPORT_PARENTS, import_get(im, IMPORT_PARENTS, i, "id"), named[i]);
        import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_PARENTS, i, "pupil"),
                     named[i] + LEDGER_ID_LEN);
    }
    for (size_t i = 0; i < count; i++) {
        char label[9];
        bool found = false;
        for (size_t k = 0; k < rows && !found; k++)
            found = memcmp(named[k], grants[i].account, LEDGER_ID_LEN) == 0 &&
                    memcmp(named[k] + LEDGER_ID_LEN, grants[i].scope, LEDGER_ID_LEN) == 0;
        if (found)
            continue;
        base_hex(grants[i].account, 4, label);
        import_draft_revoke(im, &grants[i].id);
        import_plan(im, IMPORT_PARENTS, IMPORT_END, SIZE_MAX, label);
    }
    free(named);
    return 0;
}

/* A later word counts; of the same day, what a family said with its own key. */
static bool is_older(const struct proj_consent *present, base_day day)
{
    return day < present->day || (day == present->day && present->form == PROJ_FORM_ELECTRONIC);
}

static void compare_consent(struct import *im, size_t row)
{
    uint8_t account[LEDGER_ID_LEN];
    uint8_t pupil[LEDGER_ID_LEN];
    struct proj_consent present;
    const char *parent = import_get(im, IMPORT_CONSENTS, row, "parent");
    base_day day = import_day(import_get(im, IMPORT_CONSENTS, row, "date"));
    bool given = import_is(import_get(im, IMPORT_CONSENTS, row, "decision"), "согласие");
    bool electronic = import_is(import_get(im, IMPORT_CONSENTS, row, "form"), "электронная");
    unsigned decision = given ? PROJ_CONSENT_GIVEN : PROJ_CONSENT_REFUSED;
    import_id_of(im, IMPORT_PARENTS, parent, account);
    import_id_of(im, IMPORT_PUPILS, import_get(im, IMPORT_CONSENTS, row, "pupil"), pupil);
    struct proj_key key = proj_key_tagged_ids('h', account, pupil);
    bool there = proj_fact_read(im->txn, &key, LEDGER_SEQ_NONE, &present, sizeof present, NULL);
    if (there && present.decision == decision) {
        im->same[IMPORT_CONSENTS]++;
        return;
    }
    if (there && is_older(&present, day)) {
        im->passed[IMPORT_CONSENTS]++;
        return;
    }
    tool_draft_begin(&im->draft, "consent.set", 7);
    tool_draft_id(&im->draft, "account", account);
    tool_draft_int(&im->draft, "day", day);
    tool_draft_int(&im->draft, "decision", decision);
    tool_draft_int(&im->draft, "form", PROJ_FORM_PAPER);
    tool_draft_id(&im->draft, "pupil", pupil);
    tool_draft_text(&im->draft, "reference", electronic ? CARRIED_OVER : "");
    tool_draft_text(&im->draft, "wording", WORDING);
    import_plan(im, IMPORT_CONSENTS, there ? IMPORT_CHANGE : IMPORT_CREATE, row, parent);
}

int import_compare_families(struct import *im, struct base_err *err)
{
    struct proj_grant *grants = NULL;
    size_t count = 0;
    int rc = import_grants(im, PROJ_ROLE_PARENT, &grants, &count, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_PARENTS); i++)
        compare_parent(im, i, grants, count);
    if (rc == 0 && im->whole[IMPORT_PARENTS])
        rc = end_parents(im, grants, count, err);
    for (size_t i = 0; rc == 0 && i < import_rows(im, IMPORT_CONSENTS); i++)
        compare_consent(im, i);
    free(grants);
    return rc == 0 ? proj_txn_fault(im->txn, err) : rc;
}

int import_compare(struct import *im, struct base_err *err)
{
    int rc = import_compare_people(im, err);
    if (rc == 0)
        rc = import_compare_roster(im, err);
    if (rc == 0)
        rc = import_compare_members(im, err);
    if (rc == 0)
        rc = import_compare_teaching(im, err);
    if (rc == 0)
        rc = import_compare_time(im, err);
    if (rc == 0)
        rc = import_compare_plan(im, err);
    if (rc == 0)
        rc = import_compare_families(im, err);
    return rc == 0 && (im->failed || im->problems.failed) ? BASE_FAIL(err, BASE_E_MEMORY, "import")
                                                          : rc;
}
