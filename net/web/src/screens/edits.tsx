// «Правки»: what was recorded late, corrected, taken back or in vain, of one page or of the school.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { controlApi, type Edit, EditSort } from '../api/control'
import { Role } from '../api/types'
import { countsBy, type EditEntry, entriesOf, matchingEntries, type Sign, SIGNS, signsOf } from '../control/edits'
import { cellWord, m } from '../i18n'
import { count, dayFull, dayInput, dayOfInput, dayShort, mondayOf, momentShort, shortName, weekday } from '../i18n/format'
import { link, replace } from '../route'
import { type Acts, actText, loadActs } from '../state/acts'
import { dayOf, now } from '../state/school'
import { hasRole } from '../state/session'
import { Icon, type IconName } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Bars } from '../ui/plot'
import { Scroll } from '../ui/scroll'
import { ControlTabs } from './control-tabs'
import { PageTabs } from './page-tabs'

const SCHOOL_DAYS = 13
const PAGE_DAYS = 90
const SHOWN = 100
const MINUTE_MS = 60000
/** Longer than this, weeks are counted instead of days. */
const DAYS_PLOTTED = 21

const ICONS: Readonly<Record<Sign, IconName>> = { late: 'clock', corrected: 'pen', withdrawn: 'cross', void: 'undo', period: 'lock' }
const TONES: Readonly<Record<Sign, string>> = { late: 't3', corrected: 't2', withdrawn: 'm11', void: 'm2', period: 't1' }

function SignTag({ sign, edit, acts }: { sign: Sign; edit: Edit; acts: Acts }) {
  const t = m().edits
  const text = sign === 'late' && edit.due !== null ? t.lateBy(m().day.duration(Math.ceil((edit.recorded - edit.due) / MINUTE_MS)))
    : sign === 'void' && edit.report !== null ? actText(edit.report, acts.get(edit.report))
      : sign === 'period' ? t.sorts[edit.sort] : t.signs[sign]
  return <span class={`tag${sign === 'void' ? ' bad' : sign === 'late' ? ' warn' : ''}`}><Icon name={ICONS[sign]} size={12} />{text}</span>
}

function Cell({ edit }: { edit: Edit }) {
  if (edit.sort >= EditSort.PeriodClosed) return null
  const isNew = edit.before === '—'
  // What a whole lesson is about says itself in its value.
  const says = edit.what === 'sheet' || edit.what === 'lesson'
  return (
    <li>
      <span>{edit.pupil_name !== '' && <b>{shortName(edit.pupil_name)}</b>} {!says && <span class="dim">{m().preview.what[edit.what]}</span>}</span>{' '}
      <span class="message-values">{!isNew && <><del>{cellWord(edit.before)}</del> <Icon name="right" size={13} /> </>}<b>{cellWord(edit.after)}</b></span>
    </li>
  )
}

/** Where the entry stands, and the way there. */
function Place({ edit }: { edit: Edit }) {
  const name = [edit.group_name, edit.subject_name].filter((s) => s !== '').join(' · ')
  const where = edit.day === null ? edit.period : `${weekday(edit.day)} ${dayShort(edit.day)}, ${m().common.lessonN(edit.n ?? 0)}`
  const href = edit.subject_name === '' ? null : link('journal', [edit.group, edit.subject], edit.day === null ? { period: edit.period } : { day: edit.day, n: edit.n })
  return <>{href === null ? <b>{name}</b> : <a href={href}>{name}</a>}<br /><span class="dim">{where}</span></>
}

const CELLS_SHOWN = 6

function Row({ entry, acts, names }: { entry: EditEntry; acts: Acts; names: boolean }) {
  const [all, setAll] = useState(false)
  const { first, cells, signs } = entry
  const shown = all ? cells : cells.slice(0, CELLS_SHOWN)
  return (
    <tr>
      <td>{momentShort(first.recorded)}<br /><a class="dim" href={link('audit', [], { seq: first.seq })}>№ {count(first.seq)}</a></td>
      {names && <td>{first.name}</td>}
      <td><Place edit={first} /></td>
      <td>
        <ul class="edit-cells">{shown.map((c, i) => <Cell key={i} edit={c} />)}</ul>
        {shown.length < cells.length && <button type="button" class="link" onClick={() => setAll(true)}>{m().edits.moreCells(cells.length - shown.length)}</button>}
      </td>
      <td><span class="edit-signs">{signs.map((s) => <SignTag key={s} sign={s} acts={acts} edit={cells.find((c) => signsOf(c).includes(s))!} />)}</span></td>
    </tr>
  )
}

