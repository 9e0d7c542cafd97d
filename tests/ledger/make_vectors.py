#!/usr/bin/env python3
"""Writes specs/vectors/ledger.json: golden bytes of the ledger's formats.

Independent of the C code and of every library: canonical msgpack, Ed25519 (RFC 8032), SHA-256 and
HMAC are here or in Python's own standard library. C tests and the TypeScript client read the file.
Bad vectors are good ones with one mutation, which names them.

    python3 tests/ledger/make_vectors.py > specs/vectors/ledger.json
"""

import hashlib
import hmac
import json
import sys

# --- Ed25519, after RFC 8032 section 6 ------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_mul(s, a):
    r = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            r = point_add(r, a)
        a = point_add(a, a)
        s >>= 1
    return r


def recover_x(y):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P != 0:
        x = x * I % P
    return P - x if x & 1 else x


GY = 4 * pow(5, P - 2, P) % P
GX = recover_x(GY)
G = (GX, GY, 1, GX * GY % P)


def compress(a):
    z = pow(a[2], P - 2, P)
    x, y = a[0] * z % P, a[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def expand(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little")
    a &= (1 << 254) - 8
    a |= 1 << 254
    return a, h[32:]


def public_key(seed):
    return compress(point_mul(expand(seed)[0], G))


def sign(seed, message):
    a, prefix = expand(seed)
    public = compress(point_mul(a, G))
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % Q
    big_r = compress(point_mul(r, G))
    h = int.from_bytes(hashlib.sha512(big_r + public + message).digest(), "little") % Q
    return big_r + ((r + h * a) % Q).to_bytes(32, "little")


# --- canonical msgpack ----------------------------------------------------------------------------


def head(value, fix, fix_max, forms):
    """The shortest head for a length or count; forms: (limit, first byte, width)."""
    if fix is not None and value <= fix_max:
        return bytes([fix | value])
    for limit, first, width in forms:
        if value <= limit:
            return bytes([first]) + value.to_bytes(width, "big")
    raise ValueError(value)


def pack(value):
    if value is None:
        return b"\xc0"
    if value is True:
        return b"\xc3"
    if value is False:
        return b"\xc2"
    if isinstance(value, int):
        return pack_int(value)
    if isinstance(value, bytes):
        return head(len(value), None, 0,
                    [(0xFF, 0xC4, 1), (0xFFFF, 0xC5, 2), (0xFFFFFFFF, 0xC6, 4)]) + value
    if isinstance(value, str):
        data = value.encode("utf-8")
        return head(len(data), 0xA0, 31, [(0xFF, 0xD9, 1), (0xFFFF, 0xDA, 2)]) + data
    if isinstance(value, list):
        return head(len(value), 0x90, 15, [(0xFFFF, 0xDC, 2)]) + b"".join(map(pack, value))
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-8"))
        return head(len(pairs), 0x80, 15, [(0xFFFF, 0xDE, 2)]) + b"".join(
            pack(k) + pack(v) for k, v in pairs)
    raise TypeError(value)


def pack_int(value):
    if 0 <= value <= 0x7F:
        return bytes([value])
    if -32 <= value < 0:
        return bytes([value & 0xFF])
    if value >= 0:
        for limit, first, width in [(0xFF, 0xCC, 1), (0xFFFF, 0xCD, 2), (0xFFFFFFFF, 0xCE, 4),
                                    (2**63 - 1, 0xCF, 8)]:
            if value <= limit:
                return bytes([first]) + value.to_bytes(width, "big")
    for bits, first in [(8, 0xD0), (16, 0xD1), (32, 0xD2), (64, 0xD3)]:
        if value >= -(2**(bits - 1)):
            return bytes([first]) + (value & (2**bits - 1)).to_bytes(bits // 8, "big")
    raise ValueError(value)


def tagged(value):
    """A value as JSON that keeps its type: integers as decimal text, bytes as hex."""
    if value is None:
        return {"nil": True}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, bytes):
        return {"bin": value.hex()}
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return {"array": [tagged(v) for v in value]}
    pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-8"))
    return {"map": [[k, tagged(v)] for k, v in pairs]}


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def canon_good():
    values = [("nil", None), ("false", False), ("true", True)]
    for n in [0, 1, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63 - 1]:
        values.append(("int_%d" % n, n))
    for n in [-1, -32, -33, -128, -129, -32768, -32769, -2**31, -2**31 - 1, -2**63]:
        values.append(("int_minus_%d" % -n, n))
    for n in [0, 1, 255, 256]:
        values.append(("bin_%d" % n, bytes(i & 0xFF for i in range(n))))
    for n in [0, 31, 32, 255, 256]:
        values.append(("text_%d" % n, "a" * n))
    values += [
        ("text_russian", "Журнал 7 «Б»: отлично, №1"),
        ("text_lines", "one\ntwo\tthree"),
        ("text_composed", "\u00e9\u0439\u0451"),
        ("text_astral", "\U0001F4D6"),
        ("array_empty", []),
        ("array_15", list(range(15))),
        ("array_16", list(range(16))),
        ("map_empty", {}),
        ("map_one", {"a": 1}),
        ("map_prefix_first", {"a": 1, "aa": 2, "b": 3}),
        ("map_bytes_not_lengths", {"aa": 1, "b": 2}),
        ("map_16", {"k%02d" % i: i for i in range(16)}),
        ("map_unicode_keys", {"z": 1, "\u0439": 2, "\U0001F4D6": 3}),
        ("nested_8", nested(8)),
        ("mixed", {"cells": [{"id": bytes(16), "mark": 5}, None], "ok": True}),
    ]
    return [{"name": n, "value": tagged(v), "hex": pack(v).hex()} for n, v in values]


def canon_bad():
    text = "e\u0301".encode("utf-8")
    bad = [
        ("nothing", b""),
        ("two_values", b"\x01\x02"),
        ("int_5_as_uint8", b"\xcc\x05"),
        ("int_127_as_uint8", b"\xcc\x7f"),
        ("int_255_as_uint16", b"\xcd\x00\xff"),
        ("int_65535_as_uint32", b"\xce\x00\x00\xff\xff"),
        ("int_4294967295_as_uint64", b"\xcf" + (2**32 - 1).to_bytes(8, "big")),
        ("int_5_as_int8", b"\xd0\x05"),
        ("int_200_as_int16", b"\xd1\x00\xc8"),
        ("int_minus_1_as_int8", b"\xd0\xff"),
        ("int_minus_32_as_int8", b"\xd0\xe0"),
        ("int_minus_128_as_int16", b"\xd1\xff\x80"),
        ("int_minus_32768_as_int32", b"\xd2\xff\xff\x80\x00"),
        ("int_minus_2147483648_as_int64", b"\xd3" + (-2**31 & 2**64 - 1).to_bytes(8, "big")),
        ("int_above_2_63", b"\xcf" + (2**63).to_bytes(8, "big")),
        ("float32", b"\xca\x00\x00\x00\x00"),
        ("float64", b"\xcb" + bytes(8)),
        ("never_used_byte", b"\xc1"),
        ("fixext", b"\xd4\x01\x00"),
        ("ext8", b"\xc7\x01\x01\x00"),
        ("timestamp", b"\xd6\xff\x00\x00\x00\x00"),
        ("text_3_as_str8", b"\xd9\x03abc"),
        ("text_40_as_str16", b"\xda\x00\x28" + b"a" * 40),
        ("text_40_as_str32", b"\xdb\x00\x00\x00\x28" + b"a" * 40),
        ("bin_3_as_bin16", b"\xc5\x00\x03abc"),
        ("bin_300_as_bin32", b"\xc6\x00\x00\x01\x2c" + bytes(300)),
        ("array_1_as_array16", b"\xdc\x00\x01\x01"),
        ("array_1_as_array32", b"\xdd\x00\x00\x00\x01\x01"),
        ("map_1_as_map16", b"\xde\x00\x01\xa1a\x01"),
        ("map_keys_swapped", b"\x82\xa1b\x01\xa1a\x02"),
        ("map_key_twice", b"\x82\xa1a\x01\xa1a\x02"),
        ("map_keys_by_length", b"\x82\xa1b\x01\xa2aa\x02"),
        ("map_key_integer", b"\x81\x01\x02"),
        ("map_key_bin", b"\x81\xc4\x01a\x02"),
        ("map_key_without_value", b"\x81\xa1a"),
        ("text_cut", b"\xa5abc"),
        ("bin_cut", b"\xc4\x05abc"),
        ("array_cut", b"\x93\x01\x02"),
        ("int_cut", b"\xcd\x01"),
        ("text_decomposed", bytes([0xA0 | len(text)]) + text),
        ("text_not_utf8", b"\xa2\xff\xfe"),
        ("text_overlong", b"\xa2\xc0\x80"),
        ("text_surrogate", b"\xa3\xed\xa0\x80"),
        ("text_zero", b"\xa1\x00"),
        ("text_escape", b"\xa1\x1b"),
        ("text_return", b"\xa1\x0d"),
        ("text_unassigned", pack("\u0378")),
        ("nested_9", pack(nested(9))),
        ("array_too_long", b"\xdc\x10\x01" + b"\x00" * 4097),
        ("text_too_long", b"\xda\x40\x01" + b"a" * 16385),
    ]
    return [{"name": n, "hex": b.hex()} for n, b in bad]


# --- events ---------------------------------------------------------------------------------------

EVENT_DOMAIN = b"letopis/event/v1\0"
SEALED_DOMAIN = b"letopis/sealed/v1\0"
EMPTY_ROOT = hashlib.sha256(b"").digest()


def seed_of(name):
    return hashlib.sha256(b"letopis/vectors/" + name.encode()).digest()


def event_fields(seed, log_id=bytes(32), counter=1, claimed=1788239160000, kind="school.founded",
                 body=None, seen=(0, EMPTY_ROOT), quote=None):
    fields = {
        "b": {} if body is None else body,
        "c": claimed,
        "k": public_key(seed),
        "l": log_id,
        "n": counter,
        "s": [seen[0], seen[1]],
        "t": kind,
        "v": 1,
    }
    if quote is not None:
        fields["q"] = quote
    return fields


def event_vector(name, seed, **kwargs):
    data = pack(event_fields(seed, **kwargs))
    return {
        "name": name,
        "seed": seed.hex(),
        "key": public_key(seed).hex(),
        "bytes": data.hex(),
        "id": hashlib.sha256(data).hexdigest(),
        "signature": sign(seed, EVENT_DOMAIN + data).hex(),
        "log_id": kwargs.get("log_id", bytes(32)).hex(),
        "counter": kwargs.get("counter", 1),
        "claimed_ms": kwargs.get("claimed", 1788239160000),
        "kind": kwargs.get("kind", "school.founded"),
        "body": pack(kwargs.get("body") or {}).hex(),
        "seen_size": kwargs.get("seen", (0, EMPTY_ROOT))[0],
        "seen_root": kwargs.get("seen", (0, EMPTY_ROOT))[1].hex(),
        "quote": kwargs["quote"].hex() if "quote" in kwargs else None,
    }


def events():
    director, teacher = seed_of("director"), seed_of("teacher")
    founding = event_vector("founding", director, body={"name": "Школа № 1", "zone": 180})
    log_id = bytes.fromhex(founding["id"])
    return [
        founding,
        event_vector("mark", teacher, log_id=log_id, counter=7, kind="mark.set",
                     body={"cells": [{"id": bytes(range(16)), "v": 5}]},
                     seen=(300, seed_of("some root"))),
        event_vector("reaffirmed", teacher, log_id=log_id, counter=2**40, kind="event.reaffirmed",
                     seen=(2**33, seed_of("another root")), quote=seed_of("quoted")),
        event_vector("session", teacher, log_id=log_id, counter=8, claimed=0,
                     kind="session.opened", body={"until": 1788282360000, "place": "каб. 12"}),
    ]


def events_bad():
    seed = seed_of("director")
    bad = []

    def add(name, refusal, field, change):
        fields = event_fields(seed)
        change(fields)
        bad.append({"name": name, "refusal": refusal, "field": field, "bytes": pack(fields).hex()})

    def without(key):
        return lambda f: f.pop(key)

    for key in "bcklnstv":
        add("without_" + key, "malformed", key, without(key))

    def put(key, value):
        return lambda f: f.update({key: value})

    add("body_array", "malformed", "b", put("b", []))
    add("claimed_negative", "malformed", "c", put("c", -1))
    add("claimed_after_9999", "malformed", "c", put("c", 253402300800000))
    add("key_of_31_bytes", "malformed", "k", put("k", bytes(31)))
    add("log_id_text", "malformed", "l", put("l", "a" * 32))
    add("counter_zero", "malformed", "n", put("n", 0))
    add("quote_of_16_bytes", "malformed", "q", put("q", bytes(16)))
    add("seen_of_one", "malformed", "s", put("s", [0]))
    add("seen_negative", "malformed", "s", put("s", [-1, EMPTY_ROOT]))
    add("kind_empty", "malformed", "t", put("t", ""))
    add("kind_upper_case", "malformed", "t", put("t", "Mark.set"))
    add("kind_too_long", "malformed", "t", put("t", "a" * 41))
    add("kind_bin", "malformed", "t", put("t", b"mark.set"))
    add("version_2", "unknown_version", "v", put("v", 2))
    add("version_text", "malformed", "v", put("v", "1"))
    add("key_too_many", "malformed", "event", put("z", 1))
    add("key_between", "malformed", "n", put("m", 1))
    good = pack(event_fields(seed))
    bad.append({"name": "not_a_map", "refusal": "malformed", "field": "event",
                "bytes": pack([good]).hex()})
    bad.append({"name": "one_byte_more", "refusal": "not_canonical", "field": "event",
                "bytes": (good + b"\0").hex()})
    bad.append({"name": "one_byte_less", "refusal": "not_canonical", "field": "event",
                "bytes": good[:-1].hex()})
    bad.append({"name": "nothing", "refusal": "not_canonical", "field": "event", "bytes": ""})
    return bad


def entries(made):
    out = []
    for i, event in enumerate(made[:2]):
        data = bytes.fromhex(event["bytes"])
        signatures = [bytes.fromhex(event["signature"])]
        if i == 1:
            signatures.append(sign(seed_of("deputy"), EVENT_DOMAIN + data))
        recorded = 1788239160123 + i
        raw = pack([recorded, data, signatures])
        out.append({
            "name": event["name"],
            "recorded_ms": recorded,
            "event": event["bytes"],
            "signatures": [s.hex() for s in signatures],
            "bytes": raw.hex(),
            "leaf": hashlib.sha256(b"\0" + raw).hexdigest(),
        })
    return out


def entries_bad(good):
    event = bytes.fromhex(good[0]["event"])
    signature = bytes.fromhex(good[0]["signatures"][0])
    bad = [
        ("no_signature", pack([1, event, []])),
        ("seventeen_signatures", pack([1, event, [signature] * 17])),
        ("signature_of_63_bytes", pack([1, event, [signature[:63]]])),
        ("recorded_negative", pack([-1, event, [signature]])),
        ("recorded_text", pack(["1", event, [signature]])),
        ("event_as_map", pack([1, {}, [signature]])),
        ("event_too_long", pack([1, bytes(60001), [signature]])),
        ("four_items", pack([1, event, [signature], 0])),
        ("a_map", pack({"a": 1})),
        ("one_byte_more", pack([1, event, [signature]]) + b"\0"),
    ]
    return [{"name": n, "bytes": b.hex()} for n, b in bad]


def commit(path, salt, value):
    raw = path.encode("utf-8")
    message = SEALED_DOMAIN + bytes([len(raw)]) + raw + value
    return hmac.new(salt, message, hashlib.sha256).digest()


def commitments():
    cases = [
        ("name", seed_of("salt 1"), "Иванов Иван"),
        ("cells.3.2", seed_of("salt 2"), {"reason": "болезнь", "until": 20700}),
        ("p" * 64, bytes(32), None),
        ("a", bytes(32), "b"),
    ]
    return [{"path": p, "salt": s.hex(), "value": pack(v).hex(),
             "commitment": commit(p, s, pack(v)).hex()} for p, s, v in cases]


def submissions(made):
    out = []
    for event, openings in [(made[0], []),
                            (made[1], [("name", seed_of("salt 1"), pack("Иванов Иван")),
                                       ("cells.0", seed_of("salt 2"), pack([1, None]))])]:
        data = bytes.fromhex(event["bytes"])
        signature = bytes.fromhex(event["signature"])
        wire = pack([data, [signature], [[p, s, v] for p, s, v in openings]])
        out.append({
            "name": event["name"],
            "event": event["bytes"],
            "signatures": [event["signature"]],
            "openings": [{"path": p, "salt": s.hex(), "value": v.hex(),
                          "commitment": commit(p, s, v).hex()} for p, s, v in openings],
            "wire": wire.hex(),
        })
    return out


def submissions_bad(made):
    data = bytes.fromhex(made[0]["bytes"])
    signature = bytes.fromhex(made[0]["signature"])
    salt = bytes(32)
    bad = [
        ("nothing", "not_canonical", b""),
        ("a_map", "malformed", pack({})),
        ("two_items", "malformed", pack([data, [signature]])),
        ("event_as_text", "malformed", pack(["a", [signature], []])),
        ("event_broken", "not_canonical", pack([data[:-1], [signature], []])),
        ("no_signature", "malformed", pack([data, [], []])),
        ("signature_short", "malformed", pack([data, [signature[:-1]], []])),
        ("seventeen_signatures", "too_large", pack([data, [signature] * 17, []])),
        ("opening_of_two", "malformed", pack([data, [signature], [["a", salt]]])),
        ("opening_path_empty", "malformed", pack([data, [signature], [["", salt, b"\0"]]])),
        ("opening_path_long", "too_large", pack([data, [signature], [["a" * 65, salt, b"\0"]]])),
        ("opening_salt_short", "malformed", pack([data, [signature], [["a", salt[:31], b"\0"]]])),
        ("opening_value_text", "malformed", pack([data, [signature], [["a", salt, "x"]]])),
        ("opening_value_long", "too_large",
         pack([data, [signature], [["a", salt, pack(bytes(4096))]]])),
        ("opening_value_not_canonical", "not_canonical",
         pack([data, [signature], [["a", salt, b"\xcc\x01"]]])),
        ("openings_257", "too_large", pack([data, [signature], [["a", salt, b"\0"]] * 257])),
    ]
    return [{"name": n, "refusal": r, "wire": w.hex()} for n, r, w in bad]


def main():
    # RFC 8032, section 7.1, test 1 and 2: the arithmetic above is that of the standard.
    assert public_key(bytes.fromhex(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).hex() == \
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert sign(bytes.fromhex(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), b"\x72").hex() == \
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" \
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    made = events()
    good_entries = entries(made)
    vectors = {
        "about": "made by tests/ledger/make_vectors.py; all bytes are hex",
        "canon": {"good": canon_good(), "bad": canon_bad()},
        "events": {"good": made, "bad": events_bad()},
        "entries": {"good": good_entries, "bad": entries_bad(good_entries)},
        "commitments": commitments(),
        "submissions": {"good": submissions(made), "bad": submissions_bad(made)},
    }
    json.dump(vectors, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
