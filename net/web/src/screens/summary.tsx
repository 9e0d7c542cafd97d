// «Итоги»: the classes side by side, and of one class the summary sheet, its figures, its attendance
// and the reports on it (CT-5, CT-7, ST-5, ST-11, ST-12).
import { api } from '../api/client'
import { type ClassFigures, type ClassPeriod, controlApi, type Issued, type Summary } from '../api/control'
import { PeriodSort, sortOf, YEAR } from '../api/marks'
import { type Period, Role } from '../api/types'
import { csv, saveFile } from '../control/csv'
import { lastFilled, ORDER, sheetOf } from '../control/summary'
import { m } from '../i18n'
import { dayFull, mean, percent } from '../i18n/format'
import { link, replace } from '../route'
import { hasRole } from '../state/session'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Bars, Stack } from '../ui/plot'
import { Icon } from '../ui/icons'
import { Scroll } from '../ui/scroll'
import { SummaryAttendance } from './summary-attendance'
import { SummaryFigures } from './summary-figures'
import { PeriodLock } from './summary-lock'
import { SummaryMarks } from './summary-marks'
import { ReportList, ReportStanding, SendReport } from './summary-report'
import { SummarySheet } from './summary-sheet'
import { SchoolWorks, SummaryWorks } from './summary-works'
import { YearOfClassPart } from './year'

type Query = Readonly<Record<string, string>>
const hundredPercent = 10000
/** From the first of September to the end of May, and some. */
const YEAR_DAYS = 320

const byName = (a: ClassFigures, b: ClassFigures): number => a.name.localeCompare(b.name, 'ru', { numeric: true })

function periodNames(classes: readonly ClassFigures[]): string[] {
  const names: string[] = []
  for (const c of classes) for (const p of c.by_period) if (!names.includes(p.period)) names.push(p.period)
  return names
}

/** The latest period in which any class has anybody judged. */
function lastJudged(classes: readonly ClassFigures[], names: readonly string[]): string {
  const judged = names.filter((n) => classes.some((c) => c.by_period.some((p) => p.period === n && p.judged > 0)))
  return judged.at(-1) ?? names[0] ?? ''
}

