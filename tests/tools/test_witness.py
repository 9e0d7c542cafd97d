#!/usr/bin/env python3
"""Witnesses from end to end: two servers that cosign, a school whose policy demands two of three (one is
never there), receipts checked offline, a restored copy that the witnesses give away.

    test_witness.py BUILD_DIR DATASET WORK_DIR

Ends with "N passed, N failed". Standard library only."""
import gzip, json, pathlib, shutil, signal, ssl, subprocess, sys, time, urllib.error, urllib.request

import promises
from promises import promise, run, told

BUILD, DATA, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
LETOPIS, AUDIT, SERVER = (BUILD / "tools" / n for n in ("letopis", "letopis-audit", "letopisd"))
SCHOOL = WORK / "data" / "schools" / "seven"
running = []
TRUST = ssl._create_unverified_context()


def start(ready, *command):
    ready.unlink(missing_ok=True)
    with open(WORK / (ready.name + ".log"), "a") as log:
        process = subprocess.Popen([str(c) for c in command] + ["--ready-file", str(ready)], stdout=log, stderr=log)
    running.append(process)
    for _ in range(200):
        if ready.exists() and ready.read_text().endswith("\n"):
            return process, ready.read_text().strip()
        assert process.poll() is None, f"{command} ended: {(WORK / (ready.name + '.log')).read_text()[-1000:]}"
        time.sleep(0.05)
    raise AssertionError(f"{command} is not ready")


