#include "net/paper/answer.h"

void net_answer_begin(struct net_answer *answer, struct proj_view *view)
{
    memset(answer, 0, sizeof *answer);
    msgpack_unpacked_init(&answer->unpacked);
    view->out = &answer->bytes;
}

int net_answer_end(struct net_answer *answer, struct proj_view *view, int done,
                   struct base_err *err)
{
    int rc = proj_view_end(view, done, err);
    view->out = NULL;
    if (rc != 0)
        return rc;
    if (msgpack_unpack_next(&answer->unpacked, (const char *)answer->bytes.data, answer->bytes.len,
                            NULL) != MSGPACK_UNPACK_SUCCESS)
        return BASE_FAIL(err, BASE_E_FORMAT, "a view's answer");
    answer->map = &answer->unpacked.data;
    return 0;
}

void net_answer_release(struct net_answer *answer)
{
    msgpack_unpacked_destroy(&answer->unpacked);
    base_buf_wipe(&answer->bytes);
    answer->map = NULL;
}

const msgpack_object *net_answer_get(const msgpack_object *map, const char *key)
{
    size_t len = strlen(key);
    if (map == NULL || map->type != MSGPACK_OBJECT_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *kv = &map->via.map.ptr[i];
        if (kv->key.type == MSGPACK_OBJECT_STR && kv->key.via.str.size == len &&
            memcmp(kv->key.via.str.ptr, key, len) == 0)
            return &kv->val;
    }
    return NULL;
}

static int64_t number(const msgpack_object *object)
{
    if (object == NULL || (object->type != MSGPACK_OBJECT_POSITIVE_INTEGER &&
                           object->type != MSGPACK_OBJECT_NEGATIVE_INTEGER))
        return 0;
    return object->via.i64;
}

int64_t net_answer_int(const msgpack_object *map, const char *key)
{
    return number(net_answer_get(map, key));
}

bool net_answer_bool(const msgpack_object *map, const char *key)
{
    const msgpack_object *object = net_answer_get(map, key);
    return object != NULL && object->type == MSGPACK_OBJECT_BOOLEAN && object->via.boolean;
}

void net_answer_copy(const msgpack_object *text, char *out, size_t size)
{
    size_t len = 0;
    if (text != NULL && text->type == MSGPACK_OBJECT_STR) {
        len = text->via.str.size < size ? text->via.str.size : size - 1;
        while (len > 0 && len < text->via.str.size &&
               ((unsigned char)text->via.str.ptr[len] & 0xc0) == 0x80)
            len--; /* not within a character */
        memcpy(out, text->via.str.ptr, len);
    }
    out[len] = '\0';
}

void net_answer_text(const msgpack_object *map, const char *key, char *out, size_t size)
{
    net_answer_copy(net_answer_get(map, key), out, size);
}

uint32_t net_answer_count(const msgpack_object *array)
{
    return array != NULL && array->type == MSGPACK_OBJECT_ARRAY ? array->via.array.size : 0;
}

const msgpack_object *net_answer_at(const msgpack_object *array, uint32_t i)
{
    return i < net_answer_count(array) ? &array->via.array.ptr[i] : NULL;
}

int64_t net_answer_int_at(const msgpack_object *array, uint32_t i)
{
    return number(net_answer_at(array, i));
}

/* By code points, as everywhere here; lists of a class are short. */
void net_answer_sort(const msgpack_object *array, const char *key, uint32_t *out_order)
{
    char one[400];
    char other[400];
    for (uint32_t i = 0; i < net_answer_count(array); i++) {
        uint32_t at = i;
        net_answer_text(net_answer_at(array, i), key, one, sizeof one);
        for (; at > 0; at--) {
            net_answer_text(net_answer_at(array, out_order[at - 1]), key, other, sizeof other);
            if (strcmp(other, one) <= 0)
                break;
            out_order[at] = out_order[at - 1];
        }
        out_order[at] = i;
    }
}
