// A new invitation: two printed codes are made here, the log gets their public keys. The codes are
// on the slip and nowhere else; whoever loses it is invited anew.
import { refusalOf } from '../api/client'
import type { Id } from '../api/types'
import { unhex } from '../ledger/hash'
import { newCode, type Signer } from '../ledger/keys'
import { submitOne } from '../state/outbox'
import { signerOfCode } from './enrol'

export interface Slip { readonly account: Id; readonly name: string; readonly code: string; readonly emergency: string }

export async function inviteAgain(account: Id, name: string): Promise<Slip> {
  const slip: Slip = { account, name, code: newCode(), emergency: newCode() }
  const invitation = await signerOfCode(slip.code, 'invitation')
  const emergency = await signerOfCode(slip.emergency, 'emergency')
  try {
    await submitInvitation(account, invitation, emergency)
  } finally {
    invitation.forget()
    emergency.forget()
  }
  return slip
}

async function submitInvitation(account: Id, invitation: Signer, emergency: Signer): Promise<void> {
  const answer = await submitOne({ kind: 'invitation.issued', body: { account: unhex(account), emergency: emergency.key, invitation: invitation.key } })
  if (answer.code !== 0) throw refusalOf(answer)
}
