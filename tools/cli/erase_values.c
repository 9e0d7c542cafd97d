/* letopis erase --value: value.erased. A value is named by the beginning of its commitment, which
 * --values lists; its entry is found by a walk over the log, as nobody waits at a screen and an
 * index of every sealed value would be kept for the few that are ever named. */
#include <inttypes.h>
#include <stdio.h>

#include "projections/retention.h"
#include "projections/values.h"
#include "projections/views/view.h"
#include "tools/cli/erase.h"

#define PREFIX_LEN_MIN 8u /* hex digits: among a million values one in four thousand collides */
#define SHOWN_HEX_LEN 16u /* of a commitment, in lists */
#define HEX_LEN (2u * LEDGER_COMMITMENT_LEN)

/* A walk over every sealed value of the log. */
struct walk {
    struct cli_reading *reading;
    struct proj_view view;
    base_time_ms recorded_ms;    /* of the entry that is being walked */
    const uint8_t *subject;      /* listing: whose */
    const char *const *prefixes; /* naming: what each value begins with */
    struct proj_value *named;    /* and which it is */
    bool *met;
    unsigned count;
    const char *ambiguous;
};

static int walk_log(struct walk *walk, proj_value_fn each, struct base_err *err)
{
    struct proj_source source = proj_source_of_reader(walk->reading->reader);
    uint64_t size = ledger_reader_size(walk->reading->reader);
    int rc = 0;
    for (ledger_seq seq = 0; rc == 0 && seq < size; seq++) {
        struct ledger_event event;
        rc = source.event(source.data, seq, &event, &walk->recorded_ms, err);
        if (rc == 0)
            proj_values_each(&event, seq, walk->recorded_ms, walk->view.offset_min, each, walk);
    }
    return rc;
}

static int walk_begin(struct walk *walk, const char *dir, struct cli_reading *reading,
                      struct base_err *err)
{
    int rc = cli_reading_open(dir, reading, err);
    if (rc != 0)
        return rc;
    walk->reading = reading;
    walk->view = (struct proj_view){.txn = reading->txn,
                                    .reader = reading->reader,
                                    .operator_reads = true,
                                    .now_ms = base_clock_system().now_ms(NULL)};
    rc = proj_view_begin(&walk->view, err);
    if (rc != 0)
        cli_reading_close(reading);
    return rc;
}

/* Listing */

static void print_day(base_day day)
{
    int year, month, date;
    base_day_to_civil(day, &year, &month, &date);
    printf("\t%04d-%02d-%02d", year, month, date);
}

/* One line a value, whatever was typed. */
static void print_text(struct proj_view *view, const struct proj_value *value)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    proj_view_shown_text(view, value->commitment, &text);
    putchar('\t');
    for (size_t i = 0; i < text.len; i++)
        putchar(text.data[i] < ' ' ? ' ' : text.data[i]);
    putchar('\n');
}

static void print_value(struct walk *walk, const struct proj_value *value, base_time_ms recorded_ms)
{
    struct proj_txn *txn = walk->view.txn;
    char hex[HEX_LEN + 1];
    base_day due = proj_value_due(txn, value, LEDGER_SEQ_NONE);
    bool erased = proj_value_is_erased(txn, value, LEDGER_SEQ_NONE);
    bool gone = !ledger_reader_has_opening(walk->view.reader, value->commitment);
    base_hex(value->commitment, sizeof value->commitment, hex);
    printf("%.*s\t%" PRIu64, (int)SHOWN_HEX_LEN, hex, value->seq);
    print_day(base_day_of_time(recorded_ms, walk->view.offset_min));
    printf("\t%s\t%s", value->kind->name, value->field->name);
    if (erased || gone)
        printf("\t%s", erased ? "erased" : "gone");
    else if (due == INT32_MAX)
        printf("\t%s", value->keeping == PROJ_VALUE_KEPT ? "kept" : "present");
    else
        print_day(due);
    print_text(&walk->view, value);
}

static void list_value(void *data, const struct proj_value *value)
{
    struct walk *walk = data;
    if (value->keeping != PROJ_VALUE_KEPT &&
        memcmp(value->subject, walk->subject, LEDGER_ID_LEN) == 0)
        print_value(walk, value, walk->recorded_ms);
}

int cli_erase_list_values(const struct cli_erase *erase, const uint8_t subject[LEDGER_ID_LEN],
                          struct base_err *err)
{
    struct cli_reading reading;
    struct walk walk = {.subject = subject};
    int rc = walk_begin(&walk, erase->dir, &reading, err);
    if (rc != 0)
        return rc;
    rc = walk_log(&walk, list_value, err);
    if (rc == 0)
        rc = proj_txn_fault(reading.txn, err);
    cli_reading_close(&reading);
    return rc;
}

