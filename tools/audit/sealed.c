/* Entries with something missing are few (whom and what the school has erased): their positions are
 * kept, and they are read once more when the replayed state can say why. */
#include "tools/audit/sealed.h"

#include <stdlib.h>

#include "projections/engine.h"
#include "projections/retention.h"
#include "projections/values.h"

struct audit_sealed {
    struct ledger_reader *reader;
    uint64_t present;
    ledger_seq *gone; /* ascending */
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

static void note_gone(struct audit_sealed *sealed)
{
    if (sealed->count > 0 && sealed->gone[sealed->count - 1] == sealed->seq)
        return;
    if (sealed->count == sealed->capacity) {
        size_t capacity = sealed->capacity == 0 ? 64 : sealed->capacity * 2;
        ledger_seq *grown = realloc(sealed->gone, capacity * sizeof *grown);
        if (grown == NULL) {
            sealed->failed = true;
            return;
        }
        sealed->gone = grown;
        sealed->capacity = capacity;
    }
    sealed->gone[sealed->count++] = sealed->seq;
}

static void on_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                      const uint8_t *commitment)
{
    struct audit_sealed *sealed = data;
    (void)field;
    (void)subject;
    if (ledger_reader_has_opening(sealed->reader, commitment))
        sealed->present++;
    else
        note_gone(sealed);
}

void audit_sealed_event(struct audit_sealed *sealed, ledger_seq seq,
                        const struct ledger_event *event)
{
    if (seq >= ledger_reader_size(sealed->reader))
        return; /* the log has grown since: its openings are not in this snapshot */
    sealed->seq = seq;
    proj_kinds_sealed(event, on_sealed, sealed);
}

/* Openings that should have gone: those of subjects, and of values, whose erasure counts. */
static void count_pending(struct audit_sealed *sealed, struct proj_txn *txn,
                          struct audit_sealed_counts *counts)
{
    struct proj_key subjects = proj_key_of('f');
    struct proj_key values = proj_key_of('2');
    uint64_t size = ledger_reader_size(sealed->reader);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &subjects, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq < size)
            counts->pending += ledger_reader_subject_kept(sealed->reader, fact.key.data + 1);
    }
    proj_scan_close(scan);
    scan = proj_scan_open(txn, &values, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        if (fact.seq < size && ledger_reader_has_opening(sealed->reader, fact.key.data + 1))
            counts->pending++;
    }
    proj_scan_close(scan);
}

struct settling {
    struct audit_sealed *sealed;
    struct proj_txn *txn;
    struct audit_sealed_counts *counts;
};

static void settle_value(void *data, const struct proj_field *field, const uint8_t *subject,
                         const uint8_t *commitment)
{
    struct settling *settling = data;
    struct audit_sealed_counts *counts = settling->counts;
    (void)field;
    if (ledger_reader_has_opening(settling->sealed->reader, commitment))
        return;
    if (proj_was_erased(settling->txn, subject) ||
        proj_commitment_was_erased(settling->txn, commitment)) {
        counts->erased++;
        return;
    }
    counts->missing++;
    if (counts->first_missing == LEDGER_SEQ_NONE)
        counts->first_missing = settling->sealed->seq;
}

int audit_sealed_settle(struct audit_sealed *sealed, struct proj_txn *txn,
                        struct audit_sealed_counts *out_counts, struct base_err *err)
{
    struct audit_sealed_counts counts = {
        .counted = true, .present = sealed->present, .first_missing = LEDGER_SEQ_NONE};
    struct settling settling = {.sealed = sealed, .txn = txn, .counts = &counts};
    struct proj_source source = proj_source_of_reader(sealed->reader);
    int rc = sealed->failed ? BASE_FAIL(err, BASE_E_MEMORY, "sealed fields") : 0;
    for (size_t i = 0; rc == 0 && i < sealed->count; i++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        sealed->seq = sealed->gone[i];
        rc = source.event(source.data, sealed->seq, &event, &recorded_ms, err);
        if (rc == 0)
            proj_kinds_sealed(&event, settle_value, &settling);
    }
    if (rc != 0)
        return rc;
    count_pending(sealed, txn, &counts);
    *out_counts = counts;
    return proj_txn_fault(txn, err);
}
