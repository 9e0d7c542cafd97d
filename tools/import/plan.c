/* The plan: events to be signed, in order, and how it is told. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/common/json.h"
#include "tools/import/import.h"

static struct import_item *add(struct import *im, enum import_file file, enum import_action action,
                               size_t row, const char *label)
{
    if (im->item_count == im->item_capacity) {
        size_t capacity = im->item_capacity == 0 ? 1024 : 2 * im->item_capacity;
        struct import_item *grown = realloc(im->items, capacity * sizeof *grown);
        if (grown == NULL) {
            im->failed = true;
            return NULL;
        }
        im->items = grown;
        im->item_capacity = capacity;
    }
    struct import_item *item = &im->items[im->item_count++];
    *item = (struct import_item){.file = file,
                                 .action = action,
                                 .row = row == SIZE_MAX ? 0 : import_row_number(im, file, row),
                                 .label = strdup(label)};
    im->failed |= item->label == NULL;
    return item;
}

void import_plan(struct import *im, enum import_file file, enum import_action action, size_t row,
                 const char *label)
{
    struct import_item *item = add(im, file, action, row, label);
    if (item == NULL)
        return;
    assert(im->draft.opening_count <= IMPORT_OPENING_COUNT_MAX);
    im->failed |= im->draft.body.failed || im->draft.held.failed;
    item->kind = im->draft.kind;
    item->body = im->draft.body;
    item->held = im->draft.held;
    item->opening_count = im->draft.opening_count;
    memcpy(item->openings, im->draft.openings, item->opening_count * sizeof item->openings[0]);
    im->draft.body = (struct base_buf){0};
    im->draft.held = (struct base_buf){0};
}

void import_plan_invitation(struct import *im, enum import_file file, size_t row, const char *label,
                            const uint8_t account[LEDGER_ID_LEN])
{
    struct import_item *item = add(im, file, IMPORT_CREATE, row, label);
    if (item == NULL)
        return;
    item->kind = "invitation.issued";
    item->invites = true;
    memcpy(item->account, account, LEDGER_ID_LEN);
}

static size_t count_of(const struct import *im, enum import_file file, enum import_action action)
{
    size_t count = 0;
    for (size_t i = 0; i < im->item_count; i++)
        count += im->items[i].file == file && im->items[i].action == action;
    return count;
}

static const char *action_name(enum import_action action, bool english)
{
    static const char *const ru[] = {"создать", "изменить", "завершить"};
    static const char *const en[] = {"create", "change", "end"};
    return english ? en[action] : ru[action];
}

static void put_kinds(const struct import *im, bool json, struct base_buf *out)
{
    unsigned kind_count;
    bool first = true;
    const struct proj_kind *kinds = proj_kinds(&kind_count);
    for (unsigned k = 0; k < kind_count; k++) {
        size_t count = 0;
        for (size_t i = 0; i < im->item_count; i++)
            count += strcmp(im->items[i].kind, kinds[k].name) == 0;
        if (count == 0)
            continue;
        if (json)
            base_buf_printf(out, "%s\"%s\": %zu", first ? "" : ", ", kinds[k].name, count);
        else
            base_buf_printf(out, "  %-20s %6zu\n", kinds[k].name, count);
        first = false;
    }
}

void import_plan_text(const struct import *im, bool english, bool verbose, struct base_buf *out)
{
    base_buf_put_str(out,
                     english ? "file              create   change      end  as it is  passed over\n"
                             : "файл             создать изменить завершить без изм. пропущено\n");
    for (unsigned f = 0; f < IMPORT_FILE_COUNT; f++) {
        enum import_file file = (enum import_file)f;
        if (im->tables[f] == NULL)
            continue;
        if (f >= IMPORT_JOURNAL_FIRST) {
            base_buf_printf(out,
                            english ? "%-16s %zu rows of old records%s\n"
                                    : "%-16s строк прежних записей: %zu%s\n",
                            import_schemas[f].name, import_rows(im, file),
                            im->journal ? ""
                            : english   ? " (only with --journal)"
                                        : " (только с --journal)");
            continue;
        }
        base_buf_printf(out, "%-16s %7zu %8zu %8zu %9zu %12zu\n", import_schemas[f].name,
                        count_of(im, file, IMPORT_CREATE), count_of(im, file, IMPORT_CHANGE),
                        count_of(im, file, IMPORT_END), im->same[f], im->passed[f]);
    }
    base_buf_printf(out, english ? "events: %zu\n" : "записей: %zu\n", im->item_count);
    put_kinds(im, false, out);
    for (size_t i = 0; verbose && i < im->item_count; i++) {
        const struct import_item *item = &im->items[i];
        base_buf_printf(out, "%s: %s", import_schemas[item->file].name,
                        action_name(item->action, english));
        if (item->row > 0)
            base_buf_printf(out, english ? ", row %u" : ", строка %u", item->row);
        base_buf_printf(out, ", %s: %s\n", item->label, item->kind);
    }
}

void import_plan_json(const struct import *im, bool verbose, struct base_buf *out)
{
    bool first = true;
    base_buf_put_str(out, "\"files\": {");
    for (unsigned f = 0; f < IMPORT_JOURNAL_FIRST; f++) {
        enum import_file file = (enum import_file)f;
        if (im->tables[f] == NULL)
            continue;
        base_buf_printf(out,
                        "%s\"%s\": {\"create\": %zu, \"change\": %zu, \"end\": %zu, \"same\": %zu, "
                        "\"passed\": %zu}",
                        first ? "" : ", ", import_schemas[f].name,
                        count_of(im, file, IMPORT_CREATE), count_of(im, file, IMPORT_CHANGE),
                        count_of(im, file, IMPORT_END), im->same[f], im->passed[f]);
        first = false;
    }
    base_buf_printf(out, "}, \"events\": %zu, \"kinds\": {", im->item_count);
    put_kinds(im, true, out);
    base_buf_put_str(out, "}");
    if (!verbose)
        return;
    base_buf_put_str(out, ", \"items\": [");
    for (size_t i = 0; i < im->item_count; i++) {
        const struct import_item *item = &im->items[i];
        base_buf_printf(out,
                        "%s{\"file\": \"%s\", \"action\": \"%s\", \"row\": %u, \"kind\": \"%s\", "
                        "\"label\": ",
                        i == 0 ? "" : ", ", import_schemas[item->file].name,
                        action_name(item->action, true), item->row, item->kind);
        tool_json_put_text(out, item->label);
        base_buf_put_str(out, "}");
    }
    base_buf_put_str(out, "]");
}
