// What one cell shows: its text, its signs, and the same in words for those who cannot see it.
// A sign never relies on colour: each has a shape or a letter of its own.
import type { ComponentChildren } from 'preact'
import { Flag } from '../api/types'
import { m } from '../i18n'
import { dayShort } from '../i18n/format'
import { absenceLetter } from './cells'
import type { CellView, GridColumn } from './model'

const flagsOf = (cell: CellView): number => cell.markFlags | cell.absenceFlags

function periodText(value: number): string {
  return value <= 5 ? String(value) : m().journal.periodValues[value] ?? String(value)
}

export function cellLabel(cell: CellView, column: GridColumn): ComponentChildren {
  const flags = flagsOf(cell)
  const value = column.kind === 'period' ? cell.values.map(periodText).join('') : cell.values.join('/')
  const letter = absenceLetter(cell.state, cell.reason)
  const word = value === '' && cell.debtUntil !== null ? '·' : value
  const text = letter !== null && word !== '' ? `${letter}/${word}` : word !== '' ? word : letter
  return (
    <>
      {text}
      {(flags & Flag.Protocol) !== 0 && <sup>п</sup>}
      {(flags & Flag.Review) !== 0 && <i class="sign review" aria-hidden="true">!</i>}
      {(flags & Flag.Comment) !== 0 && <i class="sign comment" aria-hidden="true" />}
    </>
  )
}

export function cellClass(cell: CellView, column: GridColumn): string {
  const flags = flagsOf(cell)
  const out: string[] = []
  if (!cell.inside) out.push('outside')
  if (cell.values.length > 1 || (cell.values.length > 0 && cell.state === 1)) out.push('many')
  if (cell.state === 1 || cell.state === 2) out.push('absent')
  if (cell.values.some((v) => v <= 2)) out.push('low')
  if (cell.debtUntil !== null) out.push('debt')
  if ((flags & Flag.Late) !== 0) out.push('late')
  if ((flags & Flag.Changed) !== 0) out.push('changed')
  if ((flags & Flag.Voided) !== 0) out.push(cell.values.length === 0 && absenceLetter(cell.state, cell.reason) === null ? 'voided' : 'changed')
  if ((flags & Flag.Stranded) !== 0) out.push('stranded')
  if ((flags & (Flag.Review | Flag.Comment)) !== 0) out.push('noted')
  if (cell.wait !== '') out.push(cell.wait)
  if (!column.writable) out.push('readonly')
  return out.join(' ')
}

/** The signs of a cell in words. */
export function flagWords(flags: number): string[] {
  const t = m().journal.flags
  return [1, 2, 4, 8, 16, 32, 64].filter((f) => (flags & f) !== 0).map((f) => t[f]!)
}

export function reasonText(reason: string | null): string {
  return reason === null ? '' : m().journal.reasons[reason] ?? reason
}

/** Value in words, without the pupil. */
export function cellWords(cell: CellView, column: GridColumn): string[] {
  const t = m().journal
  if (!cell.inside) return [t.outside]
  const out: string[] = []
  if (column.kind === 'period') {
    const value = cell.values[0]
    if (value !== undefined) out.push(value <= 5 ? String(value) : t.periodNames[value] ?? String(value))
  } else if (cell.values.length > 0) {
    out.push(cell.values.join('/'), m().works[cell.work] ?? '')
  }
  if (cell.state === 1 || cell.state === 2) out.push(t.states[cell.state]!, reasonText(cell.reason))
  if (cell.debtUntil !== null) out.push(m().marks.debt.until(dayShort(cell.debtUntil)))
  if (out.length === 0) out.push((flagsOf(cell) & Flag.Voided) !== 0 ? t.withdrawn : t.emptyCell)
  return [...out, ...flagWords(flagsOf(cell)), cell.wait === 'queued' ? t.waiting : cell.wait === 'conflict' ? t.conflict : ''].filter((s) => s !== '')
}

/** What stands in the cell and its words do not repeat: «безотм», «н/4п». The name has to hold what is seen. */
function cellShort(cell: CellView, column: GridColumn): string[] {
  if (column.kind === 'period') return cell.values.filter((v) => v > 5).map(periodText)
  const letter = absenceLetter(cell.state, cell.reason)
  if (letter === null || cell.values.length === 0) return []
  return [`${letter}/${cell.values.join('/')}${(flagsOf(cell) & Flag.Protocol) !== 0 ? 'п' : ''}`]
}

export function cellAria(cell: CellView, column: GridColumn, name: string): string {
  const where = column.kind === 'period' ? m().journal.periodMark : dayShort(column.day)
  return [name, where, ...cellShort(cell, column), ...cellWords(cell, column)].join(', ')
}
