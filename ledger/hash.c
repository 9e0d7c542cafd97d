/* SHA-2 by OpenSSL, which uses the processor's own instructions.
 *
 * SHA-256 is what a log consists of: two short inputs an entry. For these OpenSSL's generic way
 * (EVP) costs about as much as the hashing itself, so its plain functions are called, which it
 * keeps but advises against. SHA-512 (signatures) goes the generic way, with the digest looked up
 * once for the process and a context kept once for each thread; what can fail there is memory, and
 * only in a thread's first call. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init, _Update, _Final */
#include "ledger/hash.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_MD *sha512;

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
    sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    if (sha512 == NULL || pthread_key_create(&context_key, context_free) != 0)
        give_up("SHA-512");
}

static EVP_MD_CTX *context_of_thread(void)
{
    pthread_once(&once, digest_prepare);
    EVP_MD_CTX *context = pthread_getspecific(context_key);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        if (context == NULL || pthread_setspecific(context_key, context) != 0)
            give_up("SHA-512");
    }
    return context;
}

void ledger__sha256_parts(const struct base_bytes *parts, size_t count,
                          struct ledger_hash *out_hash)
{
    SHA256_CTX context;
    int done = SHA256_Init(&context);
    for (size_t i = 0; i < count && done == 1; i++)
        done = SHA256_Update(&context, parts[i].data, parts[i].len);
    if (done != 1 || SHA256_Final(out_hash->bytes, &context) != 1)
        give_up("SHA-256");
}

void ledger__sha512_parts(const struct base_bytes *parts, size_t count, uint8_t out_hash[64])
{
    EVP_MD_CTX *context = context_of_thread();
    int done = EVP_DigestInit_ex2(context, sha512, NULL);
    for (size_t i = 0; i < count && done == 1; i++)
        done = EVP_DigestUpdate(context, parts[i].data, parts[i].len);
    if (done != 1 || EVP_DigestFinal_ex(context, out_hash, NULL) != 1)
        give_up("SHA-512");
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
