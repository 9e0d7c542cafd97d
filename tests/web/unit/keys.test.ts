import type { CellView, GridColumn } from '../../../net/web/src/grid/model'
import { absenceLetter, type Cursor, type Look } from '../../../net/web/src/grid/cells'
import { type GridState, initialState, type Intent, type KeyPress, letterOf, press } from '../../../net/web/src/grid/keys'

const EMPTY: CellView = { values: [], work: 1, weight: 1, markSeq: null, markFlags: 0, state: null, reason: null, said: null, absenceSeq: null, absenceFlags: 0, debtUntil: null, debtSeq: null, wait: '', inside: true }
const column = (part: Partial<GridColumn> = {}): GridColumn => ({ key: 'k', kind: 'mark', lessonId: 'l', lesson: null, slot: null, column: 0, work: 1, weight: 1, day: 0, n: 1, first: true, writable: true, ...part })

/** A grid of 4 pupils × 3 columns: lesson, its second work, period. */
class Table {
  cells = new Map<string, Partial<CellView>>()
  columns = [column(), column({ column: 1, first: false }), column({ kind: 'period', first: false })]
  state: GridState = initialState(4, 3)
  intents: Intent[] = []
  marked = true
  get look(): Look {
    return { cell: (at: Cursor) => ({ ...EMPTY, ...this.cells.get(`${at.row}/${at.col}`) }), column: (col) => this.columns[col]!, marked: this.marked }
  }

  type(...keys: (string | Partial<KeyPress>)[]): this {
    for (const k of keys) {
      const key: KeyPress = { key: '', code: '', shift: false, ctrl: false, alt: false, ...(typeof k === 'string' ? { key: k } : k) }
      const result = press(this.state, key, this.look)
      this.state = result.state
      if (result.intent === null) continue
      this.intents.push(result.intent)
      for (const one of result.intent.do === 'many' ? result.intent.cells : [result.intent]) {
        if (one.do === 'marks') this.cells.set(`${one.at.row}/${one.at.col}`, { values: one.values })
      }
    }
    return this
  }

  get at(): [number, number] {
    return [this.state.cursor.row, this.state.cursor.col]
  }
}

