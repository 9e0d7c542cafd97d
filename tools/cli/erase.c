/* letopis erase: subject.erased or (erase_values.c) value.erased, signed by two, and what follows
 * on this machine: the openings go with the entry, a subject's login right after, the freed pages
 * at the next opening of the log for writing, which is now unless a server is running. */
#include <inttypes.h>
#include <stdio.h>

#include "net/credentials.h"
#include "projections/retention.h"
#include "projections/views/view.h"
#include "tools/cli/erase.h"

struct erase {
    struct cli_erase common;
    uint8_t subject[LEDGER_ID_LEN];
    uint8_t person[LEDGER_ID_LEN]; /* of an account; else the subject again */
};

/* --dry-run */

struct going {
    const struct erase *erase;
    struct ledger_reader *reader;
    const char *kind;
    unsigned kind_count;
    uint64_t by_kind[128]; /* as proj_kinds orders them */
    size_t at;
    uint64_t total;
};

static void on_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                      const uint8_t *commitment)
{
    (void)field;
    struct going *going = data;
    bool theirs = memcmp(subject, going->erase->subject, LEDGER_ID_LEN) == 0 ||
                  memcmp(subject, going->erase->person, LEDGER_ID_LEN) == 0;
    if (!theirs || !ledger_reader_has_opening(going->reader, commitment))
        return;
    going->by_kind[going->at]++;
    going->total++;
}

static int count_going(struct going *going, struct base_err *err)
{
    const struct proj_kind *kinds = proj_kinds(&going->kind_count);
    struct proj_source source = proj_source_of_reader(going->reader);
    uint64_t size = ledger_reader_size(going->reader);
    int rc = 0;
    if (going->kind_count > sizeof going->by_kind / sizeof going->by_kind[0])
        return BASE_FAIL(err, BASE_E_LIMIT, "more kinds than there is room for");
    for (ledger_seq seq = 0; rc == 0 && seq < size; seq++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        rc = source.event(source.data, seq, &event, &recorded_ms, err);
        const struct proj_kind *kind = rc == 0 ? proj_kind_find(event.kind) : NULL;
        if (kind == NULL)
            continue;
        going->at = (size_t)(kind - kinds);
        proj_kinds_sealed(&event, on_sealed, going);
    }
    for (unsigned i = 0; rc == 0 && i < going->kind_count; i++)
        if (going->by_kind[i] > 0)
            printf("  %-22s %" PRIu64 "\n", kinds[i].name, going->by_kind[i]);
    return rc;
}

static void print_term(const struct proj_retention *retention)
{
    int year, month, day;
    if (retention->in_use) {
        printf("НЕЛЬЗЯ / NOT YET: ещё учится или работает / still at school\n");
        return;
    }
    base_day_to_civil(retention->due, &year, &month, &day);
    printf("можно с / may go from: %04d-%02d-%02d\n", year, month, day);
}

static int dry_run(const struct erase *erase, struct base_err *err)
{
    struct cli_reading reading;
    struct proj_school school;
    struct proj_retention retention;
    struct going going = {.erase = erase};
    base_time_ms now = base_clock_system().now_ms(NULL);
    int rc = cli_reading_open(erase->common.dir, &reading, err);
    if (rc != 0)
        return rc;
    struct proj_source source = proj_source_of_reader(reading.reader);
    going.reader = reading.reader;
    if (!proj_school_find(reading.txn, &school) ||
        !proj_retention_find(reading.txn, &source, erase->subject,
                             base_day_of_time(now, school.offset_min), school.offset_min,
                             LEDGER_SEQ_NONE, &retention)) {
        rc = BASE_FAIL(err, BASE_E_MISSING, "there is no such pupil or account");
    } else {
        print_term(&retention);
        printf("будет удалено / would be erased:\n");
        rc = count_going(&going, err);
        if (rc == 0)
            printf("  всего / in all         %" PRIu64 "\nLETOPIS_OPENINGS=%" PRIu64 "\n",
                   going.total, going.total);
    }
    cli_reading_close(&reading);
    return rc;
}

/* Erasing */

