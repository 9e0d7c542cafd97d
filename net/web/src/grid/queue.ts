// The queue of one journal page: edits go out in order, as few events as they fit into.
//
// take a batch → (open the lesson, if its column was only a slot) → sign and post → confirmed: the
// page is told. Refused as stale: the cell is looked up again; the same value there is no conflict,
// an untouched neighbour goes out again, and a real conflict waits for the person. Refused for
// another reason: a batch is tried cell by cell, so that only the faulty edit is turned away.
import { signal } from '@preact/signals'
import { api, ApiError } from '../api/client'
import type { EventAnswer, Id, PageSlot, Seq, Version } from '../api/types'
import { unhex } from '../ledger/hash'
import { type OutDraft, submit } from '../state/outbox'
import { draftOf, type Edit, type PageNames, sameAsVersion, takeBatch } from './edits'

export interface Refused { readonly edit: Edit; readonly answer: EventAnswer | ApiError | Error }

/** What the queue needs of its page. */
export interface QueuePage {
  readonly names: PageNames
  /** The slot behind a lesson that is not in the log yet, or null. */
  slotOf(lesson: Id): PageSlot | null
  sheetDone(lesson: Id): boolean
  /** What the person had seen in the cell before the edit, for comparing with what is there now. */
  accepted(edit: Edit, seq: Seq): void
  opened(lesson: Id): void
  /** The edit is over, one way or another; its cell shows the log again. */
  settled(edit: Edit): void
  /** Something came, went or changed. */
  changed(): void
}

export class EditQueue {
  /** Changes whenever an edit comes, goes or changes its status. */
  readonly version = signal(0)
  readonly overlay = new Map<string, Edit>()
  readonly refused = signal<readonly Refused[]>([])
  private waiting: Edit[] = []
  private running = false

  constructor(private readonly page: QueuePage) {}

  get pendingCount(): number {
    return [...this.overlay.values()].filter((e) => e.status !== 'conflict').length
  }

  conflicts(): Edit[] {
    return [...this.overlay.values()].filter((e) => e.status === 'conflict')
  }

  /** Queues an edit; one that waits for the same cell is replaced, and its unsent value never goes out. */
  add(edit: Edit): void {
    const old = this.waiting.findIndex((e) => e.key === edit.key)
    if (old >= 0) {
      edit.prev = this.waiting[old]!.prev
      this.waiting[old] = edit
    } else {
      this.waiting.push(edit)
    }
    this.overlay.set(edit.key, edit)
    this.changed()
    // The pause lets keys that were typed in one breath share one signature.
    setTimeout(() => void this.pump(), 120)
  }

  /** Takes an edit back that was not sent yet; false when it is too late for that. */
  cancel(key: string): boolean {
    const at = this.waiting.findIndex((e) => e.key === key)
    if (at < 0) return false
    this.waiting.splice(at, 1)
    this.drop(key)
    return true
  }

  /** The person keeps her own value over what the log has now. */
  keepMine(key: string): void {
    const edit = this.overlay.get(key)
    if (edit?.status !== 'conflict') return
    edit.status = 'queued'
    edit.prev = edit.theirs?.seq ?? null
    edit.solo = true
    this.waiting.push(edit)
    this.changed()
    void this.pump()
  }

  takeTheirs(key: string): void {
    const edit = this.overlay.get(key)
    if (edit?.status !== 'conflict') return
    this.drop(key)
    this.page.settled(edit)
  }

  dismiss(): void {
    this.refused.value = []
    this.changed()
  }

  /** Something waits, or a person has not yet seen what became of it. */
  get isUnsettled(): boolean {
    return this.overlay.size > 0 || this.refused.value.length > 0
  }

  private changed(): void {
    this.version.value += 1
    this.page.changed()
  }

  private drop(key: string): void {
    this.overlay.delete(key)
    this.changed()
  }

  private async pump(): Promise<void> {
    if (this.running) return
    this.running = true
    try {
      while (this.waiting.length > 0) await this.sendBatch()
    } finally {
      this.running = false
    }
  }

