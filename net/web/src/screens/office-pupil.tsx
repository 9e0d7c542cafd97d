// What is signed about one pupil: admitted, moved to another class, left the school, changed data.
import { useState } from 'preact/hooks'
import type { GroupRef, RosterPupil } from '../api/office'
import { api } from '../api/client'
import { m } from '../i18n'
import { dayInput, dayOfInput } from '../i18n/format'
import { om } from '../i18n/office'
import { classChoices } from '../office/schedule'
import { admitPupil, changePupil, leavePupil, movePupil, type PupilData } from '../session/office'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct, type Act } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'

const EMPTY: PupilData = { surname: '', given: '', patronymic: '', birth: '', sex: '', plan: false }
const isWhole = (d: PupilData): boolean => d.surname.trim() !== '' && d.given.trim() !== '' && /^\d{4}-\d{2}-\d{2}$/.test(d.birth) && d.sex !== ''

function DataFields({ data, onData }: { data: PupilData; onData: (data: PupilData) => void }) {
  const t = om().pupil
  const text = (key: 'surname' | 'given' | 'patronymic', label: string) => <TextField label={label} value={data[key]} maxLength={60} onText={(v) => onData({ ...data, [key]: v })} />
  return (
    <>
      {text('surname', t.surname)}{text('given', t.given)}{text('patronymic', t.patronymic)}
      <div class="row form-row">
        <Field label={t.birth}>{({ id }) => <input id={id} type="date" value={data.birth} onInput={(e) => onData({ ...data, birth: e.currentTarget.value })} />}</Field>
        <ChoiceField label={t.sex} value={data.sex} choices={[['', '—'], ...t.sexes.map(([value, name]) => [value, name] as [string, string])]} onChoice={(sex) => onData({ ...data, sex })} />
      </div>
      <label class="check"><input type="checkbox" checked={data.plan} onChange={(e) => onData({ ...data, plan: e.currentTarget.checked })} /> {t.plan}</label>
    </>
  )
}

export function DayField({ label, value, onDay, hint }: { label: string; value: number; onDay: (day: number) => void; hint?: string }) {
  return <Field label={label} hint={hint}>{({ id, describedBy }) => <input id={id} type="date" aria-describedby={describedBy} value={dayInput(value)} onInput={(e) => onDay(dayOfInput(e.currentTarget.value) ?? value)} />}</Field>
}

export function SignRow({ act, ready, onClose }: { act: Act; ready: boolean; onClose: () => void }) {
  return (
    <>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <div class="row"><button type="submit" class="button primary" disabled={!ready || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
    </>
  )
}

interface AdmitProps { groups: readonly GroupRef[]; group: string; onClose: () => void; onDone: () => void }

export function AdmitDialog({ groups, group: first, onClose, onDone }: AdmitProps) {
  const [group, setGroup] = useState(first)
  const [from, setFrom] = useState(dayOf(now()))
  const [data, setData] = useState(EMPTY)
  const [order, setOrder] = useState('')
  const act = useAct()
  const t = om().pupil
  return (
    <Dialog name="admit-pupil" title={t.admit} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => admitPupil(group, from, data, order)).then((ok) => { if (ok) onDone() }) }}>
        <div class="row form-row"><ChoiceField label={t.class} value={group} choices={classChoices(groups)} onChoice={setGroup} /><DayField label={t.firstDay} value={from} onDay={setFrom} /><TextField label={t.order} value={order} maxLength={30} placeholder={t.orderExample} onText={setOrder} /></div>
        <DataFields data={data} onData={setData} />
        <p class="field-note">{t.admitNote}</p>
        <SignRow act={act} ready={group !== '' && isWhole(data)} onClose={onClose} />
      </form>
    </Dialog>
  )
}

