// A cell as text: what a person would type to get what it shows, and what a typed text asks for.
import type { CellView, GridColumn } from './model'

export interface Cursor { readonly row: number; readonly col: number }

export type Notice = 'unmarked' | 'noSuchValue' | 'noSuchPeriod' | 'markFirst' | 'fourMarks' | 'notWritable' | 'notMember' | 'protocolAlone' | 'deferralAlone'

/** What is written into one cell without asking further. */
export type CellIntent =
  | { readonly do: 'marks'; readonly at: Cursor; readonly values: readonly number[] }
  | { readonly do: 'absence'; readonly at: Cursor; readonly state: number; readonly reason: string | null }
  | { readonly do: 'period'; readonly at: Cursor; readonly value: number }
  | { readonly do: 'withdraw'; readonly at: Cursor }

/** What cannot be written before a person has said more. */
export type AskingIntent =
  | { readonly do: 'protocol'; readonly at: Cursor; readonly values: readonly number[] }
  | { readonly do: 'deferral'; readonly at: Cursor }

/** What the grid holds at a place. */
export interface Look {
  readonly cell: (at: Cursor) => CellView
  readonly column: (col: number) => GridColumn
  /** False: this subject, or this class, is taught without marks. */
  readonly marked: boolean
}

export type Letter = 'н' | 'б' | 'у' | 'о'
export const ABSENCE: Readonly<Record<Letter, readonly [number, string | null]>> = {
  н: [1, null], б: [1, 'ill'], у: [1, 'valid'], о: [2, null],
}

const PERIOD_TEXT: Readonly<Record<string, number>> = { осв: 10, 'н/а': 11, на: 11, безотм: 12, отср: 13, зач: 14, зачёт: 14, зачет: 14, незач: 15, незачёт: 15, незачет: 15 }

/** The cell as a person would type it. */
export function cellText(cell: CellView, column: GridColumn): string {
  if (column.kind === 'period') {
    const value = cell.values[0]
    if (value === undefined) return ''
    return value <= 5 ? String(value) : Object.entries(PERIOD_TEXT).find(([, v]) => v === value)?.[0] ?? ''
  }
  if (cell.values.length > 0) return cell.values.join('/')
  return absenceLetter(cell.state, cell.reason) ?? ''
}

/** н, б, у, о or нп; null for present or nothing. */
export function absenceLetter(state: number | null, reason: string | null): string | null {
  if (state === 2) return 'о'
  if (state !== 1) return null
  if (reason === 'ill') return 'б'
  if (reason === 'invalid') return 'нп'
  return reason === null ? 'н' : 'у'
}

/** What a text asks for in a cell; null when cells hold no such thing. */
export function readAt(at: Cursor, typed: string, look: Look): CellIntent | AskingIntent | null {
  const column = look.column(at.col)
  const text = typed.trim().toLowerCase()
  if (text === '') return { do: 'withdraw', at }
  if (column.kind === 'period') {
    const value = /^[1-5]$/.test(text) ? Number(text) : PERIOD_TEXT[text]
    if (value === undefined) return null
    return value === 13 ? { do: 'deferral', at } : { do: 'period', at, value }
  }
  if (/^[1-5](\s*[/ ,]\s*[1-5]){0,3}$/.test(text)) {
    const values = text.match(/[1-5]/g)!.map(Number)
    return look.cell(at).state === 1 && column.first ? { do: 'protocol', at, values } : { do: 'marks', at, values }
  }
  if (!column.first) return null
  if (text === 'нп') return { do: 'absence', at, state: 1, reason: 'invalid' }
  const letter = text.length === 1 ? ({ h: 'н', o: 'о', y: 'у' } as Readonly<Record<string, string>>)[text] ?? text : ''
  return letter in ABSENCE ? { do: 'absence', at, state: ABSENCE[letter as Letter][0], reason: ABSENCE[letter as Letter][1] } : null
}
