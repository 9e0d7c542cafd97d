// Changing a page without fetching it whole: own accepted edits, and single days fetched again.
import type { Day, Id, JournalPage, PageAbsence, PageDebt, PageLesson, PageMark, PagePupil, PageSlot, Seq } from '../api/types'
import type { Edit } from './edits'
import { Flag } from '../api/types'

function putMark(page: JournalPage, edit: Edit & { what: 'mark' }, seq: Seq): JournalPage {
  const lesson = page.lessons.findIndex((l) => l.id === edit.lesson)
  const pupil = page.pupils.findIndex((p) => p.id === edit.pupil)
  if (lesson < 0 || pupil < 0) return page
  const is = (m: PageMark): boolean => m[0] === lesson && m[1] === pupil && m[2] === edit.column
  const old = page.marks.find(is)
  const flags = (old === undefined ? 0 : old[7] | Flag.Changed) | (edit.comment === null ? 0 : Flag.Comment) | (edit.protocol === null ? 0 : Flag.Protocol)
  const mark: PageMark = [lesson, pupil, edit.column, [...edit.values], edit.work, edit.weight, seq, flags]
  const lessons = page.lessons.map((l, i) => (i !== lesson || l.columns.some((c) => c.column === edit.column)
    ? l
    : { ...l, columns: [...l.columns, { column: edit.column, work: edit.work, weight: edit.weight }] }))
  return { ...page, lessons, marks: [...page.marks.filter((m) => !is(m)), mark] }
}

function putAbsence(page: JournalPage, edit: Edit & { what: 'absence' }, seq: Seq): JournalPage {
  const lesson = page.lessons.findIndex((l) => l.id === edit.lesson)
  const pupil = page.pupils.findIndex((p) => p.id === edit.pupil)
  if (lesson < 0 || pupil < 0) return page
  const is = (a: PageAbsence): boolean => a[0] === lesson && a[1] === pupil
  const old = page.absences.find(is)
  const absence: PageAbsence = [lesson, pupil, edit.state, edit.reason, seq, old === undefined ? 0 : old[5] | Flag.Changed]
  return { ...page, absences: [...page.absences.filter((a) => !is(a)), absence] }
}

/** The page after the lesson of a slot was opened as `id` by `name`. */
export function openSlot(page: JournalPage, slot: PageSlot, id: Id, name: string): JournalPage {
  const lesson: PageLesson = {
    id, day: slot.day, shift: slot.shift, n: slot.n, start: slot.start, end: slot.end, assigned_name: name, actual_name: name, substituted: slot.assigned !== slot.actual, writable: true,
    topic: null, number: null, work: null, topic_seq: null, topic_flags: 0, homework: null, homework_due: null, homework_seq: null, homework_flags: 0, sheet: false, sheet_seq: null, columns: [],
  }
  const slots = page.slots.filter((s) => s !== slot && !(s.day === slot.day && s.shift === slot.shift && s.n === slot.n))
  // An addition in the middle shifts the indexes of what stands behind it.
  return mergeDays({ ...page, slots }, { ...page, slots, lessons: [...page.lessons.filter((l) => l.day === slot.day), lesson], ...onDay(page, slot.day) }, slot.day, slot.day, () => undefined)
}

/** The marks and absences of one day, with indexes into that day's lessons. */
function onDay(page: JournalPage, day: Day): Pick<JournalPage, 'marks' | 'absences' | 'debts' | 'files'> {
  const lessons = page.lessons.filter((l) => l.day === day)
  const at = (lesson: number): number => lessons.indexOf(page.lessons[lesson]!)
  return {
    marks: page.marks.filter((m) => at(m[0]) >= 0).map((m): PageMark => [at(m[0]), m[1], m[2], m[3], m[4], m[5], m[6], m[7]]),
    absences: page.absences.filter((a) => at(a[0]) >= 0).map((a): PageAbsence => a[6] !== undefined ? [at(a[0]), a[1], a[2], a[3], a[4], a[5], a[6]] : [at(a[0]), a[1], a[2], a[3], a[4], a[5]]),
    debts: page.debts.filter((d) => at(d[0]) >= 0).map((d): PageDebt => [at(d[0]), d[1], d[2], d[3], d[4], d[5], d[6]]),
    files: page.files.filter((f) => at(f[0]) >= 0).map((f): JournalPage['files'][number] => [at(f[0]), f[1]]),
  }
}

