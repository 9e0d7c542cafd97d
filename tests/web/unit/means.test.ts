import { markOfSums, type MeanRule, meanOfSums, sumsOf, USUAL_RULE } from '../../../net/web/src/control/means'

const at = (round_up_at: number, weighted = true): MeanRule => ({ ...USUAL_RULE, round_up_at, weighted })
const marks = (...values: [number, number][]): { value: number; weight: number }[] => values.map(([value, weight]) => ({ value, weight }))

describe('means by the school’s rule', () => {
  it('weigh or do not', () => {
    expect(meanOfSums(sumsOf(marks([4, 10], [5, 30]), at(50)))).toBe(475)
    expect(meanOfSums(sumsOf(marks([4, 10], [5, 30]), at(50, false)))).toBe(450)
    expect(meanOfSums(sumsOf([], at(50)))).toBe(null)
    expect(markOfSums(sumsOf([], at(50)), at(50))).toBe(null)
  })

  it('are rounded at the limit exactly, not by the hundredths that are shown', () => {
    expect(markOfSums({ sum: 9, weight: 2 }, at(50))).toBe(5) // 4,50
    const under = { sum: 899, weight: 200 } // 4,495: shown as 4,50
    expect(meanOfSums(under)).toBe(450)
    expect(markOfSums(under, at(50))).toBe(4)
    expect(markOfSums({ sum: 23, weight: 5 }, at(60))).toBe(5) // 4,60
    expect(markOfSums({ sum: 4599, weight: 1000 }, at(60))).toBe(4)
    expect(markOfSums({ sum: 14, weight: 3 }, at(66))).toBe(5) // 4,666…
    expect(markOfSums({ sum: 14, weight: 3 }, at(67))).toBe(4)
  })

  it('leave a whole mean alone whatever the limit', () => {
    expect(markOfSums({ sum: 8, weight: 2 }, at(0))).toBe(4)
    expect(markOfSums({ sum: 401, weight: 100 }, at(0))).toBe(5)
    expect(markOfSums({ sum: 10, weight: 2 }, at(0))).toBe(5)
  })
})
