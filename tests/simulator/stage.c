/* Playing a story to the real thing: a log and its engine in a folder, a clock that is told, and
 * every answer and everything that is stored held against the model. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/checkpoint.h"
#include "ledger/faults.h"
#include "ledger/files.h"
#include "projections/kinds.h"
#include "tests/ledger/support.h"
#include "tests/simulator/model.h"
#include "tests/simulator/wreck.h"

#define CHECK_EVERY 6 /* turns; and whenever the server was started again, and at the end */

struct stage {
    const struct story *story;
    const struct turn *turn; /* the one that is played */
    int turn_number;
    struct model model;
    const char *base;
    char dir[STORY_DIR_MAX + 32]; /* the school's folder; another one after each fall */
    int life;
    base_time_ms now_ms;
    struct ledger_faults faults;
    struct base_buf log_before; /* of a commit that is cut off */
    bool fell;                  /* into the folder of the next life */
    struct ledger_log *log;
    struct proj_engine *engine;
    struct player player; /* for its drafts */
    struct base_buf wires[WRITING_MAX];
    struct ledger_hash ids[WRITING_MAX];
    unsigned openings[WRITING_MAX];
    struct ledger_hash roots[TALE_STEP_MAX + 1]; /* naive ones, of the sizes that there were */
    int root_count;
    struct ledger_hash leaves[TALE_STEP_MAX];
};

static _Noreturn void wrong(const struct stage *stage, const char *format, ...) BASE_PRINTF(2, 3);

static _Noreturn void wrong(const struct stage *stage, const char *format, ...)
{
    va_list args;
    printf("turn %d: ", stage->turn_number);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    exit(1);
}

#define MUST(stage, condition, ...)                                                                \
    do {                                                                                           \
        if (!(condition))                                                                          \
            wrong(stage, __VA_ARGS__);                                                             \
    } while (0)

/* Fates */

static void next_dir(const struct stage *stage, char out[(STORY_DIR_MAX + 64)])
{
    snprintf(out, (STORY_DIR_MAX + 64), "%s/life%d", stage->base, stage->life + 1);
}

static int on_reserve(void *data)
{
    const struct stage *stage = data;
    return stage->turn->fate == FATE_FULL_RESERVING ? ENOSPC : 0;
}

static void fall(struct stage *stage)
{
    char to[(STORY_DIR_MAX + 64)];
    next_dir(stage, to);
    wreck_copy(stage->dir, to);
    stage->fell = true;
}

static int on_before_commit(void *data)
{
    struct stage *stage = data;
    switch (stage->turn->fate) {
    case FATE_FULL_COMMITTING:
        return ENOSPC;
    case FATE_COMMIT_FAILS:
        return EIO;
    case FATE_KILLED_BEFORE:
        fall(stage);
        return 0;
    case FATE_POWER:
        wreck_read(stage->dir, "log/data.mdb", &stage->log_before);
        return 0;
    case FATE_NONE:
    case FATE_FULL_RESERVING:
    case FATE_COMMIT_UNCLEAR:
    case FATE_REREAD_DIFFERS:
    case FATE_KILLED_AFTER:
    case FATE_POWER_AFTER:
    case FATE_COUNT:
        break;
    }
    return 0;
}

static int on_after_commit(void *data)
{
    struct stage *stage = data;
    enum fate fate = stage->turn->fate;
    if (fate == FATE_COMMIT_UNCLEAR)
        return EIO;
    if (fate == FATE_KILLED_AFTER || fate == FATE_POWER || fate == FATE_POWER_AFTER)
        fall(stage);
    if (fate == FATE_POWER) {
        struct base_buf BASE_CLEANUP(base_buf_release) after = {0};
        char to[(STORY_DIR_MAX + 64)];
        next_dir(stage, to);
        wreck_read(stage->dir, "log/data.mdb", &after);
        wreck_pages(to, base_buf_bytes(&stage->log_before), base_buf_bytes(&after),
                    stage->turn->dice);
    }
    return 0;
}

