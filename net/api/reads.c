/* Readings of personal data: noting those of a route, and telling them to the head and to whom they
 * concern (specs/api.md, specs/access.md section 7). */
#include "net/reads.h"

#include <stdio.h>

#include "net/api/routes.h"
#include "net/limits.h"
#include "projections/control.h"

/* Noting */

/* "/{school}/api/paper/extract" → "paper/extract" */
static void view_of(const struct net_call *call, char out[NET_READS_VIEW_LEN_MAX + 1])
{
    static const char prefix[] = "/{school}/api/";
    const char *pattern = call->route->pattern;
    size_t skip = strncmp(pattern, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    snprintf(out, NET_READS_VIEW_LEN_MAX + 1, "%s", pattern + skip);
}

static bool subject_of(const struct net_call *call, const char *name, uint8_t *out)
{
    const char *text = net_request_query(call->request, name);
    return text != NULL && base_unhex(text, strlen(text), out, LEDGER_ID_LEN);
}

void net_api_reads_note(struct net_call *call)
{
    struct net_reads *reads = net_school_reads(call->school);
    struct net_read read = {.at_ms = net_school_now(call->school), .about = NET_READS_ALL};
    if (reads == NULL || !call->has_session || net_call_failed(call))
        return;
    memcpy(read.account, call->session.account, LEDGER_ID_LEN);
    view_of(call, read.view);
    if (subject_of(call, "pupil", read.subject))
        read.about = NET_READS_PUPIL;
    else if (subject_of(call, "group", read.subject))
        read.about = NET_READS_GROUP;
    else if (subject_of(call, "account", read.subject))
        read.about = NET_READS_ACCOUNT;
    net_reads_note(reads, &read, (unsigned)proj_setting(call->view.txn, "access_log_days"));
}

/* Telling */

struct telling {
    struct net_call *call;
    const uint8_t *pupil, *account; /* whose readings; both NULL: everybody's */
    uint32_t count;
    bool more;
};

/* Readings of a group are those of everybody who was in it on that day. */
static bool concerns(struct telling *telling, const struct net_read *read)
{
    struct proj_view *view = &telling->call->view;
    base_day day = base_day_of_time(read->at_ms, view->offset_min);
    if (telling->pupil != NULL && read->about == NET_READS_GROUP)
        return proj_is_member(view->txn, read->subject, telling->pupil, day, LEDGER_SEQ_NONE);
    if (telling->pupil != NULL)
        return read->about == NET_READS_PUPIL &&
               memcmp(read->subject, telling->pupil, LEDGER_ID_LEN) == 0;
    if (telling->account != NULL)
        return read->about == NET_READS_ACCOUNT &&
               memcmp(read->subject, telling->account, LEDGER_ID_LEN) == 0;
    return true;
}

static bool put_read(void *data, const struct net_read *read)
{
    struct telling *telling = data;
    struct proj_view *view = &telling->call->view;
    char name[PROJ_NAME_LEN_MAX];
    const char about[2] = {(char)read->about, '\0'};
    if (!concerns(telling, read))
        return true;
    if (telling->count == NET_READS_TOLD_MAX) {
        telling->more = true;
        return false;
    }
    proj_view_account_name(view, read->account, name);
    ledger_canon_put_map(view->out, 6);
    proj_put_int(view->out, "time", read->at_ms);
    proj_put_id(view->out, "account", read->account);
    proj_put_str(view->out, "account_name", name);
    proj_put_str(view->out, "view", read->view);
    proj_put_str(view->out, "about", about);
    proj_put_id_or_nil(view->out, "subject", read->subject);
    telling->count++;
    return true;
}

/* The head everything; a pupil and its parents what was read of the pupil; everybody what was read
 * of the own account. */
static bool may_be_told(struct net_call *call, const uint8_t *pupil, const uint8_t *account)
{
    struct proj_view *view = &call->view;
    base_day today = proj_view_rights_day(view);
    if (proj_has_role(view->txn, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE))
        return true;
    if (pupil != NULL)
        return proj_has_role(view->txn, view->account, PROJ_ROLE_PARENT, pupil, today,
                             LEDGER_SEQ_NONE) ||
               proj_has_role(view->txn, view->account, PROJ_ROLE_PUPIL, pupil, today,
                             LEDGER_SEQ_NONE);
    return account != NULL && memcmp(account, view->account, LEDGER_ID_LEN) == 0;
}

void net_api_person_work(struct net_call *call)
{
    proj_id pupil, account;
    const uint8_t *of_pupil = NULL;
    const uint8_t *of_account = NULL;
    if (!net_api_query_id_or_none(call, "pupil", pupil, &of_pupil) ||
        !net_api_query_id_or_none(call, "account", account, &of_account))
        return;
    if ((of_pupil == NULL) == (of_account == NULL)) {
        net_call_error(call, NET_ERROR_BAD_PARAMETER, "pupil");
        return;
    }
    net_call_viewed(call, proj_view_person(&call->view, of_pupil != NULL ? of_pupil : of_account));
}

void net_api_reads_work(struct net_call *call)
{
    struct base_err err = {0};
    proj_id pupil_id, account_id;
    struct telling telling = {.call = call};
    base_day from, to;
    if (!net_api_query_id_or_none(call, "pupil", pupil_id, &telling.pupil) ||
        !net_api_query_id_or_none(call, "account", account_id, &telling.account) ||
        !net_api_query_range(call, &from, &to))
        return;
    if (!may_be_told(call, telling.pupil, telling.account)) {
        net_call_viewed(call, PROJ_VIEW_FORBIDDEN);
        return;
    }
    ledger_canon_put_map(&call->out, 4);
    proj_put_int(&call->out, "from", from);
    proj_put_int(&call->out, "to", to);
    proj_put_key(&call->out, "reads");
    size_t at = proj_array_begin(&call->out);
    int rc = net_reads_walk(net_school_dir(call->school), from, to, put_read, &telling, &err);
    proj_array_end(&call->out, at, telling.count);
    proj_put_bool(&call->out, "more", telling.more);
    if (rc != 0)
        net_call_fault(call, &err);
    else
        net_call_viewed(call, PROJ_VIEW_DONE);
}
