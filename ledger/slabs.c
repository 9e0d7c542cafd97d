/* The happy path: a slab with a free block gives it away; a new one is asked of the system when
 * there is none. Free blocks are a list through their own first bytes, and a block finds its slab
 * by its address. What can fail: memory. That the system has no large pages is no failure. */
#include "ledger/slabs.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

struct free_block {
    struct free_block *next;
};

struct ledger__slab {
    struct ledger__slab *next, *previous; /* among those with room */
    struct free_block *free;              /* given back */
    size_t used_count;
    size_t cut_count; /* blocks that were ever given away: the others lie behind them */
};

static_assert(sizeof(struct ledger__slab) <= LEDGER__SLAB_HEAD_LEN, "a slab's header has its room");

static size_t capacity_of(const struct ledger__slabs *slabs)
{
    return LEDGER__SLAB_BLOCK_LEN_MAX / slabs->block_len;
}

static void slab_link(struct ledger__slabs *slabs, struct ledger__slab *slab)
{
    slab->previous = NULL;
    slab->next = slabs->with_room;
    if (slab->next != NULL)
        slab->next->previous = slab;
    slabs->with_room = slab;
}

static void slab_unlink(struct ledger__slabs *slabs, struct ledger__slab *slab)
{
    if (slab->next != NULL)
        slab->next->previous = slab->previous;
    if (slab->previous != NULL)
        slab->previous->next = slab->next;
    else
        slabs->with_room = slab->next;
}

static struct ledger__slab *slab_make(struct ledger__slabs *slabs)
{
    struct ledger__slab *slab = aligned_alloc(LEDGER__SLAB_LEN, LEDGER__SLAB_LEN);
    if (slab == NULL)
        return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(slab, LEDGER__SLAB_LEN, MADV_HUGEPAGE); /* a wish: small pages hold as much */
#endif
    *slab = (struct ledger__slab){0};
    slab_link(slabs, slab);
    return slab;
}

/* A block of a slab that has room. */
static void *block_cut(const struct ledger__slabs *slabs, struct ledger__slab *slab)
{
    void *block = slab->free;
    if (block != NULL)
        slab->free = slab->free->next;
    else
        block = (char *)slab + LEDGER__SLAB_HEAD_LEN + slab->cut_count++ * slabs->block_len;
    slab->used_count++;
    return block;
}

void *ledger__slabs_take(struct ledger__slabs *slabs)
{
    void *block = NULL;
    assert(slabs->block_len % LEDGER__SLAB_HEAD_LEN == 0);
    assert(slabs->block_len >= sizeof(struct free_block) && capacity_of(slabs) >= 1);
    pthread_mutex_lock(&slabs->lock);
    struct ledger__slab *slab = slabs->with_room != NULL ? slabs->with_room : slab_make(slabs);
    if (slab != NULL) {
        block = block_cut(slabs, slab);
        if (slab->used_count == capacity_of(slabs))
            slab_unlink(slabs, slab);
    }
    pthread_mutex_unlock(&slabs->lock);
    return block;
}

void ledger__slabs_give(struct ledger__slabs *slabs, void *block)
{
    if (block == NULL)
        return;
    struct free_block *freed = block;
    struct ledger__slab *slab =
        (struct ledger__slab *)((uintptr_t)block & ~(uintptr_t)(LEDGER__SLAB_LEN - 1));
    pthread_mutex_lock(&slabs->lock);
    assert(slab->used_count > 0);
    if (slab->used_count == capacity_of(slabs))
        slab_link(slabs, slab);
    freed->next = slab->free;
    slab->free = freed;
    slab->used_count--;
    if (slab->used_count == 0) {
        slab_unlink(slabs, slab);
        free(slab);
    }
    pthread_mutex_unlock(&slabs->lock);
}
