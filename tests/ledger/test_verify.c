/* Promises of verification: a whole log passes, and every kind of damage is found and placed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/verify.h"
#include "tests/ledger/support.h"

#define ENTRY_COUNT 20u
#define CHUNK_COUNT 3u /* so that most things lie in a chunk that is not the first */

/* A log held in memory, which a test damages before it is verified. */
struct copy {
    struct base_buf entries[ENTRY_COUNT];
    struct ledger_hash leaves[ENTRY_COUNT];
    uint32_t count;
    struct ledger_checkpoint checkpoint;
};

static int copy_entry(void *data, ledger_seq seq, struct base_buf *out_entry, struct base_err *err)
{
    const struct copy *copy = data;
    if (seq >= copy->count)
        return BASE_FAIL(err, BASE_E_MISSING, "the copy ends here");
    base_buf_put_bytes(out_entry, base_buf_bytes(&copy->entries[seq]));
    return 0;
}

static int copy_leaf(void *data, ledger_seq seq, struct ledger_hash *out_leaf, struct base_err *err)
{
    (void)err;
    *out_leaf = ((const struct copy *)data)->leaves[seq];
    return 0;
}

static struct ledger_verify_report copy_verify(struct copy *copy, bool with_leaves)
{
    struct ledger_source source = {.data = copy, .entry = copy_entry};
    struct ledger_verify_options options = {
        .checkpoint = &copy->checkpoint, .thread_count = 2, .chunk_count = CHUNK_COUNT};
    struct ledger_verify_report report;
    if (with_leaves)
        source.leaf = copy_leaf;
    assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
    return report;
}

/* Signs the copy's present content as if it were honest. */
static void copy_seal(struct copy *copy)
{
    struct ledger_frontier frontier = {0};
    for (uint32_t i = 0; i < copy->count; i++) {
        ledger_tree_leaf(base_buf_bytes(&copy->entries[i]), &copy->leaves[i]);
        ledger_frontier_append(&frontier, &copy->leaves[i]);
    }
    copy->checkpoint.size = copy->count;
    ledger_frontier_root(&frontier, &copy->checkpoint.root);
}

/* An honest log of three authors by turns, each having seen all before. */
static void copy_make(struct copy *copy, uint32_t count)
{
    struct test_author authors[3];
    struct ledger_frontier frontier = {0};
    struct ledger_hash log_id = {{0}};
    static const uint8_t empty_map = 0x80;
    *copy = (struct copy){.count = count};
    for (uint32_t i = 0; i < 3; i++)
        test_author_make(&authors[i], i);
    for (uint32_t i = 0; i < count; i++) {
        struct test_submission made;
        struct ledger_hash root;
        ledger_frontier_root(&frontier, &root);
        struct ledger_event_draft draft = {.log_id = &log_id,
                                           .claimed_ms = 5,
                                           .kind = "test.made",
                                           .body = base_bytes_of(&empty_map, 1),
                                           .seen_size = i,
                                           .seen_root = &root};
        test_draft_submit(&draft, &authors[i % 3], &made);
        assert_int_equal(ledger_entry_build(1000 + 10 * (base_time_ms)i,
                                            made.submission.event_bytes, made.submission.signatures,
                                            1, &copy->entries[i], NULL),
                         0);
        if (i == 0)
            log_id = made.submission.event.id;
        ledger_tree_leaf(base_buf_bytes(&copy->entries[i]), &copy->leaves[i]);
        ledger_frontier_append(&frontier, &copy->leaves[i]);
        test_submission_release(&made);
    }
    copy_seal(copy);
}

static void copy_release(struct copy *copy)
{
    for (uint32_t i = 0; i < ENTRY_COUNT; i++)
        base_buf_release(&copy->entries[i]);
}

/* Replaces entry `i` by one made from a draft, signed by `author`. */
static void entry_forge(struct copy *copy, uint32_t i, struct ledger_event_draft *draft,
                        struct test_author *author, base_time_ms recorded_ms)
{
    struct test_submission made;
    test_draft_submit(draft, author, &made);
    base_buf_reset(&copy->entries[i]);
    assert_int_equal(ledger_entry_build(recorded_ms, made.submission.event_bytes,
                                        made.submission.signatures, 1, &copy->entries[i], NULL),
                     0);
    test_submission_release(&made);
}

/* The fields of entry `i`, as a draft that makes the same event again. */
static struct ledger_event_draft draft_of_entry(const struct copy *copy, uint32_t i,
                                                struct ledger_event *event)
{
    struct ledger_entry entry;
    assert_int_equal(ledger_entry_parse(base_buf_bytes(&copy->entries[i]), &entry, NULL), 0);
    assert_int_equal(ledger_event_parse(entry.event_bytes, event, NULL), 0);
    return (struct ledger_event_draft){.log_id = &event->log_id,
                                       .counter = event->counter,
                                       .claimed_ms = event->claimed_ms,
                                       .kind = "test.forged",
                                       .body = event->body.raw,
                                       .seen_size = event->seen_size,
                                       .seen_root = &event->seen_root};
}

