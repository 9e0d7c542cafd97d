// The schedule of control works by class and day. Pure.
import type { Work, Works } from '../api/office'
import { mondayOf } from '../i18n/format'

export function monthOfDay(day: number): { year: number; month: number } {
  const date = new Date(day * 86400000)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() }
}

/** First and last day of the day's month. */
export function monthSpan(day: number): [number, number] {
  const { year, month } = monthOfDay(day)
  return [Math.round(Date.UTC(year, month, 1) / 86400000), Math.round(Date.UTC(year, month + 1, 1) / 86400000) - 1]
}

export interface WorkCell { readonly works: Work[]; readonly over: boolean; readonly overWeek: boolean }
export interface WorkRow { readonly id: string; readonly name: string; readonly days: ReadonlyMap<number, WorkCell> }

/** What a class has on which day, works without their lesson left out; whether that is too much is what the server says. */
export function worksByClass(view: Works, classes: readonly (readonly [string, string])[]): WorkRow[] {
  return classes.map(([id, name]) => {
    const days = new Map<number, WorkCell>()
    const mine = view.warnings.filter((w) => w.class === id)
    for (const work of view.works) {
      if (work.fallen !== null || !work.classes.includes(id)) continue
      const cell = days.get(work.day) ?? { works: [], over: mine.some((w) => !w.week && w.day === work.day), overWeek: mine.some((w) => w.week && w.day === mondayOf(work.day)) }
      cell.works.push(work)
      days.set(work.day, cell)
    }
    return { id, name, days }
  })
}
