// «Предметы»: what is taught at the school, and which subjects have no marks; a new one.
import { useState } from 'preact/hooks'
import { officeApi, type SubjectRef } from '../api/office'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { createSubject } from '../session/office'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { SignRow } from './office-pupil'

function CreateDialog({ subjects, onClose, onDone }: { subjects: readonly SubjectRef[]; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('')
  const [marked, setMarked] = useState(true)
  const act = useAct()
  const t = sm().subjects
  const same = subjects.find((s) => s.name.toLowerCase() === name.trim().toLowerCase())
  return (
    <Dialog name="new-subject" title={t.create} onClose={onClose}>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => createSubject(name, marked)).then((ok) => { if (ok) onDone() }) }}>
        <TextField label={t.name} value={name} maxLength={100} onText={setName} error={same === undefined ? null : t.same} />
        <label class="check"><input type="checkbox" checked={marked} onChange={(e) => setMarked(e.currentTarget.checked)} /> {t.marked}</label>
        <p class="field-note">{t.note}</p>
        <SignRow act={act} ready={name.trim() !== '' && same === undefined} onClose={onClose} />
      </form>
    </Dialog>
  )
}

export function SubjectsPart() {
  const load = useLoad(() => officeApi.groups(), [])
  const [create, setCreate] = useState(false)
  const t = sm().subjects
  if (load.error !== null) return <Failure error={load.error} again={load.again} />
  if (load.value === null) return <Waiting />
  const subjects = [...load.value.subjects].sort((a, b) => a.name.localeCompare(b.name, 'ru'))
  return (
    <>
      <div class="row control-bar"><span class="dim">{t.count(subjects.length)}</span><span class="grow" />
        <button type="button" class="button primary" disabled={!canSign.value} onClick={() => setCreate(true)}><Icon name="plus" size={15} />{t.create}</button></div>
      {subjects.length === 0 ? <p class="empty">{om().none}</p> : (
        <ul class="card plain-rows subject-list">{subjects.map((s) => <li key={s.id}><b>{s.name}</b>{!s.marked && <span class="tag">{t.unmarked}</span>}</li>)}</ul>
      )}
      {create && <CreateDialog subjects={subjects} onClose={() => setCreate(false)} onDone={() => { setCreate(false); load.again() }} />}
    </>
  )
}
