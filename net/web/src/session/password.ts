// Another password for the same key: the old one opens the vault, the new one locks it. The seed does
// not change, so nothing has to be signed and nobody else notices.
import { api } from '../api/client'
import { equal, unhex } from '../ledger/hash'
import { signerOfSeed } from '../ledger/keys'
import { hangDoor } from '../local/store'
import { loadSchool } from '../state/school'
import { wrapCredentials } from './enrol'
import { cleanLogin, deriveVault, unwrapSeed } from './vault'
import { SpoiltVaultError } from './login'

export type PasswordStep = 'checking' | 'locking' | 'storing'

/** Throws ApiError wrong_credentials for a wrong old password. */
export async function changePassword(typedLogin: string, old: string, next: string, onStep: (step: PasswordStep) => void): Promise<void> {
  onStep('checking')
  const login = cleanLogin(typedLogin)
  await loadSchool()
  const { salt, mem, ops } = await api.loginSalt(login)
  const { proof, wrapKey } = await deriveVault(old, { salt: unhex(salt), memKib: mem, ops })
  const answer = await api.login(login, proof)
  const seed = unwrapSeed(unhex(answer.wrapped), unhex(answer.nonce), login, wrapKey)
  wrapKey.fill(0)
  const own = signerOfSeed(seed)
  try {
    if (!equal(own.key, unhex(answer.key))) throw new SpoiltVaultError('the seed is of another key')
    onStep('locking')
    let newKey: Uint8Array<ArrayBuffer> | null = null
    const credentials = await wrapCredentials(login, answer.account, own, seed, next, (key) => { newKey = key.slice() })
    onStep('storing')
    await api.credentials(credentials)
    // What is kept on this computer opens with the new password from now on, and with no other.
    await hangDoor(login, newKey!, { salt: credentials.salt, mem: credentials.mem, ops: credentials.ops }).catch(() => undefined)
    newKey!.fill(0)
  } finally {
    seed.fill(0)
    own.forget()
  }
}
