#include "projections/work_names.h"

#include <string.h>

const char *const proj_work_names[PROJ_WORK_NAME_COUNT + 1] = {"",
                                                               "ответ на уроке",
                                                               "домашняя работа",
                                                               "самостоятельная работа",
                                                               "контрольная работа",
                                                               "диктант",
                                                               "сочинение",
                                                               "лабораторная работа",
                                                               "практическая работа",
                                                               "тест",
                                                               "проект",
                                                               "зачёт",
                                                               "изложение",
                                                               "проверочная работа",
                                                               "наизусть",
                                                               NULL};

unsigned proj_work_of(const char *name)
{
    for (unsigned i = 1; i < PROJ_WORK_NAME_COUNT; i++) {
        if (strcmp(proj_work_names[i], name) == 0)
            return i;
    }
    return 0;
}
