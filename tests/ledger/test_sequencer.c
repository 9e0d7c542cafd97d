/* Promises of the sequencer: one order for many submitters, answers only for what is durable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "ledger/sequencer.h"
#include "tests/ledger/support.h"

#define THREAD_COUNT 4u
#define EVENTS_PER_THREAD 100u

static int world_setup(void **state)
{
    static struct test_world world;
    static struct test_author author;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, 1);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

/* What `done` heard. Written on the sequencer's thread, read after it has ended. */
struct answers {
    struct test_world *world;
    unsigned count;
    unsigned in_log_count;
    unsigned known_count;
    unsigned fault_count;
    unsigned other_fault_count; /* faults that are not the first one's cause, BASE_E_IO */
    unsigned unreadable_count;  /* acknowledged, but not to be found */
    ledger_seq last_seq;
    bool out_of_order;
};

static void answer_take(void *data, const struct ledger_receipt *receipt,
                        const struct base_err *fault)
{
    struct answers *answers = data;
    answers->count++;
    if (fault != NULL) {
        answers->fault_count++;
        answers->other_fault_count += fault->code != BASE_E_IO ? 1 : 0;
        return;
    }
    if (receipt->code != 0)
        return;
    answers->in_log_count++;
    answers->known_count += receipt->known ? 1 : 0;
    if (!receipt->known && answers->in_log_count > 1 && receipt->seq <= answers->last_seq)
        answers->out_of_order = true;
    answers->last_seq = receipt->seq;
    /* Never before it is durable: whoever looks now finds it. */
    struct ledger_reader *reader = NULL;
    ledger_seq seq = LEDGER_SEQ_NONE;
    if (ledger_reader_open(answers->world->log, &reader, NULL) != 0 ||
        ledger_reader_find(reader, &receipt->id, &seq, NULL) != 0 || seq != receipt->seq)
        answers->unreadable_count++;
    ledger_reader_close(reader);
}

struct submitter {
    struct ledger_sequencer *sequencer;
    struct test_submission made[EVENTS_PER_THREAD];
    struct answers answers;
    unsigned refused_count;
};

static void *submitter_run(void *data)
{
    struct submitter *submitter = data;
    for (unsigned i = 0; i < EVENTS_PER_THREAD; i++)
        if (ledger_sequencer_submit(submitter->sequencer, &submitter->made[i].submission,
                                    answer_take, &submitter->answers, NULL) != 0)
            submitter->refused_count++;
    return NULL;
}

struct heads {
    unsigned count;
    uint64_t last_size;
    bool shrank;
};

static void head_take(void *data, const struct ledger_head *head)
{
    struct heads *heads = data;
    heads->count++;
    if (head->size <= heads->last_size)
        heads->shrank = true;
    heads->last_size = head->size;
}

static void many_submitters_get_one_order(void **state)
{
    struct test_world *world = *state;
    struct submitter *submitters = calloc(THREAD_COUNT, sizeof *submitters);
    pthread_t threads[THREAD_COUNT];
    struct heads heads = {0};
    struct ledger_sequencer *sequencer = NULL;
    assert_non_null(submitters);
    for (unsigned t = 0; t < THREAD_COUNT; t++) {
        struct test_author author;
        test_author_make(&author, 10 + t);
        submitters[t].answers.world = world;
        for (unsigned i = 0; i < EVENTS_PER_THREAD; i++)
            test_event_make(world, &author, "test.made", NULL, &submitters[t].made[i]);
    }
    assert_int_equal(ledger_sequencer_start(world->log, head_take, &heads, &sequencer, NULL), 0);
    for (unsigned t = 0; t < THREAD_COUNT; t++) {
        submitters[t].sequencer = sequencer;
        assert_int_equal(pthread_create(&threads[t], NULL, submitter_run, &submitters[t]), 0);
    }
    for (unsigned t = 0; t < THREAD_COUNT; t++)
        pthread_join(threads[t], NULL);
    ledger_sequencer_stop(sequencer); /* answers what waits */
    for (unsigned t = 0; t < THREAD_COUNT; t++) {
        struct submitter *submitter = &submitters[t];
        assert_int_equal(submitter->refused_count, 0);
        assert_int_equal(submitter->answers.count, EVENTS_PER_THREAD);
        assert_int_equal(submitter->answers.in_log_count, EVENTS_PER_THREAD);
        assert_int_equal(submitter->answers.unreadable_count, 0);
        assert_false(submitter->answers.out_of_order);
        for (unsigned i = 0; i < EVENTS_PER_THREAD; i++)
            test_submission_release(&submitter->made[i]);
    }
    free(submitters);
    assert_int_equal(heads.last_size, 1 + THREAD_COUNT * EVENTS_PER_THREAD);
    assert_false(heads.shrank);
    assert_in_range(heads.count, 1, THREAD_COUNT * EVENTS_PER_THREAD);
    test_verify_everything(world);
}

