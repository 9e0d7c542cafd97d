// The outbox: the one way by which this browser writes.
//
// A draft is signed at once, at the moment when the person made it, and joins the line; the line is
// posted in order, as many as fit together, and the same bytes go again until the server answers:
// submitting is idempotent, so an answer that was lost on the way costs nothing. Entries of a journal
// page are written to the disk before they wait (local/store.ts) and outlive the tab; what a form
// submits lives with its form. Nothing is signed while the seal is broken.
import { signal } from '@preact/signals'
import { api, ApiError, OfflineError, SignerAwayError } from '../api/client'
import { onLive } from '../api/live'
import type { EventAnswer, Ms } from '../api/types'
import { type Body, buildEvent, buildSubmission, buildSubmissions, readSubmission, signEvent, type SignedEvent } from '../ledger/event'
import { hex, unhex } from '../ledger/hash'
import type { Signer } from '../ledger/keys'
import type { Opening } from '../ledger/sealed'
import { putWaiting, releaseTab, removeWaiting, takeWaiting } from '../local/store'
import { lineDown } from './line'
import { logId, now } from './school'
import { seal, sealBroken, seen } from './seal'
import { loseSession, onSessionEnd, type Session, session } from './session'

export interface OutDraft {
  readonly kind: string
  readonly body: Body
  readonly openings?: readonly Opening[]
  readonly quote?: Uint8Array
  /** Who signs it, too: the body names the key. */
  readonly also?: Signer
}

export class NoKeyError extends Error {}
export class BrokenSealError extends Error {}

/** Forms that wait for their answer: they end with the tab. */
export const sending = signal(0)
/** The line is up, but the server has nobody who signs: what waits goes again by itself. */
export const signerAway = signal(false)
export const lastSaved = signal<Ms | null>(null)
/** What waits in the line, as a person counts it: cells, not the entries that carry them; forms included. */
export const queued = signal(0)
/** Entries that could not be written to the disk, or are not yet: closing the tab would lose them. */
export const unsafe = signal(0)

/** Entries that reached the log long after they were signed: how many, signed from when to when, recorded when. */
export interface LateArrival { readonly count: number; readonly from: Ms; readonly to: Ms; readonly recorded: Ms }
export const lateArrival = signal<LateArrival | null>(null)
export const LATE_MS = 120000

const RETRY_MS = [1000, 2000, 4000, 8000, 15000]
const TOO_MANY_MS = 5000
export const SUBMISSIONS_MAX = 64
/** Well under what the server takes in one request. */
const POST_LEN_MAX = 400000

/** An entry that is on the disk until everybody whom it concerns has let it go. */
export class Hold {
  private count = 0

  constructor(private readonly row: Promise<number | null>) {}

  take(): this {
    this.count += 1
    return this
  }

  release(): void {
    this.count -= 1
    if (this.count === 0) void this.row.then((row) => (row === null ? undefined : removeWaiting(row))).catch(() => undefined)
  }
}

export interface Ticket {
  readonly answer: Promise<EventAnswer>
  readonly hold: Hold
  /** Takes the entry out of the line; false when it may have reached the server already. */
  takeBack(): boolean
}

interface Entry {
  readonly event: SignedEvent
  readonly len: number
  readonly claimed: Ms
  /** Edits that it carries; an opened lesson that only carries others counts as none. */
  readonly edits: number
  /** Signed in this session; null: in one before. */
  readonly by: Session | null
  readonly from: 'page' | 'form' | 'leaving'
  attempted: boolean
  readonly resolve: (answer: EventAnswer) => void
  readonly reject: (error: unknown) => void
}

let line: Entry[] = []
const count = (): void => {
  queued.value = line.reduce((sum, e) => sum + e.edits, 0)
}

function enter(event: SignedEvent, claimed: Ms, by: Session | null, from: Entry['from'], row: Promise<number | null>, edits = 1): Ticket {
  let entry!: Entry
  const answer = new Promise<EventAnswer>((resolve, reject) => {
    entry = { event, len: event.bytes.length + 200 * event.signatures.length, claimed, edits, by, from, attempted: false, resolve, reject }
  })
  answer.catch(() => undefined)
  line.push(entry)
  count()
  void pump()
  return {
    answer,
    hold: new Hold(row),
    takeBack: () => {
      if (entry.attempted || !line.includes(entry)) return false
      leaveLine(entry)
      return true
    },
  }
}

