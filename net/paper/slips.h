/* Credential slips («реквизиты доступа») for printing: four on a page, to be cut (CT-1, CT-8).
 * What is on them is secret; the caller wipes the PDF.
 * Threads: any. Slow: not on the loop. */
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/clock.h"
#include "ledger/base/err.h"

struct net_slip {
    const char *name;  /* whose */
    const char *about; /* "сотрудник", "семья", … */
    const char *code;  /* "7K3M-Q9TX-0H2D-WB5E" */
};

struct net_slips_options {
    const char *school, *origin;
    const char *url; /* the school's address, or NULL: then the QR code holds the code alone */
    base_time_ms now_ms;
    int offset_min;
};

/* Appends the PDF. The QR code holds URL/#/invite/CODE: what follows '#' stays in the
 * browser. */
int net_slips_make(const struct net_slips_options *options, const struct net_slip *slips,
                   unsigned count, struct base_buf *out, struct base_err *err) BASE_MUST_USE;