static void an_honest_log_passes(void **state)
{
    (void)state;
    struct copy copy;
    for (uint32_t count = 0; count <= ENTRY_COUNT; count++) {
        copy_make(&copy, count);
        struct ledger_verify_report report = copy_verify(&copy, true);
        assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
        assert_int_equal(report.seq, LEDGER_SEQ_NONE);
        assert_int_equal(report.entry_count, count);
        assert_int_equal(report.key_count, count < 3 ? count : 3);
        assert_memory_equal(report.root.bytes, copy.checkpoint.root.bytes, LEDGER_HASH_LEN);
        assert_int_equal(copy_verify(&copy, false).finding, LEDGER_FOUND_NOTHING);
        copy_release(&copy);
    }
}

static void a_changed_bit_anywhere_is_placed(void **state)
{
    (void)state;
    struct copy copy;
    const uint32_t seq = 7;
    copy_make(&copy, ENTRY_COUNT);
    for (size_t i = 0; i < copy.entries[seq].len; i++) {
        copy.entries[seq].data[i] ^= (uint8_t)(1u << i % 8);
        struct ledger_verify_report report = copy_verify(&copy, true);
        assert_int_not_equal(report.finding, LEDGER_FOUND_NOTHING);
        assert_int_equal(report.seq, seq);
        assert_int_equal(report.entry_count, seq);
        /* Without tiles it is still found: here, or where the next author had seen this. */
        report = copy_verify(&copy, false);
        assert_int_not_equal(report.finding, LEDGER_FOUND_NOTHING);
        assert_in_range(report.seq, seq, seq + 1);
        copy.entries[seq].data[i] ^= (uint8_t)(1u << i % 8);
    }
    copy_release(&copy);
}

/* After the forgery, tree and checkpoint are made anew: only the rules can find it. */
static void forgery_expect(struct copy *copy, enum ledger_finding finding, ledger_seq seq)
{
    copy_seal(copy);
    struct ledger_verify_report report = copy_verify(copy, true);
    assert_int_equal(report.finding, finding);
    assert_int_equal(report.seq, seq);
    copy_release(copy);
}

static void time_that_goes_back_is_found(void **state)
{
    (void)state;
    struct copy copy;
    struct ledger_event event;
    struct test_author author;
    copy_make(&copy, ENTRY_COUNT);
    test_author_make(&author, 1);
    struct ledger_event_draft draft = draft_of_entry(&copy, 7, &event);
    entry_forge(&copy, 7, &draft, &author, 1059);
    forgery_expect(&copy, LEDGER_FOUND_TIME, 7);
}

static void another_logs_event_is_found(void **state)
{
    (void)state;
    struct copy copy;
    struct ledger_event event;
    struct test_author author;
    struct ledger_hash other = {{1}};
    copy_make(&copy, ENTRY_COUNT);
    test_author_make(&author, 1);
    struct ledger_event_draft draft = draft_of_entry(&copy, 7, &event);
    draft.log_id = &other;
    entry_forge(&copy, 7, &draft, &author, 1070);
    forgery_expect(&copy, LEDGER_FOUND_LOG_ID, 7);
}

static void a_counter_that_does_not_grow_is_found(void **state)
{
    (void)state;
    struct copy copy;
    struct ledger_event event;
    struct test_author author;
    copy_make(&copy, ENTRY_COUNT);
    test_author_make(&author, 1);
    struct ledger_event_draft draft = draft_of_entry(&copy, 7, &event);
    draft.counter = 2; /* entry 4 by the same author has it */
    entry_forge(&copy, 7, &draft, &author, 1070);
    forgery_expect(&copy, LEDGER_FOUND_COUNTER, 7);
}

static void a_rewritten_past_is_witnessed_by_who_had_seen_it(void **state)
{
    (void)state;
    struct copy copy;
    struct ledger_event event;
    struct test_author author;
    copy_make(&copy, ENTRY_COUNT);
    test_author_make(&author, 1);
    /* The operator with the author's stolen key exchanges entry 7 and signs a new tree. */
    struct ledger_event_draft draft = draft_of_entry(&copy, 7, &event);
    entry_forge(&copy, 7, &draft, &author, 1070);
    forgery_expect(&copy, LEDGER_FOUND_SEEN, 8);
}

