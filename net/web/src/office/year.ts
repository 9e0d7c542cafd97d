// The school year as rows to be looked over before they are signed: what is wrong, what is doubtful, and
// what each day is for a grade. Pure.
import type { CalendarRow, BellRow } from '../api/office'

export const enum Kind { Quarter = 0, HalfYear = 1, Trimester = 2, Holidays = 3, DayOff = 4, WorkingDay = 5 }
export const KINDS = [Kind.Quarter, Kind.HalfYear, Kind.Trimester, Kind.Holidays, Kind.DayOff, Kind.WorkingDay] as const
export const GRADES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const
export const ROWS_MAX = 200

export const isPeriod = (row: Pick<CalendarRow, 'kind'>): boolean => row.kind <= Kind.Trimester
const isFor = (row: CalendarRow, grade: number): boolean => row.grade_from <= grade && grade <= row.grade_to
const isSunday = (day: number): boolean => (day + 3) % 7 === 6

export type Problem =
  | { readonly bad: true; readonly what: 'reversed' | 'grades' | 'noName' | 'many'; readonly row: number }
  | { readonly bad: false; readonly what: 'overlap'; readonly row: number; readonly other: number; readonly grade: number }
  | { readonly bad: false; readonly what: 'gap'; readonly row: number; readonly other: number; readonly grade: number; readonly from: number; readonly to: number }
  | { readonly bad: false; readonly what: 'noPeriods'; readonly row: -1; readonly grade: number }
  | { readonly bad: false; readonly what: 'mixed'; readonly row: -1; readonly grade: number }
  | { readonly bad: false; readonly what: 'pointless'; readonly row: number }

/** What each day is for a grade: later rows win over periods, as the server judges (transfers first, then days off and holidays). */
export type DayIs = 'off' | 'holidays' | 'working' | 'sunday' | 'school' | 'outside'

export function dayIs(rows: readonly CalendarRow[], day: number, grade: number): { readonly is: DayIs; readonly row: CalendarRow | null } {
  const mine = rows.filter((r) => r.from <= day && day <= r.to && isFor(r, grade))
  const of = (kind: Kind): CalendarRow | undefined => mine.find((r) => r.kind === kind)
  const working = of(Kind.WorkingDay)
  if (working !== undefined) return { is: 'working', row: working }
  const off = of(Kind.DayOff)
  if (off !== undefined) return { is: 'off', row: off }
  const holidays = of(Kind.Holidays)
  if (holidays !== undefined) return { is: 'holidays', row: holidays }
  if (isSunday(day)) return { is: 'sunday', row: null }
  const period = mine.find(isPeriod)
  return period === undefined ? { is: 'outside', row: null } : { is: 'school', row: period }
}

/** Days between two periods that are neither holidays nor days off. */
function gapOf(rows: readonly CalendarRow[], from: number, to: number, grade: number): { from: number; to: number } | null {
  let first: number | null = null
  let last = from
  for (let day = from; day <= to; day++) {
    if (dayIs(rows, day, grade).is !== 'outside') continue
    first ??= day
    last = day
  }
  return first === null ? null : { from: first, to: last }
}

function ofGrade(rows: readonly CalendarRow[], grade: number): Problem[] {
  const periods = rows.map((row, at) => ({ row, at })).filter(({ row }) => isPeriod(row) && isFor(row, grade)).sort((a, b) => a.row.from - b.row.from)
  if (periods.length === 0) return [{ bad: false, what: 'noPeriods', row: -1, grade }]
  const out: Problem[] = new Set(periods.map(({ row }) => row.kind)).size > 1 ? [{ bad: false, what: 'mixed', row: -1, grade }] : []
  periods.slice(1).forEach(({ row, at }, i) => {
    const before = periods[i]!
    if (row.from <= before.row.to) out.push({ bad: false, what: 'overlap', row: at, other: before.at, grade })
    else {
      const gap = gapOf(rows, before.row.to + 1, row.from - 1, grade)
      if (gap !== null) out.push({ bad: false, what: 'gap', row: at, other: before.at, grade, ...gap })
    }
  })
  return out
}

/** One problem of several grades is told once, for the first of them. */
const keyOf = (p: Problem): string => (p.what === 'gap' || p.what === 'overlap' ? `${p.what}/${p.row}/${p.other}` : p.what === 'noPeriods' || p.what === 'mixed' ? `${p.what}/${p.grade}` : `${p.what}/${p.row}`)

