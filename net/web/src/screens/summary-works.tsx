// Control works against the marks of the period: of a class by subject with the very works and the pupils
// who stand apart; and the classes side by side (CT-5).
import { type WorkFigures, worksApi, type WorksPage } from '../api/comparison'
import { csv, saveFile } from '../control/csv'
import { m } from '../i18n'
import { dayShort, mean, percent, shortName } from '../i18n/format'
import { link } from '../route'
import { ApiError } from '../api/client'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Bars } from '../ui/plot'
import { Scroll } from '../ui/scroll'

const MARK_MAX = 500
const hundredPercent = 10000

interface Row { key: string; label: string; href: string; figures: WorkFigures }

const columns = (): string[] => {
  const t = m().marks.works
  return [t.count, t.workMean, t.periodMean, t.workQuality, t.periodQuality, t.compared, t.higher, t.equal, t.lower]
}
const cells = (f: WorkFigures): (string | number)[] => [f.work_count, mean(f.work_mean), mean(f.period_mean), percent(f.work_quality), percent(f.period_quality), f.compared, f.higher, f.equal, f.lower]

function Table({ head, rows }: { head: string; rows: readonly Row[] }) {
  return (
    <Scroll>
      <table class="table works-figures">
        <thead><tr><th scope="col">{head}</th>{columns().map((h) => <th key={h} scope="col" class="number">{h}</th>)}</tr></thead>
        <tbody>{rows.map((r) => <tr key={r.key}><th scope="row"><a href={r.href}>{r.label}</a></th>{cells(r.figures).map((c, i) => <td key={i} class="number">{c}</td>)}</tr>)}</tbody>
      </table>
    </Scroll>
  )
}

function Plots({ rows }: { rows: readonly Row[] }) {
  const t = m().marks.works
  const line = (r: Row, values: number[]) => ({ label: r.label, values, href: r.href })
  return (
    <div class="plots">
      <Bars title={t.plotMeans} max={MARK_MAX} text={mean} series={[{ name: t.works, tone: 't1' }, { name: t.period, tone: 't2' }]} rows={rows.map((r) => line(r, [r.figures.work_mean, r.figures.period_mean]))} />
      <Bars title={t.plotQuality} max={hundredPercent} text={percent} series={[{ name: t.works, tone: 't1' }, { name: t.period, tone: 't2' }]} rows={rows.map((r) => line(r, [r.figures.work_quality, r.figures.period_quality]))} />
    </div>
  )
}

function Exports({ name, head, rows, table }: { name: string; head: string; rows: readonly Row[]; table: string }) {
  const t = m().summary
  return (
    <div class="row no-print">
      <span class="grow" />
      <a class="button small" href={table} download>{t.xlsx}</a>
      <button type="button" class="button small" onClick={() => saveFile(`${name}.csv`, csv([[head, ...columns()], ...rows.map((r) => [r.label, ...cells(r.figures)])]))}>{t.csv}</button>
      <button type="button" class="button small" onClick={() => print()}>{t.print}</button>
    </div>
  )
}

function PageDetail({ page, period }: { page: WorksPage; period: string }) {
  const t = m().marks.works
  return (
    <details>
      <summary>{page.subject_name}{page.group_name !== '' && ` (${page.group_name})`}: {t.detail(page.works.length, page.apart.length)}</summary>
      <ul class="cases">
        {page.works.map((w) => <li key={w.lesson + w.work}><a href={link('journal', [page.group, page.subject], { period, day: w.day })}>{dayShort(w.day)}</a>, {m().works[w.work]}: {t.one(w.count, mean(w.mean), percent(w.success), percent(w.quality))}</li>)}
        {page.apart.map((a) => <li key={a.pupil}><a href={link('pupil', [a.pupil])}><strong>{shortName(a.name)}</strong></a>: {t.apart(a.value, mean(a.mean))}</li>)}
      </ul>
    </details>
  )
}

const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404

export function SummaryWorks({ group, period }: { group: string; period: string }) {
  const { value, error, again } = useLoad(() => worksApi.ofClass(group, period), [group, period])
  const t = m().marks.works
  if (isMissing(error)) return <p class="empty">{t.noPeriod}</p>
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  if (value.pages.length === 0) return <p class="empty">{t.none}</p>
  const pages = [...value.pages].sort((a, b) => a.subject_name.localeCompare(b.subject_name, 'ru') || a.group_name.localeCompare(b.group_name, 'ru'))
  const rows = pages.map((p): Row => ({ key: p.group + p.subject, label: p.group === value.group ? p.subject_name : `${p.subject_name}, ${p.group_name}`, href: link('journal', [p.group, p.subject], { period }), figures: p }))
  return (
    <>
      <section class="card">
        <p class="dim">{t.lead}</p>
        <Exports name={`works-${value.group_name}`} head={m().summary.subject} rows={rows} table={worksApi.table(period, group)} />
        <Table head={m().summary.subject} rows={rows} />
        {pages.map((p) => <PageDetail key={p.group + p.subject} page={p} period={period} />)}
      </section>
      <Plots rows={rows} />
    </>
  )
}

/** Under the comparison of classes. */
export function SchoolWorks({ period }: { period: string }) {
  const { value, error, again } = useLoad(() => worksApi.ofSchool(period), [period])
  const t = m().marks.works
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const rows = value.classes.filter((c) => c.work_count > 0).sort((a, b) => a.name.localeCompare(b.name, 'ru', { numeric: true }))
    .map((c): Row => ({ key: c.id, label: c.name, href: link('summary', [c.id], { tab: 'works', period }), figures: c }))
  if (rows.length === 0) return null
  return (
    <>
      <section class="card">
        <h2>{t.title}</h2>
        <p class="dim">{t.lead}</p>
        <Exports name="works" head={m().summary.class} rows={rows} table={worksApi.table(period, null)} />
        <Table head={m().summary.class} rows={rows} />
      </section>
      <Plots rows={rows} />
    </>
  )
}
