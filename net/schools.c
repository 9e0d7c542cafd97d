/* A table of names. A name that nobody has asked for yet gets a place and a job on the pool that
 * opens it; who asks meanwhile waits in the place's queue. A name without a school gives its place
 * back at once, so that strangers cannot fill the table; a school that does not open for another
 * reason (damage, another process has it) keeps its place and its fault for a while, so that a loop
 * of requests does not become a loop of attempts. */
#include "net/schools.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/alarms.h"
#include "net/limits.h"
#include "net/log.h"

enum place_state { PLACE_FREE, PLACE_OPENING, PLACE_OPEN, PLACE_FAILED };

struct place {
    struct net_schools *schools;
    enum place_state state;
    char name[NET_SCHOOL_NAME_LEN_MAX + 1];
    struct net_school *school;
    struct base_err fault;
    int rc;
    uint64_t failed_at_ms;
    struct net_school_wait *first, *last;
    unsigned wait_count;
};

struct net_schools {
    struct net_schools_options options;
    char data_dir[3800];
    bool stopped;
    struct place places[NET_SCHOOL_COUNT_MAX];
};

int net_schools_new(const struct net_schools_options *options, struct net_schools **out_schools,
                    struct base_err *err)
{
    struct net_schools *schools = calloc(1, sizeof *schools);
    if (schools == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "schools");
    schools->options = *options;
    int len = snprintf(schools->data_dir, sizeof schools->data_dir, "%s", options->data_dir);
    if (len < 0 || (size_t)len >= sizeof schools->data_dir) {
        free(schools);
        return BASE_FAIL(err, BASE_E_USAGE, "the data directory's name is too long");
    }
    schools->options.data_dir = schools->data_dir;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++)
        schools->places[i].schools = schools;
    *out_schools = schools;
    return 0;
}

void net_schools_stop(struct net_schools *schools)
{
    schools->stopped = true;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++)
        if (schools->places[i].state == PLACE_OPEN)
            net_school_stop(schools->places[i].school);
}

void net_schools_free(struct net_schools *schools)
{
    if (schools == NULL)
        return;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++)
        net_school_close(schools->places[i].school);
    free(schools);
}

bool net_school_name_is_valid(struct base_bytes name)
{
    if (name.len == 0 || name.len > NET_SCHOOL_NAME_LEN_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = (char)name.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '-' && c != '_')))
            return false;
    }
    return true;
}

static void open_school(void *data)
{
    struct place *place = data;
    const struct net_schools_options *options = &place->schools->options;
    char dir[4096];
    snprintf(dir, sizeof dir, "%s/schools/%s", options->data_dir, place->name);
    const struct net_school_options school = {
        .dir = dir,
        .name = place->name,
        .loop = options->loop,
        .has_demo_clock = options->has_demo_clock,
        .demo_ms = options->demo_ms,
        .started_ms = options->started_ms,
        .messaging = options->messaging,
        .metrics = options->metrics,
    };
    place->rc = net_school_open(&school, &place->school, &place->fault);
}

static void log_opened(const struct place *place)
{
    struct ledger_head head;
    ledger_log_head(net_school_log(place->school), &head);
    NET_LOG(NET_LOG_INFO, "school", "open", NET_S("school", place->name), NET_I("size", head.size));
}

/* Those who wait are answered after the place is settled: answering may ask for it again. */
static void on_opened(void *data)
{
    struct place *place = data;
    struct net_school_wait *wait = place->first;
    struct base_err fault = {0};
    place->first = NULL;
    place->last = NULL;
    place->wait_count = 0;
    if (place->rc == 0 && !place->schools->stopped) {
        place->rc = net_school_start(place->school, &place->fault);
        if (place->rc != 0)
            net_school_stop(place->school);
    } else if (place->rc == 0) {
        place->rc = BASE_FAIL(&place->fault, BASE_E_BUSY, "the server is stopping");
    }
    if (place->rc == 0) {
        place->state = PLACE_OPEN;
        log_opened(place);
    } else {
        fault = place->fault;
        place->state = place->rc == BASE_E_MISSING ? PLACE_FREE : PLACE_FAILED;
        place->failed_at_ms = net_loop_now_ms(place->schools->options.loop);
        if (place->rc != BASE_E_MISSING)
            net_log_fault("school", place->name, &fault);
    }
    struct net_school *school = place->state == PLACE_OPEN ? place->school : NULL;
    while (wait != NULL) {
        struct net_school_wait *next = wait->next;
        wait->ready(wait, school, school == NULL ? &fault : NULL);
        wait = next;
    }
}

static void begin_opening(struct place *place)
{
    /* A start that failed half-way left the school stopped, not closed: jobs might have had it. */
    net_school_close(place->school);
    place->school = NULL;
    memset(&place->fault, 0, sizeof place->fault);
    place->state = PLACE_OPENING;
    /* From here on the place's `rc` and `fault` are the job's, unless there is none. */
    struct base_err err = {0};
    int rc = net_work(place->schools->options.loop, open_school, on_opened, place, &err);
    if (rc != 0) {
        place->rc = rc;
        place->fault = err;
        on_opened(place);
    }
}

static struct place *place_of(struct net_schools *schools, const char *name)
{
    struct place *vacant = NULL;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++) {
        struct place *place = &schools->places[i];
        if (place->state == PLACE_FREE)
            vacant = vacant == NULL ? place : vacant;
        else if (strcmp(place->name, name) == 0)
            return place;
    }
    if (vacant != NULL)
        snprintf(vacant->name, sizeof vacant->name, "%s", name);
    return vacant;
}

static void refuse(struct net_school_wait *wait, int code, const char *text)
{
    struct base_err fault = {0};
    BASE_FAIL(&fault, code, "%s", text);
    wait->ready(wait, NULL, &fault);
}