static void on_reread(void *data, uint8_t *entry, size_t len)
{
    const struct stage *stage = data;
    if (stage->turn->fate == FATE_REREAD_DIFFERS)
        entry[stage->turn->dice % len] ^= 4;
}

/* Opening */

static void open_all(struct stage *stage, bool create)
{
    struct base_err err = {0};
    int rc = proj_engine_open(stage->dir, false, &stage->engine, &err);
    MUST(stage, rc == 0, "the projections do not open: %s", err.text);
    stage->faults = (struct ledger_faults){.reserve = on_reserve,
                                           .before_commit = on_before_commit,
                                           .after_commit = on_after_commit,
                                           .reread = on_reread,
                                           .data = stage};
    const struct ledger_log_options options = {.dir = stage->dir,
                                               .origin = "journal.example/log",
                                               .create = create,
                                               .clock = base_clock_manual(&stage->now_ms),
                                               .admission = proj_engine_admission(stage->engine),
                                               .faults = &stage->faults};
    rc = ledger_log_open(&options, &stage->log, &err);
    MUST(stage, rc == 0, "the log does not open: %s", err.text);
    rc = proj_engine_attach(stage->engine, stage->log, NULL, NULL, &err);
    MUST(stage, rc == 0, "the log cannot be folded: %s", err.text);
}

static void close_all(struct stage *stage)
{
    ledger_log_close(stage->log);
    proj_engine_close(stage->engine);
    stage->log = NULL;
    stage->engine = NULL;
}

/* Starts the server again, where it fell or in the same folder. */
static void start_again(struct stage *stage, bool forget)
{
    char path[(STORY_DIR_MAX + 64)];
    close_all(stage);
    if (stage->fell) {
        test_dir_remove(stage->dir);
        next_dir(stage, path);
        snprintf(stage->dir, sizeof stage->dir, "%s/life%d", stage->base, stage->life + 1);
        stage->life++;
        stage->fell = false;
        if (stage->turn->fate == FATE_POWER || stage->turn->fate == FATE_POWER_AFTER)
            wreck_unsynced(stage->dir, stage->turn->dice);
    }
    if (forget) {
        snprintf(path, sizeof path, "%s/projections", stage->dir);
        test_dir_remove(path);
    }
    open_all(stage, false);
}

/* Signing */

static struct signer *signer_by_key(const struct ledger_key *key)
{
    for (int i = 0; i < TALE_KEY_MAX; i++) {
        if (ledger_key_equal(&player_signer(i)->key, key))
            return player_signer(i);
    }
    return NULL;
}

/* Who has to sign what the draft says, the author first. */
static unsigned signers_find(struct stage *stage, const struct moment *moment,
                             struct signer *author, struct signer **out_signers)
{
    struct base_buf BASE_CLEANUP(base_buf_release) bytes = {0};
    struct ledger_submission submission = {0};
    struct ledger_key cosigners[LEDGER_SIGNATURE_COUNT_MAX];
    struct ledger_refusal refusal;
    struct signer scratch = *author;
    uint32_t cosigner_count = 0;
    unsigned count = 0;
    draft_build(&stage->player.draft, moment, &scratch, &bytes);
    submission.event_bytes = base_buf_bytes(&bytes);
    out_signers[count++] = author;
    if (ledger_event_parse(submission.event_bytes, &submission.event, &refusal) == 0 &&
        proj_kinds_check(&submission, false, cosigners, &cosigner_count, &refusal) == 0) {
        for (uint32_t i = 0; i < cosigner_count; i++) {
            struct signer *signer = signer_by_key(&cosigners[i]);
            if (signer != NULL)
                out_signers[count++] = signer;
        }
    }
    return count;
}

static void spoil_signature(struct base_buf *wire)
{
    struct test_submission made;
    struct base_buf spoilt = {0};
    test_submission_of(base_buf_bytes(wire), &made);
    made.submission.signatures[0].bytes[11] ^= 1;
    assert_int_equal(
        ledger_submission_build(made.submission.event_bytes, made.submission.signatures,
                                made.submission.signature_count, made.submission.openings,
                                made.submission.opening_count, &spoilt, NULL),
        0);
    test_submission_release(&made);
    base_buf_release(wire);
    *wire = spoilt;
}

