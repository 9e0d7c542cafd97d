// Canonical msgpack: one encoding for one value (specs/formats.md, section 1; ledger/canon.c).
//
// The writer gives the shortest integers, sorted keys and no floats. The strict reader refuses all
// that the writer would not write. The lenient reader is for views: ordinary msgpack with whole
// numbers, whose binary values become lower-case hex, the form in which the client keeps ids.
import { type Bytes, compare, concat, hex, utf8 } from './hash'

export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | { readonly [key: string]: Value }

export const NESTING_MAX = 8
export const ITEM_COUNT_MAX = 4096
export const TEXT_LEN_MAX = 16384
export const BIN_LEN_MAX = 65535

const INT_MAX = 2n ** 63n - 1n
const INT_MIN = -(2n ** 63n)

export class CanonError extends Error {}

function fail(reason: string): never {
  throw new CanonError(reason)
}

/** What may stand in a signed text: normal form C, no control characters but tab and newline. */
export function textIsClean(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text.normalize('NFC') === text && !/[\u0000-\u0008\u000b-\u001f]|\p{Cn}|\p{Cs}/u.test(text)
}

/** What a person typed becomes what may be signed: normal form C, trimmed, without controls. */
export function cleanText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.normalize('NFC').replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f]|\p{Cn}|\p{Cs}/gu, '').trim()
}

// ---- writing

function number(first: number, width: number, n: bigint): Bytes {
  const out = new Uint8Array(1 + width)
  out[0] = first
  let rest = BigInt.asUintN(64, n)
  for (let i = width; i >= 1; i--) {
    out[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return out
}

function intBytes(n: bigint): Bytes {
  if (n > INT_MAX || n < INT_MIN) fail('an integer outside 64 bits')
  if (n >= 0n) {
    if (n <= 0x7fn) return number(Number(n), 0, n)
    if (n <= 0xffn) return number(0xcc, 1, n)
    if (n <= 0xffffn) return number(0xcd, 2, n)
    if (n <= 0xffffffffn) return number(0xce, 4, n)
    return number(0xcf, 8, n)
  }
  if (n >= -32n) return number(Number(n) + 256, 0, n)
  if (n >= -128n) return number(0xd0, 1, n)
  if (n >= -32768n) return number(0xd1, 2, n)
  if (n >= -2147483648n) return number(0xd2, 4, n)
  return number(0xd3, 8, n)
}

/** The head of a text, bin, array or map of `n`; `fix` is the short form's first byte, if any. */
function head(n: number, fix: number, fixMax: number, forms: readonly [number, number, number]): Bytes {
  if (n <= fixMax) return new Uint8Array([fix | n])
  const big = BigInt(n)
  if (forms[0] !== 0 && n <= 0xff) return number(forms[0], 1, big)
  if (n <= 0xffff) return number(forms[1], 2, big)
  return number(forms[2], 4, big)
}

function put(value: Value, depth: number, out: Bytes[]): void {
  if (value === null) out.push(new Uint8Array([0xc0]))
  else if (typeof value === 'boolean') out.push(new Uint8Array([value ? 0xc3 : 0xc2]))
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) fail('a number that is not a safe integer')
    out.push(intBytes(BigInt(value)))
  } else if (typeof value === 'bigint') out.push(intBytes(value))
  else if (typeof value === 'string') putText(value, out)
  else if (value instanceof Uint8Array) {
    if (value.length > BIN_LEN_MAX) fail('longer than its limit')
    out.push(head(value.length, 0, -1, [0xc4, 0xc5, 0xc6]), value as Bytes)
  } else putContainer(value, depth, out)
}

function putText(text: string, out: Bytes[]): void {
  if (!textIsClean(text)) fail('text that is not in normal form C')
  const bytes = utf8(text)
  if (bytes.length > TEXT_LEN_MAX) fail('longer than its limit')
  out.push(head(bytes.length, 0xa0, 31, [0xd9, 0xda, 0xdb]), bytes)
}

function putContainer(value: readonly Value[] | { readonly [key: string]: Value }, depth: number, out: Bytes[]): void {
  if (depth >= NESTING_MAX) fail('nested too deep')
  if (Array.isArray(value)) {
    if (value.length > ITEM_COUNT_MAX) fail('longer than its limit')
    out.push(head(value.length, 0x90, 15, [0, 0xdc, 0xdd]))
    for (const item of value as readonly Value[]) put(item, depth + 1, out)
    return
  }
  const pairs = Object.entries(value as { readonly [key: string]: Value }).map(([k, v]) => [utf8(k), k, v] as const)
  if (pairs.length > ITEM_COUNT_MAX) fail('longer than its limit')
  pairs.sort((a, b) => compare(a[0], b[0]))
  out.push(head(pairs.length, 0x80, 15, [0, 0xde, 0xdf]))
  for (const [, key, item] of pairs) {
    putText(key, out)
    put(item, depth + 1, out)
  }
}

/** The canonical encoding; throws CanonError on what may not be signed. */
export function encode(value: Value): Bytes {
  const out: Bytes[] = []
  put(value, 0, out)
  return concat(...out)
}

// ---- reading

