// The diary week of a child: one card a day; the parent acknowledges the week, and sees what has
// changed since.
import { useState } from 'preact/hooks'
import { api, ApiError } from '../api/client'
import { type Acknowledged, type DiaryLesson, type DiaryMark, Flag, type Moment } from '../api/types'
import { reasonText } from '../grid/draw'
import { absenceLetter } from '../grid/cells'
import { m } from '../i18n'
import { clock, dayLong, dayShort, initials, mondayOf, momentShort, weekday } from '../i18n/format'
import { link, replace } from '../route'
import { acknowledge } from '../session/family'
import { newCount } from '../state/notices'
import { dayOf, now } from '../state/school'
import { canSign, me } from '../state/session'
import { useAct } from '../ui/act'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { ChildTabs } from './child'
import { ExcuseDialog } from './excuse'
import { saveReceipt } from './history'
import { HomeworkFiles } from './homework-files'
import { isRoomy, momentOf, MomentPicker, momentQuery, PastFrame } from './past'

const SCHOOL_DAYS = 6
const isForbidden = (error: unknown): boolean => error instanceof ApiError && error.status === 403

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

function LessonItem({ lesson, onExplain }: { lesson: DiaryLesson; onExplain: (() => void) | null }) {
  const t = m().diary
  const letter = absenceLetter(lesson.state, lesson.reason)
  return (
    <li class={`diary-lesson${lesson.changed ? ' fresh' : ''}`}>
      <span class="diary-n" title={`${clock(lesson.start)}–${clock(lesson.end)}`}>{lesson.n}</span>
      <div class="diary-what">
        <p class="diary-subject"><strong>{lesson.subject_name}</strong> <span class="dim">{initials(lesson.teacher_name)}</span>{lesson.substituted && <span class="tag">{t.substituted}</span>}{lesson.changed && <span class="tag warn">{t.changedSince}</span>}</p>
        {lesson.topic !== null && <p class="diary-topic">{lesson.topic}</p>}
        <p class="diary-homework">{lesson.homework === null ? null : lesson.homework === '' ? <span class="dim">{t.homework}: {t.notSet}</span> : <>{t.homework}: {lesson.homework}{lesson.due !== null && <span class="dim"> ({t.due(`${weekday(lesson.due)} ${dayShort(lesson.due)}`)})</span>}</>}</p>
        {lesson.lesson !== null && <HomeworkFiles lesson={lesson.lesson} files={lesson.files} />}
      </div>
      <div class="diary-marks">
        {letter !== null && <span class="absence" title={`${m().journal.states[lesson.state ?? 0]} ${reasonText(lesson.reason)}`}>{letter}</span>}
        {lesson.said !== null && <span class="tag" title={t.saidTitle}>{t.said(m().cabinet.reasons[lesson.said] ?? lesson.said)}</span>}
        {letter === 'н' && lesson.said === null && onExplain !== null && <button type="button" class="button quiet small" onClick={onExplain}>{t.explain}</button>}
        {lesson.marks.map((mark) => <Mark key={`${mark.seq ?? ''}/${mark.work}`} mark={mark} />)}
      </div>
    </li>
  )
}

/** CT-3: the parent's own word on the week, at the position up to which it was seen. */
function AcknowledgeBar({ pupil, monday, size, acknowledged, onDone }: { pupil: string; monday: number; size: number; acknowledged: Acknowledged | null; onDone: () => void }) {
  const act = useAct()
  const t = m().diary
  const stale = acknowledged?.changed ?? false
  const sign = (): void => {
    void act.run(() => acknowledge(me.value!.account, pupil, monday, size, 1)).then((ok) => { if (ok) onDone() })
  }
  return (
    <div class={`ack${stale ? ' stale' : acknowledged !== null ? ' done' : ''}`}>
      {acknowledged !== null && !stale && <><Icon name="check" size={16} /><span>{t.acknowledged(momentShort(acknowledged.recorded))}{acknowledged.form === 2 && <> {t.onPaper}</>}</span></>}
      {stale && <span>{t.stale(momentShort(acknowledged!.recorded))}</span>}
      {(acknowledged === null || stale) && <button type="button" class="button primary small" disabled={act.busy || !canSign.value} title={canSign.value ? undefined : m().errors.noKey} onClick={sign}><Icon name="check" size={15} />{t.acknowledge}</button>}
      {act.fault !== null && <span class="bad-text" role="alert">{act.fault}</span>}
    </div>
  )
}

