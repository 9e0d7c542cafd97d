// The diary week of a child: read only, one card a day.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type DiaryLesson, type DiaryMark, Flag, type Moment } from '../api/types'
import { reasonText } from '../grid/draw'
import { absenceLetter } from '../grid/keys'
import { m } from '../i18n'
import { clock, dayLong, dayShort, initials, weekday, weekdayOf } from '../i18n/format'
import { link, replace } from '../route'
import { newCount } from '../state/notices'
import { dayOf, now } from '../state/school'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { saveReceipt } from './history'
import { isRoomy, momentOf, MomentPicker, momentQuery, PastFrame } from './past'

const SCHOOL_DAYS = 6
const mondayOf = (day: number): number => day - weekdayOf(day) + 1

function Mark({ mark }: { mark: DiaryMark }) {
  const [open, setOpen] = useState(false)
  const t = m().diary
  const empty = mark.values.length === 0
  const voided = (mark.flags & Flag.Voided) !== 0
  const changed = (mark.flags & Flag.Changed) !== 0
  return (
    <span class="diary-mark">
      <button type="button" class={`mark-button${empty ? ' gone' : ''}${mark.values.some((v) => v <= 2) ? ' low' : ''}`} aria-expanded={open} onClick={() => setOpen(!open)}>
        {empty ? m().common.none : mark.values.join('/')}{changed && <sup>◤</sup>}
      </button>
      {open && (
        <span class="mark-more">
          {m().works[mark.work]}, {t.weight(mark.weight)}
          {mark.comment !== null && <> · «{mark.comment}»</>}
          {changed && <> · {t.changed}</>}{voided && <> · {t.voided}</>}
          {mark.seq !== null && <button type="button" class="button quiet small" onClick={() => void saveReceipt(mark.seq!)}><Icon name="seal" size={13} />{t.receipt}</button>}
        </span>
      )}
    </span>
  )
}

function LessonItem({ lesson }: { lesson: DiaryLesson }) {
  const t = m().diary
  const letter = absenceLetter(lesson.state, lesson.reason)
  return (
    <li class="diary-lesson">
      <span class="diary-n" title={`${clock(lesson.start)}–${clock(lesson.end)}`}>{lesson.n}</span>
      <div class="diary-what">
        <p class="diary-subject"><strong>{lesson.subject_name}</strong> <span class="dim">{initials(lesson.teacher_name)}</span></p>
        {lesson.topic !== null && <p class="diary-topic">{lesson.topic}</p>}
        <p class="diary-homework">{lesson.homework === null ? null : lesson.homework === '' ? <span class="dim">{t.homework}: {t.notSet}</span> : <>{t.homework}: {lesson.homework}{lesson.due !== null && <span class="dim"> ({t.due(`${weekday(lesson.due)} ${dayShort(lesson.due)}`)})</span>}</>}</p>
      </div>
      <div class="diary-marks">
        {letter !== null && <span class="absence" title={`${m().journal.states[lesson.state ?? 0]} ${reasonText(lesson.reason)}`}>{letter}</span>}
        {lesson.marks.map((mark) => <Mark key={`${mark.seq ?? ''}/${mark.work}`} mark={mark} />)}
      </div>
    </li>
  )
}

export function DiaryScreen({ pupil, query }: { pupil: string | null; query: Readonly<Record<string, string>> }) {
  const week = query['week'] === undefined ? null : Number(query['week'])
  const then = momentOf(query)
  const [picking, setPicking] = useState(then !== null && isRoomy())
  const children = useLoad(() => api.children(), [])
  const pupils = children.value?.pupils ?? []
  const chosen = pupils.find((p) => p.id === pupil) ?? pupils[0] ?? null
  const today = dayOf(now())
  const monday = mondayOf(week ?? today)
  const diary = useLoad(async () => {
    if (chosen === null) return null
    const [view, found] = await Promise.all([api.diary(chosen.id, monday, monday + SCHOOL_DAYS - 1, then), then === null ? null : api.momentAt(then.at)])
    return { lessons: view.lessons, then, recorded: found?.recorded ?? null }
  }, [chosen?.id, monday, then?.at, then?.known])
  const t = m().diary
  if (children.error !== null) return <Failure error={children.error} again={children.again} />
  if (children.value === null) return <Waiting />
  if (chosen === null) return <p class="empty">{t.noChildren}</p>
  const to = (day: number): string => link('diary', [chosen.id], { week: day, ...momentQuery(then) })
  const travel = (next: Moment | null, asked?: number): void => {
    if (asked !== undefined && !isRoomy()) setPicking(false)
    replace(link('diary', [chosen.id], { week: asked === undefined ? monday : mondayOf(dayOf(asked)), ...momentQuery(next) }))
  }
  const days = Array.from({ length: SCHOOL_DAYS }, (_, i) => monday + i)
  return (
    <PastFrame then={diary.value?.then ?? null} recorded={diary.value?.recorded ?? null} onMoment={travel}>
      <div class="screen">
        <div class="screen-head">
          <h1>{chosen.name} <span class="dim">{chosen.class_name}</span></h1>
          <div class="day-nav">
            <a class="icon-button" href={to(monday - 7)} aria-label={t.prev}><Icon name="left" /></a>
            <span class="week">{dayShort(monday)}–{dayShort(monday + SCHOOL_DAYS - 1)}</span>
            <a class="icon-button" href={to(monday + 7)} aria-label={t.next}><Icon name="right" /></a>
            {monday !== mondayOf(today) && <a class="button small" href={to(today)}>{t.thisWeek}</a>}
            <button type="button" class="button small" aria-pressed={picking} onClick={() => setPicking(!picking)}><Icon name="history" size={15} />{m().past.onDate}</button>
          </div>
        </div>
        {pupils.length > 1 && (
          <div class="segments" role="group" aria-label={t.child}>
            {pupils.map((p) => <a key={p.id} href={link('diary', [p.id], { week: monday })} aria-current={p.id === chosen.id ? 'page' : undefined}>{p.name.split(' ')[1] ?? p.name}, {p.class_name}</a>)}
          </div>
        )}
        {picking && <MomentPicker stops={async () => (await api.notices(chosen.id, 0)).notices.map((n) => n.seq)} then={then} onMoment={travel} />}
        {newCount(chosen.id) > 0 && <a class="notice banner" href={link('messages', [chosen.id])}><Icon name="comment" size={18} /><span>{m().messages.banner(newCount(chosen.id))}</span><Icon name="right" size={16} /></a>}
        {diary.error !== null && <Failure error={diary.error} again={diary.again} />}
        {diary.value === null ? diary.error === null && <Waiting /> : (
          <div class="diary">
            {days.map((day) => {
              const lessons = diary.value!.lessons.filter((l) => l.day === day)
              return (
                <section key={day} class={`card diary-day${day === today ? ' today' : ''}`}>
                  <h2>{dayLong(day)}</h2>
                  {lessons.length === 0 ? <p class="dim">{t.noLessons}</p> : <ol>{lessons.map((l) => <LessonItem key={`${l.n}${l.subject_name}`} lesson={l} />)}</ol>}
                </section>
              )
            })}
          </div>
        )}
      </div>
    </PastFrame>
  )
}
