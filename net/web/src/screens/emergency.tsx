// «Мой доступ известен другим», without a password: the emergency code of the printed slip.
import { useState } from 'preact/hooks'
import type { KeyFate } from '../api/types'
import { errorText, m } from '../i18n'
import { normaliseCode, printCode } from '../ledger/keys'
import { closeByCode, EmergencyError, type EmergencyStep } from '../session/emergency'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { MomentField } from '../ui/moment'

export function EmergencyForm({ onClosed, onBack }: { onClosed: (fate: KeyFate | null) => void; onBack: () => void }) {
  const [code, setCode] = useState('')
  const [since, setSince] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const [step, setStep] = useState<EmergencyStep | null>(null)
  const [codeFault, setCodeFault] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().emergency

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (step !== null) return
    setCodeFault(null)
    setFault(null)
    try {
      onClosed(await closeByCode(code, since, reason.trim() === '' ? m().access.reasonDefault : reason, setStep))
    } catch (error) {
      setStep(null)
      if (error instanceof EmergencyError && error.fault === 'already') return onClosed(error.fate)
      if (error instanceof EmergencyError && error.fault !== 'contradiction') setCodeFault(error.fault === 'bad_code' ? m().invite.badCode : t.unknownCode)
      else setFault(error instanceof EmergencyError ? t.contradiction : errorText(error))
    }
  }
  const tidy = (): void => {
    const plain = normaliseCode(code)
    if (plain !== null) setCode(printCode(plain))
  }
  const busy = step !== null
  return (
    <form class="gate-form danger-edge" onSubmit={(e) => void submit(e)} aria-label={t.title}>
      <h2><Icon name="warning" size={18} /> {t.title}</h2>
      <p>{t.lead}</p>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <TextField label={t.code} value={code} onText={setCode} hint={t.codeHint} error={codeFault} class="code" autocomplete="off" autocapitalize="characters" spellcheck={false}
        placeholder="XXXX-XXXX-XXXX-XXXX" onBlur={tidy} disabled={busy} />
      <MomentField label={t.since} hint={t.sinceHint} value={since} onMoment={setSince} />
      <TextField label={m().access.reason} value={reason} onText={setReason} maxLength={300} disabled={busy} />
      <button type="submit" class="button danger big" disabled={busy}><Icon name="lock" />{step === null ? m().access.button : t.steps[step]}</button>
      {busy && <div class="progress" role="progressbar" aria-label={t.steps[step]} />}
      <p class="dim">{t.noSlip}</p>
      <button type="button" class="button quiet" disabled={busy} onClick={onBack}>{m().login.haveLogin}</button>
    </form>
  )
}
