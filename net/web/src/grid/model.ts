// The sheet: a journal page as the grid shows it. Pure data out of pure data: the server's page,
// the edits that it has not confirmed yet, and columns that only this browser knows so far.
import type { Day, Id, JournalPage, LessonColumn, PageAbsence, PageDebt, PageLesson, PageMark, PagePupil, PageSlot, Seq } from '../api/types'
import { markOfSums, type MeanRule, meanOfSums, type Sums, sumsOf } from '../control/means'
import type { Edit } from './edits'

/** What stands in the place of a reason that was erased (projections/views/common.c): it is no reason to be written again. */
export const ERASED = 'данные удалены'

export interface CellView {
  readonly values: readonly number[]
  readonly work: number
  readonly weight: number
  readonly markSeq: Seq | null
  readonly markFlags: number
  /** Attendance stands in the first column of a lesson; null: nothing recorded. */
  readonly state: number | null
  readonly reason: string | null
  /** What the family says of the absence; it does not hold. */
  readonly said: string | null
  readonly absenceSeq: Seq | null
  readonly absenceFlags: number
  /** A debt point: until when the mark can still be earned; null when there is none, or a mark stands there. */
  readonly debtUntil: Day | null
  /** What stands in the point's place, for the next one. */
  readonly debtSeq: Seq | null
  readonly wait: '' | 'queued' | 'conflict'
  /** The pupil belonged to the group on that day. */
  readonly inside: boolean
}

export interface GridColumn {
  readonly key: string
  readonly kind: 'mark' | 'slot' | 'period'
  readonly lessonId: Id
  readonly lesson: PageLesson | null
  readonly slot: PageSlot | null
  readonly column: number
  readonly work: number
  readonly weight: number
  readonly day: Day
  readonly n: number
  readonly first: boolean
  readonly writable: boolean
}

export interface GridRow {
  readonly index: number
  readonly pupil: PagePupil
  readonly cells: readonly CellView[]
  /** Mean × 100 by the school's rule, and the mark that follows from it; null when there is no mark. */
  readonly mean: number | null
  readonly forecast: number | null
  readonly print: string
}

export interface Sheet {
  readonly columns: readonly GridColumn[]
  readonly rows: readonly GridRow[]
}

/** What only this browser knows: ids for lessons that are not opened, columns without marks. */
export interface LocalColumns {
  readonly slotId: (slot: PageSlot) => Id
  readonly extra: ReadonlyMap<Id, readonly LessonColumn[]>
  readonly chosen: ReadonlyMap<string, { work: number; weight: number }>
}

/** A proposal for each kind of work; the school's local act decides, so the panel lets it be changed. */
export const PROPOSED_WEIGHT: Readonly<Record<number, number>> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 3, 6: 3, 7: 2, 8: 2, 9: 2, 10: 2, 11: 3, 12: 3, 13: 2, 14: 1,
}
export const proposedWeight = (work: number): number => PROPOSED_WEIGHT[work] ?? 1

export const markKey = (lesson: Id, column: number, pupil: Id): string => `m/${lesson}/${column}/${pupil}`
export const absenceKey = (lesson: Id, pupil: Id): string => `a/${lesson}/${pupil}`
export const periodKey = (period: string, pupil: Id): string => `p/${period}/${pupil}`

export interface PageIndex {
  readonly marks: ReadonlyMap<string, PageMark>
  readonly absences: ReadonlyMap<string, PageAbsence>
  readonly debts: ReadonlyMap<string, PageDebt>
  readonly periods: ReadonlyMap<string, { value: number; seq: Seq; flags: number }>
  readonly means: ReadonlyMap<Id, { mean: number; forecast: number }>
}

export function indexPage(page: JournalPage): PageIndex {
  const marks = new Map<string, PageMark>()
  const absences = new Map<string, PageAbsence>()
  const debts = new Map<string, PageDebt>()
  const periods = new Map<string, { value: number; seq: Seq; flags: number }>()
  const means = new Map<Id, { mean: number; forecast: number }>()
  for (const mark of page.marks) marks.set(markKey(page.lessons[mark[0]]!.id, mark[2], page.pupils[mark[1]]!.id), mark)
  for (const absence of page.absences) absences.set(absenceKey(page.lessons[absence[0]]!.id, page.pupils[absence[1]]!.id), absence)
  for (const debt of page.debts) debts.set(markKey(page.lessons[debt[0]]!.id, debt[2], page.pupils[debt[1]]!.id), debt)
  for (const [pupil, name, value, seq, flags] of page.period_marks) periods.set(periodKey(name, page.pupils[pupil]!.id), { value, seq, flags })
  for (const [pupil, mean, , forecast] of page.averages) means.set(page.pupils[pupil]!.id, { mean, forecast })
  return { marks, absences, debts, periods, means }
}