void net_schools_get(struct net_schools *schools, const char *name, struct net_school_wait *wait)
{
    if (!net_school_name_is_valid(base_bytes_str(name))) {
        refuse(wait, BASE_E_MISSING, "no such name");
        return;
    }
    struct place *place = place_of(schools, name);
    if (place == NULL || schools->stopped) {
        refuse(wait, BASE_E_BUSY, "no room for another school");
        return;
    }
    if (place->state == PLACE_OPEN) {
        wait->ready(wait, place->school, NULL);
        return;
    }
    uint64_t now = net_loop_now_ms(schools->options.loop);
    if (place->state == PLACE_FAILED && now - place->failed_at_ms < NET_SCHOOL_RETRY_MS) {
        struct base_err fault = place->fault;
        wait->ready(wait, NULL, &fault);
        return;
    }
    if (place->wait_count == NET_SCHOOL_WAITING_COUNT_MAX) {
        refuse(wait, BASE_E_BUSY, "too many wait for this school");
        return;
    }
    wait->next = NULL;
    if (place->last != NULL)
        place->last->next = wait;
    else
        place->first = wait;
    place->last = wait;
    place->wait_count++;
    if (place->state != PLACE_OPENING)
        begin_opening(place);
}

int net_schools_list(const struct net_schools *schools, void (*each)(void *data, const char *name),
                     void *data, struct base_err *err)
{
    char path[4600];
    snprintf(path, sizeof path, "%s/schools", schools->data_dir);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT ? 0 : BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (!net_school_name_is_valid(base_bytes_str(entry->d_name)))
            continue;
        snprintf(path, sizeof path, "%s/schools/%s", schools->data_dir, entry->d_name);
        if (ledger_log_is_there(path))
            each(data, entry->d_name);
    }
    closedir(dir);
    return 0;
}

static void on_ready(struct net_school_wait *wait, struct net_school *school,
                     const struct base_err *fault)
{
    (void)school, (void)fault; /* on_opened has told it */
    free(wait);
}

static void get_one(void *data, const char *name)
{
    struct net_schools *schools = data;
    struct net_school_wait *wait = calloc(1, sizeof *wait);
    if (wait == NULL)
        return;
    wait->ready = on_ready;
    net_schools_get(schools, name, wait);
}

int net_schools_open_all(struct net_schools *schools, struct base_err *err)
{
    return net_schools_list(schools, get_one, schools, err);
}

size_t net_schools_open_count(const struct net_schools *schools)
{
    size_t count = 0;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++)
        count += schools->places[i].state == PLACE_OPEN;
    return count;
}

/* What `of` says of each open school, added up. */
static uint64_t sum_of_open(const struct net_schools *schools, uint64_t (*of)(struct net_school *))
{
    uint64_t sum = 0;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++)
        if (schools->places[i].state == PLACE_OPEN)
            sum += of(schools->places[i].school);
    return sum;
}

/* The same, the most of them. */
static uint64_t most_of_open(const struct net_schools *schools, uint64_t (*of)(struct net_school *))
{
    uint64_t most = 0;
    for (size_t i = 0; i < NET_SCHOOL_COUNT_MAX; i++) {
        if (schools->places[i].state != PLACE_OPEN)
            continue;
        uint64_t one = of(schools->places[i].school);
        most = one > most ? one : most;
    }
    return most;
}

static uint64_t sessions_of(struct net_school *school)
{
    return net_sessions_count(net_school_sessions(school));
}

static uint64_t entries_of(struct net_school *school)
{
    struct ledger_head head;
    ledger_log_head(net_school_log(school), &head);
    return head.size;
}

static uint64_t unwitnessed_of(struct net_school *school)
{
    struct net_witnesses_status status;
    net_witnesses_status(net_school_witnesses(school), &status);
    uint64_t size = entries_of(school);
    return status.count > 0 && size > status.size ? size - status.size : 0;
}

static uint64_t witnesses_ahead_of(struct net_school *school)
{
    struct net_witnesses_status status;
    uint64_t count = 0;
    net_witnesses_status(net_school_witnesses(school), &status);
    for (unsigned w = 0; w < status.count; w++)
        count += status.witnesses[w].is_ahead;
    return count;
}

static uint64_t scrub_age_of(struct net_school *school)
{
    return net_scrub_age_s(net_school_scrub(school));
}

static uint64_t has_damage(struct net_school *school)
{
    return net_scrub_has_found(net_school_scrub(school));
}

static uint64_t has_alarm(struct net_school *school)
{
    return net_alarms_stand(net_school_dir(school));
}

static uint64_t is_behind(struct net_school *school)
{
    return proj_engine_is_behind(net_school_engine(school));
}

size_t net_schools_session_count(const struct net_schools *schools)
{
    return (size_t)sum_of_open(schools, sessions_of);
}

uint64_t net_schools_entry_count(const struct net_schools *schools)
{
    return sum_of_open(schools, entries_of);
}

uint64_t net_schools_unwitnessed_count(const struct net_schools *schools)
{
    return most_of_open(schools, unwitnessed_of);
}

size_t net_schools_witness_ahead_count(const struct net_schools *schools)
{
    return (size_t)sum_of_open(schools, witnesses_ahead_of);
}

uint64_t net_schools_scrub_age_s(const struct net_schools *schools)
{
    return most_of_open(schools, scrub_age_of);
}

size_t net_schools_scrub_found_count(const struct net_schools *schools)
{
    return (size_t)sum_of_open(schools, has_damage);
}

size_t net_schools_alarmed_count(const struct net_schools *schools)
{
    return (size_t)sum_of_open(schools, has_alarm);
}

size_t net_schools_behind_count(const struct net_schools *schools)
{
    return (size_t)sum_of_open(schools, is_behind);
}
