/* The harness: a folder with one school in it, a loop on a thread of its own, curl in front. */
#include "tests/net/school.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/log.h"

static void ignore_line(void *data, struct base_bytes line)
{
    (void)data;
    (void)line;
}

static void *run(void *data)
{
    struct school *school = data;
    net_loop_run(school->loop);
    return NULL;
}

static void start(struct school *school)
{
    struct base_err err = {0};
    assert_int_equal(net_loop_new(&school->loop, &err), 0);
    assert_int_equal(net_metrics_new(&school->metrics, &err), 0);
    const struct net_app_options app = {.loop = school->loop,
                                        .metrics = school->metrics,
                                        .data_dir = school->data_dir,
                                        .public_entries = school->public_entries,
                                        .reference = school->reference,
                                        .has_demo_clock = true,
                                        .demo_ms = school->world.now_ms};
    assert_int_equal(net_app_new(&app, &school->app, &err), 0);
    const struct net_server_options server = {.loop = school->loop,
                                              .metrics = school->metrics,
                                              .handler = net_app_handle,
                                              .context = school->app};
    assert_int_equal(net_server_new(&server, &school->server, &err), 0);
    const struct net_listener_options listener = {.address = "127.0.0.1",
                                                  .cert_file = school->files.cert_file,
                                                  .key_file = school->files.key_file};
    assert_int_equal(net_server_listen(school->server, &listener, &school->port, &err), 0);
    assert_int_equal(pthread_create(&school->thread, NULL, run, school), 0);
}

struct stop {
    struct net_task task;
    struct school *school;
};

static void on_stopped(void *data)
{
    struct school *school = data;
    net_loop_stop(school->loop);
}

static void begin_stop(struct net_task *task)
{
    struct stop *stop = (struct stop *)task;
    net_server_stop(stop->school->server, 0, on_stopped, stop->school);
}

static void stop(struct school *school)
{
    struct stop stop = {.task.run = begin_stop, .school = school};
    net_loop_post(school->loop, &stop.task);
    pthread_join(school->thread, NULL);
    net_server_free(school->server);
    net_app_stop(school->app);
    net_loop_free(school->loop);
    net_app_free(school->app);
    net_metrics_free(school->metrics);
}

void school_add(struct school *school, const char *dir, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/schools/%s", school->data_dir, name);
    assert_int_equal(symlink(dir, path), 0);
}

static struct school *serve(struct school *school)
{
    struct base_err err = {0};
    char path[512];
    net_log_set_sink(ignore_line, NULL);
    school->moment = world_moment(&school->world);
    world_close(&school->world);
    world_tick(&school->world);
    test_dir_make(school->data_dir);
    snprintf(path, sizeof path, "%s/schools", school->data_dir);
    assert_int_equal(mkdir(path, 0700), 0);
    school_add(school, school->world.dir, "school");
    assert_int_equal(net_certificate_ensure(school->data_dir, NULL, 0, &school->files, &err), 0);
    start(school);
    return school;
}

struct school *school_make(void)
{
    struct school *school = calloc(1, sizeof *school);
    assert_non_null(school);
    world_make(&school->world);
    return serve(school);
}

static void found_in_earnest(struct world *world)
{
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    struct act_officer officers[3];
    struct signer *signers[4] = {&world->root};
    struct moment moment = {.claimed_ms = world->now_ms};
    world_new_signer(world, &world->root);
    for (unsigned i = 0; i < 3; i++) {
        struct person *person = &world->people[i];
        world_new_id(world, person->account);
        world_new_signer(world, &person->key);
        memcpy(officers[i].account, person->account, LEDGER_ID_LEN);
        officers[i].role = i + 1;
        officers[i].key = person->key.key;
        signers[i + 1] = &person->key;
    }
    act_founded(&world->draft, &world->root.key, officers, 3);
    static const uint8_t is_demo[] = {0xa4, 'd', 'e', 'm', 'o', 0xc3};
    uint8_t *demo = memmem(world->draft.body.data, world->draft.body.len, is_demo, sizeof is_demo);
    assert_non_null(demo);
    demo[5] = 0xc2; /* false */
    ledger_sha256(base_bytes_of("", 0), &moment.seen_root);
    draft_sign(&world->draft, &moment, signers, 4, &wire);
    assert_int_equal(world_try_wire(world, base_buf_bytes(&wire)), 0);
}

