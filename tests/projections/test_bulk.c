/* What is written through a bulk reads and ends as if it had been written row by row: two states
 * are given the same versions, one of them in sweeps, and asked the same questions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "projections/facts.h"
#include "tests/ledger/support.h"

#define SEED_COUNT 60u
#define STEP_COUNT 400u
#define AUTHOR_STEP_COUNT 12000u

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % n);
}

/* Keys of the lengths that facts have, from so few ids that they meet. */
static struct proj_key random_key(void)
{
    static const char tags[] = "jMGXcFs";
    char tag = tags[random_below(sizeof tags - 1)];
    uint8_t id[LEDGER_ID_LEN] = {0};
    struct proj_key key = proj_key_of(tag);
    unsigned parts = tag == 'j' ? 4 : tag == 'M' || tag == 'G' ? 2 : tag == 'F' ? 0 : 1;
    for (unsigned i = 0; i < parts; i++) {
        id[0] = (uint8_t)(1 + random_below(3));
        id[15] = (uint8_t)random_below(2);
        if (tag == 'X' || tag == 'c')
            proj_key_text(&key, base_bytes_of(id, 8), 8);
        else if (tag == 'j' && i == 2)
            proj_key_day(&key, (int64_t)random_below(3) - 1);
        else
            proj_key_id(&key, id);
    }
    if (tag == 'c')
        proj_key_id(&key, id);
    if (tag == 'j' && random_below(3) > 0) { /* as long as a page's cells are */
        proj_key_u8(&key, PROJ_WHAT_LESSON + random_below(2) * random_below(3));
        id[0] = (uint8_t)random_below(3);
        proj_key_u8(proj_key_id(&key, id), random_below(2));
    }
    return key;
}

static struct proj_key random_prefix(void)
{
    struct proj_key key = random_key();
    key.len = (uint8_t)(1 + random_below(key.len));
    return key;
}

struct pair {
    struct proj_state *states[2];
    struct proj_txn *txns[2]; /* row by row, in a bulk */
    struct ledger_key author;
};

static void begin(struct pair *p)
{
    struct base_err err = {0};
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(proj_txn_begin(p->states[i], true, &p->txns[i], &err), 0);
    assert_int_equal(proj_txn_bulk(p->txns[1], &err), 0);
}

static void commit(struct pair *p)
{
    struct base_err err = {0};
    for (unsigned i = 0; i < 2; i++) {
        if (proj_txn_commit(p->txns[i], &err) != 0)
            fail_msg("%s", err.text);
    }
}

static void put(struct pair *p, const struct proj_key *key, ledger_seq seq, const uint8_t *value,
                size_t len)
{
    for (unsigned i = 0; i < 2; i++)
        proj_fact_put(p->txns[i], key, seq, value, len);
}

static void write_random(struct pair *p, ledger_seq seq)
{
    uint8_t value[40];
    unsigned len = random_below(2) == 0 ? 12 : random_below(sizeof value);
    struct proj_key key = random_key();
    memset(value, (int)random_below(256), sizeof value);
    put(p, &key, seq, value, len);
    if (random_below(8) == 0) { /* one event says the same fact twice */
        value[0] ^= 1;
        put(p, &key, seq, value, sizeof value);
    }
    if (random_below(3) == 0) {
        key = random_key();
        put(p, &key, seq, value, 12);
    }
    p->author.bytes[0] = (uint8_t)random_below(3);
    for (unsigned i = 0; i < 2; i++) {
        proj_author_put(p->txns[i], &p->author, seq);
        if (seq % 7 == 0)
            proj_void_put(p->txns[i], seq / 2, seq,
                          (struct proj_void){.reason = PROJ_VOID_COVERED, .cause = seq});
        proj_txn_set_next(p->txns[i], seq + 1);
    }
}

static void assert_same_bytes(struct base_bytes a, struct base_bytes b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.data, b.data, a.len);
}

static void assert_same_fact(const struct proj_fact *a, const struct proj_fact *b)
{
    assert_int_equal(a->seq, b->seq);
    assert_same_bytes(a->key, b->key);
    assert_same_bytes(a->value, b->value);
    assert_int_equal(a->version_count, b->version_count);
    assert_int_equal(a->void_count, b->void_count);
}

