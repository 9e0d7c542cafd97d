// One lesson of the timetable: who replaces its teacher, where it moves, that it is cancelled, or that
// the timetable holds again. Clashes are said; they never refuse.
import { useId, useState } from 'preact/hooks'
import { Change, officeApi, type ScheduledLesson, type StaffMember } from '../api/office'
import { dayFull, dayInput, dayLong, dayOfInput, initials } from '../i18n/format'
import { om } from '../i18n/office'
import { type Candidate, candidates, clashes, placeOf } from '../office/schedule'
import { cancelLesson, moveLesson, replaceTeacher, takeBack } from '../session/office'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { m } from '../i18n'
import { leads } from './office-rights'
import { changeWords } from './office-timetable'

type What = 'replace' | 'move' | 'cancel' | 'back'
const NUMBERS = 12

const lessonText = (l: ScheduledLesson): string => `${l.group_name}, ${l.subject_name}`

interface PickProps { list: readonly Candidate[]; chosen: string | null; onPick: (account: string) => void }

function PickTeacher({ list, chosen, onPick }: PickProps) {
  const [find, setFind] = useState('')
  const [busy, setBusy] = useState(false)
  const t = om().lesson
  const free = list.filter((c) => c.busy === null).length
  const shown = list.filter((c) => (busy || c.busy === null || c.account === chosen) && c.name.toLowerCase().includes(find.toLowerCase()))
  return (
    <fieldset class="pick">
      <legend>{t.chosen}: {free === 0 ? t.noneFree : t.free(free)}</legend>
      <div class="row"><label class="search"><Icon name="search" /><input type="search" placeholder={t.who} aria-label={t.who} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={busy} onChange={(e) => setBusy(e.currentTarget.checked)} /> {t.showBusy}</label></div>
      <ul class="pick-list">{shown.map((c) => (
        <li key={c.account}><label><input type="radio" name="who" checked={chosen === c.account} onChange={() => onPick(c.account)} /><span>{c.name}</span>
          {c.teachesIt && <span class="tag good">{t.sameSubject}</span>}{c.busy !== null && <span class="tag warn">{t.busy(lessonText(c.busy))}</span>}</label></li>
      ))}</ul>
      {shown.length === 0 && <p class="dim">{om().none}</p>}
    </fieldset>
  )
}

function useTarget(lesson: ScheduledLesson, day: number) {
  return useLoad(() => officeApi.schedule(day, day), [lesson.group, day])
}

/** What is in the way, in words. */
function ClashList({ lesson, day, n }: { lesson: ScheduledLesson; day: number; n: number }) {
  const target = useTarget(lesson, day)
  const t = om().lesson
  if (target.error !== null) return <Failure error={target.error} again={target.again} />
  if (target.value === null) return <Waiting />
  const place = placeOf(lesson.shift, n, target.value.lessons)
  const found = clashes(lesson, place, target.value.lessons).map((c) => t.clash[c.what](`${lessonText(c.lesson)}, ${initials(c.lesson.actual_name)}`))
  const school = target.value.days[0]?.school ?? false
  if (!school) found.unshift(t.clash.noSchool)
  else if (place.start < 0) found.unshift(t.clash.noBell)
  if (day < dayOf(now())) found.unshift(t.clash.past)
  return found.length === 0 ? <p class="notice good" role="status"><Icon name="check" size={15} /> {t.noClash}</p> : (
    <div class="notice warn" role="status"><p><Icon name="warning" size={15} /> {t.clashes}</p><ul class="bullets">{found.map((f) => <li key={f}>{f}</li>)}</ul></div>
  )
}

interface Props { lesson: ScheduledLesson; staff: readonly StaffMember[]; onClose: () => void; onDone: () => void }

