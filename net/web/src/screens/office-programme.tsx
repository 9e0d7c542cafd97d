// «Выполнение программы»: the plan against what was given, by class and subject, the furthest behind
// first.
import { useState } from 'preact/hooks'
import { officeApi, type ProgrammeRow } from '../api/office'
import { csv, saveFile } from '../control/csv'
import { hasWords, wordsOf } from '../control/find'
import { dayFull, dayInput, dayOfInput, initials } from '../i18n/format'
import { om } from '../i18n/office'
import { link, replace } from '../route'
import { dayOf, now } from '../state/school'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import type { Query } from './office-rights'

type Order = 'lag' | 'group_name' | 'subject_name' | 'account_name'

export function lagWords(row: Pick<ProgrammeRow, 'lag' | 'planned'>): string {
  const t = om()
  return row.planned === 0 ? t.programme.noPlan : row.lag > 0 ? t.plan.behind(row.lag) : row.lag < 0 ? t.plan.ahead(-row.lag) : t.plan.onPlan
}

function saveCsv(rows: readonly ProgrammeRow[], day: number): void {
  const c = om().programme.cols
  saveFile(`programme-${dayInput(day)}.csv`, csv([[c.group, c.subject, c.teacher, c.planned, c.due, c.fallen, c.held, c.taught, c.lag], ...rows.map((r) => [r.group_name, r.subject_name, r.account_name, r.planned, r.due, r.fallen, r.held, r.taught, r.lag])]))
}

export function ProgrammePart({ query }: { query: Query }) {
  const today = dayOf(now())
  const day = query['day'] === undefined ? today : Number(query['day'])
  const { value, error, again } = useLoad(() => officeApi.programme(day), [day])
  const [order, setOrder] = useState<Order>('lag')
  const [find, setFind] = useState('')
  const [behind, setBehind] = useState(false)
  const t = om().programme
  const words = wordsOf(find)
  const rows = [...(value?.rows ?? [])].filter((r) => (!behind || r.lag > 0 || r.planned === 0) && hasWords(`${r.group_name} ${r.subject_name} ${r.account_name}`, words))
    .sort((a, b) => (order === 'lag' ? b.lag - a.lag : a[order].localeCompare(b[order], 'ru', { numeric: true })) || a.group_name.localeCompare(b.group_name, 'ru', { numeric: true }) || a.subject_name.localeCompare(b.subject_name, 'ru'))
  const head = (by: Order, text: string, number = false) => <th scope="col" class={number ? 'number' : undefined} aria-sort={order === by ? (by === 'lag' ? 'descending' : 'ascending') : 'none'}><button type="button" class="sort" onClick={() => setOrder(by)}>{text}{order === by && <span aria-hidden="true">{by === 'lag' ? ' ▾' : ' ▴'}</span>}</button></th>
  return (
    <>
      <div class="row control-bar">
        <label class="inline">{t.day} <input type="date" value={dayInput(day)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) replace(link('office', ['programme'], { day: d })) }} /></label>
        <label class="search"><Icon name="search" /><input type="search" placeholder={om().find} aria-label={om().find} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={behind} onChange={(e) => setBehind(e.currentTarget.checked)} /> {t.onlyBehind}</label>
        <span class="grow" />
        <a class="button small" href={officeApi.programmeTable(day)} download>{om().xlsx}</a>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => saveCsv(rows, day)}>{om().csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      <p class="dim small-text">{t.lead}</p>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : rows.length === 0 ? <p class="empty">{om().none}</p> : (
        <Scroll>
          <table class="table programme-table">
            <caption class="print-only">{t.caption(dayFull(day))}</caption>
            <thead><tr>{head('group_name', t.cols.group)}{head('subject_name', t.cols.subject)}{head('account_name', t.cols.teacher)}<th scope="col" class="number">{t.cols.planned}</th><th scope="col" class="number" title={t.hints.due}>{t.cols.due}</th><th scope="col" class="number" title={t.hints.fallen}>{t.cols.fallen}</th><th scope="col" class="number">{t.cols.held}</th><th scope="col" class="number" title={t.hints.taught}>{t.cols.taught}</th>{head('lag', t.cols.lag, true)}</tr></thead>
            <tbody>{rows.map((r) => (
              <tr key={r.group + r.subject}>
                <th scope="row">{r.group_name}</th><td><a href={link('plan', [r.group, r.subject, 'topics'])}>{r.subject_name}</a></td><td>{r.account === null ? '—' : initials(r.account_name)}</td>
                <td class="number">{r.planned}</td><td class="number">{r.due}</td><td class={`number${r.fallen > 0 ? '' : ' dim'}`}>{r.fallen}</td><td class="number">{r.held}</td><td class="number">{r.taught}</td>
                <td class="number"><span class={`tag ${r.planned === 0 || r.lag > 0 ? 'warn' : 'good'}`}>{lagWords(r)}</span></td>
              </tr>
            ))}</tbody>
          </table>
        </Scroll>
      )}
    </>
  )
}
