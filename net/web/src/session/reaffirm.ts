// Signing anew what an act struck out (specs/invalidation.md, section 7): same content, the person's
// new key, the old entry's id as a quote, on top of what stands in the cell now.
//
// rows → one event for each old entry (chosen cells of it only) → waves: an event that writes a cell
// of an earlier one waits for its position → answers for each row.
import type { EventAnswer, Id, Repair, RepairLesson, Seq } from '../api/types'
import type { Value } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { type OutDraft, submit, SUBMISSIONS_MAX } from '../state/outbox'

/** One event to be: the rows of one old entry, or a lesson to be opened again. */
export interface Affirmation {
  readonly rows: readonly Repair[]
  /** A lesson that nobody chose as a row, but without which the others have no ground. */
  readonly opens: Repair | null
}

const cellName = (r: Repair): string => `${r.lesson?.id ?? `${r.group}/${r.subject}/${r.period}`}/${r.what}/${r.column}/${r.pupil ?? ''}`

/**
 * The events that affirm these rows, in the order in which they have to be signed: lessons first,
 * then the entries as they had been written. A lesson that is not there is opened with them.
 */
export function plan(rows: readonly Repair[]): Affirmation[] {
  const out: Affirmation[] = []
  const chosen = new Set(rows.filter((r) => r.what === 'lesson').map((r) => r.lesson!.id))
  for (const row of rows) {
    const { lesson } = row
    if (lesson === null || lesson.counts || chosen.has(lesson.id) || lesson.opens_for === null) continue
    chosen.add(lesson.id)
    out.push({ rows: [], opens: row })
  }
  for (const row of rows) if (row.what === 'lesson') out.push({ rows: [row], opens: null })
  const entries = new Map<string, Repair[]>()
  for (const row of [...rows].sort((a, b) => a.seq - b.seq || a.index - b.index)) {
    if (row.what !== 'lesson') entries.set(row.id, [...(entries.get(row.id) ?? []), row])
  }
  for (const list of entries.values()) out.push({ rows: list, opens: null })
  return out
}

/** Positions that are known to stand in cells: those of the view, then those of our own new events. */
export type Known = Map<string, Seq>

const prevOf = (row: Repair, known: Known): Seq | null => known.get(cellName(row)) ?? row.now_seq

function openDraft(row: Repair, lesson: RepairLesson, me: Id): OutDraft {
  return {
    kind: 'lesson.opened',
    body: {
      actual: unhex(me), assigned: unhex(lesson.opens_for ?? me), day: lesson.day, group: unhex(row.group),
      lesson: unhex(lesson.id), n: lesson.n, shift: lesson.shift, subject: unhex(row.subject),
    },
    ...(lesson.opened === null ? {} : { quote: unhex(lesson.opened) }),
  }
}

/** The event for one affirmation; `size` is the log size at which the person looked. */
export function draftOf(one: Affirmation, me: Id, size: number, known: Known): OutDraft {
  if (one.opens !== null) return openDraft(one.opens, one.opens.lesson!, me)
  const first = one.rows[0]!
  const { content, lesson } = first
  const quote = unhex(first.id)
  const sealer = new Sealer()
  const draft = (kind: string, body: { readonly [key: string]: Value }): OutDraft => ({ kind, body, openings: sealer.openings, quote })
  switch (first.what) {
    case 'lesson':
      return openDraft(first, lesson!, me)
    case 'topic':
      return draft('topic.set', { lesson: unhex(lesson!.id), number: content.number ?? null, prev: prevOf(first, known), text: content.text ?? '', work: content.work ?? null })
    case 'homework':
      return draft('homework.set', { due: content.due ?? null, lesson: unhex(lesson!.id), manner: content.manner ?? null, prev: prevOf(first, known), text: content.text ?? '' })
    case 'mark':
      return draft('marks.set', {
        cells: one.rows.map((r, i): Value => [unhex(r.pupil!), [...(r.content.values ?? [])], sealer.sealMaybe(`cells.${i}.2`, r.content.comment ?? null), prevOf(r, known)]),
        column: first.column, lesson: unhex(lesson!.id), protocol: content.protocol == null ? null : [...content.protocol], weight: content.weight ?? 1, work: content.work ?? 1,
      })
    case 'debt':
      return draft('debt.set', {
        cells: one.rows.map((r): Value => [unhex(r.pupil!), r.content.until ?? null, prevOf(r, known)]),
        column: first.column, lesson: unhex(lesson!.id), work: content.work ?? 1,
      })
    case 'file':
      throw new Error('files are attached again by hand')
    case 'attendance':
    case 'sheet':
      return draft('attendance.set', {
        all: one.rows.some((r) => r.what === 'sheet'),
        cells: one.rows.filter((r) => r.what === 'attendance').map((r, i): Value => [unhex(r.pupil!), r.content.state ?? 0, sealer.sealMaybe(`cells.${i}.2`, r.content.reason ?? null), prevOf(r, known)]),
        lesson: unhex(lesson!.id),
      })
    case 'period':
      return draft('period.set', {
        cells: one.rows.map((r, i): Value => [unhex(r.pupil!), r.content.value ?? 0, r.content.until ?? null, sealer.sealMaybe(`cells.${i}.3`, r.content.reason ?? null), prevOf(r, known)]),
        group: unhex(first.group), period: first.period, subject: unhex(first.subject), upto: size,
      })
  }
}

/** The next events that do not write a cell of one another, so that each knows its `prev`. */
export function nextWave(waiting: readonly Affirmation[]): Affirmation[] {
  const cells = new Set<string>()
  const wave: Affirmation[] = []
  for (const one of waiting) {
    const names = one.rows.map(cellName)
    if (wave.length === SUBMISSIONS_MAX || names.some((n) => cells.has(n))) break
    for (const name of names) cells.add(name)
    wave.push(one)
  }
  return wave
}

export interface Affirmed { readonly done: Repair[]; readonly refused: { readonly row: Repair; readonly answer: EventAnswer }[] }

/** Signs and sends; what was refused is told row by row, and nothing is repeated by itself. */
export async function affirm(rows: readonly Repair[], me: Id, size: number, onProgress: (done: number, total: number) => void = () => undefined): Promise<Affirmed> {
  const known: Known = new Map()
  const out: Affirmed = { done: [], refused: [] }
  let waiting = plan(rows)
  const total = waiting.length
  while (waiting.length > 0) {
    const wave = nextWave(waiting)
    waiting = waiting.slice(wave.length)
    const answers = await submit(wave.map((one) => draftOf(one, me, size, known)))
    wave.forEach((one, i) => {
      const answer = answers[i]!
      if (answer.code !== 0) out.refused.push(...(one.opens === null ? one.rows : [one.opens]).map((row) => ({ row, answer })))
      else {
        for (const row of one.rows) known.set(cellName(row), answer.seq!)
        out.done.push(...one.rows)
      }
    })
    onProgress(total - waiting.length, total)
  }
  return out
}
