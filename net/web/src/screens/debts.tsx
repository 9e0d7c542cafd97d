// Debt points («точка»): what is still to be earned until when; for the family, and for the class teacher
// pupil by pupil.
import { type Debt, marksApi } from '../api/marks'
import { m } from '../i18n'
import { dayFull, dayShort, shortName } from '../i18n/format'
import { link } from '../route'
import { Icon } from '../ui/icons'
import { Failure, useLoad } from '../ui/load'

/** First what is overdue, then by term. */
export const byTerm = (debts: readonly Debt[]): Debt[] => [...debts].sort((a, b) => a.until - b.until || a.day - b.day || a.subject_name.localeCompare(b.subject_name, 'ru'))

function Term({ debt }: { debt: Debt }) {
  const t = m().marks.debt
  return <span class={`tag${debt.overdue ? ' warn' : ''}`}><Icon name={debt.overdue ? 'warning' : 'clock'} size={13} />{debt.overdue ? t.overdue(dayFull(debt.until)) : t.until(dayFull(debt.until))}</span>
}

/** Nothing at all while nothing is owed. */
export function PupilDebts({ pupil }: { pupil: string }) {
  const { value, error, again } = useLoad(() => marksApi.debts(pupil), [pupil])
  const t = m().marks.debt
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null || value.debts.length === 0) return null
  return (
    <section class="card debts">
      <h2>{t.heading} <span class="badge">{value.debts.length}</span></h2>
      <p class="dim">{t.familyLead}</p>
      <ul class="plain-rows">{byTerm(value.debts).map((d) => (
        <li key={`${d.lesson}/${d.column}`}><b>{d.subject_name}</b><span>{t.work(dayShort(d.day), m().works[d.work] ?? '')}</span><Term debt={d} /></li>
      ))}</ul>
    </section>
  )
}

export function ClassDebts({ group }: { group: string }) {
  const { value, error, again } = useLoad(() => marksApi.debtsOfClass(group), [group])
  const t = m().marks.debt
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return null
  return (
    <section class="card debts">
      <h2>{t.heading} {value.debts.length > 0 && <span class="badge">{value.debts.length}</span>}</h2>
      {value.debts.length === 0 ? <p class="dim"><Icon name="check" size={14} /> {t.none}</p> : <ul class="plain-rows">{byTerm(value.debts).map((d) => (
        <li key={`${d.pupil}/${d.lesson}/${d.column}`}><a href={link('pupil', [d.pupil])}>{shortName(d.pupil_name)}</a><span>{d.subject_name}, {t.work(dayShort(d.day), m().works[d.work] ?? '')}</span><Term debt={d} /></li>
      ))}</ul>}
    </section>
  )
}
