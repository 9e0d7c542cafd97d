// Single values that the head erases with a second officer (value.erased): a diagnosis that was typed as a
// reason, reasons of years long past, a telephone that was replaced.
import { useState } from 'preact/hooks'
import type { Person } from '../api/privacy'
import { type SeparableValue, separable, termIsOver } from '../control/privacy'
import { m } from '../i18n'
import { count, dayFull, initials, momentShort } from '../i18n/format'
import { eraseValues } from '../session/privacy'
import { dayOf, now } from '../state/school'
import { Dialog } from '../ui/dialog'
import { Scroll } from '../ui/scroll'
import { ErasureForm } from './privacy-erase'

/** As many as one event names. */
const AT_ONCE = 64
/** More rows at once would only be scrolled past: a part of the words finds the rest. */
const ROWS_SHOWN = 100

const kindOf = (v: SeparableValue): string => m().kinds[v.kind] ?? v.kind
const textOf = (v: SeparableValue): string => (v.erased !== null ? m().privacy.values.gone : m().journal.reasons[v.text] ?? v.text)

function ValuesDialog({ name, values, onClose, onDone }: { name: string; values: readonly SeparableValue[]; onClose: () => void; onDone: () => void }) {
  const t = m().privacy.values
  const today = dayOf(now())
  const grounds = values.every((v) => termIsOver(v, today)) ? [1, 2, 3] : [2, 3]
  return (
    <Dialog name="erase-values" title={t.title(values.length, name)} onClose={onClose}>
      <ErasureForm warning={t.warning} grounds={grounds} sign={(draft) => eraseValues(values, draft)} onClose={onClose} onDone={onDone}>
        <ul class="going">{values.map((v) => <li key={v.commitment}><q>{textOf(v)}</q> <small class="dim">{t.fields[v.field]}, {momentShort(v.recorded)}</small></li>)}</ul>
      </ErasureForm>
    </Dialog>
  )
}

function Row({ value, today, chosen, onToggle }: { value: SeparableValue; today: number; chosen: boolean; onToggle: () => void }) {
  const t = m().privacy.values
  const { erased } = value
  return (
    <tr>
      <td>{erased === null && <input type="checkbox" checked={chosen} onChange={onToggle} aria-label={t.choose(textOf(value))} />}</td>
      <th scope="row">{textOf(value)}</th>
      <td>{t.fields[value.field]}<br /><small class="dim">{kindOf(value)}{value.place !== '' && `, ${value.place}`}</small></td>
      <td>{momentShort(value.recorded)}<br /><small class="dim">{value.author}</small></td>
      <td>{erased !== null ? <><span class="tag good">{t.erased}</span><br /><small class="dim">{m().privacy.terms.grounds[erased.ground]}: {erased.reference}. {m().privacy.terms.erasedBy(initials(erased.author_name), initials(erased.second_name), momentShort(erased.recorded))}</small></>
        : value.due === null ? t.present : termIsOver(value, today) ? <span class="tag warn">{t.over}</span> : t.until(dayFull(value.due))}</td>
    </tr>
  )
}

export function Separable({ person, onErased }: { person: Person; onErased: () => void }) {
  const [find, setFind] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState(false)
  const t = m().privacy.values
  const today = dayOf(now())
  const all = separable(person.rows)
  const found = all.filter((v) => `${textOf(v)} ${t.fields[v.field]} ${v.place} ${v.author}`.toLowerCase().includes(find.trim().toLowerCase()))
  const picked = all.filter((v) => chosen.has(v.commitment))
  const over = found.filter((v) => v.there && termIsOver(v, today))
  const toggle = (v: SeparableValue): void => setChosen((old) => {
    const next = new Set(old)
    if (!next.delete(v.commitment)) next.add(v.commitment)
    return next
  })
  return (
    <section class="card">
      <h2>{t.head}</h2>
      <p class="dim">{t.lead}</p>
      {all.length === 0 ? <p class="empty">{t.none}</p> : (
        <>
          <div class="row form-row values-bar">
            <label class="inline">{t.find} <input type="search" value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
            {over.length > 0 && <button type="button" class="button small" onClick={() => setChosen(new Set(over.slice(0, AT_ONCE).map((v) => v.commitment)))}>{t.chooseOver(Math.min(over.length, AT_ONCE))}</button>}
            <button type="button" class="button small danger" disabled={picked.length === 0 || picked.length > AT_ONCE} onClick={() => setOpen(true)}>{t.erase(picked.length)}</button>
          </div>
          {picked.length > AT_ONCE && <p class="notice warn" role="alert">{t.tooMany(AT_ONCE)}</p>}
          <Scroll>
            <table class="table values">
              <thead><tr><td /><th scope="col">{t.value}</th><th scope="col">{t.what}</th><th scope="col">{t.when}</th><th scope="col">{t.term}</th></tr></thead>
              <tbody>{found.slice(0, ROWS_SHOWN).map((v) => <Row key={v.commitment} value={v} today={today} chosen={chosen.has(v.commitment)} onToggle={() => toggle(v)} />)}</tbody>
            </table>
          </Scroll>
          {found.length > ROWS_SHOWN && <p class="dim">{t.more(count(ROWS_SHOWN), count(found.length))}</p>}
          {found.length === 0 && <p class="empty">{t.notFound}</p>}
        </>
      )}
      {open && <ValuesDialog name={person.name} values={picked} onClose={() => setOpen(false)} onDone={() => { setOpen(false); setChosen(new Set()); onErased() }} />}
    </section>
  )
}
