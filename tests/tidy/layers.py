#!/usr/bin/env python3
"""The dependency rule, read off the includes: tools -> net -> projections -> ledger, never back.
The linker enforces it for calls; this also sees headers. Includes are written from the root."""
import pathlib, re, sys

ORDER = ["ledger", "projections", "net", "tools"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
FORBIDDEN = {"ledger": r"<(uv|h2o|openssl/ssl)\b", "projections": r"<(uv|h2o|curl|openssl/ssl)\b|<time\.h>|<sys/time\.h>"}
bad = checked = 0
for storey in ORDER:
    for path in sorted((ROOT / storey).rglob("*.[ch]")):
        if "node_modules" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))', line)
            if not found:
                continue
            checked += 1
            where = f"{path.relative_to(ROOT)}:{number}"
            if found[1]:
                first = found[1].split("/")[0]
                if first not in ORDER or "/" not in found[1]:
                    print(f"{where}: include from the root, not {found[1]}")
                    bad += 1
                elif ORDER.index(first) > ORDER.index(storey):
                    print(f"{where}: {storey} may not use {first}")
                    bad += 1
            elif storey in FORBIDDEN and re.match(FORBIDDEN[storey], found[2]):
                print(f"{where}: {storey} may not know {found[2]}")
                bad += 1
    if storey == "net":
        for path in (ROOT / "tools").rglob("*audit*/*.[ch]"):
            if re.search(r'"net/', path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(ROOT)}: the auditor may not use net")
                bad += 1
print(f"{checked} includes read")
sys.exit(1 if bad else 0)
