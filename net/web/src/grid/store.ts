// The store of one open journal page: the page as the server gave it, the queue of edits over it,
// the cursor, and the sheet that follows from them. The screen draws it; the keys change it.
import { batch, computed, signal } from '@preact/signals'
import { api, journalName } from '../api/client'
import type { LivePage } from '../api/live'
import type { Id, JournalPage, Moment, PageSlot, Period, Seq } from '../api/types'
import { newId } from '../ledger/hash'
import { keep } from '../local/store'
import type { Restored } from '../state/outbox'
import { canSign, type Session, session } from '../state/session'
import { noteUnsettled, unsettled } from '../state/unsettled'
import { copyText, type Misplaced, type Placed, placeBlock, rangeOf, readClip } from './block'
import { cellText, type CellIntent, type Cursor, type Look } from './cells'
import type { Edit } from './edits'
import { extendTo, initialState, type GridState, type KeyPress, press } from './keys'
import { absenceKey, buildColumns, buildSheet, ERASED, indexPage, markKey, periodKey, proposedWeight, type CellView, type GridColumn, type LocalColumns, type Sheet } from './model'
import { applyAccepted, mergeDays, openSlot } from './patch'
import { EditQueue, type PageMemo, type QueuePage } from './queue'

export type Ask = { readonly what: 'protocol'; readonly at: Cursor; readonly values: readonly number[] } | { readonly what: 'comment' | 'deferral' | 'debt' | 'history'; readonly at: Cursor } | { readonly what: 'paste'; readonly placed: Placed }

const KEEP_PAUSE_MS = 1000
/** How often at most an answer that is older than what is shown is asked for again. */
const OLDER_MAX = 3

/** One step back: what stood there before, or, where the log has no way back, only what has not left yet. */
interface Undo { readonly key: string; readonly edit: Edit | null }

export type Said = Misplaced | 'undone' | 'undoNothing' | 'undoNot' | 'someLeft' | 'pasteNothing' | 'pasteLarge'

/** The store of a page that still has something unsettled, to go on with. */
export function unsettledStore(group: Id, subject: Id, period: string | null): JournalStore | null {
  const found = unsettled.value.find((u) => u.group === group && u.subject === subject && u.period === period)
  return found === undefined ? null : (found.owner as JournalStore)
}

export class JournalStore implements QueuePage {
  readonly page = signal<JournalPage>(null as unknown as JournalPage)
  readonly grid = signal<GridState>(initialState(0, 0))
  readonly ask = signal<Ask | null>(null)
  readonly notice = signal<Said | null>(null)
  readonly queue: EditQueue
  readonly names: { group: Id; subject: Id }
  private readonly slotIds = new Map<string, Id>()
  private readonly slots = new Map<Id, PageSlot>()
  private readonly openedHere = new Set<Id>()
  private readonly known = new Map<string, Seq>()
  private readonly dirty = new Set<Id>()
  private readonly extra = signal<ReadonlyMap<Id, { column: number; work: number; weight: number }[]>>(new Map())
  private readonly chosen = signal<ReadonlyMap<string, { work: number; weight: number }>>(new Map())
  private undos: Undo[][] = []
  /** What is written now belongs to one step back. */
  private step: Undo[] | null = null
  private staleDays = new Set<number>()
  private refreshTimer: ReturnType<typeof setTimeout> | null = null
  private before: Sheet | null = null
  /** What the log had when the whole page was fetched, and when single days were since. */
  private seenSeq = 0
  private readonly seenOf = new Map<number, Seq>()
  private older = 0
  private keepTimer: ReturnType<typeof setTimeout> | null = null
  /** Whose page it is: it dies with the session. */
  private readonly born: Session | null = session.peek()

  /** `then`: the page of another moment; it is only looked at, and no news from now reach it. */
  constructor(page: JournalPage, readonly period: Period | null, readonly then: Moment | null = null) {
    this.page.value = page
    this.names = { group: page.group.id, subject: page.subject.id }
    this.queue = new EditQueue(this)
    this.seenSeq = page.size
    this.resize()
  }

  // ---- what is shown

  readonly index = computed(() => indexPage(this.page.value))

  readonly columns = computed(() => {
    const local: LocalColumns = { slotId: (s) => this.slotId(s), extra: this.extra.value, chosen: this.chosen.value }
    const writable = canSign.value && this.then === null
    const columns = buildColumns(this.page.value, this.period?.name ?? null, writable && this.page.value.writable, local)
    return writable ? columns : columns.map((c) => ({ ...c, writable: false }))
  })

