/* The preloaded library. It keeps no state but a pointer to the test's fault. */
#include "tests/faults/shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t count, size_t len);
extern void *__libc_realloc(void *old, size_t len);

static struct shim_fault *armed;

void shim_arm(struct shim_fault *fault);
void shim_arm(struct shim_fault *fault)
{
    armed = fault;
}

static int is_on(int fd, const char *part)
{
    char link[40];
    char path[400];
    if (part[0] == '\0')
        return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    path[len < 0 ? 0 : len] = '\0';
    return strstr(path, part) != NULL;
}

/* Does this call fail? */
static int hit_on(enum shim_call call, int fd)
{
    struct shim_fault *fault = armed;
    if (fault == NULL || fault->call != call || !is_on(fd, fault->path))
        return 0;
    if (fault->n > 0) {
        fault->n--;
        return 0;
    }
    if (fault->met > 0 && !fault->forever)
        return 0;
    fault->met++;
    errno = fault->code;
    return 1;
}

static int hit(enum shim_call call)
{
    return hit_on(call, -1);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static size_t half(size_t len)
{
    return armed->code == 0 ? len / 2 : 0;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    static __typeof__(&pwrite) next;
    if (next == NULL)
        next = NEXT(pwrite);
    if (!hit_on(SHIM_PWRITE, fd))
        return next(fd, data, len, at);
    return half(len) > 0 ? next(fd, data, half(len), at) : -1;
}

ssize_t writev(int fd, const struct iovec *list, int count)
{
    static __typeof__(&writev) next;
    if (next == NULL)
        next = NEXT(writev);
    if (!hit_on(SHIM_WRITEV, fd))
        return next(fd, list, count);
    return armed->code == 0 ? next(fd, list, count > 1 ? count / 2 : 1) : -1;
}

ssize_t write(int fd, const void *data, size_t len)
{
    static __typeof__(&write) next;
    if (next == NULL)
        next = NEXT(write);
    if (!hit_on(SHIM_WRITE, fd))
        return next(fd, data, len);
    return half(len) > 0 ? next(fd, data, half(len)) : -1;
}

int fdatasync(int fd)
{
    static __typeof__(&fdatasync) next;
    if (next == NULL)
        next = NEXT(fdatasync);
    return hit_on(SHIM_FDATASYNC, fd) ? -1 : next(fd);
}

int fsync(int fd)
{
    static __typeof__(&fsync) next;
    if (next == NULL)
        next = NEXT(fsync);
    return hit_on(SHIM_FSYNC, fd) ? -1 : next(fd);
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
    static __typeof__(&fallocate) next;
    if (next == NULL)
        next = NEXT(fallocate);
    return hit_on(SHIM_FALLOCATE, fd) ? -1 : next(fd, mode, at, len);
}

int fallocate64(int fd, int mode, off64_t at, off64_t len)
{
    return fallocate(fd, mode, at, len);
}

int rename(const char *from, const char *to)
{
    static __typeof__(&rename) next;
    if (next == NULL)
        next = NEXT(rename);
    return hit(SHIM_RENAME) ? -1 : next(from, to);
}

static int open_one(const char *path, int flags, unsigned mode)
{
    static int (*next)(const char *, int, ...);
    if (next == NULL)
        next = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    return hit(SHIM_OPEN) ? -1 : next(path, flags, mode);
}

static unsigned mode_of(int flags, va_list args)
{
    return (flags & O_CREAT) != 0 ? va_arg(args, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = mode_of(flags, args);
    va_end(args);
    return open_one(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = mode_of(flags, args);
    va_end(args);
    return open_one(path, flags, mode);
}

ssize_t pread(int fd, void *to, size_t len, off_t at)
{
    static __typeof__(&pread) next;
    if (next == NULL)
        next = NEXT(pread);
    if (!hit_on(SHIM_PREAD, fd))
        return next(fd, to, len, at);
    return half(len) > 0 ? next(fd, to, half(len), at) : -1;
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    static __typeof__(&mmap) next;
    if (next == NULL)
        next = NEXT(mmap);
    return hit(SHIM_MMAP) ? MAP_FAILED : next(at, len, protection, flags, fd, offset);
}

void *malloc(size_t len);
void *calloc(size_t count, size_t len);
void *realloc(void *old, size_t len);

void *malloc(size_t len)
{
    return hit(SHIM_MEMORY) ? NULL : __libc_malloc(len);
}

void *calloc(size_t count, size_t len)
{
    return hit(SHIM_MEMORY) ? NULL : __libc_calloc(count, len);
}

void *realloc(void *old, size_t len)
{
    return hit(SHIM_MEMORY) ? NULL : __libc_realloc(old, len);
}
