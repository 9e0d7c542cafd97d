// The marks that close the year, before they are signed. Pure.
import { PeriodSort, type YearPage } from '../api/marks'
import { type Value } from '../ledger/canon'
import { unhex } from '../ledger/hash'

/** What the reader has chosen and not signed, by "pupil/column". */
export type Choices = ReadonlyMap<string, number>
export const keyOf = (pupil: number, column: number): string => `${pupil}/${column}`

export const valueAt = (page: YearPage, pupil: number, column: number): number | null => page.marks.find(([p, c]) => p === pupil && c === column)?.[2] ?? null
export const proposalAt = (page: YearPage, pupil: number, column: number): number | null => page.proposals.find(([p, c]) => p === pupil && c === column)?.[2] ?? null

/** A choice that says what stands there already is none. */
export function choose(page: YearPage, choices: Choices, pupil: number, column: number, value: number | null): Choices {
  const out = new Map(choices)
  const key = keyOf(pupil, column)
  if (value === null || value === valueAt(page, pupil, column)) out.delete(key)
  else out.set(key, value)
  return out
}

/** Takes every proposal of a column over for pupils who are still here and have nothing there. */
export function takeProposals(page: YearPage, choices: Choices, column: number): Choices {
  const out = new Map(choices)
  for (const [pupil, c, value] of page.proposals) {
    const to = page.pupils[pupil]!.to
    if (c !== column || valueAt(page, pupil, c) !== null || (to !== null && to < Math.min(page.today, page.to))) continue
    out.set(keyOf(pupil, c), value)
  }
  return out
}

export const CELLS_MAX = 64

/** The events to sign: a column each, at most 64 cells each, on top of what the page shows. */
export function eventsOf(page: YearPage, choices: Choices): { kind: string; body: { readonly [key: string]: Value } }[] {
  return page.columns.flatMap((column, c) => {
    if (column.sort === PeriodSort.Usual) return []
    const cells = page.pupils.flatMap((pupil, p): Value[] => {
      const value = choices.get(keyOf(p, c))
      return value === undefined ? [] : [[unhex(pupil.id), value, null, null, page.marks.find(([mp, mc]) => mp === p && mc === c)?.[3] ?? null]]
    })
    const parts = Array.from({ length: Math.ceil(cells.length / CELLS_MAX) }, (_, i) => cells.slice(i * CELLS_MAX, (i + 1) * CELLS_MAX))
    return parts.map((part) => ({ kind: 'period.set', body: { cells: part, group: unhex(page.group), period: column.name, subject: unhex(page.subject), upto: page.size } }))
  })
}