static void a_wrong_signature_is_found_before_what_follows(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    copy.entries[7].data[copy.entries[7].len - 1] ^= 1;
    copy.entries[9].data[0] = 0xc1;
    forgery_expect(&copy, LEDGER_FOUND_SIGNATURE, 7);
}

static void broken_forms_are_found(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    base_buf_put_u8(&copy.entries[7], 0);
    forgery_expect(&copy, LEDGER_FOUND_ENTRY_FORM, 7);
    copy_make(&copy, ENTRY_COUNT);
    static const struct ledger_signature signature;
    base_buf_reset(&copy.entries[7]);
    assert_int_equal(
        ledger_entry_build(1070, BASE_LITERAL("\x80"), &signature, 1, &copy.entries[7], NULL), 0);
    forgery_expect(&copy, LEDGER_FOUND_EVENT_FORM, 7);
}

static void entries_left_out_or_exchanged_are_found(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    copy.count--; /* the source ends early */
    struct ledger_verify_report report = copy_verify(&copy, false);
    assert_int_equal(report.finding, LEDGER_FOUND_SIZE);
    assert_int_equal(report.seq, ENTRY_COUNT - 1);
    copy.count++;
    struct base_buf swapped = copy.entries[4];
    copy.entries[4] = copy.entries[5];
    copy.entries[5] = swapped;
    report = copy_verify(&copy, false);
    assert_int_not_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.seq, 4);
    copy_release(&copy);
    copy_make(&copy, ENTRY_COUNT);
    copy.checkpoint.root.bytes[0] ^= 1;
    report = copy_verify(&copy, true);
    assert_int_equal(report.finding, LEDGER_FOUND_ROOT);
    assert_int_equal(report.seq, LEDGER_SEQ_NONE);
    copy_release(&copy);
}

/* The tree is honest; the entries that are shown are not its own, in its order. */
static void displaced_expect(struct copy *copy, enum ledger_finding finding, ledger_seq seq)
{
    struct ledger_verify_report report = copy_verify(copy, true);
    assert_int_equal(report.finding, finding);
    assert_int_equal(report.seq, seq);
    assert_int_equal(report.entry_count, seq);
}

static void what_is_left_out_put_in_or_displaced_is_told_apart(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT - 2);
    const uint32_t last = ENTRY_COUNT - 3;
    for (uint32_t at = 0; at <= last; at++) {
        struct base_buf kept[ENTRY_COUNT];
        memcpy(kept, copy.entries, sizeof kept);
        /* One left out, then two. */
        for (uint32_t gap = 1; gap <= 2 && at + gap <= last; gap++) {
            memmove(&copy.entries[at], &kept[at + gap], (last + 1 - at - gap) * sizeof kept[0]);
            copy.count = last + 1 - gap;
            displaced_expect(&copy, LEDGER_FOUND_MISSING, at);
            memcpy(copy.entries, kept, sizeof kept);
        }
        /* The one before once more; a strange one put in. */
        memmove(&copy.entries[at + 1], &kept[at], (last + 1 - at) * sizeof kept[0]);
        copy.count = last + 2;
        if (at > 0) {
            copy.entries[at] = kept[at - 1];
            displaced_expect(&copy, LEDGER_FOUND_DUPLICATED, at);
        }
        struct base_buf BASE_CLEANUP(base_buf_release) strange = {0};
        base_buf_put_bytes(&strange, base_buf_bytes(&kept[at]));
        strange.data[strange.len - 1] ^= 1;
        copy.entries[at] = strange;
        displaced_expect(&copy, LEDGER_FOUND_INSERTED, at);
        memcpy(copy.entries, kept, sizeof kept);
        copy.count = last + 1;
        copy.entries[at] = strange;
        displaced_expect(&copy, LEDGER_FOUND_LEAF, at);
        copy.entries[at] = kept[at];
        /* Two that have changed places. */
        for (uint32_t other = at + 1; other <= last; other++) {
            copy.entries[at] = kept[other];
            copy.entries[other] = kept[at];
            displaced_expect(&copy, LEDGER_FOUND_REORDERED, at);
            memcpy(copy.entries, kept, sizeof kept);
        }
    }
    assert_int_equal(copy_verify(&copy, true).finding, LEDGER_FOUND_NOTHING);
    copy_release(&copy);
}

static struct ledger_verify_report known_verify(struct copy *copy,
                                                const struct ledger_checkpoint *known)
{
    struct ledger_source source = {.data = copy, .entry = copy_entry, .leaf = copy_leaf};
    struct ledger_verify_options options = {
        .checkpoint = &copy->checkpoint, .thread_count = 2, .known = known, .known_count = 1};
    struct ledger_verify_report report;
    assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
    return report;
}

