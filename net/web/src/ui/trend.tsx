// A small line of marks over time. The numbers stand in the table beside it; here is their shape.
import { type MeanRule, meanOfSums, sumsOf } from '../control/means'
import { m } from '../i18n'
import { dayShort } from '../i18n/format'

export interface TrendPoint { readonly day: number; readonly value: number; readonly weight: number }

const W = 132
const H = 34
const PAD = 4
const LOW = 2
const HIGH = 5

/** The mean by the school's rule as it stood after each point, in hundredths; what the line shows. */
export const runningMeans = (points: readonly TrendPoint[], rule: MeanRule): number[] =>
  points.map((_, i) => meanOfSums(sumsOf(points.slice(0, i + 1), rule))!)

export function Trend({ points, rule, label }: { points: readonly TrendPoint[]; rule: MeanRule; label: string }) {
  if (points.length < 2) return null
  const means = runningMeans(points, rule)
  const first = points[0]!.day
  const span = Math.max(1, points.at(-1)!.day - first)
  const x = (day: number): number => PAD + ((day - first) / span) * (W - 2 * PAD)
  const y = (value: number): number => H - PAD - ((Math.max(LOW, value) - LOW) / (HIGH - LOW)) * (H - 2 * PAD)
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.day).toFixed(1)} ${y(means[i]! / 100).toFixed(1)}`).join('')
  const text = m().cabinet.trend(label, dayShort(first), dayShort(points.at(-1)!.day))
  return (
    <svg class="trend" viewBox={`0 0 ${W} ${H}`} width={W} height={H} role="img" aria-label={text}>
      <title>{text}</title>
      {[LOW, 3, 4, HIGH].map((v) => <path key={v} class="trend-grid" d={`M${PAD} ${y(v).toFixed(1)}H${W - PAD}`} />)}
      <path class="trend-line" d={line} />
      {points.map((p, i) => <circle key={i} class={p.value <= 2 ? 'trend-low' : 'trend-dot'} cx={x(p.day).toFixed(1)} cy={y(p.value).toFixed(1)} r="2" />)}
    </svg>
  )
}
