/* The built web client, read into memory at start and served from there.
 * Shape:   a sorted table of path → bytes, type, ETag; "x.gz" beside "x" is x compressed ahead.
 * Caching: files whose name carries a hash ("app-3f9a2c7b.js": eight or more letters and digits,
 *          one digit at least, after the last "-" or "." before the extension) may be kept for
 *          ever; all others are asked for again with their ETag (SHA-256 of the content).
 * Limits:  NET_ASSET_COUNT_MAX, NET_ASSETS_LEN_MAX; symbolic links and dot files are left out.
 * Threads: read-only after loading. */
#pragma once

#include "net/request.h"

struct net_assets;

int net_assets_load(const char *dir, struct net_assets **out_assets,
                    struct base_err *err) BASE_MUST_USE;
/* Only after the server is freed: answers borrow the bytes. NULL is allowed. */
void net_assets_free(struct net_assets *assets);
size_t net_assets_count(const struct net_assets *assets);

/* Answers GET and HEAD for `path` (relative, without a leading slash, as in "app-3f9a2c7b.js"):
 * the file; or index.html for "" and for a path that names no file of its own (its last segment
 * has no "."), because the client's screens are paths; or 404. 304 for a known ETag, 405 for other
 * methods. Consumes the request. */
void net_assets_serve(const struct net_assets *assets, struct net_request *request,
                      const char *path);
