// Checkpoints: C2SP signed notes (tlog-checkpoint), verified against the log's vkey.
import { type Bytes, concat, equal, sha256, unbase64, utf8 } from './hash'
import { verifySignature } from './keys'

const ED25519 = 0x01
const COSIGNATURE = 0x04
const SIZE_MAX = Number.MAX_SAFE_INTEGER

export interface Verifier {
  readonly name: string
  readonly keyHash: Bytes
  readonly key: Bytes
}

/** Reads "<name>+<key hash>+<base64 of type and key>"; throws when its parts do not agree. */
export function parseVkey(vkey: string, type = ED25519): Verifier {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey)
  if (parts === null) throw new Error('not a verifier key')
  const typed = unbase64(parts[3]!)
  if (typed.length !== 33 || typed[0] !== type) throw new Error('not a verifier key of this kind')
  const keyHash = sha256(utf8(parts[1]! + '\n'), typed).slice(0, 4)
  const said = new Uint8Array((parts[2]!.match(/../g) ?? []).map((b) => parseInt(b, 16)))
  if (!equal(keyHash, said)) throw new Error('the key does not match its hash')
  return { name: parts[1]!, keyHash, key: typed.slice(1) }
}

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Bytes
}

/** Verifies a signed note and gives its checkpoint; throws with the reason. */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint {
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) throw new Error('not a signed note')
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (!lines.some((line) => signatureHolds(line, text, verifier))) throw new Error('no valid signature of the log')
  return parseCheckpoint(text, verifier.name)
}

function signatureHolds(line: string, text: string, verifier: Verifier): boolean {
  const parts = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line)
  if (parts === null) throw new Error('not a signed note')
  if (parts[1] !== verifier.name) return false
  const blob = unbase64(parts[2]!)
  if (blob.length !== 4 + 64 || !equal(blob.subarray(0, 4), verifier.keyHash)) return false
  if (!verifySignature(blob.subarray(4), utf8(text), verifier.key)) throw new Error('the signature of the log does not hold')
  return true
}

/**
 * When the witness cosigned this note (seconds since 1970; C2SP tlog-cosignature), or null when it did not; throws
 * when a line that names its key does not hold.
 */
export function cosignedAt(note: string, witnessVkey: string): number | null {
  const witness = parseVkey(witnessVkey, COSIGNATURE)
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) throw new Error('not a signed note')
  const text = note.slice(0, split + 1)
  let found: number | null = null
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const parts = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line)
    if (parts === null || parts[1] !== witness.name) continue
    const blob = unbase64(parts[2]!)
    if (blob.length !== 4 + 8 + 64 || !equal(blob.subarray(0, 4), witness.keyHash)) continue
    const time = new DataView(blob.buffer, blob.byteOffset + 4, 8).getBigUint64(0)
    if (!verifySignature(blob.subarray(12), utf8(`cosignature/v1\ntime ${time}\n${text}`), witness.key)) throw new Error('the cosignature does not hold')
    found = Number(time)
  }
  return found
}

function parseCheckpoint(text: string, origin: string): Checkpoint {
  const lines = text.split('\n')
  if (lines[0] !== origin) throw new Error('the checkpoint is of another log')
  if (!/^(0|[1-9][0-9]*)$/.test(lines[1] ?? '')) throw new Error('the checkpoint has no size')
  const size = Number(lines[1])
  if (size > SIZE_MAX) throw new Error('the checkpoint has no size')
  const root = unbase64(lines[2] ?? '')
  if (root.length !== 32) throw new Error('the checkpoint has no root')
  return { origin, size, root }
}

/** The note key hash, exported for the makers of test notes. */
export function noteKeyHash(name: string, key: Uint8Array): Bytes {
  return sha256(utf8(name + '\n'), concat(new Uint8Array([ED25519]), key)).slice(0, 4)
}
