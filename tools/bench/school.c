/* Builds the school in batches of one commit each. Every id, key and salt is a number in disguise,
 * so the same size makes the same log. */
#include "tools/bench/school.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ledger/tree.h"
#include "tools/common/draft.h"

#define BATCH 256u
#define TEACHER_COUNT BENCH_CLASS_COUNT
#define SUBJECT_COUNT BENCH_SUBJECT_COUNT
#define PUPIL_COUNT BENCH_PUPIL_COUNT
#define FOUNDED_MS INT64_C(1787551200000) /* 2026-08-24T09:00+03:00 */
#define YEAR_LATER_MS INT64_C(20000000000)
#define EVENT_MS 2 /* between two entries */
#define CORRECTED_EVERY 20u

enum { ROOT, HEAD, SUPPORT, DEPUTY, CORRECTOR, TEACHER_FIRST };
#define PERSON_COUNT (TEACHER_FIRST + TEACHER_COUNT)

struct author {
    proj_id account;
    struct ledger_key key;
    uint8_t secret[64];
    int64_t counter;
};

#define OPENING_COUNT_MAX 3u /* of one event */

/* A submission that waits for its commit, with what it borrows. */
struct slot {
    struct base_buf bytes;
    struct ledger_opening openings[OPENING_COUNT_MAX];
    uint32_t opening_count;
    uint8_t salt[LEDGER_SALT_LEN];
};

struct build {
    struct bench_school *school;
    struct proj_engine *engine;
    struct ledger_log *log;
    struct tool_draft draft;
    struct author people[PERSON_COUNT];
    struct bench_teaching teaching[TEACHER_COUNT];
    bool signs; /* signatures, cosignatures and openings are real */
    struct slot slots[BATCH];
    struct ledger_submission submissions[BATCH];
    struct ledger_submission *pointers[BATCH];
    struct ledger_receipt receipts[BATCH];
    uint32_t waiting;
    uint64_t made;
    uint64_t lesson_count;
    unsigned lessons_a_day;
    struct base_buf *wire; /* where the next event goes, signed, instead of the log; else NULL */
    int fault;
    struct base_err *err;
};

static void id_of(char kind, uint64_t number, proj_id out)
{
    memset(out, kind, LEDGER_ID_LEN);
    base_set_be64(out + 8, number);
}

static void pair_of(uint64_t number, struct ledger_key *out, uint8_t out_secret[64])
{
    uint8_t seed[LEDGER_SEED_LEN] = {'b', 'e', 'n', 'c', 'h', 's'};
    base_set_be64(seed + LEDGER_SEED_LEN - 8, number);
    ledger_key_from_seed(seed, out, out_secret);
}

static void key_of(uint64_t number, struct ledger_key *out)
{
    uint8_t secret[64];
    pair_of(number, out, secret);
}

/* The commitment of a sealed field of the next event, with its opening; without signatures one that
 * nothing opens. */
static void commit_to(struct build *b, const char *path, bool is_name,
                      uint8_t out_commitment[LEDGER_COMMITMENT_LEN])
{
    static const uint8_t name[] = {0x93, 0xa1, 'A', 0xa1, 'B', 0xa1, 'C'}; /* three texts */
    static const uint8_t text[] = {0xa1, 'T'};
    struct slot *slot = &b->slots[b->waiting];
    memset(out_commitment, 0, LEDGER_COMMITMENT_LEN);
    out_commitment[0] = 1;
    if (!b->signs)
        return;
    assert(slot->opening_count < OPENING_COUNT_MAX);
    struct ledger_opening *opening = &slot->openings[slot->opening_count++];
    base_set_be64(slot->salt, b->made + 1);
    *opening = (struct ledger_opening){.path = base_bytes_str(path),
                                       .salt = base_bytes_of(slot->salt, sizeof slot->salt),
                                       .value = is_name ? base_bytes_of(name, sizeof name)
                                                        : base_bytes_of(text, sizeof text)};
    ledger_sealed_commit(opening->path, slot->salt, opening->value, opening->commitment);
    memcpy(out_commitment, opening->commitment, LEDGER_COMMITMENT_LEN);
}

