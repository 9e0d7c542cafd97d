// Leaving: the session's key signs its own end, then it is forgotten. When the line is down the key
// is forgotten all the same; it would end by itself within hours.
import { endSession, session } from '../state/session'
import { lineDown } from '../state/line'
import { queued, submit } from '../state/outbox'
import { handOverAll } from '../state/unsettled'

const PATIENCE_MS = 3000
/** How long entries that were just made may take to be sent before a person is asked about them. */
const SENT_MS = 1500

/** True when all that was written here has reached the log: nobody need be asked before leaving. */
export async function allSent(): Promise<boolean> {
  await handOverAll()
  for (let waited = 0; queued.value > 0 && !lineDown.value && waited < SENT_MS; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50))
  return queued.value === 0
}

export async function leave(): Promise<void> {
  const signer = session.value?.signer ?? null
  if (signer !== null) {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
    await Promise.race([submit([{ kind: 'session.closed', body: { session: signer.key } }], 'leaving').catch(() => undefined), patience])
  }
  endSession('left')
}
