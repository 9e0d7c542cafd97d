/* A log's life: made, opened, asked, closed.
 *
 * Making: keys first, then the environment with layout, origin, verifier key and the signed
 * checkpoint of the empty tree. Opening: layout and origin are checked, the head's root is computed
 * again from the stored tiles and must be the one that the stored checkpoint signs, and the
 * checkpoint published last must be a part of this tree. What can fail: a copy from yesterday is
 * behind its published checkpoint; it is refused, since going on would tell a second history under
 * one name. */
#include "ledger/log.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/files.h"
#include "ledger/hash.h"
#include "ledger/layouts.h"
#include "ledger/log_state.h"

#define FILE_WRAP "wrap.key"
#define HEAD_ROW_LEN (8u + LEDGER_HASH_LEN + 8u + LEDGER_HASH_LEN)

static const struct base_bytes meta_vkey = {(const uint8_t *)"vkey", 4};
static const struct base_bytes meta_head = {(const uint8_t *)"head", 4};
static const struct base_bytes meta_pending = {(const uint8_t *)"pending", 7};
static const struct base_bytes meta_note = {(const uint8_t *)"checkpoint", 10};

static void head_read(const uint8_t row[HEAD_ROW_LEN], struct ledger__head *out_head)
{
    out_head->head.size = base_get_be64(row);
    memcpy(out_head->head.root.bytes, row + 8, LEDGER_HASH_LEN);
    out_head->head.recorded_ms = (base_time_ms)base_get_be64(row + 8 + LEDGER_HASH_LEN);
    memcpy(out_head->id.bytes, row + 16 + LEDGER_HASH_LEN, LEDGER_HASH_LEN);
}

static void head_write(const struct ledger__head *head, uint8_t out_row[HEAD_ROW_LEN])
{
    assert(head->head.recorded_ms >= 0);
    base_set_be64(out_row, head->head.size);
    memcpy(out_row + 8, head->head.root.bytes, LEDGER_HASH_LEN);
    base_set_be64(out_row + 8 + LEDGER_HASH_LEN, (uint64_t)head->head.recorded_ms);
    memcpy(out_row + 16 + LEDGER_HASH_LEN, head->id.bytes, LEDGER_HASH_LEN);
}

int ledger__head_get(struct ledger__txn *txn, struct ledger__head *out_head, struct base_err *err)
{
    struct base_bytes row;
    bool found = ledger__txn_get(txn, LEDGER__DB_META, meta_head, &row);
    int fault = ledger__txn_check(txn, err);
    if (fault != 0)
        return fault;
    if (!found || row.len != HEAD_ROW_LEN)
        return BASE_FAIL(err, BASE_E_CORRUPT, "the log has no head");
    head_read(row.data, out_head);
    return 0;
}

int ledger__pending_get(struct ledger__txn *txn, struct ledger__head *out_head, bool *out_found,
                        struct base_err *err)
{
    struct base_bytes row;
    *out_found = ledger__txn_get(txn, LEDGER__DB_META, meta_pending, &row);
    int fault = ledger__txn_check(txn, err);
    if (fault != 0 || !*out_found)
        return fault;
    if (row.len != HEAD_ROW_LEN)
        return BASE_FAIL(err, BASE_E_CORRUPT, "the head that waits for its signature is torn");
    head_read(row.data, out_head);
    return 0;
}

void ledger__pending_put(struct ledger__txn *txn, const struct ledger__head *head)
{
    uint8_t row[HEAD_ROW_LEN];
    head_write(head, row);
    ledger__txn_put(txn, LEDGER__DB_META, meta_pending, base_bytes_of(row, sizeof row), 0);
}

void ledger__pending_delete(struct ledger__txn *txn)
{
    ledger__txn_delete(txn, LEDGER__DB_META, meta_pending);
}

void ledger__head_put(struct ledger__txn *txn, const struct ledger__head *head,
                      struct base_bytes note)
{
    uint8_t row[HEAD_ROW_LEN];
    head_write(head, row);
    ledger__txn_put(txn, LEDGER__DB_META, meta_head, base_bytes_of(row, sizeof row), 0);
    ledger__txn_put(txn, LEDGER__DB_META, meta_note, note, 0);
}

int ledger__note_get(struct ledger__txn *txn, struct base_bytes *out_note, struct base_err *err)
{
    bool found = ledger__txn_get(txn, LEDGER__DB_META, meta_note, out_note);
    int fault = ledger__txn_check(txn, err);
    if (fault == 0 && !found)
        return BASE_FAIL(err, BASE_E_CORRUPT, "the log has no checkpoint");
    return fault;
}

