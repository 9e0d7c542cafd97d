// Answers as the client wants them: where the server writes nothing as 0 or as an empty text, here
// it is null, and what follows from the question is filled in.
import type * as T from './types'

const numberOrNull = (n: number | null | undefined): number | null => (n === null || n === undefined || n === 0 ? null : n)
const textOrNull = (s: string | null | undefined): string | null => (s === null || s === undefined || s === '' ? null : s)

export interface CellQuery {
  readonly lesson?: T.Id; readonly pupil?: T.Id; readonly column?: number; readonly what?: string
  readonly group?: T.Id; readonly subject?: T.Id; readonly period?: string
}

/** The kind of event that writes the cell asked for. */
function kindOf(query: CellQuery): string {
  if (query.period !== undefined) return 'period.set'
  if (query.what === 'topic' || query.what === 'homework') return `${query.what}.set`
  return query.column === undefined ? 'attendance.set' : 'marks.set'
}

export function tidyVersions(query: CellQuery, versions: readonly T.Version[]): T.Version[] {
  return versions.map((v) => ({
    ...v,
    kind: v.kind ?? kindOf(query),
    text: kindOf(query) === 'homework.set' ? v.text : textOrNull(v.text),
    work: numberOrNull(v.work),
    weight: numberOrNull(v.weight),
    protocol: typeof v.protocol === 'string' ? textOrNull(v.protocol) : v.protocol,
    comment: textOrNull(v.comment),
    quote: v.quote ?? null,
  }))
}

/** An auditor's page holds nobody's name: pupils are told apart by their number. */
function tidyPupils(pupils: readonly T.PagePupil[]): T.PagePupil[] {
  return pupils.map((p, i) => (pupils.every((q) => q.name === '—') ? { ...p, name: `№ ${i + 1}` } : p))
}

export function tidyPage(page: T.JournalPage): T.JournalPage {
  return { ...page, pupils: tidyPupils(page.pupils), lessons: page.lessons.map((l) => ({ ...l, number: numberOrNull(l.number), work: numberOrNull(l.work) })) }
}

export function tidyDiary(view: T.DiaryView): T.DiaryView {
  return {
    ...view,
    lessons: view.lessons.map((l) => ({ ...l, topic: textOrNull(l.topic), reason: textOrNull(l.reason), said: textOrNull(l.said), marks: l.marks.map((m) => ({ ...m, comment: textOrNull(m.comment) })) }))
      .sort((a, b) => a.day - b.day || a.n - b.n),
  }
}

export function tidyAccounts(accounts: readonly T.Account[]): T.Account[] {
  return accounts.map((a) => ({ ...a, keys: a.keys.map((k) => ({ ...k, place: textOrNull(k.place), opened: k.opened ?? null })) }))
}

export function tidyPreview(preview: T.Preview): T.Preview {
  return {
    ...preview,
    cells: preview.cells.map((c) => ({ ...c, pupil_name: textOrNull(c.pupil_name), group_name: textOrNull(c.group_name), subject_name: textOrNull(c.subject_name) })),
    events: preview.events.map((e) => ({ ...e, group_name: textOrNull(e.group_name), subject_name: textOrNull(e.subject_name) })),
  }
}

export function tidyReports(reports: readonly T.Report[]): T.Report[] {
  return reports.map((r) => ({ ...r, reason: textOrNull(r.reason) }))
}

export function tidyRepairs(view: T.Repairs): T.Repairs {
  return { ...view, rows: view.rows.map((r) => ({ ...r, pupil_name: textOrNull(r.pupil_name) })) }
}
