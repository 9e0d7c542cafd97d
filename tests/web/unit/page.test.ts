import { meanOfSums, USUAL_RULE } from '../../../net/web/src/control/means'
import type { JournalPage } from '../../../net/web/src/api/types'
import { draftOf, type Edit, type MarkEdit, takeBatch } from '../../../net/web/src/grid/edits'
import { buildColumns, buildSheet, indexPage, type LocalColumns, rowSums } from '../../../net/web/src/grid/model'
import { applyAccepted, mergeDays } from '../../../net/web/src/grid/patch'
import type { Value } from '../../../net/web/src/ledger/canon'

const id = (n: number): string => n.toString(16).padStart(32, '0')
const lesson = (n: number, day: number): JournalPage['lessons'][number] => ({
  id: id(100 + n), day, shift: 1, n: 1, start: 480, end: 520, assigned_name: 'И', actual_name: 'И', substituted: false, writable: true, topic: null, number: null, work: null, topic_seq: null, topic_flags: 0,
  homework: null, homework_due: null, homework_seq: null, homework_flags: 0, sheet: false, sheet_seq: null, columns: [{ column: 0, work: 1, weight: 1 }],
})
const page = (): JournalPage => ({
  group: { id: id(1), name: '8А', kind: 0, grade: 8 }, subject: { id: id(2), name: 'Алгебра', marked: true }, from: 10, to: 20, writable: true, size: 50,
  pupils: [{ id: id(11), name: 'А', from: 0, to: null }, { id: id(12), name: 'Б', from: 12, to: null }],
  lessons: [lesson(0, 10), lesson(1, 12)], marks: [[0, 0, 0, [5], 1, 1, 30, 0], [1, 0, 0, [3], 4, 4, 31, 1], [1, 1, 0, [], 1, 1, 32, 4]], absences: [[0, 1, 1, 'ill', 33, 0]], files: [], debts: [[1, 1, 0, 25, 4, 40, 0], [0, 0, 0, 20, 1, 41, 0]],
  averages: [[0, 340, 2, 3]], rule: USUAL_RULE, period_marks: [], slots: [{ day: 13, shift: 1, n: 2, start: 530, end: 570, room: '1', assigned: id(9), actual: id(9) }],
})
const local: LocalColumns = { slotId: () => id(200), extra: new Map(), chosen: new Map() }
const mark = (part: Partial<MarkEdit> = {}): MarkEdit => ({
  what: 'mark', key: `m/${id(100)}/0/${id(11)}`, lesson: id(100), pupil: id(11), column: 0, values: [4], work: 1, weight: 1, comment: null, protocol: null, prev: 30, status: 'queued', ...part,
})
const sheetOf = (p: JournalPage, overlay: ReadonlyMap<string, Edit> = new Map(), before: ReturnType<typeof buildSheet> | null = null, columns = buildColumns(p, null, false, local)): ReturnType<typeof buildSheet> =>
  buildSheet(p, indexPage(p), columns, null, overlay, new Set(), before)

describe('sheet', () => {
  it('lays lessons and slots out by day and lesson', () => {
    expect(buildColumns(page(), '2 четверть', true, local).map((c) => c.kind)).toEqual(['mark', 'mark', 'slot', 'period'])
  })

  it('shows a waiting edit over the log, and only that row anew', () => {
    const p = page()
    const columns = buildColumns(p, null, false, local)
    const before = sheetOf(p, new Map(), null, columns)
    const edit = mark()
    const after = sheetOf(p, new Map([[edit.key, edit]]), before, columns)
    expect(after.rows[0]!.cells[0]).toMatchObject({ values: [4], wait: 'queued', markSeq: 30 })
    expect(after.rows[0]).not.toBe(before.rows[0])
    expect(after.rows[1]).toBe(before.rows[1])
  })

  it('believes the server’s mean until the row is touched, then weighs by itself', () => {
    const p = page()
    expect(sheetOf(p).rows[0]!.mean).toBe(340)
    const edit = mark()
    expect(sheetOf(p, new Map([[edit.key, edit]])).rows[0]!.mean).toBe(Math.floor((200 * (4 + 12) + 5) / 10))
    expect(sheetOf(p).rows[0]!.forecast).toBe(3)
    expect(sheetOf(p, new Map([[edit.key, edit]])).rows[0]!.forecast).toBe(3) // 16 / 5 = 3,2
    expect(meanOfSums(rowSums([], [], p.rule))).toBe(null)
  })

  it('shows a debt point until a mark stands in its cell', () => {
    const { rows } = sheetOf(page())
    expect(rows[1]!.cells[1]).toMatchObject({ debtUntil: 25, debtSeq: 40 })
    expect(rows[0]!.cells[0]).toMatchObject({ debtUntil: null, debtSeq: 41 })
    const put = mark({ key: `m/${id(101)}/0/${id(12)}`, lesson: id(101), pupil: id(12), prev: 32 })
    expect(sheetOf(page(), new Map([[put.key, put]])).rows[1]!.cells[1]!.debtUntil).toBe(null)
  })

  it('knows who was not in the group yet', () => {
    expect(sheetOf(page()).rows[1]!.cells[0]!.inside).toBe(false)
    expect(sheetOf(page()).rows[1]!.cells[1]!.inside).toBe(true)
  })

  it('takes an accepted edit into the page with its position', () => {
    const after = applyAccepted(page(), mark(), 60)
    expect(after.marks.find((m) => m[0] === 0 && m[1] === 0)).toEqual([0, 0, 0, [4], 1, 1, 60, 2])
  })

  it('replaces single days and says whose marks changed', () => {
    const fresh: JournalPage = { ...page(), size: 61, lessons: [lesson(5, 12), lesson(1, 12)], marks: [[1, 0, 0, [4], 4, 4, 60, 3], [0, 1, 0, [5], 1, 1, 61, 0]], absences: [], debts: [[1, 0, 1, 30, 4, 62, 0]], slots: [] }
    const touched: string[] = []
    const merged = mergeDays(page(), fresh, 12, 13, (p) => touched.push(p))
    expect(merged.lessons.map((l) => l.id)).toEqual([id(100), id(105), id(101)])
    expect(merged.marks).toContainEqual([0, 0, 0, [5], 1, 1, 30, 0])
    expect(merged.marks).toContainEqual([2, 0, 0, [4], 4, 4, 60, 3])
    expect(merged.marks).toContainEqual([1, 1, 0, [5], 1, 1, 61, 0])
    expect(merged.absences).toEqual([[0, 1, 1, 'ill', 33, 0]])
    expect(merged.slots).toEqual([])
    expect(merged.debts).toEqual([[0, 0, 0, 20, 1, 41, 0], [2, 0, 1, 30, 4, 62, 0]])
    expect(touched.sort()).toEqual([id(11), id(12)])
  })
})

