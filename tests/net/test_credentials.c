/* Logins and what is kept for them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "net/credentials.h"

struct fixture {
    char dir[64];
    struct net_credentials *credentials;
};

static int open_fixture(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->dir, "/tmp/letopis-login-XXXXXX");
    assert_non_null(mkdtemp(fixture->dir));
    assert_int_equal(net_credentials_open(fixture->dir, &fixture->credentials, NULL), 0);
    *state = fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    net_credentials_close(fixture->credentials);
    snprintf(command, sizeof command, "rm -r '%s'", fixture->dir);
    assert_int_equal(system(command), 0);
    free(fixture);
    return 0;
}

static struct net_credential record_of(const char *login, uint8_t account)
{
    struct net_credential record = {.mem_kib = 65536, .ops = 3};
    snprintf(record.login, sizeof record.login, "%s", login);
    memset(record.account, account, sizeof record.account);
    memset(record.key.bytes, account + 1, sizeof record.key.bytes);
    memset(record.salt, account + 2, sizeof record.salt);
    memset(record.proof, account + 3, sizeof record.proof);
    memset(record.nonce, account + 4, sizeof record.nonce);
    memset(record.wrapped, account + 5, sizeof record.wrapped);
    return record;
}

static void opens_for_the_right_proof_only(void **state)
{
    struct fixture *fixture = *state;
    struct net_credential record = record_of("ольга.и", 10);
    struct net_credential found;
    struct base_bytes login = base_bytes_str(record.login);
    uint8_t proof[NET_PROOF_LEN];
    assert_int_equal(net_credentials_put(fixture->credentials, &record, NULL), 0);
    net_credentials_close(fixture->credentials);
    assert_int_equal(net_credentials_open(fixture->dir, &fixture->credentials, NULL), 0);
    memcpy(proof, record.proof, sizeof proof);
    assert_int_equal(net_credentials_verify(fixture->credentials, login, proof, &found, NULL), 0);
    memset(record.proof, 0, sizeof record.proof);
    assert_memory_equal(&found, &record, sizeof found);
    for (size_t i = 0; i < sizeof proof; i += 31) {
        proof[i] ^= 1;
        assert_int_equal(net_credentials_verify(fixture->credentials, login, proof, &found, NULL),
                         NET_CREDENTIALS_WRONG);
        assert_memory_equal(&found, &(struct net_credential){0}, sizeof found);
        proof[i] ^= 1;
    }
    assert_int_equal(
        net_credentials_verify(fixture->credentials, BASE_LITERAL("никто"), proof, &found, NULL),
        NET_CREDENTIALS_WRONG);
}

static void strangers_are_told_a_stable_salt(void **state)
{
    struct fixture *fixture = *state;
    struct net_credential first, again, other;
    struct net_credentials *credentials = fixture->credentials;
    struct base_bytes login = BASE_LITERAL("nobody");
    assert_int_equal(net_credentials_find(credentials, login, &first, NULL),
                     NET_CREDENTIALS_UNKNOWN);
    assert_int_equal(net_credentials_find(credentials, login, &again, NULL),
                     NET_CREDENTIALS_UNKNOWN);
    assert_int_equal(net_credentials_find(credentials, BASE_LITERAL("nobod"), &other, NULL),
                     NET_CREDENTIALS_UNKNOWN);
    assert_memory_equal(first.salt, again.salt, NET_SALT_LEN);
    assert_memory_not_equal(first.salt, other.salt, NET_SALT_LEN);
    assert_int_equal(first.mem_kib, NET_PASSWORD_MEM_KIB_MIN);
    assert_int_equal(first.ops, NET_PASSWORD_OPS_MIN);
}

static void a_login_belongs_to_one_account_and_an_account_has_one(void **state)
{
    struct fixture *fixture = *state;
    struct net_credentials *credentials = fixture->credentials;
    struct net_credential mine = record_of("mine", 10), theirs = record_of("mine", 20);
    struct net_credential moved = record_of("moved", 10), found;
    assert_int_equal(net_credentials_put(credentials, &mine, NULL), 0);
    assert_int_equal(net_credentials_put(credentials, &theirs, NULL), NET_CREDENTIALS_TAKEN);
    assert_int_equal(net_credentials_find(credentials, BASE_LITERAL("mine"), &found, NULL), 0);
    assert_memory_equal(found.account, mine.account, LEDGER_ID_LEN);
    assert_int_equal(net_credentials_put(credentials, &moved, NULL), 0);
    assert_int_equal(net_credentials_find(credentials, BASE_LITERAL("mine"), &found, NULL),
                     NET_CREDENTIALS_UNKNOWN);
    assert_int_equal(net_credentials_find(credentials, BASE_LITERAL("moved"), &found, NULL), 0);
    assert_int_equal(net_credentials_put(credentials, &theirs, NULL), 0);
}

static void only_normal_logins_and_strong_parameters_are_kept(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bad[] = {"",       "Mine",    " mine", "mine ",
                                      "mi\nne", "\xffine", "Ольга", "и\u0306"};
    struct net_credential record;
    struct net_credential found;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        record = record_of(bad[i], 10);
        assert_int_equal(net_credentials_put(fixture->credentials, &record, NULL), BASE_E_USAGE);
    }
    record = record_of("mine", 10);
    record.ops = 2;
    assert_int_equal(net_credentials_put(fixture->credentials, &record, NULL), BASE_E_USAGE);
    record.ops = 3;
    record.mem_kib = 65535;
    assert_int_equal(net_credentials_put(fixture->credentials, &record, NULL), BASE_E_USAGE);
    assert_int_equal(net_credentials_find(fixture->credentials, BASE_LITERAL("mine"), &found, NULL),
                     NET_CREDENTIALS_UNKNOWN);
}

static void the_secret_is_private_and_the_proof_is_not_stored(void **state)
{
    struct fixture *fixture = *state;
    struct net_credential record = record_of("mine", 10);
    char path[128];
    struct stat st;
    assert_int_equal(net_credentials_put(fixture->credentials, &record, NULL), 0);
    snprintf(path, sizeof path, "%s/login.key", fixture->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 32);
    snprintf(path, sizeof path, "%s/credentials/data.mdb", fixture->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct base_buf bytes = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *room = base_buf_reserve(&bytes, (size_t)st.st_size);
    assert_int_equal(fread(room, 1, (size_t)st.st_size, file), st.st_size);
    fclose(file);
    assert_non_null(memmem(room, (size_t)st.st_size, record.wrapped, sizeof record.wrapped));
    assert_null(memmem(room, (size_t)st.st_size, record.proof, sizeof record.proof));
    base_buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_fixture, close_fixture)
        TEST(opens_for_the_right_proof_only),
        TEST(strangers_are_told_a_stable_salt),
        TEST(a_login_belongs_to_one_account_and_an_account_has_one),
        TEST(only_normal_logins_and_strong_parameters_are_kept),
        TEST(the_secret_is_private_and_the_proof_is_not_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
