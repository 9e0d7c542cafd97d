/* The files of an import, column by column (specs/import.md): one table makes the check, the
 * messages and the reading. Threads: static data. */
#pragma once

#include <stdbool.h>

/* In the order in which they are taken over: what refers comes after what it refers to. */
enum import_file {
    IMPORT_STAFF,
    IMPORT_SUBJECTS,
    IMPORT_CLASSES,
    IMPORT_GROUPS,
    IMPORT_PUPILS,
    IMPORT_MEMBERS,
    IMPORT_TEACHING,
    IMPORT_CALENDAR,
    IMPORT_BELLS,
    IMPORT_TIMETABLE,
    IMPORT_PLAN,
    IMPORT_WORKS,
    IMPORT_PARENTS,
    IMPORT_CONSENTS,
    /* old records, with --journal */
    IMPORT_CHANGES,
    IMPORT_LESSONS,
    IMPORT_ATTENDANCE,
    IMPORT_MARKS,
    IMPORT_PERIOD_MARKS,
    IMPORT_FILE_COUNT,
};
#define IMPORT_JOURNAL_FIRST IMPORT_CHANGES

enum import_type {
    IMPORT_TEXT,   /* min … max bytes */
    IMPORT_NUMBER, /* min … max */
    IMPORT_DATE,   /* 2026-09-01 or 01.09.2026 */
    IMPORT_TIME,   /* 08:30 */
    IMPORT_MOMENT, /* 2026-09-01T08:06:00+03:00; without an offset: the school's */
    IMPORT_CHOICE, /* one of `choices` */
    IMPORT_GRADES, /* "1-9" or "5" */
    IMPORT_EMAIL,
    IMPORT_PHONE,
    IMPORT_MARK,         /* "4" or "4/5" */
    IMPORT_REF,          /* the id of a row of `ref` */
    IMPORT_TARGET,       /* the id of a class or a group */
    IMPORT_CLASSES_LIST, /* ids of classes, with semicolons */
};

struct import_column {
    const char *name, *ru;
    enum import_type type;
    bool required; /* the column is there and the cell is not empty */
    bool key;      /* two rows do not agree in all keys */
    long min, max;
    enum import_file ref;
    const char *const *choices; /* NULL-terminated */
};

struct import_schema {
    const char *name, *ru; /* of the file without its ending, and of a sheet */
    const struct import_column *columns;
    unsigned column_count;
    unsigned row_count_max;
    bool can_be_whole; /* what --whole NAME means is known */
};

extern const struct import_schema import_schemas[IMPORT_FILE_COUNT];
/* Files of the data set that an import leaves alone, on purpose. */
bool import_is_left_alone(const char *name);
/* The file of that name, its Russian one allowed; IMPORT_FILE_COUNT when there is none. */
enum import_file import_file_named(const char *name);
