// The figures of a class: what it is made of, by subject and period, and whom to look at.
import { Standing, type Summary } from '../api/control'
import { ALL_STANDINGS, type Case, casesOf, deferralsOf, ORDER, type Sheet } from '../control/summary'
import { m } from '../i18n'
import { dayFull, mean, percent, shortName } from '../i18n/format'
import { Bars, Lines, Stack } from '../ui/plot'

interface Props { summary: Summary; sheet: Sheet; period: number }

const HUNDRED_PERCENT = 10000
/** Where the values of `counts` lie: 5, 4, 3, 2, 1, н/а. */
const SHOWN = [5, 4, 3, 2, 1, 11] as const

function CaseList({ title, summary, cases }: { title: string; summary: Summary; cases: readonly Case[] }) {
  if (cases.length === 0) return null
  return (
    <section>
      <h3>{title}: {cases.length}</h3>
      <ul class="cases">
        {cases.map((c, i) => <li key={i}><strong>{shortName(summary.pupils[c.pupil]!.name)}</strong>: {c.subjects.map((s) => summary.subjects[s]!.name).join(', ')}{c.until !== undefined && `, ${c.until === null ? m().summary.deferredOpen : m().summary.deferredTo(dayFull(c.until))}`}</li>)}
      </ul>
    </section>
  )
}

function Totals({ summary, period }: Omit<Props, 'sheet'>) {
  const t = m().summary
  const own = summary.by_period[period]
  if (own === undefined) return null
  const facts: [string, string][] = [[t.success, percent(own.success) + ' %'], [t.quality, percent(own.quality) + ' %'], [t.sou, percent(own.sou) + ' %'], [t.meanLong, mean(own.mean)]]
  return (
    <>
      <dl class="totals">{facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      <dl class="totals small">{ALL_STANDINGS.filter((s) => (own.standings[s] ?? 0) > 0).map((s) => <div key={s}><dt>{t.standingsMany[s]}</dt><dd>{own.standings[s]}</dd></div>)}</dl>
    </>
  )
}

export function SummaryFigures({ summary, sheet, period }: Props) {
  const t = m().summary
  const subjects = summary.by_subject.filter((s) => s.period === period && s.counted > 0)
  const label = (index: number): string => summary.subjects[index]!.name
  const trend = summary.periods.map((name, i) => ({ label: name, values: [summary.by_period[i]?.success ?? -1, summary.by_period[i]?.quality ?? -1, summary.by_period[i]?.sou ?? -1] })).filter((r) => r.values.some((v) => v >= 0))
  const risk = [Standing.OneThree, Standing.OneFour, Standing.Unknown, Standing.Failing].map((s) => [s, casesOf(summary, sheet, period, s)] as const)
  const deferrals = deferralsOf(summary, period)
  if (subjects.length === 0) return <p class="empty">{t.emptyPeriod}</p>
  return (
    <>
      <Totals summary={summary} period={period} />
      <div class="plots">
        <section class="card">
          <h2>{t.risk}</h2>
          {risk.every(([, c]) => c.length === 0) && deferrals.length === 0 && <p>{t.riskNone}</p>}
          {risk.map(([s, cases]) => <CaseList key={s} title={t.standingsMany[s]} summary={summary} cases={cases} />)}
          <CaseList title={t.riskDeferred} summary={summary} cases={deferrals} />
        </section>
        <Stack title={t.plots.distribution} text={String} series={SHOWN.map((v) => ({ name: t.values[v], tone: `m${v}` }))} rows={subjects.map((s) => ({ label: label(s.subject), values: SHOWN.map((_, i) => s.counts[i] ?? 0) }))} />
        <Bars title={t.plots.quality} max={HUNDRED_PERCENT} text={percent} series={[{ name: t.quality, tone: 't2' }]} rows={subjects.map((s) => ({ label: label(s.subject), values: [s.quality] }))} />
        <Bars title={t.plots.success} max={HUNDRED_PERCENT} text={percent} series={[{ name: t.success, tone: 't1' }]} rows={subjects.map((s) => ({ label: label(s.subject), values: [s.success] }))} />
        {trend.length > 1 && <Lines title={t.plots.trend} max={HUNDRED_PERCENT} text={percent} series={[{ name: t.success, tone: 't1' }, { name: t.quality, tone: 't2' }, { name: t.sou, tone: 't3' }]} rows={trend} />}
        <Stack title={t.plots.standings} text={String} series={ORDER.map((s) => ({ name: t.standingsMany[s], tone: `s${s}` }))} rows={summary.periods.map((name, i) => ({ label: name, values: ORDER.map((s) => summary.by_period[i]?.standings[s] ?? 0) })).filter((r) => r.values.some((v) => v > 0))} />
      </div>
      <p class="dim small-text">{t.formulas}</p>
    </>
  )
}
