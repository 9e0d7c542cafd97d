/* The stories. Every one ends with what counts and what does not, position by position: nothing
 * that is not expected here may be void. */
#include "tests/projections/scenarios.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Telling */

static ledger_seq note(struct scene *s, ledger_seq seq, const char *ru, const char *en)
{
    assert_true(s->note_count < SCENE_NOTE_COUNT_MAX);
    s->notes[s->note_count].seq = seq;
    s->notes[s->note_count].ru = ru;
    s->notes[s->note_count++].en = en;
    return seq;
}

static struct person *who(struct scene *s, enum who which)
{
    return &s->world.people[which];
}

/* The draft, by `by`; it must be admitted. */
static ledger_seq done(struct scene *s, struct signer *by, const char *ru, const char *en)
{
    return note(s, world_do(&s->world, by, NULL), ru, en);
}

/* The draft, by `by`; it must be refused so. Its bytes are kept. */
static void refused(struct scene *s, struct signer *by, int code, const char *ru, const char *en)
{
    struct moment moment = world_moment(&s->world);
    int64_t counter = by->counter;
    unsigned i = s->refusal_count++;
    assert_true(i < SCENE_REFUSAL_COUNT_MAX);
    s->refusals[i].after = world_size(&s->world);
    s->refusals[i].code = code;
    s->refusals[i].ru = ru;
    s->refusals[i].en = en;
    draft_build(&s->world.draft, &moment, by, &s->refusals[i].event);
    by->counter = counter;
    assert_int_equal(world_try(&s->world, by, NULL), code);
}

static ledger_seq marked(struct scene *s, struct signer *by, enum pupil pupil, unsigned value,
                         ledger_seq prev, const char *ru, const char *en)
{
    const char *comment = by == &who(s, CORRECTOR)->session ? "проверено" : NULL;
    act_mark(&s->world.draft, s->world.lesson, s->world.pupils[pupil], value, comment, prev);
    return done(s, by, ru, en);
}

static struct told reported(struct scene *s, struct signer *by, enum who target,
                            const struct ledger_key *key, base_time_ms breach_ms, const char *ru,
                            const char *en)
{
    world_tick(&s->world);
    struct told told = world_report(&s->world, by, who(s, target), key, breach_ms);
    note(s, told.seq, ru, en);
    return told;
}

static void received(struct scene *s, enum who officer, const struct told *told, const char *ru,
                     const char *en)
{
    world_tick(&s->world);
    assert_int_equal(world_receive(&s->world, &who(s, officer)->session, told, officer + 1u), 0);
    note(s, world_size(&s->world) - 1, ru, en);
}

static void overruled(struct scene *s, struct signer *by, const struct told *told, const char *ru,
                      const char *en)
{
    world_tick(&s->world);
    assert_int_equal(world_overrule(&s->world, by, told), 0);
    note(s, world_size(&s->world) - 1, ru, en);
}

/* Exactly these positions are void, for these reasons: pairs of (position, reason), ended by
 * LEDGER_SEQ_NONE. */
struct verdict {
    ledger_seq seq;
    enum proj_void_reason reason;
};
#define COVERED(seq_)                                                                              \
    {                                                                                              \
        seq_, PROJ_VOID_COVERED                                                                    \
    }
#define UNGROUNDED(seq_)                                                                           \
    {                                                                                              \
        seq_, PROJ_VOID_UNGROUNDED                                                                 \
    }
#define END                                                                                        \
    {                                                                                              \
        LEDGER_SEQ_NONE, PROJ_COUNTS                                                               \
    }

static void void_is(struct scene *s, const struct verdict *wanted)
{
    struct proj_txn *txn = world_read(&s->world);
    ledger_seq size = world_size(&s->world);
    for (ledger_seq seq = 0; seq < size; seq++) {
        enum proj_void_reason reason = PROJ_COUNTS;
        for (const struct verdict *v = wanted; v->seq != LEDGER_SEQ_NONE; v++)
            reason = v->seq == seq ? v->reason : reason;
        if (proj_void_get(txn, seq).reason != reason)
            fail_msg("at size %d position %d is %d, wanted %d", (int)size, (int)seq,
                     (int)proj_void_get(txn, seq).reason, (int)reason);
    }
    world_read_end(txn);
}

