import { type FillingRow, Standing, type Summary, Value } from '../../../net/web/src/api/control'
import { shareOf, weeksOf } from '../../../net/web/src/control/attendance'
import { csv } from '../../../net/web/src/control/csv'
import { byTeacher, lacksOf, lightOf, matching, sorted } from '../../../net/web/src/control/filling'
import { mondayOf } from '../../../net/web/src/i18n/format'
import { USUAL_RULE } from '../../../net/web/src/control/means'
import { fewMarks, marksApart } from '../../../net/web/src/control/marks'
import { casesOf, deferralsOf, isMissing, lastFilled, missingOf, sheetOf } from '../../../net/web/src/control/summary'

const row = (over: Partial<FillingRow>): FillingRow => ({
  account: 'a', name: 'Иванова М. П.', group: 'g', group_name: '8А', subject: 's', subject_name: 'Алгебра',
  due: 20, recorded: 20, no_topic: 0, no_homework: 0, no_sheet: 0, late_homework: 0, late_sheets: 0, late_absences: 0, late_marks: 0, overdue_debts: 0, few_marks: 0, no_year: 0, ...over,
})

describe('control of filling', () => {
  it('sums up by teacher', () => {
    const rows = byTeacher([row({ no_topic: 1 }), row({ subject: 't', recorded: 18 }), row({ account: 'b', name: 'Асхабов' })])
    expect(rows.map((r) => r.name)).toEqual(['Асхабов', 'Иванова М. П.'])
    expect(rows[1]).toMatchObject({ due: 40, recorded: 38, no_topic: 1, pages: 2 })
  })

  it('turns the light by shares of the lessons', () => {
    expect(lightOf(row({}))).toBe('good')
    expect(lightOf(row({ no_topic: 1 }))).toBe('warn')
    expect(lightOf(row({ no_topic: 2 }))).toBe('bad')
    expect(lightOf(row({ recorded: 18 }))).toBe('bad')
    expect(lightOf(row({ no_homework: 4 }))).toBe('good')
    expect(lightOf(row({ no_homework: 5 }))).toBe('warn')
    expect(lightOf(row({ no_homework: 20 }))).toBe('warn')
    expect(lightOf(row({ late_marks: 10 }))).toBe('good')
    expect(lightOf(row({ late_marks: 11 }))).toBe('warn')
    expect(lightOf(row({ due: 0, recorded: 0 }))).toBe('good')
  })

  it('sorts numbers as numbers, classes as people do, and the worst first', () => {
    const rows = [row({ group_name: '10А', due: 9 }), row({ group_name: '9Б', due: 10 }), row({ group_name: '5А', due: 100, no_topic: 50 })]
    expect(sorted(rows, { by: 'group', down: false }).map((r) => r.group_name)).toEqual(['5А', '9Б', '10А'])
    expect(sorted(rows, { by: 'due', down: true }).map((r) => r.due)).toEqual([100, 10, 9])
    expect(sorted(rows, { by: 'light', down: true })[0]!.group_name).toBe('5А')
  })

  it('finds by every word', () => {
    expect(matching([row({}), row({ subject_name: 'Химия' })], 'ива химия').length).toBe(1)
    expect(matching([row({})], '  ').length).toBe(1)
  })

  it('says of a lesson that is not there only that', () => {
    expect(lacksOf(15)).toEqual([1])
    expect(lacksOf(6)).toEqual([2, 4])
  })

  it('begins weeks on Monday', () => {
    expect(mondayOf(20774)).toBe(20773) // 17 November 2026 is a Tuesday
    expect(mondayOf(20773)).toBe(20773)
    expect(mondayOf(20772)).toBe(20766)
  })
})

const SUMMARY: Summary = {
  group: { id: 'g', name: '8А', grade: 8 }, size: 10, periods: ['1 четверть', '2 четверть'],
  subjects: [{ id: 'm', name: 'Алгебра', marked: true }, { id: 'r', name: 'Русский', marked: true }, { id: 'o', name: 'ОРКСЭ', marked: false }],
  pupils: [{ id: 'a', name: 'Аня', left: false }, { id: 'b', name: 'Боря', left: false }, { id: 'c', name: 'Вера', left: true }],
  marks: [[0, 0, 0, 3, 1, 0, null], [0, 1, 0, 5, 2, 0, null], [1, 0, 0, Value.Deferred, 3, 0, 20800]],
  by_subject: [],
  by_period: [
    { pupils: [[0, Standing.OneThree, 400], [1, Standing.None, -1]], standings: [1, 0, 0, 0, 1, 0, 0, 0], judged: 1, success: 10000, quality: 0, sou: 6800, mean: 400 },
    { pupils: [], standings: [0, 0, 0, 0, 0, 0, 0, 0], judged: 0, success: -1, quality: -1, sou: -1, mean: -1 },
  ],
}

describe('the summary sheet', () => {
  const sheet = sheetOf(SUMMARY)

  it('misses marks only of pupils who are here, in subjects with marks, in a period that has begun to be closed', () => {
    expect(missingOf(SUMMARY, sheet, 0)).toEqual([{ pupil: 1, subject: 1 }])
    expect(missingOf(SUMMARY, sheet, 1)).toEqual([])
    expect(isMissing(SUMMARY, sheet, 2, 0, 0)).toBe(false)
    expect(lastFilled(sheet)).toBe(0)
    expect(lastFilled(sheetOf({ ...SUMMARY, marks: [] }))).toBe(0)
  })

  it('names whom to look at and by which subject', () => {
    expect(casesOf(SUMMARY, sheet, 0, Standing.OneThree)).toEqual([{ pupil: 0, subjects: [0] }])
    expect(casesOf(SUMMARY, sheet, 0, Standing.Failing)).toEqual([])
    expect(deferralsOf(SUMMARY, 0)).toEqual([{ pupil: 1, subjects: [0], until: 20800 }])
  })
})

