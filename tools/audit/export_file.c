/* The file is mapped; one pass notes where each entry begins. */
#include "tools/audit/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/tree.h"

#define LENGTH_LEN 4u

struct audit_file {
    const uint8_t *data;
    size_t len;
    size_t *starts; /* of the entries' bytes */
    uint64_t size, capacity;
};

static int add(struct audit_file *file, size_t start, struct base_err *err)
{
    if (file->size == file->capacity) {
        uint64_t capacity = file->capacity == 0 ? 1024 : file->capacity * 2;
        size_t *grown = realloc(file->starts, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            return BASE_FAIL(err, BASE_E_MEMORY, "entries");
        file->starts = grown;
        file->capacity = capacity;
    }
    file->starts[file->size++] = start;
    return 0;
}

static size_t length_at(const struct audit_file *file, size_t at)
{
    const uint8_t *p = file->data + at;
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static int find_entries(struct audit_file *file, const char *path, struct base_err *err)
{
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && at < file->len) {
        bool whole = file->len - at >= LENGTH_LEN;
        size_t len = whole ? length_at(file, at) : 0;
        if (!whole || len == 0 || len > file->len - at - LENGTH_LEN)
            return BASE_FAIL(err, BASE_E_FORMAT, "%s: entry %llu at byte %zu is cut off", path,
                             (unsigned long long)file->size, at);
        rc = add(file, at + LENGTH_LEN, err);
        at += LENGTH_LEN + len;
    }
    return rc;
}

static int map_file(struct audit_file *file, const char *path, struct base_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 || fstat(fd, &st) != 0
                 ? BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno))
                 : 0;
    if (rc == 0 && st.st_size > 0) {
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
        } else {
            file->data = data;
            file->len = (size_t)st.st_size;
        }
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int audit_file_open(const char *path, struct audit_file **out_file, struct base_err *err)
{
    struct audit_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "entries");
    int rc = map_file(file, path, err);
    if (rc == 0)
        rc = find_entries(file, path, err);
    if (rc != 0) {
        audit_file_close(file);
        return rc;
    }
    *out_file = file;
    return 0;
}

void audit_file_close(struct audit_file *file)
{
    if (file == NULL)
        return;
    if (file->data != NULL)
        munmap((void *)(uintptr_t)file->data, file->len);
    free(file->starts);
    free(file);
}

uint64_t audit_file_size(const struct audit_file *file)
{
    return file->size;
}

static struct base_bytes entry_at(const struct audit_file *file, ledger_seq seq)
{
    size_t start = file->starts[seq];
    return base_bytes_of(file->data + start, length_at(file, start - LENGTH_LEN));
}

void audit_file_root(const struct audit_file *file, struct ledger_hash *out_root)
{
    struct ledger_frontier frontier = {0};
    for (uint64_t seq = 0; seq < file->size; seq++) {
        struct ledger_hash leaf;
        ledger_tree_leaf(entry_at(file, seq), &leaf);
        ledger_frontier_append(&frontier, &leaf);
    }
    ledger_frontier_root(&frontier, out_root);
}

static int source_entry(void *data, ledger_seq seq, struct base_buf *out_entry,
                        struct base_err *err)
{
    const struct audit_file *file = data;
    if (seq >= file->size)
        return BASE_FAIL(err, BASE_E_MISSING, "the file ends before entry %llu",
                         (unsigned long long)seq);
    base_buf_put_bytes(out_entry, entry_at(file, seq));
    return out_entry->failed ? BASE_FAIL(err, BASE_E_MEMORY, "entry") : 0;
}

struct ledger_source audit_file_source(struct audit_file *file)
{
    return (struct ledger_source){.data = file, .entry = source_entry};
}

static int source_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                        base_time_ms *out_recorded_ms, struct base_err *err)
{
    const struct audit_file *file = data;
    struct ledger_entry entry;
    struct ledger_refusal refusal;
    if (seq >= file->size)
        return BASE_FAIL(err, BASE_E_MISSING, "the file ends before entry %llu",
                         (unsigned long long)seq);
    int rc = ledger_entry_parse(entry_at(file, seq), &entry, err);
    if (rc != 0)
        return rc;
    *out_recorded_ms = entry.recorded_ms;
    return ledger_event_parse(entry.event_bytes, out_event, &refusal) == 0
               ? 0
               : BASE_FAIL(err, BASE_E_FORMAT, "entry %llu: field %s", (unsigned long long)seq,
                           refusal.field);
}

struct proj_source audit_file_proj_source(struct audit_file *file)
{
    return (struct proj_source){.event = source_event, .data = file};
}
