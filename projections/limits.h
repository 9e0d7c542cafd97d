/* Every limit of the projections, with its name. */
#pragma once

#define PROJ_KEY_LEN_MAX 128u /* a fact's key without its position */
#define PROJ_MAP_SIZE                                                                              \
    (8ull << 30)                   /* address space of the environment; the file grows as needed   \
                                    */
#define PROJ_FIELD_DEPTH_MAX 4u    /* a tuple in a list in a tuple in a list */
#define PROJ_FIELD_PATH_MAX 64u    /* "cells.63.3" */
#define PROJ_OFFICER_COUNT_MAX 15u /* school.founded: officers */
#define PROJ_CELL_COUNT_MAX 64u    /* cells of one event: a class and its guests */
#define PROJ_ERASED_VALUE_COUNT_MAX 64u /* values that one value.erased names */
#define PROJ_VOID_COUNT_PAIR_MAX 200    /* more covered events than that: root must report */
#define PROJ_VOID_DAYS_PAIR_MAX 30      /* a cut further back than that: root must report */
#define PROJ_REPORTS_PER_DAY_MAX 20     /* reports of one officer in 24 hours */
#define PROJ_OWN_REPORTS_PER_DAY_MAX 5  /* reports of one's own keys in 24 hours */
#define PROJ_NAME_PART_LEN_MAX 120      /* bytes of a surname, a given name, a patronymic */
#define PROJ_SESSION_HOURS_MAX 12       /* life of a session key */
#define PROJ_PAGE_CELL_COUNT_MAX 200000 /* cells of one journal page */
#define PROJ_LESSON_FILE_COUNT_MAX 10u  /* files with one lesson's homework */
#define PROJ_FILE_LEN_MAX 104857600     /* bytes that a file may be said to have */
#define PROJ_SETTING_NAME_LEN_MAX 40u   /* bytes of a setting's name */
#define PROJ_VKEY_LEN_MAX 400u          /* bytes of a verifier key: name, hash, key */
#define PROJ_BULK_LEN_MAX (256u << 20)  /* bytes that a rebuild keeps before it writes */
