/* The self-made certificate: names, term, key, files; and starts that were cut short. */
#include "net/certificate.h"

#include "net/tls.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/letopis-cert-XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -r '%s'", dir);
    return system(command);
}

static X509 *read_cert(const char *file)
{
    FILE *stream = fopen(file, "r");
    assert_non_null(stream);
    X509 *cert = PEM_read_X509(stream, NULL, NULL, NULL);
    fclose(stream);
    assert_non_null(cert);
    return cert;
}

static void the_certificate_names_this_machine_and_what_was_given(void **state)
{
    (void)state;
    static const char *const names[] = {"journal.school.example", "192.0.2.7", "2001:db8::7"};
    struct net_certificate_files files;
    assert_int_equal(net_certificate_ensure(dir, names, 3, &files, NULL), 0);
    X509 *cert = read_cert(files.cert_file);
    assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(cert, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(cert, "::1", 0), 1);
    assert_int_equal(X509_check_host(cert, "journal.school.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(cert, "192.0.2.7", 0), 1);
    assert_int_equal(X509_check_ip_asc(cert, "2001:db8::7", 0), 1);
    assert_int_equal(X509_check_host(cert, "other.example", 0, 0, NULL), 0);
    assert_int_equal(X509_check_ip_asc(cert, "192.0.2.8", 0), 0);
    X509_free(cert);
}

static void the_certificate_is_p256_for_two_years_and_no_authority(void **state)
{
    (void)state;
    struct net_certificate_files files;
    struct net_certificate_facts facts;
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    X509 *cert = read_cert(files.cert_file);
    EVP_PKEY *key = X509_get0_pubkey(cert);
    char group[32] = "";
    assert_int_equal(EVP_PKEY_get_group_name(key, group, sizeof(group), NULL), 1);
    assert_string_equal(group, "prime256v1");
    assert_int_equal(X509_check_ca(cert), 0);
    assert_int_equal(X509_verify(cert, key), 1);
    assert_int_equal(net_certificate_read(files.cert_file, &facts, NULL), 0);
    int64_t left_s = facts.not_after / 1000 - (int64_t)time(NULL);
    assert_true(left_s > (NET_CERTIFICATE_DAYS - 1) * 86400LL);
    assert_true(left_s <= NET_CERTIFICATE_DAYS * 86400LL);
    X509_free(cert);
}

static void the_key_is_for_the_owner_alone(void **state)
{
    (void)state;
    struct net_certificate_files files;
    struct stat info;
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(stat(files.key_file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    char folder[80];
    snprintf(folder, sizeof(folder), "%s/tls", dir);
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void a_second_start_keeps_the_pair(void **state)
{
    (void)state;
    struct net_certificate_files files;
    struct net_certificate_facts first, second;
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(net_certificate_read(files.cert_file, &first, NULL), 0);
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(net_certificate_read(files.cert_file, &second, NULL), 0);
    assert_memory_equal(first.sha256, second.sha256, 32);
}

static void a_start_that_was_cut_short_is_completed(void **state)
{
    (void)state;
    struct net_certificate_files files;
    struct ssl_ctx_st *context = NULL;
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    /* Cut between key and certificate, with a draft left behind. */
    assert_int_equal(unlink(files.cert_file), 0);
    char draft[5000];
    snprintf(draft, sizeof(draft), "%s.new", files.cert_file);
    close(open(draft, O_CREAT | O_WRONLY, 0644));
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(net_tls_context_new(files.cert_file, files.key_file, &context, NULL), 0);
    SSL_CTX_free(context);
    assert_int_not_equal(access(draft, F_OK), 0);
}

static void a_certificate_without_its_key_is_not_replaced(void **state)
{
    (void)state;
    struct net_certificate_files files;
    struct base_err err = {0};
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(unlink(files.key_file), 0);
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, &err), BASE_E_STATE);
    assert_int_equal(access(files.cert_file, F_OK), 0);
}

static void files_that_do_not_fit_together_are_refused(void **state)
{
    (void)state;
    struct net_certificate_files files, others;
    struct ssl_ctx_st *context = NULL;
    char other_dir[80];
    snprintf(other_dir, sizeof(other_dir), "%s/other", dir);
    assert_int_equal(mkdir(other_dir, 0700), 0);
    assert_int_equal(net_certificate_ensure(dir, NULL, 0, &files, NULL), 0);
    assert_int_equal(net_certificate_ensure(other_dir, NULL, 0, &others, NULL), 0);
    assert_true(net_tls_context_new(files.cert_file, others.key_file, &context, NULL) < 0);
    assert_true(net_tls_context_new("/nowhere/cert.pem", files.key_file, &context, NULL) < 0);
    assert_true(net_tls_context_new(files.key_file, files.key_file, &context, NULL) < 0);
    assert_null(context);
}

static void a_folder_that_is_not_there_is_a_fault(void **state)
{
    (void)state;
    struct net_certificate_files files;
    assert_int_equal(net_certificate_ensure("/nowhere/at/all", NULL, 0, &files, NULL), BASE_E_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_certificate_names_this_machine_and_what_was_given),
        TEST(the_certificate_is_p256_for_two_years_and_no_authority),
        TEST(the_key_is_for_the_owner_alone),
        TEST(a_second_start_keeps_the_pair),
        TEST(a_start_that_was_cut_short_is_completed),
        TEST(a_certificate_without_its_key_is_not_replaced),
        TEST(files_that_do_not_fit_together_are_refused),
        TEST(a_folder_that_is_not_there_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
