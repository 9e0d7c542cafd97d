import { clearAll, copyText, fillDown, placeBlock, PASTE_CELLS_MAX, rangeOf, readClip } from '../../../net/web/src/grid/block'
import type { CellIntent, Look } from '../../../net/web/src/grid/cells'
import { extendTo, type GridState, initialState, type Intent, type KeyPress, press } from '../../../net/web/src/grid/keys'
import type { CellView, GridColumn } from '../../../net/web/src/grid/model'

const EMPTY: CellView = { values: [], work: 1, weight: 1, markSeq: null, markFlags: 0, state: null, reason: null, said: null, absenceSeq: null, absenceFlags: 0, debtUntil: null, debtSeq: null, wait: '', inside: true }
const column = (part: Partial<GridColumn> = {}): GridColumn => ({ key: 'k', kind: 'mark', lessonId: 'l', lesson: null, slot: null, column: 0, work: 1, weight: 1, day: 0, n: 1, first: true, writable: true, ...part })
const PUPILS = ['Абдулаев Руслан Магомедович', 'Ахмадов Али Исаевич', 'Ахмадов Адам Исаевич', 'Висаитова Хеда Сулеймановна']

/** Two lessons, a second work of the later one, the period: 4 pupils. */
const COLUMNS = [column(), column({ lessonId: 'm' }), column({ lessonId: 'm', column: 1, first: false }), column({ kind: 'period', first: false })]
const look = (cells: Readonly<Record<string, Partial<CellView>>> = {}, columns: readonly GridColumn[] = COLUMNS, marked = true): Look => ({
  cell: ({ row, col }) => ({ ...EMPTY, ...cells[`${row}/${col}`] }), column: (col) => columns[col]!, marked,
})
const at = (row: number, col: number, toRow = row, toCol = col): GridState => extendTo({ ...initialState(4, 4), cursor: { row, col } }, toRow, toCol)
const key = (name: string, part: Partial<KeyPress> = {}): KeyPress => ({ key: name, code: '', shift: false, ctrl: false, alt: false, ...part })
const told = (cells: readonly CellIntent[]): string[] => cells.map((c) => `${c.at.row}/${c.at.col} ${c.do === 'marks' ? c.values.join('/') : c.do === 'absence' ? `${c.state}${c.reason ?? ''}` : c.do === 'period' ? `=${c.value}` : '-'}`)
const written = (intent: Intent | null): string[] => (intent?.do === 'many' ? told(intent.cells) : [])
const place = (text: string, state: GridState, seen: Look = look()) => placeBlock(readClip(text)!, state, seen, PUPILS)

describe('a selection', () => {
  it('is drawn by Shift with arrows, Home and End, and ends where it began when it shrinks', () => {
    let state = at(1, 1)
    const type = (k: KeyPress): void => { state = press(state, k, look()).state }
    type(key('ArrowDown', { shift: true }))
    type(key('ArrowRight', { shift: true }))
    expect(rangeOf(state)).toEqual({ top: 1, bottom: 2, left: 1, right: 2 })
    type(key('Home', { shift: true, ctrl: true }))
    expect(rangeOf(state)).toEqual({ top: 0, bottom: 1, left: 0, right: 1 })
    type(key('ArrowDown', { shift: true }))
    type(key('ArrowRight', { shift: true }))
    expect(state.anchor).toBe(null)
    type(key(' ', { code: 'Space', ctrl: true }))
    expect(rangeOf(state)).toEqual({ top: 0, bottom: 3, left: 1, right: 1 })
    type(key('ArrowDown'))
    expect(state.anchor).toBe(null)
  })

  it('is dropped by Escape before Escape leaves', () => {
    const state = at(0, 0, 1, 1)
    const once = press(state, key('Escape'), look())
    expect([once.intent, once.state.anchor]).toEqual([null, null])
    expect(press(once.state, key('Escape'), look()).intent).toEqual({ do: 'leave' })
  })
})

