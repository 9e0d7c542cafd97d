/* For auditors: the checkpoint, the tiles, proofs (C2SP tlog-checkpoint, tlog-tiles; RFC 6962).
 * Checkpoint and hash tiles tell nothing but hashes and are open to all. Entry bundles hold what
 * was written, under random ids; they are for auditors' sessions, or for all when the log is a
 * demonstration or the operator says so. One entry with its proof is for those who may read the
 * page that it is about, for its author, and for families when every cell in it is about their
 * child. */
#include <stdio.h>
#include <zlib.h>

#include "ledger/proof.h"
#include "ledger/tiles.h"
#include "net/api/routes.h"

#define FOREVER "max-age=31536000, immutable"
#define GZIP_WINDOW_BITS (15 + 16) /* zlib: 16 more asks for gzip's header */
#define GZIP_LEN_MIN 1024u         /* below it, compressing gains nothing */

/* The newest one, with the cosignatures that it has so far. */
void net_api_checkpoint_work(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) lines = {0};
    struct base_err err = {0};
    if (ledger_log_checkpoint(net_school_log(call->school), &call->out, &err) != 0) {
        net_call_fault(call, &err);
        return;
    }
    net_witnesses_put_lines(net_school_witnesses(call->school), base_buf_bytes(&call->out), &lines);
    base_buf_put_bytes(&call->out, base_buf_bytes(&lines));
}

/* The one that met the policy last: what a client who demands witnesses works with. */
void net_api_witnessed_work(struct net_call *call)
{
    net_witnesses_put_note(net_school_witnesses(call->school), &call->out);
    if (call->out.len == 0)
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
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

/* c2sp.org/tlog-tiles: "Entry bundles SHOULD be compressed at the HTTP layer"; hashes would not
 * become shorter. When it cannot be done the bytes go as they are. */
static void compress_out(struct net_call *call)
{
    struct base_buf packed = {0};
    z_stream stream = {0};
    if (call->out.len < GZIP_LEN_MIN || call->out.len > UINT32_MAX ||
        deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY) !=
            Z_OK)
        return;
    size_t room = deflateBound(&stream, call->out.len);
    uint8_t *to = base_buf_reserve(&packed, room);
    stream.next_in = call->out.data;
    stream.avail_in = (uInt)call->out.len;
    stream.next_out = to;
    stream.avail_out = to == NULL ? 0 : (uInt)room;
    bool done = to != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed.len = done ? stream.total_out : 0;
    deflateEnd(&stream);
    if (done) {
        base_buf_release(&call->out);
        call->out = packed;
        call->is_gzip = true;
    } else {
        base_buf_release(&packed);
    }
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
    if (rc == 0 && path.entries && net_request_accepts_gzip(call->request))
        compress_out(call);
}

/* A tile never changes, not even a partial one: the hashes that it has stay what they are. */
void net_api_tile_answer(struct net_call *call)
{
    net_response_header(call->request, "cache-control",
                        call->is_private ? "private, " FOREVER : "public, " FOREVER);
    net_response_header(call->request, "vary", "Accept-Encoding");
    if (call->is_gzip)
        net_response_header(call->request, "content-encoding", "gzip");
    net_response_send(call->request, 200, "application/octet-stream", base_buf_bytes(&call->out));
    net_call_free(call);
}

void net_api_put_path(struct base_buf *out, const struct ledger_hash *path, unsigned count)
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
    net_api_put_path(&call->out, path, count);
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

/* An entry and its proof under one checkpoint. */
struct evidence {
    ledger_seq seq;
    uint64_t size;          /* of the checkpoint */
    struct base_bytes note; /* the checkpoint */
    struct base_bytes entry;
    struct ledger_hash path[LEDGER_PROOF_LEN_MAX];
    unsigned path_count;
};

/* Fills in entry and path; what is not there, or not for whoever asks, is noted. */
static int find_evidence(struct net_call *call, struct ledger_reader *reader,
                         struct evidence *evidence, struct base_err *err)
{
    if (evidence->seq >= evidence->size) {
        net_call_error(call, NET_ERROR_NOT_FOUND, "seq");
        return 0;
    }
    int rc = ledger_reader_entry(reader, evidence->seq, &evidence->entry, err);
    if (rc == 0)
        rc = ledger_reader_inclusion(reader, evidence->seq, evidence->size, evidence->path,
                                     &evidence->path_count, err);
    if (rc == 0 && !may_read_entry(call, evidence->entry))
        net_call_error(call, NET_ERROR_FORBIDDEN, NULL);
    return rc;
}

