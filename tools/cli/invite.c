/* letopis invite, letopis enrol: a new key for somebody whose key is lost, and a new officer
 * (specs/recovery.md). The code goes to a file for printing and nowhere else. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/credentials.h"
#include "tools/cli/actor.h"
#include "tools/cli/reading.h"
#include "tools/common/files.h"
#include "tools/common/secrets.h"

struct officer {
    unsigned role;
    char name[3][128];
};

/* "head:Хатуев:Максим:Адамович" */
static int parse_officer(const char *text, struct officer *out, struct base_err *err)
{
    static const char *const roles[] = {"", "head", "deputy", "support"};
    char copy[512];
    char *rest = copy;
    char *part[4] = {0};
    snprintf(copy, sizeof copy, "%s", text);
    for (int i = 0; i < 4; i++)
        part[i] = strsep(&rest, ":");
    for (out->role = 1; part[2] != NULL && out->role <= 3; out->role++) {
        if (strcmp(roles[out->role], part[0]) == 0)
            break;
    }
    if (part[2] == NULL || out->role > 3)
        return BASE_FAIL(err, BASE_E_USAGE,
                         "--officer \"%s\": write ROLE:SURNAME:GIVEN[:PATRONYMIC] with ROLE head, "
                         "deputy or support",
                         text);
    for (int i = 0; i < 3; i++)
        snprintf(out->name[i], sizeof out->name[i], "%s", part[1 + i] == NULL ? "" : part[1 + i]);
    return 0;
}

/* account.opened and role.granted of a new officer; root's to sign. */
static int open_officer(int argc, char **argv, const char *dir, const struct officer *officer,
                        uint8_t account[LEDGER_ID_LEN], struct cli_actor *actor,
                        struct base_err *err)
{
    const char *url = cli_option(argc, argv, "--url");
    struct tool_draft draft = {0};
    struct cli_reading reading;
    struct proj_school school = {0};
    uint8_t person[LEDGER_ID_LEN];
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    (void)proj_school_find(reading.txn, &school);
    cli_reading_close(&reading);
    randombytes_buf(account, LEDGER_ID_LEN);
    randombytes_buf(person, sizeof person);
    tool_draft_begin(&draft, "account.opened", 4);
    tool_draft_id(&draft, "account", account);
    ledger_canon_put_str(&draft.body, "name");
    tool_draft_seal_name(&draft, "name", officer->name[0], officer->name[1], officer->name[2]);
    tool_draft_id(&draft, "person", person);
    tool_draft_int(&draft, "stratum", 1);
    rc = cli_send(dir, url, &draft, actor, err);
    if (rc == 0) {
        tool_draft_begin(&draft, "role.granted", 5);
        tool_draft_id(&draft, "account", account);
        tool_draft_int(&draft, "from",
                       base_day_of_time(base_clock_system().now_ms(NULL), school.offset_min));
        tool_draft_int(&draft, "role", officer->role);
        tool_draft_nil(&draft, "scope");
        tool_draft_nil(&draft, "to");
        rc = cli_send(dir, url, &draft, actor, err);
    }
    tool_draft_release(&draft);
    return rc;
}

static int account_of_login(const char *dir, const char *login, uint8_t out[LEDGER_ID_LEN],
                            struct base_err *err)
{
    struct net_credentials *credentials = NULL;
    struct net_credential record;
    int rc = net_credentials_open(dir, &credentials, err);
    if (rc == 0) {
        rc = net_credentials_find(credentials, base_bytes_str(login), &record, err);
        if (rc > 0)
            rc = BASE_FAIL(err, BASE_E_MISSING, "login %s: unknown", login);
    }
    if (rc == 0)
        memcpy(out, record.account, LEDGER_ID_LEN);
    net_credentials_close(credentials);
    return rc;
}

static int log_id_of(const char *dir, struct ledger_hash *out, struct base_err *err)
{
    struct cli_reading reading;
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    ledger_log_id(reading.log, out);
    cli_reading_close(&reading);
    return 0;
}

static int write_slip(const char *path, const char *code, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) line = {0};
    base_buf_printf(&line, "%.4s-%.4s-%.4s-%.4s\n", code, code + 4, code + 8, code + 12);
    return line.failed ? BASE_FAIL(err, BASE_E_MEMORY, "slip")
                       : tool_file_write(path, 0600, base_buf_bytes(&line), err);
}

