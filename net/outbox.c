/* Three databases in one environment: id → record; due time and id → nothing, for what waits; and
 * how far the log was read. They change in one transaction, so a crash leaves either all of a step
 * or nothing of it. */
#include "net/outbox.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAP_SIZE ((size_t)1 << 30) /* address space: some millions of messages */
#define RECORD_VERSION 1u
#define DUE_KEY_LEN (8u + PROJ_CAUSE_ID_LEN)
#define WEEK_NONE INT32_MIN

enum {
    FIELD_VERSION,
    FIELD_STATE,
    FIELD_WAY,
    FIELD_WANTS,
    FIELD_ATTEMPTS,
    FIELD_STATUS,
    FIELD_REPEATED,
    FIELD_SEQ,
    FIELD_WEEK,
    FIELD_QUEUED,
    FIELD_NEXT,
    FIELD_DONE,
    FIELD_COUNT,
    AT_ACCOUNT = 8 * FIELD_COUNT,
    AT_PUPIL = AT_ACCOUNT + (int)LEDGER_ID_LEN,
    AT_REASON = AT_PUPIL + (int)LEDGER_ID_LEN,
    RECORD_LEN = AT_REASON + 16,
};

struct net_outbox {
    MDB_env *env;
    MDB_dbi messages, due, marks;
    struct ledger_hash log_id;
    ledger_seq cursor;
    base_day week;
};

static int fail_store(struct base_err *err, int code, const char *what)
{
    int fault = code == ENOSPC || code == MDB_MAP_FULL ? BASE_E_FULL
                : code == MDB_CORRUPTED                ? BASE_E_CORRUPT
                : code == ENOMEM                       ? BASE_E_MEMORY
                                                       : BASE_E_IO;
    return BASE_FAIL(err, fault, "outbox: %s: %s", what, mdb_strerror(code));
}

/* Records */

static void encode(const struct net_message *m, uint8_t out[RECORD_LEN])
{
    const uint64_t fields[FIELD_COUNT] = {
        [FIELD_VERSION] = RECORD_VERSION,       [FIELD_STATE] = (uint64_t)m->state,
        [FIELD_WAY] = (uint64_t)m->way,         [FIELD_WANTS] = m->cause.wants,
        [FIELD_ATTEMPTS] = m->attempts,         [FIELD_STATUS] = (uint64_t)m->status,
        [FIELD_REPEATED] = m->repeated,         [FIELD_SEQ] = m->cause.seq,
        [FIELD_WEEK] = (uint64_t)m->cause.week, [FIELD_QUEUED] = (uint64_t)m->queued_ms,
        [FIELD_NEXT] = (uint64_t)m->next_ms,    [FIELD_DONE] = (uint64_t)m->done_ms,
    };
    for (int i = 0; i < FIELD_COUNT; i++)
        base_set_be64(out + 8 * i, fields[i]);
    memcpy(out + AT_ACCOUNT, m->cause.account, LEDGER_ID_LEN);
    memcpy(out + AT_PUPIL, m->cause.pupil, LEDGER_ID_LEN);
    memcpy(out + AT_REASON, m->reason, 16);
}

static bool decode(const MDB_val *key, const MDB_val *value, struct net_message *m)
{
    uint64_t fields[FIELD_COUNT];
    const uint8_t *in = value->mv_data;
    if (key->mv_size != PROJ_CAUSE_ID_LEN || value->mv_size != RECORD_LEN)
        return false;
    for (int i = 0; i < FIELD_COUNT; i++)
        fields[i] = base_get_be64(in + 8 * i);
    *m = (struct net_message){.cause = {.wants = (uint8_t)fields[FIELD_WANTS],
                                        .seq = fields[FIELD_SEQ],
                                        .week = (base_day)fields[FIELD_WEEK]},
                              .state = (enum net_message_state)fields[FIELD_STATE],
                              .way = (enum net_message_way)fields[FIELD_WAY],
                              .attempts = (unsigned)fields[FIELD_ATTEMPTS],
                              .status = (int64_t)fields[FIELD_STATUS],
                              .repeated = fields[FIELD_REPEATED] != 0,
                              .queued_ms = (base_time_ms)fields[FIELD_QUEUED],
                              .next_ms = (base_time_ms)fields[FIELD_NEXT],
                              .done_ms = (base_time_ms)fields[FIELD_DONE]};
    memcpy(m->id, key->mv_data, PROJ_CAUSE_ID_LEN);
    memcpy(m->cause.account, in + AT_ACCOUNT, LEDGER_ID_LEN);
    memcpy(m->cause.pupil, in + AT_PUPIL, LEDGER_ID_LEN);
    memcpy(m->reason, in + AT_REASON, 16);
    m->reason[15] = '\0';
    return fields[FIELD_VERSION] == RECORD_VERSION;
}

