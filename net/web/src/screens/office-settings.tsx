// «Настройки»: what the school's local acts decide, with what it does, who set it and what was before.
import { useState } from 'preact/hooks'
import { officeApi, type Setting } from '../api/office'
import { m } from '../i18n'
import { initials, moment } from '../i18n/format'
import { om } from '../i18n/office'
import { setSetting } from '../session/office'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { leads } from './office-rights'

interface Words { readonly name: string; readonly about: string; readonly unit?: string; readonly choices?: readonly string[] }

/** In words; a setting that this client does not know is shown by its name. */
const wordsOf = (name: string): Words => (om().settings.of as Readonly<Record<string, Words>>)[name] ?? { name, about: '' }
const valueText = (words: Words, value: number): string => words.choices?.[value] ?? `${value}${words.unit === undefined ? '' : ` ${words.unit}`}`

function SettingCard({ setting, onDone }: { setting: Setting; onDone: () => void }) {
  const [draft, setDraft] = useState<number | null>(null)
  const act = useAct()
  const t = om().settings
  const words = wordsOf(setting.name)
  const last = setting.history.at(-1)
  const inRange = draft !== null && Number.isInteger(draft) && draft >= setting.min && draft <= setting.max
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (draft !== null && await act.run(() => setSetting(setting.name, draft))) { setDraft(null); onDone() }
  }
  return (
    <section class="card setting" aria-label={words.name}>
      <div class="row"><h2>{words.name}</h2><span class="grow" /><strong class="setting-value">{valueText(words, setting.value)}</strong></div>
      {words.about !== '' && <p>{words.about}</p>}
      <p class="dim small-text">{last === undefined ? t.never(valueText(words, setting.otherwise)) : t.set(initials(last.author_name), moment(last.recorded))}{words.choices === undefined && ` · ${t.range(setting.min, setting.max)}`}</p>
      {leads() && (draft === null ? <div class="row"><button type="button" class="button small" onClick={() => setDraft(setting.value)}><Icon name="pen" size={14} />{t.change}</button></div> : (
        <form class="write" onSubmit={(e) => void submit(e)}>
          {words.choices !== undefined ? (
            <fieldset class="pick"><legend>{t.value}</legend>{words.choices.map((text, i) => <label key={i} class="check"><input type="radio" name={setting.name} checked={draft === i} onChange={() => setDraft(i)} /> {text}</label>)}</fieldset>
          ) : (
            <Field label={t.value} error={inRange ? null : t.range(setting.min, setting.max)}>{({ id, describedBy }) => <input id={id} type="number" aria-describedby={describedBy} min={setting.min} max={setting.max} step={1} value={Number.isNaN(draft) ? '' : draft} onInput={(e) => setDraft(e.currentTarget.valueAsNumber)} />}</Field>
          )}
          {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
          <div class="row"><button type="submit" class="button primary" disabled={!inRange || draft === setting.value || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={() => setDraft(null)}>{m().common.cancel}</button></div>
        </form>
      ))}
      {setting.history.length > 0 && <details><summary>{t.history(setting.history.length)}</summary><ul class="plain-rows">{[...setting.history].reverse().map((h) => <li key={h.seq}><b>{valueText(words, h.value)}</b><span>{h.author_name}</span><span class="dim">{moment(h.recorded)}</span></li>)}</ul></details>}
    </section>
  )
}

export function SettingsPart() {
  const { value, error, again } = useLoad(() => officeApi.settings(), [])
  const t = om().settings
  return (
    <>
      <p class="dim">{t.lead}{!leads() && ` ${om().askLeaders}`}</p>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : <div class="about-grid">{value.map((s) => <SettingCard key={s.name} setting={s} onDone={again} />)}</div>}
    </>
  )
}
