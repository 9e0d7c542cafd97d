#!/usr/bin/env python3
"""Erasure as specs/ledger.md promises it: terms of keeping, a dry run, two who sign, data that are gone while every
proof holds, an auditor who tells erased from lost, old backups, a server that is running.

    test_erasing.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import csv, json, pathlib, shutil, signal, ssl, subprocess, sys, time, urllib.request

import promises
from promises import promise, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT, SERVER = (BUILD / "tools" / n for n in ("letopis", "letopis-audit", "letopisd"))
SCHOOL = WORK / "data" / "schools" / "seven"
SIGN = ["--as", "st01", "--password-file", WORK / "password", "--second", "st04",
        "--second-password-file", WORK / "password"]
FILES = ("staff", "subjects", "classes", "pupils")
GONE = "данные удалены"


def run(*command, ok=True):
    return promises.run(*command, ok=ok, start_new_session=True)  # no terminal to ask


def status(school=SCHOOL):
    return promises.status(LETOPIS, school)


def audit(school=SCHOOL, ok=True):
    return promises.audited(AUDIT, school, status(school)["LETOPIS_VKEY"], ok)


def keeping(*options, school=SCHOOL):
    return json.loads(run(LETOPIS, "retention", school, "--json", *options).stdout)["rows"]


def names(school=SCHOOL):
    """Who left or was admitted, by id, as people are shown it."""
    movement = json.loads(run(LETOPIS, "query", school, "movement", "--from", "2026-08-01", "--to", "2026-12-31").stdout)
    return {e["pupil"]: e["pupil_name"] for e in movement["events"]}


def erase(pupil, *options, ok=True, second=SIGN):
    return run(LETOPIS, "erase", SCHOOL, "--pupil", pupil, "--ground", "term", "--reference", "акт № 1 от 20.11.2026",
               *second, *options, ok=ok)


def openings(pupil):
    out = run(LETOPIS, "erase", SCHOOL, "--pupil", pupil, "--dry-run").stdout
    return out, int(out.split("LETOPIS_OPENINGS=")[1])


shutil.rmtree(WORK, ignore_errors=True)
(WORK / "data" / "schools").mkdir(parents=True)
(WORK / "first").mkdir()
(WORK / "second").mkdir()
(WORK / "passwords").write_text("st01:длинный пароль\nst02:длинный пароль\nst04:длинный пароль\n")
(WORK / "password").write_text("длинный пароль\n")
for name in FILES:
    shutil.copy(DATA / f"{name}.csv", WORK / "first")
with open(DATA / "pupils.csv", encoding="utf-8", newline="") as file:
    PUPILS = list(csv.DictReader(file))
with open(WORK / "second" / "pupils.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, PUPILS[0].keys())
    writer.writeheader()
    writer.writerows(PUPILS[2:])  # the first two have left
run(LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
    WORK / "recovery", "--password-file", WORK / "passwords", "--officer", "head:st01:Хатуев:Максим:Адамович",
    "--officer", "deputy:st02:Юнусова:Лейла:Саидовна", "--officer", "support:st04:Магомадов:Руслан:Хусейнович")
SIGNS = ["--as", "st02", "--password-file", WORK / "password"]
run(LETOPIS, "import", SCHOOL, WORK / "first", "--from", "2026-09-01", *SIGNS)
BEFORE = keeping("--all")
run(LETOPIS, "import", SCHOOL, WORK / "second", "--from", "2026-09-15", "--whole", "pupils", "--order", "7-к", *SIGNS)
DUE = [r for r in keeping() if not r["account"]]
PRESENT = next(r["id"] for r in keeping("--all") if r["state"] == "in_use" and not r["account"])
BACKUP = WORK / "backup"
run(LETOPIS, "backup", SCHOOL, BACKUP)


def terms_are_listed():
    assert all(r["state"] == "in_use" and r["due"] is None for r in BEFORE), BEFORE[:3]
    assert len(DUE) == 2 and all(r["state"] == "due" and r["keeping"] == "nothing" for r in DUE), DUE
    assert {r["name"].split()[0] for r in DUE} == {p["surname"] for p in PUPILS[:2]}, DUE
    table = run(LETOPIS, "retention", SCHOOL).stdout
    assert table.count("due\t2026-09-15\tnothing\t2026-09-14\tpupil\t") == 2, table


def all_about_a_person_is_given_out():
    pupil = DUE[0]
    told = json.loads(run(LETOPIS, "export-person", SCHOOL, "--pupil", pupil["id"]).stdout)
    admitted = [r for r in told["rows"] if r["kind"] == "pupil.admitted"]
    assert told["name"] == pupil["name"] and len(admitted) == 1 and admitted[0]["body"]["name"].startswith(pupil["name"]), told
    assert run(LETOPIS, "export-person", SCHOOL, "--pupil", "77" * 16, ok=False).returncode == 1
    assert run(LETOPIS, "export-person", SCHOOL, ok=False).returncode == 2


def before_the_term_nothing_goes():
    out, count = openings(PRESENT)
    assert "NOT YET" in out and count == 3, out
    size = status()["LETOPIS_SIZE"]
    done = erase(PRESENT, ok=False)
    assert done.returncode == 1 and "refused: retention (subject)" in done.stderr, done.stderr
    # Of an officer the head may not even ask.
    officers = ("Хатуев Максим", "Юнусова Лейла", "Магомадов Руслан")
    account = next(r["id"] for r in keeping("--all") if r["account"] and not r["name"].startswith(officers))
    done = run(LETOPIS, "erase", SCHOOL, "--account", account, "--ground", "request", "--reference", "заявление", *SIGN,
               ok=False)
    assert done.returncode == 1 and "refused: retention (subject)" in done.stderr, done.stderr
    assert status()["LETOPIS_SIZE"] == size and openings(PRESENT)[1] == 3


def one_person_is_not_two():
    alone = ["--as", "st01", "--password-file", WORK / "password", "--second", "st01", "--second-password-file",
             WORK / "password"]
    done = erase(DUE[0]["id"], ok=False, second=alone)
    assert done.returncode == 1 and "second_person (second)" in done.stderr, done.stderr
    assert run(LETOPIS, "erase", SCHOOL, "--pupil", DUE[0]["id"], "--ground", "whim", "--reference", "x", *SIGN,
               ok=False).returncode == 2


def what_is_erased_is_gone_and_every_proof_holds():
    pupil, stays = DUE[0]["id"], DUE[1]["id"]
    before = audit()
    assert before["sealed"]["erased"] == before["sealed"]["missing"] == 0, before
    assert names()[pupil] != GONE
    out, count = openings(pupil)
    assert "may go from: 2026-09-15" in out and "pupil.admitted" in out, out
    erase(pupil)
    after = audit()
    assert after["sealed"] == {"present": before["sealed"]["present"] - count, "erased": count, "pending": 0,
                               "missing": 0}, after
    assert after["openings"] == before["openings"] - count
    assert names()[pupil] == GONE and names()[stays] != GONE
    assert openings(pupil)[1] == 0 and status()["LETOPIS_ERASURE_PENDING"] == "0"
    row = next(r for r in keeping() if r["id"] == pupil)
    assert row["state"] == "erased" and row["erased"]["reference"].startswith("акт № 1"), row
    assert row["erased"]["author_name"].startswith("Хатуев") and row["erased"]["second_name"].startswith("Магомадов")
    assert "already_exists (subject)" in erase(pupil, ok=False).stderr
    run(LETOPIS, "rebuild", SCHOOL, "--judge")
    assert names()[pupil] == GONE and audit()["ok"]


def an_old_backup_forgets_when_it_is_told_to():
    (WORK / "erased").write_text(run(LETOPIS, "erase", SCHOOL, "--list").stdout)
    pupil = DUE[0]["id"]
    assert (WORK / "erased").read_text().split() == [pupil]
    run(LETOPIS, "restore", BACKUP, WORK / "remembers", "--keys", SCHOOL)
    assert names(WORK / "remembers")[pupil] not in (GONE, "—")  # which is why the list is kept
    out = run(LETOPIS, "restore", BACKUP, WORK / "forgets", "--keys", SCHOOL, "--erasures", WORK / "erased").stdout
    assert int(out.split("LETOPIS_ERASED=")[1].split()[0]) >= 3, out
    assert names(WORK / "forgets")[pupil] == "—" and status(WORK / "forgets")["LETOPIS_ERASURE_PENDING"] == "0"
    done = run(LETOPIS, "restore", BACKUP, WORK / "keyless", "--erasures", WORK / "erased", ok=False)
    assert done.returncode == 1 and "--keys" in done.stderr, done.stderr


def what_is_lost_without_an_erasure_is_a_finding():
    report = audit(WORK / "forgets", ok=False)  # the old log has no event that says why
    assert report["finding"] == "sealed" and report["position"] is not None and report["sealed"]["missing"] >= 3, report


def a_running_server_erases_and_leaves_no_pages_after_its_next_start():
    ready = WORK / "ready"
    pupil = DUE[1]["id"]

    def start():
        ready.unlink(missing_ok=True)
        server = subprocess.Popen([SERVER, "--data", WORK / "data", "--listen", "127.0.0.1:0", "--ready-file", ready],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready.exists() or not ready.read_text().strip():
            time.sleep(0.05)
        return server, ready.read_text().split()[0]

    def stop(server):
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0

    server, where = start()
    try:
        url = (where if where.startswith("http") else f"https://{where}").rstrip("/") + "/seven"
        erase(pupil, "--url", url)
        assert names()[pupil] == GONE and status()["LETOPIS_ERASURE_PENDING"] == "1"
    finally:
        stop(server)
    server, where = start()
    try:  # a school is opened when somebody first asks for it
        url = (where if where.startswith("http") else f"https://{where}").rstrip("/") + "/seven/api/school"
        urllib.request.urlopen(url, context=ssl._create_unverified_context(), timeout=20).read()
    finally:
        stop(server)
    report = audit()
    assert status()["LETOPIS_ERASURE_PENDING"] == "0" and report["sealed"]["pending"] == 0, report
    assert not (SCHOOL / "log.old").exists() and not (SCHOOL / "log.fresh").exists()


for test in (terms_are_listed, all_about_a_person_is_given_out, before_the_term_nothing_goes, one_person_is_not_two,
             what_is_erased_is_gone_and_every_proof_holds, an_old_backup_forgets_when_it_is_told_to,
             what_is_lost_without_an_erasure_is_a_finding,
             a_running_server_erases_and_leaves_no_pages_after_its_next_start):
    promise(test)
sys.exit(told())
