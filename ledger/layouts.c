/* Layout 1 is the first; so far nothing leads to it. */
#include "ledger/layouts.h"

const struct ledger__layout_step ledger__layout_steps[] = {
    {.run = NULL},
};

static struct base_bytes row_name(void)
{
    return BASE_LITERAL("layout");
}

bool ledger__layout_get(struct ledger__txn *txn, unsigned *out_layout)
{
    struct base_bytes row;
    if (!ledger__txn_get(txn, LEDGER__DB_META, row_name(), &row) || row.len != 1)
        return false;
    *out_layout = row.data[0];
    return true;
}

void ledger__layout_put(struct ledger__txn *txn, unsigned layout)
{
    uint8_t byte = (uint8_t)layout;
    ledger__txn_put(txn, LEDGER__DB_META, row_name(), base_bytes_of(&byte, 1), 0);
}

int ledger__layout_judge(unsigned layout, const char *dir, struct base_err *err)
{
    if (layout > LEDGER__LAYOUT_VERSION)
        return BASE_FAIL(err, BASE_E_STATE,
                         "%s has layout %u, this program knows layouts up to %u: it was written by "
                         "a newer one, which is needed here",
                         dir, layout, LEDGER__LAYOUT_VERSION);
    if (layout < LEDGER__LAYOUT_VERSION)
        return BASE_FAIL(err, BASE_E_STATE,
                         "%s has layout %u, this program works with layout %u: run letopis migrate",
                         dir, layout, LEDGER__LAYOUT_VERSION);
    return 0;
}
