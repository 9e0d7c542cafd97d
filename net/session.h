/* Reading sessions: who showed that a session key is theirs may read for as long as that key lives
 * (specs/access.md, section 5). Writing needs no session: events carry their own proof.
 *
 * Shape:   opaque table in memory, one for each school; a restart forgets it, and clients sign
 *          again. A session is found by the hash of its token, so that neither a dump of the table
 *          nor the time of a look-up tells a token.
 *          A challenge is a time, a random part and a keyed hash of both: handing out many costs
 *          no memory, only those that were used are remembered until they are too old anyway.
 * Units:   challenges live by the loop's clock, sessions by the school's.
 * Threads: the loop's, but for net_challenge_is_good, which any may call. */
#pragma once

#include "ledger/event.h"

struct net_sessions;

#define NET_TOKEN_TEXT_LEN 64u /* 32 random bytes in hex */
#define NET_CHALLENGE_LEN 32u
/* With its zero, before the log id and the challenge. */
#define NET_CHALLENGE_DOMAIN "letopis/challenge/v1"

struct net_session {
    uint8_t id[32]; /* hash of the token */
    uint8_t account[LEDGER_ID_LEN];
    struct ledger_key key; /* the session's */
    base_time_ms expires_ms;
    unsigned stratum;
};

int net_sessions_new(struct net_sessions **out_sessions, struct base_err *err) BASE_MUST_USE;
/* NULL is allowed. */
void net_sessions_free(struct net_sessions *sessions);

/* Remembers a session (its `id` is filled in here) and gives its token, zero-terminated. */
int net_sessions_open(struct net_sessions *sessions, struct net_session *session,
                      char out_token[NET_TOKEN_TEXT_LEN + 1], struct base_err *err) BASE_MUST_USE;
/* The session of a cookie's value; false when there is none that lives at `now_ms`. */
bool net_sessions_find(struct net_sessions *sessions, struct base_bytes token, base_time_ms now_ms,
                       struct net_session *out_session);
/* Forgets; unknown ids are fine. */
void net_sessions_close(struct net_sessions *sessions, const uint8_t id[32]);
size_t net_sessions_count(const struct net_sessions *sessions);

void net_challenge_make(struct net_sessions *sessions, uint64_t now_ms,
                        uint8_t out_challenge[NET_CHALLENGE_LEN]);
/* True when it was made here less than NET_CHALLENGE_MS_MAX ago; whether it was used is not looked
 * at. */
bool net_challenge_is_good(const struct net_sessions *sessions, uint64_t now_ms,
                           const uint8_t challenge[NET_CHALLENGE_LEN]);
/* Uses up a good challenge in an account's name: 0, one of the answers below, or BASE_E_BUSY when
 * too many are remembered. */
int net_challenge_spend(struct net_sessions *sessions, uint64_t now_ms,
                        const uint8_t challenge[NET_CHALLENGE_LEN],
                        const uint8_t account[LEDGER_ID_LEN], struct base_err *err) BASE_MUST_USE;
#define NET_CHALLENGE_USED 1
#define NET_CHALLENGE_TOO_MANY                                                                     \
    2 /* this account used NET_CHALLENGE_SPENT_PER_ACCOUNT_MAX of late                             \
       */
