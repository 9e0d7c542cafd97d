// Closing a period, and opening it again (ST-11): signed, with the effect said beforehand.
import { useState } from 'preact/hooks'
import { controlApi, type Lock } from '../api/control'
import type { Period } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { dayFull, dayShort } from '../i18n/format'
import { unhex } from '../ledger/hash'
import { submitOne } from '../state/outbox'
import { dayOf } from '../state/school'
import { canSign } from '../state/session'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { useLoad } from '../ui/load'

interface DialogProps { group: { id: string; name: string }; period: Period; closed: boolean; missing: number; onClose: (done: boolean) => void }

function LockDialog({ group, period, closed, missing, onClose }: DialogProps) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const t = m().summary.lock
  const sign = async (): Promise<void> => {
    if (closed && reason.trim() === '') return setError(t.needReason)
    setBusy(true)
    try {
      const names = { group: unhex(group.id), period: period.name }
      const answer = await submitOne(closed ? { kind: 'period.reopened', body: { ...names, reason: reason.trim() } } : { kind: 'period.closed', body: { ...names, from: period.from, to: period.to } })
      if (answer.code === 0) return onClose(true)
      setError(refusalText(answer))
    } catch (e) {
      setError(errorText(e))
    }
    setBusy(false)
  }
  return (
    <Dialog name="lock-period" title={`${closed ? t.reopen : t.close}: ${group.name}, ${period.name}`} onClose={() => onClose(false)}>
      <form onSubmit={(e) => { e.preventDefault(); void sign() }}>
        <p>{closed ? t.reopenEffect : t.effect(group.name, dayFull(period.from), dayFull(period.to))}</p>
        {!closed && missing > 0 && <p class="notice warn">{t.missing(missing)}</p>}
        {closed ? <TextField label={t.reason} value={reason} onText={setReason} maxLength={500} error={error} /> : error !== null && <p class="bad-text" role="alert">{error}</p>}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => onClose(false)}>{m().common.cancel}</button>
          <button type="submit" class="button primary" disabled={busy || !canSign.value}>{t.sign}</button>
        </div>
      </form>
    </Dialog>
  )
}

interface Props { group: { id: string; name: string }; period: Period | null; missing: number; leads: boolean }

export function PeriodLock({ group, period, missing, leads }: Props) {
  const { value, again } = useLoad(() => controlApi.locks(group.id), [group.id])
  const [asking, setAsking] = useState(false)
  const t = m().summary.lock
  if (period === null || value === null) return null
  const lock = value.find((l) => l.period === period.name && l.group === group.id) ?? null
  const closed = lock?.closed === true
  return (
    <section class="card no-print">
      <h2>{t.title}: {period.name}</h2>
      <p class="row">
        <Icon name={closed ? 'lock' : 'pen'} />
        <span>{lock === null ? t.open : closed ? t.closed(dayFull(dayOf(lock.recorded)), lock.by_name) : t.reopened(dayFull(dayOf(lock.recorded)), lock.by_name)}</span>
        <span class="grow" />
        {leads && <button type="button" class="button" disabled={!canSign.value} onClick={() => setAsking(true)}>{closed ? t.reopen : t.close}</button>}
      </p>
      {asking && <LockDialog group={group} period={period} closed={closed} missing={missing} onClose={(done) => { setAsking(false); if (done) again() }} />}
    </section>
  )
}

/** On a journal page: the period is closed, since when, and who can open it. */
export function LockTag({ group, period }: { group: string; period: Period | null }) {
  const { value } = useLoad(async (): Promise<Lock[]> => controlApi.locks(group), [group])
  const lock = period === null ? undefined : value?.find((l) => l.closed && (l.period === period.name || (l.from <= period.from && period.to <= l.to)))
  return lock === undefined ? null : <span class="tag warn lock-tag"><Icon name="lock" size={13} />{m().summary.lock.tag(dayShort(dayOf(lock.recorded)))}</span>
}
