/* The settings of the school's local acts: what holds, who set it and when, and what was before. */
#include "projections/control.h"
#include "projections/views/office.h"

#define HISTORY_MAX 50u

static void put_version(struct proj_view *view, const struct proj_setting *setting, ledger_seq seq)
{
    ledger_canon_put_map(view->out, 5);
    proj_put_seq(view->out, "seq", seq);
    proj_put_int(view->out, "value", setting->value);
    proj_put_person(view, "author", setting->author);
    proj_put_int(view->out, "recorded", setting->recorded_ms);
}

/* What counts of it, oldest first. */
static void put_history(struct proj_view *view, const char *name)
{
    struct proj_key key = proj_key_setting(base_bytes_str(name));
    struct proj_fact fact;
    uint32_t count = 0;
    proj_put_key(view->out, "history");
    size_t at = proj_array_begin(view->out);
    struct proj_scan *scan = proj_scan_open(view->txn, &key, NULL, NULL, LEDGER_SEQ_NONE);
    while (count < HISTORY_MAX && proj_scan_next_version(scan, &fact)) {
        struct proj_setting setting;
        if (fact.value.len != sizeof setting || proj_is_void(view->txn, fact.seq))
            continue;
        memcpy(&setting, fact.value.data, sizeof setting);
        put_version(view, &setting, fact.seq);
        count++;
    }
    proj_scan_close(scan);
    proj_array_end(view->out, at, count);
}

int proj_view_settings(struct proj_view *view)
{
    uint32_t count = 0;
    if (!proj_reads_as_staff(view))
        return PROJ_VIEW_FORBIDDEN;
    ledger_canon_put_map(view->out, 1);
    proj_put_key(view->out, "settings");
    size_t at = proj_array_begin(view->out);
    const struct proj_setting_limits *limits;
    while ((limits = proj_setting_at(count)) != NULL) {
        ledger_canon_put_map(view->out, 6);
        proj_put_str(view->out, "name", limits->name);
        proj_put_int(view->out, "value", proj_setting(view->txn, limits->name));
        proj_put_int(view->out, "min", limits->min);
        proj_put_int(view->out, "max", limits->max);
        proj_put_int(view->out, "otherwise", limits->otherwise);
        put_history(view, limits->name);
        count++;
    }
    proj_array_end(view->out, at, count);
    return PROJ_VIEW_DONE;
}
