/* What views and the network share of files with homework. Threads: the view's. */
#pragma once

#include "projections/views/view.h"

/* {digest, name, media, size, link or nil} */
void proj_put_file(struct base_buf *out, const struct proj_file *file);
/* A file that is attached to the lesson, for who reads the page, or the diary of a pupil who was in
 * the lesson's group on its day: DONE, FORBIDDEN, MISSING. */
int proj_file_find(struct proj_view *view, const proj_id lesson, const struct ledger_hash *digest,
                   struct proj_file *out_file);
/* Every attached file without a link: those that the server's own store has to hold. The same
 * content may come several times. */
void proj_each_stored_file(struct proj_view *view,
                           void (*each)(void *data, const struct proj_file *file), void *data);
