/* Sessions hang in hash chains and in one list by age, newest first; over a limit the oldest goes.
 * Spent challenges lie in a ring by the time of spending: what was spent longer ago than a
 * challenge lives has expired by itself. */
#include "net/session.h"

#include <sodium.h>
#include <stdlib.h>

#include "net/limits.h"

#define CHAIN_COUNT 4096u
#define MAC_LEN 16u
#define SIGNED_LEN (NET_CHALLENGE_LEN - MAC_LEN)

struct node {
    struct net_session session;
    struct node *next_in_chain;
    struct node *newer, *older;
};

struct spent {
    uint64_t at_ms;
    uint8_t challenge[NET_CHALLENGE_LEN];
    uint8_t account[LEDGER_ID_LEN];
};

struct net_sessions {
    uint8_t secret[32]; /* of challenges and of token hashes; lives as long as the process */
    uint64_t epoch;     /* random: a challenge does not tell how long the machine has been up */
    struct node *chains[CHAIN_COUNT];
    struct node *newest, *oldest;
    size_t count;
    struct spent spent[NET_CHALLENGE_SPENT_COUNT_MAX];
    size_t spent_first, spent_count;
};

int net_sessions_new(struct net_sessions **out_sessions, struct base_err *err)
{
    struct net_sessions *sessions = calloc(1, sizeof *sessions);
    if (sessions == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "sessions");
    randombytes_buf(sessions->secret, sizeof sessions->secret);
    randombytes_buf(&sessions->epoch, sizeof sessions->epoch);
    *out_sessions = sessions;
    return 0;
}

static struct node **place_of(struct net_sessions *sessions, const uint8_t id[32])
{
    struct node **place = &sessions->chains[base_get_be64(id) % CHAIN_COUNT];
    while (*place != NULL && sodium_memcmp((*place)->session.id, id, 32) != 0)
        place = &(*place)->next_in_chain;
    return place;
}

static void forget(struct net_sessions *sessions, struct node **place)
{
    struct node *node = *place;
    *place = node->next_in_chain;
    if (node->newer != NULL)
        node->newer->older = node->older;
    else
        sessions->newest = node->older;
    if (node->older != NULL)
        node->older->newer = node->newer;
    else
        sessions->oldest = node->newer;
    sessions->count--;
    free(node);
}

void net_sessions_free(struct net_sessions *sessions)
{
    if (sessions == NULL)
        return;
    while (sessions->newest != NULL)
        forget(sessions, place_of(sessions, sessions->newest->session.id));
    sodium_memzero(sessions->secret, sizeof sessions->secret);
    free(sessions);
}

static void hash_token(const struct net_sessions *sessions, const uint8_t token[32],
                       uint8_t out_id[32])
{
    crypto_generichash(out_id, 32, token, 32, sessions->secret, sizeof sessions->secret);
}

/* One account may not push out everybody else's sessions. */
static void make_room(struct net_sessions *sessions, const uint8_t account[LEDGER_ID_LEN])
{
    struct node *oldest_own = NULL;
    size_t own = 0;
    for (struct node *node = sessions->newest; node != NULL; node = node->older) {
        if (memcmp(node->session.account, account, LEDGER_ID_LEN) == 0) {
            own++;
            oldest_own = node;
        }
    }
    if (own >= NET_SESSION_PER_ACCOUNT_MAX)
        forget(sessions, place_of(sessions, oldest_own->session.id));
    if (sessions->count >= NET_SESSION_COUNT_MAX)
        forget(sessions, place_of(sessions, sessions->oldest->session.id));
}

int net_sessions_open(struct net_sessions *sessions, struct net_session *session,
                      char out_token[NET_TOKEN_TEXT_LEN + 1], struct base_err *err)
{
    uint8_t token[32];
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "session");
    make_room(sessions, session->account);
    randombytes_buf(token, sizeof token);
    hash_token(sessions, token, session->id);
    base_hex(token, sizeof token, out_token);
    sodium_memzero(token, sizeof token);
    node->session = *session;
    struct node **chain = &sessions->chains[base_get_be64(session->id) % CHAIN_COUNT];
    node->next_in_chain = *chain;
    *chain = node;
    node->older = sessions->newest;
    if (sessions->newest != NULL)
        sessions->newest->newer = node;
    else
        sessions->oldest = node;
    sessions->newest = node;
    sessions->count++;
    return 0;
}

