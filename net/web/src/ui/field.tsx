// Fields of forms: a label, a control, a hint or what is wrong with it.
import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps { label: string; hint?: string | undefined; error?: string | null; children: (ids: { id: string; describedBy: string | undefined }) => ComponentChildren }

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div class={`field${error != null ? ' invalid' : ''}`}>
      <label for={id}>{label}</label>
      {children({ id, describedBy: note === undefined || note === '' ? undefined : id + '-note' })}
      {note !== undefined && note !== '' && <p class="field-note" id={id + '-note'} role={error != null ? 'alert' : undefined}>{note}</p>}
    </div>
  )
}

type InputProps = JSX.IntrinsicElements['input']

interface TextProps {
  label: string; value: string; onText: (text: string) => void; hint?: string | undefined; error?: string | null
  type?: 'text' | 'password'; autocomplete?: string; autocapitalize?: string; spellcheck?: boolean; disabled?: boolean; autofocus?: boolean
  class?: string; placeholder?: string; maxLength?: number; onBlur?: () => void; onKeyDown?: (e: KeyboardEvent) => void
}

export function TextField({ label, value, onText, hint, error, ...rest }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error ?? null}>
      {({ id, describedBy }) => (
        <input id={id} aria-describedby={describedBy} aria-invalid={error != null} value={value} onInput={(e) => onText(e.currentTarget.value)} {...(rest as InputProps)} />
      )}
    </Field>
  )
}

interface ChoiceProps<A extends string | number> { label: string; value: A; choices: readonly (readonly [A, string])[]; onChoice: (value: A) => void; disabled?: boolean }

export function ChoiceField<A extends string | number>({ label, value, choices, onChoice, disabled }: ChoiceProps<A>) {
  return (
    <Field label={label}>
      {({ id }) => (
        <select id={id} value={String(value)} disabled={disabled}
          onChange={(e) => { const found = choices.find(([v]) => String(v) === e.currentTarget.value); if (found !== undefined) onChoice(found[0]) }}>
          {choices.map(([v, text]) => <option key={v} value={String(v)}>{text}</option>)}
        </select>
      )}
    </Field>
  )
}
