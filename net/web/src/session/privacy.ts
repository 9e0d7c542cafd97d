// Erasure (specs/events.md): of somebody's data (subject.erased), of single values (value.erased). The head
// signs with the session, another officer beside the head with the account's own key.
import { refusalOf } from '../api/client'
import type { Hex, Id, Seq } from '../api/types'
import { cleanText, type Value } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { submitOne } from '../state/outbox'
import { withAccountKey } from './account'

export interface ErasureDraft { readonly ground: number; readonly reference: string; readonly login: string; readonly password: string }
/** A value by its name in the log: of which entry, and its commitment. */
export interface NamedValue { readonly seq: Seq; readonly commitment: Hex }

function signByTwo(kind: string, draft: ErasureDraft, what: Readonly<Record<string, Value>>): Promise<void> {
  return withAccountKey(draft.login, draft.password, async ({ signer }) => {
    const body = { ground: draft.ground, reference: cleanText(draft.reference), second: signer.key, ...what }
    const answer = await submitOne({ kind, body, also: signer })
    if (answer.code !== 0) throw refusalOf(answer)
  })
}

export const erase = (subject: Id, draft: ErasureDraft): Promise<void> => signByTwo('subject.erased', draft, { subject: unhex(subject) })

export const eraseValues = (values: readonly NamedValue[], draft: ErasureDraft): Promise<void> =>
  signByTwo('value.erased', draft, { values: values.map((v): Value => [v.seq, unhex(v.commitment)]) })
