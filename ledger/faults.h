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
    /* After an erasure, when the old environment has left its place and the fresh one is not there
     * yet: a positive answer stands for the machine's end. */
    int (*before_exchange)(void *data);
    unsigned grow_wait_ms;   /* how long growing the map waits for readers; 0: as ever */
    unsigned signer_wait_ms; /* how long a committed batch waits for its signer; 0: as ever */
    void *data;
};
