// «Контрольные»: the schedule of control works of a month, with a warning (never a refusal) where a
// class has more than the settings say; planning one, taking one off.
import { useState } from 'preact/hooks'
import { officeApi, type ScheduledLesson, type Work, type WorkCheck, type Works, type WorkWarning } from '../api/office'
import { csv, saveFile } from '../control/csv'
import { m } from '../i18n'
import { dayFull, dayInput, dayLong, dayNumber, dayOfInput, dayShort, initials, monthName, weekday } from '../i18n/format'
import { om } from '../i18n/office'
import { byPlace, classChoices, isGiven } from '../office/schedule'
import { monthOfDay, monthSpan, worksByClass } from '../office/works'
import { link, replace } from '../route'
import { OFF_SCHEDULE, planWork } from '../session/office'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { arranges, type Query } from './office-rights'
import '../office.css'

/** What is planned: control work, dictation, essay, exposition, test, credit, laboratory, practical, checking. */
const KINDS = [4, 5, 6, 12, 13, 9, 11, 7, 8] as const

export function warningText(w: WorkWarning): string {
  const t = om().works
  return t.over(w.class_name, w.week ? t.inWeek(w.count, dayShort(w.day)) : t.onDay(w.count, `${weekday(w.day)} ${dayShort(w.day)}`), w.limit)
}

function Checks({ checks }: { checks: readonly WorkCheck[] }) {
  const t = om().works
  const over = checks.filter((c) => c.over_day || c.over_week)
  return over.length === 0 ? <p class="notice good" role="status"><Icon name="check" size={15} /> {checks.map((c) => t.checkGood(c.class_name, c.on_day, c.in_week)).join('; ')}</p> : (
    <div class="notice warn" role="status"><ul class="bullets">{over.flatMap((c) => [...(c.over_day ? [t.checkOver(c.class_name, c.on_day, c.per_day)] : []), ...(c.over_week ? [t.checkWeek(c.class_name, c.in_week, c.per_week)] : [])]).map((text) => <li key={text}>{text}</li>)}</ul></div>
  )
}

interface PlanProps { classes: readonly [string, string][]; group: string; day: number; onClose: () => void; onDone: () => void }

function PlanDialog({ classes, group: first, day: firstDay, onClose, onDone }: PlanProps) {
  const [group, setGroup] = useState(first)
  const [day, setDay] = useState(firstDay)
  const [lesson, setLesson] = useState<ScheduledLesson | null>(null)
  const [work, setWork] = useState<number>(KINDS[0])
  const [monitoring, setMonitoring] = useState(false)
  const schedule = useLoad(() => officeApi.schedule(day, day, { group }), [group, day])
  const checks = useLoad(async () => (lesson === null ? null : officeApi.worksCheck(lesson.group, lesson.day, lesson.shift, lesson.n)), [lesson])
  const act = useAct()
  const t = om().works
  const lessons = (schedule.value?.lessons ?? []).filter((l) => l.day === day && isGiven(l)).sort(byPlace)
  const pick = (next: () => void): void => { setLesson(null); next() }
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (lesson !== null && await act.run(() => planWork(lesson, work, monitoring))) onDone()
  }
  return (
    <Dialog name="plan-work" title={t.plan} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => void submit(e)}>
        <div class="row form-row">
          <ChoiceField label={t.class} value={group} choices={classes} onChoice={(g) => pick(() => setGroup(g))} />
          <Field label={t.date}>{({ id }) => <input id={id} type="date" value={dayInput(day)} onInput={(e) => pick(() => setDay(dayOfInput(e.currentTarget.value) ?? day))} />}</Field>
          <span class="dim">{dayLong(day)}</span>
        </div>
        {schedule.error !== null ? <Failure error={schedule.error} again={schedule.again} /> : schedule.value === null ? <Waiting /> : lessons.length === 0 ? <p class="notice">{t.noLessons}</p> : (
          <fieldset class="pick"><legend>{t.lesson}</legend><ul class="pick-list">{lessons.map((l) => (
            <li key={`${l.n}/${l.group}/${l.subject}`}><label><input type="radio" name="lesson" checked={lesson?.n === l.n && lesson.group === l.group && lesson.subject === l.subject} onChange={() => setLesson(l)} /><b>{l.n}</b> <span>{l.subject_name}</span> <span class="dim">{l.group === group ? '' : l.group_name} {initials(l.actual_name)}</span></label></li>
          ))}</ul></fieldset>
        )}
        <div class="row form-row">
          <ChoiceField label={t.work} value={work} choices={KINDS.map((k) => [k, m().works[k]!] as const)} onChoice={setWork} />
          <label class="check"><input type="checkbox" checked={monitoring} onChange={(e) => setMonitoring(e.currentTarget.checked)} /> {t.monitoring}</label>
        </div>
        {lesson === null ? <p class="field-note">{t.choose}</p> : checks.error !== null ? <Failure error={checks.error} again={checks.again} /> : checks.value === null ? <Waiting /> : <Checks checks={checks.value} />}
        {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
        <div class="row"><button type="submit" class="button primary" disabled={lesson === null || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
      </form>
    </Dialog>
  )
}