static struct ledger_checkpoint checkpoint_at(const struct copy *copy, uint64_t size)
{
    struct ledger_frontier frontier = {0};
    struct ledger_checkpoint checkpoint = copy->checkpoint;
    for (uint64_t i = 0; i < size; i++)
        ledger_frontier_append(&frontier, &copy->leaves[i]);
    checkpoint.size = size;
    ledger_frontier_root(&frontier, &checkpoint.root);
    return checkpoint;
}

static void rollback_split_view_and_fork_are_told_apart(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    for (uint64_t size = 0; size <= ENTRY_COUNT; size++) {
        struct ledger_checkpoint known = checkpoint_at(&copy, size);
        assert_int_equal(known_verify(&copy, &known).finding, LEDGER_FOUND_NOTHING);
        if (size == 0)
            continue;
        known.root.bytes[5] ^= 1;
        struct ledger_verify_report report = known_verify(&copy, &known);
        if (size == ENTRY_COUNT) {
            assert_int_equal(report.finding, LEDGER_FOUND_SPLIT_VIEW);
        } else {
            assert_int_equal(report.finding, LEDGER_FOUND_FORK);
            assert_int_equal(report.seq, size - 1);
        }
    }
    struct ledger_checkpoint later = copy.checkpoint;
    later.size = ENTRY_COUNT + 3;
    struct ledger_verify_report report = known_verify(&copy, &later);
    assert_int_equal(report.finding, LEDGER_FOUND_ROLLBACK);
    assert_int_equal(report.seq, ENTRY_COUNT);
    copy_release(&copy);
}

/* The last state that a run has kept, and how often it did. */
struct kept {
    struct base_buf state;
    uint64_t size;
    unsigned count, whole_count;
};

static int keep(void *data, uint64_t size, struct base_bytes state, bool is_whole,
                struct base_err *err)
{
    struct kept *kept = data;
    (void)err;
    base_buf_reset(&kept->state);
    base_buf_put_bytes(&kept->state, state);
    kept->size = size;
    kept->count++;
    kept->whole_count += is_whole;
    return 0;
}

static struct ledger_verify_report resume_verify(struct copy *copy,
                                                 const struct ledger_checkpoint *checkpoint,
                                                 struct base_bytes resume, struct kept *kept)
{
    struct ledger_source source = {.data = copy, .entry = copy_entry, .leaf = copy_leaf};
    struct ledger_verify_options options = {.checkpoint = checkpoint,
                                            .data = kept,
                                            .save = keep,
                                            .resume = resume,
                                            .chunk_count = CHUNK_COUNT};
    struct ledger_verify_report report;
    assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
    return report;
}

static void a_later_run_goes_on_where_an_earlier_one_ended(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    for (uint64_t size = 0; size <= ENTRY_COUNT; size++) {
        struct kept kept = {0}, again = {0};
        struct ledger_checkpoint earlier = checkpoint_at(&copy, size);
        struct base_bytes none = {0};
        assert_int_equal(resume_verify(&copy, &earlier, none, &kept).finding, LEDGER_FOUND_NOTHING);
        assert_int_equal(kept.whole_count, 1);
        assert_int_equal(kept.size, size);
        struct base_bytes resume = base_buf_bytes(&kept.state);
        /* What was verified is not read again: damage there is not seen, behind it is. */
        if (size > 1)
            copy.entries[0].data[0] ^= 1;
        struct ledger_verify_report report = resume_verify(&copy, &copy.checkpoint, resume, &again);
        if (size > 1)
            copy.entries[0].data[0] ^= 1;
        assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
        assert_int_equal(report.resumed_count, size);
        assert_int_equal(report.entry_count, ENTRY_COUNT);
        assert_int_equal(report.key_count, 3);
        if (size < ENTRY_COUNT) {
            copy.entries[size].data[0] ^= 1;
            report = resume_verify(&copy, &copy.checkpoint, resume, &again);
            assert_int_equal(report.seq, size);
            copy.entries[size].data[0] ^= 1;
        }
        /* The log goes back behind it, or comes with another past. */
        if (size > 1) {
            struct ledger_checkpoint before = checkpoint_at(&copy, size - 1);
            report = resume_verify(&copy, &before, resume, &again);
            assert_int_equal(report.finding, LEDGER_FOUND_ROLLBACK);
            struct ledger_checkpoint other = copy.checkpoint;
            other.root.bytes[0] ^= 1;
            report = resume_verify(&copy, &other, resume, &again);
            assert_int_equal(report.finding,
                             size == ENTRY_COUNT ? LEDGER_FOUND_SPLIT_VIEW : LEDGER_FOUND_FORK);
        }
        base_buf_release(&kept.state);
        base_buf_release(&again.state);
    }
    copy_release(&copy);
}