export function problemsOf(rows: readonly CalendarRow[]): Problem[] {
  const out: Problem[] = []
  if (rows.length > ROWS_MAX) out.push({ bad: true, what: 'many', row: ROWS_MAX })
  rows.forEach((row, at) => {
    if (row.to < row.from) out.push({ bad: true, what: 'reversed', row: at })
    if (row.grade_to < row.grade_from) out.push({ bad: true, what: 'grades', row: at })
    if (isPeriod(row) && row.name.trim() === '') out.push({ bad: true, what: 'noName', row: at })
    const days = Array.from({ length: Math.max(0, Math.min(row.to - row.from + 1, 400)) }, (_, i) => row.from + i)
    const others = rows.filter((r) => r !== row)
    const isNot = (is: readonly DayIs[]): boolean => days.length > 0 && days.every((d) => is.includes(dayIs(others, d, row.grade_from).is))
    if (row.kind === Kind.DayOff && isNot(['sunday', 'holidays', 'off'])) out.push({ bad: false, what: 'pointless', row: at })
    // A Saturday is a school day for a six-day week only: a transfer onto it is for the others.
    if (row.kind === Kind.WorkingDay && isNot(['school']) && days.some((d) => (d + 3) % 7 !== 5)) out.push({ bad: false, what: 'pointless', row: at })
  })
  if (!out.some((p) => p.bad)) for (const grade of GRADES) out.push(...ofGrade(rows, grade))
  const told = new Set<string>()
  return out.filter((p) => !told.has(keyOf(p)) && told.add(keyOf(p)) !== undefined)
}

/** School days of each period, for a week of so many days. */
export function schoolDays(rows: readonly CalendarRow[], period: CalendarRow, week: number): number {
  let count = 0
  for (let day = period.from; day <= period.to; day++) {
    const { is } = dayIs(rows, day, Math.max(1, period.grade_from))
    count += Number(is === 'working' || (is === 'school' && ((day + 3) % 7) + 1 <= week))
  }
  return count
}

export const byDay = (a: CalendarRow, b: CalendarRow): number => a.from - b.from || a.kind - b.kind || a.grade_from - b.grade_from

/** The same a year later, by 52 weeks so that weekdays stay: a draft to be looked over. */
export const nextYearRows = (rows: readonly CalendarRow[]): CalendarRow[] => rows.filter((r) => r.kind !== Kind.WorkingDay).map((r) => ({ ...r, from: r.from + 364, to: r.to + 364 }))

/** "2026/27" → "2027/28"; what is not of that form stays. */
export function nextYearName(name: string): string {
  const found = /^(\d{4})\/(\d{2})$/.exec(name)
  if (found === null) return name
  const year = Number(found[1]) + 1
  return `${year}/${String((year + 1) % 100).padStart(2, '0')}`
}

export type BellProblem = { readonly what: 'reversed' | 'overlap' | 'twice'; readonly n: number }

export function bellProblems(bells: readonly BellRow[]): BellProblem[] {
  const sorted = [...bells].sort((a, b) => a.n - b.n)
  return sorted.flatMap((b, i): BellProblem[] => {
    const before = sorted[i - 1]
    if (b.end <= b.start) return [{ what: 'reversed', n: b.n }]
    if (before === undefined) return []
    return before.n === b.n ? [{ what: 'twice', n: b.n }] : b.start < before.end ? [{ what: 'overlap', n: b.n }] : []
  })
}

/** 08:50 → 530; null when it is none. */
export function minutesOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text)
  if (found === null) return null
  const minutes = Number(found[1]) * 60 + Number(found[2])
  return Number(found[1]) < 24 && Number(found[2]) < 60 ? minutes : null
}

/** Months from the first to the last day of the rows: [first day of the month, number of days]. */
export function monthsOf(rows: readonly CalendarRow[]): [number, number][] {
  if (rows.length === 0) return []
  const out: [number, number][] = []
  const last = Math.max(...rows.map((r) => r.to))
  let date = new Date(Math.min(...rows.map((r) => r.from)) * 86400000)
  for (let i = 0; i < 14; i++) {
    const first = Math.round(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 86400000)
    const next = Math.round(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 86400000)
    if (first > last) break
    out.push([first, next - first])
    date = new Date(next * 86400000)
  }
  return out
}
