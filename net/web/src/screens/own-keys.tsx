// «Мой доступ», the rest of it: another password, my sessions, and everything that my key has signed.
import { useState } from 'preact/hooks'
import { api, ApiError, refusalOf } from '../api/client'
import type { Account, AccountKey, Hex, Ms, PreviewEvent } from '../api/types'
import { errorText, m } from '../i18n'
import { count, dayOfInput, moment, momentShort } from '../i18n/format'
import { unhex } from '../ledger/hash'
import { keyName } from '../ledger/keys'
import { link } from '../route'
import { changePassword, type PasswordStep } from '../session/password'
import { PASSWORD_LEN_MIN, strengthOf } from '../session/strength'
import { submitOne } from '../state/outbox'
import { msOfDay, now } from '../state/school'
import { canSign, session } from '../state/session'
import { useAct } from '../ui/act'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { StrengthLine, useStrength } from '../ui/strength'

type Where = 'old' | 'next' | 'again' | 'form'

export function PasswordCard() {
  const mine = session.value!
  const [open, setOpen] = useState(false)
  const [login, setLogin] = useState(mine.login)
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [step, setStep] = useState<PasswordStep | null>(null)
  const [fault, setFault] = useState<{ where: Where; text: string } | null>(null)
  const [done, setDone] = useState(false)
  const strength = useStrength(next, [login, mine.me.name])
  const t = m().keys
  const errorAt = (where: Where): string | null => (fault?.where === where ? fault.text : null)

  const check = async (): Promise<{ where: Where; text: string } | null> => {
    if (old === '') return { where: 'old', text: t.needOld }
    if ([...next].length < PASSWORD_LEN_MIN) return { where: 'next', text: m().invite.shortPassword }
    if (!(await strengthOf(next, [login, mine.me.name])).isEnough) return { where: 'next', text: t.tooWeak }
    return next === again ? null : { where: 'again', text: m().invite.differ }
  }
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (step !== null) return
    setFault(null)
    try {
      const wrong = await check()
      setFault(wrong)
      if (wrong !== null) return
      await changePassword(login, old, next, setStep)
      for (const clear of [setOld, setNext, setAgain]) clear('')
      setDone(true)
      setOpen(false)
    } catch (error) {
      setFault(error instanceof ApiError && error.code === 'wrong_credentials' ? { where: 'old', text: t.wrongOld } : { where: 'form', text: errorText(error) })
    }
    setStep(null)
  }
  const busy = step !== null
  return (
    <section class="card">
      <h2>{t.password}</h2>
      <p class="dim">{t.passwordLead}</p>
      {done && <p class="notice good" role="status"><Icon name="check" size={15} /> {t.changed}</p>}
      {!open ? <button type="button" class="button" onClick={() => { setOpen(true); setDone(false) }}><Icon name="key" size={15} />{t.change}</button> : (
        <form class="own-password" onSubmit={(e) => void submit(e)} aria-label={t.change}>
          {fault?.where === 'form' && <p class="notice bad" role="alert">{fault.text}</p>}
          {mine.login === '' && <TextField label={m().login.login} value={login} onText={setLogin} autocomplete="username" autocapitalize="none" spellcheck={false} disabled={busy} />}
          <TextField label={t.old} value={old} onText={setOld} error={errorAt('old')} type="password" autocomplete="current-password" disabled={busy} />
          <TextField label={t.next} value={next} onText={setNext} error={errorAt('next')} hint={m().invite.passwordHint} type="password" autocomplete="new-password" disabled={busy} />
          <StrengthLine strength={strength} />
          <TextField label={m().invite.again} value={again} onText={setAgain} error={errorAt('again')} type="password" autocomplete="new-password" disabled={busy} />
          <div class="row">
            <button type="submit" class="button primary" disabled={busy}>{step === null ? t.change : t.steps[step]}</button>
            <button type="button" class="button quiet" disabled={busy} onClick={() => setOpen(false)}>{m().common.cancel}</button>
          </div>
        </form>
      )}
    </section>
  )
}

async function loadOwn(account: string, name: string): Promise<Account | null> {
  return (await api.accounts(name)).find((a) => a.account === account) ?? null
}

