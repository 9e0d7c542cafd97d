/* letopis rekey: the log goes on under a new key, as root says in an entry; and what `letopis
 * restore --origin` does with a copy that is behind its school (specs/ledger.md, "Handover"). */
#include "tools/cli/rekey.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/checkpoint.h"
#include "projections/engine.h"
#include "tools/cli/reading.h"

/* The former log, as log.continued names it. */
struct former {
    char *vkey;
    uint64_t size;
    struct ledger_hash root;
};

static int former_of_log(const char *dir, struct former *out_former, struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    struct ledger_head head;
    int rc = ledger_log_open(&options, &log, err);
    if (rc == 0) {
        ledger_log_head(log, &head);
        out_former->size = head.size;
        out_former->root = head.root;
        out_former->vkey = strdup(ledger_log_vkey(log));
        if (out_former->vkey == NULL)
            rc = BASE_FAIL(err, BASE_E_MEMORY, "the log's verifier key");
    }
    ledger_log_close(log);
    return rc;
}

/* The last one that was named. */
static bool on_continued(void *data, ledger_seq seq, const struct proj_continued *continued)
{
    struct proj_continued *last = data;
    (void)seq;
    *last = *continued;
    return true;
}

/* The entry is there already when an earlier run was stopped after it. */
static int is_said(const char *dir, const char *to, bool *out_said, struct base_err *err)
{
    struct proj_continued last = {0};
    struct cli_reading reading;
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    proj_each_continued(reading.txn, on_continued, &last);
    *out_said = strcmp(last.to, to) == 0;
    cli_reading_close(&reading);
    return 0;
}

static int say(const char *dir, const struct former *former, const char *to,
               struct cli_actor *actor, struct base_err *err)
{
    struct tool_draft draft = {0};
    tool_draft_begin(&draft, "log.continued", 4);
    tool_draft_text(&draft, "from", former->vkey);
    tool_draft_bin(&draft, "root", former->root.bytes, LEDGER_HASH_LEN);
    tool_draft_int(&draft, "size", (int64_t)former->size);
    tool_draft_text(&draft, "to", to);
    int rc = cli_send(dir, NULL, &draft, actor, err);
    tool_draft_release(&draft);
    return rc;
}

static int root_unlock(int argc, char **argv, const char *dir, struct cli_actor *out_actor,
                       struct base_err *err)
{
    if (cli_option(argc, argv, "--as") != NULL || cli_option(argc, argv, "--request") != NULL)
        return BASE_FAIL(err, BASE_E_USAGE,
                         "root itself signs, here: --recovery-file, or --envelope twice");
    return cli_actor_unlock(argc, argv, dir, out_actor, err);
}

/* The next key, of our own or a signer's; appends its verifier key. */
static int next_prepare(int argc, char **argv, const char *dir, struct base_buf *vkey,
                        struct base_err *err)
{
    const char *signer = cli_option(argc, argv, "--signer");
    const char *given = cli_option(argc, argv, "--signer-vkey");
    if ((signer == NULL) != (given == NULL))
        return BASE_FAIL(err, BASE_E_USAGE, "--signer and --signer-vkey go together");
    if (signer == NULL)
        return ledger_handover_prepare(dir, NULL, vkey, err);
    base_buf_put_str(vkey, given);
    return ledger_handover_prepare_signer(dir, signer, given, err);
}

static void print_new(const char *vkey)
{
    printf("LETOPIS_VKEY=%s\n"
           "Новый ключ журнала. Сообщите его свидетелям и аудиторам; прежний уничтожен.\n"
           "The log's new key. Tell witnesses and auditors; the former one is destroyed.\n",
           vkey);
}

int cli_rekey(int argc, char **argv)
{
    static const char *const known[] = {CLI_ACTOR_OPTIONS, "--signer=", "--signer-vkey=", NULL};
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_err err = {0};
    struct cli_actor actor = {0};
    struct former former = {0};
    bool said = false;
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    if (dir == NULL)
        return cli_usage("rekey", "DIR is needed");
    int rc = root_unlock(argc, argv, dir, &actor, &err);
    if (rc == 0)
        rc = former_of_log(dir, &former, &err);
    if (rc == 0)
        rc = next_prepare(argc, argv, dir, &vkey, &err);
    if (rc == 0 && base_buf_text(&vkey) == NULL)
        rc = BASE_FAIL(&err, BASE_E_MEMORY, "a verifier key");
    if (rc == 0)
        rc = is_said(dir, (const char *)vkey.data, &said, &err);
    if (rc == 0 && !said)
        rc = say(dir, &former, (const char *)vkey.data, &actor, &err);
    if (rc == 0) {
        const struct ledger_handover handover = {.size = former.size + (said ? 0 : 1)};
        rc = ledger_handover(dir, &handover, &err);
    }
    cli_actor_wipe(&actor);
    free(former.vkey);
    if (rc != 0)
        return cli_fail("rekey", &err);
    print_new((const char *)vkey.data);
    return CLI_DONE;
}

