#!/usr/bin/env python3
"""The demonstration from end to end: found the school, live the quarter, strike out the thief, compare
the journal with one computed independently, audit, tamper, audit again.

    test_demo.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import csv, hashlib, json, pathlib, random, re, shutil, sys

import reading
from promises import promise, run, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
HERE = pathlib.Path(__file__).resolve().parent
LETOPIS, AUDIT = BUILD / "tools" / "letopis", BUILD / "tools" / "letopis-audit"
SCHOOL, TILES = WORK / "school", WORK / "tiles"
GOLDEN = json.loads((HERE.parents[1] / "specs/vectors/demo.json").read_text())
R = random.Random(20261112)


def audit(where, vkey=None, *more):
    done = run(AUDIT, "verify", where, "--vkey", vkey or VKEY, "--json", "--quiet", *more, ok=False)
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0), report
    return report


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
run(LETOPIS, "demo", SCHOOL, "--data", DATA)
status = dict(line.split("=", 1) for line in run(LETOPIS, "status", SCHOOL).stdout.split())
VKEY = status["LETOPIS_VKEY"]
run(LETOPIS, "export", SCHOOL, "--tiles", TILES, "--events", WORK / "events.bin", "--void", WORK / "void.json")
ENTRIES = reading.entries((WORK / "events.bin").read_bytes())


def the_same_data_set_makes_the_same_log():
    assert status["LETOPIS_SIZE"] == str(GOLDEN["size"]), status
    assert status["LETOPIS_ROOT"] == GOLDEN["root"], status


def the_journal_is_the_one_in_which_the_thief_never_was():
    done = run(sys.executable, HERE / "compare_journal.py", LETOPIS, SCHOOL, DATA, ok=False)
    assert done.returncode == 0, done.stdout[-3000:]


def the_audit_holds_and_names_the_act():
    report = audit(SCHOOL)
    assert report["ok"] and report["entries"] == len(ENTRIES), report
    (act,) = report["reports"]
    assert act["state"] == "standing" and act["receipts"] == 2 and not act["late"], act
    assert report["void"] == {"covered": act["covered"], "ungrounded": 0}, report["void"]


def tiles_alone_are_enough_for_the_audit():
    with_store, from_tiles = audit(SCHOOL), audit(TILES)
    for field in ("size", "root", "entries", "keys", "void", "reports"):
        assert with_store[field] == from_tiles[field], field


def every_forged_edit_is_void_and_nothing_of_others_is():
    void = {v["position"]: v for v in json.loads((WORK / "void.json").read_text())}
    with open(DATA / "incident.csv", encoding="utf-8", newline="") as f:
        forged = [r for r in csv.DictReader(f) if r["hand"] == "злоумышленник"]
    accounts = json.loads(run(LETOPIS, "query", SCHOOL, "accounts", "--find", "Чагаев").stdout)["accounts"]
    breach = json.loads(run(LETOPIS, "query", SCHOOL, "breaches").stdout)["reports"][0]
    victim = next(a for a in accounts if a["account"] == breach["account"])
    thief = {k["key"] for k in victim["keys"] if "неизвестная" in k["place"]}
    by_thief = [v for v in void.values() if v["key"] in thief]
    assert len(by_thief) == len(forged), (len(by_thief), len(forged))
    assert all(v["key"] in {k["key"] for k in victim["keys"]} for v in void.values())


def what_the_act_leaves_undecided_is_what_the_thief_did():
    with open(DATA / "incident.csv", encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    forged = [r for r in rows if r["hand"] == "злоумышленник"]
    corrected = [r for r in rows if r["account"] == "st02"]  # a deputy head mends what a thief forged
    repairs = json.loads(run(LETOPIS, "query", SCHOOL, "repairs").stdout)
    lists = {name: [r for r in repairs["rows"] if r["list"] == name] for name in ("struck", "stranded", "review")}
    assert len(lists["struck"]) == len(forged), len(lists["struck"])  # the honest ones are affirmed
    assert {r["new"] for r in forged if "отметку" in r["action"]} >= {r["was"] for r in lists["struck"] if r["what"] == "mark"}
    assert len(lists["review"]) == len(corrected) and not lists["stranded"], repairs["accounts"]
    assert all(r["why"] == "on_void" and r["act"] == 1 for r in lists["review"])


def families_are_told_of_the_correction_and_of_nobody():
    repairs = json.loads(run(LETOPIS, "query", SCHOOL, "repairs").stdout)["rows"]
    row = next(r for r in repairs if r["list"] == "struck" and r["what"] == "mark")
    act = json.loads(run(LETOPIS, "query", SCHOOL, "breaches").stdout)["reports"][0]
    told = json.loads(run(LETOPIS, "query", SCHOOL, "notices", "--pupil", row["pupil"], "--since", str(act["seq"])).stdout)
    corrections = [n for n in told["notices"] if n["kind"] == "correction" and n["lesson"] == row["lesson"]["id"]]
    assert [(n["was"], n["act"], n["teacher_name"]) for n in corrections] == [(row["was"], 1, "")], corrections


def the_exported_entries_make_the_tree_and_the_void_set():
    """From the export alone: the root that the checkpoint signs, and what the report covers."""
    assert reading.root(ENTRIES).hex() == status["LETOPIS_ROOT"]
    events = [reading.entry(e) for e in ENTRIES]
    assert all(a[0] <= b[0] for a, b in zip(events, events[1:]))
    void = json.loads((WORK / "void.json").read_text())
    assert [set(v) for v in void] == [{"position", "key", "report", "reason"}] * len(void)
    assert [v["position"] for v in void] == sorted({v["position"] for v in void})
    for v in void:
        assert v["key"] == events[v["position"]][1]["k"].hex() and v["reason"] in ("covered", "ungrounded"), v
    (at, report), = [(i, e["b"]) for i, (_, e, _) in enumerate(events) if e["t"] == "breach.reported"]
    assert {v["report"] for v in void} == {at}
    keys = {report["target"]} | {e["b"]["session"] for _, e, _ in events
                                 if e["t"] == "session.opened" and e["k"] == report["target"]}
    covered = [i for i, (_, e, _) in enumerate(events) if e["k"] in keys and i >= report["cut"]]
    assert covered == [v["position"] for v in void if v["reason"] == "covered"]
    signed = [i for i in covered if i < report["size"]]
    digest = hashlib.sha256(b"".join(events[i][2] for i in signed)).digest()
    assert len(signed) == report["count"] and digest == report["digest"]
    assert report["cut"] == next(i for i, (recorded, _, _) in enumerate(events) if recorded >= report["breach"])


def the_auditor_derives_the_void_set_from_the_log_alone():
    for where in (SCHOOL, TILES):
        run(AUDIT, "void", where, "--vkey", VKEY, "--quiet", "--out", WORK / "void-audit.json")
        assert (WORK / "void-audit.json").read_bytes() == (WORK / "void.json").read_bytes()
        assert audit(where, None, "--void", WORK / "void.json")["ok"]
    void = json.loads((WORK / "void.json").read_text())
    honest = next(p for p in range(void[0]["position"], len(ENTRIES)) if p not in {v["position"] for v in void})
    for wrong, position in (([v for v in void if v != void[3]], void[3]["position"]),
                            (sorted(void + [dict(void[0], position=honest)], key=lambda v: v["position"]), honest),
                            ([dict(v, reason="ungrounded") if v is void[5] else v for v in void], void[5]["position"]),
                            ([dict(v, key="0" * 64) if v is void[-1] else v for v in void], void[-1]["position"]),
                            ([dict(v, report=1) if v is void[1] else v for v in void], void[1]["position"]),
                            ([], void[0]["position"])):
        (WORK / "void-wrong.json").write_text(json.dumps(wrong))
        report = audit(TILES, None, "--void", WORK / "void-wrong.json")
        assert not report["ok"] and report["position"] == position and "void set" in report["cause"], (position, report)
    (WORK / "void-wrong.json").write_text("[1]")
    assert not audit(TILES, None, "--void", WORK / "void-wrong.json")["ok"]


def the_auditor_tells_the_time_line_of_the_report():
    shown = [json.loads(run(AUDIT, "reports", where, "--vkey", VKEY, "--quiet", "--json").stdout)
             for where in (SCHOOL, TILES)]
    assert shown[0] == shown[1]
    (report,) = shown[0]["reports"]
    events = [reading.entry(e) for e in ENTRIES]
    body = events[report["position"]][1]["b"]
    assert report["breach"] == body["breach"] < report["learned"] == body["learned"] < report["recorded"]
    assert report["due"] - report["learned"] < 2 * 86400000 and not report["late"]
    first, second = report["received"]
    assert [first["capacity"], second["capacity"]] == [1, 3] and first["valid"] and second["valid"]
    assert report["in_force"] == {"position": second["position"], "recorded": events[second["position"]][0]}
    assert (report["state"], report["covered"], report["ungrounded"]) == ("standing", report["count"], 0)
    quotes = [(i, e["q"]) for i, (_, e, _) in enumerate(events) if "q" in e]
    ids = {e[2]: i for i, e in enumerate(events)}
    assert [(q["position"], q["quoted"]) for q in shown[0]["reaffirmed"]] == [(i, ids[q]) for i, q in quotes]
    assert not any(q["differs"] for q in shown[0]["reaffirmed"]) and shown[0]["misuse"] == []
    text = run(AUDIT, "reports", SCHOOL, "--vkey", VKEY, "--quiet").stdout
    assert "12.10.2026 18:40" in text and "15.10.2026 23:59" in text and "STANDING" in text, text


def the_act_is_a_paper_with_everything_in_it():
    (report,) = json.loads(run(LETOPIS, "query", SCHOOL, "breaches").stdout)["reports"]
    act = WORK / "act.pdf"
    run(LETOPIS, "breach", "act", SCHOOL, "--report", report["seq"], "--out", act)
    assert act.read_bytes().startswith(b"%PDF-")
    text = run("pdftotext", "-layout", act, "-").stdout
    flat = " ".join(text.split())
    for word in ("Акт № 1 о признании операций недействительными", "Чагаев Умар", "12.10.2026 18:40", "15.10.2026 23:59",
                 f"позиция {report['cut']}:", f"{report['count']} из первых {report['size']} записей", "директор",
                 "техническая поддержка", report["digest"][:8] + " " + report["digest"][8:16], "school-2.example/letopis",
                 "7А, Алгебра", report["reason"]):
        assert word in flat, word
    pages = int(re.search(r"^Pages: +(\d+)$", run("pdfinfo", act).stdout, re.M).group(1))
    assert 4 <= pages <= 12 and text.count("\f") == pages and f"стр. {pages} из {pages}" in text, pages
    # each void entry has its line, by position
    listed = {int(m.group(1)) for m in re.finditer(r"^ +(\d{5}) \d\d\.\d\d\.\d{4} \d\d:\d\d ", text, re.M)}
    assert listed == {v["position"] for v in json.loads((WORK / "void.json").read_text())}
    # both signatures, as they are in the log
    for receipt in report["receipts"]:
        signature = reading.unpack(ENTRIES[receipt["seq"]])[0][2][0].hex()
        assert all(signature[i:i + 8] in flat for i in range(0, 128, 8)), receipt["seq"]
    assert run(LETOPIS, "breach", "act", SCHOOL, "--report", 1, "--out", act, ok=False).returncode == 1


def a_second_look_at_the_store_is_the_same_as_the_first():
    shutil.rmtree(SCHOOL / "projections")
    before = run(LETOPIS, "query", SCHOOL, "breaches", ok=False)
    assert before.returncode == 1  # reading needs projections; who writes rebuilds them
    run(LETOPIS, "rebuild", SCHOOL)
    run(LETOPIS, "export", SCHOOL, "--void", WORK / "void2.json")
    assert (WORK / "void.json").read_bytes() == (WORK / "void2.json").read_bytes()


def flip(path, at, bit=0):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ (1 << bit)]))


def bundle_of(seq):
    index = seq // 256
    width = min(256, len(ENTRIES) - index * 256)
    name = f"{index:03d}" if index < 1000 else f"x{index // 1000:03d}/{index % 1000:03d}"
    path = TILES / "tile/entries" / (name if width == 256 else f"{name}.p/{width}")
    at = sum(len(e) + 2 for e in ENTRIES[index * 256:seq]) + 2
    return path, at


def a_byte_flipped_in_an_entry_of_the_tiles_is_named():
    for seq in R.sample(range(len(ENTRIES)), 6) + [0, len(ENTRIES) - 1]:
        path, at = bundle_of(seq)
        at += R.randrange(len(ENTRIES[seq]))
        bit = R.randrange(8)
        flip(path, at, bit)
        report = audit(TILES)
        flip(path, at, bit)
        assert not report["ok"] and report["position"] == seq, (seq, report)


def a_byte_flipped_in_an_entry_of_the_store_is_named():
    store = (SCHOOL / "log/data.mdb")
    data = store.read_bytes()
    for seq in R.sample(range(1, len(ENTRIES)), 6):
        places = []
        at = data.find(ENTRIES[seq])
        while at >= 0:
            places.append(at)
            at = data.find(ENTRIES[seq], at + 1)
        assert places, seq
        within, bit = R.randrange(len(ENTRIES[seq])), R.randrange(8)
        for place in places:  # a stale copy may lie on a free page; the live one is among them
            flip(store, place + within, bit)
        report = audit(SCHOOL)
        for place in places:
            flip(store, place + within, bit)
        assert not report["ok"] and report["position"] == seq, (seq, report)
    assert audit(SCHOOL)["ok"]


def a_mark_edited_in_the_projections_is_noticed():
    store = SCHOOL / "projections/data.mdb"
    data = store.read_bytes()
    assert audit(SCHOOL)["projections"] == "same"
    text = "практическая работа: измерить и занести в таблицу".encode()
    at = data.find(text)
    assert at >= 0
    while at >= 0:
        flip(store, at)
        at = data.find(text, at + 1)
    report = audit(SCHOOL)
    assert not report["ok"] and report["projections"] == "different", report
    run(LETOPIS, "rebuild", SCHOOL)
    assert audit(SCHOOL)["projections"] == "same"


def a_flipped_hash_a_missing_bundle_and_another_checkpoint_are_noticed():
    leaf = TILES / "tile/0/001"
    flip(leaf, 77)
    report = audit(TILES)
    flip(leaf, 77)
    assert not report["ok"] and report["position"] == 256 + 77 // 32, report
    path, _ = bundle_of(3000)
    path.rename(path.with_suffix(".away"))
    assert not audit(TILES)["ok"]
    path.with_suffix(".away").rename(path)
    note = (TILES / "checkpoint").read_text()
    (TILES / "checkpoint").write_text(note.replace(f"\n{len(ENTRIES)}\n", f"\n{len(ENTRIES) - 1}\n"))
    assert not audit(TILES)["ok"]
    (TILES / "checkpoint").write_text(note)
    assert audit(TILES)["ok"]


def a_damaged_page_is_a_finding_and_not_a_crash():
    copy = WORK / "damaged"
    for page in (2, 5, 40):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(SCHOOL, copy)
        with open(copy / "log/data.mdb", "r+b") as f:
            f.seek(page * 4096)
            f.write(bytes(R.randrange(256) for _ in range(4096)))
        done = run(AUDIT, "verify", copy, "--vkey", VKEY, "--json", "--quiet", ok=False)
        assert done.returncode in (0, 1), done
        if done.returncode == 0:  # the page was free
            continue
        assert not json.loads(done.stdout)["ok"]
    with open(copy / "log/data.mdb", "r+b") as f:
        f.truncate(4096 * 100)
    assert not audit(copy)["ok"]
    shutil.rmtree(copy)


def another_key_does_not_vouch_for_this_log():
    other = "journal.example/log+b4bfa56f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    assert not audit(SCHOOL, other)["ok"]


def wrong_use_is_told_from_a_broken_log():
    for arguments in (["verify"], ["verify", SCHOOL], ["verify", SCHOOL, "--vkey", "nonsense"],
                      ["verify", WORK / "nowhere", "--vkey", VKEY], ["frobnicate"]):
        assert run(AUDIT, *arguments, ok=False).returncode == 2, arguments
    assert run(AUDIT, "--help").stdout.startswith("letopis-audit COMMAND")
    assert run(LETOPIS, "frobnicate", ok=False).returncode == 2
    assert run(LETOPIS, "export", SCHOOL, ok=False).returncode == 2
    assert run(LETOPIS, "export", SCHOOL, "--nonsense", ok=False).returncode == 2
    assert run(LETOPIS, "status", WORK / "nowhere", ok=False).returncode == 1
    assert "--tiles" in run(LETOPIS, "export", "--help").stdout


def what_was_struck_out_is_affirmed_at_the_command_line():
    copy, password = WORK / "affirmed", WORK / "password"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SCHOOL, copy)
    password.write_text("letopis-demo\n")
    who = ["--as", "st20", "--password-file", password]
    listed = run(LETOPIS, "breach", "review", copy, *who).stdout
    positions = re.findall(r"^(\d+)  2026-10", listed, re.M)
    assert len(positions) == 40, listed  # the thief's edits; the owner's own were affirmed in the story
    some = run(LETOPIS, "breach", "reaffirm", copy, *who, "--positions", ",".join(positions[:2])).stdout
    assert "affirmed: 2" in some, some
    assert len(re.findall(r"^(\d+)  2026-10", run(LETOPIS, "breach", "review", copy, *who).stdout, re.M)) == 38
    run(LETOPIS, "breach", "reaffirm", copy, *who, "--all")
    report = audit(copy)
    assert report["ok"] and report["void"]["covered"] == 100, report["void"]
    assert report["size"] == GOLDEN["size"] + 40, report["size"]
    shutil.rmtree(copy)


def a_log_is_not_written_over():
    assert run(LETOPIS, "demo", SCHOOL, "--data", DATA, ok=False).returncode == 1
    assert audit(SCHOOL)["ok"]


def no_name_of_a_person_is_in_the_log():
    log = b"".join(ENTRIES)
    for name, columns in (("pupils.csv", ("surname", "given")), ("parents.csv", ("surname", "phone", "email")),
                          ("staff.csv", ("surname", "email"))):
        with open(DATA / name, encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                for column in columns:
                    text = row[column].encode()
                    assert len(text) < 7 or text not in log, (name, row)


for test in [the_same_data_set_makes_the_same_log, the_journal_is_the_one_in_which_the_thief_never_was,
             the_audit_holds_and_names_the_act, tiles_alone_are_enough_for_the_audit,
             every_forged_edit_is_void_and_nothing_of_others_is,
             what_the_act_leaves_undecided_is_what_the_thief_did,
             families_are_told_of_the_correction_and_of_nobody,
             the_exported_entries_make_the_tree_and_the_void_set,
             the_auditor_derives_the_void_set_from_the_log_alone, the_auditor_tells_the_time_line_of_the_report,
             the_act_is_a_paper_with_everything_in_it,
             a_second_look_at_the_store_is_the_same_as_the_first,
             a_byte_flipped_in_an_entry_of_the_tiles_is_named, a_byte_flipped_in_an_entry_of_the_store_is_named,
             a_mark_edited_in_the_projections_is_noticed,
             a_flipped_hash_a_missing_bundle_and_another_checkpoint_are_noticed,
             a_damaged_page_is_a_finding_and_not_a_crash, another_key_does_not_vouch_for_this_log,
             wrong_use_is_told_from_a_broken_log, what_was_struck_out_is_affirmed_at_the_command_line, a_log_is_not_written_over, no_name_of_a_person_is_in_the_log]:
    promise(test)
sys.exit(told())