  readonly sheet = computed(() => {
    void this.queue.version.value
    this.before = buildSheet(this.page.value, this.index.value, this.columns.value, this.period?.name ?? null, this.queue.overlay, this.dirty, this.before)
    return this.before
  })

  get look(): Look {
    return { cell: (at) => this.cellAt(at), column: (col) => this.columns.value[col]!, marked: this.page.value.subject.marked }
  }

  cellAt(at: Cursor): CellView {
    return this.sheet.value.rows[at.row]!.cells[at.col]!
  }

  private slotId(slot: PageSlot): Id {
    const key = `${slot.day}/${slot.shift}/${slot.n}`
    let id = this.slotIds.get(key)
    if (id === undefined) this.slotIds.set(key, (id = newId()))
    this.slots.set(id, slot)
    return id
  }

  private resize(): void {
    const before = this.grid.peek()
    const next = initialState(this.page.peek().pupils.length, this.columns.value.length, before.cursor)
    // One's own entries come back as the page anew: of the same size, what is selected stays so.
    const anchor = next.rows === before.rows && next.cols === before.cols ? before.anchor : null
    this.grid.value = { ...before, rows: next.rows, cols: next.cols, cursor: next.cursor, anchor }
  }

  moveTo(at: Cursor): void {
    this.grid.value = { ...this.grid.value, cursor: at, edit: null, append: null, last: null, anchor: null }
  }

  /** Draws the selection's end to a cell. */
  extendTo(at: Cursor): void {
    this.grid.value = extendTo(this.grid.value, at.row, at.col)
  }

  /** Puts the cursor on the lesson of a day; the newest lesson when there is none such. */
  findLesson(day: number | null, n: number | null): void {
    const columns = this.columns.value.filter((c) => c.kind !== 'period')
    let col = columns.findIndex((c) => c.day === day && (n === null || c.n === n))
    if (col < 0) col = columns.length - 1
    if (col >= 0) this.moveTo({ row: this.grid.value.cursor.row, col })
  }

  // ---- keys

  /** True when the press was meant for the grid. */
  press(key: KeyPress): boolean {
    const result = press(this.grid.value, key, this.look)
    batch(() => {
      this.notice.value = null
      this.grid.value = result.state
      const intent = result.intent
      if (intent === null) return
      switch (intent.do) {
        case 'marks': case 'absence': case 'period': case 'withdraw': this.write(intent); break
        case 'many':
          this.writeAll(intent.cells)
          if (intent.left !== null) this.notice.value = 'someLeft'
          break
        case 'present': this.allPresent(this.columns.value[intent.at.col]!); break
        case 'undo': this.undo(); break
        case 'protocol': this.ask.value = { what: 'protocol', at: intent.at, values: intent.values }; break
        case 'comment': case 'history': case 'deferral': case 'debt': this.ask.value = { what: intent.do, at: intent.at }; break
        case 'notice': this.notice.value = intent.notice; break
        case 'leave': break
      }
    })
    return result.handled
  }

  // ---- edits

  private add(edit: Edit, undo: Edit | null): void {
    const back: Undo = { key: edit.key, edit: undo }
    if (this.step === null) this.undos.push([back])
    else this.step.push(back)
    this.queue.add(edit)
  }

  private write(intent: CellIntent): void {
    switch (intent.do) {
      case 'marks': this.setMarks(intent.at, intent.values); break
      case 'absence': this.setAbsence(intent.at, intent.state, intent.reason); break
      case 'period': this.setPeriod(intent.at, intent.value); break
      case 'withdraw': this.withdraw(intent.at); break
    }
  }

  /** A block; one step takes it back whole. */
  writeAll(cells: readonly CellIntent[]): void {
    this.step = []
    batch(() => { for (const cell of cells) this.write(cell) })
    if (this.step.length > 0) this.undos.push(this.step)
    this.step = null
  }

  /** What is selected, as a spreadsheet takes it. */
  copied(): string {
    return copyText(rangeOf(this.grid.value), this.look)
  }

