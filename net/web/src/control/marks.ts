// Are there enough marks for a period mark, and does the period mark follow from them? Pure.
import type { Sheet } from '../api/families'

/** As the school's setting `marks_per_period_min` stands unless it was set. */
export const MARKS_MIN = 3
/** Hundredths of a mark by which a period mark may stand apart from the mean. */
export const APART_MAX = 50
const EXEMPT = 10
const UNMARKED = 12

export interface Few { readonly subject: number; readonly pupils: readonly { readonly pupil: number; readonly count: number }[] }
export interface Apart { readonly pupil: number; readonly subject: number; readonly mean: number; readonly value: number }

type Counts = ReadonlyMap<string, readonly [mean: number, count: number]>
const countsOf = (sheet: Sheet): Counts => new Map(sheet.means.map(([pupil, subject, mean, count]) => [`${pupil}/${subject}`, [mean, count]]))

/** By subject in which anybody has marks: who has fewer than the least number and is not exempt. */
export function fewMarks(sheet: Sheet, period: string, least = MARKS_MIN): Few[] {
  const counts = countsOf(sheet)
  const freed = new Set(sheet.period_marks.filter(([, , p, value]) => p === period && (value === EXEMPT || value === UNMARKED)).map(([pupil, subject]) => `${pupil}/${subject}`))
  return sheet.subjects.flatMap((s, subject) => {
    if (!s.marked || !sheet.means.some(([, k]) => k === subject)) return []
    const pupils = sheet.pupils.flatMap((p, pupil) => {
      const count = counts.get(`${pupil}/${subject}`)?.[1] ?? 0
      return p.to === null && count < least && !freed.has(`${pupil}/${subject}`) ? [{ pupil, count }] : []
    })
    return pupils.length === 0 ? [] : [{ subject, pupils }]
  })
}

/** Period marks that stand further from the weighted mean than rounding explains. */
export function marksApart(sheet: Sheet, period: string): Apart[] {
  const counts = countsOf(sheet)
  return sheet.period_marks.flatMap(([pupil, subject, p, value]) => {
    const mean = counts.get(`${pupil}/${subject}`)?.[0]
    return p === period && value <= 5 && mean !== undefined && Math.abs(value * 100 - mean) > APART_MAX ? [{ pupil, subject, mean, value }] : []
  })
}
