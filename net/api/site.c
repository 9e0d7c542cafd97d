/* What is not data of one school: the way in, the web client, the stream of news, and what an
 * operator asks. */
#include <stdio.h>
#include <stdlib.h>

#include "net/api/routes.h"
#include "net/limits.h"

/* The way in: straight to the school when there is one, else a list. */

struct names {
    unsigned count;
    char first[NET_SCHOOL_NAME_LEN_MAX + 1];
    struct base_buf items;
};

static void take_name(void *data, const char *name)
{
    struct names *names = data;
    if (names->count++ == 0)
        snprintf(names->first, sizeof names->first, "%s", name);
    /* Names are a-z, 0-9, '-' and '_': nothing to escape. */
    base_buf_printf(&names->items, "<li><a href=\"/%s/\">%s</a></li>\n", name, name);
}

void net_api_root_work(struct net_call *call)
{
    struct base_err err = {0};
    struct names names = {0};
    if (net_schools_list(net_app_schools(call->app), take_name, &names, &err) != 0) {
        net_call_fault(call, &err);
    } else if (names.count == 1) {
        call->status = 302;
        base_buf_printf(&call->out, "/%s/", names.first);
    } else {
        base_buf_put_str(&call->out,
                         "<!doctype html>\n<html lang=\"ru\">\n<meta charset=\"utf-8\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width\">\n"
                         "<title>Летопись</title>\n<h1>Летопись</h1>\n");
        base_buf_put_str(&call->out, names.count == 0 ? "<p>Здесь ещё нет школ.</p>\n" : "<ul>\n");
        base_buf_put_bytes(&call->out, base_buf_bytes(&names.items));
        base_buf_put_str(&call->out, names.count == 0 ? "</html>\n" : "</ul>\n</html>\n");
    }
    base_buf_release(&names.items);
}

static void redirect(struct net_call *call, const char *where)
{
    net_response_header(call->request, "location", where);
    net_response_send(call->request, 302, NULL, base_bytes_of("", 0));
    net_call_free(call);
}

void net_api_root_answer(struct net_call *call)
{
    const char *text = base_buf_text(&call->out);
    if (text == NULL) {
        net_call_error(call, NET_ERROR_BUSY, NULL);
        net_call_answer(call);
    } else if (call->status == 302) {
        redirect(call, text);
    } else {
        net_response_send(call->request, 200, "text/html; charset=utf-8",
                          base_buf_bytes(&call->out));
        net_call_free(call);
    }
}

void net_api_slash_answer(struct net_call *call)
{
    char where[NET_SCHOOL_NAME_LEN_MAX + 3];
    snprintf(where, sizeof where, "/%s/", net_school_name(call->school));
    redirect(call, where);
}

void net_api_client_answer(struct net_call *call)
{
    const struct net_assets *assets = net_app_assets(call->app);
    const char *path = net_request_param(call->request, "path");
    if (assets == NULL) {
        net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
        net_call_answer(call);
        return;
    }
    net_assets_serve(assets, call->request, path != NULL ? path : "");
    net_call_free(call);
}

void net_api_nothing(struct net_call *call)
{
    net_call_error(call, NET_ERROR_NOT_FOUND, NULL);
    net_call_answer(call);
}

void net_api_live_answer(struct net_call *call)
{
    net_live_open(net_school_live(call->school), call->request, &call->session);
    net_call_free(call);
}

void net_api_health_answer(struct net_call *call)
{
    net_response_send(call->request, 200, "text/plain; charset=utf-8", BASE_LITERAL("ok\n"));
    net_call_free(call);
}

/* Only for who asks from this very machine, and not through a proxy on it. */
static bool asks_from_here(const struct net_request *request)
{
    return net_request_is_local(request) &&
           net_request_header(request, "x-forwarded-for") == NULL &&
           net_request_header(request, "forwarded") == NULL;
}

void net_api_metrics_answer(struct net_call *call)
{
    if (!asks_from_here(call->request) || net_app_metrics(call->app) == NULL) {
        net_api_nothing(call);
        return;
    }
    net_metrics_text(net_app_metrics(call->app), &call->out);
    net_response_send(call->request, 200, "text/plain; version=0.0.4; charset=utf-8",
                      base_buf_bytes(&call->out));
    net_call_free(call);
}