static void furnish(struct world *world)
{
    static const enum who staff[] = {TEACHER, CLASS_TEACHER};
    static const enum who families[] = {PARENT, NEIGHBOUR, AUDITOR};
    struct draft *d = &world->draft;
    struct person *people = world->people;
    struct signer *head = &people[HEAD].key, *deputy = &people[DEPUTY].key;
    for (size_t i = 0; i < 2; i++)
        world_person(world, head, &people[staff[i]], 2, "Учителева");
    for (size_t i = 0; i < 3; i++)
        world_person(world, head, &people[families[i]], 3, "Абрамова");
    world_new_id(world, world->maths);
    world_new_id(world, world->class_a);
    world_new_id(world, world->class_b);
    world_new_id(world, world->pupils[ANYA]);
    act_subject(d, world->maths, true, "Математика");
    world_do(world, deputy, NULL);
    act_group(d, world->class_a, PROJ_GROUP_CLASS, 5, NULL, 0, "5А");
    world_do(world, deputy, NULL);
    act_group(d, world->class_b, PROJ_GROUP_CLASS, 5, NULL, 0, "5Б");
    world_do(world, deputy, NULL);
    act_pupil(d, world->pupils[ANYA], world->class_a, world->today, "Абрамова");
    world_do(world, deputy, NULL);
    act_assign(d, people[TEACHER].account, world->class_a, world->maths, world->today,
               world->today + 9);
    world_do(world, deputy, NULL);
    act_grant(d, people[CLASS_TEACHER].account, PROJ_ROLE_CLASS_TEACHER, world->class_b,
              world->today);
    world_do(world, head, NULL);
    act_grant(d, people[PARENT].account, PROJ_ROLE_PARENT, world->pupils[ANYA], world->today);
    world_do(world, head, NULL);
    act_grant(d, people[AUDITOR].account, PROJ_ROLE_AUDITOR, NULL, world->today);
    world_do(world, head, NULL);
}

struct school *school_make_private(void)
{
    static const enum who logged_in[] = {HEAD, TEACHER, CLASS_TEACHER, PARENT, NEIGHBOUR, AUDITOR};
    struct school *school = calloc(1, sizeof *school);
    assert_non_null(school);
    struct world *world = &school->world;
    world_make_empty(world);
    world->now_ms = base_clock_system().now_ms(NULL) - 600000;
    world->today = base_day_of_time(world->now_ms, 180);
    found_in_earnest(world);
    furnish(world);
    for (size_t i = 0; i < sizeof logged_in / sizeof logged_in[0]; i++)
        world_login(world, &world->people[logged_in[i]]);
    world_lesson(world, &world->people[TEACHER].session, &world->people[TEACHER], 1, world->lesson);
    return serve(school);
}

void school_remove(struct school *school)
{
    stop(school);
    world_remove(&school->world);
    test_dir_remove(school->data_dir);
    free(school);
}

void school_restart(struct school *school)
{
    stop(school);
    start(school);
}

/* Asking */

static size_t take(char *data, size_t size, size_t count, void *buf)
{
    base_buf_put(buf, data, size * count);
    return size * count;
}

static struct curl_slist *headers_of(const struct ask *ask)
{
    char text[256];
    struct curl_slist *headers = NULL;
    headers = curl_slist_append(headers, ask->wants_msgpack ? "Accept: application/msgpack"
                                                            : "Accept: application/json");
    if (ask->json != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    else if (ask->msgpack.data != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/msgpack");
    if (ask->cookie != NULL) {
        snprintf(text, sizeof text, "Cookie: letopis=%s", ask->cookie);
        headers = curl_slist_append(headers, text);
    }
    if (ask->header != NULL)
        headers = curl_slist_append(headers, ask->header);
    return headers;
}

struct reply school_ask(struct school *school, const struct ask *ask)
{
    struct reply reply = {0};
    char url[4096];
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(ask);
    struct base_bytes body = ask->json != NULL ? base_bytes_str(ask->json) : ask->msgpack;
    assert_non_null(curl);
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s%s", school->port,
             ask->is_whole ? "" : "/school", ask->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 60000L);
    curl_easy_setopt(curl, CURLOPT_CAINFO, school->files.cert_file);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.headers);
    if (body.data != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        fail_msg("%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return reply;
}

struct reply school_get(struct school *school, const char *path, const char *cookie)
{
    return school_ask(school, &(struct ask){.path = path, .cookie = cookie});
}

void reply_release(struct reply *reply)
{
    base_buf_release(&reply->headers);
    base_buf_release(&reply->body);
}

static const char *find(const struct base_buf *buf, const char *text)
{
    return buf->len == 0 ? NULL : memmem(buf->data, buf->len, text, strlen(text));
}

bool reply_has(const struct reply *reply, const char *text)
{
    return find(&reply->body, text) != NULL;
}

const char *reply_header(const struct reply *reply, const char *name)
{
    static char value[512];
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\n%s: ", name);
    const char *at = find(&reply->headers, wanted);
    if (at == NULL)
        return NULL;
    at += strlen(wanted);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r\n"), at);
    return value;
}

static const char *value_at(const struct reply *reply, const char *name)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"%s\":", name);
    const char *at = find(&reply->body, wanted);
    if (at == NULL)
        fail_msg("no %s in %.*s", name, (int)reply->body.len, (const char *)reply->body.data);
    return at + strlen(wanted);
}

