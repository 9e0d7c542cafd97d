/* letopis: the administrator's and staff's program. Commands are a table; each has its own file. */
#include <sodium.h>
#include <stdio.h>

#include "tools/cli/actor.h"

static const struct cli_command commands[] = {
    {"demo", "DIR --data DATASET", "found the demonstration school and live its first quarter",
     "  --data DIR      the data set (CSV files)\n"
     "  --origin TEXT   the log's origin (default school-2.example/letopis)\n"
     "  --no-incident   without the stolen account\n"
     "  --no-logins     without ways to log in (faster)\n",
     cli_demo},
    {"breach", "ACTION DIR [options]", "a stolen key: preview, report, receive, overrule, reaffirm",
     "  preview  --target KEY --breach TIME\n"
     "  report   --target KEY --breach TIME --learned TIME --reason TEXT\n"
     "  receive  --report POSITION --told TIME --capacity head|deputy|support\n"
     "  overrule --report POSITION --reason TEXT\n"
     "  act      --report POSITION --out FILE.pdf    the act, for printing\n"
     "  review   --as LOGIN                          \"was this you?\": what was struck out\n"
     "  reaffirm --as LOGIN --positions N,N,…|--all  what was: signed anew, "
     "quoting\n" CLI_ACTOR_HELP
     "TIME is like 2026-10-12T18:40:00+03:00; KEY is an account's key or one session's, in hex.\n",
     cli_breach},
    {"submit", "DIR FILE [--url URL]", "append finished submissions, signed elsewhere", "",
     cli_submit},
    {"recovery", "ACTION …", "the recovery key: create, split, join, request, show, sign, rotate",
     "  create  --dir PAGES --origin TEXT       two keys (root, next) as 2 × 3 envelopes; "
     "recovery.pub\n"
     "  split   --recovery-file FILE --dir PAGES --origin TEXT [--name root|next]\n"
     "  join    --envelope FILE --envelope FILE [--out FILE]   which key is it? (and write it)\n"
     "  request DIR --out REQUEST               what a rotation must know of the log\n"
     "  show    REQUEST                         what is to be signed\n"
     "  sign    REQUEST --envelope FILE --envelope FILE --out FILE [--yes]\n"
     "  rotate  REQUEST --next-envelope FILE --next-envelope FILE [--envelope FILE --envelope "
     "FILE]\n"
     "          --dir PAGES --out FILE          the next key becomes root, and a new one is made\n"
     "create, split, rotate --pdf: the pages as PDF for printing, instead of text.\n"
     "FILE is a page's text, or - to type it in. Instead of two envelopes: --recovery-file FILE\n"
     "(--next-file FILE). Only `request` needs the log; the rest belongs on a machine without a\n"
     "network. Then: letopis submit DIR FILE.\n",
     cli_recovery},
    {"invite", "DIR --slip FILE …", "a new invitation: a new key for somebody, or a new officer",
     "  --slip FILE     where the code is written: print, hand over, delete\n"
     "  --login LOGIN | --account HEX   whose; the old keys end when the new one is enrolled\n"
     "  --officer ROLE:SURNAME:GIVEN[:PATRONYMIC]   a new officer; root signs\n" CLI_ACTOR_HELP,
     cli_invite},
    {"slips", "DIR FILE --out FILE.pdf [--url URL]", "codes as slips for printing, with QR codes",
     "FILE is what import --slips or invite --slip wrote; names come from the log.\n"
     "  --url URL       the school's address: the QR code opens it\n",
     cli_slips},
    {"enrol", "DIR --slip FILE --login LOGIN", "use an invitation here, as the browser does",
     "  --password-file FILE  first line is the new password (else the terminal asks)\n"
     "  --url URL             the school's address, while its server is running\n",
     cli_enrol},
    {"export", "DIR [--events FILE] [--void FILE] [--tiles DIR]",
     "write the log, its void set or its tiles for others' programs",
     "  --events FILE   every entry: big-endian uint32 length, then the bytes\n"
     "  --void FILE     what does not count, as JSON: position, key, report, reason\n"
     "  --tiles DIR     C2SP tlog-tiles: checkpoint, tile/…\n",
     cli_export},
    {"found", "DIR --origin … --officer …", "found a school",
     "  --origin TEXT         the log's name for ever, like school-2.example/letopis\n"
     "  --name TEXT           the school's name\n"
     "  --officer ROLE:LOGIN:SURNAME:GIVEN[:PATRONYMIC]   ROLE is head, deputy or support;\n"
     "                        three; two at least\n"
     "The recovery key (root), one of:\n"
     "  --envelopes PAGES     made here, as 2 × 3 envelopes: print, seal, erase the files\n"
     "  --recovery-public FILE --envelope FILE --envelope FILE   made before, elsewhere, by\n"
     "                        letopis recovery create; the next key stays sealed\n"
     "  --recovery-file FILE  made here, whole, in one file: print, seal, delete\n"
     "  --password-file FILE  lines LOGIN:PASSWORD (else the terminal asks)\n"
     "  --signer SOCKET       the log's key is with the signer that listens there, and never "
     "here;\n"
     "                        it is ready, made by letopis-signer --make and started with --init\n"
     "  --signer-vkey TEXT    what letopis-signer --make printed\n"
     "  --importer LOGIN      this officer may record old journals for 30 days\n"
     "  --zone TEXT           default Europe/Moscow\n"
     "  --offset MINUTES      east of UTC, default 180\n",
     cli_found},
    {"import", "DIR DATASET --as LOGIN | --dry-run",
     "import people, classes, teaching, time and plan from CSV files or workbooks",
     "DATASET is a folder with NAME.csv, NAME.xlsx or school.xlsx, or one workbook "
     "(specs/import.md).\n"
     "What differs from the journal is written; what is as it was is left alone.\n"
     "  --dry-run             only look: every problem by file, row and column, or what would be\n"
     "                        written; needs no password, the server may be running\n"
     "  --as LOGIN            the officer who signs (head or deputy)\n"
     "  --password-file FILE  first line is the password (else the terminal asks)\n"
     "  --from DATE           the day from which changes hold (default: today)\n"
     "  --whole NAME          what has no row in that file ends: pupils, parents, group-members,\n"
     "                        teaching, timetable; may be given several times\n"
     "  --order TEXT          the order by which pupils leave, with --whole pupils\n"
     "  --journal             old lessons, absences and marks, too (needs role importer);\n"
     "                        recorded now, with the old times as claimed ones\n"
     "  --slips FILE          invitation codes for printing (default DIR/slips.csv)\n"
     "  --lang ru|en          of messages (default ru)\n"
     "  --verbose             every event of the plan\n"
     "  --json                problems and plan as JSON\n"
     "Ends with 0, 1 (failed), 2 (used wrongly) or 3 (the files have problems; nothing is "
     "written).\n",
     cli_import},
    {"reads", "DIR [--pupil HEX|--account HEX]", "who looked at whose personal data",
     "Time, view, kind of subject (p pupil, g group, a account, - many), subject, reader, name.\n"
     "A pupil's are also those of the groups that the pupil was in on that day.\n"
     "  --from DATE, --to DATE   the last 30 days when left out\n",
     cli_reads},
    {"export-person", "DIR --pupil HEX|--account HEX", "all that the log holds about one person",
     "As JSON (specs/api.md, \"GET /api/person\"): every entry about the person, what was sealed\n"
     "for that person opened, of lists only the part about that person; of an account also which\n"
     "entries it signed. The content of what others signed about others is left out.\n",
     cli_export_person},
    {"retention", "DIR [--all] [--json]", "whose data are kept until when, and whose may be erased",
     "State (blocked, due, erased; with --all also in_use), day from which the data may be\n"
     "erased, what they are kept for, last day, id, name (specs/ledger.md, \"Erasure\").\n"
     "  --json          as JSON\n",
     cli_retention},
    {"erase", "DIR --pupil HEX|--account HEX|--value HEX [options]",
     "erase somebody's data, or single values, for good",
     "A whole person is refused before the term of keeping is over; a single value may go at once\n"
     "on request or by a decision. Every signature and proof still holds afterwards.\n"
     "  --values           lists what may go alone, of a pupil, an account or (--group HEX) a\n"
     "                     group: commitment, position, day, kind, field, state (present, erased,\n"
     "                     gone) or the day from which its term is over, text\n"
     "  --value HEX        a value by the first digits of its commitment, eight at least; up to\n"
     "                     64 times\n"
     "  --dry-run          says what would go, and whether it may; signs nothing\n"
     "  --ground GROUND    term, request or decision\n"
     "  --reference TEXT   the paper behind it: act, application, order; without names\n"
     "  --second LOGIN     another officer, who signs, too [--second-password-file FILE]\n"
     "  --list             prints the ids of whom, and the commitments of what was erased: for\n"
     "                     restore --erasures (no other option is needed)\n" CLI_ACTOR_HELP,
     cli_erase},
    {"outbox", "DIR [--all]", "what has become of the messages to families",
     "Lists what is not sent: id, state, way, kind, attempts, last answer, queued, next or done,\n"
     "position of the cause, account, reason (specs/messages.md).\n"
     "  --all           also what is sent or cancelled\n",
     cli_outbox},
    {"paper", "DIR PAPER --out FILE.pdf …", "extracts, journals and summary sheets for printing",
     "PAPER is one of:\n"
     "  extract  --pupil HEX or --group HEX (a whole class) --from DATE --to DATE\n"
     "  journal  --group HEX --subject HEX --from DATE --to DATE\n"
     "  sheet    --group HEX (a class)\n"
     "  --at SIZE       as the journal was at that log size; prints size and digest, which must\n"
     "                  be those on a paper that is checked\n",
     cli_paper},
    {"query", "DIR VIEW [options]", "print a view as JSON",
     "VIEW is one of:\n"
     "  school\n  pages\n"
     "  journal  --group HEX --subject HEX [--from DATE] [--to DATE]\n"
     "  diary    --pupil HEX [--from DATE] [--to DATE]\n"
     "  cell     --lesson HEX [--pupil HEX] [--what mark|attendance|topic|homework]\n"
     "  accounts [--find TEXT]\n  breaches\n"
     "  summary    --group HEX: the summary sheet of a class with its figures\n"
     "  classes: the figures of every class by period\n"
     "  attendance --group HEX [--from DATE] [--to DATE]: lessons and days missed, by reason\n"
     "  filling    [--from DATE] [--to DATE] [--group HEX --subject HEX]: what is missing or late\n"
     "  schedule   [--group HEX] [--account HEX] [--from DATE] [--to DATE]: the timetable as it "
     "is\n"
     "  changes    [--from DATE] [--to DATE]: replaced, moved and cancelled lessons\n"
     "  programme  [--day DATE]: how far every group is in its plan\n"
     "  settings: of the school's local acts, with who set them\n"
     "  movement   [--from DATE] [--to DATE]: pupils who came, left and moved, by class\n"
     "  works      [--group HEX] [--from DATE] [--to DATE]: control works, and where too many\n"
     "  debts      --group HEX | --pupil HEX: debt points that no mark has made good\n"
     "  comparison --period TEXT [--group HEX]: control works against the marks of the period\n"
     "  closing    --group HEX [--subject HEX]: marks of year, exam and final\n"
     "  retention  [--all]: whose data are kept until when\n"
     "  remarks: the deputy head's remarks on how journals are kept\n"
     "  repairs: what acts leave to be affirmed, brought back, looked at\n"
     "  notices  --pupil HEX [--since MOMENT]: what a family has to know since then\n"
     "  edits  [--from DAY] [--to DAY] [--group HEX --subject HEX]: what was recorded late, over\n"
     "         another value or in vain\n"
     "  difference  --at MOMENT [--known MOMENT] [--to MOMENT] [--to-known MOMENT]\n"
     "              [--group HEX [--subject HEX]] [--pupil HEX]: what differs between two moments\n"
     "With --at MOMENT [--known MOMENT] a view shows what had been written by then, and what of "
     "it\n"
     "counted by what was known at the second (left out: at the first). MOMENT is a log size or a\n"
     "time like 2026-10-12T18:40:00+03:00.\n",
     cli_query},
    {"rebuild", "DIR [--judge]", "throw the projections away and fold the log anew",
     "  --judge   judge every entry again, as at its admission (slower)\n", cli_rebuild},
    {"backup", "DIR TO [--with-keys]", "copy a school while its server is running; verified",
     "TO is made, and gets its name only after it was verified whole. Entries, sealed fields, "
     "logins\n"
     "and the policy of witnesses go in; keys stay out.\n"
     "  --with-keys     log.key, login.key and import.key, too; wrap.key never: keep it "
     "elsewhere\n",
     cli_backup},
    {"restore", "BACKUP DIR [--keys DIR2] [--published FILE] [--erasures FILE] [--origin TEXT]",
     "make a school of a backup; verified",
     "  --keys DIR2       where log.key, wrap.key and login.key are kept\n"
     "  --published FILE  the last checkpoint that the school gave out: refuses a backup that is\n"
     "                    behind it, since going on would tell a second history\n"
     "  --erasures FILE   what was erased since the backup (letopis erase DIR --list): it is\n"
     "                    erased here, too; needs the keys\n"
     "Going on with a copy that is behind, under a name of its own; its first entry carries the\n"
     "old head. Needs the keys, and root: --recovery-file FILE, or --envelope FILE twice.\n"
     "  --origin TEXT     the new name, like school-2.example/letopis-2\n"
     "  --at SIZE         only the first SIZE entries\n",
     cli_restore},
    {"migrate", "DIR", "a log of an older layout becomes one of this program's; verified",
     "Copies the log, changes the copy step by step, verifies it whole, and exchanges it for the "
     "old\n"
     "one, which is removed: a backup first, as ever. No server may be running. Needs room for a\n"
     "second log. Entries, root and checkpoint stay what they are.\n",
     cli_migrate},
    {"rekey", "DIR --recovery-file FILE [--signer SOCKET --signer-vkey TEXT]",
     "the log goes on under a new key",
     "Appends an entry by which root says so, signs the checkpoint by the new key and destroys\n"
     "the former one. Browsers and auditors follow by that entry. No server may be running.\n"
     "Root: --recovery-file FILE, or --envelope FILE twice.\n"
     "  --signer SOCKET     the new key is with the signer that listens there, made by\n"
     "                      letopis-signer --make and started with --init; the former one was "
     "here\n"
     "                      or with another signer, which is still there and is stopped "
     "afterwards\n"
     "  --signer-vkey TEXT  what letopis-signer --make printed\n",
     cli_rekey},
    {"doctor", "DIR", "what is wrong with a school's folder, in words",
     "Exit status: 0 well, perhaps with notes; 1 something is wrong.\n", cli_doctor},
    {"receipt", "DIR POSITION [--out FILE]", "one entry with its proof, a file to keep",
     "The file is a C2SP tlog-proof with the entry in its extra line; letopis-audit receipt "
     "checks\n"
     "it offline. Under the checkpoint that the witnesses have cosigned, when it covers the "
     "entry.\n",
     cli_receipt},
    {"status", "DIR", "print origin, verifier key, size and root of a log", "", cli_status},
    {"kinds", "[--json]", "print the catalogue of events", "", cli_kinds},
};

static void print_summary(FILE *out)
{
    fprintf(out, "letopis COMMAND …: work on a school's log (with the server stopped, where it "
                 "writes)\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-10s %-34s %s\n", commands[i].name, commands[i].arguments,
                commands[i].summary);
    fprintf(out, "\nletopis COMMAND --help tells more. Exit status: 0 done, 1 failed, 2 used "
                 "wrongly.\n");
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0) {
        fprintf(stderr, "letopis: libsodium does not start\n");
        return CLI_FAILED;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_summary(argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_USAGE : CLI_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        if (cli_flag(argc - 1, argv + 1, "--help")) {
            printf("letopis %s %s\n%s\n%s", commands[i].name, commands[i].arguments,
                   commands[i].summary, commands[i].help);
            return CLI_DONE;
        }
        return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "letopis: no command \"%s\"\n\n", argv[1]);
    print_summary(stderr);
    return CLI_USAGE;
}