/* The model says that a writing is signed now: makes its bytes. */
static void sign(void *data, const struct model *model, int number)
{
    struct stage *stage = data;
    const struct made *made = &model->made[number];
    enum lie lie = stage->story->writings[number].lie;
    struct signer author = *player_signer(made->step.key);
    struct signer *signers[LEDGER_SIGNATURE_COUNT_MAX];
    struct moment moment = {.claimed_ms = player_time(made->step.at),
                            .seen_size = (uint64_t)made->seen,
                            .seen_root = stage->roots[made->seen]};
    for (int i = 0; i < model->tale.count; i++) {
        stage->player.ids[i] = stage->ids[model->born[i]];
        stage->player.sizes[i] = model->made[model->born[i]].size;
    }
    if (model->tale.count > 0)
        moment.log_id = stage->player.ids[0];
    if (lie == LIE_LOG)
        moment.log_id.bytes[5] ^= 1;
    if (lie == LIE_SEEN_SIZE)
        moment.seen_size += 1000;
    if (lie == LIE_SEEN_ROOT)
        moment.seen_root.bytes[5] ^= 1;
    author.counter = made->counter - 1;
    player_draft(&stage->player, &model->tale, &made->step);
    unsigned count = signers_find(stage, &moment, &author, signers);
    base_buf_reset(&stage->wires[number]);
    draft_sign(&stage->player.draft, &moment, signers, count, &stage->wires[number]);
    stage->openings[number] = stage->player.draft.opening_count;
    if (lie == LIE_SIGNATURE)
        spoil_signature(&stage->wires[number]);
    struct test_submission parsed;
    test_submission_of(base_buf_bytes(&stage->wires[number]), &parsed);
    stage->ids[number] = parsed.submission.event.id;
    test_submission_release(&parsed);
}

/* What is stored */

static void entry_check(struct stage *stage, struct ledger_reader *reader, int seq,
                        struct ledger_hash *out_leaf)
{
    const struct model *model = &stage->model;
    int number = model->born[seq];
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct base_err err = {0};
    ledger_seq found = LEDGER_SEQ_NONE;
    struct test_submission handed_in;
    int rc = ledger_reader_entry(reader, (ledger_seq)seq, &bytes, &err);
    MUST(stage, rc == 0, "entry %d is lost: %s", seq, err.text);
    rc = ledger_entry_parse(bytes, &entry, &err);
    MUST(stage, rc == 0, "entry %d: %s", seq, err.text);
    test_submission_of(base_buf_bytes(&stage->wires[number]), &handed_in);
    MUST(stage,
         base_bytes_equal(entry.event_bytes, handed_in.submission.event_bytes) &&
             entry.signature_count == handed_in.submission.signature_count &&
             memcmp(entry.signatures, handed_in.submission.signatures,
                    entry.signature_count * sizeof entry.signatures[0]) == 0,
         "entry %d is not what was handed in", seq);
    test_submission_release(&handed_in);
    MUST(stage, entry.recorded_ms == player_time(model->tale.steps[seq].at),
         "entry %d was recorded at another time", seq);
    rc = ledger_reader_find(reader, &stage->ids[number], &found, &err);
    MUST(stage, rc == 0 && found == (ledger_seq)seq, "entry %d is not found by its id", seq);
    ledger_tree_leaf(bytes, out_leaf);
}

static int opening_count(void *data, const struct ledger_opening *opening, struct base_err *err)
{
    (void)opening;
    (void)err;
    ++*(unsigned *)data;
    return 0;
}

