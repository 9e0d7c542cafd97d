#!/usr/bin/env python3
"""The recovery ceremony as specs/recovery.md tells it: a key made without a network, sealed envelopes, an
officer's key that is lost, a report signed elsewhere, the root key lost and replaced by the next one.

    test_recovery.py BUILD_DIR WORK_DIR

The envelopes are read here a second time, from specs/formats.md alone. Ends with "N passed, N failed".
Standard library only."""
import hashlib, json, os, pathlib, re, shutil, stat, sys

import promises
from promises import promise, told

BUILD, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
LETOPIS, AUDIT = BUILD / "tools" / "letopis", BUILD / "tools" / "letopis-audit"
SCHOOL, ORIGIN = WORK / "school", "school-9.example/letopis"
PAGES, AFTER = WORK / "pages", WORK / "after"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSWORD = "очень длинный пароль"


def run(*command, ok=True):
    return promises.run(*command, ok=ok, start_new_session=True)  # no terminal to ask


def query(view, *options):
    return json.loads(run(LETOPIS, "query", SCHOOL, view, *options).stdout)


def two(name, i, k, folder=PAGES, option="--envelope"):
    return [option, folder / f"{name}-{i}.txt", option, folder / f"{name}-{k}.txt"]


def audited():
    vkey = dict(l.split("=", 1) for l in run(LETOPIS, "status", SCHOOL).stdout.split())["LETOPIS_VKEY"]
    report = json.loads(run(AUDIT, "verify", SCHOOL, "--vkey", vkey, "--json", "--quiet").stdout)
    assert report["ok"], report
    return report


# An envelope, by specs/formats.md

def lines_of(page):
    return [m.group(1).replace(" ", "") for m in re.finditer(r"^ +[1-6]   (.*)$", page, re.M)]


def unpack(page):
    lines = lines_of(page)
    assert len(lines) == 6, page
    bits = ""
    for n, line in enumerate(lines, 1):
        chars, check = line[:12], line[12:]
        digest = hashlib.sha256(b"letopis/envelope-line/v1\0" + bytes([n]) + chars.encode()).digest()
        assert check == ALPHABET[digest[0] >> 3] + ALPHABET[digest[1] >> 3], line
        bits += "".join(f"{ALPHABET.index(c):05b}" for c in chars)
    packed = int(bits, 2).to_bytes(45, "big")
    assert packed[42:] == hashlib.sha256(b"letopis/envelope/v1\0" + packed[:42]).digest()[:3]
    assert packed[0] == 1
    return {"fingerprint": packed[1:5], "set": packed[5:9], "index": packed[9], "share": packed[10:42]}


def times(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11b if a & 0x80 else 0)
        b >>= 1
    return product


def join(a, b):
    inverse = next(x for x in range(1, 256) if times(x, a["index"] ^ b["index"]) == 1)
    return bytes(times(times(x, b["index"]) ^ times(y, a["index"]), inverse)
                 for x, y in zip(a["share"], b["share"]))


def the_key_is_made_without_a_log_and_cut_in_three():
    out = run(LETOPIS, "recovery", "create", "--dir", PAGES, "--origin", ORIGIN).stdout
    names = sorted(p.name for p in PAGES.iterdir())
    assert names == ["next-1.txt", "next-2.txt", "next-3.txt", "recovery.pub", "root-1.txt", "root-2.txt",
                     "root-3.txt"], names
    for name in names[:3] + names[4:]:
        assert stat.S_IMODE(os.stat(PAGES / name).st_mode) == 0o600, name
    public = (PAGES / "recovery.pub").read_text().split("\n")
    root_key = bytes.fromhex(public[2].split()[1])
    for name in ("root", "next"):
        envelopes = [unpack((PAGES / f"{name}-{i}.txt").read_text()) for i in (1, 2, 3)]
        assert [e["index"] for e in envelopes] == [1, 2, 3] and len({e["set"] for e in envelopes}) == 1
        seeds = {join(envelopes[i], envelopes[k]) for i, k in ((0, 1), (1, 2), (2, 0), (1, 0))}
        assert len(seeds) == 1 and seeds.pop().hex() not in out
        if name == "root":
            assert envelopes[0]["fingerprint"] == hashlib.sha256(root_key).digest()[:4]
    for i, k in ((1, 2), (2, 3), (3, 1)):
        assert root_key.hex() in run(LETOPIS, "recovery", "join", *two("root", i, k)).stdout
    assert run(LETOPIS, "recovery", "create", "--dir", PAGES, "--origin", ORIGIN, ok=False).returncode == 1


