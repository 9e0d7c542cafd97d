// Reporting a breach: who and since when → what would follow → one signature.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type Account, KeyState, type Preview } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { moment, momentShort } from '../i18n/format'
import { keyName } from '../ledger/keys'
import { link } from '../route'
import { type BreachClaim, reportBreach } from '../session/breach'
import { now } from '../state/school'
import { Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { MomentField } from '../ui/moment'
import { PreviewView } from './breach-preview'

interface Props { account: Account; first: string; onDone: () => void }

export function ReportForm({ account, first, onDone }: Props) {
  const [target, setTarget] = useState(account.keys.some((k) => k.key === first) ? first : account.keys[0]?.key ?? '')
  const [breach, setBreach] = useState<number | null>(null)
  const [learned, setLearned] = useState<number | null>(now())
  const [reason, setReason] = useState('')
  const [preview, setPreview] = useState<Preview | null>(null)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().report

  const check = (): string | null => {
    if (breach === null || learned === null) return t.needTime
    if (breach > now() || learned > now()) return t.future
    if (learned < breach) return t.order
    return reason.trim() === '' ? t.needReason : null
  }
  const claim = (): BreachClaim => ({ target, breach: breach!, learned: learned!, reason })
  const attempt = async (work: () => Promise<string | null>): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      setFault(await work())
    } catch (error) {
      setFault(errorText(error))
    }
    setBusy(false)
  }
  const look = (e: Event): void => {
    e.preventDefault()
    const wrong = check()
    if (wrong !== null) return setFault(wrong)
    void attempt(async () => {
      setPreview(await api.breachPreview(target, breach!))
      return null
    })
  }
  const sign = (): void => void attempt(async () => {
    const answer = await reportBreach(claim(), preview!)
    if (answer.code !== 0) return refusalText(answer)
    onDone()
    return null
  })

  return (
    <>
      <div class="screen-head"><h1>{t.title}</h1><a class="button small" href={link('breach')}>{m().common.back}</a></div>
      <p class="screen-lead"><b>{account.name}</b></p>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {preview === null ? (
        <form class="card form" onSubmit={look}>
          <Field label={t.target}>{({ id }) => (
            <select id={id} value={target} onChange={(e) => setTarget(e.currentTarget.value)}>
              {account.keys.filter((k) => !k.is_session).map((k) => <option key={k.key} value={k.key}>{t.whole} ({keyName(k.key)})</option>)}
              {account.keys.filter((k) => k.is_session).map((k) => <option key={k.key} value={k.key}>{t.one}: {k.place ?? ''} {momentShort(k.opened ?? k.recorded)} ({keyName(k.key)}{k.state === KeyState.Live ? '' : ', ' + m().breach.states[k.state]})</option>)}
            </select>
          )}</Field>
          <MomentField label={t.breach} hint={t.breachHint} value={breach} onMoment={setBreach} />
          <MomentField label={t.learned} value={learned} onMoment={setLearned} />
          <Field label={t.reason} hint={t.reasonHint}>{({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} rows={2} maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}</Field>
          <div class="dialog-buttons"><button type="submit" class="button primary" disabled={busy}>{busy ? m().common.loading : t.preview}</button></div>
        </form>
      ) : (
        <>
          <section class="card"><dl class="facts">
            <dt>{t.breach}</dt><dd>{moment(breach!)}</dd><dt>{t.learned}</dt><dd>{moment(learned!)}</dd><dt>{t.reason}</dt><dd>{reason}</dd>
            <dt>{t.target}</dt><dd>{preview.is_session ? t.one : t.whole} <code>{keyName(preview.target)}</code></dd>
          </dl></section>
          <PreviewView preview={preview} />
          <div class="sign-bar">
            <button type="button" class="button" disabled={busy} onClick={() => setPreview(null)}>{t.back}</button>
            <button type="button" class="button danger big" disabled={busy} onClick={sign}><Icon name="pen" />{busy ? t.signing : t.sign}</button>
          </div>
        </>
      )}
    </>
  )
}
