// The saved-state line: what is in the log, what waits, what needs a person.
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import type { JournalStore, Said } from '../grid/store'
import { m } from '../i18n'
import { hundredths, timeOf } from '../i18n/format'
import { lineDown } from '../state/line'
import { lastSaved, signerAway } from '../state/outbox'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'

function KeysHelp({ onClose }: { onClose: () => void }) {
  const t = m().grid.help
  return (
    <Dialog name="keys-help" title={t.title} onClose={onClose} wide>
      <dl class="facts keys-help">
        {t.keys.map(([keys, what]) => <Fragment key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></Fragment>)}
      </dl>
    </Dialog>
  )
}

/** What of this page is in the log, and what waits. */
export function StateOf({ store }: { store: JournalStore }) {
  void store.queue.version.value
  const t = m().journal
  const waiting = store.queue.pendingCount
  const conflicts = store.queue.conflicts().length
  return (
    <span class={`state ${conflicts > 0 ? 'bad' : waiting > 0 ? 'wait' : 'good'}`} role="status">
      {lineDown.value && <><Icon name="off" size={15} /><b>{t.offline}</b></>}
      {signerAway.value && !lineDown.value && <><Icon name="clock" size={15} /><b>{m().offline.unsigned}</b></>}
      {conflicts > 0 && <><Icon name="warning" size={15} /><b>{t.conflicts(conflicts)}</b></>}
      {waiting > 0 ? <><Icon name="clock" size={15} />{t.queued(waiting)}</> : conflicts === 0 && lastSaved.value !== null && <><Icon name="check" size={15} />{t.saved(timeOf(lastSaved.value))}</>}
    </span>
  )
}

export function StateLine({ store }: { store: JournalStore }) {
  const t = m().journal
  const notice = store.notice.value
  const selected = store.selected.value
  const filled = store.filled.value
  const [help, setHelp] = useState(false)
  const words: Partial<Record<Said, string>> = { ...t, ...m().grid.said }
  return (
    <div class="state-line">
      {store.then === null && <StateOf store={store} />}
      {notice !== null && <span class="state-notice" role="alert">{words[notice]}</span>}
      {selected !== null && <span role="status">{m().grid.selected(selected.rows, selected.cols)}{selected.mean !== null && `, ${m().grid.meanOf(hundredths(selected.mean))}`}</span>}
      {filled !== null && selected === null && <span class="state-filled">{m().grid.filled(filled.count, filled.of)}</span>}
      <span class="state-keys">{t.keys}</span>
      {store.then === null && <button type="button" class="icon-button" aria-label={m().grid.help.open} title={m().grid.help.open} onClick={() => setHelp(true)}><Icon name="list" size={17} /></button>}
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </div>
  )
}
