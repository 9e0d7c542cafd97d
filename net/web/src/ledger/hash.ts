// Bytes and digests: hex, base64, comparison, SHA-256 and HMAC. Everything here is synchronous.
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

export type Bytes = Uint8Array<ArrayBuffer>

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

export function hex(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i++) out += HEX[bytes[i]!]!
  return out
}

/** Reads hex of either case; throws on anything else. */
export function unhex(text: string): Bytes {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new Error('not hexadecimal')
  const out = new Uint8Array(text.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return out
}

export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const b of bytes) binary += String.fromCharCode(b)
  return btoa(binary)
}

/** Reads strict standard base64: what `base64` would not write is refused. */
export function unbase64(text: string): Bytes {
  const binary = atob(text)
  const out = new Uint8Array(binary.length)
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i)
  if (base64(out) !== text) throw new Error('not canonical base64')
  return out
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}

/** A domain of separation: its ASCII name and a terminating zero. */
export function domain(name: string): Bytes {
  return utf8(name + '\0')
}

/** Ascending byte order, a prefix first. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!
    if (d !== 0) return d
  }
  return a.length - b.length
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b) === 0
}

export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const h = nobleSha256.create()
  for (const p of parts) h.update(p)
  return h.digest() as Bytes
}

export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Bytes {
  const h = hmac.create(nobleSha256, key)
  for (const p of parts) h.update(p)
  return h.digest() as Bytes
}

export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** A random 128-bit id of a subject or a cell, in hex. */
export function newId(): string {
  return hex(random(16))
}
