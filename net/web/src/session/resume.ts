// What happens when the page is opened: learn the school, look at the seal, and go on reading where
// a family or an auditor had been. Staff log in again, because their key lived in memory.
import { signal } from '@preact/signals'
import { api, OfflineError } from '../api/client'
import { forget, recall } from '../state/prefs'
import { loadSchool } from '../state/school'
import { checkSeal } from '../state/seal'
import { beginSession, STRATUM_FAMILY } from '../state/session'

/** False until it is known whether there is a session to go on with. */
export const started = signal(false)
export const startError = signal<unknown>(null)

export async function resume(): Promise<void> {
  const isReading = recall<boolean>('reading') === true
  // Who has to log in need not wait for the school's name; logging in waits for the school itself.
  if (!isReading) started.value = true
  try {
    startError.value = null
    await loadSchool()
    void checkSeal().catch(() => undefined)
    if (!isReading) return
    const me = await api.me().catch((error: unknown) => (error instanceof OfflineError ? 'away' as const : null))
    // Without a network the password opens what this computer keeps.
    if (me === 'away') return
    if (me !== null && me.stratum >= STRATUM_FAMILY) beginSession(me, null, '', 0)
    else forget('reading')
  } catch (error) {
    startError.value = error
  } finally {
    started.value = true
  }
}
