// What who arranges the school reads (specs/api.md, "The school's organisation").
import { address, get } from './client'
import type { Day, Hex, Id, Ms, Seq } from './types'

export const enum Change { Replaced = 0, Moved = 1, Cancelled = 2 }
export const enum GroupKind { Class = 0, Subgroup = 1, Stream = 2, Plan = 3 }

export interface ScheduledLesson {
  day: Day; shift: number; n: number; start: number; end: number
  group: Id; group_name: string; kind: number; grade: number; classes: Id[]; subject: Id; subject_name: string; room: string
  teacher: Id; teacher_name: string; actual: Id; actual_name: string; recorded: boolean
  change: number | null; to_day: Day; to_n: number; moved_in: boolean; home_day: Day; home_n: number; reason: string; change_seq: Seq | null
}
export interface Schedule { from: Day; to: Day; size: number; days: { day: Day; school: boolean }[]; lessons: ScheduledLesson[] }

export interface WeekSlot { weekday: number; shift: number; n: number; subject: Id; account: Id; room: string }
export interface WeekGroup {
  id: Id; name: string; kind: number; grade: number; shift: number; days: number; classes: Id[]; subject: Id | null
  teaching: { subject: Id; account: Id; from: Day; to: Day; hours: number }[]; slots: WeekSlot[]; from: Day | null; next: Day | null
}
export interface Weeks { day: Day; size: number; bells: { shift: number; n: number; start: number; end: number }[]; groups: WeekGroup[] }

export interface ChangedLesson {
  seq: Seq; change: number; day: Day; shift: number; n: number; group: Id; group_name: string; subject: Id; subject_name: string
  teacher: Id; teacher_name: string; account: Id | null; account_name: string; newday: Day; newn: number; reason: string
  author: Id | null; author_name: string; recorded: Ms; given: boolean
}
export interface StaffMember { account: Id; account_name: string; stratum: number; subjects: Id[] }

export interface Work {
  seq: Seq; group: Id; group_name: string; classes: Id[]; subject: Id; subject_name: string; day: Day; shift: number; n: number; work: number; monitoring: boolean
  fallen: number | null; given: boolean; author: Id | null; author_name: string; recorded: Ms
}
export interface WorkWarning { class: Id; class_name: string; day: Day; week: boolean; count: number; limit: number }
export interface Works { from: Day; to: Day; size: number; per_day: number; per_week: number; works: Work[]; warnings: WorkWarning[] }
export interface WorkCheck { class: Id; class_name: string; on_day: number; per_day: number; over_day: boolean; in_week: number; per_week: number; over_week: boolean }

export interface GroupRef { id: Id; name: string; kind: number; grade: number; shift: number; days: number; classes: Id[]; subject: Id | null; subject_name: string; pupil_count: number }
export interface SubjectRef { id: Id; name: string; marked: boolean }
export interface Groups { groups: GroupRef[]; subjects: SubjectRef[] }

export interface PlanTopic { number: number; text: string; work: number; day: Day | null }
export interface PlanLesson {
  id: Id; day: Day; shift: number; n: number; assigned: Id; assigned_name: string; actual: Id; actual_name: string; writable: boolean
  topic: string; number: number; work: number; topic_seq: Seq | null; homework: string | null; homework_due: Day | null; manner: number; homework_late_min: number
  recorded: Ms; late: boolean; topic_recorded: Ms
}
/** To come, or not recorded; `given` false: cancelled or moved away. */
export interface OpenLesson { day: Day; shift: number; n: number; given: boolean; actual: Id; actual_name: string }
export interface Plan { group: Id; group_name: string; subject: Id; subject_name: string; grade: number; may_set: boolean; from: Day; to: Day; today: Day; due: number; size: number; topics: PlanTopic[]; lessons: PlanLesson[]; open: OpenLesson[] }
export interface ProgrammeRow { group: Id; group_name: string; grade: number; subject: Id; subject_name: string; account: Id | null; account_name: string; planned: number; due: number; fallen: number; held: number; taught: number; lag: number }

