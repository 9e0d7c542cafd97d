// «Расписание»: a day of the whole school, the week of a class or of a teacher; a lesson is pressed to
// change it.
import { useState } from 'preact/hooks'
import { Change, GroupKind, officeApi, type Schedule, type ScheduledLesson } from '../api/office'
import { byPlace, classChoices, classesOf, isGiven } from '../office/schedule'
import { hasWords, wordsOf } from '../control/find'
import { clock, dayInput, dayLong, dayOfInput, dayShort, initials, mondayOf, weekday } from '../i18n/format'
import { om } from '../i18n/office'
import { link, replace } from '../route'
import { dayOf, now } from '../state/school'
import { me } from '../state/session'
import { ChoiceField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { arranges, type Query } from './office-rights'
import { LessonDialog } from './office-lesson'

const WEEK = 6

export const placeText = (day: number, n: number): string => om().timetable.place(`${weekday(day)} ${dayShort(day)}`, n)

/** What was changed, in words; null where it is as planned. */
export function changeWords(l: ScheduledLesson): string | null {
  const t = om().timetable.marks
  if (l.change === Change.Replaced) return t.replaced(initials(l.actual_name))
  if (l.change === Change.Moved) return t.moved(placeText(l.to_day, l.to_n))
  if (l.change === Change.Cancelled) return t.cancelled
  return l.moved_in ? t.movedIn(placeText(l.home_day, l.home_n)) : null
}

function Lesson({ lesson, withGroup, onOpen }: { lesson: ScheduledLesson; withGroup: boolean; onOpen: ((l: ScheduledLesson) => void) | null }) {
  const words = changeWords(lesson)
  const body = (
    <>
      <span class="slot-subject">{lesson.subject_name}{withGroup && <span class="dim"> {lesson.group_name}</span>}</span>
      <span class="slot-who dim">{initials(lesson.teacher_name)}{lesson.room !== '' && ` · ${lesson.room}`}</span>
      {words !== null && <span class={`tag ${isGiven(lesson) ? 'warn' : ''}`}>{words}</span>}
    </>
  )
  const name = `slot-chip${isGiven(lesson) ? '' : ' off'}${words !== null ? ' changed' : ''}`
  return onOpen === null ? <div class={name}>{body}</div> : (
    <button type="button" class={name} onClick={() => onOpen(lesson)}>{body}</button>
  )
}

interface GridProps { schedule: Schedule; names: ReadonlyMap<string, string>; find: string; onOpen: ((l: ScheduledLesson) => void) | null }

function DayGrid({ schedule, names, find, onOpen }: GridProps) {
  const t = om().timetable
  const lessons = [...schedule.lessons].sort(byPlace)
  const words = wordsOf(find)
  const rows = classesOf(lessons, names).filter((c) => hasWords(`${c.name} ${lessons.filter((l) => l.classes.includes(c.id)).map((l) => `${l.teacher_name} ${l.actual_name}`).join(' ')}`, words))
  if (lessons.length === 0) return <p class="empty">{t.noSchool}</p>
  if (rows.length === 0) return <p class="empty">{om().none}</p>
  return (
    <>
      {[...new Set(rows.map((r) => r.shift))].map((shift) => {
        const mine = rows.filter((r) => r.shift === shift)
        const numbers = [...new Set(lessons.filter((l) => l.shift === shift).map((l) => l.n))].sort((a, b) => a - b)
        return (
          <Scroll key={shift} class="school-day">
            <table class="table">
              <thead><tr><th scope="col">{t.shift(shift)}</th>{numbers.map((n) => { const at = lessons.find((l) => l.shift === shift && l.n === n); return <th key={n} scope="col"><b>{n}</b> <span class="dim">{clock(at?.start ?? -1)}</span></th> })}</tr></thead>
              <tbody>{mine.map((c) => (
                <tr key={c.id}>
                  <th scope="row"><a href={link('office', ['timetable'], { view: 'class', group: c.id, day: schedule.from })}>{c.name}</a></th>
                  {numbers.map((n) => <td key={n}>{lessons.filter((l) => l.shift === shift && l.n === n && l.classes.includes(c.id)).map((l) => <Lesson key={l.group + l.subject + String(l.moved_in)} lesson={l} withGroup={l.kind !== GroupKind.Class} onOpen={onOpen} />)}</td>)}
                </tr>
              ))}</tbody>
            </table>
          </Scroll>
        )
      })}
    </>
  )
}

function WeekCards({ schedule, withGroup, onOpen }: { schedule: Schedule; withGroup: boolean; onOpen: ((l: ScheduledLesson) => void) | null }) {
  const today = dayOf(now())
  const t = om().timetable
  return (
    <div class="diary">
      {schedule.days.map(({ day }) => {
        const lessons = schedule.lessons.filter((l) => l.day === day).sort(byPlace)
        return (
          <section key={day} class={`card diary-day${day === today ? ' today' : ''}`}>
            <h2>{dayLong(day)}</h2>
            {lessons.length === 0 ? <p class="dim">{t.noLessons}</p> : (
              <ol>{lessons.map((l) => (
                <li key={`${l.shift}/${l.n}/${l.group}/${l.subject}/${l.moved_in}`} class="week-slot">
                  <span class="diary-n">{l.n}</span><span class="dim slot-time">{clock(l.start)}</span>
                  <Lesson lesson={l} withGroup={withGroup || l.kind !== GroupKind.Class} onOpen={onOpen} />
                </li>
              ))}</ol>
            )}
          </section>
        )
      })}
    </div>
  )
}

type View = 'day' | 'class' | 'teacher'
type AnyView = View | 'week'

/** What is shown of the timetable; the week itself is set in a screen of its own. */
export function ViewSegments({ view, onView }: { view: AnyView; onView: (view: AnyView) => void }) {
  const t = om().timetable.view
  return (
    <div class="segments" role="group" aria-label={t.label}>
      {(['day', 'class', 'teacher', 'week'] as const).map((v) => <button key={v} type="button" aria-pressed={view === v} onClick={() => onView(v)}>{t[v]}</button>)}
    </div>
  )
}

export function TimetablePart({ query }: { query: Query }) {
  const may = arranges()
  const today = dayOf(now())
  const day = query['day'] === undefined ? today : Number(query['day'])
  const view: View = !may ? 'teacher' : ((query['view'] ?? 'day') as View)
  const all = useLoad(() => officeApi.groups(), [])
  const staff = useLoad(async () => (may ? officeApi.staff() : []), [may])
  const groups = classChoices(all.value?.groups ?? [])
  const group = query['group'] ?? groups[0]?.[0]
  const teachers = (staff.value ?? []).filter((s) => s.subjects.length > 0).sort((a, b) => a.account_name.localeCompare(b.account_name, 'ru'))
  const account = may ? query['account'] ?? teachers[0]?.account : me.value?.account
  const from = view === 'day' ? day : mondayOf(day)
  const to = view === 'day' ? day : from + WEEK - 1
  const of: { group?: string; account?: string } = view === 'class' ? (group === undefined ? {} : { group }) : view === 'teacher' ? (account === undefined ? {} : { account }) : {}
  const ready = view === 'day' || Object.keys(of).length > 0
  const load = useLoad(async () => (ready ? officeApi.schedule(from, to, of) : null), [view, from, group, account, ready])
  const [open, setOpen] = useState<ScheduledLesson | null>(null)
  const [find, setFind] = useState('')
  const t = om().timetable
  const go = (next: Readonly<Record<string, string | number>>): void => replace(link('office', ['timetable'], { ...query, ...next }))
  const step = view === 'day' ? 1 : 7
  const onOpen = may ? setOpen : null
  return (
    <>
      <div class="row control-bar">
        {may && <ViewSegments view={view} onView={(v) => (v === 'week' ? replace(link('office', ['timetable'], { view: v, ...(group === undefined ? {} : { group }) })) : go({ view: v }))} />}
        <span class="row">
          <button type="button" class="icon-button" aria-label={t.prev} onClick={() => go({ day: day - step })}><Icon name="left" /></button>
          <input type="date" aria-label={t.pick} value={dayInput(day)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) go({ day: d }) }} />
          <button type="button" class="icon-button" aria-label={t.next} onClick={() => go({ day: day + step })}><Icon name="right" /></button>
        </span>
        {view === 'class' && groups.length > 0 && <ChoiceField label={t.class} value={group ?? ''} choices={groups} onChoice={(g) => go({ group: g })} />}
        {may && view === 'teacher' && teachers.length > 0 && <ChoiceField label={t.teacher} value={account ?? ''} choices={teachers.map((s) => [s.account, s.account_name] as const)} onChoice={(a) => go({ account: a })} />}
        {view === 'day' && <label class="search"><Icon name="search" /><input type="search" placeholder={om().find} aria-label={om().find} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>}
        <span class="grow" />
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      <h2 class="day-title">{view === 'day' ? dayLong(day) : `${dayShort(from)} – ${dayShort(to)}`}{!may && ` · ${t.own}`}</h2>
      {may && <p class="dim small-text no-print">{t.hint}</p>}
      {(load.error ?? all.error ?? staff.error) !== null && <Failure error={load.error ?? all.error ?? staff.error} again={load.again} />}
      {load.value === null ? load.error === null && <Waiting /> : view === 'day' ? <DayGrid schedule={load.value} names={new Map(groups)} find={find} onOpen={onOpen} /> : <WeekCards schedule={load.value} withGroup={view === 'teacher'} onOpen={onOpen} />}
      {open !== null && staff.value !== null && <LessonDialog lesson={open} staff={staff.value} onClose={() => setOpen(null)} onDone={() => { setOpen(null); load.again() }} />}
    </>
  )
}
