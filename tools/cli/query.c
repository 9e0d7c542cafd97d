/* letopis query: any view as JSON, as the operator of the machine sees it. */
#include <stdio.h>
#include <stdlib.h>

#include "net/json.h"
#include "projections/views/view.h"
#include "projections/voiding.h"
#include "tools/cli/reading.h"

struct query {
    int argc;
    char **argv;
    struct proj_view *view;
};

static bool day_option(struct query *q, const char *name, base_day *out, base_day fallback)
{
    const char *text = cli_option(q->argc, q->argv, name);
    *out = fallback;
    return text == NULL || base_day_parse(text, out) == 0;
}

static bool id_option(struct query *q, const char *name, proj_id out)
{
    return cli_hex(cli_option(q->argc, q->argv, name), out, LEDGER_ID_LEN);
}

static int query_journal(struct query *q)
{
    proj_id group;
    proj_id subject;
    base_day from;
    base_day to;
    base_day today = proj_view_today(q->view);
    if (!id_option(q, "--group", group) || !id_option(q, "--subject", subject) ||
        !day_option(q, "--from", &from, today - 60) || !day_option(q, "--to", &to, today))
        return -1;
    return proj_view_journal(q->view, group, subject, from, to);
}

static int query_pages(struct query *q)
{
    return proj_view_pages(q->view);
}

static int query_school(struct query *q)
{
    return proj_view_school(q->view);
}

static int query_diary(struct query *q)
{
    proj_id pupil;
    base_day from;
    base_day to;
    base_day today = proj_view_today(q->view);
    if (!id_option(q, "--pupil", pupil) || !day_option(q, "--from", &from, today - 7) ||
        !day_option(q, "--to", &to, today))
        return -1;
    return proj_view_diary(q->view, pupil, from, to);
}

static int query_cell(struct query *q)
{
    proj_id lesson;
    proj_id pupil;
    const char *what = cli_option(q->argc, q->argv, "--what");
    bool has_pupil = id_option(q, "--pupil", pupil);
    enum proj_what kind = what == NULL                      ? PROJ_WHAT_MARK
                          : strcmp(what, "attendance") == 0 ? PROJ_WHAT_ATTENDANCE
                          : strcmp(what, "topic") == 0      ? PROJ_WHAT_TOPIC
                          : strcmp(what, "homework") == 0   ? PROJ_WHAT_HOMEWORK
                                                            : PROJ_WHAT_MARK;
    if (!id_option(q, "--lesson", lesson))
        return -1;
    return proj_view_cell(q->view, lesson, has_pupil ? pupil : NULL, kind, 0);
}

static int query_accounts(struct query *q)
{
    const char *find = cli_option(q->argc, q->argv, "--find");
    return proj_view_accounts(q->view, base_bytes_str(find == NULL ? "" : find));
}

static int query_summary(struct query *q)
{
    proj_id group;
    return id_option(q, "--group", group) ? proj_view_summary(q->view, group) : -1;
}

static int query_classes(struct query *q)
{
    return proj_view_classes(q->view);
}

static bool span_options(struct query *q, base_day *out_from, base_day *out_to)
{
    base_day today = proj_view_today(q->view);
    return day_option(q, "--from", out_from, today - 7) && day_option(q, "--to", out_to, today) &&
           *out_from <= *out_to;
}

static int query_attendance(struct query *q)
{
    proj_id group;
    base_day from;
    base_day to;
    if (!id_option(q, "--group", group) || !span_options(q, &from, &to))
        return -1;
    return proj_view_attendance(q->view, group, from, to);
}

static int query_filling(struct query *q)
{
    proj_id group;
    proj_id subject;
    base_day from;
    base_day to;
    if (!span_options(q, &from, &to))
        return -1;
    if (cli_option(q->argc, q->argv, "--group") == NULL)
        return proj_view_filling(q->view, from, to);
    if (!id_option(q, "--group", group) || !id_option(q, "--subject", subject))
        return -1;
    return proj_view_filling_of(q->view, group, subject, from, to);
}

static const uint8_t *id_or_none(struct query *q, const char *name, proj_id buffer)
{
    return id_option(q, name, buffer) ? buffer : NULL;
}

static int query_schedule(struct query *q)
{
    proj_id ids[2];
    base_day from;
    base_day to;
    if (!span_options(q, &from, &to))
        return -1;
    const uint8_t *group = id_or_none(q, "--group", ids[0]);
    const uint8_t *account = id_or_none(q, "--account", ids[1]);
    return proj_view_schedule(q->view, group, account, from, to);
}

