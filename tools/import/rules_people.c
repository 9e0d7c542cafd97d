/* People over more than one row: two rows that are one person, one id with two names, parents. */
#include <stdio.h>

#include "tools/import/import.h"

static void told(struct import *im, enum import_problem_code code, enum import_file file,
                 size_t row, size_t first, const char *column, const char *value)
{
    char other[16];
    snprintf(other, sizeof other, "%u", import_row_number(im, file, first));
    import_wrong(im, code, file, row, column, value, other);
}

/* The same name and birth date under two ids: likely one person entered twice. */
static int check_same_person(struct import *im, enum import_file file, struct base_err *err)
{
    static const char *const who[] = {"surname", "given", "patronymic", "birth_date", NULL};
    struct import_index index;
    if (im->tables[file] == NULL)
        return 0;
    int rc = import_index_make(im, file, who, &index, err);
    if (rc != 0)
        return rc;
    for (size_t i = 1, head = 0; i < index.count; i++) {
        size_t row = index.labels[i].row;
        size_t first = index.labels[head].row;
        if (!import_is(index.labels[i].label, index.labels[head].label))
            head = i;
        else if (import_get(im, file, row, "birth_date")[0] != '\0' &&
                 !import_is(import_get(im, file, row, "id"), import_get(im, file, first, "id")))
            told(im, IMPORT_P_SAME_PERSON, file, row, first, "surname", index.labels[i].label);
    }
    import_index_release(&index);
    return 0;
}

/* A parent of two children has a row for each; the person must be the same one. */
static void check_parents(struct import *im)
{
    static const char *const name[] = {"surname", "given", "patronymic"};
    const struct import_index *ids = &im->ids[IMPORT_PARENTS];
    for (size_t i = 1, head = 0; i < ids->count; i++) {
        size_t row = ids->labels[i].row;
        size_t first = ids->labels[head].row;
        if (!import_is(ids->labels[i].label, ids->labels[head].label)) {
            head = i;
            continue;
        }
        for (unsigned k = 0; k < 3; k++) {
            const char *value = import_get(im, IMPORT_PARENTS, row, name[k]);
            if (!import_is(value, import_get(im, IMPORT_PARENTS, first, name[k])))
                told(im, IMPORT_P_CONTRADICTION, IMPORT_PARENTS, row, first, name[k], value);
        }
    }
}

/* Staff and parents share one name space of accounts. */
static void check_accounts(struct import *im)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_PARENTS); i++) {
        const char *id = import_get(im, IMPORT_PARENTS, i, "id");
        size_t staff = import_find(im, IMPORT_STAFF, id);
        if (id[0] != '\0' && (staff != SIZE_MAX || import_known(im, IMPORT_STAFF, id)))
            import_wrong(im, IMPORT_P_CONTRADICTION, IMPORT_PARENTS, i, "id", id,
                         import_schemas[IMPORT_STAFF].name);
    }
    for (size_t i = 0; i < import_rows(im, IMPORT_STAFF); i++) {
        const char *id = import_get(im, IMPORT_STAFF, i, "id");
        if (id[0] != '\0' && import_known(im, IMPORT_PARENTS, id))
            import_wrong(im, IMPORT_P_CONTRADICTION, IMPORT_STAFF, i, "id", id,
                         import_schemas[IMPORT_PARENTS].name);
    }
}

static bool is_known_parent(struct import *im, const char *parent, const char *pupil)
{
    uint8_t account[LEDGER_ID_LEN];
    uint8_t child[LEDGER_ID_LEN];
    import_id_of(im, IMPORT_PARENTS, parent, account);
    import_id_of(im, IMPORT_PUPILS, pupil, child);
    return proj_has_role(im->txn, account, PROJ_ROLE_PARENT, child, im->today, LEDGER_SEQ_NONE);
}

static int check_consents(struct import *im, struct base_err *err)
{
    static const char *const pair[] = {"id", "pupil", NULL};
    struct import_index parents;
    int rc = import_index_make(im, IMPORT_PARENTS, pair, &parents, err);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < import_rows(im, IMPORT_CONSENTS); i++) {
        const char *parent = import_get(im, IMPORT_CONSENTS, i, "parent");
        const char *pupil = import_get(im, IMPORT_CONSENTS, i, "pupil");
        char wanted[256];
        size_t first;
        snprintf(wanted, sizeof wanted, "%s, %s", parent, pupil);
        if (parent[0] == '\0' || pupil[0] == '\0' ||
            import_index_span(&parents, wanted, &first) > 0 || is_known_parent(im, parent, pupil))
            continue;
        import_wrong(im, IMPORT_P_NOT_PARENT, IMPORT_CONSENTS, i, "parent", parent, pupil);
    }
    import_index_release(&parents);
    return 0;
}

int import_rules_people(struct import *im, struct base_err *err)
{
    int rc = check_same_person(im, IMPORT_PUPILS, err);
    if (rc == 0)
        rc = check_same_person(im, IMPORT_STAFF, err);
    if (rc == 0)
        rc = check_consents(im, err);
    if (rc == 0) {
        check_parents(im);
        check_accounts(im);
    }
    return rc;
}