static void get_random(struct pair *p, ledger_seq next)
{
    struct proj_key key = random_key();
    struct proj_fact facts[2] = {0};
    ledger_seq before = random_below(2) == 0 ? next : random_below((unsigned)next + 1);
    bool any = random_below(2) == 0;
    bool there[2];
    bool missed[2];
    ledger_seq reports[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        proj_txn_missed_forget(p->txns[i]);
        there[i] = any ? proj_fact_get_any(p->txns[i], &key, before, &facts[i])
                       : proj_fact_get(p->txns[i], &key, before, &facts[i]);
        missed[i] = proj_txn_missed(p->txns[i], &reports[i]);
    }
    assert_int_equal(there[0], there[1]);
    assert_int_equal(missed[0], missed[1]);
    assert_int_equal(reports[0], reports[1]);
    if (there[0])
        assert_same_fact(&facts[0], &facts[1]);
    struct proj_key prefix = random_prefix();
    assert_int_equal(proj_fact_any(p->txns[0], &prefix), proj_fact_any(p->txns[1], &prefix));
}

/* The copying read goes through the memo: asked twice, of values of one length. */
static void read_random(struct pair *p, ledger_seq next)
{
    struct proj_key key = random_key();
    uint8_t values[2][12] = {{0}};
    ledger_seq seqs[2] = {0};
    bool there[2];
    for (unsigned i = 0; i < 2; i++)
        there[i] = proj_fact_read(p->txns[i], &key, next, values[i], 12, &seqs[i]);
    assert_int_equal(there[0], there[1]);
    assert_int_equal(seqs[0], seqs[1]);
    assert_memory_equal(values[0], values[1], 12);
}

static void scan_random(struct pair *p, ledger_seq next)
{
    struct proj_key prefix = random_prefix();
    struct proj_key from = prefix;
    struct proj_key until = prefix;
    struct proj_fact facts[2] = {0};
    bool versions = random_below(2) == 0;
    bool bounded = random_below(2) == 0 && prefix.len < 40;
    ledger_seq before = random_below(2) == 0 ? next : random_below((unsigned)next + 1);
    if (bounded) {
        proj_key_u8(&from, random_below(3));
        proj_key_u8(&until, random_below(5));
    }
    struct proj_scan *scans[2];
    for (unsigned i = 0; i < 2; i++)
        scans[i] = proj_scan_open(p->txns[i], &prefix, bounded ? &from : NULL,
                                  bounded ? &until : NULL, before);
    bool more = true;
    while (more) {
        bool there[2];
        struct proj_key ahead = random_key();
        if (random_below(5) == 0 && ahead.bytes[0] == prefix.bytes[0] &&
            base_bytes_compare(base_bytes_of(ahead.bytes, ahead.len), facts[0].key) > 0) {
            proj_scan_skip_to(scans[0], &ahead);
            proj_scan_skip_to(scans[1], &ahead);
        }
        for (unsigned i = 0; i < 2; i++)
            there[i] = versions ? proj_scan_next_version(scans[i], &facts[i])
                                : proj_scan_next(scans[i], &facts[i]);
        assert_int_equal(there[0], there[1]);
        more = there[0];
        if (more)
            assert_same_fact(&facts[0], &facts[1]);
    }
    proj_scan_close(scans[0]);
    proj_scan_close(scans[1]);
}

/* The lessons of a day are what a scan of the whole day finds of them. */
static void scan_lessons(struct pair *p, ledger_seq next)
{
    struct proj_key day = random_key();
    struct proj_fact facts[3] = {0};
    struct proj_scan *scans[3];
    ledger_seq before = random_below(2) == 0 ? next : random_below((unsigned)next + 1);
    bool there[3] = {true, true, true};
    while (day.bytes[0] != 'j')
        day = random_key();
    day.len = 1 + 2 * LEDGER_ID_LEN + 4;
    for (unsigned i = 0; i < 2; i++)
        scans[i] = proj_scan_open_lessons(p->txns[i], &day, before);
    scans[2] = proj_scan_open(p->txns[0], &day, NULL, NULL, before);
    while (there[0]) {
        for (unsigned i = 0; i < 3; i++)
            there[i] = proj_scan_next(scans[i], &facts[i]);
        while (there[2] && !proj_key_is_lesson(facts[2].key))
            there[2] = proj_scan_next(scans[2], &facts[2]);
        for (unsigned i = 1; i < 3; i++) {
            assert_int_equal(there[0], there[i]);
            if (there[0])
                assert_same_fact(&facts[0], &facts[i]);
        }
    }
    for (unsigned i = 0; i < 3; i++)
        proj_scan_close(scans[i]);
}

