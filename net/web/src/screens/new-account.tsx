// Somebody who comes to work at the school: the account, the role, and the slip to come in by. And a role
// for who is there already.
import { useState } from 'preact/hooks'
import { officeApi } from '../api/office'
import { type Account, Role, type RoleHeld } from '../api/types'
import { m } from '../i18n'
import { dayFull } from '../i18n/format'
import { sm } from '../i18n/school'
import { classChoices } from '../office/schedule'
import type { Slip } from '../session/invitation'
import { grantRole, openAccount, revokeRole } from '../session/accounts'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { useLoad } from '../ui/load'
import { DayField, SignRow } from './office-pupil'

/** What an officer gives to staff; teaching is an assignment (groups), not a role. */
const ROLES = [Role.Office, Role.ClassTeacher] as const
/** An auditor is no member of staff, and gets an account of the own. */
const NEW_ROLES = [...ROLES, Role.Auditor] as const
const NONE = 0

interface Given { readonly role: number; readonly scope: string; readonly from: number }

function RoleFields({ given, none, onGiven }: { given: Given; none: boolean; onGiven: (given: Given) => void }) {
  const groups = useLoad(() => officeApi.groups(), [])
  const t = sm().staff
  const classes = classChoices(groups.value?.groups ?? [])
  return (
    <>
      <div class="row form-row"><ChoiceField label={t.role} value={given.role} choices={[...(none ? [[NONE, t.noRole] as [number, string]] : []), ...(none ? NEW_ROLES : ROLES).map((r) => [r, m().roles[r] ?? String(r)] as [number, string])]} onChoice={(role) => onGiven({ ...given, role })} />
        {given.role === Role.ClassTeacher && <ChoiceField label={t.class} value={given.scope} choices={[['', '—'], ...classes]} onChoice={(scope) => onGiven({ ...given, scope })} />}
        {given.role !== NONE && <DayField label={t.from} value={given.from} onDay={(from) => onGiven({ ...given, from })} />}</div>
      {given.role === Role.Auditor && <p class="field-note">{t.auditorNote}</p>}
      {given.role === Role.Office && <p class="field-note">{t.officeNote}</p>}
    </>
  )
}

const scopeOf = (given: Given): string | null => (given.role === Role.ClassTeacher ? given.scope : null)
const isWhole = (given: Given): boolean => given.role !== Role.ClassTeacher || given.scope !== ''

function NewDialog({ onClose, onSlip }: { onClose: () => void; onSlip: (slip: Slip) => void }) {
  const [name, setName] = useState({ surname: '', given: '', patronymic: '' })
  const [given, setGiven] = useState<Given>({ role: NONE, scope: '', from: dayOf(now()) })
  const act = useAct()
  const t = sm().staff
  const p = { surname: t.surname, given: t.given, patronymic: t.patronymic }
  const submit = async (): Promise<void> => {
    let slip: Slip | null = null
    if (await act.run(async () => { slip = await openAccount({ ...name, role: given.role === NONE ? null : given.role, scope: scopeOf(given), from: given.from }) }) && slip !== null) onSlip(slip)
  }
  return (
    <Dialog name="new-account" title={t.title} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void submit() }}>
        <div class="row form-row">{(['surname', 'given', 'patronymic'] as const).map((key) => <TextField key={key} label={p[key]} value={name[key]} maxLength={60} onText={(v) => setName({ ...name, [key]: v })} />)}</div>
        <RoleFields given={given} none onGiven={setGiven} />
        <p class="field-note">{t.note}</p>
        <SignRow act={act} ready={name.surname.trim() !== '' && name.given.trim() !== '' && isWhole(given)} onClose={onClose} />
      </form>
    </Dialog>
  )
}

/** The roles of an account, each with a way to end it. */
export function HeldRoles({ account, onDone }: { account: Account; onDone: () => void }) {
  const [ending, setEnding] = useState<RoleHeld | null>(null)
  const act = useAct()
  const t = sm().staff
  const words = (r: RoleHeld): string => `${m().roles[r.role] ?? r.role}${r.scope_name === null ? '' : ` ${r.scope_name}`}`
  const close = (): void => setEnding(null)
  const submit = async (grant: string): Promise<void> => {
    if (!(await act.run(() => revokeRole(grant)))) return
    close()
    onDone()
  }
  return (
    <ul class="plain-rows held-roles">
      {account.roles.map((r) => <li key={r.grant}><b>{words(r)}</b><span class="dim">{t.since(dayFull(r.from))}</span><button type="button" class="button quiet small" disabled={!canSign.value} aria-label={t.revokeOf(words(r), account.name)} onClick={() => setEnding(r)}>{t.revoke}</button></li>)}
      {ending !== null && (
        <Dialog name="revoke-role" title={t.revokeTitle} onClose={close}>
          <form class="write" onSubmit={(e) => { e.preventDefault(); void submit(ending.grant) }}>
            <p>{t.revokeLead(account.name, words(ending))}</p>
            <SignRow act={act} ready onClose={close} />
          </form>
        </Dialog>
      )}
    </ul>
  )
}

export function NewAccount({ onSlip }: { onSlip: (slip: Slip) => void }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button" disabled={!canSign.value} onClick={() => setOpen(true)}><Icon name="plus" size={15} />{sm().staff.title}</button>
      {open && <NewDialog onClose={() => setOpen(false)} onSlip={(slip) => { setOpen(false); onSlip(slip) }} />}
    </>
  )
}

export function GiveRole({ account, onDone }: { account: Account; onDone: () => void }) {
  const [open, setOpen] = useState(false)
  const [given, setGiven] = useState<Given>({ role: Role.Office, scope: '', from: dayOf(now()) })
  const act = useAct()
  const t = sm().staff
  return (
    <>
      <button type="button" class="button small" disabled={!canSign.value} onClick={() => setOpen(true)}>{t.give}</button>
      {open && (
        <Dialog name="give-role" title={t.give} onClose={() => setOpen(false)}>
          <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => grantRole(account.account, given.role, scopeOf(given), given.from)).then((ok) => { if (ok) { setOpen(false); onDone() } }) }}>
            <p><b>{account.name}</b></p>
            <RoleFields given={given} none={false} onGiven={setGiven} />
            <SignRow act={act} ready={isWhole(given)} onClose={() => setOpen(false)} />
          </form>
        </Dialog>
      )}
    </>
  )
}
