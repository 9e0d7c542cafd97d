/* What may be asked without a session when a key turns out to be known to others: why it signs no
 * more, and what an emergency slip would sign. Whoever asks names a public key; the answer tells
 * positions, counts and ids of events, never what is in them. */
#include "net/api/routes.h"
#include "net/limits.h"
#include "projections/deadlines.h"
#include "projections/voiding.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of year 9999 */

/* The report that closed the key, or the one that it descends from. */
struct closing {
    struct proj_report report;
    bool found;
};

static void find_closing(struct net_call *call, const struct proj_actor *actor, struct closing *out)
{
    struct proj_key prefix = proj_key_of('X');
    struct proj_fact fact;
    *out = (struct closing){0};
    struct proj_scan *scan = proj_scan_open(call->view.txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (!out->found && proj_scan_next_version(scan, &fact)) {
        if (fact.value.len != sizeof out->report)
            continue;
        memcpy(&out->report, fact.value.data, sizeof out->report);
        out->found = ledger_key_equal(&out->report.target, &actor->key) ||
                     ledger_key_equal(&out->report.target, &actor->parent);
    }
    proj_scan_close(scan);
}

/* A key by what was ever enrolled: one whose enrolment an act has struck out is asked about, too.
 */
static bool find_key(struct net_call *call, const struct ledger_key *key, struct proj_actor *out)
{
    struct proj_key_fact value;
    struct proj_fact fact;
    struct proj_key fact_key = proj_key_key(key);
    if (!proj_fact_get_any(call->view.txn, &fact_key, LEDGER_SEQ_NONE, &fact) ||
        fact.value.len != sizeof value)
        return false;
    memcpy(&value, fact.value.data, sizeof value);
    *out = (struct proj_actor){.key = *key,
                               .kind = (enum proj_key_kind)value.kind,
                               .parent = value.kind == PROJ_KEY_SESSION ? value.parent : *key,
                               .expires_ms = value.expires_ms,
                               .seq = fact.seq};
    memcpy(out->account, value.account, LEDGER_ID_LEN);
    return true;
}

static int state_of(struct net_call *call, const struct proj_actor *actor)
{
    if (proj_key_is_closed(call->view.txn, actor, LEDGER_SEQ_NONE))
        return 2;
    if (proj_key_is_retired(call->view.txn, actor, LEDGER_SEQ_NONE))
        return 1;
    return actor->kind == PROJ_KEY_SESSION && actor->expires_ms <= call->view.now_ms ? 3 : 0;
}

void net_api_key_work(struct net_call *call)
{
    struct ledger_key key;
    struct proj_actor actor;
    struct closing closing;
    struct base_buf *out = &call->out;
    if (!net_call_query_bin(call, "key", key.bytes, sizeof key.bytes))
        return;
    if (!find_key(call, &key, &actor)) {
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    find_closing(call, &actor, &closing);
    ledger_canon_put_map(out, 5);
    proj_put_int(out, "state", state_of(call, &actor));
    proj_put_bool(out, "whole", closing.found && !closing.report.is_session);
    if (!closing.found) {
        proj_put_nil(out, "closed");
        proj_put_nil(out, "due");
        proj_put_bool(out, "own", false);
        return;
    }
    proj_put_int(out, "closed", closing.report.recorded_ms);
    proj_put_int(out, "due",
                 proj_notice_due(call->view.txn, closing.report.learned_ms, call->view.offset_min));
    proj_put_bool(out, "own",
                  memcmp(closing.report.reporter, closing.report.account, LEDGER_ID_LEN) == 0);
}

/* The account's key that lives now; when none does, the last one that was enrolled. */
static bool find_own_key(struct net_call *call, const proj_id account, struct proj_actor *out)
{
    struct proj_key prefix = proj_key_tagged_id('J', account);
    struct proj_fact fact;
    bool found = false;
    struct proj_scan *scan = proj_scan_open(call->view.txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next_version(scan, &fact)) {
        struct ledger_key key;
        struct proj_actor actor;
        memcpy(key.bytes, fact.key.data + 1 + LEDGER_ID_LEN, LEDGER_KEY_LEN);
        if (fact.value.len != 1 || fact.value.data[0] != PROJ_KEY_ACCOUNT ||
            !find_key(call, &key, &actor) || (found && actor.seq < out->seq))
            continue;
        *out = actor;
        found = true;
    }
    proj_scan_close(scan);
    return found;
}

static void put_claim(struct net_call *call, const struct proj_actor *own, base_time_ms breach_ms)
{
    struct proj_view *view = &call->view;
    struct base_buf *out = &call->out;
    struct proj_source source = proj_source_of_reader(view->reader);
    ledger_seq size = proj_txn_next(view->txn);
    ledger_seq cut = proj_cut_at(view->txn, &source, size, breach_ms);
    ledger_canon_put_map(out, 11);
    proj_put_id(out, "account", own->account);
    proj_put_hash(out, "target", own->key.bytes);
    proj_put_int(out, "state", state_of(call, own));
    proj_put_int(out, "now", view->now_ms);
    proj_put_int(out, "due", proj_notice_due(view->txn, view->now_ms, view->offset_min));
    proj_put_int(out, "breach", breach_ms);
    proj_put_claim(view, &source, &own->key, cut, size);
}

void net_api_emergency_work(struct net_call *call)
{
    struct ledger_key key;
    struct proj_actor slip;
    struct proj_actor own;
    int64_t breach_ms = call->view.now_ms;
    if (!net_call_query_bin(call, "key", key.bytes, sizeof key.bytes) ||
        (net_request_query(call->request, "breach") != NULL &&
         !net_call_query_int(call, "breach", 0, TIME_MAX, &breach_ms)))
        return;
    if (!find_key(call, &key, &slip) || slip.kind != PROJ_KEY_EMERGENCY ||
        !find_own_key(call, slip.account, &own)) {
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    put_claim(call, &own, breach_ms);
}
