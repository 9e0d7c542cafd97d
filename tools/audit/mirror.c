/* libcurl, one connection kept alive, one file after the other; each is written whole or not. */
#include "tools/audit/mirror.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/note.h"
#include "ledger/tiles.h"
#include "tools/common/files.h"

#define FILE_LEN_MAX (256u * (65535u + 2u))
#define TIMEOUT_S 60L

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct base_buf *out = data;
    base_buf_put(out, bytes, size * count);
    return out->failed ? 0 : size * count;
}

static int get(CURL *curl, const char *url, struct base_buf *out, struct base_err *err)
{
    long status = 0;
    out->limit = FILE_LEN_MAX;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return BASE_FAIL(
            err, status == 404 ? BASE_E_MISSING : BASE_E_IO, "%s: HTTP status %ld%s", url, status,
            status == 401 || status == 403 ? " (entry bundles of this log are for its auditors)"
                                           : "");
    return 0;
}

static CURL *start(const struct audit_mirror_options *options)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return NULL;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (options->cacert != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->cacert);
    } else {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    return curl;
}

static size_t url_len(const char *url)
{
    size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    return len;
}

int audit_mirror_checkpoint(const struct audit_mirror_options *options, bool witnessed,
                            struct base_buf *out_note, struct base_err *err)
{
    char url[4096];
    CURL *curl = start(options);
    if (curl == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "libcurl");
    snprintf(url, sizeof url, "%.*s/checkpoint%s", (int)url_len(options->url), options->url,
             witnessed ? ".witnessed" : "");
    int rc = get(curl, url, out_note, err);
    curl_easy_cleanup(curl);
    return rc;
}

static int fetch_one(CURL *curl, const struct audit_mirror_options *options,
                     const struct ledger_tile_path *tile, const char *dir, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) url = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    base_buf_printf(&path, "%s/", dir);
    ledger_tile_path_put(tile, &path);
    base_buf_printf(&url, "%.*s/", (int)url_len(options->url), options->url);
    ledger_tile_path_put(tile, &url);
    const char *file = base_buf_text(&path);
    const char *address = base_buf_text(&url);
    if (file == NULL || address == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "path");
    if (options->keeps && tile->width == LEDGER_TILE_WIDTH && tool_file_exists(file))
        return 0;
    char *slash = strrchr(file, '/');
    char parent[4096];
    snprintf(parent, sizeof parent, "%.*s", (int)(slash - file), file);
    int rc = tool_dir_make(parent, err);
    if (rc == 0)
        rc = get(curl, address, &bytes, err);
    return rc == 0 ? tool_file_write(file, 0600, base_buf_bytes(&bytes), err) : rc;
}

int audit_mirror_fetch(const struct audit_mirror_options *options, uint64_t size, const char *dir,
                       struct base_err *err)
{
    CURL *curl = start(options);
    uint64_t count = (size + LEDGER_TILE_WIDTH - 1) / LEDGER_TILE_WIDTH;
    int rc = curl == NULL ? BASE_FAIL(err, BASE_E_MEMORY, "libcurl") : 0;
    for (uint64_t i = 0; rc == 0 && i < count; i++) {
        struct ledger_tile_path tile = {
            .entries = true, .index = i, .width = ledger_tile_width_at(size, 0, i)};
        rc = fetch_one(curl, options, &tile, dir, err);
        tile.entries = false;
        if (rc == 0)
            rc = fetch_one(curl, options, &tile, dir, err);
        if (options->progress != NULL)
            options->progress(options->data, i + 1, count);
    }
    curl_easy_cleanup(curl);
    return rc;
}
