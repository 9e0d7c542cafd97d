// «Оценки»: by subject the marks of a period, their weighted mean with its line over time, the period
// marks, and the lessons missed by reason.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { CalendarRow, ResultMark, Results, ResultSubject, Tally } from '../api/families'
import { byPeriod } from '../api/marks'
import { type Child, Flag } from '../api/types'
import { m } from '../i18n'
import { dayFull, dayShort, hundredths } from '../i18n/format'
import { dayOf, now } from '../state/school'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { PupilDebts } from './debts'
import { Trend, type TrendPoint } from '../ui/trend'

const PERIODS_KIND_MAX = 2

/** The periods of study of a calendar, in order; and the one that a day lies in, or the last before it. */
export const periodsOf = (calendar: readonly CalendarRow[]): CalendarRow[] => calendar.filter((r) => r.kind <= PERIODS_KIND_MAX).sort((a, b) => a.from - b.from)
export const periodAt = (periods: readonly CalendarRow[], day: number): CalendarRow | null => periods.filter((p) => p.from <= day).at(-1) ?? periods[0] ?? null

export const periodValue = (value: number): string => (value <= 5 ? String(value) : m().journal.periodValues[value] ?? String(value))

const missed = (t: Tally): number => t.ill + t.valid + t.invalid + t.unknown

/** One row a subject, when the pupil is in several groups of it. */
export function rowsOf(results: Results): ResultSubject[] {
  return [...results.subjects].sort((a, b) => a.subject_name.localeCompare(b.subject_name, 'ru') || a.group_name.localeCompare(b.group_name, 'ru'))
}

const points = (marks: readonly ResultMark[]): TrendPoint[] => marks.flatMap((k) => k.values.map((value) => ({ day: k.day, value, weight: k.weight })))

function MarkDetail({ mark }: { mark: ResultMark }) {
  const [open, setOpen] = useState(false)
  const text = mark.values.length === 0 ? m().common.none : mark.values.join('/')
  const changed = (mark.flags & Flag.Changed) !== 0
  return (
    <span class="result-mark">
      <button type="button" class={`result-button${mark.values.some((v) => v <= 2) ? ' low' : ''}`} aria-expanded={open} onClick={() => setOpen(!open)}>
        {text}{changed && <sup>◤</sup>}<small> {dayShort(mark.day)}</small><span class="sr-only">, {m().works[mark.work]}</span>
      </button>
      {open && <span class="result-more">{m().works[mark.work]}, {m().diary.weight(mark.weight)}{mark.comment !== '' && <> · «{mark.comment}»</>}{changed && <> · {m().diary.changed}</>}{(mark.flags & Flag.Voided) !== 0 && <> · {m().diary.voided}</>}</span>}
    </span>
  )
}

function Absences({ results }: { results: Results }) {
  const t = m().cabinet
  const sum = results.subjects.reduce<Tally>((a, s) => ({ ill: a.ill + s.absences.ill, valid: a.valid + s.absences.valid, invalid: a.invalid + s.absences.invalid, unknown: a.unknown + s.absences.unknown, late: a.late + s.absences.late }), { ill: 0, valid: 0, invalid: 0, unknown: 0, late: 0 })
  const lessons = results.subjects.reduce((n, s) => n + s.lessons, 0)
  return (
    <section class="card">
      <h2>{t.absences}</h2>
      <p>{t.missedOf(missed(sum), lessons)}</p>
      <dl class="tally">{(['ill', 'valid', 'invalid', 'unknown', 'late'] as const).map((k) => <div key={k}><dt>{t.reasons[k]}</dt><dd>{sum[k]}</dd></div>)}</dl>
    </section>
  )
}

export function ResultsTable({ results }: { results: Results }) {
  const t = m().cabinet
  const rows = rowsOf(results)
  const names = [...new Map(rows.flatMap((r) => r.periods).map((p) => [p.period, p.seq])).keys()].sort(byPeriod)
  return (
    <Scroll>
      <table class="table results">
        <thead><tr><th>{t.subject}</th><th>{t.marks}</th><th class="num">{t.mean}</th><th>{t.line}</th>{names.map((n) => <th key={n} class="num">{m().journal.periodShort(n)}</th>)}<th class="num">{t.missedShort}</th></tr></thead>
        <tbody>
          {rows.map((s) => (
            <tr key={s.group + s.subject}>
              <th scope="row">{s.subject_name}{!s.marked && <span class="dim"> · {t.unmarked}</span>}</th>
              <td class="result-marks">{s.marks.map((k) => <MarkDetail key={`${k.lesson}${k.column}`} mark={k} />)}</td>
              <td class="num"><b>{s.average === null ? m().common.none : hundredths(s.average)}</b>{s.marked && s.average !== null && s.mark_count < results.rule.least && <small class="dim"> {m().marks.fewShort(s.mark_count, results.rule.least)}</small>}</td>
              <td><Trend points={points(s.marks)} rule={results.rule} label={s.subject_name} /></td>
              {names.map((n) => <td key={n} class="num">{s.periods.filter((p) => p.period === n).map((p) => periodValue(p.value)).join(' ')}</td>)}
              <td class="num">{missed(s.absences) === 0 ? '' : missed(s.absences)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim small-text">{m().marks.ruleText(results.rule)}</p>
    </Scroll>
  )
}

export function ResultsTab({ child }: { child: Child }) {
  const today = dayOf(now())
  const [name, setName] = useState<string | null>(null)
  const calendar = useLoad(() => api.cabinet(child.id, today, today), [child.id])
  const periods = periodsOf(calendar.value?.calendar ?? [])
  const period = periods.find((p) => p.name === name) ?? periodAt(periods, today)
  const results = useLoad(async () => (period === null ? null : api.results(child.id, period.from, Math.min(period.to, Math.max(today, period.from)))), [child.id, period?.name])
  const error = calendar.error ?? results.error
  if (error !== null) return <Failure error={error} again={calendar.error !== null ? calendar.again : results.again} />
  if (calendar.value === null) return <Waiting />
  if (period === null) return <p class="empty">{m().cabinet.noPeriods}</p>
  return (
    <>
      <div class="row">
        <div class="segments" role="group" aria-label={m().cabinet.period}>
          {periods.map((p) => <button key={p.name} type="button" aria-pressed={p.name === period.name} onClick={() => setName(p.name)}>{p.name}</button>)}
        </div>
        <span class="dim">{dayFull(period.from)} – {dayFull(period.to)}</span>
      </div>
      {results.value === null ? <Waiting /> : <><PupilDebts pupil={child.id} /><section class="card"><ResultsTable results={results.value} /></section><Absences results={results.value} /></>}
    </>
  )
}
