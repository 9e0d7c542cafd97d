/* Lines "name = value"; "#" begins a comment line. */
#include "net/messaging.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/bytes.h"

#define FILE_LEN_MAX 16384u

static bool minute(const char *text, int *out)
{
    int hour = 0;
    int min = 0;
    char after;
    if (sscanf(text, "%2d:%2d%c", &hour, &min, &after) < 2 || hour < 0 || hour > 23 || min < 0 ||
        min > 59)
        return false;
    *out = hour * 60 + min;
    return true;
}

static bool take_quiet(struct net_messaging *m, const char *value)
{
    const char *to = strchr(value, '-');
    return to != NULL && minute(value, &m->quiet_from) && minute(to + 1, &m->quiet_to);
}

static bool take_number(const char *value, uint32_t min, uint32_t max, uint32_t *out)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || number < min || number > max)
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool take_text(char *out, size_t size, const char *value)
{
    return snprintf(out, size, "%s", value) < (int)size;
}

/* False: the value does not do; `*out_known` tells whether the name does. */
static bool take(struct net_messaging *m, const char *name, const char *value, bool *out_known)
{
    const struct {
        const char *name;
        char *out;
        size_t size;
    } texts[] = {{"smtp", m->smtp, sizeof m->smtp},
                 {"user", m->user, sizeof m->user},
                 {"password", m->password, sizeof m->password},
                 {"from", m->from, sizeof m->from},
                 {"sms", m->sms, sizeof m->sms},
                 {"sms_body", m->sms_body, sizeof m->sms_body},
                 {"sms_type", m->sms_type, sizeof m->sms_type},
                 {"sms_header", m->sms_header, sizeof m->sms_header},
                 {"ca", m->ca, sizeof m->ca},
                 {"link", m->link, sizeof m->link}};
    *out_known = true;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(name, texts[i].name) == 0)
            return take_text(texts[i].out, texts[i].size, value);
    if (strcmp(name, "quiet") == 0)
        return take_quiet(m, value);
    if (strcmp(name, "age_hours") == 0)
        return take_number(value, 1, 24 * 30, &m->age_h_max);
    if (strcmp(name, "retry_seconds") == 0)
        return take_number(value, 1, 3600, &m->retry_s);
    if (strcmp(name, "per_minute") == 0)
        return take_number(value, 1, 60000, &m->per_minute);
    if (strcmp(name, "demo") == 0) {
        m->demo = strcmp(value, "yes") == 0;
        return m->demo || strcmp(value, "no") == 0;
    }
    *out_known = false;
    return false;
}

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\r'))
        text[--len] = '\0';
    return text;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool has(const struct net_messaging *m, const char *placeholder)
{
    return strstr(m->sms, placeholder) != NULL || strstr(m->sms_body, placeholder) != NULL;
}

static const char *wrong(struct net_messaging *m)
{
    if (m->smtp[0] == '\0' && m->sms[0] == '\0')
        return "neither smtp nor sms is named";
    if (m->smtp[0] != '\0' && !starts(m->smtp, "smtp://") && !starts(m->smtp, "smtps://"))
        return "smtp wants smtps://HOST:PORT or smtp://HOST:PORT (STARTTLS)";
    if (m->smtp[0] != '\0' && strchr(m->from, '@') == NULL)
        return "from wants an address";
    if (m->sms[0] != '\0' && !starts(m->sms, "https://"))
        return "sms wants an https:// URL";
    if (m->sms[0] != '\0' && (!has(m, "{phone}") || !has(m, "{text}")))
        return "{phone} and {text} must stand in sms or sms_body";
    return NULL;
}

static int parse(const char *path, char *text, struct net_messaging *m, struct base_err *err)
{
    unsigned number = 0;
    for (char *line; (line = strsep(&text, "\n")) != NULL;) {
        bool known;
        char *name = trim(line);
        number++;
        if (*name == '\0' || *name == '#')
            continue;
        char *value = strchr(name, '=');
        if (value == NULL)
            return BASE_FAIL(err, BASE_E_USAGE, "%s:%u: wants NAME = VALUE", path, number);
        *value++ = '\0';
        name = trim(name);
        if (!take(m, name, trim(value), &known)) /* the value may be a secret: it is not shown */
            return BASE_FAIL(err, BASE_E_USAGE, "%s:%u: %s \"%s\"", path, number,
                             known ? "the value does not do for" : "there is no setting", name);
    }
    const char *what = wrong(m);
    m->sms_knows_ids = has(m, "{id}");
    return what == NULL ? 0 : BASE_FAIL(err, BASE_E_USAGE, "%s: %s", path, what);
}

int net_messaging_read(const char *path, struct net_messaging *out_messaging, struct base_err *err)
{
    struct stat st;
    char text[FILE_LEN_MAX + 1];
    *out_messaging = (struct net_messaging){.quiet_from = 21 * 60,
                                            .quiet_to = 7 * 60,
                                            .age_h_max = 72,
                                            .retry_s = 60,
                                            .per_minute = 600,
                                            .sms_type = "application/json"};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
        close(fd);
        return BASE_FAIL(err, BASE_E_USAGE,
                         "%s: it holds passwords and must be readable by its owner alone (chmod "
                         "600)",
                         path);
    }
    ssize_t len = read(fd, text, FILE_LEN_MAX);
    close(fd);
    int rc = len < 0 || len == (ssize_t)FILE_LEN_MAX
                 ? BASE_FAIL(err, BASE_E_LIMIT, "%s: cannot be read, or is too long", path)
                 : 0;
    if (rc == 0) {
        text[len] = '\0';
        rc = parse(path, text, out_messaging, err);
    }
    sodium_memzero(text, sizeof text);
    if (rc != 0)
        net_messaging_wipe(out_messaging);
    return rc;
}

void net_messaging_wipe(struct net_messaging *messaging)
{
    sodium_memzero(messaging, sizeof *messaging);
}