class Reader {
  at = 0
  private readonly view: DataView
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(private readonly bytes: Uint8Array, private readonly strict: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  private take(n: number): Uint8Array {
    if (this.bytes.length - this.at < n) fail('ends before its value does')
    const out = this.bytes.subarray(this.at, this.at + n)
    this.at += n
    return out
  }

  /** Reads the unsigned number of a form; in strict reading it must have needed that form. */
  private unsigned(width: 1 | 2 | 4, least: number): number {
    const start = this.at
    this.take(width)
    const n = width === 1 ? this.view.getUint8(start) : width === 2 ? this.view.getUint16(start) : this.view.getUint32(start)
    if (this.strict && n < least) fail('a longer form than the value needs')
    return n
  }

  private signed(width: 1 | 2 | 4, least: number): number {
    const start = this.at
    this.take(width)
    const n = width === 1 ? this.view.getInt8(start) : width === 2 ? this.view.getInt16(start) : this.view.getInt32(start)
    if (this.strict && n > least) fail('a longer form than the value needs')
    return n
  }

  private wide(isSigned: boolean): number | bigint {
    const start = this.at
    this.take(8)
    const n = isSigned ? this.view.getBigInt64(start) : this.view.getBigUint64(start)
    if (n > INT_MAX) fail('an integer above 2^63-1')
    if (this.strict && (isSigned ? n >= INT32_MIN : n <= 0xffffffffn)) fail('a longer form than the value needs')
    return n >= SAFE_MIN && n <= SAFE_MAX ? Number(n) : n
  }

  private text(length: number): string {
    if (this.strict && length > TEXT_LEN_MAX) fail('longer than its limit')
    let text: string
    const bytes = this.take(length)
    try {
      text = this.utf8.decode(bytes)
    } catch {
      fail('text that is not UTF-8')
    }
    if (this.strict && !textIsClean(text)) fail('text that is not in normal form C')
    return text
  }

  private bin(length: number): Value {
    if (this.strict && length > BIN_LEN_MAX) fail('longer than its limit')
    const bytes = this.take(length)
    return this.strict ? bytes.slice() : hex(bytes)
  }

  private array(count: number, depth: number): Value {
    this.enter(count, depth)
    const out: Value[] = []
    for (let i = 0; i < count; i++) out.push(this.value(depth + 1))
    return out
  }

  private map(count: number, depth: number): Value {
    this.enter(count, depth)
    const out: { [key: string]: Value } = Object.create(null) as { [key: string]: Value }
    let last: Uint8Array | null = null
    for (let i = 0; i < count; i++) {
      const start = this.at
      const key = this.value(depth + 1)
      if (typeof key !== 'string') fail('a map key that is not a text')
      // The encoded key, without its head, in bytes: what the order is defined on.
      const encoded = this.strict ? utf8(key) : this.bytes.subarray(start, this.at)
      if (this.strict && last !== null && compare(last, encoded) >= 0) fail('map keys out of order or twice')
      last = encoded
      out[key] = this.value(depth + 1)
    }
    return out
  }

  private enter(count: number, depth: number): void {
    if (depth >= (this.strict ? NESTING_MAX : 32)) fail('nested too deep')
    if (this.strict && count > ITEM_COUNT_MAX) fail('longer than its limit')
    if (count > this.bytes.length - this.at) fail('ends before its value does')
  }

  value(depth: number): Value {
    const first = this.take(1)[0]!
    if (first <= 0x7f) return first
    if (first >= 0xe0) return first - 256
    if (first <= 0x8f) return this.map(first & 0x0f, depth)
    if (first <= 0x9f) return this.array(first & 0x0f, depth)
    if (first <= 0xbf) return this.text(first & 0x1f)
    switch (first) {
      case 0xc0: return null
      case 0xc2: return false
      case 0xc3: return true
      case 0xc4: return this.bin(this.unsigned(1, 0))
      case 0xc5: return this.bin(this.unsigned(2, 0x100))
      case 0xc6: return this.bin(this.unsigned(4, 0x10000))
      case 0xcc: return this.unsigned(1, 0x80)
      case 0xcd: return this.unsigned(2, 0x100)
      case 0xce: return this.unsigned(4, 0x10000)
      case 0xcf: return this.wide(false)
      case 0xd0: return this.signed(1, -33)
      case 0xd1: return this.signed(2, -129)
      case 0xd2: return this.signed(4, -32769)
      case 0xd3: return this.wide(true)
      case 0xd9: return this.text(this.unsigned(1, 32))
      case 0xda: return this.text(this.unsigned(2, 0x100))
      case 0xdb: return this.text(this.unsigned(4, 0x10000))
      case 0xdc: return this.array(this.unsigned(2, 16), depth)
      case 0xdd: return this.array(this.unsigned(4, 0x10000), depth)
      case 0xde: return this.map(this.unsigned(2, 16), depth)
      case 0xdf: return this.map(this.unsigned(4, 0x10000), depth)
      case 0xca: case 0xcb: return fail('floating point numbers are not used')
      case 0xc1: return fail('a byte that begins no value')
      default: return fail('extension types are not used')
    }
  }
}

const INT32_MIN = -2147483648n
const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER)
const SAFE_MIN = BigInt(Number.MIN_SAFE_INTEGER)

function readWhole(bytes: Uint8Array, strict: boolean): Value {
  if (bytes.length === 0) fail('no value')
  const reader = new Reader(bytes, strict)
  const value = reader.value(0)
  if (reader.at !== bytes.length) fail('bytes after the value')
  return value
}

/** Reads exactly one canonical value; throws CanonError with the reason. Bins stay bytes. */
export function decode(bytes: Uint8Array): Value {
  return readWhole(bytes, true)
}

/** Reads a view: one ordinary msgpack value; bins become lower-case hex. */
export function decodeView(bytes: Uint8Array): Value {
  return readWhole(bytes, false)
}
