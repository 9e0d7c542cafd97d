// The summary sheet of a class: pupils by subjects for a period, or the whole year; printable.
import { useState } from 'preact/hooks'
import { controlApi, type Standing, type Summary, Value } from '../api/control'
import { Flag } from '../api/types'
import { csv, saveFile } from '../control/csv'
import { isMissing, meanOf, missingOf, type Sheet, standingOf } from '../control/summary'
import { m } from '../i18n'
import { dayFull, dayShort, mean, percent, shortName } from '../i18n/format'
import { link } from '../route'
import { Scroll } from '../ui/scroll'

interface Props { summary: Summary; sheet: Sheet; period: number }
/** `at`: a report that is looked at, else null. */
interface SheetProps extends Props { at: number | null }

export const valueText = (value: number): string => (m().summary.values as Readonly<Record<number, string>>)[value] ?? String(value)

function Cell({ summary, sheet, pupil, subject, period }: Props & { pupil: number; subject: number }) {
  const t = m().summary
  const cell = sheet.at(pupil, subject, period)
  if (cell === undefined) return isMissing(summary, sheet, pupil, subject, period) ? <td class="mark missing" title={t.missingCell}>×<span class="sr-only">{t.missingCell}</span></td> : <td class="mark" />
  const tone = cell.value === 1 || cell.value === 2 || cell.value === Value.NotAssessed ? ' two' : ''
  const deferred = cell.value === Value.Deferred
  return (
    <td class={`mark${tone}${cell.value > 5 ? ' word' : ''}${(cell.flags & (Flag.Changed | Flag.Voided)) !== 0 ? ' changed' : ''}`} title={deferred ? (cell.until === null ? t.deferredOpen : t.deferredTo(dayFull(cell.until))) : undefined}>
      {valueText(cell.value)}{deferred && cell.until !== null && <small>{t.deferredTo(dayShort(cell.until)).replace(/^\S+ /, '')}</small>}
    </td>
  )
}

function rowsForCsv({ summary, sheet }: Props, periods: readonly number[]): (string | number)[][] {
  const t = m().summary
  const head = [t.pupil, ...summary.subjects.flatMap((s) => periods.map((p) => (periods.length === 1 ? s.name : `${s.name}, ${summary.periods[p]}`))), ...periods.flatMap((p) => [`${t.mean}, ${summary.periods[p]}`, `${t.standing}, ${summary.periods[p]}`])]
  return [head, ...summary.pupils.map((pupil, i) => [
    pupil.name, ...summary.subjects.flatMap((_, s) => periods.map((p) => {
      const cell = sheet.at(i, s, p)
      return cell === undefined ? '' : cell.value <= 5 ? cell.value : cell.value === Value.Deferred && cell.until !== null ? `${valueText(cell.value)} ${dayFull(cell.until)}` : valueText(cell.value)
    })), ...periods.flatMap((p) => [mean(meanOf(summary, p, i)), t.standings[standingOf(summary, p, i)]]),
  ])]
}

function Missing({ summary, sheet, period }: Props) {
  const t = m().summary
  const missing = missingOf(summary, sheet, period)
  if (!sheet.filled.has(period)) return <p class="notice">{t.emptyPeriod}</p>
  if (missing.length === 0) return <p class="notice good no-print">{t.missingNone}</p>
  const bySubject = summary.subjects.map((s, i) => ({ s, n: missing.filter((x) => x.subject === i) })).filter((x) => x.n.length > 0)
  return (
    <details class="notice warn no-print">
      <summary><strong>{t.missingTitle}</strong>: {t.missingLead(missing.length)}</summary>
      <ul class="missing-list">
        {bySubject.map(({ s, n }) => <li key={s.id}><a href={link('journal', [summary.group.id, s.id], { period: summary.periods[period] })}>{s.name}</a>: {n.length > 6 ? t.bySubject(n.length) : n.map((x) => shortName(summary.pupils[x.pupil]!.name)).join(', ')}</li>)}
      </ul>
    </details>
  )
}