describe('filling a selection', () => {
  const seen = look({ '1/0': { state: 1 }, '2/0': { inside: false }, '3/1': { values: [3] } })

  it('puts a digit into each cell that takes it, column by column, and says that some did not', () => {
    const { intent, state } = press(at(0, 0, 3, 1), key('4'), seen)
    expect(intent).toMatchObject({ do: 'many', left: 'protocolAlone' })
    expect(written(intent)).toEqual(['0/0 4', '3/0 4', '0/1 4', '1/1 4', '2/1 4', '3/1 4'])
    expect(rangeOf(state)).toEqual({ top: 0, bottom: 3, left: 0, right: 1 })
  })

  it('puts an absence only where attendance stands, a period mark only by its digits', () => {
    const { intent } = press(at(0, 1, 0, 3), key('б', { code: 'Comma' }), look())
    expect(written(intent)).toEqual(['0/1 1ill'])
    expect(written(press(at(0, 2, 0, 3), key('5'), look()).intent)).toEqual(['0/2 5', '0/3 =5'])
  })

  it('writes nothing where nothing may be written, and says why', () => {
    const closed = look({}, COLUMNS.map((c) => ({ ...c, writable: false })))
    expect(press(at(0, 0, 3, 0), key('5'), closed).intent).toEqual({ do: 'notice', notice: 'notWritable' })
    expect(press(at(0, 0, 3, 0), key('5'), look({}, COLUMNS, false)).intent).toEqual({ do: 'notice', notice: 'unmarked' })
  })

  it('empties by Delete what has something in it, and leaves period marks, which have no way back', () => {
    const filled = look({ '0/0': { values: [4] }, '1/0': { state: 2 }, '1/3': { values: [5] } })
    expect(told(clearAll({ top: 0, bottom: 3, left: 0, right: 3 }, filled).cells)).toEqual(['0/0 -', '1/0 -'])
  })

  it('fills down the top row, or from above a single cell', () => {
    const filled = look({ '0/0': { values: [4, 5] }, '0/1': { state: 1, reason: 'ill' } })
    expect(told(fillDown({ top: 0, bottom: 2, left: 0, right: 2 }, filled).cells)).toEqual(['1/0 4/5', '2/0 4/5', '1/1 1ill', '2/1 1ill'])
    expect(told(fillDown({ top: 1, bottom: 1, left: 0, right: 0 }, filled).cells)).toEqual(['1/0 4/5'])
    expect(fillDown({ top: 0, bottom: 0, left: 0, right: 0 }, filled)).toEqual({ cells: [], left: null })
    expect(press(at(1, 0), key('d', { ctrl: true, code: 'KeyD' }), filled)).toMatchObject({ handled: true, intent: { do: 'many' } })
  })
})

describe('copying and pasting', () => {
  it('copies what a person would type, and what is copied comes back the same', () => {
    const filled = look({ '0/0': { values: [4, 5] }, '0/1': { state: 1, reason: 'ill' }, '1/1': { state: 2 }, '1/3': { values: [11] } })
    const text = copyText({ top: 0, bottom: 1, left: 0, right: 3 }, filled)
    expect(text).toBe('4/5\tб\t\t\n\tо\t\tн/а')
    const placed = place(text, at(2, 0))
    expect(placed.troubles).toEqual([])
    expect(told(placed.cells)).toEqual(['2/0 4/5', '2/1 1ill', '3/1 2', '3/3 =11'])
  })

  it('begins at the upper left corner of the selection, and an empty cell leaves what is there', () => {
    expect(told(place('5\t\n\t4\r\n', at(2, 1, 1, 0), look({ '1/1': { values: [2] } })).cells)).toEqual(['1/0 5', '2/1 4'])
  })

  it('fills the selection when one cell was copied', () => {
    expect(told(place('5', at(0, 0, 3, 0)).cells)).toEqual(['0/0 5', '1/0 5', '2/0 5', '3/0 5'])
    expect(place('пять', at(0, 0)).troubles).toEqual([{ line: 1, text: 'пять', why: 'noSuchValue', at: { row: 0, col: 0 } }])
  })

  it('names each cell that cannot be written, by line and reason', () => {
    const seen = look({ '1/0': { inside: false }, '2/0': { state: 1 } })
    const placed = place('5\n4\n3\n7\n5', at(0, 0), seen)
    expect(told(placed.cells)).toEqual(['0/0 5'])
    expect(placed.troubles.map((t) => [t.line, t.text, t.why])).toEqual([[2, '4', 'notMember'], [3, '3', 'protocolAlone'], [4, '7', 'noSuchValue'], [5, '5', 'edge']])
    expect(place('5\t5', at(0, 3)).troubles).toEqual([{ line: 1, text: '5', why: 'edge', at: null }])
  })

  it('sends lines to their pupils by the names in the first column, in any order', () => {
    const placed = place('Висаитова Х.\t5\t4\nАбдулаев\t3\nАхмадов Ад\t2\n\t\n', at(3, 0))
    expect(placed.byNames).toBe(true)
    expect(placed.troubles).toEqual([])
    expect(told(placed.cells)).toEqual(['3/0 5', '0/0 3', '2/0 2', '3/1 4'])
  })

  it('guesses no pupil: a name of two, or of none, is named', () => {
    const placed = place('Ахмадов\t5\nИванов\t4\nАбдулаев Р.\t3', at(0, 0))
    expect(placed.troubles.map((t) => [t.line, t.text, t.why])).toEqual([[1, 'Ахмадов', 'twoSuchPupils'], [2, 'Иванов', 'noSuchPupil']])
    expect(told(placed.cells)).toEqual(['0/0 3'])
  })

  it('takes quotes off, and no more than a page can have', () => {
    expect(readClip('"4/5"\t 5 \r\n"н"\t')).toEqual([['4/5', '5'], ['н', '']])
    expect(readClip('5\t'.repeat(PASTE_CELLS_MAX))).toBe(null)
  })
})
