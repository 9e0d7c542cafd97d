/* The happy path of a view: guard → school is open → session found → pool: read transaction, log
 * reader, the key looked at, the route's work → loop: the answer.
 *
 * What can fail: the school does not open (404, 503), no session (401), the pool is full (503), the
 * route finds fault with its parameters (400) or its reader (403, 404). In each case the call holds
 * the reason, net_call_answer sends it, and nothing is left behind. A peer that goes away meanwhile
 * is nobody's concern here: the answer then goes nowhere. */
#include "net/api/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/limits.h"
#include "net/log.h"

static void on_school(struct net_school_wait *wait, struct net_school *school,
                      const struct base_err *fault);

void net_call_free(struct net_call *call)
{
    if (call->release != NULL)
        call->release(call->data);
    base_buf_wipe(&call->body);
    base_buf_wipe(&call->out);
    free(call);
}

void net_call_error(struct net_call *call, enum net_error error, const char *field)
{
    if (net_call_failed(call))
        return;
    call->error = error;
    snprintf(call->field, sizeof call->field, "%s", field != NULL ? field : "");
}

void net_call_refuse(struct net_call *call, int code, const char *field)
{
    if (net_call_failed(call))
        return;
    call->refusal = code;
    snprintf(call->field, sizeof call->field, "%s", field != NULL ? field : "");
}

void net_call_fault(struct net_call *call, const struct base_err *fault)
{
    if (!net_call_failed(call))
        call->fault = *fault;
}

bool net_call_failed(const struct net_call *call)
{
    return call->error != NET_ERROR_NONE || call->refusal != 0 || call->fault.code != 0;
}

void net_call_viewed(struct net_call *call, int answer)
{
    struct base_err err = {0};
    int rc = proj_view_end(&call->view, answer, &err);
    if (rc < 0)
        net_call_fault(call, &err);
    else if (rc == PROJ_VIEW_FORBIDDEN)
        net_call_error(call, NET_ERROR_FORBIDDEN, NULL);
    else if (rc == PROJ_VIEW_MISSING)
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
}

/* Answers */

void net_refusal_put_text(struct base_buf *out, const char *text, const char *field)
{
    const char *mark = strstr(text, "%s");
    if (mark == NULL) {
        base_buf_put_str(out, text);
        return;
    }
    base_buf_put(out, text, (size_t)(mark - text));
    base_buf_put_str(out, field);
    base_buf_put_str(out, mark + 2);
}

static void answer_refusal(struct net_call *call)
{
    const struct ledger_refusal_text *text = proj_refusal_text_of(call->refusal);
    struct base_buf BASE_CLEANUP(base_buf_release) ru = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) en = {0};
    assert(text != NULL);
    net_refusal_put_text(&ru, text->ru, call->field);
    net_refusal_put_text(&en, text->en, call->field);
    const char *ru_text = base_buf_text(&ru);
    const char *en_text = base_buf_text(&en);
    net_reply_refusal(call->request, 422, text->name, call->field[0] != '\0' ? call->field : NULL,
                      ru_text != NULL ? ru_text : "", en_text != NULL ? en_text : "");
}

void net_call_answer(struct net_call *call)
{
    if (call->fault.code != 0)
        net_reply_fault(call->request, call->route->pattern, &call->fault);
    else if (call->refusal != 0)
        answer_refusal(call);
    else if (call->error != NET_ERROR_NONE)
        net_reply_error(call->request, call->error, call->field[0] != '\0' ? call->field : NULL);
    else if (call->status == 204)
        net_response_send(call->request, 204, NULL, base_bytes_of("", 0));
    else
        net_reply_value(call->request, call->status != 0 ? call->status : 200,
                        base_buf_bytes(&call->out));
    net_call_free(call);
}

/* The pool's part */

/* A session lives as long as its key does, by what is in the log now. */
static void check_session(struct net_call *call)
{
    struct proj_txn *txn = call->view.txn;
    const struct net_session *session = &call->session;
    bool lives = proj_actor_find(txn, &session->key, LEDGER_SEQ_NONE, &call->actor) &&
                 call->actor.kind == PROJ_KEY_SESSION &&
                 memcmp(call->actor.account, session->account, LEDGER_ID_LEN) == 0 &&
                 call->actor.expires_ms > call->view.now_ms &&
                 !proj_key_is_closed(txn, &call->actor, LEDGER_SEQ_NONE) &&
                 !proj_key_is_retired(txn, &call->actor, LEDGER_SEQ_NONE);
    if (lives) {
        memcpy(call->view.account, session->account, LEDGER_ID_LEN);
        return;
    }
    call->has_session = false;
    call->session_ended = true;
}