/* All of it when `whole`, else what is new. */
static void log_check(struct stage *stage, bool whole)
{
    const struct model *model = &stage->model;
    struct ledger_hash *leaves = stage->leaves;
    struct ledger_reader *reader = NULL;
    struct base_buf BASE_CLEANUP(base_buf_release) note = {0};
    struct ledger_note_key key;
    struct ledger_checkpoint checkpoint;
    struct base_err err = {0};
    unsigned openings = 0;
    unsigned wanted = 0;
    uint8_t commitment[LEDGER_COMMITMENT_LEN];
    int rc = ledger_reader_open(stage->log, &reader, &err);
    MUST(stage, rc == 0, "%s", err.text);
    int size = (int)ledger_reader_size(reader);
    MUST(stage, size == model->tale.count, "the log has %d entries, must have %d", size,
         model->tale.count);
    for (int i = whole ? 0 : stage->root_count; i < size; i++)
        entry_check(stage, reader, i, &leaves[i]);
    for (int i = 0; i < size; i++)
        wanted += stage->openings[model->born[i]];
    for (int i = stage->root_count; i <= size; i++)
        stage->roots[i] = test_naive_root(leaves, (uint64_t)i);
    stage->root_count = size;
    rc = ledger_log_checkpoint(stage->log, &note, &err);
    if (rc == 0)
        rc = ledger_vkey_parse(base_bytes_str(ledger_log_vkey(stage->log)), &key, &err);
    if (rc == 0)
        rc = ledger_checkpoint_open(base_buf_bytes(&note), &key, &checkpoint, &err);
    MUST(stage, rc == 0, "the checkpoint: %s", err.text);
    MUST(stage,
         checkpoint.size == (uint64_t)size &&
             ledger_hash_equal(&checkpoint.root, &stage->roots[size]),
         "the checkpoint signs another tree");
    for (int i = 0; whole && i < model->tale.keys; i++) {
        int64_t counter = 0;
        rc = ledger_reader_counter(reader, &player_signer(i)->key, &counter, &err);
        MUST(stage, rc == 0 && counter == model->counters[i],
             "the counter of k%d is %d, must be %d", i, (int)counter, (int)model->counters[i]);
    }
    if (whole) {
        rc = ledger_reader_openings_walk(reader, opening_count, &openings, commitment, &err);
        MUST(stage, rc == 0 && openings == wanted, "%u sealed fields can be opened, must be %u",
             openings, wanted);
    }
    ledger_reader_close(reader);
}

/* A moment at which knowledge changed, or the one before: as the dice fall, of a breach event. */
static int past_moment(const struct stage *stage)
{
    const struct tale *tale = &stage->model.tale;
    int first = (int)(stage->turn->dice % (uint64_t)tale->count);
    for (int i = 0; i < tale->count; i++) {
        int seq = (first + i) % tale->count;
        if (seq > 0 && tale->steps[seq].deed >= DID_REPORT)
            return seq + (int)(stage->turn->dice >> 32 & 1);
    }
    return tale->count;
}

/* What was known then is still to be had. */
static void past_check(struct stage *stage, struct proj_txn *txn)
{
    static struct opinion opinion;
    static struct tale past;
    int size = past_moment(stage);
    past = stage->model.tale;
    past.count = size;
    oracle_judge(&past, size, &opinion);
    proj_txn_moment(txn, (ledger_seq)size, (ledger_seq)size);
    MUST(stage, state_agrees(txn, &past, &opinion),
         "engine and oracle disagree on what was known of the first %d entries", size);
}

static void state_check(struct stage *stage)
{
    static struct opinion opinion;
    struct base_err err = {0};
    struct proj_txn *txn = NULL;
    oracle_judge(&stage->model.tale, stage->model.tale.count, &opinion);
    int rc = proj_engine_read(stage->engine, &txn, &err);
    MUST(stage, rc == 0, "%s", err.text);
    MUST(stage, (int)proj_txn_next(txn) == stage->model.tale.count,
         "the projections have folded %d entries, must have %d", (int)proj_txn_next(txn),
         stage->model.tale.count);
    MUST(stage, state_agrees(txn, &stage->model.tale, &opinion), "engine and oracle disagree");
    if (stage->model.tale.count > 0)
        past_check(stage, txn);
    proj_txn_end(txn);
}

