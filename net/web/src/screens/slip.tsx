// The slip «Реквизиты доступа»: a half sheet (A5) to be printed and handed over, with the code to
// come in by on one part and the emergency code on the other. Shown once; it is kept nowhere.
import { encodeQR } from 'qr'
import { useEffect } from 'preact/hooks'
import { schoolPath } from '../api/client'
import { m } from '../i18n'
import { dayFull } from '../i18n/format'
import { printCode } from '../ledger/keys'
import type { Slip } from '../session/invitation'
import { dayOf, now, school } from '../state/school'
import { Icon } from '../ui/icons'

/** The square that a phone reads; the code stands behind "#" and never reaches the server. */
function Square({ text }: { text: string }) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 2 })
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('')
  return <svg class="slip-square" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={m().slip.square} shape-rendering="crispEdges"><path d={path} /></svg>
}

export function SlipSheet({ slip, onDone }: { slip: Slip; onDone: () => void }) {
  const t = m().slip
  const site = location.origin + schoolPath + '/'
  useEffect(() => {
    const keep = (e: BeforeUnloadEvent): void => e.preventDefault()
    addEventListener('beforeunload', keep)
    return () => removeEventListener('beforeunload', keep)
  }, [])
  return (
    <div class="slip-frame">
      <div class="slip-bar">
        <p><Icon name="warning" size={16} /> {t.once}</p>
        <button type="button" class="button primary" onClick={() => print()}><Icon name="out" />{t.print}</button>
        <button type="button" class="button" onClick={onDone}>{t.done}</button>
      </div>
      <article class="slip" aria-label={t.title}>
        <header>
          <h1>{t.title}</h1>
          <p>{school.value?.name}</p>
        </header>
        <p class="slip-name">{slip.name}</p>
        <div class="slip-main">
          <div>
            <p>{t.enter}</p>
            <p class="slip-site">{site}</p>
            <h2>{t.code}</h2>
            <p class="slip-code">{printCode(slip.code)}</p>
            <p class="slip-note">{t.codeNote}</p>
          </div>
          <Square text={`${site}#/invite/${printCode(slip.code)}`} />
        </div>
        <section class="slip-emergency">
          <h2>{t.emergency}</h2>
          <p class="slip-code">{printCode(slip.emergency)}</p>
          <p class="slip-note">{t.emergencyNote}</p>
        </section>
        <footer>{t.issued(dayFull(dayOf(now())))}</footer>
      </article>
    </div>
  )
}
