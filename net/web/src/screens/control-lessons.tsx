// The drill-down of control: the lessons of one journal with what is missing or late on each.
import { useState } from 'preact/hooks'
import { controlApi, type FillingLesson, type FillingRow } from '../api/control'
import { isFaulty, lacksOf } from '../control/filling'
import { m } from '../i18n'
import { dayShort, weekday } from '../i18n/format'
import { link } from '../route'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'

/** Everything that is wrong with a lesson, in words. */
function faults(lesson: FillingLesson): string[] {
  const t = m().control
  return [
    ...lacksOf(lesson.lacks).map((l) => t.lacks[l]),
    ...(lesson.homework_late_min > 0 ? [t.homeworkLate(m().day.duration(lesson.homework_late_min))] : []),
    ...(lesson.sheet_late ? [t.sheetLate] : []),
    ...(lesson.late_absences > 0 ? [t.lateAbsences(lesson.late_absences)] : []),
    ...(lesson.late_marks > 0 ? [t.lateMarks(lesson.late_marks)] : []),
  ]
}

interface Props { row: FillingRow; from: number; to: number; onRemark: ((lesson: string | null, text: string) => void) | null; onClose: () => void }

export function ControlLessons({ row, from, to, onRemark, onClose }: Props) {
  const { value, error, again } = useLoad(() => controlApi.fillingOf(row.group, row.subject, from, to), [])
  const [all, setAll] = useState(false)
  const t = m().control
  const own = (value ?? []).filter((l) => l.account === row.account)
  const shown = own.filter((l) => all || isFaulty(l)).sort((a, b) => a.day - b.day || a.n - b.n)
  return (
    <Dialog name="control-lessons" title={`${row.group_name}, ${row.subject_name}`} side onClose={onClose}>
      <p>{row.name}</p>
      <p class="dim">{t.lessonsLead}</p>
      {error !== null && <Failure error={error} again={again} />}
      {value === null && error === null && <Waiting />}
      {value !== null && (
        <>
          <label class="check"><input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />{t.showAll}</label>
          {shown.length === 0 && <p class="empty">{t.allGood}</p>}
          <ul class="control-lessons">
            {shown.map((l) => {
              const words = faults(l)
              const where = `${weekday(l.day)} ${dayShort(l.day)}, ${m().common.lessonN(l.n)}`
              return (
                <li key={`${l.day}/${l.shift}/${l.n}`}>
                  <a href={link('journal', [row.group, row.subject], { day: l.day, n: l.n })}><strong>{where}</strong></a>
                  <span class={words.length === 0 ? 'good-text' : ''}>{words.length === 0 ? t.inTime : words.join(', ')}</span>
                  {onRemark !== null && words.length > 0 && <button type="button" class="icon-button small" aria-label={`${t.remark.raise}: ${where}`} onClick={() => onRemark(l.lesson, `${where}: ${words.join(', ')}. ${t.remark.please}`)}><Icon name="comment" size={15} /></button>}
                </li>
              )
            })}
          </ul>
        </>
      )}
    </Dialog>
  )
}
