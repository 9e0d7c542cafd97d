/* Requests: written where the log is, read where the key is. */
#include "tools/cli/request.h"

#include <sodium.h>
#include <stdio.h>

#include "net/json.h"
#include "projections/kinds.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"

#define REQUEST_LEN_MAX (1024u * 1024u)
#define REQUEST_VERSION 1

void cli_request_release(struct cli_request *request)
{
    base_buf_wipe(&request->events);
    memset(request, 0, sizeof *request);
}

int cli_request_begin(const char *dir, struct cli_request *out, struct base_err *err)
{
    struct cli_reading reading;
    struct proj_school school;
    struct ledger_head head;
    memset(out, 0, sizeof *out);
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    if (!proj_school_find(reading.txn, &school)) {
        rc = BASE_FAIL(err, BASE_E_MISSING, "%s: no school is founded there", dir);
    } else {
        ledger_log_id(reading.log, &out->log_id);
        ledger_log_head(reading.log, &head);
        snprintf(out->origin, sizeof out->origin, "%s", ledger_log_origin(reading.log));
        out->seen_size = head.size;
        out->seen_root = head.root;
        out->root = school.root;
        out->next = school.next_root;
        out->now_ms = base_clock_system().now_ms(NULL);
        rc = ledger_reader_counter(reading.reader, &school.root, &out->counter, err);
    }
    cli_reading_close(&reading);
    return rc;
}

int cli_request_add(struct cli_request *request, const struct tool_draft *draft,
                    struct base_err *err)
{
    const uint8_t *held = draft->held.data;
    if (request->event_count == CLI_REQUEST_EVENT_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "more than %u events in one request",
                         CLI_REQUEST_EVENT_MAX);
    ledger_canon_put_array(&request->events, 3);
    ledger_canon_put_str(&request->events, draft->kind);
    ledger_canon_put_bin(&request->events, draft->body.data, draft->body.len);
    ledger_canon_put_array(&request->events, draft->opening_count);
    for (uint32_t i = 0; i < draft->opening_count; i++) {
        ledger_canon_put_array(&request->events, 3);
        ledger_canon_put_text(&request->events, base_bytes_of(held + draft->openings[i].path,
                                                              draft->openings[i].path_len));
        ledger_canon_put_bin(&request->events, held + draft->openings[i].salt, LEDGER_SALT_LEN);
        ledger_canon_put_bin(&request->events, held + draft->openings[i].value,
                             draft->openings[i].value_len);
    }
    request->event_count++;
    return request->events.failed ? BASE_FAIL(err, BASE_E_MEMORY, "request") : 0;
}

static void put_named_bin(struct base_buf *out, const char *name, const void *data, size_t len)
{
    ledger_canon_put_str(out, name);
    ledger_canon_put_bin(out, data, len);
}

static void put_named_int(struct base_buf *out, const char *name, int64_t v)
{
    ledger_canon_put_str(out, name);
    ledger_canon_put_int(out, v);
}

int cli_request_write(const struct cli_request *request, const char *path, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) out = {0};
    ledger_canon_put_map(&out, 10);
    put_named_int(&out, "counter", request->counter);
    ledger_canon_put_str(&out, "events");
    ledger_canon_put_array(&out, request->event_count);
    base_buf_put_bytes(&out, base_buf_bytes(&request->events));
    put_named_bin(&out, "log", request->log_id.bytes, LEDGER_HASH_LEN);
    put_named_bin(&out, "next", request->next.bytes, LEDGER_HASH_LEN);
    put_named_int(&out, "now", request->now_ms);
    ledger_canon_put_str(&out, "origin");
    ledger_canon_put_str(&out, request->origin);
    put_named_bin(&out, "root", request->root.bytes, LEDGER_KEY_LEN);
    put_named_bin(&out, "seen", request->seen_root.bytes, LEDGER_HASH_LEN);
    put_named_int(&out, "size", (int64_t)request->seen_size);
    put_named_int(&out, "v", REQUEST_VERSION);
    return out.failed ? BASE_FAIL(err, BASE_E_MEMORY, "request")
                      : tool_file_write(path, 0600, base_buf_bytes(&out), err);
}

