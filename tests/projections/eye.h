/* Looking at views: the answer is decoded with msgpack-c, which knows nothing of how it was
 * written. Failures end the test. */
#pragma once

#include <msgpack.h>

#include "projections/views/view.h"
#include "tests/projections/world.h"

struct eye {
    struct world *world;
    struct proj_txn *txn;
    struct ledger_reader *reader;
    struct base_buf out;
    struct proj_view view;
    msgpack_unpacked unpacked;
    int answer;
};

/* Opens it for the account (NULL: the operator on the machine). */
void eye_open(struct eye *eye, struct world *world, const uint8_t *account);
/* Ends the view that was made with `eye->view` and decodes it; the answer must be DONE. */
const msgpack_object *eye_see(struct eye *eye, int answer);
/* Another view by the same reader, at the present state. */
void eye_again(struct eye *eye);
void eye_close(struct eye *eye);

/* Parts of what is seen. */
const msgpack_object *seen(const msgpack_object *map, const char *key);
const msgpack_object *seen_at(const msgpack_object *array, unsigned i);
unsigned seen_count(const msgpack_object *array);
int64_t seen_int(const msgpack_object *map, const char *key);
bool seen_nil(const msgpack_object *map, const char *key);
bool seen_bool(const msgpack_object *map, const char *key);
bool seen_text(const msgpack_object *map, const char *key, const char *text);
bool seen_id(const msgpack_object *map, const char *key, const uint8_t *id);
int64_t int_at(const msgpack_object *array, unsigned i);
/* The map has exactly these keys, named in one text with blanks between. */
void assert_keys(const msgpack_object *map, const char *keys);
