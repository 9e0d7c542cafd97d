/* The memo of point reads: one slot a hash, the newer answer takes it. A slot is valid while its
 * tag's generation is the one under which it was filled. */
#include "projections/memo.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
    uint64_t hash;
    uint32_t generation; /* 0: never filled */
    uint16_t value_len;
    uint8_t question, there;
    ledger_seq seq;
    struct proj_key key;
    uint8_t value[PROJ_MEMO_VALUE_LEN_MAX];
};

struct proj_memo {
    uint32_t generations[256];
    ledger_seq floors[256]; /* above every position written under the tag */
    struct slot slots[PROJ_MEMO_SLOT_COUNT];
};

static_assert((PROJ_MEMO_SLOT_COUNT & (PROJ_MEMO_SLOT_COUNT - 1)) == 0, "a slot is a mask away");

struct proj_memo *proj_memo_new(void)
{
    struct proj_memo *memo = calloc(1, sizeof *memo);
    if (memo != NULL)
        proj_memo_doubt(memo);
    return memo;
}

void proj_memo_free(struct proj_memo *memo)
{
    free(memo);
}

void proj_memo_doubt(struct proj_memo *memo)
{
    for (unsigned tag = 0; tag < 256; tag++)
        memo->generations[tag]++;
}

void proj_memo_forget(struct proj_memo *memo, ledger_seq next)
{
    proj_memo_doubt(memo);
    for (unsigned tag = 0; tag < 256; tag++)
        memo->floors[tag] = next;
}

void proj_memo_touch(struct proj_memo *memo, uint8_t tag, ledger_seq seq)
{
    memo->generations[tag]++;
    if (memo->floors[tag] <= seq)
        memo->floors[tag] = seq + 1;
}

/* Keys are mostly random ids: eight bytes at a time, multiplied and folded. */
static uint64_t hash_of(enum proj_memo_question question, const struct proj_key *key)
{
    uint64_t hash = 0x9e3779b97f4a7c15u + (uint64_t)question + key->len;
    for (unsigned at = 0; at < key->len; at += 8) {
        uint64_t part = 0;
        memcpy(&part, key->bytes + at, key->len - at < 8 ? key->len - at : 8u);
        hash = (hash ^ part) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

bool proj_memo_find(const struct proj_memo *memo, enum proj_memo_question question,
                    const struct proj_key *key, ledger_seq before,
                    struct proj_memo_answer *out_answer)
{
    uint8_t tag = key->bytes[0];
    uint64_t hash = hash_of(question, key);
    const struct slot *slot = &memo->slots[hash & (PROJ_MEMO_SLOT_COUNT - 1)];
    if (slot->hash != hash || slot->generation != memo->generations[tag] ||
        before < memo->floors[tag] || slot->question != (uint8_t)question ||
        slot->key.len != key->len || memcmp(slot->key.bytes, key->bytes, key->len) != 0)
        return false;
    *out_answer = (struct proj_memo_answer){.there = slot->there != 0,
                                            .seq = slot->seq,
                                            .value = base_bytes_of(slot->value, slot->value_len)};
    return true;
}

void proj_memo_keep(struct proj_memo *memo, enum proj_memo_question question,
                    const struct proj_key *key, ledger_seq before,
                    const struct proj_memo_answer *answer)
{
    uint8_t tag = key->bytes[0];
    uint64_t hash = hash_of(question, key);
    struct slot *slot = &memo->slots[hash & (PROJ_MEMO_SLOT_COUNT - 1)];
    if (before < memo->floors[tag] || answer->value.len > sizeof slot->value)
        return;
    slot->hash = hash;
    slot->generation = memo->generations[tag];
    slot->question = (uint8_t)question;
    slot->there = answer->there ? 1 : 0;
    slot->seq = answer->seq;
    slot->key = *key;
    slot->value_len = (uint16_t)answer->value.len;
    if (answer->value.len > 0)
        memcpy(slot->value, answer->value.data, answer->value.len);
}
