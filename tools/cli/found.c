/* letopis found: the founding ceremony (specs/recovery.md). Root's key and its successor go to
 * envelopes, to be printed, sealed and kept offline, or were made elsewhere before; each officer's
 * key is locked with the officer's own password. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/credentials.h"
#include "tools/cli/actor.h"
#include "tools/cli/root.h"
#include "tools/common/files.h"
#include "tools/common/secrets.h"

#define OFFICER_COUNT_MAX 15
#define PASSWORD_LEN_MIN 10u

struct officer {
    unsigned role;
    char login[NET_LOGIN_LEN_MAX + 1];
    char name[3][128];
    uint8_t account[LEDGER_ID_LEN], person[LEDGER_ID_LEN];
    uint8_t seed[LEDGER_SEED_LEN];
    struct tool_key key;
    struct tool_locked_seed locked;
};

struct founding {
    const char *dir, *origin, *name, *zone, *password_file, *importer;
    const char *signer, *signer_vkey; /* who has the log's key; both NULL: it is made here */
    const char *recovery_file, *envelopes, *recovery_public; /* one of the three */
    int argc;
    char **argv;
    int offset_min;
    struct officer officers[OFFICER_COUNT_MAX];
    unsigned officer_count;
    uint8_t secret[32];
    uint8_t root_seed[LEDGER_SEED_LEN], next_seed[LEDGER_SEED_LEN];
    struct tool_key root;
    struct ledger_hash next; /* of the recovery key after root */
};

/* "head:st01:Хатуев:Максим:Адамович" */
static int parse_officer(struct founding *f, const char *text, struct base_err *err)
{
    static const char *const roles[] = {"", "head", "deputy", "support"};
    char copy[512];
    char *rest = copy;
    char *part[5] = {0};
    if (f->officer_count == OFFICER_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_USAGE, "more than %d officers", OFFICER_COUNT_MAX);
    snprintf(copy, sizeof copy, "%s", text);
    for (int i = 0; i < 5; i++)
        part[i] = strsep(&rest, ":");
    struct officer *officer = &f->officers[f->officer_count];
    for (officer->role = 1; part[0] != NULL && officer->role <= 3; officer->role++) {
        if (strcmp(roles[officer->role], part[0]) == 0)
            break;
    }
    if (part[3] == NULL || officer->role > 3 || !net_login_is_normal(base_bytes_str(part[1])))
        return BASE_FAIL(err, BASE_E_USAGE,
                         "--officer \"%s\": write ROLE:LOGIN:SURNAME:GIVEN[:PATRONYMIC] with ROLE "
                         "head, deputy or support",
                         text);
    snprintf(officer->login, sizeof officer->login, "%s", part[1]);
    for (int i = 0; i < 3; i++)
        snprintf(officer->name[i], sizeof officer->name[i], "%s",
                 part[2 + i] == NULL ? "" : part[2 + i]);
    f->officer_count++;
    return 0;
}

/* The line "LOGIN:PASSWORD" of the password file. */
static int password_from_file(const char *path, const char *login, char *out, size_t size,
                              struct base_err *err)
{
    FILE *file = fopen(path, "re");
    char line[512];
    size_t len = strlen(login);
    bool found = false;
    if (file == NULL)
        return BASE_FAIL(err, BASE_E_MISSING, "%s: %s", path, strerror(errno));
    while (!found && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, login, len) == 0 && line[len] == ':') {
            snprintf(out, size, "%s", line + len + 1);
            found = true;
        }
    }
    fclose(file);
    sodium_memzero(line, sizeof line);
    return found ? 0 : BASE_FAIL(err, BASE_E_MISSING, "%s: no line for %s", path, login);
}

