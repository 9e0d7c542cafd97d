// Enough marks, and period marks that follow from them («накопляемость», «объективность»).
import { api } from '../api/client'
import { fewMarks, marksApart } from '../control/marks'
import { m } from '../i18n'
import { mean, shortName } from '../i18n/format'
import { link } from '../route'
import { Failure, useLoad, Waiting } from '../ui/load'

export function SummaryMarks({ group, from, to, period }: { group: string; from: number; to: number; period: string }) {
  const { value, error, again } = useLoad(() => api.sheet(group, from, to), [group, from, to])
  const t = m().summary.marks
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const few = fewMarks(value, period)
  const apart = marksApart(value, period)
  const page = (subject: number) => <a href={link('journal', [group, value.subjects[subject]!.id], { period })}>{value.subjects[subject]!.name}</a>
  const name = (pupil: number): string => shortName(value.pupils[pupil]!.name)
  return (
    <div class="plots">
      <section class="card">
        <h2>{t.few(value.rule.least)}</h2>
        {few.length === 0 ? <p>{t.fewNone}</p> : <ul class="cases">{few.map((f) => <li key={f.subject}>{page(f.subject)}: {f.pupils.map((p) => `${name(p.pupil)} (${p.count})`).join(', ')}</li>)}</ul>}
      </section>
      <section class="card">
        <h2>{t.apart}</h2>
        <p class="dim">{m().marks.ruleText(value.rule)}</p>
        {apart.length === 0 ? <p>{t.apartNone}</p> : <ul class="cases">{apart.map((a) => <li key={`${a.pupil}/${a.subject}`}><strong>{name(a.pupil)}</strong>, {page(a.subject)}: {t.against(a.value, mean(a.mean))}</li>)}</ul>}
      </section>
    </div>
  )
}