function leaveLine(entry: Entry): void {
  line = line.filter((e) => e !== entry)
  count()
}

// ---- signing

let turn: Promise<unknown> = Promise.resolve()

/** Signs one after another, so that counters and the line are in the same order. */
function inTurn<A>(work: () => Promise<A>): Promise<A> {
  const run = turn.then(work)
  turn = run.catch(() => undefined)
  return run
}

async function sign(draft: OutDraft): Promise<{ event: SignedEvent; claimed: Ms; by: Session }> {
  const current = session.value
  if (current === null || current.signer === null) throw new NoKeyError('no key')
  if (sealBroken.value) throw new BrokenSealError(seal.value.steps.at(-1)?.detail ?? '')
  const { signer } = current
  const claimed = now()
  current.counter += 1
  const bytes = buildEvent({
    logId: logId(),
    key: signer.key,
    counter: current.counter,
    claimedMs: claimed,
    kind: draft.kind,
    body: draft.body,
    seen: seen(),
    ...(draft.quote === undefined ? {} : { quote: Uint8Array.from(draft.quote) }),
  })
  return { event: await signEvent(bytes, draft.also === undefined ? [signer] : [signer, draft.also], draft.openings ?? []), claimed, by: current }
}

/** What a page needs to go on with an entry later; its edits are what a person counts. */
export type Memo = Readonly<Record<string, unknown>> & { readonly edits?: readonly unknown[] }

/** What is on the disk of one entry. `event` null: it could not be signed yet. */
interface Stored { readonly event: string | null; readonly claimed: Ms; readonly memo: Memo }

function store(event: SignedEvent | null, claimed: Ms, memo: Memo): Promise<number | null> {
  unsafe.value += 1
  const settle = (): void => {
    unsafe.value -= 1
  }
  const value: Stored = { event: event === null ? null : hex(buildSubmission(event)), claimed, memo }
  const row = putWaiting(value).catch(() => null)
  void row.then((stored) => {
    if (stored === null && line.length > 0) unstored.add(settle)
    else settle()
  })
  return row
}

/** Entries that no disk took are unsafe until the line is empty. */
const unstored = new Set<() => void>()

/** Signs an entry of a page and keeps it until it is let go; `memo` is what its page needs to go on with it later. */
export function post(draft: OutDraft, memo: Memo): Promise<Ticket> {
  return inTurn(async () => {
    const { event, claimed, by } = await sign(draft)
    return enter(event, claimed, by, 'page', store(event, claimed, memo), memo.edits?.length ?? 0)
  })
}

/** Keeps what cannot be signed before an answer to what it stands upon. */
export const keepUnsigned = (memo: Memo): Hold => new Hold(store(null, now(), memo))

/** One answer for each draft, in order; throws NoKeyError, BrokenSealError or ApiError. */
export async function submit(drafts: readonly OutDraft[], from: 'form' | 'leaving' = 'form'): Promise<EventAnswer[]> {
  if (drafts.length === 0 || drafts.length > SUBMISSIONS_MAX) throw new Error('1 to 64 events at a time')
  sending.value += 1
  try {
    const tickets = await inTurn(async () => {
      const signed = []
      for (const draft of drafts) signed.push(await sign(draft))
      return signed.map(({ event, claimed, by }) => enter(event, claimed, by, from, Promise.resolve(null)))
    })
    return await Promise.all(tickets.map((t) => t.answer))
  } finally {
    sending.value -= 1
  }
}

