// What is new for each child, by the log size up to which this browser has shown it.
import { computed, effect, signal } from '@preact/signals'
import { api } from '../api/client'
import { onLive } from '../api/live'
import { type Id, type Notice, type Notices, Role } from '../api/types'
import { recall, remember } from './prefs'
import { now } from './school'
import { hasRole, me, onSessionEnd, session } from './session'

const NAME = 'noticed'
const noticed = signal<Readonly<Record<Id, number>>>(recall<Record<Id, number>>(NAME) ?? {})

/** All that is known of each child, newest first; what is new is told apart by position. */
export const notices = signal<Readonly<Record<Id, Notices>>>({})

const FIRST_DAYS_MS = 7 * 86400000

/** New since the last visit; on the first visit in this browser, what the last week brought. */
export function isNew(pupil: Id, notice: Notice): boolean {
  const seen = noticed.value[pupil]
  return seen === undefined ? notice.recorded >= now() - FIRST_DAYS_MS : notice.seq >= seen
}
export const newCount = (pupil: Id): number => causesOf((notices.value[pupil]?.notices ?? []).filter((n) => isNew(pupil, n))).length
export const newCountOfAll = computed(() => Object.keys(notices.value).reduce((sum, pupil) => sum + newCount(pupil), 0))

/** One message a cause: an entry, or an act with all the cells that it put right. */
export interface Message { readonly seq: number; readonly notices: readonly Notice[] }

export function causesOf(list: readonly Notice[]): Message[] {
  const bySeq = new Map<number, Notice[]>()
  for (const notice of list) bySeq.set(notice.seq, [...(bySeq.get(notice.seq) ?? []), notice])
  return [...bySeq].map(([seq, all]) => ({ seq, notices: all })).sort((a, b) => b.seq - a.seq)
}

/** The child's messages have been read up to what was loaded. */
export function noteSeen(pupil: Id): void {
  const size = notices.value[pupil]?.size
  if (size === undefined || size <= (noticed.value[pupil] ?? -1)) return
  noticed.value = { ...noticed.value, [pupil]: size }
  remember(NAME, noticed.value)
}

async function load(): Promise<void> {
  const current = session.value
  if (current === null || !hasRole(Role.Parent, Role.Pupil)) return
  const pupils = [...new Set((me.value?.roles ?? []).filter((r) => (r.role === Role.Parent || r.role === Role.Pupil) && r.scope !== null).map((r) => r.scope!))]
  const all = await Promise.all(pupils.map((p) => api.notices(p, 0).catch(() => null)))
  if (session.value !== current) return
  notices.value = Object.fromEntries(all.filter((v) => v !== null).map((v) => [v.pupil, v]))
}

let timer: ReturnType<typeof setTimeout> | null = null
/** The log has grown: families are told of that alone, so they ask, but not for every entry. */
function loadSoon(): void {
  if (timer !== null || !hasRole(Role.Parent, Role.Pupil)) return
  timer = setTimeout(() => {
    timer = null
    void load()
  }, LOAD_PAUSE_MS)
}
const LOAD_PAUSE_MS = 8000

effect(() => {
  if (session.value !== null) void load()
})
onLive('head', loadSoon)
onSessionEnd.add(() => {
  notices.value = {}
  if (timer !== null) clearTimeout(timer)
  timer = null
})
