#!/usr/bin/env python3
"""Computes the journal of the data set by itself, from the CSV files alone, and compares it with what
the projections of a log say, cell by cell: marks, absences, topics, homework, period marks, weighted
means and late flags.

    compare_journal.py LETOPIS SCHOOL_DIR DATASET [--without-incident]

The incident's forged edits are left out, honest ones (by others, and by the account's owner) kept:
the journal must be the one in which the thief never was. Standard library only; it shares no code
with what it checks. Ends with a line "N passed, N failed"; exit 0 only when nothing failed."""
import csv, datetime as dt, hashlib, hmac, json, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

PROGRAM, SCHOOL, DATA = sys.argv[1:4]
WITH_INCIDENT = "--without-incident" not in sys.argv
SECRET = hashlib.sha256("letopis demo: everybody may know this".encode()).digest()
EPOCH = dt.date(1970, 1, 1)
LATE = 1
REASON = {"н": None, "б": "ill", "у": "valid", "о": None}
DAYS = {"контрольная работа": 3, "диктант": 7, "сочинение": 7, "изложение": 7}
PERIOD = {"осв": 10, "н/а": 11, "безотм": 12, "отсрочка": 13, "зачёт": 14, "незачёт": 15}


def ident(kind, name):
    return hmac.new(SECRET, kind.encode() + b"\0" + name.encode(), hashlib.sha256).hexdigest()[:32]


