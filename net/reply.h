/* Answers of the API: one value, in msgpack or JSON as the request wants; errors with a stable
 * word and a sentence in two languages (specs/api.md, "Errors").
 * Threads: the loop's. Each function answers, and so consumes, the request. */
#pragma once

#include "net/request.h"

enum net_error {
    NET_ERROR_NONE = 0,
#define X(name, status, word, ru, en) name,
#include "net/errors.def"
#undef X
    NET_ERROR_COUNT
};

struct net_error_text {
    int status;
    const char *word;
    const char *ru;
    const char *en;
};

/* Static; for NET_ERROR_BAD_REQUEST … */
const struct net_error_text *net_error_text_of(enum net_error error);
/* The error that stands for an HTTP status which libh2o answers by itself. */
enum net_error net_error_of_status(int status);

/* Answers with one msgpack value (copied), as msgpack or JSON. A value that does not transcode is
 * our mistake or a broken store: 500 and a log line. */
void net_reply_value(struct net_request *request, int status, struct base_bytes msgpack);
/* Answers with an error of this storey. `field` names the parameter or body field, or is NULL. */
void net_reply_error(struct net_request *request, enum net_error error, const char *field);
/* Answers with a refusal whose texts stand elsewhere (ledger, projections); `ru`, `en` as they are
 * to be shown. */
void net_reply_refusal(struct net_request *request, int status, const char *word, const char *field,
                       const char *ru, const char *en);
/* Logs the fault and answers 500, or 503 for BASE_E_BUSY and 507 for BASE_E_FULL. The fault's text
 * stays in the log: it may name files. */
void net_reply_fault(struct net_request *request, const char *area, const struct base_err *fault);

/* Appends the msgpack map {error, field, ru, en}; `field` NULL becomes nil. */
void net_error_put(struct base_buf *buf, const char *word, const char *field, const char *ru,
                   const char *en);

/* Reads the body as one canonical msgpack value into `out_msgpack` (appended): as it came when the
 * Content-Type is application/msgpack, transcoded when it is application/json. Returns
 * NET_ERROR_NONE, or the error to answer with (BAD_BODY, MEDIA_TYPE, INTERNAL). Not checked here:
 * that it is canonical (ledger_canon_check does). */
enum net_error net_request_value(const struct net_request *request, struct base_buf *out_msgpack);
