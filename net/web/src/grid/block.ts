// Blocks: many cells at once. A rectangle between the anchor and the cursor is filled, copied and
// pasted, as in a spreadsheet; each cell is judged by itself, as if its text had been typed there.
// What a block writes goes column by column, for the cells of a column share one signed event.
import { type CellIntent, cellText, type Cursor, type Look, type Notice, readAt } from './cells'
import type { GridState } from './keys'

export interface Range { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }

/** What is selected: a rectangle, one cell at least. */
export function rangeOf({ anchor, cursor }: GridState): Range {
  const from = anchor ?? cursor
  return {
    top: Math.min(from.row, cursor.row), bottom: Math.max(from.row, cursor.row),
    left: Math.min(from.col, cursor.col), right: Math.max(from.col, cursor.col),
  }
}

export function eachCell({ top, bottom, left, right }: Range, see: (at: Cursor) => void): void {
  for (let col = left; col <= right; col++) for (let row = top; row <= bottom; row++) see({ row, col })
}

/** What a text asks for at a place where many are written; a notice when it cannot stand there. */
export function fit(at: Cursor, text: string, look: Look): CellIntent | Notice {
  const column = look.column(at.col)
  if (!column.writable) return 'notWritable'
  const intent = readAt(at, text, look)
  if (intent === null || (intent.do === 'withdraw' && column.kind === 'period')) return column.kind === 'period' ? 'noSuchPeriod' : 'noSuchValue'
  if (!look.cell(at).inside) return 'notMember'
  if (intent.do === 'deferral') return 'deferralAlone'
  if (!look.marked && (intent.do === 'marks' || intent.do === 'protocol')) return 'unmarked'
  return intent.do === 'protocol' ? 'protocolAlone' : intent
}

export interface Fill {
  readonly cells: readonly CellIntent[]
  /** Why a cell was passed over; null when none was. */
  readonly left: Notice | null
}

/** The same text into every cell of a rectangle; cells where it cannot stand are passed over. */
export function fillWith(range: Range, look: Look, textAt: (at: Cursor) => string | null): Fill {
  const cells: CellIntent[] = []
  let left: Notice | null = null
  eachCell(range, (at) => {
    const text = textAt(at)
    if (text === null) return
    const fitted = fit(at, text, look)
    if (typeof fitted === 'string') left ??= fitted
    else cells.push(fitted)
  })
  return { cells, left }
}

const textOf = (at: Cursor, look: Look): string => cellText(look.cell(at), look.column(at.col))

/** Ctrl+D: the rectangle's top row into those below; a single cell takes what stands above it. */
export function fillDown(range: Range, look: Look): Fill {
  const source = range.top === range.bottom ? range.top - 1 : range.top
  if (source < 0) return { cells: [], left: null }
  return fillWith({ ...range, top: source + 1 }, look, ({ col }) => textOf({ row: source, col }, look) || null)
}

/** Empties what has something in it. */
export const clearAll = (range: Range, look: Look): Fill => fillWith(range, look, (at) => (textOf(at, look) === '' ? null : ''))

/** A rectangle as a spreadsheet takes it. */
export function copyText(range: Range, look: Look): string {
  const lines: string[] = []
  for (let row = range.top; row <= range.bottom; row++) {
    const line: string[] = []
    for (let col = range.left; col <= range.right; col++) line.push(textOf({ row, col }, look))
    lines.push(line.join('\t'))
  }
  return lines.join('\n')
}

/** More than a year of a class is no paste but a mistake. */
export const PASTE_CELLS_MAX = 12_000

/** The cells of a copied text; null when there are more than a page can have. */
export function readClip(text: string): string[][] | null {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n')
  const rows = lines.map((line) => line.split('\t').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1').trim()))
  return rows.reduce((n, row) => n + row.length, 0) > PASTE_CELLS_MAX ? null : rows
}

export type Misplaced = Notice | 'edge' | 'noSuchPupil' | 'twoSuchPupils'
export interface Trouble { readonly line: number; readonly text: string; readonly why: Misplaced; readonly at: Cursor | null }
export interface Placed { readonly cells: readonly CellIntent[]; readonly troubles: readonly Trouble[]; readonly byNames: boolean }

const wordsOf = (name: string): string[] => name.toLowerCase().replace(/ё/g, 'е').split(/[^a-zа-я-]+/).filter((w) => w !== '')

/** True when a name as people shorten it may be that of a pupil: the surname, and what follows begins alike. */
function isNameOf(typed: readonly string[], full: readonly string[]): boolean {
  return typed.length > 0 && typed[0] === full[0] && typed.slice(1).every((word, i) => full[i + 1]?.startsWith(word) === true)
}

type Who = (name: string) => number | 'noSuchPupil' | 'twoSuchPupils'

/** Rows by the names in the first column, whatever their order; null when that column holds no names. */
function byName(rows: readonly (readonly string[])[], pupils: readonly string[]): Who | null {
  const full = pupils.map(wordsOf)
  const who: Who = (name) => {
    const typed = wordsOf(name)
    const found = full.flatMap((words, row) => (isNameOf(typed, words) ? [row] : []))
    return found.length === 1 ? found[0]! : found.length === 0 ? 'noSuchPupil' : 'twoSuchPupils'
  }
  return rows.some((row) => row.length > 1 && who(row[0]!) !== 'noSuchPupil') ? who : null
}

/**
 * Where a copied block goes. One cell fills the whole selection; a block begins at its upper left corner. With pupils'
 * names in its first column each line goes to its pupil. An empty cell of the block leaves what is there.
 */
export function placeBlock(rows: readonly (readonly string[])[], state: GridState, look: Look, pupils: readonly string[]): Placed {
  const range = rangeOf(state)
  if (rows.length === 1 && rows[0]!.length === 1) {
    const text = rows[0]![0]!
    const many = fillWith(range, look, () => text)
    return { cells: many.cells, troubles: many.left === null || many.cells.length > 0 ? [] : [{ line: 1, text, why: many.left, at: state.cursor }], byNames: false }
  }
  const who = byName(rows, pupils)
  const cells = new Map<number, CellIntent[]>()
  const troubles: Trouble[] = []
  rows.forEach((row, i) => {
    const texts = who === null ? row : row.slice(1)
    if (texts.every((t) => t === '')) return
    const place = who === null ? range.top + i : who(row[0]!)
    if (typeof place === 'string') {
      troubles.push({ line: i + 1, text: row[0]!, why: place, at: null })
      return
    }
    texts.forEach((text, j) => {
      const at = { row: place, col: range.left + j }
      if (text === '') return
      const fitted = at.row >= state.rows || at.col >= state.cols ? 'edge' : fit(at, text, look)
      if (typeof fitted === 'string') troubles.push({ line: i + 1, text, why: fitted, at: fitted === 'edge' ? null : at })
      else cells.set(at.col, [...cells.get(at.col) ?? [], fitted])
    })
  })
  const inOrder = [...cells.keys()].sort((a, b) => a - b).flatMap((col) => cells.get(col)!)
  return { cells: inOrder, troubles, byNames: who !== null }
}