static bool take_bin(const struct ledger_canon_value *map, const char *name, uint8_t *out,
                     size_t len)
{
    struct ledger_canon_value value = ledger_canon_get(map, name);
    if (!ledger_canon_is_bin(&value, len))
        return false;
    memcpy(out, value.bytes.data, len);
    return true;
}

static bool take_int(const struct ledger_canon_value *map, const char *name, int64_t *out)
{
    struct ledger_canon_value value = ledger_canon_get(map, name);
    *out = value.integer;
    return value.type == LEDGER_CANON_INT && value.integer >= 0;
}

/* What is shown before it is signed comes from another machine: nothing in it may look like another
 * line than it is. Texts are shown as JSON; kinds and paths are of plain letters. */
static bool is_plain(struct base_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.data[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_')
            return false;
    }
    return text.len > 0;
}

static bool openings_fit(const struct ledger_canon_value *openings)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(openings->bytes);
    struct ledger_canon_value item;
    bool fit = openings->type == LEDGER_CANON_ARRAY && openings->count <= LEDGER_OPENING_COUNT_MAX;
    while (fit && ledger_canon_step(&reader, &item)) {
        struct ledger_canon_value path = ledger_canon_at(&item, 0);
        struct ledger_canon_value salt = ledger_canon_at(&item, 1);
        struct ledger_canon_value value = ledger_canon_at(&item, 2);
        fit = item.type == LEDGER_CANON_ARRAY && item.count == 3 &&
              path.type == LEDGER_CANON_TEXT && is_plain(path.bytes) &&
              path.bytes.len <= LEDGER_PATH_LEN_MAX &&
              ledger_canon_is_bin(&salt, LEDGER_SALT_LEN) && value.type == LEDGER_CANON_BIN &&
              ledger_canon_check(value.bytes, NULL) == NULL;
    }
    return fit;
}

static bool events_fit(const struct ledger_canon_value *events)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(events->bytes);
    struct ledger_canon_value item;
    bool fit = events->type == LEDGER_CANON_ARRAY && events->count <= CLI_REQUEST_EVENT_MAX;
    while (fit && ledger_canon_step(&reader, &item)) {
        struct ledger_canon_value kind = ledger_canon_at(&item, 0);
        struct ledger_canon_value body = ledger_canon_at(&item, 1);
        struct ledger_canon_value openings = ledger_canon_at(&item, 2);
        struct ledger_canon_value map;
        fit = item.type == LEDGER_CANON_ARRAY && item.count == 3 &&
              kind.type == LEDGER_CANON_TEXT && proj_kind_find(kind.bytes) != NULL &&
              body.type == LEDGER_CANON_BIN && ledger_canon_check(body.bytes, &map) == NULL &&
              map.type == LEDGER_CANON_MAP && openings_fit(&openings);
    }
    return fit;
}

static bool origin_fits(const struct ledger_canon_value *origin, size_t size)
{
    bool fit = origin->type == LEDGER_CANON_TEXT && origin->bytes.len < size;
    for (size_t i = 0; fit && i < origin->bytes.len; i++)
        fit = origin->bytes.data[i] > ' ' && origin->bytes.data[i] != 0x7f;
    return fit;
}

int cli_request_read(const char *path, struct cli_request *out, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) file = {0};
    struct ledger_canon_value map = {0};
    int64_t version = 0;
    int64_t size = 0;
    memset(out, 0, sizeof *out);
    int rc = tool_file_read(path, REQUEST_LEN_MAX, &file, err);
    if (rc != 0)
        return rc;
    bool fits = ledger_canon_check(base_buf_bytes(&file), &map) == NULL &&
                map.type == LEDGER_CANON_MAP && take_int(&map, "v", &version) &&
                version == REQUEST_VERSION;
    struct ledger_canon_value origin = ledger_canon_get(&map, "origin");
    struct ledger_canon_value events = ledger_canon_get(&map, "events");
    fits = fits && take_int(&map, "counter", &out->counter) && take_int(&map, "size", &size) &&
           take_int(&map, "now", &out->now_ms) &&
           take_bin(&map, "log", out->log_id.bytes, LEDGER_HASH_LEN) &&
           take_bin(&map, "next", out->next.bytes, LEDGER_HASH_LEN) &&
           take_bin(&map, "root", out->root.bytes, LEDGER_KEY_LEN) &&
           take_bin(&map, "seen", out->seen_root.bytes, LEDGER_HASH_LEN) &&
           origin_fits(&origin, sizeof out->origin) && events_fit(&events);
    if (!fits)
        return BASE_FAIL(err, BASE_E_FORMAT, "%s: not a signing request", path);
    out->seen_size = (uint64_t)size;
    memcpy(out->origin, origin.bytes.data, origin.bytes.len);
    base_buf_put_bytes(&out->events, events.bytes);
    out->event_count = events.count;
    return out->events.failed ? BASE_FAIL(err, BASE_E_MEMORY, "request") : 0;
}

