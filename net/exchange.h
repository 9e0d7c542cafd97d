/* Between net/stream.c and net/http.c: the wire's side of one request. Not for others.
 * An exchange belongs to the connection and may go at any moment; before it goes it tells its
 * stream, which then forgets it. Loop's thread. */
#pragma once

#include "net/request_parts.h"

struct net_loop;
struct net_metric;
struct net_stream;

/* The open streams of one server; embedded there. */
struct net__streams {
    struct net_loop *loop;
    struct net_stream *first;
    size_t count;
    size_t pending_len_max;
    struct net_metric *open_gauge;
    struct net_metric *dropped_counter;
};

struct net__streams *net__exchange_streams(struct net_exchange *exchange);
/* Sends the head of an event stream and its first bytes; takes the exchange off its request. */
void net__exchange_begin_stream(struct net_request *request, struct net_stream *stream);
/* Sends bytes (moved out of `bytes`). Not while an earlier write is under way. */
void net__exchange_write(struct net_exchange *exchange, struct base_buf *bytes);
/* Ends the answer after `tail` (moved) and forgets the stream. */
void net__exchange_end(struct net_exchange *exchange, struct base_buf *tail);
/* Breaks the connection and forgets the stream. */
void net__exchange_kill(struct net_exchange *exchange);

/* Called by net/http.c: the bytes have left; the exchange is going. */
void net__stream_on_sent(struct net_stream *stream);
void net__stream_on_gone(struct net_stream *stream);

void net__streams_heartbeat(struct net__streams *streams);
void net__streams_close_all(struct net__streams *streams);
