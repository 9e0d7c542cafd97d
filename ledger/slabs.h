/* Blocks of one size out of large pages, for what is large, long kept and read here and there: the
 * tables of signatures. In pages of 4 KiB nearly every look at one waits for the page's address;
 * where the system gives pages of 2 MiB a signature costs 7 to 8 % less.
 *
 * Shape:   a slab is 2 MiB, aligned to as much; its blocks follow a header of 128 bytes. A slab
 *          whose last block is given back goes back to the system.
 * Threads: any; each set of slabs has a lock. */
#pragma once

#include <pthread.h>
#include <stddef.h>

#define LEDGER__SLAB_LEN ((size_t)2 << 20)
#define LEDGER__SLAB_HEAD_LEN ((size_t)128)
#define LEDGER__SLAB_BLOCK_LEN_MAX (LEDGER__SLAB_LEN - LEDGER__SLAB_HEAD_LEN)

struct ledger__slab;

struct ledger__slabs {
    pthread_mutex_t lock;
    size_t block_len;               /* a multiple of 128, at most LEDGER__SLAB_BLOCK_LEN_MAX */
    struct ledger__slab *with_room; /* each has a free block */
};
#define LEDGER__SLABS_INIT(len)                                                                    \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER, .block_len = (len)                                      \
    }

/* A block, aligned to 128 bytes, its contents unknown; NULL when there is no memory. It belongs to
 * the caller until it is given back. */
void *ledger__slabs_take(struct ledger__slabs *slabs);
/* Takes back a block of these slabs; NULL is allowed. */
void ledger__slabs_give(struct ledger__slabs *slabs, void *block);