function SchoolPart({ classes, query }: { classes: readonly ClassFigures[]; query: Query }) {
  const t = m().summary
  const names = periodNames(classes)
  const period = query['period'] ?? lastJudged(classes, names)
  const rows = classes.map((c) => [c, c.by_period.find((p) => p.period === period)] as const).filter((r): r is readonly [ClassFigures, ClassPeriod] => r[1] !== undefined && r[1].judged > 0).sort((a, b) => byName(a[0], b[0]))
  const save = (): void => saveFile('classes.csv', csv([
    [t.class, t.teacher, t.pupils, t.success, t.quality, t.sou, t.meanLong, t.missing, t.deferred],
    ...rows.map(([c, p]) => [c.name, c.teacher_name, c.pupil_count, percent(p.success), percent(p.quality), percent(p.sou), mean(p.mean), p.missing, p.deferred]),
  ]))
  return (
    <div class="screen wide">
      <div class="screen-head">
        <h1>{t.title}: {t.school}</h1>
        <select aria-label={t.period} value={period} onChange={(e) => replace(link('summary', [], { period: e.currentTarget.value }))}>{names.map((n) => <option key={n} value={n}>{n}</option>)}</select>
        <span class="grow" />
        <button type="button" class="button small" onClick={save}>{t.csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{t.print}</button>
      </div>
      <div class="chips">{[...classes].sort(byName).map((c) => <a key={c.id} class="chip" href={link('summary', [c.id], { period })}>{c.name}</a>)}</div>
      {rows.length === 0 ? <p class="empty">{t.emptyPeriod}</p> : (
        <>
          <Scroll class="card">
            <table class="table class-figures">
              <thead><tr><th scope="col">{t.class}</th><th scope="col">{t.teacher}</th>{[t.pupils, t.success, t.quality, t.sou, t.meanLong, t.missing, t.deferred].map((h) => <th key={h} scope="col" class="number">{h}</th>)}</tr></thead>
              <tbody>
                {rows.map(([c, p]) => (
                  <tr key={c.id}>
                    <th scope="row"><a href={link('summary', [c.id], { period })}>{c.name}</a></th><td>{c.teacher_name}</td>
                    <td class="number">{c.pupil_count}</td><td class="number">{percent(p.success)}</td><td class="number">{percent(p.quality)}</td><td class="number">{percent(p.sou)}</td><td class="number">{mean(p.mean)}</td>
                    <td class={`number${p.missing > 0 ? ' bad-text' : ''}`}>{p.missing}</td><td class="number">{p.deferred}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <div class="plots">
            <Bars title={t.plots.classes} max={hundredPercent} text={percent} series={[{ name: t.success, tone: 't1' }, { name: t.quality, tone: 't2' }]} rows={rows.map(([c, p]) => ({ label: c.name, values: [p.success, p.quality], href: link('summary', [c.id], { period }) }))} />
            <Stack title={t.plots.standings} text={String} series={ORDER.map((s) => ({ name: t.standingsMany[s], tone: `s${s}` }))} rows={rows.map(([c, p]) => ({ label: c.name, values: ORDER.map((s) => p.standings[s] ?? 0) }))} />
          </div>
          <p class="dim small-text">{t.formulas}</p>
          <SchoolWorks period={period} />
        </>
      )}
    </div>
  )
}

interface Opened { summary: Summary; periods: Period[]; report: Issued | null }

async function openClass(group: string, at: number | null): Promise<Opened> {
  const [summary, pages, reports] = await Promise.all([controlApi.summary(group, at), api.pages(), at === null ? [] : controlApi.issued()])
  return { summary, periods: pages.periods.filter((p) => p.grade_from <= summary.group.grade && summary.group.grade <= p.grade_to), report: reports.find((r) => r.about === group && r.upto === at) ?? null }
}

/** The days that a mark of the year is about: those of all periods of the last year that is known. */
function yearSpan(periods: readonly Period[], name: string): Period | null {
  const study = periods.filter((p) => p.kind <= 2)
  const to = Math.max(...study.map((p) => p.to))
  const own = study.filter((p) => p.from > to - YEAR_DAYS)
  return own.length === 0 ? null : { ...own[0]!, name, from: Math.min(...own.map((p) => p.from)), to }
}

interface ClassProps { group: string; query: Query; figures: ClassFigures | null; alone: boolean; onDone: () => void }

function ClassPart({ group, query, figures, alone, onDone }: ClassProps) {
  const at = query['at'] === undefined ? null : Number(query['at'])
  const { value, error, again } = useLoad(() => openClass(group, at), [group, at])
  const t = m().summary
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const { summary, periods, report } = value
  const sheet = sheetOf(summary)
  const named = summary.periods.indexOf(query['period'] ?? '')
  const period = named >= 0 ? named : lastFilled(sheet)
  const tab = query['tab'] ?? 'sheet'
  const name = summary.periods[period] ?? ''
  const span = periods.find((p) => p.name === name) ?? (sortOf(name) === PeriodSort.Usual ? null : yearSpan(periods, name))
  const leads = hasRole(Role.Head, Role.Deputy)
  const changed = (): void => {
    again()
    onDone()
  }
  return (
    <div class="screen wide summary">
      {report !== null && <ReportStanding report={report} onReceived={changed} />}
      <div class="screen-head">
        <h1>{t.title}: {summary.group.name}</h1>
        <select aria-label={t.period} value={name} onChange={(e) => replace(link('summary', [group], { ...query, period: e.currentTarget.value }))}>
          {summary.periods.map((p) => <option key={p} value={p}>{p}</option>)}
        </select>
        <div class="segments" role="group" aria-label={t.title}>
          {(['sheet', 'figures', 'works', 'attendance', 'year', 'reports'] as const).map((key) => <a key={key} href={link('summary', [group], { ...query, tab: key, period: name })} aria-current={tab === key ? 'page' : undefined}>{t.tabs[key]}</a>)}
        </div>
        <span class="grow" />
        {!alone && <a class="button small" href={link('summary')}><Icon name="left" size={14} />{t.toSchool}</a>}
        {leads && at === null && figures !== null && <SendReport summary={summary} figures={figures} span={span} onSent={changed} />}
      </div>
      {tab === 'sheet' && <SummarySheet summary={summary} sheet={sheet} period={period} at={at} />}
      {tab === 'sheet' && at === null && <PeriodLock group={summary.group} period={span} missing={figures?.by_period.find((p) => p.period === name)?.missing ?? 0} leads={leads} />}
      {tab === 'figures' && <SummaryFigures summary={summary} sheet={sheet} period={period} />}
      {tab === 'figures' && at === null && span !== null && sheet.filled.has(period) && <SummaryMarks group={group} from={span.from} to={span.to} period={name} />}
      {tab === 'attendance' && (span === null ? <p class="empty">{t.emptyPeriod}</p> : <SummaryAttendance group={group} from={span.from} to={span.to} title={`${name}, ${dayFull(span.from)} – ${dayFull(span.to)}`} />)}
      {tab === 'works' && <SummaryWorks group={group} period={name} />}
      {tab === 'year' && <YearOfClassPart group={group} />}
      {tab === 'year' && at === null && <PeriodLock key={YEAR} group={summary.group} period={yearSpan(periods, YEAR)} missing={figures?.by_period.find((p) => p.period === YEAR)?.missing ?? 0} leads={leads} />}
      {tab === 'reports' && <ReportList group={group} />}
      {tab === 'reports' && at === null && <p><a class="button small" href={link('form', [group, 'sent'])}><Icon name="out" size={14} />{m().marks.delivery.title}</a></p>}
    </div>
  )
}

export function SummaryScreen({ group, query }: { group: string | null; query: Query }) {
  const { value, error, again } = useLoad(() => controlApi.classes(), [])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  if (value.classes.length === 0) return <p class="empty">{m().summary.none}</p>
  const chosen = group ?? (value.classes.length === 1 ? value.classes[0]!.id : null)
  if (chosen === null) return <SchoolPart classes={value.classes} query={query} />
  return <ClassPart key={chosen} group={chosen} query={query} figures={value.classes.find((c) => c.id === chosen) ?? null} alone={value.classes.length === 1} onDone={again} />
}
