// Keys: what a key press means in the grid. A pure function of the grid's state; it moves the
// cursor and may name an intent, which the store carries out.
//
// Letters are taken by the physical key, so that н б у о work in any layout; a Cyrillic letter is
// believed as it is, and the Latin look-alikes H and O are accepted, too.
import type { CellView, GridColumn } from './model'

export interface Cursor { readonly row: number; readonly col: number }

export interface GridState {
  readonly rows: number
  readonly cols: number
  readonly cursor: Cursor
  /** The text being edited in the cell under the cursor (F2), or null. */
  readonly edit: string | null
  /** The cell whose next digit is added to what it has ("/"). */
  readonly append: Cursor | null
  /** The cell that was filled last and left by the automatic move. */
  readonly last: Cursor | null
}

export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly shift: boolean
  readonly ctrl: boolean
  readonly alt: boolean
}

export type Notice = 'unmarked' | 'noSuchValue' | 'noSuchPeriod' | 'markFirst' | 'fourMarks' | 'notWritable' | 'notMember'

export type Intent =
  | { readonly do: 'marks'; readonly at: Cursor; readonly values: readonly number[] }
  | { readonly do: 'absence'; readonly at: Cursor; readonly state: number; readonly reason: string | null }
  | { readonly do: 'period'; readonly at: Cursor; readonly value: number }
  | { readonly do: 'withdraw'; readonly at: Cursor }
  | { readonly do: 'protocol'; readonly at: Cursor; readonly values: readonly number[] }
  | { readonly do: 'present'; readonly at: Cursor }
  | { readonly do: 'undo' }
  | { readonly do: 'history'; readonly at: Cursor }
  | { readonly do: 'comment'; readonly at: Cursor }
  | { readonly do: 'deferral'; readonly at: Cursor }
  | { readonly do: 'debt'; readonly at: Cursor }
  | { readonly do: 'leave' }
  | { readonly do: 'notice'; readonly notice: Notice }

export interface Pressed { readonly state: GridState; readonly intent: Intent | null; readonly handled: boolean }

/** What the grid holds at a place. */
export interface Look {
  readonly cell: (at: Cursor) => CellView
  readonly column: (col: number) => GridColumn
  /** False: this subject, or this class, is taught without marks. */
  readonly marked: boolean
}

export const MARKS_MAX = 4

export type Letter = 'н' | 'б' | 'у' | 'о'
const BY_CODE: Readonly<Record<string, Letter>> = { KeyY: 'н', Comma: 'б', KeyE: 'у', KeyJ: 'о' }
const LOOK_ALIKE: Readonly<Record<string, Letter>> = { h: 'н', o: 'о' }
export const ABSENCE: Readonly<Record<Letter, readonly [number, string | null]>> = {
  н: [1, null], б: [1, 'ill'], у: [1, 'valid'], о: [2, null],
}

export function letterOf(press: Pick<KeyPress, 'key' | 'code'>): Letter | null {
  const key = press.key.toLowerCase()
  if (/^[а-яё]$/.test(key)) return key in ABSENCE ? (key as Letter) : null
  return BY_CODE[press.code] ?? LOOK_ALIKE[key] ?? null
}

function digitOf(press: KeyPress): number | null {
  return /^[2-5]$/.test(press.key) ? Number(press.key) : null
}

/** "/" itself, or its physical key where the layout puts a dot or a comma on it. */
function isSlash(press: KeyPress): boolean {
  return press.key === '/' || press.code === 'NumpadDivide' || (press.code === 'Slash' && /^[./,]$/.test(press.key))
}

/** The point of the English layout by its physical key, as letters are; or that of the number pad. */
const isPoint = (press: KeyPress): boolean => (press.code === 'Period' && !press.shift) || press.code === 'NumpadDecimal'

const clamp = (n: number, max: number): number => Math.max(0, Math.min(n, max - 1))

function moveTo(state: GridState, row: number, col: number): GridState {
  return { ...state, cursor: { row: clamp(row, state.rows), col: clamp(col, state.cols) }, append: null, last: null }
}