/** Name, birth and plan as they are now: by who arranges, and by the class teacher. */
export function DataForm({ pupil, onClose, onDone }: { pupil: string; onClose: () => void; onDone: () => void }) {
  const load = useLoad(() => api.card(pupil), [pupil])
  const [draft, setDraft] = useState<PupilData | null>(null)
  const act = useAct()
  if (load.error !== null) return <Failure error={load.error} again={load.again} />
  const card = load.value
  if (card === null) return <Waiting />
  if (!card.keeps) return <p class="notice warn">{om().pupil.askKeeper}</p>
  const [surname = '', given = '', ...rest] = card.full_name.split(' ')
  const data = draft ?? { surname, given, patronymic: rest.join(' '), birth: card.birth, sex: card.sex, plan: card.plan }
  return (
    <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => changePupil(pupil, data)).then((ok) => { if (ok) onDone() }) }}>
      <DataFields data={data} onData={setDraft} />
      <p class="field-note">{om().pupil.changeNote}</p>
      <SignRow act={act} ready={draft !== null && isWhole(data)} onClose={onClose} />
    </form>
  )
}

type What = 'move' | 'leave' | 'data'

interface PupilProps { pupil: RosterPupil; group: string; groups: readonly GroupRef[]; onClose: () => void; onDone: () => void }

function MoveForm({ pupil, group, groups, onClose, onDone }: PupilProps) {
  const others = classChoices(groups.filter((g) => g.id !== group))
  const [to, setTo] = useState(others[0]?.[0] ?? '')
  const [from, setFrom] = useState(dayOf(now()))
  const [order, setOrder] = useState('')
  const act = useAct()
  const t = om().pupil
  return (
    <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => movePupil(pupil.id, to, from, pupil.groups.map((g) => g.id), order)).then((ok) => { if (ok) onDone() }) }}>
      <div class="row form-row"><ChoiceField label={t.newClass} value={to} choices={others} onChoice={setTo} /><DayField label={t.firstDayThere} value={from} onDay={setFrom} /></div>
      <TextField label={t.order} value={order} maxLength={60} onText={setOrder} placeholder={t.orderExample} />
      <p class="field-note">{t.leavesGroups(pupil.groups.map((g) => g.name).join(', '))} {t.moveNote}</p>
      <SignRow act={act} ready={to !== '' && order.trim() !== ''} onClose={onClose} />
    </form>
  )
}

function LeaveForm({ pupil, onClose, onDone }: PupilProps) {
  const [last, setLast] = useState(dayOf(now()))
  const [order, setOrder] = useState('')
  const [whither, setWhither] = useState('')
  const act = useAct()
  const t = om().pupil
  return (
    <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => leavePupil(pupil.id, last, pupil.groups.map((g) => g.id), order, whither)).then((ok) => { if (ok) onDone() }) }}>
      <DayField label={t.lastDay} value={last} onDay={setLast} />
      <TextField label={t.order} value={order} maxLength={60} onText={setOrder} placeholder={t.orderExample} />
      <TextField label={t.whither} value={whither} maxLength={200} onText={setWhither} hint={t.whitherHint} />
      <p class="field-note">{t.leavesGroups(pupil.groups.map((g) => g.name).join(', '))} {t.leaveNote}</p>
      <SignRow act={act} ready={order.trim() !== ''} onClose={onClose} />
    </form>
  )
}

export function PupilDialog(props: PupilProps) {
  const [what, setWhat] = useState<What>('move')
  const t = om().pupil
  return (
    <Dialog name="pupil" title={props.pupil.name} onClose={props.onClose} wide>
      <div class="segments" role="group" aria-label={props.pupil.name}>{(['move', 'leave', 'data'] as const).map((w) => <button key={w} type="button" aria-pressed={what === w} onClick={() => setWhat(w)}>{t.what[w]}</button>)}</div>
      {what === 'move' ? <MoveForm {...props} /> : what === 'leave' ? <LeaveForm {...props} /> : <DataForm pupil={props.pupil.id} onClose={props.onClose} onDone={props.onDone} />}
    </Dialog>
  )
}

/** For the card of a pupil: the class teacher mends a name or a birth date. */
export function DataDialog({ pupil, name, onClose, onDone }: { pupil: string; name: string; onClose: () => void; onDone: () => void }) {
  return <Dialog name="pupil-data" title={name} onClose={onClose} wide><DataForm pupil={pupil} onClose={onClose} onDone={onDone} /></Dialog>
}
