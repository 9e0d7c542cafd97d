/* A context is made whole or not at all, so that a reload with broken files leaves the running
 * one in place. */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

/* TLS 1.2 only with ephemeral keys and AEAD; HTTP/2 forbids the rest anyway (RFC 9113, 9.2.2). */
#define TLS12_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

static const unsigned char alpn_protocols[] = "\x02h2\x08http/1.1";

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *offered, unsigned int offered_len, void *data)
{
    (void)ssl;
    (void)data;
    unsigned char *selected = NULL;
    int rc = SSL_select_next_proto(&selected, out_len, alpn_protocols, sizeof(alpn_protocols) - 1,
                                   offered, offered_len);
    if (rc != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

static int fail(struct base_err *err, int code, const char *what, const char *file)
{
    char reason[160];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof(reason));
    ERR_clear_error();
    return BASE_FAIL(err, code, "TLS: %s %s: %s", what, file, reason);
}

int net_tls_context_new(const char *cert_file, const char *key_file,
                        struct ssl_ctx_st **out_context, struct base_err *err)
{
    int rc;
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "TLS context");
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, TLS12_CIPHERS) != 1) {
        rc = fail(err, BASE_E_CRYPTO, "options", "");
        goto out;
    }
    SSL_CTX_set_alpn_select_cb(context, on_alpn, NULL);
    if (SSL_CTX_use_certificate_chain_file(context, cert_file) != 1) {
        rc = fail(err, BASE_E_IO, "certificate", cert_file);
        goto out;
    }
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
        rc = fail(err, BASE_E_IO, "key", key_file);
        goto out;
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        rc = fail(err, BASE_E_USAGE, "the key does not belong to the certificate", cert_file);
        goto out;
    }
    *out_context = context;
    return 0;

out:
    SSL_CTX_free(context);
    return rc;
}
