// Small plots in SVG: bars and lines, each with its numbers as a table behind. Colours come from the
// style sheet by class; every bar carries its number, so that colour is never alone.
import type { ComponentChildren } from 'preact'
import { m } from '../i18n'
import { Scroll } from './scroll'

export interface Series { readonly name: string; readonly tone: string }
export interface PlotRow { readonly label: string; readonly values: readonly number[]; readonly href?: string | undefined }

interface FrameProps { title: string; series: readonly Series[]; rows: readonly PlotRow[]; text: (n: number) => string; children: ComponentChildren }

function Frame({ title, series, rows, text, children }: FrameProps) {
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      {series.length > 1 && <p class="plot-key">{series.map((s) => <span key={s.name}><i class={`tone ${s.tone}`} />{s.name}</span>)}</p>}
      {children}
      <details>
        <summary>{m().summary.plots.table}</summary>
        <Scroll>
          <table class="table">
            <thead><tr><td />{series.map((s) => <th key={s.name} scope="col">{s.name}</th>)}</tr></thead>
            <tbody>{rows.map((r) => <tr key={r.label}><th scope="row">{r.label}</th>{r.values.map((v, i) => <td key={i}>{text(v)}</td>)}</tr>)}</tbody>
          </table>
        </Scroll>
      </details>
    </figure>
  )
}

/** Rows and bars in one coordinate system; labels are set apart, so that they wrap as text. */
const ROW = 22
const WIDTH = 400

interface BarsProps { title: string; series: readonly Series[]; rows: readonly PlotRow[]; max: number; text: (n: number) => string }

/** Bars side by side, a thin one for each series; below zero: there is nothing to show. */
export function Bars({ title, series, rows, max, text }: BarsProps) {
  const thick = (ROW - 4) / series.length
  return (
    <Frame title={title} series={series} rows={rows} text={text}>
      <ul class="plot-rows">
        {rows.map((r) => (
          <li key={r.label} class="plot-row">
            <span class="plot-label">{r.href === undefined ? r.label : <a href={r.href}>{r.label}</a>}</span>
            <svg viewBox={`0 0 ${WIDTH} ${ROW}`} preserveAspectRatio="none" class="plot-bar" aria-hidden="true">
              {r.values.map((v, i) => v >= 0 && <rect key={i} class={`tone ${series[i]!.tone}`} x="0" y={2 + i * thick} width={Math.max(1, (v / max) * WIDTH)} height={Math.max(3, thick - 1)} />)}
            </svg>
            <span class="plot-number">{r.values.map(text).join(' / ')}</span>
          </li>
        ))}
      </ul>
    </Frame>
  )
}

/** One bar a row, in parts that add up to the whole. */
export function Stack({ title, series, rows, text }: Omit<BarsProps, 'max'>) {
  return (
    <Frame title={title} series={series} rows={rows} text={text}>
      <ul class="plot-rows">
        {rows.map((r) => {
          const total = r.values.reduce((a, b) => a + b, 0)
          let at = 0
          return (
            <li key={r.label} class="plot-row">
              <span class="plot-label">{r.href === undefined ? r.label : <a href={r.href}>{r.label}</a>}</span>
              <svg viewBox={`0 0 ${WIDTH} ${ROW}`} class="plot-bar stack" preserveAspectRatio="none" aria-hidden="true">
                {total > 0 && r.values.map((v, i) => {
                  const width = (v / total) * WIDTH
                  const x = at
                  at += width
                  return v > 0 && <rect key={i} class={`tone ${series[i]!.tone}`} x={x} y="2" width={width} height={ROW - 4} />
                })}
              </svg>
              <span class="plot-number">{r.values.map((v, i) => (v > 0 ? `${series[i]!.name}: ${text(v)}` : '')).filter((t) => t !== '').join(' · ')}</span>
            </li>
          )
        })}
      </ul>
    </Frame>
  )
}

const HEIGHT = 150
const PAD = 26

/** One line a series over the rows; values below zero leave a gap. */
export function Lines({ title, series, rows, max, text }: BarsProps) {
  const x = (i: number): number => (rows.length < 2 ? WIDTH / 2 : PAD + (i / (rows.length - 1)) * (WIDTH - 2 * PAD))
  const y = (v: number): number => HEIGHT - PAD - (v / max) * (HEIGHT - 2 * PAD + 8)
  const every = Math.max(1, Math.ceil(rows.length / 8))
  return (
    <Frame title={title} series={series} rows={rows} text={text}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="plot-lines" role="img" aria-label={title}>
        {[0, 0.5, 1].map((part) => <g key={part}><line class="plot-guide" x1={PAD} x2={WIDTH - PAD} y1={y(max * part)} y2={y(max * part)} /><text class="plot-tick" x={PAD - 4} y={y(max * part) + 3} text-anchor="end">{text(max * part)}</text></g>)}
        {rows.map((r, i) => i % every === 0 && <text key={r.label} class="plot-tick" x={x(i)} y={HEIGHT - 8} text-anchor="middle">{r.label}</text>)}
        {series.map((s, k) => {
          const points = rows.map((r, i) => [x(i), r.values[k]!] as const).filter(([, v]) => v >= 0)
          return (
            <g key={s.name} class={`line ${s.tone}`}>
              <polyline points={points.map(([px, v]) => `${px},${y(v)}`).join(' ')} />
              {points.map(([px, v]) => <circle key={px} cx={px} cy={y(v)} r="3" />)}
              {points.length <= 6 && points.map(([px, v]) => <text key={px} class="plot-value" x={px} y={y(v) + (k % 2 === 0 ? -6 : 13)} text-anchor="middle">{text(v)}</text>)}
            </g>
          )
        })}
      </svg>
    </Frame>
  )
}
