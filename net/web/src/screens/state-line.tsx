// The saved-state line: what is in the log, what waits, what needs a person.
import type { JournalStore } from '../grid/store'
import { m } from '../i18n'
import { timeOf } from '../i18n/format'
import { lastSaved, lineDown } from '../state/outbox'
import { Icon } from '../ui/icons'

export function StateLine({ store }: { store: JournalStore }) {
  void store.queue.version.value
  const t = m().journal
  const waiting = store.queue.pendingCount
  const conflicts = store.queue.conflicts().length
  const notice = store.notice.value
  return (
    <div class="state-line">
      {store.then === null && <span class={`state ${conflicts > 0 ? 'bad' : waiting > 0 ? 'wait' : 'good'}`} role="status">
        {lineDown.value && <><Icon name="off" size={15} /><b>{t.offline}</b></>}
        {conflicts > 0 && <><Icon name="warning" size={15} /><b>{t.conflicts(conflicts)}</b></>}
        {waiting > 0 ? <><Icon name="clock" size={15} />{t.queued(waiting)}</> : conflicts === 0 && lastSaved.value !== null && <><Icon name="check" size={15} />{t.saved(timeOf(lastSaved.value))}</>}
      </span>}
      {notice !== null && <span class="state-notice" role="alert">{t[notice]}</span>}
      <span class="state-keys">{t.keys}</span>
    </div>
  )
}