static int find_person(struct erase *erase, bool is_account, struct base_err *err)
{
    struct cli_reading reading;
    struct proj_account account;
    memcpy(erase->person, erase->subject, LEDGER_ID_LEN);
    if (!is_account)
        return 0;
    int rc = cli_reading_open(erase->common.dir, &reading, err);
    if (rc != 0)
        return rc;
    if (proj_account_find(reading.txn, erase->subject, LEDGER_SEQ_NONE, &account))
        memcpy(erase->person, account.person, LEDGER_ID_LEN);
    else
        rc = BASE_FAIL(err, BASE_E_MISSING, "there is no such account");
    cli_reading_close(&reading);
    return rc;
}

static int unlock_second(const struct cli_erase *erase, struct cli_actor *out_second,
                         struct base_err *err)
{
    const char *login = cli_option(erase->argc, erase->argv, "--second");
    const char *file = cli_option(erase->argc, erase->argv, "--second-password-file");
    char *argv[] = {(char *)(uintptr_t) "erase", (char *)(uintptr_t) "--as",
                    (char *)(uintptr_t)login, (char *)(uintptr_t) "--password-file",
                    (char *)(uintptr_t)file};
    return cli_actor_unlock(file == NULL ? 3 : 5, argv, erase->dir, out_second, err);
}

static int ground_of(const char *text)
{
    static const char *const names[] = {"", "term", "request", "decision"};
    for (int i = 1; text != NULL && i <= 3; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return 0;
}

static int forget_login(const struct erase *erase, struct base_err *err)
{
    struct net_credentials *credentials = NULL;
    int rc = net_credentials_open(erase->common.dir, &credentials, err);
    if (rc == 0)
        rc = net_credentials_remove(credentials, erase->subject, err);
    net_credentials_close(credentials);
    return rc;
}

/* Opening for writing copies the log without its freed pages. */
static int leave_no_pages(const struct cli_erase *erase, struct base_err *err)
{
    const struct tool_school_options options = {.dir = erase->dir};
    struct tool_school *school = NULL;
    int rc = tool_school_open(&options, &school, err);
    if (rc == 0 && ledger_log_erasure_pending(tool_school_log(school)))
        printf(
            "ВНИМАНИЕ / NOTE: no room for a copy of the log; the freed pages go when there is\n");
    tool_school_close(school);
    return rc;
}

int cli_erase_settle(const struct cli_erase *erase, struct base_err *err)
{
    if (cli_option(erase->argc, erase->argv, "--url") == NULL)
        return leave_no_pages(erase, err);
    printf("страницы базы очистятся при следующем запуске сервера / freed pages go when the server "
           "starts next\n");
    return 0;
}

void cli_erase_put(const struct cli_erase *erase, struct tool_draft *draft,
                   const struct ledger_key *second)
{
    tool_draft_int(draft, "ground", ground_of(cli_option(erase->argc, erase->argv, "--ground")));
    tool_draft_text(draft, "reference", cli_option(erase->argc, erase->argv, "--reference"));
    tool_draft_bin(draft, "second", second->bytes, LEDGER_KEY_LEN);
}

int cli_erase_sign(const struct cli_erase *erase,
                   void (*fill)(void *data, struct tool_draft *draft,
                                const struct ledger_key *second),
                   void *data, struct base_err *err)
{
    struct cli_actor actor = {0};
    struct cli_actor second = {0};
    struct tool_draft draft = {0};
    int rc = cli_actor_unlock(erase->argc, erase->argv, erase->dir, &actor, err);
    if (rc == 0 && actor.request_path != NULL)
        rc = BASE_FAIL(err, BASE_E_USAGE, "two sign an erasure, both here: --request does not do");
    if (rc == 0)
        rc = unlock_second(erase, &second, err);
    if (rc == 0) {
        fill(data, &draft, &second.key.key);
        rc = cli_send_two(erase->dir, cli_option(erase->argc, erase->argv, "--url"), &draft, &actor,
                          &second.key, err);
    }
    tool_draft_release(&draft);
    cli_actor_wipe(&second);
    cli_actor_wipe(&actor);
    return rc;
}

static void fill(void *data, struct tool_draft *draft, const struct ledger_key *second)
{
    const struct erase *erase = data;
    tool_draft_begin(draft, "subject.erased", 4);
    cli_erase_put(&erase->common, draft, second);
    tool_draft_id(draft, "subject", erase->subject);
}

static int erase_run(struct erase *erase, bool is_account, struct base_err *err)
{
    int rc = cli_erase_sign(&erase->common, fill, erase, err);
    if (rc == 0 && is_account)
        rc = forget_login(erase, err);
    return rc == 0 ? cli_erase_settle(&erase->common, err) : rc;
}

/* --list */

static void print_names(struct proj_txn *txn, char tag, size_t len)
{
    struct proj_key prefix = proj_key_of(tag);
    struct proj_fact fact;
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        char hex[2 * LEDGER_COMMITMENT_LEN + 1];
        if (fact.seq == LEDGER_SEQ_NONE)
            continue;
        base_hex(fact.key.data + 1, len, hex);
        printf("%s\n", hex);
    }
    proj_scan_close(scan);
}

