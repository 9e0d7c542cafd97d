// Which breach reports stand, and what they cover: the client's own reading of the rule
// (specs/invalidation.md, sections 2 to 4), from entries alone. What lost its ground (section 4.2)
// needs every right of the school and is left to the server and the auditor.
//
// Golden scenarios in specs/vectors/voiding hold this against the C code and the auditor.
import { decode, type Value } from './canon'
import { parseEntry } from './event'
import { hex, sha256 } from './hash'

export type ReportState = 'closed' | 'standing' | 'overruled' | 'fallen'

export interface Voice {
  readonly position: number
  readonly account: string
  readonly byRoot: boolean
  /** The signing key, and the account key that it descends from (or itself). */
  readonly key: string
  readonly parent: string
}

export interface Report {
  readonly position: number
  readonly target: string
  readonly account: string
  readonly cut: number
  readonly byRoot: boolean
  readonly targetStratum: number
  readonly receipts: Voice[]
  readonly overrulings: Voice[]
  state: ReportState
}

interface KeyFact { readonly account: string; readonly parent: string }

interface Pair { readonly position: number; readonly report: Report; readonly overrules: boolean; readonly voices: readonly [Voice, Voice] }

/** Why an entry does not count: the report whose cut covers it. */
export interface Covered { readonly position: number; readonly key: string; readonly report: Report }

const ROOT = ''

function text(value: Value | undefined): string {
  return value instanceof Uint8Array ? hex(value) : ''
}

/** The reports of a log, or of its beginning, with what became of each. */
export class Standing {
  readonly reports: Report[] = []
  private readonly keys = new Map<string, KeyFact>()
  private readonly strata = new Map<string, number>()
  private readonly byId = new Map<string, Report>()
  private readonly authors = new Map<number, string>()
  /** Positions that no cut covers: the founding, rotations of root, breach events. */
  private readonly always = new Set([0])
  private judged = false

  /** Takes an entry's bytes; entries come in the order of the log, and may leave others out. */
  add(bytes: Uint8Array, position: number = this.authors.size): void {
    const entry = parseEntry(bytes)
    const key = hex(entry.key)
    const body = (decode(entry.eventBytes) as { readonly [key: string]: Value })['b'] as { readonly [key: string]: Value }
    this.authors.set(position, key)
    this.judged = false
    switch (entry.kind) {
      case 'school.founded':
        this.found(body)
        break
      case 'root.rotated':
        this.enrol(text(body['root']), ROOT)
        this.always.add(position)
        break
      case 'account.opened':
        this.strata.set(text(body['account']), Number(body['stratum']))
        break
      case 'invitation.issued':
        for (const name of ['invitation', 'emergency']) this.enrol(text(body[name]), text(body['account']))
        break
      case 'key.enrolled':
        this.enrol(text(body['key']), text(body['account']))
        break
      case 'session.opened':
        this.keys.set(text(body['session']), { account: text(body['account']), parent: key })
        break
      case 'breach.reported':
        this.report(position, key, body, hex(sha256(entry.eventBytes)))
        break
      case 'breach.received':
        this.byId.get(text(body['report']))?.receipts.push(this.voice(position, key))
        break
      case 'breach.overruled':
        this.byId.get(text(body['report']))?.overrulings.push(this.voice(position, key))
        break
      default:
    }
  }

  /** Every entry that a standing report covers, in order. */
  covered(): Covered[] {
    this.judge()
    const found: Covered[] = []
    for (const [position, key] of this.authors) {
      const report = this.cutOf(key)
      if (report !== undefined && position >= report.cut && !this.always.has(position)) found.push({ position, key, report })
    }
    return found
  }

  /** The states of all reports, judged. */
  states(): readonly Report[] {
    this.judge()
    return this.reports
  }

  private found(body: { readonly [key: string]: Value }): void {
    this.enrol(text(body['root']), ROOT)
    for (const officer of body['officers'] as readonly (readonly Value[])[]) {
      this.strata.set(text(officer[0]), 1)
      this.enrol(text(officer[2]), text(officer[0]))
    }
  }

  private enrol(key: string, account: string): void {
    this.keys.set(key, { account, parent: key })
  }

  private voice(position: number, key: string): Voice {
    const fact = this.keys.get(key)
    this.always.add(position)
    return { position, key, account: fact?.account ?? '', parent: fact?.parent ?? key, byRoot: fact?.account === ROOT }
  }

  private report(position: number, key: string, body: { readonly [key: string]: Value }, id: string): void {
    const account = text(body['account'])
    const report: Report = {
      position, account, target: text(body['target']), cut: Number(body['cut']), byRoot: this.keys.get(key)?.account === ROOT,
      targetStratum: this.strata.get(account) ?? 3, receipts: [], overrulings: [], state: 'closed',
    }
    this.always.add(position)
    this.reports.push(report)
    this.byId.set(id, report)
  }

  /** The standing report with the smallest cut on a key or on what it descends from; of equal cuts one on the key itself, and of those the oldest. */
  private cutOf(key: string, standing: readonly Report[] = this.reports.filter((r) => r.state === 'standing')): Report | undefined {
    const parent = this.keys.get(key)?.parent ?? key
    let best: Report | undefined
    for (const report of standing) {
      if (report.target !== key && report.target !== parent) continue
      const closer = best?.cut === report.cut && report.target === key && best.target !== key
      if (best === undefined || report.cut < best.cut || closer) best = report
    }
    return best
  }

  private pairs(): Pair[] {
    const pairs: Pair[] = []
    const add = (report: Report, overrules: boolean, voices: readonly Voice[]): void => {
      voices.forEach((a, i) => {
        for (const b of voices.slice(i + 1)) {
          if (a.byRoot || b.byRoot || a.account === b.account) continue
          pairs.push({ position: Math.max(a.position, b.position), report, overrules, voices: [a, b] })
        }
      })
    }
    for (const report of this.reports) {
      add(report, false, report.receipts)
      if (report.targetStratum >= 2) add(report, true, report.overrulings)
    }
    return pairs.sort((a, b) => b.position - a.position)
  }

  private judge(): void {
    if (this.judged) return
    this.judged = true
    for (const report of this.reports) {
      report.state = report.overrulings.some((v) => v.byRoot) ? 'overruled' : report.byRoot ? 'standing' : 'closed'
    }
    for (const pair of this.pairs()) {
      const holds = pair.voices.every((v) => {
        const cut = this.cutOf(v.key)?.cut
        return cut === undefined || v.position < cut
      })
      if (!holds || pair.report.state !== 'closed') continue
      pair.report.state = pair.overrules ? 'overruled' : 'standing'
    }
    for (const report of this.reports) {
      if (report.state === 'closed' && report.receipts.length >= 2) report.state = 'fallen'
    }
  }
}