static void flush(struct build *b)
{
    if (b->fault == 0 && b->waiting > 0)
        b->fault = ledger_log_append(b->log, b->pointers, b->waiting, b->receipts, b->err);
    for (uint32_t i = 0; b->fault == 0 && i < b->waiting; i++) {
        if (b->receipts[i].code != 0)
            b->fault = BASE_FAIL(b->err, BASE_E_STATE, "event %.*s refused: %d %s",
                                 (int)b->submissions[i].event.kind.len,
                                 (const char *)b->submissions[i].event.kind.data,
                                 b->receipts[i].code, b->receipts[i].refusal.field);
    }
    for (uint32_t i = 0; i < BATCH; i++)
        b->slots[i].opening_count = 0;
    b->waiting = 0;
}

/* Signs for the author and for whoever else the kind wants, and finds the openings' subjects. */
static int sign(struct build *b, const struct author *author, struct ledger_submission *submission)
{
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_refusal refusal = {0};
    uint32_t count = 0;
    int code = proj_kinds_check(submission, true, cosigners, &count, &refusal);
    if (code != 0)
        return BASE_FAIL(b->err, BASE_E_STATE, "%s: refused: %d %s", b->draft.kind, code,
                         refusal.field);
    submission->signature_count = 1 + count;
    ledger_event_sign(submission->event_bytes, author->secret, &submission->signatures[0]);
    for (uint32_t i = 0; i < count; i++) {
        unsigned who = 0;
        while (who < PERSON_COUNT && !ledger_key_equal(&b->people[who].key, &cosigners[i]))
            who++;
        if (who == PERSON_COUNT)
            return BASE_FAIL(b->err, BASE_E_STATE, "%s: nobody's key", b->draft.kind);
        ledger_event_sign(submission->event_bytes, b->people[who].secret,
                          &submission->signatures[1 + i]);
    }
    return 0;
}

/* Signed and given out instead of appended. */
static void hand_out(struct build *b, const struct author *author,
                     const struct ledger_event_draft *draft)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_signature signature;
    b->fault = ledger_event_build(draft, &bytes, b->err);
    if (b->fault != 0)
        return;
    ledger_event_sign(base_buf_bytes(&bytes), author->secret, &signature);
    base_buf_reset(b->wire);
    b->fault =
        ledger_submission_build(base_buf_bytes(&bytes), &signature, 1, NULL, 0, b->wire, b->err);
}

/* The draft, by that author. */
static void emit_by(struct build *b, struct author *author)
{
    struct ledger_hash empty;
    struct ledger_refusal refusal;
    ledger_tree_empty(&empty);
    b->school->now_ms += EVENT_MS;
    const struct ledger_event_draft draft = {.log_id = b->made > 0 ? &b->school->log_id : NULL,
                                             .key = &author->key,
                                             .counter = ++author->counter,
                                             .claimed_ms = b->school->now_ms,
                                             .kind = b->draft.kind,
                                             .body = base_buf_bytes(&b->draft.body),
                                             .seen_root = &empty};
    if (b->fault != 0)
        return;
    if (b->wire != NULL) {
        hand_out(b, author, &draft);
        return;
    }
    struct slot *slot = &b->slots[b->waiting];
    struct ledger_submission *submission = &b->submissions[b->waiting];
    base_buf_reset(&slot->bytes);
    b->fault = ledger_event_build(&draft, &slot->bytes, b->err);
    *submission = (struct ledger_submission){.event_bytes = base_buf_bytes(&slot->bytes),
                                             .signature_count = 1,
                                             .openings = slot->openings,
                                             .opening_count = slot->opening_count};
    if (b->fault == 0 &&
        ledger_event_parse(submission->event_bytes, &submission->event, &refusal) != 0)
        b->fault = BASE_FAIL(b->err, BASE_E_FORMAT, "%s: %s", draft.kind, refusal.field);
    if (b->fault == 0 && b->signs)
        b->fault = sign(b, author, submission);
    if (b->made == 0)
        b->school->log_id = submission->event.id;
    b->pointers[b->waiting++] = submission;
    b->made++;
    if (b->waiting == BATCH)
        flush(b);
}

static void emit(struct build *b, unsigned who)
{
    emit_by(b, &b->people[who]);
}

static void put_commitment(struct build *b, const char *name)
{
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    commit_to(b, name, strcmp(name, "name") == 0, commitment);
    tool_draft_bin(&b->draft, name, commitment, sizeof commitment);
}

