/* Server-sent events: an answer that does not end (WHATWG HTML, section 9.2).
 * Shape:   opened instead of an answer; events are queued and sent as fast as the peer reads. A
 *          peer that lets more than NET_STREAM_PENDING_LEN_MAX pile up is dropped, connection and
 *          all: it comes back by itself and asks for what it missed. A comment goes out every
 *          NET_STREAM_HEARTBEAT_MS, so that dead peers are noticed.
 * Life:    the handle is valid until `closed` has been called: exactly once for each stream that
 *          was opened, on the loop's thread, never from within a call of this header, and last.
 * Threads: the loop's. */
#pragma once

#include "net/request.h"

struct net_stream;

/* Turns the request into a stream; consumes the request. NULL when the peer has gone, or when
 * there are NET_STREAM_COUNT_MAX (answered 503); then `closed` is never called. */
struct net_stream *net_stream_open(struct net_request *request, void (*closed)(void *data),
                                   void *data);
/* Queues an event; `event` and `id` may be NULL and hold no line break, `data` is text (lines are
 * split as the format asks). Copies. False when the stream is closed or was too slow and is being
 * dropped; nothing is sent then. */
bool net_stream_send(struct net_stream *stream, const char *event, const char *id,
                     struct base_bytes data);
/* Sends what is queued, ends the answer, lets `closed` be called. */
void net_stream_close(struct net_stream *stream);
