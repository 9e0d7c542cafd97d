/* For auditors: the checkpoint, the tiles, proofs (C2SP tlog-checkpoint, tlog-tiles; RFC 6962).
 * Checkpoint and hash tiles tell nothing but hashes and are open to all. Entry bundles hold what
 * was written, under random ids; they are for auditors' sessions, or for all when the log is a
 * demonstration or the operator says so. One entry with its proof is for those who may read the
 * page that it is about, for its author, and for families when every cell in it is about their
 * child. */
#include "ledger/checkpoint.h"
#include "ledger/tiles.h"
#include "net/api/routes.h"

#define FOREVER "max-age=31536000, immutable"

void net_api_checkpoint_work(struct net_call *call)
{
    struct base_err err = {0};
    if (ledger_log_checkpoint(net_school_log(call->school), &call->out, &err) != 0)
        net_call_fault(call, &err);
}

void net_api_checkpoint_answer(struct net_call *call)
{
    net_response_header(call->request, "cache-control", "no-cache");
    net_response_send(call->request, 200, "text/plain; charset=utf-8", base_buf_bytes(&call->out));
    net_call_free(call);
}

/* Who may read every entry: everybody, or who is asking? */
static bool entries_are_public(struct net_call *call)
{
    struct proj_school school;
    return net_app_has_public_entries(call->app) ||
           (proj_school_find(call->view.txn, &school) && school.demo);
}

static bool reads_all_entries(struct net_call *call)
{
    return entries_are_public(call) ||
           (call->has_session &&
            proj_has_role(call->view.txn, call->view.account, PROJ_ROLE_AUDITOR, NULL,
                          proj_view_today(&call->view), LEDGER_SEQ_NONE));
}

static bool parse_tile(struct net_call *call, struct ledger_tile_path *out_path)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_put_str(&text, "tile/");
    base_buf_put_str(&text, net_request_param(call->request, "rest"));
    return !text.failed && ledger_tile_path_parse(base_buf_bytes(&text), out_path);
}

void net_api_tile_work(struct net_call *call)
{
    struct ledger_tile_path path;
    struct base_err err = {0};
    if (!parse_tile(call, &path)) {
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "path");
        return;
    }
    if (path.entries && !reads_all_entries(call)) {
        net_call_error(call, NET_ERROR_FORBIDDEN, NULL);
        return;
    }
    int rc = path.entries
                 ? ledger_reader_bundle(call->view.reader, path.index, path.width, &call->out, &err)
                 : ledger_reader_tile(call->view.reader, path.level, path.index, path.width,
                                      &call->out, &err);
    if (rc == BASE_E_MISSING)
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
    else if (rc != 0)
        net_call_fault(call, &err);
    else
        call->is_private = path.entries && !entries_are_public(call);
}

/* A tile never changes, not even a partial one: the hashes that it has stay what they are. */
void net_api_tile_answer(struct net_call *call)
{
    net_response_header(call->request, "cache-control",
                        call->is_private ? "private, " FOREVER : "public, " FOREVER);
    net_response_send(call->request, 200, "application/octet-stream", base_buf_bytes(&call->out));
    net_call_free(call);
}

static void put_path(struct base_buf *out, const struct ledger_hash *path, unsigned count)
{
    proj_put_key(out, "path");
    ledger_canon_put_array(out, count);
    for (unsigned i = 0; i < count; i++)
        ledger_canon_put_bin(out, path[i].bytes, LEDGER_HASH_LEN);
}

void net_api_consistency_work(struct net_call *call)
{
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    struct base_err err = {0};
    unsigned count = 0;
    int64_t old_size, new_size;
    int64_t size = (int64_t)ledger_reader_size(call->view.reader);
    if (!net_call_query_int(call, "new", 0, size, &new_size) ||
        !net_call_query_int(call, "old", 0, new_size, &old_size))
        return;
    if (old_size > 0 && ledger_reader_consistency(call->view.reader, (uint64_t)old_size,
                                                  (uint64_t)new_size, path, &count, &err) != 0) {
        net_call_fault(call, &err);
        return;
    }
    ledger_canon_put_map(&call->out, 3);
    proj_put_int(&call->out, "old", old_size);
    proj_put_int(&call->out, "new", new_size);
    put_path(&call->out, path, count);
}

/* One entry and its proof */