const moved = (state: GridState, down: number, right: number): GridState => moveTo(state, state.cursor.row + down, state.cursor.col + right)

const done = (state: GridState, intent: Intent | null = null): Pressed => ({ state, intent, handled: true })
const pass = (state: GridState): Pressed => ({ state, intent: null, handled: false })
const notice = (state: GridState, what: Notice): Pressed => done({ ...state, append: null }, { do: 'notice', notice: what })

const PAGE_ROWS = 10

export function initialState(rows: number, cols: number, cursor: Cursor = { row: 0, col: 0 }): GridState {
  return { rows, cols, cursor: { row: clamp(cursor.row, rows), col: clamp(cursor.col, cols) }, edit: null, append: null, last: null }
}

export function press(state: GridState, key: KeyPress, look: Look): Pressed {
  if (state.rows === 0 || state.cols === 0) return pass(state)
  if (state.edit !== null) return pressEditing(state, key, look)
  return pressChord(state, key, look) ?? pressMove(state, key) ?? pressValue(state, key, look) ?? pass(state)
}

function pressChord(state: GridState, key: KeyPress, look: Look): Pressed | null {
  const at = state.cursor
  if (key.ctrl && !key.alt && key.code === 'KeyZ' && !key.shift) return done(state, { do: 'undo' })
  if (key.alt && !key.ctrl && key.code === 'KeyA') return guarded(state, look, () => done(state, { do: 'present', at }))
  if (key.alt && !key.ctrl && key.code === 'KeyH') return done(state, { do: 'history', at })
  if (key.ctrl && key.key === 'Home') return done(moveTo(state, 0, 0))
  if (key.ctrl && key.key === 'End') return done(moveTo(state, state.rows - 1, state.cols - 1))
  return key.ctrl || key.alt ? pass(state) : null
}

function pressMove(state: GridState, key: KeyPress): Pressed | null {
  const { row, col } = state.cursor
  switch (key.key) {
    case 'ArrowUp': return done(moved(state, -1, 0))
    case 'ArrowDown': return done(moved(state, 1, 0))
    case 'ArrowLeft': return done(moved(state, 0, -1))
    case 'ArrowRight': return done(moved(state, 0, 1))
    case 'Enter': return done(moved(state, key.shift ? -1 : 1, 0))
    case 'Home': return done(moveTo(state, row, 0))
    case 'End': return done(moveTo(state, row, state.cols - 1))
    case 'PageUp': return done(moved(state, -PAGE_ROWS, 0))
    case 'PageDown': return done(moved(state, PAGE_ROWS, 0))
    case 'Tab': {
      // At the edge Tab leaves the grid: nobody is trapped in it.
      const next = col + (key.shift ? -1 : 1)
      return next < 0 || next >= state.cols ? pass(state) : done(moveTo(state, row, next))
    }
    case 'Escape':
      return done({ ...state, append: null, last: null }, state.append === null ? { do: 'leave' } : null)
    default: return null
  }
}

/** Runs `fn` when the cell under the cursor may be written. */
function guarded(state: GridState, look: Look, fn: () => Pressed): Pressed {
  if (!look.column(state.cursor.col).writable) return notice(state, 'notWritable')
  return fn()
}

function pressValue(state: GridState, key: KeyPress, look: Look): Pressed | null {
  const at = state.cursor
  if (key.key === 'F2') return guarded(state, look, () => done({ ...state, edit: cellText(look.cell(at), look.column(at.col)), append: null }))
  if (key.key === '+') return guarded(state, look, () => (look.cell(at).values.length === 0 ? notice(state, 'markFirst') : done(state, { do: 'comment', at })))
  if (key.key === 'Delete' || key.key === 'Backspace') return guarded(state, look, () => done({ ...state, append: null, last: null }, { do: 'withdraw', at }))
  if (isSlash(key)) return pressSlash(state, look)
  const digit = digitOf(key)
  if (digit !== null) return guarded(state, look, () => putDigit(state, digit, look))
  if (isPoint(key)) return guarded(state, look, () => pressPoint(state, look))
  const letter = letterOf(key)
  if (letter !== null) return guarded(state, look, () => putLetter(state, letter, look))
  return null
}