export interface Setting { name: string; value: number; min: number; max: number; otherwise: number; history: { seq: Seq; value: number; author: Id | null; author_name: string; recorded: Ms }[] }

export interface CalendarRow { kind: number; name: string; from: Day; to: Day; grade_from: number; grade_to: number }
export interface BellRow { n: number; start: number; end: number }
export interface Year { today: Day; years: { year: string; seq: Seq; rows: CalendarRow[] }[]; bells: { shift: number; from: Day; seq: Seq; bells: BellRow[] }[] }

export interface MovementClass { id: Id; name: string; grade: number; start: number; arrived: number; moved_in: number; left: number; moved_out: number; end: number }
/** Sort: 0 admitted, 1 left, 2 moved. */
export interface MovementEvent {
  seq: Seq; sort: number; day: Day; pupil: Id; pupil_name: string; from_class: Id | null; from_class_name: string; to_class: Id | null; to_class_name: string
  order: string; whither: string; author: Id | null; author_name: string; recorded: Ms
}
export interface Movement { from: Day; to: Day; size: number; events: MovementEvent[]; classes: MovementClass[] }
export interface RosterPupil { id: Id; name: string; from: Day; to: Day | null; groups: { id: Id; name: string; kind: number; subject: Id | null; from: Day }[] }

export interface GroupMember { pupil: Id; name: string; class_name: string; from: Day; to: Day | null }
export interface Teaching { assignment: Hex; account: Id; account_name: string; subject: Id; subject_name: string; from: Day; to: Day; hours: number }
export interface GroupChange { from: Day; seq: Seq; name: string; grade: number; shift: number; days: number; subject: Id | null; subject_name: string; author: Id | null; author_name: string; recorded: Ms }
export interface GroupDetail { group: GroupRef; changes: GroupChange[]; members: GroupMember[]; teaching: Teaching[] }
export interface GroupsCheck { class: Id; class_name: string; subject: Id; subject_name: string; groups: number; none: { id: Id; name: string }[]; twice: { id: Id; name: string }[] }

export const officeApi = {
  group: (group: Id) => get<GroupDetail>('/api/group', { group }),
  groupsCheck: () => get<{ rows: GroupsCheck[] }>('/api/groups/check').then((a) => a.rows),
  movement: (from: Day, to: Day) => get<Movement>('/api/movement', { from, to }),
  movementTable: (from: Day, to: Day): string => address('/api/table/movement', { from, to }),
  roster: (group: Id) => get<{ group: Id; name: string; pupils: RosterPupil[] }>('/api/roster', { group }),
  year: () => get<Year>('/api/year'),
  settings: () => get<{ settings: Setting[] }>('/api/settings').then((a) => a.settings),
  plan: (group: Id, subject: Id) => get<Plan>('/api/plan', { group, subject }),
  programme: (day: Day) => get<{ day: Day; rows: ProgrammeRow[] }>('/api/programme', { day }),
  programmeTable: (day: Day): string => address('/api/table/programme', { day }),
  groups: () => get<Groups>('/api/groups'),
  works: (from: Day, to: Day, group?: Id) => get<Works>('/api/works', { from, to, group }),
  worksTable: (from: Day, to: Day): string => address('/api/table/works', { from, to }),
  worksCheck: (group: Id, day: Day, shift: number, n: number) => get<{ classes: WorkCheck[] }>('/api/works/check', { group, day, shift, n }).then((a) => a.classes),
  schedule: (from: Day, to: Day, of: { group?: Id; account?: Id } = {}) => get<Schedule>('/api/schedule', { from, to, ...of }),
  weeks: (day: Day) => get<Weeks>('/api/weeks', { day }),
  changes: (from: Day, to: Day) => get<{ changes: ChangedLesson[] }>('/api/changes', { from, to }).then((a) => a.changes),
  changesTable: (from: Day, to: Day): string => address('/api/table/changes', { from, to }),
  staff: () => get<{ staff: StaffMember[] }>('/api/staff').then((a) => a.staff),
}
