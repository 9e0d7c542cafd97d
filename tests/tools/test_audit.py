#!/usr/bin/env python3
"""An auditor who comes back: going on from what was verified, checkpoints kept from earlier, two histories under
one name.

    test_audit.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import json, pathlib, shutil, sys

import promises
from promises import promise, revised_plan, run, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT = BUILD / "tools" / "letopis", BUILD / "tools" / "letopis-audit"
SCHOOL, OTHER = WORK / "school", WORK / "other"


def status(school=SCHOOL):
    return promises.status(LETOPIS, school)


def verify(*options, where=SCHOOL, code=0):
    done = run(AUDIT, "verify", where, "--vkey", VKEY, "--json", "--quiet", *options, ok=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


def grow(school):
    before = int(status(school)["LETOPIS_SIZE"])
    data = DATA if before < 100 else revised_plan(DATA, WORK / "revised")
    run(LETOPIS, "import", school, data, "--as", "st02", "--password-file", WORK / "password")
    size = int(status(school)["LETOPIS_SIZE"])
    assert size > before
    return size


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
(WORK / "passwords").write_text("st01:длинный пароль\nst02:длинный пароль\nst04:длинный пароль\n")
(WORK / "password").write_text("длинный пароль\n")
run(LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
    WORK / "recovery", "--password-file", WORK / "passwords", "--officer", "head:st01:Хатуев:Максим:Адамович",
    "--officer", "deputy:st02:Юнусова:Лейла:Саидовна", "--officer", "support:st04:Магомадов:Руслан:Хусейнович")
VKEY = status()["LETOPIS_VKEY"]
STATE = WORK / "state"


def a_second_audit_goes_on_where_the_first_ended():
    first = int(status()["LETOPIS_SIZE"])
    shutil.copytree(SCHOOL, OTHER)
    assert verify("--state", STATE)["resumed"] == 0
    size = grow(SCHOOL)
    report = verify("--state", STATE)
    assert report["ok"] and report["resumed"] == first and report["entries"] == size, report
    report = verify("--state", STATE)
    assert report["ok"] and report["resumed"] == size and report["projections"] == "same", report
    whole = verify()
    # What of the run itself is told differs: where it began, and whose sealed fields it came by.
    of_the_run = ("resumed", "sealed")
    assert {k: v for k, v in whole.items() if k not in of_the_run} == {k: v for k, v in report.items() if k not in of_the_run}
    assert whole["sealed"]["present"] > 0 and report["sealed"]["present"] == 0
    assert verify("--reference") == whole
    assert len(list(STATE.glob("projections-*"))) == 1


def a_state_that_was_touched_is_not_believed():
    for name in ("state", next(STATE.glob("projections-*")).name):
        kept = (STATE / name).read_bytes()
        for at in (0, len(kept) // 2, len(kept) - 1):
            (STATE / name).write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1:])
            assert not verify("--state", STATE, code=1)["ok"]
        (STATE / name).write_bytes(kept)
    verify("--state", STATE)
    # By another key it is a stranger's; a key kept elsewhere is made once.
    assert not verify("--state", STATE, "--state-key", WORK / "elsewhere", code=1)["ok"]
    verify("--state", WORK / "second", "--state-key", WORK / "elsewhere")
    assert not (WORK / "second" / "key").exists()
    assert verify("--state", WORK / "second", "--state-key", WORK / "elsewhere")["resumed"] > 0


def two_histories_under_one_name_are_told_apart():
    size = int(status()["LETOPIS_SIZE"])
    run(LETOPIS, "export", SCHOOL, "--tiles", WORK / "tiles")
    run(LETOPIS, "export", OTHER, "--tiles", WORK / "early")
    # The same log, earlier and now: it continues; the other way round it has gone back.
    assert verify("--checkpoint", WORK / "early" / "checkpoint", "--checkpoint", WORK / "tiles" / "checkpoint")["ok"]
    report = verify("--checkpoint", WORK / "tiles" / "checkpoint", where=OTHER, code=1)
    assert report["finding"] == "rollback" and report["position"] == int(status(OTHER)["LETOPIS_SIZE"]), report
    # A copy lives on under the same key.
    other_size = grow(OTHER)
    while other_size < size:
        other_size = grow(OTHER)
    while int(status()["LETOPIS_SIZE"]) < other_size:
        grow(SCHOOL)
    finding = verify("--checkpoint", WORK / "tiles" / "checkpoint", where=OTHER, code=1)["finding"]
    assert finding == ("split_view" if other_size == size else "fork"), finding
    assert verify("--state", STATE, where=OTHER, code=1)["finding"] in ("split_view", "fork", "rollback")
    grow(OTHER)
    report = verify("--checkpoint", WORK / "tiles" / "checkpoint", where=OTHER, code=1)
    assert report["finding"] == "fork" and report["position"] == size - 1, report
    # A checkpoint that somebody else has signed is no evidence.
    (WORK / "forged").write_text((WORK / "tiles" / "checkpoint").read_text().replace("\n" + str(size) + "\n", "\n1\n"))
    assert "signature" in verify("--checkpoint", WORK / "forged", code=1)["cause"]


def tiles_tell_what_is_left_out():
    tiles = WORK / "tiles2"
    run(LETOPIS, "export", SCHOOL, "--tiles", tiles)
    assert verify(where=tiles)["ok"]
    bundle = tiles / "tile" / "entries" / "000"
    entries, data = [], bundle.read_bytes()
    while data:
        n = int.from_bytes(data[:2], "big")
        entries.append(data[:2 + n])
        data = data[2 + n:]

    def finding(changed):
        bundle.write_bytes(b"".join(changed))
        report = verify(where=tiles, code=1)
        return report["finding"], report["position"]
    assert finding(entries[:50] + entries[51:]) == ("missing", 50)
    assert finding(entries[:50] + entries[49:-1]) == ("duplicated", 50)
    assert finding(entries[:50] + [entries[60]] + entries[51:60] + [entries[50]] + entries[61:]) == ("reordered", 50)
    assert finding(entries[:50] + [entries[50][:-1] + bytes([entries[50][-1] ^ 1])] + entries[50:-1]) == ("inserted", 50)
    assert finding(entries[:50] + [entries[50][:-1] + bytes([entries[50][-1] ^ 1])] + entries[51:]) == ("leaf", 50)
    bundle.write_bytes(b"".join(entries))
    assert verify(where=tiles)["ok"]


for test in [a_second_audit_goes_on_where_the_first_ended, a_state_that_was_touched_is_not_believed,
             two_histories_under_one_name_are_told_apart, tiles_tell_what_is_left_out]:
    promise(test)
sys.exit(told())