static int invite(int argc, char **argv, const char *dir, const uint8_t account[LEDGER_ID_LEN],
                  struct cli_actor *actor, struct base_err *err)
{
    uint8_t bytes[TOOL_CODE_BYTES];
    uint8_t seeds[2][LEDGER_SEED_LEN];
    char code[TOOL_CODE_LEN + 1];
    struct ledger_hash log_id;
    struct tool_key invitation;
    struct tool_key emergency;
    struct tool_draft draft = {0};
    randombytes_buf(bytes, sizeof bytes);
    tool_code_of(bytes, code);
    int rc = log_id_of(dir, &log_id, err);
    if (rc == 0)
        rc = tool_code_seeds(code, &log_id, seeds[0], seeds[1], err);
    if (rc == 0) /* before the event: an invitation without its code helps nobody */
        rc = write_slip(cli_option(argc, argv, "--slip"), code, err);
    if (rc == 0) {
        tool_key_from_seed(&invitation, seeds[0]);
        tool_key_from_seed(&emergency, seeds[1]);
        tool_draft_begin(&draft, "invitation.issued", 3);
        tool_draft_id(&draft, "account", account);
        tool_draft_bin(&draft, "emergency", emergency.key.bytes, LEDGER_KEY_LEN);
        tool_draft_bin(&draft, "invitation", invitation.key.bytes, LEDGER_KEY_LEN);
        rc = cli_send(dir, cli_option(argc, argv, "--url"), &draft, actor, err);
    }
    tool_draft_release(&draft);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(code, sizeof code);
    sodium_memzero(seeds, sizeof seeds);
    sodium_memzero(&invitation, sizeof invitation);
    sodium_memzero(&emergency, sizeof emergency);
    return rc;
}

int cli_invite(int argc, char **argv)
{
    static const char *const known[] = {
        "--login=", "--account=", "--officer=", "--slip=", CLI_ACTOR_OPTIONS, NULL};
    struct base_err err = {0};
    struct cli_actor actor = {0};
    struct officer officer;
    uint8_t account[LEDGER_ID_LEN];
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *login = cli_option(argc, argv, "--login");
    const char *hex = cli_option(argc, argv, "--account");
    const char *new_officer = cli_option(argc, argv, "--officer");
    if (dir == NULL || cli_option(argc, argv, "--slip") == NULL ||
        (login != NULL) + (hex != NULL) + (new_officer != NULL) != 1)
        return cli_usage("invite",
                         "DIR, --slip and one of --login, --account and --officer are needed");
    if (hex != NULL && !cli_hex(hex, account, sizeof account))
        return cli_usage("invite", "--account needs 32 hex digits");
    int rc = new_officer != NULL ? parse_officer(new_officer, &officer, &err) : 0;
    if (rc == 0 && login != NULL)
        rc = account_of_login(dir, login, account, &err);
    if (rc == 0)
        rc = cli_actor_unlock(argc, argv, dir, &actor, &err);
    if (rc == 0 && new_officer != NULL)
        rc = open_officer(argc, argv, dir, &officer, account, &actor, &err);
    if (rc == 0)
        rc = invite(argc, argv, dir, account, &actor, &err);
    cli_actor_wipe(&actor);
    if (rc == BASE_E_USAGE)
        return cli_usage("invite", err.text);
    return rc == 0 ? CLI_DONE : cli_fail("invite", &err);
}

/* enrol: what the browser does with a slip, for where there is none. */

static bool normal_code(const char *text, char out[TOOL_CODE_LEN + 1])
{
    unsigned count = 0;
    for (; *text != '\0'; text++) {
        char c = *text;
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", c) == NULL || count == TOOL_CODE_LEN)
            return false;
        out[count++] = c;
    }
    out[count] = '\0';
    return count == TOOL_CODE_LEN;
}

static int account_of_invitation(const char *dir, const struct ledger_key *invitation,
                                 uint8_t out[LEDGER_ID_LEN], struct base_err *err)
{
    struct cli_reading reading;
    struct proj_actor owner;
    int rc = cli_reading_open(dir, &reading, err);
    if (rc != 0)
        return rc;
    if (!proj_actor_find(reading.txn, invitation, LEDGER_SEQ_NONE, &owner) ||
        owner.kind != PROJ_KEY_INVITATION)
        rc = BASE_FAIL(err, BASE_E_MISSING, "код не подходит / no invitation has this code");
    else
        memcpy(out, owner.account, LEDGER_ID_LEN);
    cli_reading_close(&reading);
    return rc;
}