  /** Writes a copied block where it fits whole; else a person decides what becomes of the rest. */
  paste(text: string): void {
    this.notice.value = null
    const rows = readClip(text)
    if (rows === null) {
      this.notice.value = 'pasteLarge'
      return
    }
    const placed = placeBlock(rows, this.grid.value, this.look, this.page.value.pupils.map((p) => p.name))
    const changing = placed.cells.filter((c) => this.changes(c))
    if (placed.troubles.length > 0) this.ask.value = { what: 'paste', placed: { ...placed, cells: changing } }
    else if (changing.length === 0) this.notice.value = 'pasteNothing'
    else this.writeAll(changing)
  }

  /** False when the cell shows that already. */
  private changes(intent: CellIntent): boolean {
    const cell = this.cellAt(intent.at)
    switch (intent.do) {
      case 'marks': return intent.values.join() !== cell.values.join()
      case 'absence': return intent.state !== cell.state || intent.reason !== cell.reason
      case 'period': return intent.value !== cell.values[0]
      case 'withdraw': return cellText(cell, this.columns.value[intent.at.col]!) !== ''
    }
  }

  /** In the column under the cursor: how many pupils have a mark or an absence, of those who were in the group. */
  readonly filled = computed(() => {
    const col = this.grid.value.cursor.col
    const column = this.columns.value[col]
    if (column === undefined || column.kind === 'period') return null
    const cells = this.sheet.value.rows.map((row) => row.cells[col]!).filter((c) => c.inside)
    return { count: cells.filter((c) => c.values.length > 0 || c.state === 1).length, of: cells.length }
  })

  /** How many cells are selected, and the mean × 100 of the marks in them; null: one cell alone. */
  readonly selected = computed(() => {
    const state = this.grid.value
    if (state.anchor === null) return null
    const { top, bottom, left, right } = rangeOf(state)
    const columns = this.columns.value
    const values = this.sheet.value.rows.slice(top, bottom + 1).flatMap((row) => row.cells.slice(left, right + 1).flatMap((c, i) => (columns[left + i]!.kind === 'period' ? [] : c.values)))
    return {
      rows: bottom - top + 1, cols: right - left + 1,
      mean: values.length === 0 ? null : Math.round((100 * values.reduce((a, b) => a + b, 0)) / values.length),
    }
  })

  private seqOf(key: string, base: Seq | null): Seq | null {
    const own = this.known.get(key) ?? null
    return own !== null && (base === null || own > base) ? own : base
  }

  setMarks(at: Cursor, values: readonly number[], options: { comment?: string | null; protocol?: readonly [string, number] | null } = {}): void {
    const column = this.columns.value[at.col]!
    const cell = this.cellAt(at)
    const pupil = this.page.value.pupils[at.row]!.id
    if (values.join() === cell.values.join() && options.comment === undefined) return
    const key = markKey(column.lessonId, column.column, pupil)
    const base = { what: 'mark' as const, key, lesson: column.lessonId, pupil, column: column.column, status: 'queued' as const, prev: this.seqOf(key, cell.markSeq) }
    // A mark that is already there keeps the kind of work it was given for.
    const work = cell.values.length > 0 ? cell.work : column.work
    const weight = cell.values.length > 0 ? cell.weight : column.weight
    this.dirty.add(pupil)
    this.add({ ...base, values, work, weight, comment: options.comment ?? null, protocol: options.protocol ?? null },
      { ...base, values: cell.values, work: cell.work, weight: cell.weight, comment: null, protocol: null })
  }

  setAbsence(at: Cursor, state: number, reason: string | null): void {
    const column = this.columns.value[at.col]!
    const cell = this.cellAt(at)
    const pupil = this.page.value.pupils[at.row]!.id
    if (cell.state === state && cell.reason === reason) return
    const key = absenceKey(column.lessonId, pupil)
    const base = { what: 'absence' as const, key, lesson: column.lessonId, pupil, status: 'queued' as const, prev: this.seqOf(key, cell.absenceSeq) }
    this.add({ ...base, state, reason }, { ...base, state: cell.state ?? 0, reason: cell.reason === ERASED ? null : cell.reason })
  }

  setPeriod(at: Cursor, value: number, until: number | null = null, reason: string | null = null): void {
    if (this.period === null) return
    const cell = this.cellAt(at)
    const pupil = this.page.value.pupils[at.row]!.id
    const key = periodKey(this.period.name, pupil)
    if (cell.values[0] === value && value !== 13) return
    const base = {
      what: 'period' as const, key, pupil, period: this.period.name, status: 'queued' as const, prev: this.seqOf(key, cell.markSeq),
      upto: this.page.value.size, until, reason,
    }
    this.add({ ...base, value }, cell.values[0] === undefined ? null : { ...base, value: cell.values[0], until: null, reason: null })
  }

