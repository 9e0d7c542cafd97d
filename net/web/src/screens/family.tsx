// «Согласие и уведомления»: what a parent says of itself with its own key: consent on each child
// (CT-4), and where and of what to be told (CT-2a).
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import { type Channel, Decision, type Family, type FamilyChild, Form } from '../api/families'
import { m } from '../i18n'
import { dayFull } from '../i18n/format'
import { consent, setChannel } from '../session/family'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { TextField } from '../ui/field'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Deliveries } from './deliveries'

/** specs/events.md, channel.set: the sum of what is wanted. */
const WANTS = [1, 2, 4, 8, 16, 32, 64] as const

/** "22:00" and back; null when it is empty or no time. */
export const minutesOf = (text: string): number | null => {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text)
  return found === null || Number(found[1]) > 23 || Number(found[2]) > 59 ? null : Number(found[1]) * 60 + Number(found[2])
}
export const timeText = (minutes: number | null): string => (minutes === null ? '' : `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`)

function ConsentCard({ child, account, onDone }: { child: FamilyChild; account: string; onDone: () => void }) {
  const act = useAct()
  const t = m().own
  const given = child.consent
  const say = (decision: number): void => {
    void act.run(() => consent(account, child.pupil, decision, Form.Electronic, dayOf(now()))).then((ok) => { if (ok) onDone() })
  }
  return (
    <section class="card">
      <h2>{child.name} <span class="dim">{child.class_name}</span></h2>
      <p>{given === null ? t.silent : <>{t.decisions[given.decision]} {dayFull(given.day)}, {t.forms[given.form]}{given.reference !== '' && <> {given.reference}</>}</>}</p>
      <p class={`notice ${child.reads ? 'good' : 'warn'}`}>{child.reads ? t.reads : t.readsNot}</p>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <details><summary>{t.wordingTitle}</summary><p class="wording">{t.wording}</p></details>
      <div class="row">
        {given?.decision !== Decision.Given && <button type="button" class="button primary" disabled={act.busy || !canSign.value} onClick={() => say(Decision.Given)}>{t.give}</button>}
        {given?.decision === Decision.Given && <button type="button" class="button" disabled={act.busy || !canSign.value} onClick={() => say(Decision.Withdrawn)}>{t.withdraw}</button>}
        {given === null && <button type="button" class="button" disabled={act.busy || !canSign.value} onClick={() => say(Decision.Refused)}>{t.refuse}</button>}
      </div>
      {given?.decision === Decision.Given && <p class="dim">{t.withdrawNote}</p>}
    </section>
  )
}

function ChannelForm({ channel, account, onDone }: { channel: Channel | null; account: string; onDone: () => void }) {
  const [email, setEmail] = useState('')
  const [phone, setPhone] = useState('')
  const [wants, setWants] = useState(0)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [saved, setSaved] = useState(false)
  const [wrong, setWrong] = useState<'email' | 'quiet' | null>(null)
  const act = useAct()
  const t = m().own
  useEffect(() => {
    setEmail(channel?.email ?? '')
    setPhone(channel?.phone ?? '')
    setWants(channel?.wants ?? 0)
    setFrom(timeText(channel?.quiet_from ?? null))
    setTo(timeText(channel?.quiet_to ?? null))
  }, [channel])
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    setSaved(false)
    const quietFrom = minutesOf(from)
    const quietTo = minutesOf(to)
    if (email !== '' && !/^\S+@\S+\.\S+$/.test(email)) return setWrong('email')
    if ((quietFrom === null) !== (quietTo === null)) return setWrong('quiet')
    setWrong(null)
    if (await act.run(() => setChannel(account, { email, phone, wants, quietFrom, quietTo }))) {
      setSaved(true)
      onDone()
    }
  }
  return (
    <form class="card" onSubmit={(e) => void submit(e)}>
      <h2>{t.channels}</h2>
      <p class="dim">{t.channelsLead}</p>
      <div class="row form-row">
        <TextField label={t.email} value={email} onText={setEmail} error={wrong === 'email' ? t.badEmail : null} autocomplete="email" />
        <TextField label={t.phone} value={phone} onText={setPhone} autocomplete="tel" />
      </div>
      <fieldset class="wants"><legend>{t.wants}</legend>
        {WANTS.map((w) => <label key={w} class="check"><input type="checkbox" checked={(wants & w) !== 0} onChange={() => setWants(wants ^ w)} />{t.wantsOf[w]}</label>)}
      </fieldset>
      <div class="row">
        <label class="inline">{t.quiet} <input type="time" value={from} onInput={(e) => setFrom(e.currentTarget.value)} /></label>
        <label class="inline">{t.quietTo} <input type="time" value={to} onInput={(e) => setTo(e.currentTarget.value)} /></label>
      </div>
      {wrong === 'quiet' && <p class="notice bad" role="alert">{t.badQuiet}</p>}
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      {saved && <p class="notice good" role="status">{t.saved}</p>}
      <div class="row"><button type="submit" class="button primary" disabled={act.busy || !canSign.value}>{m().common.save}</button>{!canSign.value && <span class="dim">{m().errors.noKey}</span>}</div>
    </form>
  )
}

export function FamilyTab() {
  const view = useLoad<Family>(() => api.family(), [])
  if (view.error !== null) return <Failure error={view.error} again={view.again} />
  if (view.value === null) return <Waiting />
  const { account, children, channel } = view.value
  return (
    <>
      <p class="screen-lead">{m().own.lead}</p>
      {children.map((c) => <ConsentCard key={c.pupil} child={c} account={account} onDone={view.again} />)}
      <ChannelForm channel={channel} account={account} onDone={view.again} />
      <Deliveries />
    </>
  )
}
