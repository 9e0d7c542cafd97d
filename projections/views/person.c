/* Everything that the log holds about one person (right of access; CT-8, ST-13): each entry that
 * names the pupil or the account, with what was sealed for it opened, and of entries about many
 * only the part about this one. The only view that walks the whole log: nobody waits for it at a
 * screen, and an index by person would be a second log of personal data. */
#include <assert.h>

#include "projections/values.h"
#include "projections/views/office.h"

#define ROW_MAX 50000u

struct telling {
    struct proj_view *view;
    const uint8_t *subject; /* the pupil or account */
    proj_id person;         /* of an account: under whom its name is sealed; else the subject */
    uint32_t count;
    bool more;
};

static bool is_theirs(const struct telling *telling, const uint8_t *id)
{
    return memcmp(id, telling->subject, LEDGER_ID_LEN) == 0 ||
           memcmp(id, telling->person, LEDGER_ID_LEN) == 0;
}

/* Does the value name the person? A list does when an item does. */
static bool names_them(const struct telling *telling, const struct proj_field *field,
                       const struct ledger_canon_value *value)
{
    struct ledger_canon_reader reader;
    struct ledger_canon_value item;
    bool found = false;
    if (field->type == PROJ_T_ID)
        return ledger_canon_is_bin(value, LEDGER_ID_LEN) && is_theirs(telling, value->bytes.data);
    if (value->type != LEDGER_CANON_ARRAY)
        return false;
    reader = ledger_canon_reader_of(value->bytes);
    for (unsigned i = 0; !found && ledger_canon_step(&reader, &item); i++) {
        assert(field->type == PROJ_T_LIST || i < field->item_count);
        found = names_them(telling, field->type == PROJ_T_LIST ? field->items : &field->items[i],
                           &item);
    }
    return found;
}

static bool concerns(const struct telling *telling, const struct proj_kind *kind,
                     const struct ledger_event *event)
{
    bool found = false;
    for (unsigned i = 0; !found && i < kind->field_count; i++) {
        struct ledger_canon_value value = ledger_canon_get(&event->body, kind->fields[i].name);
        found = names_them(telling, &kind->fields[i], &value);
    }
    return found;
}

/* Whose the sealed value is: a member of its tuple, or a field of the body. */
static struct ledger_canon_value owner_of(const struct proj_field *field,
                                          const struct ledger_canon_value *body,
                                          const struct ledger_canon_value *tuple)
{
    return tuple != NULL ? ledger_canon_at(tuple, (uint32_t)field->subject_item)
                         : ledger_canon_get(body, field->subject);
}

/* What was sealed is told when it was sealed for this person; what was erased, as such. */
static void put_sealed(const struct telling *telling, const struct proj_field *field,
                       const struct ledger_canon_value *value,
                       const struct ledger_canon_value *body,
                       const struct ledger_canon_value *tuple)
{
    struct base_buf *out = telling->view->out;
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    struct ledger_canon_value owner = owner_of(field, body, tuple);
    char name[PROJ_NAME_LEN_MAX];
    if (!ledger_canon_is_bin(&owner, LEDGER_ID_LEN) || !is_theirs(telling, owner.bytes.data)) {
        ledger_canon_put_nil(out);
    } else if (strcmp(field->name, "name") == 0) {
        proj_view_name(telling->view, value->bytes.data, name);
        ledger_canon_put_text(out, base_bytes_str(name));
    } else {
        proj_view_shown_text(telling->view, value->bytes.data, &text);
        ledger_canon_put_text(out, base_buf_bytes(&text));
    }
}

static void put_value(const struct telling *telling, const struct proj_field *field,
                      const struct ledger_canon_value *value, const struct ledger_canon_value *body,
                      const struct ledger_canon_value *tuple);

/* Of a list that names the person only the items that do; any other list whole. */
static void put_list(const struct telling *telling, const struct proj_field *field,
                     const struct ledger_canon_value *value, const struct ledger_canon_value *body)
{
    bool only = names_them(telling, field, value);
    struct ledger_canon_reader reader = ledger_canon_reader_of(value->bytes);
    struct ledger_canon_value item;
    uint32_t count = 0;
    size_t at = proj_array_begin(telling->view->out);
    while (ledger_canon_step(&reader, &item)) {
        if (only && !names_them(telling, field->items, &item))
            continue;
        put_value(telling, field->items, &item, body, NULL);
        count++;
    }
    proj_array_end(telling->view->out, at, count);
}

/* A tuple as a map: who reads it later has no table of positions. */
static void put_tuple(const struct telling *telling, const struct proj_field *field,
                      const struct ledger_canon_value *value, const struct ledger_canon_value *body)
{
    struct base_buf *out = telling->view->out;
    struct ledger_canon_reader reader = ledger_canon_reader_of(value->bytes);
    struct ledger_canon_value item;
    ledger_canon_put_map(out, field->item_count);
    for (unsigned i = 0; i < field->item_count && ledger_canon_step(&reader, &item); i++) {
        proj_put_key(out, field->items[i].name);
        put_value(telling, &field->items[i], &item, body, value);
    }
}

