/* Handing a log over to another key, and cutting a restored copy. */
#include "ledger/handover.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/base/sync.h"
#include "ledger/files.h"
#include "ledger/hash.h"
#include "ledger/log_state.h"
#include "ledger/tiles.h"

#define FILE_NEXT "log.key.next"
#define FILE_NEXT_SIGNER LEDGER_SIGNING_FILE ".next"

/* Who signs next: a key of our own, or a signer. */
struct next {
    struct ledger_note_signer signer;
    struct ledger_signing_link link;
    struct ledger_note_key key;
};
#define FORMER_KEY_LEN (6u + 8u)

/* "former" and the number, so that rows lie in their order. */
static struct base_bytes former_key(uint64_t index, uint8_t out[FORMER_KEY_LEN])
{
    static const uint8_t name[6] = {'f', 'o', 'r', 'm', 'e', 'r'};
    memcpy(out, name, sizeof name);
    base_set_be64(out + 6, index);
    return base_bytes_of(out, FORMER_KEY_LEN);
}

static int next_make(const char *dir, const char *origin, struct ledger_note_signer *out_signer,
                     struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    uint8_t seed[LEDGER_SEED_LEN];
    randombytes_buf(seed, sizeof seed);
    int fault = ledger_note_signer_make(origin, LEDGER_NOTE_ED25519, seed, out_signer, err);
    sodium_memzero(seed, sizeof seed);
    if (fault != 0)
        return fault;
    ledger_skey_put(out_signer, &text);
    base_buf_put_str(&text, "\n");
    if (text.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "making a key");
    return ledger__file_create(dir, FILE_NEXT, base_buf_bytes(&text), err);
}

/* A key that lies with a signer is exchanged for another signer's. */
static int own_key_check(const char *dir, struct base_err *err)
{
    if (ledger__file_exists(dir, FILE_NEXT_SIGNER))
        return BASE_FAIL(err, BASE_E_STATE,
                         "%s/%s is there: an unfinished change to a signer; give it again, or "
                         "remove that file",
                         dir, FILE_NEXT_SIGNER);
    return ledger__file_exists(dir, LEDGER_SIGNING_FILE)
               ? BASE_FAIL(err, BASE_E_STATE,
                           "the key of the log in %s is with its signer: name the next one's "
                           "(letopis rekey --signer), or put the key back as %s and remove %s",
                           dir, LEDGER__FILE_KEY, LEDGER_SIGNING_FILE)
               : 0;
}

/* The name under which the log goes on; the caller frees. */
static int origin_of(const char *dir, const char *origin, char **out_origin, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir};
    struct ledger_log *log = NULL;
    int fault = ledger_log_open(&options, &log, err);
    if (fault == 0) {
        *out_origin = strdup(origin != NULL ? origin : ledger_log_origin(log));
        if (*out_origin == NULL)
            fault = BASE_FAIL(err, BASE_E_MEMORY, "the log's name");
    }
    ledger_log_close(log);
    return fault;
}

int ledger_handover_prepare(const char *dir, const char *origin, struct base_buf *out_vkey,
                            struct base_err *err)
{
    struct ledger_note_signer signer = {0};
    char *name = NULL;
    ledger__sodium_ready();
    int fault = own_key_check(dir, err);
    if (fault == 0)
        fault = origin_of(dir, origin, &name, err);
    if (fault == 0)
        fault = ledger__file_exists(dir, FILE_NEXT)
                    ? ledger__signer_read(dir, FILE_NEXT, &signer, err)
                    : next_make(dir, name, &signer, err);
    if (fault == 0 && strcmp(signer.key.name, name) != 0)
        fault = BASE_FAIL(err, BASE_E_STATE,
                          "%s/%s is a key of “%s”; remove it to go on under another name", dir,
                          FILE_NEXT, signer.key.name);
    if (fault == 0) {
        ledger_vkey_put(&signer.key, out_vkey);
        if (out_vkey->failed)
            fault = BASE_FAIL(err, BASE_E_MEMORY, "a verifier key");
    }
    ledger_note_signer_wipe(&signer);
    free(name);
    return fault;
}

