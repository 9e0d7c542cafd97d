/* The act, from what the views know and the entries' own signatures. */
#include "net/paper/act.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/paper/paper.h"
#include "projections/deadlines.h"
#include "projections/views/cells.h"
#include "projections/voiding.h"

struct act {
    struct proj_view *view;
    struct net_paper *paper;
    struct proj_source source;
    const struct proj_report_state *state;
    unsigned number;
    base_time_ms due_ms;
    /* While the table is written: */
    enum proj_void_reason reason;
    ledger_seq seq;
    base_time_ms recorded_ms;
    unsigned rows;
    uint64_t covered, ungrounded;
    int rc;
    struct base_err *err;
};

static const char *const offices[] = {"", "директор", "заместитель директора",
                                      "техническая поддержка"};

static const char *kind_name(struct base_bytes kind)
{
    static const char *const names[][2] = {{"account.opened", "открыта учётная запись"},
                                           {"attendance.set", "посещаемость"},
                                           {"bells.set", "звонки"},
                                           {"calendar.set", "календарь"},
                                           {"control.planned", "график контрольных"},
                                           {"debt.set", "точки (долги)"},
                                           {"group.changed", "изменены класс или группа"},
                                           {"group.created", "создан класс или группа"},
                                           {"homework.attached", "файл к заданию"},
                                           {"homework.detached", "файл снят с задания"},
                                           {"homework.set", "домашнее задание"},
                                           {"invitation.issued", "выдано приглашение"},
                                           {"key.enrolled", "принят ключ"},
                                           {"key.retired", "снят ключ"},
                                           {"lesson.changed", "замена или перенос урока"},
                                           {"lesson.opened", "открыт урок"},
                                           {"marks.set", "отметки"},
                                           {"members.joined", "зачисление в группу"},
                                           {"members.left", "выбытие из группы"},
                                           {"period.set", "отметки за период"},
                                           {"plan.set", "план уроков"},
                                           {"plan.withdrawn", "темы плана сняты"},
                                           {"pupil.admitted", "зачислен ученик"},
                                           {"role.granted", "дана роль"},
                                           {"role.revoked", "отозвана роль"},
                                           {"session.closed", "выход"},
                                           {"session.opened", "вход"},
                                           {"subject.created", "создан предмет"},
                                           {"teaching.assigned", "назначена нагрузка"},
                                           {"teaching.ended", "снята нагрузка"},
                                           {"timetable.set", "расписание"},
                                           {"topic.set", "тема урока"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (base_bytes_equal(kind, base_bytes_str(names[i][0])))
            return names[i][1];
    }
    return "запись";
}

/* "12.10.2026 18:40" in the school's time. */
static void time_text(const struct act *act, base_time_ms ms, char out[32])
{
    int year;
    int month;
    int day;
    int offset = act->view->offset_min;
    base_day_to_civil(base_day_of_time(ms, offset), &year, &month, &day);
    int minute = (int)((ms / 60000 + offset) % 1440);
    snprintf(out, 32, "%02d.%02d.%04d %02d:%02d", day, month, year, minute / 60, minute % 60);
}

/* Surname, given name and patronymic in full, as papers want it. */
static void full_name(const struct act *act, const proj_id account, char out[PROJ_NAME_LEN_MAX])
{
    struct proj_account fact;
    snprintf(out, PROJ_NAME_LEN_MAX, "—");
    if (proj_account_find(act->view->txn, account, LEDGER_SEQ_NONE, &fact))
        proj_view_name(act->view, fact.name, out);
}

static void day_text(base_day day, char out[16])
{
    int year;
    int month;
    int number;
    base_day_to_civil(day, &year, &month, &number);
    snprintf(out, 16, "%02d.%02d.%04d", number % 100, month % 100, year % 10000);
}

static void field_hex(struct act *act, const char *label, const uint8_t *data, size_t len)
{
    struct base_buf BASE_CLEANUP(base_buf_release) hex = {0};
    net_paper_put_hex(&hex, data, len);
    const char *text = base_buf_text(&hex);
    net_paper_field_mono(act->paper, label, text == NULL ? "" : text);
}

static const char *state_text(const struct proj_report_state *state)
{
    if (state->overruled)
        return "отменено; записи снова в силе, ключ остаётся закрытым";
    if (state->standing)
        return "действует";
    return state->receipt_count >= 2 ? "не действует: ключ подписавшего признан украденным"
                                     : "закрыт только ключ: двух подтверждений нет";
}

/* Who */

static void put_parties(struct act *act)
{
    const struct proj_report *report = &act->state->report;
    struct base_buf BASE_CLEANUP(base_buf_wipe) reason = {0};
    char name[PROJ_NAME_LEN_MAX];
    full_name(act, report->account, name);
    net_paper_section(act->paper, "Чьи реквизиты стали известны другим");
    net_paper_field(act->paper, "Учётная запись", name);
    field_hex(act, report->is_session ? "Ключ сеанса" : "Ключ", report->target.bytes,
              LEDGER_KEY_LEN);
    if (report->is_session)
        net_paper_field(act->paper, "Охват", "один сеанс; остальные сеансы не затронуты");
    if (report->by_root)
        snprintf(name, sizeof name, "резервный ключ школы");
    else
        full_name(act, report->reporter, name);
    net_paper_field(act->paper, "Сообщил(а)", name);
    field_hex(act, "Подписано ключом", report->key.bytes, LEDGER_KEY_LEN);
    proj_view_sealed_text(act->view, report->reason, &reason);
    const char *text = base_buf_text(&reason);
    if (text != NULL && text[0] != '\0')
        net_paper_field(act->paper, "Причина", text);
}

/* When */

static void time_row(struct act *act, const char *what, base_time_ms ms, const char *verdict)
{
    char text[32];
    time_text(act, ms, text);
    const char *const cells[] = {what, text, verdict};
    net_paper_table_row(act->paper, cells);
}

static const char *in_term(const struct act *act, base_time_ms ms)
{
    return ms <= act->due_ms ? "в срок" : "С ОПОЗДАНИЕМ";
}

static base_time_ms in_force(const struct proj_report_state *state)
{
    base_time_ms first = INT64_MAX;
    base_time_ms second = INT64_MAX;
    if (state->report.by_root)
        return state->report.recorded_ms;
    for (unsigned i = 0; i < state->receipt_count; i++) {
        base_time_ms ms = state->receipts[i].recorded_ms;
        if (!state->receipt_valid[i])
            continue;
        second = ms < first ? first : ms < second ? ms : second;
        first = ms < first ? ms : first;
    }
    return second;
}

static void put_times(struct act *act)
{
    static const struct net_paper_column columns[] = {
        {"Событие", 84, false}, {"Время школы", 44, false}, {"Срок", 46, false}};
    const struct proj_report *report = &act->state->report;
    char what[PROJ_NAME_LEN_MAX + 100];
    char name[PROJ_NAME_LEN_MAX];
    net_paper_section(act->paper, "Время");
    net_paper_table_begin(act->paper, columns, 3);
    time_row(act, "Реквизиты стали известны другим (заявлено)", report->breach_ms, "");
    time_row(act, "Об этом стало известно", report->learned_ms, "");
    time_row(act, "Срок уведомления: конец следующего рабочего дня", act->due_ms, "");
    time_row(act, "Сообщение записано в журнал, ключ закрыт", report->recorded_ms,
             in_term(act, report->recorded_ms));
    for (unsigned i = 0; i < act->state->receipt_count; i++) {
        const struct proj_voice *voice = &act->state->receipts[i];
        full_name(act, voice->account, name);
        snprintf(what, sizeof what, "Уведомлён(а): %s, %s",
                 offices[voice->capacity <= 3 ? voice->capacity : 0], name);
        time_row(act, what, voice->told_ms, in_term(act, voice->told_ms));
    }
    if (act->state->standing)
        time_row(act, "Записи признаны недействительными", in_force(act->state), "");
    for (unsigned i = 0; i < act->state->overrule_count; i++)
        time_row(act, "Подписана отмена", act->state->overrules[i].recorded_ms, "");
    net_paper_table_end(act->paper);
}

/* What */

static void put_extent(struct act *act)
{
    const struct proj_report *report = &act->state->report;
    char text[200];
    net_paper_section(act->paper, "Граница и перечень, под которыми стоят подписи");
    snprintf(text, sizeof text, "позиция %" PRIu64 ": первая запись не раньше заявленного времени",
             report->cut);
    net_paper_field(act->paper, "Граница", text);
    snprintf(text, sizeof text, "%" PRIu64 " из первых %" PRIu64 " записей журнала", report->count,
             report->size);
    net_paper_field(act->paper, "Охвачено записей", text);
    field_hex(act, "SHA-256 их перечня", report->digest.bytes, LEDGER_HASH_LEN);
    snprintf(text, sizeof text,
             "%" PRIu64 " охвачены границей, %" PRIu64 " потеряли основание вслед за ними",
             act->covered, act->ungrounded);
    net_paper_field(act->paper, "Недействительны сейчас", text);
}

static void cell_row(void *data, const struct proj_cell *cell)
{
    struct act *act = data;
    struct proj_view *view = act->view;
    struct proj_group group = {0};
    struct proj_subject subject = {0};
    struct proj_fact fact;
    char seq[24];
    char when[32];
    char day[16] = "";
    char where[512];
    char pupil[PROJ_NAME_LEN_MAX] = "весь класс";
    char was[256] = "—";
    char now[256];
    if (act->rows++ >= NET_ACT_ROW_COUNT_MAX)
        return;
    (void)proj_find_group(view, cell->group, &group);
    (void)proj_find_subject(view, cell->subject, &subject);
    if (memcmp(cell->pupil, proj_no_id, LEDGER_ID_LEN) != 0)
        proj_view_pupil_name(view, cell->pupil, pupil);
    if (cell->is_period) {
        snprintf(where, sizeof where, "%s, %s, %.*s", group.name, subject.name,
                 (int)cell->period.len, (const char *)cell->period.data);
    } else {
        static const char *const what[] = {"урок",       "тема",         "задание",
                                           "лист урока", "посещаемость", "отметка"};
        day_text(cell->lesson.day, day);
        snprintf(where, sizeof where, "%s, %s, %s, урок %u: %s", group.name, subject.name, day,
                 cell->lesson.n, what[cell->what]);
    }
    if (proj_fact_get_any(view->txn, &cell->key, act->seq + 1, &fact) && fact.seq == act->seq)
        proj_cell_words(view, cell, &fact, was, sizeof was);
    (void)proj_cell_now(view, view->txn, cell, now, sizeof now);
    snprintf(seq, sizeof seq, "%" PRIu64, act->seq);
    time_text(act, act->recorded_ms, when);
    const char *const cells[] = {seq, when, where, pupil, was, now};
    net_paper_table_row(act->paper, cells);
}

static void event_row(struct act *act, const struct ledger_event *event)
{
    char seq[24];
    char when[32];
    if (act->rows++ >= NET_ACT_ROW_COUNT_MAX)
        return;
    snprintf(seq, sizeof seq, "%" PRIu64, act->seq);
    time_text(act, act->recorded_ms, when);
    const char *const cells[] = {seq, when, kind_name(event->kind), "", "", ""};
    net_paper_table_row(act->paper, cells);
}

static bool void_row(void *data, ledger_seq seq, struct proj_void state)
{
    struct act *act = data;
    struct ledger_event event;
    if (state.cause != act->state->report.seq || state.reason != act->reason)
        return true;
    act->rc = act->source.event(act->source.data, seq, &event, &act->recorded_ms, act->err);
    if (act->rc != 0)
        return false;
    act->seq = seq;
    unsigned before = act->rows;
    proj_each_cell(act->view, &event, cell_row, act);
    if (act->rows == before)
        event_row(act, &event);
    return true;
}

static bool count_void(void *data, ledger_seq seq, struct proj_void state)
{
    struct act *act = data;
    (void)seq;
    if (state.cause == act->state->report.seq) {
        act->covered += state.reason == PROJ_VOID_COVERED;
        act->ungrounded += state.reason == PROJ_VOID_UNGROUNDED;
    }
    return true;
}

static void put_table(struct act *act, const char *title, enum proj_void_reason reason)
{
    static const struct net_paper_column columns[] = {
        {"Позиция", 16, true},     {"Записано", 28, false},     {"Где", 47, false},
        {"Чья клетка", 35, false}, {"Аннулировано", 26, false}, {"Считается", 22, false}};
    char text[160];
    act->reason = reason;
    act->rows = 0;
    net_paper_section(act->paper, title);
    net_paper_table_begin(act->paper, columns, 6);
    proj_void_each(act->view->txn, void_row, act);
    net_paper_table_end(act->paper);
    if (act->rows > NET_ACT_ROW_COUNT_MAX) {
        snprintf(text, sizeof text, "Ещё строк, здесь не показанных: %u.",
                 act->rows - NET_ACT_ROW_COUNT_MAX);
        net_paper_paragraph(act->paper, text);
    }
}

/* By whose hand */

static int put_signature(struct act *act, const char *who, ledger_seq seq,
                         const struct ledger_key *key)
{
    struct base_bytes bytes;
    struct ledger_entry entry;
    struct ledger_hash id;
    char text[64];
    int rc = ledger_reader_entry(act->view->reader, seq, &bytes, act->err);
    if (rc == 0)
        rc = ledger_entry_parse(bytes, &entry, act->err);
    if (rc != 0)
        return rc;
    ledger_sha256(entry.event_bytes, &id);
    snprintf(text, sizeof text, "позиция %" PRIu64, seq);
    net_paper_field(act->paper, who, text);
    field_hex(act, "  запись (SHA-256)", id.bytes, LEDGER_HASH_LEN);
    field_hex(act, "  ключ", key->bytes, LEDGER_KEY_LEN);
    field_hex(act, "  подпись Ed25519", entry.signatures[0].bytes, LEDGER_SIGNATURE_LEN);
    net_paper_space(act->paper, 1.5);
    return 0;
}

static int put_signatures(struct act *act)
{
    const struct proj_report *report = &act->state->report;
    char name[PROJ_NAME_LEN_MAX];
    char who[PROJ_NAME_LEN_MAX + 100];
    net_paper_section(act->paper, "Подписи");
    int rc = put_signature(act, "Сообщение о взломе", report->seq, &report->key);
    for (unsigned i = 0; rc == 0 && i < act->state->receipt_count; i++) {
        const struct proj_voice *voice = &act->state->receipts[i];
        full_name(act, voice->account, name);
        snprintf(who, sizeof who, "Подтверждение: %s, %s%s",
                 offices[voice->capacity <= 3 ? voice->capacity : 0], name,
                 act->state->receipt_valid[i] ? "" : " (недействительно)");
        rc = put_signature(act, who, voice->seq, &voice->key);
    }
    for (unsigned i = 0; rc == 0 && i < act->state->overrule_count; i++) {
        const struct proj_voice *voice = &act->state->overrules[i];
        if (voice->by_root)
            snprintf(name, sizeof name, "резервный ключ школы");
        else
            full_name(act, voice->account, name);
        snprintf(who, sizeof who, "Отмена: %s", name);
        rc = put_signature(act, who, voice->seq, &voice->key);
    }
    return rc;
}

static void put_source(struct act *act, struct base_bytes note, const struct proj_school *school)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) code = {0};
    const struct proj_report *report = &act->state->report;
    char id[2 * LEDGER_HASH_LEN + 1];
    net_paper_section(act->paper, "Журнал, по которому составлен акт");
    base_buf_put_bytes(&text, note);
    const char *mono = base_buf_text(&text);
    net_paper_mono(act->paper, mono == NULL ? "" : mono);
    base_hex(report->id.bytes, LEDGER_HASH_LEN, id);
    base_buf_printf(&code, "letopis-act\norigin %s\nreport %" PRIu64 "\nid %s\n", school->origin,
                    report->seq, id);
    const char *qr = base_buf_text(&code);
    net_paper_space(act->paper, 2);
    net_paper_qr(act->paper, qr == NULL ? "" : qr,
                 "Код называет журнал, позицию сообщения и его SHA-256. Проверить акт может любой, "
                 "у кого есть записи журнала и его открытый ключ: letopis-audit reports. Ничто из "
                 "перечисленного не удалено: записи остались в журнале и лишь не считаются.");
}