static void the_same_submission_twice_is_answered_twice(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    struct answers answers = {.world = world};
    struct ledger_sequencer *sequencer = NULL;
    test_author_make(&author, 2);
    test_event_make(world, &author, "test.made", NULL, &made);
    assert_int_equal(ledger_sequencer_start(world->log, NULL, NULL, &sequencer, NULL), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            ledger_sequencer_submit(sequencer, &made.submission, answer_take, &answers, NULL), 0);
    ledger_sequencer_stop(sequencer);
    assert_int_equal(answers.in_log_count, 2);
    assert_int_equal(answers.known_count, 1);
    test_submission_release(&made);
}

/* A gate that holds the appending thread inside its batch. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool reached;
    bool open;
};

static void gate_pass(void *data)
{
    struct gate *gate = data;
    pthread_mutex_lock(&gate->lock);
    gate->reached = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static void a_full_queue_says_so(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made;
    struct answers answers = {.world = world};
    struct ledger_sequencer *sequencer = NULL;
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    test_author_make(&author, 2);
    test_event_make(world, &author, "test.made", NULL, &made);
    world->admission.on_admit = gate_pass;
    world->admission.on_admit_data = &gate;
    assert_int_equal(ledger_sequencer_start(world->log, NULL, NULL, &sequencer, NULL), 0);
    assert_int_equal(
        ledger_sequencer_submit(sequencer, &made.submission, answer_take, &answers, NULL), 0);
    pthread_mutex_lock(&gate.lock);
    while (!gate.reached)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    for (unsigned i = 0; i < LEDGER_QUEUE_COUNT_MAX; i++)
        assert_int_equal(
            ledger_sequencer_submit(sequencer, &made.submission, answer_take, &answers, NULL), 0);
    assert_int_equal(
        ledger_sequencer_submit(sequencer, &made.submission, answer_take, &answers, NULL),
        BASE_E_BUSY);
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    ledger_sequencer_stop(sequencer);
    assert_int_equal(answers.count, LEDGER_QUEUE_COUNT_MAX + 1);
    assert_int_equal(answers.known_count, LEDGER_QUEUE_COUNT_MAX);
    world->admission.on_admit = NULL;
    test_submission_release(&made);
}

static int commit_fail(void *data)
{
    (void)data;
    return EIO;
}

static void after_a_fault_all_are_told_and_none_is_taken(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made[2];
    struct answers answers = {.world = world};
    struct ledger_sequencer *sequencer = NULL;
    struct base_err err = {0};
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    test_author_make(&author, 2);
    for (int i = 0; i < 2; i++)
        test_event_make(world, &author, "test.made", NULL, &made[i]);
    world->faults.before_commit = commit_fail;
    world->admission.on_admit = gate_pass;
    world->admission.on_admit_data = &gate;
    assert_int_equal(ledger_sequencer_start(world->log, NULL, NULL, &sequencer, NULL), 0);
    assert_int_equal(
        ledger_sequencer_submit(sequencer, &made[0].submission, answer_take, &answers, NULL), 0);
    pthread_mutex_lock(&gate.lock);
    while (!gate.reached)
        pthread_cond_wait(&gate.changed, &gate.lock);
    /* The first is in its batch; the second waits and will meet a stopped log. */
    assert_int_equal(
        ledger_sequencer_submit(sequencer, &made[1].submission, answer_take, &answers, NULL), 0);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    int answer = 0;
    while (answer == 0) /* taken until the fault is known, then no more */
        answer =
            ledger_sequencer_submit(sequencer, &made[1].submission, answer_take, &answers, &err);
    assert_true(answer == BASE_E_STOPPED || answer == BASE_E_BUSY);
    ledger_sequencer_stop(sequencer);
    assert_true(answers.count >= 2);
    assert_int_equal(answers.fault_count, answers.count);
    assert_int_equal(answers.other_fault_count, 0); /* all hear what happened, not that it did */
    assert_int_equal(answers.in_log_count, 0);
    for (int i = 0; i < 2; i++)
        test_submission_release(&made[i]);
}

