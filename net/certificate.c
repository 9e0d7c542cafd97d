/* The key is written before the certificate, each under another name first, synced, and renamed:
 * after a crash there is nothing, a key alone (which then gets its certificate), or both. */
#include "net/certificate.h"
#include "ledger/base/sync.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERIAL_LEN 16
#define DAY_S (24L * 60 * 60)

static int fail_crypto(struct base_err *err, const char *what)
{
    char reason[160];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
    ERR_clear_error();
    return BASE_FAIL(err, BASE_E_CRYPTO, "certificate: %s: %s", what, reason);
}

static int fail_file(struct base_err *err, const char *what, const char *file)
{
    return BASE_FAIL(err, BASE_E_IO, "certificate: %s %s: %s", what, file, strerror(errno));
}

static int add_name(GENERAL_NAMES *names, const char *name)
{
    GENERAL_NAME *general = GENERAL_NAME_new();
    uint8_t address[16];
    int address_len = inet_pton(AF_INET, name, address) == 1    ? 4
                      : inet_pton(AF_INET6, name, address) == 1 ? 16
                                                                : 0;
    ASN1_STRING *value =
        ASN1_STRING_type_new(address_len > 0 ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    if (general == NULL || value == NULL ||
        ASN1_STRING_set(value, address_len > 0 ? (const void *)address : name,
                        address_len > 0 ? address_len : -1) != 1 ||
        sk_GENERAL_NAME_push(names, general) == 0) {
        GENERAL_NAME_free(general);
        ASN1_STRING_free(value);
        return -1;
    }
    GENERAL_NAME_set0_value(general, address_len > 0 ? GEN_IPADD : GEN_DNS, value);
    return 0;
}

static int add_names(X509 *cert, const char *const *names, size_t name_count)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "::1"};
    GENERAL_NAMES *general = GENERAL_NAMES_new();
    int rc = general == NULL ? -1 : 0;
    for (size_t i = 0; rc == 0 && i < sizeof(own) / sizeof(own[0]); i++)
        rc = add_name(general, own[i]);
    for (size_t i = 0; rc == 0 && i < name_count; i++)
        rc = add_name(general, names[i]);
    if (rc == 0 &&
        X509_add1_ext_i2d(cert, NID_subject_alt_name, general, 0, X509V3_ADD_DEFAULT) != 1)
        rc = -1;
    GENERAL_NAMES_free(general);
    return rc;
}

static int add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int rc = extension != NULL && X509_add_ext(cert, extension, -1) == 1 ? 0 : -1;
    X509_EXTENSION_free(extension);
    return rc;
}

static int set_serial(X509 *cert)
{
    uint8_t serial[SERIAL_LEN];
    if (RAND_bytes(serial, sizeof(serial)) != 1)
        return -1;
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x01); /* positive and of full length */
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    int rc =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL ? 0 : -1;
    BN_free(number);
    return rc;
}

static X509 *make_certificate(EVP_PKEY *key, const char *const *names, size_t name_count)
{
    X509 *cert = X509_new();
    if (cert == NULL)
        return NULL;
    X509_NAME *subject = X509_get_subject_name(cert);
    const char *common = name_count > 0 && strlen(names[0]) <= 64 ? names[0] : "localhost";
    /* An hour back, for clients whose clock is behind. */
    if (X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) == 0 &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(cert), NET_CERTIFICATE_DAYS * DAY_S) != NULL &&
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1,
                                   -1, 0) == 1 &&
        X509_set_issuer_name(cert, subject) == 1 && X509_set_pubkey(cert, key) == 1 &&
        add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") == 0 &&
        add_extension(cert, NID_key_usage, "critical,digitalSignature") == 0 &&
        add_extension(cert, NID_ext_key_usage, "serverAuth") == 0 &&
        add_extension(cert, NID_subject_key_identifier, "hash") == 0 &&
        add_names(cert, names, name_count) == 0 && X509_sign(cert, key, EVP_sha256()) != 0)
        return cert;
    X509_free(cert);
    return NULL;
}

