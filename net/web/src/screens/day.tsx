// «Мой день»: the teacher's lessons in order, each with what is still missing and how long is left.
import { useEffect } from 'preact/hooks'
import { api } from '../api/client'
import { onLive } from '../api/live'
import type { DayLesson, DayView } from '../api/types'
import { m } from '../i18n'
import { clock, dayInput, dayLong, dayOfInput, dayShort, initials, weekday } from '../i18n/format'
import { link } from '../route'
import { dayOf, msOfDay, now } from '../state/school'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Icon } from '../ui/icons'
import { HomeworkClock, isOff, MOVED, useMinutes } from './homework-clock'
import { ControlBanner } from './remarks'
import { RepairsBanner } from './repairs-banner'

const placeOf = (day: number): string => `${weekday(day)} ${dayShort(day)}`

/** How many of attendance, topic and homework are missing in a lesson that has begun. */
function missingCount(lesson: DayLesson): number {
  if (isOff(lesson)) return 0
  return Number(!lesson.sheet) + Number(lesson.topic === null) + Number(!lesson.homework_set)
}

function Item({ done, label, text }: { done: boolean; label: string; text: string }) {
  return (
    <span class={`need ${done ? 'done' : 'open'}`}>
      <Icon name={done ? 'check' : 'pen'} size={14} />
      <span class="need-label">{label}</span>
      <span class="need-text">{text}</span>
    </span>
  )
}

function LessonRow({ day, lesson, current }: { day: number; lesson: DayLesson; current: boolean }) {
  const t = m().day
  const href = link('journal', [lesson.group, lesson.subject], { day, n: lesson.n })
  const changed = lesson.change !== null
  const cancelled = isOff(lesson)
  const topic = lesson.topic ?? (lesson.next_topic === null ? null : `${lesson.next_number === null ? '' : `№ ${lesson.next_number} · `}${lesson.next_topic}`)
  return (
    <li class={`lesson${current && !cancelled ? ' current' : ''}${cancelled ? ' cancelled' : ''}`}>
      <a href={href} class="lesson-link">
        <span class="lesson-time"><b>{lesson.n}</b><span>{clock(lesson.start)}<br />{clock(lesson.end)}</span></span>
        <span class="lesson-what">
          <span class="lesson-title"><strong>{lesson.group_name}</strong> {lesson.subject_name}
            {lesson.room !== '' && <span class="dim"> · {m().common.room(lesson.room)}</span>}
            {current && !cancelled && <span class="tag now">{t.now}</span>}
            {changed && <span class="tag">{t.change[lesson.change!]}{lesson.change === MOVED && lesson.newday !== undefined && ` ${t.movedTo(`${placeOf(lesson.newday)} (${lesson.newn})`)}`}{lesson.assigned !== lesson.actual && ` ${t.instead(initials(lesson.assigned_name))}`}</span>}
            {lesson.moved_from != null && <span class="tag">{t.movedFrom(placeOf(lesson.moved_from))}</span>}
          </span>
          {topic !== null && <span class={lesson.topic === null ? 'lesson-topic planned' : 'lesson-topic'}>{lesson.topic === null && <em>{t.planned}: </em>}{topic}</span>}
        </span>
        {!cancelled && (
          <span class="lesson-needs">
            <Item done={lesson.sheet} label={t.sheet} text={lesson.sheet ? t.done : t.missing} />
            <Item done={lesson.topic !== null} label={t.topic} text={lesson.topic !== null ? t.done : t.missing} />
            <Item done={lesson.homework_set} label={t.homework} text={!lesson.homework_set ? t.missing : lesson.homework === '' || lesson.homework === null ? t.notSet : t.done} />
            {lesson.marked !== false && <span class={`need plain${lesson.mark_count > 0 ? ' done' : ''}`}><Icon name="star" size={14} /><span class="need-label">{t.marks}</span><span class="need-text">{lesson.mark_count === 0 ? t.noMarks : t.marksOf(lesson.mark_count, lesson.pupil_count)}</span></span>}
            <HomeworkClock lesson={lesson} />
          </span>
        )}
        <Icon name="right" size={16} />
      </a>
    </li>
  )
}

function summary(view: DayView): string {
  const begun = view.lessons.filter((l) => msOfDay(view.day, l.start) <= now())
  return m().day.summary(view.lessons.length, begun.filter((l) => missingCount(l) > 0).length)
}

export function DayScreen({ day }: { day: number | null }) {
  useMinutes()
  const today = dayOf(now())
  const chosen = day ?? today
  const { value, error, again } = useLoad(() => api.day(chosen), [chosen])
  useEffect(() => onLive('page', () => again()), [again])
  const t = m().day
  const fresh = value?.day === chosen ? value : null
  const isCurrent = (l: DayLesson): boolean => chosen === today && msOfDay(chosen, l.start) <= now() && now() < msOfDay(chosen, l.end)
  return (
    <div class="screen narrow">
      <div class="screen-head">
        <h1>{dayLong(chosen)}</h1>
        <div class="day-nav">
          <a class="icon-button" href={link('day', [chosen - 1])} aria-label={t.prev}><Icon name="left" /></a>
          <input type="date" aria-label={t.pick} value={dayInput(chosen)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) location.hash = link('day', [d]) }} />
          <a class="icon-button" href={link('day', [chosen + 1])} aria-label={t.next}><Icon name="right" /></a>
          {chosen !== today && <a class="button small" href={link('day')}>{m().common.today}</a>}
        </div>
      </div>
      <RepairsBanner />
      <ControlBanner />
      {error !== null && <Failure error={error} again={again} />}
      {fresh === null ? error === null && <Waiting /> : fresh.lessons.length === 0 ? (
        <div class="empty"><p>{fresh.working ? t.free : t.notWorking}</p><a class="button" href={link('pages')}>{t.toPages}</a></div>
      ) : (
        <>
          <p class="screen-lead">{summary(fresh)} · <a href={link('control')}>{m().control.own}</a> · <a href={link('office', ['timetable'])}>{t.week}</a></p>
          <ol class="lessons">{fresh.lessons.map((l) => <LessonRow key={`${l.shift}/${l.n}/${l.group}`} day={chosen} lesson={l} current={isCurrent(l)} />)}</ol>
        </>
      )}
    </div>
  )
}
