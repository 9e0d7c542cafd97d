// A new password with its strength in words, and a bar that only repeats them.
import { useEffect, useState } from 'preact/hooks'
import { m } from '../i18n'
import { GUESSES_LOG10_MIN, type Strength, strengthOf } from '../session/strength'

const PAUSE_MS = 150
const STEPS = 4

/** The strength of what is typed; null while there is nothing to say. */
export function useStrength(password: string, own: readonly string[]): Strength | null {
  const [strength, setStrength] = useState<Strength | null>(null)
  useEffect(() => {
    let over = false
    const timer = setTimeout(() => {
      if (password === '') return setStrength(null)
      strengthOf(password, own).then((s) => { if (!over) setStrength(s) }, () => undefined)
    }, PAUSE_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [password, own.join()])
  return strength
}

export function StrengthLine({ strength }: { strength: Strength | null }) {
  const t = m().keys
  const step = strength === null ? 0 : strength.isEnough ? (strength.log10 >= GUESSES_LOG10_MIN + 3 ? STEPS : STEPS - 1) : Math.max(1, Math.min(STEPS - 2, Math.floor(strength.log10 / 4)))
  return (
    <p class={`strength step-${step}`} role="status">
      <span class="strength-bar" aria-hidden="true"><i /><i /><i /><i /></span>
      <span>{strength === null ? t.strengthHint : t.strength[step]}</span>
    </p>
  )
}