/** As submit() for one event whose refusal is an error to show. */
export async function submitOne(draft: OutDraft): Promise<EventAnswer> {
  const [answer] = await submit([draft])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

// ---- what an earlier tab or session had left

export interface Restored { readonly memo: unknown; readonly ticket: Ticket | null; readonly hold: Hold }

/** Puts what waits on the disk into the line again, in its order, before anything new. */
export async function restore(): Promise<Restored[]> {
  const rows = await takeWaiting<Stored>()
  // What this tab had signed before it was locked is among the rows.
  line = line.filter((e) => e.from !== 'page' || e.by === session.value)
  count()
  return rows.map(({ row, value }) => {
    if (value.event === null) return { memo: value.memo, ticket: null, hold: new Hold(Promise.resolve(row)) }
    const ticket = enter(readSubmission(unhex(value.event)), value.claimed, null, 'page', Promise.resolve(row), value.memo.edits?.length ?? 0)
    return { memo: value.memo, ticket, hold: ticket.hold }
  })
}

// ---- the line

let pumping = false

async function pump(): Promise<void> {
  if (pumping) return
  pumping = true
  try {
    // What was entered in the same breath goes together.
    await Promise.resolve()
    for (let attempt = 0; line.length > 0; attempt++) {
      // An entry that was tried may have arrived: while the line is down only a probe is tried.
      if (lineDown.value && !(await api.reachable())) {
        await lineOrPause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!)
      } else if (line.length > 0 && await postHead()) attempt = -1
      else if (lineDown.value || signerAway.value) await lineOrPause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!)
    }
    for (const settle of unstored) settle()
    unstored.clear()
  } finally {
    pumping = false
  }
}

function headOfLine(): Entry[] {
  const out: Entry[] = []
  let len = 0
  for (const entry of line) {
    len += entry.len
    if (out.length === SUBMISSIONS_MAX || (out.length > 0 && (len > POST_LEN_MAX || alone))) break
    out.push(entry)
  }
  return out
}

/** Set after a request was turned away whole: then each entry is tried by itself. */
let alone = false

/** Posts what stands first; true when it was answered. */
async function postHead(): Promise<boolean> {
  const batch = headOfLine()
  for (const entry of batch) entry.attempted = true
  try {
    const answers = await api.events(buildSubmissions(batch.map((e) => e.event)))
    lineDown.value = false
    signerAway.value = false
    alone = false
    batch.forEach((entry, i) => answered(entry, answers[i] ?? { code: 500 }))
    return true
  } catch (error) {
    signerAway.value = error instanceof SignerAwayError
    if (signerAway.value) lineDown.value = false
    else if (error instanceof OfflineError) lineDown.value = true
    else if (error instanceof ApiError && error.status === 429 && batch.every((e) => e.from === 'page')) await lineOrPause(TOO_MANY_MS)
    else if (batch.length > 1) alone = true
    else {
      leaveLine(batch[0]!)
      batch[0]!.reject(error)
    }
    return false
  }
}

function answered(entry: Entry, answer: EventAnswer): void {
  leaveLine(entry)
  if (answer.code === 0) {
    lastSaved.value = now()
    if (entry.from === 'page' && answer.recorded !== undefined && answer.recorded - entry.claimed > LATE_MS) noteLate(entry, answer.recorded)
  }
  entry.resolve(answer)
  // Somebody has closed the key meanwhile: nothing more can be done here.
  if (answer.error === 'closed_key' && entry.by !== null && session.value === entry.by) loseSession()
}

function noteLate({ claimed, edits }: Entry, recorded: Ms): void {
  const old = lateArrival.value
  lateArrival.value = { count: (old?.count ?? 0) + edits, from: Math.min(old?.from ?? claimed, claimed), to: Math.max(old?.to ?? claimed, claimed), recorded }
}

/** Waits a while, or until the browser says that the line is back. */
function lineOrPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener('online', done)
  })
}

/** The screen is gone: forms get no answer any more; what pages have signed is still sent, and what is refused waits on the disk. */
onSessionEnd.add(() => {
  for (const entry of line) if (entry.from === 'form') entry.reject(new NoKeyError('the session has ended'))
  line = line.filter((e) => e.from !== 'form')
  count()
  lateArrival.value = null
  if (line.length === 0) signerAway.value = false
  releaseTab()
})

onLive('line', (up) => {
  lineDown.value = !up
})

addEventListener('beforeunload', (e) => {
  if (sending.value > 0 || unsafe.value > 0) e.preventDefault()
})
