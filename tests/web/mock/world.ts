// The mock's school: a few folds over its log, just enough to show every screen.
import { decode, type Value } from '../../../net/web/src/ledger/canon'
import { hex, sha256, unhex } from '../../../net/web/src/ledger/hash'
import { type Signer } from '../../../net/web/src/ledger/keys'
import { buildEvent, signEvent, SEEN_NOTHING } from '../../../net/web/src/ledger/event'
import { MockLog } from './log'

export interface Account { id: string; name: string; stratum: number; login: string; roles: { role: number; scope: string | null; scope_name: string | null }[] }
export interface KeyInfo { key: string; account: string; seq: number; recorded: number; session: boolean; place: string | null; parent: string | null; closed: number | null; counter: number }
export interface Ver {
  seq: number; recorded: number; claimed: number; key: string; kind: string; value: number | number[] | null; text: string | null
  work: number | null; weight: number | null; protocol: [string, number] | null; comment: string | null; prev: number | null; late: boolean; cell: string
}
export interface Lesson { id: string; group: string; subject: string; day: number; shift: number; n: number; assigned: string; actual: string; seq: number }
export interface ReportState { seq: number; id: string; key: string; body: Readonly<Record<string, Value>>; recorded: number; reason: string; receipts: { seq: number; account: string; capacity: number; told: number; recorded: number; cut: number; digest: string }[]; overruled: boolean; act: number }
export interface Ev { seq: number; id: string; key: string; kind: string; recorded: number; cells: string[]; lesson: string | null }

type Body = Readonly<Record<string, Value>>
type Openings = ReadonlyMap<string, Value>

const h = (v: Value | undefined): string => hex(v as Uint8Array)

export class World {
  readonly log = new MockLog()
  readonly accounts = new Map<string, Account>()
  readonly keys = new Map<string, KeyInfo>()
  readonly lessons = new Map<string, Lesson>()
  readonly cells = new Map<string, Ver[]>()
  readonly sheets = new Map<string, number>()
  readonly events: Ev[] = []
  readonly reports: ReportState[] = []
  onChange: (kind: string, lesson: string | null, seq: number) => void = () => undefined

  /** Signs and appends an event of the mock's own making. */
  async make(kind: string, body: Body, by: Signer, recorded: number, openings: Openings = new Map(), also: Signer[] = []): Promise<number> {
    const info = this.keys.get(hex(by.key))
    const counter = info === undefined ? 1 : (info.counter += 1)
    const bytes = buildEvent({ logId: this.log.id, key: by.key, counter, claimedMs: recorded - 4000, kind, body, seen: SEEN_NOTHING })
    const event = await signEvent(bytes, [by, ...also])
    const seq = this.log.append(recorded, bytes, event.signatures)
    this.fold(seq, recorded, bytes, openings)
    return seq
  }

  /** Why an event may not enter, or null. */
  refuse(event: Body, nowMs: number): string | null {
    const key = this.keys.get(h(event['k']))
    const kind = event['t'] as string
    if (kind !== 'key.enrolled' && (key === undefined || (key.closed !== null && key.closed <= nowMs))) return 'key_closed'
    const body = event['b'] as Body
    if (kind === 'lesson.opened' || !/\.set$/.test(kind)) return null
    for (const [cell, prev] of cellsOf(kind, body)) {
      const current = this.current(cell)?.seq ?? null
      if (current !== prev) return 'stale'
    }
    return null
  }

  fold(seq: number, recorded: number, bytes: Uint8Array, openings: Openings): void {
    const event = decode(bytes) as Body
    const body = event['b'] as Body
    const kind = event['t'] as string
    const key = h(event['k'])
    const lesson = body['lesson'] instanceof Uint8Array ? h(body['lesson']) : null
    const ev: Ev = { seq, id: hex(sha256(bytes)), key, kind, recorded, cells: [], lesson }
    this.events.push(ev)
    const info = this.keys.get(key)
    if (info !== undefined) info.counter = Math.max(info.counter, event['n'] as number)
    const base = { seq, recorded, claimed: event['c'] as number, key, kind, work: null, weight: null, protocol: null, comment: null, text: null, value: null }
    const put = (cell: string, part: Partial<Ver>): void => {
      const late = lesson !== null && recorded > (this.lessons.get(lesson)?.day ?? 0) * 86400000 + 86400000
      const list = this.cells.get(cell) ?? []
      list.push({ ...base, prev: null, late, cell, ...part })
      this.cells.set(cell, list)
      ev.cells.push(cell)
    }
    this.foldKind(kind, body, { seq, recorded, key, lesson, openings, put })
  }

