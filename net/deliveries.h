/* What has become of the messages to families, for people (CT-2a; specs/messages.md, "Who sees
 * it"): the outbox's records joined with names. A class teacher sees those about the own class,
 * head and deputy head those of any class, an account its own. No address and no word of a message
 * is in it. Threads: the view's; the outbox may be in use by its courier meanwhile. */
#pragma once

#include "net/courier.h"
#include "net/outbox.h"
#include "projections/views/view.h"

/* Walks over the records: net_courier_each, or a test's. */
typedef int net_deliveries_source(void *data,
                                  void (*each)(void *data, const struct net_message *message),
                                  void *each_data, struct base_err *err);

/* Appends the answer to the view's output. `class_id` NULL: the reader's own messages. `source`
 * NULL: nothing is sent from here. An answer of the view, or a fault. */
int net_deliveries_put(struct proj_view *view, const uint8_t *class_id,
                       net_deliveries_source *source, void *source_data,
                       struct base_err *err) BASE_MUST_USE;