/* What the signer has signed is nothing, or a part of this log. */
static int signer_check(const char *dir, struct ledger_signing_link *link,
                        const struct ledger_note_key *key, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir};
    struct ledger_signing_request request = {.asks_last = true};
    struct ledger_checkpoint last;
    struct ledger_reader *reader = NULL;
    struct ledger_log *log = NULL;
    struct ledger_hash root;
    int fault = ledger_log_open(&options, &log, err);
    if (fault == 0 && strcmp(key->name, ledger_log_origin(log)) != 0)
        fault = BASE_FAIL(err, BASE_E_USAGE, "the signer's key is of “%s”, the log is “%s”",
                          key->name, ledger_log_origin(log));
    if (fault == 0)
        fault = ledger_reader_open(log, &reader, err);
    if (fault == 0) {
        snprintf(request.origin, sizeof request.origin, "%s", key->name);
        fault = ledger_signing_ask(link, &request, key, &last, NULL, err);
    }
    if (fault == 0 && last.size > ledger_reader_size(reader))
        fault = BASE_FAIL(err, BASE_E_STATE, "the signer has signed more than there is");
    if (fault == 0)
        fault = ledger_reader_root(reader, last.size, &root, err);
    if (fault == 0 && !ledger_hash_equal(&root, &last.root))
        fault = BASE_FAIL(err, BASE_E_STATE, "the signer has signed another history");
    ledger_reader_close(reader);
    ledger_log_close(log);
    return fault;
}

int ledger_handover_prepare_signer(const char *dir, const char *path, const char *vkey,
                                   struct base_err *err)
{
    struct ledger_signing_link link = {.fd = -1};
    struct ledger_signing_link there = {.fd = -1};
    struct base_buf BASE_CLEANUP(base_buf_release) known = {0};
    struct ledger_note_key key;
    ledger__sodium_ready();
    int fault =
        ledger__file_exists(dir, FILE_NEXT)
            ? BASE_FAIL(err, BASE_E_STATE,
                        "%s/%s is there: an unfinished change of the log's own key", dir, FILE_NEXT)
            : ledger_vkey_parse(base_bytes_str(vkey), &key, err);
    if (fault == 0 && key.type != LEDGER_NOTE_ED25519)
        fault = BASE_FAIL(err, BASE_E_USAGE, "that is no log's verifier key");
    if (fault == 0)
        fault = ledger_signing_link_make(base_bytes_str(path), &link, err);
    if (fault == 0)
        fault = signer_check(dir, &link, &key, err);
    if (fault == 0 && ledger__file_exists(dir, FILE_NEXT_SIGNER)) {
        fault = ledger_signing_link_read_as(dir, FILE_NEXT_SIGNER, &there, &known, err);
        if (fault == 0 && (strcmp(there.address.sun_path, link.address.sun_path) != 0 ||
                           !base_bytes_equal(base_buf_bytes(&known), base_bytes_str(vkey))))
            fault = BASE_FAIL(err, BASE_E_STATE, "%s/%s names another signer; remove it", dir,
                              FILE_NEXT_SIGNER);
    } else if (fault == 0) {
        fault = ledger_signing_link_write(dir, FILE_NEXT_SIGNER, &link, base_bytes_str(vkey), err);
    }
    ledger_signing_link_close(&link);
    return fault;
}

/* Cutting */

/* Indexes of an entry that goes. */
static int entry_forget(struct ledger__txn *txn, struct base_bytes bytes, struct base_err *err)
{
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    uint8_t counter[LEDGER_KEY_LEN + 8];
    int fault = ledger_entry_parse(bytes, &entry, err);
    if (fault == 0 && ledger_event_parse(entry.event_bytes, &event, &refusal) != 0)
        fault = BASE_FAIL(err, BASE_E_CORRUPT, "an entry holds no event");
    if (fault != 0)
        return fault;
    memcpy(counter, event.key.bytes, LEDGER_KEY_LEN);
    base_set_be64(counter + LEDGER_KEY_LEN, (uint64_t)event.counter);
    ledger__txn_delete(txn, LEDGER__DB_IDS, base_bytes_of(event.id.bytes, LEDGER_HASH_LEN));
    ledger__txn_delete(txn, LEDGER__DB_COUNTERS, base_bytes_of(counter, sizeof counter));
    return 0;
}

