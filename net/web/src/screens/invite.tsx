// The invitation path: a printed code, a login and a password of one's own choice.
import { useState } from 'preact/hooks'
import { errorText, m } from '../i18n'
import { normaliseCode, printCode } from '../ledger/keys'
import { enrol, EnrolError, type EnrolStep, StoreRefused } from '../session/enrol'
import { PASSWORD_LEN_MIN, strengthOf } from '../session/strength'
import { cleanLogin } from '../session/vault'
import { TextField } from '../ui/field'
import { StrengthLine, useStrength } from '../ui/strength'

type Where = 'code' | 'login' | 'password' | 'again' | 'form'

function enrolFault(error: unknown): { where: Where; text: string } {
  const t = m().invite
  if (error instanceof EnrolError) return { where: 'code', text: { bad_code: t.badCode, unknown_code: t.unknownCode, used_code: t.usedCode }[error.fault] }
  if (error instanceof StoreRefused) return { where: 'login', text: `${t.storeRefused} ${errorText(error.reason)}` }
  return { where: 'form', text: errorText(error) }
}

export function InviteForm({ code: given, onDone, onBack }: { code: string; onDone: (login: string) => void; onBack: () => void }) {
  const [code, setCode] = useState(given)
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [step, setStep] = useState<EnrolStep | null>(null)
  const [fault, setFault] = useState<{ where: Where; text: string } | null>(null)
  const [kept, setKept] = useState<StoreRefused | null>(null)
  const t = m().invite
  const errorAt = (where: Where): string | null => (fault?.where === where ? fault.text : null)

  const strength = useStrength(password, [login])

  const check = async (): Promise<{ where: Where; text: string } | null> => {
    if (kept === null && normaliseCode(code) === null) return { where: 'code', text: t.badCode }
    if (cleanLogin(login) === '') return { where: 'login', text: t.noLogin }
    if ([...password].length < PASSWORD_LEN_MIN) return { where: 'password', text: t.shortPassword }
    if (!(await strengthOf(password, [login])).isEnough) return { where: 'password', text: m().keys.tooWeak }
    return password === again ? null : { where: 'again', text: t.differ }
  }

  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (step !== null) return
    try {
      const wrong = await check()
      setFault(wrong)
      if (wrong !== null) return
      if (kept === null) await enrol(code, login, password, setStep)
      else await kept.store(login, password, setStep)
      onDone(cleanLogin(login))
    } catch (error) {
      if (error instanceof StoreRefused) setKept(error)
      setFault(enrolFault(error))
      setStep(null)
    }
  }

  const tidy = (): void => {
    const plain = normaliseCode(code)
    if (plain !== null) setCode(printCode(plain))
  }
  const busy = step !== null
  return (
    <form class="gate-form" onSubmit={(e) => void submit(e)} aria-label={t.title}>
      <h2>{t.title}</h2>
      <p class="dim">{t.lead}</p>
      {fault?.where === 'form' && <p class="notice bad" role="alert">{fault.text}</p>}
      <TextField label={t.code} value={code} onText={setCode} hint={t.codeHint} error={errorAt('code')} class="code" autocomplete="off" autocapitalize="characters" spellcheck={false}
        placeholder="XXXX-XXXX-XXXX-XXXX" onBlur={tidy} disabled={busy || kept !== null} />
      <TextField label={t.login} value={login} onText={setLogin} hint={t.loginHint} error={errorAt('login')} autocomplete="username" autocapitalize="none" spellcheck={false} disabled={busy} />
      <TextField label={t.password} value={password} onText={setPassword} hint={t.passwordHint} error={errorAt('password')} type="password" autocomplete="new-password" disabled={busy} />
      <StrengthLine strength={strength} />
      <TextField label={t.again} value={again} onText={setAgain} error={errorAt('again')} type="password" autocomplete="new-password" disabled={busy} />
      <button type="submit" class="button primary big" disabled={busy}>{step === null ? t.enrol : t.steps[step]}</button>
      {busy && <div class="progress" role="progressbar" aria-label={t.steps[step]} />}
      {kept === null && <button type="button" class="button quiet" disabled={busy} onClick={onBack}>{m().login.haveLogin}</button>}
    </form>
  )
}
