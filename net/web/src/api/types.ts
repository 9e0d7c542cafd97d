// The shapes of specs/api.md as the client keeps them: ids, keys and hashes are lower-case hex,
// days are whole days since 1970-01-01, times are milliseconds, positions are numbers.

import type { MeanRule } from '../control/means'

export type Id = string
export type Hex = string
export type Day = number
export type Ms = number
export type Seq = number

export interface School {
  name: string; origin: string; vkey: string; log_id: Hex
  size: number; root: Hex; offset: number; zone: string; demo: boolean
}

export interface LoginAnswer { account: Id; key: Hex; nonce: Hex; wrapped: Hex; counter: number; challenge: Hex }

export const enum Role {
  Head = 1, Deputy = 2, Support = 3, ClassTeacher = 4, Parent = 5, Pupil = 6, Auditor = 7, Corrector = 8, Office = 9,
}

export interface RoleHeld { grant: Hex; from: Day; role: number; scope: Id | null; scope_name: string | null }

export interface Me {
  account: Id; name: string; key: Hex; session: Hex; stratum: number
  roles: RoleHeld[]; now: Ms; today: Day; size: number
  /** When the session's key ends by itself; whether the account teaches anything. */
  expires?: Ms; teaches?: boolean
}

export interface DayLesson {
  group: Id; group_name: string; subject: Id; subject_name: string
  shift: number; n: number; start: number; end: number; room: string
  lesson: Id | null; assigned: Id; assigned_name: string; actual: Id; actual_name: string; change: number | null
  newday?: Day; newn?: number; moved_from?: Day | null
  topic: string | null; next_topic: string | null; next_number: number | null; next_work?: number | null
  homework: string | null; homework_set: boolean; sheet: boolean
  mark_count: number; pupil_count: number; homework_due: Ms | null; marked?: boolean
}
export interface DayView { day: Day; now: Ms; lessons: DayLesson[]; working: boolean }

export interface PageRef { group: Id; group_name: string; kind: number; grade: number; subject: Id; subject_name: string; writable: boolean }
export interface Period { name: string; kind: number; from: Day; to: Day; grade_from: number; grade_to: number }
export interface PagesView { pages: PageRef[]; periods: Period[] }

export const enum Flag { Late = 1, Changed = 2, Voided = 4, Review = 8, Protocol = 16, Comment = 32, Stranded = 64 }

export interface PagePupil { id: Id; name: string; from: Day; to: Day | null }
export interface LessonColumn { column: number; work: number; weight: number }
export interface PageLesson {
  id: Id; day: Day; shift: number; n: number; start: number; end: number
  assigned_name: string; actual_name: string; substituted: boolean; writable: boolean
  topic: string | null; number: number | null; work: number | null; topic_seq: Seq | null; topic_flags: number
  homework: string | null; homework_due: Day | null; homework_seq: Seq | null; homework_flags: number
  sheet: boolean; sheet_seq: Seq | null; columns: LessonColumn[]
}
/** lesson index, pupil index, column, values, work, weight, seq, flags */
export type PageMark = [number, number, number, number[], number, number, Seq | null, number]
/** lesson index, pupil index, state, reason that holds, seq, flags, what the family says */
export type PageAbsence = [number, number, number, string | null, Seq | null, number, (string | null)?]
/** lesson index, pupil index, column, term (null: withdrawn), work, seq, flags: a debt point in a mark's cell */
export type PageDebt = [number, number, number, Day | null, number, Seq | null, number]
/** A file with homework; link null: in the server's store. */
export interface HomeworkFile { digest: Hex; name: string; media: string; size: number; link: string | null }
export interface PageSlot { day: Day; shift: number; n: number; start: number; end: number; room: string; assigned: Id; actual: Id }
export interface JournalPage {
  group: { id: Id; name: string; kind: number; grade: number }
  subject: { id: Id; name: string; marked: boolean }
  from: Day; to: Day; writable: boolean; size: number
  pupils: PagePupil[]; lessons: PageLesson[]; marks: PageMark[]; absences: PageAbsence[]; debts: PageDebt[]
  /** lesson index, file */
  files: [number, HomeworkFile][]
  /** pupil index, mean × 100, count, the mark that follows by the rule */
  averages: [number, number, number, number][]
  rule: MeanRule
  period_marks: [number, string, number, Seq, number][]
  slots: PageSlot[]
}

