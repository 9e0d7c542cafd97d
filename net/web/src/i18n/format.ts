// Dates, times and numbers by the rules of the chosen language; school days carry no time zone.
import type { Day, Ms } from '../api/types'
import { lang } from '../state/prefs'
import { school } from '../state/school'

const made = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang.value} ${zone} ${JSON.stringify(options)}`
  let found = made.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat(lang.value === 'ru' ? 'ru-RU' : 'en-GB', { ...options, timeZone: zone })
    made.set(key, found)
  }
  return found
}

const ofDay = (day: Day): Date => new Date(day * 86400000)
const zone = (): string => school.value?.zone ?? 'Europe/Moscow'

/** 17.11 */
export const dayShort = (day: Day): string => formatter('UTC', { day: '2-digit', month: '2-digit' }).format(ofDay(day)).replace('/', '.')
/** 17.11.2026 */
export const dayFull = (day: Day): string => formatter('UTC', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(ofDay(day))
/** вторник, 17 ноября */
export const dayLong = (day: Day): string => formatter('UTC', { weekday: 'long', day: 'numeric', month: 'long' }).format(ofDay(day))
/** вт */
export const weekday = (day: Day): string => formatter('UTC', { weekday: 'short' }).format(ofDay(day))
/** ноябрь */
export const monthName = (day: Day): string => formatter('UTC', { month: 'long' }).format(ofDay(day))
export const dayNumber = (day: Day): number => ofDay(day).getUTCDate()
export const monthOf = (day: Day): number => ofDay(day).getUTCFullYear() * 12 + ofDay(day).getUTCMonth()
/** Monday 1 … Sunday 7 */
export const weekdayOf = (day: Day): number => ((day + 3) % 7) + 1
/** The Monday of the day's week. */
export const mondayOf = (day: Day): Day => day - weekdayOf(day) + 1

/** 08:50 */
export const clock = (minutes: number): string =>
  minutes < 0 ? '' : `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
/** 10:42, in the school's zone */
export const timeOf = (ms: Ms): string => formatter(zone(), { hour: '2-digit', minute: '2-digit' }).format(ms)
/** 12.11.2026, 22:14, in the school's zone */
export const moment = (ms: Ms): string =>
  formatter(zone(), { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms)
/** пятница, 6 ноября, 23:59 */
export const momentLong = (ms: Ms): string =>
  formatter(zone(), { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }).format(ms).replace(/ в (?=\d)/, ', ')
/** 12.11 22:14 */
export const momentShort = (ms: Ms): string =>
  formatter(zone(), { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).format(ms).replace(', ', ' ')

/** 4,33 out of hundredths */
export const hundredths = (n: number): string =>
  new Intl.NumberFormat(lang.value === 'ru' ? 'ru-RU' : 'en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(n / 100)
/** The same of a mean, — where there is none */
export const mean = (n: number): string => (n < 0 ? '—' : hundredths(n))
/** 87,5 out of hundredths of a per cent; — where there is none */
export const percent = (n: number): string =>
  n < 0 ? '—' : new Intl.NumberFormat(lang.value === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: 1 }).format(n / 100)
/** 48 812 */
export const count = (n: number): string => new Intl.NumberFormat(lang.value === 'ru' ? 'ru-RU' : 'en-GB').format(n)

/** "2026-11-17" for date inputs, and back; null when there is none. */
export const dayInput = (day: Day | null): string => (day === null ? '' : ofDay(day).toISOString().slice(0, 10))
export function dayOfInput(text: string): Day | null {
  const ms = Date.parse(text + 'T00:00:00Z')
  return Number.isNaN(ms) ? null : Math.round(ms / 86400000)
}

/** Surname and given name without the patronymic. */
export const shortName = (name: string): string => name.split(' ').slice(0, 2).join(' ')
/** Surname with initials. */
export const initials = (name: string): string => {
  const [surname = '', ...rest] = name.split(' ').filter((part) => part !== '')
  return rest.length === 0 ? surname : `${surname}\u00a0${rest.map((r) => r.slice(0, 1) + '.').join('')}`
}

const rules = { ru: new Intl.PluralRules('ru'), en: new Intl.PluralRules('en') }
/** "3 отметки": the number with the form that it takes. */
export function ru(n: number, one: string, few: string, many: string): string {
  const form = rules.ru.select(n)
  return `${new Intl.NumberFormat('ru-RU').format(n)}\u00a0${form === 'one' ? one : form === 'few' ? few : many}`
}
export function en(n: number, one: string, other: string): string {
  return `${new Intl.NumberFormat('en-GB').format(n)}\u00a0${rules.en.select(n) === 'one' ? one : other}`
}
