/* Bodies of POST /api/login, /api/session and /api/credentials. A letter says which, then a line
 * with the content type, then the body. What was accepted, said once more as canonical msgpack, is
 * accepted and means the same. */
#include <string.h>

#include "net/api/routes.h"
#include "net/request_parts.h"
#include "tests/fuzz/fuzz.h"

struct said {
    struct base_buf login;
    uint8_t proof[NET_PROOF_LEN], challenge[NET_CHALLENGE_LEN], signature[LEDGER_SIGNATURE_LEN];
    struct ledger_key key;
    struct net_credential record;
};

static struct net_request *request_make(struct base_bytes type, struct base_bytes body)
{
    const struct net__raw_header header = {.name = BASE_LITERAL("content-type"), .value = type};
    const struct net__raw_request raw = {.method = BASE_LITERAL("POST"),
                                         .target = BASE_LITERAL("/"),
                                         .body = body,
                                         .headers = &header,
                                         .header_count = 1,
                                         .body_len_max = NET_API_BODY_LEN_MAX};
    int error = -1;
    struct net_request *request = net__request_new(&raw, &error);
    FUZZ_CHECK(request != NULL);
    if (error == 0)
        return request;
    net__request_free(request);
    return NULL;
}

static bool read_by(struct net_call *call, char which, struct said *out)
{
    struct base_bytes login = {0};
    bool accepted;
    switch (which) {
    case 'l':
        accepted = net_api_login_read(call, &login, out->proof);
        base_buf_put_bytes(&out->login, accepted ? login : base_bytes_of("", 0));
        return accepted;
    case 's':
        return net_api_session_read(call, out->challenge, &out->key, out->signature);
    default:
        return net_api_credentials_read(call, &out->record, out->signature);
    }
}

/* False when it is not accepted, which must then have been noted. */
static bool body_read(char which, struct base_bytes type, struct base_bytes body, struct said *out)
{
    struct net_call call = {.request = request_make(type, body)};
    if (call.request == NULL)
        return false;
    bool accepted = read_by(&call, which, out);
    FUZZ_CHECK(accepted == !net_call_failed(&call));
    base_buf_wipe(&call.body);
    net__request_free(call.request);
    return accepted;
}

static void put_bin(struct base_buf *out, const char *name, const void *bytes, size_t len)
{
    proj_put_key(out, name);
    ledger_canon_put_bin(out, bytes, len);
}

static void put_again(char which, const struct said *said, struct base_buf *out)
{
    const struct net_credential *r = &said->record;
    switch (which) {
    case 'l':
        ledger_canon_put_map(out, 2);
        proj_put_text(out, "login", base_buf_bytes(&said->login));
        put_bin(out, "proof", said->proof, sizeof said->proof);
        return;
    case 's':
        ledger_canon_put_map(out, 3);
        put_bin(out, "challenge", said->challenge, sizeof said->challenge);
        put_bin(out, "key", said->key.bytes, sizeof said->key.bytes);
        put_bin(out, "signature", said->signature, sizeof said->signature);
        return;
    default:
        ledger_canon_put_map(out, 10);
        put_bin(out, "account", r->account, sizeof r->account);
        put_bin(out, "key", r->key.bytes, sizeof r->key.bytes);
        proj_put_str(out, "login", r->login);
        proj_put_int(out, "mem", r->mem_kib);
        put_bin(out, "nonce", r->nonce, sizeof r->nonce);
        proj_put_int(out, "ops", r->ops);
        put_bin(out, "proof", r->proof, sizeof r->proof);
        put_bin(out, "salt", r->salt, sizeof r->salt);
        put_bin(out, "signature", said->signature, sizeof said->signature);
        put_bin(out, "wrapped", r->wrapped, sizeof r->wrapped);
    }
}

static void check_same(const struct said *a, const struct said *b)
{
    FUZZ_CHECK(base_bytes_equal(base_buf_bytes(&a->login), base_buf_bytes(&b->login)));
    FUZZ_CHECK(memcmp(a->proof, b->proof, sizeof a->proof) == 0);
    FUZZ_CHECK(memcmp(a->challenge, b->challenge, sizeof a->challenge) == 0);
    FUZZ_CHECK(memcmp(a->signature, b->signature, sizeof a->signature) == 0);
    FUZZ_CHECK(memcmp(&a->key, &b->key, sizeof a->key) == 0);
    FUZZ_CHECK(strcmp(a->record.login, b->record.login) == 0);
    FUZZ_CHECK(memcmp(a->record.account, b->record.account, sizeof a->record.account) == 0);
    FUZZ_CHECK(memcmp(a->record.wrapped, b->record.wrapped, sizeof a->record.wrapped) == 0);
    FUZZ_CHECK(a->record.mem_kib == b->record.mem_kib && a->record.ops == b->record.ops);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct said first = {0};
    struct said second = {0};
    const uint8_t *end = len > 1 ? memchr(data + 1, '\n', len - 1) : NULL;
    if (end == NULL)
        return 0;
    char which = (char)data[0];
    struct base_bytes type = base_bytes_of(data + 1, (size_t)(end - data - 1));
    struct base_bytes body = base_bytes_of(end + 1, len - (size_t)(end + 1 - data));
    if (body_read(which, type, body, &first)) {
        struct base_buf BASE_CLEANUP(base_buf_release) again = {0};
        FUZZ_CHECK(which == 'l' || which == 's' ||
                   net_login_is_normal(base_bytes_str(first.record.login)));
        put_again(which, &first, &again);
        FUZZ_CHECK(
            body_read(which, BASE_LITERAL("application/msgpack"), base_buf_bytes(&again), &second));
        check_same(&first, &second);
    }
    base_buf_release(&first.login);
    base_buf_release(&second.login);
    return 0;
}
