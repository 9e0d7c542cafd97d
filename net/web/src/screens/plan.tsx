// The right page of the journal: the lessons of the year with topic, work, homework and who gave them,
// and the plan beside it. Topics are dragged onto lessons, or moved by one with buttons; nothing is
// written before it is signed.
import { useMemo, useState } from 'preact/hooks'
import { officeApi, type Plan, type PlanLesson } from '../api/office'
import { m } from '../i18n'
import { dayFull, dayShort, initials, momentShort, weekday } from '../i18n/format'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { type Edits, lagOf, type PlanRow, planRows, put, shift, topicOf, topicStates } from '../office/plan'
import { link } from '../route'
import { setTopics } from '../session/office'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Icon } from '../ui/icons'
import { Failure, lazy, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import '../office.css'
import { PageTabs } from './page-tabs'

const PlanEdit = lazy(async () => (await import('./plan-edit')).PlanEdit)
const DRAG = 'text/x-letopis-topic'

interface Editing { plan: Plan; edits: Edits; onEdits: (edits: Map<string, number>) => void; onStuck: () => void }

function LessonTopic({ lesson, number, edited, plan, edits, onEdits, onStuck }: Editing & { lesson: PlanLesson; number: number; edited: boolean }) {
  const t = om().plan
  const topic = topicOf(plan, number)
  const move = (by: 1 | -1): void => {
    const next = shift(plan, edits, lesson.id, by)
    if (next === null) onStuck()
    else onEdits(next)
  }
  const text = edited ? topic?.text ?? '' : lesson.topic
  return (
    <div class="topic-cell">
      {lesson.writable && plan.topics.length > 0 && (
        <span class="topic-tools">
          <input type="number" class="topic-number" min={1} max={plan.topics.at(-1)?.number} aria-label={t.numberOf(dayShort(lesson.day))} value={number === 0 ? '' : number} onChange={(e) => { const n = Number(e.currentTarget.value); if (topicOf(plan, n) !== undefined) onEdits(put(plan, edits, lesson.id, n)); else e.currentTarget.value = number === 0 ? '' : String(number) }} />
          <button type="button" class="icon-button small" disabled={number === 0} title={t.earlier} aria-label={`${t.earlier}: ${dayShort(lesson.day)}`} onClick={() => move(-1)}><Icon name="left" size={14} /></button>
          <button type="button" class="icon-button small" disabled={number === 0} title={t.later} aria-label={`${t.later}: ${dayShort(lesson.day)}`} onClick={() => move(1)}><Icon name="right" size={14} /></button>
        </span>
      )}
      <span class={edited ? 'topic-edited' : ''}>{text === '' ? <span class="bad-text">{t.noTopic}</span> : text}{edited && <span class="tag warn">{t.notSigned}</span>}{edited && lesson.topic !== '' && <span class="dim small-text"> {t.was(lesson.topic)}</span>}</span>
    </div>
  )
}

function LessonRow(props: Editing & { row: PlanRow & { kind: 'lesson' } }) {
  const { row, plan, edits, onEdits } = props
  const { lesson, number } = row
  const [over, setOver] = useState(false)
  const t = om().plan
  const substituted = lesson.assigned !== lesson.actual
  return (
    <tr class={over ? 'drop' : ''}
      onDragOver={(e) => { if (lesson.writable && e.dataTransfer?.types.includes(DRAG) === true) { e.preventDefault(); setOver(true) } }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => { e.preventDefault(); setOver(false); const n = Number(e.dataTransfer?.getData(DRAG)); if (n > 0) onEdits(put(plan, edits, lesson.id, n)) }}>
      <td class="number">{number === 0 ? '' : number}</td>
      <td class="nowrap"><a href={link('journal', [plan.group, plan.subject], { day: lesson.day, n: lesson.n })}>{weekday(lesson.day)} {dayShort(lesson.day)}</a> <span class="dim">{lesson.n}</span></td>
      <td><LessonTopic {...props} lesson={lesson} number={number} edited={row.edited} /></td>
      <td>{lesson.work > 1 ? m().works[lesson.work] : ''}</td>
      <td>{lesson.homework === null ? <span class="bad-text">{t.noHomework}</span> : lesson.homework === '' ? m().day.notSet : lesson.homework}{lesson.manner > 0 && <span class="dim"> ({m().panel.manners[lesson.manner as 1 | 2 | 3 | 4]})</span>}{lesson.homework_due !== null && <span class="dim"> {m().diary.due(dayShort(lesson.homework_due))}</span>}</td>
      <td>{substituted ? <span class="tag warn">{t.substituted(initials(lesson.actual_name))}</span> : initials(lesson.actual_name)}</td>
      <td class="nowrap"><span class={lesson.late ? 'warn-text' : 'dim'}>{momentShort(lesson.recorded)}{lesson.late && <> <Icon name="warning" size={12} label={t.late} /></>}</span>{lesson.homework_late_min > 0 && <div class="warn-text small-text">{t.homeworkLate(m().day.duration(lesson.homework_late_min))}</div>}</td>
    </tr>
  )
}

function OpenRow({ row, plan }: { row: PlanRow & { kind: 'open' }; plan: Plan }) {
  const t = om().plan
  const topic = topicOf(plan, row.number)
  return (
    <tr class="open-lesson">
      <td class="number dim">{row.number ?? ''}</td>
      <td class="nowrap dim">{weekday(row.lesson.day)} {dayShort(row.lesson.day)} {row.lesson.n}</td>
      <td class="dim" colSpan={3}>{!row.lesson.given ? <span class="tag">{t.fellOut}</span> : row.past ? <span class="bad-text">{t.notRecorded}</span> : topic !== undefined && <><em>{t.foreseen}:</em> {topic.text}</>}</td>
      <td class="dim">{initials(row.lesson.actual_name)}</td><td />
    </tr>
  )
}

function Lessons(props: Editing & { rows: readonly PlanRow[] }) {
  const { rows, plan } = props
  const [ahead, setAhead] = useState(false)
  const t = om().plan
  const cols = t.cols
  const lastDay = plan.today + 14
  const shown = ahead ? rows : rows.filter((r) => r.lesson.day <= lastDay)
  return (
    <Scroll>
      <table class="table plan-table">
        <caption class="print-only">{plan.group_name}, {plan.subject_name}</caption>
        <thead><tr><th scope="col" class="number">{cols.number}</th><th scope="col">{cols.day}</th><th scope="col">{cols.topic}</th><th scope="col">{cols.work}</th><th scope="col">{cols.homework}</th><th scope="col">{cols.teacher}</th><th scope="col">{cols.recorded}</th></tr></thead>
        <tbody>{[...shown].reverse().map((r) => (r.kind === 'lesson' ? <LessonRow key={r.lesson.id} {...props} row={r} /> : <OpenRow key={`${r.lesson.day}/${r.lesson.shift}/${r.lesson.n}`} row={r} plan={plan} />))}</tbody>
      </table>
      <label class="check"><input type="checkbox" checked={ahead} onChange={(e) => setAhead(e.currentTarget.checked)} /> {t.showAhead}</label>
    </Scroll>
  )
}

function Topics({ plan, rows, drag }: { plan: Plan; rows: readonly PlanRow[]; drag: boolean }) {
  const t = om().plan
  const states = topicStates(plan, rows)
  if (states.length === 0) return <p class="empty">{t.noPlan}</p>
  return (
    <Scroll>
      <table class="table plan-topics">
        <thead><tr><th scope="col" class="number">{t.cols.number}</th><th scope="col">{t.cols.topic}</th><th scope="col">{t.planDay}</th><th scope="col">{t.givenDay}</th>{!drag && <th scope="col">{t.deviation}</th>}</tr></thead>
        <tbody>{states.map(({ topic, given, foreseen, late }) => (
          <tr key={topic.number} draggable={drag} class={drag ? 'draggable' : ''} onDragStart={(e) => e.dataTransfer?.setData(DRAG, String(topic.number))}>
            <td class="number">{topic.number}</td>
            <td>{topic.text}{topic.work > 1 && <> <span class="tag">{m().works[topic.work]}</span></>}</td>
            <td class="nowrap">{topic.day === null ? '—' : dayShort(topic.day)}</td>
            <td class="nowrap">{given.length > 0 ? given.map((d) => dayShort(d)).join(', ') : foreseen !== null ? <span class="dim">{t.about(dayShort(foreseen))}</span> : topic.day !== null && topic.day <= plan.today ? <span class="bad-text">{t.notGiven}</span> : '—'}</td>
            {!drag && <td>{late === null ? '' : late === 0 ? <span class="tag good">{t.onTime}</span> : <span class={`tag ${late > 0 ? 'warn' : ''}`}>{late > 0 ? t.daysLate(late) : t.daysEarly(-late)}</span>}</td>}
          </tr>
        ))}</tbody>
      </table>
    </Scroll>
  )
}

function LagTag({ lag }: { lag: number }) {
  const t = om().plan
  return <span class={`tag ${lag > 0 ? 'warn' : 'good'}`}><Icon name={lag > 0 ? 'clock' : 'check'} size={13} />{lag > 0 ? t.behind(lag) : lag < 0 ? t.ahead(-lag) : t.onPlan}</span>
}

export function PlanScreen({ group, subject, tab }: { group: string; subject: string; tab: string }) {
  const { value: plan, error, again } = useLoad(() => officeApi.plan(group, subject), [group, subject])
  const [edits, setEdits] = useState<Edits>(new Map())
  const [stuck, setStuck] = useState(false)
  const [editing, setEditing] = useState(false)
  const act = useAct()
  const rows = useMemo(() => (plan === null ? [] : planRows(plan, edits)), [plan, edits])
  const t = om().plan
  if (error !== null) return <Failure error={error} again={again} />
  if (plan === null) return <Waiting />
  const lessons = tab !== 'topics'
  const change = (next: Map<string, number>): void => { setStuck(false); setEdits(next) }
  const sign = async (): Promise<void> => {
    const list = [...edits].map(([id, number]) => ({ lesson: plan.lessons.find((l) => l.id === id)!, topic: topicOf(plan, number)! }))
    if (await act.run(() => setTopics(list))) { setEdits(new Map()); again() } else again()
  }
  const writable = plan.lessons.some((l) => l.writable)
  return (
    <div class="screen wide plan-screen">
      <div class="screen-head">
        <h1><strong>{plan.group_name}</strong> {plan.subject_name}</h1>
        <PageTabs group={group} subject={subject} here={lessons ? 'lessons' : 'plan'} marked />
      </div>
      <div class="row control-bar">
        {plan.topics.length > 0 && <LagTag lag={lagOf(plan, rows)} />}
        <span class="dim small-text">{dayFull(plan.from)} – {dayFull(plan.to)}{lessons && writable && plan.topics.length > 0 && <> · {t.hint}</>}</span>
        <span class="grow" />
        {!lessons && plan.may_set && !editing && <button type="button" class="button" disabled={!canSign.value} onClick={() => setEditing(true)}><Icon name="pen" size={15} />{sm().plan.edit}</button>}
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      {stuck && <p class="notice warn" role="status">{t.stuck}</p>}
      {edits.size > 0 && (
        <div class="notice warn row sign-bar" role="status">
          <span>{t.waiting(edits.size)}</span>
          <button type="button" class="button" disabled={act.busy} onClick={() => change(new Map())}>{t.forget}</button>
          <button type="button" class="button primary" disabled={act.busy || !canSign.value} onClick={() => void sign()}><Icon name="pen" size={15} />{om().sign} ({edits.size})</button>
        </div>
      )}
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      {lessons ? (
        <div class={writable && plan.topics.length > 0 ? 'plan-grid' : ''}>
          <Lessons plan={plan} rows={rows} edits={edits} onEdits={change} onStuck={() => setStuck(true)} />
          {writable && plan.topics.length > 0 && <aside class="plan-side" aria-label={t.tabs.plan} tabIndex={0}><h2>{t.tabs.plan}</h2><Topics plan={plan} rows={rows} drag /></aside>}
        </div>
      ) : editing ? <PlanEdit plan={plan} onClose={() => setEditing(false)} onDone={() => { setEditing(false); again() }} /> : <Topics plan={plan} rows={rows} drag={false} />}
    </div>
  )
}