#define LINGER_FOR_EVER_MS 3600000u

/* Heads as they come, for who waits for them. */
struct watch {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct heads heads;
};

static void watch_take(void *data, const struct ledger_head *head)
{
    struct watch *watch = data;
    pthread_mutex_lock(&watch->lock);
    head_take(&watch->heads, head);
    pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
}

static void watch_wait(struct watch *watch, uint64_t size)
{
    pthread_mutex_lock(&watch->lock);
    while (watch->heads.last_size < size)
        pthread_cond_wait(&watch->changed, &watch->lock);
    pthread_mutex_unlock(&watch->lock);
}

/* However long it may linger under load, whoever is alone never waits for company. */
static void alone_nobody_waits_for_company(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made[3];
    struct answers answers = {.world = world};
    struct ledger_sequencer *sequencer = NULL;
    struct watch watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    test_author_make(&author, 2);
    assert_int_equal(ledger_sequencer_start(world->log, watch_take, &watch, &sequencer, NULL), 0);
    ledger__sequencer_linger(sequencer, LINGER_FOR_EVER_MS);
    for (unsigned i = 0; i < 3; i++) {
        test_event_make(world, &author, "test.made", NULL, &made[i]);
        assert_int_equal(
            ledger_sequencer_submit(sequencer, &made[i].submission, answer_take, &answers, NULL),
            0);
        watch_wait(&watch, 2 + i);
    }
    ledger_sequencer_stop(sequencer);
    assert_int_equal(answers.in_log_count, 3);
    for (unsigned i = 0; i < 3; i++)
        test_submission_release(&made[i]);
}

/* Commits of 1, 8 (all came during the first) and again 8, though these come one by one. A ninth
 * that waits for seven more is answered when the sequencer stops. */
static void under_load_a_commit_waits_for_as_many_again(void **state)
{
    enum { FIRST = 1, MANY = LEDGER_LINGER_COUNT_MIN, ALL = FIRST + 2 * MANY + 1 };
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission made[ALL];
    struct answers answers = {.world = world};
    struct ledger_sequencer *sequencer = NULL;
    struct watch watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    test_author_make(&author, 2);
    for (unsigned i = 0; i < ALL; i++)
        test_event_make(world, &author, "test.made", NULL, &made[i]);
    world->admission.on_admit = gate_pass;
    world->admission.on_admit_data = &gate;
    assert_int_equal(ledger_sequencer_start(world->log, watch_take, &watch, &sequencer, NULL), 0);
    ledger__sequencer_linger(sequencer, LINGER_FOR_EVER_MS);
    for (unsigned i = 0; i < ALL; i++) {
        assert_int_equal(
            ledger_sequencer_submit(sequencer, &made[i].submission, answer_take, &answers, NULL),
            0);
        pthread_mutex_lock(&gate.lock);
        while (!gate.reached)
            pthread_cond_wait(&gate.changed, &gate.lock);
        gate.open = i + 1 >= FIRST + MANY;
        pthread_cond_broadcast(&gate.changed);
        pthread_mutex_unlock(&gate.lock);
        if (i + 1 == FIRST + MANY || i + 1 == FIRST + 2 * MANY)
            watch_wait(&watch, 2 + i);
    }
    pthread_mutex_lock(&watch.lock);
    assert_int_equal(watch.heads.count, 3);
    pthread_mutex_unlock(&watch.lock);
    ledger_sequencer_stop(sequencer);
    assert_int_equal(watch.heads.count, 4);
    assert_int_equal(answers.in_log_count, ALL);
    world->admission.on_admit = NULL;
    for (unsigned i = 0; i < ALL; i++)
        test_submission_release(&made[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        WITH_WORLD(many_submitters_get_one_order),
        WITH_WORLD(the_same_submission_twice_is_answered_twice),
        WITH_WORLD(a_full_queue_says_so),
        WITH_WORLD(alone_nobody_waits_for_company),
        WITH_WORLD(under_load_a_commit_waits_for_as_many_again),
        WITH_WORLD(after_a_fault_all_are_told_and_none_is_taken),
    };
    return cmocka_run_group_tests_name("sequencer", tests, NULL, NULL);
}