/* Refuses one entry, and sees that all before came in order and none after. */
struct refusing {
    ledger_seq refused, next;
    bool disordered;
};

static int refuse_one(void *data, ledger_seq seq, const struct ledger_entry *entry,
                      const struct ledger_event *event, uint32_t note, struct base_err *err)
{
    struct refusing *refusing = data;
    (void)entry, (void)event, (void)note, (void)err;
    refusing->disordered |= seq != refusing->next;
    refusing->next = seq + 1;
    return seq == refusing->refused ? 77 : 0;
}

static void the_first_broken_position_is_named_whoever_meets_another_one_earlier(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    for (unsigned thread_count = 1; thread_count <= 2; thread_count++)
        for (uint32_t refused = 0; refused < ENTRY_COUNT; refused++)
            for (uint32_t damaged = refused == 0 ? 0 : refused - 1;
                 damaged < ENTRY_COUNT && damaged <= refused + 2 * CHUNK_COUNT; damaged += 2) {
                struct refusing refusing = {.refused = refused};
                struct ledger_source source = {
                    .data = &copy, .entry = copy_entry, .leaf = copy_leaf};
                struct ledger_verify_options options = {.checkpoint = &copy.checkpoint,
                                                        .thread_count = thread_count,
                                                        .chunk_count = CHUNK_COUNT,
                                                        .data = &refusing,
                                                        .on_entry = refuse_one};
                struct ledger_verify_report report;
                copy.entries[damaged].data[0] ^= 1;
                assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
                copy.entries[damaged].data[0] ^= 1;
                bool by_replay = refused < damaged;
                assert_int_equal(report.seq, by_replay ? refused : damaged);
                assert_int_equal(report.finding == LEDGER_FOUND_ADMISSION, by_replay);
                assert_int_equal(report.is_replayed, by_replay);
                assert_int_equal(report.admission_code, by_replay ? 77 : 0);
                assert_int_equal(report.entry_count, report.seq);
                assert_false(refusing.disordered);
                assert_int_equal(refusing.next, report.seq + (by_replay ? 1 : 0));
            }
    copy_release(&copy);
}

static void what_is_kept_on_the_way_is_as_good_as_in_the_end(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    for (uint64_t every = 1; every <= ENTRY_COUNT; every++) {
        struct kept kept = {0}, again = {0};
        struct ledger_source source = {.data = &copy, .entry = copy_entry, .leaf = copy_leaf};
        const struct ledger_verify_options options = {.checkpoint = &copy.checkpoint,
                                                      .chunk_count = CHUNK_COUNT,
                                                      .data = &kept,
                                                      .save = keep,
                                                      .save_every = every};
        struct ledger_verify_report report;
        copy.entries[ENTRY_COUNT - 1].data[0] ^= 1; /* so that it does not come to the end */
        assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
        copy.entries[ENTRY_COUNT - 1].data[0] ^= 1;
        assert_int_equal(report.seq, ENTRY_COUNT - 1);
        uint64_t step = (every + CHUNK_COUNT - 1) / CHUNK_COUNT * CHUNK_COUNT;
        assert_int_equal(kept.count, (ENTRY_COUNT - 1) / step);
        assert_int_equal(kept.size, (ENTRY_COUNT - 1) / step * step);
        assert_int_equal(kept.whole_count, 0);
        report = resume_verify(&copy, &copy.checkpoint, base_buf_bytes(&kept.state), &again);
        assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
        assert_int_equal(report.resumed_count, kept.size);
        assert_int_equal(report.entry_count, ENTRY_COUNT);
        base_buf_release(&kept.state);
        base_buf_release(&again.state);
    }
    copy_release(&copy);
}

static void a_damaged_state_is_refused_or_found(void **state)
{
    (void)state;
    struct copy copy;
    struct kept kept = {0}, again = {0};
    struct base_bytes none = {0};
    copy_make(&copy, ENTRY_COUNT);
    struct ledger_checkpoint earlier = checkpoint_at(&copy, 13);
    resume_verify(&copy, &earlier, none, &kept);
    struct ledger_source source = {.data = &copy, .entry = copy_entry, .leaf = copy_leaf};
    for (size_t len = 0; len < kept.state.len; len++) {
        struct ledger_verify_options options = {
            .checkpoint = &copy.checkpoint,
            .resume = base_bytes_of(kept.state.data, len == 0 ? 1 : len)};
        struct ledger_verify_report report;
        assert_int_equal(ledger_verify(&source, &options, &report, NULL), BASE_E_FORMAT);
    }
    /* A changed byte of tree or size contradicts itself; one of a counter or time shows later, or
     * the caller's authentication would have told. */
    for (size_t at = 0; at < kept.state.len; at++) {
        kept.state.data[at] ^= 0x20;
        struct ledger_verify_options options = {
            .checkpoint = &copy.checkpoint, .data = &again, .resume = base_buf_bytes(&kept.state)};
        struct ledger_verify_report report;
        int fault = ledger_verify(&source, &options, &report, NULL);
        assert_true(fault == 0 || fault == BASE_E_FORMAT);
        kept.state.data[at] ^= 0x20;
    }
    base_buf_release(&kept.state);
    base_buf_release(&again.state);
    copy_release(&copy);
}

