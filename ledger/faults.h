/* Fault points: places where a test makes the world fail (tests only; ledger_log_options.faults).
 * Each function may be NULL. Where an int is returned, 0 lets things go on and a positive errno
 * stands for what the operating system would have said. */
#pragma once

#include "ledger/base/bytes.h"

struct ledger_faults {
    int (*reserve)(void *data);       /* before disk space is made sure of */
    int (*before_commit)(void *data); /* the transaction is given up with this code */
    int (*after_commit)(void *data);  /* it is on disk, but the caller is told this code */
    /* What is read again after a commit, as if the disk gave back something else. */
    void (*reread)(void *data, uint8_t *entry, size_t len);
    unsigned grow_wait_ms; /* how long growing the map waits for readers; 0: as ever */
    void *data;
};
