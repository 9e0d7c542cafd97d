// What every erasure asks: its ground, the paper behind it, and a second officer who signs beside the head.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { m } from '../i18n'
import type { ErasureDraft } from '../session/privacy'
import { useAct } from '../ui/act'
import { ChoiceField, TextField } from '../ui/field'

interface Props { warning: string; grounds: readonly number[]; sign: (draft: ErasureDraft) => Promise<void>; onClose: () => void; onDone: () => void; children?: ComponentChildren }

export function ErasureForm({ warning, grounds, sign, onClose, onDone, children }: Props) {
  const [ground, setGround] = useState(grounds[0]!)
  const [reference, setReference] = useState('')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState(false)
  const act = useAct()
  const t = m().privacy.terms
  const ready = reference.trim() !== '' && login.trim() !== '' && password !== '' && !act.busy
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    setWrong(false)
    const signBoth = (): Promise<void> => sign({ ground, reference, login, password }).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'wrong_credentials') setWrong(true)
      throw error
    })
    if (ready && await act.run(signBoth)) onDone()
  }
  return (
    <form onSubmit={(e) => void submit(e)}>
      <p class="notice warn">{warning}</p>
      {children}
      <ChoiceField label={t.ground} value={ground} choices={grounds.map((g) => [g, t.grounds[g]!] as const)} onChoice={setGround} />
      <TextField label={t.reference} value={reference} onText={setReference} maxLength={100} />
      <h3>{t.second}</h3>
      <p class="dim">{t.secondLead}</p>
      <TextField label={t.login} value={login} onText={setLogin} autocomplete="off" autocapitalize="none" spellcheck={false} />
      <TextField label={t.password} value={password} onText={setPassword} type="password" autocomplete="off" />
      {act.fault !== null && <p class="notice bad" role="alert">{wrong ? t.wrong : act.fault}</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
        <button type="submit" class="button danger" disabled={!ready}>{t.sign}</button>
      </div>
    </form>
  )
}
