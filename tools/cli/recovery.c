/* letopis recovery: the school's recovery key from its making to its change (specs/recovery.md).
 * Everything here but `request` works without a log and without a network. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/cli/actor.h"
#include "tools/cli/root.h"
#include "tools/common/files.h"

struct recovery {
    int argc;
    char **argv;
    const char *dir, *out, *origin;
    bool pdf; /* pages to print, not to read by these commands */
};

static int need(const char *value, const char *option, struct base_err *err)
{
    return value != NULL ? 0 : BASE_FAIL(err, BASE_E_USAGE, "%s is needed", option);
}

static void hash_of(const struct ledger_key *key, struct ledger_hash *out)
{
    ledger_sha256(base_bytes_of(key->bytes, LEDGER_KEY_LEN), out);
}

static void print_fingerprint(const char *what, const struct ledger_key *key)
{
    uint8_t fingerprint[TOOL_FINGERPRINT_LEN];
    char hex[2 * LEDGER_KEY_LEN + 1];
    tool_key_fingerprint(key, fingerprint);
    base_hex(fingerprint, sizeof fingerprint, hex);
    printf("%s %s", what, hex);
    base_hex(key->bytes, LEDGER_KEY_LEN, hex);
    printf(" %s\n", hex);
}

/* Both keys, six envelopes, and what may be known of them. */
static int create(const struct recovery *r, struct base_err *err)
{
    uint8_t root[LEDGER_SEED_LEN];
    uint8_t next[LEDGER_SEED_LEN];
    struct cli_recovery_public pub;
    char path[4096];
    int rc = need(r->dir, "--dir", err);
    if (rc == 0)
        rc = need(r->origin, "--origin", err);
    if (rc != 0)
        return rc;
    rc = cli_recovery_make(r->dir, r->origin, root, next, r->pdf, err);
    if (rc == 0) {
        struct tool_key key;
        tool_key_from_seed(&key, root);
        snprintf(pub.origin, sizeof pub.origin, "%s", r->origin);
        pub.root = key.key;
        print_fingerprint("root", &key.key);
        tool_key_from_seed(&key, next);
        hash_of(&key.key, &pub.next);
        print_fingerprint("next", &key.key);
        sodium_memzero(&key, sizeof key);
        snprintf(path, sizeof path, "%s/recovery.pub", r->dir);
        rc = cli_recovery_public_write(path, &pub, err);
    }
    if (rc == 0)
        printf("%s: root-1…3.%s, next-1…3.%s, recovery.pub\n"
               "Напечатайте шесть страниц, заклейте, сотрите файлы страниц.\n"
               "Print the six pages, seal them, erase their files.\n",
               r->dir, r->pdf ? "pdf" : "txt", r->pdf ? "pdf" : "txt");
    sodium_memzero(root, sizeof root);
    sodium_memzero(next, sizeof next);
    return rc;
}

/* A recovery file as envelopes. */
static int split(const struct recovery *r, struct base_err *err)
{
    struct tool_key key = {0};
    uint8_t seed[LEDGER_SEED_LEN];
    const char *name = cli_option(r->argc, r->argv, "--name");
    int rc = need(r->dir, "--dir", err);
    if (rc == 0)
        rc = need(r->origin, "--origin", err);
    name = name == NULL ? "root" : name;
    if (rc == 0 && strcmp(name, "root") != 0 && strcmp(name, "next") != 0)
        rc = BASE_FAIL(err, BASE_E_USAGE, "--name is root or next");
    if (rc == 0)
        rc = cli_root_unlock(r->argc, r->argv, "--recovery-file", "--envelope", &key, err);
    if (rc == 0) {
        crypto_sign_ed25519_sk_to_seed(seed, key.secret);
        rc = cli_envelopes_write(r->dir, name, seed, r->origin, r->pdf, err);
    }
    if (rc == 0)
        print_fingerprint(name, &key.key);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&key, sizeof key);
    return rc;
}

/* Which key do these two envelopes make? Nothing secret is shown; with --out FILE the key itself is
 * written, for those who know why. */
static int join(const struct recovery *r, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) line = {0};
    struct tool_key key = {0};
    uint8_t seed[LEDGER_SEED_LEN];
    char hex[2 * LEDGER_SEED_LEN + 1];
    int rc = cli_root_unlock(r->argc, r->argv, "--recovery-file", "--envelope", &key, err);
    if (rc == 0)
        print_fingerprint("key", &key.key);
    if (rc == 0 && r->out != NULL) {
        crypto_sign_ed25519_sk_to_seed(seed, key.secret);
        base_hex(seed, sizeof seed, hex);
        base_buf_printf(&line, "%s\n", hex);
        rc = line.failed ? BASE_FAIL(err, BASE_E_MEMORY, "key")
                         : tool_file_write(r->out, 0600, base_buf_bytes(&line), err);
        sodium_memzero(seed, sizeof seed);
        sodium_memzero(hex, sizeof hex);
    }
    sodium_memzero(&key, sizeof key);
    return rc;
}

