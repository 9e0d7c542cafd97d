/* Facts' keys under construction. */
#include "projections/state_inside.h"

#include <assert.h>

static void key_add(struct proj_key *key, const void *data, size_t len)
{
    assert(key->len + len <= PROJ_KEY_LEN_MAX - SEQ_LEN);
    memcpy(key->bytes + key->len, data, len);
    key->len = (uint8_t)(key->len + len);
}

struct proj_key proj_key_of(char tag)
{
    struct proj_key key; /* not zeroed: nobody reads beyond its length, and it is made often */
    key.len = 1;
    key.bytes[0] = (uint8_t)tag;
    return key;
}

struct proj_key *proj_key_id(struct proj_key *key, const uint8_t id[LEDGER_ID_LEN])
{
    key_add(key, id, LEDGER_ID_LEN);
    return key;
}

struct proj_key *proj_key_hash(struct proj_key *key, const uint8_t hash[LEDGER_HASH_LEN])
{
    key_add(key, hash, LEDGER_HASH_LEN);
    return key;
}

struct proj_key *proj_key_u8(struct proj_key *key, unsigned v)
{
    uint8_t byte = (uint8_t)v;
    assert(v <= UINT8_MAX);
    key_add(key, &byte, 1);
    return key;
}

struct proj_key *proj_key_u16(struct proj_key *key, unsigned v)
{
    assert(v <= UINT16_MAX);
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    key_add(key, bytes, 2);
    return key;
}

struct proj_key *proj_key_day(struct proj_key *key, int64_t day)
{
    uint32_t v = (uint32_t)(int32_t)day ^ 0x80000000u;
    uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    key_add(key, bytes, 4);
    return key;
}

base_day proj_key_day_at(const uint8_t *bytes)
{
    uint32_t v = ((uint32_t)bytes[0] << 24) | ((uint32_t)bytes[1] << 16) |
                 ((uint32_t)bytes[2] << 8) | bytes[3];
    return (base_day)(int32_t)(v ^ 0x80000000u);
}

struct proj_key *proj_key_text(struct proj_key *key, struct base_bytes text, unsigned width)
{
    uint8_t bytes[PROJ_KEY_LEN_MAX] = {0};
    assert(width <= sizeof bytes);
    memcpy(bytes, text.data, text.len < width ? text.len : width);
    key_add(key, bytes, width);
    return key;
}
