// «Правки»: what is worth a second look, put together entry by entry for people.
import { type Edit, EditSort } from '../api/control'
import { hasWords, wordsOf } from './find'

/** What an edit is looked at for; one may have several of these signs. */
export const SIGNS = ['late', 'corrected', 'withdrawn', 'void', 'period'] as const
export type Sign = (typeof SIGNS)[number]

export function signsOf(edit: Edit): Sign[] {
  const of: readonly (readonly [Sign, boolean])[] = [
    ['late', edit.late], ['corrected', edit.sort === EditSort.Corrected], ['withdrawn', edit.sort === EditSort.Withdrawn], ['void', edit.void],
    ['period', edit.sort === EditSort.PeriodClosed || edit.sort === EditSort.PeriodReopened],
  ]
  return of.filter(([, has]) => has).map(([sign]) => sign)
}

/** One entry of the log: all its cells that are told of stand on one lesson, or in one period. */
export interface EditEntry { readonly first: Edit; readonly cells: readonly Edit[]; readonly signs: readonly Sign[] }

export function entriesOf(edits: readonly Edit[]): EditEntry[] {
  const bySeq = new Map<number, Edit[]>()
  for (const edit of edits) bySeq.set(edit.seq, [...bySeq.get(edit.seq) ?? [], edit])
  return [...bySeq.values()].map((cells) => ({ first: cells[0]!, cells, signs: SIGNS.filter((s) => cells.some((c) => signsOf(c).includes(s))) }))
}

/** Entries with one of the signs (none chosen: all) and all words of the search. */
export function matchingEntries(entries: readonly EditEntry[], signs: ReadonlySet<Sign>, find: string): EditEntry[] {
  const words = wordsOf(find)
  return entries.filter((e) => {
    if (signs.size > 0 && !e.signs.some((s) => signs.has(s))) return false
    return hasWords([e.first.name, e.first.group_name, e.first.subject_name, e.first.period, ...e.cells.map((c) => c.pupil_name)].join(' '), words)
  })
}

/** How many entries of each sign each day or week has: rows of a plot, the oldest first. */
export function countsBy(entries: readonly EditEntry[], keyOf: (day: number) => number): { key: number; counts: number[] }[] {
  const rows = new Map<number, number[]>()
  for (const e of entries) {
    const key = keyOf(e.first.on)
    const counts = rows.get(key) ?? SIGNS.map(() => 0)
    SIGNS.forEach((s, i) => { if (e.signs.includes(s)) counts[i]! += 1 })
    rows.set(key, counts)
  }
  return [...rows].sort((a, b) => a[0] - b[0]).map(([key, counts]) => ({ key, counts }))
}
