/* One slot a lesson, by its id; whoever comes later takes it. */
#include "projections/known_lessons.h"

/* Ids are mostly random; those that count up differ in their last bytes. */
static struct proj_known_lesson *slot_of(struct proj_known_lessons *known, const proj_id lesson)
{
    uint64_t head = base_get_be64(lesson);
    uint64_t tail = base_get_be64(lesson + LEDGER_ID_LEN - sizeof tail);
    return &known->slots[(head ^ tail) % PROJ_KNOWN_LESSON_COUNT];
}

void proj_known_forget_all(struct proj_known_lessons *known)
{
    known->age++;
}

void proj_known_forget(struct proj_known_lessons *known, const proj_id lesson)
{
    struct proj_known_lesson *slot = proj_known_find(known, lesson);
    if (slot != NULL)
        slot->age = known->age - 1;
}

struct proj_known_lesson *proj_known_find(struct proj_known_lessons *known, const proj_id lesson)
{
    struct proj_known_lesson *slot = slot_of(known, lesson);
    bool there = slot->age == known->age && memcmp(slot->lesson.id, lesson, LEDGER_ID_LEN) == 0;
    return there ? slot : NULL;
}

struct proj_known_lesson *proj_known_keep(struct proj_known_lessons *known,
                                          const struct proj_lesson *lesson)
{
    struct proj_known_lesson *slot = slot_of(known, lesson->id);
    *slot = (struct proj_known_lesson){.age = known->age, .lesson = *lesson};
    return slot;
}
