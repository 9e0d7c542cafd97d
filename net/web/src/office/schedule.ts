// The timetable as rows to look at: who is free, what clashes, how often who replaced whom. Pure.
import { Change, type ChangedLesson, GroupKind, type GroupRef, type ScheduledLesson, type StaffMember } from '../api/office'

export const isGiven = (l: ScheduledLesson): boolean => l.change !== Change.Moved && l.change !== Change.Cancelled

/** A place in a day: by the bells where they are known, for two shifts may overlap. */
export interface Place { readonly shift: number; readonly n: number; readonly start: number; readonly end: number }

export const meets = (a: Place, b: Place): boolean => (a.start >= 0 && b.start >= 0 ? a.start < b.end && b.start < a.end : a.shift === b.shift && a.n === b.n)

export const isSame = (a: ScheduledLesson, b: ScheduledLesson): boolean => a.day === b.day && a.shift === b.shift && a.n === b.n && a.group === b.group && a.subject === b.subject

export interface Candidate { readonly account: string; readonly name: string; readonly teachesIt: boolean; readonly busy: ScheduledLesson | null }

/** Staff who may replace: free ones first, then who teaches the subject, then by name. `lessons` are all of the school on that day. */
export function candidates(lesson: ScheduledLesson, lessons: readonly ScheduledLesson[], staff: readonly StaffMember[]): Candidate[] {
  const then = lessons.filter((l) => isGiven(l) && l.day === lesson.day && meets(l, lesson) && !isSame(l, lesson))
  return staff.filter((s) => s.stratum === 2 && s.account !== lesson.actual && s.account !== lesson.teacher).map((s) => ({
    account: s.account, name: s.account_name, teachesIt: s.subjects.includes(lesson.subject), busy: then.find((l) => l.actual === s.account) ?? null,
  })).sort((a, b) => Number(a.busy !== null) - Number(b.busy !== null) || Number(b.teachesIt) - Number(a.teachesIt) || a.name.localeCompare(b.name, 'ru'))
}

export interface Clash { readonly what: 'class' | 'teacher' | 'room'; readonly lesson: ScheduledLesson }

/** Parallel groups of one class do not clash by the class: each pupil is in one of them. */
const parallel = (a: ScheduledLesson, b: ScheduledLesson): boolean => a.kind !== GroupKind.Class && b.kind !== GroupKind.Class && a.group !== b.group && a.subject === b.subject

/** What stands in the way when the lesson is moved to that place of a day whose lessons these are. */
export function clashes(lesson: ScheduledLesson, place: Place, lessons: readonly ScheduledLesson[]): Clash[] {
  const then = lessons.filter((l) => isGiven(l) && meets(l, place) && !isSame(l, lesson))
  const out: Clash[] = []
  for (const l of then) {
    if (l.classes.some((c) => lesson.classes.includes(c)) && !parallel(l, lesson)) out.push({ what: 'class', lesson: l })
    if (l.actual === lesson.teacher) out.push({ what: 'teacher', lesson: l })
    if (lesson.room !== '' && l.room === lesson.room) out.push({ what: 'room', lesson: l })
  }
  return out
}

/** The place of a number in a day, as lessons of that shift have it; without bells where nobody has one. */
export function placeOf(shift: number, n: number, lessons: readonly ScheduledLesson[]): Place {
  const known = lessons.find((l) => l.shift === shift && l.n === n && l.start >= 0)
  return { shift, n, start: known?.start ?? -1, end: known?.end ?? -1 }
}

/** Classes as a field offers them, by name. */
export const classChoices = (groups: readonly GroupRef[]): [string, string][] => groups.filter((g) => g.kind === GroupKind.Class).map((g): [string, string] => [g.id, g.name]).sort((a, b) => a[1].localeCompare(b[1], 'ru', { numeric: true }))

export interface ClassRow { readonly id: string; readonly name: string; readonly grade: number; readonly shift: number }

/** Classes that have lessons in these; a class is named by its own lessons, or by nobody. */
export function classesOf(lessons: readonly ScheduledLesson[], names: ReadonlyMap<string, string>): ClassRow[] {
  const rows = new Map<string, ClassRow>()
  for (const l of lessons) for (const id of l.classes) {
    if (!rows.has(id)) rows.set(id, { id, name: names.get(id) ?? (l.kind === GroupKind.Class ? l.group_name : ''), grade: l.grade, shift: l.shift })
    else if (l.kind === GroupKind.Class && rows.get(id)!.name === '') rows.set(id, { ...rows.get(id)!, name: l.group_name })
  }
  return [...rows.values()].sort((a, b) => a.shift - b.shift || a.grade - b.grade || a.name.localeCompare(b.name, 'ru', { numeric: true }))
}

export const byPlace = (a: ScheduledLesson, b: ScheduledLesson): number => a.day - b.day || a.shift - b.shift || a.n - b.n || a.group_name.localeCompare(b.group_name, 'ru', { numeric: true })

export interface ReplacedCount { readonly account: string; readonly name: string; gave: number; given: number; was: number }

/** How many lessons each gave for others (recorded ones apart), and how many of their own others gave. */
export function replacedCounts(changes: readonly ChangedLesson[]): ReplacedCount[] {
  const rows = new Map<string, ReplacedCount>()
  const row = (account: string, name: string): ReplacedCount => {
    const found = rows.get(account) ?? { account, name, gave: 0, given: 0, was: 0 }
    rows.set(account, found)
    return found
  }
  for (const c of changes) {
    if (c.change !== Change.Replaced || c.account === null) continue
    const one = row(c.account, c.account_name)
    one.gave += 1
    one.given += Number(c.given)
    row(c.teacher, c.teacher_name).was += 1
  }
  return [...rows.values()].sort((a, b) => b.gave - a.gave || a.name.localeCompare(b.name, 'ru'))
}
