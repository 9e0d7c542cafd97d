import { m } from '../i18n'
import type { SealStep, StepResult } from '../state/seal'
import { Icon } from './icons'

/** The steps by which the seal was checked, in plain words; `words` where a step is about something else. */
export function SealSteps({ steps, explain = false, words = {} }: { steps: readonly StepResult[]; explain?: boolean; words?: Partial<Record<SealStep, string>> }) {
  const t = m().seal
  return (
    <ol class="seal-steps">
      {steps.map((s) => (
        <li key={s.step} class={s.ok ? 'good' : 'bad'}>
          <Icon name={s.ok ? 'check' : 'cross'} label={s.ok ? m().common.yes : m().common.no} />
          <div>
            <strong>{words[s.step] ?? t.steps[s.step]}</strong>
            {explain && <p>{t.explain[s.step]}</p>}
            {!s.ok && <code class="mono">{s.detail}</code>}
          </div>
        </li>
      ))}
    </ol>
  )
}