  withdraw(at: Cursor): void {
    const cell = this.cellAt(at)
    if (this.columns.value[at.col]!.kind === 'period') return
    if (cell.values.length > 0) this.setMarks(at, [])
    else if (cell.state !== null && cell.state !== 0) this.setAbsence(at, 0, null)
  }

  allPresent(column: GridColumn): void {
    if (column.kind === 'period' || !column.writable || column.lesson?.sheet === true) return
    this.add({ what: 'sheet', key: `s/${column.lessonId}`, lesson: column.lessonId, prev: null, status: 'queued' }, null)
  }

  setTopic(column: GridColumn, text: string, number: number | null, work: number | null): void {
    const key = `topic/${column.lessonId}`
    this.add({ what: 'topic', key, lesson: column.lessonId, text, number, work, prev: this.seqOf(key, column.lesson?.topic_seq ?? null), status: 'queued' }, null)
  }

  setHomework(column: GridColumn, text: string, due: number | null, manner: number | null): void {
    const key = `homework/${column.lessonId}`
    this.add({ what: 'homework', key, lesson: column.lessonId, text, due, manner, prev: this.seqOf(key, column.lesson?.homework_seq ?? null), status: 'queued' }, null)
  }

  undo(): void {
    const last = this.undos.pop()
    if (last === undefined) {
      this.notice.value = 'undoNothing'
      return
    }
    let said: Said = 'undone'
    for (const { key, edit } of last) {
      if (this.queue.cancel(key)) continue
      if (edit === null) said = 'undoNot'
      else this.queue.add({ ...edit, prev: this.seqOf(key, edit.prev), status: 'queued' } as Edit)
    }
    this.notice.value = said
  }

  /** Chooses kind and weight for a column that has no marks yet. */
  chooseWork(column: GridColumn, work: number, weight: number = proposedWeight(work)): void {
    this.chosen.value = new Map(this.chosen.value).set(column.key, { work, weight })
  }

  addColumn(column: GridColumn): void {
    const used = this.columns.value.filter((c) => c.lessonId === column.lessonId).map((c) => c.column)
    const next = Math.max(...used) + 1
    if (next > 15) return
    const list = this.extra.value.get(column.lessonId) ?? []
    this.extra.value = new Map(this.extra.value).set(column.lessonId, [...list, { column: next, work: 2, weight: 1 }])
    this.resize()
    this.moveTo({ row: 0, col: this.columns.value.findIndex((c) => c.lessonId === column.lessonId && c.column === next) })
  }

  columnIsEmpty(column: GridColumn): boolean {
    const col = this.columns.value.findIndex((c) => c.key === column.key)
    return this.sheet.value.rows.every((r) => r.cells[col]!.values.length === 0)
  }

  // ---- what the queue asks and tells

  slotOf(lesson: Id): PageSlot | null {
    if (this.openedHere.has(lesson) || this.page.value.lessons.some((l) => l.id === lesson)) return null
    return this.slots.get(lesson) ?? null
  }

  sheetDone(lesson: Id): boolean {
    return this.page.value.lessons.find((l) => l.id === lesson)?.sheet ?? false
  }

  opened(lesson: Id): void {
    this.openedHere.add(lesson)
    const slot = this.slots.get(lesson)!
    const name = session.peek()?.me.name ?? ''
    this.page.value = openSlot(this.page.value, slot, lesson, name)
    this.refreshSoon(slot.day)
  }

  async openedByOther(slot: PageSlot): Promise<Id | null> {
    const fresh = await api.journal(this.names.group, this.names.subject, slot.day, slot.day)
    const there = fresh.lessons.find((l) => l.shift === slot.shift && l.n === slot.n)
    if (there === undefined) return null
    this.takeDays(fresh, slot.day, slot.day)
    return there.id
  }

  accepted(edit: Edit, seq: Seq): void {
    this.known.set(edit.key, seq)
    this.page.value = applyAccepted(this.page.value, edit, seq)
    this.keepSoon()
  }

  isAlive(): boolean {
    return session.peek() === this.born
  }

  memo(): { group: Id; subject: Id; from: number; to: number; period: Period | null } {
    const { from, to } = this.page.peek()
    return { ...this.names, from, to, period: this.period }
  }

