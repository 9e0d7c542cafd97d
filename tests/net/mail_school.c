/* The little school of tests/projections/world.h for tests/tools/test_messages.py, which serves it
 * with letopisd: a parent who wants to be told, and marks that are made on command while no server
 * runs. Usage: mail_school DATA. Reads commands, one a line, and answers each with a line:
 *   mark VALUE | steal VALUE | void | phone | quiet FROM TO | withdraw | pupil */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/projections/world.h"

static struct world w;
static ledger_seq last = LEDGER_SEQ_NONE;
static base_time_ms theft_ms;

static void channel(const char *email, const char *phone, int from, int to)
{
    struct draft *d = &w.draft;
    draft_begin(d, "channel.set");
    draft_id(d, "account", w.people[PARENT].account);
    if (email != NULL)
        draft_sealed_text(d, "email", email);
    else
        draft_nil(d, "email");
    if (phone != NULL)
        draft_sealed_text(d, "phone", phone);
    else
        draft_nil(d, "phone");
    if (from < 0) {
        draft_nil(d, "quiet_from");
        draft_nil(d, "quiet_to");
    } else {
        draft_int(d, "quiet_from", from);
        draft_int(d, "quiet_to", to);
    }
    draft_int(d, "wants", PROJ_WANTS_MARKS | PROJ_WANTS_CORRECTIONS | PROJ_WANTS_DIGEST);
    world_do(&w, &w.people[PARENT].session, NULL);
}

static void consent(unsigned decision)
{
    act_consent(&w.draft, w.people[PARENT].account, w.pupils[ANYA], decision, PROJ_FORM_ELECTRONIC,
                w.today);
    world_do(&w, &w.people[PARENT].session, NULL);
}

static void obey(const char *line)
{
    unsigned value = 0;
    int from = 0;
    int to = 0;
    world_tick(&w);
    if (sscanf(line, "mark %u", &value) == 1) {
        last = world_mark(&w, &w.people[TEACHER].session, ANYA, value, last);
    } else if (sscanf(line, "steal %u", &value) == 1) {
        theft_ms = w.now_ms;
        world_mark(&w, &w.people[TEACHER].session, ANYA, value, last);
    } else if (strncmp(line, "void", 4) == 0) {
        world_void(&w, &w.people[TEACHER], &w.people[TEACHER].session.key, theft_ms);
    } else if (strncmp(line, "phone", 5) == 0) {
        channel(NULL, "+79990001122", -1, -1);
    } else if (sscanf(line, "quiet %d %d", &from, &to) == 2) {
        channel("anna@example.org", NULL, from, to);
    } else if (strncmp(line, "withdraw", 8) == 0) {
        consent(PROJ_CONSENT_WITHDRAWN);
    }
}

int main(int argc, char **argv)
{
    char path[4096];
    char line[256];
    struct base_err err = {0};
    if (argc != 2)
        return 2;
    world_make(&w);
    consent(PROJ_CONSENT_GIVEN);
    channel("anna@example.org", NULL, -1, -1);
    world_close(&w);
    snprintf(path, sizeof path, "%s/schools", argv[1]);
    if (mkdir(path, 0700) != 0)
        return 1;
    snprintf(path, sizeof path, "%s/schools/school", argv[1]);
    if (symlink(w.dir, path) != 0)
        return 1;
    char hex[2 * LEDGER_ID_LEN + 1];
    base_hex(w.pupils[ANYA], LEDGER_ID_LEN, hex);
    printf("%s\n", hex);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (world_open(&w, &err) != 0) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        obey(line);
        world_close(&w);
        puts("done");
        fflush(stdout);
    }
    if (world_open(&w, &err) == 0)
        world_remove(&w);
    return 0;
}
