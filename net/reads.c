/* A line: milliseconds, reader, view, what kind of subject, subject; blanks between, ids in hex.
 * The file of the day is kept open; when the day changes it is closed and old files are removed. */
#include "net/reads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/log.h"

#define SEEN_COUNT 1024u /* readings remembered, so as not to be noted again */
#define LINE_LEN_MAX 160u

struct seen {
    base_time_ms at_ms; /* 0: empty place */
    struct net_read read;
};

struct net_reads {
    char dir[PATH_MAX];
    int offset_min;
    pthread_mutex_t lock; /* guards all below */
    int fd;               /* −1: no day is open */
    base_day day;
    bool failed; /* told for this day */
    struct seen seen[SEEN_COUNT];
};

static void day_name(base_day day, char out[16])
{
    int year, month, d;
    base_day_to_civil(day, &year, &month, &d);
    snprintf(out, 16, "%04d-%02d-%02d", year % 10000, month, d);
}

int net_reads_open(const char *dir, int offset_min, struct net_reads **out_reads,
                   struct base_err *err)
{
    struct net_reads *reads = calloc(1, sizeof *reads);
    if (reads == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "journal of readings");
    reads->fd = -1;
    reads->offset_min = offset_min;
    pthread_mutex_init(&reads->lock, NULL);
    int len = snprintf(reads->dir, sizeof reads->dir, "%s/reads", dir);
    int fault = 0;
    if (len < 0 || (size_t)len + 16 >= sizeof reads->dir)
        fault = BASE_FAIL(err, BASE_E_LIMIT, "the folder's name is too long");
    else if (mkdir(reads->dir, 0700) != 0 && errno != EEXIST)
        fault = BASE_FAIL(err, BASE_E_IO, "%s: %s", reads->dir, strerror(errno));
    if (fault != 0) {
        net_reads_close(reads);
        return fault;
    }
    *out_reads = reads;
    return 0;
}

void net_reads_close(struct net_reads *reads)
{
    if (reads == NULL)
        return;
    if (reads->fd >= 0)
        close(reads->fd);
    pthread_mutex_destroy(&reads->lock);
    free(reads);
}

/* Noting */

static void remove_before(const struct net_reads *reads, base_day first_kept)
{
    DIR *dir = opendir(reads->dir);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char path[PATH_MAX + 272];
        base_day day;
        if (base_day_parse(entry->d_name, &day) != 0 || day >= first_kept)
            continue;
        snprintf(path, sizeof path, "%s/%s", reads->dir, entry->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
}

static void day_turn(struct net_reads *reads, base_day day, unsigned kept_days)
{
    char path[PATH_MAX + 32];
    char name[16];
    if (reads->fd >= 0)
        close(reads->fd);
    day_name(day, name);
    snprintf(path, sizeof path, "%s/%s", reads->dir, name);
    reads->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    reads->day = day;
    reads->failed = false;
    remove_before(reads, day - (base_day)kept_days + 1);
}

/* True when just this was noted a little while ago. */
static bool is_again(struct net_reads *reads, const struct net_read *read)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < LEDGER_ID_LEN; i++)
        hash = (hash ^ read->account[i] ^ (uint32_t)(read->subject[i] << 8)) * 16777619u;
    for (const char *c = read->view; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    struct seen *place = &reads->seen[hash % SEEN_COUNT];
    bool same = place->at_ms != 0 && read->at_ms - place->at_ms < NET_READS_AGAIN_MS &&
                place->read.about == read->about && strcmp(place->read.view, read->view) == 0 &&
                memcmp(place->read.account, read->account, LEDGER_ID_LEN) == 0 &&
                memcmp(place->read.subject, read->subject, LEDGER_ID_LEN) == 0;
    if (!same)
        *place = (struct seen){.at_ms = read->at_ms, .read = *read};
    return same;
}

static void line_write(struct net_reads *reads, const struct net_read *read)
{
    char line[LINE_LEN_MAX];
    char account[2 * LEDGER_ID_LEN + 1];
    char subject[2 * LEDGER_ID_LEN + 1];
    base_hex(read->account, LEDGER_ID_LEN, account);
    base_hex(read->subject, LEDGER_ID_LEN, subject);
    int len = snprintf(line, sizeof line, "%" PRId64 " %s %s %c %s\n", read->at_ms, account,
                       read->view, (char)read->about, subject);
    bool written = reads->fd >= 0 && len > 0 && (size_t)len < sizeof line &&
                   write(reads->fd, line, (size_t)len) == len;
    if (!written && !reads->failed) {
        reads->failed = true;
        NET_LOG(NET_LOG_ERROR, "reads", "who looks at personal data cannot be noted",
                NET_S("folder", reads->dir));
    }
}

void net_reads_note(struct net_reads *reads, const struct net_read *read, unsigned kept_days)
{
    base_day day = base_day_of_time(read->at_ms, reads->offset_min);
    pthread_mutex_lock(&reads->lock);
    if (!is_again(reads, read)) {
        if (reads->fd < 0 || day != reads->day)
            day_turn(reads, day, kept_days);
        line_write(reads, read);
    }
    pthread_mutex_unlock(&reads->lock);
}

/* Reading */

static bool line_read(const char *line, struct net_read *out)
{
    char account[40] = "";
    char subject[40] = "";
    char about = '\0';
    *out = (struct net_read){0};
    if (sscanf(line, "%" SCNd64 " %39s %40s %c %39s", &out->at_ms, account, out->view, &about,
               subject) != 5 ||
        strchr("-pga", about) == NULL)
        return false;
    out->about = (enum net_reads_about)about;
    return base_unhex(account, strlen(account), out->account, LEDGER_ID_LEN) &&
           base_unhex(subject, strlen(subject), out->subject, LEDGER_ID_LEN);
}

int net_reads_walk(const char *dir, base_day from, base_day to,
                   bool (*each)(void *data, const struct net_read *read), void *data,
                   struct base_err *err)
{
    bool go_on = true;
    for (base_day day = to; go_on && day >= from; day--) {
        char path[PATH_MAX];
        char name[16];
        char line[LINE_LEN_MAX + 2];
        day_name(day, name);
        int len = snprintf(path, sizeof path, "%s/reads/%s", dir, name);
        if (len < 0 || (size_t)len >= sizeof path)
            return BASE_FAIL(err, BASE_E_LIMIT, "the folder's name is too long");
        FILE *file = fopen(path, "re");
        if (file == NULL && errno != ENOENT)
            return BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
        while (file != NULL && go_on && fgets(line, sizeof line, file) != NULL) {
            struct net_read read;
            if (line_read(line, &read))
                go_on = each(data, &read);
        }
        if (file != NULL)
            fclose(file);
    }
    return 0;
}