/* A restored copy */

static void on_sealed(void *data, const struct proj_field *field, const uint8_t *subject,
                      const uint8_t *commitment)
{
    (void)field;
    (void)subject;
    base_buf_put(data, commitment, LEDGER_COMMITMENT_LEN);
}

/* Commitments of what is sealed in entries that go, and in none that stays. */
static int orphans_find(const char *dir, uint64_t size, struct base_buf *orphans,
                        struct base_err *err)
{
    const struct ledger_log_options options = {.dir = dir, .clock = base_clock_system()};
    struct ledger_log *log = NULL;
    struct ledger_reader *reader = NULL;
    int rc = ledger_log_open(&options, &log, err);
    if (rc == 0)
        rc = ledger_reader_open(log, &reader, err);
    uint64_t end = rc == 0 ? ledger_reader_size(reader) : 0;
    if (rc == 0 && size > end)
        rc = BASE_FAIL(err, BASE_E_USAGE, "--at: the backup has %" PRIu64 " entries", end);
    for (ledger_seq seq = size; rc == 0 && seq < end; seq++) {
        struct proj_source source = proj_source_of_reader(reader);
        struct ledger_event event;
        base_time_ms recorded_ms;
        rc = source.event(source.data, seq, &event, &recorded_ms, err);
        if (rc == 0)
            proj_kinds_sealed(&event, on_sealed, orphans);
    }
    if (rc == 0 && orphans->failed)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "sealed fields");
    ledger_reader_close(reader);
    ledger_log_close(log);
    return rc;
}

/* The projections of more entries than there will be. */
static int projections_reset(const char *dir, struct base_err *err)
{
    struct proj_engine *engine = NULL;
    int rc = proj_engine_open(dir, false, &engine, err);
    if (rc == 0)
        rc = proj_engine_reset(engine, err);
    proj_engine_close(engine);
    return rc;
}

/* What was published last, when somebody kept it: the old head that the first entry carries. */
static int former_of_note(struct base_bytes note, struct former *former, struct base_err *err)
{
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    int rc = ledger_vkey_parse(base_bytes_str(former->vkey), &key, err);
    if (rc == 0)
        rc = ledger_checkpoint_open(note, &key, &checkpoint, err);
    if (rc == 0) {
        former->size = checkpoint.size;
        former->root = checkpoint.root;
    }
    return rc;
}

int cli_go_on(int argc, char **argv, const char *dir, const struct cli_going_on *how,
              struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) vkey = {0};
    struct base_buf orphans = {0};
    struct cli_actor actor = {0};
    struct former former = {0};
    int rc = root_unlock(argc, argv, dir, &actor, err);
    if (rc == 0)
        rc = former_of_log(dir, &former, err);
    uint64_t size = how->size == UINT64_MAX ? former.size : how->size;
    if (rc == 0)
        rc = orphans_find(dir, size, &orphans, err);
    if (rc == 0 && how->note.len > 0)
        rc = former_of_note(how->note, &former, err);
    if (rc == 0)
        rc = ledger_handover_prepare(dir, how->origin, &vkey, err);
    if (rc == 0 && base_buf_text(&vkey) == NULL)
        rc = BASE_FAIL(err, BASE_E_MEMORY, "a verifier key");
    if (rc == 0)
        rc = projections_reset(dir, err);
    if (rc == 0) {
        const struct ledger_handover handover = {.size = size,
                                                 .note = how->note,
                                                 .openings = orphans.data,
                                                 .opening_count =
                                                     orphans.len / LEDGER_COMMITMENT_LEN};
        rc = ledger_handover(dir, &handover, err);
    }
    if (rc == 0)
        rc = cli_actor_recount(dir, &actor, err);
    if (rc == 0)
        rc = say(dir, &former, (const char *)vkey.data, &actor, err);
    if (rc == 0)
        print_new((const char *)vkey.data);
    cli_actor_wipe(&actor);
    base_buf_release(&orphans);
    free(former.vkey);
    return rc;
}