def what_is_mistyped_or_mixed_is_named():
    page = (PAGES / "root-1.txt").read_text()
    third = lines_of(page)[2]
    wrong = ("0" if third[5] != "0" else "1")
    (WORK / "typo.txt").write_text("\n".join(
        l if i != 2 else l[:5] + wrong + l[6:] for i, l in enumerate(lines_of(page))))
    done = run(LETOPIS, "recovery", "join", "--envelope", WORK / "typo.txt", "--envelope", PAGES / "root-2.txt",
               ok=False)
    assert done.returncode == 1 and "line 3" in done.stderr, done.stderr
    # small letters, dashes, and a Russian keyboard are no mistakes
    typed = "\n".join(l.lower().replace("a", "а").replace("0", "о").replace("c", "с") for l in lines_of(page))
    (WORK / "typed.txt").write_text(typed)
    run(LETOPIS, "recovery", "join", "--envelope", WORK / "typed.txt", "--envelope", PAGES / "root-2.txt")
    done = run(LETOPIS, "recovery", "join", "--envelope", PAGES / "root-1.txt", "--envelope", PAGES / "next-2.txt",
               ok=False)
    assert "different sets" in done.stderr, done.stderr
    done = run(LETOPIS, "recovery", "join", "--envelope", PAGES / "root-1.txt", "--envelope", PAGES / "root-1.txt",
               ok=False)
    assert "twice" in done.stderr, done.stderr
    lines = lines_of(page)
    (WORK / "swapped.txt").write_text("\n".join([lines[1], lines[0]] + lines[2:]))
    done = run(LETOPIS, "recovery", "join", "--envelope", WORK / "swapped.txt", "--envelope", PAGES / "root-2.txt",
               ok=False)
    assert "line 2" in done.stderr, done.stderr  # line 1 was found in second place; then there was no line 2


OFFICERS = ["--officer", "head:head:Хатуев:Максим:Адамович", "--officer", "support:support:Магомадов:Руслан:Хусейнович"]


def found(school, *more):
    (WORK / "passwords").write_text("".join(f"{n}:{PASSWORD} {n}\n" for n in ("head", "deputy", "support")))
    for n in ("head", "deputy", "support"):
        (WORK / f"password-{n}").write_text(f"{PASSWORD} {n}\n")
    return run(LETOPIS, "found", school, "--origin", ORIGIN, "--name", "Школа № 9", "--password-file",
               WORK / "passwords", *OFFICERS, *more)


def the_school_is_founded_with_that_key():
    done = found(SCHOOL, "--officer", "deputy:deputy:Юнусова:Лейла:Саидовна", "--recovery-public",
                 PAGES / "recovery.pub", *two("root", 1, 3))
    assert "only two" not in done.stderr, done.stderr
    assert sorted(p.name for p in PAGES.iterdir())[0] == "next-1.txt"
    done = run(LETOPIS, "found", WORK / "other", "--origin", ORIGIN, "--name", "х", "--password-file",
               WORK / "passwords", *OFFICERS, "--recovery-public", PAGES / "recovery.pub", *two("next", 1, 2), ok=False)
    assert done.returncode == 1 and not (WORK / "other" / "log").exists(), done.stderr
    assert audited()["size"] == 1


def two_officers_are_warned():
    done = found(WORK / "small", "--envelopes", WORK / "small-pages")
    assert "only two" in done.stderr and "двое" in done.stderr, done.stderr
    run(LETOPIS, "recovery", "join", *two("next", 2, 3, WORK / "small-pages"))


def as_officer(name):
    return ["--as", name, "--password-file", WORK / f"password-{name}"]


def key_of(surname):
    account = next(a for a in query("accounts", "--find", surname)["accounts"])
    return next(k for k in account["keys"] if not k["is_session"])["key"]


