#!/usr/bin/env python3
"""Every clause of the regulation has a test: specs/regulation.md names for CT-1 … CT-11 and
ST-1 … ST-16 at least one test that exists, as `file` or `file: name of the test`. A file is named
by its path or, when it is the only one of that name under tests/, alone; a folder is no test."""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "specs" / "regulation.md"
WANTED = [f"CT-{n}" for n in range(1, 12)] + [f"ST-{n}" for n in range(1, 17)]


def find(name):
    """The test file of that name, or what is wrong with it."""
    path = ROOT / name
    if "/" in name:
        return (path, None) if path.is_file() else (None, f"{name}: no such file")
    found = [p for p in (ROOT / "tests").rglob(name) if p.is_file() and "node_modules" not in p.parts]
    if len(found) != 1:
        return None, f"{name}: {len(found)} files of that name under tests/"
    return found[0], None


def faults_of(reference):
    name, _, case = reference.partition(": ")
    path, fault = find(name)
    if fault is not None:
        return fault
    if case and case not in path.read_text(encoding="utf-8"):
        return f"{name}: no test \"{case}\""
    return None


bad = references = 0
tested = set()
for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
    cells = [c.strip() for c in line.strip().strip("|").split(" | ")]
    clauses = re.findall(r"\b(?:CT|ST)-\d+[a-z]?\b", cells[0])
    if not line.startswith("| ") or not clauses:
        continue
    named = re.findall(r"`([^`]+)`", cells[-1])
    for reference in named:
        references += 1
        fault = faults_of(reference)
        if fault is not None:
            print(f"specs/regulation.md:{number}: {fault}")
            bad += 1
    if named:
        tested.update(clauses)
    else:
        print(f"specs/regulation.md:{number}: {', '.join(clauses)}: no test")
        bad += 1
for clause in WANTED:
    if clause not in tested and not any(t.startswith(clause) and t[len(clause):].isalpha() for t in tested):
        print(f"specs/regulation.md: {clause}: no row with a test")
        bad += 1
print(f"{len(tested)} clauses, {references} tests named")
sys.exit(1 if bad else 0)