struct positions {
    ledger_seq list[2 * STEP_COUNT];
    unsigned count;
};

static bool note(void *data, ledger_seq seq)
{
    struct positions *positions = data;
    positions->list[positions->count++] = seq;
    return positions->count % 11 != 0;
}

static void authors_random(struct pair *p, ledger_seq next)
{
    static struct positions positions[2];
    p->author.bytes[0] = (uint8_t)random_below(3);
    ledger_seq from = random_below((unsigned)next + 1);
    ledger_seq until = random_below(2) == 0 ? next : random_below((unsigned)next + 1);
    for (unsigned i = 0; i < 2; i++) {
        positions[i].count = 0;
        proj_author_each(p->txns[i], &p->author, from, until, note, &positions[i]);
    }
    assert_int_equal(positions[0].count, positions[1].count);
    for (unsigned i = 0; i < positions[0].count; i++)
        assert_int_equal(positions[0].list[i], positions[1].list[i]);
}

static void play(struct pair *p)
{
    ledger_seq next = 0;
    begin(p);
    for (unsigned step = 0; step < STEP_COUNT; step++) {
        write_random(p, next++);
        get_random(p, next);
        read_random(p, next);
        scan_random(p, next);
        scan_lessons(p, next);
        authors_random(p, next);
        if (random_below(60) == 0) {
            commit(p);
            begin(p);
        }
    }
    commit(p);
}

static void open_pair(struct pair *p, char dirs[2][256])
{
    struct base_err err = {0};
    bool fresh;
    for (unsigned i = 0; i < 2; i++) {
        test_dir_make(dirs[i]);
        assert_int_equal(proj_state_open(dirs[i], 1, false, &p->states[i], &fresh, &err), 0);
    }
}

/* Compares every table, and closes. */
static void close_pair(struct pair *p, char dirs[2][256])
{
    struct base_err err = {0};
    const char *table = NULL;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(proj_txn_begin(p->states[i], false, &p->txns[i], &err), 0);
    if (!proj_txn_same(p->txns[0], p->txns[1], &table))
        fail_msg("the tables “%s” differ", table);
    for (unsigned i = 0; i < 2; i++) {
        proj_txn_end(p->txns[i]);
        proj_state_close(p->states[i]);
        test_dir_remove(dirs[i]);
    }
}

static void a_bulk_reads_and_ends_as_rows_do(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= SEED_COUNT; seed++) {
        struct pair p = {0};
        char dirs[2][256];
        random_state = 0x9e3779b97f4a7c15u * seed;
        open_pair(&p, dirs);
        play(&p);
        close_pair(&p, dirs);
    }
}

/* Positions that fill pages of their own, beside keys of few, over many tables' growings. */
static void busy_authors_end_as_rows_do(void **state)
{
    (void)state;
    struct pair p = {0};
    char dirs[2][256];
    random_state = 0x9e3779b97f4a7c15u;
    open_pair(&p, dirs);
    begin(&p);
    for (ledger_seq seq = 0; seq < AUTHOR_STEP_COUNT; seq++) {
        unsigned number = random_below(3) == 0 ? random_below(2000) : random_below(4);
        base_set_be64(p.author.bytes, number);
        for (unsigned i = 0; i < 2; i++)
            proj_author_put(p.txns[i], &p.author, seq);
        if (random_below(AUTHOR_STEP_COUNT / 3) == 0) {
            commit(&p);
            begin(&p);
        }
    }
    commit(&p);
    close_pair(&p, dirs);
}

