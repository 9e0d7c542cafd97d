/* How a school's messages leave: the operator's file (specs/messages.md, section 5). It holds
 * passwords, so only its owner may be able to read it; they never stand in an argument or a log.
 * Shape: a plain value, read once. Threads: read-only after reading. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/base/err.h"

#define NET_MESSAGING_TEXT_LEN_MAX 1024u

struct net_messaging {
    /* SMTP; without a URL no e-mail leaves. */
    char smtp[NET_MESSAGING_TEXT_LEN_MAX]; /* "smtps://host:465", "smtp://host:587" (STARTTLS) */
    char user[256], password[256];
    char from[256]; /* an address */
    /* SMS over HTTPS; without a URL none leaves. */
    char sms[NET_MESSAGING_TEXT_LEN_MAX];        /* {phone}, {text}, {id} may stand in both */
    char sms_body[NET_MESSAGING_TEXT_LEN_MAX];   /* empty: GET */
    char sms_type[128];                          /* of the body */
    char sms_header[NET_MESSAGING_TEXT_LEN_MAX]; /* one more header, with a token for instance */
    bool sms_knows_ids; /* the gateway is told {id}: repeats are harmless */
    /* Both. */
    char ca[NET_MESSAGING_TEXT_LEN_MAX];   /* PEM; empty: the system's authorities */
    char link[NET_MESSAGING_TEXT_LEN_MAX]; /* where the diary is; {school} is its name */
    int quiet_from, quiet_to; /* minutes of the school's day, when a family names none */
    uint32_t age_h_max;       /* older messages are not sent any more */
    uint32_t retry_s;         /* pause after the first failure; then doubled */
    uint32_t per_minute;      /* at most so many leave a school */
    bool demo;                /* demonstrations may send, too */
};

/* Reads the file. BASE_E_USAGE names the line and what is wrong with it; a file that others may
 * read is refused. */
int net_messaging_read(const char *path, struct net_messaging *out_messaging,
                       struct base_err *err) BASE_MUST_USE;
void net_messaging_wipe(struct net_messaging *messaging);
