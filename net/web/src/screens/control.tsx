// «Контроль заполнения»: who keeps which journal how, down to the lesson; for teachers the own rows.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { controlApi, type FillingRow } from '../api/control'
import { officeApi, type ProgrammeRow } from '../api/office'
import { type Period, Role } from '../api/types'
import { csv, saveFile } from '../control/csv'
import { byTeacher, type Count, COUNTS, COUNTS_OF_DAYS, type Counts, RARE, isBad, lightOf, matching, type Order, sorted } from '../control/filling'
import { m } from '../i18n'
import { dayFull, dayInput, dayOfInput, mondayOf } from '../i18n/format'
import { om } from '../i18n/office'
import { link, replace } from '../route'
import { dayOf, now } from '../state/school'
import { hasRole } from '../state/session'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { ControlLessons } from './control-lessons'
import { ControlTabs } from './control-tabs'
import { lagWords } from './office-programme'
import { WorksBanner } from './office-works'
import { type RemarkAbout, RemarkDialog, RemarkList } from './remarks'

type Span = 'day' | 'week' | 'period'
interface Range { from: number; to: number }

function rangeOf(span: Span, day: number, periods: readonly Period[]): Range {
  if (span === 'day') return { from: day, to: day }
  if (span === 'week') return { from: mondayOf(day), to: mondayOf(day) + 6 }
  const found = [...periods].filter((p) => p.kind === 0 && p.from <= day).sort((a, b) => a.from - b.from).at(-1)
  return found === undefined ? { from: day - 60, to: day } : { from: found.from, to: found.to }
}

/** The neighbouring day, week or period. */
function stepped(span: Span, range: Range, periods: readonly Period[], by: 1 | -1): number {
  if (span === 'day') return range.from + by
  if (span === 'week') return range.from + 7 * by
  const sortedPeriods = [...periods].filter((p) => p.kind === 0).sort((a, b) => a.from - b.from)
  const at = sortedPeriods.findIndex((p) => p.from === range.from)
  return (sortedPeriods[at + by] ?? sortedPeriods[at])?.from ?? range.from
}

export function Light({ row }: { row: Counts }) {
  const light = lightOf(row)
  return <span class={`tag light ${light}`}><Icon name={light === 'good' ? 'check' : light === 'warn' ? 'clock' : 'warning'} size={13} />{m().control.light[light]}</span>
}

interface HeadProps { cols: readonly Order['by'][]; order: Order; onOrder: (order: Order) => void }

const isText = (by: Order['by']): boolean => by === 'name' || by === 'group' || by === 'subject' || by === 'light'

function Head({ cols, order, onOrder }: HeadProps) {
  const t = m().control
  return (
    <thead>
      <tr>
        {cols.map((by) => [
          by === 'light' ? <th key="plan" scope="col" title={om().programme.lead}>{om().programme.column}</th> : null,
          <th key={by} scope="col" class={isText(by) ? undefined : 'number'} aria-sort={order.by === by ? (order.down ? 'descending' : 'ascending') : 'none'}>
            <button type="button" class="sort" title={(t.hints as Record<string, string>)[by] ?? t.sort(t.cols[by])}
              onClick={() => onOrder({ by, down: order.by === by ? !order.down : by === 'light' || !isText(by) })}>
              {t.cols[by]}{order.by === by && <span aria-hidden="true">{order.down ? ' ▾' : ' ▴'}</span>}
            </button>
          </th>,
        ])}
      </tr>
    </thead>
  )
}

function Numbers({ row, counts }: { row: Counts; counts: readonly Count[] }) {
  return <>{counts.map((c) => <td key={c} class={`number${isBad(c, row) ? (c.startsWith('late') ? ' warn-text' : ' bad-text') : row[c] === 0 ? ' dim' : ''}`}>{row[c]}</td>)}</>
}

