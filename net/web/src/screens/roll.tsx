// The roll call: one pupil a row, for a finger. Present unless said otherwise; a tap goes н → о → present.
// It writes through the page's own store, so it waits for the network as everything else does.
import type { JournalStore } from '../grid/store'
import { m } from '../i18n'
import { dayLong, shortName } from '../i18n/format'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { StateOf } from './state-line'

/** The attendance of the lesson under the cursor; a later column of a lesson stands for its first. */
function firstColumn(store: JournalStore): number {
  const columns = store.columns.value
  const here = columns[store.grid.value.cursor.col]
  return here === undefined ? -1 : columns.findIndex((c) => c.kind !== 'period' && c.lessonId === here.lessonId && c.first)
}

const NEXT: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 0 }
const REASONS = [['н', null], ['б', 'ill'], ['у', 'valid'], ['нп', 'invalid']] as const

export function RollDialog({ store, onClose }: { store: JournalStore; onClose: () => void }) {
  const t = m().grid.roll
  const col = firstColumn(store)
  const column = store.columns.value[col]
  if (column === undefined || !column.writable) return <Dialog name="roll" title={t.title} onClose={onClose}><p>{t.none}</p></Dialog>
  const rows = store.sheet.value.rows.map((row) => ({ row, cell: row.cells[col]! })).filter(({ cell }) => cell.inside)
  const here = rows.filter(({ cell }) => cell.state !== 1).length
  const done = column.lesson?.sheet === true || store.queue.overlay.has(`s/${column.lessonId}`)
  return (
    <Dialog name="roll" title={`${t.title}: ${store.page.value.group.name}, ${dayLong(column.day)}, ${m().common.lessonN(column.n)}`} onClose={onClose} side>
      <p class="roll-count"><b>{t.count(here, rows.length)}</b> <span class="dim">{t.cycle}</span></p>
      <ul class="roll">
        {rows.map(({ row, cell }) => {
          const at = { row: row.index, col }
          const name = shortName(row.pupil.name)
          const state = cell.state ?? 0
          return (
            <li key={row.pupil.id} class={state === 0 ? '' : 'away'}>
              <button type="button" class="roll-name" onClick={() => store.setAbsence(at, NEXT[state]!, null)}>
                <span>{name}{cell.said !== null && cell.said !== '' && <small class="dim">{t.said(m().journal.reasons[cell.said] ?? cell.said)}</small>}</span>
                {state !== 1 ? <b>{state === 0 ? t.here : m().journal.states[state]}</b> : <span class="sr-only">{m().journal.states[state]}</span>}
              </button>
              {state === 1 && (
                <span class="roll-reasons" role="group" aria-label={t.reasonOf(name)}>
                  {REASONS.map(([letter, reason]) => <button key={letter} type="button" class="button small" aria-pressed={cell.reason === reason} title={reason === null ? m().journal.states[1] : m().journal.reasons[reason]} onClick={() => store.setAbsence(at, 1, reason)}>{letter}</button>)}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      <div class="dialog-buttons roll-foot">
        <StateOf store={store} />
        <button type="button" class="button primary" disabled={done} onClick={() => store.allPresent(column)}><Icon name="check" size={16} />{done ? t.done : t.all}</button>
      </div>
    </Dialog>
  )
}
