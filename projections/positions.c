/* A binary heap over an array that doubles; duplicates are dropped on the way out. */
#include "projections/positions.h"

#include <stdlib.h>

#define CAPACITY_FIRST 256u

static bool grow(struct proj_positions *set)
{
    size_t capacity = set->capacity == 0 ? CAPACITY_FIRST : set->capacity * 2;
    ledger_seq *grown = realloc(set->heap, capacity * sizeof *grown);
    if (grown == NULL) {
        set->failed = true;
        return false;
    }
    set->heap = grown;
    set->capacity = capacity;
    return true;
}

void proj_positions_put(struct proj_positions *set, ledger_seq seq)
{
    if (set->any_in && set->last_in == seq && set->count > 0)
        return;
    if (set->any_out && seq <= set->last_out)
        return;
    if (set->count == set->capacity && !grow(set))
        return;
    set->last_in = seq;
    set->any_in = true;
    size_t i = set->count++;
    while (i > 0 && set->heap[(i - 1) / 2] > seq) {
        set->heap[i] = set->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    set->heap[i] = seq;
}

/* Puts `seq` where it belongs below the root, which is free. */
static void sink(struct proj_positions *set, ledger_seq seq)
{
    size_t i = 0;
    for (size_t child = 1; child < set->count; child = 2 * i + 1) {
        if (child + 1 < set->count && set->heap[child + 1] < set->heap[child])
            child++;
        if (set->heap[child] >= seq)
            break;
        set->heap[i] = set->heap[child];
        i = child;
    }
    set->heap[i] = seq;
}

bool proj_positions_take(struct proj_positions *set, ledger_seq *out_seq)
{
    while (set->count > 0) {
        ledger_seq seq = set->heap[0];
        ledger_seq moved = set->heap[--set->count];
        if (set->count > 0)
            sink(set, moved);
        if (set->any_out && seq == set->last_out)
            continue;
        set->last_out = seq;
        set->any_out = true;
        *out_seq = seq;
        return true;
    }
    return false;
}

void proj_positions_release(struct proj_positions *set)
{
    free(set->heap);
    *set = (struct proj_positions){0};
}
