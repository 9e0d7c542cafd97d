import { type CalendarRow, Change, type ChangedLesson, type Plan, type PlanLesson, type ScheduledLesson, type StaffMember, type Work, type Works } from '../../../net/web/src/api/office'
import { lagOf, planRows, put, shift, topicStates } from '../../../net/web/src/office/plan'
import { bellProblems, minutesOf, nextYearName, nextYearRows, problemsOf, schoolDays } from '../../../net/web/src/office/year'
import { movementTotal } from '../../../net/web/src/office/movement'
import { checkText, groupsOf } from '../../../net/web/src/office/groups'
import { monthSpan, worksByClass } from '../../../net/web/src/office/works'
import { candidates, clashes, classesOf, meets, placeOf, replacedCounts } from '../../../net/web/src/office/schedule'

const lesson = (more: Partial<ScheduledLesson>): ScheduledLesson => ({
  day: 100, shift: 1, n: 2, start: 530, end: 575, group: 'g7a', group_name: '7А', kind: 0, grade: 7, classes: ['g7a'], subject: 'alg', subject_name: 'Алгебра', room: '12',
  teacher: 'ivanova', teacher_name: 'Иванова М.П.', actual: 'ivanova', actual_name: 'Иванова М.П.', recorded: false, change: null, to_day: 100, to_n: 2, moved_in: false, home_day: 100, home_n: 2, reason: '', change_seq: null, ...more,
})
const person = (account: string, subjects: string[], stratum = 2): StaffMember => ({ account, account_name: account, stratum, subjects })

describe('who is free for a lesson', () => {
  const mine = lesson({})
  const other = lesson({ group: 'g8a', group_name: '8А', classes: ['g8a'], actual: 'petrova', teacher: 'petrova', room: '13' })
  it('are staff without a lesson then, first those of the subject', () => {
    const found = candidates(mine, [mine, other], [person('ivanova', ['alg']), person('petrova', ['alg']), person('akhmed', ['rus']), person('yusupova', ['alg']), person('head', ['alg'], 1)])
    expect(found.map((c) => [c.account, c.busy === null, c.teachesIt])).toEqual([['yusupova', true, true], ['akhmed', true, false], ['petrova', false, true]])
  })
  it('a cancelled or moved lesson keeps nobody busy', () => {
    const off = { ...other, change: Change.Cancelled }
    expect(candidates(mine, [mine, off], [person('petrova', [])])[0]!.busy).toBeNull()
  })
  it('lessons of two shifts meet by the clock, not by their number', () => {
    expect(meets({ shift: 1, n: 6, start: 780, end: 825 }, { shift: 2, n: 1, start: 800, end: 845 })).toBe(true)
    expect(meets({ shift: 1, n: 1, start: 480, end: 525 }, { shift: 2, n: 1, start: 800, end: 845 })).toBe(false)
    expect(meets({ shift: 1, n: 1, start: -1, end: -1 }, { shift: 1, n: 1, start: 480, end: 525 })).toBe(true)
  })
})

describe('control works by class and day', () => {
  const work = (more: Partial<Work>): Work => ({ seq: 1, group: 'g7a', group_name: '7А', classes: ['g7a'], subject: 's', subject_name: 'Алгебра', day: 20769, shift: 1, n: 1, work: 4, monitoring: false, fallen: null, given: false, author: null, author_name: '', recorded: 0, ...more })
  it('show those of groups drawn from the class, leave out fallen ones, and take the warning from the server', () => {
    const view: Works = { from: 0, to: 0, size: 0, per_day: 1, per_week: 3, works: [work({}), work({ group: 's', classes: ['g7a', 'g7b'], n: 2 }), work({ n: 3, fallen: 2 })], warnings: [{ class: 'g7a', class_name: '7А', day: 20769, week: false, count: 2, limit: 1 }, { class: 'g7b', class_name: '7Б', day: 20766, week: true, count: 4, limit: 3 }] }
    const [a, b] = worksByClass(view, [['g7a', '7А'], ['g7b', '7Б']])
    expect([a!.days.get(20769)!.works.length, a!.days.get(20769)!.over, a!.days.get(20769)!.overWeek]).toEqual([2, true, false])
    expect([b!.days.get(20769)!.works.length, b!.days.get(20769)!.over, b!.days.get(20769)!.overWeek]).toEqual([1, false, true])
  })
  it('know the days of a month', () => {
    const [first, last] = monthSpan(Math.round(Date.UTC(2028, 1, 11) / 86400000))
    expect(last - first + 1).toBe(29)
  })
})

