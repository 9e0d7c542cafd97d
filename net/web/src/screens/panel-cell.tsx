// The cell under the cursor, in words: whose, what, for which work, with which signs.
import { cellWords } from '../grid/draw'
import type { JournalStore } from '../grid/store'
import { m } from '../i18n'
import { dayLong } from '../i18n/format'
import { link } from '../route'
import { Icon } from '../ui/icons'
import { isStaff } from '../state/session'

const REASONS = ['', 'ill', 'valid', 'invalid'] as const

export function CellPanel({ store }: { store: JournalStore }) {
  const { cursor } = store.grid.value
  const sheet = store.sheet.value
  const row = sheet.rows[cursor.row]
  const column = sheet.columns[cursor.col]
  if (row === undefined || column === undefined) return null
  const cell = row.cells[cursor.col]!
  const t = m().panel
  const [value, ...rest] = cellWords(cell, column)
  const canComment = column.writable && column.kind !== 'period' && cell.values.length > 0
  return (
    <section class="panel-block" aria-label={t.cell}>
      <h2 class="panel-name">{row.pupil.name}</h2>
      <p class="dim">{column.kind === 'period' ? `${m().journal.periodMark}: ${store.period?.name ?? ''}` : dayLong(column.day)}</p>
      <p class="panel-value"><b>{value}</b>{rest.length > 0 && <span> · {rest.join(' · ')}</span>}</p>
      {cell.said !== null && <p class="dim">{m().diary.said(m().cabinet.reasons[cell.said] ?? cell.said)}</p>}
      {cell.state === 1 && column.writable && (
        <label class="inline">{t.absenceReason}
          <select value={REASONS.includes((cell.reason ?? '') as '') ? cell.reason ?? '' : 'other'}
            onChange={(e) => { if (e.currentTarget.value !== 'other') store.setAbsence(cursor, 1, e.currentTarget.value === '' ? null : e.currentTarget.value) }}>
            <option value="">{m().common.none}</option>
            {REASONS.slice(1).map((r) => <option key={r} value={r}>{m().journal.reasons[r]}</option>)}
            {cell.reason !== null && !REASONS.includes(cell.reason as '') && <option value="other">{cell.reason}</option>}
          </select>
        </label>
      )}
      <div class="row">
        <button type="button" class="button small" disabled={column.kind === 'slot'} onClick={() => { store.ask.value = { what: 'history', at: cursor } }}><Icon name="history" size={15} />{t.history}</button>
        {canComment && <button type="button" class="button small" onClick={() => { store.ask.value = { what: 'comment', at: cursor } }}><Icon name="comment" size={15} />{t.comment}</button>}
        {column.kind === 'mark' && column.writable && store.page.value.subject.marked && cell.inside && cell.values.length === 0 && <button type="button" class="button small" onClick={() => { store.ask.value = { what: 'debt', at: cursor } }}>{m().marks.debt.point}</button>}
        {column.kind === 'period' && column.writable && <button type="button" class="button small" onClick={() => { store.ask.value = { what: 'deferral', at: cursor } }}>{t.deferral}</button>}
        {isStaff.value && <a class="button small" href={link('pupil', [row.pupil.id])}><Icon name="user" size={15} />{t.card}</a>}
      </div>
    </section>
  )
}
