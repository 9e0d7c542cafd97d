/* SHA-256 by OpenSSL (it uses the processor's own instructions), with the digest looked up once for
 * the process and a context kept once for each thread: for short inputs, looking it up costs more
 * than hashing. What can fail is memory, and only in a thread's first call. */
#include "ledger/hash.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_MD *sha256, *sha512;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "letopis: %s cannot be prepared\n", what);
    abort();
}

static void context_free(void *context)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)context);
}

static void digest_prepare(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    if (sha256 == NULL || sha512 == NULL || pthread_key_create(&context_key, context_free) != 0)
        give_up("SHA-2");
}

static EVP_MD_CTX *context_of_thread(void)
{
    pthread_once(&once, digest_prepare);
    EVP_MD_CTX *context = pthread_getspecific(context_key);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        if (context == NULL || pthread_setspecific(context_key, context) != 0)
            give_up("SHA-256");
    }
    return context;
}

static void parts_hash(const struct base_bytes *parts, size_t count, bool is_long, uint8_t *out)
{
    EVP_MD_CTX *context = context_of_thread();
    int done = EVP_DigestInit_ex2(context, is_long ? sha512 : sha256, NULL);
    for (size_t i = 0; i < count && done == 1; i++)
        done = EVP_DigestUpdate(context, parts[i].data, parts[i].len);
    if (done != 1 || EVP_DigestFinal_ex(context, out, NULL) != 1)
        give_up("SHA-2");
}

void ledger__sha256_parts(const struct base_bytes *parts, size_t count,
                          struct ledger_hash *out_hash)
{
    parts_hash(parts, count, false, out_hash->bytes);
}

void ledger__sha512_parts(const struct base_bytes *parts, size_t count, uint8_t out_hash[64])
{
    parts_hash(parts, count, true, out_hash);
}

void ledger_sha256(struct base_bytes data, struct ledger_hash *out_hash)
{
    ledger__sha256_parts(&data, 1, out_hash);
}

static void sodium_prepare(void)
{
    if (sodium_init() < 0)
        give_up("libsodium");
}

void ledger__sodium_ready(void)
{
    pthread_once(&sodium_once, sodium_prepare);
}