/** The page after the log has accepted an edit at `seq`; flags that only the server knows come with the next refresh. */
export function applyAccepted(page: JournalPage, edit: Edit, seq: Seq): JournalPage {
  const patchLesson = (id: Id, patch: object): JournalPage => ({ ...page, lessons: page.lessons.map((l) => (l.id === id ? { ...l, ...patch } : l)) })
  switch (edit.what) {
    case 'mark': return putMark(page, edit, seq)
    case 'absence': return putAbsence(page, edit, seq)
    case 'sheet': return patchLesson(edit.lesson, { sheet: true, sheet_seq: seq })
    case 'topic': return patchLesson(edit.lesson, { topic: edit.text, number: edit.number, work: edit.work, topic_seq: seq })
    case 'homework': return patchLesson(edit.lesson, { homework: edit.text, homework_due: edit.due, homework_seq: seq })
    case 'period': {
      const pupil = page.pupils.findIndex((p) => p.id === edit.pupil)
      const rest = page.period_marks.filter((p) => !(p[0] === pupil && p[1] === edit.period))
      return pupil < 0 ? page : { ...page, period_marks: [...rest, [pupil, edit.period, edit.value, seq, 0]] }
    }
  }
}

const samePupils = (a: readonly PagePupil[], b: readonly PagePupil[]): boolean =>
  a.length === b.length && a.every((p, i) => p.id === b[i]!.id && p.name === b[i]!.name && p.from === b[i]!.from && p.to === b[i]!.to)

/** Puts the lessons of `from`…`to` out of `fresh` in place of the page's own; `touched` is told whose marks changed. */
export function mergeDays(page: JournalPage, fresh: JournalPage, from: Day, to: Day, touched: (pupil: Id) => void): JournalPage {
  const inRange = (day: Day): boolean => day >= from && day <= to
  const kept = page.lessons.filter((l) => !inRange(l.day))
  const lessons = [...kept, ...fresh.lessons].sort((a, b) => a.day - b.day || a.shift - b.shift || a.n - b.n)
  const lessonAt = new Map(lessons.map((l, i) => [l.id, i]))
  // The same list of pupils keeps its objects, so that unchanged rows are not drawn again.
  const pupils = samePupils(page.pupils, fresh.pupils) || fresh.pupils.length < page.pupils.length ? page.pupils : fresh.pupils
  const pupilAt = new Map(pupils.map((p, i) => [p.id, i]))
  const marks: PageMark[] = []
  const absences: PageAbsence[] = []
  const debts: PageDebt[] = []
  const files: JournalPage['files'] = []
  const place = (source: JournalPage, take: (day: Day) => boolean): void => {
    const ids = (lesson: number, pupil: number): [number, number] | null => {
      const l = source.lessons[lesson]!
      const p = pupilAt.get(source.pupils[pupil]!.id)
      return take(l.day) && p !== undefined ? [lessonAt.get(l.id)!, p] : null
    }
    for (const m of source.marks) {
      const at = ids(m[0], m[1])
      if (at !== null) marks.push([...at, m[2], m[3], m[4], m[5], m[6], m[7]])
    }
    for (const a of source.absences) {
      const at = ids(a[0], a[1])
      if (at !== null) absences.push(a[6] !== undefined ? [...at, a[2], a[3], a[4], a[5], a[6]] : [...at, a[2], a[3], a[4], a[5]])
    }
    for (const [lesson, file] of source.files) {
      const l = source.lessons[lesson]!
      if (take(l.day)) files.push([lessonAt.get(l.id)!, file])
    }
    for (const d of source.debts) {
      const at = ids(d[0], d[1])
      if (at !== null) debts.push([...at, d[2], d[3], d[4], d[5], d[6]])
    }
  }
  place(page, (day) => !inRange(day))
  place(fresh, inRange)
  noteTouched(page, { ...fresh, lessons, pupils, marks }, touched)
  const slots = [...page.slots.filter((s) => !inRange(s.day)), ...fresh.slots.filter((s) => inRange(s.day))]
  const periods = [...page.period_marks]
  for (const p of fresh.period_marks) {
    const pupil = pupilAt.get(fresh.pupils[p[0]]!.id)
    if (pupil === undefined) continue
    const at = periods.findIndex((q) => q[0] === pupil && q[1] === p[1])
    const mark: JournalPage['period_marks'][number] = [pupil, p[1], p[2], p[3], p[4]]
    if (at < 0) periods.push(mark)
    else periods[at] = mark
  }
  return { ...page, size: fresh.size, rule: fresh.rule, pupils, lessons, marks, absences, debts, files, slots, period_marks: periods }
}

/** Names the pupils whose values differ between two pages with the same lessons in mind. */
function noteTouched(before: JournalPage, after: JournalPage, touched: (pupil: Id) => void): void {
  const print = (page: JournalPage): Map<Id, string[]> => {
    const out = new Map<Id, string[]>()
    for (const m of page.marks) {
      const pupil = page.pupils[m[1]]!.id
      const list = out.get(pupil) ?? []
      list.push(`${page.lessons[m[0]]!.id}/${m[2]}=${m[3].join('/')}*${m[5]}`)
      out.set(pupil, list)
    }
    for (const list of out.values()) list.sort()
    return out
  }
  const a = print(before)
  const b = print(after)
  for (const pupil of new Set([...a.keys(), ...b.keys()])) {
    if ((a.get(pupil) ?? []).join() !== (b.get(pupil) ?? []).join()) touched(pupil)
  }
}
