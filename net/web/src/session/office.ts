// What who arranges the school signs (specs/events.md, "School"). A refusal is thrown as an ApiError.
import { type BellRow, type CalendarRow, Change, type PlanLesson, type PlanTopic, type ScheduledLesson, type WeekSlot } from '../api/office'
import type { Day, Hex, Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { CHUNK, type PlanChanges } from '../office/programme'
import { type Bytes, hex, random, unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import type { OutDraft } from '../state/outbox'
import { sign, signAll } from './sign'

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
/** Topics of the plan onto lessons that are recorded, each on top of the topic that the reader sees. */
export async function setTopics(list: readonly { readonly lesson: PlanLesson; readonly topic: PlanTopic }[]): Promise<void> {
  const drafts = list.map(({ lesson, topic }) => ({ kind: 'topic.set', body: { lesson: unhex(lesson.id), number: topic.number, prev: lesson.topic_seq, text: topic.text, work: topic.work === 0 ? null : topic.work } }))
  await signAll(drafts)
}

/** A control work on that lesson; work 1 takes it off the schedule. */
export const planWork = (slot: Omit<Slot, 'teacher'>, work: number, monitoring: boolean): Promise<void> =>
  sign('control.planned', { day: slot.day, group: unhex(slot.group), monitoring, n: slot.n, shift: slot.shift, subject: unhex(slot.subject), work })
export const OFF_SCHEDULE = 1

/** Moved to its own place: the timetable holds again. */
export const takeBack = (slot: Slot): Promise<void> => change(slot, Change.Moved, '', { newday: slot.day, newn: slot.n })

/** Weeks whole, as they are to be from that day on. */
export const setWeeks = (from: Day, weeks: readonly { readonly group: Id; readonly slots: readonly WeekSlot[] }[]): Promise<void> =>
  signAll(weeks.map(({ group, slots }) => ({ kind: 'timetable.set', body: { from, group: unhex(group), slots: slots.map((s) => [s.weekday, s.shift, s.n, unhex(s.subject), unhex(s.account), cleanText(s.room)]) } })))

export const setSetting = (name: string, value: number): Promise<void> => sign('setting.set', { name, value })

/** The year whole, as it is to be: rows are tuples in the order of specs/events.md. */
export const setCalendar = (year: string, rows: readonly CalendarRow[]): Promise<void> =>
  sign('calendar.set', { rows: rows.map((r) => [r.kind, cleanText(r.name), r.from, r.to, r.grade_from, r.grade_to]), year: cleanText(year) })
export const setBells = (shift: number, from: Day, bells: readonly BellRow[]): Promise<void> => sign('bells.set', { bells: bells.map((b) => [b.n, b.start, b.end]), from, shift })

export interface PupilData { readonly surname: string; readonly given: string; readonly patronymic: string; readonly birth: string; readonly sex: string; readonly plan: boolean }
export const ID_LEN = 16

/** Personal data stand sealed in the event: only who may read the pupil opens them. */
function sealData(sealer: Sealer, data: PupilData): { birth: Bytes; name: Bytes; sex: Bytes } {
  return { birth: sealer.seal('birth', cleanText(data.birth)), name: sealer.seal('name', [cleanText(data.surname), cleanText(data.given), cleanText(data.patronymic)]), sex: sealer.seal('sex', cleanText(data.sex)) }
}

/** An order that has no number is left out of the event. */
export function admitPupil(group: Id, from: Day, data: PupilData, order: string): Promise<void> {
  const sealer = new Sealer()
  const number = cleanText(order)
  return sign('pupil.admitted', { ...sealData(sealer, data), ...(number === '' ? {} : { order: number }), class: unhex(group), from, plan: data.plan, pupil: random(ID_LEN) }, sealer)
}

export function changePupil(pupil: Id, data: PupilData): Promise<void> {
  const sealer = new Sealer()
  return sign('pupil.changed', { ...sealData(sealer, data), plan: data.plan, pupil: unhex(pupil) }, sealer)
}

/** From its first day in the new class; the groups are left the day before. */
export const movePupil = (pupil: Id, to: Id, from: Day, groups: readonly Id[], order: string): Promise<void> =>
  sign('pupil.moved', { class: unhex(to), from, groups: groups.map((g) => unhex(g)), order: cleanText(order), pupil: unhex(pupil) })

export function leavePupil(pupil: Id, last: Day, groups: readonly Id[], order: string, whither: string): Promise<void> {
  const sealer = new Sealer()
  const where = cleanText(whither)
  return sign('pupil.left', { groups: groups.map((g) => unhex(g)), order: cleanText(order), pupil: unhex(pupil), to: last, whither: sealer.sealMaybe('whither', where === '' ? null : where) }, sealer)
}

/** Out of one group (left the day before) and into another from `day` on; either may be missing. */
export function moveBetween(pupils: readonly Id[], from: Id | null, to: Id | null, day: Day): Promise<void> {
  const list = pupils.map((p) => unhex(p))
  const drafts: OutDraft[] = []
  if (from !== null) drafts.push({ kind: 'members.left', body: { group: unhex(from), pupils: list, to: day - 1 } })
  if (to !== null) drafts.push({ kind: 'members.joined', body: { from: day, group: unhex(to), pupils: list } })
  return signAll(drafts)
}

export interface GroupDraft { readonly kind: number; readonly name: string; readonly subject: Id | null; readonly classes: readonly Id[]; readonly grade: number; readonly shift: number; readonly days: number }

/** Gives the id of what was made. */
export async function createGroup(draft: GroupDraft): Promise<Id> {
  const group = random(ID_LEN)
  await sign('group.created', { classes: draft.classes.map((c) => unhex(c)), days: draft.days, grade: draft.grade, group, kind: draft.kind, name: cleanText(draft.name), shift: draft.shift, subject: draft.subject === null ? null : unhex(draft.subject) })
  return hex(group)
}

/** From that day on each is what is given, whole. */
export const changeGroups = (from: Day, groups: readonly { readonly id: Id; readonly name: string; readonly grade: number; readonly shift: number; readonly days: number; readonly subject: Id | null }[]): Promise<void> =>
  signAll(groups.map((g) => ({ kind: 'group.changed', body: { days: g.days, from, grade: g.grade, group: unhex(g.id), name: cleanText(g.name), shift: g.shift, subject: g.subject === null ? null : unhex(g.subject) } })))

export const createSubject = (name: string, marked: boolean): Promise<void> => sign('subject.created', { marked, name: cleanText(name), subject: random(ID_LEN) })

/** Topics that differ, and numbers that are to have none. */
export function setPlan(subject: Id, grade: number, changes: PlanChanges): Promise<void> {
  const drafts: OutDraft[] = changes.sets.map((s) => ({ kind: 'plan.set', body: { first: s.first, grade, subject: unhex(subject), topics: s.topics.map((t) => [cleanText(t.text), t.work === 0 ? null : t.work]) } }))
  for (let i = 0; i < changes.withdrawn.length; i += CHUNK) drafts.push({ kind: 'plan.withdrawn', body: { grade, numbers: changes.withdrawn.slice(i, i + CHUNK), subject: unhex(subject) } })
  return signAll(drafts)
}

export const assignTeaching = (account: Id, group: Id, subject: Id, from: Day, to: Day, hours: number): Promise<void> =>
  sign('teaching.assigned', { account: unhex(account), from, group: unhex(group), hours, subject: unhex(subject), to })
export const endTeaching = (assignment: Hex, to: Day): Promise<void> => sign('teaching.ended', { assignment: unhex(assignment), to })
