"""What `letopis export --events` writes, read a second time from specs/formats.md alone: the file, canonical
msgpack, entries, events, the tree's root. Standard library only."""
import hashlib, struct


def entries(data):
    """Big-endian uint32 length, then the bytes; nothing before, between or after."""
    at, out = 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        assert at + 4 + length <= len(data), "the file ends within an entry"
        out.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return out


def unpack(data, at=0):
    """One msgpack value at `at`: (value, where the next one begins)."""
    b = data[at]
    at += 1
    if b < 0x80: return b, at
    if b >= 0xe0: return b - 256, at
    if b < 0x90: return _map(data, at, b & 15)
    if b < 0xa0: return _array(data, at, b & 15)
    if b < 0xc0: return data[at:at + (b & 31)].decode(), at + (b & 31)
    if b in (0xc0, 0xc2, 0xc3): return {0xc0: None, 0xc2: False, 0xc3: True}[b], at
    number = {0xcc: ">B", 0xcd: ">H", 0xce: ">I", 0xcf: ">Q", 0xd0: ">b", 0xd1: ">h", 0xd2: ">i", 0xd3: ">q"}
    if b in number: return struct.unpack_from(number[b], data, at)[0], at + struct.calcsize(number[b])
    size = {0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4}[b]
    n, at = int.from_bytes(data[at:at + size], "big"), at + size
    if b >= 0xde: return _map(data, at, n)
    if b >= 0xdc: return _array(data, at, n)
    return (data[at:at + n] if b < 0xd0 else data[at:at + n].decode()), at + n


def _array(data, at, n):
    out = []
    for _ in range(n):
        value, at = unpack(data, at)
        out.append(value)
    return out, at


def _map(data, at, n):
    out = {}
    for _ in range(n):
        key, at = unpack(data, at)
        out[key], at = unpack(data, at)
    return out, at


def entry(data):
    """(recorded_at, event, id) of an entry's bytes."""
    (recorded, event, signatures), end = unpack(data)
    assert end == len(data) and all(len(s) == 64 for s in signatures)
    body, end = unpack(event)
    assert end == len(event)
    return recorded, body, hashlib.sha256(event).digest()


def root(leaves):
    """RFC 6962, section 2.1: by a stack of perfect subtrees."""
    stack = []
    for n, leaf in enumerate(leaves):
        node = hashlib.sha256(b"\0" + leaf).digest()
        while n & 1:
            node = hashlib.sha256(b"\1" + stack.pop() + node).digest()
            n >>= 1
        stack.append(node)
    node = stack.pop()
    while stack:
        node = hashlib.sha256(b"\1" + stack.pop() + node).digest()
    return node
