// How long is left for the homework of a lesson, and that it came too late (ST-4).
import { useEffect, useState } from 'preact/hooks'
import type { DayLesson } from '../api/types'
import { m } from '../i18n'
import { timeOf } from '../i18n/format'
import { now } from '../state/school'
import { Icon } from '../ui/icons'

export const MOVED = 1
const CANCELLED = 2
/** Not to be given here: cancelled, or moved to another day. */
export const isOff = (lesson: DayLesson): boolean => lesson.change === CANCELLED || lesson.change === MOVED

const SOON_MIN = 30

/** Nothing when it is set, or is not asked for. `until`: with the time of day. */
export function HomeworkClock({ lesson, until = false }: { lesson: DayLesson; until?: boolean }) {
  if (lesson.homework_set || lesson.homework_due === null || isOff(lesson)) return null
  const left = Math.round((lesson.homework_due - now()) / 60000)
  const t = m().day
  const tone = left < 0 ? 'bad' : left <= SOON_MIN ? 'warn' : 'calm'
  return (
    <span class={`countdown ${tone}`}>
      <Icon name={left < 0 ? 'warning' : 'clock'} size={14} />
      {left < 0 ? t.homeworkLate(t.duration(-left)) : until ? t.homeworkUntil(timeOf(lesson.homework_due), t.duration(left)) : t.homeworkLeft(t.duration(left))}
    </span>
  )
}

/** Renders again every half minute, so that the time left is true. */
export function useMinutes(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30000)
    return () => clearInterval(timer)
  }, [])
}