static int put_proof(struct net_call *call, struct ledger_reader *reader, ledger_seq seq,
                     struct base_bytes note, uint64_t size, struct base_err *err)
{
    struct evidence evidence = {.seq = seq, .size = size, .note = note};
    int rc = find_evidence(call, reader, &evidence, err);
    if (rc != 0 || net_call_failed(call))
        return rc;
    ledger_canon_put_map(&call->out, 5);
    proj_put_seq(&call->out, "seq", seq);
    proj_put_int(&call->out, "size", (int64_t)size);
    net_api_put_path(&call->out, evidence.path, evidence.path_count);
    proj_put_text(&call->out, "checkpoint", note);
    proj_put_key(&call->out, "entry");
    ledger_canon_put_bin(&call->out, evidence.entry.data, evidence.entry.len);
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

/* A receipt to keep: the proof as a file, best under a checkpoint that the witnesses have cosigned;
 * for what is newer than that, under the log's own last one. */

static int size_of_note(struct base_bytes bytes, uint64_t *out_size, struct base_err *err)
{
    struct ledger_note note;
    struct ledger_checkpoint checkpoint;
    int rc = ledger_note_parse(bytes, &note, err);
    if (rc == 0)
        rc = ledger_checkpoint_parse(&note, &checkpoint, err);
    if (rc == 0)
        *out_size = checkpoint.size;
    return rc;
}

static int choose_checkpoint(struct net_call *call, ledger_seq seq, struct base_buf *note,
                             uint64_t *out_size, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) lines = {0};
    struct net_witnesses *witnesses = net_school_witnesses(call->school);
    net_witnesses_put_note(witnesses, note);
    if (note->len > 0 && size_of_note(base_buf_bytes(note), out_size, NULL) == 0 && *out_size > seq)
        return 0;
    base_buf_reset(note);
    int rc = ledger_log_checkpoint(net_school_log(call->school), note, err);
    if (rc == 0)
        rc = size_of_note(base_buf_bytes(note), out_size, err);
    net_witnesses_put_lines(witnesses, base_buf_bytes(note), &lines);
    base_buf_put_bytes(note, base_buf_bytes(&lines));
    return rc;
}

void net_api_receipt_work(struct net_call *call)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct base_err err = {0};
    struct evidence evidence = {0};
    struct ledger_reader *reader = NULL;
    int64_t seq;
    if (!net_call_query_int(call, "seq", 0, INT64_MAX, &seq))
        return;
    evidence.seq = (ledger_seq)seq;
    int rc = choose_checkpoint(call, evidence.seq, &note, &evidence.size, &err);
    evidence.note = base_buf_bytes(&note);
    if (rc == 0)
        rc = ledger_reader_open(net_school_log(call->school), &reader, &err);
    if (rc == 0)
        rc = find_evidence(call, reader, &evidence, &err);
    if (rc == 0 && !net_call_failed(call))
        rc = ledger_proof_put(evidence.entry, evidence.seq, evidence.path, evidence.path_count,
                              evidence.note, &call->out, &err);
    ledger_reader_close(reader);
    if (rc != 0)
        net_call_fault(call, &err);
}

void net_api_receipt_answer(struct net_call *call)
{
    char name[160];
    snprintf(name, sizeof name, "attachment; filename=\"%.64s-%.20s.tlog-proof\"",
             net_school_name(call->school), net_request_query(call->request, "seq"));
    net_response_header(call->request, "content-disposition", name);
    net_response_send(call->request, 200, "text/plain; charset=utf-8", base_buf_bytes(&call->out));
    net_call_free(call);
}

static void put_witness(struct base_buf *out, const struct net_witness_status *witness)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    ledger_vkey_put(witness->key, &vkey);
    ledger_canon_put_map(out, 7);
    proj_put_text(out, "name", base_bytes_str(witness->name));
    proj_put_text(out, "vkey", base_buf_bytes(&vkey));
    proj_put_key(out, "held");
    ledger_canon_put_bool(out, witness->held);
    proj_put_int(out, "size", (int64_t)witness->size);
    proj_put_int(out, "time", (int64_t)(witness->time_s * 1000));
    proj_put_key(out, "ahead");
    ledger_canon_put_bool(out, witness->is_ahead);
    proj_put_int(out, "failure", witness->failure);
}

void net_api_witnesses_work(struct net_call *call)
{
    struct net_witnesses_status status;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    unsigned held = 0;
    net_witnesses_status(net_school_witnesses(call->school), &status);
    net_witnesses_put_note(net_school_witnesses(call->school), &note);
    for (unsigned i = 0; i < status.count; i++)
        held += status.witnesses[i].held;
    ledger_canon_put_map(&call->out, 6);
    proj_put_int(&call->out, "needed", status.needed);
    proj_put_int(&call->out, "of", status.of);
    proj_put_int(&call->out, "held", held);
    proj_put_int(&call->out, "size", (int64_t)status.size);
    proj_put_text(&call->out, "checkpoint", base_buf_bytes(&note));
    proj_put_key(&call->out, "witnesses");
    ledger_canon_put_array(&call->out, status.count);
    for (unsigned i = 0; i < status.count; i++)
        put_witness(&call->out, &status.witnesses[i]);
}