def an_officer_who_lost_the_key_gets_a_new_one_by_root():
    """Signed on a machine that has the envelopes and no log."""
    old = key_of("юнусова")
    done = run(LETOPIS, "invite", SCHOOL, "--login", "deputy", "--slip", WORK / "no", *as_officer("head"), ok=False)
    assert done.returncode == 1 and "wrong_stratum" in done.stderr, done.stderr
    run(LETOPIS, "invite", SCHOOL, "--login", "deputy", "--slip", WORK / "slip", "--request", WORK / "request")
    shown = run(LETOPIS, "recovery", "show", WORK / "request").stdout
    assert "invitation.issued" in shown and ORIGIN in shown, shown
    (WORK / "offline").mkdir()
    shutil.copy(WORK / "request", WORK / "offline" / "request")
    request = (WORK / "request").read_bytes()
    for forged in (request[:-1], request + b"\0", request.replace(b"invitation.issued", b"invitation.\nssued"),
                   request.replace(b"invitation.issued", b"invitation.issuex"),
                   request.replace(ORIGIN.encode(), ORIGIN.encode()[:-1] + b"\n")):
        assert forged != request
        (WORK / "forged").write_bytes(forged)
        done = run(LETOPIS, "recovery", "show", WORK / "forged", ok=False)
        assert done.returncode == 1 and "not a signing request" in done.stderr, (forged, done.stderr)
    done = run(LETOPIS, "recovery", "sign", WORK / "offline" / "request", *two("root", 2, 3), "--out",
               WORK / "offline" / "signed", ok=False)
    assert done.returncode == 2 and "--yes" in done.stderr, done.stderr  # nobody signs unasked
    done = run(LETOPIS, "recovery", "sign", WORK / "offline" / "request", *two("next", 2, 3), "--yes", "--out",
               WORK / "offline" / "signed", ok=False)
    assert done.returncode == 1 and "recovery key" in done.stderr and not (WORK / "offline" / "signed").exists()
    run(LETOPIS, "recovery", "sign", WORK / "offline" / "request", *two("root", 2, 3), "--yes", "--out",
        WORK / "offline" / "signed")
    run(LETOPIS, "submit", SCHOOL, WORK / "offline" / "signed")
    (WORK / "password-new").write_text("совсем новый пароль\n")
    run(LETOPIS, "enrol", SCHOOL, "--slip", WORK / "slip", "--login", "deputy", "--password-file", WORK / "password-new")
    assert key_of("юнусова") != old or len(query("accounts", "--find", "юнусова")["accounts"][0]["keys"]) > 1
    done = run(LETOPIS, "enrol", SCHOOL, "--slip", WORK / "slip", "--login", "deputy", "--password-file",
               WORK / "password-new", ok=False)
    assert done.returncode == 1, "a slip works once"
    # with the new key the deputy works; the old password opens nothing
    when = "2027-01-01T00:00:00+03:00"
    support = key_of("магомадов")
    done = run(LETOPIS, "breach", "report", SCHOOL, "--target", support, "--breach", when, "--learned", when,
               *as_officer("deputy"), ok=False)
    assert done.returncode == 1 and "password" in done.stderr
    run(LETOPIS, "breach", "report", SCHOOL, "--target", support, "--breach", when, "--learned", when, "--reason",
        "проба", "--as", "deputy", "--password-file", WORK / "password-new")
    audited()


def root_overrules_from_elsewhere():
    (report,) = query("breaches")["reports"]
    run(LETOPIS, "breach", "overrule", SCHOOL, "--report", report["seq"], "--reason", "ошибка", "--request",
        WORK / "request")
    assert "ошибка" in run(LETOPIS, "recovery", "show", WORK / "request").stdout
    run(LETOPIS, "recovery", "sign", WORK / "request", *two("root", 1, 2), "--yes", "--out", WORK / "signed")
    run(LETOPIS, "submit", SCHOOL, WORK / "signed")
    run(LETOPIS, "submit", SCHOOL, WORK / "signed")  # again: nothing new, no harm
    (report,) = query("breaches")["reports"]
    assert report["state"] == "overruled", report


