#!/usr/bin/env python3
"""The golden scenarios of specs/vectors/voiding through letopis-audit: for every log size in every
story, the void set derived from the entries alone is the one that is written down."""
import json
import pathlib
import struct
import subprocess
import sys

BUILD, SPECS, WORK = map(pathlib.Path, sys.argv[1:4])
VECTORS = SPECS / "vectors" / "voiding"
passed = failed = 0


def check(name, holds, why=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name} {why}")


def derive(entries):
    """The auditor's void set of these entries, or None with what it said."""
    WORK.mkdir(parents=True, exist_ok=True)
    file, out = WORK / "entries.bin", WORK / "void.json"
    file.write_bytes(b"".join(struct.pack(">I", len(e)) + e for e in entries))
    out.unlink(missing_ok=True)
    run = subprocess.run([BUILD / "tools" / "letopis-audit", "void", file, "--out", out, "--quiet"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        return None, run.stdout + run.stderr
    return json.loads(out.read_text()), ""


def main():
    school = [bytes.fromhex(e) for e in json.loads((VECTORS / "school.json").read_text())["entries"]]
    names = sorted(p for p in VECTORS.glob("*.json") if p.name != "school.json")
    check("there_are_scenarios", len(names) >= 12)
    for path in names:
        story = json.loads(path.read_text())
        entries = school + [bytes.fromhex(e["entry"]) for e in story["entries"]]
        check(f"{path.stem}: told from the school's end on", story["after"]["entries"] == len(school))
        last = None
        for reading in story["readings"]:
            if reading["void"] == last and reading is not story["readings"][-1]:
                continue  # nothing has changed: the next size that differs is tried
            last = reading["void"]
            found, why = derive(entries[: reading["size"]])
            check(f"{path.stem} at {reading['size']}", found == reading["void"], f"{found} {why}")
    changed = list(entries)
    changed[-1] = changed[-1][:-1] + bytes([changed[-1][-1] ^ 1])
    found, why = derive(changed)
    check("a_flipped_bit_is_found", found is None and "signature" in why.lower() or "подпис" in why, why)
    found, why = derive(entries[:-2] + entries[-1:])
    check("a_missing_entry_is_found", found is None, why)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