static int entries_cut(struct ledger__txn *txn, uint64_t size, uint64_t old_size,
                       struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) copy = {0};
    int fault = 0;
    for (uint64_t seq = size; fault == 0 && seq < old_size; seq++) {
        uint8_t row[8];
        struct base_bytes key = base_bytes_of(row, sizeof row);
        struct base_bytes bytes;
        base_set_be64(row, seq);
        if (!ledger__txn_get(txn, LEDGER__DB_ENTRIES, key, &bytes)) {
            fault = ledger__txn_check(txn, err);
            return fault != 0 ? fault : BASE_FAIL(err, BASE_E_CORRUPT, "an entry is missing");
        }
        base_buf_reset(&copy); /* a value is borrowed until the next write */
        base_buf_put_bytes(&copy, bytes);
        fault = copy.failed ? BASE_FAIL(err, BASE_E_MEMORY, "cutting a log")
                            : entry_forget(txn, base_buf_bytes(&copy), err);
        ledger__txn_delete(txn, LEDGER__DB_ENTRIES, key);
    }
    return fault;
}

/* Every tile keeps the hashes that a tree of that size has. */
static int tiles_cut(struct ledger__txn *txn, uint64_t size, struct base_err *err)
{
    uint8_t at[9] = {0};
    uint8_t hashes[LEDGER_TILE_WIDTH * LEDGER_HASH_LEN];
    struct base_bytes key;
    struct base_bytes value;
    while (
        ledger__txn_get_above(txn, LEDGER__DB_TILES, base_bytes_of(at, sizeof at), &key, &value)) {
        if (key.len != sizeof at || value.len > sizeof hashes)
            return BASE_FAIL(err, BASE_E_CORRUPT, "a tile is not what it should be");
        memcpy(at, key.data, sizeof at);
        size_t kept =
            (size_t)ledger_tile_width_at(size, at[0], base_get_be64(at + 1)) * LEDGER_HASH_LEN;
        size_t len = value.len;
        memcpy(hashes, value.data, len);
        if (kept == 0)
            ledger__txn_delete(txn, LEDGER__DB_TILES, base_bytes_of(at, sizeof at));
        else if (kept < len)
            ledger__txn_put(txn, LEDGER__DB_TILES, base_bytes_of(at, sizeof at),
                            base_bytes_of(hashes, kept), 0);
        /* The next key: one more, as a number. */
        for (size_t i = sizeof at; i-- > 0;)
            if (++at[i] != 0)
                break;
    }
    return ledger__txn_check(txn, err);
}

/* Head over the first `size` entries. */
static int head_make(struct ledger__txn *txn, uint64_t size, struct ledger__head *out_head,
                     struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    struct base_bytes bytes;
    struct ledger_entry entry;
    uint8_t row[8];
    struct ledger__head head;
    int fault = ledger__head_get(txn, &head, err);
    if (fault == 0 && size > head.head.size)
        fault = BASE_FAIL(err, BASE_E_USAGE, "the log has %llu entries, not %llu",
                          (unsigned long long)head.head.size, (unsigned long long)size);
    if (fault == 0 && size == 0)
        fault = BASE_FAIL(err, BASE_E_USAGE, "nothing would be left of the log");
    if (fault == 0)
        fault = ledger_tree_root(&nodes, size, &head.head.root, err);
    if (fault != 0)
        return fault;
    base_set_be64(row, size - 1);
    if (!ledger__txn_get(txn, LEDGER__DB_ENTRIES, base_bytes_of(row, sizeof row), &bytes))
        return BASE_FAIL(err, BASE_E_CORRUPT, "the last entry is missing");
    fault = ledger_entry_parse(bytes, &entry, err);
    head.head.size = size;
    head.head.recorded_ms = fault == 0 ? entry.recorded_ms : 0;
    *out_head = head;
    return fault;
}

