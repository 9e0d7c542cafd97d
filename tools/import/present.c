/* What the journal says already: sealed values, grants, what is valid on a day. */
#include <stdlib.h>

#include "tools/import/import.h"

static bool open_value(struct import *im, const uint8_t *commitment, struct base_buf *buf,
                       struct ledger_canon_value *out)
{
    return ledger_reader_opening(im->reader, commitment, buf, NULL, NULL) == 0 &&
           ledger_canon_check(base_buf_bytes(buf), out) == NULL;
}

static bool same_value(struct import *im, const uint8_t *commitment, const struct base_buf *wanted)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    struct ledger_canon_value value;
    return !open_value(im, commitment, &buf, &value) ||
           base_bytes_equal(base_buf_bytes(&buf), base_buf_bytes(wanted));
}

bool import_same_text(struct import *im, const uint8_t *commitment, const char *text)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) wanted = {0};
    ledger_canon_put_str(&wanted, text);
    return same_value(im, commitment, &wanted);
}

bool import_same_name(struct import *im, const uint8_t *commitment, const char *const name[3])
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) wanted = {0};
    ledger_canon_put_array(&wanted, 3);
    for (unsigned i = 0; i < 3; i++)
        ledger_canon_put_str(&wanted, name[i]);
    return same_value(im, commitment, &wanted);
}

void import_open_text(struct import *im, const uint8_t *commitment, struct base_buf *out)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    struct ledger_canon_value value;
    if (open_value(im, commitment, &buf, &value) && value.type == LEDGER_CANON_TEXT)
        base_buf_put_bytes(out, value.bytes);
}

void import_open_name_part(struct import *im, const uint8_t *commitment, unsigned part,
                           struct base_buf *out)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) buf = {0};
    struct ledger_canon_value value;
    if (open_value(im, commitment, &buf, &value) && value.type == LEDGER_CANON_ARRAY)
        base_buf_put_bytes(out, ledger_canon_at(&value, part).bytes);
}

bool import_has_column(const struct import *im, enum import_file file, const char *column)
{
    unsigned at;
    return im->tables[file] != NULL && tool_table_column(im->tables[file], column, &at, NULL) == 0;
}

bool import_any_fact(struct import *im, const struct proj_key *prefix)
{
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(im->txn, prefix, NULL, NULL, LEDGER_SEQ_NONE);
    bool any = proj_scan_next(scan, &fact);
    proj_scan_close(scan);
    return any;
}

bool import_has_access(struct import *im, const uint8_t account[LEDGER_ID_LEN])
{
    struct proj_key prefix = proj_key_tagged_id('J', account);
    return import_any_fact(im, &prefix);
}

int import_grants(struct import *im, unsigned role, struct proj_grant **out_grants,
                  size_t *out_count, struct base_err *err)
{
    struct proj_key prefix = proj_key_of('G');
    struct proj_grant *list = NULL;
    size_t count = 0;
    size_t capacity = 0;
    struct proj_fact fact;
    int rc = 0;
    struct proj_scan *scan = proj_scan_open(im->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (rc == 0 && proj_scan_next(scan, &fact)) {
        struct proj_grant grant;
        if (fact.value.len != sizeof grant)
            continue;
        memcpy(&grant, fact.value.data, sizeof grant);
        if (grant.revoked || grant.role != role || grant.to < im->from)
            continue;
        if (count == capacity) {
            capacity = capacity == 0 ? 256 : 2 * capacity;
            struct proj_grant *grown = realloc(list, capacity * sizeof *grown);
            if (grown == NULL) {
                rc = BASE_FAIL(err, BASE_E_MEMORY, "import");
                break;
            }
            list = grown;
        }
        list[count++] = grant;
    }
    proj_scan_close(scan);
    *out_grants = list;
    *out_count = count;
    return rc;
}

struct base_bytes import_latest(struct import *im, const struct proj_key *prefix, base_day day)
{
    struct proj_key until = *prefix;
    struct proj_fact fact;
    struct base_bytes latest = {0};
    proj_key_day(&until, (int64_t)day + 1);
    struct proj_scan *scan = proj_scan_open(im->txn, prefix, NULL, &until, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq != LEDGER_SEQ_NONE)
            latest = fact.value;
    }
    proj_scan_close(scan);
    return latest;
}
