/* An independent reader of views. */
#include "tests/projections/eye.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void begin(struct eye *eye)
{
    struct base_err err = {0};
    eye->txn = world_read(eye->world);
    assert_int_equal(ledger_reader_open(eye->world->log, &eye->reader, NULL), 0);
    eye->view.txn = eye->txn;
    eye->view.reader = eye->reader;
    eye->view.now_ms = eye->world->now_ms;
    eye->view.out = &eye->out;
    base_buf_reset(&eye->out);
    msgpack_unpacked_init(&eye->unpacked);
    if (proj_view_begin(&eye->view, &err) != 0)
        fail_msg("%s", err.text);
}

void eye_open(struct eye *eye, struct world *world, const uint8_t *account)
{
    memset(eye, 0, sizeof *eye);
    eye->world = world;
    eye->view.operator_reads = account == NULL;
    if (account != NULL)
        memcpy(eye->view.account, account, LEDGER_ID_LEN);
    begin(eye);
}

static void end(struct eye *eye)
{
    msgpack_unpacked_destroy(&eye->unpacked);
    proj_txn_end(eye->txn);
    ledger_reader_close(eye->reader);
}

void eye_again(struct eye *eye)
{
    end(eye);
    begin(eye);
}

void eye_close(struct eye *eye)
{
    end(eye);
    base_buf_release(&eye->out);
}

const msgpack_object *eye_see(struct eye *eye, int answer)
{
    struct base_err err = {0};
    size_t offset = 0;
    eye->answer = proj_view_end(&eye->view, answer, &err);
    if (eye->answer != PROJ_VIEW_DONE)
        fail_msg("the view answers %d %s", eye->answer, err.text);
    msgpack_unpack_return rc =
        msgpack_unpack_next(&eye->unpacked, (const char *)eye->out.data, eye->out.len, &offset);
    assert_int_equal(rc, MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(offset, eye->out.len); /* one value and nothing after it */
    return &eye->unpacked.data;
}

static bool key_is(const msgpack_object *key, const char *name, size_t len)
{
    return key->type == MSGPACK_OBJECT_STR && key->via.str.size == len &&
           memcmp(key->via.str.ptr, name, len) == 0;
}

const msgpack_object *seen(const msgpack_object *map, const char *key)
{
    assert_int_equal(map->type, MSGPACK_OBJECT_MAP);
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        if (key_is(&map->via.map.ptr[i].key, key, strlen(key)))
            return &map->via.map.ptr[i].val;
    }
    fail_msg("there is no “%s”", key);
    return NULL;
}

unsigned seen_count(const msgpack_object *array)
{
    assert_int_equal(array->type, MSGPACK_OBJECT_ARRAY);
    return array->via.array.size;
}

const msgpack_object *seen_at(const msgpack_object *array, unsigned i)
{
    assert_true(i < seen_count(array));
    return &array->via.array.ptr[i];
}

static int64_t integer(const msgpack_object *object)
{
    if (object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        return object->via.i64;
    assert_int_equal(object->type, MSGPACK_OBJECT_POSITIVE_INTEGER);
    return (int64_t)object->via.u64;
}

int64_t seen_int(const msgpack_object *map, const char *key)
{
    return integer(seen(map, key));
}

int64_t int_at(const msgpack_object *array, unsigned i)
{
    return integer(seen_at(array, i));
}

bool seen_nil(const msgpack_object *map, const char *key)
{
    return seen(map, key)->type == MSGPACK_OBJECT_NIL;
}

bool seen_bool(const msgpack_object *map, const char *key)
{
    const msgpack_object *object = seen(map, key);
    assert_int_equal(object->type, MSGPACK_OBJECT_BOOLEAN);
    return object->via.boolean;
}

bool seen_text(const msgpack_object *map, const char *key, const char *text)
{
    const msgpack_object *object = seen(map, key);
    bool same = key_is(object, text, strlen(text));
    if (!same && object->type == MSGPACK_OBJECT_STR)
        print_error("%s is “%.*s”\n", key, (int)object->via.str.size, object->via.str.ptr);
    return same;
}

bool seen_id(const msgpack_object *map, const char *key, const uint8_t *id)
{
    const msgpack_object *object = seen(map, key);
    return object->type == MSGPACK_OBJECT_BIN && object->via.bin.size == LEDGER_ID_LEN &&
           memcmp(object->via.bin.ptr, id, LEDGER_ID_LEN) == 0;
}

void assert_keys(const msgpack_object *map, const char *keys)
{
    uint32_t count = 0;
    assert_int_equal(map->type, MSGPACK_OBJECT_MAP);
    for (const char *p = keys; *p != '\0';) {
        size_t len = strcspn(p, " ");
        bool found = false;
        for (uint32_t i = 0; i < map->via.map.size; i++)
            found |= key_is(&map->via.map.ptr[i].key, p, len);
        if (!found)
            fail_msg("there is no “%.*s”", (int)len, p);
        count++;
        p += len + strspn(p + len, " ");
    }
    assert_int_equal(map->via.map.size, count);
}