function Table({ entries, acts }: { entries: readonly EditEntry[]; acts: Acts }) {
  const [shown, setShown] = useState(SHOWN)
  const t = m().edits
  // An auditor sees nobody's name: then the column has nothing to say.
  const names = entries.some((e) => e.first.name !== '')
  return (
    <>
      <Scroll>
        <table class="table edits-table">
          <caption class="print-only">{t.title}</caption>
          <thead><tr><th scope="col">{t.cols.when}</th>{names && <th scope="col">{t.cols.who}</th>}<th scope="col">{t.cols.where}</th><th scope="col">{t.cols.what}</th><th scope="col">{t.cols.why}</th></tr></thead>
          <tbody>{entries.slice(0, shown).map((e) => <Row key={e.first.seq} entry={e} acts={acts} names={names} />)}</tbody>
        </table>
      </Scroll>
      {entries.length > shown && <button type="button" class="button" onClick={() => setShown(shown + SHOWN)}>{t.showMore(entries.length - shown)}</button>}
    </>
  )
}

function Plot({ entries, from, to }: { entries: readonly EditEntry[]; from: number; to: number }) {
  const t = m().edits
  const weeks = to - from > DAYS_PLOTTED
  const rows = countsBy(entries, weeks ? mondayOf : (day) => day)
  const used = SIGNS.filter((_, i) => rows.some((r) => r.counts[i]! > 0))
  if (rows.length < 2) return null
  return (
    <div class="edits-plot"><Bars title={weeks ? t.plotWeeks : t.plotDays} series={used.map((s) => ({ name: t.signs[s], tone: TONES[s] }))} text={String} max={Math.max(...rows.flatMap((r) => r.counts))}
      rows={rows.map((r) => ({ label: weeks ? m().summary.week(dayShort(r.key)) : `${weekday(r.key)} ${dayShort(r.key)}`, values: used.map((s) => r.counts[SIGNS.indexOf(s)]!) }))} /></div>
  )
}

interface Props { group: string | null; subject: string | null; query: Readonly<Record<string, string>> }

export function EditsScreen({ group, subject, query }: Props) {
  const today = dayOf(now())
  const page = group === null || subject === null ? null : { group, subject }
  const to = Number(query['to'] ?? today)
  const from = Math.min(Number(query['from'] ?? today - (page === null ? SCHOOL_DAYS : PAGE_DAYS)), to)
  const [signs, setSigns] = useState<ReadonlySet<Sign>>(new Set())
  const [find, setFind] = useState('')
  const { value, error, again } = useLoad(async () => {
    const [view, acts, pages] = await Promise.all([controlApi.edits(from, to, page), loadActs(), page === null ? null : api.pages()])
    return { view, acts, ref: pages?.pages.find((p) => p.group === group && p.subject === subject) ?? null }
  }, [from, to, group, subject])
  const t = m().edits
  const entries = entriesOf(value?.view.edits ?? [])
  const shown = matchingEntries(entries, signs, find)
  const go = (next: Readonly<Record<string, number>>): void => replace(link('edits', page === null ? [] : [page.group, page.subject], { ...query, ...next }))
  const toggle = (sign: Sign): void => setSigns(new Set(signs.has(sign) ? [...signs].filter((s) => s !== sign) : [...signs, sign]))
  return (
    <div class="screen wide">
      <div class="screen-head">
        <h1>{page === null || value?.ref == null ? t.title : <><strong>{value.ref.group_name}</strong> <span>{value.ref.subject_name}</span></>}</h1>
        {page === null ? hasRole(Role.Head, Role.Deputy) && <ControlTabs here="edits" /> : <PageTabs group={page.group} subject={page.subject} here="edits" marked />}
      </div>
      <p class="screen-lead">{page === null ? t.lead : t.leadPage}</p>
      <div class="row control-bar">
        <label class="inline">{t.from} <input type="date" value={dayInput(from)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) go({ from: d }) }} /></label>
        <label class="inline">{t.to} <input type="date" value={dayInput(to)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) go({ to: d }) }} /></label>
        <label class="search"><Icon name="search" /><input type="search" placeholder={t.find} aria-label={m().common.search} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <span class="grow" />
        <a class="button small" href={controlApi.editsTable(from, to, page)} download>{m().control.xlsx}</a>
        <button type="button" class="button small" disabled={shown.length === 0} onClick={() => print()}>{m().control.print}</button>
      </div>
      <div class="chips" role="group" aria-label={t.chosen}>
        {SIGNS.map((s) => {
          const n = entries.filter((e) => e.signs.includes(s)).length
          return <button key={s} type="button" class="chip" aria-pressed={signs.has(s)} disabled={n === 0} onClick={() => toggle(s)}><Icon name={ICONS[s]} size={13} />{t.signs[s]} <b>{count(n)}</b></button>
        })}
      </div>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : (
        <>
          {page === null && <p class="dim">{t.read(count(value.view.entries), dayFull(from), dayFull(to))}{value.view.more && ` ${t.more}`}</p>}
          {shown.length === 0 ? <p class="empty">{entries.length === 0 ? t.none : m().common.nothing}</p> : <><Plot entries={shown} from={from} to={to} /><Table key={`${[...signs].join()}/${find}`} entries={shown} acts={value.acts} /></>}
        </>
      )}
    </div>
  )
}
