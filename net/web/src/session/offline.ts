// Coming in without a network: the password opens what this computer keeps, for reading. Nothing can be
// signed in this way, because a session's key has to be announced to the log first.
import type { Me, Ms } from '../api/types'
import { deriveVault } from './vault'
import { closeStore, doorOf, hangDoor, keep, openDoor, openStore, recallKept, wipeStore } from '../local/store'
import { beginOffline, onSessionEnd } from '../state/session'
import { lineDown } from '../state/line'
import { restorePages } from './restore'

/** This computer keeps nothing for that login. */
export class NothingKeptError extends Error {}
export class WrongPasswordError extends Error {}

interface KeptMe { readonly me: Me; readonly offset: Ms }

/** After logging in: the way in without a network is renewed, and what waited is sent. */
export async function settleStore(key: Uint8Array<ArrayBuffer>, login: string, wrapKey: Uint8Array, vault: { salt: Uint8Array<ArrayBuffer>; mem: number; ops: number }, me: Me): Promise<void> {
  openStore(key, login)
  key.fill(0)
  try {
    await hangDoor(login, wrapKey, vault)
    await keep('me', { me, offset: me.now - Date.now() } satisfies KeptMe)
  } catch {
    // A browser that keeps nothing: then there is no way in without a network.
  }
}

export async function comeInOffline(login: string, password: string): Promise<void> {
  const door = await doorOf(login).catch(() => undefined)
  if (door === undefined) throw new NothingKeptError('nothing is kept')
  const { wrapKey, proof } = await deriveVault(password, { salt: door.salt, memKib: door.mem, ops: door.ops })
  proof.fill(0)
  try {
    const key = openDoor(door, login, wrapKey)
    openStore(key, login)
    key.fill(0)
  } catch {
    throw new WrongPasswordError('another password')
  } finally {
    wrapKey.fill(0)
  }
  const kept = await recallKept<KeptMe>('me').catch(() => null)
  if (kept === null) {
    closeStore()
    throw new NothingKeptError('nothing is kept')
  }
  lineDown.value = true
  beginOffline(kept.value.me, kept.value.offset, login)
  void restorePages().catch(() => undefined)
}

// Who signs out, and whose access was closed, leaves nothing to read behind.
onSessionEnd.add((reason) => {
  if (reason === 'left' || reason === 'closed' || reason === 'gone') void wipeStore().catch(() => undefined)
  closeStore()
})
