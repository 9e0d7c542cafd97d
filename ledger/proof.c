/* Proofs as files: lines, read in their order, each in its one spelling. What can fail: the text is
 * a stranger's; parsing says whether it is a proof at all, checking whether it proves anything. */
#include "ledger/proof.h"

#include <assert.h>

static const struct base_bytes first_line = {(const uint8_t *)"c2sp.org/tlog-proof@v1", 22};
static const struct base_bytes extra_word = {(const uint8_t *)"extra ", 6};
static const struct base_bytes index_word = {(const uint8_t *)"index ", 6};

int ledger_proof_put(struct base_bytes entry, ledger_seq seq, const struct ledger_hash *path,
                     unsigned path_count, struct base_bytes note, struct base_buf *out_text,
                     struct base_err *err)
{
    assert(path_count <= LEDGER_PROOF_LEN_MAX);
    base_buf_put_bytes(out_text, first_line);
    base_buf_put_str(out_text, "\n");
    base_buf_put_bytes(out_text, extra_word);
    base_buf_put_base64(out_text, entry);
    base_buf_printf(out_text, "\nindex %llu\n", (unsigned long long)seq);
    for (unsigned i = 0; i < path_count; i++) {
        base_buf_put_base64(out_text, base_bytes_of(path[i].bytes, LEDGER_HASH_LEN));
        base_buf_put_str(out_text, "\n");
    }
    base_buf_put_str(out_text, "\n");
    base_buf_put_bytes(out_text, note);
    if (out_text->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "proof: no room for the text");
    return 0;
}

static bool line_take(struct base_bytes *rest, struct base_bytes *out_line)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, '\n', rest->len);
    if (end == NULL)
        return false;
    *out_line = base_bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = base_bytes_of(end + 1, rest->len - out_line->len - 1);
    return true;
}

/* Takes a line that begins with `word` and gives what follows it. */
static bool word_take(struct base_bytes *rest, struct base_bytes word, struct base_bytes *out_value)
{
    struct base_bytes line;
    if (!line_take(rest, &line) || line.len < word.len ||
        memcmp(line.data, word.data, word.len) != 0)
        return false;
    *out_value = base_bytes_of(line.data + word.len, line.len - word.len);
    return true;
}

static bool number_read(struct base_bytes text, uint64_t *out_number)
{
    uint64_t number = 0;
    if (text.len == 0 || text.len > 18 || (text.len > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out_number = number;
    return true;
}

/* Reads hashes up to the empty line. */
static bool path_take(struct base_bytes *rest, struct ledger_proof *proof)
{
    struct base_bytes line;
    while (line_take(rest, &line)) {
        if (line.len == 0)
            return true;
        struct base_buf BASE_CLEANUP(base_buf_release) hash = {0};
        if (proof->path_count == LEDGER_PROOF_LEN_MAX || !base_buf_put_unbase64(&hash, line) ||
            hash.len != LEDGER_HASH_LEN)
            return false;
        memcpy(proof->path[proof->path_count++].bytes, hash.data, LEDGER_HASH_LEN);
    }
    return false;
}

int ledger_proof_parse(struct base_bytes text, struct ledger_proof *out_proof, struct base_err *err)
{
    struct ledger_proof proof = {.entry.limit = LEDGER_ENTRY_LEN_MAX + 2};
    struct base_bytes rest = text;
    struct base_bytes line;
    struct base_bytes extra;
    struct base_bytes index;
    bool holds = text.len <= LEDGER_PROOF_TEXT_LEN_MAX && line_take(&rest, &line) &&
                 base_bytes_equal(line, first_line);
    struct base_bytes after = rest;
    if (holds && word_take(&after, extra_word, &extra)) {
        rest = after;
        holds = base_buf_put_unbase64(&proof.entry, extra) && proof.entry.len > 0 &&
                proof.entry.len <= LEDGER_ENTRY_LEN_MAX;
    }
    holds = holds && word_take(&rest, index_word, &index) && number_read(index, &proof.seq) &&
            path_take(&rest, &proof) && rest.len > 0;
    if (!holds) {
        ledger_proof_release(&proof);
        return BASE_FAIL(err, BASE_E_FORMAT, "not a proof");
    }
    proof.note = rest;
    *out_proof = proof;
    return 0;
}

void ledger_proof_release(struct ledger_proof *proof)
{
    base_buf_release(&proof->entry);
}

int ledger_proof_check(const struct ledger_proof *proof, const struct ledger_note_key *key,
                       struct ledger_checkpoint *out_checkpoint, struct base_err *err)
{
    struct ledger_checkpoint checkpoint;
    struct ledger_hash leaf;
    if (proof->entry.len == 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "the proof comes without its entry");
    int fault = ledger_checkpoint_open(proof->note, key, &checkpoint, err);
    if (fault != 0)
        return fault;
    ledger_tree_leaf(base_buf_bytes(&proof->entry), &leaf);
    if (!ledger_proof_verify_inclusion(&leaf, proof->seq, checkpoint.size, proof->path,
                                       proof->path_count, &checkpoint.root))
        return BASE_FAIL(err, BASE_E_CRYPTO, "the entry is not at %llu of this log",
                         (unsigned long long)proof->seq);
    if (out_checkpoint != NULL)
        *out_checkpoint = checkpoint;
    return 0;
}
