/* Loading walks the folder, takes every regular file, and sorts the table; serving is one binary
 * search. Nothing of a request reaches the file system, so there is no path to escape through. */
#include "net/assets.h"

#include "net/limits.h"
#include "net/reply.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN_MAX 512u
#define HASH_LEN_MIN 8u
#define FOLDER_DEPTH_MAX 8u

struct variant {
    uint8_t *data;
    size_t len;
    char etag[40]; /* with its quotes */
};

struct asset {
    char path[PATH_LEN_MAX];
    struct variant plain;
    struct variant gzip; /* data NULL: none */
    const char *type;
    bool is_immutable;
};

struct net_assets {
    struct asset *assets;
    size_t count, capacity;
    size_t len;
};

static const struct {
    const char *extension;
    const char *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
};

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].extension, dot) == 0)
            return types[i].type;
    return "application/octet-stream";
}

static bool name_has_hash(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = 0;
    bool has_digit = false;
    if (dot == NULL)
        return false;
    for (const char *p = dot; p > name; len++) {
        char c = *--p;
        if (c == '-' || c == '.')
            return len >= HASH_LEN_MIN && has_digit;
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_')
            return false;
        has_digit |= is_digit;
    }
    return false;
}

static int variant_read(struct net_assets *assets, int fd, const char *path, size_t len,
                        struct variant *out, struct base_err *err)
{
    if (len > NET_ASSETS_LEN_MAX - assets->len)
        return BASE_FAIL(err, BASE_E_LIMIT, "web client: more than %u bytes", NET_ASSETS_LEN_MAX);
    struct variant variant = {.data = malloc(len + 1), .len = len};
    if (variant.data == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "web client");
    for (size_t at = 0; at < len;) {
        ssize_t got = read(fd, variant.data + at, len - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            free(variant.data);
            return BASE_FAIL(err, BASE_E_IO, "web client: read %s: %s", path,
                             got < 0 ? strerror(errno) : "it became shorter");
        }
        at += (size_t)got;
    }
    uint8_t digest[EVP_MAX_MD_SIZE];
    char hex[33];
    if (EVP_Digest(variant.data, len, digest, NULL, EVP_sha256(), NULL) != 1) {
        free(variant.data);
        return BASE_FAIL(err, BASE_E_CRYPTO, "web client: SHA-256");
    }
    base_hex(digest, 16, hex);
    snprintf(variant.etag, sizeof(variant.etag), "\"%s\"", hex);
    assets->len += len;
    *out = variant;
    return 0;
}

static struct asset *assets_add(struct net_assets *assets, const char *path, struct base_err *err)
{
    if (assets->count == NET_ASSET_COUNT_MAX) {
        BASE_FAIL(err, BASE_E_LIMIT, "web client: more than %u files", NET_ASSET_COUNT_MAX);
        return NULL;
    }
    if (assets->count == assets->capacity) {
        size_t capacity = assets->capacity == 0 ? 32 : assets->capacity * 2;
        struct asset *grown = realloc(assets->assets, capacity * sizeof(*grown));
        if (grown == NULL) {
            BASE_FAIL(err, BASE_E_MEMORY, "web client");
            return NULL;
        }
        assets->assets = grown;
        assets->capacity = capacity;
    }
    struct asset *asset = &assets->assets[assets->count++];
    memset(asset, 0, sizeof(*asset));
    snprintf(asset->path, sizeof(asset->path), "%s", path);
    return asset;
}

static int load_folder(struct net_assets *assets, int folder_fd, const char *prefix, unsigned depth,
                       struct base_err *err);

static int load_entry(struct net_assets *assets, int folder_fd, const char *prefix,
                      const char *name, unsigned depth, struct base_err *err)
{
    char path[PATH_LEN_MAX];
    struct stat info;
    int len = snprintf(path, sizeof(path), "%s%s", prefix, name);
    if (len < 0 || (size_t)len >= sizeof(path) - 1)
        return BASE_FAIL(err, BASE_E_LIMIT, "web client: the path %s%s is too long", prefix, name);
    int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ELOOP
                   ? 0
                   : BASE_FAIL(err, BASE_E_IO, "web client: open %s: %s", path, strerror(errno));
    int rc = 0;
    if (fstat(fd, &info) != 0) {
        rc = BASE_FAIL(err, BASE_E_IO, "web client: %s: %s", path, strerror(errno));
    } else if (S_ISDIR(info.st_mode)) {
        path[len] = '/';
        path[len + 1] = '\0';
        return load_folder(assets, fd, path, depth + 1, err); /* takes the descriptor */
    } else if (S_ISREG(info.st_mode)) {
        struct asset *asset = assets_add(assets, path, err);
        rc = asset == NULL
                 ? BASE_E_LIMIT
                 : variant_read(assets, fd, path, (size_t)info.st_size, &asset->plain, err);
    }
    close(fd);
    return rc;
}

