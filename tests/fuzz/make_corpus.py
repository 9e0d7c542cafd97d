#!/usr/bin/env python3
"""Writes the fuzzers' seeds out of the golden vectors: make_corpus.py <specs/vectors> <seeds> <found>
<stamp>. Folders for what a search finds are made, too."""

import hashlib
import json
import os
import sys


def envelope(share):
    """A page of specs/formats.md, section 7."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    body = bytes([1]) + b"fingset!" + bytes([2]) + share
    body += hashlib.sha256(b"letopis/envelope/v1\0" + body).digest()[:3]
    bits = "".join(f"{b:08b}" for b in body)
    chars = "".join(alphabet[int(bits[i:i + 5], 2)] for i in range(0, 360, 5))
    page = "КОНВЕРТ 2\n"
    for n in range(6):
        line = chars[12 * n:12 * n + 12]
        check = hashlib.sha256(b"letopis/envelope-line/v1\0" + bytes([n + 1]) + line.encode()).digest()
        page += f"  {n + 1}   {line[:4]} {line[4:8]} {line[8:]}  {alphabet[check[0] >> 3]}{alphabet[check[1] >> 3]}\n"
    return page.encode()


def main():
    vectors_dir, out, found, stamp = sys.argv[1:]
    with open(os.path.join(vectors_dir, "ledger.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    with open(os.path.join(vectors_dir, "ledger-tlog.txt"), encoding="utf-8") as file:
        tlog = file.read()

    def both(group, key):
        return [bytes.fromhex(v[key]) for kind in ("good", "bad") for v in vectors[group][kind]]

    note = tlog[tlog.index("journal.example/log\n3\n"):tlog.index("consistency")]
    keys = [line.split(" ")[-1] for line in tlog.splitlines() if "key " in line]
    cosigned = note + tlog[tlog.index("cosig line: ") + 12:].rstrip("\n") + "\n"
    seeds = {
        "canon": both("canon", "hex"),
        "envelope": [envelope(bytes(32)), envelope(bytes(range(32)))],
        "event": both("events", "bytes"),
        "entry": both("entries", "bytes") + [b"\0\3abc\0\0"],
        "submission": both("submissions", "wire"),
        "note": [text.encode() for text in [note, cosigned] + keys],
        "ed25519": [bytes([kind]) + bytes(range(n, n + 96)) + b"message"[:n] for n in range(8) for kind in (0, 1, 65, 255)],
        "policy": [b"witness w %s\ngroup g 1 w\nquorum g\n" % keys[-1].encode(),
                   b"log %s\n# nobody\nquorum none\n" % keys[-2].encode(), b"quorum none\n"],
        "proof": [(head + "index 3\n" + "A" * 43 + "=\n\n" + note).encode()
                  for head in ("c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nextra AAAA\n")],
        "witness": [("old %d\n%s\n" % (n, ("A" * 43 + "=\n") * n) + note).encode() for n in range(3)],
        "tilepath": [b"tile/0/000", b"tile/3/x001/x234/067.p/42", b"tile/entries/x100/000.p/7"],
    }
    for name, contents in seeds.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        for i, content in enumerate(contents):
            with open(os.path.join(folder, "%03d" % i), "wb") as file:
                file.write(content)
        os.makedirs(os.path.join(found, name), exist_ok=True)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write("made\n")


if __name__ == "__main__":
    main()
