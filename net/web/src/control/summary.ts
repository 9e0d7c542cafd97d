// The summary sheet, as cells and lists to look at. Pure.
import { STANDINGS, Standing, type Summary, type SummaryMark, Value } from '../api/control'

export interface SheetCell { readonly value: number; readonly until: number | null; readonly flags: number }
export interface Sheet {
  /** By pupil, subject, period; undefined: nothing is there. */
  readonly at: (pupil: number, subject: number, period: number) => SheetCell | undefined
  /** Periods that hold any value. */
  readonly filled: ReadonlySet<number>
}

const keyOf = (pupil: number, subject: number, period: number): string => `${pupil}/${subject}/${period}`

export function sheetOf(summary: Summary): Sheet {
  const cells = new Map<string, SheetCell>()
  const filled = new Set<number>()
  for (const [pupil, subject, period, value, , flags, until] of summary.marks as readonly SummaryMark[]) {
    cells.set(keyOf(pupil, subject, period), { value, until, flags })
    filled.add(period)
  }
  return { at: (pupil, subject, period) => cells.get(keyOf(pupil, subject, period)), filled }
}

/** Nobody is to be left without a mark (ST-5): a pupil who is here, a subject with marks, a period that has begun to be closed. */
export function isMissing(summary: Summary, sheet: Sheet, pupil: number, subject: number, period: number): boolean {
  return !summary.pupils[pupil]!.left && summary.subjects[subject]!.marked && sheet.filled.has(period) && sheet.at(pupil, subject, period) === undefined
}

export function missingOf(summary: Summary, sheet: Sheet, period: number): { pupil: number; subject: number }[] {
  const out: { pupil: number; subject: number }[] = []
  summary.subjects.forEach((_, subject) => summary.pupils.forEach((__, pupil) => {
    if (isMissing(summary, sheet, pupil, subject, period)) out.push({ pupil, subject })
  }))
  return out
}

/** The last period that holds anything; the first when none does. */
export const lastFilled = (sheet: Sheet): number => Math.max(0, ...sheet.filled)

/** Which mark decides: for one 3 it is the 3, for one 4 the 4, else what fails or is unknown. */
const deciding = (standing: Standing): readonly number[] =>
  standing === Standing.OneThree ? [3] : standing === Standing.OneFour ? [4] : standing === Standing.Failing ? [1, 2, Value.NotAssessed] : standing === Standing.Unknown ? [Value.NotAssessed] : []

export interface Case { readonly pupil: number; readonly subjects: readonly number[]; readonly until?: number | null }

/** Who stands so, and by which subjects. */
export function casesOf(summary: Summary, sheet: Sheet, period: number, standing: Standing): Case[] {
  const values = deciding(standing)
  return (summary.by_period[period]?.pupils ?? []).filter(([, s]) => s === standing).map(([pupil]) => ({
    pupil, subjects: summary.subjects.map((_, i) => i).filter((i) => values.includes(sheet.at(pupil, i, period)?.value ?? 0)),
  }))
}

export function deferralsOf(summary: Summary, period: number): Case[] {
  return summary.marks.filter(([, , p, value]) => p === period && value === Value.Deferred).map(([pupil, subject, , , , , until]) => ({ pupil, subjects: [subject], until }))
}

export const standingOf = (summary: Summary, period: number, pupil: number): Standing => summary.by_period[period]?.pupils.find(([p]) => p === pupil)?.[1] ?? Standing.None
export const meanOf = (summary: Summary, period: number, pupil: number): number => summary.by_period[period]?.pupils.find(([p]) => p === pupil)?.[2] ?? -1

/** Standings from best to worst, for bars and lists; None is no sort. */
export const ORDER: readonly Standing[] = [Standing.Excellent, Standing.OneFour, Standing.Good, Standing.OneThree, Standing.Fair, Standing.Unknown, Standing.Failing]
export const ALL_STANDINGS: readonly Standing[] = Array.from({ length: STANDINGS }, (_, i) => i as Standing)