/* Where the log is: what a rotation elsewhere must know. */
static int request(const struct recovery *r, struct base_err *err)
{
    struct cli_request request = {0};
    const char *school = cli_argument(r->argc, r->argv, 1);
    int rc = need(school, "DIR", err);
    if (rc == 0)
        rc = need(r->out, "--out", err);
    if (rc == 0)
        rc = cli_request_begin(school, &request, err);
    if (rc == 0)
        rc = cli_request_write(&request, r->out, err);
    cli_request_release(&request);
    return rc;
}

static int open_request(const struct recovery *r, struct cli_request *out, struct base_err *err)
{
    const char *path = cli_argument(r->argc, r->argv, 1);
    int rc = need(path, "REQUEST", err);
    return rc == 0 ? cli_request_read(path, out, err) : rc;
}

static int show_request(const struct cli_request *request, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    int rc = 0;
    printf("%s, %llu entries\n", request->origin, (unsigned long long)request->seen_size);
    print_fingerprint("root", &request->root);
    for (unsigned i = 0; rc == 0 && i < request->event_count; i++)
        rc = cli_request_show(request, i, &text, err);
    if (rc == 0)
        printf("%s", base_buf_text(&text) == NULL ? "" : (const char *)text.data);
    return rc;
}

static int show(const struct recovery *r, struct base_err *err)
{
    struct cli_request request = {0};
    int rc = open_request(r, &request, err);
    if (rc == 0)
        rc = show_request(&request, err);
    cli_request_release(&request);
    return rc;
}

static int agree(const struct recovery *r, struct base_err *err)
{
    char answer[16] = "";
    if (cli_flag(r->argc, r->argv, "--yes"))
        return 0;
    FILE *terminal = fopen("/dev/tty", "r+e");
    if (terminal == NULL)
        return BASE_FAIL(err, BASE_E_USAGE, "no terminal to ask at; look with `show`, then --yes");
    fprintf(terminal, "Подписать? да/нет — sign? yes/no: ");
    fflush(terminal);
    bool read = fgets(answer, sizeof answer, terminal) != NULL;
    fclose(terminal);
    answer[strcspn(answer, "\r\n")] = '\0';
    return read && (strcmp(answer, "да") == 0 || strcmp(answer, "yes") == 0)
               ? 0
               : BASE_FAIL(err, BASE_E_STATE, "не подписано / not signed");
}

static int sign(const struct recovery *r, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) batch = {0};
    struct cli_request request = {0};
    struct tool_key key = {0};
    int rc = need(r->out, "--out", err);
    if (rc == 0)
        rc = open_request(r, &request, err);
    if (rc == 0 && request.event_count == 0)
        rc = BASE_FAIL(err, BASE_E_USAGE, "nothing to sign; is this for `recovery rotate`?");
    if (rc == 0)
        rc = show_request(&request, err);
    if (rc == 0)
        rc = agree(r, err);
    if (rc == 0)
        rc = cli_root_unlock(r->argc, r->argv, "--recovery-file", "--envelope", &key, err);
    if (rc == 0 && !ledger_key_equal(&key.key, &request.root))
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "это не действующий резервный ключ этого журнала / this is not the present "
                       "recovery key of this log");
    if (rc == 0)
        rc = cli_request_sign(&request, &key, &batch, err);
    if (rc == 0)
        rc = tool_file_write(r->out, 0600, base_buf_bytes(&batch), err);
    sodium_memzero(&key, sizeof key);
    cli_request_release(&request);
    return rc;
}

/* The next key becomes root and names a successor made here. */
static int sign_rotation(const struct cli_request *request, struct tool_key *next,
                         struct tool_key *old, const struct ledger_hash *after, const char *path,
                         struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) batch = {0};
    struct tool_draft draft = {0};
    const struct tool_moment moment = cli_request_moment(request);
    struct tool_key *const signers[] = {old != NULL ? old : next, next};
    next->counter = 0;
    if (old != NULL)
        old->counter = request->counter;
    tool_draft_begin(&draft, "root.rotated", 2);
    tool_draft_bin(&draft, "next", after->bytes, LEDGER_HASH_LEN);
    tool_draft_bin(&draft, "root", next->key.bytes, LEDGER_KEY_LEN);
    ledger_canon_put_array(&batch, 1);
    int rc = tool_draft_sign(&draft, &moment, signers, 2, &batch, NULL, err);
    tool_draft_release(&draft);
    return rc == 0 ? tool_file_write(path, 0600, base_buf_bytes(&batch), err) : rc;
}

