// The three events of a breach: reported, received, overruled. What is signed is the position, the
// count and the digest that the preview showed, never just a time.
import { api } from '../api/client'
import type { EventAnswer, Hex, Ms, Preview, Report } from '../api/types'
import { cleanText } from '../ledger/canon'
import { equal, sha256, unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { submitOne } from '../state/outbox'

export interface BreachClaim { readonly target: Hex; readonly breach: Ms; readonly learned: Ms; readonly reason: string }

/** Signs a report over a preview; without one it asks for it first. */
export async function reportBreach(claim: BreachClaim, shown?: Preview): Promise<EventAnswer> {
  const preview = shown ?? await api.breachPreview(claim.target, claim.breach)
  const sealer = new Sealer()
  const body = {
    account: unhex(preview.account), breach: claim.breach, count: preview.count, cut: preview.cut, digest: unhex(preview.digest),
    learned: claim.learned, reason: sealer.seal('reason', cleanText(claim.reason)), size: preview.size, target: unhex(claim.target),
  }
  return submitOne({ kind: 'breach.reported', body, openings: sealer.openings })
}

export async function receiveBreach(report: Report, capacity: number, told: Ms): Promise<EventAnswer> {
  return submitOne({ kind: 'breach.received', body: { capacity, cut: report.cut, digest: unhex(report.digest), report: unhex(report.id), told } })
}

export async function overruleBreach(report: Report, reason: string): Promise<EventAnswer> {
  const sealer = new Sealer()
  const body = { account: unhex(report.account), reason: sealer.seal('reason', cleanText(reason)), report: unhex(report.id) }
  return submitOne({ kind: 'breach.overruled', body, openings: sealer.openings })
}

export type Agreement = 'recomputed' | 'server' | 'different'

/** Compares what the preview lists with what a report signed: event by event where the ids are there. */
export function agreement(preview: Preview, report: Pick<Report, 'digest' | 'count' | 'cut'>): Agreement {
  if (preview.digest !== report.digest || preview.count !== report.count || preview.cut !== report.cut) return 'different'
  const covered = preview.events.filter((e) => e.covered).sort((a, b) => a.seq - b.seq)
  if (covered.length !== preview.count || covered.some((e) => e.id === undefined)) return 'server'
  const digest = sha256(...covered.map((e) => unhex(e.id!)))
  return equal(digest, unhex(report.digest)) ? 'recomputed' : 'different'
}
