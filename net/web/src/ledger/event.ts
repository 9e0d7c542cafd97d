// The event: what a person signs, and the submission that carries it (specs/formats.md, 2 and 4).
//
// Draft → bytes → signatures → wire. The bytes are made once; what was signed is what is sent, also
// when it has to be sent again.
import { decode, encode, type Value } from './canon'
import { type Bytes, concat, domain, sha256 } from './hash'
import { type Signer, verifySignature } from './keys'
import type { Opening } from './sealed'

export const EVENT_VERSION = 1
const DOMAIN = domain('letopis/event/v1')

export type Body = { readonly [key: string]: Value }

/** The head of the log that the author had verified. */
export interface Seen {
  readonly size: number
  readonly root: Bytes
}

export const SEEN_NOTHING: Seen = { size: 0, root: sha256() }

export interface Draft {
  readonly logId: Bytes
  readonly key: Bytes
  readonly counter: number
  readonly claimedMs: number
  readonly kind: string
  readonly body: Body
  readonly seen: Seen
  /** The id of a voided event that this one reaffirms. */
  readonly quote?: Bytes
}

export interface SignedEvent {
  readonly bytes: Bytes
  readonly id: Bytes
  readonly signatures: readonly Bytes[]
  readonly openings: readonly Opening[]
}

export function buildEvent(draft: Draft): Bytes {
  const map: { [key: string]: Value } = {
    b: draft.body,
    c: draft.claimedMs,
    k: draft.key,
    l: draft.logId,
    n: draft.counter,
    s: [draft.seen.size, draft.seen.root],
    t: draft.kind,
    v: EVENT_VERSION,
  }
  if (draft.quote !== undefined) map['q'] = draft.quote
  return encode(map)
}

/** Signs by the event's own key first, then by the cosigners in their order. */
export async function signEvent(bytes: Bytes, signers: readonly Signer[], openings: readonly Opening[] = []): Promise<SignedEvent> {
  const message = concat(DOMAIN, bytes)
  const signatures: Bytes[] = []
  for (const signer of signers) signatures.push(await signer.sign(message))
  return { bytes, id: sha256(bytes), signatures, openings }
}

export function verifyEvent(bytes: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  return verifySignature(signature, concat(DOMAIN, bytes), key)
}

function submissionValue(event: SignedEvent): Value {
  return [event.bytes, event.signatures, event.openings.map((o) => [o.path, o.salt, o.value])]
}

/** The wire form of one submission. */
export function buildSubmission(event: SignedEvent): Bytes {
  return encode(submissionValue(event))
}

/** The body of POST /api/events. */
export function buildSubmissions(events: readonly SignedEvent[]): Bytes {
  return encode(events.map(submissionValue))
}

/** The submission behind its wire form. */
export function readSubmission(wire: Uint8Array): SignedEvent {
  const [bytes, signatures, openings] = decode(wire) as unknown as readonly [Bytes, readonly Bytes[], readonly (readonly [string, Bytes, Bytes])[]]
  return { bytes, id: sha256(bytes), signatures, openings: openings.map(([path, salt, value]) => ({ path, salt, value })) }
}

/** What the log holds at a position: [recorded, event bytes, signatures]. */
export interface Entry {
  readonly recordedMs: number
  readonly eventBytes: Bytes
  readonly signatures: readonly Bytes[]
  readonly kind: string
  readonly key: Bytes
}

export function parseEntry(bytes: Uint8Array): Entry {
  const entry = decode(bytes)
  if (!Array.isArray(entry) || entry.length !== 3) throw new Error('not an entry')
  const [recorded, event, signatures] = entry as unknown as readonly [Value, Value, Value]
  if (typeof recorded !== 'number' || !(event instanceof Uint8Array) || !Array.isArray(signatures)) throw new Error('not an entry')
  const map = decode(event) as { readonly [key: string]: Value }
  const key = map['k']
  const kind = map['t']
  if (!(key instanceof Uint8Array) || typeof kind !== 'string') throw new Error('not an event')
  return { recordedMs: recorded, eventBytes: event as Bytes, signatures: signatures as readonly Bytes[], kind, key: key as Bytes }
}
