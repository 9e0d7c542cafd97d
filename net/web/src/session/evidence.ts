// The reports judged once more, here: every entry by which they are judged is fetched with its
// proof, verified, and read by the rule of specs/invalidation.md; then held against what the server
// says. A server can still hide a report from one browser; the auditor reads the whole log.
import { api } from '../api/client'
import type { Report } from '../api/types'
import { unhex } from '../ledger/hash'
import { checkReceipt, receiptHolds } from '../ledger/receipt'
import { Standing } from '../ledger/standing'

export interface Judgement {
  /** Entries that were proved and read. */
  readonly entries: number
  /** Positions whose proof or signature does not hold. */
  readonly broken: readonly number[]
  /** Reports on which this browser and the server do not agree. */
  readonly differing: readonly number[]
  readonly more: boolean
}

export const agrees = (j: Judgement): boolean => j.broken.length === 0 && j.differing.length === 0 && !j.more

export async function judgeReports(reports: readonly Report[], vkey: string, progress: (done: number, total: number) => void): Promise<Judgement> {
  const { positions, more } = await api.evidence()
  const standing = new Standing()
  const broken: number[] = []
  for (const [i, seq] of positions.entries()) {
    const proof = await api.proof(seq)
    if (proof.seq !== seq || !receiptHolds(checkReceipt(proof, vkey))) broken.push(seq)
    else standing.add(unhex(proof.entry), seq)
    progress(i + 1, positions.length)
  }
  const found = new Map(standing.states().map((r) => [r.position, r]))
  const differing = reports.filter((r) => {
    const own = found.get(r.seq)
    return own === undefined || own.state !== r.state || own.cut !== r.cut || own.target !== r.target
  }).map((r) => r.seq)
  return { entries: positions.length, broken, differing, more }
}
