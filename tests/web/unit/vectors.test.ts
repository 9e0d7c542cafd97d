// The client against the golden bytes that an independent generator wrote and the C ledger shares.
import { decode, encode, type Value } from '../../../net/web/src/ledger/canon'
import { buildEvent, buildSubmission, parseEntry, signEvent, verifyEvent } from '../../../net/web/src/ledger/event'
import { hex, sha256, unhex } from '../../../net/web/src/ledger/hash'
import { signerOfSeed } from '../../../net/web/src/ledger/keys'
import { commitment } from '../../../net/web/src/ledger/sealed'
import { leafHash } from '../../../net/web/src/ledger/tree'
import { vectorText } from './help/files'

type Tagged = { nil: true } | { bool: boolean } | { int: string } | { bin: string } | { text: string } | { array: Tagged[] } | { map: [string, Tagged][] }
interface EventVector {
  name: string; seed: string; key: string; bytes: string; id: string; signature: string; log_id: string; counter: number; claimed_ms: number
  kind: string; body: string; seen_size: number; seen_root: string; quote: string | null
}
interface Vectors {
  canon: { good: { name: string; value: Tagged; hex: string }[]; bad: { name: string; hex: string }[] }
  events: { good: EventVector[] }
  entries: { good: { name: string; recorded_ms: number; event: string; signatures: string[]; bytes: string; leaf: string }[]; bad: { name: string; bytes: string }[] }
  commitments: { path: string; salt: string; value: string; commitment: string }[]
  submissions: { good: { name: string; event: string; signatures: string[]; openings: { path: string; salt: string; value: string }[] | [string, string, string][]; wire: string }[] }
}

const vectors = JSON.parse(vectorText('ledger.json')) as Vectors

function untag(t: Tagged): Value {
  if ('nil' in t) return null
  if ('bool' in t) return t.bool
  if ('int' in t) return Number.isSafeInteger(Number(t.int)) ? Number(t.int) : BigInt(t.int)
  if ('bin' in t) return unhex(t.bin)
  if ('text' in t) return t.text
  if ('array' in t) return t.array.map(untag)
  return Object.fromEntries(t.map.map(([k, v]) => [k, untag(v)]))
}

describe('golden vectors', () => {
  it.each(vectors.canon.good.map((v) => [v.name, v] as const))('canon writes and reads %s', (_, v) => {
    expect(hex(encode(untag(v.value)))).toBe(v.hex)
    expect(hex(encode(decode(unhex(v.hex))))).toBe(v.hex)
  })

  it.each(vectors.canon.bad.map((v) => [v.name, v] as const))('canon refuses %s', (_, v) => {
    expect(() => decode(unhex(v.hex))).toThrow()
  })

  it.each(vectors.events.good.map((v) => [v.name, v] as const))('event %s is built, named and signed to the byte', async (_, v) => {
    const signer = signerOfSeed(unhex(v.seed))
    expect(hex(signer.key)).toBe(v.key)
    const bytes = buildEvent({
      logId: unhex(v.log_id ?? '00'.repeat(32)), key: signer.key, counter: v.counter, claimedMs: v.claimed_ms, kind: v.kind,
      body: decode(unhex(v.body)) as { [key: string]: Value }, seen: { size: v.seen_size, root: unhex(v.seen_root) },
      ...(v.quote == null ? {} : { quote: unhex(v.quote) }),
    })
    expect(hex(bytes)).toBe(v.bytes)
    const event = await signEvent(bytes, [signer])
    expect(hex(event.id)).toBe(v.id)
    expect(hex(event.signatures[0]!)).toBe(v.signature)
    expect(verifyEvent(bytes, event.signatures[0]!, signer.key)).toBe(true)
    const bent = Uint8Array.from(bytes)
    bent[bent.length - 1]! ^= 1
    expect(verifyEvent(bent, event.signatures[0]!, signer.key)).toBe(false)
  })

  it.each(vectors.entries.good.map((v) => [v.name, v] as const))('entry %s is read and hashed', (_, v) => {
    const entry = parseEntry(unhex(v.bytes))
    expect(entry.recordedMs).toBe(v.recorded_ms)
    expect(hex(entry.eventBytes)).toBe(v.event)
    expect(entry.signatures.map(hex)).toEqual(v.signatures)
    expect(hex(leafHash(unhex(v.bytes)))).toBe(v.leaf)
  })

  it.each(vectors.commitments.map((v) => [v.path, v] as const))('commitment of %s', (_, v) => {
    expect(hex(commitment(v.path, unhex(v.salt), unhex(v.value)))).toBe(v.commitment)
  })

  it.each(vectors.submissions.good.map((v) => [v.name, v] as const))('submission of %s has its wire form', (_, v) => {
    const openings = v.openings.map((o) => (Array.isArray(o) ? { path: o[0], salt: unhex(o[1]), value: unhex(o[2]) } : { path: o.path, salt: unhex(o.salt), value: unhex(o.value) }))
    const event = { bytes: unhex(v.event), id: sha256(unhex(v.event)), signatures: v.signatures.map(unhex), openings }
    expect(hex(buildSubmission(event))).toBe(v.wire)
  })
})
