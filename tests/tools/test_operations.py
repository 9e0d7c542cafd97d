#!/usr/bin/env python3
"""Backups beside a running server, verified restores, and what the doctor says of each kind of trouble.

    test_operations.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import hashlib
import json, os, pathlib, shutil, signal, ssl, struct, subprocess, sys, time, urllib.request

import promises
from promises import promise, revised_plan, run, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT, SERVER = (BUILD / "tools" / n for n in ("letopis", "letopis-audit", "letopisd"))
SIGNER = BUILD / "tools" / "letopis-signer"
SCHOOL = WORK / "data" / "schools" / "seven"


def status(school=SCHOOL):
    return promises.status(LETOPIS, school)


def doctor(school, code):
    done = run(LETOPIS, "doctor", school, ok=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


shutil.rmtree(WORK, ignore_errors=True)
(WORK / "data" / "schools").mkdir(parents=True)
(WORK / "passwords").write_text("st01:длинный пароль\nst02:длинный пароль\nst04:длинный пароль\n")
(WORK / "password").write_text("длинный пароль\n")
run(LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
    WORK / "recovery", "--password-file", WORK / "passwords", "--officer", "head:st01:Хатуев:Максим:Адамович",
    "--officer", "deputy:st02:Юнусова:Лейла:Саидовна", "--officer", "support:st04:Магомадов:Руслан:Хусейнович")
run(LETOPIS, "import", SCHOOL, DATA, "--as", "st02", "--password-file", WORK / "password")
VKEY = status()["LETOPIS_VKEY"]
BACKUP = WORK / "backup"


def a_backup_is_taken_beside_a_running_server():
    ready = WORK / "ready"
    server = subprocess.Popen([SERVER, "--data", WORK / "data", "--listen", "127.0.0.1:0", "--ready-file", ready],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            time.sleep(0.05)
        assert "verified" in run(LETOPIS, "backup", SCHOOL, BACKUP).stdout
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert status(BACKUP) == status()
    names = {p.name for p in BACKUP.iterdir()}
    assert {"log", "published", "credentials"} <= names and not {n for n in names if n.endswith(".key")}, names
    assert run(LETOPIS, "backup", SCHOOL, BACKUP, ok=False).returncode == 1  # never over another
    run(LETOPIS, "backup", SCHOOL, WORK / "with-keys", "--with-keys")
    assert (WORK / "with-keys" / "log.key").exists() and not (WORK / "with-keys" / "wrap.key").exists()
    assert json.loads(run(AUDIT, "verify", BACKUP, "--vkey", VKEY, "--json", "--quiet").stdout)["ok"]


def a_restored_school_goes_on():
    restored = WORK / "restored"
    out = run(LETOPIS, "restore", BACKUP, restored, "--keys", SCHOOL, "--published", SCHOOL / "published").stdout
    assert "verified" in out and "NOTE" not in out, out
    assert status(restored) == status()
    doctor(restored, 0)
    run(LETOPIS, "import", restored, revised_plan(DATA, WORK / "revised"), "--as", "st02", "--password-file", WORK / "password")
    assert int(status(restored)["LETOPIS_SIZE"]) > int(status()["LETOPIS_SIZE"])
    assert "log.key" in run(LETOPIS, "restore", BACKUP, WORK / "keyless").stdout


def a_backup_that_is_behind_is_refused():
    run(LETOPIS, "import", SCHOOL, revised_plan(DATA, WORK / "revised"), "--as", "st02", "--password-file", WORK / "password")
    done = run(LETOPIS, "restore", BACKUP, WORK / "behind", "--keys", SCHOOL, "--published", SCHOOL / "published", ok=False)
    assert done.returncode == 1 and "second history" in done.stderr and not (WORK / "behind").exists(), done.stderr


def audited(school, *options):
    done = run(AUDIT, "verify", school, "--json", "--quiet", *options, ok=False)
    return json.loads(done.stdout)


def a_backup_that_is_behind_goes_on_under_a_name_of_its_own():
    size, old = int(status(BACKUP)["LETOPIS_SIZE"]), int(status()["LETOPIS_SIZE"])
    again, cut = WORK / "again", size - 5
    root = ["--recovery-file", WORK / "recovery"]
    keys = ["--keys", SCHOOL, "--published", SCHOOL / "published"]
    assert run(LETOPIS, "restore", BACKUP, again, *keys, "--at", cut, *root, ok=False).returncode == 2
    done = run(LETOPIS, "restore", BACKUP, again, *keys, "--origin", "school-7.example/letopis-2", "--at", cut, *root)
    now = status(again)
    assert now["LETOPIS_ORIGIN"] == "school-7.example/letopis-2" and int(now["LETOPIS_SIZE"]) == cut + 1, now
    assert now["LETOPIS_VKEY"] in done.stdout and now["LETOPIS_LOG_ID"] == status()["LETOPIS_LOG_ID"]
    report = audited(again, "--vkey", now["LETOPIS_VKEY"])
    assert report["ok"] and report["continued"] == [{"seq": cut, "from": VKEY, "to": now["LETOPIS_VKEY"], "size": old}], report
    assert not audited(again, "--vkey", VKEY)["ok"]
    doctor(again, 0)
    run(LETOPIS, "import", again, DATA, "--as", "st02", "--password-file", WORK / "password")
    assert audited(again, "--vkey", now["LETOPIS_VKEY"])["ok"]
    done = run(LETOPIS, "restore", BACKUP, WORK / "again2", *keys, "--origin", "school-7.example/letopis-2", ok=False)
    assert done.returncode == 1 and "--recovery-file" in done.stderr, done.stderr


def the_logs_own_key_is_changed():
    school = WORK / "rekeyed"
    shutil.copytree(SCHOOL, school)
    before, note = status(school), (school / "published").read_text()
    (WORK / "kept").write_text(note)
    assert run(LETOPIS, "rekey", school, "--as", "st01", ok=False).returncode == 1
    assert status(school) == before
    run(LETOPIS, "rekey", school, "--recovery-file", WORK / "recovery")
    now = status(school)
    assert now["LETOPIS_VKEY"] != VKEY and now["LETOPIS_ORIGIN"] == before["LETOPIS_ORIGIN"], now
    assert int(now["LETOPIS_SIZE"]) == int(before["LETOPIS_SIZE"]) + 1
    assert not (school / "log.key.next").exists()
    assert audited(school, "--vkey", now["LETOPIS_VKEY"])["ok"]
    kept = ["--vkey", now["LETOPIS_VKEY"], "--checkpoint", WORK / "kept"]
    assert run(AUDIT, "verify", school, *kept, ok=False).returncode != 0  # a stranger's key
    assert audited(school, *kept, "--former", VKEY)["ok"]
    run(LETOPIS, "import", school, DATA, "--as", "st02", "--password-file", WORK / "password")
    run(LETOPIS, "rekey", school, "--recovery-file", WORK / "recovery")
    assert audited(school, "--vkey", status(school)["LETOPIS_VKEY"])["ok"]


def files_with_homework_are_copied_and_compared():
    content = "Задание 5".encode()
    name = hashlib.sha256(content).hexdigest()
    (SCHOOL / "files").mkdir()
    (SCHOOL / "files" / name).write_bytes(content)
    (SCHOOL / "files" / "part-abc123").write_bytes(b"half")
    run(LETOPIS, "backup", SCHOOL, WORK / "with-files")
    assert [p.name for p in (WORK / "with-files" / "files").iterdir()] == [name]
    assert (WORK / "with-files" / "files" / name).read_bytes() == content
    assert "1 in the store that no lesson names" in doctor(SCHOOL, 0)
    (SCHOOL / "files" / name).write_bytes(b"exchanged")
    done = run(LETOPIS, "backup", SCHOOL, WORK / "of-exchanged", ok=False)
    assert done.returncode != 0 and not (WORK / "of-exchanged").exists(), done.stdout
    shutil.rmtree(SCHOOL / "files")


def damage_makes_no_backup():
    broken = WORK / "broken"
    shutil.copytree(SCHOOL, broken)
    data = bytearray((broken / "log" / "data.mdb").read_bytes())
    # Wherever this event lies: LMDB leaves old copies of pages in the file.
    kind, at, count = b"role.granted", -1, 0
    while (at := data.find(kind, at + 1)) >= 0:
        data[at] ^= 1
        count += 1
    assert count > 0
    (broken / "log" / "data.mdb").write_bytes(data)
    done = run(LETOPIS, "backup", broken, WORK / "of-broken", ok=False)
    assert done.returncode != 0 and not (WORK / "of-broken").exists(), done.stdout


def pages_exchange(path):
    """Two pages of the store change places, the one with all its trees among them."""
    data = bytearray(path.read_bytes())
    pages = [data[at:at + 4096] for at in range(0, len(data), 4096)]
    meta = max(pages[:2], key=lambda page: struct.unpack_from("<Q", page, 144))
    root, = struct.unpack_from("<Q", meta, 128)
    other = 2 if root != 2 else 3
    pages[root], pages[other] = pages[other], pages[root]
    path.write_bytes(b"".join(pages))


def the_doctor_names_what_is_wrong():
    assert "fine" in doctor(SCHOOL, 0)
    assert "no school" in doctor(WORK, 1)
    sick = WORK / "sick"

    def fresh():
        shutil.rmtree(sick, ignore_errors=True)
        shutil.copytree(SCHOOL, sick)
    fresh()
    os.chmod(sick / "log.key", 0o644)
    assert "chmod 600" in doctor(sick, 1)
    (sick / "log.key").unlink()
    assert "not there" in doctor(sick, 1)
    fresh()
    shutil.copy(BACKUP / "log" / "data.mdb", sick / "log" / "data.mdb")
    assert "restored copy" in doctor(sick, 1)
    fresh()
    pages_exchange(sick / "log" / "data.mdb")
    assert "pages are damaged" in doctor(sick, 1)
    audit = run(AUDIT, "verify", sick, "--vkey", VKEY, ok=False)
    assert audit.returncode > 0 and "pages are damaged" in audit.stdout + audit.stderr, audit  # it did not die of it
    done = run(LETOPIS, "restore", sick, WORK / "of-sick", ok=False)
    assert done.returncode > 0 and "pages are damaged" in done.stdout + done.stderr, done
    fresh()
    data = (sick / "log" / "data.mdb").read_bytes()
    assert data.count(b"layout\x01") > 0
    (sick / "log" / "data.mdb").write_bytes(data.replace(b"layout\x01", b"layout\x63"))
    assert "layout 99" in doctor(sick, 1)
    done = run(LETOPIS, "migrate", sick, ok=False)
    assert done.returncode == 1 and "layout 99" in done.stderr, done
    fresh()
    assert "nothing to do" in run(LETOPIS, "migrate", sick).stdout
    assert status(sick) == status()
    (sick / "published").write_text("nonsense\n")
    assert "published" in doctor(sick, 1)
    fresh()
    (sick / "witness.policy").write_text("quorum nobody\n")
    assert "line 1" in doctor(sick, 1)
    fresh()
    shutil.rmtree(sick / "projections")
    assert "anew" in doctor(sick, 0)


def torn_projections_are_named_and_made_anew():
    world = WORK / "torn"
    sick = world / "schools" / "seven"
    shutil.copytree(SCHOOL, sick)
    torn = sick / "projections" / "data.mdb"
    pages_exchange(torn)
    said = doctor(sick, 1)
    assert "pages are damaged" in said and "letopis rebuild" in said, said
    audit = run(AUDIT, "verify", sick, "--vkey", VKEY, ok=False)
    assert audit.returncode > 0 and "projections are torn" in audit.stdout + audit.stderr, audit
    run(LETOPIS, "rebuild", sick)
    run(LETOPIS, "doctor", sick)
    # A server that fell over it, as it may: the next one looks, says so, and goes on.
    pages_exchange(torn)
    shutil.copy("/proc/sys/kernel/random/boot_id", sick / "projections" / "running")
    ready = WORK / "torn-ready"
    with open(WORK / "torn-log", "w") as log:
        server = subprocess.Popen([SERVER, "--data", world, "--listen", "127.0.0.1:0", "--ready-file", ready],
                                  stdout=subprocess.DEVNULL, stderr=log)
    try:
        while not ready.exists():
            time.sleep(0.05)
        address = ready.read_text().strip() + "seven/checkpoint"
        urllib.request.urlopen(address, context=ssl._create_unverified_context(), timeout=60).read()
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    said = (WORK / "torn-log").read_text()
    assert "torn pages: thrown away" in said and "page " in said, said
    run(LETOPIS, "doctor", sick)
    assert "same" in run(AUDIT, "verify", sick, "--vkey", VKEY).stdout


def what_the_scrub_finds_outlives_the_server():
    world = WORK / "rotten"
    shutil.copytree(SCHOOL, world / "schools" / "seven")
    sick = world / "schools" / "seven"
    run(LETOPIS, "export", sick, "--events", world / "events.bin")
    entries, at = (world / "events.bin").read_bytes(), 0
    for _ in range(40):  # a byte of entry 40, wherever the store has it
        at += 4 + struct.unpack_from(">I", entries, at)[0]
    entry = entries[at + 4:at + 4 + struct.unpack_from(">I", entries, at)[0]]
    data = (sick / "log" / "data.mdb").read_bytes()
    assert data.count(entry) > 0
    (sick / "log" / "data.mdb").write_bytes(data.replace(entry, entry[:60] + bytes([entry[60] ^ 1]) + entry[61:]))
    ready = WORK / "rotten-ready"
    server = subprocess.Popen([SERVER, "--data", world, "--listen", "127.0.0.1:0", "--ready-file", ready],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            time.sleep(0.05)
        address = ready.read_text().strip() + "seven/checkpoint"  # a school is opened by its first visitor
        urllib.request.urlopen(address, context=ssl._create_unverified_context(), timeout=60).read()
        for _ in range(600):
            if (sick / "alarms").exists():
                break
            time.sleep(0.1)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    said = doctor(sick, 1)
    assert "the stored log is damaged" in said and "entry 40" in said, said
    assert status(sick)["LETOPIS_ALARMED"] == "1"
    (sick / "alarms").unlink()
    assert "none that nobody has settled" in run(LETOPIS, "doctor", sick, ok=False).stdout
    assert status(sick)["LETOPIS_ALARMED"] == status()["LETOPIS_ALARMED"] == "0"


def a_school_whose_key_is_with_a_signer():
    school, box = WORK / "signed", WORK / "signer"
    shutil.copytree(SCHOOL, school)
    box.mkdir(mode=0o700)
    (school / "log.key").rename(box / "log.key")
    (school / "log.signer").write_text(f"{box}/socket\n")

    def signer(*more):
        process = subprocess.Popen([SIGNER, "--key", box / "log.key", "--state", box / "state", "--socket", box / "socket", *more],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        assert "ready" in line, process.stderr.read()
        return process
    plan = [LETOPIS, "import", school, revised_plan(DATA, WORK / "revised"), "--as", "st02", "--password-file", WORK / "password"]
    # Without it the doctor says so, a plan is refused, and nothing has changed.
    before = status(school)
    assert "does not answer" in doctor(school, 1)
    done = run(*plan, ok=False)
    assert done.returncode != 0 and "signer" in done.stderr + done.stdout, done.stderr + done.stdout
    assert status(school) == before
    process = signer("--init", "--from", school / "published")
    try:
        assert "has signed" in doctor(school, 0)
        run(*plan)
        assert int(status(school)["LETOPIS_SIZE"]) > int(before["LETOPIS_SIZE"])
        assert audited(school, "--vkey", VKEY)["ok"]
        assert "has signed" in doctor(school, 0)
        # The key is not changed behind its back; a key in both places is one too many.
        done = run(LETOPIS, "rekey", school, "--recovery-file", WORK / "recovery", ok=False)
        assert done.returncode == 1 and "signer" in done.stderr, done.stderr
        shutil.copy(box / "log.key", school / "log.key")
        assert "one of them" in doctor(school, 1)
        (school / "log.key").unlink()
        # A restored copy, with no trace of what was published.
        old = WORK / "signed-old"
        run(LETOPIS, "restore", BACKUP, old, "--keys", SCHOOL)
        (old / "log.key").unlink()
        shutil.copy(school / "log.signer", old / "log.signer")
        (old / "published").unlink()
        assert "restored copy" in doctor(old, 1)
        done = run(LETOPIS, "import", old, DATA, "--as", "st02", "--password-file", WORK / "password", ok=False)
        assert done.returncode != 0 and "second history" in done.stderr, done.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "PRIVATE" not in process.stderr.read()


def making(box, name):
    """A key that was never beside the log, and its verifier key."""
    out = run(SIGNER, "--key", box / f"{name}.key", "--make", "school-8.example/letopis").stdout
    return out.strip().split("=", 1)[1]


def signing(box, name, *more):
    process = subprocess.Popen([SIGNER, "--key", box / f"{name}.key", "--state", box / f"{name}.state", "--socket", box / f"{name}.socket", *more],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    assert "ready" in line, line
    return process


def a_school_is_founded_with_a_signer_and_served():
    """From the first entry on: key and server are two processes. Over HTTP: taken, the signer killed – refused with
    signer_away and nothing is there –, back – taken; then the log goes on under the key of another signer."""
    box, data = WORK / "signer-2", WORK / "data-2"
    school = data / "schools" / "eight"
    box.mkdir(mode=0o700)
    (data / "schools").mkdir(parents=True)
    vkey = making(box, "first")
    found = [LETOPIS, "found", school, "--origin", "school-8.example/letopis", "--name", "Школа № 8", "--recovery-file",
             WORK / "recovery-8", "--password-file", WORK / "passwords", "--officer", "head:st01:Хатуев:Максим:Адамович",
             "--officer", "deputy:st02:Юнусова:Лейла:Саидовна", "--officer", "support:st04:Магомадов:Руслан:Хусейнович",
             "--signer", box / "first.socket"]
    assert run(*found, ok=False).returncode == 2  # whose key?
    found += ["--signer-vkey", vkey]
    done = run(*found, ok=False)
    assert done.returncode == 1 and "does not answer" in done.stderr and not (school / "log").exists(), done
    signer = signing(box, "first", "--init")
    ready = WORK / "ready-8"
    server = None

    def add(number, ok=True):
        """One event over HTTP: an invitation."""
        return run(LETOPIS, "invite", school, "--login", "st04", "--slip", WORK / f"slip-{number}",
                   "--recovery-file", WORK / "recovery-8", "--url", url, ok=ok)

    def entries():
        return int(status(school)["LETOPIS_SIZE"])
    try:
        (WORK / "recovery-8").unlink(missing_ok=True)
        assert vkey in run(*found).stdout
        assert not (school / "log.key").exists() and not (school / "log.key.next").exists()
        assert "has signed" in doctor(school, 0)
        server = subprocess.Popen([SERVER, "--data", data, "--listen", "127.0.0.1:0", "--ready-file", ready],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready.exists():
            time.sleep(0.05)
        url = ready.read_text().strip().rstrip("/") + "/eight"
        before = entries()
        add(1)
        assert entries() == before + 1
        signer.kill()
        signer.wait()
        done = add(2, ok=False)
        assert done.returncode == 1 and "signer" in done.stderr, done
        assert entries() == before + 1
        assert "does not answer" in doctor(school, 1)
        signer = signing(box, "first")
        add(3)
        assert entries() == before + 2
        # Killed in the midst of many: what was answered is there, nothing is there twice or half.
        told_of = 2
        for number in range(4, 10):
            if number % 2 == 0:
                signer.kill()
                signer.wait()
                assert add(number, ok=False).returncode == 1
                signer = signing(box, "first")
            else:
                add(number)
                told_of += 1
        assert entries() == before + told_of
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        server = None
        assert audited(school, "--vkey", vkey)["ok"]
        # Another key, with another signer, which has never been near the log either.
        next_vkey = making(box, "second")
        rekey = [LETOPIS, "rekey", school, "--recovery-file", WORK / "recovery-8", "--signer", box / "second.socket", "--signer-vkey", next_vkey]
        assert run(*rekey, ok=False).returncode == 1  # nobody is there yet
        assert status(school)["LETOPIS_VKEY"] == vkey
        second = signing(box, "second", "--init")
        try:
            assert next_vkey in run(*rekey).stdout
            signer.kill()
            signer.wait()
            signer = second
            assert status(school)["LETOPIS_VKEY"] == next_vkey and entries() == before + told_of + 1
            assert "has signed" in doctor(school, 0)
            run(LETOPIS, "invite", school, "--login", "st04", "--slip", WORK / "slip-last", "--recovery-file", WORK / "recovery-8")
            report = audited(school, "--vkey", next_vkey, "--former", vkey)
            assert report["ok"], report
        finally:
            if signer is not second:
                second.kill()
                second.wait()
    finally:
        if server is not None:
            server.kill()
            server.wait()
        signer.kill()
        signer.wait()
    assert not list(school.glob("log.key*"))


for test in [a_backup_is_taken_beside_a_running_server, a_restored_school_goes_on, a_backup_that_is_behind_is_refused,
             a_backup_that_is_behind_goes_on_under_a_name_of_its_own, the_logs_own_key_is_changed, files_with_homework_are_copied_and_compared,
             damage_makes_no_backup, a_school_whose_key_is_with_a_signer, a_school_is_founded_with_a_signer_and_served, the_doctor_names_what_is_wrong,
             torn_projections_are_named_and_made_anew, what_the_scrub_finds_outlives_the_server]:
    promise(test)
sys.exit(told())
