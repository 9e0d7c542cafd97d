// The queue of one journal page: edits are signed at once and go out in order, as few events as they
// fit into.
//
// take a batch → (open the lesson, if its column was only a slot) → sign, keep, post → confirmed: the
// page is told. Refused as stale: the cell is looked up again; the same value there is no conflict,
// an untouched neighbour goes out again, and a real conflict waits for the person. The lesson was
// opened by another hand meanwhile: the edits move to that lesson. Refused for another reason: a batch
// is tried cell by cell, so that only the faulty edit is turned away. An edit of a cell whose earlier
// edit is on its way waits for that answer, unsigned: it stands upon a position that is not known yet.
// Each edit holds its row on the disk until it is over or a newer row has taken its place.
import { signal } from '@preact/signals'
import { api, ApiError } from '../api/client'
import type { EventAnswer, Id, PageSlot, Seq, Version } from '../api/types'
import { unhex } from '../ledger/hash'
import { type Hold, keepUnsigned, type OutDraft, post, type Restored, type Ticket } from '../state/outbox'
import { draftOf, type Edit, movedTo, type PageNames, sameAsVersion, takeBatch } from './edits'

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
  /** Another hand has opened that slot's lesson: its id, after the page was fetched again; null: there is none. */
  openedByOther(slot: PageSlot): Promise<Id | null>
  /** The edit is over, one way or another; its cell shows the log again. */
  settled(edit: Edit): void
  /** Something came, went or changed. */
  changed(): void
  /** What is needed to build this page again and go on with it. */
  memo(): Readonly<Record<string, unknown>>
  /** False once the person has left: then answers only clear the disk. */
  isAlive(): boolean
}

/** What lies on the disk beside an entry of a page. */
export interface PageMemo { readonly edits?: readonly Edit[]; readonly opens?: { readonly lesson: Id; readonly slot: PageSlot } }

/** A lesson that these edits are the first to write in; `refused`: it has to be opened anew before anything else. */
interface Opening { readonly slot: PageSlot; readonly hold: Hold; refused: boolean }
interface Flight { readonly edits: readonly Edit[]; readonly ticket: Ticket }

const bare = ({ hold: _, ...edit }: Edit): Edit => edit as Edit

export class EditQueue {
  /** Changes whenever an edit comes, goes or changes its status. */
  readonly version = signal(0)
  readonly overlay = new Map<string, Edit>()
  readonly refused = signal<readonly Refused[]>([])
  private waiting: Edit[] = []
  private flights: Flight[] = []
  private readonly openings = new Map<Id, Opening>()
  private running: Promise<void> | null = null

  constructor(private readonly page: QueuePage) {}

  get pendingCount(): number {
    return [...this.overlay.values()].filter((e) => e.status !== 'conflict').length
  }

  conflicts(): Edit[] {
    return [...this.overlay.values()].filter((e) => e.status === 'conflict')
  }

