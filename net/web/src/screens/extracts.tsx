// Extracts on paper for the families that want paper (CT-2c): one PDF for the whole class, and the entry
// that they were handed out.
import { useState } from 'preact/hooks'
import { address } from '../api/client'
import type { Id } from '../api/types'
import { m } from '../i18n'
import { dayFull, dayInput, dayOfInput } from '../i18n/format'
import { noteExtracts } from '../session/family'
import { dayOf, now } from '../state/school'
import { seal } from '../state/seal'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Icon } from '../ui/icons'

const DAYS = 14

/** `paper`: pupils whose family is told on paper. */
export function ExtractsCard({ group, paper }: { group: Id; paper: readonly Id[] }) {
  const today = dayOf(now())
  const [from, setFrom] = useState(today - DAYS + 1)
  const [to, setTo] = useState(today)
  const [done, setDone] = useState(false)
  const act = useAct()
  const t = m().form.extracts
  const ready = from <= to && !act.busy
  return (
    <section class="card">
      <h2>{t.title}</h2>
      <p class="dim">{t.lead(paper.length)}</p>
      <div class="row form-row">
        <label class="inline">{t.from} <input type="date" value={dayInput(from)} onChange={(e) => { setDone(false); setFrom(dayOfInput(e.currentTarget.value) ?? from) }} /></label>
        <label class="inline">{t.to} <input type="date" value={dayInput(to)} onChange={(e) => { setDone(false); setTo(dayOfInput(e.currentTarget.value) ?? to) }} /></label>
        <a class="button" href={address('/api/paper/extract', { group, from, to })} target="_blank" rel="noopener"><Icon name="book" size={15} />{t.print}</a>
        {paper.length > 0 && <button type="button" class="button" disabled={!ready || !canSign.value || done} onClick={() => void act.run(() => noteExtracts(paper, from, to, seal.value.size)).then((ok) => setDone(ok))}><Icon name="check" size={15} />{t.note(paper.length)}</button>}
      </div>
      {done && <p role="status">{t.noted(dayFull(from), dayFull(to))}</p>}
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
    </section>
  )
}
