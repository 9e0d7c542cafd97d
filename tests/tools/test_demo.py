#!/usr/bin/env python3
"""The demonstration from end to end: found the school, live the quarter, strike out the thief, compare
the journal with one computed independently, audit, tamper, audit again.

    test_demo.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import csv, json, pathlib, random, shutil, struct, subprocess, sys, traceback

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
HERE = pathlib.Path(__file__).resolve().parent
LETOPIS, AUDIT = BUILD / "tools" / "letopis", BUILD / "tools" / "letopis-audit"
SCHOOL, TILES = WORK / "school", WORK / "tiles"
GOLDEN = json.loads((HERE.parents[1] / "specs/vectors/demo.json").read_text())
R = random.Random(20261112)
passed = failed = 0


def run(*command, ok=True):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600)
    assert not ok or done.returncode == 0, f"{command}: {done.returncode}\n{done.stderr[-2000:]}"
    return done


def audit(where, vkey=None, *more):
    done = run(AUDIT, "verify", where, "--vkey", vkey or VKEY, "--json", "--quiet", *more, ok=False)
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0), report
    return report


def promise(test):
    """Runs one test and counts it."""
    global passed, failed
    try:
        test()
        passed += 1
    except Exception:
        failed += 1
        print(f"FAILED {test.__name__}")
        traceback.print_exc(limit=3, file=sys.stdout)
    sys.stdout.flush()


def entries():
    data, at, out = (WORK / "events.bin").read_bytes(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        out.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return out


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
run(LETOPIS, "demo", SCHOOL, "--data", DATA)
status = dict(line.split("=", 1) for line in run(LETOPIS, "status", SCHOOL).stdout.split())
VKEY = status["LETOPIS_VKEY"]
run(LETOPIS, "export", SCHOOL, "--tiles", TILES, "--events", WORK / "events.bin", "--void", WORK / "void.json")
ENTRIES = entries()


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
    assert run(AUDIT, "--help").stdout.startswith("letopis-audit verify")
    assert run(LETOPIS, "frobnicate", ok=False).returncode == 2
    assert run(LETOPIS, "export", SCHOOL, ok=False).returncode == 2
    assert run(LETOPIS, "export", SCHOOL, "--nonsense", ok=False).returncode == 2
    assert run(LETOPIS, "status", WORK / "nowhere", ok=False).returncode == 1
    assert "--tiles" in run(LETOPIS, "export", "--help").stdout


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
             every_forged_edit_is_void_and_nothing_of_others_is, a_second_look_at_the_store_is_the_same_as_the_first,
             a_byte_flipped_in_an_entry_of_the_tiles_is_named, a_byte_flipped_in_an_entry_of_the_store_is_named,
             a_mark_edited_in_the_projections_is_noticed,
             a_flipped_hash_a_missing_bundle_and_another_checkpoint_are_noticed,
             a_damaged_page_is_a_finding_and_not_a_crash, another_key_does_not_vouch_for_this_log,
             wrong_use_is_told_from_a_broken_log, a_log_is_not_written_over, no_name_of_a_person_is_in_the_log]:
    promise(test)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