function SessionRow({ own, current, onClosed }: { own: AccountKey; current: Hex; onClosed: () => void }) {
  const act = useAct()
  const t = m().keys
  const isHere = own.key === current
  const close = async (): Promise<void> => {
    const answer = await submitOne({ kind: 'session.closed', body: { session: unhex(own.key) } })
    if (answer.code !== 0) throw refusalOf(answer)
  }
  return (
    <li class={`own-session${own.state === 0 ? '' : ' ended'}`}>
      <p><b>{own.place ?? t.unknownPlace}</b> {isHere && <span class="tag good">{t.here}</span>} <span class="tag">{m().breach.states[own.state]}</span></p>
      <p class="dim">{moment(own.opened ?? own.recorded)} · {m().breach.events(own.event_count)}{own.last !== null && <> · {m().breach.last} {momentShort(own.last)}</>} · <code title={own.key}>{keyName(own.key)}</code></p>
      {own.state === 0 && !isHere && canSign.value && <button type="button" class="button small" disabled={act.busy} onClick={() => void act.run(close).then((ok) => { if (ok) onClosed() })}>{t.closeSession}</button>}
      {act.fault !== null && <span class="bad-text" role="alert">{act.fault}</span>}
    </li>
  )
}

const SHOWN = 8

export function SessionsCard() {
  const { me } = session.value!
  const [all, setAll] = useState(false)
  const loaded = useLoad(() => loadOwn(me.account, me.name), [])
  const t = m().keys
  const rows = (loaded.value?.keys ?? []).filter((k) => k.is_session).sort((a, b) => b.seq - a.seq)
  const shown = all ? rows : rows.slice(0, SHOWN)
  return (
    <section class="card">
      <h2>{t.sessions}</h2>
      <p class="dim">{t.sessionsLead}</p>
      {loaded.error !== null && <Failure error={loaded.error} again={loaded.again} />}
      {loaded.value === null && loaded.error === null && <Waiting />}
      <ul class="plain-rows own-sessions">{shown.map((k) => <SessionRow key={k.key} own={k} current={me.session} onClosed={loaded.again} />)}</ul>
      {rows.length > shown.length && <button type="button" class="button small" onClick={() => setAll(true)}>{m().common.all}: {count(rows.length)}</button>}
    </section>
  )
}

/** So many entries the server lists from a moment on (specs/api.md, "Breach"). */
const LISTED_MAX = 300
const WEEK_MS = 7 * 86400000

interface Signed { readonly total: number; readonly events: readonly PreviewEvent[]; readonly more: boolean }

/** What the account's key and all its sessions have signed since a moment, in order. */
async function loadSigned(key: Hex, from: Ms): Promise<Signed> {
  const [listed, whole] = await Promise.all([api.breachPreview(key, from), from === 0 ? null : api.breachPreview(key, 0)])
  const events = listed.events.filter((e) => e.covered)
  return { total: (whole ?? listed).count, events, more: listed.count > events.length }
}

function SignedList({ signed, onMore }: { signed: Signed; onMore: () => void }) {
  const t = m().keys
  return (
    <>
      <p class="dim">{t.signedCount(signed.total)}</p>
      {signed.events.length === 0 && <p class="empty">{t.signedNone}</p>}
      <ol class="event-list own-events">
        {signed.events.map((e) => (
          <li key={e.seq}>
            <a class="mono" href={link('audit', [], { seq: e.seq })}>{count(e.seq)}</a><span>{momentShort(e.recorded)}</span><span>{m().kinds[e.kind] ?? e.kind}</span>
            <span>{[e.group_name, e.subject_name].filter((s) => s !== null).join(' · ')}</span><code title={e.session}>{keyName(e.session)}</code>
          </li>
        ))}
      </ol>
      {signed.more && <p class="row"><span class="dim">{t.signedFirst(LISTED_MAX)}</span><button type="button" class="button small" onClick={onMore}>{m().common.next}</button></p>}
    </>
  )
}

export function SignedCard() {
  const { me } = session.value!
  const [from, setFrom] = useState<Ms | null>(null)
  const loaded = useLoad(async () => (from === null ? null : loadSigned(me.key, from)), [from])
  const t = m().keys
  const last = loaded.value?.events.at(-1)
  return (
    <section class="card">
      <h2>{t.signed}</h2>
      <p class="dim">{t.signedLead}</p>
      <div class="row">
        <button type="button" class="button small" aria-pressed={from !== null && from > 0} onClick={() => setFrom(now() - WEEK_MS)}><Icon name="list" size={15} />{t.signedWeek}</button>
        <button type="button" class="button small" aria-pressed={from === 0} onClick={() => setFrom(0)}>{t.signedAll}</button>
        <label class="inline">{t.signedSince} <input type="date" aria-label={t.signedSince} onChange={(e) => { const day = dayOfInput(e.currentTarget.value); if (day !== null) setFrom(msOfDay(day)) }} /></label>
      </div>
      {from !== null && loaded.error !== null && <Failure error={loaded.error} again={loaded.again} />}
      {from !== null && loaded.value === null && loaded.error === null && <Waiting />}
      {loaded.value !== null && <SignedList signed={loaded.value} onMore={() => { if (last !== undefined) setFrom(last.recorded + (last.recorded === from ? 1 : 0)) }} />}
    </section>
  )
}
