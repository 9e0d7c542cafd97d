/* A copy of what a server shows of its log, over HTTP(S): checkpoint, entry bundles, leaf tiles.
 * The copy needs no trust in the connection: the checkpoint's signature and the tree decide. */
#pragma once

#include "ledger/base/err.h"

struct audit_mirror_options {
    const char *url;    /* the school's address; `/checkpoint` and `/tile/…` are below it */
    const char *cacert; /* PEM that the server's certificate must chain to; NULL: not checked */
    bool keeps;         /* full tiles that are in the folder already are not fetched again */
    void (*progress)(void *data, uint64_t done, uint64_t total);
    void *data;
};

/* Fetches <url>/checkpoint alone, appending it; or <url>/checkpoint.witnessed. */
int audit_mirror_checkpoint(const struct audit_mirror_options *options, bool witnessed,
                            struct base_buf *out_note, struct base_err *err) BASE_MUST_USE;
/* Fetches all entry bundles and leaf tiles of a tree of `size` entries into `dir`. */
int audit_mirror_fetch(const struct audit_mirror_options *options, uint64_t size, const char *dir,
                       struct base_err *err) BASE_MUST_USE;
