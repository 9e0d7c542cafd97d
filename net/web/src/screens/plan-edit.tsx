// The plan of a subject and grade as a list to be written: typed, put in between, pasted from a
// spreadsheet; signed as what differs.
import { useMemo, useState } from 'preact/hooks'
import type { Plan } from '../api/office'
import { m } from '../i18n'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { changeCount, draftsOf, isTooLong, parseTopics, planChanges, type LineProblem, type TopicDraft, TOPICS_MAX } from '../office/programme'
import { setPlan } from '../session/office'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { Icon } from '../ui/icons'

/** Kinds of work by their number, from 1. */
const workNames = (): string[] => Object.entries(m().works).map(([n, name]) => [Number(n), name] as const).filter(([n]) => n >= 1).sort((a, b) => a[0] - b[0]).map(([, name]) => name)

function ProblemList({ problems }: { problems: readonly LineProblem[] }) {
  const t = sm().plan
  return <div class="notice bad" role="alert"><p><b>{t.problems(problems.length)}</b></p><ul class="bullets">{problems.slice(0, 20).map((p) => <li key={p.line}>{t.problem[p.what](p.line, p.value.slice(0, 60))}</li>)}</ul></div>
}

function PasteDialog({ count, onRows, onClose }: { count: number; onRows: (rows: readonly TopicDraft[], replace: boolean) => void; onClose: () => void }) {
  const [text, setText] = useState('')
  const [replace, setReplace] = useState(count === 0)
  const t = sm().plan
  const parsed = useMemo(() => parseTopics(text, workNames()), [text])
  const total = (replace ? 0 : count) + parsed.rows.length
  const ready = parsed.rows.length > 0 && parsed.problems.length === 0 && total <= TOPICS_MAX
  return (
    <Dialog name="paste-plan" title={t.paste} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); onRows(parsed.rows, replace) }}>
        <Field label={t.lines} hint={t.linesHint}>{({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} rows={10} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
        {count > 0 && <fieldset class="pick"><legend>{t.where}</legend>
          <label class="check"><input type="radio" name="where" checked={!replace} onChange={() => setReplace(false)} /> {t.append(count + 1)}</label>
          <label class="check"><input type="radio" name="where" checked={replace} onChange={() => setReplace(true)} /> {t.replace}</label></fieldset>}
        {parsed.problems.length > 0 && <ProblemList problems={parsed.problems} />}
        {parsed.rows.length > 0 && <p class="notice" role="status">{t.found(parsed.rows.length)}{parsed.dates && ` ${t.dates}`}</p>}
        {total > TOPICS_MAX && <p class="notice bad" role="alert">{t.many}</p>}
        <div class="row"><button type="submit" class="button primary" disabled={!ready}>{t.take}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
      </form>
    </Dialog>
  )
}

export function PlanEdit({ plan, onClose, onDone }: { plan: Plan; onClose: () => void; onDone: () => void }) {
  const before = useMemo(() => draftsOf(plan.topics), [plan])
  const [rows, setRows] = useState<readonly TopicDraft[]>(before)
  const [paste, setPaste] = useState(false)
  const act = useAct()
  const t = sm().plan
  const changes = planChanges(before, rows)
  const count = changeCount(changes)
  const long = rows.findIndex((r) => isTooLong(r.text))
  const put = (i: number, next: Partial<TopicDraft>): void => setRows(rows.map((r, k) => (k === i ? { ...r, ...next } : r)))
  const insert = (i: number): void => setRows([...rows.slice(0, i), { text: '', work: 0 }, ...rows.slice(i)])
  const names = workNames()
  const take = (list: readonly TopicDraft[], replace: boolean): void => { setRows(replace ? list : [...rows, ...list]); setPaste(false) }
  return (
    <>
      <div class="notice row sign-bar">
        <span>{t.lead(plan.subject_name, plan.grade)} {count > 0 && <b>{t.changed(count)}</b>}</span>
        <button type="button" class="button" onClick={() => setPaste(true)}>{t.paste}</button>
        <button type="button" class="button" disabled={act.busy} onClick={onClose}>{m().common.cancel}</button>
        <button type="button" class="button primary" disabled={count === 0 || long >= 0 || rows.length > TOPICS_MAX || act.busy || !canSign.value} onClick={() => void act.run(() => setPlan(plan.subject, plan.grade, changes)).then((ok) => { if (ok) onDone() })}><Icon name="pen" size={15} />{om().sign}</button>
      </div>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      {long >= 0 && <p class="notice bad" role="alert">{t.long(long + 1)}</p>}
      <ol class="plan-edit">{rows.map((r, i) => (
        <li key={i} class="row"><span class="number" aria-hidden="true">{i + 1}</span>
          <input class="grow" aria-label={t.topicN(i + 1)} maxLength={400} value={r.text} onInput={(e) => put(i, { text: e.currentTarget.value })} />
          <select aria-label={t.workN(i + 1)} value={r.work} onChange={(e) => put(i, { work: Number(e.currentTarget.value) })}><option value={0}>—</option>{names.map((name, n) => <option key={n} value={n + 1}>{name}</option>)}</select>
          <button type="button" class="icon-button small" aria-label={t.before(i + 1)} title={t.before(i + 1)} onClick={() => insert(i)}><Icon name="plus" size={13} /></button>
          <button type="button" class="icon-button small" aria-label={t.remove(i + 1)} title={t.remove(i + 1)} onClick={() => setRows(rows.filter((_, k) => k !== i))}><Icon name="cross" size={13} /></button></li>
      ))}</ol>
      <button type="button" class="button small" disabled={rows.length >= TOPICS_MAX} onClick={() => insert(rows.length)}><Icon name="plus" size={13} />{t.add}</button>
      {paste && <PasteDialog count={rows.length} onRows={take} onClose={() => setPaste(false)} />}
    </>
  )
}
