// What a form signs at once, one event or several. A refusal is thrown as an ApiError, so that the form
// shows the server's own sentence.
import { refusalOf } from '../api/client'
import type { Body } from '../ledger/event'
import type { Sealer } from '../ledger/sealed'
import { type OutDraft, submit, submitOne, SUBMISSIONS_MAX } from '../state/outbox'

export async function sign(kind: string, body: Body, sealer?: Sealer): Promise<void> {
  const answer = await submitOne({ kind, body, ...(sealer === undefined ? {} : { openings: sealer.openings }) })
  if (answer.code !== 0) throw refusalOf(answer)
}

/** Several at once; the first refusal is thrown, what was taken stays. */
export async function signAll(drafts: readonly OutDraft[]): Promise<void> {
  for (let i = 0; i < drafts.length; i += SUBMISSIONS_MAX) {
    const answers = await submit(drafts.slice(i, i + SUBMISSIONS_MAX))
    const refused = answers.find((a) => a.code !== 0)
    if (refused !== undefined) throw refusalOf(refused)
  }
}
