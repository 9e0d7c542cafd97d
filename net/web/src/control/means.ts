// Means of marks by the school's local act, as projections/means.c makes them: sums are whole numbers,
// so that what stands at the limit of rounding is decided exactly. Pure.

/** As the settings stood at the moment that is looked at. */
export interface MeanRule { readonly weighted: boolean; readonly round_up_at: number; readonly least: number }

/** What holds while nobody has set it. */
export const USUAL_RULE: MeanRule = { weighted: true, round_up_at: 50, least: 3 }

export interface Sums { readonly sum: number; readonly weight: number }
export interface Weighed { readonly value: number; readonly weight: number }

export function sumsOf(values: Iterable<Weighed>, rule: MeanRule): Sums {
  let sum = 0
  let weight = 0
  for (const v of values) {
    const counts = rule.weighted ? v.weight : 1
    sum += v.value * counts
    weight += counts
  }
  return { sum, weight }
}

/** In hundredths, by halves upwards, to be shown; null while there are none. */
export const meanOfSums = ({ sum, weight }: Sums): number | null => (weight === 0 ? null : Math.floor((200 * sum + weight) / (2 * weight)))

/** The mark that follows by the rule; null while there are none. A whole mean is that mark, whatever the limit. */
export function markOfSums({ sum, weight }: Sums, rule: MeanRule): number | null {
  if (weight === 0) return null
  const rest = sum % weight
  return (sum - rest) / weight + (rest > 0 && rest * 100 >= rule.round_up_at * weight ? 1 : 0)
}
