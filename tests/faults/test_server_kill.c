/* Accepted means durable, over HTTP: the real server under load from several clients is killed with
 * SIGKILL at random moments, again and again over one school. Every event that a client has read an
 * acknowledgement of is afterwards at the position that it was told; the log verifies whole, so
 * that none is half there; and the server's clock stands back at each start, which changes no
 * order. TEST_SEED repeats the moments; SLOW_TESTS=1 kills twenty times as often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ledger/verify.h"
#include "tests/projections/world.h"

#define KILL_COUNT 120u
#define SLOW_FACTOR 20u
#define CLIENT_COUNT 4u
#define BATCH_MAX 8u
#define LIFE_US_MAX 120000u
#define READY_WAIT_MS 30000u

struct acknowledged {
    ledger_seq seq;
    struct ledger_hash id;
};

struct client {
    pthread_t thread;
    struct signer signer;
    struct draft draft;
    struct test_random random;
    const struct moment *moment;
    char address[300];
    atomic_bool *stop;
    struct acknowledged *list; /* grows */
    size_t count, capacity;
    unsigned refused; /* anything but an acknowledgement in a whole answer */
};

static void keep(struct client *client, ledger_seq seq, const struct ledger_hash *id)
{
    if (client->count == client->capacity) {
        client->capacity = client->capacity == 0 ? 1024 : client->capacity * 2;
        client->list = realloc(client->list, client->capacity * sizeof *client->list);
        if (client->list == NULL)
            abort();
    }
    client->list[client->count++] = (struct acknowledged){.seq = seq, .id = *id};
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
    base_buf_put(data, bytes, size * count);
    return size * count;
}

/* Some events as one body; their ids are what will be acknowledged. */
static unsigned body_make(struct client *client, struct base_buf *body, struct ledger_hash *ids)
{
    unsigned count = 1 + (unsigned)test_random_below(&client->random, BATCH_MAX);
    ledger_canon_put_array(body, count);
    for (unsigned i = 0; i < count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
        struct ledger_canon_value submission, event;
        struct signer *const signers[] = {&client->signer};
        act_setting(&client->draft, "round_up_at", (int64_t)test_random_below(&client->random, 99));
        draft_sign(&client->draft, client->moment, signers, 1, &wire);
        if (ledger_canon_check(base_buf_bytes(&wire), &submission) != NULL)
            abort();
        event = ledger_canon_at(&submission, 0);
        ledger_sha256(event.bytes, &ids[i]);
        base_buf_put_bytes(body, base_buf_bytes(&wire));
    }
    return count;
}

/* What a whole answer says; the connection may have died before it was. */
static void answer_read(struct client *client, struct base_buf *answer,
                        const struct ledger_hash *ids, unsigned count)
{
    json_t *list = json_loadb((const char *)answer->data, answer->len, 0, NULL);
    if (list == NULL || !json_is_array(list) || json_array_size(list) != count) {
        client->refused++;
        json_decref(list);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        const json_t *receipt = json_array_get(list, i);
        if (json_integer_value(json_object_get(receipt, "code")) == 0)
            keep(client, (ledger_seq)json_integer_value(json_object_get(receipt, "seq")), &ids[i]);
        else
            client->refused++;
    }
    json_decref(list);
}

static void *client_live(void *data)
{
    struct client *client = data;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/msgpack");
    headers = curl_slist_append(headers, "Accept: application/json");
    if (curl == NULL || headers == NULL)
        abort();
    curl_easy_setopt(curl, CURLOPT_URL, client->address);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* a self-made certificate, on loopback */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    while (!atomic_load(client->stop)) {
        struct base_buf BASE_CLEANUP(base_buf_release) body = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) answer = {0};
        struct ledger_hash ids[BATCH_MAX];
        unsigned count = body_make(client, &body, ids);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
        if (curl_easy_perform(curl) == CURLE_OK)
            answer_read(client, &answer, ids, count);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return NULL;
}

/* The server */

struct server {
    char data_dir[256];
    pid_t pid;
    char url[200];
};