static int query_changes(struct query *q)
{
    base_day from;
    base_day to;
    return span_options(q, &from, &to) ? proj_view_changes(q->view, from, to) : -1;
}

static int query_programme(struct query *q)
{
    base_day day;
    return day_option(q, "--day", &day, proj_view_today(q->view))
               ? proj_view_programme(q->view, day)
               : -1;
}

static int query_retention(struct query *q)
{
    return proj_view_retention(q->view, cli_flag(q->argc, q->argv, "--all"));
}

static int query_settings(struct query *q)
{
    return proj_view_settings(q->view);
}

static int query_movement(struct query *q)
{
    base_day from;
    base_day to;
    return span_options(q, &from, &to) ? proj_view_movement(q->view, from, to) : -1;
}

static int query_works(struct query *q)
{
    proj_id group;
    base_day from;
    base_day to;
    return span_options(q, &from, &to)
               ? proj_view_works(q->view, id_or_none(q, "--group", group), from, to)
               : -1;
}

static int query_remarks(struct query *q)
{
    return proj_view_remarks(q->view);
}

static int query_breaches(struct query *q)
{
    return proj_view_breaches(q->view);
}

static int query_edits(struct query *q)
{
    proj_id group;
    proj_id subject;
    base_day from;
    base_day to;
    base_day today = proj_view_today(q->view);
    bool has_page = cli_option(q->argc, q->argv, "--group") != NULL;
    if (!day_option(q, "--from", &from, today - 13) || !day_option(q, "--to", &to, today) ||
        (has_page && (!id_option(q, "--group", group) || !id_option(q, "--subject", subject))) ||
        (!has_page && cli_option(q->argc, q->argv, "--subject") != NULL))
        return -1;
    return proj_view_edits(q->view, from, to, has_page ? group : NULL, has_page ? subject : NULL);
}

static int query_repairs(struct query *q)
{
    return proj_view_repairs(q->view, true);
}

/* A log size: as a number, or as the time at which the log had it. */
static bool size_option(struct query *q, const char *name, ledger_seq fallback, ledger_seq *out)
{
    const char *text = cli_option(q->argc, q->argv, name);
    base_time_ms time_ms;
    char *end = NULL;
    *out = fallback;
    if (text == NULL)
        return true;
    *out = strtoull(text, &end, 10);
    if (*end == '\0')
        return *out > 0;
    if (base_time_parse(text, &time_ms) != 0)
        return false;
    struct proj_source source = proj_source_of_reader(q->view->reader);
    *out = proj_cut_at(q->view->txn, &source, proj_txn_next(q->view->txn), time_ms + 1);
    return *out > 0;
}

static int query_notices(struct query *q)
{
    proj_id pupil;
    ledger_seq since;
    if (!id_option(q, "--pupil", pupil) || !size_option(q, "--since", 0, &since))
        return -1;
    return proj_view_notices(q->view, pupil, since);
}

static bool moment_option(struct query *q, const char *content, const char *knowledge,
                          struct proj_moment *out)
{
    ledger_seq now = proj_txn_next(q->view->txn);
    if (!size_option(q, content, now, &out->content) ||
        !size_option(q, knowledge, out->content, &out->knowledge))
        return false;
    if (out->knowledge < out->content)
        out->knowledge = out->content;
    return true;
}

static int query_difference(struct query *q)
{
    proj_id group;
    proj_id subject;
    proj_id pupil;
    struct proj_moment from;
    struct proj_moment to;
    if (cli_option(q->argc, q->argv, "--at") == NULL ||
        !moment_option(q, "--at", "--known", &from) || !moment_option(q, "--to", "--to-known", &to))
        return -1;
    bool has_group = id_option(q, "--group", group);
    bool has_subject = id_option(q, "--subject", subject);
    bool has_pupil = id_option(q, "--pupil", pupil);
    return proj_view_difference(q->view, &from, &to, has_group ? group : NULL,
                                has_subject ? subject : NULL, has_pupil ? pupil : NULL);
}

static int query_debts(struct query *q)
{
    proj_id id;
    if (cli_option(q->argc, q->argv, "--group") != NULL)
        return id_option(q, "--group", id) ? proj_view_debts_of_class(q->view, id) : -1;
    return id_option(q, "--pupil", id) ? proj_view_debts(q->view, id) : -1;
}

