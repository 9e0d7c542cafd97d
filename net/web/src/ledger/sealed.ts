// Sealed fields (specs/formats.md, section 5): the event carries a commitment, the opening travels
// beside it. A `Sealer` collects the openings of one event while its body is being built.
import { encode, type Value } from './canon'
import { type Bytes, domain, hmacSha256, random, utf8 } from './hash'

export const SALT_LEN = 32
const DOMAIN = domain('letopis/sealed/v1')

export interface Opening {
  readonly path: string
  readonly salt: Bytes
  /** Canonical msgpack of the value. */
  readonly value: Bytes
}

/** HMAC-SHA-256, keyed by the salt, over the domain, the path with its length, and the value. */
export function commitment(path: string, salt: Uint8Array, value: Uint8Array): Bytes {
  const name = utf8(path)
  if (name.length === 0 || name.length > 64) throw new Error('a path has 1 to 64 bytes')
  return hmacSha256(salt, DOMAIN, new Uint8Array([name.length]), name, value)
}

export class Sealer {
  readonly openings: Opening[] = []

  /** Seals a value that stands at `path` in the body ("place", "cells.3.2"). */
  seal(path: string, value: Value): Bytes {
    const opening = { path, salt: random(SALT_LEN), value: encode(value) }
    this.openings.push(opening)
    return commitment(path, opening.salt, opening.value)
  }

  /** The same, where nil stands for nothing. */
  sealMaybe(path: string, value: Value): Bytes | null {
    return value === null ? null : this.seal(path, value)
  }
}