function TakeDialog({ work, onClose, onDone }: { work: Work; onClose: () => void; onDone: () => void }) {
  const act = useAct()
  const t = om().works
  return (
    <Dialog name="take-work-back" title={t.takeTitle} onClose={onClose}>
      <p><b>{work.group_name}, {work.subject_name}</b>, {dayLong(work.day)}, {om().timetable.nth(work.n)}: {m().works[work.work]}</p>
      <p>{t.taken}</p>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <div class="row"><button type="button" class="button primary" disabled={act.busy || !canSign.value} onClick={() => void act.run(() => planWork(work, OFF_SCHEDULE, false)).then((ok) => { if (ok) onDone() })}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
    </Dialog>
  )
}

interface MatrixProps { works: Works; classes: readonly [string, string][]; onCell: ((group: string, day: number) => void) | null }

/** Classes by days; a cell says how many, in words too where there are too many. */
function Matrix({ works, classes, onCell }: MatrixProps) {
  const t = om().works
  const rows = worksByClass(works, classes)
  const days = Array.from({ length: works.to - works.from + 1 }, (_, i) => works.from + i).filter((d) => (d + 3) % 7 !== 6)
  return (
    <Scroll class="works-matrix">
      <table class="table">
        <caption class="print-only">{t.caption(monthName(works.from))}</caption>
        <thead><tr><th scope="col">{t.class}</th>{days.map((d) => <th key={d} scope="col" title={dayLong(d)}>{dayNumber(d)}<span class="dim"> {weekday(d)}</span></th>)}</tr></thead>
        <tbody>{rows.map((r) => (
          <tr key={r.id}>
            <th scope="row">{r.name}</th>
            {days.map((d) => {
              const cell = r.days.get(d)
              const text = cell?.works.map((w) => `${w.subject_name}: ${m().works[w.work]}`).join('; ') ?? ''
              const body = cell === undefined ? '' : <>{cell.over && <Icon name="warning" size={12} />}{cell.works.length}</>
              const name = `${cell?.over === true ? 'over' : cell?.overWeek === true ? 'week' : ''}${cell === undefined ? '' : ' some'}`
              return <td key={d} class={name}>{onCell === null ? <span title={text}>{body}</span> : <button type="button" title={text} aria-label={`${r.name}, ${dayShort(d)}${text === '' ? '' : `: ${text}`}${cell?.over === true ? `. ${t.warnings(cell.works.length)}` : ''}. ${t.plan}`} onClick={() => onCell(r.id, d)}>{body}</button>}</td>
            })}
          </tr>
        ))}</tbody>
      </table>
    </Scroll>
  )
}

function saveCsv(works: Works): void {
  const c = om().works.cols
  saveFile(`works-${dayInput(works.from)}.csv`, csv([[c.day, c.n, c.group, c.subject, c.work, c.state, c.author], ...works.works.map((w) => [dayFull(w.day), w.n, w.group_name, w.subject_name, m().works[w.work]!, stateOf(w), w.author_name])]))
}

const stateOf = (w: Work): string => { const t = om().works; return w.fallen !== null ? t.fallen[w.fallen]! : w.given ? t.given : t.planned }