void ledger__vkey_put(struct ledger__txn *txn, struct base_bytes vkey)
{
    ledger__txn_put(txn, LEDGER__DB_META, meta_vkey, vkey, 0);
}

void ledger__published_write(struct ledger_log *log, struct base_bytes note)
{
    (void)!ledger__file_replace(log->dir, LEDGER__FILE_PUBLISHED, note, NULL);
}

/* Text of a key file without its last newline. */
static int key_text_read(const char *dir, const char *name, struct base_buf *out,
                         struct base_err *err)
{
    int fault = ledger__file_read(dir, name, out, err);
    if (fault == 0 && out->len > 0 && out->data[out->len - 1] == '\n')
        out->len--;
    return fault;
}

int ledger__signer_read(const char *dir, const char *name, struct ledger_note_signer *out_signer,
                        struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    int fault = key_text_read(dir, name, &text, err);
    if (fault == 0)
        fault = ledger_skey_parse(base_buf_bytes(&text), out_signer, err);
    if (fault == 0 && out_signer->key.type != LEDGER_NOTE_ED25519)
        fault = BASE_FAIL(err, BASE_E_FORMAT, "%s/%s holds no log key", dir, name);
    return fault;
}

/* The key, or the way to who has it. Both are there when a handover to a signer was ended by a
 * crash (ledger__handover_recover looks at that), or by mistake. */
static int signer_load(struct ledger_log *log, struct base_err *err)
{
    int fault = ledger_signing_link_read(log->dir, &log->link, err);
    if (fault != 0 || ledger_signing_link_is_set(&log->link))
        return fault;
    return ledger__signer_read(log->dir, LEDGER__FILE_KEY, &log->signer, err);
}

static int wrap_load(struct ledger_log *log, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    int fault = key_text_read(log->dir, FILE_WRAP, &text, err);
    if (fault != 0)
        return fault;
    if (text.len == 0 ||
        !base_unhex((const char *)text.data, text.len, log->wrap.bytes, LEDGER__WRAP_KEY_LEN))
        return BASE_FAIL(err, BASE_E_FORMAT, "%s is not 32 bytes in hex", FILE_WRAP);
    log->wrap.present = true;
    return 0;
}

/* The log's own key, as its file. */
static int key_make(struct ledger_log *log, const char *origin, struct base_err *err)
{
    uint8_t seed[LEDGER_SEED_LEN];
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    randombytes_buf(seed, sizeof seed);
    int fault = ledger_note_signer_make(origin, LEDGER_NOTE_ED25519, seed, &log->signer, err);
    sodium_memzero(seed, sizeof seed);
    if (fault != 0)
        return fault;
    ledger_skey_put(&log->signer, &text);
    base_buf_put_str(&text, "\n");
    if (text.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "making keys");
    log->verifier = log->signer.key;
    return ledger__file_create(log->dir, LEDGER__FILE_KEY, base_buf_bytes(&text), err);
}

/* The key is with a signer that has signed nothing yet; its checkpoint over nothing is the log's
 * first. The way to it is written down when it has answered. */
static int signer_take(struct ledger_log *log, const struct ledger_log_options *options,
                       struct base_buf *out_note, struct base_err *err)
{
    struct ledger_signing_request request = {.asks_last = true};
    struct ledger_checkpoint last;
    if (options->signer_vkey == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "a signer's verifier key is needed beside its path");
    int fault = ledger_vkey_parse(base_bytes_str(options->signer_vkey), &log->verifier, err);
    if (fault == 0 && (log->verifier.type != LEDGER_NOTE_ED25519 ||
                       strcmp(log->verifier.name, options->origin) != 0))
        fault = BASE_FAIL(err, BASE_E_USAGE, "the signer's key is of “%s”, not of “%s”",
                          log->verifier.name, options->origin);
    if (fault == 0)
        fault = ledger_signing_link_make(base_bytes_str(options->signer), &log->link, err);
    if (fault == 0) {
        snprintf(request.origin, sizeof request.origin, "%s", options->origin);
        fault = ledger_signing_ask(&log->link, &request, &log->verifier, &last, out_note, err);
    }
    if (fault == 0 && last.size != 0)
        fault = BASE_FAIL(err, BASE_E_STATE,
                          "the signer has signed %llu entries already: a new log begins with a key "
                          "that has signed nothing",
                          (unsigned long long)last.size);
    return fault;
}