export function LessonDialog({ lesson, staff, onClose, onDone }: Props) {
  const day = useLoad(() => officeApi.schedule(lesson.day, lesson.day), [lesson.day])
  const changed = lesson.change !== null
  const off = lesson.change === Change.Moved || lesson.change === Change.Cancelled
  const mayReplace = leads()
  const [what, setWhat] = useState<What>(off ? 'back' : mayReplace ? 'replace' : 'move')
  const [who, setWho] = useState<string | null>(null)
  const [newDay, setNewDay] = useState(lesson.day)
  const [newN, setNewN] = useState(lesson.n)
  const [reason, setReason] = useState(lesson.reason)
  const act = useAct()
  const reasons = useId()
  const t = om().lesson
  const list = day.value === null ? [] : candidates(lesson, day.value.lessons, staff)
  const picked = list.find((c) => c.account === who)
  const same = newDay === lesson.day && newN === lesson.n
  const ready = what === 'replace' ? who !== null : what === 'move' ? !same : true
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => (what === 'replace' ? replaceTeacher(lesson, who!, reason) : what === 'move' ? moveLesson(lesson, newDay, newN, reason) : what === 'cancel' ? cancelLesson(lesson, reason) : takeBack(lesson)))) onDone()
  }
  const choices: What[] = [...(mayReplace && !off ? ['replace' as const] : []), ...(off ? [] : ['move' as const, 'cancel' as const]), ...(changed ? ['back' as const] : [])]
  const words = changeWords(lesson)
  return (
    <Dialog name="lesson" title={`${lessonText(lesson)}`} onClose={onClose} wide>
      <p><b>{dayLong(lesson.day)}, {om().timetable.nth(lesson.n)}</b> · {lesson.teacher_name}{lesson.room !== '' && ` · ${om().timetable.room(lesson.room)}`}</p>
      <p class="dim">{t.now}: {words ?? t.asPlanned}{lesson.reason !== '' && ` (${lesson.reason})`}</p>
      {lesson.recorded ? <p class="notice warn">{t.recorded(lesson.actual_name)}</p> : (
        <form class="write" onSubmit={(e) => void submit(e)}>
          <div class="segments" role="group" aria-label={t.title}>{choices.map((c) => <button key={c} type="button" aria-pressed={what === c} onClick={() => setWhat(c)}>{t.what[c]}</button>)}</div>
          {!mayReplace && !off && <p class="field-note">{t.officeNoReplace}</p>}
          {what === 'replace' && (day.error !== null ? <Failure error={day.error} again={day.again} /> : day.value === null ? <Waiting /> : <PickTeacher list={list} chosen={who} onPick={setWho} />)}
          {what === 'replace' && picked?.busy != null && <p class="notice warn" role="status">{t.busyWarn(picked.name, lessonText(picked.busy))}</p>}
          {what === 'move' && (
            <>
              <div class="row form-row">
                <Field label={t.newDay}>{({ id }) => <input id={id} type="date" value={dayInput(newDay)} onInput={(e) => setNewDay(dayOfInput(e.currentTarget.value) ?? newDay)} />}</Field>
                <ChoiceField label={t.newN} value={newN} choices={Array.from({ length: NUMBERS }, (_, i) => [i + 1, String(i + 1)] as const)} onChoice={setNewN} />
                <span class="dim">{dayLong(newDay)}</span>
              </div>
              {same ? <p class="field-note">{t.same}</p> : <ClashList lesson={lesson} day={newDay} n={newN} />}
            </>
          )}
          {what === 'cancel' && <p>{t.cancelText}</p>}
          {what === 'back' && <p>{t.backText}</p>}
          {what !== 'back' && (
            <Field label={t.reason} hint={t.reasonHint}>{({ id, describedBy }) => <><input id={id} aria-describedby={describedBy} list={reasons} maxLength={200} value={reason} onInput={(e) => setReason(e.currentTarget.value)} /><datalist id={reasons}>{t.reasons.map((r) => <option key={r} value={r} />)}</datalist></>}</Field>
          )}
          {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
          <div class="row"><button type="submit" class="button primary" disabled={!ready || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}{what === 'move' && !same && `: ${dayFull(newDay)}`}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
        </form>
      )}
    </Dialog>
  )
}
