/* The golden scenarios: played, written down and compared with specs/vectors/voiding, to the byte;
 * then read back from there and fed to a fresh engine, which must find the same. WRITE_VECTORS=1
 * writes the files anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/projections/scenarios.h"

static struct scene scene;

static void put_hex(struct base_buf *out, struct base_bytes bytes)
{
    char *hex = malloc(bytes.len * 2 + 1);
    assert_non_null(hex);
    base_hex(bytes.data, bytes.len, hex);
    base_buf_put_str(out, hex);
    free(hex);
}

static void entry_hex(struct world *w, ledger_seq seq, struct base_buf *out)
{
    struct ledger_reader *reader = NULL;
    struct base_bytes entry;
    assert_int_equal(ledger_reader_open(w->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, seq, &entry, NULL), 0);
    put_hex(out, entry);
    ledger_reader_close(reader);
}

/* The school's entries, once for all scenarios. */
static void put_school(struct world *w, ledger_seq size, struct base_buf *out)
{
    base_buf_put_str(out, "{\"entries\": [");
    for (ledger_seq seq = 0; seq < size; seq++) {
        base_buf_put_str(out, seq == 0 ? "\n\"" : ",\n\"");
        entry_hex(w, seq, out);
        base_buf_put_str(out, "\"");
    }
    base_buf_put_str(out, "\n]}\n");
}

static const char *state_name(const struct proj_report_state *state)
{
    if (state->overruled)
        return "overruled";
    if (state->standing)
        return "standing";
    return state->receipt_count >= 2 ? "fallen" : "closed";
}

struct voids {
    struct base_buf *out;
    struct world *world;
    bool any;
};

static bool put_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct voids *voids = data;
    struct ledger_reader *reader = NULL;
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_event event;
    struct ledger_refusal refusal;
    assert_int_equal(ledger_reader_open(voids->world->log, &reader, NULL), 0);
    assert_int_equal(ledger_reader_entry(reader, seq, &bytes, NULL), 0);
    assert_int_equal(ledger_entry_parse(bytes, &entry, NULL), 0);
    assert_int_equal(ledger_event_parse(entry.event_bytes, &event, &refusal), 0);
    base_buf_printf(voids->out, "%s{\"position\": %llu, \"key\": \"", voids->any ? ", " : "",
                    (unsigned long long)seq);
    put_hex(voids->out, base_bytes_of(event.key.bytes, LEDGER_KEY_LEN));
    base_buf_printf(voids->out, "\", \"report\": %llu, \"reason\": \"%s\"}",
                    (unsigned long long)state.cause,
                    state.reason == PROJ_VOID_COVERED ? "covered" : "ungrounded");
    voids->any = true;
    ledger_reader_close(reader);
    return true;
}

/* What is known at a log size: the reports, and what does not count. */
static void put_reading(struct world *w, ledger_seq size, struct base_buf *out)
{
    struct proj_report_state *reports;
    struct proj_txn *txn = world_read(w);
    struct voids voids = {.out = out, .world = w};
    proj_txn_moment(txn, size, size);
    unsigned count = proj_reports_judge(txn, &reports);
    base_buf_printf(out, "  {\"size\": %llu, \"reports\": [", (unsigned long long)size);
    for (unsigned i = 0; i < count; i++)
        base_buf_printf(out, "%s{\"position\": %llu, \"cut\": %llu, \"state\": \"%s\"}",
                        i == 0 ? "" : ", ", (unsigned long long)reports[i].report.seq,
                        (unsigned long long)reports[i].report.cut, state_name(&reports[i]));
    base_buf_put_str(out, "], \"void\": [");
    proj_void_each(txn, put_void, &voids);
    base_buf_put_str(out, "]}");
    free(reports);
    world_read_end(txn);
}

static const char *note_of(ledger_seq seq, bool russian)
{
    for (unsigned i = 0; i < scene.note_count; i++) {
        if (scene.notes[i].seq == seq)
            return russian ? scene.notes[i].ru : scene.notes[i].en;
    }
    fail_msg("nobody said what position %d is", (int)seq);
    return "";
}

