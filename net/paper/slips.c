/* Slips, each kept whole on its page. */
#include "net/paper/slips.h"

#include <sodium.h>
#include <stdio.h>

#include "net/paper/paper.h"

#define SLIP_HEIGHT_MM 62.0

static void put_slip(struct net_paper *paper, const struct net_slips_options *options,
                     const struct net_slip *slip)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) code = {0};
    char text[1024];
    net_paper_keep(paper, SLIP_HEIGHT_MM);
    snprintf(text, sizeof text, "%s — %s", options->school, slip->about);
    net_paper_note(paper, text);
    net_paper_section(paper, slip->name);
    net_paper_code(paper, slip->code);
    if (options->url != NULL)
        base_buf_printf(&code, "%s/#/invite/%s", options->url, slip->code);
    else
        base_buf_put_str(&code, slip->code);
    snprintf(text, sizeof text,
             "1. Откройте %s и нажмите «У меня есть приглашение».\n"
             "2. Введите код, придумайте логин и пароль не короче 10 знаков.\n"
             "3. Код сработает один раз. Листок сохраните дома: если пароль или телефон окажутся у "
             "чужих, на странице входа выберите «Мой доступ известен другим» и введите этот же "
             "код: доступ сразу закроется.\nНикому не сообщайте код, в том числе школе.",
             options->url == NULL ? "страницу журнала" : options->url);
    const char *qr = base_buf_text(&code);
    net_paper_qr(paper, qr == NULL ? "" : qr, text);
    net_paper_cut(paper);
}

int net_slips_make(const struct net_slips_options *options, const struct net_slip *slips,
                   unsigned count, struct base_buf *out, struct base_err *err)
{
    struct net_paper *paper = NULL;
    const struct net_paper_options paper_options = {.title = "Реквизиты доступа",
                                                    .head_left = options->school,
                                                    .head_right = "Реквизиты доступа",
                                                    .foot = options->origin,
                                                    .now_ms = options->now_ms};
    int rc = net_paper_open(&paper_options, &paper, err);
    for (unsigned i = 0; rc == 0 && i < count; i++)
        put_slip(paper, options, &slips[i]);
    if (rc == 0)
        rc = net_paper_finish(paper, out, err);
    net_paper_close(paper);
    return rc;
}