static int cut(struct ledger__txn *txn, const struct ledger_handover *handover,
               struct ledger__head *out_head, struct base_err *err)
{
    struct ledger__head old;
    uint64_t dropped;
    int fault = ledger__head_get(txn, &old, err);
    if (fault == 0)
        fault = head_make(txn, handover->size, out_head, err);
    if (fault == 0 && handover->size < old.head.size) {
        fault = entries_cut(txn, handover->size, old.head.size, err);
        if (fault == 0)
            fault = tiles_cut(txn, handover->size, err);
    }
    for (size_t i = 0; fault == 0 && i < handover->opening_count; i++)
        ledger__vault_drop(txn, handover->openings + i * LEDGER_COMMITMENT_LEN, &dropped);
    return fault;
}

/* Handing over */

/* The former key's last words: its checkpoint, which must be its own, behind its verifier key. */
static int former_put(struct ledger_log *log, struct ledger__txn *txn, struct base_bytes note,
                      struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) row = {0};
    struct ledger_checkpoint checkpoint;
    struct base_bytes there;
    uint8_t key[FORMER_KEY_LEN];
    uint64_t index = 0;
    if (note.len == 0)
        note = base_buf_bytes(&log->note);
    int fault = ledger_checkpoint_open(note, &log->verifier, &checkpoint, err);
    if (fault != 0)
        return fault;
    while (ledger__txn_get(txn, LEDGER__DB_META, former_key(index, key), &there))
        index++;
    ledger_canon_put_array(&row, 2);
    ledger_canon_put_text(&row, base_bytes_str(ledger_log_vkey(log)));
    ledger_canon_put_text(&row, note);
    if (row.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "handing a log over");
    ledger__txn_put(txn, LEDGER__DB_META, former_key(index, key), base_buf_bytes(&row), 0);
    return ledger__txn_check(txn, err);
}

static int next_read(const char *dir, struct next *out_next, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    *out_next = (struct next){.link = {.fd = -1}};
    int fault;
    if (ledger__file_exists(dir, FILE_NEXT_SIGNER)) {
        fault = ledger_signing_link_read_as(dir, FILE_NEXT_SIGNER, &out_next->link, &vkey, err);
        if (fault == 0)
            fault = ledger_vkey_parse(base_buf_bytes(&vkey), &out_next->key, err);
    } else {
        fault = ledger__signer_read(dir, FILE_NEXT, &out_next->signer, err);
        out_next->key = out_next->signer.key;
    }
    return fault;
}

static void next_wipe(struct next *next)
{
    ledger_signing_link_close(&next->link);
    ledger_note_signer_wipe(&next->signer);
}

/* A file's name in the log's folder, for the system. */
static const char *path_of(const struct ledger_log *log, const char *name, char out[PATH_MAX + 32])
{
    snprintf(out, PATH_MAX + 32, "%s/%s", log->dir, name);
    return out;
}

/* `published` becomes the new key's checkpoint, then the key or the way to it takes its place; a
 * key of our own that is no longer the log's goes. */
static int finish(struct ledger_log *log, bool to_signer, struct base_bytes note,
                  struct base_err *err)
{
    char from[PATH_MAX + 32], to[PATH_MAX + 32];
    path_of(log, to_signer ? FILE_NEXT_SIGNER : FILE_NEXT, from);
    path_of(log, to_signer ? LEDGER_SIGNING_FILE : LEDGER__FILE_KEY, to);
    int fault = ledger__file_replace(log->dir, LEDGER__FILE_PUBLISHED, note, err);
    if (fault == 0 && rename(from, to) != 0)
        fault = BASE_FAIL(err, BASE_E_IO, "renaming %s: errno %d", from, errno);
    if (fault == 0 && to_signer && unlink(path_of(log, LEDGER__FILE_KEY, to)) != 0 &&
        errno != ENOENT)
        fault = BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", to, errno);
    if (fault == 0) {
        errno = base_path_sync(log->dir);
        fault = errno == 0 ? 0 : BASE_FAIL(err, BASE_E_IO, "syncing %s: errno %d", log->dir, errno);
    }
    return fault;
}

/* Both a key and a signer: the crash came between the renaming and the removal, or somebody put a
 * key there. It goes only when the signer's key is the log's and this one is not. */
