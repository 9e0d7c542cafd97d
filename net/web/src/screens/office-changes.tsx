// «Замены»: what was changed in the timetable of a period, replacements apart from moves and
// cancellations, and how many lessons each gave for others.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { Change, type ChangedLesson, officeApi } from '../api/office'
import { csv, saveFile } from '../control/csv'
import { dayFull, dayInput, dayOfInput, initials, moment, weekday, weekdayOf } from '../i18n/format'
import { om } from '../i18n/office'
import { link, replace } from '../route'
import { dayOf, now } from '../state/school'
import { replacedCounts } from '../office/schedule'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import type { Query } from './office-rights'
import { placeText } from './office-timetable'

const MONTH = 30

/** From and to as two date fields; a reversed span is not taken. */
export function SpanFields({ from, to, onSpan }: { from: number; to: number; onSpan: (from: number, to: number) => void }) {
  const t = om()
  return (
    <span class="row span-fields">
      <label class="inline">{t.from} <input type="date" value={dayInput(from)} max={dayInput(to)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null && d <= to) onSpan(d, to) }} /></label>
      <label class="inline">{t.to} <input type="date" value={dayInput(to)} min={dayInput(from)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null && d >= from) onSpan(from, d) }} /></label>
    </span>
  )
}

const insteadOf = (c: ChangedLesson): string => (c.change === Change.Replaced ? c.account_name : c.change === Change.Moved ? placeText(c.newday, c.newn) : '')
const givenOf = (c: ChangedLesson): string => { const t = om().changes.given; return c.change === Change.Cancelled ? t.off : c.given ? t.yes : t.no }

function saveCsv(rows: readonly ChangedLesson[], from: number, to: number): void {
  const t = om().changes
  const c = t.cols
  saveFile(`changes-${dayInput(from)}-${dayInput(to)}.csv`, csv([[c.day, c.n, c.group, c.subject, c.what, c.teacher, c.instead, c.reason, c.given, c.author],
    ...rows.map((r) => [dayFull(r.day), r.n, r.group_name, r.subject_name, t.kind[r.change as 0 | 1 | 2], r.teacher_name, insteadOf(r), r.reason, givenOf(r), r.author_name])]))
}

export function ChangesPart({ query }: { query: Query }) {
  const today = dayOf(now())
  const pages = useLoad(() => api.pages(), [])
  const from = query['from'] === undefined ? today - weekdayOf(today) + 1 : Number(query['from'])
  const to = query['to'] === undefined ? from + 6 : Number(query['to'])
  const { value, error, again } = useLoad(() => officeApi.changes(from, to), [from, to])
  const [kind, setKind] = useState<'all' | 0 | 1 | 2>('all')
  const t = om().changes
  const span = (a: number, b: number): void => replace(link('office', ['changes'], { from: a, to: b }))
  const quarter = (pages.value?.periods ?? []).filter((p) => p.kind === 0 && p.from <= today).sort((a, b) => a.from - b.from).at(-1)
  const rows = [...(value ?? [])].filter((c) => kind === 'all' || c.change === kind).sort((a, b) => a.day - b.day || a.n - b.n || a.group_name.localeCompare(b.group_name, 'ru', { numeric: true }))
  const counts = replacedCounts(value ?? [])
  return (
    <>
      <div class="row control-bar">
        <div class="segments" role="group" aria-label={om().tabs.changes}>
          <button type="button" onClick={() => span(today - weekdayOf(today) + 1, today - weekdayOf(today) + 7)}>{t.spans.week}</button>
          <button type="button" onClick={() => span(today - MONTH, today)}>{t.spans.month}</button>
          {quarter !== undefined && <button type="button" onClick={() => span(quarter.from, quarter.to)}>{t.spans.period}</button>}
        </div>
        <SpanFields from={from} to={to} onSpan={span} />
        <span class="grow" />
        <a class="button small" href={officeApi.changesTable(from, to)} download>{om().xlsx}</a>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => saveCsv(rows, from, to)}>{om().csv}</button>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => print()}>{om().print}</button>
      </div>
      <div class="row control-bar">
        <div class="segments" role="group" aria-label={t.cols.what}>
          {(['all', 0, 1, 2] as const).map((k) => <button key={k} type="button" aria-pressed={kind === k} onClick={() => setKind(k)}>{t.kinds[k]} <span class="dim">{(value ?? []).filter((c) => k === 'all' || c.change === k).length}</span></button>)}
        </div>
        <span class="dim small-text">{t.lead}</span>
      </div>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : rows.length === 0 ? <p class="empty">{t.none}</p> : (
        <Scroll>
          <table class="table changes-table">
            <caption class="print-only">{t.caption(dayFull(from), dayFull(to))}</caption>
            <thead><tr><th scope="col">{t.cols.day}</th><th scope="col" class="number">{t.cols.n}</th><th scope="col">{t.cols.group}</th><th scope="col">{t.cols.subject}</th><th scope="col">{t.cols.what}</th><th scope="col">{t.cols.teacher}</th><th scope="col">{t.cols.instead}</th><th scope="col">{t.cols.reason}</th><th scope="col">{t.cols.given}</th><th scope="col">{t.cols.author}</th></tr></thead>
            <tbody>{rows.map((r) => (
              <tr key={r.seq}>
                <td>{weekday(r.day)} <a href={link('office', ['timetable'], { day: r.day })}>{dayFull(r.day)}</a></td><td class="number">{r.n}</td><td>{r.group_name}</td><td>{r.subject_name}</td>
                <td><span class={`tag ${r.change === Change.Replaced ? 'warn' : ''}`}><Icon name={r.change === Change.Replaced ? 'user' : r.change === Change.Moved ? 'right' : 'cross'} size={13} />{t.kind[r.change as 0 | 1 | 2]}</span></td>
                <td>{initials(r.teacher_name)}</td><td>{r.change === Change.Replaced ? initials(insteadOf(r)) : insteadOf(r)}</td><td>{r.reason}</td><td>{givenOf(r)}</td><td title={moment(r.recorded)}>{initials(r.author_name)}</td>
              </tr>
            ))}</tbody>
          </table>
        </Scroll>
      )}
      {counts.length > 0 && (
        <details class="card">
          <summary>{t.byTeacher}</summary>
          <Scroll><table class="table"><thead><tr><th scope="col">{t.cols.teacher}</th><th scope="col" class="number">{t.hours}</th><th scope="col" class="number">{t.given.yes}</th><th scope="col" class="number">{t.missed}</th></tr></thead>
            <tbody>{counts.map((c) => <tr key={c.account}><th scope="row">{c.name}</th><td class="number">{c.gave}</td><td class="number">{c.given}</td><td class="number">{c.was}</td></tr>)}</tbody></table></Scroll>
        </details>
      )}
    </>
  )
}
