/* Files with homework: as the journal and the diary list them, and who may have one. */
#include "projections/views/files.h"

#include "projections/views/pupil.h"

void proj_put_file(struct base_buf *out, const struct proj_file *file)
{
    ledger_canon_put_map(out, 5);
    proj_put_hash(out, "digest", file->digest.bytes);
    proj_put_str(out, "name", file->name);
    proj_put_str(out, "media", file->media);
    proj_put_int(out, "size", file->size);
    if (file->link[0] == '\0')
        proj_put_nil(out, "link");
    else
        proj_put_str(out, "link", file->link);
}

struct search {
    struct proj_view *view;
    const struct proj_lesson *lesson;
    bool may;
};

/* The pupil of the family was in the lesson's group on its day. */
static void ask_family(void *data, const struct proj_grant *grant)
{
    struct search *search = data;
    struct proj_span span;
    if (search->may || (grant->role != PROJ_ROLE_PARENT && grant->role != PROJ_ROLE_PUPIL) ||
        !proj_may_read_pupil(search->view, grant->scope))
        return;
    search->may = proj_span_find(search->view->txn, search->lesson->group, grant->scope,
                                 LEDGER_SEQ_NONE, &span) &&
                  span.from <= search->lesson->day && search->lesson->day <= span.to;
}

static bool may_have(struct proj_view *view, const struct proj_lesson *lesson)
{
    struct search search = {.view = view, .lesson = lesson};
    if (proj_may_read_page(view, lesson->group, lesson->subject))
        return true;
    proj_each_grant(proj_view_rights(view), view->account, LEDGER_SEQ_NONE, ask_family, &search);
    return search.may;
}

int proj_file_find(struct proj_view *view, const proj_id lesson_id,
                   const struct ledger_hash *digest, struct proj_file *out_file)
{
    struct proj_lesson lesson;
    proj_id half;
    if (!proj_find_lesson(view, lesson_id, &lesson))
        return PROJ_VIEW_MISSING;
    if (!may_have(view, &lesson))
        return PROJ_VIEW_FORBIDDEN;
    memcpy(half, digest->bytes, sizeof half);
    struct proj_key key = proj_key_cell(&lesson, PROJ_WHAT_FILE, half, 0);
    bool there =
        proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, out_file, sizeof *out_file, NULL) &&
        out_file->attached && ledger_hash_equal(&out_file->digest, digest);
    return there ? PROJ_VIEW_DONE : PROJ_VIEW_MISSING;
}

void proj_each_stored_file(struct proj_view *view,
                           void (*each)(void *data, const struct proj_file *file), void *data)
{
    struct proj_key prefix = proj_key_of('j');
    struct proj_fact fact;
    struct proj_cell_ref ref;
    struct proj_scan *scan = proj_scan_open(view->txn, &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    while (proj_scan_next(scan, &fact)) {
        struct proj_file file;
        if (!proj_cell_ref_of(fact.key, &ref) || ref.what != PROJ_WHAT_FILE ||
            fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof file)
            continue;
        memcpy(&file, fact.value.data, sizeof file);
        if (file.attached && file.link[0] == '\0')
            each(data, &file);
    }
    proj_scan_close(scan);
}