const FIGURES = ['success', 'quality', 'sou', 'mean'] as const

export function SummarySheet({ summary, sheet, period, at }: SheetProps) {
  const [year, setYear] = useState(false)
  const t = m().summary
  const periods = year ? [...sheet.filled].sort((a, b) => a - b) : [period]
  const title = t.sheetTitle(summary.group.name, year ? t.wholeYear : summary.periods[period] ?? '')
  const labels = { success: t.success, quality: t.quality, sou: t.sou, mean: t.meanLong }
  return (
    <>
      <Missing summary={summary} sheet={sheet} period={period} />
      <div class="row no-print">
        <label class="check"><input type="checkbox" checked={year} onChange={(e) => setYear(e.currentTarget.checked)} />{t.wholeYear}</label>
        <span class="grow" />
        {at === null && <a class="button small" href={controlApi.summaryPaper(summary.group.id)} target="_blank" rel="noopener">{t.paper}</a>}
        <a class="button small" href={controlApi.summaryTable(summary.group.id, at)} download>{t.xlsx}</a>
        <button type="button" class="button small" onClick={() => saveFile(`summary-${summary.group.name}.csv`, csv(rowsForCsv({ summary, sheet, period }, periods)))}>{t.csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{t.print}</button>
      </div>
      <Scroll class="sheet-scroll">
        <table class="sheet">
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col" class="sheet-name" rowSpan={year ? 2 : 1}>{t.pupil}</th>
              {summary.subjects.map((s) => <th key={s.id} scope="col" class="sheet-subject" colSpan={periods.length}><a href={link('journal', [summary.group.id, s.id], { period: summary.periods[period] })}><span>{s.name}</span></a></th>)}
              <th scope="col" rowSpan={year ? 2 : 1}>{t.mean}</th><th scope="col" rowSpan={year ? 2 : 1}>{t.standing}</th>
            </tr>
            {year && <tr>{summary.subjects.flatMap((s) => periods.map((p) => <th key={`${s.id}/${p}`} scope="col" class="sheet-period" title={summary.periods[p]}>{summary.periods[p]!.split(' ')[0]}</th>))}</tr>}
          </thead>
          <tbody>
            {summary.pupils.map((pupil, i) => {
              const standing: Standing = standingOf(summary, period, i)
              return (
                <tr key={pupil.id} class={pupil.left ? 'left' : undefined}>
                  <th scope="row" class="sheet-name"><span class="dim">{i + 1}</span> {shortName(pupil.name)}{pupil.left && <em> ({t.left})</em>}</th>
                  {summary.subjects.flatMap((s, k) => periods.map((p) => <Cell key={`${s.id}/${p}`} summary={summary} sheet={sheet} pupil={i} subject={k} period={p} />))}
                  <td class="number">{mean(meanOf(summary, period, i))}</td><td class={`standing s${standing}`}>{t.standings[standing]}</td>
                </tr>
              )
            })}
          </tbody>
          <tfoot>
            {FIGURES.map((f) => (
              <tr key={f}>
                <th scope="row" class="sheet-name">{labels[f]}{f !== 'mean' && ', %'}</th>
                {summary.subjects.flatMap((s, k) => periods.map((p) => {
                  const own = summary.by_subject.find((x) => x.subject === k && x.period === p)
                  return <td key={`${s.id}/${p}`} class="number">{own === undefined ? '' : f === 'mean' ? mean(own.mean) : percent(own[f])}</td>
                }))}
                <td class="number" colSpan={2}><strong>{f === 'mean' ? mean(summary.by_period[period]?.mean ?? -1) : percent(summary.by_period[period]?.[f] ?? -1)}</strong></td>
              </tr>
            ))}
          </tfoot>
        </table>
      </Scroll>
      <p class="dim small-text">{t.formulas}</p>
    </>
  )
}
