// Checking one entry from the outside in: its place in the tree, the checkpoint it leads to, and
// the author's signature. The same steps as a parent would take years later with the saved file.
import type { Proof } from '../api/types'
import { decode, type Value } from './canon'
import { parseEntry, verifyEvent, type Entry } from './event'
import { base64, hex, sha256, unhex } from './hash'
import { openCheckpoint, parseVkey } from './note'
import { leafHash, verifyInclusion } from './tree'

export interface ReceiptCheck {
  readonly entry: Entry | null
  readonly eventId: string
  readonly body: Value
  readonly signatureOk: boolean
  readonly included: boolean
  readonly checkpointOk: boolean
}

export const receiptHolds = (c: ReceiptCheck): boolean => c.signatureOk && c.included && c.checkpointOk

export function checkReceipt(proof: Proof, vkey: string): ReceiptCheck {
  const bytes = unhex(proof.entry)
  let entry: Entry | null = null
  let body: Value = null
  let signatureOk = false
  try {
    entry = parseEntry(bytes)
    const event = decode(entry.eventBytes) as { readonly [key: string]: Value }
    body = event['b'] ?? null
    signatureOk = entry.signatures.length > 0 && verifyEvent(entry.eventBytes, entry.signatures[0]!, entry.key)
  } catch {
    // Not an entry: nothing below can hold either.
  }
  let included = false
  let checkpointOk = false
  try {
    const checkpoint = openCheckpoint(proof.checkpoint, parseVkey(vkey))
    checkpointOk = checkpoint.size === proof.size
    included = verifyInclusion(leafHash(bytes), proof.seq, checkpoint.size, checkpoint.root, proof.path.map(unhex))
  } catch {
    // The checkpoint does not open: checkpointOk stays false and says so.
  }
  return { entry, eventId: entry === null ? '' : hex(sha256(entry.eventBytes)), body, signatureOk, included, checkpointOk }
}

/** A C2SP tlog-proof file, with the entry beside it in the extra line. */
export function receiptText(proof: Proof): string {
  const lines = ['c2sp.org/tlog-proof@v1', `extra ${base64(unhex(proof.entry))}`, `index ${proof.seq}`, ...proof.path.map((h) => base64(unhex(h))), '', proof.checkpoint]
  return lines.join('\n')
}