describe('the plan beside the lessons', () => {
  const given = (id: string, day: number, number: number, writable = true): PlanLesson => ({ id, day, shift: 1, n: 1, assigned: 't', assigned_name: '', actual: 't', actual_name: '', writable, topic: `тема ${number}`, number, work: 0, topic_seq: day, homework: null, homework_due: null, manner: 0, homework_late_min: 0, recorded: 0, late: false, topic_recorded: 0 })
  const plan: Plan = {
    group: 'g', group_name: '', subject: 's', subject_name: '', grade: 7, may_set: true, from: 0, to: 100, today: 14, due: 4, size: 0,
    topics: [1, 2, 3, 4, 5].map((number) => ({ number, text: `тема ${number}`, work: 0, day: 10 + number })),
    lessons: [given('a', 11, 1), given('b', 12, 2), given('c', 14, 3)],
    open: [{ day: 13, shift: 1, n: 1, given: false, actual: 't', actual_name: '' }, { day: 15, shift: 1, n: 1, given: true, actual: 't', actual_name: '' }, { day: 10, shift: 1, n: 1, given: true, actual: 't', actual_name: '' }],
  }
  const none = new Map<string, number>()
  it('foresees the next topics on lessons to come, nothing on those that fell out or are past', () => {
    expect(planRows(plan, none).map((r) => [r.lesson.day, r.number])).toEqual([[10, null], [11, 1], [12, 2], [13, null], [14, 3], [15, 4]])
  })
  it('moves topics by one from a lesson on, and back to nothing changed', () => {
    const later = shift(plan, none, 'b', 1)!
    expect([...later]).toEqual([['b', 3], ['c', 4]])
    expect(planRows(plan, later).at(-1)!.number).toBe(5)
    expect(shift(plan, later, 'b', -1)!.size).toBe(0)
  })
  it('moves none when one of them cannot', () => {
    expect(shift(plan, none, 'a', -1)).toBeNull()
    expect(shift({ ...plan, lessons: [given('a', 11, 1), given('b', 12, 2, false)] }, none, 'a', 1)).toBeNull()
  })
  it('puts one topic on one lesson, if the plan has it and the lesson is one’s own', () => {
    expect([...put(plan, none, 'c', 5)]).toEqual([['c', 5]])
    expect(put(plan, none, 'c', 9).size).toBe(0)
    expect(put({ ...plan, lessons: [given('c', 14, 3, false)] }, none, 'c', 5).size).toBe(0)
  })
  it('says when each topic was given, and how far that is from its day', () => {
    const states = topicStates(plan, planRows(plan, none))
    expect(states.map((s) => s.late)).toEqual([0, 0, 1, 1, null])
    expect(states[3]!.foreseen).toBe(15)
    expect(lagOf(plan, planRows(plan, none))).toBe(1)
  })
})

describe('the school year', () => {
  const D = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / 86400000)
  const row = (kind: number, name: string, from: string, to: string, grade_from = 1, grade_to = 11): CalendarRow => ({ kind, name, from: D(from), to: D(to), grade_from, grade_to })
  const good = [row(0, 'I', '2026-09-01', '2026-10-24'), row(3, 'осенние', '2026-10-25', '2026-11-01'), row(0, 'II', '2026-11-02', '2026-12-26'), row(4, 'День', '2026-11-04', '2026-11-04')]
  it('a whole one has no problems', () => expect(problemsOf(good)).toEqual([]))
  it('tells a gap with its days, Sundays apart, once for all grades', () => {
    const found = problemsOf([good[0]!, good[2]!])
    expect(found).toEqual([{ bad: false, what: 'gap', row: 1, other: 0, grade: 1, from: D('2026-10-26'), to: D('2026-10-31') }])
  })
  it('tells periods that overlap, and only for grades that have both', () => {
    expect(problemsOf([...good, row(0, 'II б', '2026-12-20', '2026-12-26', 5, 9)]).map((p) => [p.what, 'grade' in p && p.grade])).toEqual([['overlap', 5]])
  })
  it('will not have a row that ends before it begins, or a period without a name', () => {
    expect(problemsOf([...good, row(3, 'x', '2027-01-09', '2027-01-01'), row(0, '', '2027-01-11', '2027-03-20')]).filter((p) => p.bad).map((p) => p.what)).toEqual(['reversed', 'noName'])
  })
  it('tells grades without periods, and those with two kinds of them', () => {
    const half = [row(1, 'I полугодие', '2026-09-01', '2026-12-26', 10, 11), ...good.map((r) => ({ ...r, grade_to: 10 }))]
    const what = problemsOf(half).map((p) => p.what)
    expect(what).toContain('mixed')
    expect(problemsOf(good.map((r) => ({ ...r, grade_to: 9 }))).filter((p) => p.what === 'noPeriods').map((p) => 'grade' in p && p.grade)).toEqual([10, 11])
  })
  it('tells a day off that is one anyway, and a transfer onto a school day', () => {
    expect(problemsOf([...good, row(4, 'лишний', '2026-10-27', '2026-10-27')]).map((p) => p.what)).toEqual(['pointless'])
    expect(problemsOf([...good, row(5, 'перенос', '2026-09-04', '2026-09-04')]).map((p) => p.what)).toEqual(['pointless'])
    expect(problemsOf([...good, row(5, 'перенос', '2026-09-05', '2026-09-05')])).toEqual([])
    expect(problemsOf([...good, row(5, 'перенос', '2026-09-06', '2026-09-06')])).toEqual([])
  })
  it('counts the school days of a period as the school does', () => {
    // 1 September (Tuesday) to 24 October (Saturday) 2026: 47 days of six-day weeks, 39 of five-day ones.
    expect(schoolDays(good, good[0]!, 6)).toBe(47)
    expect(schoolDays(good, good[0]!, 5)).toBe(39)
  })
  it('drafts the next year on the same weekdays', () => {
    expect(nextYearName('2026/27')).toBe('2027/28')
    expect(nextYearName('2098/99')).toBe('2099/00')
    expect((nextYearRows(good)[0]!.from - good[0]!.from) % 7).toBe(0)
  })
  it('knows bells that overlap', () => {
    expect(bellProblems([{ n: 1, start: 480, end: 525 }, { n: 2, start: 520, end: 565 }, { n: 3, start: 600, end: 590 }]).map((p) => [p.what, p.n])).toEqual([['overlap', 2], ['reversed', 3]])
    expect([minutesOf('08:50'), minutesOf('24:00'), minutesOf('')]).toEqual([530, null, null])
  })
})

