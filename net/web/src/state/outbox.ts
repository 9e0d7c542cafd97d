// The outbox: the one way by which this browser writes.
//
// submit(): waits its turn → counts, builds and signs → posts → gives the answers. When the line is
// down the same signed bytes are sent again until the server answers: submitting is idempotent, so
// an answer that was lost on the way costs nothing. Nothing is signed while the seal is broken.
import { computed, signal } from '@preact/signals'
import { api, OfflineError } from '../api/client'
import type { EventAnswer } from '../api/types'
import { type Body, buildEvent, buildSubmissions, signEvent, type SignedEvent } from '../ledger/event'
import type { Opening } from '../ledger/sealed'
import { logId, now } from './school'
import { seal, sealBroken, seen } from './seal'
import { loseSession, type Session, session } from './session'

export interface OutDraft {
  readonly kind: string
  readonly body: Body
  readonly openings?: readonly Opening[]
  readonly quote?: Uint8Array
}

export class NoKeyError extends Error {}
export class BrokenSealError extends Error {}

export const sending = signal(0)
export const lineDown = signal(false)
export const lastSaved = signal<number | null>(null)
export const isWaiting = computed(() => sending.value > 0)

const RETRY_MS = [1000, 2000, 4000, 8000, 15000]
export const SUBMISSIONS_MAX = 64

let turn: Promise<unknown> = Promise.resolve()

/** One answer for each draft, in order; throws NoKeyError, BrokenSealError or ApiError. */
export function submit(drafts: readonly OutDraft[]): Promise<EventAnswer[]> {
  if (drafts.length === 0 || drafts.length > SUBMISSIONS_MAX) throw new Error('1 to 64 events at a time')
  sending.value += 1
  const run = turn.then(() => submitNow(drafts)).finally(() => {
    sending.value -= 1
  })
  turn = run.catch(() => undefined)
  return run
}

/** As submit() for one event whose refusal is an error to show. */
export async function submitOne(draft: OutDraft): Promise<EventAnswer> {
  const [answer] = await submit([draft])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

async function submitNow(drafts: readonly OutDraft[]): Promise<EventAnswer[]> {
  const current = session.value
  if (current === null || current.signer === null) throw new NoKeyError('no key')
  if (sealBroken.value) throw new BrokenSealError(seal.value.steps.at(-1)?.detail ?? '')
  const events: SignedEvent[] = []
  for (const draft of drafts) events.push(await signDraft(current, draft))
  const answers = await postUntilAnswered(buildSubmissions(events), current)
  if (answers.some((a) => a.code === 0)) lastSaved.value = now()
  // Somebody has closed the key meanwhile: nothing more can be done here.
  if (answers.some((a) => a.error === 'closed_key') && session.value === current) loseSession()
  return answers
}

async function signDraft(current: Session, draft: OutDraft): Promise<SignedEvent> {
  const signer = current.signer!
  current.counter += 1
  const bytes = buildEvent({
    logId: logId(),
    key: signer.key,
    counter: current.counter,
    claimedMs: now(),
    kind: draft.kind,
    body: draft.body,
    seen: seen(),
    ...(draft.quote === undefined ? {} : { quote: Uint8Array.from(draft.quote) }),
  })
  return signEvent(bytes, [signer], draft.openings ?? [])
}

async function postUntilAnswered(body: Uint8Array<ArrayBuffer>, current: Session): Promise<EventAnswer[]> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answers = await api.events(body)
      lineDown.value = false
      return answers
    } catch (error) {
      if (!(error instanceof OfflineError)) throw error
      lineDown.value = true
      await lineOrPause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!)
      if (session.value !== current) throw new NoKeyError('the session has ended')
    }
  }
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

addEventListener('beforeunload', (e) => {
  if (sending.value > 0) e.preventDefault()
})