bool net_sessions_find(struct net_sessions *sessions, struct base_bytes text, base_time_ms now_ms,
                       struct net_session *out_session)
{
    uint8_t token[32];
    uint8_t id[32];
    if (!base_unhex((const char *)text.data, text.len, token, sizeof token))
        return false;
    hash_token(sessions, token, id);
    sodium_memzero(token, sizeof token);
    struct node **place = place_of(sessions, id);
    if (*place == NULL)
        return false;
    if ((*place)->session.expires_ms <= now_ms) {
        forget(sessions, place);
        return false;
    }
    *out_session = (*place)->session;
    return true;
}

void net_sessions_close(struct net_sessions *sessions, const uint8_t id[32])
{
    struct node **place = place_of(sessions, id);
    if (*place != NULL)
        forget(sessions, place);
}

size_t net_sessions_count(const struct net_sessions *sessions)
{
    return sessions->count;
}

/* Challenges: time (8) ‖ random (8) ‖ keyed hash of both (16) */

static void sign_challenge(const struct net_sessions *sessions, const uint8_t *challenge,
                           uint8_t out_mac[MAC_LEN])
{
    crypto_generichash(out_mac, MAC_LEN, challenge, SIGNED_LEN, sessions->secret,
                       sizeof sessions->secret);
}

void net_challenge_make(struct net_sessions *sessions, uint64_t now_ms,
                        uint8_t out_challenge[NET_CHALLENGE_LEN])
{
    base_set_be64(out_challenge, now_ms + sessions->epoch);
    randombytes_buf(out_challenge + 8, SIGNED_LEN - 8);
    sign_challenge(sessions, out_challenge, out_challenge + SIGNED_LEN);
}

bool net_challenge_is_good(const struct net_sessions *sessions, uint64_t now_ms,
                           const uint8_t challenge[NET_CHALLENGE_LEN])
{
    uint8_t mac[MAC_LEN];
    uint64_t made_ms = base_get_be64(challenge) - sessions->epoch;
    sign_challenge(sessions, challenge, mac);
    return sodium_memcmp(mac, challenge + SIGNED_LEN, MAC_LEN) == 0 && made_ms <= now_ms &&
           now_ms - made_ms < NET_CHALLENGE_MS_MAX;
}

int net_challenge_spend(struct net_sessions *sessions, uint64_t now_ms,
                        const uint8_t challenge[NET_CHALLENGE_LEN],
                        const uint8_t account[LEDGER_ID_LEN], struct base_err *err)
{
    unsigned own = 0;
    while (sessions->spent_count > 0 &&
           now_ms - sessions->spent[sessions->spent_first].at_ms > NET_CHALLENGE_MS_MAX) {
        sessions->spent_first = (sessions->spent_first + 1) % NET_CHALLENGE_SPENT_COUNT_MAX;
        sessions->spent_count--;
    }
    for (size_t i = 0; i < sessions->spent_count; i++) {
        const struct spent *spent =
            &sessions->spent[(sessions->spent_first + i) % NET_CHALLENGE_SPENT_COUNT_MAX];
        if (memcmp(spent->challenge, challenge, NET_CHALLENGE_LEN) == 0)
            return NET_CHALLENGE_USED;
        own += memcmp(spent->account, account, LEDGER_ID_LEN) == 0;
    }
    if (own >= NET_CHALLENGE_SPENT_PER_ACCOUNT_MAX)
        return NET_CHALLENGE_TOO_MANY;
    if (sessions->spent_count == NET_CHALLENGE_SPENT_COUNT_MAX)
        return BASE_FAIL(err, BASE_E_BUSY, "too many logins at once");
    size_t last = (sessions->spent_first + sessions->spent_count) % NET_CHALLENGE_SPENT_COUNT_MAX;
    sessions->spent[last].at_ms = now_ms;
    memcpy(sessions->spent[last].challenge, challenge, NET_CHALLENGE_LEN);
    memcpy(sessions->spent[last].account, account, LEDGER_ID_LEN);
    sessions->spent_count++;
    return 0;
}