static void due_key(const struct net_message *m, uint8_t out[DUE_KEY_LEN])
{
    base_set_be64(out, (uint64_t)m->next_ms);
    memcpy(out + 8, m->id, PROJ_CAUSE_ID_LEN);
}

bool net_message_is_done(enum net_message_state state)
{
    return state >= NET_MESSAGE_SENT;
}

/* Marks: how far */

static int mark_get(struct net_outbox *outbox, MDB_txn *txn, const char *name, void *out,
                    size_t size)
{
    MDB_val key = {.mv_size = strlen(name), .mv_data = (void *)(uintptr_t)name};
    MDB_val value;
    int code = mdb_get(txn, outbox->marks, &key, &value);
    if (code == 0 && value.mv_size != size)
        return MDB_CORRUPTED;
    if (code == 0)
        memcpy(out, value.mv_data, size);
    return code;
}

static int mark_put(struct net_outbox *outbox, MDB_txn *txn, const char *name, const void *data,
                    size_t size)
{
    MDB_val key = {.mv_size = strlen(name), .mv_data = (void *)(uintptr_t)name};
    MDB_val value = {.mv_size = size, .mv_data = (void *)(uintptr_t)data};
    return mdb_put(txn, outbox->marks, &key, &value, 0);
}

static int put_position(struct net_outbox *outbox, MDB_txn *txn, ledger_seq cursor, base_day week)
{
    uint8_t bytes[16];
    base_set_be64(bytes, cursor);
    base_set_be64(bytes + 8, (uint64_t)(int64_t)week);
    return mark_put(outbox, txn, "position", bytes, sizeof bytes);
}

static int get_position(struct net_outbox *outbox, MDB_txn *txn, ledger_seq *out_cursor,
                        base_day *out_week)
{
    uint8_t bytes[16];
    int code = mark_get(outbox, txn, "position", bytes, sizeof bytes);
    if (code == 0) {
        *out_cursor = base_get_be64(bytes);
        *out_week = (base_day)(int64_t)base_get_be64(bytes + 8);
    }
    return code;
}

/* Life */

