#!/usr/bin/env python3
"""Erasure of single values as specs/ledger.md promises it ("A part of somebody's data"): listed and named by their
commitments, refused within their term and never without a second, gone while everything else of the person stays and
every proof holds, told from lost by the auditor, taken from old backups, and by a server that is running.

    test_values.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import csv, json, pathlib, shutil, signal, subprocess, sys, time

import promises
from promises import promise, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT, SERVER = (BUILD / "tools" / n for n in ("letopis", "letopis-audit", "letopisd"))
SCHOOL = WORK / "data" / "schools" / "seven"
BACKUP = WORK / "backup"
SIGN = ["--as", "st01", "--password-file", WORK / "password", "--second", "st04",
        "--second-password-file", WORK / "password"]
PAPER = ["--reference", "заявление № 3 от 21.11.2026"]
GONE = "данные удалены"
DAYS = ("2026-09-01", "2026-09-02")  # of the old journal, which is what has reasons and comments


def run(*command, ok=True):
    return promises.run(*command, ok=ok, start_new_session=True)  # no terminal to ask


def status(school=SCHOOL):
    return promises.status(LETOPIS, school)


def audit(school=SCHOOL, ok=True):
    return promises.audited(AUDIT, school, status(school)["LETOPIS_VKEY"], ok)


def values(pupil, school=SCHOOL):
    """What may go alone: (commitment, position, day, kind, field, state or day, text)."""
    out = run(LETOPIS, "erase", school, "--pupil", pupil, "--values").stdout
    return [line.split("\t") for line in out.splitlines()]


def erase(value, *options, ok=True, ground="request", signs=SIGN):
    return run(LETOPIS, "erase", SCHOOL, "--value", value, "--ground", ground, *PAPER, *signs, *options, ok=ok)


def person(pupil, school=SCHOOL):
    return json.loads(run(LETOPIS, "export-person", school, "--pupil", pupil).stdout)


def sealed_of(pupil, value, school=SCHOOL):
    return next(s for r in person(pupil, school)["rows"] for s in r["sealed"] if s["commitment"].startswith(value))


def small_dataset(folder):
    """The people and the year, and of the old journal two days."""
    folder.mkdir(parents=True)
    for file in DATA.glob("*.csv"):
        if not file.name.endswith("-q1.csv"):
            shutil.copy(file, folder)
    for name in ("lessons-q1.csv", "attendance-q1.csv", "marks-q1.csv", "period-marks-q1.csv"):
        with open(DATA / name, encoding="utf-8", newline="") as rows, \
                open(folder / name, "w", encoding="utf-8", newline="") as out:
            reader = csv.DictReader(rows)
            writer = csv.DictWriter(out, reader.fieldnames)
            writer.writeheader()
            writer.writerows(r for r in reader if r.get("date") in DAYS)
    return folder


shutil.rmtree(WORK, ignore_errors=True)
(WORK / "data" / "schools").mkdir(parents=True)
(WORK / "passwords").write_text("st01:длинный пароль\nst02:длинный пароль\nst04:длинный пароль\n")
(WORK / "password").write_text("длинный пароль\n")
run(LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
    WORK / "recovery", "--password-file", WORK / "passwords", "--importer", "st02",
    "--officer", "head:st01:Хатуев:Максим:Адамович", "--officer", "deputy:st02:Юнусова:Лейла:Саидовна",
    "--officer", "support:st04:Магомадов:Руслан:Хусейнович")
run(LETOPIS, "import", SCHOOL, small_dataset(WORK / "dataset"), "--journal", "--from", "2026-09-01", "--as", "st02",
    "--password-file", WORK / "password")
PUPILS = [r["id"] for r in json.loads(run(LETOPIS, "retention", SCHOOL, "--all", "--json").stdout)["rows"]
          if not r["account"]]
WITH = {p: v for p in PUPILS for v in [values(p)] if v}
assert len(WITH) >= 3, WITH
PUPIL, OTHER, THIRD = list(WITH)[:3]
VALUE = WITH[PUPIL][0][0]
run(LETOPIS, "backup", SCHOOL, BACKUP)


def values_are_listed_by_their_commitments():
    for commitment, seq, day, kind, field, due, text in WITH[PUPIL]:
        assert len(commitment) == 16 and int(seq) > 0 and kind in ("attendance.set", "marks.set"), WITH[PUPIL]
        assert field in ("reason", "comment") and due > day and text, WITH[PUPIL]
    assert run(LETOPIS, "erase", SCHOOL, "--values", ok=False).returncode == 2
    assert run(LETOPIS, "erase", SCHOOL, "--group", "77" * 16, "--values").stdout == ""
    out = run(LETOPIS, "erase", SCHOOL, "--value", VALUE, "--dry-run").stdout
    assert out.splitlines()[0].split("\t") == WITH[PUPIL][0] and "LETOPIS_VALUES=1" in out, out


def a_value_is_named_by_enough_digits_of_one_that_is_there():
    for short in (VALUE[:7], "xy" * 8, VALUE.upper() + "G", "0" * 65):
        done = erase(short, ok=False)
        assert done.returncode == 2 and "8 to 64 hex digits" in done.stderr, done.stderr
    done = erase("0" * 40, ok=False)
    assert done.returncode == 1 and "no sealed value begins with 0000" in done.stderr, done.stderr
    done = erase(VALUE, "--value", VALUE, ok=False)
    assert done.returncode == 1 and "duplicate_cell (values[1].commitment)" in done.stderr, done.stderr
    assert run(LETOPIS, "erase", SCHOOL, "--value", VALUE, *SIGN, ok=False).returncode == 2  # no ground, no paper


def within_its_term_the_term_is_no_ground_and_one_is_not_two():
    size = status()["LETOPIS_SIZE"]
    done = erase(VALUE, ground="term", ok=False)
    assert done.returncode == 1 and "refused: retention (values[0].commitment)" in done.stderr, done.stderr
    alone = ["--as", "st01", "--password-file", WORK / "password", "--second", "st01", "--second-password-file",
             WORK / "password"]
    assert "second_person (second)" in erase(VALUE, ok=False, signs=alone).stderr
    deputy = ["--as", "st02", *SIGN[2:]]
    assert "no_right (values)" in erase(VALUE, ok=False, signs=deputy).stderr
    assert status()["LETOPIS_SIZE"] == size and values(PUPIL) == WITH[PUPIL]


def a_name_is_never_erased_alone():
    assert all(field != "name" for found in WITH.values() for _, _, _, _, field, _, _ in found)
    run(LETOPIS, "export", SCHOOL, "--events", WORK / "events")
    events = (WORK / "events").read_bytes()  # the list does not offer it, the log's own bytes do
    at = 0
    while b"pupil.admitted" not in events[at + 4:at + 4 + int.from_bytes(events[at:at + 4], "big")]:
        at += 4 + int.from_bytes(events[at:at + 4], "big")
    name = events.index(b"\xa4name\xc4\x20", at) + 7
    done = erase(events[name:name + 32].hex(), ground="decision", ok=False)
    assert done.returncode == 1 and "value_kept (values[0].commitment)" in done.stderr, done.stderr


def what_is_erased_is_gone_and_the_rest_of_the_person_stays():
    before = audit()
    name = person(PUPIL)["name"]
    assert sealed_of(PUPIL, VALUE)["there"] and sealed_of(PUPIL, VALUE)["erased"] is None
    erase(VALUE)
    after = audit()
    assert after["sealed"] == {"present": before["sealed"]["present"] - 1, "erased": 1, "pending": 0, "missing": 0}
    assert after["openings"] == before["openings"] - 1 and status()["LETOPIS_ERASURE_PENDING"] == "0"
    row = next(v for v in values(PUPIL) if v[0] == VALUE)
    assert row[5:] == ["erased", GONE], row
    told_so = sealed_of(PUPIL, VALUE)
    assert not told_so["there"] and told_so["text"] == GONE and told_so["erased"]["reference"] == PAPER[1], told_so
    assert told_so["erased"]["author_name"].startswith("Хатуев") and told_so["erased"]["second_name"].startswith("Магомадов")
    assert person(PUPIL)["name"] == name and values(OTHER) == WITH[OTHER]
    assert "already_exists (values[0].commitment)" in erase(VALUE, ok=False).stderr
    run(LETOPIS, "rebuild", SCHOOL, "--judge")
    assert sealed_of(PUPIL, VALUE)["text"] == GONE and audit()["ok"]


def an_old_backup_forgets_when_it_is_told_to():
    (WORK / "erased").write_text(run(LETOPIS, "erase", SCHOOL, "--list").stdout)
    names = (WORK / "erased").read_text().split()
    assert len(names) == 1 and len(names[0]) == 64 and names[0].startswith(VALUE), names
    run(LETOPIS, "restore", BACKUP, WORK / "remembers", "--keys", SCHOOL)
    assert values(PUPIL, WORK / "remembers") == WITH[PUPIL]  # which is why the list is kept
    out = run(LETOPIS, "restore", BACKUP, WORK / "forgets", "--keys", SCHOOL, "--erasures", WORK / "erased").stdout
    assert "LETOPIS_ERASED=1" in out, out
    gone = next(v for v in values(PUPIL, WORK / "forgets") if v[0] == VALUE)
    assert gone[5] == "gone" and status(WORK / "forgets")["LETOPIS_ERASURE_PENDING"] == "0", gone
    (WORK / "torn").write_text(names[0][:40] + "\n")
    done = run(LETOPIS, "restore", BACKUP, WORK / "torn-copy", "--keys", SCHOOL, "--erasures", WORK / "torn", ok=False)
    assert done.returncode == 1 and "neither an id" in done.stderr, done.stderr


def what_is_lost_without_an_erasure_is_a_finding():
    report = audit(WORK / "forgets", ok=False)  # the old log has no event that says why
    assert report["finding"] == "sealed" and report["sealed"]["missing"] == 1, report
    assert report["position"] == int(WITH[PUPIL][0][1]), report


def a_running_server_erases_and_leaves_no_pages_after_its_next_start():
    ready = WORK / "ready"
    value = WITH[OTHER][0][0]

    def start():
        ready.unlink(missing_ok=True)
        server = subprocess.Popen([SERVER, "--data", WORK / "data", "--listen", "127.0.0.1:0", "--ready-file", ready],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready.exists() or not ready.read_text().strip():
            time.sleep(0.05)
        where = ready.read_text().split()[0]
        return server, (where if where.startswith("http") else f"https://{where}").rstrip("/") + "/seven"

    server, url = start()
    try:
        erase(value, "--value", WITH[THIRD][0][0], "--url", url)
        assert status()["LETOPIS_ERASURE_PENDING"] == "1"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert next(v for v in values(OTHER) if v[0] == value)[5] == "erased"
    report = audit()
    assert report["sealed"]["erased"] == 3 and report["sealed"]["pending"] == 0, report


for test in (values_are_listed_by_their_commitments, a_value_is_named_by_enough_digits_of_one_that_is_there,
             within_its_term_the_term_is_no_ground_and_one_is_not_two, a_name_is_never_erased_alone,
             what_is_erased_is_gone_and_the_rest_of_the_person_stays, an_old_backup_forgets_when_it_is_told_to,
             what_is_lost_without_an_erasure_is_a_finding,
             a_running_server_erases_and_leaves_no_pages_after_its_next_start):
    promise(test)
sys.exit(told())