static void server_start(struct server *server)
{
    char ready[300];
    snprintf(ready, sizeof ready, "%s/ready", server->data_dir);
    (void)unlink(ready);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
            _exit(126);
        execl(getenv("LETOPISD"), "letopisd", "--data", server->data_dir, "--listen", "127.0.0.1:0",
              "--demo-clock", "2026-09-01T12:30:00+03:00", "--ready-file", ready, (char *)NULL);
        _exit(127);
    }
    server->url[0] = '\0';
    for (unsigned waited = 0; server->url[0] == '\0'; waited += 5) {
        FILE *file = fopen(ready, "re");
        if (waited > READY_WAIT_MS || waitpid(server->pid, NULL, WNOHANG) != 0)
            fail_msg("the server does not start");
        if (file != NULL) {
            if (fgets(server->url, sizeof server->url, file) == NULL)
                server->url[0] = '\0';
            (void)fclose(file);
            server->url[strcspn(server->url, "\r\n")] = '\0';
        }
        (void)usleep(5000);
    }
}

static void server_kill(struct server *server)
{
    int status;
    assert_int_equal(kill(server->pid, SIGKILL), 0);
    assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* A life: started, loaded, killed. */
static void one_life(struct server *server, struct client *clients, struct test_random *random)
{
    atomic_bool over = false;
    server_start(server);
    for (unsigned i = 0; i < CLIENT_COUNT; i++) {
        snprintf(clients[i].address, sizeof clients[i].address, "%s%sschool/api/events",
                 server->url, server->url[strlen(server->url) - 1] == '/' ? "" : "/");
        clients[i].stop = &over;
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_live, &clients[i]), 0);
    }
    /* The school is opened by the first request; most lives end in the midst of the load. */
    (void)usleep(20000 + (useconds_t)test_random_below(random, LIFE_US_MAX));
    server_kill(server);
    atomic_store(&over, true);
    for (unsigned i = 0; i < CLIENT_COUNT; i++)
        pthread_join(clients[i].thread, NULL);
}

static size_t acknowledgements_check(struct ledger_log *log, const struct client *clients)
{
    struct ledger_reader *reader = NULL;
    size_t total = 0;
    assert_int_equal(ledger_reader_open(log, &reader, NULL), 0);
    for (unsigned i = 0; i < CLIENT_COUNT; i++) {
        for (size_t k = 0; k < clients[i].count; k++) {
            ledger_seq seq = LEDGER_SEQ_NONE;
            assert_int_equal(ledger_reader_find(reader, &clients[i].list[k].id, &seq, NULL), 0);
            assert_true(seq == clients[i].list[k].seq);
        }
        total += clients[i].count;
    }
    ledger_reader_close(reader);
    return total;
}

static void what_a_killed_server_has_acknowledged_is_in_the_log(void **state)
{
    (void)state;
    static struct world w;
    static struct client clients[CLIENT_COUNT];
    struct server server = {0};
    struct test_random random = test_random_make(20261126);
    struct moment moment;
    char path[600];
    struct base_err err = {0};
    unsigned lives = KILL_COUNT * (getenv("SLOW_TESTS") != NULL ? SLOW_FACTOR : 1);
    if (getenv("LETOPISD") == NULL)
        fail_msg("LETOPISD is not set");
    world_make(&w);
    for (unsigned i = 0; i < CLIENT_COUNT; i++) {
        world_new_signer(&w, &clients[i].signer);
        act_session(&w.draft, w.people[HEAD].account, &clients[i].signer.key);
        world_do(&w, &w.people[HEAD].key, &clients[i].signer);
        clients[i].random.state = i + 1;
        clients[i].moment = &moment;
    }
    moment = world_moment(&w);
    world_close(&w);
    test_dir_make(server.data_dir);
    snprintf(path, sizeof path, "%s/schools", server.data_dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/schools/school", server.data_dir);
    assert_int_equal(symlink(w.dir, path), 0);
    for (unsigned i = 0; i < lives; i++)
        one_life(&server, clients, &random);
    /* Opening is what a server does: the projections catch up, the head is the tree's. */
    if (world_open(&w, &err) != 0)
        fail_msg("%s", err.text);
    size_t total = acknowledgements_check(w.log, clients);
    struct ledger_verify_report report;
    const struct ledger_verify_options how = {0};
    if (ledger_verify_log(w.log, &how, &report, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    print_message("%u lives, %zu acknowledged, %llu entries\n", lives, total,
                  (unsigned long long)report.entry_count);
    assert_true(total > lives); /* else nobody was under load; a busy machine gets less done */
    unsigned refused = 0;
    for (unsigned i = 0; i < CLIENT_COUNT; i++) {
        refused += clients[i].refused;
        draft_release(&clients[i].draft);
        free(clients[i].list);
    }
    assert_int_equal(refused, 0);
    test_dir_remove(server.data_dir);
    world_remove(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_server_has_acknowledged_is_in_the_log),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests_name("server kill", tests, NULL, NULL);
}
