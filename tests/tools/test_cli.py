#!/usr/bin/env python3
"""The commands of `letopis` as a school would use them: found, import a year and its old records, look,
report a stolen key, confirm, overrule, export, audit.

    test_cli.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import datetime, json, os, pathlib, shutil, stat, sys

import promises
from promises import promise, revised_plan, run, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT = BUILD / "tools" / "letopis", BUILD / "tools" / "letopis-audit"
BENCH = BUILD / "tools" / "letopis-bench"
SCHOOL = WORK / "school"
PASSWORD = "длинный пароль завуча"


def status():
    return promises.status(LETOPIS, SCHOOL)


def query(view, *options):
    return json.loads(run(LETOPIS, "query", SCHOOL, view, *options).stdout)


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
(WORK / "passwords").write_text("".join(f"st0{n}:{PASSWORD} {n}\n" for n in (1, 2, 4)))
for n in (1, 2, 4):
    (WORK / f"password{n}").write_text(f"{PASSWORD} {n}\n")
FOUND = [LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
         WORK / "recovery", "--password-file", WORK / "passwords", "--importer", "st02",
         "--officer", "head:st01:Хатуев:Максим:Адамович", "--officer", "deputy:st02:Юнусова:Лейла:Саидовна",
         "--officer", "support:st04:Магомадов:Руслан:Хусейнович"]
AS_DEPUTY = ["--as", "st02", "--password-file", WORK / "password2"]


def a_school_is_founded_by_its_officers():
    out = run(*FOUND).stdout
    assert "LETOPIS_VKEY=school-7.example/letopis+" in out
    for secret in ("recovery", "school/import.key", "school/log.key", "school/wrap.key"):
        assert stat.S_IMODE(os.stat(WORK / secret).st_mode) == 0o600, secret
    assert run(*FOUND, ok=False).returncode == 1  # and only once
    assert status()["LETOPIS_SIZE"] == "2"


def what_is_missing_or_wrong_is_named():
    for arguments, word in ((["found", WORK / "x"], "--origin"),
                            (["found", WORK / "x", "--origin", "a", "--name", "b", "--recovery-file", WORK / "r",
                              "--officer", "king:k:K:K"], "king"),
                            (["breach", "report", SCHOOL], "--target"),
                            (["breach", "dance", SCHOOL], "action"),
                            (["query", SCHOOL, "nothing"], "nothing"),
                            (["query", SCHOOL, "journal", "--group", "12"], "option"),
                            (["import", SCHOOL, DATA], "--as")):
        done = run(LETOPIS, *arguments, ok=False)
        assert done.returncode == 2 and word in done.stderr, (arguments, done.stderr)
    assert not (WORK / "x").exists()


def views_take_the_options_that_the_help_names():
    nobody = "77" * 16
    for view, *options in (["retention", "--all"], ["programme", "--day", "2026-09-01"], ["schedule", "--account", nobody]):
        assert isinstance(query(view, *options), dict), view


def a_wrong_password_opens_nothing():
    before = status()
    done = run(LETOPIS, "import", SCHOOL, DATA, "--as", "st02", "--password-file", WORK / "password1", ok=False)
    assert done.returncode == 1 and "password" in done.stderr, done.stderr
    done = run(LETOPIS, "import", SCHOOL, DATA, "--as", "nobody", "--password-file", WORK / "password1", ok=False)
    assert done.returncode == 1 and "password" in done.stderr, done.stderr
    assert status() == before


def a_year_and_its_old_records_are_imported():
    out = run(LETOPIS, "import", SCHOOL, DATA, "--journal", *AS_DEPUTY).stdout
    assert int(out.split()[0]) > 40000, out
    slips = (SCHOOL / "slips.csv").read_text().splitlines()
    assert len(slips) > 700 and slips[1].startswith("st03,"), slips[:2]
    assert stat.S_IMODE(os.stat(SCHOOL / "slips.csv").st_mode) == 0o600
    shutil.copy(SCHOOL / "slips.csv", WORK / "slips-first.csv")


def slips_are_printed_with_names_from_the_log():
    out = run(LETOPIS, "slips", SCHOOL, SCHOOL / "slips.csv", "--out", WORK / "slips.pdf", "--url",
              "https://school-7.example").stdout
    lines = (SCHOOL / "slips.csv").read_text().split()[1:]
    assert out.split()[-1] == str(len(lines)), (out, len(lines))
    assert stat.S_IMODE(os.stat(WORK / "slips.pdf").st_mode) == 0o600
    text = run("pdftotext", "-layout", WORK / "slips.pdf", "-").stdout
    for line in lines[:3] + lines[-3:]:
        assert line.split(",")[1] in text, line
    assert text.count("Никому не сообщайте код") == len(lines) and "сотрудник" in text and "семья" in text
    (WORK / "wrong.csv").write_text("person,code\nx,0000-0000-0000-0000\n")
    done = run(LETOPIS, "slips", SCHOOL, WORK / "wrong.csv", "--out", WORK / "no.pdf", ok=False)
    assert done.returncode == 1 and "passed over" in done.stderr and not (WORK / "no.pdf").exists(), done.stderr


def old_times_are_claimed_and_new_ones_recorded():
    page = next(p for p in query("pages")["pages"] if p["group_name"] == "7А" and p["subject_name"] == "Алгебра")
    journal = query("journal", "--group", page["group"], "--subject", page["subject"], "--from", "2026-09-01",
                    "--to", "2026-10-31")
    assert len(journal["lessons"]) == 23 and len(journal["pupils"]) == 24 or journal["lessons"], len(journal["lessons"])
    mark = journal["marks"][0]
    cell = query("cell", "--lesson", journal["lessons"][mark[0]]["id"], "--pupil",
                 journal["pupils"][mark[1]]["id"])["versions"][0]
    assert cell["signature_ok"] and cell["counts"] and cell["name"].startswith("Юнусова"), cell
    day = journal["lessons"][mark[0]]["day"]
    assert abs(cell["claimed"] - day * 86400000) < 15 * 86400000, cell  # then
    assert cell["recorded"] >= int(os.stat(WORK / "recovery").st_mtime * 1000) - 1000, cell  # now


def importing_again_changes_no_account():
    before = len(query("accounts")["accounts"])
    out = run(LETOPIS, "import", SCHOOL, DATA, *AS_DEPUTY).stdout
    assert int(out.split(",")[1].split()[0]) > 1000, out
    assert len(query("accounts")["accounts"]) == before
    # neither do old records come twice
    size = status()["LETOPIS_SIZE"]
    assert run(LETOPIS, "import", SCHOOL, DATA, "--journal", *AS_DEPUTY).stdout.split()[0] == "0"
    assert status()["LETOPIS_SIZE"] == size
    # whoever has a slip gets no second one, and the codes of the first import are still there
    assert (SCHOOL / "slips.csv").read_text() == (WORK / "slips-first.csv").read_text()
    (WORK / "other.csv").write_text("something else\n")
    done = run(LETOPIS, "import", SCHOOL, DATA, "--slips", WORK / "other.csv", *AS_DEPUTY, ok=False)
    assert done.returncode == 1 and "not written over" in done.stderr, done.stderr
    assert (WORK / "other.csv").read_text() == "something else\n"


def a_stolen_key_is_reported_confirmed_and_overruled():
    deputy = next(a for a in query("accounts", "--find", "юнусова")["accounts"] if a["stratum"] == 1)
    key = next(k["key"] for k in deputy["keys"] if not k["is_session"])
    when = "2027-01-01T00:00:00+03:00"
    preview = json.loads(run(LETOPIS, "breach", "preview", SCHOOL, "--target", key, "--breach", when).stdout)
    assert preview["count"] == 0 and preview["cut"] == preview["size"]
    run(LETOPIS, "breach", "report", SCHOOL, "--target", key, "--breach", when, "--learned", when, "--reason", "проба",
        "--as", "st01", "--password-file", WORK / "password1")
    (report,) = query("breaches")["reports"]
    assert report["state"] == "closed" and report["reason"] == "проба", report
    done = run(LETOPIS, "import", SCHOOL, revised_plan(DATA, WORK / "revised"), *AS_DEPUTY, ok=False)
    assert done.returncode == 1 and "closed_key" in done.stderr, done.stderr
    receive = [LETOPIS, "breach", "receive", SCHOOL, "--report", report["seq"], "--told", when]
    run(*receive, "--capacity", "head", "--as", "st01", "--password-file", WORK / "password1")
    assert query("breaches")["reports"][0]["state"] == "closed"
    done = run(*receive, "--capacity", "head", "--as", "st04", "--password-file", WORK / "password4", ok=False)
    assert done.returncode == 1 and "no_right" in done.stderr, done.stderr
    run(*receive, "--capacity", "support", "--as", "st04", "--password-file", WORK / "password4")
    assert query("breaches")["reports"][0]["state"] == "standing"
    overrule = [LETOPIS, "breach", "overrule", SCHOOL, "--report", report["seq"], "--reason", "ошибка"]
    done = run(*overrule, "--as", "st01", "--password-file", WORK / "password1", ok=False)
    assert done.returncode == 1 and "no_right" in done.stderr  # on an officer only root overrules
    run(*overrule, "--recovery-file", WORK / "recovery")
    assert query("breaches")["reports"][0]["state"] == "overruled"


def the_auditor_agrees():
    done = run(AUDIT, "verify", SCHOOL, "--vkey", status()["LETOPIS_VKEY"], "--json", "--quiet")
    report = json.loads(done.stdout)
    assert report["ok"] and report["reports"][0]["state"] == "overruled" and report["void"]["covered"] == 0, report


def every_benchmark_measures_and_tells_the_machine():
    names = [line.split()[0] for line in run(BENCH, "--list").stdout.splitlines()]
    assert run(BENCH, "nothing", ok=False).returncode == 2
    assert run(BENCH, "hash", "--seconds", "x", ok=False).returncode == 2
    for name in names:
        # else they build logs of a million
        little = {"voiding": ["--size", "20000"], "open": ["--size", "60000"], "proof": ["--size", "20000"],
                  "audit": ["--size", "20000"]}.get(name, [])
        rounds = 1 if name == "audit" else 5  # a whole audit is long enough to be measured once
        report = json.loads(run(BENCH, name, "--json", "--seconds", "0.05", "--dir", WORK, "--quiet", *little).stdout)
        assert report["bench"] == name and report["machine"]["cores"] >= 1 and report["cases"], report
        for case in report["cases"]:
            assert case["rounds"] >= rounds and case["ours"]["wall_ns"] > 0, case
            assert "rival" not in case or case["ratio"] > 0, case
    assert not list(WORK.glob("letopis-bench-*")), "a benchmark left its files behind"


def breach(action, *options, by):
    name, n = {"head": ("st01", 1), "deputy": ("st02", 2), "support": ("st04", 4)}[by]
    return run(LETOPIS, "breach", action, SCHOOL, *options, "--as", name, "--password-file", WORK / f"password{n}")


def the_auditor_sees_signs_of_misuse():
    """The head closes one account after the other, support signs whatever comes, root takes some back."""
    audit = lambda: json.loads(run(AUDIT, "reports", SCHOOL, "--vkey", status()["LETOPIS_VKEY"], "--quiet",
                                   "--json").stdout)
    signs = lambda report: {m["sign"] for m in report["misuse"]}
    before = audit()
    assert signs(before) <= {"quick_receipts"}, before["misuse"]  # the commands before this followed fast
    slips = dict(line.split(",") for line in (WORK / "slips-first.csv").read_text().split()[1:]
                 if line.startswith("st"))
    (WORK / "password-new").write_text("совсем новый пароль\n")
    targets = []
    for person in list(slips)[:8]:
        (WORK / "slip").write_text(slips[person])
        run(LETOPIS, "enrol", SCHOOL, "--slip", WORK / "slip", "--login", person, "--password-file",
            WORK / "password-new")
    for account in query("accounts")["accounts"]:
        targets += [k["key"] for k in account["keys"] if account["stratum"] == 2 and not k["is_session"]]
    assert len(targets) == 8, targets
    now = lambda: datetime.datetime.now(datetime.timezone.utc)
    text = lambda when: when.isoformat(timespec="seconds").replace("+00:00", "Z")
    learned = text(now())
    for target in targets:
        breach("report", "--target", target, "--breach", learned, "--learned", learned, by="head")
    found = audit()
    series = next(m for m in found["misuse"] if m["sign"] == "series")
    assert series["count"] == 9 and len(series["positions"]) == 9, series  # and the deputy, before
    assert {"series", "unconfirmed"} <= signs(found) and "long_before" not in signs(found), found["misuse"]
    seqs = [r["position"] for r in found["reports"] if r["stratum"] == 2]
    for seq in seqs[:3]:
        breach("receive", "--report", seq, "--told", learned, "--capacity", "head", by="head")
        breach("receive", "--report", seq, "--told", learned, "--capacity", "support", by="support")
    found = audit()
    assert {"same_pair", "quick_receipts"} <= signs(found) and "many_overruled" not in signs(found), found["misuse"]
    for seq in seqs[:5]:
        run(LETOPIS, "breach", "overrule", SCHOOL, "--report", seq, "--reason", "проба", "--recovery-file",
            WORK / "recovery")
    # told late: learned of ten days ago; and about a breach of three weeks ago
    (WORK / "slip").write_text(slips[list(slips)[8]])
    run(LETOPIS, "enrol", SCHOOL, "--slip", WORK / "slip", "--login", "late", "--password-file", WORK / "password-new")
    late = next(k["key"] for a in query("accounts")["accounts"] if a["stratum"] == 2 for k in a["keys"]
                if k["key"] not in targets and not k["is_session"])
    day = datetime.timedelta(days=1)
    breach("report", "--target", late, "--breach", text(now() - 21 * day), "--learned", text(now() - 10 * day), by="head")
    found = audit()
    assert {"many_overruled", "long_before"} <= signs(found) and "same_pair" not in signs(found), found["misuse"]
    assert [r["late"] for r in found["reports"] if r["stratum"] == 2] == [False] * 8 + [True]
    shown = run(AUDIT, "reports", SCHOOL, "--vkey", status()["LETOPIS_VKEY"], "--quiet").stdout
    assert "ПОЗДНО / LATE" in shown and "серия сообщений" in shown, shown[-3000:]


for test in [a_school_is_founded_by_its_officers, what_is_missing_or_wrong_is_named,
             views_take_the_options_that_the_help_names, a_wrong_password_opens_nothing,
             a_year_and_its_old_records_are_imported, slips_are_printed_with_names_from_the_log,
             old_times_are_claimed_and_new_ones_recorded,
             importing_again_changes_no_account, a_stolen_key_is_reported_confirmed_and_overruled,
             the_auditor_agrees, the_auditor_sees_signs_of_misuse, every_benchmark_measures_and_tells_the_machine]:
    promise(test)
sys.exit(told())