  private foldKind(kind: string, b: Body, c: { seq: number; recorded: number; key: string; lesson: string | null; openings: Openings; put: (cell: string, part: Partial<Ver>) => void }): void {
    const cells = (b['cells'] ?? []) as readonly (readonly Value[])[]
    switch (kind) {
      case 'session.opened':
        this.keys.set(h(b['session']), { key: h(b['session']), account: this.keys.get(c.key)!.account, seq: c.seq, recorded: c.recorded, session: true, place: (c.openings.get('place') as string | undefined) ?? 'Chrome, Windows', parent: c.key, closed: null, counter: 0 })
        break
      case 'session.closed': { const k = this.keys.get(h(b['session'])); if (k) k.closed = c.recorded; break }
      case 'key.enrolled':
        this.keys.set(h(b['key']), { key: h(b['key']), account: h(b['account']), seq: c.seq, recorded: c.recorded, session: false, place: null, parent: null, closed: null, counter: 0 })
        break
      case 'lesson.opened':
        this.lessons.set(h(b['lesson']), { id: h(b['lesson']), group: h(b['group']), subject: h(b['subject']), day: b['day'] as number, shift: b['shift'] as number, n: b['n'] as number, assigned: h(b['assigned']), actual: h(b['actual']), seq: c.seq })
        break
      case 'topic.set': c.put(`${c.lesson}/topic`, { text: b['text'] as string, value: b['number'] as number | null, work: b['work'] as number | null, prev: b['prev'] as number | null }); break
      case 'homework.set': c.put(`${c.lesson}/homework`, { text: b['text'] as string, value: b['due'] as number | null, prev: b['prev'] as number | null }); break
      case 'attendance.set':
        if (b['all'] === true) this.sheets.set(c.lesson!, c.seq)
        cells.forEach((t, i) => c.put(`${c.lesson}/a/${h(t[0])}`, { value: t[1] as number, text: (c.openings.get(`cells.${i}.2`) as string | undefined) ?? null, prev: t[3] as number | null }))
        break
      case 'marks.set':
        cells.forEach((t, i) => c.put(`${c.lesson}/m/${b['column']}/${h(t[0])}`, {
          value: t[1] as number[], comment: (c.openings.get(`cells.${i}.2`) as string | undefined) ?? null, prev: t[3] as number | null,
          work: b['work'] as number, weight: b['weight'] as number, protocol: b['protocol'] as [string, number] | null,
        }))
        break
      case 'period.set':
        cells.forEach((t) => c.put(`p/${h(b['group'])}/${h(b['subject'])}/${b['period']}/${h(t[0])}`, { value: t[1] as number, prev: t[4] as number | null }))
        break
      case 'breach.reported': this.report(c, b); break
      case 'breach.received': this.reports.find((r) => r.id === h(b['report']))?.receipts.push({ seq: c.seq, account: this.keys.get(c.key)!.account, capacity: b['capacity'] as number, told: b['told'] as number, recorded: c.recorded, cut: b['cut'] as number, digest: h(b['digest']) }); break
      case 'breach.overruled': { const r = this.reports.find((x) => x.id === h(b['report'])); if (r) r.overruled = true; break }
      default: break
    }
  }

  private report(c: { seq: number; recorded: number; key: string; openings: Openings }, b: Body): void {
    const target = h(b['target'])
    for (const k of this.keys.values()) if (k.key === target || k.parent === target) k.closed ??= c.recorded
    this.reports.push({ seq: c.seq, id: this.events.at(-1)!.id, key: c.key, body: b, recorded: c.recorded, reason: (c.openings.get('reason') as string | undefined) ?? '', receipts: [], overruled: false, act: this.reports.length + 1 })
  }

  // ---- what counts

  standing(r: ReportState): boolean {
    return !r.overruled && new Set(r.receipts.map((x) => x.account)).size >= 2
  }

  covers(r: ReportState, ver: { seq: number; key: string }): boolean {
    const target = h(r.body['target'])
    const info = this.keys.get(ver.key)
    return (ver.key === target || info?.parent === target) && ver.seq >= (r.body['cut'] as number) && ver.seq < (r.body['size'] as number)
  }

  voidOf(ver: { seq: number; key: string }): ReportState | null {
    return this.reports.find((r) => this.standing(r) && this.covers(r, ver)) ?? null
  }

  current(cell: string): Ver | null {
    return (this.cells.get(cell) ?? []).filter((v) => this.voidOf(v) === null).at(-1) ?? null
  }

  nameOf(key: string): string {
    return this.accounts.get(this.keys.get(key)?.account ?? '')?.name ?? '?'
  }

  /** The flags of a cell, by its history. */
  flags(cell: string): number {
    const all = this.cells.get(cell) ?? []
    const now = this.current(cell)
    const voided = all.some((v) => this.voidOf(v) !== null)
    const onTop = now !== null && now.prev !== null && all.some((v) => v.seq === now.prev && this.voidOf(v) !== null)
    return (now?.late === true ? 1 : 0) | (all.length > 1 ? 2 : 0) | (voided ? 4 : 0) | (onTop ? 8 : 0) | (now?.protocol != null ? 16 : 0) | (now?.comment != null ? 32 : 0)
  }
}

/** The cells that a body writes, with the positions that its author saw. */
export function cellsOf(kind: string, b: Body): [string, number | null][] {
  const lesson = b['lesson'] instanceof Uint8Array ? h(b['lesson']) : ''
  const cells = (b['cells'] ?? []) as readonly (readonly Value[])[]
  switch (kind) {
    case 'topic.set': return [[`${lesson}/topic`, b['prev'] as number | null]]
    case 'homework.set': return [[`${lesson}/homework`, b['prev'] as number | null]]
    case 'attendance.set': return cells.map((t) => [`${lesson}/a/${h(t[0])}`, t[3] as number | null])
    case 'marks.set': return cells.map((t) => [`${lesson}/m/${b['column']}/${h(t[0])}`, t[3] as number | null])
    case 'period.set': return cells.map((t) => [`p/${h(b['group'])}/${h(b['subject'])}/${b['period']}/${h(t[0])}`, t[4] as number | null])
    default: return []
  }
}

export const bin = (id: string): Uint8Array => unhex(id)