/* Every cell names a pupil first (specs/events.md); none, or one without: not for families. */
static bool reads_all_cells(struct net_call *call, const struct ledger_canon_value *body)
{
    struct ledger_canon_value cells = ledger_canon_get(body, "cells");
    struct ledger_canon_value cell;
    if (cells.type != LEDGER_CANON_ARRAY || cells.count == 0)
        return false;
    struct ledger_canon_reader reader = ledger_canon_reader_of(cells.bytes);
    while (ledger_canon_step(&reader, &cell)) {
        struct ledger_canon_value pupil = ledger_canon_at(&cell, 0);
        if (!ledger_canon_is_bin(&pupil, LEDGER_ID_LEN) ||
            !proj_may_read_pupil(&call->view, pupil.bytes.data))
            return false;
    }
    return true;
}

static bool reads_page_of(struct net_call *call, const struct ledger_canon_value *body)
{
    struct ledger_canon_value lesson = ledger_canon_get(body, "lesson");
    struct ledger_canon_value group = ledger_canon_get(body, "group");
    struct ledger_canon_value subject = ledger_canon_get(body, "subject");
    struct proj_lesson facts;
    if (ledger_canon_is_bin(&group, LEDGER_ID_LEN) && ledger_canon_is_bin(&subject, LEDGER_ID_LEN))
        return proj_may_read_page(&call->view, group.bytes.data, subject.bytes.data);
    return ledger_canon_is_bin(&lesson, LEDGER_ID_LEN) &&
           proj_find_lesson(&call->view, lesson.bytes.data, &facts) &&
           proj_may_read_page(&call->view, facts.group, facts.subject);
}

static bool may_read_entry(struct net_call *call, struct base_bytes bytes)
{
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    struct proj_actor author;
    if (reads_all_entries(call) || proj_reads_as_officer(&call->view))
        return true;
    if (ledger_entry_parse(bytes, &entry, NULL) != 0 ||
        ledger_event_parse(entry.event_bytes, &event, &refusal) != 0)
        return false;
    bool own = proj_actor_find(call->view.txn, &event.key, LEDGER_SEQ_NONE, &author) &&
               memcmp(author.account, call->view.account, LEDGER_ID_LEN) == 0;
    return own || reads_page_of(call, &event.body) || reads_all_cells(call, &event.body);
}

static int put_proof(struct net_call *call, struct ledger_reader *reader, ledger_seq seq,
                     struct base_bytes note, uint64_t size, struct base_err *err)
{
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    struct base_bytes entry;
    unsigned count = 0;
    if (seq >= size) {
        net_call_error(call, NET_ERROR_NOT_FOUND, "seq");
        return 0;
    }
    int rc = ledger_reader_entry(reader, seq, &entry, err);
    if (rc == 0)
        rc = ledger_reader_inclusion(reader, seq, size, path, &count, err);
    if (rc != 0)
        return rc;
    if (!may_read_entry(call, entry)) {
        net_call_error(call, NET_ERROR_FORBIDDEN, NULL);
        return 0;
    }
    ledger_canon_put_map(&call->out, 5);
    proj_put_seq(&call->out, "seq", seq);
    proj_put_int(&call->out, "size", (int64_t)size);
    put_path(&call->out, path, count);
    proj_put_text(&call->out, "checkpoint", note);
    proj_put_key(&call->out, "entry");
    ledger_canon_put_bin(&call->out, entry.data, entry.len);
    return 0;
}

/* The checkpoint is taken first and the reader after it, so that the reader knows its size. */
void net_api_proof_work(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct base_err err = {0};
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    struct ledger_reader *reader = NULL;
    int64_t seq;
    if (!net_call_query_int(call, "seq", 0, INT64_MAX, &seq))
        return;
    int rc = ledger_log_checkpoint(net_school_log(call->school), &bytes, &err);
    if (rc == 0)
        rc = ledger_note_parse(base_buf_bytes(&bytes), &note, &err);
    if (rc == 0)
        rc = ledger_checkpoint_parse(&note, &checkpoint, &err);
    if (rc == 0)
        rc = ledger_reader_open(net_school_log(call->school), &reader, &err);
    if (rc == 0)
        rc =
            put_proof(call, reader, (ledger_seq)seq, base_buf_bytes(&bytes), checkpoint.size, &err);
    ledger_reader_close(reader);
    if (rc != 0)
        net_call_fault(call, &err);
}
