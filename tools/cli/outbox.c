/* letopis outbox: what has become of the messages to families (CT-2a). */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "net/outbox.h"
#include "tools/cli/reading.h"

struct listing {
    bool all;
    uint64_t counts[NET_MESSAGE_UNKNOWN + 1];
    int offset_min;
};

static void time_text(base_time_ms ms, int offset_min, char out[24])
{
    time_t seconds = (time_t)(ms / 1000 + (base_time_ms)offset_min * 60);
    struct tm t;
    gmtime_r(&seconds, &t);
    if (ms == 0 || strftime(out, 24, "%Y-%m-%dT%H:%M:%S", &t) == 0)
        snprintf(out, 24, "-");
}

static const char *kind_text(unsigned wants)
{
    static const struct {
        unsigned wants;
        const char *text;
    } kinds[] = {{PROJ_WANTS_MARKS, "mark"},
                 {PROJ_WANTS_ABSENCES, "absence"},
                 {PROJ_WANTS_HOMEWORK, "homework"},
                 {PROJ_WANTS_DIGEST, "digest"},
                 {PROJ_WANTS_CORRECTIONS, "correction"},
                 {PROJ_WANTS_ADVICE, "advice"},
                 {PROJ_WANTS_CHANGES, "lesson"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].wants == wants)
            return kinds[i].text;
    return "-";
}

static void list(void *data, const struct net_message *message)
{
    struct listing *listing = data;
    char queued[24];
    char next[24];
    char account[2 * LEDGER_ID_LEN + 1];
    char id[2 * PROJ_CAUSE_ID_LEN + 1];
    char seq[24] = "-";
    bool fine = message->state == NET_MESSAGE_SENT || message->state == NET_MESSAGE_CANCELLED;
    if (message->state <= NET_MESSAGE_UNKNOWN)
        listing->counts[message->state]++;
    if (fine && !listing->all)
        return;
    time_text(message->queued_ms, listing->offset_min, queued);
    time_text(net_message_is_done(message->state) ? message->done_ms : message->next_ms,
              listing->offset_min, next);
    base_hex(message->cause.account, LEDGER_ID_LEN, account);
    base_hex(message->id, PROJ_CAUSE_ID_LEN, id);
    if (message->cause.seq != LEDGER_SEQ_NONE)
        snprintf(seq, sizeof seq, "%" PRIu64, message->cause.seq);
    printf("%s\t%s\t%s\t%s\t%u\t%" PRId64 "\t%s\t%s\t%s\t%s\t%s%s\n", id,
           net_message_state_name(message->state), net_message_way_name(message->way),
           kind_text(message->cause.wants), message->attempts, message->status, queued, next, seq,
           account, message->reason[0] == '\0' ? "-" : message->reason,
           message->repeated ? " repeated" : "");
}

static int run(const char *dir, bool all, struct base_err *err)
{
    struct cli_reading reading;
    struct net_outbox *outbox = NULL;
    struct proj_school school = {0};
    struct ledger_hash log_id;
    struct ledger_head head;
    struct listing listing = {.all = all};
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    (void)proj_school_find(reading.txn, &school);
    listing.offset_min = school.offset_min;
    ledger_log_id(reading.log, &log_id);
    ledger_log_head(reading.log, &head);
    rc = net_outbox_open(dir, true, &log_id, head.size, &outbox, err);
    if (rc == 0)
        rc = net_outbox_each(outbox, list, &listing, err);
    if (rc == 0) {
        fprintf(stderr,
                "записи журнала просмотрены до %" PRIu64 " из %" PRIu64 " / entries looked at\n",
                net_outbox_cursor(outbox), head.size);
        for (unsigned i = NET_MESSAGE_QUEUED; i <= NET_MESSAGE_UNKNOWN; i++)
            if (listing.counts[i] > 0)
                fprintf(stderr, "%s: %" PRIu64 "\n",
                        net_message_state_name((enum net_message_state)i), listing.counts[i]);
    }
    net_outbox_close(outbox);
    cli_reading_close(&reading);
    return rc;
}

int cli_outbox(int argc, char **argv)
{
    static const char *const known[] = {"--all", NULL};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    if (dir == NULL)
        return cli_usage("outbox", "DIR is needed");
    int rc = run(dir, cli_flag(argc, argv, "--all"), &err);
    return rc == 0 ? CLI_DONE : cli_fail("outbox", &err);
}
