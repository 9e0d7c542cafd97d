/* What TLS means here: 1.2 and 1.3, forward secrecy and authenticated encryption only, HTTP/2 and
 * HTTP/1.1 by ALPN. */
#pragma once

#include "ledger/base/err.h"

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/* Makes a server context of a PEM chain and its key. BASE_E_USAGE when files do not fit together,
 * BASE_E_IO when they cannot be read. The caller owns the result (SSL_CTX_free). */
int net_tls_context_new(const char *cert_file, const char *key_file,
                        struct ssl_ctx_st **out_context, struct base_err *err) BASE_MUST_USE;
