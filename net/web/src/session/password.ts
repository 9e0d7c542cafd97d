// Another password for the same key: the old one opens the vault, the new one locks it. The seed does
// not change, so nothing has to be signed and nobody else notices.
import { api } from '../api/client'
import { hangDoor } from '../local/store'
import { withAccountKey } from './account'
import { wrapCredentials } from './enrol'

export type PasswordStep = 'checking' | 'locking' | 'storing'

/** Throws ApiError wrong_credentials for a wrong old password. */
export function changePassword(typedLogin: string, old: string, next: string, onStep: (step: PasswordStep) => void): Promise<void> {
  onStep('checking')
  return withAccountKey(typedLogin, old, async ({ login, account, signer, seed }) => {
    onStep('locking')
    let newKey: Uint8Array<ArrayBuffer> | null = null
    const credentials = await wrapCredentials(login, account, signer, seed, next, (key) => { newKey = key.slice() })
    onStep('storing')
    await api.credentials(credentials)
    // What is kept on this computer opens with the new password from now on, and with no other.
    await hangDoor(login, newKey!, { salt: credentials.salt, mem: credentials.mem, ops: credentials.ops }).catch(() => undefined)
    newKey!.fill(0)
  })
}