static int wrap_make(struct ledger_log *log, struct base_err *err)
{
    char hex[2 * LEDGER__WRAP_KEY_LEN + 1];
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    randombytes_buf(log->wrap.bytes, sizeof log->wrap.bytes);
    base_hex(log->wrap.bytes, sizeof log->wrap.bytes, hex);
    log->wrap.present = true;
    base_buf_put_str(&text, hex);
    base_buf_put_str(&text, "\n");
    sodium_memzero(hex, sizeof hex);
    if (text.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "making keys");
    return ledger__file_create(log->dir, FILE_WRAP, base_buf_bytes(&text), err);
}

/* All keys of a new log; appends the checkpoint over nothing. */
static int keys_make(struct ledger_log *log, const struct ledger_log_options *options,
                     struct base_buf *out_note, struct base_err *err)
{
    struct ledger_hash empty;
    int fault;
    ledger_tree_empty(&empty);
    if (options->signer != NULL) {
        fault = signer_take(log, options, out_note, err);
        if (fault == 0)
            fault = ledger_signing_link_write(log->dir, LEDGER_SIGNING_FILE, &log->link,
                                              base_bytes_str(options->signer_vkey), err);
    } else {
        fault = key_make(log, options->origin, err);
        if (fault == 0)
            fault = ledger_checkpoint_sign(0, &empty, &log->signer, out_note, err);
    }
    return fault == 0 ? wrap_make(log, err) : fault;
}

/* Writes the rows of an empty log. */
static int log_found(struct ledger_log *log, struct base_bytes note, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct ledger__head head = {0};
    struct ledger__txn txn = {0};
    ledger_tree_empty(&head.head.root);
    ledger_vkey_put(&log->verifier, &vkey);
    int fault = vkey.failed ? BASE_FAIL(err, BASE_E_MEMORY, "making a log")
                            : ledger__txn_begin(log->store, true, &txn, err);
    if (fault != 0)
        return fault;
    ledger__layout_put(&txn, LEDGER__LAYOUT_VERSION);
    ledger__txn_put(&txn, LEDGER__DB_META, meta_vkey, base_buf_bytes(&vkey), 0);
    ledger__head_put(&txn, &head, note);
    int answer = ledger__txn_commit(&txn, err);
    if (answer > 0)
        return BASE_FAIL(err, BASE_E_FULL, "no room for a new log");
    return answer;
}

/* Layout and verifier key: is this a log that we know how to read? */
static int layout_check(struct ledger_log *log, struct ledger__txn *txn, struct base_err *err)
{
    struct base_bytes vkey;
    unsigned layout = 0;
    bool found = ledger__layout_get(txn, &layout);
    int fault = ledger__txn_check(txn, err);
    if (fault == 0 && found)
        fault = ledger__layout_judge(layout, log->env_dir, err);
    if (fault != 0)
        return fault;
    found =
        found && !log->store->incomplete && ledger__txn_get(txn, LEDGER__DB_META, meta_vkey, &vkey);
    fault = ledger__txn_check(txn, err);
    if (fault == 0 && !found)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "%s holds no log", log->env_dir);
    if (fault != 0)
        return fault;
    fault = ledger_vkey_parse(vkey, &log->verifier, err);
    base_buf_reset(&log->vkey);
    base_buf_put_bytes(&log->vkey, vkey);
    if (fault == 0 && base_buf_text(&log->vkey) == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "opening a log");
    return fault;
}

/* Wraps a fault of reading what we wrote ourselves: whatever is wrong with it, it is corrupt. */
static int corrupt_wrap(struct base_err *err, int fault, const char *what)
{
    bool by_world = fault == BASE_E_IO || fault == BASE_E_MEMORY || fault == BASE_E_BUSY;
    base_err_wrap(err, fault, "%s", what);
    if (err != NULL && !by_world)
        err->code = BASE_E_CORRUPT;
    return by_world ? fault : BASE_E_CORRUPT;
}

