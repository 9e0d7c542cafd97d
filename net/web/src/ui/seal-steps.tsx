import { m } from '../i18n'
import type { StepResult } from '../state/seal'
import { Icon } from './icons'

/** The steps by which the seal was checked, in plain words. */
export function SealSteps({ steps, explain = false }: { steps: readonly StepResult[]; explain?: boolean }) {
  const t = m().seal
  return (
    <ol class="seal-steps">
      {steps.map((s) => (
        <li key={s.step} class={s.ok ? 'good' : 'bad'}>
          <Icon name={s.ok ? 'check' : 'cross'} label={s.ok ? m().common.yes : m().common.no} />
          <div>
            <strong>{t.steps[s.step]}</strong>
            {explain && <p>{t.explain[s.step]}</p>}
            {!s.ok && <code class="mono">{s.detail}</code>}
          </div>
        </li>
      ))}
    </ol>
  )
}