static int make_officer(struct founding *f, struct officer *officer, struct base_err *err)
{
    char password[256] = "";
    char prompt[128];
    snprintf(prompt, sizeof prompt, "password of %s", officer->login);
    int rc = f->password_file != NULL ? password_from_file(f->password_file, officer->login,
                                                           password, sizeof password, err)
                                      : cli_secret(NULL, prompt, password, sizeof password, err);
    if (rc == 0 && strlen(password) < PASSWORD_LEN_MIN)
        rc = BASE_FAIL(err, BASE_E_USAGE, "%s: a password has at least %u characters",
                       officer->login, PASSWORD_LEN_MIN);
    if (rc == 0) {
        tool_derive(f->secret, "account", officer->login, officer->account, LEDGER_ID_LEN);
        tool_derive(f->secret, "person", officer->login, officer->person, LEDGER_ID_LEN);
        randombytes_buf(officer->seed, sizeof officer->seed);
        tool_key_from_seed(&officer->key, officer->seed);
        rc = tool_seed_lock(password, officer->login, officer->seed, &officer->locked, err);
    }
    sodium_memzero(password, sizeof password);
    return rc;
}

static int write_recovery(const struct founding *f, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    char root[65];
    char next[65];
    base_hex(f->root_seed, sizeof f->root_seed, root);
    base_hex(f->next_seed, sizeof f->next_seed, next);
    base_buf_printf(&text,
                    "%s\n\nThe line above is the recovery key (root) of %s.\n"
                    "Print this page, seal it, keep it away from every computer, delete the file.\n"
                    "The next recovery key, should this one be used up:\n%s\n",
                    root, f->origin, next);
    sodium_memzero(root, sizeof root);
    sodium_memzero(next, sizeof next);
    return text.failed ? BASE_FAIL(err, BASE_E_MEMORY, "recovery file")
                       : tool_file_write(f->recovery_file, 0600, base_buf_bytes(&text), err);
}

/* The recovery key made elsewhere: its next one stays in its envelopes, unseen by this machine. */
static int take_recovery(struct founding *f, struct base_err *err)
{
    struct cli_recovery_public pub;
    int rc = cli_recovery_public_read(f->recovery_public, &pub, err);
    if (rc == 0 && strcmp(pub.origin, f->origin) != 0)
        rc = BASE_FAIL(err, BASE_E_USAGE, "%s is for %s", f->recovery_public, pub.origin);
    if (rc == 0)
        rc = cli_root_unlock(f->argc, f->argv, "--root-file", "--envelope", &f->root, err);
    if (rc == 0 && !ledger_key_equal(&f->root.key, &pub.root))
        rc = BASE_FAIL(err, BASE_E_STATE, "the envelopes are not those of %s", f->recovery_public);
    f->next = pub.next;
    return rc;
}

/* Before the log: a log without its recovery key must not exist. */
static int make_recovery(struct founding *f, struct base_err *err)
{
    struct tool_key next;
    int rc = 0;
    if (f->recovery_public != NULL)
        return take_recovery(f, err);
    if (f->envelopes != NULL) {
        rc = cli_recovery_make(f->envelopes, f->origin, f->root_seed, f->next_seed, false, err);
    } else {
        randombytes_buf(f->root_seed, sizeof f->root_seed);
        randombytes_buf(f->next_seed, sizeof f->next_seed);
        rc = write_recovery(f, err);
    }
    tool_key_from_seed(&f->root, f->root_seed);
    tool_key_from_seed(&next, f->next_seed);
    ledger_sha256(base_bytes_of(next.key.bytes, LEDGER_KEY_LEN), &f->next);
    sodium_memzero(&next, sizeof next);
    return rc;
}

/* Two can void together, but not when one of the two is away, or is the one who is reported. */
static void advise(const struct founding *f)
{
    if (f->officer_count >= 3)
        return;
    fprintf(stderr,
            "letopis found: only two officers. It takes two officers other than the person "
            "concerned to make stolen entries void: while one is away, or is the one concerned, "
            "only the recovery key can act. Add a third (a deputy head):\n"
            "letopis found: должностных лиц только двое. Чтобы признать записи недействительными, "
            "нужны двое, кроме того, о ком речь: если один в отъезде или речь о нём самом, "
            "поможет только резервный ключ. Назначьте третьего (заместителя директора):\n"
            "    --officer deputy:LOGIN:SURNAME:GIVEN:PATRONYMIC\n");
}