/* Writes `key` (or, when NULL, `cert`) as PEM: whole, on disk and under its name, or not at all. */
static int write_pem(const char *dir, const char *file, mode_t mode, EVP_PKEY *key, X509 *cert,
                     struct base_err *err)
{
    char draft[4200];
    snprintf(draft, sizeof(draft), "%s.new", file);
    unlink(draft); /* left by a start that was cut short */
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (stream == NULL) {
        int rc = fail_file(err, "create", draft);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    int written = key != NULL ? PEM_write_PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL)
                              : PEM_write_X509(stream, cert);
    int rc = 0;
    if (written != 1)
        rc = fail_crypto(err, "PEM");
    else if (fflush(stream) != 0 || fsync(fd) != 0)
        rc = fail_file(err, "write", draft);
    if (fclose(stream) != 0 && rc == 0)
        rc = fail_file(err, "close", draft);
    if (rc == 0 && (rename(draft, file) != 0 || base_path_sync(dir) != 0))
        rc = fail_file(err, "rename", draft);
    if (rc != 0)
        unlink(draft);
    return rc;
}

static int read_key(const char *file, EVP_PKEY **out_key, struct base_err *err)
{
    FILE *stream = fopen(file, "re");
    if (stream == NULL)
        return fail_file(err, "open", file);
    EVP_PKEY *key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
    fclose(stream);
    if (key == NULL)
        return fail_crypto(err, "key.pem");
    *out_key = key;
    return 0;
}

static int make_pair(const char *dir, const struct net_certificate_files *files, bool has_key,
                     const char *const *names, size_t name_count, struct base_err *err)
{
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    int rc = 0;
    if (has_key)
        rc = read_key(files->key_file, &key, err);
    else if ((key = EVP_EC_gen("P-256")) == NULL)
        rc = fail_crypto(err, "key");
    if (rc == 0 && (cert = make_certificate(key, names, name_count)) == NULL)
        rc = fail_crypto(err, "make");
    if (rc == 0 && !has_key)
        rc = write_pem(dir, files->key_file, 0600, key, NULL, err);
    if (rc == 0)
        rc = write_pem(dir, files->cert_file, 0644, NULL, cert, err);
    X509_free(cert);
    EVP_PKEY_free(key);
    return rc;
}

int net_certificate_ensure(const char *dir, const char *const *names, size_t name_count,
                           struct net_certificate_files *out_files, struct base_err *err)
{
    struct net_certificate_files files;
    char folder[4000];
    if (name_count > NET_CERTIFICATE_NAMES_MAX)
        return BASE_FAIL(err, BASE_E_LIMIT, "certificate: more than %u names",
                         NET_CERTIFICATE_NAMES_MAX);
    int len = snprintf(folder, sizeof(folder), "%s/tls", dir);
    if (len < 0 || (size_t)len >= sizeof(folder))
        return BASE_FAIL(err, BASE_E_LIMIT, "certificate: the path %s is too long", dir);
    snprintf(files.cert_file, sizeof(files.cert_file), "%s/cert.pem", folder);
    snprintf(files.key_file, sizeof(files.key_file), "%s/key.pem", folder);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail_file(err, "make folder", folder);
    bool has_cert = access(files.cert_file, F_OK) == 0;
    bool has_key = access(files.key_file, F_OK) == 0;
    if (has_cert && !has_key)
        return BASE_FAIL(err, BASE_E_STATE, "certificate: %s has lost its key.pem",
                         files.cert_file);
    int rc = has_cert ? 0 : make_pair(folder, &files, has_key, names, name_count, err);
    if (rc == 0)
        *out_files = files;
    return rc;
}

int net_certificate_read(const char *cert_file, struct net_certificate_facts *out_facts,
                         struct base_err *err)
{
    struct net_certificate_facts facts = {0};
    int days = 0, seconds = 0;
    unsigned digest_len = sizeof(facts.sha256);
    FILE *stream = fopen(cert_file, "re");
    if (stream == NULL)
        return fail_file(err, "open", cert_file);
    X509 *cert = PEM_read_X509(stream, NULL, NULL, NULL);
    fclose(stream);
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int rc = 0;
    if (cert == NULL || epoch == NULL ||
        ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert)) != 1 ||
        X509_digest(cert, EVP_sha256(), facts.sha256, &digest_len) != 1)
        rc = fail_crypto(err, cert_file);
    ASN1_TIME_free(epoch);
    X509_free(cert);
    if (rc != 0)
        return rc;
    facts.not_after = ((base_time_ms)days * DAY_S + seconds) * 1000;
    *out_facts = facts;
    return 0;
}