/** The columns that marks stand in, by lesson: one with marks by protocol alone is not listed by the lesson. */
function markedColumns(page: JournalPage): Map<number, LessonColumn[]> {
  const out = new Map<number, LessonColumn[]>()
  for (const [lesson, , column, values, work, weight] of page.marks) {
    const list = out.get(lesson) ?? []
    if (values.length > 0 && !list.some((c) => c.column === column)) out.set(lesson, [...list, { column, work, weight }])
  }
  for (const [lesson, , column, until, work] of page.debts) {
    const list = out.get(lesson) ?? []
    if (until !== null && !list.some((c) => c.column === column)) out.set(lesson, [...list, { column, work, weight: proposedWeight(work) }])
  }
  return out
}

function lessonColumns(lesson: PageLesson, local: LocalColumns, marked: readonly LessonColumn[]): LessonColumn[] {
  const all = [...lesson.columns, ...marked, ...(local.extra.get(lesson.id) ?? [])]
  const byNumber = new Map<number, LessonColumn>()
  for (const column of all) if (!byNumber.has(column.column)) byNumber.set(column.column, column)
  if (!byNumber.has(0)) {
    const work = lesson.work ?? 1
    byNumber.set(0, { column: 0, work, weight: proposedWeight(work) })
  }
  return [...byNumber.values()]
    .map((c) => ({ ...c, ...local.chosen.get(`${lesson.id}/${c.column}`) }))
    .sort((a, b) => a.column - b.column)
}

export function buildColumns(page: JournalPage, period: string | null, periodWritable: boolean, local: LocalColumns): GridColumn[] {
  const out: GridColumn[] = []
  const opened = new Set(page.lessons.map((l) => l.id))
  const marked = markedColumns(page)
  page.lessons.forEach((lesson, index) => {
    lessonColumns(lesson, local, marked.get(index) ?? []).forEach((c, i) => out.push({
      key: `${lesson.id}/${c.column}`, kind: 'mark', lessonId: lesson.id, lesson, slot: null, column: c.column, work: c.work, weight: c.weight,
      day: lesson.day, n: lesson.n, first: i === 0, writable: lesson.writable,
    }))
  })
  for (const slot of page.slots) {
    const id = local.slotId(slot)
    if (opened.has(id)) continue
    const chosen = local.chosen.get(`${id}/0`)
    out.push({
      key: `${id}/0`, kind: 'slot', lessonId: id, lesson: null, slot, column: 0, work: chosen?.work ?? 1, weight: chosen?.weight ?? 1,
      day: slot.day, n: slot.n, first: true, writable: true,
    })
  }
  out.sort((a, b) => a.day - b.day || shiftOf(a) - shiftOf(b) || a.n - b.n || a.lessonId.localeCompare(b.lessonId) || a.column - b.column)
  if (period !== null) {
    out.push({
      key: 'period', kind: 'period', lessonId: '', lesson: null, slot: null, column: 0, work: 0, weight: 0,
      day: page.to, n: 0, first: false, writable: periodWritable,
    })
  }
  return out
}

const shiftOf = (c: GridColumn): number => c.lesson?.shift ?? c.slot?.shift ?? 1

export const isInside = (pupil: PagePupil, day: Day): boolean => pupil.from <= day && (pupil.to === null || day <= pupil.to)

type Overlay = ReadonlyMap<string, Edit>

function waitOf(...edits: (Edit | undefined)[]): '' | 'queued' | 'conflict' {
  if (edits.some((e) => e?.status === 'conflict')) return 'conflict'
  return edits.some((e) => e !== undefined) ? 'queued' : ''
}

