// What who arranges the school signs (specs/events.md, "School"). A refusal is thrown as an ApiError.
import { Change, type ScheduledLesson } from '../api/office'
import type { Day, Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { sign } from './family'

/** Where a lesson stands in the timetable, or was moved to: what a change names. */
type Slot = Pick<ScheduledLesson, 'day' | 'shift' | 'n' | 'group' | 'subject' | 'teacher'>

function change(slot: Slot, what: number, reason: string, more: { account?: Id; newday?: Day; newn?: number }): Promise<void> {
  const sealer = new Sealer()
  const text = cleanText(reason)
  return sign('lesson.changed', {
    account: more.account === undefined ? null : unhex(more.account), change: what, day: slot.day, group: unhex(slot.group), n: slot.n,
    newday: more.newday ?? null, newn: more.newn ?? null, reason: sealer.sealMaybe('reason', text === '' ? null : text), shift: slot.shift,
    subject: unhex(slot.subject), teacher: unhex(slot.teacher),
  }, sealer)
}

export const replaceTeacher = (slot: Slot, account: Id, reason: string): Promise<void> => change(slot, Change.Replaced, reason, { account })
export const moveLesson = (slot: Slot, newday: Day, newn: number, reason: string): Promise<void> => change(slot, Change.Moved, reason, { newday, newn })
export const cancelLesson = (slot: Slot, reason: string): Promise<void> => change(slot, Change.Cancelled, reason, {})
/** A control work on that lesson; work 1 takes it off the schedule. */
export const planWork = (slot: Omit<Slot, 'teacher'>, work: number, monitoring: boolean): Promise<void> =>
  sign('control.planned', { day: slot.day, group: unhex(slot.group), monitoring, n: slot.n, shift: slot.shift, subject: unhex(slot.subject), work })
export const OFF_SCHEDULE = 1

/** Moved to its own place: the timetable holds again. */
export const takeBack = (slot: Slot): Promise<void> => change(slot, Change.Moved, '', { newday: slot.day, newn: slot.n })
