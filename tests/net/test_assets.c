/* The web client's files as a browser gets them. */
#include "tests/net/world.h"

#include "net/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct net_assets *assets;

static void write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    char path[128];
    strcpy(folder, "/tmp/letopis-assets-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/fonts", folder);
    assert_int_equal(mkdir(path, 0755), 0);
    write_file("index.html", "<!doctype html>");
    write_file("app-3f9a2c7b.js", "plain script");
    write_file("app-3f9a2c7b.js.gz", "packed script");
    write_file("style.css", "body{}");
    write_file("sw.js", "self.addEventListener");
    write_file("app.webmanifest", "{}");
    write_file("fonts/text.woff2", "font");
    write_file(".secret", "hidden");
    snprintf(path, sizeof(path), "%s/passwd.txt", folder);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(net_assets_load(folder, &assets, NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    net_assets_free(assets);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static void serve(struct net_request *request, void *context)
{
    (void)context;
    net_assets_serve(assets, request, net_request_path(request) + 1);
}

static const struct net_route no_routes[] = {{"GET", "/never", serve, 0}};
static const struct net_router_options router = {
    .routes = no_routes, .route_count = 1, .fallback = serve};

static void check(struct world *world, struct question question, long status, const char *type,
                  const char *body)
{
    struct answer answer = world_ask(world, &question);
    assert_int_equal(answer.status, status);
    if (type != NULL)
        assert_string_equal(answer_header(&answer, "content-type"), type);
    if (body != NULL)
        assert_true(base_bytes_equal(base_buf_bytes(&answer.body), base_bytes_str(body)));
    answer_release(&answer);
}

static void files_come_with_their_types(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    const char *html = "text/html; charset=utf-8";
    check(world, (struct question){.path = "/"}, 200, html, "<!doctype html>");
    check(world, (struct question){.path = "/index.html"}, 200, html, "<!doctype html>");
    check(world, (struct question){.path = "/style.css"}, 200, "text/css; charset=utf-8", "body{}");
    check(world, (struct question){.path = "/fonts/text.woff2"}, 200, "font/woff2", "font");
    check(world, (struct question){.path = "/app-3f9a2c7b.js"}, 200,
          "text/javascript; charset=utf-8", "plain script");
    check(world, (struct question){.path = "/style.css", .method = "HEAD"}, 200,
          "text/css; charset=utf-8", "");
    check(world, (struct question){.path = "/style.css", .method = "POST"}, 405, NULL, NULL);
    world_free(world);
}

static void screens_are_paths_of_the_one_page(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    check(world, (struct question){.path = "/journal/7a/algebra"}, 200, NULL, "<!doctype html>");
    check(world, (struct question){.path = "/fonts/"}, 200, NULL, "<!doctype html>");
    check(world, (struct question){.path = "/missing.js"}, 404, NULL, NULL);
    check(world, (struct question){.path = "/fonts/missing.woff2"}, 404, NULL, NULL);
    world_free(world);
}

static void hidden_files_and_links_are_not_served(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    check(world, (struct question){.path = "/.secret"}, 404, NULL, NULL);
    check(world, (struct question){.path = "/passwd.txt"}, 404, NULL, NULL);
    check(world, (struct question){.path = "/app-3f9a2c7b.js.gz"}, 404, NULL, NULL);
    world_free(world);
}

static void compressed_files_go_to_those_who_take_them(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    struct answer packed =
        world_ask(world, &(struct question){.path = "/app-3f9a2c7b.js",
                                            .headers = {"Accept-Encoding: br, gzip;q=0.5"}});
    assert_string_equal(answer_header(&packed, "content-encoding"), "gzip");
    assert_string_equal(answer_header(&packed, "vary"), "Accept-Encoding");
    assert_true(answer_has_text(&packed, "packed script"));
    answer_release(&packed);
    struct answer plain = world_ask(
        world, &(struct question){.path = "/app-3f9a2c7b.js", .headers = {"Accept-Encoding: br"}});
    assert_null(answer_header(&plain, "content-encoding"));
    assert_string_equal(answer_header(&plain, "vary"), "Accept-Encoding");
    answer_release(&plain);
    world_free(world);
}

static void hashed_files_are_kept_and_others_are_asked_for_again(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    struct answer hashed = world_ask(world, &(struct question){.path = "/app-3f9a2c7b.js"});
    assert_string_equal(answer_header(&hashed, "cache-control"),
                        "public, max-age=31536000, immutable");
    answer_release(&hashed);
    for (size_t i = 0; i < 2; i++) {
        struct answer first = world_ask(world, &(struct question){.path = "/", .is_http1 = i == 1});
        assert_string_equal(answer_header(&first, "cache-control"), "no-cache");
        char known[128];
        const char *etag = answer_header(&first, "etag");
        assert_int_equal(etag[0], '"');
        snprintf(known, sizeof(known), "If-None-Match: W/\"x\", %s", etag);
        answer_release(&first);
        struct answer again = world_ask(
            world, &(struct question){.path = "/", .headers = {known}, .is_http1 = i == 1});
        assert_int_equal(again.code, CURLE_OK);
        assert_int_equal(again.status, 304);
        assert_int_equal(again.body.len, 0);
        assert_non_null(answer_header(&again, "etag"));
        assert_non_null(answer_header(&again, "content-security-policy"));
        answer_release(&again);
        check(world,
              (struct question){
                  .path = "/", .headers = {"If-None-Match: \"other\""}, .is_http1 = i == 1},
              200, NULL, "<!doctype html>");
    }
    world_free(world);
}

/* specs/offline.md, 1: a service worker must be found again at each visit, or a browser would keep
 * a shell for ever; and the policy lets nothing but the school's own files run as one. */
static void the_service_worker_and_the_manifest_are_asked_for_at_each_visit(void **state)
{
    (void)state;
    struct world *world = world_new(NULL, &router);
    static const char *const files[][2] = {{"/sw.js", "text/javascript; charset=utf-8"},
                                           {"/app.webmanifest", "application/manifest+json"}};
    for (size_t i = 0; i < 2; i++) {
        struct answer answer = world_ask(world, &(struct question){.path = files[i][0]});
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer_header(&answer, "content-type"), files[i][1]);
        assert_string_equal(answer_header(&answer, "cache-control"), "no-cache");
        assert_null(answer_header(&answer, "service-worker-allowed"));
        const char *policy = answer_header(&answer, "content-security-policy");
        assert_non_null(strstr(policy, "default-src 'none'"));
        assert_non_null(strstr(policy, "worker-src 'self'"));
        assert_non_null(strstr(policy, "manifest-src 'self'"));
        assert_non_null(strstr(policy, "connect-src 'self'"));
        answer_release(&answer);
    }
    world_free(world);
}

static void a_folder_that_is_not_there_is_a_fault(void **state)
{
    (void)state;
    struct net_assets *none = NULL;
    assert_int_equal(net_assets_load("/nowhere/at/all", &none, NULL), BASE_E_IO);
    assert_null(none);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_with_their_types),
        cmocka_unit_test(screens_are_paths_of_the_one_page),
        cmocka_unit_test(hidden_files_and_links_are_not_served),
        cmocka_unit_test(compressed_files_go_to_those_who_take_them),
        cmocka_unit_test(hashed_files_are_kept_and_others_are_asked_for_again),
        cmocka_unit_test(the_service_worker_and_the_manifest_are_asked_for_at_each_visit),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_fault),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
