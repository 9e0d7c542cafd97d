// The plan beside the lessons: what is foreseen, what deviates, and moving topics by one. Pure.
import type { OpenLesson, Plan, PlanLesson, PlanTopic } from '../api/office'

export type PlanRow =
  | { readonly kind: 'lesson'; readonly lesson: PlanLesson; readonly number: number; readonly edited: boolean }
  | { readonly kind: 'open'; readonly lesson: OpenLesson; readonly number: number | null; readonly past: boolean }

/** Numbers that were moved and are not signed yet, by lesson. */
export type Edits = ReadonlyMap<string, number>

const place = (l: { day: number; shift: number; n: number }): number => l.day * 1000 + l.shift * 100 + l.n

/** Lessons in order, recorded or to come; those to come foresee the next topics after the highest one given. */
export function planRows(plan: Plan, edits: Edits): PlanRow[] {
  const numbers = new Set(plan.topics.map((t) => t.number))
  const numberOf = (l: PlanLesson): number => edits.get(l.id) ?? l.number
  let next = Math.max(0, ...plan.lessons.map(numberOf)) + 1
  const rows: PlanRow[] = [...plan.lessons.map((lesson): PlanRow => ({ kind: 'lesson', lesson, number: numberOf(lesson), edited: edits.has(lesson.id) })),
    ...plan.open.map((lesson): PlanRow => ({ kind: 'open', lesson, number: null, past: lesson.day < plan.today }))].sort((a, b) => place(a.lesson) - place(b.lesson))
  return rows.map((row) => {
    if (row.kind === 'lesson' || !row.lesson.given || row.past || !numbers.has(next)) return row
    return { ...row, number: next++ }
  })
}

export const topicOf = (plan: Plan, number: number | null): PlanTopic | undefined => (number === null ? undefined : plan.topics.find((t) => t.number === number))

/** May this lesson take this number: it is the reader's to write, and the plan has such a topic. */
const takes = (plan: Plan, lesson: PlanLesson, number: number): boolean => lesson.writable && topicOf(plan, number) !== undefined

/** One lesson gets one topic; the number that it has anyway is no edit. */
export function put(plan: Plan, edits: Edits, id: string, number: number): Map<string, number> {
  const out = new Map(edits)
  const lesson = plan.lessons.find((l) => l.id === id)
  if (lesson === undefined || !takes(plan, lesson, number)) return out
  if (lesson.number === number) out.delete(id)
  else out.set(id, number)
  return out
}

/** The topics of this recorded lesson and of all after it move by one: null when one of them cannot. */
export function shift(plan: Plan, edits: Edits, id: string, by: 1 | -1): Map<string, number> | null {
  const rows = [...plan.lessons].sort((a, b) => place(a) - place(b))
  const from = rows.findIndex((l) => l.id === id)
  let out = new Map(edits)
  for (const lesson of rows.slice(from < 0 ? rows.length : from)) {
    const number = (out.get(lesson.id) ?? lesson.number)
    if (number === 0) continue
    if (!takes(plan, lesson, number + by)) return null
    out = put(plan, out, lesson.id, number + by)
  }
  return from < 0 ? null : out
}

export interface TopicState { readonly topic: PlanTopic; readonly given: readonly number[]; readonly foreseen: number | null; readonly late: number | null }

/** Each topic with the days on which it was given or is foreseen, and how many days that is after the plan (before: negative). */
export function topicStates(plan: Plan, rows: readonly PlanRow[]): TopicState[] {
  return plan.topics.map((topic) => {
    const mine = rows.filter((r) => r.number === topic.number)
    const given = mine.filter((r) => r.kind === 'lesson').map((r) => r.lesson.day)
    const foreseen = mine.find((r) => r.kind === 'open')?.lesson.day ?? null
    const day = given[0] ?? foreseen
    return { topic, given, foreseen, late: day === null || topic.day === null ? null : day - topic.day }
  })
}

/** How many topics the page is behind its plan today (ahead: negative). */
export function lagOf(plan: Plan, rows: readonly PlanRow[]): number {
  const due = Math.min(plan.due, plan.topics.length)
  const given = new Set(rows.filter((r) => r.kind === 'lesson').map((r) => r.number).filter((n) => topicOf(plan, n ?? 0) !== undefined))
  return due - given.size
}
