import type { PersonRow, SealedValue } from '../../../net/web/src/api/privacy'
import { byKind, placeOf, rowText, separable, termIsOver } from '../../../net/web/src/control/privacy'

const row = (part: Partial<PersonRow>): PersonRow => ({
  seq: 1, id: 'aa'.repeat(32), kind: 'marks.set', recorded: 1000, author: '01'.repeat(16), author_name: 'Учителева А. И.', signed: false, counts: true,
  day: 20697, group_name: '8А', subject_name: 'Алгебра', sealed: [], body: {}, ...part,
})

describe('what is stored about a person', () => {
  it('is counted by kind, the commonest first, with its first and last moment', () => {
    expect(byKind([row({ recorded: 5 }), row({ kind: 'attendance.set', recorded: 3 }), row({ recorded: 2 }), row({ recorded: 9 })])).toEqual([
      { kind: 'marks.set', count: 3, first: 2, last: 9 }, { kind: 'attendance.set', count: 1, first: 3, last: 3 },
    ])
  })

  it('says where, and leaves out what is not there', () => {
    expect(placeOf(row({}))).toBe('8А, Алгебра, 01.09.2026')
    expect(placeOf(row({ day: null, group_name: '', subject_name: '' }))).toBe('')
  })

  it('reads an entry in values that say something: no ids, no positions', () => {
    const body = { cells: [{ pupil: '02'.repeat(16), values: [4, 5], comment: 'устно', prev: 17 }], column: 0, lesson: '03'.repeat(16), protocol: null, weight: 1, work: 1 }
    expect(rowText(row({ body }))).toBe('4/5 · устно')
    expect(rowText(row({ body: null }))).toBe('')
  })
})

describe('values that may be erased alone', () => {
  const value = (part: Partial<SealedValue>): SealedValue => ({ commitment: 'cc'.repeat(32), field: 'comment', there: true, text: 'устно', due: 24107, erased: null, ...part })
  const erased = { seq: 9, ground: 2, reference: '№ 1', author: '01'.repeat(16), author_name: 'А', second: '02'.repeat(16), second_name: 'Б', recorded: 5 }

  it('are told with their entry, the newest first; what is neither there nor erased is not', () => {
    const rows = [row({ seq: 3, sealed: [value({ text: 'первое' })] }), row({ seq: 4 }), row({ seq: 5, sealed: [value({ text: 'данные удалены', there: false, erased }), value({ there: false })] })]
    expect(separable(rows).map((v) => [v.seq, v.text, v.place])).toEqual([[5, 'данные удалены', '8А, Алгебра, 01.09.2026'], [3, 'первое', '8А, Алгебра, 01.09.2026']])
  })

  it('have a term from its day on; what is in force has none', () => {
    expect([24106, 24107, 24108].map((today) => termIsOver(value({}), today))).toEqual([false, true, true])
    expect(termIsOver(value({ due: null }), 99999)).toBe(false)
  })
})