/* What is committed and not signed yet is the tree's, too. Its frontier is the committed one. */
static int pending_check(struct ledger_log *log, struct ledger__txn *txn, struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    struct ledger_hash root;
    uint64_t stored = log->head.head.size;
    int fault = ledger__pending_get(txn, &log->pending, &log->has_pending, err);
    if (fault == 0 && log->has_pending) {
        stored = log->pending.head.size;
        fault = ledger_tree_frontier(&nodes, stored, &log->frontier, err);
        if (fault != 0)
            return corrupt_wrap(err, fault, log->dir);
        ledger_frontier_root(&log->frontier, &root);
        if (stored <= log->head.head.size || !ledger_hash_equal(&root, &log->pending.head.root))
            fault =
                BASE_FAIL(err, BASE_E_CORRUPT,
                          "the tree in %s is not the one that waits for its signature", log->dir);
    }
    if (fault == 0 && ledger__txn_count(txn, LEDGER__DB_ENTRIES) != stored)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "%s does not hold the %llu entries of its tree",
                          log->dir, (unsigned long long)stored);
    return fault;
}

/* The head is the tree's and the checkpoint's. */
static int head_check(struct ledger_log *log, struct ledger__txn *txn, struct base_err *err)
{
    struct ledger__head head;
    struct base_bytes note;
    struct ledger_checkpoint checkpoint;
    struct ledger_hash root;
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    int fault = ledger__head_get(txn, &head, err);
    if (fault == 0)
        fault = ledger__note_get(txn, &note, err);
    if (fault == 0)
        fault = ledger_checkpoint_open(note, &log->verifier, &checkpoint, err);
    if (fault == 0)
        fault = ledger_tree_frontier(&nodes, head.head.size, &log->frontier, err);
    if (fault != 0)
        return corrupt_wrap(err, fault, log->dir);
    ledger_frontier_root(&log->frontier, &root);
    if (checkpoint.size != head.head.size || !ledger_hash_equal(&checkpoint.root, &root) ||
        !ledger_hash_equal(&head.head.root, &root))
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "the tree in %s is not the one that its checkpoint signs", log->dir);
    log->head = head;
    base_buf_reset(&log->note);
    base_buf_put_bytes(&log->note, note);
    if (log->note.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "opening a log");
    return pending_check(log, txn, err);
}

/* The checkpoint given out last is a part of this tree. */
static int published_check(struct ledger_log *log, struct ledger__txn *txn, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_checkpoint published;
    struct ledger_hash root;
    int fault = ledger__file_exists(log->dir, LEDGER__FILE_PUBLISHED)
                    ? ledger__file_read(log->dir, LEDGER__FILE_PUBLISHED, &text, err)
                    : 0;
    /* Empty is what a power cut may leave of a file that was never synced. */
    if (fault != 0 || text.len == 0)
        return fault;
    fault = ledger_checkpoint_open(base_buf_bytes(&text), &log->verifier, &published, err);
    if (fault != 0)
        return corrupt_wrap(err, fault, "the checkpoint published last");
    if (published.size > log->head.head.size)
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "%s holds %llu entries, but %llu were published: this is a restored "
                         "backup, and going on would tell a second history",
                         log->dir, (unsigned long long)log->head.head.size,
                         (unsigned long long)published.size);
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    fault = ledger_tree_root(&nodes, published.size, &root, err);
    if (fault == 0 && !ledger_hash_equal(&root, &published.root))
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "%s has another history than the one that was published", log->dir);
    return fault;
}

/* What the environment says about itself; for a writing handle also that the keys are its. */
static int log_check(struct ledger_log *log, const char *origin, struct base_err *err)
{
    struct ledger__txn txn;
    int fault = ledger__txn_begin(log->store, false, &txn, err);
    if (fault != 0)
        return fault;
    fault = layout_check(log, &txn, err);
    if (fault == 0 && origin != NULL && strcmp(origin, log->verifier.name) != 0)
        fault = BASE_FAIL(err, BASE_E_STATE, "%s is the log “%s”, not “%s”", log->dir,
                          log->verifier.name, origin);
    if (fault == 0)
        fault = head_check(log, &txn, err);
    if (fault == 0 && log->admission != NULL)
        fault = ledger__handover_recover(log, &txn, err);
    if (fault == 0 && log->admission != NULL && !ledger_signing_link_is_set(&log->link) &&
        !ledger_key_equal(&log->signer.key.key, &log->verifier.key))
        fault = BASE_FAIL(err, BASE_E_STATE, "%s in %s is not this log's key", LEDGER__FILE_KEY,
                          log->dir);
    if (fault == 0 && log->admission != NULL)
        fault = published_check(log, &txn, err);
    ledger__txn_abort(&txn);
    return fault;
}

static void writer_mark(struct ledger_log *log)
{
    log->fell = ledger__lock_is_marked(log->lock_fd);
    log->is_marked = true;
    ledger__lock_mark(log->lock_fd, true);
}

