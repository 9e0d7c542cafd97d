// Edits: what a person has changed and the server has not yet confirmed. Each carries the position
// of the event that the person saw in the cell when typing, so that nobody's work is overwritten
// unseen; and each becomes a part of one signed event.
import type { Day, Id, Seq, Version } from '../api/types'
import { type Value } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import type { Hold, OutDraft } from '../state/outbox'

interface EditBase {
  readonly key: string
  /** The position seen in the cell; null: the cell was empty. */
  prev: Seq | null
  status: 'queued' | 'sent' | 'conflict'
  /** What the log has instead, when status is conflict. */
  theirs?: Version | null
  /** Sent alone, because a batch with it was refused. */
  solo?: boolean
  /** What keeps it on this computer until it is over. */
  hold?: Hold | undefined
}

export interface MarkEdit extends EditBase {
  readonly what: 'mark'; readonly lesson: Id; readonly pupil: Id; readonly column: number
  readonly values: readonly number[]; readonly work: number; readonly weight: number
  readonly comment: string | null; readonly protocol: readonly [string, Day] | null
}
export interface AbsenceEdit extends EditBase {
  readonly what: 'absence'; readonly lesson: Id; readonly pupil: Id; readonly state: number; readonly reason: string | null
}
export interface SheetEdit extends EditBase { readonly what: 'sheet'; readonly lesson: Id }
export interface TopicEdit extends EditBase {
  readonly what: 'topic'; readonly lesson: Id; readonly text: string; readonly number: number | null; readonly work: number | null
}
export interface HomeworkEdit extends EditBase {
  readonly what: 'homework'; readonly lesson: Id; readonly text: string; readonly due: Day | null; readonly manner: number | null
}
export interface PeriodEdit extends EditBase {
  readonly what: 'period'; readonly pupil: Id; readonly period: string; readonly value: number; readonly until: Day | null; readonly reason: string | null
  readonly upto: number
}
export type Edit = MarkEdit | AbsenceEdit | SheetEdit | TopicEdit | HomeworkEdit | PeriodEdit

export const CELLS_MAX = 64

/** Edits with the same group may travel in one event. */
export function groupOf(edit: Edit): string {
  switch (edit.what) {
    case 'mark':
      return `m/${edit.lesson}/${edit.column}/${edit.work}/${edit.weight}/${edit.protocol?.join(':') ?? ''}`
    case 'absence':
    case 'sheet':
      return `a/${edit.lesson}`
    case 'period':
      return `p/${edit.period}/${edit.upto}`
    default:
      return edit.key
  }
}

/** The edits at the queue's head that fit into one event: same group, no cell twice, in order. */
export function takeBatch(queue: readonly Edit[]): Edit[] {
  const first = queue[0]
  if (first === undefined) return []
  if (first.solo === true) return [first]
  const group = groupOf(first)
  const seen = new Set<string>()
  const out: Edit[] = []
  for (const edit of queue) {
    if (groupOf(edit) !== group || seen.has(edit.key) || edit.solo === true || out.length === CELLS_MAX) break
    seen.add(edit.key)
    out.push(edit)
  }
  return out
}

export interface PageNames { readonly group: Id; readonly subject: Id }

/** The event for one batch. `sheetDone`: the lesson's attendance was complete before. */
export function draftOf(batch: readonly Edit[], names: PageNames, sheetDone: boolean): OutDraft {
  const first = batch[0]!
  const sealer = new Sealer()
  const draft = (kind: string, body: { readonly [key: string]: Value }): OutDraft => ({ kind, body, openings: sealer.openings })
  switch (first.what) {
    case 'mark':
      return draft('marks.set', {
        cells: batch.filter((e) => e.what === 'mark').map((e, i): Value => [unhex(e.pupil), [...e.values], sealer.sealMaybe(`cells.${i}.2`, e.comment), e.prev]),
        column: first.column, lesson: unhex(first.lesson), protocol: first.protocol === null ? null : [...first.protocol], weight: first.weight, work: first.work,
      })
    case 'absence':
    case 'sheet':
      return draft('attendance.set', {
        all: sheetDone || batch.some((e) => e.what === 'sheet'),
        cells: batch.filter((e) => e.what === 'absence').map((e, i): Value => [unhex(e.pupil), e.state, sealer.sealMaybe(`cells.${i}.2`, e.reason), e.prev]),
        lesson: unhex(first.lesson),
      })
    case 'topic':
      return draft('topic.set', { lesson: unhex(first.lesson), number: first.number, prev: first.prev, text: first.text, work: first.work })
    case 'homework':
      return draft('homework.set', { due: first.due, lesson: unhex(first.lesson), manner: first.manner, prev: first.prev, text: first.text })
    case 'period':
      return draft('period.set', {
        cells: batch.filter((e) => e.what === 'period').map((e, i): Value => [unhex(e.pupil), e.value, e.until, sealer.sealMaybe(`cells.${i}.3`, e.reason), e.prev]),
        group: unhex(names.group), period: first.period, subject: unhex(names.subject), upto: first.upto,
      })
  }
}

/** The same edit of the same cell in another lesson, where nothing of it was seen. */
export function movedTo(edit: Edit, lesson: Id): Edit {
  if (!('lesson' in edit)) return edit
  return { ...edit, lesson, key: edit.key.replace(edit.lesson, lesson), prev: null, solo: true }
}

/** True when what the log holds is what this edit wanted. */
export function sameAsVersion(edit: Edit, version: Version | null): boolean {
  if (version === null) return edit.what === 'mark' && edit.values.length === 0
  switch (edit.what) {
    case 'mark':
      return Array.isArray(version.value) && version.value.join('/') === edit.values.join('/') && version.comment === edit.comment
    case 'absence':
      return version.value === edit.state && version.text === edit.reason
    case 'topic':
    case 'homework':
      return version.text === edit.text
    case 'period':
      return version.value === edit.value
    case 'sheet':
      return true
  }
}
