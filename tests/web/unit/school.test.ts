import { GroupKind, type WeekGroup, type Weeks, type WeekSlot } from '../../../net/web/src/api/office'
import { clashesOfSlot, groupsOfClass, hoursThatDiffer, placesOf, replaceSlot, setWeek, slotsOf, weekClashes, type WeekEdits } from '../../../net/web/src/office/week'

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