static void put_scenario(const struct scenario *scenario, struct base_buf *out)
{
    struct world *w = &scene.world;
    ledger_seq size = world_size(w);
    base_buf_printf(out, "{\"name\": \"%s\",\n \"ru\": \"%s\",\n \"en\": \"%s\",\n", scenario->name,
                    scenario->ru, scenario->en);
    base_buf_printf(out, " \"after\": {\"file\": \"school.json\", \"entries\": %llu},\n",
                    (unsigned long long)scene.begin);
    base_buf_put_str(out, " \"entries\": [");
    for (ledger_seq seq = scene.begin; seq < size; seq++) {
        base_buf_printf(out,
                        "%s\n  {\"position\": %llu, \"ru\": \"%s\", \"en\": \"%s\",\n   "
                        "\"entry\": \"",
                        seq == scene.begin ? "" : ",", (unsigned long long)seq, note_of(seq, true),
                        note_of(seq, false));
        entry_hex(w, seq, out);
        base_buf_put_str(out, "\"}");
    }
    base_buf_put_str(out, "\n ],\n \"refused\": [");
    for (unsigned i = 0; i < scene.refusal_count; i++) {
        const struct ledger_refusal_text *text = proj_refusal_text_of(scene.refusals[i].code);
        assert_non_null(text);
        base_buf_printf(out,
                        "%s\n  {\"size\": %llu, \"error\": \"%s\", \"ru\": \"%s\", \"en\": "
                        "\"%s\",\n   \"event\": \"",
                        i == 0 ? "" : ",", (unsigned long long)scene.refusals[i].after, text->name,
                        scene.refusals[i].ru, scene.refusals[i].en);
        put_hex(out, base_buf_bytes(&scene.refusals[i].event));
        base_buf_put_str(out, "\"}");
    }
    base_buf_put_str(out, "\n ],\n \"readings\": [\n");
    for (ledger_seq at = scene.begin; at <= size; at++) {
        put_reading(w, at, out);
        base_buf_put_str(out, at == size ? "\n" : ",\n");
    }
    base_buf_put_str(out, " ]}\n");
}

static void path_of(const char *name, char out[512])
{
    const char *specs = getenv("SPECS");
    snprintf(out, 512, "%s/vectors/voiding/%s.json", specs != NULL ? specs : "specs", name);
}

static void read_file(const char *path, struct base_buf *out)
{
    char chunk[65536];
    size_t len;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        fail_msg("%s is missing: WRITE_VECTORS=1 writes it", path);
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0)
        base_buf_put(out, chunk, len);
    fclose(file);
}

static void same_as_golden(const char *name, struct base_buf *text)
{
    struct base_buf BASE_CLEANUP(base_buf_release) golden = {0};
    char path[512];
    path_of(name, path);
    if (getenv("WRITE_VECTORS") != NULL) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
        assert_int_equal(fclose(file), 0);
        return;
    }
    read_file(path, &golden);
    if (!base_bytes_equal(base_buf_bytes(&golden), base_buf_bytes(text)))
        fail_msg("%s is not what was played: if that is meant, WRITE_VECTORS=1", path);
}

static void scene_release(void)
{
    world_remove(&scene.world);
    for (unsigned i = 0; i < SCENE_REFUSAL_COUNT_MAX; i++)
        base_buf_release(&scene.refusals[i].event);
}

static void stories_are_as_written_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < scenario_count; i++) {
        struct base_buf BASE_CLEANUP(base_buf_release) school = {0};
        struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
        memset(&scene, 0, sizeof scene);
        draft_salts_anew();
        world_make(&scene.world);
        scene.begin = world_size(&scene.world);
        put_school(&scene.world, scene.begin, &school);
        same_as_golden("school", &school); /* the same for every scenario */
        printf("%s\n", scenarios[i].name);
        scenarios[i].play(&scene);
        put_scenario(&scenarios[i], &text);
        same_as_golden(scenarios[i].name, &text);
        scene_release();
    }
}

/* Reading them back */

struct feed {
    struct proj_engine *engine;
    struct proj_source source;
    json_t *school, *entries;
    struct base_buf bytes[400];
    unsigned count;
};

