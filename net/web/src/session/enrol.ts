// Enrolling with an invitation: the printed code proves the right, the new key is made here.
//
// code → invitation key → is it open? → new seed → key.enrolled, signed by the invitation and by
// the new key → the seed, wrapped under the password, is stored → the person logs in as always.
import { api, ApiError, refusalOf } from '../api/client'
import { encode } from '../ledger/canon'
import { buildEvent, buildSubmissions, signEvent } from '../ledger/event'
import { concat, domain, hex, random, unhex } from '../ledger/hash'
import { CODE_ARGON, codePassword, codeSalt, type CodeUse, normaliseCode, type Signer, SEED_LEN, signerOfSeed } from '../ledger/keys'
import { loadSchool, logId } from '../state/school'
import { checkSeal, seen } from '../state/seal'
import { argon2id } from './argon'
import { ARGON_FLOOR, cleanLogin, deriveVault, wrapSeed } from './vault'

export type EnrolStep = 'code' | 'asking' | 'deriving' | 'enrolling' | 'storing'
export type EnrolFault = 'bad_code' | 'unknown_code' | 'used_code'

export class EnrolError extends Error {
  constructor(readonly fault: EnrolFault) {
    super(fault)
  }
}

const CREDENTIALS = domain('letopis/credentials/v1')

/** The key behind a printed code. */
export async function signerOfCode(code: string, use: CodeUse): Promise<Signer> {
  const { memKib, ops, length } = CODE_ARGON
  const seed = await argon2id({ password: codePassword(code), salt: codeSalt(use, logId()), memKib, ops, length })
  const signer = signerOfSeed(seed)
  seed.fill(0)
  return signer
}

/** The key is in the log, but its vault was not stored: the person may try again or choose another login. */
export class StoreRefused extends Error {
  constructor(
    readonly reason: unknown,
    readonly store: (login: string, password: string, onStep: (step: EnrolStep) => void) => Promise<void>,
  ) {
    super('the vault was not stored')
  }
}

export async function enrol(typedCode: string, login: string, password: string, onStep: (step: EnrolStep) => void): Promise<void> {
  const code = normaliseCode(typedCode)
  if (code === null) throw new EnrolError('bad_code')
  onStep('code')
  await loadSchool()
  await checkSeal()
  const invitation = await signerOfCode(code, 'invitation')
  onStep('asking')
  const account = await openInvitation(invitation)
  const seed = random(SEED_LEN)
  const own = signerOfSeed(seed)
  onStep('deriving')
  // Wrapped before the invitation is used up: what can fail here must fail while it is still open.
  const credentials = await wrapCredentials(cleanLogin(login), account, own, seed, password)
  onStep('enrolling')
  await submitEnrolment(account, invitation, own)
  invitation.forget()
  await storeVault(account, own, seed, credentials, onStep)
}

type Credentials = Awaited<ReturnType<typeof wrapCredentials>>

/** Stores the vault and wipes the seed; when that fails the seed is kept for another attempt. */
async function storeVault(account: string, own: Signer, seed: Uint8Array, credentials: Credentials, onStep: (step: EnrolStep) => void): Promise<void> {
  onStep('storing')
  try {
    await api.credentials(credentials)
  } catch (error) {
    throw new StoreRefused(error, async (next, secret, step) => {
      step('deriving')
      await storeVault(account, own, seed, await wrapCredentials(cleanLogin(next), account, own, seed, secret), step)
    })
  }
  seed.fill(0)
  own.forget()
}

async function openInvitation(invitation: Signer): Promise<string> {
  try {
    const { account, open } = await api.invitation(hex(invitation.key))
    if (!open) throw new EnrolError('used_code')
    return account
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw new EnrolError('unknown_code')
    throw error
  }
}

/** What POST /api/credentials takes: everything but the signature is what is signed. */
export async function wrapCredentials(login: string, account: string, own: Signer, seed: Uint8Array, password: string, use: (wrapKey: Uint8Array) => void = () => undefined) {
  const salt = random(16)
  const { memKib: mem, ops } = ARGON_FLOOR
  const { proof, wrapKey } = await deriveVault(password, { salt, memKib: mem, ops })
  const { nonce, wrapped } = wrapSeed(seed, login, wrapKey)
  use(wrapKey)
  wrapKey.fill(0)
  const fields = { login, account: unhex(account), key: own.key, salt, mem, ops, proof, nonce, wrapped }
  const signature = await own.sign(concat(CREDENTIALS, logId(), encode(fields)))
  return { ...fields, signature }
}

async function submitEnrolment(account: string, invitation: Signer, own: Signer): Promise<void> {
  const bytes = buildEvent({
    logId: logId(), key: invitation.key, counter: 1, claimedMs: Date.now(), kind: 'key.enrolled',
    body: { account: unhex(account), key: own.key }, seen: seen(),
  })
  const [receipt] = await api.events(buildSubmissions([await signEvent(bytes, [invitation, own])]))
  if (receipt === undefined) throw new Error('no answer')
  if (receipt.code !== 0) throw refusalOf(receipt)
}
