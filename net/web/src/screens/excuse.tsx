// Why a pupil was absent: one short form for the family, which says so, and for the class teacher,
// whose word holds.
import { useState } from 'preact/hooks'
import { m } from '../i18n'
import { dayInput, dayOfInput } from '../i18n/format'
import { explain } from '../session/family'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, TextField } from '../ui/field'

export const REASONS = ['ill', 'valid', 'invalid'] as const

interface Props { pupil: string; name: string; day: number; family: boolean; reason?: string; onClose: () => void; onDone: () => void }

export function ExcuseDialog({ pupil, name, day, family, reason: given, onClose, onDone }: Props) {
  const [from, setFrom] = useState(day)
  const [to, setTo] = useState(day)
  const [reason, setReason] = useState<string>(given ?? 'ill')
  const [note, setNote] = useState('')
  const act = useAct()
  const t = m().excuse
  const reasons = family ? REASONS.filter((r) => r !== 'invalid') : REASONS
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => explain(pupil, from, to, reason, note))) onDone()
  }
  return (
    <Dialog name="excuse" title={t.title} onClose={onClose}>
      <form onSubmit={(e) => void submit(e)}>
        <p><b>{name}</b></p>
        <p class="dim">{family ? t.leadFamily : t.leadTeacher}</p>
        <div class="row">
          <label class="inline">{t.from} <input type="date" value={dayInput(from)} onInput={(e) => setFrom(dayOfInput(e.currentTarget.value) ?? from)} required /></label>
          <label class="inline">{t.to} <input type="date" value={dayInput(to)} min={dayInput(from)} onInput={(e) => setTo(dayOfInput(e.currentTarget.value) ?? to)} required /></label>
        </div>
        <ChoiceField label={t.reason} value={reason} choices={reasons.map((r) => [r, m().cabinet.reasons[r] ?? r] as const)} onChoice={setReason} />
        <TextField label={t.note} value={note} onText={setNote} hint={t.noteHint} maxLength={500} />
        {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
          <button type="submit" class="button primary" disabled={act.busy || to < from}>{family ? t.say : t.rule}</button>
        </div>
      </form>
    </Dialog>
  )
}
