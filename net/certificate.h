/* The server's certificate when the operator has none: self-signed, ECDSA P-256, two years.
 * Files: <dir>/tls/cert.pem and <dir>/tls/key.pem (0600), the folder 0700. */
#pragma once

#include "ledger/base/clock.h"
#include "ledger/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define NET_CERTIFICATE_DAYS 730
#define NET_CERTIFICATE_NAMES_MAX 32u

/* Where the pair lies; paths are zero-terminated. */
struct net_certificate_files {
    char cert_file[4096];
    char key_file[4096];
};

/* Names the pair in <dir>/tls, and makes it when it is not there: for "localhost", 127.0.0.1, ::1
 * and `names` (DNS names or IP addresses). A key without a certificate (a first start that was cut
 * short) gets one; a certificate without its key is BASE_E_STATE: somebody has to look. An existing
 * pair is left as it is. */
int net_certificate_ensure(const char *dir, const char *const *names, size_t name_count,
                           struct net_certificate_files *out_files,
                           struct base_err *err) BASE_MUST_USE;

/* What an operator wants to know of a certificate. */
struct net_certificate_facts {
    base_time_ms not_after;
    uint8_t sha256[32]; /* of the DER form, as browsers show it */
};

int net_certificate_read(const char *cert_file, struct net_certificate_facts *out_facts,
                         struct base_err *err) BASE_MUST_USE;
