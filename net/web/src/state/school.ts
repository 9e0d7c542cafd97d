// The school that this page belongs to, asked for once.
import { computed, signal } from '@preact/signals'
import { api, OfflineError } from '../api/client'
import type { Day, Ms, School } from '../api/types'
import { type Bytes, unhex } from '../ledger/hash'
import { recall, remember } from './prefs'

export const school = signal<School | null>(null)

/** Without a network, as it was told last: name, key and zone are public, and the seal has pinned the key. */
export async function loadSchool(): Promise<School> {
  if (school.value !== null) return school.value
  try {
    school.value = await api.school()
    remember('school', school.value)
  } catch (error) {
    const known = error instanceof OfflineError ? recall<School>('school') : null
    if (known === null) throw error
    school.value = known
  }
  return school.value
}

export function logId(): Bytes {
  if (school.value === null) throw new Error('the school is not known yet')
  return unhex(school.value.log_id)
}

/** The server's clock against this computer's, in ms; set when a session opens. */
export const clockOffset = signal<Ms>(0)

export function now(): Ms {
  return Date.now() + clockOffset.value
}

const offsetMs = computed(() => (school.value?.offset ?? 180) * 60000)

/** The day of a moment in the school's own calendar. */
export function dayOf(ms: Ms): Day {
  return Math.floor((ms + offsetMs.value) / 86400000)
}

/** The first moment of a day in the school's own calendar. */
export function msOfDay(day: Day, minutes = 0): Ms {
  return day * 86400000 + minutes * 60000 - offsetMs.value
}