/* Naming */

static void match_value(void *data, const struct proj_value *value)
{
    struct walk *walk = data;
    char hex[HEX_LEN + 1];
    base_hex(value->commitment, sizeof value->commitment, hex);
    for (unsigned i = 0; i < walk->count; i++) {
        if (strncmp(hex, walk->prefixes[i], strlen(walk->prefixes[i])) != 0)
            continue;
        if (walk->met[i] &&
            memcmp(walk->named[i].commitment, value->commitment, LEDGER_COMMITMENT_LEN) != 0)
            walk->ambiguous = walk->prefixes[i];
        walk->named[i] = *value;
        walk->met[i] = true;
    }
}

static bool is_prefix(const char *text)
{
    size_t len = strlen(text);
    return len >= PREFIX_LEN_MIN && len <= HEX_LEN && strspn(text, "0123456789abcdef") == len;
}

static int find_named(struct walk *walk, struct base_err *err)
{
    for (unsigned i = 0; i < walk->count; i++)
        if (!is_prefix(walk->prefixes[i]))
            return BASE_FAIL(err, BASE_E_USAGE,
                             "--value is the beginning of a commitment, 8 to 64 hex digits in "
                             "lower case: “%.80s”",
                             walk->prefixes[i]);
    int rc = walk_log(walk, match_value, err);
    if (rc == 0 && walk->ambiguous != NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "several values begin with %s: give more digits",
                         walk->ambiguous);
    for (unsigned i = 0; rc == 0 && i < walk->count; i++)
        if (!walk->met[i])
            rc =
                BASE_FAIL(err, BASE_E_MISSING, "no sealed value begins with %s", walk->prefixes[i]);
    return rc;
}

struct naming {
    const struct cli_erase *erase;
    const char *prefixes[PROJ_ERASED_VALUE_COUNT_MAX];
    struct proj_value values[PROJ_ERASED_VALUE_COUNT_MAX];
    bool met[PROJ_ERASED_VALUE_COUNT_MAX];
    unsigned count;
};

static int read_options(struct naming *naming, struct base_err *err)
{
    const struct cli_erase *erase = naming->erase;
    const char *prefix;
    while ((prefix = cli_option_at(erase->argc, erase->argv, "--value", naming->count)) != NULL) {
        if (naming->count == PROJ_ERASED_VALUE_COUNT_MAX)
            return BASE_FAIL(err, BASE_E_USAGE, "at most %u values at once",
                             PROJ_ERASED_VALUE_COUNT_MAX);
        naming->prefixes[naming->count++] = prefix;
    }
    return 0;
}

/* Finds them, and with `print` shows them. */
static int name_values(struct naming *naming, bool print, struct base_err *err)
{
    struct cli_reading reading;
    struct walk walk = {.prefixes = naming->prefixes,
                        .named = naming->values,
                        .met = naming->met,
                        .count = naming->count};
    int rc = walk_begin(&walk, naming->erase->dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_source source = proj_source_of_reader(reading.reader);
    rc = find_named(&walk, err);
    for (unsigned i = 0; rc == 0 && print && i < naming->count; i++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        rc = source.event(source.data, naming->values[i].seq, &event, &recorded_ms, err);
        if (rc == 0)
            print_value(&walk, &naming->values[i], recorded_ms);
    }
    if (rc == 0)
        rc = proj_txn_fault(reading.txn, err);
    cli_reading_close(&reading);
    return rc;
}

static void fill(void *data, struct tool_draft *draft, const struct ledger_key *second)
{
    const struct naming *naming = data;
    tool_draft_begin(draft, "value.erased", 4);
    cli_erase_put(naming->erase, draft, second);
    tool_draft_list(draft, "values", naming->count);
    for (unsigned i = 0; i < naming->count; i++) {
        ledger_canon_put_array(&draft->body, 2);
        ledger_canon_put_int(&draft->body, (int64_t)naming->values[i].seq);
        ledger_canon_put_bin(&draft->body, naming->values[i].commitment, LEDGER_COMMITMENT_LEN);
    }
}

int cli_erase_values(const struct cli_erase *erase, struct base_err *err)
{
    struct naming naming = {.erase = erase};
    bool dry = cli_flag(erase->argc, erase->argv, "--dry-run");
    int rc = read_options(&naming, err);
    if (rc == 0)
        rc = name_values(&naming, dry, err);
    if (rc == 0 && !dry)
        rc = cli_erase_sign(erase, fill, &naming, err);
    if (rc == 0 && !dry)
        rc = cli_erase_settle(erase, err);
    if (rc == 0)
        printf("LETOPIS_VALUES=%u\n", naming.count);
    return rc;
}