/* Row by row, as the auditor compares. */
static void same_check(struct stage *stage, struct proj_engine *engine)
{
    struct proj_txn *one = NULL;
    struct proj_txn *two = NULL;
    struct base_err err = {0};
    const char *table = "";
    int rc = proj_engine_read(stage->engine, &one, &err);
    if (rc == 0)
        rc = proj_engine_read(engine, &two, &err);
    MUST(stage, rc == 0, "%s", err.text);
    MUST(stage, proj_txn_same(one, two, &table),
         "folded from nothing the state has other bytes in the table %s", table);
    proj_txn_end(one);
    proj_txn_end(two);
}

static void rebuild_check(struct stage *stage)
{
    struct proj_engine *engine = NULL;
    struct base_err err = {0};
    char dir[(STORY_DIR_MAX + 64)];
    snprintf(dir, sizeof dir, "%s/rebuilt", stage->base);
    test_dir_remove(dir);
    assert_int_equal(ledger__dir_make(dir, NULL), 0);
    int rc = proj_engine_open(dir, false, &engine, &err);
    if (rc == 0 && stage->turn->dice % 2 == 0)
        proj_engine_judge_all(engine);
    if (rc == 0)
        rc = proj_engine_attach(engine, stage->log, NULL, NULL, &err);
    MUST(stage, rc == 0, "folding from nothing: %s", err.text);
    same_check(stage, engine);
    proj_engine_close(engine);
}

/* Turns */

static const char *answer_name(enum answer answer)
{
    static const char *const names[] = {
        "nobody could write it", "accepted",     "known",   "bad signature", "wrong log",
        "stale counter",         "seen unknown", "refused", "disk full",     "no answer",
    };
    return names[answer];
}

/* The real answer as the model would put it. */
static enum answer answer_of(const struct ledger_receipt *receipt)
{
    switch (receipt->code) {
    case 0:
        return receipt->known ? KNOWN : ACCEPTED;
    case LEDGER_REFUSED_BAD_SIGNATURE:
        return BAD_SIGNATURE;
    case LEDGER_REFUSED_WRONG_LOG:
        return WRONG_LOG;
    case LEDGER_REFUSED_COUNTER:
        return STALE_COUNTER;
    case LEDGER_REFUSED_SEEN:
        return SEEN_UNKNOWN;
    case LEDGER_REFUSED_DISK_FULL:
        return DISK_FULL;
    default:
        return REFUSED_ABOVE;
    }
}

static void writing_tell(const struct stage *stage, const struct turn *turn,
                         const enum answer *answers)
{
    for (int i = 0; i < turn->count; i++) {
        int number = turn->writings[i];
        const struct writing *writing = &stage->story->writings[number];
        const struct made *made = &stage->model.made[number];
        if (answers[i] == NOT_SENT)
            continue;
        printf("  #%d by client %d%s%s must be: %s\n    ", number, writing->client,
               writing->stolen ? ", with a stolen key," : "", lie_name(writing->lie),
               answer_name(answers[i]));
        step_print(&stage->model.tale, &made->step, made->position, "");
    }
}

static void receipt_check(struct stage *stage, int number, enum answer wanted,
                          const struct ledger_receipt *receipt)
{
    const struct made *made = &stage->model.made[number];
    enum answer got = answer_of(receipt);
    MUST(stage, got == wanted, "#%d: %s (code %d, field “%s”), must be: %s", number,
         answer_name(got), receipt->code, receipt->refusal.field, answer_name(wanted));
    if (got != ACCEPTED && got != KNOWN)
        return;
    MUST(stage, receipt->seq == (ledger_seq)made->position, "#%d is at %d, must be at %d", number,
         (int)receipt->seq, made->position);
    MUST(stage, receipt->recorded_ms == player_time(stage->model.tale.steps[made->position].at),
         "#%d is recorded at another time than answered", number);
}

/* Once it has stopped, it acknowledges nothing more. */
static void stopped_check(struct stage *stage, struct ledger_submission *const *list,
                          uint32_t count)
{
    struct ledger_receipt receipts[BATCH_MAX];
    int rc = ledger_log_append(stage->log, list, count, receipts, NULL);
    MUST(stage, rc == BASE_E_STOPPED, "the log had failed and answers on: %d", rc);
}