static void nothing_is_void(struct scene *s)
{
    static const struct verdict none[] = {END};
    void_is(s, none);
}

/* The theft begins now: an honest moment has passed. */
static base_time_ms theft(struct scene *s)
{
    world_tick(&s->world);
    return s->world.now_ms;
}

/* The scenarios */

static void forged_under_correction(struct scene *s)
{
    struct person *teacher = who(s, TEACHER);
    ledger_seq three = marked(s, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE,
                              "Учительница ставит 3.", "The teacher gives a 3.");
    base_time_ms breach = theft(s);
    ledger_seq five = marked(s, &teacher->session, ANYA, 5, three, "Вор исправляет 3 на 5.",
                             "The thief makes it a 5.");
    marked(s, &who(s, CORRECTOR)->session, ANYA, 4, five,
           "Завуч честно исправляет увиденную 5 на 4.",
           "The deputy head honestly corrects the 5 that she saw to a 4.");
    struct told told =
        reported(s, &who(s, HEAD)->session, TEACHER, &teacher->session.key, breach,
                 "Директор сообщает о взломе сеанса.", "The head reports the session as stolen.");
    nothing_is_void(s);
    received(s, HEAD, &told, "Директор подтверждает получение.", "The head confirms receipt.");
    nothing_is_void(s);
    received(s, SUPPORT, &told, "Техподдержка подтверждает: сообщение в силе.",
             "Support confirms: the report stands.");
    void_is(s, (const struct verdict[]){COVERED(five), END});
    assert_int_equal(world_value(&s->world, s->world.lesson, ANYA), 4);
}

static void officers_accuse_each_other(struct scene *s)
{
    struct person *head = who(s, HEAD);
    struct person *support = who(s, SUPPORT);
    base_time_ms breach = theft(s);
    struct act_report back;
    struct told told = reported(s, &head->session, SUPPORT, &support->key.key, breach,
                                "Директор обвиняет техподдержку.", "The head accuses support.");
    world_report_of(&s->world, head, &head->key.key, breach, &back);
    act_report(&s->world.draft, &back);
    refused(s, &support->session, PROJ_REFUSED_CLOSED_KEY,
            "Техподдержка обвиняет в ответ: её ключ уже закрыт.",
            "Support accuses back: its key is closed already.");
    nothing_is_void(s);
    act_subject(&s->world.draft, s->world.pupils[DIMA], true, "Черчение");
    refused(s, &head->session, PROJ_REFUSED_FROZEN, "До решения приостановлен и обвинитель.",
            "Until it is decided the accuser is suspended, too.");
    received(s, HEAD, &told, "Директор подтверждает собственное сообщение.",
             "The head confirms his own report.");
    nothing_is_void(s);
    received(s, DEPUTY, &told, "Заместитель подтверждает: двое против одного.",
             "The deputy confirms: two against one.");
    nothing_is_void(s); /* support had done nothing since */
    act_subject(&s->world.draft, s->world.pupils[DIMA], true, "Черчение");
    done(s, &head->session, "Решено: директор снова свободен.", "Decided: the head is free again.");
    nothing_is_void(s);
}

