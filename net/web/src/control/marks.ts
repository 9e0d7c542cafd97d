// Are there enough marks for a period mark, and does the period mark follow from them? Pure.
import type { Sheet } from '../api/families'

const EXEMPT = 10
const UNMARKED = 12

export interface Few { readonly subject: number; readonly pupils: readonly { readonly pupil: number; readonly count: number }[] }
export interface Apart { readonly pupil: number; readonly subject: number; readonly mean: number; readonly value: number }

type Counts = ReadonlyMap<string, readonly [mean: number, count: number, mark: number]>
const countsOf = (sheet: Sheet): Counts => new Map(sheet.means.map(([pupil, subject, mean, count, mark]) => [`${pupil}/${subject}`, [mean, count, mark]]))

/** By subject in which anybody has marks: who has fewer than the least number and is not exempt. */
export function fewMarks(sheet: Sheet, period: string, least = sheet.rule.least): Few[] {
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

/** Period marks that are not those which follow from the mean by the school's rule of rounding. */
export function marksApart(sheet: Sheet, period: string): Apart[] {
  const counts = countsOf(sheet)
  return sheet.period_marks.flatMap(([pupil, subject, p, value]) => {
    const known = counts.get(`${pupil}/${subject}`)
    return p === period && value <= 5 && known !== undefined && value !== known[2] ? [{ pupil, subject, mean: known[0], value }] : []
  })
}
