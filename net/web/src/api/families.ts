// What families and the class teacher read (specs/api.md): cabinet, class page, card.
import type { MeanRule } from '../control/means'
import type { Acknowledged, Day, Hex, Id, Ms, Seq } from './types'

/** Lessons missed, by the reason that holds. */
export interface Tally { ill: number; valid: number; invalid: number; unknown: number; late: number }

export interface ResultMark { lesson: Id; day: Day; n: number; column: number; values: number[]; work: number; weight: number; comment: string; seq: Seq; flags: number }
export interface ResultPeriod { period: string; value: number; until: Day | null; seq: Seq; flags: number }
export interface ResultSubject {
  group: Id; group_name: string; subject: Id; subject_name: string; marked: boolean
  marks: ResultMark[]; average: number | null; mark_count: number; lessons: number; absences: Tally; periods: ResultPeriod[]
}
export interface Results { pupil: Id; name: string; from: Day; to: Day; size: number; rule: MeanRule; subjects: ResultSubject[] }

export interface Advice { id: Hex; seq: Seq; sort: number; to_group: boolean; subject_name: string; author_name: string; own: boolean; recorded: Ms; text: string }
export interface CabinetTeacher { group: Id; group_name: string; kind: number; subject: Id; subject_name: string; name: string; from: Day; to: Day }
export interface PlannedControl { day: Day; n: number; group_name: string; subject: Id; subject_name: string; work: number; monitoring: boolean }
export interface CalendarRow { name: string; kind: number; from: Day; to: Day }
export interface Cabinet {
  pupil: Id; name: string; class: Id | null; class_name: string; from: Day; to: Day; class_teachers: string[]
  teachers: CabinetTeacher[]; controls: PlannedControl[]; calendar: CalendarRow[]; advice: Advice[]
}

export interface TimetableLesson {
  day: Day; shift: number; n: number; start: number; end: number; group_name: string; subject_name: string; teacher_name: string; room: string
  change: number | null; instead: string; newday: Day | null; newn: number; moved_from: Day | null
}
export interface Timetable { pupil: Id; name: string; from: Day; to: Day; lessons: TimetableLesson[] }

export const enum Decision { Given = 0, Refused = 1, Withdrawn = 2 }
export const enum Form { Electronic = 1, Paper = 2 }
export interface Consent { decision: number; form: number; day: Day; recorded: Ms; reference: string; wording: string; seq: Seq }
export interface Channel { has_email: boolean; has_phone: boolean; email: string; phone: string; wants: number; quiet_from: number | null; quiet_to: number | null }
export interface FamilyChild { pupil: Id; name: string; class_name: string; consent: Consent | null; reads: boolean }
export interface Family { account: Id; channel: Channel | null; children: FamilyChild[] }

export interface Member {
  account: Id; role: number; name: string; enrolled: boolean; invited: boolean; handed: { way: number; recorded: Ms } | null
  consent: Consent | null; reads: boolean; channel: Channel | null
}
export interface ClassMember extends Member { acknowledged: Acknowledged | null }
export interface ClassAbsence { pupil: Id; day: Day; n: number; subject_name: string; state: number; reason: string; said: string }
export interface ClassPupil { id: Id; name: string; from: Day; family: ClassMember[] }
export interface ClassPage { group: Id; name: string; week: Day; today: Day; size: number; absences: ClassAbsence[]; pupils: ClassPupil[] }

export interface Sheet {
  group: Id; name: string; from: Day; to: Day; size: number
  pupils: { id: Id; name: string; from: Day; to: Day | null; absences: Tally }[]
  subjects: { id: Id; name: string; marked: boolean }[]
  /** pupil index, subject index, mean × 100, count, the mark that follows by the rule */
  means: [number, number, number, number, number][]
  rule: MeanRule
  /** pupil index, subject index, period, value, seq, flags */
  period_marks: [number, number, string, number, Seq, number][]
}
export interface ListedGroup { id: Id; name: string; kind: number; subject_name: string; members: [number, Day, Day | null][] }
export interface Lists { group: Id; name: string; pupils: { id: Id; name: string }[]; groups: ListedGroup[] }

export interface Contact { seq: Seq; day: Day; way: number; author_name: string; recorded: Ms; text: string }
export interface Explanation { seq: Seq; from: Day; to: Day; by_family: boolean; author_name: string; recorded: Ms; reason: string; note: string }
export interface Kept {
  full_name: string; plan: boolean; birth: string; sex: string; groups: { name: string; kind: number; from: Day; to: Day | null }[]
  family: Member[]; contacts: Contact[]; explanations: Explanation[]
}
/** Personal data are there only for who keeps the pupil. */
export type Card = { pupil: Id; name: string; class: Id | null; class_name: string; advice: Advice[] } & ({ keeps: false } | ({ keeps: true } & Kept))