describe('what clashes when a lesson moves', () => {
  const place = { shift: 1, n: 2, start: 530, end: 575 }
  const mine = lesson({ day: 99, n: 1, start: 480, end: 525 })
  it('the class, the teacher and the room', () => {
    const there = [lesson({ subject: 'rus', actual: 'petrova', room: '5' }), lesson({ group: 'g8a', classes: ['g8a'], subject: 'alg', room: '7' }), lesson({ group: 'g9a', classes: ['g9a'], actual: 'akhmed', subject: 'geo' })]
    expect(clashes(mine, place, there).map((c) => c.what)).toEqual(['class', 'teacher', 'room'])
  })
  it('a subgroup of the class clashes with the class, not with its sister', () => {
    const half = lesson({ day: 99, group: 'g7a1', kind: 1, classes: ['g7a'], subject: 'eng', teacher: 'a', actual: 'a', room: '1' })
    const sister = lesson({ group: 'g7a2', kind: 1, classes: ['g7a'], subject: 'eng', teacher: 'b', actual: 'b', room: '2' })
    expect(clashes(half, place, [sister])).toEqual([])
    expect(clashes(half, place, [lesson({ room: '9' })]).map((c) => c.what)).toEqual(['class'])
  })
  it('knows the place of a number by lessons of that shift', () => {
    expect(placeOf(1, 2, [lesson({})])).toEqual(place)
    expect(placeOf(1, 9, [lesson({})]).start).toBe(-1)
  })
})

it('classes are named by their own lessons, also when a stream comes first', () => {
  const stream = lesson({ group: 's', group_name: 'поток', kind: 2, classes: ['g7a', 'g7b'] })
  expect(classesOf([stream, lesson({})], new Map([['g7b', '7Б']])).map((c) => c.name)).toEqual(['7А', '7Б'])
})

it('the movement of the school is the sum of its classes', () => {
  const row = (start: number, arrived: number, left: number) => ({ start, arrived, moved_in: 1, left, moved_out: 1, end: start + arrived - left })
  expect(movementTotal([row(20, 2, 1), row(25, 0, 3)])).toEqual({ start: 45, arrived: 2, moved_in: 2, left: 4, moved_out: 2, end: 43 })
})

it('groups of a class: the class first, streams that draw on it, nothing of others', () => {
  const group = (id: string, kind: number, classes: string[], name = id) => ({ id, name, kind, grade: 7, shift: 1, days: 6, classes, subject: null, subject_name: '', pupil_count: 0 })
  expect(groupsOf([group('s', 2, ['a', 'b']), group('a2', 1, ['a'], '7А/2'), group('a', 0, []), group('b1', 1, ['b']), group('a1', 1, ['a'], '7А/1'), group('b', 0, [])], 'a').map((g) => g.id)).toEqual(['a', 'a1', 'a2', 's'])
  const words = { none: (n: string) => `none ${n}`, twice: (n: string) => `twice ${n}` }
  expect(checkText({ class: 'a', class_name: '', subject: 's', subject_name: '', groups: 2, none: [{ id: '1', name: 'Анна' }], twice: [{ id: '2', name: 'Борис' }] }, words)).toBe('none Анна; twice Борис')
})

it('replacements are counted by who gave and who was replaced, moves and cancellations are not', () => {
  const changed = (more: Partial<ChangedLesson>): ChangedLesson => ({ seq: 1, change: 0, day: 1, shift: 1, n: 1, group: 'g', group_name: '', subject: 's', subject_name: '', teacher: 'a', teacher_name: 'А', account: 'b', account_name: 'Б', newday: 1, newn: 1, reason: '', author: null, author_name: '', recorded: 0, given: true, ...more })
  const rows = replacedCounts([changed({}), changed({ given: false }), changed({ change: 1, account: null }), changed({ change: 2, account: null })])
  expect(rows.map((r) => [r.account, r.gave, r.given, r.was])).toEqual([['b', 2, 1, 0], ['a', 0, 0, 2]])
})