void reply_hex(const struct reply *reply, const char *name, uint8_t *out, size_t len)
{
    const char *at = value_at(reply, name);
    assert_true(*at == '"' && base_unhex(at + 1, strcspn(at + 1, "\""), out, len));
}

int64_t reply_number(const struct reply *reply, const char *name)
{
    return strtoll(value_at(reply, name), NULL, 10);
}

/* Sessions and events */

static void put_hex(struct base_buf *out, const uint8_t *bytes, size_t len)
{
    char text[2 * 64 + 1];
    assert_true(len <= 64);
    base_hex(bytes, len, text);
    base_buf_put_str(out, text);
}

void school_sign_challenge(struct school *school, const struct signer *signer,
                           struct base_buf *out_json)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    uint8_t challenge[NET_CHALLENGE_LEN];
    uint8_t signature[64];
    struct reply reply = school_get(school, "/api/challenge", NULL);
    ASSERT_STATUS(reply, 200);
    reply_hex(&reply, "challenge", challenge, sizeof challenge);
    reply_release(&reply);
    base_buf_put(&text, NET_CHALLENGE_DOMAIN, sizeof NET_CHALLENGE_DOMAIN);
    base_buf_put(&text, school->moment.log_id.bytes, LEDGER_HASH_LEN);
    base_buf_put(&text, challenge, sizeof challenge);
    crypto_sign_detached(signature, NULL, text.data, text.len, signer->secret);
    base_buf_put_str(out_json, "{\"challenge\":\"");
    put_hex(out_json, challenge, sizeof challenge);
    base_buf_put_str(out_json, "\",\"key\":\"");
    put_hex(out_json, signer->key.bytes, LEDGER_KEY_LEN);
    base_buf_put_str(out_json, "\",\"signature\":\"");
    put_hex(out_json, signature, sizeof signature);
    base_buf_put_str(out_json, "\"}");
    assert_non_null(base_buf_text(out_json));
}

void school_session(struct school *school, struct person *person, char out_token[TOKEN_LEN])
{
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    school_sign_challenge(school, &person->session, &json);
    struct reply reply =
        school_ask(school, &(struct ask){.path = "/api/session", .json = base_buf_text(&json)});
    ASSERT_STATUS(reply, 200);
    const char *cookie = reply_header(&reply, "set-cookie");
    assert_non_null(cookie);
    assert_int_equal(strncmp(cookie, "letopis=", 8), 0);
    assert_int_equal(strcspn(cookie + 8, ";"), TOKEN_LEN - 1);
    memcpy(out_token, cookie + 8, TOKEN_LEN - 1);
    out_token[TOKEN_LEN - 1] = '\0';
    reply_release(&reply);
}

void school_sign(struct school *school, struct signer *signer, struct signer *second,
                 struct base_buf *out_array)
{
    struct signer *signers[2] = {signer, second};
    ledger_canon_put_array(out_array, 1);
    draft_sign(&school->world.draft, &school->moment, signers, second != NULL ? 2 : 1, out_array);
}

struct reply school_post(struct school *school, struct base_bytes array)
{
    return school_ask(school, &(struct ask){.path = "/api/events", .msgpack = array});
}

struct reply school_submit(struct school *school, struct signer *signer, struct signer *second)
{
    struct base_buf BASE_CLEANUP(base_buf_release) array = {0};
    school_sign(school, signer, second, &array);
    return school_post(school, base_buf_bytes(&array));
}

uint64_t school_size(struct school *school)
{
    struct reply reply = school_get(school, "/checkpoint", NULL);
    ASSERT_STATUS(reply, 200);
    const char *newline = find(&reply.body, "\n");
    assert_non_null(newline);
    uint64_t size = strtoull(newline + 1, NULL, 10);
    reply_release(&reply);
    return size;
}
