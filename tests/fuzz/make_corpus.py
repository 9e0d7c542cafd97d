#!/usr/bin/env python3
"""Writes the fuzzers' seeds out of the golden vectors: make_corpus.py <specs/vectors> <seeds> <found>
<stamp>. Folders for what a search finds are made, too."""

import base64
import hashlib
import io
import json
import os
import sys
import zipfile


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


def signing(old, count):
    """A request to a log's signer (specs/ledger.md, "Signer") with `count` hashes."""
    path = b"".join(b"\xc4\x20" + bytes([n]) * 32 for n in range(count))
    return (b"\x96\x01\xb3journal.example/log" + bytes([old, old + count]) + b"\xc4\x20" + bytes(32)
            + bytes([0x90 + count]) + path)


SHEET = ("<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>b</t></is></c>"
         "</row><row r='3'><c r='A3' s='1'><v>45536.5</v></c><c r='B3'><v>1e3</v></c><c t='b'><v>1</v></c></row>"
         "</sheetData></worksheet>")
STRINGS = "<sst><si><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></si></sst>"
STYLES = ("<styleSheet><numFmts><numFmt numFmtId='170' formatCode='[h]:mm'/></numFmts><cellXfs><xf numFmtId='0'/>"
          "<xf numFmtId='14'/><xf numFmtId='170'/></cellXfs></styleSheet>")


def workbook():
    """The parts above as an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("_rels/.rels", "<Relationships><Relationship Id='a' Type='x/officeDocument' "
                      "Target='/xl/workbook.xml'/></Relationships>")
        book.writestr("xl/workbook.xml", "<workbook><workbookPr date1904='1'/><sheets><sheet name='A' id='r1'/></sheets>"
                      "</workbook>")
        book.writestr("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' Type='x/worksheet' "
                      "Target='sheet.xml'/><Relationship Id='r2' Type='x/sharedStrings' Target='strings.xml'/>"
                      "<Relationship Id='r3' Type='x/styles' Target='styles.xml'/></Relationships>")
        for name, text in (("sheet", SHEET), ("strings", STRINGS), ("styles", STYLES)):
            book.writestr(f"xl/{name}.xml", text)
    return out.getvalue()


def packed(fields):
    """Canonical msgpack of a short map: texts, numbers, bytes."""
    out = bytes([0x80 | len(fields)])
    for name in sorted(fields, key=lambda n: n.encode()):
        value = fields[name]
        out += bytes([0xa0 | len(name)]) + name.encode()
        if isinstance(value, bytes):
            out += bytes([0xc4, len(value)]) + value
        elif isinstance(value, str):
            out += bytes([0xa0 | len(value.encode())]) + value.encode()
        else:
            out += bytes([value]) if value < 128 else b"\xce" + value.to_bytes(4, "big")
    return out


def bodies():
    """A body of each route, as msgpack and as JSON (net/api/login.c, session.c, keys.c)."""
    said = {"l": {"login": "петров", "proof": bytes(32)},
            "s": {"challenge": bytes(32), "key": bytes(32), "signature": bytes(64)},
            "c": {"account": bytes(16), "key": bytes(32), "login": "petrov", "mem": 65536, "nonce": bytes(24), "ops": 3,
                  "proof": bytes(32), "salt": bytes(16), "signature": bytes(64), "wrapped": bytes(48)}}
    for which, fields in said.items():
        yield which.encode() + b"application/msgpack\n" + packed(fields)
        text = json.dumps({n: v.hex() if isinstance(v, bytes) else v for n, v in fields.items()}, ensure_ascii=False)
        yield which.encode() + b"application/json; charset=utf-8\n" + text.encode()


CLOSED_SIGNATURE = ("e0ed1dc7abbe46d5c979f33b672411a6b499e998355c717eccfa9a4472f93463"
                    "2db69c19414e0e04217ae45212968bde1ec2580f3647a75bf43d45e40e98f508")


def closed_session(vector):
    """An entry whose event is of a known kind and well signed: the vector's session, closed by its own key."""
    event = bytes.fromhex(vector["bytes"]).replace(b"session.opened", b"session.closed")
    event = event.replace(bytes.fromhex(vector["body"]), packed({"session": bytes.fromhex(vector["key"])}))
    return (b"\x93\xcf" + (1790000000000).to_bytes(8, "big") + b"\xc4" + bytes([len(event)]) + event + b"\x91\xc4\x40"
            + bytes.fromhex(CLOSED_SIGNATURE))


def receipts(entries, note):
    """A proof with each entry in its extra line."""
    for one in entries:
        yield ("c2sp.org/tlog-proof@v1\nextra %s\nindex 0\n\n" % base64.b64encode(one).decode() + note).encode()


def main():
    vectors_dir, out, found, stamp = sys.argv[1:]
    with open(os.path.join(vectors_dir, "ledger.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    with open(os.path.join(vectors_dir, "ledger-tlog.txt"), encoding="utf-8") as file:
        tlog = file.read()

    def both(group, key):
        return [bytes.fromhex(v[key]) for kind in ("good", "bad") for v in vectors[group][kind]]

    session = next(event for event in vectors["events"]["good"] if event["name"] == "session")
    note = tlog[tlog.index("journal.example/log\n3\n"):tlog.index("consistency")]
    keys = [line.split(" ")[-1] for line in tlog.splitlines() if "key " in line]
    cosigned = note + tlog[tlog.index("cosig line: ") + 12:].rstrip("\n") + "\n"
    seeds = {
        "body": list(bodies()),
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
        "signing": [signing(1, count) for count in range(4)] +
                   [b"\x92\x01\xb3journal.example/log", b"\x92\x05\xa2no", b"\x92\x00\xd9" + bytes([len(note.encode())]) + note.encode()],
        "csv": [b"a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n,2\n", "Код;Имя\r\n1;Ёж\r\n".encode("cp1251"),
                b"\xff\xfe" + "a\tб\n1\t2\n".encode("utf-16-le"), b"sep=;\na;b\n1;2;3\n", "\ufeffa,б\n1\n".encode()],
        "xlsx": [workbook(), SHEET.encode(), "\0".join((SHEET, STRINGS, STYLES)).encode()],
        "json": [b'{"a":[1,-2,null,true,"x"],"b":{"c":"\\u0436\\ud83d\\ude00"}}', b"[]", b" 9223372036854775807 ",
                 b"\x82\xa1a\xc4\x02\0\1\x01\x93\xc0\xc2\xd0\x80"],
        "query": [b"/api/journal?group=%s&from=20700&to=20800&time=-1" % (b"0a" * 16),
                  b"/api/cell?key=%s&pupil=%s&at=7&known=9&day=20701" % (b"ff" * 32, b"01" * 16), b"/?from=1&to=402&at=0"],
        "receipt": list(receipts([closed_session(session)] + both("entries", "bytes"), note)),
        "request": [b"/api/events?after=1&x=%D0%96\nhost:h\naccept:application/json\ncookie:s=1; t=2\n\nbody",
                    b"/a/%2e%2e/b\n", b"/\norigin:https://h\nhost:h\nx-forwarded-for:1.2.3.4, ::1\naccept-encoding:gzip;q=0\n"],
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