export function WorksPart({ query }: { query: Query }) {
  const may = arranges()
  const today = dayOf(now())
  const [from, to] = monthSpan(query['day'] === undefined ? today : Number(query['day']))
  const group = query['group'] ?? ''
  const groups = useLoad(() => officeApi.groups(), [])
  const load = useLoad(() => officeApi.works(from, to, group === '' ? undefined : group), [from, to, group])
  const [plan, setPlan] = useState<{ group: string; day: number } | null>(null)
  const [take, setTake] = useState<Work | null>(null)
  const t = om().works
  const classes = classChoices(groups.value?.groups ?? [])
  const go = (next: Readonly<Record<string, string | number>>): void => replace(link('office', ['works'], { ...query, ...next }))
  const works = load.value
  const rows = works === null ? [] : [...works.works].sort((a, b) => a.day - b.day || a.n - b.n || a.group_name.localeCompare(b.group_name, 'ru', { numeric: true }))
  const over = new Set((works?.warnings ?? []).filter((w) => !w.week).map((w) => `${w.class}/${w.day}`))
  const done = (): void => { setPlan(null); setTake(null); load.again() }
  return (
    <>
      <div class="row control-bar">
        <span class="row">
          <button type="button" class="icon-button" aria-label={t.month.prev} onClick={() => go({ day: from - 1 })}><Icon name="left" /></button>
          <strong class="month-name">{monthName(from)} {monthOfDay(from).year}</strong>
          <button type="button" class="icon-button" aria-label={t.month.next} onClick={() => go({ day: to + 1 })}><Icon name="right" /></button>
        </span>
        <ChoiceField label={t.class} value={group} choices={[['', t.allClasses], ...classes]} onChoice={(g) => go({ group: g })} />
        {may && classes.length > 0 && <button type="button" class="button primary" onClick={() => setPlan({ group: group === '' ? classes[0]![0] : group, day: Math.max(today, from) })}><Icon name="plus" size={15} />{t.plan}</button>}
        <span class="grow" />
        <a class="button small" href={officeApi.worksTable(from, to)} download>{om().xlsx}</a>
        <button type="button" class="button small" disabled={rows.length === 0} onClick={() => works !== null && saveCsv(works)}>{om().csv}</button>
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      {works !== null && <p class="dim small-text">{t.lead(works.per_day, works.per_week)}</p>}
      {(load.error ?? groups.error) !== null && <Failure error={load.error ?? groups.error} again={load.again} />}
      {works === null || groups.value === null ? load.error === null && <Waiting /> : (
        <>
          {works.warnings.length > 0 && <div class="notice warn"><p><Icon name="warning" size={15} /> <b>{t.warnings(works.warnings.length)}</b></p><ul class="bullets">{works.warnings.map((w) => <li key={`${w.class}/${w.day}/${w.week}`}>{warningText(w)}</li>)}</ul></div>}
          <Matrix works={works} classes={group === '' ? classes : classes.filter(([id]) => id === group)} onCell={may ? (g, d) => setPlan({ group: g, day: d }) : null} />
          {rows.length === 0 ? <p class="empty">{t.none}</p> : (
            <Scroll>
              <table class="table works-table">
                <thead><tr><th scope="col">{t.cols.day}</th><th scope="col" class="number">{t.cols.n}</th><th scope="col">{t.cols.group}</th><th scope="col">{t.cols.subject}</th><th scope="col">{t.cols.work}</th><th scope="col">{t.cols.state}</th><th scope="col">{t.cols.author}</th>{may && <th />}</tr></thead>
                <tbody>{rows.map((w) => (
                  <tr key={w.seq}>
                    <td>{weekday(w.day)} {dayFull(w.day)}{w.fallen === null && w.classes.some((c) => over.has(`${c}/${w.day}`)) && <> <span class="tag warn"><Icon name="warning" size={12} />{t.warnings(works.warnings.find((x) => !x.week && x.day === w.day && w.classes.includes(x.class))?.count ?? 0)}</span></>}</td>
                    <td class="number">{w.n}</td><td>{w.group_name}</td><td>{w.subject_name}</td><td>{m().works[w.work]}{w.monitoring && <> <span class="tag">{t.monitoringTag}</span></>}</td>
                    <td><span class={`tag ${w.fallen !== null ? 'warn' : w.given ? 'good' : ''}`}>{stateOf(w)}</span></td><td>{initials(w.author_name)}</td>
                    {may && <td>{!w.given && <button type="button" class="button quiet small" onClick={() => setTake(w)}>{t.take}</button>}</td>}
                  </tr>
                ))}</tbody>
              </table>
            </Scroll>
          )}
        </>
      )}
      {plan !== null && <PlanDialog classes={classes} group={plan.group} day={plan.day} onClose={() => setPlan(null)} onDone={done} />}
      {take !== null && <TakeDialog work={take} onClose={() => setTake(null)} onDone={done} />}
    </>
  )
}

const AHEAD = 27

/** On «Контроль»: whether some class has too many in the weeks to come. */
export function WorksBanner() {
  const today = dayOf(now())
  const { value } = useLoad(() => officeApi.works(today, today + AHEAD), [today])
  const t = om().works
  if (value === null || value.warnings.length === 0) return null
  return (
    <details class="notice warn works-banner"><summary><Icon name="warning" size={15} /> {t.banner(value.warnings.length)} <a href={link('office', ['works'], { day: value.warnings[0]!.day })}>{t.show}</a></summary>
      <ul class="bullets">{value.warnings.map((w) => <li key={`${w.class}/${w.day}/${w.week}`}>{warningText(w)}</li>)}</ul></details>
  )
}