static void thief_with_an_officers_account(struct scene *s)
{
    struct world *w = &s->world;
    struct person *support = who(s, SUPPORT);
    struct person *teacher = who(s, TEACHER);
    struct person crony = {0};
    ledger_seq honest = marked(s, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE,
                               "Учительница ставит 3.", "The teacher gives a 3.");
    base_time_ms breach = theft(s);
    ledger_seq first = world_size(w);
    world_person(w, &support->session, &crony, 2, "Подставной");
    note(s, first, "Вор с учётной записью техподдержки открывает учётную запись сообщнику.",
         "A thief with support's account opens an account for a crony.");
    note(s, first + 1, "Приглашение для сообщника.", "An invitation for the crony.");
    note(s, first + 2, "Ключ сообщника.", "The crony's key.");
    act_grant(&w->draft, crony.account, PROJ_ROLE_OFFICE, NULL, w->today - 1);
    ledger_seq granted = done(s, &support->session, "Сообщник получает роль канцелярии.",
                              "The crony is made office.");
    proj_id subject;
    world_new_id(w, subject);
    act_subject(&w->draft, subject, true, "Хиромантия");
    ledger_seq made = done(s, &crony.key, "Сообщник заводит предмет.", "The crony adds a subject.");
    struct told false_report =
        reported(s, &support->session, TEACHER, &teacher->key.key, w->now_ms - 3600000,
                 "Вор «сообщает» о взломе учительницы: её ключ закрыт.",
                 "The thief “reports” the teacher: her key is closed.");
    received(s, SUPPORT, &false_report, "Вор сам подтверждает: одного голоса мало.",
             "The thief confirms it himself: one voice is not enough.");
    nothing_is_void(s);
    struct told told =
        reported(s, &who(s, HEAD)->session, SUPPORT, &support->key.key, breach,
                 "Директор сообщает о взломе техподдержки.", "The head reports support as stolen.");
    received(s, HEAD, &told, "Директор подтверждает.", "The head confirms.");
    received(s, DEPUTY, &told, "Заместитель подтверждает: сообщение в силе.",
             "The deputy confirms: the report stands.");
    void_is(s, (const struct verdict[]){COVERED(first), COVERED(first + 1), UNGROUNDED(first + 2),
                                        COVERED(granted), UNGROUNDED(made), END});
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    refused(s, &teacher->session, PROJ_REFUSED_CLOSED_KEY,
            "Ключ учительницы закрыт навсегда: ей дадут новый. Её прошлое не тронуто.",
            "The teacher's key stays closed: she gets a new one. Her past is untouched.");
    assert_true(world_counts(w, honest));
}

static void class_teacher_opened_families(struct scene *s)
{
    struct world *w = &s->world;
    struct person *stolen = who(s, CLASS_TEACHER);
    struct person crony = {0};
    base_time_ms breach = theft(s);
    world_new_id(w, crony.account);
    act_account(&w->draft, crony.account, 3, "Подставной");
    ledger_seq opened = done(s, &stolen->session, "Вор открывает учётную запись «родителя».",
                             "The thief opens a “parent's” account.");
    act_grant(&w->draft, crony.account, PROJ_ROLE_PARENT, w->pupils[ANYA], w->today);
    ledger_seq granted =
        done(s, &stolen->session, "Роль родителя Ани.", "The role of Anya's parent.");
    world_enrol_again(w, &stolen->session, &crony);
    ledger_seq invited = world_size(w) - 2;
    ledger_seq enrolled = world_size(w) - 1;
    note(s, invited, "Приглашение.", "An invitation.");
    note(s, enrolled, "Ключ «родителя».", "The “parent's” key.");
    world_login(w, &crony);
    ledger_seq session = note(s, world_size(w) - 1, "«Родитель» входит и читает дневник.",
                              "The “parent” logs in and reads the diary.");
    struct told told = reported(s, &who(s, HEAD)->session, CLASS_TEACHER, &stolen->key.key, breach,
                                "Сообщение о взломе классного руководителя.",
                                "The class teacher is reported as stolen.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(opened), COVERED(granted), COVERED(invited),
                                        UNGROUNDED(enrolled), UNGROUNDED(session), END});
    act_session_close(&w->draft, &crony.session.key);
    refused(s, &crony.session, PROJ_REFUSED_UNKNOWN_KEY, "Ключ «родителя» больше не известен.",
            "The “parent's” key is not known any more.");
}