static void batch_play(struct stage *stage, const enum answer *answers)
{
    const struct turn *turn = stage->turn;
    struct test_submission made[BATCH_MAX];
    struct ledger_submission *list[BATCH_MAX];
    struct ledger_receipt receipts[BATCH_MAX];
    struct base_err err = {0};
    int places[BATCH_MAX];
    uint32_t count = 0;
    bool down = false;
    for (int i = 0; i < turn->count; i++) {
        int number = turn->writings[i];
        struct ledger_receipt receipt = {0};
        if (answers[i] == NOT_SENT)
            continue;
        test_submission_of(base_buf_bytes(&stage->wires[number]), &made[count]);
        receipt.code = ledger_submission_verify(proj_engine_admission(stage->engine),
                                                &made[count].submission, &receipt.refusal, &err);
        MUST(stage, receipt.code >= 0, "%s", err.text);
        if (receipt.code > 0) {
            receipt_check(stage, number, answers[i], &receipt);
            test_submission_release(&made[count]);
            continue;
        }
        list[count] = &made[count].submission;
        places[count++] = i;
        down |= answers[i] == NO_ANSWER;
    }
    if (count == 0)
        return;
    int rc = ledger_log_append(stage->log, list, count, receipts, &err);
    if (!down || stage->fell) /* who fell was not there any more to answer */
        MUST(stage, rc == 0, "the batch: %s", err.text);
    if (!down) {
        for (uint32_t i = 0; i < count; i++)
            receipt_check(stage, turn->writings[places[i]], answers[places[i]], &receipts[i]);
    } else if (!stage->fell) {
        MUST(stage, rc < 0, "what could not be written was answered");
        stopped_check(stage, list, count);
    }
    for (uint32_t i = 0; i < count; i++)
        test_submission_release(&made[i]);
    if (down)
        start_again(stage, false);
}

static void turn_play(struct stage *stage, bool loud)
{
    const struct turn *turn = stage->turn;
    enum answer answers[BATCH_MAX];
    bool again = turn->kind == TURN_REOPEN || turn->kind == TURN_FORGET;
    int life = stage->life;
    model_turn(&stage->model, stage->story, turn, sign, stage, answers);
    stage->now_ms = player_time(stage->model.clock);
    if (loud) {
        turn_print(stage->story, turn, stage->turn_number);
        if (turn->kind == TURN_BATCH)
            writing_tell(stage, turn, answers);
    }
    if (stage->model.tale.count == 0 && turn->kind != TURN_BATCH)
        return;
    if (again)
        start_again(stage, turn->kind == TURN_FORGET);
    if (turn->kind == TURN_REBUILD)
        rebuild_check(stage);
    if (turn->kind == TURN_BATCH)
        batch_play(stage, answers);
    bool whole = again || life != stage->life || stage->turn_number % CHECK_EVERY == 0;
    log_check(stage, whole);
    if (whole)
        state_check(stage);
}

void story_play(const struct story *story, const char *dir, bool loud)
{
    static struct stage stage;
    static const struct turn end = {.kind = TURN_REBUILD};
    stage = (struct stage){.story = story, .base = dir, .turn = &end};
    test_dir_remove(dir);
    assert_int_equal(ledger__dir_make(dir, NULL), 0);
    snprintf(stage.dir, sizeof stage.dir, "%s/life0", dir);
    assert_int_equal(ledger__dir_make(stage.dir, NULL), 0);
    model_begin(&stage.model);
    draft_salts_anew();
    stage.roots[0] = test_naive_root(NULL, 0);
    stage.now_ms = player_time(0);
    open_all(&stage, true);
    for (int i = 0; i < story->turn_count; i++) {
        stage.turn = &story->turns[i];
        stage.turn_number = i;
        turn_play(&stage, loud);
    }
    stage.turn = &end;
    if (stage.model.tale.count > 0) {
        log_check(&stage, true);
        state_check(&stage);
        rebuild_check(&stage);
    }
    close_all(&stage);
    draft_release(&stage.player.draft);
    for (int i = 0; i < WRITING_MAX; i++)
        base_buf_release(&stage.wires[i]);
    base_buf_release(&stage.log_before);
    test_dir_remove(dir);
}
