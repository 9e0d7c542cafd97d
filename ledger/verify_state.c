/* What a verification keeps to go on later, as bytes. Whoever keeps them authenticates them; that
 * they do not contradict themselves is checked here. */
#include <assert.h>

#include "ledger/verify_parts.h"

/* What is kept to go on later:
 *     "letopis/verify/v1" 00 ‖ size ‖ root ‖ recorded time ‖ log id ‖ key count ‖
 *     (key ‖ counter) … ‖ the tree (ledger/history.h)
 * with numbers as eight bytes, big-endian. */
static const char state_head[] = "letopis/verify/v1";
#define STATE_HEAD_LEN (sizeof state_head + 8 + 2 * LEDGER_HASH_LEN + 8 + 8)

int ledger__verify_save(struct verifier *verifier, bool is_whole, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) state = {0};
    struct ledger_hash root;
    uint64_t size = verifier->history.size;
    if (verifier->options->save == NULL)
        return 0;
    int fault = ledger__history_root(&verifier->history, size, &root, err);
    if (fault != 0)
        return fault;
    base_buf_put(&state, state_head, sizeof state_head);
    base_buf_put_be64(&state, size);
    base_buf_put(&state, root.bytes, LEDGER_HASH_LEN);
    base_buf_put_be64(&state, (uint64_t)verifier->recorded_ms);
    base_buf_put(&state, verifier->report.log_id.bytes, LEDGER_HASH_LEN);
    base_buf_put_be64(&state, verifier->keys.count);
    for (uint64_t i = 0; i < verifier->keys.capacity; i++) {
        const struct ledger__key_row *row = &verifier->keys.rows[i];
        if (row->counter == 0)
            continue;
        base_buf_put(&state, row->key.bytes, LEDGER_KEY_LEN);
        base_buf_put_be64(&state, (uint64_t)row->counter);
    }
    fault = ledger__history_put(&verifier->history, &state, err);
    verifier->saved_size = size;
    return fault != 0 ? fault
                      : verifier->options->save(verifier->options->data, size,
                                                base_buf_bytes(&state), is_whole, err);
}

static struct base_bytes bytes_take(struct base_bytes *rest, size_t len)
{
    assert(rest->len >= len);
    struct base_bytes taken = base_bytes_of(rest->data, len);
    *rest = base_bytes_of(rest->data + len, rest->len - len);
    return taken;
}

static int keys_take(struct verifier *verifier, uint64_t count, struct base_bytes *rest,
                     struct base_err *err)
{
    for (uint64_t i = 0; i < count; i++) {
        struct ledger_key key;
        int64_t before = 0;
        if (rest->len < LEDGER_KEY_LEN + 8)
            return BASE_FAIL(err, BASE_E_FORMAT, "the state ends early");
        memcpy(key.bytes, bytes_take(rest, LEDGER_KEY_LEN).data, LEDGER_KEY_LEN);
        uint64_t counter = base_get_be64(bytes_take(rest, 8).data);
        if (counter == 0 || counter > INT64_MAX)
            return BASE_FAIL(err, BASE_E_FORMAT, "the state holds no counter");
        int fault = ledger__key_table_set(&verifier->keys, &key, (int64_t)counter, &before, err);
        if (fault != 0)
            return fault;
    }
    return 0;
}

int ledger__verify_resume(struct verifier *verifier, struct base_err *err)
{
    struct base_bytes rest = verifier->options->resume;
    struct ledger_hash root, again;
    if (rest.len == 0)
        return 0;
    if (rest.len < STATE_HEAD_LEN || memcmp(rest.data, state_head, sizeof state_head) != 0)
        return BASE_FAIL(err, BASE_E_FORMAT, "this is no state of a verification");
    (void)bytes_take(&rest, sizeof state_head);
    uint64_t size = base_get_be64(bytes_take(&rest, 8).data);
    memcpy(root.bytes, bytes_take(&rest, LEDGER_HASH_LEN).data, LEDGER_HASH_LEN);
    verifier->recorded_ms = (base_time_ms)base_get_be64(bytes_take(&rest, 8).data);
    memcpy(verifier->report.log_id.bytes, bytes_take(&rest, LEDGER_HASH_LEN).data, LEDGER_HASH_LEN);
    uint64_t key_count = base_get_be64(bytes_take(&rest, 8).data);
    if (size > INT64_MAX)
        return BASE_FAIL(err, BASE_E_FORMAT, "the state holds no size");
    int fault = keys_take(verifier, key_count, &rest, err);
    if (fault == 0)
        fault = ledger__history_take(&verifier->history, size, &rest, err);
    if (fault == 0)
        fault = ledger__history_root(&verifier->history, size, &again, err);
    if (fault != 0)
        return fault;
    if (rest.len != 0 || !ledger_hash_equal(&root, &again))
        return BASE_FAIL(err, BASE_E_FORMAT, "the state contradicts itself");
    verifier->report.resumed_count = verifier->saved_size = size;
    verifier->replayed.entry_count = size;
    verifier->replayed.recorded_ms = verifier->recorded_ms;
    return 0;
}
