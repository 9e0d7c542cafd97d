// What a person reads when the own access is closed: that it is over for everybody who had it, whom
// to tell and until when (one working day, CT-11), and how to come in again.
import type { KeyFate } from '../api/types'
import { m } from '../i18n'
import { momentLong } from '../i18n/format'
import { Icon } from '../ui/icons'

interface Props { fate: KeyFate | null; isStaff: boolean; onInvite: () => void }

export function ClosedNotice({ fate, isStaff, onInvite }: Props) {
  const t = m().closed
  if (fate !== null && !fate.whole) return <p class="notice warn" role="status">{t.session}</p>
  return (
    <section class="closed-notice" role="status" aria-label={t.title}>
      <h2><Icon name="lock" size={20} />{t.title}</h2>
      <p>{fate === null ? t.byReport : fate.own ? t.byYou : t.byOfficer}{fate?.closed != null && <> {momentLong(fate.closed)}.</>} {t.over}</p>
      <h3>{t.next}</h3>
      <ol>
        {fate?.own !== false && <li><b>{t.tell}</b> {fate?.due == null ? t.tellDay : t.tellUntil(momentLong(fate.due))}</li>}
        <li><b>{t.slip}</b> {isStaff ? t.slipStaff : t.slipFamily}</li>
        <li><b>{t.enter}</b> {t.enterHow}</li>
        {isStaff && <li>{t.review}</li>}
      </ol>
      <button type="button" class="button primary" onClick={onInvite}><Icon name="key" />{m().login.invitation}</button>
      <p class="dim">{t.never}</p>
    </section>
  )
}
