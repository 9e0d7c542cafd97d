// The weekly timetable as rows to be edited: what was changed, what clashes, hours against lessons. Pure.
import { GroupKind, type WeekGroup, type Weeks, type WeekSlot } from '../api/office'
import { meets, type Place } from './schedule'

/** Weeks that were changed and are not signed yet, by group. */
export type WeekEdits = ReadonlyMap<string, readonly WeekSlot[]>
/** As many as one timetable.set takes. */
export const SLOTS_MAX = 100

const order = (a: WeekSlot, b: WeekSlot): number => a.weekday - b.weekday || a.shift - b.shift || a.n - b.n || a.subject.localeCompare(b.subject) || a.account.localeCompare(b.account)
export const isSameSlot = (a: WeekSlot, b: WeekSlot): boolean => order(a, b) === 0 && a.room === b.room
const isSameWeek = (a: readonly WeekSlot[], b: readonly WeekSlot[]): boolean => {
  const [x, y] = [[...a].sort(order), [...b].sort(order)]
  return x.length === y.length && x.every((slot, i) => isSameSlot(slot, y[i]!))
}

export const slotsOf = (group: WeekGroup, edits: WeekEdits): readonly WeekSlot[] => edits.get(group.id) ?? group.slots

/** The group's week is to be that; what it is anyway is no edit. */
export function setWeek(edits: WeekEdits, group: WeekGroup, slots: readonly WeekSlot[]): Map<string, readonly WeekSlot[]> {
  const out = new Map(edits)
  if (isSameWeek(group.slots, slots)) out.delete(group.id)
  else out.set(group.id, [...slots].sort(order))
  return out
}

/** One lesson in the place of another, which may be another group's; either may be missing. */
export function replaceSlot(edits: WeekEdits, was: { group: WeekGroup; slot: WeekSlot } | null, is: { group: WeekGroup; slot: WeekSlot } | null): Map<string, readonly WeekSlot[]> {
  let out = new Map(edits)
  if (was !== null) {
    const slots = [...slotsOf(was.group, out)]
    const at = slots.findIndex((s) => isSameSlot(s, was.slot))
    if (at >= 0) slots.splice(at, 1)
    out = setWeek(out, was.group, slots)
  }
  return is === null ? out : setWeek(out, is.group, [...slotsOf(is.group, out).filter((s) => !isSameSlot(s, is.slot)), is.slot])
}

/** The class and what is drawn from it, by kind and name. */
export const groupsOfClass = (weeks: Weeks, classId: string): WeekGroup[] =>
  weeks.groups.filter((g) => g.classes.includes(classId)).sort((a, b) => a.kind - b.kind || a.name.localeCompare(b.name, 'ru', { numeric: true }))

export interface Placed { readonly group: WeekGroup; readonly slot: WeekSlot }
export interface WeekClash { readonly what: 'class' | 'teacher' | 'room'; readonly one: Placed; readonly other: Placed }

function placeOf(weeks: Weeks, slot: WeekSlot): Place {
  const bell = weeks.bells.find((b) => b.shift === slot.shift && b.n === slot.n)
  return { shift: slot.shift, n: slot.n, start: bell?.start ?? -1, end: bell?.end ?? -1 }
}

/** Groups that share a subject out do not clash by their class: each pupil is in one of them. */
const parallel = (a: Placed, b: Placed): boolean => a.group.kind !== GroupKind.Class && b.group.kind !== GroupKind.Class && a.group.id !== b.group.id && a.slot.subject === b.slot.subject

function clashesOf(one: Placed, other: Placed): WeekClash['what'][] {
  const out: WeekClash['what'][] = []
  if (one.group.classes.some((c) => other.group.classes.includes(c)) && !parallel(one, other)) out.push('class')
  if (one.slot.account === other.slot.account) out.push('teacher')
  if (one.slot.room !== '' && one.slot.room === other.slot.room) out.push('room')
  return out
}

/** What stands at the same time with one teacher, class or room, where at least one of both is of these groups; each pair once. */
export function weekClashes(weeks: Weeks, edits: WeekEdits, of: ReadonlySet<string>): WeekClash[] {
  const all = weeks.groups.flatMap((group) => slotsOf(group, edits).map((slot): Placed => ({ group, slot }))).map((p) => ({ p, place: placeOf(weeks, p.slot) }))
  const out: WeekClash[] = []
  all.forEach(({ p: one, place }, i) => {
    if (!of.has(one.group.id)) return
    all.forEach(({ p: other, place: there }, k) => {
      if (k === i || one.slot.weekday !== other.slot.weekday || (k < i && of.has(other.group.id)) || !meets(place, there)) return
      for (const what of clashesOf(one, other)) out.push({ what, one, other })
    })
  })
  return out
}

const isOf = (p: Placed, group: WeekGroup, slot: WeekSlot): boolean => p.group.id === group.id && isSameSlot(p.slot, slot)

/** Those of one lesson, which stands first in each. */
export const clashesOfSlot = (weeks: Weeks, edits: WeekEdits, group: WeekGroup, slot: WeekSlot): WeekClash[] =>
  weekClashes(weeks, edits, new Set([group.id])).flatMap((c) => (isOf(c.one, group, slot) ? [c] : isOf(c.other, group, slot) ? [{ what: c.what, one: c.other, other: c.one }] : []))

export const hasClash = (clashes: readonly WeekClash[], p: Placed): boolean => clashes.some((c) => isOf(c.one, p.group, p.slot) || isOf(c.other, p.group, p.slot))

export interface HoursRow { readonly group: WeekGroup; readonly subject: string; readonly account: string; readonly hours: number; readonly lessons: number }

/** Assignments that hold on the day, and lessons of nobody assigned, where hours and lessons differ. */
export function hoursThatDiffer(group: WeekGroup, day: number, edits: WeekEdits): HoursRow[] {
  const rows = new Map<string, HoursRow>()
  for (const t of group.teaching) if (t.from <= day && day <= t.to) rows.set(`${t.subject}/${t.account}`, { group, subject: t.subject, account: t.account, hours: t.hours, lessons: 0 })
  for (const s of slotsOf(group, edits)) {
    const key = `${s.subject}/${s.account}`
    const row = rows.get(key) ?? { group, subject: s.subject, account: s.account, hours: 0, lessons: 0 }
    rows.set(key, { ...row, lessons: row.lessons + 1 })
  }
  return [...rows.values()].filter((r) => r.hours !== r.lessons)
}

/** The places that a week's table has: the bells of these shifts, and wherever a lesson stands. */
export function placesOf(weeks: Weeks, groups: readonly WeekGroup[], edits: WeekEdits, shift: number): { shift: number; n: number }[] {
  const rows = new Map<number, { shift: number; n: number }>()
  const add = (s: number, n: number): void => { rows.set(s * 100 + n, { shift: s, n }) }
  for (const b of weeks.bells) if (b.shift === shift) add(shift, b.n)
  for (const g of groups) for (const s of slotsOf(g, edits)) add(s.shift, s.n)
  if (rows.size === 0) for (let n = 1; n <= 7; n++) add(shift, n)
  return [...rows.entries()].sort(([a], [b]) => a - b).map(([, place]) => place)
}
