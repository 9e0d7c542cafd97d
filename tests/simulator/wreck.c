/* Folders after a fall. */
#include "tests/simulator/wreck.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/ledger/support.h"

#define PAGE_LEN 4096u
#define META_PAGES 2u

static void stuck(const char *path)
{
    printf("the simulator itself: %s: %s\n", path, strerror(errno));
    exit(1);
}

void wreck_read(const char *dir, const char *name, struct base_buf *out)
{
    char path[512];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0)
        stuck(path);
    base_buf_reset(out);
    uint8_t *to = base_buf_reserve(out, (size_t)info.st_size + 1);
    for (size_t done = 0; done < (size_t)info.st_size;) {
        ssize_t got = read(fd, to + done, (size_t)info.st_size - done);
        if (got <= 0)
            stuck(path);
        done += (size_t)got;
    }
    out->len += (size_t)info.st_size;
    close(fd);
}

static void put(const char *dir, const char *name, struct base_bytes content)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        stuck(path);
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put <= 0)
            stuck(path);
        content = base_bytes_of(content.data + put, content.len - (size_t)put);
    }
    close(fd);
}

void wreck_copy(const char *from, const char *to)
{
    static const char *const names[] = {"log/data.mdb", "projections/data.mdb",
                                        "log.key",      "wrap.key",
                                        "published",    "projections/running"};
    static struct base_buf content;
    char path[512];
    static const char *const folders[] = {"", "/log", "/projections"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", to, folders[i]);
        if (mkdir(path, 0700) != 0)
            stuck(path);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        wreck_read(from, names[i], &content);
        put(to, names[i], base_buf_bytes(&content));
    }
}

void wreck_pages(const char *dir, struct base_bytes before, struct base_bytes after, uint64_t dice)
{
    struct test_random random = {.state = dice};
    struct base_buf BASE_CLEANUP(base_buf_release) mixed = {0};
    size_t len = test_random_below(&random, 2) == 0 ? before.len : after.len;
    for (size_t at = 0; at < len; at += PAGE_LEN) {
        bool old = at < (size_t)META_PAGES * PAGE_LEN || at >= after.len ||
                   (at < before.len && test_random_below(&random, 2) == 0);
        struct base_bytes from = old ? before : after;
        if (at < from.len)
            base_buf_put(&mixed, from.data + at,
                         from.len - at < PAGE_LEN ? from.len - at : PAGE_LEN);
    }
    put(dir, "log/data.mdb", base_buf_bytes(&mixed));
}

void wreck_unsynced(const char *dir, uint64_t dice)
{
    static const char another_boot[] = "00000000-0000-0000-0000-000000000000";
    static struct base_buf content;
    struct test_random random = {.state = dice};
    wreck_read(dir, "projections/data.mdb", &content);
    if (test_random_below(&random, 2) == 0)
        content.len = (size_t)test_random_below(&random, content.len + 1);
    for (int i = 0; i < 40 && content.len >= 8; i++)
        base_set_be64(content.data + test_random_below(&random, content.len - 7),
                      test_random_next(&random));
    put(dir, "projections/data.mdb", base_buf_bytes(&content));
    put(dir, "projections/running", base_bytes_of(another_boot, sizeof another_boot - 1));
    if (test_random_below(&random, 3) == 0)
        put(dir, "published", base_bytes_of("", 0));
}