static int put_all(struct act *act, struct base_bytes note, const struct proj_school *school)
{
    char number[160];
    char when[32];
    proj_void_each(act->view->txn, count_void, act);
    time_text(act, act->state->report.recorded_ms, when);
    snprintf(number, sizeof number, "Акт № %u о признании операций недействительными", act->number);
    net_paper_title(act->paper, number);
    net_paper_field(act->paper, "Школа", school->name);
    net_paper_field(act->paper, "Сообщение записано", when);
    time_text(act, act->view->now_ms, when);
    net_paper_field(act->paper, "Акт составлен", when);
    net_paper_field(act->paper, "Состояние", state_text(act->state));
    put_parties(act);
    put_times(act);
    put_extent(act);
    if (act->covered > 0)
        put_table(act, "Признано недействительным", PROJ_VOID_COVERED);
    if (act->rc == 0 && act->ungrounded > 0)
        put_table(act, "Потеряло основание вслед за этим", PROJ_VOID_UNGROUNDED);
    if (act->rc != 0)
        return act->rc;
    int rc = put_signatures(act);
    if (rc != 0)
        return rc;
    put_source(act, note, school);
    net_paper_signature(act->paper, "Директор");
    net_paper_signature(act->paper, "Техническая поддержка");
    return proj_txn_fault(act->view->txn, act->err);
}