static void found(struct build *b)
{
    static const char *const paths[] = {"", "officers.0.4", "officers.1.4", "officers.2.4"};
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    struct tool_draft *d = &b->draft;
    uint8_t next[LEDGER_HASH_LEN] = {2};
    tool_draft_begin(d, "school.founded", 8);
    tool_draft_bool(d, "demo", true);
    tool_draft_text(d, "name", "Школа для измерений");
    tool_draft_bin(d, "next", next, sizeof next);
    tool_draft_list(d, "officers", 3);
    for (unsigned i = HEAD; i <= DEPUTY; i++) {
        static const unsigned roles[] = {0, PROJ_ROLE_HEAD, PROJ_ROLE_SUPPORT,
                                         PROJ_ROLE_DEPUTY_HEAD};
        proj_id person;
        id_of('o', i, person);
        commit_to(b, paths[i], true, commitment);
        ledger_canon_put_array(&d->body, 5);
        ledger_canon_put_bin(&d->body, b->people[i].account, LEDGER_ID_LEN);
        ledger_canon_put_int(&d->body, roles[i]);
        ledger_canon_put_bin(&d->body, b->people[i].key.bytes, LEDGER_KEY_LEN);
        ledger_canon_put_bin(&d->body, person, LEDGER_ID_LEN);
        ledger_canon_put_bin(&d->body, commitment, sizeof commitment);
    }
    tool_draft_int(d, "offset", 180);
    tool_draft_text(d, "origin", "bench.example/letopis");
    tool_draft_bin(d, "root", b->people[ROOT].key.bytes, LEDGER_KEY_LEN);
    tool_draft_text(d, "zone", "Europe/Moscow");
    emit(b, ROOT);
}

static void open_account(struct build *b, unsigned who)
{
    struct tool_draft *d = &b->draft;
    struct author invitation = {0};
    struct ledger_key emergency;
    proj_id person;
    id_of('o', who, person);
    pair_of(1000 + who, &invitation.key, invitation.secret);
    key_of(2000 + who, &emergency);
    tool_draft_begin(d, "account.opened", 4);
    tool_draft_id(d, "account", b->people[who].account);
    put_commitment(b, "name");
    tool_draft_id(d, "person", person);
    tool_draft_int(d, "stratum", 2);
    emit(b, HEAD);
    tool_draft_begin(d, "invitation.issued", 3);
    tool_draft_id(d, "account", b->people[who].account);
    tool_draft_bin(d, "emergency", emergency.bytes, LEDGER_KEY_LEN);
    tool_draft_bin(d, "invitation", invitation.key.bytes, LEDGER_KEY_LEN);
    emit(b, HEAD);
    tool_draft_begin(d, "key.enrolled", 2);
    tool_draft_id(d, "account", b->people[who].account);
    tool_draft_bin(d, "key", b->people[who].key.bytes, LEDGER_KEY_LEN);
    emit_by(b, &invitation);
}

void bench_school_subject(unsigned i, proj_id out)
{
    id_of('s', i + 1, out);
}

void bench_school_group(unsigned class_number, proj_id out)
{
    id_of('g', class_number + 1, out);
}

void bench_school_pupil(unsigned class_number, unsigned i, proj_id out)
{
    id_of('p', 1 + class_number * PUPIL_COUNT + i, out);
}

static void make_subjects(struct build *b)
{
    for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
        proj_id id;
        bench_school_subject(i, id);
        tool_draft_begin(&b->draft, "subject.created", 3);
        tool_draft_bool(&b->draft, "marked", true);
        tool_draft_text(&b->draft, "name", "Предмет");
        tool_draft_id(&b->draft, "subject", id);
        emit(b, DEPUTY);
    }
}