def stop(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    running.remove(process)


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, context=TRUST, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def post(url, body):
    request = urllib.request.Request(url, data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def status():
    return promises.status(LETOPIS, SCHOOL)


def serve_school():
    return start(WORK / "school.ready", SERVER, "--data", WORK / "data", "--listen", "127.0.0.1:0",
                 "--public-entries")


def serve_witness(n):
    return start(WORK / f"witness{n}.ready", AUDIT, "witness", "serve", WORK / f"witness{n}", "--listen", "127.0.0.1:0")


def until_witnessed(url, size):
    for _ in range(200):
        code, headers, note = get(url + "seven/checkpoint.witnessed")
        if code == 200 and int(note.split(b"\n")[1]) >= size:
            return note
        assert code in (200, 404), code
        time.sleep(0.1)
    raise AssertionError("not witnessed: " + (WORK / "school.ready.log").read_text()[-2000:])


def write_policy(vkeys, urls):
    lines = [f"witness w{n} {vkey} {url}" for n, (vkey, url) in enumerate(zip(vkeys, urls))]
    (SCHOOL / "witness.policy").write_text("\n".join(lines + ["group three 2 w0 w1 w2", "quorum three"]) + "\n")


shutil.rmtree(WORK, ignore_errors=True)
(WORK / "data" / "schools").mkdir(parents=True)
(WORK / "passwords").write_text("st01:длинный пароль\nst02:длинный пароль\nst04:длинный пароль\n")
(WORK / "password").write_text("длинный пароль\n")
run(LETOPIS, "found", SCHOOL, "--origin", "school-7.example/letopis", "--name", "Школа № 7", "--recovery-file",
    WORK / "recovery", "--password-file", WORK / "passwords", "--officer", "head:st01:Хатуев:Максим:Адамович",
    "--officer", "deputy:st02:Юнусова:Лейла:Саидовна", "--officer", "support:st04:Магомадов:Руслан:Хусейнович")
VKEY = status()["LETOPIS_VKEY"]
VKEYS = [run(AUDIT, "witness", "init", WORK / f"witness{n}", "--name", f"witness.example/w{n}").stdout.split("=", 1)[1]
         .strip() for n in range(3)]
witnesses = []


def two_of_three_are_enough():
    for n in range(3):
        run(AUDIT, "witness", "allow", WORK / f"witness{n}", "--log", VKEY)
    assert run(AUDIT, "witness", "allow", WORK / "witness0", "--log", VKEYS[0], ok=False).returncode == 2
    for n in range(2):
        witnesses.append(serve_witness(n))
    write_policy(VKEYS, [url for _, url in witnesses] + ["http://127.0.0.1:1/"])
    process, url = serve_school()
    size = int(status()["LETOPIS_SIZE"])
    note = until_witnessed(url, size)
    assert note.count("— witness.example/w".encode()) == 2, note
    code, headers, newest = get(url + "seven/checkpoint")
    assert code == 200 and headers["content-type"] == "text/plain; charset=utf-8" and newest == note
    shown = json.loads(get(url + "seven/api/witnesses", Accept="application/json")[2])
    assert (shown["needed"], shown["of"], shown["held"], shown["size"]) == (2, 3, 2, size), shown
    assert [w["held"] for w in shown["witnesses"]] == [True, True, False], shown
    assert b"letopis_log_entries_unwitnessed 0" in get(url + "metrics")[2]
    stop(process)
    shutil.copytree(SCHOOL, WORK / "founded")


def what_is_added_is_cosigned_too():
    before = int(status()["LETOPIS_SIZE"])
    run(LETOPIS, "import", SCHOOL, DATA, "--as", "st02", "--password-file", WORK / "password")
    size = int(status()["LETOPIS_SIZE"])
    assert size > before + 100
    process, url = serve_school()
    note = until_witnessed(url, size)
    (WORK / "witnessed").write_bytes(note)
    # An auditor far away demands the witnesses, and comes back for what is new alone.
    for resumed in (0, size):
        done = run(AUDIT, "verify", url + "seven", "--vkey", VKEY, "--policy", SCHOOL / "witness.policy", "--state",
                   WORK / "auditor", "--json", "--quiet")
        report = json.loads(done.stdout)
        assert report["ok"] and report["resumed"] == resumed and report["entries"] == size, report
    strict = WORK / "strict.policy"
    strict.write_text((SCHOOL / "witness.policy").read_text().replace("group three 2", "group three 3"))
    done = run(AUDIT, "verify", url + "seven", "--vkey", VKEY, "--policy", strict, "--quiet", ok=False)
    assert done.returncode == 1 and "only 2 cosignatures" in done.stdout, done.stdout
    stop(process)


def a_receipt_holds_offline_with_its_witnesses():
    policy = SCHOOL / "witness.policy"
    for seq in (0, 100, int(status()["LETOPIS_SIZE"]) - 1):
        run(LETOPIS, "receipt", SCHOOL, seq, "--out", WORK / "r.tlog-proof")
        told = json.loads(run(AUDIT, "receipt", WORK / "r.tlog-proof", "--vkey", VKEY, "--policy", policy, "--json").stdout)
        assert told["ok"] and told["position"] == seq and told["witnesses"] == {"needed": 2, "of": 3, "held": 2}, told
    text = (WORK / "r.tlog-proof").read_text()
    assert run(AUDIT, "receipt", WORK / "r.tlog-proof", "--vkey", VKEY).returncode == 0
    wrong = 0
    for at in range(0, len(text), 11):
        changed = text[:at] + ("B" if text[at] != "B" else "C") + text[at + 1:]
        (WORK / "wrong.tlog-proof").write_text(changed)
        done = run(AUDIT, "receipt", WORK / "wrong.tlog-proof", "--vkey", VKEY, "--policy", policy, ok=False)
        wrong += done.returncode == 1
    assert wrong == len(range(0, len(text), 11)), wrong
    strict = WORK / "strict.policy"
    strict.write_text(policy.read_text().replace("group three 2", "group three 3"))
    done = run(AUDIT, "receipt", WORK / "r.tlog-proof", "--vkey", VKEY, "--policy", strict, ok=False)
    assert done.returncode == 1 and "2 cosignatures" in done.stdout, done.stdout
    # The entry may lie beside the proof instead of in it.
    import base64
    lines = text.split("\n")
    (WORK / "entry").write_bytes(base64.b64decode(lines[1].split(" ")[1]))
    (WORK / "bare.tlog-proof").write_text("\n".join(lines[:1] + lines[2:]))
    assert run(AUDIT, "receipt", WORK / "bare.tlog-proof", "--vkey", VKEY, ok=False).returncode == 1
    run(AUDIT, "receipt", WORK / "bare.tlog-proof", "--entry", WORK / "entry", "--vkey", VKEY)


def a_witness_speaks_the_protocol():
    url = witnesses[0][1] + "add-checkpoint"
    note = (WORK / "witnessed").read_bytes()
    size = note.split(b"\n")[1].decode()
    code, headers, body = post(url, b"old 0\n\n" + note)
    assert code == 409 and headers["Content-Type"] == "text/x.tlog.size" and body.decode() == size + "\n"
    code, headers, body = post(url, f"old {size}\n\n".encode() + note)
    assert code == 200 and body.startswith("— witness.example/w0 ".encode()) and body.endswith(b"\n")
    assert post(url, b"old 00\n\n" + note)[0] == 400
    assert post(url, f"old {int(size) + 1}\n\n".encode() + note)[0] == 400
    text, lines = note.split(b"\n\n")
    unsigned = text + b"\n\n" + b"\n".join(l for l in lines.split(b"\n") if b"school-7" not in l)
    assert post(url, b"old 0\n\n" + unsigned)[0] == 403
    assert post(url, b"old 0\n\n" + note.replace(b"school-7.example", b"school-8.example"))[0] == 404
    assert post(url, b"x" * 300000)[0] == 413
    assert get(url)[0] == 405 and post(witnesses[0][1], b"old 0\n")[0] == 404


def a_witness_remembers_over_kill():
    process, _ = witnesses[0]
    process.kill()
    process.wait()
    running.remove(process)
    witnesses[0] = serve_witness(0)
    note = (WORK / "witnessed").read_bytes()
    assert post(witnesses[0][1] + "add-checkpoint", b"old 0\n\n" + note)[2] == note.split(b"\n")[1] + b"\n"


def tiles_are_served_to_the_letter():
    write_policy(VKEYS, [url for _, url in witnesses] + ["http://127.0.0.1:1/"])
    process, url = serve_school()
    base = url + "seven/"
    size = int(get(base + "checkpoint")[2].split(b"\n")[1])
    assert size > 256
    code, headers, plain = get(base + "tile/entries/000", **{"Accept-Encoding": "identity"})
    assert code == 200 and headers["content-type"] == "application/octet-stream" and "immutable" in headers["cache-control"]
    code, headers, packed = get(base + "tile/entries/000", **{"Accept-Encoding": "gzip"})
    assert headers.get("content-encoding") == "gzip" and gzip.decompress(packed) == plain and len(packed) < len(plain)
    code, headers, leaves = get(base + "tile/0/000")
    assert code == 200 and len(leaves) == 256 * 32 and "content-encoding" not in headers
    for width in (1, 100, 255):
        assert get(base + f"tile/0/000.p/{width}")[2] == leaves[:32 * width]
    code, _, upper = get(base + "tile/1/000.p/1")
    assert code == 200 and len(upper) == 32
    for wrong in ("tile/0/0", "tile/00/000", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
                  "tile/64/000", "tile/entries/000.p", "tile/0/000/", "tile/-1/000", "tile/0/000.p/+1"):
        assert get(base + wrong)[0] == 400, wrong
    assert get(base + "tile/0/999")[0] == 404 and get(base + f"tile/0/{size // 256:03}.p/{size % 256 + 1}")[0] == 404
    assert "no-cache" in get(base + "checkpoint")[1]["cache-control"]
    # The same as a directory.
    run(LETOPIS, "export", SCHOOL, "--tiles", WORK / "tiles")
    names = [p.relative_to(WORK / "tiles") for p in (WORK / "tiles").rglob("*") if p.is_file()]
    assert len(names) > 4
    for name in names:
        served = get(base + str(name))[2]
        here = (WORK / "tiles" / name).read_bytes()
        assert here == served or str(name) == "checkpoint" and served.startswith(here), name
    stop(process)


def witnesses_give_a_restored_copy_away():
    policy = (SCHOOL / "witness.policy").read_text()
    shutil.rmtree(SCHOOL)
    shutil.copytree(WORK / "founded", SCHOOL)
    (SCHOOL / "witness.policy").write_text(policy)
    process, url = serve_school()
    for _ in range(100):
        shown = json.loads(get(url + "seven/api/witnesses", Accept="application/json")[2])
        if all(w["ahead"] for w in shown["witnesses"][:2]):
            break
        time.sleep(0.1)
    assert [w["ahead"] for w in shown["witnesses"]] == [True, True, False], shown
    assert b"letopis_witnesses_ahead 2" in get(url + "metrics")[2]
    stop(process)


try:
    for test in [two_of_three_are_enough, what_is_added_is_cosigned_too, a_receipt_holds_offline_with_its_witnesses,
                 a_witness_speaks_the_protocol, a_witness_remembers_over_kill, tiles_are_served_to_the_letter,
                 witnesses_give_a_restored_copy_away]:
        promise(test)
finally:
    for process in list(running):
        process.terminate()
        process.wait(20)
sys.exit(told())
