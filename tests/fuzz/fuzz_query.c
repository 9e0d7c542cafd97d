/* Queries as the API's routes read them: everything that may be asked for, of one target. Whatever
 * is accepted keeps its bounds, and whatever is not is noted with its name. */
#include <string.h>

#include "net/api/routes.h"
#include "net/request_parts.h"
#include "tests/fuzz/fuzz.h"

#define MIN (-5)
#define MAX 4102444800000

static struct net_call call_of(struct net_request *request)
{
    return (struct net_call){.request = request};
}

static void check_noted(const struct net_call *call, bool accepted)
{
    FUZZ_CHECK(accepted == !net_call_failed(call));
    FUZZ_CHECK(accepted || (call->error == NET_ERROR_BAD_PARAMETER && call->field[0] != '\0'));
}

static void read_values(struct net_request *request)
{
    struct net_call call = call_of(request);
    proj_id id;
    const uint8_t *given = NULL;
    struct ledger_key key;
    int64_t value = 0;
    bool accepted = net_call_query_bin(&call, "group", id, sizeof id);
    check_noted(&call, accepted);
    FUZZ_CHECK(!accepted || strlen(net_request_query(request, "group")) == 2 * sizeof id);
    call = call_of(request);
    check_noted(&call, net_call_query_bin(&call, "key", key.bytes, sizeof key.bytes));
    call = call_of(request);
    accepted = net_call_query_int(&call, "time", MIN, MAX, &value);
    check_noted(&call, accepted);
    FUZZ_CHECK(!accepted || (value >= MIN && value <= MAX));
    call = call_of(request);
    accepted = net_api_query_id_or_none(&call, "pupil", id, &given);
    check_noted(&call, accepted);
    FUZZ_CHECK(!accepted || (given != NULL) == (net_request_query(request, "pupil") != NULL));
}

static void read_times(struct net_request *request)
{
    struct net_call call = call_of(request);
    struct proj_moment moment;
    base_day from = 0;
    base_day to = 0;
    bool accepted = net_call_query_moment(&call, "at", "known", &moment);
    check_noted(&call, accepted);
    FUZZ_CHECK(!accepted || (moment.content >= 1 && moment.knowledge >= moment.content));
    call = call_of(request);
    accepted = net_api_query_range(&call, &from, &to);
    check_noted(&call, accepted);
    FUZZ_CHECK(!accepted || (from <= to && to - from <= NET_API_RANGE_DAYS_MAX));
    call = call_of(request);
    check_noted(&call, net_api_query_day(&call, "day", &from));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct net__raw_request raw = {.method = BASE_LITERAL("GET"),
                                         .target = base_bytes_of(data, len)};
    int error = -1;
    struct net_request *request = net__request_new(&raw, &error);
    FUZZ_CHECK(request != NULL);
    if (error == 0) {
        read_values(request);
        read_times(request);
    }
    net__request_free(request);
    return 0;
}