describe('marks of a period', () => {
  const pupil = (id: string, to: number | null) => ({ id, name: id, from: 0, to, absences: {} as never })
  const sheet = {
    group: 'g', name: '8А', from: 0, to: 9, size: 1, pupils: [pupil('a', null), pupil('b', null), pupil('gone', 5)],
    subjects: [{ id: 'm', name: 'Алгебра', marked: true }, { id: 'x', name: 'ОРКСЭ', marked: false }, { id: 'n', name: 'Новый', marked: true }],
    means: [[0, 0, 350, 4, 4], [1, 0, 400, 2, 4]] as [number, number, number, number, number][], rule: USUAL_RULE,
    period_marks: [[0, 0, '1', 3, 7, 0], [1, 0, '1', 5, 8, 0], [0, 0, '2', 5, 9, 0]] as [number, number, string, number, number, number][],
  }

  it('are too few for some, but for nobody in a subject that has none yet', () => {
    expect(fewMarks(sheet, '1')).toEqual([{ subject: 0, pupils: [{ pupil: 1, count: 2 }] }])
    expect(fewMarks({ ...sheet, period_marks: [[1, 0, '1', 10, 8, 0]] }, '1')).toEqual([])
  })

  it('follow from the mean by the rule of rounding, which the server has applied exactly', () => {
    expect(marksApart(sheet, '1')).toEqual([{ pupil: 0, subject: 0, mean: 350, value: 3 }, { pupil: 1, subject: 0, mean: 400, value: 5 }])
    expect(marksApart({ ...sheet, means: [[0, 0, 350, 4, 3], [1, 0, 400, 2, 4]] }, '1')).toEqual([{ pupil: 1, subject: 0, mean: 400, value: 5 }])
    expect(fewMarks({ ...sheet, rule: { ...USUAL_RULE, least: 5 } }, '1')).toEqual([{ subject: 0, pupils: [{ pupil: 0, count: 4 }, { pupil: 1, count: 2 }] }])
  })
})

describe('attendance', () => {
  it('is summed up by weeks', () => {
    expect(weeksOf([[20773, 100, 5], [20774, 50, 5], [20780, 10, 0]])).toEqual([{ monday: 20773, held: 150, missed: 10 }, { monday: 20780, held: 10, missed: 0 }])
    expect(shareOf(10, 150)).toBe(667)
    expect(shareOf(0, 0)).toBe(-1)
  })
})

describe('tables for spreadsheets', () => {
  it('quote what needs it and defuse formulas', () => {
    expect(csv([['Имя', 5], ['a;b', 'say "no"'], ['=1+1', '-2']])).toBe('\ufeffИмя;5\r\n"a;b";"say ""no"""\r\n\'=1+1;\'-2\r\n')
  })
})

describe('edits', async () => {
  const { entriesOf, matchingEntries, countsBy, signsOf, SIGNS } = await import('../../../net/web/src/control/edits')
  const edit = (seq: number, over: object = {}) => ({
    seq, sort: 0, late: false, void: false, what: 'mark' as const, group: 'g', subject: 's', group_name: '7А', subject_name: 'Алгебра', lesson: 'l', day: 20740, n: 2, period: '',
    pupil: 'p', pupil_name: 'Ахмадов Иса', column: 0, before: '—', after: '4', name: 'Яхъяева М. И.', recorded: 0, on: 20741, due: null, report: null, ...over,
  })
  const list = [edit(9, { late: true }), edit(9, { late: true, pupil_name: 'Дадаева Марха' }), edit(7, { sort: 1, void: true, report: 12, on: 20735 }), edit(5, { sort: 4, what: 'period', name: 'Завуч' })]

  it('puts the cells of one entry together and keeps the order', () => {
    expect(entriesOf(list).map((e) => [e.first.seq, e.cells.length, e.signs])).toEqual([[9, 2, ['late']], [7, 1, ['corrected', 'void']], [5, 1, ['period']]])
  })
  it('shows entries with one of the chosen signs and every word', () => {
    const entries = entriesOf(list)
    const seqs = (signs: (typeof SIGNS)[number][], find: string): number[] => matchingEntries(entries, new Set(signs), find).map((e) => e.first.seq)
    expect(seqs([], '')).toEqual([9, 7, 5])
    expect(seqs(['void', 'period'], '')).toEqual([7, 5])
    expect(seqs([], 'дадаева алгебра')).toEqual([9])
    expect(seqs(['period'], 'дадаева')).toEqual([])
  })
  it('counts each entry once for each of its signs', () => {
    const at = (name: (typeof SIGNS)[number]): number => SIGNS.indexOf(name)
    const rows = countsBy(entriesOf(list), (day) => day)
    expect(rows.map((r) => r.key)).toEqual([20735, 20741])
    expect(rows[0]!.counts[at('void')]).toBe(1)
    expect(rows[1]!.counts[at('late')]).toBe(1)
    expect(signsOf(list[3]!)).toEqual(['period'])
  })
})