static int both_judge(struct ledger_log *log, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct ledger_signing_link link;
    struct ledger_note_signer own = {0};
    struct ledger_note_key key = {0};
    char path[PATH_MAX + 32];
    bool is_left =
        ledger_signing_link_read_as(log->dir, LEDGER_SIGNING_FILE, &link, &vkey, NULL) == 0 &&
        ledger_vkey_parse(base_buf_bytes(&vkey), &key, NULL) == 0 &&
        ledger_key_equal(&key.key, &log->verifier.key) &&
        ledger__signer_read(log->dir, LEDGER__FILE_KEY, &own, NULL) == 0 &&
        !ledger_key_equal(&own.key.key, &log->verifier.key);
    ledger_note_signer_wipe(&own);
    if (!is_left)
        return BASE_FAIL(err, BASE_E_STATE, "%s has both %s and %s: the key belongs to one of them",
                         log->dir, LEDGER__FILE_KEY, LEDGER_SIGNING_FILE);
    if (unlink(path_of(log, LEDGER__FILE_KEY, path)) != 0)
        return BASE_FAIL(err, BASE_E_IO, "removing %s: errno %d", path, errno);
    return 0;
}

int ledger__handover_recover(struct ledger_log *log, struct ledger__txn *txn, struct base_err *err)
{
    struct next next = {.link = {.fd = -1}};
    struct base_bytes note;
    bool to_signer = ledger__file_exists(log->dir, FILE_NEXT_SIGNER);
    int fault = 0;
    if ((to_signer || ledger__file_exists(log->dir, FILE_NEXT)) &&
        next_read(log->dir, &next, NULL) == 0 &&
        ledger_key_equal(&next.key.key, &log->verifier.key)) {
        fault = ledger__note_get(txn, &note, err);
        if (fault == 0)
            fault = finish(log, to_signer, note, err);
        if (fault == 0) {
            ledger_signing_link_close(&log->link);
            log->link = next.link;
            log->signer = next.signer;
            next.link.fd = -1;
        }
    }
    next_wipe(&next);
    if (fault == 0 && ledger__file_exists(log->dir, LEDGER_SIGNING_FILE) &&
        ledger__file_exists(log->dir, LEDGER__FILE_KEY))
        fault = both_judge(log, err);
    return fault;
}

/* The tree is committed, whoever signs it: nothing that a signer gives out here is ever taken back.
 */
static int head_ask(struct next *next, struct ledger__txn *txn, const struct ledger_head *head,
                    struct base_buf *note, struct base_err *err)
{
    struct ledger_nodes nodes = ledger__nodes_of(txn);
    struct ledger_signing_request request = {.asks_last = true};
    struct ledger_checkpoint last;
    snprintf(request.origin, sizeof request.origin, "%s", next->key.name);
    int fault = ledger_signing_ask(&next->link, &request, &next->key, &last, NULL, err);
    if (fault == 0 && last.size > head->size)
        fault = BASE_FAIL(err, BASE_E_STATE, "the signer has signed more than there is");
    if (fault != 0)
        return fault;
    request.asks_last = false;
    request.old_size = last.size;
    request.new_size = head->size;
    request.new_root = head->root;
    fault = ledger_tree_consistency(&nodes, last.size, head->size, request.path,
                                    &request.path_count, err);
    if (fault == 0)
        fault = ledger_signing_ask(&next->link, &request, &next->key, &last, note, err);
    if (fault == 0 && (last.size != head->size || !ledger_hash_equal(&last.root, &head->root)))
        fault =
            BASE_FAIL(err, BASE_E_CRYPTO, "the signer has signed another tree than it was asked");
    return fault;
}

