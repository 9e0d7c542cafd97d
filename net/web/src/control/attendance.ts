// Attendance by weeks. Pure.
import { mondayOf } from '../i18n/format'

/** Hundredths of a per cent, −1 where there is nothing to divide by. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? -1 : Math.round((part * 10000) / whole))

export interface Week { monday: number; held: number; missed: number }

export function weeksOf(days: readonly (readonly [number, number, number])[]): Week[] {
  const weeks = new Map<number, Week>()
  for (const [day, held, missed] of days) {
    const week = weeks.get(mondayOf(day)) ?? { monday: mondayOf(day), held: 0, missed: 0 }
    week.held += held
    week.missed += missed
    weeks.set(week.monday, week)
  }
  return [...weeks.values()].sort((a, b) => a.monday - b.monday)
}