static void put_value(const struct telling *telling, const struct proj_field *field,
                      const struct ledger_canon_value *value, const struct ledger_canon_value *body,
                      const struct ledger_canon_value *tuple)
{
    struct base_buf *out = telling->view->out;
    if (value->type == LEDGER_CANON_NIL) {
        ledger_canon_put_nil(out);
        return;
    }
    switch (field->type) {
    case PROJ_T_ID:
    case PROJ_T_KEY:
    case PROJ_T_HASH:
        ledger_canon_put_bin(out, value->bytes.data, value->bytes.len);
        break;
    case PROJ_T_SEALED:
        put_sealed(telling, field, value, body, tuple);
        break;
    case PROJ_T_INT:
        ledger_canon_put_int(out, value->integer);
        break;
    case PROJ_T_BOOL:
        ledger_canon_put_bool(out, value->integer != 0);
        break;
    case PROJ_T_TEXT:
        ledger_canon_put_text(out, value->bytes);
        break;
    case PROJ_T_LIST:
        put_list(telling, field, value, body);
        break;
    case PROJ_T_TUPLE:
        put_tuple(telling, field, value, body);
        break;
    }
}

/* The id in that field, or NULL when there is none. */
static const uint8_t *id_in(const struct ledger_canon_value *body, const char *name)
{
    struct ledger_canon_value value = ledger_canon_get(body, name);
    return ledger_canon_is_bin(&value, LEDGER_ID_LEN) ? value.bytes.data : NULL;
}

/* Entries of the row: on which lesson, in which group, of which subject; empty when it is about
 * none. */
static void put_place(struct proj_view *view, const struct ledger_canon_value *body)
{
    const uint8_t *lesson_id = id_in(body, "lesson");
    const uint8_t *group_id = id_in(body, "group");
    const uint8_t *subject_id = id_in(body, "subject");
    struct proj_lesson lesson;
    struct proj_group group;
    struct proj_subject subject;
    bool has_lesson = lesson_id != NULL && proj_find_lesson(view, lesson_id, &lesson);
    if (has_lesson) {
        group_id = lesson.group;
        subject_id = lesson.subject;
    }
    proj_put_int_or_nil(view->out, "day", has_lesson, has_lesson ? lesson.day : 0);
    bool has_group = group_id != NULL && proj_find_group(view, group_id, &group);
    bool has_subject = subject_id != NULL && proj_find_subject(view, subject_id, &subject);
    proj_put_str(view->out, "group_name", has_group ? group.name : "");
    proj_put_str(view->out, "subject_name", has_subject ? subject.name : "");
}

/* Values that may be erased alone, each by its name in the log (value.erased). */

struct listing {
    const struct telling *telling;
    uint32_t count;
};

static void put_erased(struct proj_view *view, const struct proj_value *value)
{
    struct proj_erased_value erased;
    struct proj_key key = proj_key_commitment(value->commitment);
    ledger_seq seq;
    proj_put_key(view->out, "erased");
    if (!proj_fact_read(view->txn, &key, LEDGER_SEQ_NONE, &erased, sizeof erased, &seq)) {
        ledger_canon_put_nil(view->out);
        return;
    }
    proj_put_erasing(view, seq, &erased.how);
}

static void put_separable(void *data, const struct proj_value *value)
{
    struct listing *listing = data;
    struct proj_view *view = listing->telling->view;
    if (value->keeping == PROJ_VALUE_KEPT || !is_theirs(listing->telling, value->subject))
        return;
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    base_day due = proj_value_due(view->txn, value, LEDGER_SEQ_NONE);
    proj_view_shown_text(view, value->commitment, &text);
    ledger_canon_put_map(view->out, 6);
    proj_put_hash(view->out, "commitment", value->commitment);
    proj_put_str(view->out, "field", value->field->name);
    proj_put_bool(view->out, "there", ledger_reader_has_opening(view->reader, value->commitment));
    proj_put_text(view->out, "text", base_buf_bytes(&text));
    proj_put_int_or_nil(view->out, "due", due != INT32_MAX, due);
    put_erased(view, value);
    listing->count++;
}

static void put_separables(const struct telling *telling, ledger_seq seq,
                           const struct ledger_event *event, base_time_ms recorded_ms, bool about)
{
    struct listing listing = {.telling = telling};
    proj_put_key(telling->view->out, "sealed");
    size_t at = proj_array_begin(telling->view->out);
    if (about)
        proj_values_each(event, seq, recorded_ms, telling->view->offset_min, put_separable,
                         &listing);
    proj_array_end(telling->view->out, at, listing.count);
}

