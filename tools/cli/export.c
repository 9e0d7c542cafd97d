/* letopis export: the log and what follows from it, for others' programs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/tiles.h"
#include "projections/voiding.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"

#define BUNDLE_WIDTH 256u

/* Every entry: its length as big-endian uint32, then its bytes. */
static int export_events(struct cli_reading *reading, const char *path, struct base_err *err)
{
    FILE *file = fopen(path, "we");
    uint64_t size = ledger_reader_size(reading->reader);
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    int rc = 0;
    for (ledger_seq seq = 0; rc == 0 && seq < size; seq++) {
        struct base_bytes entry;
        rc = ledger_reader_entry(reading->reader, seq, &entry, err);
        if (rc != 0)
            break;
        const uint8_t length[4] = {(uint8_t)(entry.len >> 24), (uint8_t)(entry.len >> 16),
                                   (uint8_t)(entry.len >> 8), (uint8_t)entry.len};
        if (fwrite(length, 1, 4, file) != 4 || fwrite(entry.data, 1, entry.len, file) != entry.len)
            rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
        if (seq % 4096 == 0)
            cli_progress(NULL, "записи / entries", seq + 1, size);
    }
    if (fclose(file) != 0 && rc == 0)
        rc = BASE_FAIL(err, BASE_E_IO, "%s: %s", path, strerror(errno));
    return rc;
}

struct void_out {
    struct cli_reading *reading;
    struct base_buf text;
    bool first;
};

static bool put_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct void_out *out = data;
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    char key[65] = "";
    if (ledger_reader_entry(out->reading->reader, seq, &bytes, NULL) == 0 &&
        ledger_entry_parse(bytes, &entry, NULL) == 0 &&
        ledger_event_parse(entry.event_bytes, &event, &refusal) == 0)
        base_hex(event.key.bytes, LEDGER_KEY_LEN, key);
    base_buf_printf(&out->text,
                    "%s\n{\"position\": %" PRIu64 ", \"key\": \"%s\", \"report\": %" PRIu64
                    ", \"reason\": \"%s\"}",
                    out->first ? "" : ",", seq, key, state.cause,
                    state.reason == PROJ_VOID_COVERED ? "covered" : "ungrounded");
    out->first = false;
    return true;
}

static int export_void(struct cli_reading *reading, const char *path, struct base_err *err)
{
    struct void_out out = {.reading = reading, .first = true};
    base_buf_put_str(&out.text, "[");
    proj_void_each(reading->txn, put_void, &out);
    base_buf_put_str(&out.text, "\n]\n");
    int rc = proj_txn_fault(reading->txn, err);
    if (rc == 0 && out.text.failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "void set");
    if (rc == 0)
        rc = tool_file_write(path, 0644, base_buf_bytes(&out.text), err);
    base_buf_release(&out.text);
    return rc;
}

static int write_tile(struct cli_reading *reading, const char *dir,
                      const struct ledger_tile_path *tile, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) path = {0};
    char parent[4096];
    base_buf_printf(&path, "%s/", dir);
    ledger_tile_path_put(tile, &path);
    const char *file = base_buf_text(&path);
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "path");
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(file, '/') - file), file);
    int rc = tool_dir_make(parent, err);
    if (rc == 0 && tile->entries)
        rc = ledger_reader_bundle(reading->reader, tile->index, tile->width, &bytes, err);
    else if (rc == 0)
        rc =
            ledger_reader_tile(reading->reader, tile->level, tile->index, tile->width, &bytes, err);
    return rc == 0 ? tool_file_write(file, 0644, base_buf_bytes(&bytes), err) : rc;
}

static int export_tiles(struct cli_reading *reading, const char *dir, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    char path[4096];
    uint64_t size = ledger_reader_size(reading->reader);
    int rc = tool_dir_make(dir, err);
    if (rc == 0)
        rc = ledger_reader_checkpoint(reading->reader, &note, err);
    uint64_t count = (size + BUNDLE_WIDTH - 1) / BUNDLE_WIDTH;
    for (uint64_t i = 0; rc == 0 && i < count; i++) {
        struct ledger_tile_path tile = {
            .entries = true, .index = i, .width = ledger_tile_width_at(size, 0, i)};
        rc = write_tile(reading, dir, &tile, err);
        cli_progress(NULL, "записи / entry bundles", i + 1, count);
    }
    for (unsigned level = 0; rc == 0 && ledger_tile_width_at(size, level, 0) > 0; level++) {
        for (uint64_t i = 0; rc == 0; i++) {
            struct ledger_tile_path tile = {
                .level = level, .index = i, .width = ledger_tile_width_at(size, level, i)};
            if (tile.width == 0)
                break;
            rc = write_tile(reading, dir, &tile, err);
        }
    }
    snprintf(path, sizeof path, "%s/checkpoint", dir);
    return rc == 0 ? tool_file_write(path, 0644, base_buf_bytes(&note), err) : rc;
}

int cli_export(int argc, char **argv)
{
    static const char *const known[] = {"--events=", "--void=", "--tiles=", NULL};
    struct base_err err = {0};
    struct cli_reading reading;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *events = cli_option(argc, argv, "--events");
    const char *voids = cli_option(argc, argv, "--void");
    const char *tiles = cli_option(argc, argv, "--tiles");
    if (dir == NULL || (events == NULL && voids == NULL && tiles == NULL))
        return cli_usage("export", "DIR and one of --events, --void, --tiles are needed");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("export", &err);
    int rc = events != NULL ? export_events(&reading, events, &err) : 0;
    if (rc == 0 && voids != NULL)
        rc = export_void(&reading, voids, &err);
    if (rc == 0 && tiles != NULL)
        rc = export_tiles(&reading, tiles, &err);
    cli_reading_close(&reading);
    return rc == 0 ? CLI_DONE : cli_fail("export", &err);
}
