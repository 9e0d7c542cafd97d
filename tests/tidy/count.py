#!/usr/bin/env python3
"""Counts cmocka's promises in Meson's test log: prints "PASSED FAILED". A program that ends badly
without naming a failed test counts as one failure.

    count.py BUILD_DIR"""
import json, pathlib, re, sys

passed = failed = 0
log = pathlib.Path(sys.argv[1]) / "meson-logs" / "testlog.json"
for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
    result = json.loads(line)
    text = result.get("stdout", "") + result.get("stderr", "")
    good = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", text))
    bad = sum(int(n) for n in re.findall(r"\[  FAILED  \] [^\n]*?(\d+) test\(s\)", text))
    if result["result"] == "OK":
        passed += max(good, 1)
    else:
        passed += good
        failed += max(bad, 1)
        print(f"FAILED {result['name']}: {result['result']}", file=sys.stderr)
        print("\n".join(text.splitlines()[-30:]), file=sys.stderr)
print(passed, failed)