static void invented_lesson(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    proj_id lesson;
    base_time_ms breach = theft(s);
    ledger_seq invented = world_lesson(w, &teacher->session, teacher, 2, lesson);
    struct ledger_hash invented_id = w->receipt.id;
    note(s, invented, "Вор выдумывает урок.", "The thief invents a lesson.");
    act_mark(&w->draft, lesson, w->pupils[ANYA], 4, "по ведомости", LEDGER_SEQ_NONE);
    ledger_seq honest = done(s, &who(s, CORRECTOR)->session, "Завуч честно ставит на нём отметку.",
                             "The deputy head honestly puts a mark on it.");
    struct ledger_hash honest_id = w->receipt.id;
    struct told told =
        reported(s, &who(s, HEAD)->session, TEACHER, &teacher->key.key, breach,
                 "Сообщение о взломе учительницы.", "The teacher is reported as stolen.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(invented), UNGROUNDED(honest), END});
    world_enrol_again(w, &who(s, HEAD)->session, teacher);
    note(s, world_size(w) - 2, "Новое приглашение учительнице.",
         "A new invitation for the teacher.");
    note(s, world_size(w) - 1, "Её новый ключ.", "Her new key.");
    world_login(w, teacher);
    note(s, world_size(w) - 1, "Она входит.", "She logs in.");
    act_lesson(&w->draft, lesson, w->class_a, w->maths, teacher->account, teacher->account,
               w->today, 2);
    w->draft.quote = &invented_id;
    done(s, &teacher->session, "Урок был: она подтверждает его, цитируя недействительную запись.",
         "There was a lesson: she affirms it, quoting the void entry.");
    void_is(s, (const struct verdict[]){COVERED(invented), UNGROUNDED(honest), END});
    act_mark(&w->draft, lesson, w->pupils[ANYA], 4, "по ведомости", LEDGER_SEQ_NONE);
    w->draft.quote = &honest_id;
    done(s, &who(s, CORRECTOR)->session, "Завуч подтверждает свою отметку.",
         "The deputy head affirms her mark.");
    void_is(s, (const struct verdict[]){COVERED(invented), UNGROUNDED(honest), END});
    assert_int_equal(world_value(w, lesson, ANYA), 4);
}

static void overruled_after_reaffirmation(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    struct signer old = teacher->key;
    base_time_ms breach = theft(s);
    ledger_seq mine = marked(s, &teacher->session, ANYA, 4, LEDGER_SEQ_NONE,
                             "Учительница ставит 4.", "The teacher gives a 4.");
    struct ledger_hash mine_id = w->receipt.id;
    ledger_seq other =
        marked(s, &teacher->session, BORYA, 3, LEDGER_SEQ_NONE, "И 3 Боре.", "And a 3 to Borya.");
    struct told told = reported(s, &who(s, HEAD)->session, TEACHER, &teacher->key.key, breach,
                                "Ошибочное сообщение о взломе.", "A mistaken report.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(mine), COVERED(other), END});
    world_enrol_again(w, &who(s, HEAD)->session, teacher);
    note(s, world_size(w) - 2, "Новое приглашение.", "A new invitation.");
    note(s, world_size(w) - 1, "Новый ключ.", "A new key.");
    world_login(w, teacher);
    note(s, world_size(w) - 1, "Она входит.", "She logs in.");
    act_mark(&w->draft, w->lesson, w->pupils[ANYA], 4, NULL, LEDGER_SEQ_NONE);
    w->draft.quote = &mine_id;
    ledger_seq again = done(s, &teacher->session, "«Это была я»: 4 подтверждена новым ключом.",
                            "“That was me”: the 4 is affirmed with the new key.");
    overruled(s, &who(s, HEAD)->session, &told, "Директор отзывает сообщение.",
              "The head overrules the report.");
    void_is(s, (const struct verdict[]){COVERED(mine), COVERED(other), END});
    overruled(s, &who(s, SUPPORT)->session, &told, "И техподдержка: всё снова действует.",
              "And support: everything counts again.");
    nothing_is_void(s);
    assert_true(world_counts(w, again));
    assert_int_equal(world_value(w, w->lesson, BORYA), 3);
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    refused(s, &old, PROJ_REFUSED_CLOSED_KEY, "Старый ключ остаётся закрытым.",
            "The old key stays closed.");
}

static void overlapping_reports(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    base_time_ms earlier = theft(s);
    ledger_seq first = marked(s, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE, "Первая подделка.",
                              "The first forgery.");
    base_time_ms later = theft(s);
    ledger_seq second = marked(s, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE, "Вторая подделка.",
                               "The second forgery.");
    struct told narrow = reported(s, &who(s, HEAD)->session, TEACHER, &teacher->key.key, later,
                                  "Директор: взлом со второй.", "The head: since the second.");
    struct told wide = reported(s, &who(s, SUPPORT)->session, TEACHER, &teacher->key.key, earlier,
                                "Техподдержка: взлом с первой.", "Support: since the first.");
    received(s, HEAD, &narrow, "Первое подтверждение узкого.", "First receipt of the narrow one.");
    received(s, SUPPORT, &narrow, "Второе: узкое сообщение в силе.",
             "Second: the narrow report stands.");
    void_is(s, (const struct verdict[]){COVERED(second), END});
    received(s, HEAD, &wide, "Первое подтверждение широкого.", "First receipt of the wide one.");
    received(s, DEPUTY, &wide, "Второе: граница ниже, добавилась первая подделка.",
             "Second: the cut is lower, the first forgery falls as well.");
    void_is(s, (const struct verdict[]){COVERED(first), COVERED(second), END});
    overruled(s, &who(s, HEAD)->session, &wide, "Широкое отзывает директор,",
              "The head overrules the wide one,");
    overruled(s, &who(s, DEPUTY)->session, &wide, "и заместитель: узкое остаётся.",
              "and the deputy: the narrow one remains.");
    void_is(s, (const struct verdict[]){COVERED(second), END});
    assert_int_equal(world_value(w, w->lesson, ANYA), 5);
}

static void one_session(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    struct signer stolen = teacher->session;
    base_time_ms breach = theft(s);
    ledger_seq forged =
        marked(s, &stolen, ANYA, 5, LEDGER_SEQ_NONE, "Ученик за незапертым компьютером ставит 5.",
               "A pupil at the unlocked computer puts a 5.");
    world_login(w, teacher);
    note(s, world_size(w) - 1, "Учительница входит дома.", "The teacher logs in at home.");
    marked(s, &teacher->session, BORYA, 4, LEDGER_SEQ_NONE, "И ставит 4 Боре.",
           "And gives Borya a 4.");
    struct told told =
        reported(s, &teacher->session, TEACHER, &stolen.key, breach,
                 "Она сообщает: тот сеанс был не мой.", "She reports: that session was not mine.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(forged), END});
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    refused(s, &stolen, PROJ_REFUSED_CLOSED_KEY, "Закрыт только тот сеанс.",
            "Only that session is closed.");
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    done(s, &teacher->session, "Другой её сеанс работает дальше.",
         "Her other session goes on working.");
    void_is(s, (const struct verdict[]){COVERED(forged), END});
}

static void offline_after_the_lock(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    base_time_ms breach = theft(s);
    ledger_seq forged = marked(s, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE, "Вор ставит 5.",
                               "The thief puts a 5.");
    struct told told =
        reported(s, &who(s, HEAD)->session, TEACHER, &teacher->key.key, breach,
                 "Сообщение о взломе; ключ закрыт.", "The report; the key is closed.");
    act_mark(&w->draft, w->lesson, w->pupils[BORYA], 4, NULL, LEDGER_SEQ_NONE);
    refused(s, &teacher->session, PROJ_REFUSED_CLOSED_KEY,
            "Честная отметка, поставленная без связи до взлома, приходит после: не принята.",
            "An honest mark made offline before the theft arrives after the lock: refused.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(forged), END});
    world_enrol_again(w, &who(s, HEAD)->session, teacher);
    note(s, world_size(w) - 2, "Новое приглашение.", "A new invitation.");
    note(s, world_size(w) - 1, "Новый ключ.", "A new key.");
    world_login(w, teacher);
    note(s, world_size(w) - 1, "Она входит.", "She logs in.");
    marked(s, &teacher->session, BORYA, 4, LEDGER_SEQ_NONE, "И ставит 4 Боре заново.",
           "And gives Borya his 4 anew.");
    void_is(s, (const struct verdict[]){COVERED(forged), END});
}

static void equal_timestamps(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    ledger_seq before =
        marked(s, &teacher->session, VERA, 3, LEDGER_SEQ_NONE,
               "Честная отметка, миллисекундой раньше.", "An honest mark, a millisecond earlier.");
    base_time_ms breach = theft(s);
    ledger_seq one = marked(s, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE,
                            "Часы стоят: первая запись этого мгновения.",
                            "The clock stands still: the first entry of that moment.");
    w->now_ms -= 60000; /* stepped back: recorded_at is held */
    ledger_seq two = marked(s, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE,
                            "Часы ушли назад; записано тем же мгновением.",
                            "The clock went back; recorded at the same moment.");
    assert_int_equal(world_recorded(w, one), world_recorded(w, two));
    assert_int_equal(world_recorded(w, one), breach);
    w->now_ms += 60000;
    struct told told = reported(s, &who(s, HEAD)->session, TEACHER, &teacher->session.key, breach,
                                "Взлом — с этого мгновения: граница у первой записи.",
                                "The breach is at that moment: the cut is the first entry.");
    assert_int_equal(told.report.cut, one);
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(one), COVERED(two), END});
    assert_true(world_counts(w, before));
}

static void pair_whose_signer_fell(struct scene *s)
{
    struct world *w = &s->world;
    struct person *teacher = who(s, TEACHER);
    struct person *head = who(s, HEAD);
    base_time_ms false_moment = theft(s);
    ledger_seq honest = marked(s, &teacher->session, ANYA, 3, LEDGER_SEQ_NONE,
                               "Учительница ставит 3.", "The teacher gives a 3.");
    base_time_ms breach = theft(s);
    struct told told = reported(s, &head->session, TEACHER, &teacher->session.key, false_moment,
                                "Вор с ключом директора «сообщает» об учительнице.",
                                "A thief with the head's key “reports” the teacher.");
    received(s, HEAD, &told, "Он же подтверждает.", "And confirms it.");
    received(s, SUPPORT, &told, "Техподдержка поверила: 3 не считается.",
             "Support believed it: the 3 does not count.");
    void_is(s, (const struct verdict[]){COVERED(honest), END});
    reported(s, &w->root, HEAD, &head->key.key, breach,
             "Резервный ключ школы: ключ директора украден. Пара распалась, 3 снова считается.",
             "Root: the head's key is stolen. The pair falls, the 3 counts again.");
    nothing_is_void(s);
    act_topic(&w->draft, w->lesson, "Дроби", LEDGER_SEQ_NONE);
    refused(s, &teacher->session, PROJ_REFUSED_CLOSED_KEY,
            "Сеанс учительницы закрыт навсегда: войдёт заново.",
            "The teacher's session stays closed: she logs in anew.");
}

static void breach_was_earlier(struct scene *s)
{
    struct person *teacher = who(s, TEACHER);
    base_time_ms earlier = theft(s);
    ledger_seq first = marked(s, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE,
                              "Подделка, которую не заметили.", "A forgery that nobody noticed.");
    base_time_ms later = theft(s);
    ledger_seq second = marked(s, &teacher->session, BORYA, 5, LEDGER_SEQ_NONE,
                               "Подделка, которую заметили.", "A forgery that was noticed.");
    struct told told = reported(s, &who(s, HEAD)->session, TEACHER, &teacher->session.key, later,
                                "Сообщение о взломе.", "The report.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(second), END});
    struct act_report again;
    world_report_of(&s->world, teacher, &teacher->session.key, later, &again);
    act_report(&s->world.draft, &again);
    refused(s, &who(s, HEAD)->session, PROJ_REFUSED_EXISTS,
            "Второе такое же сообщение того же лица ничего не добавляет.",
            "A second report of the same by the same person says nothing new.");
    told = reported(s, &who(s, HEAD)->session, TEACHER, &teacher->session.key, earlier,
                    "Взлом был раньше: новое сообщение с более ранней границей.",
                    "The breach was earlier: a new report with a lower cut.");
    received(s, HEAD, &told, "Подтверждение директора.", "The head's receipt.");
    received(s, SUPPORT, &told, "Подтверждение техподдержки.", "Support's receipt.");
    void_is(s, (const struct verdict[]){COVERED(first), COVERED(second), END});
}

static void report_is(struct scene *s, ledger_seq seq, ledger_seq report)
{
    assert_int_equal(world_void_of(&s->world, seq).cause, report);
}

static void equal_cuts(struct scene *s)
{
    struct person *teacher = who(s, TEACHER);
    base_time_ms moment = theft(s);
    ledger_seq forged = marked(s, &teacher->session, ANYA, 5, LEDGER_SEQ_NONE,
                               "Подделка: украденный сеанс ставит пятёрку.",
                               "A forgery: the stolen session gives a 5.");
    struct told above =
        reported(s, &s->world.root, TEACHER, &teacher->key.key, moment,
                 "Корень сообщает об учётной записи.", "Root reports the account's key.");
    void_is(s, (const struct verdict[]){COVERED(forged), END});
    report_is(s, forged, above.seq);
    struct told own = reported(s, &s->world.root, TEACHER, &teacher->session.key, moment,
                               "И о самом сеансе, с той же границей: запись теперь за ним.",
                               "And the session itself, with the same cut: the entry is its now.");
    report_is(s, forged, own.seq);
    struct told again = reported(s, &s->world.root, TEACHER, &teacher->session.key, moment,
                                 "Ещё раз то же: остаётся более раннее сообщение.",
                                 "The same once more: the older report stays.");
    report_is(s, forged, own.seq);
    overruled(s, &s->world.root, &own, "Корень отзывает первое сообщение о сеансе.",
              "Root overrules the first report on the session.");
    report_is(s, forged, again.seq);
    overruled(s, &s->world.root, &again, "И второе: остаётся сообщение об учётной записи.",
              "And the second: the report on the account's key is left.");
    report_is(s, forged, above.seq);
    void_is(s, (const struct verdict[]){COVERED(forged), END});
}

const struct scenario scenarios[] = {
    {"01-forged-mark-under-an-honest-correction", "Поддельная отметка под честным исправлением",
     "A forged mark under an honest correction", forged_under_correction},
    {"02-officers-who-accuse-each-other", "Двое должностных лиц обвиняют друг друга",
     "Two officers who accuse each other", officers_accuse_each_other},
    {"03-thief-with-an-officers-account", "Вор с учётной записью должностного лица",
     "A thief with an officer's account", thief_with_an_officers_account},
    {"04-class-teacher-who-opened-families", "Украденный классный руководитель открыл семьи",
     "A class teacher's stolen account that opened family accounts", class_teacher_opened_families},
    {"05-invented-lesson-with-honest-marks", "Выдуманный урок с честными отметками",
     "A lesson invented by a thief with honest marks on it", invented_lesson},
    {"06-overruled-after-reaffirmations", "Сообщение отозвано после подтверждений",
     "A report overruled after reaffirmations", overruled_after_reaffirmation},
    {"07-overlapping-reports", "Два пересекающихся сообщения", "Two overlapping reports",
     overlapping_reports},
    {"08-one-session-only", "Сообщение только об одном сеансе", "A report on one session only",
     one_session},
    {"09-offline-edit-after-the-lock", "Запись без связи пришла после закрытия",
     "An offline edit that arrives after the lock", offline_after_the_lock},
    {"10-equal-timestamps", "Равные времена и стоящие часы",
     "Equal timestamps and a clock that stood still", equal_timestamps},
    {"11-pair-whose-signer-fell", "Пара, один из которой сам украден",
     "A pair one of whom was stolen himself", pair_whose_signer_fell},
    {"12-the-breach-was-earlier", "Взлом был раньше, чем думали",
     "The breach was earlier than thought", breach_was_earlier},
    {"13-equal-cuts", "Равные границы", "Equal cuts", equal_cuts},
};
const unsigned scenario_count = sizeof scenarios / sizeof scenarios[0];