static int store(const char *dir, const char *login, const char *password,
                 const uint8_t account[LEDGER_ID_LEN], const struct tool_key *key,
                 const uint8_t seed[LEDGER_SEED_LEN], struct base_err *err)
{
    struct net_credentials *credentials = NULL;
    struct net_credential record;
    struct tool_locked_seed locked;
    memset(&record, 0, sizeof record);
    int rc = tool_seed_lock(password, login, seed, &locked, err);
    if (rc == 0)
        rc = net_credentials_open(dir, &credentials, err);
    if (rc == 0) {
        snprintf(record.login, sizeof record.login, "%s", login);
        memcpy(record.account, account, sizeof record.account);
        record.key = key->key;
        memcpy(record.salt, locked.salt, sizeof record.salt);
        record.mem_kib = TOOL_PASSWORD_MEM_KIB;
        record.ops = TOOL_PASSWORD_OPS;
        memcpy(record.proof, locked.proof, sizeof record.proof);
        memcpy(record.nonce, locked.nonce, sizeof record.nonce);
        memcpy(record.wrapped, locked.wrapped, sizeof record.wrapped);
        rc = net_credentials_put(credentials, &record, err);
        if (rc > 0)
            rc = BASE_FAIL(err, BASE_E_STATE, "login %s is another account's", login);
    }
    net_credentials_close(credentials);
    sodium_memzero(&locked, sizeof locked);
    sodium_memzero(&record, sizeof record);
    return rc;
}

static int enrol(int argc, char **argv, const char *dir, const char *login, struct base_err *err)
{
    char line[128] = "";
    char code[TOOL_CODE_LEN + 1];
    char password[256] = "";
    uint8_t seeds[3][LEDGER_SEED_LEN]; /* invitation, emergency, the new key */
    uint8_t account[LEDGER_ID_LEN];
    struct ledger_hash log_id;
    struct tool_draft draft = {0};
    struct tool_key key = {0};
    struct cli_actor actor = {0};
    int rc = cli_secret(cli_option(argc, argv, "--slip"), "code", line, sizeof line, err);
    if (rc == 0 && !normal_code(line, code))
        rc = BASE_FAIL(err, BASE_E_FORMAT, "the slip's first line is not a code");
    if (rc == 0)
        rc = cli_secret(cli_option(argc, argv, "--password-file"), "new password", password,
                        sizeof password, err);
    if (rc == 0 && strlen(password) < 10)
        rc = BASE_FAIL(err, BASE_E_STATE, "a password has at least 10 characters");
    if (rc == 0)
        rc = log_id_of(dir, &log_id, err);
    if (rc == 0)
        rc = tool_code_seeds(code, &log_id, seeds[0], seeds[1], err);
    if (rc == 0) {
        tool_key_from_seed(&actor.key, seeds[0]);
        randombytes_buf(seeds[2], LEDGER_SEED_LEN);
        tool_key_from_seed(&key, seeds[2]);
        rc = account_of_invitation(dir, &actor.key.key, account, err);
    }
    if (rc == 0) {
        tool_draft_begin(&draft, "key.enrolled", 2);
        tool_draft_id(&draft, "account", account);
        tool_draft_bin(&draft, "key", key.key.bytes, LEDGER_KEY_LEN);
        rc = cli_send_two(dir, cli_option(argc, argv, "--url"), &draft, &actor, &key, err);
    }
    if (rc == 0)
        rc = store(dir, login, password, account, &key, seeds[2], err);
    tool_draft_release(&draft);
    cli_actor_wipe(&actor);
    sodium_memzero(line, sizeof line);
    sodium_memzero(code, sizeof code);
    sodium_memzero(password, sizeof password);
    sodium_memzero(seeds, sizeof seeds);
    sodium_memzero(&key, sizeof key);
    return rc;
}

int cli_enrol(int argc, char **argv)
{
    static const char *const known[] = {"--login=", "--slip=", "--password-file=", "--url=", NULL};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const char *dir = cli_argument(argc, argv, 0);
    const char *login = cli_option(argc, argv, "--login");
    if (dir == NULL || login == NULL || !net_login_is_normal(base_bytes_str(login)))
        return cli_usage("enrol", "DIR and --login (lower case) are needed");
    int rc = enrol(argc, argv, dir, login, &err);
    if (rc == BASE_E_USAGE)
        return cli_usage("enrol", err.text);
    return rc == 0 ? CLI_DONE : cli_fail("enrol", &err);
}
