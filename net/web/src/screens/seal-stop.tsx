// The loud stop: the server's log does not grow out of the one that this browser knows.
import { useState } from 'preact/hooks'
import { m } from '../i18n'
import { moment } from '../i18n/format'
import { forgetSeal, seal } from '../state/seal'
import { Icon } from '../ui/icons'
import { SealSteps } from '../ui/seal-steps'

export function SealStop() {
  const [open, setOpen] = useState(false)
  const [sure, setSure] = useState(false)
  const t = m().seal
  return (
    <main class="stop">
      <div class="stop-sheet" role="alertdialog" aria-labelledby="stop-title">
        <Icon name="warning" size={48} />
        <h1 id="stop-title">{t.stopTitle}</h1>
        <p>{t.stopLead}</p>
        <p><strong>{t.stopDo}</strong></p>
        <h2>{t.stopSteps}</h2>
        <SealSteps steps={seal.value.steps} explain />
        {seal.value.checkedAt !== null && <p class="dim">{moment(seal.value.checkedAt)}</p>}
        <button type="button" class="button quiet" aria-expanded={open} onClick={() => setOpen(!open)}>{t.forget}</button>
        {open && (
          <div class="stop-forget">
            <p>{t.forgetLead}</p>
            <label class="check"><input type="checkbox" checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} /> {t.forgetConfirm}</label>
            <button type="button" class="button danger" disabled={!sure} onClick={() => void forgetSeal().catch(() => undefined)}>{t.forget}</button>
          </div>
        )}
      </div>
    </main>
  )
}
