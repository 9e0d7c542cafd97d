/* A refusal: why an event may not enter the log. Not a fault: nothing is broken, nothing changed.
 * Every refusal has a stable code for programs and a sentence in Russian and English that names
 * the field. The table is the storey's; projections add theirs (projections/refusals.def). */
#pragma once

#include "ledger/base/bytes.h"

#define LEDGER_REFUSAL_FIELD_MAX 80

/* number, stable name, Russian, English; "%s" stands for the field, where there is one */
#define LEDGER_REFUSALS(X)                                                                         \
    X(LEDGER_REFUSED_MALFORMED, 1, "malformed", "Запись не читается: поле «%s».",                  \
      "The event cannot be read: field “%s”.")                                                     \
    X(LEDGER_REFUSED_NOT_CANONICAL, 2, "not_canonical",                                            \
      "Запись закодирована не каноническим образом: поле «%s».",                                   \
      "The event is not in canonical encoding: field “%s”.")                                       \
    X(LEDGER_REFUSED_TOO_LARGE, 3, "too_large", "Слишком большой размер: поле «%s».",              \
      "Too large: field “%s”.")                                                                    \
    X(LEDGER_REFUSED_VERSION, 4, "unknown_version", "Неизвестная версия формата: поле «%s».",      \
      "Unknown format version: field “%s”.")                                                       \
    X(LEDGER_REFUSED_WRONG_LOG, 5, "wrong_log", "Запись подписана для другого журнала.",           \
      "The event was signed for another log.")                                                     \
    X(LEDGER_REFUSED_BAD_SIGNATURE, 6, "bad_signature", "Подпись не сходится: %s.",                \
      "The signature does not verify: %s.")                                                        \
    X(LEDGER_REFUSED_COUNTER, 7, "stale_counter",                                                  \
      "Счётчик ключа не больше последнего принятого: поле «%s».",                                  \
      "The key's counter is not above the last accepted one: field “%s”.")                         \
    X(LEDGER_REFUSED_SEEN, 8, "seen_unknown",                                                      \
      "Запись опирается на состояние журнала, которого не было: поле «%s».",                       \
      "The event claims to have seen a state that this log never had: field “%s”.")                \
    X(LEDGER_REFUSED_OPENING, 9, "bad_opening",                                                    \
      "Закрытое поле не сходится со своим обязательством: «%s».",                                  \
      "A sealed field does not match its commitment: “%s”.")                                       \
    X(LEDGER_REFUSED_DISK_FULL, 10, "disk_full",                                                   \
      "На сервере кончилось место; запись не принята, журнал цел.",                                \
      "The server's disk is full; the event was not accepted, the log is intact.")                 \
    X(LEDGER_REFUSED_STOPPED, 11, "stopped",                                                       \
      "Журнал остановлен после сбоя записи; обратитесь в техническую поддержку.",                  \
      "The log has stopped after a write fault; call technical support.")                          \
    X(LEDGER_REFUSED_BUSY, 12, "busy", "Слишком много записей ждут очереди; повторите позже.",     \
      "Too many events are waiting; try again later.")                                             \
    X(LEDGER_REFUSED_SIGNER_AWAY, 13, "signer_away",                                               \
      "Служба подписи журнала не отвечает; запись не принята, журнал цел. Повторите позже.",       \
      "The log's signer does not answer; the event was not accepted, the log is intact. Try "      \
      "again later.")

enum ledger_refusal_code {
#define X(code, number, name, ru, en) code = number,
    LEDGER_REFUSALS(X)
#undef X
        LEDGER_REFUSAL_FOREIGN_BASE = 100 /* codes of the storey above start here */
};

struct ledger_refusal {
    int code;                             /* 0: none */
    char field[LEDGER_REFUSAL_FIELD_MAX]; /* path such as "cells[3].pupil"; may be empty */
};

struct ledger_refusal_text {
    int code;
    const char *name; /* stable, lower_case */
    const char *ru;
    const char *en;
};

/* Fills `out` and returns `code`. */
int ledger_refuse(struct ledger_refusal *out, int code, const char *field_format, ...)
    BASE_PRINTF(3, 4);
/* The ledger's own texts; NULL for codes that are not the ledger's. Static. */
const struct ledger_refusal_text *ledger_refusal_text_of(int code);