function remarkText(row: FillingRow, range: Range, spanIsPeriod: boolean): string {
  const t = m().control.remark
  const counts: [keyof typeof t.parts, number][] = [['recorded', row.due - row.recorded], ['no_topic', row.no_topic], ['no_homework', row.no_homework], ['no_sheet', row.no_sheet], ['late_marks', row.late_marks], ['overdue_debts', row.overdue_debts], ...(spanIsPeriod ? [['few_marks', row.few_marks], ['no_year', row.no_year]] as [keyof typeof t.parts, number][] : [])]
  return [t.intro(dayFull(range.from), dayFull(range.to)), ...counts.filter(([, n]) => n > 0).map(([key, n]) => t.parts[key](n)), t.please].join(' ')
}

/** КТП: how many topics each page is behind, and each teacher at most. */
type Lags = (account: string, page: string | null) => ProgrammeRow | null

function LagCell({ row }: { row: ProgrammeRow | null }) {
  return <td>{row === null ? '' : <span class={`tag ${row.planned === 0 || row.lag > 0 ? 'warn' : 'good'}`}><span title={lagWords(row)} aria-label={lagWords(row)}>{row.planned === 0 ? lagWords(row) : row.lag > 0 ? `−${row.lag}` : row.lag < 0 ? `+${-row.lag}` : '✓'}</span></span>}</td>
}

interface TableProps { counts: readonly Count[]; rows: readonly FillingRow[]; range: Range; leads: boolean; onTeacher: (name: string) => void; byPage: boolean; lags: Lags }

