// The class teacher's lists and the family's figures, from what the server answers.
import { type ClassAbsence, type ClassMember, type ClassPage, type ClassPupil, Decision, type Sheet, type TimetableLesson } from '../../../net/web/src/api/families'
import { periodAt, periodsOf } from '../../../net/web/src/screens/results'
import { minutesOf, timeText } from '../../../net/web/src/screens/family'
import { gapsOf, lastWeek, missedDays } from '../../../net/web/src/screens/form'
import { isIn } from '../../../net/web/src/screens/lists'
import { cellsOf } from '../../../net/web/src/screens/sheet'
import { changeText } from '../../../net/web/src/screens/timetable'
import { USUAL_RULE } from '../../../net/web/src/control/means'
import { runningMeans } from '../../../net/web/src/ui/trend'

const absence = (pupil: string, day: number, n: number, reason = '', said = '', state = 1): ClassAbsence => ({ pupil, day, n, subject_name: 'Алгебра', state, reason, said })
const member = (account: string, more: Partial<ClassMember> = {}): ClassMember => ({ account, role: 5, name: account, enrolled: true, invited: false, handed: null, consent: null, reads: true, channel: null, acknowledged: null, ...more })
const pupil = (id: string, ...family: ClassMember[]): ClassPupil => ({ id, name: id, from: 0, family })
const consent = (decision: number) => ({ decision, form: 2, day: 1, recorded: 1, reference: '', wording: '', seq: 1 })
const page = (...pupils: ClassPupil[]): ClassPage => ({ group: 'g', name: '5А', week: 100, today: 110, size: 9, absences: [], pupils })

describe('missed days', () => {
  it('gathers the lessons of a pupil and a day, the newest day and the unexplained first', () => {
    const days = missedDays([absence('a', 1, 1), absence('a', 1, 2), absence('b', 2, 1, 'ill'), absence('c', 2, 1)])
    expect(days.map((d) => [d.pupil, d.day, d.lessons.length])).toEqual([['c', 2, 1], ['b', 2, 1], ['a', 1, 2]])
  })
  it('asks for a reason while any lesson of the day lacks one, and passes on what the family said', () => {
    expect(missedDays([absence('a', 1, 1, 'ill'), absence('a', 1, 2)])[0]).toMatchObject({ reason: '' })
    expect(missedDays([absence('a', 1, 1, '', 'valid')])[0]).toMatchObject({ reason: '', said: 'valid' })
  })
  it('does not count who came late', () => {
    expect(missedDays([absence('a', 1, 1, '', '', 2)])).toEqual([])
  })
})

describe('gaps of the families', () => {
  it('counts a child as acknowledged when one parent did and nothing changed since', () => {
    const seen = { form: 1, recorded: 1, upto: 5, changed: false }
    const gaps = gapsOf(page(pupil('a', member('1', { acknowledged: seen }), member('2')), pupil('b', member('3', { acknowledged: { ...seen, changed: true } })), pupil('c')))
    expect(gaps.unacknowledged.map((p) => p.id)).toEqual(['b'])
  })
  it('tells silence from refusal, and a pupil has nothing to consent to', () => {
    const gaps = gapsOf(page(pupil('a', member('1'), member('2', { consent: consent(Decision.Refused) }), member('3', { consent: consent(Decision.Given) }), member('own', { role: 6 }))))
    expect(gaps.silent.map((g) => g.member.account)).toEqual(['1'])
    expect(gaps.paper.map((g) => g.member.account)).toEqual(['2'])
  })
  it('lists slips that are made and neither handed over nor used', () => {
    const gaps = gapsOf(page(pupil('a', member('1', { enrolled: false, invited: true }), member('2', { enrolled: false, invited: true, handed: { way: 1, recorded: 1 } }), member('3', { enrolled: false }), member('4', { invited: true }))))
    expect(gaps.unhanded.map((g) => g.member.account)).toEqual(['1'])
    expect(gaps.inactive.map((g) => g.member.account)).toEqual(['1', '2', '3'])
  })
  it('asks for the week that has ended', () => {
    expect(lastWeek(20762)).toBe(20752) // Thursday 5 November 2026 → Monday 26 October
  })
})

describe('figures', () => {
  it('finds the period of a day, and in holidays the one before', () => {
    const periods = periodsOf([{ name: '2', kind: 0, from: 60, to: 100 }, { name: 'осенние', kind: 3, from: 51, to: 59 }, { name: '1', kind: 0, from: 1, to: 50 }])
    expect(periods.map((p) => p.name)).toEqual(['1', '2'])
    expect([periodAt(periods, 55)?.name, periodAt(periods, 60)?.name, periodAt(periods, 0)?.name, periodAt([], 1)]).toEqual(['1', '2', '1', null])
  })
  it('weighs the running mean in hundredths, halves upwards', () => {
    expect(runningMeans([{ day: 1, value: 4, weight: 10 }, { day: 2, value: 5, weight: 30 }], USUAL_RULE)).toEqual([400, 475])
    expect(runningMeans([{ day: 1, value: 4, weight: 7 }, { day: 2, value: 5, weight: 1 }], USUAL_RULE)).toEqual([400, 413]) // 4.125
  })
  it('puts mean and mark of the chosen period into one cell', () => {
    const sheet = { means: [[0, 1, 475, 2]], period_marks: [[0, 1, '1 четверть', 5, 9, 0], [0, 1, '2 четверть', 4, 10, 0]] } as unknown as Sheet
    expect(cellsOf(sheet, '1 четверть').get('0/1')).toEqual({ mean: 475, period: 5 })
  })
})

describe('the rest', () => {
  it('reads times of the day and nothing else', () => {
    expect(['22:00', '7:05', '24:00', '', 'x'].map(minutesOf)).toEqual([1320, 425, null, null, null])
    expect([1320, 425, null].map(timeText)).toEqual(['22:00', '07:05', ''])
  })
  it('knows who is in a group on a day', () => {
    expect([isIn([0, 5, null], 4), isIn([0, 5, null], 5), isIn([0, 5, 8], 8), isIn([0, 5, 8], 9)]).toEqual([false, true, true, false])
  })
  it('says what was changed at a lesson', () => {
    const lesson = { change: null, moved_from: null, instead: 'Юсупова З. А.', newday: 20770, newn: 3 } as unknown as TimetableLesson
    expect(changeText(lesson)).toBeNull()
    expect(changeText({ ...lesson, change: 0 })).toMatch(/Юсупова/)
    expect(changeText({ ...lesson, change: 1 })).toMatch(/3/)
    expect(changeText({ ...lesson, moved_from: 20763 })).not.toBeNull()
  })
})
