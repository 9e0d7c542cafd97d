/* Files with a lesson's homework, by reference (ST-4): name, type, size, SHA-256, and where they
 * are to be had: a link, or, without one, the server's own store. The content is never in the log.
 * One cell a file, named by its digest: attached or not. */
#include "projections/lessons.h"
#include "projections/resting.h"

#define DIGEST_CELL_LEN LEDGER_ID_LEN /* of the digest, in the cell's key */

static int file_ground(struct proj_case *c)
{
    struct proj_lesson lesson;
    return proj_case_writes_lesson(c, &lesson);
}

/* What stands there for that digest; the first half of a SHA-256 names it. */
static struct proj_key file_key(struct proj_case *c, const struct proj_lesson *lesson)
{
    proj_id half;
    memcpy(half, proj_body_bin(c->body, "digest"), DIGEST_CELL_LEN);
    return proj_key_cell(lesson, PROJ_WHAT_FILE, half, 0);
}

bool proj_file_media_is_allowed(struct base_bytes media)
{
    static const char *const allowed[] = {
        "application/pdf",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "audio/mpeg",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain"};
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (base_bytes_equal(media, base_bytes_str(allowed[i])))
            return true;
    }
    return false;
}

/* "https://" and something without blanks or control characters. */
static bool is_link(struct base_bytes link)
{
    static const char scheme[] = "https://";
    size_t len = sizeof scheme - 1;
    if (link.len <= len || memcmp(link.data, scheme, len) != 0)
        return false;
    for (size_t i = len; i < link.len; i++) {
        if (link.data[i] <= ' ' || link.data[i] == 0x7f)
            return false;
    }
    return true;
}

unsigned proj_file_count(struct proj_txn *txn, const struct proj_lesson *lesson, ledger_seq before)
{
    struct proj_key prefix = proj_key_page_day(lesson->group, lesson->subject, lesson->day);
    struct proj_fact fact;
    unsigned count = 0;
    proj_key_u8(proj_key_id(&prefix, lesson->id), PROJ_WHAT_FILE);
    struct proj_scan *scan = proj_scan_open(txn, &prefix, NULL, NULL, before);
    while (proj_scan_next(scan, &fact)) {
        struct proj_file file;
        if (fact.seq == LEDGER_SEQ_NONE || fact.value.len != sizeof file)
            continue;
        memcpy(&file, fact.value.data, sizeof file);
        count += file.attached;
    }
    proj_scan_close(scan);
    return count;
}

static int attached_admit(struct proj_case *c)
{
    struct proj_lesson lesson;
    struct ledger_canon_value link = ledger_canon_get(c->body, "link");
    int code = proj_case_open_lesson(c, PROJ_WHAT_FILE, &lesson);
    if (code == 0 && !proj_file_media_is_allowed(proj_body_text(c->body, "media")))
        code = proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "media");
    if (code == 0 && link.type == LEDGER_CANON_TEXT && !is_link(link.bytes))
        code = proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "link");
    if (code == 0 && proj_file_count(c->txn, &lesson, c->seq) >= PROJ_LESSON_FILE_COUNT_MAX)
        code = proj_refuse(c, PROJ_REFUSED_FIELD_RANGE, "lesson");
    return code;
}

static void attached_apply(struct proj_case *c)
{
    struct proj_lesson lesson;
    struct ledger_canon_value link = ledger_canon_get(c->body, "link");
    struct proj_file file;
    if (!proj_case_lesson_any(c, &lesson))
        return;
    memset(&file, 0, sizeof file);
    file.attached = 1;
    file.recorded_ms = c->recorded_ms;
    file.size = proj_body_int(c->body, "size");
    memcpy(file.digest.bytes, proj_body_bin(c->body, "digest"), LEDGER_HASH_LEN);
    proj_copy_text(file.name, sizeof file.name, proj_body_text(c->body, "name"));
    proj_copy_text(file.media, sizeof file.media, proj_body_text(c->body, "media"));
    if (link.type == LEDGER_CANON_TEXT)
        proj_copy_text(file.link, sizeof file.link, link.bytes);
    struct proj_key key = file_key(c, &lesson);
    proj_fact_put(c->txn, &key, c->seq, &file, sizeof file);
}

/* Whoever took it off relied on its being there. */
static void attached_rest(struct proj_case *c, struct proj_marker *marker)
{
    struct proj_lesson lesson;
    if (!proj_case_lesson_any(c, &lesson))
        return;
    struct proj_key key = file_key(c, &lesson);
    proj_rest_on(c, &key, marker);
}

static int detached_ground(struct proj_case *c)
{
    struct proj_lesson lesson;
    struct proj_file file;
    int code = proj_case_writes_lesson(c, &lesson);
    if (code != 0)
        return code;
    struct proj_key key = file_key(c, &lesson);
    bool there = proj_fact_read(c->txn, &key, c->seq, &file, sizeof file, NULL) && file.attached;
    return there ? 0 : proj_refuse(c, PROJ_REFUSED_UNKNOWN_REFERENT, "digest");
}

static int detached_admit(struct proj_case *c)
{
    struct proj_lesson lesson;
    return proj_case_open_lesson(c, PROJ_WHAT_FILE, &lesson);
}

static void detached_apply(struct proj_case *c)
{
    struct proj_lesson lesson;
    struct proj_file file;
    if (!proj_case_lesson_any(c, &lesson))
        return;
    memset(&file, 0, sizeof file);
    file.recorded_ms = c->recorded_ms;
    memcpy(file.digest.bytes, proj_body_bin(c->body, "digest"), LEDGER_HASH_LEN);
    struct proj_key key = file_key(c, &lesson);
    proj_fact_put(c->txn, &key, c->seq, &file, sizeof file);
}

const struct proj_fold proj_files_folds[] = {
    {"homework.attached", file_ground, attached_admit, attached_apply, attached_rest},
    {"homework.detached", detached_ground, detached_admit, detached_apply, NULL},
};
const unsigned proj_files_fold_count = sizeof proj_files_folds / sizeof proj_files_folds[0];