static void put_row(struct telling *telling, const struct proj_kind *kind, ledger_seq seq,
                    const struct ledger_event *event, base_time_ms recorded_ms,
                    const proj_id author, bool about)
{
    struct proj_view *view = telling->view;
    struct base_buf *out = view->out;
    if (telling->count == ROW_MAX) {
        telling->more = true;
        return;
    }
    telling->count++;
    ledger_canon_put_map(out, 13);
    proj_put_seq(out, "seq", seq);
    proj_put_hash(out, "id", event->id.bytes);
    proj_put_text(out, "kind", event->kind);
    proj_put_int(out, "recorded", recorded_ms);
    proj_put_person(view, "author", author);
    proj_put_bool(out, "signed", memcmp(author, telling->subject, LEDGER_ID_LEN) == 0);
    proj_put_bool(out, "counts", !proj_is_void(view->txn, seq));
    put_place(view, &event->body);
    put_separables(telling, seq, event, recorded_ms, about);
    proj_put_key(out, "body");
    if (!about) {
        ledger_canon_put_nil(out);
        return;
    }
    ledger_canon_put_map(out, kind->field_count);
    for (unsigned i = 0; i < kind->field_count; i++) {
        struct ledger_canon_value value = ledger_canon_get(&event->body, kind->fields[i].name);
        proj_put_key(out, kind->fields[i].name);
        put_value(telling, &kind->fields[i], &value, &event->body, NULL);
    }
}

static void author_of(struct proj_view *view, const struct ledger_key *key, proj_id out_account)
{
    struct proj_key_fact fact;
    struct proj_key at = proj_key_key(key);
    memset(&fact, 0, sizeof fact);
    (void)proj_fact_read(view->txn, &at, LEDGER_SEQ_NONE, &fact, sizeof fact, NULL);
    memcpy(out_account, fact.account, LEDGER_ID_LEN);
}

static void put_rows(struct telling *telling)
{
    struct proj_view *view = telling->view;
    struct proj_source source = proj_source_of_reader(view->reader);
    uint64_t size = ledger_reader_size(view->reader);
    struct base_err err = {0};
    int rc = 0;
    for (ledger_seq seq = 0; rc == 0 && seq < size; seq++) {
        struct ledger_event event;
        base_time_ms recorded_ms;
        proj_id author;
        rc = source.event(source.data, seq, &event, &recorded_ms, &err);
        const struct proj_kind *kind = rc == 0 ? proj_kind_find(event.kind) : NULL;
        if (kind == NULL)
            continue;
        bool about = concerns(telling, kind, &event);
        author_of(view, &event.key, author);
        if (about || memcmp(author, telling->subject, LEDGER_ID_LEN) == 0)
            put_row(telling, kind, seq, &event, recorded_ms, author, about);
    }
    if (rc != 0)
        proj_txn_fail(view->txn, err.code, "an entry of the log cannot be read");
}

/* The head, and whose data they are: a pupil and its parents (with or without consent to the
 * electronic diary), an account's owner. */
static bool may_be_told(struct proj_view *view, const proj_id subject, bool is_pupil)
{
    struct proj_txn *rights = proj_view_rights(view);
    base_day today = proj_view_rights_day(view);
    if (view->operator_reads ||
        proj_has_role(rights, view->account, PROJ_ROLE_HEAD, NULL, today, LEDGER_SEQ_NONE))
        return true;
    if (!is_pupil)
        return memcmp(view->account, subject, LEDGER_ID_LEN) == 0;
    return proj_has_role(rights, view->account, PROJ_ROLE_PARENT, subject, today,
                         LEDGER_SEQ_NONE) ||
           proj_has_role(rights, view->account, PROJ_ROLE_PUPIL, subject, today, LEDGER_SEQ_NONE);
}

int proj_view_person(struct proj_view *view, const proj_id subject)
{
    struct telling telling = {.view = view, .subject = subject};
    struct proj_account account;
    struct proj_key account_key = proj_key_account(subject);
    struct proj_key pupil_key = proj_key_tagged_id('P', subject);
    struct proj_fact fact;
    char name[PROJ_NAME_LEN_MAX];
    bool is_account =
        proj_fact_read(view->txn, &account_key, LEDGER_SEQ_NONE, &account, sizeof account, NULL);
    bool is_pupil = !is_account && proj_fact_get(view->txn, &pupil_key, LEDGER_SEQ_NONE, &fact);
    if (!may_be_told(view, subject, is_pupil))
        return PROJ_VIEW_FORBIDDEN;
    if (!is_account && !is_pupil)
        return PROJ_VIEW_MISSING;
    memcpy(telling.person, is_account ? account.person : subject, LEDGER_ID_LEN);
    if (is_account)
        proj_view_account_full_name(view, subject, name);
    else
        proj_view_pupil_name(view, subject, name);
    ledger_canon_put_map(view->out, 7);
    proj_put_id(view->out, "id", subject);
    proj_put_bool(view->out, "account", is_account);
    proj_put_str(view->out, "name", name);
    proj_put_int(view->out, "made", view->now_ms);
    proj_put_seq(view->out, "size", proj_view_size(view));
    proj_put_key(view->out, "rows");
    size_t at = proj_array_begin(view->out);
    put_rows(&telling);
    proj_array_end(view->out, at, telling.count);
    proj_put_bool(view->out, "more", telling.more);
    return PROJ_VIEW_DONE;
}
