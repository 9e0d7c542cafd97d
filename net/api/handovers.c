/* Former keys of the log, each with what it signed last and, where that checkpoint covers it, the
 * entry by which root says which key follows (specs/ledger.md, "Handover"): a browser that has only
 * ever known a former key comes to the present one by them. Open to all. */
#include "ledger/checkpoint.h"
#include "ledger/handover.h"
#include "net/api/routes.h"

/* The first entry among the first `size` that names the key after `vkey`. */
struct naming {
    const char *vkey;
    uint64_t size;
    ledger_seq seq; /* NONE: there is none */
};

static bool is_naming(void *data, ledger_seq seq, const struct proj_continued *continued)
{
    struct naming *naming = data;
    if (seq < naming->size && strcmp(continued->from, naming->vkey) == 0)
        naming->seq = seq;
    return naming->seq == LEDGER_SEQ_NONE;
}

/* That entry, and its proof under the former key's checkpoint; both empty when the checkpoint does
 * not cover it. */
static int put_entry(struct net_call *call, const char *vkey, uint64_t size, struct base_err *err)
{
    struct ledger_reader *reader = call->view.reader;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    struct base_bytes entry = {0};
    struct naming naming = {.vkey = vkey, .size = size, .seq = LEDGER_SEQ_NONE};
    unsigned count = 0;
    int rc = 0;
    proj_each_continued(call->view.txn, is_naming, &naming);
    ledger_seq seq = naming.seq;
    if (seq != LEDGER_SEQ_NONE && size <= ledger_reader_size(reader)) {
        rc = ledger_reader_entry(reader, seq, &entry, err);
        if (rc == 0)
            rc = ledger_reader_inclusion(reader, seq, size, path, &count, err);
    } else {
        seq = LEDGER_SEQ_NONE;
    }
    if (rc != 0)
        return rc;
    proj_put_seq(&call->out, "seq", seq);
    proj_put_key(&call->out, "entry");
    ledger_canon_put_bin(&call->out, entry.data, entry.len);
    net_api_put_path(&call->out, path, count);
    return 0;
}

static int put_former(struct net_call *call, struct base_buf *vkey, struct base_buf *note,
                      struct base_err *err)
{
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    if (base_buf_text(vkey) == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "a former key");
    int rc = ledger_vkey_parse(base_buf_bytes(vkey), &key, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(note), &key, &checkpoint, err);
    if (rc != 0)
        return rc;
    ledger_canon_put_map(&call->out, 5);
    proj_put_str(&call->out, "vkey", (const char *)vkey->data);
    proj_put_text(&call->out, "checkpoint", base_buf_bytes(note));
    return put_entry(call, (const char *)vkey->data, checkpoint.size, err);
}

void net_api_handovers_work(struct net_call *call)
{
    struct base_err err = {0};
    uint32_t count = 0;
    int rc = 0;
    ledger_canon_put_map(&call->out, 1);
    proj_put_key(&call->out, "handovers");
    size_t at = proj_array_begin(&call->out);
    while (rc == 0) {
        struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
        rc = ledger_reader_former(call->view.reader, count, &vkey, &note, &err);
        if (rc == BASE_E_MISSING)
            break;
        if (rc == 0)
            rc = put_former(call, &vkey, &note, &err);
        count += rc == 0;
    }
    proj_array_end(&call->out, at, count);
    if (rc != 0 && rc != BASE_E_MISSING)
        net_call_fault(call, &err);
}
