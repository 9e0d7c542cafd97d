/* What those who are logged in are told while they watch. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/net/school.h"

static int make(void **state)
{
    *state = school_make();
    return 0;
}

static int remove_all(void **state)
{
    school_remove(*state);
    return 0;
}

/* A client that watches; what it is told gathers in `news`. */
struct watcher {
    struct school *school;
    char token[TOKEN_LEN];
    CURL *curl;
    CURLM *multi;
    struct curl_slist *headers;
    struct base_buf news;
    bool ended;
};

static size_t take(char *data, size_t size, size_t count, void *buf)
{
    base_buf_put(buf, data, size * count);
    return size * count;
}

static void watch(struct school *school, enum who who, struct watcher *watcher)
{
    char url[128], cookie[128];
    memset(watcher, 0, sizeof *watcher);
    watcher->school = school;
    school_session(school, &school->world.people[who], watcher->token);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/school/api/live", school->port);
    snprintf(cookie, sizeof cookie, "Cookie: letopis=%s", watcher->token);
    watcher->headers = curl_slist_append(NULL, cookie);
    watcher->curl = curl_easy_init();
    curl_easy_setopt(watcher->curl, CURLOPT_URL, url);
    curl_easy_setopt(watcher->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(watcher->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(watcher->curl, CURLOPT_CAINFO, school->files.cert_file);
    curl_easy_setopt(watcher->curl, CURLOPT_HTTPHEADER, watcher->headers);
    curl_easy_setopt(watcher->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(watcher->curl, CURLOPT_WRITEDATA, &watcher->news);
    watcher->multi = curl_multi_init();
    curl_multi_add_handle(watcher->multi, watcher->curl);
}

static void unwatch(struct watcher *watcher)
{
    curl_multi_remove_handle(watcher->multi, watcher->curl);
    curl_easy_cleanup(watcher->curl);
    curl_multi_cleanup(watcher->multi);
    curl_slist_free_all(watcher->headers);
    base_buf_release(&watcher->news);
}

static bool was_told(const struct watcher *watcher, const char *text)
{
    return watcher->news.len > 0 &&
           memmem(watcher->news.data, watcher->news.len, text, strlen(text)) != NULL;
}

static void step(struct watcher *watcher)
{
    int running = 0;
    curl_multi_poll(watcher->multi, NULL, 0, 100, NULL);
    curl_multi_perform(watcher->multi, &running);
    watcher->ended = running == 0;
}

/* Reads until the text has come (NULL: until the stream has ended); a minute without is a failure.
 */
static void wait_for(struct watcher *watcher, const char *text)
{
    time_t until = time(NULL) + 60;
    while (text != NULL ? !was_told(watcher, text) : !watcher->ended) {
        if (time(NULL) > until || (text != NULL && watcher->ended))
            fail_msg("no %s in: %.*s", text != NULL ? text : "end", (int)watcher->news.len,
                     (const char *)watcher->news.data);
        step(watcher);
    }
}

static void submit_ok(struct school *school, enum who who)
{
    struct reply reply = school_submit(school, &school->world.people[who].session, NULL);
    ASSERT_STATUS(reply, 200);
    reply_release(&reply);
}

static void put_head(uint64_t size, char out[64])
{
    snprintf(out, 64, "event: head\ndata: {\"size\":%llu,", (unsigned long long)size);
}

static void who_may_read_the_page_hears_of_it_and_families_of_the_head_alone(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct watcher colleague, stranger, parent;
    uint64_t size = school_size(school);
    char head[64], page[256], group[33], subject[33], lesson[33];
    watch(school, CLASS_TEACHER, &colleague);
    watch(school, OTHER, &stranger); /* of another subject */
    watch(school, PARENT, &parent);
    put_head(size, head);
    wait_for(&colleague, head); /* the present state comes at once */
    wait_for(&stranger, head);
    wait_for(&parent, head);
    act_mark(&world->draft, world->lesson, world->pupils[ANYA], 5, NULL, LEDGER_SEQ_NONE);
    submit_ok(school, TEACHER);
    put_head(size + 1, head);
    base_hex(world->class_a, LEDGER_ID_LEN, group);
    base_hex(world->maths, LEDGER_ID_LEN, subject);
    base_hex(world->lesson, LEDGER_ID_LEN, lesson);
    snprintf(page, sizeof page,
             "event: page\ndata: "
             "{\"group\":\"%s\",\"subject\":\"%s\",\"lesson\":\"%s\",\"seq\":%llu}\n",
             group, subject, lesson, (unsigned long long)size);
    wait_for(&colleague, head);
    wait_for(&colleague, page);
    /* Who was told of a later head was told of everything before it. */
    act_topic(&world->draft, world->lesson, "Дроби", LEDGER_SEQ_NONE);
    submit_ok(school, TEACHER);
    put_head(size + 2, head);
    wait_for(&stranger, head);
    wait_for(&parent, head);
    assert_false(was_told(&stranger, "event: page"));
    assert_false(was_told(&parent, "event: page"));
    unwatch(&colleague);
    unwatch(&stranger);
    unwatch(&parent);
}

static void a_retired_or_logged_out_session_hears_no_more(void **state)
{
    struct school *school = *state;
    struct world *world = &school->world;
    struct watcher closed, out;
    watch(school, TEACHER, &closed);
    watch(school, OTHER, &out);
    wait_for(&closed, "event: head");
    wait_for(&out, "event: head");
    act_session_close(&world->draft, &world->people[TEACHER].session.key);
    submit_ok(school, TEACHER);
    wait_for(&closed, NULL);
    assert_false(was_told(&closed, "event: page"));
    struct reply reply =
        school_ask(school, &(struct ask){.path = "/api/logout", .cookie = out.token, .json = "{}"});
    ASSERT_STATUS(reply, 204);
    reply_release(&reply);
    wait_for(&out, NULL);
    unwatch(&closed);
    unwatch(&out);
}

static void watching_needs_a_session(void **state)
{
    struct school *school = *state;
    struct reply reply = school_get(school, "/api/live", NULL);
    ASSERT_STATUS(reply, 401);
    reply_release(&reply);
}

static void a_server_stops_while_people_watch(void **state)
{
    struct school *school = *state;
    struct watcher watcher;
    watch(school, TEACHER, &watcher);
    wait_for(&watcher, "event: head");
    school_restart(school);
    wait_for(&watcher, NULL);
    unwatch(&watcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, make, remove_all)
        TEST(who_may_read_the_page_hears_of_it_and_families_of_the_head_alone),
        TEST(a_retired_or_logged_out_session_hears_no_more),
        TEST(watching_needs_a_session),
        TEST(a_server_stops_while_people_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
