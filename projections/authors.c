/* A list of authors and a hash table into it: open addressing, a power of two in size. */
#include "projections/authors.h"

#include <stdlib.h>

#define SEQ_LEN 8u
#define TABLE_SIZE_FIRST 256u
#define POSITION_COUNT_FIRST 8u

struct proj_authors {
    struct proj_author *list;
    size_t count;
    uint32_t *slots; /* number in the list, plus one; 0: empty */
    size_t slot_count;
    size_t len;
};

struct proj_authors *proj_authors_new(void)
{
    struct proj_authors *authors = calloc(1, sizeof *authors);
    if (authors == NULL)
        return NULL;
    authors->slot_count = TABLE_SIZE_FIRST;
    authors->slots = calloc(authors->slot_count, sizeof *authors->slots);
    authors->list = malloc(authors->slot_count / 2 * sizeof *authors->list);
    if (authors->slots == NULL || authors->list == NULL) {
        proj_authors_free(authors);
        return NULL;
    }
    return authors;
}

void proj_authors_free(struct proj_authors *authors)
{
    if (authors == NULL)
        return;
    for (size_t i = 0; i < authors->count; i++)
        free(authors->list[i].positions);
    free(authors->list);
    free(authors->slots);
    free(authors);
}

size_t proj_authors_len(const struct proj_authors *authors)
{
    return authors->len;
}

/* Keys are as good as random already. */
static uint32_t *slot_of(const struct proj_authors *authors, const struct ledger_key *key)
{
    uint64_t hash;
    memcpy(&hash, key->bytes, sizeof hash);
    hash *= 0x9e3779b97f4a7c15u;
    size_t at = (hash >> 32) & (authors->slot_count - 1);
    while (authors->slots[at] != 0 &&
           !ledger_key_equal(&authors->list[authors->slots[at] - 1].key, key))
        at = (at + 1) & (authors->slot_count - 1);
    return &authors->slots[at];
}

/* The table is never more than half full, and the list has room for as many. */
static bool grow(struct proj_authors *authors)
{
    size_t slot_count = authors->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    struct proj_author *list = realloc(authors->list, slot_count / 2 * sizeof *list);
    if (list != NULL)
        authors->list = list;
    if (slots == NULL || list == NULL) {
        free(slots);
        return false;
    }
    free(authors->slots);
    authors->slots = slots;
    authors->slot_count = slot_count;
    for (size_t i = 0; i < authors->count; i++)
        *slot_of(authors, &list[i].key) = (uint32_t)(i + 1);
    return true;
}

static bool put_position(struct proj_authors *authors, struct proj_author *author, ledger_seq seq)
{
    if (author->count == author->capacity) {
        size_t capacity = author->capacity == 0 ? POSITION_COUNT_FIRST : author->capacity * 2;
        uint8_t *grown = realloc(author->positions, capacity * SEQ_LEN);
        if (grown == NULL)
            return false;
        author->positions = grown;
        author->capacity = capacity;
    }
    base_set_be64(author->positions + author->count++ * SEQ_LEN, seq);
    authors->len += SEQ_LEN;
    return true;
}

bool proj_authors_put(struct proj_authors *authors, const struct ledger_key *key, ledger_seq seq)
{
    uint32_t *slot = slot_of(authors, key);
    if (*slot == 0) {
        if (authors->count == authors->slot_count / 2) {
            if (!grow(authors))
                return false;
            slot = slot_of(authors, key);
        }
        authors->list[authors->count++] = (struct proj_author){.key = *key};
        authors->len += sizeof(struct proj_author);
        *slot = (uint32_t)authors->count;
    }
    return put_position(authors, &authors->list[*slot - 1], seq);
}

const struct proj_author *proj_authors_find(const struct proj_authors *authors,
                                            const struct ledger_key *key)
{
    uint32_t number = *slot_of(authors, key);
    return number != 0 ? &authors->list[number - 1] : NULL;
}

static int compare(const void *a, const void *b)
{
    const struct proj_author *x = a;
    const struct proj_author *y = b;
    return memcmp(x->key.bytes, y->key.bytes, LEDGER_KEY_LEN);
}

void proj_authors_each(struct proj_authors *authors,
                       bool (*each)(void *data, const struct proj_author *author), void *data)
{
    bool more = true;
    qsort(authors->list, authors->count, sizeof *authors->list, compare);
    for (size_t i = 0; i < authors->count && more; i++)
        more = each(data, &authors->list[i]);
}
