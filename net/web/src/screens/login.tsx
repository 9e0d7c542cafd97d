// Log in, or use an invitation. The password is worked on in a worker; the page says what it does.
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import type { KeyFate } from '../api/types'
import { errorText, m } from '../i18n'
import { logIn, type LoginStep, SpoiltVaultError } from '../session/login'
import { NothingKeptError, WrongPasswordError } from '../session/offline'
import { WeakVaultError } from '../session/vault'
import { replace, route } from '../route'
import { lang } from '../state/prefs'
import { school } from '../state/school'
import { ended, STRATUM_FAMILY } from '../state/session'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { ClosedNotice } from './closed'
import { EmergencyForm } from './emergency'
import { InviteForm } from './invite'

function faultText(error: unknown): string {
  const t = m().login
  if (error instanceof WeakVaultError) return t.weak
  if (error instanceof SpoiltVaultError) return t.spoilt
  if (error instanceof ApiError && error.code === 'wrong_credentials') return t.wrong
  if (error instanceof ApiError && error.code === 'closed_key') return t.closedKey
  if (error instanceof ApiError && error.status === 429) return error.ru === '' ? t.tooMany : errorText(error)
  if (error instanceof WrongPasswordError) return t.wrong
  if (error instanceof NothingKeptError) return m().offline.nothingKept
  return errorText(error)
}

type Way = 'password' | 'invitation' | 'emergency'

/** "#/invite/7K3M-…": what the square on the slip says. The code stays in the browser. */
function codeOfAddress(): string {
  const { name, args } = route.value
  return name === 'invite' ? args[0] ?? '' : ''
}

export function LoginScreen() {
  const code = codeOfAddress()
  const [way, setWay] = useState<Way>(code === '' ? 'password' : 'invitation')
  const [hint, setHint] = useState<string | null>(null)
  const [login, setLogin] = useState(ended.value?.login ?? '')
  const done = (name: string): void => {
    setLogin(name)
    setHint(m().invite.done)
    ended.value = null
    if (codeOfAddress() !== '') replace('#/')
    setWay('password')
  }
  const closed = (fate: KeyFate | null): void => {
    ended.value = { reason: 'closed', login: '', stratum: STRATUM_UNKNOWN, fate }
    setWay('password')
  }
  const shut = ended.value?.reason === 'closed'
  return (
    <main class="gate">
      <header class="gate-head">
        <span class="gate-seal"><Icon name="seal" size={30} /></span>
        <div>
          <h1>{m().app.name}</h1>
          <p>{school.value?.name ?? m().app.tagline}</p>
        </div>
        <button type="button" class="button quiet small" onClick={() => { lang.value = lang.value === 'ru' ? 'en' : 'ru' }}>
          {lang.value === 'ru' ? 'English' : 'Русский'}
        </button>
      </header>
      {way === 'invitation' && <InviteForm code={code} onDone={done} onBack={() => setWay('password')} />}
      {way === 'emergency' && <EmergencyForm onClosed={closed} onBack={() => setWay('password')} />}
      {way === 'password' && (
        <>
          {shut && <ClosedNotice fate={ended.value!.fate} isStaff={ended.value!.stratum < STRATUM_FAMILY || ended.value!.stratum === STRATUM_UNKNOWN} onInvite={() => setWay('invitation')} />}
          <PasswordForm key={login} initial={login} hint={hint} quiet={shut} />
          <footer class="gate-foot">
            {!shut && <button type="button" class="button quiet" onClick={() => setWay('invitation')}><Icon name="key" />{m().login.invitation}</button>}
            <button type="button" class="button quiet danger-text" onClick={() => setWay('emergency')}><Icon name="warning" />{m().emergency.title}</button>
            <p class="dim">{m().login.forgotten}</p>
          </footer>
        </>
      )}
      {school.value?.demo === true && <p class="gate-demo">{m().login.demo}</p>}
    </main>
  )
}

/** Who used the slip is not known to be staff or family: both are told. */
const STRATUM_UNKNOWN = 9

function PasswordForm({ initial, hint, quiet }: { initial: string; hint: string | null; quiet: boolean }) {
  const [login, setLogin] = useState(initial)
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [caps, setCaps] = useState(false)
  const [step, setStep] = useState<LoginStep | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const passwordRef = useRef<HTMLDivElement>(null)
  const t = m().login
  useEffect(() => {
    const input = initial === '' ? document.querySelector<HTMLInputElement>('#gate-login input') : passwordRef.current?.querySelector('input')
    if (!quiet) input?.focus()
  }, [])

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (step !== null) return
    if (login.trim() === '' || password === '') return setFault(t.needBoth)
    setFault(null)
    try {
      await logIn(login, password, setStep)
    } catch (error) {
      setFault(faultText(error))
      setStep(null)
      passwordRef.current?.querySelector('input')?.select()
    }
  }

  const note = quiet ? null : ended.value === null ? hint : t.ended[ended.value.reason]
  return (
    <form class="gate-form" onSubmit={(e) => void submit(e)} aria-label={t.title}>
      {note !== null && fault === null && <p class={`notice${ended.value?.reason === 'left' || ended.value === null ? '' : ' warn'}`} role="status">{note}</p>}
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <div id="gate-login">
        <TextField label={t.login} value={login} onText={setLogin} autocomplete="username" autocapitalize="none" spellcheck={false} disabled={step !== null} />
      </div>
      <div ref={passwordRef} class="with-button">
        <TextField label={t.password} value={password} onText={setPassword} type={shown ? 'text' : 'password'} autocomplete="current-password" disabled={step !== null}
          hint={caps ? t.capsLock : undefined} onKeyDown={(e) => setCaps(e.getModifierState('CapsLock'))} />
        <button type="button" class="icon-button" aria-pressed={shown} aria-label={shown ? t.hidePassword : t.showPassword} onClick={() => setShown(!shown)}><Icon name="eye" /></button>
      </div>
      <button type="submit" class="button primary big" disabled={step !== null}>{step === null ? t.enter : t.steps[step]}</button>
      {step !== null && <><div class="progress" role="progressbar" aria-label={t.steps[step]} /><p class="dim" role="status">{t.stepsHint}</p></>}
    </form>
  )
}