static int load_folder(struct net_assets *assets, int folder_fd, const char *prefix, unsigned depth,
                       struct base_err *err)
{
    if (depth > FOLDER_DEPTH_MAX) {
        close(folder_fd);
        return BASE_FAIL(err, BASE_E_LIMIT, "web client: folders nested too deep at %s", prefix);
    }
    DIR *folder = fdopendir(folder_fd);
    if (folder == NULL) {
        close(folder_fd);
        return BASE_FAIL(err, BASE_E_IO, "web client: %s: %s", prefix, strerror(errno));
    }
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            rc = load_entry(assets, dirfd(folder), prefix, entry->d_name, depth, err);
    closedir(folder);
    return rc;
}

static int asset_order(const void *a, const void *b)
{
    return strcmp(((const struct asset *)a)->path, ((const struct asset *)b)->path);
}

static struct asset *assets_find(const struct net_assets *assets, const char *path)
{
    struct asset key;
    size_t path_len = strlen(path);
    if (assets->count == 0 || path_len >= sizeof(key.path))
        return NULL;
    memcpy(key.path, path, path_len + 1);
    return bsearch(&key, assets->assets, assets->count, sizeof(key), asset_order);
}

/* Gives each "x.gz" to its "x"; one without an "x" stays a file of its own. */
static void pair_compressed(struct net_assets *assets)
{
    for (size_t i = 0; i < assets->count; i++) {
        struct asset *asset = &assets->assets[i];
        size_t len = strlen(asset->path);
        asset->type = type_of(asset->path);
        asset->is_immutable = name_has_hash(asset->path);
        if (len <= 3 || strcmp(asset->path + len - 3, ".gz") != 0)
            continue;
        char plain_path[PATH_LEN_MAX];
        snprintf(plain_path, sizeof(plain_path), "%.*s", (int)(len - 3), asset->path);
        struct asset *plain = assets_find(assets, plain_path);
        if (plain == NULL)
            continue;
        plain->gzip = asset->plain;
        asset->plain.data = NULL; /* its entry stays, unused, so that the order stays */
    }
}

int net_assets_load(const char *dir, struct net_assets **out_assets, struct base_err *err)
{
    struct net_assets *assets = calloc(1, sizeof(*assets));
    if (assets == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "web client");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? BASE_FAIL(err, BASE_E_IO, "web client: open %s: %s", dir, strerror(errno))
                    : load_folder(assets, fd, "", 0, err);
    if (rc != 0) {
        net_assets_free(assets);
        return rc;
    }
    if (assets->count > 0)
        qsort(assets->assets, assets->count, sizeof(assets->assets[0]), asset_order);
    pair_compressed(assets);
    *out_assets = assets;
    return 0;
}

void net_assets_free(struct net_assets *assets)
{
    if (assets == NULL)
        return;
    for (size_t i = 0; i < assets->count; i++) {
        free(assets->assets[i].plain.data);
        free(assets->assets[i].gzip.data);
    }
    free(assets->assets);
    free(assets);
}

size_t net_assets_count(const struct net_assets *assets)
{
    return assets->count;
}

static void send_asset(const struct asset *asset, struct net_request *request)
{
    const struct variant *variant = &asset->plain;
    if (asset->gzip.data != NULL) {
        net_response_header(request, "vary", "Accept-Encoding");
        if (net_request_accepts_gzip(request))
            variant = &asset->gzip;
    }
    net_response_header(request, "etag", variant->etag);
    net_response_header(request, "cache-control",
                        asset->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    const char *known = net_request_header(request, "if-none-match");
    if (known != NULL && strstr(known, variant->etag) != NULL) {
        net_response_send(request, 304, NULL, base_bytes_of("", 0));
        return;
    }
    if (variant == &asset->gzip)
        net_response_header(request, "content-encoding", "gzip");
    net_response_send_borrowed(request, 200, asset->type,
                               base_bytes_of(variant->data, variant->len));
}

void net_assets_serve(const struct net_assets *assets, struct net_request *request,
                      const char *path)
{
    const char *method = net_request_method(request);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        net_response_header(request, "allow", "GET, HEAD");
        net_reply_error(request, NET_ERROR_METHOD, NULL);
        return;
    }
    const struct asset *asset = path[0] == '\0' ? NULL : assets_find(assets, path);
    const char *slash = strrchr(path, '/');
    if ((asset == NULL || asset->plain.data == NULL) &&
        strchr(slash != NULL ? slash : path, '.') == NULL)
        asset = assets_find(assets, "index.html");
    if (asset == NULL || asset->plain.data == NULL) {
        net_reply_error(request, NET_ERROR_NOT_FOUND, NULL);
        return;
    }
    send_asset(asset, request);
}