describe('grid keys', () => {
  it('moves by arrows, Enter, Shift+Enter and Tab, and stays inside', () => {
    const t = new Table()
    expect(t.type('ArrowDown', 'ArrowRight').at).toEqual([1, 1])
    expect(t.type('Enter').at).toEqual([2, 1])
    expect(t.type({ key: 'Enter', shift: true }).at).toEqual([1, 1])
    expect(t.type('Tab').at).toEqual([1, 2])
    expect(t.type({ key: 'Tab', shift: true }).at).toEqual([1, 1])
    expect(t.type('ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowLeft', 'ArrowLeft').at).toEqual([0, 0])
    expect(t.type({ key: 'End', ctrl: true }).at).toEqual([3, 2])
  })

  it('lets Tab leave the grid at its edges, so that nobody is trapped', () => {
    const t = new Table()
    expect(press(t.state, { key: 'Tab', code: 'Tab', shift: true, ctrl: false, alt: false }, t.look).handled).toBe(false)
    t.type('End')
    expect(press(t.state, { key: 'Tab', code: 'Tab', shift: false, ctrl: false, alt: false }, t.look).handled).toBe(false)
  })

  it('fills a column with one key a pupil', () => {
    const t = new Table().type('5', '4', '3', '2')
    expect(t.intents.map((i) => (i.do === 'marks' ? [i.at.row, i.values] : i.do))).toEqual([[0, [5]], [1, [4]], [2, [3]], [3, [2]]])
  })

  it('adds a second mark with "/", also right after the automatic move', () => {
    const t = new Table().type('4', '/', '5')
    expect(t.intents.at(-1)).toEqual({ do: 'marks', at: { row: 0, col: 0 }, values: [4, 5] })
    expect(t.at).toEqual([1, 0])
    t.type('ArrowUp', '/', '3')
    expect(t.intents.at(-1)).toEqual({ do: 'marks', at: { row: 0, col: 0 }, values: [4, 5, 3] })
  })

  it('puts a debt point by the physical key, and only where a mark is to come', () => {
    const point = { key: 'ю', code: 'Period' }
    const t = new Table().type(point)
    expect(t.intents.at(-1)).toEqual({ do: 'debt', at: { row: 0, col: 0 } })
    expect(t.at).toEqual([0, 0])
    t.type('4', 'ArrowUp', point)
    expect(t.intents.at(-1)).toEqual({ do: 'notice', notice: 'noSuchValue' })
    t.type('End', point)
    expect(t.intents.at(-1)).toEqual({ do: 'notice', notice: 'noSuchValue' })
    expect(new Table().type({ key: '>', code: 'Period', shift: true }).intents).toEqual([])
    const unmarked = new Table()
    unmarked.marked = false
    expect(unmarked.type(point).intents.at(-1)).toEqual({ do: 'notice', notice: 'unmarked' })
  })

  it('adds to the cell under the cursor when the person moved away herself', () => {
    const t = new Table().type('4', 'ArrowDown', '/')
    expect(t.intents.at(-1)).toEqual({ do: 'notice', notice: 'markFirst' })
  })

  it('holds at most four marks in a cell', () => {
    const t = new Table().type('5', '/', '5', '/', '5', '/', '5', '/')
    expect(t.intents.at(-1)).toEqual({ do: 'notice', notice: 'fourMarks' })
  })

  it.each([
    ['н', 'KeyY', 'н'], ['y', 'KeyY', 'н'], ['б', 'Comma', 'б'], [',', 'Comma', 'б'], ['у', 'KeyE', 'у'], ['e', 'KeyE', 'у'], ['о', 'KeyJ', 'о'], ['j', 'KeyJ', 'о'],
    ['h', 'KeyH', 'н'], ['H', 'KeyH', 'н'], ['o', 'KeyO', 'о'], ['Н', 'KeyY', 'н'],
    // A phonetic Cyrillic layout: the letter is believed, not the key.
    ['н', 'KeyN', 'н'], ['ы', 'KeyY', null], ['р', 'KeyH', null], ['щ', 'KeyO', null], ['q', 'KeyQ', null],
  ])('takes %s on %s as %s', (key, code, letter) => {
    expect(letterOf({ key, code })).toBe(letter)
  })

  it('records absence with its reason and moves down', () => {
    const t = new Table().type({ key: 'y', code: 'KeyY' }, { key: 'б', code: 'Comma' }, { key: 'e', code: 'KeyE' }, { key: 'j', code: 'KeyJ' })
    expect(t.intents.map((i) => (i.do === 'absence' ? [i.at.row, i.state, i.reason] : i.do))).toEqual([[0, 1, null], [1, 1, 'ill'], [2, 1, 'valid'], [3, 2, null]])
  })

  it('keeps absences out of second works and period marks', () => {
    const t = new Table().type('ArrowRight', { key: 'н', code: 'KeyY' })
    expect(t.intents).toEqual([{ do: 'notice', notice: 'noSuchValue' }])
  })

  it('asks for a protocol where the pupil was absent, and not for a second work', () => {
    const t = new Table()
    t.cells.set('0/0', { state: 1 })
    t.cells.set('0/1', { state: null })
    expect(t.type('4').intents).toEqual([{ do: 'protocol', at: { row: 0, col: 0 }, values: [4] }])
    expect(t.at).toEqual([0, 0])
    expect(t.type('ArrowRight', '4').intents.at(-1)).toEqual({ do: 'marks', at: { row: 0, col: 1 }, values: [4] })
  })

  it('refuses to write where the person may not, or the pupil was not there', () => {
    const t = new Table()
    t.columns[0] = column({ writable: false })
    expect(t.type('5').intents).toEqual([{ do: 'notice', notice: 'notWritable' }])
    const u = new Table()
    u.cells.set('0/0', { inside: false })
    expect(u.type('5').intents).toEqual([{ do: 'notice', notice: 'notMember' }])
  })

  it('takes no marks where none are given, but absences', () => {
    const t = new Table()
    t.marked = false
    t.type('5', { key: 'н', code: 'KeyY' })
    expect(t.intents.map((i) => (i.do === 'notice' ? i.notice : i.do))).toEqual(['unmarked', 'absence'])
  })

  it('sets period marks by a digit and refuses 1 and 6', () => {
    const t = new Table().type('End', '4', '1', '6')
    expect(t.intents).toEqual([{ do: 'period', at: { row: 0, col: 2 }, value: 4 }])
  })

  it('withdraws, undoes, marks all present, opens history', () => {
    const t = new Table().type('Delete', { key: 'я', code: 'KeyZ', ctrl: true }, { key: 'ф', code: 'KeyA', alt: true }, { key: 'р', code: 'KeyH', alt: true })
    expect(t.intents.map((i) => i.do)).toEqual(['withdraw', 'undo', 'present', 'history'])
  })

  it('edits with F2, commits with Enter, drops with Escape', () => {
    const t = new Table().type('F2')
    t.state = { ...t.state, edit: '4/5' }
    expect(t.type('Enter').intents).toEqual([{ do: 'marks', at: { row: 0, col: 0 }, values: [4, 5] }])
    expect(t.at).toEqual([1, 0])
    t.type('F2')
    t.state = { ...t.state, edit: '3' }
    t.type('Escape')
    expect(t.intents.length).toBe(1)
    expect(t.state.edit).toBe(null)
  })

  it('reads what people write into a cell, and nothing else', () => {
    const read = (text: string, col = 0): Intent | undefined => {
      const t = new Table()
      t.state = { ...t.state, cursor: { row: 0, col } }
      t.type('F2')
      t.state = { ...t.state, edit: text }
      return t.type('Enter').intents.at(-1)
    }
    expect(read('н')).toMatchObject({ do: 'absence', state: 1, reason: null })
    expect(read('НП')).toMatchObject({ do: 'absence', state: 1, reason: 'invalid' })
    expect(read('5, 4')).toMatchObject({ do: 'marks', values: [5, 4] })
    expect(read('6')).toEqual({ do: 'notice', notice: 'noSuchValue' })
    expect(read('5/5/5/5/5')).toEqual({ do: 'notice', notice: 'noSuchValue' })
    expect(read('осв', 2)).toMatchObject({ do: 'period', value: 10 })
    expect(read('отср', 2)).toMatchObject({ do: 'deferral' })
    expect(read('н', 2)).toEqual({ do: 'notice', notice: 'noSuchPeriod' })
  })

  it('writes absences by the letters of the paper journal', () => {
    expect([absenceLetter(1, null), absenceLetter(1, 'ill'), absenceLetter(1, 'valid'), absenceLetter(1, 'invalid'), absenceLetter(1, 'соревнования'), absenceLetter(2, null), absenceLetter(0, null), absenceLetter(null, null)])
      .toEqual(['н', 'б', 'у', 'нп', 'у', 'о', null, null])
  })
})
