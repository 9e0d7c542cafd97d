/* The application over TLS with the little school of tests/projections/world.h behind it, served as
 * "/school", by its demonstration clock from 2026-09-01 11:30 on; and clients to ask it (libcurl).
 * Loopback only. Failures end the test. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <pthread.h>
#include <semaphore.h>

#include "net/app.h"
#include "net/certificate.h"
#include "net/server.h"
#include "tests/projections/world.h"

struct school {
    struct world world; /* closed while the server runs */
    struct moment moment;
    char data_dir[256];
    bool public_entries; /* set, then school_restart */
    bool reference;      /* the same */
    struct net_certificate_files files;
    struct net_loop *loop;
    struct net_metrics *metrics;
    struct net_app *app;
    struct net_server *server;
    uint16_t port;
    pthread_t thread;
};

/* Makes the school and serves it; each person's `session` is a key in the log. */
struct school *school_make(void);
/* A smaller one that is no demonstration, by the system's clock: HEAD, TEACHER (of maths in 5А),
 * CLASS_TEACHER (of 5Б), PARENT (of ANYA in 5А), NEIGHBOUR (a family without a role), AUDITOR, and
 * the open lesson. */
struct school *school_make_private(void);
void school_remove(struct school *school);
/* Serves one more folder under another name: that of a world that is closed. */
void school_add(struct school *school, const char *dir, const char *name);
/* Stops the server and the application, starts them again on the same folder. */
void school_restart(struct school *school);

struct reply {
    long status;
    struct base_buf headers;
    struct base_buf body;
};
void reply_release(struct reply *reply);
/* True when the body has the text in it. */
bool reply_has(const struct reply *reply, const char *text);
/* The value of a response header, or NULL; borrowed until the next call. */
const char *reply_header(const struct reply *reply, const char *name);
/* The bytes behind the first "name":"<hex>" of a JSON body; fails when it is not there. */
void reply_hex(const struct reply *reply, const char *name, uint8_t *out, size_t len);
/* The number behind the first "name": of a JSON body; fails when it is not there. */
int64_t reply_number(const struct reply *reply, const char *name);

struct ask {
    const char *path;          /* below "/school", "/api/me"; or whole when `is_whole` */
    const char *cookie;        /* the token, or NULL */
    const char *json;          /* POSTs a JSON body */
    struct base_bytes msgpack; /* POSTs a msgpack body */
    bool wants_msgpack;        /* answers in msgpack instead of JSON */
    bool is_whole;
    const char *header; /* one more */
};
struct reply school_ask(struct school *school, const struct ask *ask);
/* Short form: GET in JSON. */
struct reply school_get(struct school *school, const char *path, const char *cookie);

#define TOKEN_LEN 65
/* Opens a reading session by the person's session key. */
void school_session(struct school *school, struct person *person, char out_token[TOKEN_LEN]);
/* Asks for a challenge and signs it; the JSON body for /api/session. */
void school_sign_challenge(struct school *school, const struct signer *signer,
                           struct base_buf *out_json);
/* Signs the world's draft and submits it alone. */
struct reply school_submit(struct school *school, struct signer *signer, struct signer *second);
/* Signs the world's draft into an array of one submission. */
void school_sign(struct school *school, struct signer *signer, struct signer *second,
                 struct base_buf *out_array);
struct reply school_post(struct school *school, struct base_bytes array);
/* The log's size, by the checkpoint. */
uint64_t school_size(struct school *school);

#define ASSERT_STATUS(reply, wanted)                                                               \
    do {                                                                                           \
        if ((reply).status != (wanted))                                                            \
            fail_msg("%ld instead of %d: %.*s", (reply).status, (wanted), (int)(reply).body.len,   \
                     (const char *)(reply).body.data);                                             \
    } while (0)