/* "school-2.example/letopis · 66006 · 1f2e…": origin, size and root of the checkpoint. */
static void foot_text(struct base_bytes note, char *out, size_t size)
{
    size_t at = 0;
    unsigned line = 0;
    for (size_t i = 0; i < note.len && line < 3 && at + 8 < size; i++) {
        char c = (char)note.data[i];
        if (c == '\n') {
            line++;
            if (line < 3)
                at += (size_t)snprintf(out + at, size - at, " · ");
        } else {
            out[at++] = c;
        }
    }
    out[at] = '\0';
}

static int make(struct act *act, struct base_bytes note, struct base_buf *out)
{
    struct proj_school school = {0};
    char title[120];
    char foot[400];
    char head[64];
    (void)proj_school_find(act->view->txn, &school);
    snprintf(title, sizeof title, "Акт № %u о признании операций недействительными", act->number);
    snprintf(head, sizeof head, "Акт № %u", act->number);
    foot_text(note, foot, sizeof foot);
    const struct net_paper_options options = {.title = title,
                                              .head_left = school.name,
                                              .head_right = head,
                                              .foot = foot,
                                              .now_ms = act->view->now_ms};
    act->due_ms =
        proj_notice_due(act->view->txn, act->state->report.learned_ms, act->view->offset_min);
    int rc = net_paper_open(&options, &act->paper, act->err);
    if (rc == 0)
        rc = put_all(act, note, &school);
    if (rc == 0)
        rc = net_paper_finish(act->paper, out, act->err);
    net_paper_close(act->paper);
    return rc;
}

int net_act_make(struct proj_view *view, ledger_seq report, struct base_bytes note,
                 struct base_buf *out, struct base_err *err)
{
    struct proj_report_state *states;
    struct act act = {.view = view, .source = proj_source_of_reader(view->reader), .err = err};
    unsigned count = proj_reports_judge(view->txn, &states);
    int rc = PROJ_VIEW_MISSING;
    for (unsigned i = 0; i < count; i++) {
        if (states[i].report.seq != report)
            continue;
        act.state = &states[i];
        act.number = i + 1;
        bool own = memcmp(view->account, states[i].report.account, LEDGER_ID_LEN) == 0;
        rc = own || proj_reads_as_officer(view) ? make(&act, note, out) : PROJ_VIEW_FORBIDDEN;
    }
    free(states);
    return rc;
}
