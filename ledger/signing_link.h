/* A log's way to its signer: a Unix socket of whole messages (SOCK_SEQPACKET).
 * Shape:   a plain value; `fd` is -1 while there is no connection, which is made when first needed
 *          and once more when it was lost: asking twice does no harm.
 * Threads: one at a time.
 * Errors:  BASE_E_MISSING: nobody answers there, or the signer says that it cannot now; try later.
 *          BASE_E_STATE: it refuses, with its words. BASE_E_FORMAT: what answers is no signer.
 *          BASE_E_USAGE: a path that is too long for a socket.
 * Source:  specs/ledger.md, "Signer". */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "ledger/signing.h"

/* Beside the log: the socket's path in one line; in a second one, where a founding or a handover
 * has written it, the verifier key of the log that the signer has the key of. */
#define LEDGER_SIGNING_FILE "log.signer"
#define LEDGER_SIGNING_WAIT_S 5 /* for one answer; a signature takes a sync of the disk */

struct ledger_signing_link {
    struct sockaddr_un address; /* without a path: no signer */
    int fd;
};

/* Reads <dir>/log.signer; a link without a path when there is none. */
int ledger_signing_link_read(const char *dir, struct ledger_signing_link *out_link,
                             struct base_err *err) BASE_MUST_USE;
/* The same of a file of another name, which must be there; appends its second line, if it has one,
 * to `out_vkey` (may be NULL). */
int ledger_signing_link_read_as(const char *dir, const char *name,
                                struct ledger_signing_link *out_link, struct base_buf *out_vkey,
                                struct base_err *err) BASE_MUST_USE;
/* Makes such a file; BASE_E_STATE when it exists. */
int ledger_signing_link_write(const char *dir, const char *name,
                              const struct ledger_signing_link *link, struct base_bytes vkey,
                              struct base_err *err) BASE_MUST_USE;
/* For the path itself. */
int ledger_signing_link_make(struct base_bytes path, struct ledger_signing_link *out_link,
                             struct base_err *err) BASE_MUST_USE;
static inline bool ledger_signing_link_is_set(const struct ledger_signing_link *link)
{
    return link->address.sun_path[0] != '\0';
}
void ledger_signing_link_close(struct ledger_signing_link *link);

/* Asks, and opens the answer with the log's verifier key: a note that is not by it is
 * BASE_E_CRYPTO. `out_note` (appended to) may be NULL. */
int ledger_signing_ask(struct ledger_signing_link *link,
                       const struct ledger_signing_request *request,
                       const struct ledger_note_key *key, struct ledger_checkpoint *out_checkpoint,
                       struct base_buf *out_note, struct base_err *err) BASE_MUST_USE;