static int query_comparison(struct query *q)
{
    proj_id group;
    const char *period = cli_option(q->argc, q->argv, "--period");
    if (period == NULL)
        return -1;
    if (cli_option(q->argc, q->argv, "--group") == NULL)
        return proj_view_comparison_of_school(q->view, period);
    return id_option(q, "--group", group) ? proj_view_comparison(q->view, group, period) : -1;
}

static int query_closing(struct query *q)
{
    proj_id group;
    proj_id subject;
    if (!id_option(q, "--group", group))
        return -1;
    if (cli_option(q->argc, q->argv, "--subject") == NULL)
        return proj_view_closing_of_class(q->view, group);
    return id_option(q, "--subject", subject) ? proj_view_closing(q->view, group, subject) : -1;
}

static const struct {
    const char *name;
    int (*run)(struct query *q);
    bool is_own; /* has moments of its own, or only ever tells of the present */
} queries[] = {{"accounts", query_accounts, false},     {"attendance", query_attendance, false},
               {"breaches", query_breaches, false},     {"cell", query_cell, false},
               {"changes", query_changes, false},       {"movement", query_movement, false},
               {"settings", query_settings, false},     {"programme", query_programme, false},
               {"schedule", query_schedule, false},     {"works", query_works, false},
               {"classes", query_classes, false},       {"diary", query_diary, false},
               {"difference", query_difference, true},  {"filling", query_filling, false},
               {"journal", query_journal, false},       {"notices", query_notices, true},
               {"pages", query_pages, false},           {"remarks", query_remarks, false},
               {"repairs", query_repairs, true},        {"school", query_school, false},
               {"summary", query_summary, false},       {"debts", query_debts, false},
               {"comparison", query_comparison, false}, {"closing", query_closing, false},
               {"retention", query_retention, true},    {"edits", query_edits, false}};

/* With --at the view shows that moment. */
static int travel(struct query *q, struct base_err *err)
{
    struct proj_moment moment;
    if (cli_option(q->argc, q->argv, "--at") == NULL)
        return 0;
    if (!moment_option(q, "--at", "--known", &moment) ||
        proj_view_travel(q->view, moment.content, moment.knowledge) != PROJ_VIEW_DONE)
        return BASE_FAIL(err, BASE_E_USAGE, "--at and --known want log sizes or times, in order");
    return 0;
}

static int run(struct query *q, const char *what, struct base_err *err)
{
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        if (strcmp(queries[i].name, what) != 0)
            continue;
        int rc = queries[i].is_own ? 0 : travel(q, err);
        int answer = rc == 0 ? queries[i].run(q) : 0;
        proj_view_return(q->view);
        if (rc != 0)
            return rc;
        if (answer < 0)
            return BASE_FAIL(err, BASE_E_USAGE, "%s: an option is missing or not readable", what);
        if (answer != PROJ_VIEW_DONE)
            return BASE_FAIL(err, BASE_E_MISSING, "%s: there is no such thing", what);
        return proj_view_end(q->view, 0, err);
    }
    return BASE_FAIL(err, BASE_E_USAGE, "no view \"%s\"", what);
}

int cli_query(int argc, char **argv)
{
    static const char *const known[] = {
        "--group=",  "--subject=", "--from=",    "--to=",    "--pupil=",    "--lesson=",
        "--what=",   "--find=",    "--at=",      "--known=", "--to-known=", "--since=",
        "--period=", "--day=",     "--account=", "--all",    NULL};
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) packed = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    struct cli_reading reading;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *what = cli_argument(argc, argv, 1);
    if (dir == NULL || what == NULL)
        return cli_usage("query", "DIR and VIEW are needed");
    if (cli_reading_open(dir, &reading, &err) != 0)
        return cli_fail("query", &err);
    struct proj_view view = {.txn = reading.txn,
                             .reader = reading.reader,
                             .operator_reads = true,
                             .now_ms = base_clock_system().now_ms(NULL),
                             .out = &packed};
    struct query query = {.argc = argc, .argv = argv, .view = &view};
    int rc = proj_view_begin(&view, &err);
    if (rc == 0)
        rc = run(&query, what, &err);
    if (rc == 0)
        rc = net_json_from_msgpack(base_buf_bytes(&packed), &json, &err);
    if (rc == 0) {
        fwrite(json.data, 1, json.len, stdout);
        putchar('\n');
    }
    cli_reading_close(&reading);
    if (rc == BASE_E_USAGE)
        return cli_usage("query", err.text);
    return rc == 0 ? CLI_DONE : cli_fail("query", &err);
}