export interface VoidNote { report: Seq; reason: 'covered' | 'ungrounded'; act?: number }
export interface Version {
  seq: Seq; recorded: Ms; claimed: Ms; account: Id; name: string; key: Hex; session: boolean; kind: string
  value: number | number[] | null; text: string | null; work: number | null; weight: number | null
  protocol: [string, Day] | string | null; comment: string | null; prev: Seq | null; quote: Hex | null
  counts: boolean; void: VoidNote | null; signature_ok: boolean; late: boolean
}

export interface DiaryMark { values: number[]; work: number; weight: number; comment: string | null; seq: Seq | null; flags: number }
export interface DiaryLesson {
  lesson: Id | null; day: Day; subject: Id; substituted: boolean; said: string | null; changed: boolean
  n: number; start: number; end: number; subject_name: string; teacher_name: string
  topic: string | null; homework: string | null; due: Day | null; files: HomeworkFile[]; marks: DiaryMark[]; state: number | null; reason: string | null
}
/** What the reader has said of a week; `changed`: something in it is not as it was seen. */
export interface Acknowledged { form: number; recorded: Ms; upto: number; changed: boolean }
export interface DiaryView { pupil: Id; name: string; size: number; parent: boolean; acknowledged: Acknowledged | null; lessons: DiaryLesson[] }
export interface Child { id: Id; name: string; class_name: string }

export const enum KeyState { Live = 0, Retired = 1, Closed = 2, Expired = 3 }
export interface AccountKey {
  key: Hex; seq: Seq; recorded: Ms; state: number; is_session: boolean
  opened: Ms | null; place: string | null; event_count: number; last: Ms | null
}
export interface Account {
  account: Id; name: string; stratum: number; roles: RoleHeld[]; keys: AccountKey[]
  /** Has a live key; has a slip that is not used up. */
  enrolled: boolean; invited: boolean
}

export interface PreviewCell {
  what: CellWhat
  lesson: Id | null; group: Id | null; subject: Id | null; group_name: string | null; subject_name: string | null
  day: Day | null; n: number | null; pupil: Id | null; pupil_name: string | null; column: number | null
  before: string; after: string; on_top: { seq: Seq; name: string; value: string }[]
}
export interface PreviewEvent {
  seq: Seq; id?: Hex; recorded: Ms; kind: string; group_name: string | null; subject_name: string | null; session: Hex; covered: boolean
}
export interface Preview {
  /** Until when head and support are to be told, when it is learned of now. */
  due: Ms
  target: Hex; account: Id; name: string; is_session: boolean; breach: Ms; cut: Seq; size: number; count: number; digest: Hex
  needs_root: boolean; ungrounded_count: number
  by_kind: { kind: string; count: number }[]; cells: PreviewCell[]; events: PreviewEvent[]
  period_marks_affected: number
  /** Ids of all covered events, in log order: what the digest is over. */
  ids?: Hex[]
}

export interface Receipt { seq: Seq; account: Id; name: string; capacity: number; told: Ms; recorded: Ms; valid: boolean }
export interface Overrule { seq: Seq; account: Id; name: string; by_root: boolean; recorded: Ms }
export interface Report {
  overrules: Overrule[]; stratum: number; enrolled: boolean; invited: boolean
  seq: Seq; id: Hex; recorded: Ms; act: number; target: Hex; account: Id; name: string; is_session: boolean; by_name: string; by_root?: boolean
  breach: Ms; learned: Ms; due: Ms; late: boolean; cut: Seq; count: number; size: number; digest: Hex; reason: string | null
  receipts: Receipt[]; state: 'closed' | 'standing' | 'overruled' | 'fallen'
  needs_root: boolean; void_count: number; ungrounded_count: number
}