describe('what a family says of an absence', () => {
  it('stays when a day is fetched again, and comes with the fresh day', () => {
    const said = { ...page(), absences: [[0, 1, 1, null, 33, 0, 'болеет'], [1, 0, 1, null, 34, 0, 'у врача']] as JournalPage['absences'] }
    const fresh: JournalPage = { ...said, lessons: [lesson(1, 12)], marks: [], debts: [], absences: [[0, 0, 1, null, 34, 0, 'у врача']] }
    expect(mergeDays(said, fresh, 12, 12, () => undefined).absences).toEqual(said.absences)
  })
})

describe('batches', () => {
  it('pack cells of one column into one event, never one cell twice', () => {
    const a = mark()
    const b = mark({ key: 'b', pupil: id(12), prev: null })
    const again = mark({ values: [5] })
    expect(takeBatch([a, b, again])).toEqual([a, b])
  })

  it('keep other columns, weights and lone edits apart, and the order', () => {
    const a = mark()
    expect(takeBatch([a, mark({ key: 'b', weight: 2 })])).toEqual([a])
    expect(takeBatch([a, mark({ key: 'b', column: 1 }), mark({ key: 'c', pupil: id(12) })])).toEqual([a])
    const lone = mark({ key: 'b', solo: true })
    expect(takeBatch([a, lone])).toEqual([a])
    expect(takeBatch([lone, a])).toEqual([lone])
  })

  it('hold at most 64 cells', () => {
    const many = Array.from({ length: 70 }, (_, i) => mark({ key: `k${i}`, pupil: id(1000 + i) }))
    expect(takeBatch(many).length).toBe(64)
  })

  it('become the body that specs/events.md names, with openings for what is sealed', () => {
    const draft = draftOf([mark({ comment: 'описка' }), mark({ key: 'b', pupil: id(12), prev: null })], { group: id(1), subject: id(2) }, false)
    expect(draft.kind).toBe('marks.set')
    expect(Object.keys(draft.body).sort()).toEqual(['cells', 'column', 'lesson', 'protocol', 'weight', 'work'])
    const cells = draft.body['cells'] as readonly (readonly Value[])[]
    expect(cells[0]![3]).toBe(30)
    expect((cells[0]![2] as Uint8Array).length).toBe(32)
    expect(cells[1]!.slice(1)).toEqual([[4], null, null])
    expect(draft.openings!.map((o) => o.path)).toEqual(['cells.0.2'])
  })

  it('keep an attendance sheet complete once it was', () => {
    const absence: Edit = { what: 'absence', key: 'a', lesson: id(100), pupil: id(11), state: 1, reason: null, prev: null, status: 'queued' }
    expect(draftOf([absence], { group: id(1), subject: id(2) }, false).body['all']).toBe(false)
    expect(draftOf([absence], { group: id(1), subject: id(2) }, true).body['all']).toBe(true)
    const all: Edit = { what: 'sheet', key: 's', lesson: id(100), prev: null, status: 'queued' }
    expect(takeBatch([absence, all])).toEqual([absence, all])
    expect(draftOf([absence, all], { group: id(1), subject: id(2) }, false).body).toMatchObject({ all: true })
  })
})