static void draft_founding(struct founding *f, struct tool_draft *draft)
{
    tool_draft_begin(draft, "school.founded", 8);
    tool_draft_bool(draft, "demo", false);
    tool_draft_text(draft, "name", f->name);
    tool_draft_bin(draft, "next", f->next.bytes, LEDGER_HASH_LEN);
    tool_draft_list(draft, "officers", f->officer_count);
    for (unsigned i = 0; i < f->officer_count; i++) {
        const struct officer *officer = &f->officers[i];
        char path[24];
        snprintf(path, sizeof path, "officers.%u.4", i);
        ledger_canon_put_array(&draft->body, 5);
        ledger_canon_put_bin(&draft->body, officer->account, LEDGER_ID_LEN);
        ledger_canon_put_int(&draft->body, officer->role);
        ledger_canon_put_bin(&draft->body, officer->key.key.bytes, LEDGER_KEY_LEN);
        ledger_canon_put_bin(&draft->body, officer->person, LEDGER_ID_LEN);
        tool_draft_seal_name(draft, path, officer->name[0], officer->name[1], officer->name[2]);
    }
    tool_draft_int(draft, "offset", f->offset_min);
    tool_draft_text(draft, "origin", f->origin);
    tool_draft_bin(draft, "root", f->root.key.bytes, LEDGER_KEY_LEN);
    tool_draft_text(draft, "zone", f->zone);
}

static int put_credentials(const struct founding *f, struct base_err *err)
{
    struct net_credentials *credentials = NULL;
    int rc = net_credentials_open(f->dir, &credentials, err);
    for (unsigned i = 0; rc == 0 && i < f->officer_count; i++) {
        const struct officer *officer = &f->officers[i];
        struct net_credential record;
        memset(&record, 0, sizeof record);
        snprintf(record.login, sizeof record.login, "%s", officer->login);
        memcpy(record.account, officer->account, sizeof record.account);
        record.key = officer->key.key;
        memcpy(record.salt, officer->locked.salt, sizeof record.salt);
        record.mem_kib = TOOL_PASSWORD_MEM_KIB;
        record.ops = TOOL_PASSWORD_OPS;
        memcpy(record.proof, officer->locked.proof, sizeof record.proof);
        memcpy(record.nonce, officer->locked.nonce, sizeof record.nonce);
        memcpy(record.wrapped, officer->locked.wrapped, sizeof record.wrapped);
        rc = net_credentials_put(credentials, &record, err);
        if (rc > 0)
            rc = BASE_FAIL(err, BASE_E_USAGE, "login %s is named twice", officer->login);
    }
    net_credentials_close(credentials);
    return rc;
}

static int grant_import(struct founding *f, struct tool_school *school, struct tool_draft *draft,
                        struct base_err *err)
{
    base_day today = base_day_of_time(tool_school_now(school), f->offset_min);
    struct tool_key *const signers[] = {&f->root};
    for (unsigned i = 0; i < f->officer_count; i++) {
        if (strcmp(f->officers[i].login, f->importer) != 0)
            continue;
        tool_draft_begin(draft, "role.granted", 5);
        tool_draft_id(draft, "account", f->officers[i].account);
        tool_draft_int(draft, "from", today);
        tool_draft_int(draft, "role", PROJ_ROLE_IMPORTER);
        tool_draft_nil(draft, "scope");
        tool_draft_int(draft, "to", today + 30);
        int rc = tool_school_flush(school, err);
        return rc != 0 ? rc
                       : tool_school_submit(school, draft, signers, 1, tool_school_now(school),
                                            NULL, err);
    }
    return BASE_FAIL(err, BASE_E_USAGE, "--importer %s is no officer", f->importer);
}

