// The parts of «Контроль»: filling, remarks, and for who leads the school the edits.
import { Role } from '../api/types'
import { m } from '../i18n'
import { link } from '../route'
import { hasRole } from '../state/session'

export function ControlTabs({ here }: { here: 'filling' | 'remarks' | 'edits' }) {
  const t = m().control
  const leads = hasRole(Role.Head, Role.Deputy)
  return (
    <nav class="segments" aria-label={t.title}>
      <a href={link('control')} aria-current={here === 'filling' ? 'page' : undefined}>{t.tabs.filling}</a>
      <a href={link('control', ['remarks'])} aria-current={here === 'remarks' ? 'page' : undefined}>{t.tabs.remarks}</a>
      {leads && <a href={link('edits')} aria-current={here === 'edits' ? 'page' : undefined}>{m().edits.title}</a>}
    </nav>
  )
}