static void work_with_state(struct net_call *call)
{
    struct base_err err = {0};
    struct proj_view *view = &call->view;
    view->out = &call->out;
    view->now_ms = net_school_now(call->school);
    int rc = proj_engine_read(net_school_engine(call->school), &view->txn, &err);
    if (rc == 0)
        rc = ledger_reader_open(net_school_log(call->school), &view->reader, &err);
    if (rc == 0)
        rc = proj_view_begin(view, &err);
    if (rc == 0 && call->has_session)
        check_session(call);
    if (rc == BASE_E_MISSING) /* a log without a founding event */
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
    else if (rc != 0)
        net_call_fault(call, &err);
    else if ((call->route->flags & NET_API_SESSION) != 0 && !call->has_session)
        net_call_error(call, NET_ERROR_UNAUTHORIZED, NULL);
    else if (call->route->work != NULL &&
             ((call->route->flags & NET_API_MOMENT) == 0 || net_call_travel(call)))
        call->route->work(call);
    if ((call->route->flags & NET_API_PERSONAL) != 0)
        net_api_reads_note(call);
    proj_view_return(view);
    rc = view->txn != NULL ? proj_txn_fault(view->txn, &err) : 0;
    if (rc != 0)
        net_call_fault(call, &err);
    ledger_reader_close(view->reader);
    proj_txn_end(view->txn);
    view->reader = NULL;
    view->txn = NULL;
}

static void run_work(void *data)
{
    struct net_call *call = data;
    if ((call->route->flags & NET_API_STATE) != 0)
        work_with_state(call);
    else
        call->route->work(call);
}

static void finish(void *data)
{
    struct net_call *call = data;
    if (call->session_ended) {
        net_sessions_close(net_school_sessions(call->school), call->session.id);
        net_live_drop(net_school_live(call->school), call->session.id);
    }
    if (call->route->answer != NULL && !net_call_failed(call))
        call->route->answer(call);
    else
        net_call_answer(call);
}

/* The loop's part */

static void go_on(struct net_call *call)
{
    const struct net_api_route *route = call->route;
    struct base_bytes token;
    if ((route->flags & (NET_API_SESSION | NET_API_GUESSED)) != 0 &&
        net_request_cookie(call->request, "letopis", &token))
        call->has_session = net_sessions_find(net_school_sessions(call->school), token,
                                              net_school_now(call->school), &call->session);
    if ((route->flags & NET_API_SESSION) != 0 && !call->has_session) {
        net_call_error(call, NET_ERROR_UNAUTHORIZED, NULL);
        net_call_answer(call);
        return;
    }
    if (route->begin != NULL && !route->begin(call))
        return;
    if (route->work == NULL && (route->flags & NET_API_STATE) == 0)
        finish(call);
    else if (net_work(net_app_loop(call->app), run_work, finish, call, &call->fault) != 0)
        net_call_answer(call);
}

static void on_school(struct net_school_wait *wait, struct net_school *school,
                      const struct base_err *fault)
{
    struct net_call *call =
        (struct net_call *)(void *)((char *)wait - offsetof(struct net_call, wait));
    call->school = school;
    if (school != NULL) {
        go_on(call);
        return;
    }
    if (fault->code == BASE_E_MISSING)
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
    else
        net_call_fault(call, fault);
    net_call_answer(call);
}

void net_call_start(struct net_app *app, const struct net_api_route *route,
                    struct net_request *request)
{
    struct net_call *call = calloc(1, sizeof *call);
    if (call == NULL) {
        net_response_send(request, 503, NULL, base_bytes_of("", 0));
        return;
    }
    call->app = app;
    call->route = route;
    call->request = request;
    call->wait.ready = on_school;
    if ((route->flags & NET_API_COOKIE) != 0 && !net_request_is_same_origin(request)) {
        net_call_error(call, NET_ERROR_FOREIGN_ORIGIN, NULL);
        net_call_answer(call);
    } else if ((route->flags & NET_API_SMALL) != 0 &&
               net_request_body(request).len > NET_API_BODY_LEN_MAX) {
        net_call_error(call, NET_ERROR_BODY_TOO_LARGE, NULL);
        net_call_answer(call);
    } else if ((route->flags & NET_API_SITE) != 0) {
        go_on(call);
    } else {
        net_schools_get(net_app_schools(app), net_request_param(request, "school"), &call->wait);
    }
}