function FillingTable({ counts, rows, range, leads, onTeacher, byPage, lags }: TableProps) {
  const [order, setOrder] = useState<Order>({ by: byPage ? 'name' : 'light', down: !byPage })
  const [open, setOpen] = useState<FillingRow | null>(null)
  const [about, setAbout] = useState<RemarkAbout | null>(null)
  const t = m().control
  const remarkOf = (row: FillingRow): RemarkAbout => ({ ...row, lesson: null, text: remarkText(row, range, counts.includes('few_marks')) })
  const cols: Order['by'][] = byPage ? ['name', 'group', 'subject', ...counts, 'light'] : ['name', ...counts, 'light']
  return (
    <Scroll class="control-scroll">
      <table class="table control-table">
        <caption class="print-only">{t.caption(dayFull(range.from), dayFull(range.to))}</caption>
        <Head cols={cols} order={order} onOrder={setOrder} />
        <tbody>
          {byPage ? sorted(rows, order).map((r) => (
            <tr key={r.account + r.group + r.subject}>
              <th scope="row">{r.name}</th>
              <td>{r.group_name}</td>
              <td><button type="button" class="link" onClick={() => setOpen(r)}>{r.subject_name}</button></td>
              <Numbers row={r} counts={counts} />
              <LagCell row={lags(r.account, r.group + r.subject)} />
              <td class="row"><Light row={r} />{leads && <button type="button" class="button small" onClick={() => setAbout(remarkOf(r))}><Icon name="comment" size={14} />{t.remark.raise}</button>}</td>
            </tr>
          )) : sorted(byTeacher(rows), order).map((r) => (
            <tr key={r.account}>
              <th scope="row"><button type="button" class="link" aria-label={t.open(r.name)} onClick={() => onTeacher(r.name)}>{r.name}</button></th>
              <Numbers row={r} counts={counts} />
              <LagCell row={lags(r.account, null)} />
              <td><Light row={r} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {open !== null && <ControlLessons row={open} from={range.from} to={range.to} onRemark={leads ? (lesson, text) => { setOpen(null); setAbout({ ...open, lesson, text }) } : null} onClose={() => setOpen(null)} />}
      {about !== null && <RemarkDialog about={about} onClose={() => setAbout(null)} />}
    </Scroll>
  )
}

function lagsOf(rows: readonly ProgrammeRow[]): Lags {
  const byPage = new Map(rows.map((r) => [r.group + r.subject, r]))
  const worst = new Map<string, ProgrammeRow>()
  for (const row of rows) if (row.account !== null && row.lag > (worst.get(row.account)?.lag ?? -Infinity)) worst.set(row.account, row)
  return (account, page) => (page === null ? worst.get(account) : byPage.get(page)) ?? null
}

function saveCsv(rows: readonly FillingRow[], range: Range, counts: readonly Count[]): void {
  const t = m().control
  const head = [t.cols.name, t.cols.group, t.cols.subject, ...counts.map((c) => t.cols[c]), t.cols.light]
  saveFile(`control-${dayInput(range.from)}-${dayInput(range.to)}.csv`, csv([head, ...rows.map((r) => [r.name, r.group_name, r.subject_name, ...counts.map((c) => r[c]), t.light[lightOf(r)]])]))
}

function FillingPart({ query, leads }: { query: Readonly<Record<string, string>>; leads: boolean }) {
  const pages = useLoad(() => api.pages(), [])
  const today = dayOf(now())
  const span = (query['span'] ?? 'week') as Span
  const day = query['day'] === undefined ? today : Number(query['day'])
  const periods = pages.value?.periods ?? []
  const range = rangeOf(span, day, periods)
  const ready = span !== 'period' || pages.value !== null
  const { value, error, again } = useLoad(async () => (ready ? controlApi.filling(range.from, range.to) : null), [range.from, range.to, ready])
  const programme = useLoad(() => officeApi.programme(Math.min(range.to, today)), [range.to, today])
  const lags = lagsOf(programme.value?.rows ?? [])
  const [find, setFind] = useState(query['find'] ?? '')
  const [byPage, setByPage] = useState(!leads || query['find'] !== undefined)
  const t = m().control
  const go = (next: Readonly<Record<string, string | number>>): void => replace(link('control', [], { ...query, ...next }))
  const rows = matching(value?.rows ?? [], find)
  const counts = (span !== 'period' ? COUNTS_OF_DAYS : COUNTS).filter((c) => !RARE.includes(c) || rows.some((r) => r[c] > 0))
  return (
    <>
      <div class="row control-bar">
        <div class="segments" role="group" aria-label={t.span.label}>
          {(['day', 'week', 'period'] as const).map((s) => <button key={s} type="button" aria-pressed={span === s} onClick={() => go({ span: s })}>{t.span[s]}</button>)}
        </div>
        <span class="row">
          <button type="button" class="icon-button" aria-label={t.prev} onClick={() => go({ day: stepped(span, range, periods, -1) })}><Icon name="left" /></button>
          <input type="date" aria-label={t.span.label} value={dayInput(day)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) go({ day: d }) }} />
          <button type="button" class="icon-button" aria-label={t.next} onClick={() => go({ day: stepped(span, range, periods, 1) })}><Icon name="right" /></button>
        </span>
        <strong>{t.range(dayFull(range.from), dayFull(range.to))}</strong>
        <span class="grow" />
        <a class="button small" href={controlApi.fillingTable(range.from, range.to)} download>{t.xlsx}</a>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => saveCsv(rows, range, counts)}>{t.csv}</button>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => print()}>{t.print}</button>
      </div>
      {leads && (
        <div class="row control-bar">
          <div class="segments" role="group" aria-label={t.by.label}>
            <button type="button" aria-pressed={!byPage} onClick={() => setByPage(false)}>{t.by.teacher}</button>
            <button type="button" aria-pressed={byPage} onClick={() => setByPage(true)}>{t.by.page}</button>
          </div>
          <label class="search"><Icon name="search" /><input type="search" placeholder={t.find} aria-label={m().common.search} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        </div>
      )}
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : value.rows.length === 0 ? <p class="empty">{t.none}</p> : rows.length === 0 ? <p class="empty">{t.noneFound}</p> : (
        <FillingTable key={String(byPage)} counts={counts} rows={rows} range={range} leads={leads} byPage={byPage} lags={lags} onTeacher={(name) => { setFind(name); setByPage(true) }} />
      )}
      <p class="dim small-text">{t.lightRule}</p>
    </>
  )
}

export function ControlScreen({ tab, query }: { tab: string; query: Readonly<Record<string, string>> }) {
  const leads = hasRole(Role.Head, Role.Deputy)
  const t = m().control
  return (
    <div class="screen wide">
      <div class="screen-head">
        <h1>{leads ? t.title : t.own}</h1>
        <ControlTabs here={tab === 'remarks' ? 'remarks' : 'filling'} />
      </div>
      {leads && tab !== 'remarks' && <WorksBanner />}
      {tab === 'remarks' ? <RemarkList round={0} /> : <FillingPart query={query} leads={leads} />}
    </div>
  )
}
