/* An envelope's page as PDF: the same words as tool_envelope_page, set large enough to be typed in
 * again by somebody with bad light. */
#include <sodium.h>
#include <stdio.h>

#include "net/paper/paper.h"
#include "tools/cli/root.h"

static void put(struct net_paper *paper, const struct tool_envelope *envelope,
                const struct tool_envelope_page *page)
{
    char text[160];
    char fingerprint[2 * TOOL_FINGERPRINT_LEN + 1];
    char set[2 * TOOL_SET_LEN + 1];
    char key[2 * LEDGER_KEY_LEN + 1];
    char line[TOOL_ENVELOPE_LINE_TEXT_LEN + 1];
    base_hex(envelope->fingerprint, TOOL_FINGERPRINT_LEN, fingerprint);
    base_hex(envelope->set, TOOL_SET_LEN, set);
    base_hex(page->key.bytes, LEDGER_KEY_LEN, key);
    snprintf(text, sizeof text, "КОНВЕРТ %u ИЗ 3 / ENVELOPE %u OF 3", envelope->index,
             envelope->index);
    net_paper_title(paper, text);
    net_paper_section(paper, tool_envelope_heading(page));
    net_paper_field(paper, "Журнал / log", page->origin);
    snprintf(text, sizeof text, "%s (%.16s…)", fingerprint, key);
    net_paper_field_mono(paper, "Ключ / key", text);
    net_paper_field_mono(paper, "Комплект / set", set);
    net_paper_field(paper, "Создан / made", page->date);
    net_paper_space(paper, 6);
    for (unsigned i = 1; i <= TOOL_ENVELOPE_LINE_COUNT; i++) {
        tool_envelope_line(envelope, i, line);
        snprintf(text, sizeof text, "%u   %s", i, line);
        net_paper_code(paper, text);
    }
    net_paper_space(paper, 6);
    net_paper_paragraph(
        paper,
        "Любые два конверта одного комплекта вместе — полная власть над журналом. Один "
        "конверт ничего не открывает. Заклейте, распишитесь на клапане, храните три конверта "
        "в трёх местах у трёх разных людей. Комплект «следующий» — в другом здании. Не "
        "фотографируйте и не пересылайте.");
    net_paper_paragraph(
        paper, "Any two envelopes of one set have full power over the journal; one has none. Seal, "
               "sign across the flap, keep the three with three people in three places, the set of "
               "the next key in another building. No photographs, no e-mail.");
    net_paper_signature(paper, "Заклеил(а) / sealed by");
    sodium_memzero(line, sizeof line);
    sodium_memzero(text, sizeof text);
}

int cli_envelope_paper(const struct tool_envelope *envelope, const struct tool_envelope_page *page,
                       struct base_buf *out, struct base_err *err)
{
    struct net_paper *paper = NULL;
    base_day day = 0;
    (void)base_day_parse(page->date, &day);
    const struct net_paper_options options = {.title = "Конверт с частью резервного ключа",
                                              .head_left = page->origin,
                                              .head_right = "Резервный ключ / recovery key",
                                              .foot = page->origin,
                                              .now_ms = (base_time_ms)day * 86400000};
    int rc = net_paper_open(&options, &paper, err);
    if (rc == 0) {
        put(paper, envelope, page);
        rc = net_paper_finish(paper, out, err);
    }
    net_paper_close(paper);
    return rc;
}