static void make_class(struct build *b, unsigned teacher)
{
    struct tool_draft *d = &b->draft;
    proj_id group;
    bench_school_group(teacher, group);
    tool_draft_begin(d, "group.created", 8);
    tool_draft_list(d, "classes", 0);
    tool_draft_int(d, "days", 6);
    tool_draft_int(d, "grade", 7);
    tool_draft_id(d, "group", group);
    tool_draft_int(d, "kind", PROJ_GROUP_CLASS);
    tool_draft_text(d, "name", "7А");
    tool_draft_int(d, "shift", 1);
    tool_draft_nil(d, "subject");
    emit(b, DEPUTY);
    for (unsigned i = 0; i < PUPIL_COUNT; i++) {
        proj_id pupil;
        bench_school_pupil(teacher, i, pupil);
        tool_draft_begin(d, "pupil.admitted", 7);
        put_commitment(b, "birth");
        tool_draft_id(d, "class", group);
        tool_draft_int(d, "from", b->school->first_day);
        put_commitment(b, "name");
        tool_draft_bool(d, "plan", false);
        tool_draft_id(d, "pupil", pupil);
        put_commitment(b, "sex");
        emit(b, DEPUTY);
    }
    for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
        proj_id subject;
        bench_school_subject(i, subject);
        tool_draft_begin(d, "teaching.assigned", 6);
        tool_draft_id(d, "account", b->people[TEACHER_FIRST + teacher].account);
        tool_draft_int(d, "from", b->school->first_day);
        tool_draft_id(d, "group", group);
        tool_draft_int(d, "hours", 5);
        tool_draft_id(d, "subject", subject);
        tool_draft_int(d, "to", b->school->last_day);
        emit(b, DEPUTY);
    }
}

static void make_corrector(struct build *b)
{
    open_account(b, CORRECTOR);
    tool_draft_begin(&b->draft, "role.granted", 5);
    tool_draft_id(&b->draft, "account", b->people[CORRECTOR].account);
    tool_draft_int(&b->draft, "from", 0);
    tool_draft_int(&b->draft, "role", PROJ_ROLE_CORRECTOR);
    tool_draft_nil(&b->draft, "scope");
    tool_draft_nil(&b->draft, "to");
    emit(b, HEAD);
}

/* The thief keeps to few pages, others use all their subjects in turn. */
static unsigned page_of(unsigned teacher, uint64_t lesson_count)
{
    return (unsigned)(lesson_count % (teacher == 0 ? BENCH_THEFT_PAGE_COUNT : SUBJECT_COUNT));
}

static void open_lesson(struct build *b, unsigned teacher)
{
    struct tool_draft *d = &b->draft;
    struct bench_teaching *t = &b->teaching[teacher];
    unsigned pages = teacher == 0 ? BENCH_THEFT_PAGE_COUNT : SUBJECT_COUNT;
    uint64_t on_page = t->lesson_count / pages;
    unsigned in_shift = b->lessons_a_day < 20 ? b->lessons_a_day : 20;
    proj_id lesson, group, subject;
    id_of('l', ++b->lesson_count, lesson);
    bench_school_group(teacher, group);
    bench_school_subject(page_of(teacher, t->lesson_count), subject);
    tool_draft_begin(d, "lesson.opened", 8);
    tool_draft_id(d, "actual", b->people[TEACHER_FIRST + teacher].account);
    tool_draft_id(d, "assigned", b->people[TEACHER_FIRST + teacher].account);
    tool_draft_int(d, "day", b->school->first_day + (int64_t)(on_page / b->lessons_a_day));
    tool_draft_id(d, "group", group);
    tool_draft_id(d, "lesson", lesson);
    tool_draft_int(d, "n", (int64_t)(on_page % in_shift) + 1);
    tool_draft_int(d, "shift", on_page / in_shift % 2 == 0 || b->lessons_a_day <= 20 ? 1 : 2);
    tool_draft_id(d, "subject", subject);
    emit(b, TEACHER_FIRST + teacher);
    t->lesson = b->lesson_count;
    t->next_pupil = 0;
    t->lesson_count++;
}

