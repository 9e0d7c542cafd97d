// How what is kept on this computer is locked (specs/offline.md): one key an account, from the seed
// of its own key, so that whoever can open the vault can open what is kept, and nobody else.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { type Bytes, concat, domain, hex, hmacSha256, random, utf8 } from '../ledger/hash'

const NONCE_LEN = 24

/** The key of an account's store in this school. */
export const storeKeyOf = (seed: Uint8Array, logId: Uint8Array): Bytes => hmacSha256(seed, domain('letopis/offline/v1'), logId)

/** A name that says nothing to whoever has no key. */
export const blind = (key: Uint8Array, name: string): string => hex(hmacSha256(key, domain('letopis/offline/name/v1'), utf8(name)))

/** nonce ‖ XChaCha20-Poly1305; `label` is bound to it, so that a row cannot stand in for another. */
export function lock(key: Uint8Array, label: string, bytes: Uint8Array): Bytes {
  const nonce = random(NONCE_LEN)
  return concat(nonce, xchacha20poly1305(key, nonce, utf8(label)).encrypt(bytes))
}

/** Throws when the box was not locked with this key under this label. */
export function unlock(key: Uint8Array, label: string, box: Uint8Array): Bytes {
  return xchacha20poly1305(key, box.subarray(0, NONCE_LEN), utf8(label)).decrypt(box.subarray(NONCE_LEN)) as Bytes
}

export const lockJson = (key: Uint8Array, label: string, value: unknown): Bytes => lock(key, label, utf8(JSON.stringify(value)))
export const unlockJson = <A>(key: Uint8Array, label: string, box: Uint8Array): A => JSON.parse(new TextDecoder().decode(unlock(key, label, box))) as A
