/* Papers: pages, tables over pages, odd text, limits, the same bytes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "net/paper/paper.h"

static const struct net_paper_options options = {.title = "Проба",
                                                 .head_left = "Школа № 1",
                                                 .head_right = "Акт № 1",
                                                 .foot = "journal.example/log · 3",
                                                 .now_ms = INT64_C(1790000000000)};

static struct net_paper *open_paper(void)
{
    struct net_paper *paper = NULL;
    struct base_err err = {0};
    assert_int_equal(net_paper_open(&options, &paper, &err), 0);
    return paper;
}

static struct base_buf finish(struct net_paper *paper)
{
    struct base_buf out = {0};
    struct base_err err = {0};
    if (net_paper_finish(paper, &out, &err) != 0)
        fail_msg("%s", err.text);
    net_paper_close(paper);
    assert_true(out.len > 500 && memcmp(out.data, "%PDF-", 5) == 0);
    return out;
}

/* "/Type /Page" without the "s" of the tree's node. */
static unsigned count_pages(const struct base_buf *pdf)
{
    static const char mark[] = "/Type /Page";
    unsigned count = 0;
    const uint8_t *at = pdf->data;
    const uint8_t *end = pdf->data + pdf->len;
    while ((at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1)) != NULL) {
        at += sizeof mark - 1;
        count += *at != 's';
    }
    return count;
}

static struct base_buf table_of(unsigned rows)
{
    static const struct net_paper_column columns[] = {{"№", 20, true}, {"Что", 154, false}};
    struct net_paper *paper = open_paper();
    net_paper_title(paper, "Таблица");
    net_paper_table_begin(paper, columns, 2);
    for (unsigned i = 0; i < rows; i++) {
        char number[16];
        snprintf(number, sizeof number, "%u", i);
        const char *const cells[] = {number, "Контрольная работа по алгебре"};
        net_paper_table_row(paper, cells);
    }
    net_paper_table_end(paper);
    return finish(paper);
}

static void a_table_goes_over_as_many_pages_as_it_needs(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) one = table_of(5);
    struct base_buf BASE_CLEANUP(base_buf_release) many = table_of(500);
    assert_int_equal(count_pages(&one), 1);
    unsigned pages = count_pages(&many);
    assert_in_range(pages, 8, 14);
}

static void the_same_calls_give_the_same_bytes(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) one = table_of(90);
    struct base_buf BASE_CLEANUP(base_buf_release) two = table_of(90);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
}

/* What somebody typed years ago must not keep a paper from being made. */
static void any_text_can_be_set(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "\xff\xfe broken",
                                        "<b>&amp; no markup</b>",
                                        "строка\nещё строка\ttab",
                                        "Ӏамалан Ӏарж — Нохчийчоь",
                                        "漢字 عربى"};
    struct base_buf BASE_CLEANUP(base_buf_release) word = {0};
    struct net_paper *paper = open_paper();
    for (unsigned i = 0; i < 20000; i++)
        base_buf_put_str(&word, "ж");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        net_paper_section(paper, texts[i]);
        net_paper_paragraph(paper, texts[i]);
        net_paper_field(paper, texts[i], texts[i]);
        net_paper_mono(paper, texts[i]);
        net_paper_note(paper, texts[i]);
        net_paper_signature(paper, texts[i]);
    }
    net_paper_paragraph(paper, base_buf_text(&word)); /* over pages */
    static const struct net_paper_column columns[] = {{"Узко", 20, false}};
    const char *const cells[] = {base_buf_text(&word)};
    net_paper_table_begin(paper, columns, 1);
    net_paper_table_row(paper, cells); /* cut after twelve lines */
    net_paper_table_end(paper);
    net_paper_qr(paper, "https://journal.example/", "Код");
    struct base_buf BASE_CLEANUP(base_buf_release) pdf = finish(paper);
    assert_in_range(count_pages(&pdf), 3, 12);
}

static void limits_are_told_in_the_end(void **state)
{
    (void)state;
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_err err = {0};
    struct net_paper *paper = open_paper();
    for (unsigned i = 0; i < 5000; i++)
        base_buf_put_str(&text, "x");
    net_paper_qr(paper, base_buf_text(&text), "too long a code");
    net_paper_paragraph(paper, "Дальше");
    assert_int_equal(net_paper_finish(paper, &out, &err), BASE_E_LIMIT);
    assert_non_null(strstr(err.text, "QR"));
    net_paper_close(paper);

    paper = open_paper();
    for (unsigned i = 0; i <= NET_PAPER_PAGE_COUNT_MAX; i++) {
        net_paper_paragraph(paper, "Страница");
        net_paper_space(paper, 300);
    }
    assert_int_equal(net_paper_finish(paper, &out, &err), BASE_E_LIMIT);
    net_paper_close(paper);
    net_paper_close(NULL);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_goes_over_as_many_pages_as_it_needs),
        cmocka_unit_test(the_same_calls_give_the_same_bytes),
        cmocka_unit_test(any_text_can_be_set),
        cmocka_unit_test(limits_are_told_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
