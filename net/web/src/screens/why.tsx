// Ten lines for a parent: why a mark cannot be changed in secret; and what this very browser has checked.
import { useEffect } from 'preact/hooks'
import { m } from '../i18n'
import { count, moment } from '../i18n/format'
import { link } from '../route'
import { checkSeal, seal } from '../state/seal'
import { confirmed, loadWitnesses } from '../state/witnesses'
import { Icon } from '../ui/icons'

export function WhyScreen() {
  const t = m().why
  const { state, size, checkedAt } = seal.value
  const told = confirmed.value
  useEffect(() => {
    void checkSeal().catch(() => undefined)
    void loadWitnesses().catch(() => undefined)
  }, [])
  return (
    <div class="screen narrow">
      <div class="screen-head"><h1>{t.title}</h1></div>
      <section class="card"><ol class="why-lines">{t.lines.map((line, i) => <li key={i}>{line}</li>)}</ol></section>
      <section class="card">
        <h2><Icon name="seal" size={18} /> {t.now}</h2>
        <p>{state === 'whole' && checkedAt !== null ? t.verified(m().seal.size(count(size)), moment(checkedAt)) : t.notYet}</p>
        {told !== null && <p>{told.of === 0 ? t.noWitnesses : t.witnesses(told.held, told.of)}</p>}
        <p class="dim">{t.limit}</p>
        <a class="button small" href={link('audit')}><Icon name="seal" size={14} />{m().audit.title}</a>
      </section>
    </div>
  )
}
