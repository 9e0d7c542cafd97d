/* What families and class teachers say, from consents.csv, acknowledgements.csv,
 * recommendations.csv and the contacts of parents.csv.
 *
 * What was said on paper is recorded by the pupil's class teacher. What was said electronically is
 * signed by the family's own key where the demonstration has it; a consent of another family is
 * recorded with the reference that says so, an acknowledgement is left out: nobody else can say it.
 * A real import does without: what it takes over is in tools/import. */
#pragma once

#include "tools/demo/world.h"

/* The three files and the two lists that they refer to; closed by demo_said_close. */
struct demo_said {
    struct tool_table *consents, *acknowledgements, *advice, *pupils, *classes;
};

int demo_said_open(struct demo *demo, struct demo_said *out_said,
                   struct base_err *err) BASE_MUST_USE;
void demo_said_close(struct demo_said *said);

/* Where a parent can be reached, right after the account was opened; nobody is told by default. */
int demo_set_channel(struct demo *demo, struct demo_person *teacher,
                     const uint8_t account[LEDGER_ID_LEN], struct tool_table *parents, size_t row,
                     struct base_err *err) BASE_MUST_USE;

/* Who signs a row: a family of the demonstration, a class teacher, an author of advice. NULL:
 * nobody who could. */
struct demo_person *demo_consent_by(struct demo *demo, const struct demo_said *said, size_t row);
struct demo_person *demo_acknowledgement_by(struct demo *demo, const struct demo_said *said,
                                            size_t row);
struct demo_person *demo_advice_by(struct demo *demo, const struct demo_said *said, size_t row);

int demo_consent(struct demo *demo, const struct demo_said *said, size_t row,
                 struct demo_person *by, struct base_err *err) BASE_MUST_USE;
int demo_acknowledge(struct demo *demo, const struct demo_said *said, size_t row,
                     struct demo_person *by, struct base_err *err) BASE_MUST_USE;
int demo_advise(struct demo *demo, const struct demo_said *said, size_t row, struct demo_person *by,
                struct base_err *err) BASE_MUST_USE;