static int log_make(struct ledger_log *log, const struct ledger_log_options *options,
                    struct base_err *err)
{
    if (options->origin == NULL || !ledger_note_name_is_valid(base_bytes_str(options->origin)))
        return BASE_FAIL(err, BASE_E_USAGE,
                         "a new log needs an origin such as journal.example/log");
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    int fault = ledger__dir_make(log->dir, err);
    if (fault == 0)
        fault = ledger__lock_take(log->dir, LEDGER__FILE_LOCK, &log->lock_fd, err);
    if (fault == 0)
        writer_mark(log);
    if (fault == 0 &&
        (ledger__file_exists(log->dir, "log") || ledger__file_exists(log->dir, LEDGER__FILE_KEY) ||
         ledger__file_exists(log->dir, LEDGER_SIGNING_FILE)))
        fault = BASE_FAIL(err, BASE_E_STATE, "there is a log in %s already", log->dir);
    if (fault == 0)
        fault = keys_make(log, options, &note, err);
    if (fault == 0)
        fault = ledger__dir_make(log->env_dir, err);
    if (fault == 0)
        fault =
            ledger__store_open(log->env_dir, LEDGER__STORE_CREATES, log->faults, &log->store, err);
    if (fault == 0)
        fault = log_found(log, base_buf_bytes(&note), err);
    return fault;
}

static int log_load(struct ledger_log *log, bool check_pages, struct base_err *err)
{
    bool read_only = log->admission == NULL;
    unsigned way =
        (read_only ? LEDGER__STORE_READS : 0u) | (check_pages ? LEDGER__STORE_CHECKS_PAGES : 0u);
    int fault = 0;
    if (!ledger__file_exists(log->dir, "log") && !ledger__file_exists(log->dir, LEDGER__FILE_KEY))
        return BASE_FAIL(err, BASE_E_MISSING, "there is no log in %s", log->dir);
    if (!read_only) {
        fault = ledger__lock_take(log->dir, LEDGER__FILE_LOCK, &log->lock_fd, err);
        if (fault == 0)
            writer_mark(log);
        if (log->fell) /* of torn pages, perhaps: then the next would fall like the last */
            way |= LEDGER__STORE_CHECKS_PAGES;
        if (fault == 0)
            fault = ledger__erasing_recover(log, err);
        if (fault == 0 && !ledger__file_exists(log->dir, "log"))
            fault = BASE_FAIL(err, BASE_E_MISSING, "there is no log in %s", log->dir);
        if (fault == 0)
            fault = signer_load(log, err);
        if (fault == 0)
            fault = wrap_load(log, err);
    } else if (wrap_load(log, NULL) != 0) {
        log->wrap.present = false; /* an auditor reads all but sealed fields */
    }
    if (fault == 0)
        fault = ledger__store_open(log->env_dir, way, log->faults, &log->store, err);
    log->has_looked = (way & LEDGER__STORE_CHECKS_PAGES) != 0;
    if (fault == 0 && !read_only)
        fault = ledger__erasing_finish(log, err);
    return fault;
}

static int paths_make(struct ledger_log *log, const char *dir, struct base_err *err)
{
    int len = snprintf(log->dir, sizeof log->dir, "%s", dir);
    int env_len = snprintf(log->env_dir, sizeof log->env_dir, "%s/log", dir);
    if (len < 0 || env_len < 0 || (size_t)env_len >= sizeof log->env_dir)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the log is too long");
    return 0;
}

int ledger_log_open(const struct ledger_log_options *options, struct ledger_log **out_log,
                    struct base_err *err)
{
    assert(options->dir != NULL);
    assert(options->admission != NULL ? options->clock.now_ms != NULL : !options->create);
    ledger__sodium_ready();
    struct ledger_log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "opening %s", options->dir);
    log->lock_fd = -1;
    log->link.fd = -1;
    log->clock = options->clock;
    log->admission = options->admission;
    log->faults = options->faults;
    pthread_mutex_init(&log->append_lock, NULL);
    pthread_mutex_init(&log->state_lock, NULL);
    int fault = paths_make(log, options->dir, err);
    if (fault == 0)
        fault = options->create ? log_make(log, options, err)
                                : log_load(log, options->check_pages, err);
    if (fault == 0)
        fault = log_check(log, options->origin, err);
    if (fault == 0 && log->admission != NULL)
        fault = ledger__signing_recover(log, err);
    if (fault == 0 && options->create)
        ledger__published_write(log, base_buf_bytes(&log->note));
    if (fault != 0) {
        ledger_log_close(log);
        return fault;
    }
    log->fell = false; /* the pages were looked at: closing takes the mark away */
    *out_log = log;
    return 0;
}