  /** Goes on with what an earlier tab had signed for this page. */
  adopt(restored: Restored): void {
    const { opens } = restored.memo as PageMemo
    if (opens !== undefined) {
      const { slot, lesson } = opens
      this.slotIds.set(`${slot.day}/${slot.shift}/${slot.n}`, lesson)
      this.slots.set(lesson, slot)
      this.page.value = { ...this.page.peek() }
    }
    this.queue.adopt(restored)
  }

  /** Writes the page down for times without a network, once things are quiet. */
  private keepSoon(): void {
    if (this.then !== null) return
    if (this.keepTimer !== null) clearTimeout(this.keepTimer)
    this.keepTimer = setTimeout(() => {
      const { from, to } = this.page.peek()
      if (this.isAlive()) void keep(journalName(this.names.group, this.names.subject, from, to), this.page.peek()).catch(() => undefined)
    }, KEEP_PAUSE_MS)
  }

  settled(edit: Edit): void {
    const day = 'lesson' in edit ? this.dayOf(edit.lesson) : null
    if (day !== null) this.refreshSoon(day)
    else this.refreshSoon(this.page.value.to)
  }

  get isHandingOver(): boolean {
    return this.queue.isHandingOver
  }

  handOver(): Promise<void> {
    return this.queue.handOver()
  }

  /** Something was signed beside the queue: that day is fetched again at once. */
  signedBeside(day: number): void {
    this.refreshSoon(day, 0)
  }

  changed(): void {
    const { group, subject } = this.page.peek()
    noteUnsettled({ owner: this, group: group.id, subject: subject.id, period: this.period?.name ?? null, name: `${group.name} ${subject.name}` }, this.queue.isUnsettled)
  }

  private dayOf(lesson: Id): number | null {
    return this.page.value.lessons.find((l) => l.id === lesson)?.day ?? this.slots.get(lesson)?.day ?? null
  }

  // ---- news from others

  onLive(event: LivePage): void {
    if (this.then !== null) return
    if (event.group !== this.names.group || event.subject !== this.names.subject) return
    const day = event.lesson === null ? null : this.dayOf(event.lesson)
    if (event.seq < Math.max(this.seenSeq, day === null ? 0 : this.seenOf.get(day) ?? 0)) return
    if (day === null) void this.reload()
    else this.refreshSoon(day)
  }

  /** Fetches the lessons of a day again, soon; several wishes become one request. */
  private refreshSoon(day: number, delayMs = 350): void {
    this.staleDays.add(day)
    if (this.refreshTimer !== null) clearTimeout(this.refreshTimer)
    this.refreshTimer = setTimeout(() => void this.refresh(), delayMs)
  }

  private async refresh(): Promise<void> {
    const days = [...this.staleDays]
    this.staleDays.clear()
    if (days.length === 0 || !this.isAlive()) return
    const from = Math.min(...days)
    const to = Math.max(...days)
    try {
      const fresh = await api.journal(this.names.group, this.names.subject, from, to)
      // Answers may pass each other on their way.
      if (fresh.size < this.page.value.size && this.older++ < OLDER_MAX) for (const day of days) this.refreshSoon(day)
      else this.takeDays(fresh, from, to)
    } catch {
      // The line is down: what is shown stays, and the next event asks again.
      for (const day of days) this.staleDays.add(day)
    }
  }

  async reload(): Promise<void> {
    if (this.then !== null || !this.isAlive()) return
    const { from, to } = this.page.value
    try {
      const page = await api.journal(this.names.group, this.names.subject, from, to)
      this.dirty.clear()
      this.seenSeq = Math.max(this.seenSeq, page.size)
      this.take(page)
    } catch {
      // As above.
    }
  }

  /** Of the other days nothing newer is known by that. */
  private takeDays(fresh: JournalPage, from: number, to: number): void {
    this.older = 0
    for (let day = from; day <= to; day++) this.seenOf.set(day, Math.max(this.seenOf.get(day) ?? 0, fresh.size))
    this.take(mergeDays(this.page.value, fresh, from, to, (pupil) => this.dirty.add(pupil)))
  }

  private take(page: JournalPage): void {
    this.keepSoon()
    batch(() => {
      const here = this.columns.value[this.grid.value.cursor.col]?.key
      this.page.value = page
      this.resize()
      // Columns may have moved: the cursor stays on its own.
      const col = this.columns.value.findIndex((c) => c.key === here)
      if (col >= 0 && col !== this.grid.value.cursor.col) this.grid.value = { ...this.grid.value, cursor: { ...this.grid.value.cursor, col } }
    })
  }
}