static void libsodium_alone_comes_to_the_same(void **state)
{
    (void)state;
    struct copy copy;
    copy_make(&copy, ENTRY_COUNT);
    copy.entries[9].data[copy.entries[9].len - 3] ^= 4;
    copy_seal(&copy);
    for (int reference = 0; reference < 2; reference++) {
        struct ledger_source source = {.data = &copy, .entry = copy_entry, .leaf = copy_leaf};
        struct ledger_verify_options options = {.checkpoint = &copy.checkpoint,
                                                .reference = reference != 0};
        struct ledger_verify_report report;
        assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
        assert_int_equal(report.finding, LEDGER_FOUND_SIGNATURE);
        assert_int_equal(report.seq, 9);
    }
    copy_release(&copy);
}

/* A replay that refuses one position, and cosigners that the log does not have. */
struct replay {
    ledger_seq refuse;
    ledger_seq last;
    uint32_t cosigner_count;
    unsigned progress_count;
};

static int replay_entry(void *data, ledger_seq seq, const struct ledger_entry *entry,
                        const struct ledger_event *event, uint32_t note, struct base_err *err)
{
    struct replay *replay = data;
    (void)entry;
    (void)err;
    assert_int_equal(note, event->counter + 1);
    replay->last = seq;
    return seq == replay->refuse ? 107 : 0;
}

static int replay_cosigners(void *data, const struct ledger_event *event,
                            struct ledger_key out_keys[LEDGER_SIGNATURE_COUNT_MAX],
                            uint32_t *out_count, uint32_t *out_note, struct base_err *err)
{
    const struct replay *replay = data;
    (void)err;
    assert_int_equal(*out_note, 0);
    *out_note = (uint32_t)event->counter + 1;
    for (uint32_t i = 0; i < replay->cosigner_count; i++)
        out_keys[i] = event->key;
    *out_count = replay->cosigner_count;
    return 0;
}

static void replay_progress(void *data, uint64_t done, uint64_t size)
{
    assert_true(done <= size);
    ((struct replay *)data)->progress_count++;
}

static void the_storey_above_has_its_say(void **state)
{
    (void)state;
    struct copy copy;
    struct replay replay = {.refuse = 5};
    struct ledger_verify_report report;
    copy_make(&copy, ENTRY_COUNT);
    struct ledger_source source = {.data = &copy, .entry = copy_entry};
    struct ledger_verify_options options = {.checkpoint = &copy.checkpoint,
                                            .data = &replay,
                                            .on_entry = replay_entry,
                                            .cosigners = replay_cosigners,
                                            .progress = replay_progress};
    assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
    assert_int_equal(report.finding, LEDGER_FOUND_ADMISSION);
    assert_int_equal(report.seq, 5);
    assert_int_equal(report.admission_code, 107);
    assert_int_equal(replay.last, 5);
    assert_true(replay.progress_count > 0);
    replay = (struct replay){.refuse = LEDGER_SEQ_NONE, .cosigner_count = 1};
    assert_int_equal(ledger_verify(&source, &options, &report, NULL), 0);
    assert_int_equal(report.finding, LEDGER_FOUND_COSIGNERS);
    assert_int_equal(report.seq, 0);
    copy_release(&copy);
}

/* --- a stored log --------------------------------------------------------------------------- */

static int world_setup(void **state)
{
    static struct test_world world;
    static struct test_author author;
    test_world_make(&world);
    test_author_make(&author, 1);
    test_fill(&world, &author, 600);
    *state = &world;
    return 0;
}

static int world_teardown(void **state)
{
    test_world_remove(*state);
    return 0;
}

