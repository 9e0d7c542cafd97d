/* Old records: every cell has its lesson, every change says what it needs. */
#include "tools/import/import.h"

static int check_lessons(struct import *im, struct base_err *err)
{
    static const char *const slot[] = {"date", "shift", "lesson", "target", "subject", NULL};
    static const enum import_file files[] = {IMPORT_ATTENDANCE, IMPORT_MARKS};
    struct import_index lessons = {0};
    int rc = import_index_make(im, IMPORT_LESSONS, slot, &lessons, err);
    for (unsigned f = 0; rc == 0 && f < sizeof files / sizeof files[0]; f++) {
        struct import_index cells = {0};
        rc = import_index_make(im, files[f], slot, &cells, err);
        for (size_t i = 0; rc == 0 && i < cells.count; i++) {
            size_t first;
            if (import_index_span(&lessons, cells.labels[i].label, &first) == 0)
                import_wrong(im, IMPORT_P_NO_LESSON, files[f], cells.labels[i].row, "lesson",
                             cells.labels[i].label, NULL);
        }
        import_index_release(&cells);
    }
    import_index_release(&lessons);
    return rc;
}

static void need(struct import *im, size_t row, const char *column)
{
    if (import_get(im, IMPORT_CHANGES, row, column)[0] == '\0')
        import_wrong(im, IMPORT_P_EMPTY, IMPORT_CHANGES, row, column, NULL, NULL);
}

int import_rules_journal(struct import *im, struct base_err *err)
{
    for (size_t i = 0; i < import_rows(im, IMPORT_CHANGES); i++) {
        const char *kind = import_get(im, IMPORT_CHANGES, i, "kind");
        if (import_is(kind, "замена"))
            need(im, i, "taught_by");
        if (import_is(kind, "перенос")) {
            need(im, i, "new_date");
            need(im, i, "new_lesson");
        }
    }
    return check_lessons(im, err);
}
