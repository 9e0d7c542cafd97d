// The three events of a breach: reported, received, overruled. What is signed is the position, the
// count and the digest that the preview showed, never just a time; and the list behind the digest is
// hashed here, so that a server cannot show one list and have another signed.
import { api } from '../api/client'
import type { EventAnswer, Hex, Ms, Preview, Report } from '../api/types'
import { cleanText } from '../ledger/canon'
import { equal, sha256, unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { submitOne } from '../state/outbox'
import { now } from '../state/school'

export interface BreachClaim { readonly target: Hex; readonly breach: Ms; readonly learned: Ms; readonly reason: string }

/** What the server showed is not what would be signed. */
export class ContradictionError extends Error {}

/** Signs a report over the preview that the officer has read. */
export async function reportBreach(claim: BreachClaim, preview: Preview): Promise<EventAnswer> {
  if (preview.target !== claim.target || preview.breach !== claim.breach || !previewHolds(preview)) throw new ContradictionError('the preview contradicts itself')
  const sealer = new Sealer()
  const body = {
    account: unhex(preview.account), breach: claim.breach, count: preview.count, cut: preview.cut, digest: unhex(preview.digest),
    learned: claim.learned, reason: sealer.seal('reason', cleanText(claim.reason)), size: preview.size, target: unhex(claim.target),
  }
  return submitOne({ kind: 'breach.reported', body, openings: sealer.openings })
}

const ATTEMPTS = 4
/** Refusals that only say that the log has grown under the claim. */
const MOVED = ['breach_cut', 'breach_digest']

/** Closes the own key at once, nothing to be read before; `breach` null: from now on. */
export async function closeOwn(claim: Omit<BreachClaim, 'breach'> & { readonly breach: Ms | null }): Promise<EventAnswer> {
  for (let attempt = 1; ; attempt++) {
    const breach = claim.breach ?? now()
    const answer = await reportBreach({ ...claim, breach }, await api.breachPreview(claim.target, breach))
    if (attempt === ATTEMPTS || !MOVED.includes(answer.error ?? '')) return answer
  }
}

/** Signs that the report was received, over the list that the officer was shown. */
export async function receiveBreach(report: Report, shown: Preview, capacity: number, told: Ms): Promise<EventAnswer> {
  if (agreement(shown, report) !== 'recomputed') throw new ContradictionError('the list is not the one that was reported')
  return submitOne({ kind: 'breach.received', body: { capacity, cut: report.cut, digest: unhex(report.digest), report: unhex(report.id), told } })
}

export async function overruleBreach(report: Report, reason: string): Promise<EventAnswer> {
  const sealer = new Sealer()
  const body = { account: unhex(report.account), reason: sealer.seal('reason', cleanText(reason)), report: unhex(report.id) }
  return submitOne({ kind: 'breach.overruled', body, openings: sealer.openings })
}

const digestOf = (ids: readonly Hex[]) => sha256(...ids.map(unhex))

/** Every entry that is shown as covered is in the list that is hashed: no other can be slipped under it. */
function showsItsOwn(preview: Preview, ids: ReadonlySet<Hex>): boolean {
  return preview.events.every((e) => !e.covered || (e.id !== undefined && ids.has(e.id) && e.seq >= preview.cut))
}

/** True when the preview's numbers are those of its own list, and what it shows is in that list. */
export function previewHolds(preview: Preview): boolean {
  const { ids } = preview
  return ids !== undefined && ids.length === preview.count && preview.cut <= preview.size &&
    equal(digestOf(ids), unhex(preview.digest)) && showsItsOwn(preview, new Set(ids))
}

export type Agreement = 'recomputed' | 'different'

/**
 * Compares what a report signed with the log as it is now. The covered events of a smaller log are
 * the first of those of a larger one, so the ids are cut to the report's count and hashed here.
 */
export function agreement(preview: Preview, report: Pick<Report, 'target' | 'breach' | 'digest' | 'count' | 'cut'>): Agreement {
  const { ids } = preview
  if (preview.target !== report.target || preview.breach !== report.breach || preview.cut !== report.cut) return 'different'
  if (ids === undefined || ids.length < report.count || !previewHolds(preview)) return 'different'
  return equal(digestOf(ids.slice(0, report.count)), unhex(report.digest)) ? 'recomputed' : 'different'
}