/* Opens read-only, verifies, closes. */
static struct ledger_verify_report dir_verify_once(const struct test_world *world, bool check_pages)
{
    struct ledger_log *log = NULL;
    struct ledger_log_options options = {.dir = world->dir, .check_pages = check_pages};
    struct ledger_verify_options none = {0};
    struct ledger_verify_report report;
    struct base_err err = {0};
    if (ledger_log_open(&options, &log, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(ledger_verify_log(log, &none, &report, NULL), 0);
    ledger_log_close(log);
    return report;
}

/* Indexes are read in two ways, by whether the store's pages were checked; it comes to the same. */
static struct ledger_verify_report dir_verify(const struct test_world *world)
{
    struct ledger_verify_report one = dir_verify_once(world, false);
    struct ledger_verify_report other = dir_verify_once(world, true);
    assert_int_equal(one.finding, other.finding);
    assert_int_equal(one.seq, other.seq);
    assert_int_equal(one.entry_count, other.entry_count);
    assert_int_equal(one.is_replayed, other.is_replayed);
    assert_string_equal(one.detail, other.detail);
    return one;
}

static void a_stored_log_passes(void **state)
{
    struct test_world *world = *state;
    test_world_close_log(world);
    struct ledger_verify_report report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.entry_count, 600);
}

static void a_damaged_row_is_found(void **state)
{
    struct test_world *world = *state;
    uint8_t seq[8];
    test_world_close_log(world);
    base_set_be64(seq, 300);
    test_row_damage(world, "entries", seq, sizeof seq, 3);
    struct ledger_verify_report report = dir_verify(world);
    assert_int_not_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.seq, 300);
    test_row_damage(world, "entries", seq, sizeof seq, 3); /* back as it was */
    assert_int_equal(dir_verify(world).finding, LEDGER_FOUND_NOTHING);
    static const uint8_t tile[9] = {0}; /* level 0, index 0 */
    test_row_damage(world, "tiles", tile, sizeof tile, 77 * 32);
    report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_LEAF);
    assert_int_equal(report.seq, 77);
    test_row_damage(world, "tiles", tile, sizeof tile, 77 * 32);
    static const uint8_t founding[8] = {0};
    test_row_damage(world, "entries", founding, sizeof founding, -1);
    report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_LEAF);
    assert_int_equal(report.seq, 0);
}

static void a_damaged_index_is_found(void **state)
{
    struct test_world *world = *state;
    struct ledger_hash id;
    ledger_log_id(world->log, &id);
    test_world_close_log(world);
    test_row_damage(world, "ids", id.bytes, sizeof id.bytes, 7);
    struct ledger_verify_report report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_INDEX);
    assert_int_equal(report.seq, 0);
}

/* What the rows of an entry in both indexes are called. */
struct index_names {
    struct ledger_hash id;
    uint8_t counter[LEDGER_KEY_LEN + 8];
};

static struct index_names index_names_of(const struct test_world *world, ledger_seq seq)
{
    struct index_names names;
    struct ledger_reader *reader = NULL;
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    assert_int_equal(ledger_reader_open(world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, seq, &bytes, NULL), 0);
    assert_int_equal(ledger_entry_parse(bytes, &entry, NULL), 0);
    assert_int_equal(ledger_event_parse(entry.event_bytes, &event, &refusal), 0);
    names.id = event.id;
    memcpy(names.counter, event.key.bytes, LEDGER_KEY_LEN);
    base_set_be64(names.counter + LEDGER_KEY_LEN, (uint64_t)event.counter);
    ledger_reader_close(reader);
    return names;
}

/* Rows are asked for in another order than the entries'; of two that are wrong the first entry's is
 * told. */
static void the_first_entry_with_a_damaged_index_is_named(void **state)
{
    static const ledger_seq places[] = {0, 1, 63, 64, 255, 256, 598, 599};
    enum { COUNT = sizeof places / sizeof places[0] };
    struct test_world *world = *state;
    struct index_names names[COUNT];
    for (unsigned i = 0; i < COUNT; i++)
        names[i] = index_names_of(world, places[i]);
    test_world_close_log(world);
    for (unsigned i = COUNT; i-- > 0;) {
        if (i % 2 == 0)
            test_row_damage(world, "ids", names[i].id.bytes, LEDGER_HASH_LEN, 7);
        else
            test_row_damage(world, "counters", names[i].counter, sizeof names[i].counter, 6);
        struct ledger_verify_report report = dir_verify(world);
        assert_int_equal(report.finding, LEDGER_FOUND_INDEX);
        assert_int_equal(report.seq, places[i]);
        assert_int_equal(report.entry_count, places[i]);
        assert_true(report.is_replayed);
    }
}

static void a_damaged_head_is_refused_at_opening(void **state)
{
    struct test_world *world = *state;
    static const char *const names[] = {"head", "checkpoint", "vkey"};
    test_world_close_log(world);
    for (int i = 0; i < 3; i++) {
        struct ledger_log *log = NULL;
        struct ledger_log_options options = {.dir = world->dir};
        test_row_damage(world, "meta", names[i], strlen(names[i]), 9);
        assert_int_not_equal(ledger_log_open(&options, &log, NULL), 0);
        assert_null(log);
        test_row_damage(world, "meta", names[i], strlen(names[i]), 9);
    }
    static const uint8_t upper[9] = {1}; /* level 1: part of the head's frontier */
    test_row_damage(world, "tiles", upper, sizeof upper, 0);
    struct ledger_log *log = NULL;
    struct ledger_log_options options = {.dir = world->dir};
    assert_int_equal(ledger_log_open(&options, &log, NULL), BASE_E_CORRUPT);
}

