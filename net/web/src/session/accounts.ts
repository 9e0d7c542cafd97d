// Accounts and roles: what is signed for somebody who comes to work at the school, for a family, for an
// auditor.
import { type Day, type Hex, type Id, Role } from '../api/types'
import { cleanText } from '../ledger/canon'
import { hex, random, unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { sign } from './sign'
import { inviteAgain, type Slip } from './invitation'
import { ID_LEN } from './office'

const STAFF = 2
const FAMILY = 3

/** Where an account with that role stands (authority.md, "Roles"). */
const stratumOf = (role: number | null): number => (role === Role.Parent || role === Role.Pupil || role === Role.Auditor ? FAMILY : STAFF)

export const grantRole = (account: Id, role: number, scope: Id | null, from: Day): Promise<void> =>
  sign('role.granted', { account: unhex(account), from, role, scope: scope === null ? null : unhex(scope), to: null })

/** From this moment on; what was signed with it stays. */
export const revokeRole = (grant: Hex): Promise<void> => sign('role.revoked', { grant: unhex(grant) })

export interface AccountDraft { readonly surname: string; readonly given: string; readonly patronymic: string; readonly role: number | null; readonly scope: Id | null; readonly from: Day }

/** Opens the account, gives the role, issues the invitation; an account that stays without its slip is invited like any other. */
export async function openAccount(draft: AccountDraft): Promise<Slip> {
  const sealer = new Sealer()
  const account = random(ID_LEN)
  const parts = [cleanText(draft.surname), cleanText(draft.given), cleanText(draft.patronymic)]
  await sign('account.opened', { account, name: sealer.seal('name', parts), person: random(ID_LEN), stratum: stratumOf(draft.role) }, sealer)
  if (draft.role !== null) await grantRole(hex(account), draft.role, draft.scope, draft.from)
  return inviteAgain(hex(account), parts.filter((p) => p !== '').join(' '))
}
