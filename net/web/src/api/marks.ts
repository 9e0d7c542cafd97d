// Marks beyond the page: the year (specs/api.md).
import type { MeanRule } from '../control/means'
import type { Bytes } from '../ledger/hash'
import { address, get, getBytes } from './client'
import type { Day, Id, PagePupil, Seq } from './types'

/** Sorts of columns: a period, and the three names that are reserved. */
export const enum PeriodSort { Usual, Year, Exam, Final }
export const CLOSING: Readonly<Record<string, PeriodSort>> = { год: PeriodSort.Year, экзамен: PeriodSort.Exam, итог: PeriodSort.Final }
export const YEAR = 'год'
export const sortOf = (period: string): PeriodSort => CLOSING[period] ?? PeriodSort.Usual

/** Periods by their names, then year, exam, final. */
export const byPeriod = (a: string, b: string): number => sortOf(a) - sortOf(b) || a.localeCompare(b, 'ru', { numeric: true })

export interface YearColumn { name: string; sort: PeriodSort; from: Day; to: Day }
/** pupil, column, value, seq, flags, deferred until */
export type YearMark = [number, number, number, Seq, number, Day | null]
export interface YearPage {
  group: Id; group_name: string; subject: Id; subject_name: string; marked: boolean; writable: boolean; size: number
  today: Day; from: Day; to: Day; due: Day; rule: MeanRule
  columns: YearColumn[]; pupils: PagePupil[]; marks: YearMark[]
  /** pupil, column, the value that follows */
  proposals: [number, number, number][]
}
export interface YearSubject { group: Id; group_name: string; subject: Id; subject_name: string; pupils: number; year: number; exam: number; final: number; no_final: number }
export interface YearOfClass { group: Id; group_name: string; size: number; today: Day; from: Day; to: Day; due: Day; subjects: YearSubject[] }

export interface Debt {
  pupil: Id; pupil_name: string; group: Id; group_name: string; subject: Id; subject_name: string
  lesson: Id; day: Day; n: number; column: number; work: number; until: Day; seq: Seq; overdue: boolean
}
export interface Debts { size: number; today: Day; debts: Debt[] }

/** The very bytes over which a report on a pupil is signed, and the same as a paper. */
export const pupilReportBytes = (pupil: Id, from: Day, to: Day, at: number): Promise<Bytes> => getBytes('/api/results', { pupil, from, to, at })
export const pupilReportPaper = (pupil: Id, from: Day, to: Day, at: number): string => address('/api/paper/extract', { pupil, from, to, at })

export const marksApi = {
  debtsOfClass: (group: Id) => get<Debts>('/api/debts', { group }),
  debts: (pupil: Id) => get<Debts>('/api/debts', { pupil }),
  year: (group: Id, subject: Id, at: number | null = null) => get<YearPage>('/api/closing', { group, subject, at }),
  yearOfClass: (group: Id) => get<YearOfClass>('/api/closing', { group }),
}