def read(name):
    with open(f"{DATA}/{name}", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def slot(row):
    return row["date"], row["shift"], row["lesson"], row["target"], row["subject"]


def moment(text):
    return dt.datetime.fromisoformat(text)


def day_number(text):
    return (dt.date.fromisoformat(text) - EPOCH).days


lessons = {slot(r): r for r in read("lessons-q1.csv")}
timeline = {r["what"]: r["when"] for r in read("incident-timeline.csv")}
VICTIM = timeline["account"]
BREACH, LOCKED = moment(timeline["breach_claimed_at"]), moment(timeline["support_told_at"])
RESUMED = LOCKED + dt.timedelta(minutes=25)


def recorded(text, author):
    """When a row stands in the log that counts: what the victim wrote honestly between breach and lock
    was signed anew afterwards, what fell between lock and new key was written after it."""
    at = moment(text)
    return RESUMED if WITH_INCIDENT and author == VICTIM and BREACH <= at < RESUMED else at


marks, absences, homework = {}, {}, {}
for r in read("marks-q1.csv"):
    late = (not r["protocol"] and recorded(r["recorded_at"], r["author"]).date() >
            dt.date.fromisoformat(r["date"]) + dt.timedelta(DAYS.get(r["work"], 0)))
    marks.setdefault((slot(r), r["pupil"]), []).append(
        (moment(r["recorded_at"]), 0, [int(v) for v in r["mark"].split("/")], r["weight"], late))
for r in read("attendance-q1.csv"):
    late = (recorded(r["recorded_at"], lessons[slot(r)]["taught_by"]).date() >
            dt.date.fromisoformat(r["date"]))
    absences.setdefault((slot(r), r["pupil"]), []).append(
        (moment(r["recorded_at"]), 0, 2 if r["kind"] == "о" else 1, REASON[r["kind"]], late))
for key, r in lessons.items():
    if r["homework"]:
        homework.setdefault(key, []).append((moment(r["homework_recorded_at"]), 0, r["homework"]))
if WITH_INCIDENT:
    for n, r in enumerate(read("incident.csv"), 1):
        if r["hand"] == "злоумышленник":
            continue
        assert r["action"] == "изменить отметку", r
        cell = marks.setdefault((slot(r), r["pupil"]), [])
        before = [m for m in sorted(cell, key=lambda m: m[:2]) if m[0] <= moment(r["at"])]
        weight = before[-1][3] if before else "1"
        cell.append((moment(r["at"]), n, [int(v) for v in r["new"].split("/")], weight, None))

period_marks = {}
for r in read("period-marks-q1.csv"):
    value = PERIOD.get(r["mark"]) or int(r["mark"])
    period_marks[r["target"], r["subject"], r["pupil"]] = value

label_of = {}
for r in read("pupils.csv"):
    label_of[ident("pupil", r["id"])] = r["id"]


def last(versions):
    return max(versions, key=lambda v: v[:2])


def fetch(page):
    target, subject = page
    out = subprocess.run(
        [PROGRAM, "query", SCHOOL, "journal", "--group", ident("group", target), "--subject",
         ident("subject", subject), "--from", "2026-09-01", "--to", "2026-10-31"],
        capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return page, json.loads(out.stdout)


passed, failed = 0, 0


def check(what, got, want):
    global passed, failed
    if got == want:
        passed += 1
    else:
        failed += 1
        if failed <= 30:
            print(f"DIFFERENT {what}: the log says {got!r}, the data set {want!r}")


def compare(page, answer):
    target, subject = page
    pupils = [label_of[p["id"]] for p in answer["pupils"]]
    slots = []
    for lesson in answer["lessons"]:
        date = (EPOCH + dt.timedelta(lesson["day"])).isoformat()
        slots.append((date, str(lesson["shift"]), str(lesson["n"]), target, subject))
    check(f"{page} lessons", sorted(slots),
          sorted(k for k in lessons if k[3] == target and k[4] == subject))
    for lesson, key in zip(answer["lessons"], slots):
        check(f"{key} topic", lesson["topic"], lessons[key]["topic"])
        want = last(homework[key])[2] if key in homework else None
        check(f"{key} homework", lesson["homework"], want)
        check(f"{key} sheet", lesson["sheet"], True)
    got = {(slots[m[0]], pupils[m[1]]): m for m in answer["marks"] if m[3]}
    want = {k: last(v) for k, v in marks.items() if k[0][3] == target and k[0][4] == subject}
    for k in sorted(set(got) | set(want)):
        check(f"{k} mark", got.get(k, [None] * 8)[3], want.get(k, [None] * 5)[2])
        if k in want and want[k][4] is not None and k in got:
            check(f"{k} late", bool(got[k][7] & LATE), want[k][4])
    got = {(slots[a[0]], pupils[a[1]]): a for a in answer["absences"] if a[2] != 0}
    missing = {k: last(v) for k, v in absences.items() if k[0][3] == target and k[0][4] == subject}
    for k in sorted(set(got) | set(missing)):
        a = got.get(k, [None] * 6)
        w = missing.get(k, [None] * 5)
        check(f"{k} absence", [a[2], a[3]], [w[2], w[3]])
        if k in missing and k in got:
            check(f"{k} absence late", bool(a[5] & LATE), w[4])
    compare_means(page, answer, pupils, want)
    got = {pupils[p[0]]: p[2] for p in answer["period_marks"]}
    want = {k[2]: v for k, v in period_marks.items() if k[:2] == page}
    for pupil in sorted(set(got) | set(want)):
        check(f"{page} {pupil} period mark", got.get(pupil), want.get(pupil))


def compare_means(page, answer, pupils, want):
    sums = {}
    for (key, pupil), m in want.items():
        for value in m[2]:
            total = sums.setdefault(pupil, [0, 0, 0])
            total[0] += value * int(m[3])
            total[1] += int(m[3])
            total[2] += 1
    got = {pupils[a[0]]: (a[1], a[2]) for a in answer["averages"]}
    for pupil in sorted(set(got) | set(sums)):
        s = sums.get(pupil)
        check(f"{page} {pupil} mean", got.get(pupil),
              ((s[0] * 200 + s[1]) // (2 * s[1]), s[2]) if s else None)


pages = sorted({(r["target"], r["subject"]) for r in read("teaching.csv")})
with ThreadPoolExecutor(2) as pool:
    for page, answer in pool.map(fetch, pages):
        compare(page, answer)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
