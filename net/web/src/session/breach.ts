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
  // What is signed must be what the shown list hashes to.
  if (agreement(preview, preview) === 'different') throw new Error('the preview contradicts itself')
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

/**
 * Compares what a report signed with the log as it is now. The covered events of a smaller log are
 * the first of those of a larger one, so the ids are cut to the report's count and hashed here.
 */
export function agreement(preview: Preview, report: Pick<Report, 'digest' | 'count' | 'cut'>): Agreement {
  if (preview.cut !== report.cut) return 'different'
  if (preview.ids === undefined) return preview.digest === report.digest && preview.count === report.count ? 'server' : 'different'
  if (preview.ids.length < report.count) return 'different'
  const digest = sha256(...preview.ids.slice(0, report.count).map(unhex))
  return equal(digest, unhex(report.digest)) ? 'recomputed' : 'different'
}
