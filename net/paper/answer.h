/* A view's answer, read: papers say what screens say, from the same views. Values borrow from the
 * answer. Threads: an answer belongs to one thread. */
#pragma once

#include <msgpack.h>

#include "projections/views/view.h"

struct net_answer {
    struct base_buf bytes; /* personal data; wiped */
    msgpack_unpacked unpacked;
    const msgpack_object *map;
};

/* Points the view's output at the answer; call before the view. */
void net_answer_begin(struct net_answer *answer, struct proj_view *view);
/* After it, with what it answered: 0, that answer, or a fault. */
int net_answer_end(struct net_answer *answer, struct proj_view *view, int done,
                   struct base_err *err) BASE_MUST_USE;
void net_answer_release(struct net_answer *answer);

/* NULL, 0 or "" where there is none of that type. */
const msgpack_object *net_answer_get(const msgpack_object *map, const char *key);
int64_t net_answer_int(const msgpack_object *map, const char *key);
bool net_answer_bool(const msgpack_object *map, const char *key);
void net_answer_text(const msgpack_object *map, const char *key, char *out, size_t size);
uint32_t net_answer_count(const msgpack_object *array);
const msgpack_object *net_answer_at(const msgpack_object *array, uint32_t i);
int64_t net_answer_int_at(const msgpack_object *array, uint32_t i);
/* The array's indexes, `count` of them, in the order of the texts under `key`. */
void net_answer_sort(const msgpack_object *array, const char *key, uint32_t *out_order);
void net_answer_copy(const msgpack_object *text, char *out, size_t size);
