/* A state as bytes, for comparing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/projections/player.h"

struct dump {
    struct proj_txn *txn;
    struct base_buf *out;
};

static bool dump_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct dump *dump = data;
    base_buf_put_be64(dump->out, seq);
    base_buf_put_u8(dump->out, (uint8_t)state.reason);
    base_buf_put_be64(dump->out, state.cause);
    return true;
}

static void dump_cut(struct dump *dump, const struct proj_fact *fact)
{
    struct ledger_key key;
    memcpy(key.bytes, fact->key.data + 1, LEDGER_KEY_LEN);
    struct proj_cut cut = proj_cut_get(dump->txn, &key);
    base_buf_put_be64(dump->out, cut.cut);
    base_buf_put_be64(dump->out, cut.report);
}

void state_dump(struct proj_txn *txn, struct base_buf *out)
{
    struct dump dump = {.txn = txn, .out = out};
    for (unsigned tag = 'A'; tag <= 'z'; tag++) {
        struct proj_key prefix = proj_key_of((char)tag);
        struct proj_fact fact;
        struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
        while (proj_scan_next_version(scan, &fact)) {
            base_buf_put_bytes(out, fact.key);
            base_buf_put_be64(out, fact.seq);
            base_buf_put_bytes(out, fact.value);
            if (tag == 'K')
                dump_cut(&dump, &fact);
        }
        proj_scan_close(scan);
    }
    proj_void_each(txn, dump_void, &dump);
    base_buf_put_be64(out, proj_txn_next(txn));
    assert_false(out->failed);
    assert_int_equal(proj_txn_fault(txn, NULL), 0);
}
