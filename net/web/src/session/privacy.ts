// Erasure of somebody's data (specs/events.md, subject.erased): the head signs with the session, another
// officer beside the head with the account's own key.
import { refusalOf } from '../api/client'
import type { Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { submitOne } from '../state/outbox'
import { withAccountKey } from './account'

export interface ErasureDraft { readonly subject: Id; readonly ground: number; readonly reference: string; readonly login: string; readonly password: string }

export function erase(draft: ErasureDraft): Promise<void> {
  return withAccountKey(draft.login, draft.password, async ({ signer }) => {
    const body = { ground: draft.ground, reference: cleanText(draft.reference), second: signer.key, subject: unhex(draft.subject) }
    const answer = await submitOne({ kind: 'subject.erased', body, also: signer })
    if (answer.code !== 0) throw refusalOf(answer)
  })
}
