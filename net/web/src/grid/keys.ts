// Keys: what a key press means in the grid. A pure function of the grid's state; it moves the
// cursor and may name an intent, which the store carries out.
//
// Letters are taken by the physical key, so that н б у о work in any layout; a Cyrillic letter is
// believed as it is, and the Latin look-alikes H and O are accepted, too.
import { clearAll, type Fill, fillDown, fillWith, rangeOf } from './block'
import { ABSENCE, type AskingIntent, type CellIntent, cellText, type Cursor, type Letter, type Look, type Notice, readAt } from './cells'

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
  /** Where the selection began that ends at the cursor; null: the cursor's cell alone. */
  readonly anchor: Cursor | null
}

export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly shift: boolean
  readonly ctrl: boolean
  readonly alt: boolean
}

export type Intent =
  | CellIntent
  | AskingIntent
  /** A block; `left`: why some of its cells were passed over. */
  | { readonly do: 'many'; readonly cells: readonly CellIntent[]; readonly left: Notice | null }
  | { readonly do: 'present'; readonly at: Cursor }
  | { readonly do: 'undo' }
  | { readonly do: 'history'; readonly at: Cursor }
  | { readonly do: 'comment'; readonly at: Cursor }
  | { readonly do: 'debt'; readonly at: Cursor }
  | { readonly do: 'leave' }
  | { readonly do: 'notice'; readonly notice: Notice }

export interface Pressed { readonly state: GridState; readonly intent: Intent | null; readonly handled: boolean }

export const MARKS_MAX = 4

const BY_CODE: Readonly<Record<string, Letter>> = { KeyY: 'н', Comma: 'б', KeyE: 'у', KeyJ: 'о' }
const LOOK_ALIKE: Readonly<Record<string, Letter>> = { h: 'н', o: 'о' }
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
  return { ...state, cursor: { row: clamp(row, state.rows), col: clamp(col, state.cols) }, append: null, last: null, anchor: null }
}

/** Moves the end of the selection; what began it stays. */
export function extendTo(state: GridState, row: number, col: number): GridState {
  const anchor = state.anchor ?? state.cursor
  const next = moveTo(state, row, col)
  return { ...next, anchor: anchor.row === next.cursor.row && anchor.col === next.cursor.col ? null : anchor }
}

const moved = (state: GridState, down: number, right: number): GridState => moveTo(state, state.cursor.row + down, state.cursor.col + right)

const done = (state: GridState, intent: Intent | null = null): Pressed => ({ state, intent, handled: true })
const pass = (state: GridState): Pressed => ({ state, intent: null, handled: false })
const notice = (state: GridState, what: Notice): Pressed => done({ ...state, append: null }, { do: 'notice', notice: what })

const PAGE_ROWS = 10

export function initialState(rows: number, cols: number, cursor: Cursor = { row: 0, col: 0 }): GridState {
  return { rows, cols, cursor: { row: clamp(cursor.row, rows), col: clamp(cursor.col, cols) }, edit: null, append: null, last: null, anchor: null }
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
  if (key.ctrl && !key.alt && key.code === 'KeyD') return many(state, fillDown(rangeOf(state), look))
  if (key.ctrl && key.code === 'Space') return done(extendTo(moveTo(state, state.rows - 1, at.col), 0, at.col))
  const go = key.shift ? extendTo : moveTo
  if (key.ctrl && key.key === 'Home') return done(go(state, 0, 0))
  if (key.ctrl && key.key === 'End') return done(go(state, state.rows - 1, state.cols - 1))
  return key.ctrl || key.alt ? pass(state) : null
}

function pressMove(state: GridState, key: KeyPress): Pressed | null {
  const { row, col } = state.cursor
  const go = key.shift ? extendTo : moveTo
  switch (key.key) {
    case 'ArrowUp': return done(go(state, row - 1, col))
    case 'ArrowDown': return done(go(state, row + 1, col))
    case 'ArrowLeft': return done(go(state, row, col - 1))
    case 'ArrowRight': return done(go(state, row, col + 1))
    case 'Enter': return done(moved(state, key.shift ? -1 : 1, 0))
    case 'Home': return done(go(state, row, 0))
    case 'End': return done(go(state, row, state.cols - 1))
    case 'PageUp': return done(go(state, row - PAGE_ROWS, col))
    case 'PageDown': return done(go(state, row + PAGE_ROWS, col))
    case 'Tab': {
      // At the edge Tab leaves the grid: nobody is trapped in it.
      const next = col + (key.shift ? -1 : 1)
      return next < 0 || next >= state.cols ? pass(state) : done(moveTo(state, row, next))
    }
    case 'Escape':
      return done({ ...state, append: null, last: null, anchor: null }, state.append === null && state.anchor === null ? { do: 'leave' } : null)
    default: return null
  }
}

/** Runs `fn` when the cell under the cursor may be written. */
function guarded(state: GridState, look: Look, fn: () => Pressed): Pressed {
  if (!look.column(state.cursor.col).writable) return notice(state, 'notWritable')
  return fn()
}

/** A block is written, and stays selected; when nothing of it can be written, the reason is said. */
function many(state: GridState, { cells, left }: Fill): Pressed {
  if (cells.length === 0) return left === null ? done(state) : notice(state, left)
  return done({ ...state, append: null, last: null }, { do: 'many', cells, left })
}

/** The keys that write, over a selection of several cells. */
function pressOver(state: GridState, key: KeyPress, look: Look): Pressed | null {
  const range = rangeOf(state)
  if (key.key === 'Delete' || key.key === 'Backspace') return many(state, clearAll(range, look))
  const text = digitOf(key)?.toString() ?? letterOf(key)
  return text === null ? null : many(state, fillWith(range, look, () => text))
}

function pressValue(state: GridState, key: KeyPress, look: Look): Pressed | null {
  const over = state.anchor === null ? null : pressOver(state, key, look)
  if (over !== null) return over
  const at = state.cursor
  if (key.key === 'F2') return guarded(state, look, () => done({ ...state, edit: cellText(look.cell(at), look.column(at.col)), append: null, anchor: null }))
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

function pressEditing(state: GridState, key: KeyPress, look: Look): Pressed {
  if (key.key === 'Escape') return done({ ...state, edit: null })
  if (key.key !== 'Enter' && key.key !== 'Tab') return pass(state)
  const intent = readAt(state.cursor, state.edit!, look)
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
