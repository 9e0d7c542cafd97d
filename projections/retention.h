/* How long what the school has on somebody must be kept, and when it may go (CT-8, ST-13).
 * Journals are kept five years, summary sheets twenty-five; what a family's account holds, three
 * (settings `retention_…_years`). A term begins on 1 January after the year in which it ended.
 * Until then the data are *in use*, then *blocked* (kept, because the law says so, for nothing
 * else), then *due*. Threads: the transaction's. Source: specs/ledger.md, "Erasure". */
#pragma once

#include "projections/authority.h"
#include "projections/engine.h"

enum proj_keeping {
    PROJ_KEEP_NOTHING, /* nothing was ever recorded that must be kept */
    PROJ_KEEP_ACCESS,  /* consents, acknowledgements: a family's account */
    PROJ_KEEP_JOURNAL,
    PROJ_KEEP_SUMMARY,
};

struct proj_retention {
    enum proj_keeping keeping;
    bool is_account, in_use;
    base_day last; /* of whatever it was kept for; when in use, of no meaning */
    base_day due;  /* from that day on it may be erased; INT32_MAX while in use */
};

/* What holds for a pupil or an account among what counts below `before`; false when there is
 * neither of that id. `source` tells when a role was revoked. */
bool proj_retention_find(struct proj_txn *txn, struct proj_source *source, const proj_id id,
                         base_day today, int offset_min, ledger_seq before,
                         struct proj_retention *out_retention);

/* From 1 January after the year of the last day, so many years; at once when nothing is to be kept.
 */
base_day proj_retention_due(struct proj_txn *txn, enum proj_keeping keeping, base_day last);

/* Is there an erasure of that subject (a pupil, an account, an account's person) that counts? */
bool proj_is_erased(struct proj_txn *txn, const proj_id subject, ledger_seq before);
/* Was there ever one, counting or not: what it took does not come back. */
bool proj_was_erased(struct proj_txn *txn, const proj_id subject);
