// The vault: how a password guards the seed of an account's key (specs/access.md).
//
// Argon2id gives 64 bytes. The first half proves knowledge to the server; the second half never
// leaves and wraps the seed. Whoever has the server's copy still has to guess the password.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { type Bytes, random, utf8 } from '../ledger/hash'
import { argon2id } from './argon'

/** Below the floor a server could make guessing cheap; above the ceiling it could stop the page. */
export const ARGON_FLOOR = { memKib: 65536, ops: 3 } as const
export const ARGON_CEILING = { memKib: 1048576, ops: 32 } as const

export interface VaultParameters { readonly salt: Bytes; readonly memKib: number; readonly ops: number }
export interface VaultKeys { readonly proof: Bytes; readonly wrapKey: Bytes }

export class WeakVaultError extends Error {}

/** Logins are compared as they are stored: normal form C, lower case, no space around. */
export function cleanLogin(typed: string): string {
  return typed.trim().normalize('NFC').toLowerCase()
}

export async function deriveVault(password: string, parameters: VaultParameters): Promise<VaultKeys> {
  const { salt, memKib, ops } = parameters
  if (salt.length !== 16 || memKib < ARGON_FLOOR.memKib || ops < ARGON_FLOOR.ops) throw new WeakVaultError('below the floor')
  if (memKib > ARGON_CEILING.memKib || ops > ARGON_CEILING.ops) throw new WeakVaultError('above the ceiling')
  const both = await argon2id({ password: utf8(password.normalize('NFC')), salt, memKib, ops, length: 64 })
  const keys = { proof: both.slice(0, 32), wrapKey: both.slice(32) }
  both.fill(0)
  return keys
}

/** Wraps a seed; the associated data is the login, so a blob cannot serve another login. */
export function wrapSeed(seed: Uint8Array, login: string, wrapKey: Uint8Array): { nonce: Bytes; wrapped: Bytes } {
  const nonce = random(24)
  return { nonce, wrapped: xchacha20poly1305(wrapKey, nonce, utf8(login)).encrypt(seed) as Bytes }
}

/** Throws when the blob is not what this password wrapped for this login. */
export function unwrapSeed(wrapped: Uint8Array, nonce: Uint8Array, login: string, wrapKey: Uint8Array): Bytes {
  const seed = xchacha20poly1305(wrapKey, nonce, utf8(login)).decrypt(wrapped)
  if (seed.length !== 32) throw new Error('not a seed')
  return seed as Bytes
}