static int found(struct founding *f, struct base_err *err)
{
    const struct tool_school_options options = {.dir = f->dir,
                                                .origin = f->origin,
                                                .create = true,
                                                .signer = f->signer,
                                                .signer_vkey = f->signer_vkey};
    struct tool_key *signers[OFFICER_COUNT_MAX + 1] = {&f->root};
    struct tool_school *school = NULL;
    struct tool_draft draft = {0};
    char path[4096];
    int rc = 0;
    randombytes_buf(f->secret, sizeof f->secret);
    advise(f);
    for (unsigned i = 0; rc == 0 && i < f->officer_count; i++) {
        rc = make_officer(f, &f->officers[i], err);
        signers[i + 1] = &f->officers[i].key;
    }
    if (rc == 0)
        rc = make_recovery(f, err);
    if (rc == 0)
        rc = tool_school_open(&options, &school, err);
    if (rc == 0) {
        draft_founding(f, &draft);
        rc = tool_school_submit(school, &draft, signers, f->officer_count + 1,
                                tool_school_now(school), NULL, err);
    }
    if (rc == 0 && f->importer != NULL)
        rc = grant_import(f, school, &draft, err);
    if (rc == 0)
        rc = tool_school_flush(school, err);
    if (rc == 0)
        rc = put_credentials(f, err);
    snprintf(path, sizeof path, "%s/import.key", f->dir);
    if (rc == 0)
        rc = tool_file_write(path, 0600, base_bytes_of(f->secret, sizeof f->secret), err);
    if (rc == 0)
        printf("LETOPIS_ORIGIN=%s\nLETOPIS_VKEY=%s\n", f->origin,
               ledger_log_vkey(tool_school_log(school)));
    tool_draft_release(&draft);
    tool_school_close(school);
    return rc;
}

static int parse(int argc, char **argv, struct founding *f, struct base_err *err)
{
    const char *offset = cli_option(argc, argv, "--offset");
    char log_dir[4096];
    f->dir = cli_argument(argc, argv, 0);
    f->origin = cli_option(argc, argv, "--origin");
    f->name = cli_option(argc, argv, "--name");
    f->zone = cli_option(argc, argv, "--zone");
    f->password_file = cli_option(argc, argv, "--password-file");
    f->recovery_file = cli_option(argc, argv, "--recovery-file");
    f->envelopes = cli_option(argc, argv, "--envelopes");
    f->recovery_public = cli_option(argc, argv, "--recovery-public");
    f->signer = cli_option(argc, argv, "--signer");
    f->signer_vkey = cli_option(argc, argv, "--signer-vkey");
    f->argc = argc;
    f->argv = argv;
    f->importer = cli_option(argc, argv, "--importer");
    f->offset_min = offset == NULL ? 180 : atoi(offset);
    f->zone = f->zone == NULL ? "Europe/Moscow" : f->zone;
    if (f->dir == NULL || f->origin == NULL || f->name == NULL ||
        (f->recovery_file != NULL) + (f->envelopes != NULL) + (f->recovery_public != NULL) != 1)
        return BASE_FAIL(err, BASE_E_USAGE,
                         "DIR, --origin, --name and one of --envelopes, --recovery-public and "
                         "--recovery-file are needed");
    if ((f->signer == NULL) != (f->signer_vkey == NULL))
        return BASE_FAIL(err, BASE_E_USAGE, "--signer and --signer-vkey go together");
    snprintf(log_dir, sizeof log_dir, "%s/log", f->dir);
    if (tool_file_exists(log_dir))
        return BASE_FAIL(err, BASE_E_STATE, "%s holds a log already; nothing is written over",
                         f->dir);
    int rc = 0;
    for (int i = 1; rc == 0 && i < argc; i++) {
        if (strncmp(argv[i], "--officer=", 10) == 0)
            rc = parse_officer(f, argv[i] + 10, err);
        else if (strcmp(argv[i], "--officer") == 0 && i + 1 < argc)
            rc = parse_officer(f, argv[i + 1], err);
    }
    if (rc == 0 && f->officer_count < 2)
        rc = BASE_FAIL(err, BASE_E_USAGE,
                       "a school has at least two officers (--officer), better three");
    return rc;
}

int cli_found(int argc, char **argv)
{
    static const char *const known[] = {
        "--origin=",          "--name=",          "--zone=",      "--offset=",      "--officer=",
        "--password-file=",   "--recovery-file=", "--envelopes=", "--envelope=",    "--root-file=",
        "--recovery-public=", "--importer=",      "--signer=",    "--signer-vkey=", NULL};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    struct founding *f = calloc(1, sizeof *f);
    int rc = f == NULL ? BASE_FAIL(&err, BASE_E_MEMORY, "founding") : parse(argc, argv, f, &err);
    bool usage = rc == BASE_E_USAGE;
    if (rc == 0)
        rc = found(f, &err);
    if (f != NULL)
        sodium_memzero(f, sizeof *f);
    free(f);
    if (usage)
        return cli_usage("found", err.text);
    return rc == 0 ? CLI_DONE : cli_fail("found", &err);
}
