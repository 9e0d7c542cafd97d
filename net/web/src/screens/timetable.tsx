// «Расписание»: the week as it was planned, with what was changed in it said at the lesson.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { TimetableLesson } from '../api/families'
import type { Child } from '../api/types'
import { m } from '../i18n'
import { clock, dayLong, dayShort, initials, weekday, weekdayOf } from '../i18n/format'
import { dayOf, now } from '../state/school'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'

const DAYS = 6

/** What a change says beside the lesson; null when it is as planned. */
export function changeText(l: TimetableLesson): string | null {
  const t = m().cabinet.changes
  if (l.moved_from !== null) return t.movedFrom(`${weekday(l.moved_from)} ${dayShort(l.moved_from)}`)
  if (l.change === 0) return t.substituted(initials(l.instead))
  if (l.change === 1) return t.moved(l.newday === null ? '' : `${weekday(l.newday)} ${dayShort(l.newday)}`, l.newn)
  return l.change === 2 ? t.cancelled : null
}

export function TimetableTab({ child }: { child: Child }) {
  const today = dayOf(now())
  const [monday, setMonday] = useState(today - weekdayOf(today) + 1)
  const view = useLoad(() => api.timetable(child.id, monday, monday + DAYS - 1), [child.id, monday])
  const t = m().cabinet
  return (
    <>
      <div class="day-nav">
        <button type="button" class="icon-button" aria-label={m().diary.prev} onClick={() => setMonday(monday - 7)}><Icon name="left" /></button>
        <span class="week">{dayShort(monday)}–{dayShort(monday + DAYS - 1)}</span>
        <button type="button" class="icon-button" aria-label={m().diary.next} onClick={() => setMonday(monday + 7)}><Icon name="right" /></button>
      </div>
      {view.error !== null && <Failure error={view.error} again={view.again} />}
      {view.value === null ? view.error === null && <Waiting /> : (
        <div class="diary">
          {Array.from({ length: DAYS }, (_, i) => monday + i).map((day) => {
            const lessons = view.value!.lessons.filter((l) => l.day === day).sort((a, b) => a.shift - b.shift || a.n - b.n)
            return (
              <section key={day} class={`card diary-day${day === today ? ' today' : ''}`}>
                <h2>{dayLong(day)}</h2>
                {lessons.length === 0 ? <p class="dim">{m().diary.noLessons}</p> : (
                  <ol>{lessons.map((l, i) => {
                    const change = changeText(l)
                    const off = l.change === 1 || l.change === 2
                    return (
                      <li key={i} class={`slot${off ? ' off' : ''}`}>
                        <span class="diary-n">{l.n}</span>
                        <span class="dim slot-time">{clock(l.start)}</span>
                        <span class="slot-what"><strong>{l.subject_name}</strong> <span class="dim">{l.change === 0 ? '' : initials(l.teacher_name)}</span>{change !== null && <span class="tag warn">{change}</span>}</span>
                        <span class="dim">{l.room !== '' && t.room(l.room)}</span>
                      </li>
                    )
                  })}</ol>
                )}
              </section>
            )
          })}
        </div>
      )}
    </>
  )
}
