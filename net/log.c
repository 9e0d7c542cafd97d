/* A record is put together in a buffer on the stack and leaves in one write, so that lines of
 * different threads do not mix. A line that does not fit is cut and says so; a sink that fails
 * is not reported anywhere: there is nowhere to. */
#include "net/log.h"

#include "ledger/base/utc.h"
#include "net/limits.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_TAIL "...\n"

static atomic_int log_threshold = NET_LOG_INFO;
static void (*log_sink)(void *data, struct base_bytes line);
static void *log_sink_data;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

struct line {
    char text[NET_LOG_LINE_LEN_MAX];
    size_t len;
    bool cut;
};

static void line_put(struct line *line, const char *text, size_t len)
{
    size_t room = sizeof(line->text) - sizeof(LINE_TAIL) - line->len;
    if (line->cut || len > room) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void line_put_str(struct line *line, const char *text)
{
    line_put(line, text, strlen(text));
}

static bool is_plain(const char *text)
{
    if (*text == '\0')
        return false;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        if (*p <= ' ' || *p == '"' || *p == '=' || *p == '\\' || *p == 0x7f)
            return false;
    return true;
}

/* Values come from strangers too (a path, an address): a newline in one must not begin a record. */
static void line_put_value(struct line *line, const char *text)
{
    if (is_plain(text)) {
        line_put_str(line, text);
        return;
    }
    line_put_str(line, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        char escaped[8];
        if (*p == '"' || *p == '\\')
            snprintf(escaped, sizeof(escaped), "\\%c", *p);
        else if (*p < ' ' || *p == 0x7f)
            snprintf(escaped, sizeof(escaped), "\\x%02x", *p);
        else
            snprintf(escaped, sizeof(escaped), "%c", *p);
        line_put_str(line, escaped);
    }
    line_put_str(line, "\"");
}

static void line_put_time(struct line *line)
{
    char text[BASE_UTC_LEN];
    base_utc_text_ms(base_clock_system().now_ms(NULL), text);
    line_put_str(line, text);
}

static void line_leave(struct line *line)
{
    const char *tail = line->cut ? LINE_TAIL : "\n";
    memcpy(line->text + line->len, tail, strlen(tail));
    line->len += strlen(tail);
    if (log_sink != NULL) {
        log_sink(log_sink_data, base_bytes_of(line->text, line->len));
        return;
    }
    ssize_t written = write(STDERR_FILENO, line->text, line->len);
    (void)written;
}

void net_log_write(enum net_log_level level, const char *area, const char *message,
                   const struct net_log_field *fields, size_t field_count)
{
    assert(level >= NET_LOG_DEBUG && level <= NET_LOG_ERROR);
    if ((int)level < atomic_load_explicit(&log_threshold, memory_order_relaxed))
        return;
    struct line line = {.len = 0};
    line_put_str(&line, "time=");
    line_put_time(&line);
    line_put_str(&line, " level=");
    line_put_str(&line, level_names[level]);
    line_put_str(&line, " area=");
    line_put_str(&line, area);
    line_put_str(&line, " msg=");
    line_put_value(&line, message);
    for (size_t i = 0; i < field_count; i++) {
        line_put_str(&line, " ");
        line_put_str(&line, fields[i].key);
        line_put_str(&line, "=");
        char number[24];
        snprintf(number, sizeof(number), "%lld", (long long)fields[i].number);
        line_put_value(&line, fields[i].text != NULL ? fields[i].text : number);
    }
    line_leave(&line);
}

void net_log_fault(const char *area, const char *message, const struct base_err *fault)
{
    NET_LOG(NET_LOG_ERROR, area, message, NET_S("fault", base_fault_name(fault->code)),
            NET_S("text", fault->text));
}

void net_log_set_level(enum net_log_level level)
{
    atomic_store(&log_threshold, (int)level);
}

bool net_log_level_parse(const char *text, enum net_log_level *out_level)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *out_level = (enum net_log_level)i;
            return true;
        }
    }
    return false;
}

void net_log_set_sink(void (*sink)(void *data, struct base_bytes line), void *data)
{
    log_sink = sink;
    log_sink_data = data;
}
