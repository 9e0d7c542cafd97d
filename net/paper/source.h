/* What a paper was made from, and how it is checked: the checkpoint on every page, a digest over
 * what the paper says, and a QR code that names both. Whoever has the log makes the paper again at
 * that log size and compares (letopis paper … --at SIZE).
 * Threads: a source belongs to one thread. */
#pragma once

#include "net/paper/paper.h"
#include "projections/views/view.h"

struct net_source {
    struct proj_school school;
    ledger_seq size; /* the moment that the view looks at */
    struct ledger_hash root;
    char foot[LEDGER_ORIGIN_LEN_MAX + 120]; /* origin · size · root */
    struct base_buf note; /* the signed checkpoint; empty when the moment is past */
    struct base_buf told; /* what the paper says, for the digest */
};

int net_source_open(struct proj_view *view, struct net_source *out_source,
                    struct base_err *err) BASE_MUST_USE;
void net_source_release(struct net_source *source);
/* Notes a row of what the paper says: the cells, in order. */
void net_source_tell(struct net_source *source, const char *const *cells, unsigned count);
/* SHA-256 over the origin, the size and all rows. */
void net_source_digest(const struct net_source *source, struct ledger_hash *out_digest);
/* Writes the end of a paper: checkpoint, digest, QR code. `what` is one word: "extract". */
void net_source_put(struct net_source *source, struct net_paper *paper, const char *what,
                    const char *particulars);

/* "01.09.2026", "01.09.2026 08:30" in the school's time. */
void net_day_text(base_day day, char out[16]);
void net_time_text(base_time_ms ms, int offset_min, char out[32]);
