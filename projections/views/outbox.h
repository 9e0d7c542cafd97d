/* The outbox: whom the school owes which message, as a pure function of the log (CT-2a, CT-4).
 *
 * A message has one cause: an account, a pupil, and an entry of the log (or a week, of a digest).
 * Its id is made of these alone, so it is the same whenever and wherever it is worked out: whoever
 * sends remembers ids, and sends each once (net/outbox.h).
 *
 * An account is told of a pupil when, as of that entry, it has a parent's role for the pupil, its
 * last consent for the pupil that counts is "given", and its last channel that counts wants it. The
 * same is asked again at sending: who has withdrawn in between is not written to.
 *
 * Shape:   an opaque circle of those who may be told, kept between entries.
 * Threads: one at a time. Errors: stick in the view's transaction.
 * Source:  specs/messages.md. */
#pragma once

#include "projections/views/view.h"

#define PROJ_CAUSE_ID_LEN 16u

struct proj_cause {
    uint8_t wants;  /* enum proj_wants: what sort of message */
    ledger_seq seq; /* of the entry; LEDGER_SEQ_NONE of a digest */
    base_day week;  /* of a digest: its Monday */
    proj_id account, pupil;
};
/* The first bytes of SHA-256 over the log's id and the cause. */
void proj_cause_id(const struct ledger_hash *log_id, const struct proj_cause *cause,
                   uint8_t out_id[PROJ_CAUSE_ID_LEN]);

struct proj_outbox;
int proj_outbox_new(struct proj_outbox **out_outbox, struct base_err *err) BASE_MUST_USE;
void proj_outbox_free(struct proj_outbox *outbox); /* NULL is allowed */

/* Calls `each` for every cause that the entry at `seq` is. Entries may come in any order; ascending
 * is quick. The view is the operator's and looks at the present. */
void proj_outbox_entry(struct proj_outbox *outbox, struct proj_view *view, ledger_seq seq,
                       void (*each)(void *data, const struct proj_cause *cause), void *data);
/* The same for the digests of the week that begins on `monday`, by who wants one at present. */
void proj_outbox_week(struct proj_outbox *outbox, struct proj_view *view, base_day monday,
                      void (*each)(void *data, const struct proj_cause *cause), void *data);

/* What a message says and where it goes, at present. */
struct proj_message {
    bool wanted;                /* false: nobody is to be told any more, for this reason: */
    const char *reason;         /* "consent", "channel", "role", "void", "empty"; static */
    char email[321], phone[33]; /* empty when there is none */
    int quiet_from, quiet_to;   /* minutes of the day; -1: none named */
    char name[PROJ_NAME_LEN_MAX], initials[32]; /* "Анна А.", "А. А." */
    struct base_buf text;                       /* lines; release it */
};
void proj_outbox_compose(struct proj_view *view, const struct proj_cause *cause,
                         struct proj_message *out_message);
void proj_message_release(struct proj_message *message);