static int open_databases(struct net_outbox *outbox, bool read_only, ledger_seq size,
                          struct base_err *err)
{
    const unsigned create = read_only ? 0 : MDB_CREATE;
    MDB_txn *txn = NULL;
    struct ledger_hash log_id;
    int rc = 0;
    int code = mdb_txn_begin(outbox->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (code == 0)
        code = mdb_dbi_open(txn, "messages", create, &outbox->messages);
    if (code == 0)
        code = mdb_dbi_open(txn, "due", create, &outbox->due);
    if (code == 0)
        code = mdb_dbi_open(txn, "marks", create, &outbox->marks);
    if (code == 0)
        code = mark_get(outbox, txn, "log", log_id.bytes, sizeof log_id.bytes);
    if (code == MDB_NOTFOUND && !read_only) {
        outbox->cursor = size;
        outbox->week = WEEK_NONE;
        code = mark_put(outbox, txn, "log", outbox->log_id.bytes, LEDGER_HASH_LEN);
        if (code == 0)
            code = put_position(outbox, txn, outbox->cursor, outbox->week);
    } else if (code == 0) {
        code = get_position(outbox, txn, &outbox->cursor, &outbox->week);
        if (code == 0 && (memcmp(log_id.bytes, outbox->log_id.bytes, LEDGER_HASH_LEN) != 0 ||
                          outbox->cursor > size))
            rc = BASE_FAIL(err, BASE_E_STATE,
                           "the outbox belongs to another log, or this log is an older copy: a "
                           "family might be told twice; if that is meant, remove the folder "
                           "\"outbox\"");
    }
    if (code != 0 || rc != 0) {
        mdb_txn_abort(txn);
        return rc != 0 ? rc : fail_store(err, code, "databases");
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? 0 : fail_store(err, code, "databases");
}

int net_outbox_open(const char *dir, bool read_only, const struct ledger_hash *log_id,
                    ledger_seq size, struct net_outbox **out_outbox, struct base_err *err)
{
    char path[4000];
    struct stat st;
    snprintf(path, sizeof path, "%.3900s/outbox", dir);
    if (read_only && stat(path, &st) != 0)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: there is no outbox", dir);
    if (!read_only && mkdir(path, 0700) != 0 && errno != EEXIST)
        return BASE_FAIL(err, BASE_E_IO, "outbox: %s: %s", path, strerror(errno));
    struct net_outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "outbox");
    outbox->log_id = *log_id;
    int code = mdb_env_create(&outbox->env);
    if (code == 0)
        code = mdb_env_set_mapsize(outbox->env, MAP_SIZE);
    if (code == 0)
        code = mdb_env_set_maxdbs(outbox->env, 3);
    if (code == 0)
        code = mdb_env_open(outbox->env, path, MDB_NOTLS | (read_only ? MDB_RDONLY : 0), 0600);
    int rc = code == 0 ? open_databases(outbox, read_only, size, err) : fail_store(err, code, path);
    if (rc == 0)
        *out_outbox = outbox;
    else
        net_outbox_close(outbox);
    return rc;
}

void net_outbox_close(struct net_outbox *outbox)
{
    if (outbox == NULL)
        return;
    mdb_env_close(outbox->env);
    free(outbox);
}

ledger_seq net_outbox_cursor(const struct net_outbox *outbox)
{
    return outbox->cursor;
}

base_day net_outbox_week(const struct net_outbox *outbox)
{
    return outbox->week;
}

/* Changes */

static int put_message(struct net_outbox *outbox, MDB_txn *txn, const struct net_message *m,
                       unsigned flags)
{
    uint8_t record[RECORD_LEN];
    uint8_t at[DUE_KEY_LEN];
    MDB_val key = {.mv_size = sizeof m->id, .mv_data = (void *)(uintptr_t)m->id};
    MDB_val value = {.mv_size = sizeof record, .mv_data = record};
    MDB_val due = {.mv_size = sizeof at, .mv_data = at};
    MDB_val nothing = {0};
    encode(m, record);
    due_key(m, at);
    int code = mdb_put(txn, outbox->messages, &key, &value, flags);
    if (code == 0 && !net_message_is_done(m->state))
        code = mdb_put(txn, outbox->due, &due, &nothing, 0);
    return code;
}

static int forget_due(struct net_outbox *outbox, MDB_txn *txn, const uint8_t id[PROJ_CAUSE_ID_LEN])
{
    struct net_message old;
    uint8_t at[DUE_KEY_LEN];
    MDB_val key = {.mv_size = PROJ_CAUSE_ID_LEN, .mv_data = (void *)(uintptr_t)id};
    MDB_val value;
    MDB_val due = {.mv_size = sizeof at, .mv_data = at};
    int code = mdb_get(txn, outbox->messages, &key, &value);
    if (code != 0)
        return code;
    if (!decode(&key, &value, &old))
        return MDB_CORRUPTED;
    due_key(&old, at);
    code = mdb_del(txn, outbox->due, &due, NULL);
    return code == MDB_NOTFOUND ? 0 : code;
}

int net_outbox_take(struct net_outbox *outbox, const struct proj_cause *causes, size_t count,
                    ledger_seq cursor, base_day week, base_time_ms now_ms, struct base_err *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(outbox->env, NULL, 0, &txn);
    for (size_t i = 0; code == 0 && i < count; i++) {
        struct net_message message = {.cause = causes[i],
                                      .state = NET_MESSAGE_QUEUED,
                                      .queued_ms = now_ms,
                                      .next_ms = now_ms};
        proj_cause_id(&outbox->log_id, &causes[i], message.id);
        code = put_message(outbox, txn, &message, MDB_NOOVERWRITE);
        if (code == MDB_KEYEXIST)
            code = 0;
    }
    if (code == 0)
        code = put_position(outbox, txn, cursor, week);
    if (code != 0)
        mdb_txn_abort(txn);
    else
        code = mdb_txn_commit(txn);
    if (code != 0)
        return fail_store(err, code, "queue");
    outbox->cursor = cursor;
    outbox->week = week;
    return 0;
}

int net_outbox_note(struct net_outbox *outbox, const struct net_message *message,
                    struct base_err *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(outbox->env, NULL, 0, &txn);
    if (code == 0)
        code = forget_due(outbox, txn, message->id);
    if (code == 0)
        code = put_message(outbox, txn, message, 0);
    if (code != 0)
        mdb_txn_abort(txn);
    else
        code = mdb_txn_commit(txn);
    return code == 0 ? 0 : fail_store(err, code, "note");
}

int net_outbox_due(struct net_outbox *outbox, base_time_ms now_ms, bool *out_found,
                   struct net_message *out_message, base_time_ms *out_next_ms, struct base_err *err)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    *out_found = false;
    *out_next_ms = INT64_MAX;
    int code = mdb_txn_begin(outbox->env, NULL, MDB_RDONLY, &txn);
    if (code == 0)
        code = mdb_cursor_open(txn, outbox->due, &cursor);
    if (code == 0)
        code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    if (code == 0 && key.mv_size == DUE_KEY_LEN) {
        const uint8_t *at = key.mv_data;
        *out_next_ms = (base_time_ms)base_get_be64(at);
        if (*out_next_ms <= now_ms) {
            MDB_val id = {.mv_size = PROJ_CAUSE_ID_LEN, .mv_data = (void *)(uintptr_t)(at + 8)};
            code = mdb_get(txn, outbox->messages, &id, &value);
            if (code == 0 && !decode(&id, &value, out_message))
                code = MDB_CORRUPTED;
            *out_found = code == 0;
        }
    }
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return code == 0 || code == MDB_NOTFOUND ? 0 : fail_store(err, code, "due");
}

