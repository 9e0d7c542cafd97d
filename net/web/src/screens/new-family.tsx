// An access for a parent, or for the pupil: the account, the right to read this pupil, and the slip to
// come in by (CT-1). For the class teacher, head, deputy head.
import { useState } from 'preact/hooks'
import type { Card, Kept } from '../api/families'
import { Role } from '../api/types'
import { m } from '../i18n'
import { sm } from '../i18n/school'
import { openAccount } from '../session/accounts'
import type { Slip } from '../session/invitation'
import { dayOf, now } from '../state/school'
import { canSign, hasRole, me } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { SignRow } from './office-pupil'

type Whose = Card & Kept

/** Whoever may give families of that class their access. */
const mayOpen = (card: Whose): boolean =>
  hasRole(Role.Head, Role.Deputy, Role.Support) || (me.value?.roles ?? []).some((r) => r.role === Role.ClassTeacher && r.scope === card.class)

function FamilyDialog({ card, onClose, onSlip }: { card: Whose; onClose: () => void; onSlip: (slip: Slip) => void }) {
  const hasOwn = card.family.some((f) => f.role === Role.Pupil)
  const [surname = '', given = '', patronymic = ''] = card.full_name.split(' ')
  const [role, setRole] = useState<number>(Role.Parent)
  const [name, setName] = useState({ surname: '', given: '', patronymic: '' })
  const act = useAct()
  const t = sm().staff
  const shown = role === Role.Pupil ? { surname, given, patronymic } : name
  const submit = async (): Promise<void> => {
    let slip: Slip | null = null
    if (await act.run(async () => { slip = await openAccount({ ...shown, role, scope: card.pupil, from: dayOf(now()) }) }) && slip !== null) onSlip(slip)
  }
  return (
    <Dialog name="new-family" title={t.family.title} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void submit() }}>
        <ChoiceField label={t.family.whose} value={role} choices={[[Role.Parent, m().roles[Role.Parent]!], ...(hasOwn ? [] : [[Role.Pupil, t.family.pupil(card.full_name)] as [number, string]])]} onChoice={setRole} />
        {role === Role.Parent && <div class="row form-row">{(['surname', 'given', 'patronymic'] as const).map((key) => <TextField key={key} label={t[key]} value={name[key]} maxLength={60} onText={(v) => setName({ ...name, [key]: v })} />)}</div>}
        <p class="field-note">{t.family.note}</p>
        <SignRow act={act} ready={shown.surname.trim() !== '' && shown.given.trim() !== ''} onClose={onClose} />
      </form>
    </Dialog>
  )
}

export function NewFamily({ card, onSlip }: { card: Whose; onSlip: (slip: Slip) => void }) {
  const [open, setOpen] = useState(false)
  if (!mayOpen(card)) return null
  return (
    <>
      <button type="button" class="button small" disabled={!canSign.value} onClick={() => setOpen(true)}><Icon name="plus" size={14} />{sm().staff.family.title}</button>
      {open && <FamilyDialog card={card} onClose={() => setOpen(false)} onSlip={(slip) => { setOpen(false); onSlip(slip) }} />}
    </>
  )
}