/* New pages for the key that becomes root, and for the one after it. */
static int write_successor(const struct recovery *r, const struct cli_request *request,
                           const struct tool_key *next, struct ledger_hash *out_after,
                           struct base_err *err)
{
    struct cli_recovery_public pub = {.root = next->key};
    uint8_t seed[LEDGER_SEED_LEN];
    struct tool_key after;
    char path[4096];
    crypto_sign_ed25519_sk_to_seed(seed, next->secret);
    int rc = cli_envelopes_write(r->dir, "root", seed, request->origin, r->pdf, err);
    randombytes_buf(seed, sizeof seed);
    if (rc == 0)
        rc = cli_envelopes_write(r->dir, "next", seed, request->origin, r->pdf, err);
    tool_key_from_seed(&after, seed);
    hash_of(&after.key, out_after);
    snprintf(pub.origin, sizeof pub.origin, "%s", request->origin);
    pub.next = *out_after;
    snprintf(path, sizeof path, "%s/recovery.pub", r->dir);
    if (rc == 0)
        rc = cli_recovery_public_write(path, &pub, err);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&after, sizeof after);
    return rc;
}

static int rotate(const struct recovery *r, struct base_err *err)
{
    struct cli_request request = {0};
    struct tool_key next = {0};
    struct tool_key old = {0};
    struct ledger_hash hash;
    struct ledger_hash after;
    bool has_old = cli_root_given(r->argc, r->argv, "--recovery-file", "--envelope");
    int rc = need(r->dir, "--dir", err);
    if (rc == 0)
        rc = need(r->out, "--out", err);
    if (rc == 0)
        rc = open_request(r, &request, err);
    if (rc == 0)
        rc = cli_root_unlock(r->argc, r->argv, "--next-file", "--next-envelope", &next, err);
    hash_of(&next.key, &hash);
    if (rc == 0 && !ledger_hash_equal(&hash, &request.next))
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "это не следующий резервный ключ этого журнала / this is not the next "
                       "recovery key of this log");
    if (rc == 0 && has_old)
        rc = cli_root_unlock(r->argc, r->argv, "--recovery-file", "--envelope", &old, err);
    if (rc == 0 && has_old && !ledger_key_equal(&old.key, &request.root))
        rc = BASE_FAIL(err, BASE_E_STATE,
                       "это не действующий резервный ключ этого журнала / this is not the present "
                       "recovery key of this log");
    if (rc == 0)
        rc = write_successor(r, &request, &next, &after, err);
    if (rc == 0)
        rc = sign_rotation(&request, &next, has_old ? &old : NULL, &after, r->out, err);
    if (rc == 0)
        print_fingerprint("root", &next.key);
    sodium_memzero(&next, sizeof next);
    sodium_memzero(&old, sizeof old);
    cli_request_release(&request);
    return rc;
}

int cli_recovery(int argc, char **argv)
{
    static const char *const known[] = {
        "--dir=",      "--origin=",    "--name=",          "--out=", "--recovery-file=",
        "--envelope=", "--next-file=", "--next-envelope=", "--yes",  "--pdf",
        NULL};
    static const struct {
        const char *name;
        int (*run)(const struct recovery *r, struct base_err *err);
    } actions[] = {{"create", create}, {"split", split}, {"join", join},    {"request", request},
                   {"show", show},     {"sign", sign},   {"rotate", rotate}};
    struct base_err err = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    const struct recovery r = {.argc = argc,
                               .argv = argv,
                               .dir = cli_option(argc, argv, "--dir"),
                               .out = cli_option(argc, argv, "--out"),
                               .origin = cli_option(argc, argv, "--origin"),
                               .pdf = cli_flag(argc, argv, "--pdf")};
    const char *action = cli_argument(argc, argv, 0);
    for (size_t i = 0; action != NULL && i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, action) != 0)
            continue;
        int rc = actions[i].run(&r, &err);
        if (rc == BASE_E_USAGE)
            return cli_usage("recovery", err.text);
        return rc == 0 ? CLI_DONE : cli_fail("recovery", &err);
    }
    return cli_usage("recovery",
                     "the action is create, split, join, request, show, sign or rotate");
}