function markCell(column: GridColumn, pupil: PagePupil, index: PageIndex, overlay: Overlay): CellView {
  const key = markKey(column.lessonId, column.column, pupil.id)
  const mark = index.marks.get(key)
  const edit = overlay.get(key)
  const mine = edit?.what === 'mark' ? edit : undefined
  const absenceK = absenceKey(column.lessonId, pupil.id)
  const absence = column.first ? index.absences.get(absenceK) : undefined
  const absenceEdit = column.first ? overlay.get(absenceK) : undefined
  const mineAbsence = absenceEdit?.what === 'absence' ? absenceEdit : undefined
  const debt = index.debts.get(key)
  const values = mine?.values ?? mark?.[3] ?? []
  return {
    values,
    work: mine?.work ?? (mark?.[4] || column.work),
    weight: mine?.weight ?? (mark?.[5] || column.weight),
    markSeq: mark?.[6] ?? null,
    markFlags: mark?.[7] ?? 0,
    state: mineAbsence?.state ?? absence?.[2] ?? null,
    reason: mineAbsence !== undefined ? mineAbsence.reason : absence?.[3] ?? null,
    said: absence?.[6] ?? null,
    absenceSeq: absence?.[4] ?? null,
    absenceFlags: absence?.[5] ?? 0,
    debtUntil: values.length > 0 ? null : debt?.[3] ?? null,
    debtSeq: debt?.[5] ?? null,
    wait: waitOf(mine, mineAbsence),
    inside: isInside(pupil, column.day),
  }
}

function periodCell(period: string, pupil: PagePupil, index: PageIndex, overlay: Overlay): CellView {
  const key = periodKey(period, pupil.id)
  const stored = index.periods.get(key)
  const edit = overlay.get(key)
  const mine = edit?.what === 'period' ? edit : undefined
  const value = mine?.value ?? stored?.value
  return {
    values: value === undefined ? [] : [value], work: 0, weight: 0, markSeq: stored?.seq ?? null, markFlags: stored?.flags ?? 0,
    state: null, reason: null, said: null, absenceSeq: null, absenceFlags: 0, debtUntil: null, debtSeq: null, wait: waitOf(mine), inside: true,
  }
}

/** The sums over the cells of the row, by the school's rule. */
export const rowSums = (cells: readonly CellView[], columns: readonly GridColumn[], rule: MeanRule): Sums =>
  sumsOf(cells.flatMap((cell, i) => (columns[i]!.kind === 'period' ? [] : cell.values.map((value) => ({ value, weight: cell.weight })))), rule)

function printCell(c: CellView): string {
  return `${c.values.join('/')},${c.work},${c.weight},${c.markSeq},${c.markFlags},${c.state},${c.reason},${c.absenceFlags},${c.debtUntil},${c.debtSeq},${c.wait},${c.inside}`
}

/** Builds the sheet; rows that look the same as before are the same objects, so they are not drawn again. */
export function buildSheet(page: JournalPage, index: PageIndex, columns: readonly GridColumn[], period: string | null, overlay: Overlay, dirty: ReadonlySet<Id>, before: Sheet | null): Sheet {
  const sameColumns = before?.columns === columns
  const rows = page.pupils.map((pupil, i): GridRow => {
    const cells = columns.map((c) => (c.kind === 'period' ? periodCell(period!, pupil, index, overlay) : markCell(c, pupil, index, overlay)))
    const touched = dirty.has(pupil.id) || cells.some((c) => c.wait !== '')
    const sums = touched ? rowSums(cells, columns, page.rule) : null
    const known = index.means.get(pupil.id)
    const mean = sums === null ? known?.mean ?? null : meanOfSums(sums)
    const forecast = sums === null ? known?.forecast ?? null : markOfSums(sums, page.rule)
    const print = `${cells.map(printCell).join(';')}=${mean}/${forecast}`
    const old = before?.rows[i]
    return sameColumns && old !== undefined && old.pupil === pupil && old.print === print ? old : { index: i, pupil, cells, mean, forecast, print }
  })
  return { columns, rows }
}

/** The mean × 100 of a column, and how many pupils have a mark in it. */
export function columnMean(sheet: Sheet, col: number): { mean: number | null; count: number } {
  let sum = 0
  let n = 0
  let count = 0
  for (const row of sheet.rows) {
    const values = row.cells[col]!.values
    if (values.length > 0) count += 1
    for (const v of values) {
      if (v > 5) continue
      sum += v
      n += 1
    }
  }
  return { mean: n === 0 ? null : Math.round((100 * sum) / n), count }
}
