/* Whose hand signs: the log's own key, or its signer.
 *
 * With a signer the tree comes first. A batch is committed with its head as `pending`, beside the
 * head and the checkpoint that are signed; then the signer is asked; then head and checkpoint
 * follow in a transaction of their own. Readers go by the signed head, so what is pending is not
 * there for them. The other order – sign, then commit – would leave, after a crash in between, a
 * signature over a tree that nobody has, which the log could not continue and the signer must not
 * take back. What can fail: the signer is away before the commit: nothing has changed; it is away
 * after it: it is waited for, then the log stops, and its next opening asks again, since the tree
 * cannot change any more; it refuses: the log is not what it was, and stops. */
#include <time.h>

#include "ledger/log_state.h"

#define SIGNER_WAIT_MS 10000u /* after the commit; a restarted signer is back in much less */
#define SIGNER_PAUSE_MS 50u

static void request_make(const struct ledger_log *log, struct ledger_signing_request *out_request)
{
    *out_request = (struct ledger_signing_request){0};
    memcpy(out_request->origin, log->verifier.name, sizeof out_request->origin);
}

static int last_ask(struct ledger_log *log, struct ledger_checkpoint *out_last,
                    struct base_err *err)
{
    struct ledger_signing_request request;
    request_make(log, &request);
    request.asks_last = true;
    return ledger_signing_ask(&log->link, &request, &log->verifier, out_last, NULL, err);
}

/* What was signed last is a part of our first `size` entries. */
static int last_check(struct ledger_log *log, struct ledger__txn *txn, uint64_t size,
                      const struct ledger_checkpoint *last, struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    struct ledger_hash root;
    if (last->size > size)
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "%s holds %llu entries, but its signer has signed %llu: this is a "
                         "restored backup, and going on would tell a second history",
                         log->dir, (unsigned long long)size, (unsigned long long)last->size);
    int fault = ledger_tree_root(&nodes, last->size, &root, err);
    if (fault == 0 && !ledger_hash_equal(&root, &last->root))
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "%s has another history than its signer has signed",
                          log->dir);
    return fault;
}

int ledger__signing_ready(struct ledger_log *log, struct base_err *err)
{
    struct ledger__txn txn;
    struct ledger_checkpoint last;
    struct base_err why = {0};
    if (!ledger_signing_link_is_set(&log->link))
        return 0;
    int fault = last_ask(log, &last, &why);
    if (fault == BASE_E_MISSING)
        return LEDGER__SIGNER_AWAY;
    if (fault != 0)
        return BASE_FAIL(err, fault, "%s", why.text);
    fault = ledger__txn_begin(log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    fault = last_check(log, &txn, log->head.head.size, &last, err);
    ledger__txn_abort(&txn);
    return fault;
}

/* Asks for `head` from wherever the signer is. */
static int head_ask(struct ledger_log *log, const struct ledger__head *head,
                    struct base_buf *out_note, struct base_err *err)
{
    struct ledger_signing_request request;
    struct ledger_checkpoint last;
    struct ledger_checkpoint given;
    struct ledger__txn txn;
    int fault = last_ask(log, &last, err);
    if (fault == 0)
        fault = ledger__txn_begin(log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    request_make(log, &request);
    request.old_size = last.size;
    request.new_size = head->head.size;
    request.new_root = head->head.root;
    fault = last_check(log, &txn, head->head.size, &last, err);
    if (fault == 0) {
        struct ledger_nodes nodes = ledger__nodes_of(&txn);
        fault = ledger_tree_consistency(&nodes, request.old_size, request.new_size, request.path,
                                        &request.path_count, err);
    }
    ledger__txn_abort(&txn);
    if (fault == 0)
        fault = ledger_signing_ask(&log->link, &request, &log->verifier, &given, out_note, err);
    if (fault == 0 &&
        (given.size != head->head.size || !ledger_hash_equal(&given.root, &head->head.root)))
        fault =
            BASE_FAIL(err, BASE_E_CRYPTO, "the signer has signed another tree than it was asked");
    return fault;
}

static unsigned wait_ms(const struct ledger_log *log)
{
    bool given = log->faults != NULL && log->faults->signer_wait_ms != 0;
    return given ? log->faults->signer_wait_ms : SIGNER_WAIT_MS;
}

static int head_sign(struct ledger_log *log, const struct ledger__head *head,
                     struct base_buf *out_note, struct base_err *err)
{
    const struct timespec pause = {.tv_nsec = (long)SIGNER_PAUSE_MS * 1000000};
    if (!ledger_signing_link_is_set(&log->link))
        return ledger_checkpoint_sign(head->head.size, &head->head.root, &log->signer, out_note,
                                      err);
    struct base_err why = {0};
    int fault = head_ask(log, head, out_note, &why);
    for (unsigned waited = 0; fault == BASE_E_MISSING && waited < wait_ms(log);
         waited += SIGNER_PAUSE_MS) {
        nanosleep(&pause, NULL);
        fault = head_ask(log, head, out_note, &why);
    }
    if (fault == BASE_E_MISSING)
        fault = BASE_E_STATE; /* missing would mean that there is no log */
    return fault == 0 ? 0 : BASE_FAIL(err, fault, "%s", why.text);
}

static int note_store(struct ledger_log *log, const struct ledger__head *head,
                      struct base_bytes note, struct base_err *err)
{
    struct ledger__txn txn;
    int answer = ledger__txn_begin(log->store, true, &txn, err);
    if (answer != 0)
        return answer;
    ledger__head_put(&txn, head, note);
    ledger__pending_delete(&txn);
    return ledger__txn_commit(&txn, err);
}

int ledger__signing_seal(struct ledger_log *log, const struct ledger__head *head,
                         struct base_buf *out_note, struct base_err *err)
{
    int answer = head_sign(log, head, out_note, err);
    if (answer == 0)
        answer = note_store(log, head, base_buf_bytes(out_note), err);
    while (answer == LEDGER__STORE_GROW) {
        answer = ledger__store_grow(log->store, err);
        if (answer == 0)
            answer = note_store(log, head, base_buf_bytes(out_note), err);
    }
    if (answer > 0)
        answer = BASE_FAIL(err, BASE_E_FULL, "no room for the checkpoint");
    return answer == 0
               ? 0
               : base_err_wrap(err, answer, "%llu entries are committed, their checkpoint is not",
                               (unsigned long long)head->head.size);
}

int ledger__signing_recover(struct ledger_log *log, struct base_err *err)
{
    struct base_buf note = {0};
    if (!log->has_pending) {
        /* Reading does without a signer; appending will ask again. */
        int answer = ledger__signing_ready(log, err);
        return answer == LEDGER__SIGNER_AWAY ? 0 : answer;
    }
    int fault = ledger__signing_seal(log, &log->pending, &note, err);
    if (fault != 0) {
        base_buf_release(&note);
        return fault;
    }
    base_buf_release(&log->note);
    log->note = note;
    log->head = log->pending;
    log->has_pending = false;
    ledger__published_write(log, base_buf_bytes(&log->note));
    return 0;
}
