// «Мой доступ»: who I am, which key signs for me, and the one button that closes it.
import { useState } from 'preact/hooks'
import { errorText, m, refusalText } from '../i18n'
import { keyName } from '../ledger/keys'
import { closeOwn } from '../session/breach'
import { now } from '../state/school'
import { leave } from '../session/leave'
import { endSession, session } from '../state/session'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { MomentField } from '../ui/moment'
import { PasswordCard, SessionsCard, SignedCard } from './own-keys'

/** Without a key in memory (a family's page after a reload) only the slip or a new login can sign. */
function PanicWithoutKey() {
  const t = m().access
  return (
    <section class="card panic">
      <h2><Icon name="warning" />{t.panic}</h2>
      <p>{t.panicNoKey}</p>
      <button type="button" class="button danger" onClick={() => void leave()}><Icon name="out" />{t.toLogin}</button>
    </section>
  )
}

function Panic() {
  const [open, setOpen] = useState(false)
  const [only, setOnly] = useState(false)
  const [since, setSince] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().access
  const me = session.value!.me
  const close = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      const answer = await closeOwn({ target: only ? me.session : me.key, breach: since, learned: now(), reason: reason.trim() === '' ? t.reasonDefault : reason })
      if (answer.code !== 0) setFault(refusalText(answer))
      else endSession('closed')
    } catch (error) {
      setFault(errorText(error))
    }
    setBusy(false)
  }
  return (
    <section class="card panic">
      <h2><Icon name="warning" />{t.panic}</h2>
      <p>{t.panicLead}</p>
      <button type="button" class="button danger big" onClick={() => setOpen(true)}><Icon name="lock" />{t.button}</button>
      {open && (
        <Dialog name="close-access" title={t.panic} onClose={() => setOpen(false)}>
          <p>{t.confirmLead}</p>
          {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
          <div class="radios" role="radiogroup">
            <label><input type="radio" name="what" checked={!only} onChange={() => setOnly(false)} /> {t.wholeKey}</label>
            <label><input type="radio" name="what" checked={only} onChange={() => setOnly(true)} /> {t.onlySession}</label>
          </div>
          <MomentField label={t.since} value={since} onMoment={setSince} />
          <TextField label={t.reason} value={reason} onText={setReason} maxLength={300} />
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => setOpen(false)}>{m().common.cancel}</button>
            <button type="button" class="button danger" disabled={busy} onClick={() => void close()}>{busy ? m().report.signing : t.confirm}</button>
          </div>
        </Dialog>
      )}
    </section>
  )
}

export function AccessScreen() {
  const current = session.value
  const t = m().access
  if (current === null) return null
  const { me, signer } = current
  return (
    <div class="screen narrow">
      <div class="screen-head"><h1>{t.title}</h1></div>
      <section class="card">
        <h2>{me.name}</h2>
        <dl class="facts">
          <dt>{t.roles}</dt>
          <dd>{me.roles.length === 0 ? m().breach.strata[me.stratum] : me.roles.map((r) => `${m().roles[r.role] ?? r.role}${r.scope_name === null ? '' : ` (${r.scope_name})`}`).join(', ')}</dd>
          <dt>{t.key}</dt><dd><code title={me.key}>{keyName(me.key)}</code></dd>
          <dt>{t.session}</dt><dd><code title={me.session}>{keyName(me.session)}</code></dd>
        </dl>
        <p class="dim"><Icon name="lock" size={15} /> {signer === null ? t.noSigner : signer.sealedInBrowser ? t.sessionSealed : t.sessionMemory}</p>
      </section>
      {signer !== null ? <Panic /> : <PanicWithoutKey />}
      {current.offline !== true && <><PasswordCard /><SessionsCard /><SignedCard /></>}
    </div>
  )
}
