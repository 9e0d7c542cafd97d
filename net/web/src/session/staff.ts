// Accounts and roles of staff: what an officer signs for somebody who comes to work at the school.
import type { Day, Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { hex, random, unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { sign } from './sign'
import { inviteAgain, type Slip } from './invitation'
import { ID_LEN } from './office'

const STAFF = 2

export const grantRole = (account: Id, role: number, scope: Id | null, from: Day): Promise<void> =>
  sign('role.granted', { account: unhex(account), from, role, scope: scope === null ? null : unhex(scope), to: null })

export interface StaffDraft { readonly surname: string; readonly given: string; readonly patronymic: string; readonly role: number | null; readonly scope: Id | null; readonly from: Day }

/** Opens the account, gives the role, issues the invitation; an account that stays without its slip is invited like any other. */
export async function openStaff(draft: StaffDraft): Promise<Slip> {
  const sealer = new Sealer()
  const account = random(ID_LEN)
  const parts = [cleanText(draft.surname), cleanText(draft.given), cleanText(draft.patronymic)]
  await sign('account.opened', { account, name: sealer.seal('name', parts), person: random(ID_LEN), stratum: STAFF }, sealer)
  if (draft.role !== null) await grantRole(hex(account), draft.role, draft.scope, draft.from)
  return inviteAgain(hex(account), parts.filter((p) => p !== '').join(' '))
}
