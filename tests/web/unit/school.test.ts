import { GroupKind, type GroupRef, type WeekGroup, type Weeks, type WeekSlot } from '../../../net/web/src/api/office'
import { clashesOfSlot, groupsOfClass, hoursThatDiffer, placesOf, replaceSlot, setWeek, slotsOf, weekClashes, type WeekEdits } from '../../../net/web/src/office/week'
import { changeCount, draftsOf, parseTopics, planChanges } from '../../../net/web/src/office/programme'
import { nextName, promotions } from '../../../net/web/src/office/promotion'

const slot = (weekday: number, n: number, subject: string, account: string, more: Partial<WeekSlot> = {}): WeekSlot => ({ weekday, shift: 1, n, subject, account, room: '', ...more })
const group = (id: string, kind: number, classes: string[], slots: WeekSlot[], teaching: WeekGroup['teaching'] = []): WeekGroup => ({ id, name: id, kind, grade: 7, shift: 1, days: 6, classes, subject: null, teaching, slots, from: 0, next: null })
const NONE: WeekEdits = new Map()

describe('the weekly timetable', () => {
  const a = group('7А', GroupKind.Class, ['7А'], [slot(1, 1, 'алг', 'Иванова', { room: '12' }), slot(1, 2, 'рус', 'Петрова')])
  const b = group('7Б', GroupKind.Class, ['7Б'], [slot(1, 2, 'алг', 'Иванова', { room: '12' })])
  const e1 = group('7А англ 1', GroupKind.Subgroup, ['7А'], [slot(1, 3, 'англ', 'Смит')])
  const e2 = group('7А англ 2', GroupKind.Subgroup, ['7А'], [slot(1, 3, 'англ', 'Браун')])
  const stream = group('7 физ', GroupKind.Stream, ['7А', '7Б'], [slot(1, 4, 'физ', 'Ом')])
  const weeks: Weeks = { day: 10, size: 0, bells: [1, 2, 3, 4].map((n) => ({ shift: 1, n, start: 400 + n * 60, end: 440 + n * 60 })).concat([{ shift: 2, n: 1, start: 500, end: 545 }]), groups: [a, b, e1, e2, stream] }
  const of = (...ids: string[]): Set<string> => new Set(ids)
  const kinds = (edits: WeekEdits, ids: Set<string>): string[] => weekClashes(weeks, edits, ids).map((c) => `${c.what} ${c.one.group.id} ${c.other.group.id}`)

  it('clashes nowhere where each pupil and teacher is in one place', () => {
    expect(kinds(NONE, of('7А', '7Б', '7А англ 1', '7А англ 2', '7 физ'))).toEqual([])
  })
  it('says once that a teacher and a room are taken in another class', () => {
    const edits = replaceSlot(NONE, { group: a, slot: a.slots[0]! }, { group: a, slot: { ...a.slots[0]!, n: 2 } })
    expect(kinds(edits, of('7А'))).toEqual(['class 7А 7А', 'teacher 7А 7Б', 'room 7А 7Б'])
    expect(kinds(edits, of('7А', '7Б')).filter((c) => c.startsWith('teacher'))).toHaveLength(1)
    expect(kinds(edits, of('7 физ'))).toEqual([])
    const moved = slotsOf(a, edits).find((s) => s.subject === 'алг')!
    expect(clashesOfSlot(weeks, edits, a, moved).map((c) => [c.what, c.one.slot.subject, c.other.slot.subject])).toEqual([['class', 'алг', 'рус'], ['teacher', 'алг', 'алг'], ['room', 'алг', 'алг']])
    const last = slotsOf(a, edits).find((s) => s.subject === 'рус')!
    expect(clashesOfSlot(weeks, edits, a, last).map((c) => [c.what, c.one.slot.subject, c.other.slot.subject])).toEqual([['class', 'рус', 'алг']])
  })
  it('a class has no lesson beside its subgroup’s or its stream’s; subgroups of one subject stand side by side', () => {
    expect(kinds(setWeek(NONE, a, [slot(1, 3, 'рус', 'Петрова')]), of('7А'))).toEqual(['class 7А 7А англ 1', 'class 7А 7А англ 2'])
    expect(kinds(setWeek(NONE, b, [slot(1, 4, 'рус', 'Петрова')]), of('7Б'))).toEqual(['class 7Б 7 физ'])
    expect(kinds(setWeek(NONE, e2, [slot(1, 3, 'труд', 'Браун')]), of('7А англ 1'))).toEqual(['class 7А англ 1 7А англ 2'])
  })
  it('lessons of two shifts clash by the clock', () => {
    expect(kinds(setWeek(NONE, b, [slot(1, 1, 'рус', 'Петрова', { shift: 2 })]), of('7Б'))).toEqual(['teacher 7Б 7А'])
  })
  it('forgets an edit that is undone, in whatever order the lessons stand', () => {
    const edits = replaceSlot(NONE, { group: a, slot: a.slots[0]! }, { group: b, slot: a.slots[0]! })
    expect([slotsOf(a, edits).length, slotsOf(b, edits).length, edits.size]).toEqual([1, 2, 2])
    expect(replaceSlot(edits, { group: b, slot: a.slots[0]! }, { group: a, slot: a.slots[0]! }).size).toBe(0)
    expect(setWeek(NONE, a, [...a.slots].reverse()).size).toBe(0)
  })
  it('lists the class with its groups, and the places of its shift and its lessons', () => {
    expect(groupsOfClass(weeks, '7А').map((g) => g.id)).toEqual(['7А', '7А англ 1', '7А англ 2', '7 физ'])
    expect(placesOf(weeks, [a], setWeek(NONE, a, [slot(1, 1, 'рус', 'Петрова', { shift: 2 })]), 1)).toEqual([{ shift: 1, n: 1 }, { shift: 1, n: 2 }, { shift: 1, n: 3 }, { shift: 1, n: 4 }, { shift: 2, n: 1 }])
  })
  it('tells where assigned hours and lessons differ, and of lessons that nobody is assigned to', () => {
    const taught = group('7В', GroupKind.Class, ['7В'], [slot(1, 1, 'алг', 'Иванова'), slot(2, 1, 'рус', 'Петрова')], [{ subject: 'алг', account: 'Иванова', from: 0, to: 20, hours: 1 }, { subject: 'физ', account: 'Ом', from: 0, to: 20, hours: 2 }, { subject: 'хим', account: 'Бор', from: 0, to: 5, hours: 2 }])
    expect(hoursThatDiffer(taught, 10, NONE).map((r) => [r.subject, r.hours, r.lessons])).toEqual([['физ', 2, 0], ['рус', 0, 1]])
  })
})

