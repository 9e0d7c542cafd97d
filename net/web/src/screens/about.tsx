// «Контрольные и учителя»: what is coming in the period, who teaches, when there are holidays, and
// what teachers recommend.
import { api } from '../api/client'
import type { Advice, Cabinet } from '../api/families'
import type { Child } from '../api/types'
import { m } from '../i18n'
import { dayFull, dayLong, initials, momentShort } from '../i18n/format'
import { dayOf, now } from '../state/school'
import { Failure, useLoad, Waiting } from '../ui/load'
import { periodAt, periodsOf } from './results'

const HOLIDAYS = 3
const DAY_OFF = 4

export function AdviceItem({ advice, children }: { advice: Advice; children?: preact.ComponentChildren }) {
  const t = m().cabinet
  return (
    <li class="advice">
      <p><span class={`tag ${advice.sort === 2 ? 'warn' : advice.sort === 3 ? 'good' : ''}`}>{t.sorts[advice.sort]}</span> <span class="dim">{momentShort(advice.recorded)} · {initials(advice.author_name)}{advice.subject_name !== '' && <>, {advice.subject_name}</>}{advice.to_group && <> · {t.toAll}</>}</span></p>
      <p class="advice-text">{advice.text}</p>
      {children}
    </li>
  )
}

export const newestAdvice = (list: readonly Advice[]): Advice[] => [...list].sort((a, b) => b.seq - a.seq)

function Controls({ cabinet, today }: { cabinet: Cabinet; today: number }) {
  const t = m().cabinet
  const rows = [...cabinet.controls].sort((a, b) => a.day - b.day || a.n - b.n)
  return (
    <section class="card">
      <h2>{t.controls}</h2>
      {rows.length === 0 ? <p class="dim">{t.noControls}</p> : (
        <ol class="plain-rows">{rows.map((c, i) => <li key={i} class={c.day < today ? 'gone-by' : ''}><b>{dayLong(c.day)}</b><span>{c.subject_name}</span><span class="dim">{m().works[c.work]}{c.monitoring && <> · {t.monitoring}</>}</span></li>)}</ol>
      )}
    </section>
  )
}

function Teachers({ cabinet }: { cabinet: Cabinet }) {
  const t = m().cabinet
  const rows = [...cabinet.teachers].sort((a, b) => a.subject_name.localeCompare(b.subject_name, 'ru'))
  return (
    <section class="card">
      <h2>{t.teachers}</h2>
      {cabinet.class_teachers.length > 0 && <p>{t.classTeacher}: <b>{cabinet.class_teachers.join(', ')}</b></p>}
      <ul class="plain-rows">{rows.map((r) => <li key={r.group + r.subject + r.name}><b>{r.subject_name}</b><span>{r.name}</span><span class="dim">{r.kind > 0 && r.group_name}</span></li>)}</ul>
    </section>
  )
}

export function AboutTab({ child }: { child: Child }) {
  const today = dayOf(now())
  const view = useLoad(async () => {
    const calendar = (await api.cabinet(child.id, today, today)).calendar
    const period = periodAt(periodsOf(calendar), today)
    return { period, cabinet: await api.cabinet(child.id, period?.from ?? today, period?.to ?? today) }
  }, [child.id])
  const t = m().cabinet
  if (view.error !== null) return <Failure error={view.error} again={view.again} />
  if (view.value === null) return <Waiting />
  const { cabinet, period } = view.value
  const holidays = cabinet.calendar.filter((r) => r.kind === HOLIDAYS || r.kind === DAY_OFF).sort((a, b) => a.from - b.from)
  return (
    <>
      {period !== null && <p class="dim">{period.name}: {dayFull(period.from)} – {dayFull(period.to)}</p>}
      <div class="about-grid">
        <section class="card">
          <h2>{t.advice}</h2>
          {cabinet.advice.length === 0 ? <p class="dim">{t.noAdvice}</p> : <ol class="advices">{newestAdvice(cabinet.advice).map((a) => <AdviceItem key={a.id} advice={a} />)}</ol>}
        </section>
        <Controls cabinet={cabinet} today={today} />
        <Teachers cabinet={cabinet} />
        <section class="card">
          <h2>{t.holidays}</h2>
          <ol class="plain-rows">{holidays.map((h, i) => <li key={i} class={h.to < today ? 'gone-by' : ''}><b>{h.name}</b><span>{dayFull(h.from)}{h.to !== h.from && <> – {dayFull(h.to)}</>}</span></li>)}</ol>
        </section>
      </div>
    </>
  )
}