static void put_mark(struct build *b, unsigned who, uint64_t number, const proj_id pupil,
                     unsigned column, unsigned value, ledger_seq prev)
{
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    struct tool_draft *d = &b->draft;
    proj_id lesson;
    id_of('l', number, lesson);
    tool_draft_begin(d, "marks.set", 6);
    tool_draft_list(d, "cells", 1);
    ledger_canon_put_array(&d->body, 4);
    ledger_canon_put_bin(&d->body, pupil, LEDGER_ID_LEN);
    ledger_canon_put_array(&d->body, 1);
    ledger_canon_put_int(&d->body, value);
    if (who == CORRECTOR) {
        commit_to(b, "cells.0.2", false, commitment);
        ledger_canon_put_bin(&d->body, commitment, sizeof commitment);
    } else {
        ledger_canon_put_nil(&d->body);
    }
    if (prev == LEDGER_SEQ_NONE)
        ledger_canon_put_nil(&d->body);
    else
        ledger_canon_put_int(&d->body, (int64_t)prev);
    tool_draft_int(d, "column", column);
    tool_draft_id(d, "lesson", lesson);
    tool_draft_nil(d, "protocol");
    tool_draft_int(d, "weight", 10);
    tool_draft_int(d, "work", 1);
    emit(b, who);
}

/* A teacher's next event: a lesson, then a mark for each pupil. */
static void teach(struct build *b, unsigned teacher)
{
    struct bench_teaching *t = &b->teaching[teacher];
    proj_id pupil;
    if (t->lesson == 0 || t->next_pupil == PUPIL_COUNT) {
        open_lesson(b, teacher);
        return;
    }
    bench_school_pupil(teacher, t->next_pupil++, pupil);
    put_mark(b, TEACHER_FIRST + teacher, t->lesson, pupil, 0, 4, LEDGER_SEQ_NONE);
}

/* Honest work on the thief's last lesson: above a forged mark, and beside it. */
static void correct(struct build *b)
{
    const struct bench_teaching *t = &b->teaching[0];
    proj_id pupil;
    if (t->next_pupil == 0)
        return;
    bench_school_pupil(0, t->next_pupil - 1, pupil);
    put_mark(b, CORRECTOR, t->lesson, pupil, 0, 3, b->made - 1);
    put_mark(b, CORRECTOR, t->lesson, pupil, 1, 5, LEDGER_SEQ_NONE);
}

static void work(struct build *b, uint64_t size, bool quiet)
{
    if (size < b->made + 3 * BENCH_THEFT_COUNT) /* room for the theft and for others' work */
        size = b->made + 3 * BENCH_THEFT_COUNT;
    uint64_t half = b->made + (size - b->made) / 2;
    uint64_t stolen = 0;
    unsigned turn = 1;
    while (b->fault == 0 && b->made < half) /* the thief's account sleeps */
        teach(b, 1 + turn++ % (TEACHER_COUNT - 1));
    b->school->cut = b->made;
    b->school->theft_ms = b->school->now_ms + EVENT_MS;
    uint64_t first = b->made;
    uint64_t rest = size > first ? size - first : 1;
    while (b->fault == 0 && (b->made < size || stolen < BENCH_THEFT_COUNT)) {
        uint64_t due = (b->made - first) * BENCH_THEFT_COUNT / rest;
        if (stolen < BENCH_THEFT_COUNT && (stolen <= due || b->made >= size)) {
            teach(b, 0);
            if (++stolen % CORRECTED_EVERY == 0)
                correct(b);
        } else {
            teach(b, 1 + turn++ % (TEACHER_COUNT - 1));
        }
        if (!quiet && b->made % 65536 == 0 && isatty(STDERR_FILENO) == 1)
            fprintf(stderr, "\r%-40s %5.1f %%", "building the log",
                    100.0 * (double)b->made / (double)size);
    }
}

static void build_all(struct build *b, uint64_t size, bool quiet)
{
    for (unsigned i = 0; i < PERSON_COUNT; i++) {
        id_of('a', i + 1, b->people[i].account);
        pair_of(i, &b->people[i].key, b->people[i].secret);
    }
    found(b);
    flush(b);
    make_subjects(b);
    for (unsigned i = TEACHER_FIRST; i < PERSON_COUNT; i++)
        open_account(b, i);
    make_corrector(b);
    for (unsigned i = 0; i < TEACHER_COUNT; i++)
        make_class(b, i);
    b->school->now_ms = FOUNDED_MS + YEAR_LATER_MS;
    work(b, size, quiet);
    flush(b);
}

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void describe(struct build *b)
{
    struct bench_school *school = b->school;
    school->size = b->made;
    school->root = b->people[ROOT].key;
    school->root_counter = b->people[ROOT].counter;
    school->thief = b->people[TEACHER_FIRST].key;
    memcpy(school->thief_account, b->people[TEACHER_FIRST].account, LEDGER_ID_LEN);
    bench_school_group(0, school->group);
    for (unsigned i = 0; i < BENCH_THEFT_PAGE_COUNT; i++)
        bench_school_subject(i, school->subjects[i]);
    for (unsigned i = 0; i < TEACHER_COUNT; i++) {
        school->teaching[i] = b->teaching[i];
        school->teaching[i].counter = b->people[TEACHER_FIRST + i].counter;
    }
    school->lesson_count = b->lesson_count;
    school->lessons_a_day = b->lessons_a_day;
}