static int list(const char *dir, struct base_err *err)
{
    struct cli_reading reading;
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    print_names(reading.txn, 'f', LEDGER_ID_LEN);
    print_names(reading.txn, '2', LEDGER_COMMITMENT_LEN);
    rc = proj_txn_fault(reading.txn, err);
    cli_reading_close(&reading);
    return rc;
}

static int done(int rc, const struct base_err *err)
{
    if (rc == BASE_E_USAGE)
        return cli_usage("erase", err->text);
    return rc == 0 ? CLI_DONE : cli_fail("erase", err);
}

static bool is_signed(const struct cli_erase *erase)
{
    return ground_of(cli_option(erase->argc, erase->argv, "--ground")) != 0 &&
           cli_option(erase->argc, erase->argv, "--reference") != NULL &&
           cli_option(erase->argc, erase->argv, "--second") != NULL;
}

/* One of a pupil, an account and, where groups have values, a group. */
static bool read_subject(struct erase *erase, bool with_group)
{
    static const char *const names[] = {"--pupil", "--account", "--group"};
    const char *given = NULL;
    unsigned count = 0;
    for (unsigned i = 0; i < (with_group ? 3 : 2); i++) {
        const char *value = cli_option(erase->common.argc, erase->common.argv, names[i]);
        given = value != NULL ? value : given;
        count += value != NULL;
    }
    return count == 1 && cli_hex(given, erase->subject, LEDGER_ID_LEN);
}

int cli_erase(int argc, char **argv)
{
    static const char *const known[] = {"--pupil=",
                                        "--account=",
                                        "--group=",
                                        "--ground=",
                                        "--second=",
                                        "--dry-run",
                                        "--second-password-file=",
                                        "--list",
                                        "--reference=",
                                        "--values",
                                        "--value=",
                                        CLI_ACTOR_OPTIONS,
                                        NULL};
    struct erase erase = {.common = {.argc = argc, .argv = argv}};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    bool dry = cli_flag(argc, argv, "--dry-run");
    bool by_value = cli_option(argc, argv, "--value") != NULL;
    bool values = cli_flag(argc, argv, "--values");
    erase.common.dir = cli_argument(argc, argv, 0);
    if (erase.common.dir == NULL)
        return cli_usage("erase", "DIR is needed");
    if (cli_flag(argc, argv, "--list"))
        return done(list(erase.common.dir, &err), &err);
    if (!by_value && !read_subject(&erase, values))
        return cli_usage("erase", values
                                      ? "one of --pupil, --account and --group HEX is needed"
                                      : "one of --pupil HEX, --account HEX and --value is needed");
    if (values)
        return done(cli_erase_list_values(&erase.common, erase.subject, &err), &err);
    if (!dry && !is_signed(&erase.common))
        return cli_usage("erase",
                         "--ground (term, request, decision), --reference and --second are needed");
    if (by_value)
        return done(cli_erase_values(&erase.common, &err), &err);
    bool is_account = cli_option(argc, argv, "--account") != NULL;
    int rc = find_person(&erase, is_account, &err);
    if (rc == 0)
        rc = dry ? dry_run(&erase, &err) : erase_run(&erase, is_account, &err);
    return done(rc, &err);
}