/** CT-4: the account may not read, but may say what it wants. */
function NoConsent({ pupil }: { pupil: string }) {
  return (
    <div class="notice warn">
      <p>{m().diary.noConsent}</p>
      <a class="button small" href={link('diary', [pupil, 'own'])}>{m().diary.toConsent}</a>
    </div>
  )
}

export function DiaryScreen({ pupil, query }: { pupil: string | null; query: Readonly<Record<string, string>> }) {
  const week = query['week'] === undefined ? null : Number(query['week'])
  const then = momentOf(query)
  const [picking, setPicking] = useState(then !== null && isRoomy())
  const [explaining, setExplaining] = useState<number | null>(null)
  const children = useLoad(() => api.children(), [])
  const pupils = children.value?.pupils ?? []
  const chosen = pupils.find((p) => p.id === pupil) ?? pupils[0] ?? null
  const today = dayOf(now())
  const monday = mondayOf(week ?? today)
  const diary = useLoad(async () => {
    if (chosen === null) return null
    const [view, found] = await Promise.all([api.diary(chosen.id, monday, monday + SCHOOL_DAYS - 1, then), then === null ? null : api.momentAt(then.at)])
    return { ...view, then, monday, recorded: found?.recorded ?? null }
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
        <ChildTabs pupils={pupils} chosen={chosen} tab="diary" />
        {picking && <MomentPicker stops={async () => (await api.notices(chosen.id, 0)).notices.map((n) => n.seq)} then={then} onMoment={travel} />}
        {newCount(chosen.id) > 0 && <a class="notice banner" href={link('messages', [chosen.id])}><Icon name="comment" size={18} /><span>{m().messages.banner(newCount(chosen.id))}</span><Icon name="right" size={16} /></a>}
        {diary.error !== null && (isForbidden(diary.error) ? <NoConsent pupil={chosen.id} /> : <Failure error={diary.error} again={diary.again} />)}
        {diary.error === null && then === null && diary.value?.parent === true && diary.value.monday === monday && monday <= today && (
          <AcknowledgeBar key={`${chosen.id}${monday}`} pupil={chosen.id} monday={monday} size={diary.value.size} acknowledged={diary.value.acknowledged} onDone={diary.again} />
        )}
        <p class="why-link"><a href={link('why')}><Icon name="seal" size={14} />{m().why.link}</a></p>
        {diary.value === null || diary.error !== null ? diary.error === null && <Waiting /> : (
          <div class="diary">
            {days.map((day) => {
              const lessons = diary.value!.lessons.filter((l) => l.day === day)
              return (
                <section key={day} class={`card diary-day${day === today ? ' today' : ''}`}>
                  <h2>{dayLong(day)}</h2>
                  {lessons.length === 0 ? <p class="dim">{t.noLessons}</p> : <ol>{lessons.map((l) => <LessonItem key={`${l.n}${l.subject_name}`} lesson={l} onExplain={diary.value!.parent && then === null && canSign.value ? () => setExplaining(l.day) : null} />)}</ol>}
                </section>
              )
            })}
          </div>
        )}
      </div>
      {explaining !== null && <ExcuseDialog pupil={chosen.id} name={chosen.name} day={explaining} family onClose={() => setExplaining(null)} onDone={() => { setExplaining(null); diary.again() }} />}
    </PastFrame>
  )
}