void ledger_log_close(struct ledger_log *log)
{
    if (log == NULL)
        return;
    ledger__store_close(log->store);
    if (log->is_marked && !log->fell)
        ledger__lock_mark(log->lock_fd, false);
    if (log->lock_fd >= 0)
        close(log->lock_fd);
    ledger_signing_link_close(&log->link);
    base_buf_release(&log->vkey);
    base_buf_release(&log->note);
    pthread_mutex_destroy(&log->append_lock);
    pthread_mutex_destroy(&log->state_lock);
    sodium_memzero(log, sizeof *log);
    free(log);
}

/* A read-only handle follows the writer: head, id and note as they are now. */
static void state_refresh(struct ledger_log *log)
{
    struct ledger__txn txn;
    struct ledger__head head;
    struct base_bytes note;
    if (log->admission != NULL || ledger__txn_begin(log->store, false, &txn, NULL) != 0)
        return;
    if (ledger__head_get(&txn, &head, NULL) == 0 && ledger__note_get(&txn, &note, NULL) == 0) {
        pthread_mutex_lock(&log->state_lock);
        log->head = head;
        base_buf_reset(&log->note);
        base_buf_put_bytes(&log->note, note);
        pthread_mutex_unlock(&log->state_lock);
    }
    ledger__txn_abort(&txn);
}

void ledger_log_head(struct ledger_log *log, struct ledger_head *out_head)
{
    state_refresh(log);
    pthread_mutex_lock(&log->state_lock);
    *out_head = log->head.head;
    pthread_mutex_unlock(&log->state_lock);
}

void ledger_log_id(struct ledger_log *log, struct ledger_hash *out_id)
{
    state_refresh(log);
    pthread_mutex_lock(&log->state_lock);
    *out_id = log->head.id;
    pthread_mutex_unlock(&log->state_lock);
}

const char *ledger_log_origin(struct ledger_log *log)
{
    return log->verifier.name;
}

const char *ledger_log_vkey(struct ledger_log *log)
{
    /* log_check put the zero there; nothing is appended afterwards. */
    return (const char *)log->vkey.data;
}

int ledger_log_checkpoint(struct ledger_log *log, struct base_buf *out_note, struct base_err *err)
{
    state_refresh(log);
    pthread_mutex_lock(&log->state_lock);
    bool failed = log->note.failed;
    base_buf_put_bytes(out_note, base_buf_bytes(&log->note));
    pthread_mutex_unlock(&log->state_lock);
    if (failed || out_note->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "no room for the checkpoint");
    return 0;
}

uint64_t ledger_log_clock_held_count(struct ledger_log *log)
{
    pthread_mutex_lock(&log->state_lock);
    uint64_t count = log->clock_held_count;
    pthread_mutex_unlock(&log->state_lock);
    return count;
}

/* Reads the copy's checkpoint and lays it beside it. */
static int copy_publish(const char *dir, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    const struct ledger_log_options options = {.dir = dir};
    struct ledger_log *copy = NULL;
    int fault = ledger_log_open(&options, &copy, err);
    if (fault == 0)
        fault = ledger_log_checkpoint(copy, &note, err);
    ledger_log_close(copy);
    return fault == 0
               ? ledger__file_replace(dir, LEDGER__FILE_PUBLISHED, base_buf_bytes(&note), err)
               : fault;
}

int ledger_log_copy(struct ledger_log *log, const char *dir, struct base_err *err)
{
    char env_dir[PATH_MAX];
    int len = snprintf(env_dir, sizeof env_dir, "%s/log", dir);
    if (len < 0 || (size_t)len >= sizeof env_dir)
        return BASE_FAIL(err, BASE_E_LIMIT, "the path of the copy is too long");
    int fault = ledger__dir_make(dir, err);
    if (fault == 0 && ledger__file_exists(dir, "log"))
        fault = BASE_FAIL(err, BASE_E_STATE, "there is a log in %s already", dir);
    if (fault == 0)
        fault = ledger__dir_make(env_dir, err);
    if (fault == 0)
        fault = ledger__store_copy(log->store, env_dir, err);
    return fault == 0 ? copy_publish(dir, err) : fault;
}
