// From a key that this browser knows to the key that the log has now (specs/ledger.md, "Handover"): each
// former key signed a last checkpoint that continues what was seen under it, and in that checkpoint's tree
// stands the entry by which root names the next key.
import type { Handover } from '../api/types'
import { decode } from './canon'
import { parseEntry } from './event'
import { hex, unhex } from './hash'
import { openCheckpoint, parseVkey } from './note'
import { leafHash, verifyConsistency, verifyInclusion } from './tree'

export interface Known { readonly vkey: string; readonly size: number; readonly root: string }

type Path = (old: number, size: number) => Promise<readonly string[]>

/** The key that an entry names after `vkey`; null: it says nothing of the kind. */
function nextKey(entry: Uint8Array, vkey: string): string | null {
  const { eventBytes, kind } = parseEntry(entry)
  if (kind !== 'log.continued') return null
  const { b: body } = decode(eventBytes) as unknown as { readonly b: { readonly from?: unknown; readonly to?: unknown } }
  return body.from === vkey && typeof body.to === 'string' ? body.to : null
}

/** One step, or null when what the server shows does not carry it. */
async function step(known: Known, former: Handover, path: Path): Promise<Known | null> {
  if (former.vkey !== known.vkey || former.seq === null) return null
  const last = openCheckpoint(former.checkpoint, parseVkey(former.vkey))
  if (last.size < known.size) return null
  const between = known.size > 0 && known.size < last.size ? (await path(known.size, last.size)).map(unhex) : []
  if (!verifyConsistency(known.size, unhex(known.root), last.size, last.root, between)) return null
  const entry = unhex(former.entry)
  if (!verifyInclusion(leafHash(entry), former.seq, last.size, last.root, former.path.map(unhex))) return null
  const vkey = nextKey(entry, former.vkey)
  return vkey === null ? null : { vkey, size: last.size, root: hex(last.root) }
}

/** What is known under the present key `vkey`; null when no chain of entries leads there. */
export async function followKeys(known: Known, vkey: string, handovers: readonly Handover[], path: Path): Promise<Known | null> {
  let at: Known | null = known
  for (const former of handovers) {
    if (at.vkey === vkey) break
    if (former.vkey !== at.vkey) continue
    at = await step(at, former, path).catch(() => null)
    if (at === null) return null
  }
  return at.vkey === vkey ? at : null
}