int net_outbox_prune(struct net_outbox *outbox, base_time_ms before_ms, struct base_err *err)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_txn_begin(outbox->env, NULL, 0, &txn);
    if (code == 0)
        code = mdb_cursor_open(txn, outbox->messages, &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        struct net_message message;
        if (!decode(&key, &value, &message))
            code = MDB_CORRUPTED;
        else if (net_message_is_done(message.state) && message.done_ms < before_ms)
            code = mdb_cursor_del(cursor, 0);
    }
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    return code == 0 ? 0 : fail_store(err, code, "prune");
}

int net_outbox_each(struct net_outbox *outbox,
                    void (*each)(void *data, const struct net_message *message), void *data,
                    struct base_err *err)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_txn_begin(outbox->env, NULL, MDB_RDONLY, &txn);
    if (code == 0)
        code = mdb_cursor_open(txn, outbox->messages, &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        struct net_message message;
        if (decode(&key, &value, &message))
            each(data, &message);
        else
            code = MDB_CORRUPTED;
    }
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    return code == MDB_NOTFOUND ? 0 : fail_store(err, code, "messages");
}

const char *net_message_state_name(enum net_message_state state)
{
    static const char *const names[] = {"",       "queued",  "sending",   "handing", "sent",
                                        "failed", "expired", "cancelled", "unknown"};
    return (size_t)state < sizeof names / sizeof names[0] ? names[state] : "";
}

const char *net_message_way_name(enum net_message_way way)
{
    return way == NET_WAY_MAIL ? "mail" : way == NET_WAY_SMS ? "sms" : "";
}