  /** Queues an edit; one of the same cell that has not left this computer is replaced and never goes out. */
  add(edit: Edit): void {
    this.takeBack(edit.key)
    const old = this.waiting.findIndex((e) => e.key === edit.key)
    if (old >= 0) {
      const before = this.waiting[old]!
      edit.prev = before.prev
      edit.hold = before.hold
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
    this.takeBack(key)
    const at = this.waiting.findIndex((e) => e.key === key)
    if (at < 0) return false
    this.letGo(this.waiting.splice(at, 1)[0]!)
    this.drop(key)
    void this.pump()
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
    this.letGo(edit)
    this.drop(key)
    this.page.settled(edit)
  }

  dismiss(): void {
    for (const { edit } of this.refused.value) this.letGo(edit)
    this.letOpeningsGo(this.refused.value.map((r) => r.edit))
    this.refused.value = []
    this.changed()
  }

  /** Signs anew what came too late for the key that had signed it; the log's own state decides as ever. */
  signAgain(): void {
    const late = this.refused.value.filter(isOfExpiredKey)
    this.refused.value = this.refused.value.filter((r) => !isOfExpiredKey(r))
    for (const { edit } of late) this.requeue({ ...edit, solo: true })
    void this.pump()
  }

  /** Something waits, or a person has not yet seen what became of it. */
  get isUnsettled(): boolean {
    return this.overlay.size > 0 || this.refused.value.length > 0
  }

  /** Goes on with what an earlier tab or session had left on the disk. */
  adopt({ memo, ticket, hold }: Restored): void {
    const { edits = [], opens } = memo as PageMemo
    if (opens !== undefined && ticket !== null) return this.awaitOpening(opens.lesson, opens.slot, ticket)
    const own = edits.map((e): Edit => ({ ...e, status: ticket === null ? 'queued' : 'sent', hold: hold.take() }))
    for (const edit of own) this.overlay.set(edit.key, edit)
    if (ticket === null) this.waiting.push(...own)
    else this.fly(own, ticket)
    this.changed()
    if (ticket === null) void this.pump()
  }

  /** Something was typed so lately that it is neither signed nor kept. */
  get isHandingOver(): boolean {
    return this.running !== null || this.waiting.some((e) => e.hold === undefined)
  }

  /** Signs or keeps it now, without the pause after a key. */
  async handOver(): Promise<void> {
    while (this.isHandingOver) await this.pump()
  }

  private changed(): void {
    this.version.value += 1
    this.page.changed()
  }

  /** Openings that came to nothing, once nothing needs them. */
  private letOpeningsGo(edits: readonly Edit[]): void {
    for (const edit of edits) {
      const lesson = 'lesson' in edit ? edit.lesson : null
      if (lesson === null) continue
      const opening = this.openings.get(lesson)
      if (opening === undefined || [...this.overlay.values()].some((e) => 'lesson' in e && e.lesson === lesson)) continue
      this.openings.delete(lesson)
      opening.hold.release()
    }
  }

  private letGo(edit: Edit): void {
    edit.hold?.release()
    edit.hold = undefined
  }

  private drop(key: string): void {
    this.overlay.delete(key)
    this.changed()
  }

  /** Brings the signed edit of a cell back into the queue, with its neighbours, if it has never been sent. */
  private takeBack(key: string): void {
    const flight = this.flights.find((f) => f.edits.some((e) => e.key === key))
    if (flight === undefined || !flight.ticket.takeBack()) return
    this.flights = this.flights.filter((f) => f !== flight)
    for (const edit of flight.edits) {
      edit.status = 'queued'
      this.waiting.push(edit)
    }
  }

  private pump(): Promise<void> {
    this.running ??= this.signWaiting().finally(() => {
      this.running = null
    })
    return this.running
  }

  private async signWaiting(): Promise<void> {
    for (;;) {
      const batch = takeBatch(this.waiting.filter((e) => !this.isFlying(e.key)))
      if (batch.length === 0) break
      this.waiting = this.waiting.filter((e) => !batch.includes(e))
      await this.send(batch)
    }
    // What cannot be signed yet is kept as it is.
    for (const edit of this.waiting) edit.hold ??= keepUnsigned({ ...this.page.memo(), edits: [bare(edit)] }).take()
  }

  /** Attendance that is complete, or will be when what flies has landed, stays so. */
  private isSheetDone(lesson: Id): boolean {
    return this.page.sheetDone(lesson) || this.flights.some((f) => f.edits.some((e) => e.what === 'sheet' && e.lesson === lesson))
  }

  private isFlying(key: string): boolean {
    return this.flights.some((f) => f.edits.some((e) => e.key === key))
  }

  private async send(batch: Edit[]): Promise<void> {
    for (const edit of batch) edit.status = 'sent'
    const lesson = 'lesson' in batch[0]! ? batch[0].lesson : null
    const slot = lesson === null || this.openings.get(lesson)?.refused === false ? null : this.page.slotOf(lesson)
    let ticket: Ticket
    try {
      if (slot !== null) this.awaitOpening(lesson!, slot, await post(openDraft(lesson!, slot, this.page.names), { ...this.page.memo(), opens: { lesson: lesson!, slot } } satisfies PageMemo))
      ticket = await post(draftOf(batch, this.page.names, lesson !== null && this.isSheetDone(lesson)), { ...this.page.memo(), edits: batch.map(bare) })
    } catch (error) {
      this.turnAway(batch, error instanceof Error ? error : new Error(String(error)))
      return
    }
    for (const edit of batch) {
      const old = edit.hold
      edit.hold = ticket.hold.take()
      old?.release()
    }
    this.fly(batch, ticket)
  }

  private fly(edits: readonly Edit[], ticket: Ticket): void {
    const flight: Flight = { edits, ticket }
    this.flights.push(flight)
    const land = async (work: () => Promise<void> | void): Promise<void> => {
      this.flights = this.flights.filter((f) => f !== flight)
      await work()
      void this.pump()
    }
    ticket.answer.then(
      (answer) => land(() => this.answered(edits, answer)),
      (error: unknown) => land(() => this.turnAway(edits, error instanceof Error ? error : new Error(String(error)))),
    ).catch(() => undefined)
  }

  private awaitOpening(lesson: Id, slot: PageSlot, ticket: Ticket): void {
    const opening: Opening = { slot, hold: ticket.hold.take(), refused: false }
    this.openings.get(lesson)?.hold.release()
    this.openings.set(lesson, opening)
    ticket.answer.then((answer) => {
      if (answer.code === 0) {
        this.openings.delete(lesson)
        opening.hold.release()
        if (this.page.isAlive()) this.page.opened(lesson)
      } else {
        // What was written into it is refused as well, and is told, moved or signed anew then.
        opening.refused = answer.error !== 'already_exists'
      }
    }).catch(() => undefined)
  }

  private async answered(batch: readonly Edit[], answer: EventAnswer): Promise<void> {
    if (!this.page.isAlive()) {
      // Whoever logs in next on this computer finds what was refused on the disk.
      if (answer.code === 0) for (const edit of batch) this.letGo(edit)
      return
    }
    const slot = 'lesson' in batch[0]! ? this.openings.get(batch[0].lesson)?.slot ?? null : null
    if (answer.code === 0) {
      for (const edit of batch) this.confirm(edit, answer.seq!)
    } else if (answer.error === 'stale' || answer.error === 'stale_counter') {
      // A bad counter: refused in an earlier session, and later entries of that key went in since.
      for (const edit of batch) await this.lookAgain(edit, answer)
    } else if (answer.error === 'unknown_referent' && answer.field === 'lesson' && slot !== null) {
      await this.move(batch, slot, answer)
    } else if (batch.length > 1 && answer.error !== 'expired_key' && answer.error !== 'closed_key') {
      for (const edit of batch) this.requeue({ ...edit, solo: true })
    } else {
      this.turnAway(batch, answer)
    }
  }

  /** Two devices opened the same lesson: the later one's edits go into the lesson that is there. */
  private async move(batch: readonly Edit[], slot: PageSlot, answer: EventAnswer): Promise<void> {
    const there = await this.page.openedByOther(slot).catch(() => null)
    if (there === null) return this.turnAway(batch, answer)
    for (const edit of batch) {
      if (this.overlay.get(edit.key) === edit) this.overlay.delete(edit.key)
      this.requeue(movedTo(edit, there))
    }
    this.letOpeningsGo(batch)
  }

  private confirm(edit: Edit, seq: Seq): void {
    this.page.accepted(edit, seq)
    this.letGo(edit)
    for (const later of this.waiting) if (later.key === edit.key) later.prev = seq
    if (this.overlay.get(edit.key) === edit) this.drop(edit.key)
    this.page.settled(edit)
  }

  private requeue(edit: Edit): void {
    // A newer edit of the same cell makes this one pointless.
    if (this.waiting.some((e) => e.key === edit.key)) return this.letGo(edit)
    edit.status = 'queued'
    this.overlay.set(edit.key, edit)
    this.waiting.push(edit)
    this.changed()
  }

  private turnAway(batch: readonly Edit[], answer: EventAnswer | Error): void {
    if (!this.page.isAlive()) return
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

/** Signed in time, arrived after the session's key had run out. */
export const isOfExpiredKey = ({ answer }: Refused): boolean => !(answer instanceof Error) && answer.error === 'expired_key'

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
