/* A signing request: what root is to sign, carried from the server's machine to one without a
 * network, and what is needed to sign it there (specs/formats.md, section 8). It holds personal
 * data in clear (openings) and no secret. */
#pragma once

#include "tools/cli/cli.h"
#include "tools/common/draft.h"

#define CLI_REQUEST_EVENT_MAX 16u

struct cli_request {
    char origin[LEDGER_ORIGIN_LEN_MAX + 1];
    struct ledger_hash log_id, seen_root;
    struct ledger_key root;  /* the present one, by the log */
    struct ledger_hash next; /* SHA-256 of the next one */
    int64_t counter;         /* of root's last event */
    uint64_t seen_size;
    base_time_ms now_ms;
    struct base_buf events; /* canonical arrays [kind, body, openings], one after the other */
    unsigned event_count;
};

/* From the log in `dir` as it is, without events. */
int cli_request_begin(const char *dir, struct cli_request *out, struct base_err *err) BASE_MUST_USE;
void cli_request_release(struct cli_request *request);
int cli_request_add(struct cli_request *request, const struct tool_draft *draft,
                    struct base_err *err) BASE_MUST_USE;
int cli_request_write(const struct cli_request *request, const char *path,
                      struct base_err *err) BASE_MUST_USE;
int cli_request_read(const char *path, struct cli_request *out, struct base_err *err) BASE_MUST_USE;

/* What stands in the i-th event, for people: kind, fields and openings as JSON. */
int cli_request_show(const struct cli_request *request, unsigned i, struct base_buf *out,
                     struct base_err *err) BASE_MUST_USE;
/* Signs all events by `key`, whose counter it takes from the request, and appends the batch: an
 * array of submissions, as POST /api/events takes it. */
int cli_request_sign(const struct cli_request *request, struct tool_key *key,
                     struct base_buf *out_batch, struct base_err *err) BASE_MUST_USE;
/* What drafts are signed on top of. */
struct tool_moment cli_request_moment(const struct cli_request *request);
