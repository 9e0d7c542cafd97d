/* Every limit of the ledger, with its name and the reason for its size. */
#pragma once

#define LEDGER_ENTRY_LEN_MAX 65535u      /* C2SP tlog-tiles: entry bundle lengths are uint16 */
#define LEDGER_EVENT_LEN_MAX 60000u      /* leaves room for recorded_at and signatures */
#define LEDGER_SIGNATURE_COUNT_MAX 16u   /* founding: root and its officers */
#define LEDGER_OPENING_COUNT_MAX 256u    /* one class's attendance with a reason each, generously */
#define LEDGER_OPENING_VALUE_MAX 4096u   /* bytes of one sealed value, canonical msgpack */
#define LEDGER_PATH_LEN_MAX 64u          /* path of a sealed field: "cells.12.3" */
#define LEDGER_NESTING_MAX 8u            /* arrays and maps inside each other */
#define LEDGER_ITEM_COUNT_MAX 4096u      /* items of one array, pairs of one map */
#define LEDGER_CANON_INDEX_COUNT_MAX 12u /* pairs of a map that is indexed: the longest body */
#define LEDGER_TEXT_LEN_MAX 16384u       /* bytes of one text */
#define LEDGER_KIND_LEN_MAX 40u          /* bytes of a kind's name */
#define LEDGER_ORIGIN_LEN_MAX 200u       /* bytes of a checkpoint's origin */
#define LEDGER_BATCH_COUNT_MAX 256u      /* events of one group commit */
#define LEDGER_LINGER_COUNT_MIN 8u   /* events of a commit after which the next one may linger */
#define LEDGER_LINGER_MS 4u          /* half of what a sync to a disk takes */
#define LEDGER_QUEUE_COUNT_MAX 8192u /* submissions waiting for the sequencer */
#define LEDGER_SUBMISSION_LEN_MAX 262144u /* event, signatures and openings of one submission */
#define LEDGER_MAP_SIZE_FIRST (64u << 20) /* LMDB map at creation; grows by doubling */