  private async sendBatch(): Promise<void> {
    const batch = takeBatch(this.waiting)
    this.waiting.splice(0, batch.length)
    for (const edit of batch) edit.status = 'sent'
    const lesson = 'lesson' in batch[0]! ? batch[0].lesson : null
    const slot = lesson === null ? null : this.page.slotOf(lesson)
    const drafts: OutDraft[] = slot === null ? [] : [openDraft(lesson!, slot, this.page.names)]
    drafts.push(draftOf(batch, this.page.names, lesson !== null && this.page.sheetDone(lesson)))
    let answers: EventAnswer[]
    try {
      answers = await submit(drafts)
    } catch (error) {
      this.turnAway(batch, error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (slot !== null) {
      const opening = answers[0]!
      if (opening.code !== 0) return this.turnAway(batch, opening)
      this.page.opened(lesson!)
    }
    await this.answered(batch, answers.at(-1)!)
  }

  private async answered(batch: readonly Edit[], answer: EventAnswer): Promise<void> {
    if (answer.code === 0) {
      for (const edit of batch) this.confirm(edit, answer.seq!)
    } else if (answer.error === 'stale') {
      for (const edit of batch) await this.lookAgain(edit, answer)
    } else if (batch.length > 1) {
      for (const edit of batch) this.requeue({ ...edit, solo: true })
    } else {
      this.turnAway(batch, answer)
    }
  }

  private confirm(edit: Edit, seq: Seq): void {
    this.page.accepted(edit, seq)
    for (const later of this.waiting) if (later.key === edit.key) later.prev = seq
    if (this.overlay.get(edit.key) === edit) this.drop(edit.key)
    this.page.settled(edit)
  }

  private requeue(edit: Edit): void {
    // A newer edit of the same cell makes this one pointless.
    if (this.waiting.some((e) => e.key === edit.key)) return
    edit.status = 'queued'
    this.overlay.set(edit.key, edit)
    this.waiting.push(edit)
    this.changed()
  }

  private turnAway(batch: readonly Edit[], answer: EventAnswer | Error): void {
    for (const edit of batch) {
      if (this.overlay.get(edit.key) === edit) this.overlay.delete(edit.key)
      this.page.settled(edit)
    }
    this.refused.value = [...this.refused.value, ...batch.map((edit) => ({ edit, answer }))]
    this.changed()
  }

  /** The log has moved on under this edit, or under a neighbour in the same event. */
  private async lookAgain(edit: Edit, answer: EventAnswer): Promise<void> {
    let current: Version | null
    try {
      current = await currentVersion(edit, this.page.names)
    } catch {
      return this.turnAway([edit], answer)
    }
    const seq = current?.seq ?? null
    if (seq === edit.prev) {
      // Alone and still called stale: the server and we disagree, so a person has to look.
      if (edit.solo === true) return this.turnAway([edit], answer)
      return this.requeue({ ...edit, solo: true })
    }
    if (sameAsVersion(edit, current)) return this.confirm(edit, seq ?? 0)
    edit.status = 'conflict'
    edit.theirs = current
    this.overlay.set(edit.key, edit)
    this.changed()
  }
}

function openDraft(lesson: Id, slot: PageSlot, names: PageNames): OutDraft {
  return {
    kind: 'lesson.opened',
    body: {
      actual: unhex(slot.actual), assigned: unhex(slot.assigned), day: slot.day, group: unhex(names.group),
      lesson: unhex(lesson), n: slot.n, shift: slot.shift, subject: unhex(names.subject),
    },
  }
}

async function currentVersion(edit: Edit, names: PageNames): Promise<Version | null> {
  return (await api.cell(cellQuery(edit, names))).find((v) => v.counts) ?? null
}

export function cellQuery(edit: Edit, names: PageNames): Parameters<typeof api.cell>[0] {
  switch (edit.what) {
    case 'mark': return { lesson: edit.lesson, pupil: edit.pupil, column: edit.column }
    case 'absence': return { lesson: edit.lesson, pupil: edit.pupil }
    case 'period': return { group: names.group, subject: names.subject, period: edit.period, pupil: edit.pupil }
    case 'sheet': return { lesson: edit.lesson, what: 'sheet' }
    default: return { lesson: edit.lesson, what: edit.what }
  }
}
