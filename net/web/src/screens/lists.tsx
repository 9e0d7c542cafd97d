// The groups drawn from the class (CT-6): who is in which since when; the class teacher moves pupils
// in and out of subgroups from a day on.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { ListedGroup, Lists } from '../api/families'
import { m } from '../i18n'
import { dayInput, dayOfInput, dayShort } from '../i18n/format'
import { join, leave } from '../session/family'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { Failure, useLoad, Waiting } from '../ui/load'

const SUBGROUP = 1

export const isIn = (member: readonly [number, number, number | null], day: number): boolean => member[1] <= day && (member[2] === null || day <= member[2])

function EditDialog({ group, lists, onClose, onDone }: { group: ListedGroup; lists: Lists; onClose: () => void; onDone: () => void }) {
  const [day, setDay] = useState(dayOf(now()))
  const before = new Set(group.members.filter((x) => isIn(x, day)).map((x) => x[0]))
  const [chosen, setChosen] = useState<ReadonlySet<number>>(before)
  const act = useAct()
  const t = m().form
  const into = [...chosen].filter((i) => !before.has(i)).map((i) => lists.pupils[i]!.id)
  const out = [...before].filter((i) => !chosen.has(i)).map((i) => lists.pupils[i]!.id)
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    const done = await act.run(async () => {
      if (out.length > 0) await leave(group.id, out, day - 1)
      if (into.length > 0) await join(group.id, into, day)
    })
    if (done) onDone()
  }
  const toggle = (i: number): void => {
    const next = new Set(chosen)
    if (!next.delete(i)) next.add(i)
    setChosen(next)
  }
  return (
    <Dialog name="subgroup" title={`${group.name}, ${group.subject_name}`} onClose={onClose}>
      <form onSubmit={(e) => void submit(e)}>
        <label class="inline">{t.fromDay} <input type="date" value={dayInput(day)} onInput={(e) => setDay(dayOfInput(e.currentTarget.value) ?? day)} required /></label>
        <ul class="checks">{lists.pupils.map((p, i) => <li key={p.id}><label class="check"><input type="checkbox" checked={chosen.has(i)} onChange={() => toggle(i)} />{p.name}{chosen.has(i) !== before.has(i) && <span class="tag warn">{chosen.has(i) ? t.comes : t.goes}</span>}</label></li>)}</ul>
        {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
        <div class="dialog-buttons"><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button><button type="submit" class="button primary" disabled={act.busy || (into.length === 0 && out.length === 0)}>{m().common.save}</button></div>
      </form>
    </Dialog>
  )
}

export function ListsTab({ group }: { group: string }) {
  const lists = useLoad(() => api.lists(group), [group])
  const [editing, setEditing] = useState<ListedGroup | null>(null)
  const t = m().form
  const today = dayOf(now())
  if (lists.error !== null) return <Failure error={lists.error} again={lists.again} />
  const value = lists.value
  if (value === null) return <Waiting />
  return (
    <div class="about-grid">
      {[...value.groups].sort((a, b) => a.kind - b.kind || a.name.localeCompare(b.name, 'ru', { numeric: true })).map((g) => (
        <section key={g.id} class="card">
          <div class="screen-head"><h2>{g.name} <span class="dim">{g.subject_name !== '' ? g.subject_name : t.kinds[g.kind]} · {g.members.filter((x) => isIn(x, today)).length}</span></h2>{g.kind === SUBGROUP && canSign.value && <button type="button" class="button small" onClick={() => setEditing(g)}>{t.change}</button>}</div>
          <ol class="names">{[...g.members].sort((a, b) => a[0] - b[0]).map((x) => <li key={x[0]} class={isIn(x, today) ? '' : 'gone-by'}>{value.pupils[x[0]]!.name} <span class="dim">{t.since(dayShort(x[1]))}{x[2] !== null && <> {t.until(dayShort(x[2]))}</>}</span></li>)}</ol>
        </section>
      ))}
      {editing !== null && <EditDialog group={editing} lists={value} onClose={() => setEditing(null)} onDone={() => { setEditing(null); lists.again() }} />}
    </div>
  )
}
