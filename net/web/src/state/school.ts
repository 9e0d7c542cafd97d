// The school that this page belongs to, asked for once.
import { computed, signal } from '@preact/signals'
import { api } from '../api/client'
import type { Day, Ms, School } from '../api/types'
import { type Bytes, unhex } from '../ledger/hash'

export const school = signal<School | null>(null)

export async function loadSchool(): Promise<School> {
  school.value ??= await api.school()
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
