// What the deputy head reads: control of filling, summaries, attendance, remarks, reports, locks.
import type { Bytes } from '../ledger/hash'
import { address, get, getBytes } from './client'
import type { CellWhat, Day, Hex, Id, Ms, Seq } from './types'

export interface FillingRow {
  account: Id; name: string; group: Id; group_name: string; subject: Id; subject_name: string
  due: number; recorded: number; no_topic: number; no_homework: number; no_sheet: number
  late_homework: number; late_sheets: number; late_absences: number; late_marks: number
  /** Debt points of these days whose term has passed. */
  overdue_debts: number
  /** Pupils with fewer marks in these days than the school wants of a period. */
  few_marks: number
  /** Pupils without a mark of the year, from its last week on. */
  no_year: number
}
export interface Filling { from: Day; to: Day; now: Ms; size: number; rows: FillingRow[] }
export const enum Lacks { Lesson = 1, Topic = 2, Homework = 4, Sheet = 8 }
export interface FillingLesson {
  day: Day; shift: number; n: number; account: Id; lesson: Id | null; lacks: number
  homework_late_min: number; sheet_late: boolean; late_absences: number; late_marks: number
}

export const enum Standing { None, Excellent, OneFour, Good, OneThree, Fair, Failing, Unknown }
export const STANDINGS = 8
/** Period values that are not marks. */
export const enum Value { Exempt = 10, NotAssessed, Unmarked, Deferred, Passed, Failed }

export interface Figures { success: number; quality: number; sou: number; mean: number }
/** pupil, standing, mean */
export type PupilFigures = [number, Standing, number]
export interface PeriodFigures extends Figures { pupils: PupilFigures[]; standings: number[]; judged: number }
/** By subject: 5, 4, 3, 2, 1, н/а, осв, безотм, отср, зачёт, незачёт, none. */
export interface SubjectFigures extends Figures { subject: number; period: number; counts: number[]; counted: number }
/** pupil, subject, period, value, seq, flags, deferred until */
export type SummaryMark = [number, number, number, number, Seq, number, Day | null]
export interface Summary {
  group: { id: Id; name: string; grade: number }; size: number; periods: string[]
  subjects: { id: Id; name: string; marked: boolean }[]; pupils: { id: Id; name: string; left: boolean }[]
  marks: SummaryMark[]; by_subject: SubjectFigures[]; by_period: PeriodFigures[]
}
export interface ClassPeriod extends PeriodFigures { period: string; missing: number; deferred: number }
export interface ClassFigures { id: Id; name: string; grade: number; teacher: Id | null; teacher_name: string; pupil_count: number; by_period: ClassPeriod[] }

export interface AttendancePupil {
  id: Id; name: string; held: number; missed: number; ill: number; valid: number; invalid: number; other: number; unknown: number
  late: number; days: number; days_missed: number
}
export interface Attendance { group: Id; group_name: string; from: Day; to: Day; size: number; pupils: AttendancePupil[]; days: [Day, number, number][] }

export interface Remark {
  id: Hex; account: Id; name: string; by_name: string; group: Id; group_name: string; subject: Id; subject_name: string
  lesson: Id | null; day: Day; n: number; text: string; recorded: Ms; settled: boolean
  /** When the last of what was missing on the lesson came in; null: not all is there. */
  mended: Ms | null
}
export const isOpenRemark = (r: Remark): boolean => !r.settled && r.mended === null
/** Sort 1: the summary of a class; 2: the results of a pupil. */
export interface Issued {
  id: Hex; sort: number; about: Id; is_class: boolean; about_name: string; account: Id; name: string; by_name: string
  digest: Hex; from: Day; to: Day; upto: number; recorded: Ms; received: Ms | null
}
export interface Lock { group: Id; group_name: string; period: string; closed: boolean; from: Day; to: Day; by_name: string; recorded: Ms }

/** What became of a cell, or of a period. */
export const enum EditSort { Written, Corrected, Withdrawn, PeriodClosed, PeriodReopened }
export interface Edit {
  seq: Seq; sort: EditSort; late: boolean; void: boolean; what: CellWhat; group: Id; subject: Id; group_name: string; subject_name: string
  lesson: Id | null; day: Day | null; n: number | null; period: string; pupil: Id | null; pupil_name: string; column: number
  before: string; after: string; name: string; recorded: Ms
  /** The day of recording. */
  on: Day
  /** Until when it was to be written; null where no term is set. */
  due: Ms | null
  report: Seq | null
}
export interface Edits { from: Day; to: Day; entries: number; size: number; edits: Edit[]; more: boolean }
type OfPage = { group: Id; subject: Id } | null

export const controlApi = {
  edits: (from: Day, to: Day, page: OfPage) => get<Edits>('/api/edits', { from, to, ...page }),
  editsTable: (from: Day, to: Day, page: OfPage): string => address('/api/table/edits', { from, to, ...page }),
  filling: (from: Day, to: Day) => get<Filling>('/api/filling', { from, to }),
  fillingOf: (group: Id, subject: Id, from: Day, to: Day) => get<{ lessons: FillingLesson[] }>('/api/filling', { group, subject, from, to }).then((a) => a.lessons),
  summary: (group: Id, at: number | null) => get<Summary>('/api/summary', { group, at }),
  summaryBytes: (group: Id, at: number): Promise<Bytes> => getBytes('/api/summary', { group, at }),
  /** Where workbooks and the paper for the archive can be fetched. */
  summaryTable: (group: Id, at: number | null): string => address('/api/table/summary', { group, at }),
  fillingTable: (from: Day, to: Day): string => address('/api/table/filling', { from, to }),
  summaryPaper: (group: Id): string => address('/api/paper/sheet', { group }),
  classes: () => get<{ size: number; classes: ClassFigures[] }>('/api/classes'),
  attendance: (group: Id, from: Day, to: Day) => get<Attendance>('/api/attendance', { group, from, to }),
  remarks: () => get<{ remarks: Remark[] }>('/api/remarks').then((a) => a.remarks),
  issued: () => get<{ reports: Issued[] }>('/api/issued').then((a) => a.reports),
  locks: (group: Id) => get<{ locks: Lock[] }>('/api/locks', { group }).then((a) => a.locks),
}