int bench_school_work(struct bench_school *school, unsigned teacher, uint32_t count,
                      struct base_buf *out_wires, struct base_err *err)
{
    struct build *b = calloc(1, sizeof *b);
    assert(teacher > 0 && teacher < TEACHER_COUNT);
    if (b == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "a teacher's work");
    struct author *author = &b->people[TEACHER_FIRST + teacher];
    b->school = school;
    b->made = school->size;
    b->lesson_count = school->lesson_count;
    b->lessons_a_day = school->lessons_a_day;
    b->teaching[teacher] = school->teaching[teacher];
    b->err = err;
    id_of('a', TEACHER_FIRST + teacher + 1, author->account);
    pair_of(TEACHER_FIRST + teacher, &author->key, author->secret);
    author->counter = school->teaching[teacher].counter;
    for (uint32_t i = 0; b->fault == 0 && i < count; i++) {
        b->wire = &out_wires[i];
        teach(b, teacher);
    }
    school->teaching[teacher] = b->teaching[teacher];
    school->teaching[teacher].counter = author->counter;
    school->lesson_count = b->lesson_count;
    int rc = b->fault;
    tool_draft_release(&b->draft);
    free(b);
    return rc;
}

static int make(const char *dir, uint64_t size, unsigned lessons_a_day, bool signs, bool quiet,
                struct bench_school *out_school, struct base_err *err)
{
    struct build *b = calloc(1, sizeof *b);
    if (b == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "school");
    *out_school = (struct bench_school){.now_ms = FOUNDED_MS};
    snprintf(out_school->dir, sizeof out_school->dir, "%s", dir);
    out_school->first_day = base_day_of_time(FOUNDED_MS, 180) + 8;
    out_school->last_day = out_school->first_day + 200;
    b->school = out_school;
    b->lessons_a_day = lessons_a_day;
    b->signs = signs;
    b->err = err;
    double wall = now_ns(CLOCK_MONOTONIC);
    double cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    if (mkdir(dir, 0700) != 0)
        b->fault = BASE_FAIL(err, BASE_E_IO, "%s", dir);
    if (b->fault == 0)
        b->fault = proj_engine_open(dir, false, &b->engine, err);
    if (b->fault == 0) {
        const struct ledger_log_options options = {.dir = dir,
                                                   .origin = "bench.example/letopis",
                                                   .create = true,
                                                   .clock = base_clock_manual(&out_school->now_ms),
                                                   .admission = proj_engine_admission(b->engine)};
        b->fault = ledger_log_open(&options, &b->log, err);
    }
    if (b->fault == 0)
        b->fault = proj_engine_attach(b->engine, b->log, NULL, NULL, err);
    if (b->fault == 0)
        build_all(b, size, quiet);
    out_school->build_cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    out_school->build_wall_ns = now_ns(CLOCK_MONOTONIC) - wall;
    if (b->fault == 0)
        describe(b);
    int rc = b->fault;
    ledger_log_close(b->log);
    proj_engine_close(b->engine);
    tool_draft_release(&b->draft);
    for (unsigned i = 0; i < BATCH; i++)
        base_buf_release(&b->slots[i].bytes);
    free(b);
    return rc;
}

int bench_school_make(const char *dir, uint64_t size, unsigned lessons_a_day, bool quiet,
                      struct bench_school *out_school, struct base_err *err)
{
    return make(dir, size, lessons_a_day, false, quiet, out_school, err);
}

int bench_school_make_signed(const char *dir, uint64_t size, unsigned lessons_a_day, bool quiet,
                             struct bench_school *out_school, struct base_err *err)
{
    return make(dir, size, lessons_a_day, true, quiet, out_school, err);
}
