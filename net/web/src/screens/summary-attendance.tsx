// Attendance of a class by reason: lessons and whole days, by pupil, with the weeks as a line.
import { type Attendance, type AttendancePupil, controlApi } from '../api/control'
import { csv, saveFile } from '../control/csv'
import { shareOf, weeksOf } from '../control/attendance'
import { m } from '../i18n'
import { dayShort, percent, shortName } from '../i18n/format'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Bars, Lines } from '../ui/plot'
import { Scroll } from '../ui/scroll'

const COLS = ['held', 'missed', 'ill', 'valid', 'invalid', 'other', 'unknown', 'late', 'days', 'daysMissed'] as const
type Col = (typeof COLS)[number]
const valueOf = (p: AttendancePupil, col: Col): number => (col === 'daysMissed' ? p.days_missed : p[col])
const sum = (view: Attendance, col: Col): number => view.pupils.reduce((n, p) => n + valueOf(p, col), 0)
const REASONS = ['ill', 'valid', 'invalid', 'other', 'unknown'] as const

function save(view: Attendance): void {
  const t = m().summary
  saveFile(`attendance-${view.group_name}.csv`, csv([[t.pupil, ...COLS.map((c) => t.attendance[c]), t.attendance.share], ...view.pupils.map((p) => [p.name, ...COLS.map((c) => valueOf(p, c)), percent(shareOf(p.missed, p.held))])]))
}

export function SummaryAttendance({ group, from, to, title }: { group: string; from: number; to: number; title: string }) {
  const { value, error, again } = useLoad(() => controlApi.attendance(group, from, to), [group, from, to])
  const t = m().summary
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const weeks = weeksOf(value.days).map((w) => ({ label: dayShort(w.monday), values: [shareOf(w.missed, w.held)] }))
  const max = Math.max(500, ...weeks.map((w) => w.values[0]!))
  return (
    <>
      <div class="row no-print">
        <p class="dim">{t.attendance.lead}</p><span class="grow" />
        <button type="button" class="button small" onClick={() => save(value)}>{t.csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{t.print}</button>
      </div>
      <Scroll class="card">
        <table class="table class-figures">
          <caption>{t.attendance.title(value.group_name)}: {title}</caption>
          <thead><tr><th scope="col">{t.pupil}</th>{COLS.map((c) => <th key={c} scope="col" class="number">{t.attendance[c]}</th>)}<th scope="col" class="number">{t.attendance.share}, %</th></tr></thead>
          <tbody>
            {value.pupils.map((p) => (
              <tr key={p.id}><th scope="row">{shortName(p.name)}</th>{COLS.map((c) => <td key={c} class={`number${(c === 'invalid' || c === 'unknown') && valueOf(p, c) > 0 ? ' bad-text' : valueOf(p, c) === 0 ? ' dim' : ''}`}>{valueOf(p, c)}</td>)}<td class="number">{percent(shareOf(p.missed, p.held))}</td></tr>
            ))}
          </tbody>
          <tfoot><tr><th scope="row">{t.attendance.total}</th>{COLS.map((c) => <td key={c} class="number"><strong>{sum(value, c)}</strong></td>)}<td class="number"><strong>{percent(shareOf(sum(value, 'missed'), sum(value, 'held')))}</strong></td></tr></tfoot>
        </table>
      </Scroll>
      <div class="plots">
        <Bars title={t.plots.reasons} max={Math.max(1, ...REASONS.map((r) => sum(value, r)))} text={String} series={[{ name: t.attendance.missed, tone: 't3' }]} rows={REASONS.map((r) => ({ label: t.attendance[r], values: [sum(value, r)] }))} />
        {weeks.length > 0 && <Lines title={t.plots.days} max={max} text={percent} series={[{ name: t.attendance.missed, tone: 't3' }]} rows={weeks} />}
      </div>
    </>
  )
}