export interface Witness { name: string; vkey: string; held: boolean; size: number; time: Ms; ahead: boolean; failure: number }
/** A key that the log had before: what it signed last, and the entry by which root names the next one. */
export interface Handover { vkey: string; checkpoint: string; seq: Seq | null; entry: Hex; path: Hex[] }
export interface Witnesses { needed: number; of: number; held: number; size: number; checkpoint: string; witnesses: Witness[] }
export interface Proof { seq: Seq; size: number; path: Hex[]; checkpoint: string; entry: Hex }
export interface Consistency { old: number; new: number; path: Hex[] }

export interface EventAnswer {
  code: number; seq?: Seq; recorded?: Ms; id?: Hex; known?: boolean
  error?: string; field?: string; ru?: string; en?: string
}

// ---- keys that are closed

export interface KeyFate { state: number; whole: boolean; closed: Ms | null; due: Ms | null; own: boolean }
export interface EmergencyClaim {
  account: Id; target: Hex; state: number; now: Ms; due: Ms; breach: Ms
  cut: Seq; size: number; count: number; digest: Hex; ids: Hex[]
}

// ---- after an act

export type RepairList = 'struck' | 'stranded' | 'review'
export type CellWhat = 'mark' | 'attendance' | 'topic' | 'homework' | 'sheet' | 'lesson' | 'period' | 'debt' | 'file'
export interface RepairLesson { id: Id; day: Day; shift: number; n: number; counts: boolean; opened: Hex | null; opens_for: Id | null }
/** What is to be signed anew; which fields there are follows from `what`. */
export interface RepairContent {
  values?: number[]; work?: number | null; weight?: number; comment?: string | null; protocol?: [string, Day] | null
  state?: number; reason?: string | null; text?: string; number?: number | null; due?: Day | null; manner?: number | null
  value?: number; until?: Day | null
}
export interface Repair {
  list: RepairList; why: '' | 'on_void' | 'inputs'; seq: Seq; id: Hex; recorded: Ms; kind: string; account: Id; name: string; own: boolean
  report: Seq; act: number; what: CellWhat; index: number; lesson: RepairLesson | null
  group: Id; subject: Id; group_name: string; subject_name: string; pupil: Id | null; pupil_name: string | null; column: number; period: string
  before: string; was: string; now: string; now_seq: Seq | null; now_name: string; may_write: boolean; content: RepairContent
}
export interface RepairTally { account: Id; name: string; struck: number; stranded: number; review: number; done: number }
export interface Repairs {
  account: Id; size: number; more: boolean; rows: Repair[]
  others: { seq: Seq; recorded: Ms; kind: string; act: number }[]; accounts: RepairTally[]
}

export type NoticeKind = 'mark' | 'changed' | 'withdrawn' | 'absence' | 'absence_changed' | 'period' | 'period_changed' | 'correction'
export interface Notice {
  seq: Seq; recorded: Ms; kind: NoticeKind; what: CellWhat; subject_name: string; teacher_name: string; lesson: Id | null; day: Day; n: number
  column: number; work: number; period: string; was: string; now: string; report: Seq | null; act: number
}
export interface Notices { pupil: Id; name: string; since: Seq; size: number; more: boolean; notices: Notice[] }

// ---- other moments

/** Content as of log size `at`, with what was known at log size `known`. */
export interface Moment { readonly at: number; readonly known: number }
export interface MomentFound { position: number; recorded: Ms; size: number }
export interface DifferenceCell {
  what: CellWhat; group: Id; subject: Id; group_name: string; subject_name: string; lesson: Id | null; day: Day; n: number; period: string
  pupil: Id | null; pupil_name: string; column: number; before: string; after: string; before_seq: Seq | null; after_seq: Seq | null
  name: string; recorded: Ms; report: Seq | null
}
export interface DifferenceSide { content: number; knowledge: number; recorded: Ms }
export interface Difference { from: DifferenceSide; to: DifferenceSide; more: boolean; cells: DifferenceCell[] }
