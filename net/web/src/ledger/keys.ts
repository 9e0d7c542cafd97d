// Keys: whoever signs. A session's key is made by WebCrypto and cannot be read out again where the
// browser knows Ed25519; elsewhere it is a seed in memory. Keys of invitations and emergencies are
// derived from a printed code (specs/access.md).
import { ed25519 } from '@noble/curves/ed25519.js'
import { type Bytes, concat, domain, hex, random, sha256, utf8 } from './hash'

export const KEY_LEN = 32
export const SEED_LEN = 32
export const SIGNATURE_LEN = 64

export interface Signer {
  /** The public key. */
  readonly key: Bytes
  /** True when the private part cannot be read out of this browser. */
  readonly sealedInBrowser: boolean
  sign(message: Bytes): Promise<Bytes>
  /** Forgets the private part; later signing fails. */
  forget(): void
}

/** A signer over a seed, which it copies and wipes when it forgets. */
export function signerOfSeed(seed: Uint8Array): Signer {
  if (seed.length !== SEED_LEN) throw new Error('a seed has 32 bytes')
  const own = Uint8Array.from(seed)
  const key = ed25519.getPublicKey(own) as Bytes
  let live = true
  return {
    key,
    sealedInBrowser: false,
    async sign(message) {
      if (!live) throw new Error('the key has been forgotten')
      return ed25519.sign(message, own) as Bytes
    },
    forget() {
      live = false
      own.fill(0)
    },
  }
}

/** A fresh key for a session: non-extractable where the browser can, a seed in memory elsewhere. */
export async function newSessionSigner(): Promise<Signer> {
  try {
    const pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])) as CryptoKeyPair
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    let secret: CryptoKey | null = pair.privateKey
    return {
      key,
      sealedInBrowser: true,
      async sign(message) {
        if (secret === null) throw new Error('the key has been forgotten')
        return new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, secret, message))
      },
      forget() {
        secret = null
      },
    }
  } catch {
    const seed = random(SEED_LEN)
    const signer = signerOfSeed(seed)
    seed.fill(0)
    return signer
  }
}

/** True when the signature holds, by the strict rules that libsodium applies. */
export function verifySignature(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false
  }
}

// ---- printed codes

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const CODE_LEN = 16

/** The 16 characters behind what a person typed, or null when that cannot be a code. */
export function normaliseCode(typed: string): string | null {
  const plain = typed.toUpperCase().replace(/[\s\-–—]/g, '').replace(/[OО]/g, '0').replace(/[IL]/g, '1')
  if (plain.length !== CODE_LEN) return null
  for (const c of plain) if (!CROCKFORD.includes(c)) return null
  return plain
}

/** A fresh code: 80 random bits, most significant first. */
export function newCode(bytes: Uint8Array = random(CODE_LEN * 5 / 8)): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  return Array.from({ length: CODE_LEN }, (_, i) => CROCKFORD[Number((bits >> BigInt(5 * (CODE_LEN - 1 - i))) & 31n)]).join('')
}

/** Groups of four, as it is printed. */
export function printCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-')
}

export type CodeUse = 'invitation' | 'emergency'

/** The salt of a code's derivation: bound to its use and to the log. */
export function codeSalt(use: CodeUse, logId: Uint8Array): Bytes {
  return sha256(concat(domain(`letopis/${use}/v1`), logId)).slice(0, 16)
}

export const CODE_ARGON = { memKib: 8192, ops: 1, length: SEED_LEN } as const

export function codePassword(code: string): Bytes {
  return utf8(code)
}

/** The first eight digits of a key, for people to compare. */
export function keyName(key: string | Uint8Array): string {
  const text = typeof key === 'string' ? key : hex(key)
  return `${text.slice(0, 4)} ${text.slice(4, 8)}`
}
