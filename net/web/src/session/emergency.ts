// The emergency code of the printed slip: closes the own account without password and session.
//
// code → emergency key → what it has to sign (positions, count, digest; the list is hashed here) →
// breach.reported. When the log has moved on meanwhile it is asked and signed once more.
import { api, ApiError, refusalOf } from '../api/client'
import { type EmergencyClaim, type KeyFate, KeyState, type Ms } from '../api/types'
import { cleanText } from '../ledger/canon'
import { buildEvent, buildSubmissions, signEvent } from '../ledger/event'
import { equal, hex, sha256, unhex } from '../ledger/hash'
import { normaliseCode, type Signer } from '../ledger/keys'
import { Sealer } from '../ledger/sealed'
import { BrokenSealError } from '../state/outbox'
import { loadSchool, logId } from '../state/school'
import { checkSeal, sealBroken, seen } from '../state/seal'
import { signerOfCode } from './enrol'

export type EmergencyStep = 'code' | 'asking' | 'signing'
export type EmergencyFault = 'bad_code' | 'unknown_code' | 'already' | 'contradiction'
const ATTEMPTS = 4
/** Refusals that only say that the log has grown under the claim. */
const MOVED = ['breach_cut', 'breach_digest']

export class EmergencyError extends Error {
  constructor(readonly fault: EmergencyFault, readonly fate: KeyFate | null = null) {
    super(fault)
  }
}

/** True when the claim's numbers are those of its own list. */
export function claimHolds(claim: EmergencyClaim): boolean {
  return claim.ids.length === claim.count && claim.cut <= claim.size && equal(sha256(...claim.ids.map(unhex)), unhex(claim.digest))
}

/** Closes the account of the slip; says until when the head and technical support are to be told. */
export async function closeByCode(typedCode: string, since: Ms | null, reason: string, onStep: (step: EmergencyStep) => void): Promise<KeyFate> {
  const code = normaliseCode(typedCode)
  if (code === null) throw new EmergencyError('bad_code')
  onStep('code')
  await loadSchool()
  await checkSeal()
  if (sealBroken.value) throw new BrokenSealError('')
  const signer = await signerOfCode(code, 'emergency')
  try {
    for (let attempt = 1; ; attempt++) {
      onStep('asking')
      const claim = await askClaim(signer, since)
      onStep('signing')
      const error = await sendReport(signer, claim, reason)
      if (error === null) return { state: KeyState.Closed, whole: true, closed: claim.now, due: claim.due, own: true }
      if (attempt === ATTEMPTS || !MOVED.includes(error.code)) throw error
    }
  } finally {
    signer.forget()
  }
}

async function askClaim(signer: Signer, since: Ms | null): Promise<EmergencyClaim> {
  const claim = await api.emergency(hex(signer.key), since).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 404 ? new EmergencyError('unknown_code') : error
  })
  if (claim.state === KeyState.Closed) throw new EmergencyError('already', await api.key(claim.target).catch(() => null))
  if (!claimHolds(claim)) throw new EmergencyError('contradiction')
  return claim
}

async function sendReport(signer: Signer, claim: EmergencyClaim, reason: string): Promise<ApiError | null> {
  const { counter } = await api.counter(hex(signer.key))
  const sealer = new Sealer()
  const bytes = buildEvent({
    logId: logId(), key: signer.key, counter: counter + 1, claimedMs: Date.now(), kind: 'breach.reported', seen: seen(),
    body: {
      account: unhex(claim.account), breach: claim.breach, count: claim.count, cut: claim.cut, digest: unhex(claim.digest),
      learned: claim.now, reason: sealer.seal('reason', cleanText(reason)), size: claim.size, target: unhex(claim.target),
    },
  })
  const [receipt] = await api.events(buildSubmissions([await signEvent(bytes, [signer], sealer.openings)]))
  if (receipt === undefined) throw new Error('no answer')
  return receipt.code === 0 ? null : refusalOf(receipt)
}