/* A struct is stored as long as what it says, and is read whole, by key and by scan. */
static void short_values_are_read_whole(void **unused)
{
    (void)unused;
    struct pair pair = {0};
    char dirs[2][256];
    uint8_t said[64] = {0};
    uint8_t read[64];
    struct proj_fact fact;
    struct proj_key prefix = proj_key_of('s');
    open_pair(&pair, dirs);
    begin(&pair);
    for (size_t len = 0; len <= sizeof said; len++) { /* how much of it is not zero */
        struct proj_key key = prefix;
        proj_key_u8(&key, (unsigned)len);
        if (len > 0)
            said[len - 1] = 0xff;
        for (unsigned i = 0; i < 2; i++)
            proj_fact_put_short(pair.txns[i], &key, len, said, sizeof said);
        for (unsigned i = 0; i < 2; i++) {
            assert_true(proj_fact_get(pair.txns[i], &key, LEDGER_SEQ_NONE, &fact));
            assert_int_equal(fact.value.len, len == 0 ? 1 : len);
            memset(read, 0xaa, sizeof read);
            assert_true(
                proj_fact_read(pair.txns[i], &key, LEDGER_SEQ_NONE, read, sizeof read, NULL));
            assert_memory_equal(read, said, sizeof read);
        }
    }
    commit(&pair);
    begin(&pair);
    struct proj_scan *scan = proj_scan_open(pair.txns[0], &prefix, NULL, NULL, LEDGER_SEQ_NONE);
    memset(said, 0, sizeof said);
    for (size_t len = 0; len <= sizeof said; len++) {
        if (len > 0)
            said[len - 1] = 0xff;
        assert_true(proj_scan_next(scan, &fact));
        memset(read, 0xaa, sizeof read);
        assert_true(proj_value_fill(fact.value, read, sizeof read));
        assert_memory_equal(read, said, sizeof read);
    }
    proj_scan_close(scan);
    memset(said, 0, sizeof said);
    assert_false(proj_value_fill(base_bytes_of(NULL, 0), read, sizeof read));
    assert_memory_equal(read, said, sizeof read);
    assert_false(proj_value_fill(base_bytes_of(said, sizeof said), read, sizeof read - 1));
    commit(&pair);
    close_pair(&pair, dirs);
}

/* Of two states that were given the same the one is written and the other not; then the written one
 * is given something else besides, which must show. */
static void what_lies_in_memory_is_compared_as_it_would_be_written(void **unused)
{
    (void)unused;
    enum { SAME, FACT_MORE, FACT_OTHER, AUTHOR_MORE, VOID_MORE, NOTHING_THERE, CASE_COUNT };
    static const char *const tables[CASE_COUNT] = {NULL,      "facts", "facts",
                                                   "authors", "voids", "facts"};
    for (unsigned i = 0; i < CASE_COUNT; i++) {
        struct pair p = {0};
        char dirs[2][256];
        const char *table = NULL;
        struct base_err err = {0};
        random_state = 0x9e3779b97f4a7c15u * (i + 1);
        open_pair(&p, dirs);
        begin(&p);
        ledger_seq count = i == NOTHING_THERE ? 0 : STEP_COUNT;
        for (ledger_seq seq = 0; seq < count; seq++)
            write_random(&p, seq);
        struct proj_key key = proj_key_of('z');
        for (unsigned k = 0; k < 2; k++) {
            uint8_t value = i == FACT_OTHER ? (uint8_t)k : 7;
            if (i != NOTHING_THERE || k == 0)
                proj_fact_put(p.txns[k], &key, count, &value, 1);
        }
        key = proj_key_of('~');
        if (i == FACT_MORE)
            proj_fact_put(p.txns[0], &key, count, "x", 1);
        if (i == AUTHOR_MORE)
            proj_author_put(p.txns[0], &p.author, count);
        if (i == VOID_MORE)
            proj_void_put(p.txns[0], 1, count, (struct proj_void){.reason = PROJ_VOID_COVERED});
        assert_true(proj_txn_is_in_memory(p.txns[1]));
        assert_int_equal(proj_txn_commit(p.txns[0], &err), 0);
        assert_int_equal(proj_txn_begin(p.states[0], false, &p.txns[0], &err), 0);
        assert_int_equal(proj_txn_same(p.txns[0], p.txns[1], &table), i == SAME);
        if (i != SAME)
            assert_string_equal(table, tables[i]);
        for (unsigned k = 0; k < 2; k++) {
            assert_int_equal(proj_txn_fault(p.txns[k], &err), 0);
            proj_txn_end(p.txns[k]);
            proj_state_close(p.states[k]);
            test_dir_remove(dirs[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bulk_reads_and_ends_as_rows_do),
        cmocka_unit_test(what_lies_in_memory_is_compared_as_it_would_be_written),
        cmocka_unit_test(busy_authors_end_as_rows_do),
        cmocka_unit_test(short_values_are_read_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
