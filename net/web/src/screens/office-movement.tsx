// «Движение»: who was there at the beginning, came, left and is there at the end, by class, with orders;
// the pupils of a class, and what is signed about each.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type Movement, type MovementEvent, officeApi, type RosterPupil } from '../api/office'
import { csv, saveFile } from '../control/csv'
import { dayFull, dayInput, initials, moment } from '../i18n/format'
import { om } from '../i18n/office'
import { movementTotal } from '../office/movement'
import { classChoices } from '../office/schedule'
import { link, replace } from '../route'
import { dayOf, now } from '../state/school'
import { ChoiceField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { SpanFields } from './office-changes'
import { AdmitDialog, PupilDialog } from './office-pupil'
import { arranges, type Query } from './office-rights'

const COLUMNS = ['start', 'arrived', 'moved_in', 'left', 'moved_out', 'end'] as const

function saveCsv(view: Movement): void {
  const t = om().movement
  const rows = [...view.classes].sort((a, b) => a.grade - b.grade || a.name.localeCompare(b.name, 'ru'))
  saveFile(`movement-${dayInput(view.from)}-${dayInput(view.to)}.csv`, csv([[t.cols.class, ...COLUMNS.map((c) => t.cols[c])], ...rows.map((r) => [r.name, ...COLUMNS.map((c) => r[c])]), [], [t.cols.day, t.cols.sort, t.cols.pupil, t.cols.fromClass, t.cols.toClass, t.cols.order, t.cols.whither, t.cols.author],
    ...view.events.map((e) => [dayFull(e.day), t.sorts[e.sort as 0], e.pupil_name, e.from_class_name, e.to_class_name, e.order, e.whither, e.author_name])]))
}

function Counts({ view }: { view: Movement }) {
  const t = om().movement
  const rows = [...view.classes].sort((a, b) => a.grade - b.grade || a.name.localeCompare(b.name, 'ru'))
  const total = movementTotal(rows)
  return (
    <Scroll>
      <table class="table movement-table">
        <caption class="print-only">{t.caption(dayFull(view.from), dayFull(view.to))}</caption>
        <thead><tr><th scope="col">{t.cols.class}</th>{COLUMNS.map((c) => <th key={c} scope="col" class="number">{t.cols[c]}</th>)}</tr></thead>
        <tbody>{rows.map((r) => <tr key={r.id}><th scope="row">{r.name}</th>{COLUMNS.map((c) => <td key={c} class={`number${r[c] === 0 && c !== 'start' && c !== 'end' ? ' dim' : ''}`}>{r[c]}</td>)}</tr>)}</tbody>
        <tfoot><tr><th scope="row">{t.total}</th>{COLUMNS.map((c) => <td key={c} class="number"><b>{total[c]}</b></td>)}</tr></tfoot>
      </table>
    </Scroll>
  )
}

function Events({ events }: { events: readonly MovementEvent[] }) {
  const t = om().movement
  if (events.length === 0) return <p class="empty">{t.none}</p>
  return (
    <Scroll>
      <table class="table movement-events">
        <thead><tr><th scope="col">{t.cols.day}</th><th scope="col">{t.cols.sort}</th><th scope="col">{t.cols.pupil}</th><th scope="col">{t.cols.fromClass}</th><th scope="col">{t.cols.toClass}</th><th scope="col">{t.cols.order}</th><th scope="col">{t.cols.whither}</th><th scope="col">{t.cols.author}</th></tr></thead>
        <tbody>{[...events].sort((a, b) => b.day - a.day || b.seq - a.seq).map((e) => (
          <tr key={e.seq}><td class="nowrap">{dayFull(e.day)}</td><td><span class={`tag ${e.sort === 0 ? 'good' : e.sort === 1 ? 'warn' : ''}`}><Icon name={e.sort === 0 ? 'plus' : e.sort === 1 ? 'out' : 'right'} size={13} />{t.sorts[e.sort as 0]}</span></td><td>{e.pupil_name}</td><td>{e.from_class_name}</td><td>{e.to_class_name}</td><td>{e.order === '' ? <span class="dim">—</span> : e.order}</td><td>{e.whither}</td><td title={moment(e.recorded)}>{initials(e.author_name)}</td></tr>
        ))}</tbody>
      </table>
    </Scroll>
  )
}

function Roster({ group, groups, round, onGroup, onPupil }: { group: string; groups: readonly [string, string][]; round: number; onGroup: (g: string) => void; onPupil: (p: RosterPupil) => void }) {
  const load = useLoad(async () => (group === '' ? null : officeApi.roster(group)), [group, round])
  const t = om().movement
  const today = dayOf(now())
  const pupils = [...(load.value?.pupils ?? [])].sort((a, b) => Number(a.to !== null && a.to < today) - Number(b.to !== null && b.to < today) || a.name.localeCompare(b.name, 'ru'))
  return (
    <section class="card">
      <div class="row"><h2>{t.pupils}</h2><span class="grow" /><ChoiceField label={t.cols.class} value={group} choices={groups} onChoice={onGroup} /></div>
      {load.error !== null && <Failure error={load.error} again={load.again} />}
      {load.value === null ? load.error === null && <Waiting /> : pupils.length === 0 ? <p class="dim">{om().none}</p> : (
        <ol class="roster">{pupils.map((p) => (
          <li key={p.id} class={p.to !== null && p.to < today ? 'left' : ''}>
            <span>{p.name}</span><span class="dim small-text">{p.groups.filter((g) => g.kind !== 0).map((g) => g.name).join(', ')}{p.to !== null && ` ${t.until(dayFull(p.to))}`}</span>
            {p.to === null && <button type="button" class="button small" aria-label={`${t.change}: ${p.name}`} onClick={() => onPupil(p)}>{t.change}</button>}
          </li>
        ))}</ol>
      )}
    </section>
  )
}

export function MovementPart({ query }: { query: Query }) {
  const may = arranges()
  const today = dayOf(now())
  const groups = useLoad(() => officeApi.groups(), [])
  const pages = useLoad(() => api.pages(), [])
  const periods = (pages.value?.periods ?? []).filter((p) => p.kind <= 2 && p.from <= today).sort((a, b) => a.from - b.from)
  const from = query['from'] === undefined ? (periods[0]?.from ?? today - 60) : Number(query['from'])
  const to = query['to'] === undefined ? today : Number(query['to'])
  const ready = query['from'] !== undefined || pages.value !== null || pages.error !== null
  const load = useLoad(async () => (ready ? officeApi.movement(from, to) : null), [from, to, ready])
  const [admit, setAdmit] = useState(false)
  const [pupil, setPupil] = useState<RosterPupil | null>(null)
  const [round, setRound] = useState(0)
  const choices = classChoices(groups.value?.groups ?? [])
  const group = query['group'] ?? choices[0]?.[0] ?? ''
  const t = om().movement
  const go = (next: Readonly<Record<string, string | number>>): void => replace(link('office', ['movement'], { ...query, ...next }))
  const done = (): void => { setAdmit(false); setPupil(null); setRound(round + 1); load.again() }
  return (
    <>
      <div class="row control-bar">
        {periods.length > 0 && <div class="segments" role="group" aria-label={t.period}>{[...new Map(periods.map((p) => [p.name, p])).values()].slice(-4).map((p) => <button key={p.name} type="button" aria-pressed={from === p.from && to === p.to} onClick={() => go({ from: p.from, to: p.to })}>{p.name}</button>)}</div>}
        <SpanFields from={from} to={to} onSpan={(a, b) => go({ from: a, to: b })} />
        {may && groups.value !== null && <button type="button" class="button primary" onClick={() => setAdmit(true)}><Icon name="plus" size={15} />{om().pupil.admit}</button>}
        <span class="grow" />
        <a class="button small" href={officeApi.movementTable(from, to)} download>{om().xlsx}</a>
        <button type="button" class="button small" disabled={load.value === null} onClick={() => load.value !== null && saveCsv(load.value)}>{om().csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      {(load.error ?? groups.error) !== null && <Failure error={load.error ?? groups.error} again={load.again} />}
      {load.value === null ? load.error === null && <Waiting /> : <><Counts view={load.value} /><h2 class="day-title">{t.events}</h2><Events events={load.value.events} /></>}
      {may && choices.length > 0 && <Roster group={group} groups={choices} round={round} onGroup={(g) => go({ group: g })} onPupil={setPupil} />}
      {admit && <AdmitDialog groups={groups.value!.groups} group={group} onClose={() => setAdmit(false)} onDone={done} />}
      {pupil !== null && <PupilDialog pupil={pupil} group={group} groups={groups.value!.groups} onClose={() => setPupil(null)} onDone={done} />}
    </>
  )
}
