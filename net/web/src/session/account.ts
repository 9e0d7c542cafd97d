// The account's key for a moment: the password opens the vault, no session is opened, and the seed is
// forgotten right after. For another password, and for a second officer at the same computer.
import { api } from '../api/client'
import type { Id } from '../api/types'
import { equal, unhex } from '../ledger/hash'
import { type Signer, signerOfSeed } from '../ledger/keys'
import { loadSchool } from '../state/school'
import { SpoiltVaultError } from './login'
import { cleanLogin, deriveVault, unwrapSeed } from './vault'

export interface OpenAccount { readonly login: string; readonly account: Id; readonly signer: Signer; readonly seed: Uint8Array }

/** Throws ApiError wrong_credentials for a wrong password. */
export async function withAccountKey<A>(typedLogin: string, password: string, use: (open: OpenAccount) => Promise<A>): Promise<A> {
  const login = cleanLogin(typedLogin)
  await loadSchool()
  const { salt, mem, ops } = await api.loginSalt(login)
  const { proof, wrapKey } = await deriveVault(password, { salt: unhex(salt), memKib: mem, ops })
  const answer = await api.login(login, proof)
  const seed = unwrapSeed(unhex(answer.wrapped), unhex(answer.nonce), login, wrapKey)
  wrapKey.fill(0)
  const signer = signerOfSeed(seed)
  try {
    if (!equal(signer.key, unhex(answer.key))) throw new SpoiltVaultError('the seed is of another key')
    return await use({ login, account: answer.account, signer, seed })
  } finally {
    seed.fill(0)
    signer.forget()
  }
}
