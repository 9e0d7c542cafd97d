// Leaving: the session's key signs its own end, then it is forgotten. When the line is down the key
// is forgotten all the same; it would end by itself within hours.
import { endSession, session } from '../state/session'
import { submit } from '../state/outbox'

const PATIENCE_MS = 3000

export async function leave(): Promise<void> {
  const signer = session.value?.signer ?? null
  if (signer !== null) {
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
    await Promise.race([submit([{ kind: 'session.closed', body: { session: signer.key } }], 'leaving').catch(() => undefined), patience])
  }
  endSession('left')
}
