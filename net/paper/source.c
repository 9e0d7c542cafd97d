/* The rows are joined by bytes that no cell holds (1 between cells, 2 after a row). */
#include "net/paper/source.h"

#include <inttypes.h>
#include <stdio.h>

void net_day_text(base_day day, char out[16])
{
    int year, month, date;
    base_day_to_civil(day, &year, &month, &date);
    snprintf(out, 16, "%02d.%02d.%04d", date % 100, month % 100, year % 10000);
}

void net_time_text(base_time_ms ms, int offset_min, char out[32])
{
    char day[16];
    net_day_text(base_day_of_time(ms, offset_min), day);
    int minute = (int)((ms / 60000 + offset_min) % 1440);
    snprintf(out, 32, "%s %02d:%02d", day, minute / 60, minute % 60);
}

int net_source_open(struct proj_view *view, struct net_source *out_source, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) root = {0};
    *out_source = (struct net_source){.size = proj_view_size(view)};
    (void)proj_school_find(view->txn, &out_source->school);
    int rc = ledger_reader_root(view->reader, out_source->size, &out_source->root, err);
    if (rc == 0)
        rc = ledger_reader_size(view->reader) == out_source->size
                 ? ledger_reader_checkpoint(view->reader, &out_source->note, err)
                 : 0; /* the signed note would name another journal */
    base_buf_put_base64(&root, base_bytes_of(out_source->root.bytes, LEDGER_HASH_LEN));
    const char *text = base_buf_text(&root);
    snprintf(out_source->foot, sizeof out_source->foot, "%s · %" PRIu64 " · %s",
             out_source->school.origin, out_source->size, text == NULL ? "" : text);
    return rc;
}

void net_source_release(struct net_source *source)
{
    base_buf_release(&source->note);
    base_buf_wipe(&source->told);
}

void net_source_tell(struct net_source *source, const char *const *cells, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            base_buf_put_u8(&source->told, 1);
        base_buf_put_str(&source->told, cells[i]);
    }
    base_buf_put_u8(&source->told, 2);
}

void net_source_digest(const struct net_source *source, struct ledger_hash *out_digest)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) text = {0};
    base_buf_printf(&text, "letopis/paper/v1\n%s\n%" PRIu64 "\n", source->school.origin,
                    source->size);
    base_buf_put_bytes(&text, base_buf_bytes(&source->told));
    ledger_sha256(base_buf_bytes(&text), out_digest);
}

void net_source_put(struct net_source *source, struct net_paper *paper, const char *what,
                    const char *particulars)
{
    struct base_buf BASE_CLEANUP(base_buf_release) hex = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) code = {0};
    struct ledger_hash digest;
    net_source_digest(source, &digest);
    net_paper_keep(paper, 100); /* with the lines to sign on */
    net_paper_section(paper, "По какому журналу составлено");
    base_buf_put_bytes(&hex, base_buf_bytes(&source->note));
    const char *note = base_buf_text(&hex);
    net_paper_mono(paper, note == NULL || note[0] == '\0' ? source->foot : note);
    base_buf_reset(&hex);
    net_paper_put_hex(&hex, digest.bytes, LEDGER_HASH_LEN);
    const char *text = base_buf_text(&hex);
    net_paper_field_mono(paper, "Код проверки", text == NULL ? "" : text);
    base_buf_printf(&code, "letopis-%s\norigin %s\nsize %" PRIu64 "\n%sdigest ", what,
                    source->school.origin, source->size, particulars);
    for (unsigned i = 0; i < LEDGER_HASH_LEN; i++)
        base_buf_printf(&code, "%02x", digest.bytes[i]);
    const char *qr = base_buf_text(&code);
    net_paper_space(paper, 1);
    net_paper_qr(paper, qr == NULL ? "" : qr,
                 "Код называет журнал, число его записей и код проверки. Школа по тому же журналу "
                 "составит бумагу ещё раз (letopis paper с --at и числом записей): тот же код "
                 "проверки значит, что здесь не изменено ни знака. Исправление, которое сделано "
                 "позже, в этой бумаге не видно.");
}
