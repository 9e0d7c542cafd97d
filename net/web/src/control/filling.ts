// Control of filling, as rows to look at: sums by teacher, the traffic light, sorting, the words of
// a remark. Pure.
import { type FillingLesson, type FillingRow, Lacks } from '../api/control'
import { hasWords, wordsOf } from './find'

export const COUNTS = ['due', 'recorded', 'no_topic', 'no_homework', 'no_sheet', 'late_homework', 'late_sheets', 'late_absences', 'late_marks', 'overdue_debts', 'few_marks', 'no_year'] as const
/** Too few marks is a matter of a whole period, not of a day or a week; so is the year. */
export const COUNTS_OF_DAYS: readonly Count[] = COUNTS.filter((c) => c !== 'few_marks' && c !== 'no_year')
/** Shown only where somebody has such a fault: they are rare. */
export const RARE: readonly Count[] = ['overdue_debts', 'no_year']
export type Count = (typeof COUNTS)[number]
export type Counts = Record<Count, number>

export interface TeacherRow extends Counts { account: string; name: string; pages: number }

export const isBad = (count: Count, row: Counts): boolean => (count === 'due' ? false : count === 'recorded' ? row.recorded < row.due : row[count] > 0)

/** One row a teacher, in the order of names. */
export function byTeacher(rows: readonly FillingRow[]): TeacherRow[] {
  const found = new Map<string, TeacherRow>()
  for (const row of rows) {
    const sum = found.get(row.account) ?? { account: row.account, name: row.name, pages: 0, due: 0, recorded: 0, no_topic: 0, no_homework: 0, no_sheet: 0, late_homework: 0, late_sheets: 0, late_absences: 0, late_marks: 0, overdue_debts: 0, few_marks: 0, no_year: 0 }
    for (const count of COUNTS) sum[count] += row[count]
    sum.pages += 1
    found.set(row.account, sum)
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'ru'))
}

export type Light = 'good' | 'warn' | 'bad'
/** Above these shares of the lessons due the light turns. Homework is given where there is some to give, so it weighs less. */
export const BAD_SHARE = 0.05
export const LATE_SHARE = 0.2
export const LATE_MARKS_SHARE = 1 / 2

/** Bad: more than one lesson in twenty without record, topic or attendance. Warn: any such lesson, homework missing or late or attendance late in more than one of five, or more late marks than one for two lessons. */
export function lightOf(row: Counts): Light {
  if (row.due === 0) return 'good'
  const empty = Math.max(row.due - row.recorded, row.no_topic, row.no_sheet)
  if (empty > row.due * BAD_SHARE) return 'bad'
  const late = Math.max(row.no_homework, row.late_homework, row.late_sheets)
  return empty > 0 || late > row.due * LATE_SHARE || row.late_marks > row.due * LATE_MARKS_SHARE ? 'warn' : 'good'
}

/** How bad a row is: first by its light, then by what is missing, then by what is late. */
export function badness(row: Counts): number {
  const light = ['good', 'warn', 'bad'].indexOf(lightOf(row))
  const missing = row.due - row.recorded + row.no_topic + row.no_sheet + row.no_homework
  return light * 1e9 + Math.min(missing, 1e4) * 1e4 + Math.min(row.late_homework + row.late_sheets + row.late_absences + row.late_marks, 9999)
}

export interface Order { readonly by: 'name' | 'group' | 'subject' | 'light' | Count; readonly down: boolean }

export function sorted<A extends Counts & { name: string; group_name?: string; subject_name?: string }>(rows: readonly A[], order: Order): A[] {
  const text = (row: A): string => (order.by === 'group' ? row.group_name : order.by === 'subject' ? row.subject_name : row.name) ?? ''
  const isText = order.by === 'name' || order.by === 'group' || order.by === 'subject'
  const number = (row: A): number => (order.by === 'light' ? badness(row) : row[order.by as Count])
  const compare = (a: A, b: A): number => (isText ? text(a).localeCompare(text(b), 'ru', { numeric: true }) : number(a) - number(b))
  return [...rows].sort((a, b) => (order.down ? compare(b, a) : compare(a, b)) || a.name.localeCompare(b.name, 'ru'))
}

export function matching<A extends { name: string; group_name?: string; subject_name?: string }>(rows: readonly A[], find: string): A[] {
  const words = wordsOf(find)
  return rows.filter((r) => hasWords(`${r.name} ${r.group_name ?? ''} ${r.subject_name ?? ''}`, words))
}

export const isFaulty = (lesson: FillingLesson): boolean => lesson.lacks !== 0 || lesson.homework_late_min > 0 || lesson.sheet_late || lesson.late_absences > 0 || lesson.late_marks > 0

/** Without the lesson itself nothing else can be there: then only that is said. */
export function lacksOf(lacks: number): Lacks[] {
  if ((lacks & Lacks.Lesson) !== 0) return [Lacks.Lesson]
  return [Lacks.Topic, Lacks.Homework, Lacks.Sheet].filter((l) => (lacks & l) !== 0)
}

