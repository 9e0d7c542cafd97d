/* letopis retention: terms of keeping, as the operator of the machine sees them. */
#include <msgpack.h>
#include <stdio.h>

#include "net/json.h"
#include "projections/views/view.h"
#include "tools/cli/reading.h"

static const msgpack_object *field(const msgpack_object *map, const char *name)
{
    static const msgpack_object nil = {.type = MSGPACK_OBJECT_NIL};
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object *key = &map->via.map.ptr[i].key;
        if (key->via.str.size == strlen(name) &&
            memcmp(key->via.str.ptr, name, key->via.str.size) == 0)
            return &map->via.map.ptr[i].val;
    }
    return &nil;
}

static void print_text(const msgpack_object *value)
{
    printf("\t%.*s", (int)value->via.str.size, value->via.str.ptr);
}

static void print_day(const msgpack_object *value)
{
    int year, month, day;
    if (value->type == MSGPACK_OBJECT_NIL) {
        printf("\t-");
        return;
    }
    base_day_to_civil((base_day)value->via.i64, &year, &month, &day);
    printf("\t%04d-%02d-%02d", year, month, day);
}

static void print_row(const msgpack_object *row)
{
    const msgpack_object *id = field(row, "id");
    const msgpack_object *state = field(row, "state");
    char hex[2 * LEDGER_ID_LEN + 1];
    base_hex((const uint8_t *)id->via.bin.ptr, LEDGER_ID_LEN, hex);
    printf("%.*s", (int)state->via.str.size, state->via.str.ptr);
    print_day(field(row, "due"));
    print_text(field(row, "keeping"));
    print_day(field(row, "last"));
    printf("\t%s\t%s", field(row, "account")->via.boolean ? "account" : "pupil", hex);
    print_text(field(row, "name"));
    putchar('\n');
}

static int print_table(struct base_bytes packed, struct base_err *err)
{
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    size_t at = 0;
    bool read = msgpack_unpack_next(&unpacked, (const char *)packed.data, packed.len, &at) ==
                MSGPACK_UNPACK_SUCCESS;
    if (read) {
        const msgpack_object *rows = field(&unpacked.data, "rows");
        for (uint32_t i = 0; i < rows->via.array.size; i++)
            print_row(&rows->via.array.ptr[i]);
    }
    msgpack_unpacked_destroy(&unpacked);
    return read ? 0 : BASE_FAIL(err, BASE_E_MEMORY, "terms of keeping");
}

int cli_retention(int argc, char **argv)
{
    static const char *const known[] = {"--all", "--json", NULL};
    struct base_buf BASE_CLEANUP(base_buf_wipe) packed = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) json = {0};
    struct cli_reading reading;
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    if (dir == NULL)
        return cli_usage("retention", "DIR is needed");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("retention", &err);
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL),
                             .out = &packed};
    int rc = proj_view_begin(&view, &err);
    if (rc == 0)
        rc = proj_view_end(&view, proj_view_retention(&view, cli_flag(argc, argv, "--all")), &err);
    if (rc == 0 && cli_flag(argc, argv, "--json")) {
        rc = net_json_from_msgpack(base_buf_bytes(&packed), &json, &err);
        if (rc == 0)
            printf("%.*s\n", (int)json.len, (const char *)json.data);
    } else if (rc == 0) {
        rc = print_table(base_buf_bytes(&packed), &err);
    }
    cli_reading_close(&reading);
    return rc == 0 ? CLI_DONE : cli_fail("retention", &err);
}