static struct ledger_canon_value event_at(const struct cli_request *request, unsigned i)
{
    struct ledger_canon_reader reader = ledger_canon_reader_of(base_buf_bytes(&request->events));
    struct ledger_canon_value item = {0};
    for (unsigned k = 0; k <= i; k++)
        (void)ledger_canon_step(&reader, &item);
    return item;
}

int cli_request_show(const struct cli_request *request, unsigned i, struct base_buf *out,
                     struct base_err *err)
{
    struct ledger_canon_value event = event_at(request, i);
    struct ledger_canon_value kind = ledger_canon_at(&event, 0);
    struct ledger_canon_value body = ledger_canon_at(&event, 1);
    struct ledger_canon_value openings = ledger_canon_at(&event, 2);
    struct ledger_canon_reader reader = ledger_canon_reader_of(openings.bytes);
    struct ledger_canon_value opening;
    base_buf_printf(out, "%u. %.*s ", i + 1, (int)kind.bytes.len, (const char *)kind.bytes.data);
    int rc = net_json_from_msgpack(body.bytes, out, err);
    while (rc == 0 && ledger_canon_step(&reader, &opening)) {
        struct ledger_canon_value path = ledger_canon_at(&opening, 0);
        base_buf_printf(out, "\n   %.*s: ", (int)path.bytes.len, (const char *)path.bytes.data);
        rc = net_json_from_msgpack(ledger_canon_at(&opening, 2).bytes, out, err);
    }
    base_buf_put_str(out, "\n");
    return rc;
}

struct tool_moment cli_request_moment(const struct cli_request *request)
{
    return (struct tool_moment){.log_id = &request->log_id,
                                .claimed_ms = request->now_ms,
                                .seen_size = request->seen_size,
                                .seen_root = &request->seen_root};
}

static int sign_one(const struct cli_request *request, const struct ledger_canon_value *event,
                    struct tool_key *key, struct base_buf *out, struct base_err *err)
{
    struct tool_draft draft = {0};
    char kind[64];
    struct ledger_canon_value name = ledger_canon_at(event, 0);
    struct ledger_canon_value openings = ledger_canon_at(event, 2);
    struct ledger_canon_reader reader = ledger_canon_reader_of(openings.bytes);
    struct ledger_canon_value opening;
    const struct tool_moment moment = cli_request_moment(request);
    snprintf(kind, sizeof kind, "%.*s", (int)name.bytes.len, (const char *)name.bytes.data);
    draft.kind = kind;
    base_buf_put_bytes(&draft.body, ledger_canon_at(event, 1).bytes);
    while (ledger_canon_step(&reader, &opening))
        tool_draft_hold(&draft, ledger_canon_at(&opening, 0).bytes,
                        ledger_canon_at(&opening, 1).bytes.data,
                        ledger_canon_at(&opening, 2).bytes);
    struct tool_key *const signers[] = {key};
    int rc = tool_draft_sign(&draft, &moment, signers, 1, out, NULL, err);
    tool_draft_release(&draft);
    return rc;
}

int cli_request_sign(const struct cli_request *request, struct tool_key *key,
                     struct base_buf *out_batch, struct base_err *err)
{
    int rc = 0;
    key->counter = request->counter;
    ledger_canon_put_array(out_batch, request->event_count);
    for (unsigned i = 0; rc == 0 && i < request->event_count; i++) {
        struct ledger_canon_value event = event_at(request, i);
        rc = sign_one(request, &event, key, out_batch, err);
    }
    return rc;
}