/* One transaction: 0, LEDGER__STORE_GROW, or a fault; the note is the new key's checkpoint. */
static int attempt(struct ledger_log *log, const struct ledger_handover *handover,
                   struct next *next, struct base_buf *note, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct ledger__head head = {0};
    struct ledger__txn txn = {0};
    base_buf_reset(note);
    ledger_vkey_put(&next->key, &vkey);
    if (vkey.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "handing a log over");
    int answer = ledger__txn_begin(log->store, true, &txn, err);
    if (answer == 0)
        answer = former_put(log, &txn, handover->note, err);
    if (answer == 0)
        answer = cut(&txn, handover, &head, err);
    if (answer == 0)
        answer =
            ledger_signing_link_is_set(&next->link)
                ? head_ask(next, &txn, &head.head, note, err)
                : ledger_checkpoint_sign(head.head.size, &head.head.root, &next->signer, note, err);
    if (answer == 0) {
        ledger__vkey_put(&txn, base_buf_bytes(&vkey));
        ledger__head_put(&txn, &head, base_buf_bytes(note));
        return ledger__txn_commit(&txn, err);
    }
    ledger__txn_abort(&txn);
    return answer;
}

static int hand_over(struct ledger_log *log, const struct ledger_handover *handover,
                     struct next *next, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    bool to_signer = ledger_signing_link_is_set(&next->link);
    if (to_signer && handover->size != log->head.head.size)
        return BASE_FAIL(err, BASE_E_USAGE, "a log that is cut goes on under a key of its own");
    int answer = attempt(log, handover, next, &note, err);
    while (answer == LEDGER__STORE_GROW) {
        answer = ledger__store_grow(log->store, err);
        if (answer == 0)
            answer = attempt(log, handover, next, &note, err);
    }
    if (answer > 0)
        answer = BASE_FAIL(err, BASE_E_FULL, "no room to hand the log over");
    return answer == 0 ? finish(log, to_signer, base_buf_bytes(&note), err) : answer;
}

int ledger_handover(const char *dir, const struct ledger_handover *handover, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir};
    struct next next = {.link = {.fd = -1}};
    struct ledger_log *log = NULL;
    int fault = ledger__file_exists(dir, FILE_NEXT_SIGNER) ? 0 : own_key_check(dir, err);
    if (fault == 0)
        fault = ledger_log_open(&options, &log, err);
    if (fault == 0 && log->has_pending)
        fault = BASE_FAIL(
            err, BASE_E_STATE,
            "%s holds entries that no checkpoint signs yet: open it for writing first", dir);
    if (fault == 0)
        fault = ledger__lock_take(dir, LEDGER__FILE_LOCK, &log->lock_fd, err);
    if (fault == 0)
        fault = next_read(dir, &next, err);
    if (fault == 0 && ledger_key_equal(&next.key.key, &log->verifier.key))
        fault = BASE_FAIL(err, BASE_E_STATE, "the log is under that key already");
    if (fault == 0) { /* read-only until here: everything is there and as it should be */
        ledger__store_close(log->store);
        log->store = NULL;
        fault = ledger__store_open(log->env_dir, 0, NULL, &log->store, err);
    }
    if (fault == 0)
        fault = hand_over(log, handover, &next, err);
    next_wipe(&next);
    ledger_log_close(log);
    return fault;
}

int ledger_reader_former(struct ledger_reader *reader, uint64_t index, struct base_buf *out_vkey,
                         struct base_buf *out_note, struct base_err *err)
{
    uint8_t key[FORMER_KEY_LEN];
    struct base_bytes row;
    struct ledger_canon_value pair;
    bool found = ledger__txn_get(&reader->txn, LEDGER__DB_META, former_key(index, key), &row);
    int fault = ledger__txn_check(&reader->txn, err);
    if (fault != 0)
        return fault;
    if (!found)
        return BASE_FAIL(err, BASE_E_MISSING, "the log has had no such key");
    if (ledger_canon_check(row, &pair) != NULL || pair.type != LEDGER_CANON_ARRAY ||
        pair.count != 2)
        return BASE_FAIL(err, BASE_E_CORRUPT, "a former key is not what it should be");
    base_buf_put_bytes(out_vkey, ledger_canon_at(&pair, 0).bytes);
    base_buf_put_bytes(out_note, ledger_canon_at(&pair, 1).bytes);
    return out_vkey->failed || out_note->failed
               ? BASE_FAIL(err, BASE_E_MEMORY, "a former key of the log")
               : 0;
}
