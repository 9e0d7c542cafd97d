/* The inside of a log's handle, shared by log.c (its life), append.c (the pipeline) and reader.c.
 * Threads: `append_lock` is held by whoever writes (a batch, an erasure) and guards frontier, edge,
 *          seen roots and the last recorded time; `state_lock` guards what any thread may ask:
 *          head, id, note, counters. Where both are needed, append_lock comes first. */
#pragma once

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "ledger/checkpoint.h"
#include "ledger/log.h"
#include "ledger/nodes.h"
#include "ledger/signing_link.h"
#include "ledger/vault.h"

/* Beside the environment. */
#define LEDGER__FILE_KEY "log.key"
#define LEDGER__FILE_LOCK "writer.lock"
#define LEDGER__FILE_PUBLISHED "published"
#define LEDGER__SEEN_CACHE_COUNT                                                                   \
    1024u /* roots of recent heads, which authors say they have seen                               \
           */

/* Beside the answers of the store: the signer is not there; nothing was changed. */
#define LEDGER__SIGNER_AWAY 3

/* The head as it is stored, in one row. */
struct ledger__head {
    struct ledger_head head;
    struct ledger_hash id;
};

struct ledger__seen_root {
    uint64_t size; /* 0: empty place */
    struct ledger_hash root;
};

struct ledger_log {
    char dir[PATH_MAX];
    char env_dir[PATH_MAX];
    struct ledger__store *store;
    struct base_clock clock;
    const struct ledger_admission *admission; /* NULL: read only */
    const struct ledger_faults *faults;
    struct ledger_note_signer signer; /* all zero when read only, or when the log has a signer */
    struct ledger_signing_link link;  /* to the log's signer, if it has one */
    struct ledger_note_key verifier;
    struct base_buf vkey;
    struct ledger__wrap_key wrap;
    int lock_fd;
    bool is_marked;  /* the lock's file, by this writer */
    bool fell;       /* the last writer had not closed; false again once all is open */
    bool has_looked; /* at the store's pages, when it was opened */

    pthread_mutex_t append_lock;
    struct ledger__head pending;     /* at opening: what is committed and not signed, if … */
    bool has_pending;                /* … there is such a thing */
    struct ledger_frontier frontier; /* of the committed tree, also of what is pending */
    struct ledger__edge edge;        /* working space of a batch */
    struct ledger__seen_root seen[LEDGER__SEEN_CACHE_COUNT];
    atomic_bool stopped;

    pthread_mutex_t state_lock;
    struct ledger__head head;
    struct base_buf note; /* the checkpoint that was given out last */
    uint64_t clock_held_count;
};

struct ledger_reader {
    struct ledger_log *log;
    struct ledger__txn txn;
    struct ledger__head head;
    uint64_t stored_size; /* entries that lie there, also those that no checkpoint signs yet */
};

/* The head's row and the checkpoint's; BASE_E_CORRUPT when a row is not there or not whole. */
int ledger__head_get(struct ledger__txn *txn, struct ledger__head *out_head,
                     struct base_err *err) BASE_MUST_USE;
/* Writes head and checkpoint; failures are sticky. */
void ledger__head_put(struct ledger__txn *txn, const struct ledger__head *head,
                      struct base_bytes note);
/* The head that is committed and not signed yet (ledger/log_signing.c), if there is one.
 * BASE_E_CORRUPT when its row is not whole. */
int ledger__pending_get(struct ledger__txn *txn, struct ledger__head *out_head, bool *out_found,
                        struct base_err *err) BASE_MUST_USE;
void ledger__pending_put(struct ledger__txn *txn, const struct ledger__head *head);
void ledger__pending_delete(struct ledger__txn *txn);
int ledger__note_get(struct ledger__txn *txn, struct base_bytes *out_note,
                     struct base_err *err) BASE_MUST_USE;
/* Writes <dir>/published; a failure leaves the older one, a weaker guard but never a false one. */
void ledger__published_write(struct ledger_log *log, struct base_bytes note);
/* Finishes or undoes what a crash left of an exchange of environments; before the store is opened.
 * Writers only. */
int ledger__erasing_recover(struct ledger_log *log, struct base_err *err) BASE_MUST_USE;
/* After an erasure, copies the environment without its freed pages and puts the copy in its place;
 * else does nothing. Nobody of this process may have a transaction. Writers only. */
int ledger__erasing_finish(struct ledger_log *log, struct base_err *err) BASE_MUST_USE;
/* Puts the environment `env`, synced, in the place of the log's; the store is opened anew. A crash
 * within it is finished by ledger__erasing_recover. Nobody of this process may have a transaction.
 * Who holds the writer's lock only. */
int ledger__env_exchange(struct ledger_log *log, const char *env,
                         struct base_err *err) BASE_MUST_USE;
/* Removes an environment's folder; one that is not there is fine. */
int ledger__env_remove(const char *dir, struct base_err *err) BASE_MUST_USE;
/* Reads a log's private key from a file beside the environment. */
int ledger__signer_read(const char *dir, const char *name, struct ledger_note_signer *out_signer,
                        struct base_err *err) BASE_MUST_USE;
/* The verifier key's row; failures are sticky. */
void ledger__vkey_put(struct ledger__txn *txn, struct base_bytes vkey);
/* After a crash in the last step of a handover: the next key or signer, which the environment names
 * already, takes its place, and `log->signer` or `log->link` is it. Else does nothing, but refuses
 * a log with both a key and a signer. Writers only. */
int ledger__handover_recover(struct ledger_log *log, struct ledger__txn *txn,
                             struct base_err *err) BASE_MUST_USE;
/* The key's last counter, 0 when none; failures are sticky. */
int64_t ledger__counter_last(struct ledger__txn *txn, const struct ledger_key *key);
/* Before a batch: the signer, if the log has one, is there and has signed nothing but this history.
 * 0, LEDGER__SIGNER_AWAY or a fault. Writers only. */
int ledger__signing_ready(struct ledger_log *log, struct base_err *err) BASE_MUST_USE;
/* After the commit of a tree with `head` as pending: has it signed, waiting for the signer a while,
 * and stores head and checkpoint, which is appended to `out_note`. A fault, never a store answer:
 * the entries are there, whatever happens. */
int ledger__signing_seal(struct ledger_log *log, const struct ledger__head *head,
                         struct base_buf *out_note, struct base_err *err) BASE_MUST_USE;
/* At the opening for writing, without a transaction: signs what is pending; else looks whether the
 * signer, if it is there, knows this history. */
int ledger__signing_recover(struct ledger_log *log, struct base_err *err) BASE_MUST_USE;
