import { byPeriod, PeriodSort, type YearPage } from '../../../net/web/src/api/marks'
import { USUAL_RULE } from '../../../net/web/src/control/means'
import { choose, eventsOf, keyOf, takeProposals } from '../../../net/web/src/control/year'

const id = (n: number): string => n.toString(16).padStart(32, '0')
const page = (): YearPage => ({
  group: id(1), group_name: '8А', subject: id(2), subject_name: 'Алгебра', marked: true, writable: true, size: 77, today: 200, from: 0, to: 210, due: 205, rule: USUAL_RULE,
  columns: [{ name: '1 четверть', sort: PeriodSort.Usual, from: 0, to: 210 }, { name: 'год', sort: PeriodSort.Year, from: 0, to: 210 }, { name: 'экзамен', sort: PeriodSort.Exam, from: 0, to: 210 }, { name: 'итог', sort: PeriodSort.Final, from: 0, to: 210 }],
  pupils: [{ id: id(11), name: 'А', from: 0, to: null }, { id: id(12), name: 'Б', from: 0, to: null }, { id: id(13), name: 'В', from: 0, to: 150 }],
  marks: [[0, 0, 5, 30, 0, null], [1, 1, 4, 31, 0, null]], proposals: [[0, 1, 5], [1, 1, 3], [2, 1, 4]],
})

describe('marks of the year', () => {
  it('stand behind the periods, in their order', () => {
    expect(['итог', '10 модуль', 'год', '2 четверть', 'экзамен'].sort(byPeriod)).toEqual(['2 четверть', '10 модуль', 'год', 'экзамен', 'итог'])
  })

  it('are taken over where nothing stands, and never for who has left', () => {
    expect([...takeProposals(page(), new Map(), 1)]).toEqual([[keyOf(0, 1), 5]])
  })

  it('are chosen until they say what stands there already', () => {
    const one = choose(page(), new Map(), 1, 1, 3)
    expect([...one]).toEqual([[keyOf(1, 1), 3]])
    expect(choose(page(), one, 1, 1, 4).size).toBe(0)
  })

  it('become one event a column, on top of what was seen', () => {
    const events = eventsOf(page(), new Map([[keyOf(0, 1), 5], [keyOf(1, 1), 3], [keyOf(0, 2), 4]]))
    expect(events.map((e) => [e.kind, e.body['period'], e.body['upto']])).toEqual([['period.set', 'год', 77], ['period.set', 'экзамен', 77]])
    const cells = events[0]!.body['cells'] as unknown[][]
    expect(cells.map((c) => [c[1], c[4]])).toEqual([[5, null], [3, 31]])
  })

  it('go in parts of 64 cells', () => {
    const many = { ...page(), pupils: Array.from({ length: 70 }, (_, i) => ({ id: id(100 + i), name: `${i}`, from: 0, to: null })), marks: [] }
    const events = eventsOf(many, new Map(many.pupils.map((_, i) => [keyOf(i, 1), 5])))
    expect(events.map((e) => (e.body['cells'] as unknown[]).length)).toEqual([64, 6])
  })
})
