/* Subjects with something missing are few (whom the school has erased): a sorted list of them. */
#include "tools/audit/sealed.h"

#include <stdlib.h>

#include "projections/retention.h"

struct gone {
    uint8_t subject[LEDGER_ID_LEN];
    uint64_t count;
    ledger_seq first;
};

struct audit_sealed {
    struct ledger_reader *reader;
    uint64_t present;
    struct gone *gone; /* ascending */
    size_t count, capacity;
    ledger_seq seq; /* of the event that is being walked */
    bool failed;
};

int audit_sealed_new(struct ledger_reader *reader, struct audit_sealed **out_sealed,
                     struct base_err *err)
{
    *out_sealed = calloc(1, sizeof **out_sealed);
    if (*out_sealed == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "sealed fields");
    (*out_sealed)->reader = reader;
    return 0;
}

void audit_sealed_free(struct audit_sealed *sealed)
{
    if (sealed == NULL)
        return;
    free(sealed->gone);
    free(sealed);
}

static size_t place_of(const struct audit_sealed *sealed, const uint8_t *subject)
{
    size_t low = 0;
    size_t high = sealed->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(sealed->gone[middle].subject, subject, LEDGER_ID_LEN) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_gone(struct audit_sealed *sealed, const uint8_t *subject)
{
    size_t at = place_of(sealed, subject);
    if (at < sealed->count && memcmp(sealed->gone[at].subject, subject, LEDGER_ID_LEN) == 0) {
        sealed->gone[at].count++;
        return;
    }
    if (sealed->count == sealed->capacity) {
        size_t capacity = sealed->capacity == 0 ? 64 : sealed->capacity * 2;
        struct gone *grown = realloc(sealed->gone, capacity * sizeof *grown);
        if (grown == NULL) {
            sealed->failed = true;
            return;
        }
        sealed->gone = grown;
        sealed->capacity = capacity;
    }
    memmove(&sealed->gone[at + 1], &sealed->gone[at], (sealed->count - at) * sizeof *sealed->gone);
    sealed->gone[at] = (struct gone){.count = 1, .first = sealed->seq};
    memcpy(sealed->gone[at].subject, subject, LEDGER_ID_LEN);
    sealed->count++;
}

static void on_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                      const uint8_t *commitment)
{
    (void)field;
    struct audit_sealed *sealed = data;
    if (ledger_reader_has_opening(sealed->reader, commitment))
        sealed->present++;
    else
        note_gone(sealed, subject);
}

void audit_sealed_event(struct audit_sealed *sealed, ledger_seq seq,
                        const struct ledger_event *event)
{
    if (seq >= ledger_reader_size(sealed->reader))
        return; /* the log has grown since: its openings are not in this snapshot */
    sealed->seq = seq;
    proj_kinds_sealed(event, on_sealed, sealed);
}

/* Openings that should have gone: those of subjects whose erasure counts. */
static void count_pending(struct audit_sealed *sealed, struct proj_txn *txn,
                          struct audit_sealed_counts *counts)
{
    struct proj_key prefix = proj_key_of('f');
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq < ledger_reader_size(sealed->reader))
            counts->pending += ledger_reader_subject_kept(sealed->reader, fact.key.data + 1);
    }
    proj_scan_close(scan);
}

int audit_sealed_settle(struct audit_sealed *sealed, struct proj_txn *txn,
                        struct audit_sealed_counts *out_counts, struct base_err *err)
{
    struct audit_sealed_counts counts = {
        .counted = true, .present = sealed->present, .first_missing = LEDGER_SEQ_NONE};
    if (sealed->failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "sealed fields");
    for (size_t i = 0; i < sealed->count; i++) {
        const struct gone *gone = &sealed->gone[i];
        if (proj_was_erased(txn, gone->subject)) {
            counts.erased += gone->count;
            continue;
        }
        counts.missing += gone->count;
        if (counts.first_missing == LEDGER_SEQ_NONE || gone->first < counts.first_missing)
            counts.first_missing = gone->first;
    }
    count_pending(sealed, txn, &counts);
    *out_counts = counts;
    return proj_txn_fault(txn, err);
}
