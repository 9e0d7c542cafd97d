// What a class or a group is from a day on: one changed by hand, or all classes going up a grade with the
// groups drawn from them.
import { useState } from 'preact/hooks'
import { type GroupDetail, GroupKind, type GroupRef, type Groups } from '../api/office'
import { dayFull } from '../i18n/format'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { promotions } from '../office/promotion'
import { changeGroups } from '../session/office'
import { dayOf, now } from '../state/school'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, TextField } from '../ui/field'
import { DayField, SignRow } from './office-pupil'

const numbers = (from: number, to: number): [number, string][] => Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)])

export function ChangeDialog({ group, all, onClose, onDone }: { group: GroupRef; all: Groups; onClose: () => void; onDone: () => void }) {
  const [next, setNext] = useState(group)
  const [from, setFrom] = useState(dayOf(now()))
  const act = useAct()
  const t = sm().change
  const same = next.name.trim() === group.name && next.grade === group.grade && next.shift === group.shift && next.days === group.days && next.subject === group.subject
  return (
    <Dialog name="group-change" title={t.title(group.name)} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => changeGroups(from, [next])).then((ok) => { if (ok) onDone() }) }}>
        <div class="row form-row"><DayField label={t.from} value={from} onDay={setFrom} /><TextField label={om().groups.name} value={next.name} maxLength={100} onText={(name) => setNext({ ...next, name })} /></div>
        <div class="row form-row"><ChoiceField label={t.grade} value={next.grade} choices={numbers(0, 11)} onChoice={(grade) => setNext({ ...next, grade })} />
          <ChoiceField label={t.shift} value={next.shift} choices={numbers(1, 2)} onChoice={(shift) => setNext({ ...next, shift })} />
          <ChoiceField label={t.days} value={next.days} choices={numbers(1, 7)} onChoice={(days) => setNext({ ...next, days })} />
          {group.kind !== GroupKind.Class && <ChoiceField label={om().groups.subject} value={next.subject ?? ''} choices={[['', om().groups.anySubject], ...all.subjects.map((s) => [s.id, s.name] as [string, string]).sort((a, b) => a[1].localeCompare(b[1], 'ru'))]} onChoice={(subject) => setNext({ ...next, subject: subject === '' ? null : subject })} />}</div>
        <p class="field-note">{t.note}</p>
        <SignRow act={act} ready={!same && next.name.trim() !== ''} onClose={onClose} />
      </form>
    </Dialog>
  )
}

/** Changes that were said of it, those to come among them. */
export function ChangeList({ changes, today }: { changes: GroupDetail['changes']; today: number }) {
  const t = sm().change
  if (changes.length === 0) return null
  return <ul class="small-text dim plain-rows group-changes">{changes.map((c) => <li key={c.seq}>{t.row(dayFull(c.from), c.name, c.grade, c.shift)}{c.subject_name !== '' && `, ${c.subject_name}`}{c.from > today && <span class="tag">{t.toCome}</span>} · {c.author_name}</li>)}</ul>
}

/** The first of September that comes. */
function nextSeptember(today: number): number {
  const date = new Date(today * 86400000)
  const first = (year: number): number => Math.round(Date.UTC(year, 8, 1) / 86400000)
  return first(date.getUTCFullYear()) > today ? first(date.getUTCFullYear()) : first(date.getUTCFullYear() + 1)
}

export function PromotionDialog({ all, onClose, onDone }: { all: Groups; onClose: () => void; onDone: () => void }) {
  const rows = promotions(all.groups)
  const [from, setFrom] = useState(nextSeptember(dayOf(now())))
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const act = useAct()
  const t = sm().change
  const chosen = rows.filter((r) => !left.has(r.of.id)).flatMap((r) => r.all)
  const toggle = (id: string): void => { const next = new Set(left); if (!next.delete(id)) next.add(id); setLeft(next) }
  return (
    <Dialog name="promotion" title={t.promotion} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => changeGroups(from, chosen.map((p) => ({ ...p.group, name: p.name, grade: p.grade })))).then((ok) => { if (ok) onDone() }) }}>
        <p>{t.promotionLead}</p>
        <DayField label={t.from} value={from} onDay={setFrom} />
        <fieldset class="pick"><legend>{t.whichClasses}</legend><ul class="pick-list">{rows.map((r) => (
          <li key={r.of.id}><label><input type="checkbox" checked={!left.has(r.of.id)} onChange={() => toggle(r.of.id)} /><span>{r.all.map((p) => `${p.group.name} → ${p.name}`).join(', ')}</span></label></li>
        ))}</ul></fieldset>
        <p class="field-note">{t.promotionNote}</p>
        <SignRow act={act} ready={chosen.length > 0} onClose={onClose} />
      </form>
    </Dialog>
  )
}
