// The class in figures (CT-5): pupils by subjects with the mean of a period and the period mark, and
// the lessons missed; read only, printed as it is.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { CalendarRow, Sheet } from '../api/families'
import { m } from '../i18n'
import { hundredths, shortName } from '../i18n/format'
import { link } from '../route'
import { dayOf, now } from '../state/school'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { periodAt, periodsOf, periodValue } from './results'

interface Cell { mean: number | null; period: number | null }

/** What stands in the cells of one period, by "pupil/subject". */
export function cellsOf(sheet: Sheet, period: string): Map<string, Cell> {
  const out = new Map<string, Cell>()
  const at = (p: number, s: number): Cell => {
    const key = `${p}/${s}`
    const cell = out.get(key) ?? { mean: null, period: null }
    out.set(key, cell)
    return cell
  }
  for (const [p, s, mean] of sheet.means) at(p, s).mean = mean
  for (const [p, s, name, value] of sheet.period_marks) if (name === period) at(p, s).period = value
  return out
}

function Table({ sheet, period }: { sheet: Sheet; period: string }) {
  const t = m().form
  const cells = cellsOf(sheet, period)
  const columns = sheet.subjects.map((s, i) => ({ ...s, i })).filter((s) => s.marked).sort((a, b) => a.name.localeCompare(b.name, 'ru'))
  return (
    <Scroll class="class-scroll">
      <table class="table class-sheet">
        <thead><tr><th>{t.pupil}</th>{columns.map((s) => <th key={s.id} class="turned"><span>{s.name}</span></th>)}<th class="turned"><span>{t.missed}</span></th><th class="turned"><span>{t.ofThemUnknown}</span></th></tr></thead>
        <tbody>{sheet.pupils.map((p, row) => (
          <tr key={p.id} class={p.to !== null && p.to < sheet.to ? 'gone-by' : ''}>
            <th scope="row"><a href={link('pupil', [p.id])}>{shortName(p.name)}</a></th>
            {columns.map((s) => {
              const cell = cells.get(`${row}/${s.i}`)
              const low = cell?.period === 2 || cell?.period === 11 || (cell?.mean != null && cell.mean < 250)
              return <td key={s.id} class={low ? 'low' : ''}>{cell?.period != null && <b>{periodValue(cell.period)}</b>}{cell?.mean != null && <small>{hundredths(cell.mean)}</small>}</td>
            })}
            <td>{p.absences.ill + p.absences.valid + p.absences.invalid + p.absences.unknown || ''}</td>
            <td class={p.absences.unknown + p.absences.invalid > 0 ? 'low' : ''}>{p.absences.unknown + p.absences.invalid || ''}</td>
          </tr>
        ))}</tbody>
      </table>
    </Scroll>
  )
}

export function SheetTab({ group }: { group: string }) {
  const today = dayOf(now())
  const [name, setName] = useState<string | null>(null)
  const pages = useLoad(() => api.pages(), [])
  const grade = pages.value?.pages.find((p) => p.group === group)?.grade ?? 0
  const rows: CalendarRow[] = (pages.value?.periods ?? []).filter((p) => p.grade_from <= grade && (p.grade_to === 0 || grade <= p.grade_to))
  const periods = periodsOf(rows)
  const period = periods.find((p) => p.name === name) ?? periodAt(periods, today)
  const sheet = useLoad(async () => (period === null ? null : api.sheet(group, period.from, period.to)), [group, period?.name, period?.from])
  const error = pages.error ?? sheet.error
  if (error !== null) return <Failure error={error} again={pages.error !== null ? pages.again : sheet.again} />
  if (pages.value === null) return <Waiting />
  if (period === null) return <p class="empty">{m().cabinet.noPeriods}</p>
  return (
    <section class="card">
      <div class="segments" role="group" aria-label={m().cabinet.period}>{periods.map((p) => <button key={p.name} type="button" aria-pressed={p.name === period.name} onClick={() => setName(p.name)}>{p.name}</button>)}</div>
      <p class="dim">{m().form.sheetLead}</p>
      {sheet.value === null ? <Waiting /> : <Table sheet={sheet.value} period={period.name} />}
    </section>
  )
}