static void a_damaged_opening_is_found(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    struct test_submission plain;
    struct test_submission made;
    struct base_buf BASE_CLEANUP(base_buf_release) wire = {0};
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    static const uint8_t salt[LEDGER_SALT_LEN] = {1};
    struct ledger_opening opening = {.path = base_bytes_str("pupil-1"),
                                     .salt = base_bytes_of(salt, sizeof salt),
                                     .value = BASE_LITERAL("\xa1x")};
    test_author_make(&author, 9);
    test_event_make(world, &author, "test.sealed", NULL, &plain);
    assert_int_equal(ledger_submission_build(plain.submission.event_bytes,
                                             plain.submission.signatures, 1, &opening, 1, &wire,
                                             NULL),
                     0);
    test_submission_of(base_buf_bytes(&wire), &made);
    assert_int_equal(test_append(world, &made).code, 0);
    memcpy(commitment, made.submission.openings[0].commitment, sizeof commitment);
    test_submission_release(&made);
    test_submission_release(&plain);
    test_world_close_log(world);
    struct ledger_verify_report report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    assert_int_equal(report.opening_count, 1);
    test_row_damage(world, "openings", commitment, sizeof commitment, -1);
    report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_OPENING);
    test_row_damage(world, "openings", commitment, sizeof commitment, -1);
    test_row_damage(world, "openings", commitment, sizeof commitment, 0); /* another subject */
    assert_int_equal(dir_verify(world).finding, LEDGER_FOUND_OPENING);
}

/* Upper tiles outside the head's frontier exist from 65,536 entries on. */
static void a_damaged_upper_tile_is_found(void **state)
{
    struct test_world *world = *state;
    struct test_author author;
    if (getenv("SLOW_TESTS") == NULL)
        skip();
    test_author_make(&author, 2);
    test_fill(world, &author, 66000);
    test_world_close_log(world);
    struct ledger_verify_report report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_NOTHING);
    static const uint8_t upper[9] = {1}; /* level 1, index 0: full, and summed up in level 2 */
    test_row_damage(world, "tiles", upper, sizeof upper, 100 * 32);
    report = dir_verify(world);
    assert_int_equal(report.finding, LEDGER_FOUND_INDEX);
    assert_int_equal(report.seq, 100 * 256);
}

static void findings_have_names(void **state)
{
    (void)state;
    assert_string_equal(ledger_finding_name(LEDGER_FOUND_SEEN), "seen");
    assert_string_equal(ledger_finding_text(LEDGER_FOUND_NOTHING), "everything holds");
    assert_string_equal(ledger_finding_name((enum ledger_finding)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
        cmocka_unit_test(an_honest_log_passes),
        cmocka_unit_test(a_changed_bit_anywhere_is_placed),
        cmocka_unit_test(time_that_goes_back_is_found),
        cmocka_unit_test(another_logs_event_is_found),
        cmocka_unit_test(a_counter_that_does_not_grow_is_found),
        cmocka_unit_test(a_rewritten_past_is_witnessed_by_who_had_seen_it),
        cmocka_unit_test(a_wrong_signature_is_found_before_what_follows),
        cmocka_unit_test(broken_forms_are_found),
        cmocka_unit_test(entries_left_out_or_exchanged_are_found),
        cmocka_unit_test(what_is_left_out_put_in_or_displaced_is_told_apart),
        cmocka_unit_test(rollback_split_view_and_fork_are_told_apart),
        cmocka_unit_test(a_later_run_goes_on_where_an_earlier_one_ended),
        cmocka_unit_test(the_first_broken_position_is_named_whoever_meets_another_one_earlier),
        cmocka_unit_test(what_is_kept_on_the_way_is_as_good_as_in_the_end),
        cmocka_unit_test(a_damaged_state_is_refused_or_found),
        cmocka_unit_test(libsodium_alone_comes_to_the_same),
        cmocka_unit_test(the_storey_above_has_its_say),
        WITH_WORLD(a_stored_log_passes),
        WITH_WORLD(a_damaged_row_is_found),
        WITH_WORLD(a_damaged_index_is_found),
        WITH_WORLD(the_first_entry_with_a_damaged_index_is_named),
        WITH_WORLD(a_damaged_head_is_refused_at_opening),
        WITH_WORLD(a_damaged_opening_is_found),
        WITH_WORLD(a_damaged_upper_tile_is_found),
        cmocka_unit_test(findings_have_names),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