function pressSlash(state: GridState, look: Look): Pressed {
  const target = state.last ?? state.cursor
  const column = look.column(target.col)
  if (!column.writable) return notice(state, 'notWritable')
  const { values } = look.cell(target)
  if (column.kind === 'period' || values.length === 0) return notice(state, 'markFirst')
  if (values.length >= MARKS_MAX) return notice(state, 'fourMarks')
  return done({ ...state, cursor: target, append: target, last: null })
}

/** A debt point stands where a mark is to come: on a lesson that is there, for a pupil of the group. */
function pressPoint(state: GridState, look: Look): Pressed {
  const at = state.cursor
  if (look.column(at.col).kind !== 'mark' || look.cell(at).values.length > 0) return notice(state, 'noSuchValue')
  if (!look.marked) return notice(state, 'unmarked')
  if (!look.cell(at).inside) return notice(state, 'notMember')
  return done({ ...state, append: null }, { do: 'debt', at })
}

/** After a value the cursor moves down, and remembers where it came from. */
function settle(state: GridState): GridState {
  const from = state.cursor
  return { ...moved(state, 1, 0), last: from }
}

function putValues(state: GridState, values: readonly number[], look: Look): Pressed {
  const at = state.cursor
  const cell = look.cell(at)
  if (!look.marked) return notice(state, 'unmarked')
  if (!cell.inside) return notice(state, 'notMember')
  if (cell.state === 1 && look.column(at.col).first) return done({ ...state, append: null }, { do: 'protocol', at, values })
  return done(settle(state), { do: 'marks', at, values })
}

function putDigit(state: GridState, digit: number, look: Look): Pressed {
  const at = state.cursor
  if (look.column(at.col).kind === 'period') return done(settle(state), { do: 'period', at, value: digit })
  const appending = state.append !== null && state.append.row === at.row && state.append.col === at.col
  return putValues(state, appending ? [...look.cell(at).values, digit] : [digit], look)
}

function putLetter(state: GridState, letter: Letter, look: Look): Pressed {
  const at = state.cursor
  const column = look.column(at.col)
  if (column.kind === 'period') return notice(state, 'noSuchPeriod')
  if (!column.first) return notice(state, 'noSuchValue')
  if (!look.cell(at).inside) return notice(state, 'notMember')
  const [absent, reason] = ABSENCE[letter]
  return done(settle(state), { do: 'absence', at, state: absent, reason })
}

// ---- editing a cell as text (F2)

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

/** What a typed text asks for; null when cells hold no such thing. */
export function readText(state: GridState, typed: string, look: Look): Intent | null {
  const at = state.cursor
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

function pressEditing(state: GridState, key: KeyPress, look: Look): Pressed {
  if (key.key === 'Escape') return done({ ...state, edit: null })
  if (key.key !== 'Enter' && key.key !== 'Tab') return pass(state)
  const intent = readText(state, state.edit!, look)
  if (intent === null) return done(state, { do: 'notice', notice: look.column(state.cursor.col).kind === 'period' ? 'noSuchPeriod' : 'noSuchValue' })
  const unchanged = state.edit === cellText(look.cell(state.cursor), look.column(state.cursor.col))
  const closed = { ...state, edit: null }
  const next = key.key === 'Enter' ? moved(closed, key.shift ? -1 : 1, 0) : moved(closed, 0, key.shift ? -1 : 1)
  if (unchanged) return done(next)
  if (!look.cell(state.cursor).inside) return notice(closed, 'notMember')
  if (!look.marked && (intent.do === 'marks' || intent.do === 'protocol')) return notice(closed, 'unmarked')
  const stays = intent.do === 'protocol' || intent.do === 'deferral'
  return done(stays ? closed : next, intent)
}