describe('the plan as it is written', () => {
  const works = ['Ответ на уроке', 'Домашняя работа', 'Самостоятельная работа', 'Контрольная работа']
  it('takes lines of topics alone, and cells in the order of the form', () => {
    expect(parseTopics('Натуральные числа\n\n  Сложение   чисел \r\n', works)).toEqual({ rows: [{ text: 'Натуральные числа', work: 0 }, { text: 'Сложение чисел', work: 0 }], problems: [], dates: false })
    const { rows, dates } = parseTopics('1\tНатуральные числа\t2\t01.09\n3.\t"Контрольная ""№ 1"""\t1\tконтрольная работа', works)
    expect(rows).toEqual([{ text: 'Натуральные числа', work: 0 }, { text: 'Натуральные числа', work: 0 }, { text: 'Контрольная "№ 1"', work: 4 }])
    expect(dates).toBe(true)
  })
  it('a header says which column is what', () => {
    expect(parseTopics('Дата\tКол-во часов\tТема урока\n02.09\t2\tДроби', works).rows).toEqual([{ text: 'Дроби', work: 0 }, { text: 'Дроби', work: 0 }])
  })
  it('names what it cannot take by its line', () => {
    const { problems } = parseTopics(`Тема\tЧасы\tВид\nДроби\t99\t\n\t1\t\n${'я'.repeat(251)}\t1\t\nСтепень\t1\tпляска`, works)
    expect(problems.map((p) => [p.line, p.what])).toEqual([[2, 'hours'], [3, 'noTopic'], [4, 'long'], [5, 'work']])
  })
  it('signs runs of what differs, and takes back numbers that are to have none', () => {
    const before = draftsOf([1, 2, 3, 5].map((number) => ({ number, text: `т${number}`, work: 0, day: null })))
    expect(before.map((d) => d.text)).toEqual(['т1', 'т2', 'т3', '', 'т5'])
    expect(changeCount(planChanges(before, before))).toBe(0)
    const after = [before[0]!, { text: 'другая', work: 4 }, { text: 'т3', work: 2 }, { text: 'новая', work: 0 }]
    expect(planChanges(before, after)).toEqual({ sets: [{ first: 2, topics: [{ text: 'другая', work: 4 }, { text: 'т3', work: 2 }, { text: 'новая', work: 0 }] }], withdrawn: [5] })
    expect(planChanges([], Array.from({ length: 250 }, (_, i) => ({ text: `т${i}`, work: 0 }))).sets.map((x) => [x.first, x.topics.length])).toEqual([[1, 100], [101, 100], [201, 50]])
  })
})

describe('classes that go up', () => {
  const ref = (id: string, kind: number, grade: number, classes: string[]): GroupRef => ({ id, name: id, kind, grade, shift: 1, days: 6, classes, subject: null, subject_name: '', pupil_count: 0 })
  it('change the grade in their names, and no other number', () => {
    expect([nextName('8А', 8), nextName('7А английский 1', 7), nextName('1А английский 1', 1), nextName('10А', 10), nextName('11 физика', 1), nextName('Старшие', 9)]).toEqual(['9А', '8А английский 1', '2А английский 1', '11А', '11 физика', 'Старшие'])
  })
  it('take their groups along; who is in the last grade does not go up', () => {
    const rows = promotions([ref('10А', GroupKind.Class, 10, []), ref('8А', GroupKind.Class, 8, []), ref('11А', GroupKind.Class, 11, []), ref('8А труд', GroupKind.Subgroup, 8, ['8А']), ref('10–11 физра', GroupKind.Stream, 10, ['10А', '11А']), ref('11 поток', GroupKind.Stream, 11, ['11А'])])
    expect(rows.map((r) => r.all.map((p) => `${p.name} ${p.grade}`))).toEqual([['9А 9', '9А труд 9'], ['11А 11']])
  })
})