def a_new_officer_is_appointed_from_elsewhere():
    run(LETOPIS, "invite", SCHOOL, "--officer", "deputy:Садулаева:Асет:Исаевна", "--slip", WORK / "slip2", "--request",
        WORK / "request")
    shown = run(LETOPIS, "recovery", "show", WORK / "request").stdout
    assert shown.count("\n1. ") + shown.count("\n2. ") + shown.count("\n3. ") == 3 and "Садулаева" in shown, shown
    run(LETOPIS, "recovery", "sign", WORK / "request", *two("root", 1, 2), "--yes", "--out", WORK / "signed")
    run(LETOPIS, "submit", SCHOOL, WORK / "signed")
    run(LETOPIS, "enrol", SCHOOL, "--slip", WORK / "slip2", "--login", "asadulaeva", "--password-file",
        WORK / "password-new")
    (account,) = query("accounts", "--find", "садулаева")["accounts"]
    assert account["stratum"] == 1, account


def the_next_key_replaces_a_root_that_is_lost():
    for i in (1, 2, 3):
        (PAGES / f"root-{i}.txt").rename(WORK / f"lost-{i}.txt")
    lost = ["--envelope", WORK / "lost-1.txt", "--envelope", WORK / "lost-3.txt"]
    run(LETOPIS, "recovery", "request", SCHOOL, "--out", WORK / "request")
    done = run(LETOPIS, "recovery", "rotate", WORK / "request", "--next-envelope", WORK / "lost-1.txt",
               "--next-envelope", WORK / "lost-2.txt", "--dir", WORK / "wrong", "--out", WORK / "signed3", ok=False)
    assert done.returncode == 1 and "next recovery key" in done.stderr and not (WORK / "wrong").exists(), done.stderr
    run(LETOPIS, "recovery", "rotate", WORK / "request", *two("next", 1, 3, option="--next-envelope"), "--dir", AFTER,
        "--out", WORK / "rotation")
    run(LETOPIS, "submit", SCHOOL, WORK / "rotation")
    # the old one has no power, the new one has
    invite = [LETOPIS, "invite", SCHOOL, "--login", "head", "--slip", WORK / "slip3"]
    done = run(*invite, *lost, ok=False)
    assert done.returncode == 1 and "present" in done.stderr, done.stderr
    run(*invite, *two("root", 2, 3, AFTER))
    audited()


def and_once_more_with_both_keys():
    third = WORK / "third"
    run(LETOPIS, "recovery", "request", SCHOOL, "--out", WORK / "request")
    run(LETOPIS, "recovery", "rotate", WORK / "request", *two("next", 1, 2, AFTER, "--next-envelope"),
        *two("root", 1, 3, AFTER), "--dir", third, "--out", WORK / "rotation2")
    run(LETOPIS, "submit", SCHOOL, WORK / "rotation2")
    done = run(LETOPIS, "submit", SCHOOL, WORK / "rotation2")
    run(LETOPIS, "invite", SCHOOL, "--login", "head", "--slip", WORK / "slip4", *two("root", 1, 2, third))
    audited()


def pages_are_printed_whole():
    folder = WORK / "pdf"
    run(LETOPIS, "recovery", "create", "--dir", folder, "--origin", ORIGIN, "--pdf")
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [f"{name}-{i}.pdf" for name in ("root", "next") for i in (1, 2, 3)] + ["recovery.pub"])
    read = []
    for i in (1, 3):
        page = folder / f"root-{i}.pdf"
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        text = run("pdftotext", "-layout", page, "-").stdout
        lines = [re.sub(r"\s+", "", m) for m in re.findall(r"^ *[1-6] +([0-9A-Z].*)$", text, re.M)]
        assert len(lines) == 6 and f"КОНВЕРТ {i} ИЗ 3" in text and ORIGIN in text, text
        read.append(WORK / f"typed-{i}")
        read[-1].write_text("".join(f"        {n}   {line}\n" for n, line in enumerate(lines, 1)))
    said = run(LETOPIS, "recovery", "join", "--envelope", read[0], "--envelope", read[1]).stdout
    assert said.split()[2] in (folder / "recovery.pub").read_text(), said


for test in [the_key_is_made_without_a_log_and_cut_in_three, what_is_mistyped_or_mixed_is_named,
             the_school_is_founded_with_that_key, two_officers_are_warned,
             an_officer_who_lost_the_key_gets_a_new_one_by_root, root_overrules_from_elsewhere,
             a_new_officer_is_appointed_from_elsewhere, the_next_key_replaces_a_root_that_is_lost,
             and_once_more_with_both_keys, pages_are_printed_whole]:
    if test is the_key_is_made_without_a_log_and_cut_in_three:
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
    promise(test)
sys.exit(told())
