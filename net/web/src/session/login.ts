// Logging in: password → seed → one signature that opens a session → the seed is wiped.
//
// After this only the session's key is left, good for some hours and for nothing else; whoever sits
// down at an unlocked computer never reaches the account's own key.
import { api, OfflineError, refusalOf } from '../api/client'
import { buildEvent, buildSubmissions, signEvent } from '../ledger/event'
import { type Bytes, equal, unhex } from '../ledger/hash'
import { newSessionSigner, type Signer, signerOfSeed } from '../ledger/keys'
import { Sealer } from '../ledger/sealed'
import { loadSchool, logId } from '../state/school'
import { BrokenSealError } from '../state/outbox'
import { checkSeal, sealBroken, seen } from '../state/seal'
import { beginSession, openReading } from '../state/session'
import { storeKeyOf } from '../local/box'
import { comeInOffline, settleStore } from './offline'
import { restorePages } from './restore'
import { cleanLogin, deriveVault, unwrapSeed } from './vault'

export type LoginStep = 'asking' | 'deriving' | 'unlocking' | 'opening'
export const SESSION_HOURS = 10

/** The password fits, yet what it unlocks is not the account's key: the server's copy is spoilt. */
export class SpoiltVaultError extends Error {}

/** With a network: a session that signs. Without one: what this computer keeps, for reading. */
export async function logIn(typedLogin: string, password: string, onStep: (step: LoginStep) => void): Promise<void> {
  onStep('asking')
  const login = cleanLogin(typedLogin)
  let parameters: { salt: string; mem: number; ops: number }
  try {
    await loadSchool()
    await checkSeal()
    if (sealBroken.value) throw new BrokenSealError('')
    parameters = await api.loginSalt(login)
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error
    onStep('deriving')
    return comeInOffline(login, password)
  }
  const vault = { salt: unhex(parameters.salt), mem: parameters.mem, ops: parameters.ops }
  onStep('deriving')
  const { proof, wrapKey } = await deriveVault(password, { salt: vault.salt, memKib: vault.mem, ops: vault.ops })
  try {
    await openWith(login, proof, wrapKey, vault, onStep)
  } finally {
    wrapKey.fill(0)
  }
}

async function openWith(login: string, proof: Bytes, wrapKey: Bytes, vault: { salt: Bytes; mem: number; ops: number }, onStep: (step: LoginStep) => void): Promise<void> {
  onStep('unlocking')
  const answer = await api.login(login, proof)
  const { account, storeKey } = openVault(answer, login, wrapKey)
  try {
    onStep('opening')
    const signer = await openSession(account, unhex(answer.account), answer.counter + 1)
    const me = await openReading(signer, unhex(answer.challenge))
    await settleStore(storeKey, login, wrapKey, vault, me)
    beginSession(me, signer, login, 0)
    void restorePages().catch(() => undefined)
  } finally {
    account.forget()
  }
}

function openVault(answer: { key: string; nonce: string; wrapped: string }, login: string, wrapKey: Uint8Array): { account: Signer; storeKey: Bytes } {
  let seed: Uint8Array
  try {
    seed = unwrapSeed(unhex(answer.wrapped), unhex(answer.nonce), login, wrapKey)
  } catch {
    throw new SpoiltVaultError('the seed cannot be unwrapped')
  }
  const signer = signerOfSeed(seed)
  const storeKey = storeKeyOf(seed, logId())
  seed.fill(0)
  if (!equal(signer.key, unhex(answer.key))) {
    signer.forget()
    throw new SpoiltVaultError('the seed is of another key')
  }
  return { account: signer, storeKey }
}

/** Makes the session's key and has the account's key sign for it. */
async function openSession(account: Signer, accountId: Uint8Array, counter: number): Promise<Signer> {
  const signer = await newSessionSigner()
  const sealer = new Sealer()
  const body = { account: accountId, hours: SESSION_HOURS, place: sealer.seal('place', placeName()), session: signer.key }
  const bytes = buildEvent({
    logId: logId(), key: account.key, counter, claimedMs: Date.now(), kind: 'session.opened', body, seen: seen(),
  })
  const event = await signEvent(bytes, [account, signer], sealer.openings)
  const [receipt] = await api.events(buildSubmissions([event]))
  if (receipt === undefined) throw new Error('no answer')
  if (receipt.code !== 0) throw refusalOf(receipt)
  return signer
}

/** A name for this browser that its owner will recognise in a list: "Chrome, Windows". */
export function placeName(agent: string = navigator.userAgent): string {
  const browsers: [RegExp, string][] = [
    [/YaBrowser/, 'Яндекс Браузер'], [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari'],
  ]
  const systems: [RegExp, string][] = [
    [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux|X11/, 'Linux'],
  ]
  const find = (list: [RegExp, string][], other: string): string => list.find(([re]) => re.test(agent))?.[1] ?? other
  return `${find(browsers, 'браузер')}, ${find(systems, 'неизвестная система')}`
}
