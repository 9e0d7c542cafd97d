/* One e-mail, and one SMS, over libcurl: TLS always, the certificate verified.
 * Shape:   a carrier keeps connections between messages. Threads: one at a time; blocks for
 *          NET_MESSAGE_ANSWER_MS_MAX at most, less when `closing` becomes true.
 * Source:  RFC 5321, 5322, 2045, 2047, 3834; specs/messages.md. */
#pragma once

#include <stdatomic.h>

#include "ledger/base/bytes.h"
#include "ledger/base/clock.h"
#include "net/messaging.h"

enum net_sent {
    NET_SENT,        /* the other side has taken it */
    NET_SENT_LATER,  /* it has not, and may yet */
    NET_SENT_NEVER,  /* it refuses this message for good */
    NET_SENT_UNSURE, /* it may have: the answer to the last byte did not come */
};

struct net_letter {
    const char *to;         /* an address, or a phone number */
    const char *id;         /* hex; the Message-ID is made of it */
    const char *subject;    /* of an e-mail; UTF-8 */
    struct base_bytes text; /* UTF-8, lines end in \n */
    const char *school;     /* display name of the sender */
    base_time_ms now_ms;
    /* Called before the byte with which the other side takes the message; false: do not send. */
    bool (*handing)(void *data);
    void *data;
};

struct net_carrier;
int net_carrier_new(const struct net_messaging *messaging, atomic_bool *closing,
                    struct net_carrier **out_carrier, struct base_err *err) BASE_MUST_USE;
void net_carrier_free(struct net_carrier *carrier); /* NULL is allowed */
/* `*out_status`: the last reply code of SMTP or HTTP; 0: none. */
enum net_sent net_carrier_mail(struct net_carrier *carrier, const struct net_letter *letter,
                               int64_t *out_status);
enum net_sent net_carrier_sms(struct net_carrier *carrier, const struct net_letter *letter,
                              int64_t *out_status);

/* The message as it goes over the wire, lines ending in CRLF. */
void net_mail_put(const struct net_messaging *messaging, const struct net_letter *letter,
                  struct base_buf *out);
/* The template with its placeholders filled in; `escape`: as the place demands. */
enum net_escape { NET_ESCAPE_URL, NET_ESCAPE_JSON };
void net_sms_put(const char *template, enum net_escape escape, const struct net_letter *letter,
                 struct base_buf *out);
/* Plain enough to be handed to a mail server, or to a gateway. */
bool net_is_address(const char *text);
bool net_is_phone(const char *text);
