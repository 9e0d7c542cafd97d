// Conflicts and refusals above the grid: both values side by side, and the person chooses.
import type { Version } from '../api/types'
import type { Edit } from '../grid/edits'
import { absenceLetter } from '../grid/cells'
import { isOfExpiredKey, type Refused } from '../grid/queue'
import type { JournalStore } from '../grid/store'
import { errorText, m, refusalText } from '../i18n'
import { dayShort, momentShort, shortName } from '../i18n/format'
import { canSign } from '../state/session'
import { Icon } from '../ui/icons'

function mineText(edit: Edit): string {
  const none = m().common.none
  switch (edit.what) {
    case 'mark': return edit.values.length === 0 ? none : edit.values.join('/')
    case 'absence': return absenceLetter(edit.state, edit.reason) ?? m().journal.states[0]!
    case 'topic': return edit.text
    case 'homework': return edit.text === '' ? m().day.notSet : edit.text
    case 'period': return edit.value <= 5 ? String(edit.value) : m().journal.periodValues[edit.value] ?? String(edit.value)
    case 'sheet': return m().panel.allPresent
  }
}

export function versionText(version: Version): string {
  if (Array.isArray(version.value)) return version.value.length === 0 ? m().common.none : version.value.join('/')
  if (version.kind === 'attendance.set' && version.value !== null) return absenceLetter(version.value, version.text) ?? m().journal.states[version.value] ?? ''
  if (version.kind === 'period.set' && version.value !== null) return version.value <= 5 ? String(version.value) : m().journal.periodValues[version.value] ?? String(version.value)
  if (version.kind === 'homework.set' && version.text === '') return m().history.noteEmpty
  return version.text ?? String(version.value ?? m().common.none)
}

/** "Абдулаев Руслан, 17.11" */
function whereText(store: JournalStore, edit: Edit): string {
  const page = store.page.value
  const pupil = 'pupil' in edit ? page.pupils.find((p) => p.id === edit.pupil) : undefined
  const lesson = 'lesson' in edit ? store.columns.value.find((c) => c.lessonId === edit.lesson) : undefined
  const what = edit.what === 'topic' ? m().panel.topic : edit.what === 'homework' ? m().panel.homework : edit.what === 'period' ? edit.period : null
  return [pupil === undefined ? null : shortName(pupil.name), lesson === undefined ? null : dayShort(lesson.day), what].filter((s) => s !== null).join(', ')
}

function ConflictRow({ store, edit }: { store: JournalStore; edit: Edit }) {
  const t = m().conflict
  const theirs = edit.theirs ?? null
  return (
    <li class="conflict">
      <span class="conflict-where">{whereText(store, edit)}</span>
      <span class="versus">
        <span class="side"><small>{t.mine}</small><b>{mineText(edit)}</b></span>
        <span class="side"><small>{t.theirs}{theirs !== null && `: ${t.by(theirs.name, momentShort(theirs.recorded))}`}</small><b>{theirs === null ? t.unknown : versionText(theirs)}</b></span>
      </span>
      <span class="row">
        <button type="button" class="button small" onClick={() => store.queue.keepMine(edit.key)}>{t.keepMine}</button>
        <button type="button" class="button small" onClick={() => store.queue.takeTheirs(edit.key)}>{t.takeTheirs}</button>
      </span>
    </li>
  )
}

function refusedText({ answer }: Refused): string {
  return answer instanceof Error ? errorText(answer) : refusalText({ ...answer, code: answer.code })
}

export function Conflicts({ store }: { store: JournalStore }) {
  void store.queue.version.value
  const conflicts = store.queue.conflicts()
  const refused = store.queue.refused.value
  if (conflicts.length === 0 && refused.length === 0) return null
  const t = m().conflict
  const expired = refused.filter(isOfExpiredKey).length
  return (
    <div class="conflicts" role="alert">
      {conflicts.length > 0 && <><h2><Icon name="warning" size={16} />{t.title}</h2><ul>{conflicts.map((e) => <ConflictRow key={e.key} store={store} edit={e} />)}</ul></>}
      {refused.length > 0 && (
        <>
          <h2><Icon name="warning" size={16} />{t.refused}</h2>
          <ul>{refused.map((r, i) => <li key={i} class="conflict"><span class="conflict-where">{whereText(store, r.edit)}: <b>{mineText(r.edit)}</b></span><span>{refusedText(r)}</span></li>)}</ul>
          {expired > 0 && <p>{m().offline.expired(expired)}</p>}
          <span class="row">
            {expired > 0 && canSign.value && <button type="button" class="button small primary" onClick={() => store.queue.signAgain()}>{m().offline.signAgain}</button>}
            <button type="button" class="button small" onClick={() => store.queue.dismiss()}>{t.dismiss}</button>
          </span>
        </>
      )}
    </div>
  )
}