static int feed_event(void *data, ledger_seq seq, struct ledger_event *out_event,
                      base_time_ms *out_recorded_ms, struct base_err *err)
{
    struct feed *feed = data;
    struct ledger_entry entry;
    struct ledger_refusal refusal;
    if (seq >= feed->count)
        return BASE_FAIL(err, BASE_E_MISSING, "no entry %d", (int)seq);
    assert_int_equal(ledger_entry_parse(base_buf_bytes(&feed->bytes[seq]), &entry, err), 0);
    *out_recorded_ms = entry.recorded_ms;
    return ledger_event_parse(entry.event_bytes, out_event, &refusal);
}

static void feed_hex(struct feed *feed, const char *hex)
{
    struct ledger_entry entry;
    struct ledger_refusal refusal = {0};
    struct base_err err = {0};
    size_t len = strlen(hex) / 2;
    assert_true(feed->count < sizeof feed->bytes / sizeof feed->bytes[0]);
    struct base_buf *bytes = &feed->bytes[feed->count];
    for (size_t i = 0; i < len; i++)
        base_buf_put_u8(bytes, 0);
    assert_true(base_unhex(hex, len * 2, bytes->data, len));
    assert_int_equal(ledger_entry_parse(base_buf_bytes(bytes), &entry, &err), 0);
    int code = proj_engine_feed(feed->engine, &feed->source, feed->count, entry.recorded_ms,
                                entry.event_bytes, &refusal, &err);
    if (code != 0)
        fail_msg("entry %u: %d %s %s", feed->count, code, refusal.field, err.text);
    feed->count++;
    assert_int_equal(proj_engine_flush(feed->engine, NULL), 0);
}

/* The engine's verdicts at the feed's size against the written reading. */
static void reading_agrees(struct feed *feed, json_t *reading)
{
    struct proj_txn *txn = NULL;
    json_t *voids = json_object_get(reading, "void");
    size_t next = 0;
    assert_int_equal(proj_engine_read(feed->engine, &txn, NULL), 0);
    for (ledger_seq seq = 0; seq < feed->count; seq++) {
        json_t *row = json_array_get(voids, next);
        bool listed =
            row != NULL && json_integer_value(json_object_get(row, "position")) == (json_int_t)seq;
        struct proj_void found = proj_void_get(txn, seq);
        assert_int_equal(listed, found.reason != PROJ_COUNTS);
        if (!listed)
            continue;
        const char *reason = json_string_value(json_object_get(row, "reason"));
        assert_string_equal(reason, found.reason == PROJ_VOID_COVERED ? "covered" : "ungrounded");
        assert_int_equal(json_integer_value(json_object_get(row, "report")), found.cause);
        next++;
    }
    assert_int_equal(next, json_array_size(voids));
    proj_txn_end(txn);
}

static json_t *load(const char *name)
{
    char path[512];
    json_error_t error;
    path_of(name, path);
    json_t *json = json_load_file(path, 0, &error);
    if (json == NULL)
        fail_msg("%s: %s", path, error.text);
    return json;
}

static void a_fresh_engine_reads_the_same(void **state)
{
    (void)state;
    json_t *school = load("school");
    for (unsigned i = 0; i < scenario_count; i++) {
        struct feed *feed = calloc(1, sizeof *feed);
        char dir[256];
        size_t k;
        json_t *row;
        json_t *scenario = load(scenarios[i].name);
        json_t *readings = json_object_get(scenario, "readings");
        assert_non_null(feed);
        test_dir_make(dir);
        assert_int_equal(proj_engine_open(dir, false, &feed->engine, NULL), 0);
        feed->source = (struct proj_source){.event = feed_event, .data = feed};
        json_array_foreach(json_object_get(school, "entries"), k, row)
            feed_hex(feed, json_string_value(row));
        reading_agrees(feed, json_array_get(readings, 0));
        json_array_foreach(json_object_get(scenario, "entries"), k, row)
        {
            feed_hex(feed, json_string_value(json_object_get(row, "entry")));
            reading_agrees(feed, json_array_get(readings, k + 1));
        }
        proj_engine_close(feed->engine);
        test_dir_remove(dir);
        for (unsigned b = 0; b < feed->count; b++)
            base_buf_release(&feed->bytes[b]);
        free(feed);
        json_decref(scenario);
    }
    json_decref(school);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_are_as_written_down),
        cmocka_unit_test(a_fresh_engine_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
