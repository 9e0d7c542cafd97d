/* An event is formatted into the pending buffer; when no write is under way, the whole buffer
 * leaves as one. The stream and the exchange point at each other until one of them goes:
 *   the peer goes        on_gone: forget the exchange, tell the owner;
 *   the owner closes     the exchange takes what is pending and ends by itself;
 *   the peer is too slow the connection is broken.
 * In all three the owner is told by a posted task, which is also what frees the stream. */
#include "net/stream.h"

#include "net/exchange.h"
#include "net/log.h"
#include "net/loop.h"
#include "net/metrics.h"
#include "net/reply.h"

#include <assert.h>
#include <stdlib.h>

struct net_stream {
    struct net_task closed_task;
    struct net_stream *prev, *next;
    struct net__streams *streams;
    struct net_exchange *exchange; /* NULL: closed, `closed` is on its way */
    struct base_buf pending;
    bool is_sending;
    void (*closed)(void *data);
    void *data;
};

static void on_closed(struct net_task *task)
{
    struct net_stream *stream = (struct net_stream *)task;
    static_assert(offsetof(struct net_stream, closed_task) == 0, "the task is the stream");
    stream->closed(stream->data);
    base_buf_release(&stream->pending);
    free(stream);
}

/* Takes the stream off the server's list and has its owner told. */
static void stream_detach(struct net_stream *stream)
{
    struct net__streams *streams = stream->streams;
    assert(stream->exchange != NULL && streams->count > 0);
    stream->exchange = NULL;
    if (stream->prev != NULL)
        stream->prev->next = stream->next;
    else
        streams->first = stream->next;
    if (stream->next != NULL)
        stream->next->prev = stream->prev;
    streams->count--;
    net_metric_set(streams->open_gauge, (int64_t)streams->count);
    stream->closed_task.run = on_closed;
    net_loop_post(streams->loop, &stream->closed_task);
}

struct net_stream *net_stream_open(struct net_request *request, void (*closed)(void *data),
                                   void *data)
{
    assert(closed != NULL);
    if (request->exchange == NULL) {
        net__request_free(request);
        return NULL;
    }
    struct net__streams *streams = net__exchange_streams(request->exchange);
    struct net_stream *stream = NULL;
    if (streams->count < NET_STREAM_COUNT_MAX)
        stream = calloc(1, sizeof(*stream));
    if (stream == NULL) {
        net_reply_error(request, NET_ERROR_BUSY, NULL);
        return NULL;
    }
    stream->streams = streams;
    stream->exchange = request->exchange;
    stream->pending.limit = streams->pending_len_max;
    stream->closed = closed;
    stream->data = data;
    stream->next = streams->first;
    if (streams->first != NULL)
        streams->first->prev = stream;
    streams->first = stream;
    streams->count++;
    net_metric_set(streams->open_gauge, (int64_t)streams->count);
    stream->is_sending = true;
    net__exchange_begin_stream(request, stream);
    return stream;
}

static void stream_flush(struct net_stream *stream)
{
    if (stream->is_sending || stream->pending.len == 0)
        return;
    struct base_buf leaving = stream->pending;
    stream->pending = (struct base_buf){.limit = leaving.limit};
    stream->is_sending = true;
    net__exchange_write(stream->exchange, &leaving);
}

static void put_field(struct base_buf *buf, const char *name, struct base_bytes value)
{
    base_buf_put_str(buf, name);
    base_buf_put_str(buf, ": ");
    base_buf_put_bytes(buf, value);
    base_buf_put_u8(buf, '\n');
}

/* A line break of any kind begins another data line, so that no data can forge a field. */
static void put_data(struct base_buf *buf, struct base_bytes data)
{
    size_t start = 0;
    for (size_t i = 0; i < data.len; i++) {
        if (data.data[i] != '\n' && data.data[i] != '\r')
            continue;
        put_field(buf, "data", base_bytes_of(data.data + start, i - start));
        if (data.data[i] == '\r' && i + 1 < data.len && data.data[i + 1] == '\n')
            i++;
        start = i + 1;
    }
    put_field(buf, "data", base_bytes_of(data.data + start, data.len - start));
}

static void stream_drop(struct net_stream *stream)
{
    NET_LOG(NET_LOG_INFO, "stream", "dropped a slow reader",
            NET_I("pending_bytes", stream->pending.len));
    net_metric_add(stream->streams->dropped_counter, 1);
    struct net_exchange *exchange = stream->exchange;
    stream_detach(stream);
    net__exchange_kill(exchange);
}

bool net_stream_send(struct net_stream *stream, const char *event, const char *id,
                     struct base_bytes data)
{
    assert(event == NULL || strpbrk(event, "\r\n") == NULL);
    assert(id == NULL || strpbrk(id, "\r\n") == NULL);
    if (stream->exchange == NULL)
        return false;
    if (event != NULL)
        put_field(&stream->pending, "event", base_bytes_str(event));
    if (id != NULL)
        put_field(&stream->pending, "id", base_bytes_str(id));
    put_data(&stream->pending, data);
    base_buf_put_u8(&stream->pending, '\n');
    if (stream->pending.failed) {
        stream_drop(stream);
        return false;
    }
    stream_flush(stream);
    return true;
}

void net_stream_close(struct net_stream *stream)
{
    if (stream->exchange == NULL)
        return;
    struct net_exchange *exchange = stream->exchange;
    struct base_buf tail = stream->pending;
    stream->pending = (struct base_buf){0};
    stream_detach(stream);
    net__exchange_end(exchange, &tail);
}

void net__stream_on_sent(struct net_stream *stream)
{
    stream->is_sending = false;
    stream_flush(stream);
}

void net__stream_on_gone(struct net_stream *stream)
{
    stream_detach(stream);
}

void net__streams_heartbeat(struct net__streams *streams)
{
    struct net_stream *next;
    for (struct net_stream *stream = streams->first; stream != NULL; stream = next) {
        next = stream->next;
        if (stream->is_sending)
            continue;
        base_buf_put_str(&stream->pending, ":\n\n");
        if (stream->pending.failed)
            stream_drop(stream);
        else
            stream_flush(stream);
    }
}

void net__streams_close_all(struct net__streams *streams)
{
    while (streams->first != NULL)
        net_stream_close(streams->first);
}
