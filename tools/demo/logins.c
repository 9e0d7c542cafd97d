/* Two threads lock seeds; the credentials are written by one afterwards. */
#include "tools/demo/logins.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/credentials.h"
#include "tools/common/files.h"

#define THREAD_COUNT 2

struct job {
    const struct demo_person *person;
    struct tool_locked_seed locked;
    int rc;
    struct base_err err;
};

struct jobs {
    struct job *jobs;
    size_t count;
    atomic_size_t next;
};

static void *lock_seeds(void *data)
{
    struct jobs *jobs = data;
    for (;;) {
        size_t i = atomic_fetch_add(&jobs->next, 1);
        if (i >= jobs->count)
            return NULL;
        struct job *job = &jobs->jobs[i];
        job->rc = tool_seed_lock(DEMO_PASSWORD, job->person->label, job->person->seed, &job->locked,
                                 &job->err);
    }
}

static int lock_all(struct demo *demo, struct jobs *jobs, struct base_err *err)
{
    pthread_t threads[THREAD_COUNT];
    unsigned started = 0;
    while (started < THREAD_COUNT && pthread_create(&threads[started], NULL, lock_seeds, jobs) == 0)
        started++;
    if (started == 0)
        lock_seeds(jobs);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < jobs->count; i++) {
        demo_tell(demo, "пароли / passwords", i + 1, jobs->count);
        if (jobs->jobs[i].rc != 0)
            return BASE_FAIL(err, jobs->jobs[i].rc, "%s: %s", jobs->jobs[i].person->label,
                             jobs->jobs[i].err.text);
    }
    return 0;
}

static int put(struct net_credentials *credentials, const struct job *job, struct base_err *err)
{
    struct net_credential record;
    memset(&record, 0, sizeof record);
    snprintf(record.login, sizeof record.login, "%s", job->person->label);
    memcpy(record.account, job->person->account, sizeof record.account);
    record.key = job->person->key.key;
    memcpy(record.salt, job->locked.salt, sizeof record.salt);
    record.mem_kib = TOOL_PASSWORD_MEM_KIB;
    record.ops = TOOL_PASSWORD_OPS;
    memcpy(record.proof, job->locked.proof, sizeof record.proof);
    memcpy(record.nonce, job->locked.nonce, sizeof record.nonce);
    memcpy(record.wrapped, job->locked.wrapped, sizeof record.wrapped);
    return net_credentials_put(credentials, &record, err);
}

static int write_list(struct demo *demo, const char *dir, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    char path[4096];
    base_buf_put_str(&text, "login,password\n");
    for (unsigned i = 0; i < demo->staff_count; i++)
        base_buf_printf(&text, "%s,%s\n", demo->staff[i].label, DEMO_PASSWORD);
    for (unsigned i = 0; i < demo->family_count; i++)
        base_buf_printf(&text, "%s,%s\n", demo->families[i].label, DEMO_PASSWORD);
    snprintf(path, sizeof path, "%s/logins.csv", dir);
    return text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "logins")
                       : tool_file_write(path, 0600, base_buf_bytes(&text), err);
}

int demo_write_logins(struct demo *demo, const char *dir, struct base_err *err)
{
    struct jobs jobs = {.count = demo->staff_count + demo->family_count};
    struct net_credentials *credentials = NULL;
    jobs.jobs = calloc(jobs.count, sizeof *jobs.jobs);
    int rc = jobs.jobs == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "logins") : 0;
    for (size_t i = 0; rc == 0 && i < jobs.count; i++)
        jobs.jobs[i].person =
            i < demo->staff_count ? &demo->staff[i] : &demo->families[i - demo->staff_count];
    if (rc == 0)
        rc = lock_all(demo, &jobs, err);
    if (rc == 0)
        rc = net_credentials_open(dir, &credentials, err);
    for (size_t i = 0; rc == 0 && i < jobs.count; i++)
        rc = put(credentials, &jobs.jobs[i], err);
    if (rc == 0)
        rc = write_list(demo, dir, err);
    net_credentials_close(credentials);
    free(jobs.jobs);
    return rc;
}
