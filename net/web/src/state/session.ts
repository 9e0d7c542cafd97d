// The session: who is here, and the key that signs for them until they leave.
import { computed, signal } from '@preact/signals'
import { api, setLost, setReopen } from '../api/client'
import { onLive, startLive, stopLive } from '../api/live'
import { type KeyFate, KeyState, type Me, type Ms, Role } from '../api/types'
import { type Bytes, concat, domain, unhex } from '../ledger/hash'
import type { Signer } from '../ledger/keys'
import { forget, remember } from './prefs'
import { clockOffset, dayOf, logId } from './school'

export interface Session {
  readonly me: Me
  /** Null: reading only, as after a reload; the key lived in memory. */
  readonly signer: Signer | null
  /** The last counter that this session's key has used. */
  counter: number
  readonly login: string
  /** Opened without a network, from what this computer keeps. */
  readonly offline?: boolean
}

export const session = signal<Session | null>(null)
export const me = computed(() => session.value?.me ?? null)
export const canSign = computed(() => session.value?.signer != null)

/** Why the last session ended; the log-in page says it. */
export type EndReason = 'left' | 'idle' | 'closed' | 'expired' | 'gone' | 'online'
export interface Ended { readonly reason: EndReason; readonly login: string; readonly stratum: number; readonly fate: KeyFate | null }
export const ended = signal<Ended | null>(null)

/** What a timer can hold. */
const TIMER_MAX_MS = 2 ** 31 - 1
let expiry: ReturnType<typeof setTimeout> | null = null

const CHALLENGE = domain('letopis/challenge/v1')

/** Signs a challenge with the session's key and opens the reading session. */
export async function openReading(signer: Signer, challenge: Bytes): Promise<Me> {
  const signature = await signer.sign(concat(CHALLENGE, logId(), challenge))
  return api.session(challenge, signer.key, signature)
}

/** Families and auditors may go on reading after a reload; nobody else. */
export const STRATUM_FAMILY = 3

export function beginSession(me: Me, signer: Signer | null, login: string, counter: number): void {
  clockOffset.value = me.now - Date.now()
  ended.value = null
  if (me.stratum >= STRATUM_FAMILY) remember('reading', true)
  session.value = { me, signer, counter, login }
  startLive()
  if (me.expires !== undefined && me.expires > 0 && signer !== null) {
    expiry = setTimeout(() => endSession('expired'), Math.min(me.expires - me.now, TIMER_MAX_MS))
  }
  setReopen(signer === null ? null : async () => {
    await openReading(signer, unhex((await api.challenge()).challenge))
  })
}

/** Reading what this computer keeps; nothing can be signed. The clock goes on as it did against the server's. */
export function beginOffline(me: Me, offset: Ms, login: string): void {
  clockOffset.value = offset
  ended.value = null
  session.value = { me: { ...me, now: Date.now() + offset, today: dayOf(Date.now() + offset) }, signer: null, counter: 0, login, offline: true }
}

/** What else has to be forgotten when a session ends. */
export const onSessionEnd = new Set<(reason: EndReason) => void>()

/** Forgets the key and everything on screen. Safe to call twice. */
export function endSession(reason: EndReason): void {
  const current = session.value
  if (current === null) return
  stopLive()
  if (expiry !== null) clearTimeout(expiry)
  setReopen(null)
  current.signer?.forget()
  session.value = null
  forget('reading')
  for (const fn of onSessionEnd) fn(reason)
  ended.value = { reason, login: current.login, stratum: current.me.stratum, fate: null }
  if (current.offline !== true) api.logout().catch(() => undefined)
  if (reason === 'closed' || reason === 'gone') void learnFate(current)
}

/** The server knows this session no more: the screen is cleared first, then it is asked why. */
export function loseSession(): void {
  endSession(session.value?.offline === true ? 'online' : 'gone')
}

/** Was the key closed by a report? Then the log-in page says by whom and what to do now. */
async function learnFate(current: Session): Promise<void> {
  const fate = await api.key(current.me.session).catch(() => null)
  const mine = ended.value
  if (fate === null || mine === null || session.value !== null || mine.login !== current.login) return
  const reason = fate.state === KeyState.Closed ? 'closed' : fate.state === KeyState.Expired ? 'expired' : mine.reason
  ended.value = { ...mine, reason, fate: fate.state === KeyState.Closed ? fate : null }
}

setLost(loseSession)

/** A stream that broke, or a report about anybody: is this session still one? The answer ends it if not. */
function lookAlive(): void {
  if (session.value !== null) api.me().catch(() => undefined)
}
onLive('line', (up) => {
  if (!up) lookAlive()
})
onLive('breach', lookAlive)

export function hasRole(...roles: number[]): boolean {
  return me.value?.roles.some((r) => roles.includes(r.role)) ?? false
}

export const isOfficer = computed(() => me.value?.stratum === 1 || hasRole(Role.Head, Role.Deputy, Role.Support))
export const isStaff = computed(() => (me.value?.stratum ?? 3) <= 2)
