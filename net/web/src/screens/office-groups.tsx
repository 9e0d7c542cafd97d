// «Группы»: classes, subgroups, streams and individual plans; who is in them from when to when, who teaches
// them, and pupils in no or in two groups of a subject that groups share out.
import { useState } from 'preact/hooks'
import { type GroupDetail, GroupKind, type GroupRef, type Groups, type GroupsCheck, officeApi, type Teaching } from '../api/office'
import { dayFull, initials } from '../i18n/format'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { checkText, groupsOf, isOpen } from '../office/groups'
import { classChoices } from '../office/schedule'
import { link, replace } from '../route'
import { assignTeaching, createGroup, endTeaching, moveBetween } from '../session/office'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { ChangeDialog, ChangeList, PromotionDialog } from './office-group-change'
import { DayField, SignRow } from './office-pupil'
import { arranges, leads, type Query } from './office-rights'

const KINDS = [GroupKind.Subgroup, GroupKind.Stream, GroupKind.Plan] as const

function Checks({ rows, onGroup }: { rows: readonly GroupsCheck[]; onGroup: (classId: string) => void }) {
  const t = om().groups
  if (rows.length === 0) return <p class="notice good" role="status"><Icon name="check" size={15} /> {t.allPlaced}</p>
  return (
    <details class="notice warn"><summary><Icon name="warning" size={15} /> <b>{t.odd(rows.length)}</b></summary>
      <p class="small-text">{t.oddLead}</p>
      <ul class="bullets">{rows.map((r) => <li key={r.class + r.subject}><button type="button" class="link" onClick={() => onGroup(r.class)}>{r.class_name}</button>, {r.subject_name}: {checkText(r, t)}</li>)}</ul></details>
  )
}

interface MoveProps { detail: GroupDetail; all: readonly GroupRef[]; pupils: readonly string[]; onClose: () => void; onDone: () => void }

/** From this group into another one (or out of it) from a day on: left the day before, joined on the day. */
function MoveDialog({ detail, all, pupils, onClose, onDone }: MoveProps) {
  const siblings = all.filter((g) => g.id !== detail.group.id && g.kind !== GroupKind.Class && g.classes.some((c) => detail.group.classes.includes(c)))
    .sort((a, b) => Number(b.subject_name === detail.group.subject_name) - Number(a.subject_name === detail.group.subject_name) || a.name.localeCompare(b.name, 'ru', { numeric: true }))
  const [to, setTo] = useState(siblings[0]?.id ?? '')
  const [day, setDay] = useState(dayOf(now()))
  const act = useAct()
  const t = om().groups
  const names = detail.members.filter((x) => pupils.includes(x.pupil)).map((x) => x.name)
  return (
    <Dialog name="move-pupil" title={t.move} onClose={onClose}>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => moveBetween(pupils, detail.group.id, to === '' ? null : to, day)).then((ok) => { if (ok) onDone() }) }}>
        <p>{names.join(', ')}</p>
        <ChoiceField label={t.into} value={to} choices={[...siblings.map((g) => [g.id, g.name] as [string, string]), ['', t.outOnly]]} onChoice={setTo} />
        <DayField label={to === '' ? t.outFrom : t.firstDay} value={day} onDay={setDay} hint={t.dayBefore} />
        <SignRow act={act} ready={pupils.length > 0} onClose={onClose} />
      </form>
    </Dialog>
  )
}

function AddDialog({ detail, onClose, onDone }: { detail: GroupDetail; onClose: () => void; onDone: () => void }) {
  const rosters = useLoad(() => Promise.all(detail.group.classes.map((c) => officeApi.roster(c))), [detail.group.id])
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [day, setDay] = useState(dayOf(now()))
  const act = useAct()
  const t = om().groups
  const inside = new Set(detail.members.filter(isOpen).map((x) => x.pupil))
  const list = (rosters.value ?? []).flatMap((r) => r.pupils.filter((p) => p.to === null && !inside.has(p.id)).map((p) => ({ ...p, class_name: r.name }))).sort((a, b) => a.class_name.localeCompare(b.class_name, 'ru', { numeric: true }) || a.name.localeCompare(b.name, 'ru'))
  const toggle = (id: string): void => setChosen(chosen.includes(id) ? chosen.filter((x) => x !== id) : [...chosen, id])
  return (
    <Dialog name="add-members" title={t.add} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => moveBetween(chosen, null, detail.group.id, day)).then((ok) => { if (ok) onDone() }) }}>
        <DayField label={t.firstDay} value={day} onDay={setDay} />
        {rosters.error !== null ? <Failure error={rosters.error} again={rosters.again} /> : rosters.value === null ? <Waiting /> : list.length === 0 ? <p class="notice">{t.nobodyLeft}</p> : (
          <fieldset class="pick"><legend>{t.whom} ({chosen.length})</legend><ul class="pick-list">{list.map((p) => {
            const others = p.groups.filter((g) => g.kind !== GroupKind.Class && g.subject !== null && g.subject === detail.group.subject)
            return <li key={p.id}><label><input type="checkbox" checked={chosen.includes(p.id)} onChange={() => toggle(p.id)} /><span>{p.name}</span><span class="dim">{p.class_name}</span>{others.length > 0 && <span class="tag warn">{t.already(others.map((g) => g.name).join(', '))}</span>}</label></li>
          })}</ul></fieldset>
        )}
        <SignRow act={act} ready={chosen.length > 0} onClose={onClose} />
      </form>
    </Dialog>
  )
}

function CreateDialog({ all, onClose, onDone }: { all: Groups; onClose: () => void; onDone: (id: string) => void }) {
  const [kind, setKind] = useState<number>(GroupKind.Subgroup)
  const [name, setName] = useState('')
  const [subject, setSubject] = useState('')
  const [classes, setClasses] = useState<readonly string[]>([])
  const act = useAct()
  const t = om().groups
  const choices = classChoices(all.groups)
  const one = kind !== GroupKind.Stream
  const first = all.groups.find((g) => g.id === classes[0])
  const toggle = (id: string): void => setClasses(classes.includes(id) ? classes.filter((x) => x !== id) : one ? [id] : [...classes, id])
  const ready = name.trim() !== '' && first !== undefined && (one ? classes.length === 1 : classes.length > 1)
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    let made = ''
    if (first !== undefined && await act.run(async () => { made = await createGroup({ kind, name, subject: subject === '' ? null : subject, classes, grade: first.grade, shift: first.shift, days: first.days }) })) onDone(made)
  }
  return (
    <Dialog name="new-group" title={t.create} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => void submit(e)}>
        <div class="row form-row"><ChoiceField label={t.kind} value={kind} choices={KINDS.map((k) => [k, t.kinds[k as 1]] as const)} onChoice={(k) => { setKind(k); setClasses(k === GroupKind.Stream ? classes : classes.slice(0, 1)) }} />
          <ChoiceField label={t.subject} value={subject} choices={[['', t.anySubject], ...all.subjects.map((s) => [s.id, s.name] as [string, string]).sort((a, b) => a[1].localeCompare(b[1], 'ru'))]} onChoice={setSubject} /></div>
        <TextField label={t.name} value={name} maxLength={100} onText={setName} hint={t.nameHints[kind as 1]} />
        <fieldset class="pick"><legend>{one ? t.fromClass : t.fromClasses}</legend><div class="class-picks">{choices.map(([id, text]) => <label key={id} class="check"><input type={one ? 'radio' : 'checkbox'} name="classes" checked={classes.includes(id)} onChange={() => toggle(id)} /> {text}</label>)}</div></fieldset>
        <p class="field-note">{t.createNote}</p>
        <SignRow act={act} ready={ready} onClose={onClose} />
      </form>
    </Dialog>
  )
}

function AssignDialog({ detail, all, onClose, onDone }: { detail: GroupDetail; all: Groups; onClose: () => void; onDone: () => void }) {
  const staff = useLoad(() => officeApi.staff(), [])
  const year = useLoad(() => officeApi.year(), [])
  const today = dayOf(now())
  const yearEnd = Math.max(today, ...(year.value?.years ?? []).flatMap((y) => y.rows.filter((r) => r.kind <= 2 && r.from <= today + 120).map((r) => r.to)))
  const [account, setAccount] = useState('')
  const [subject, setSubject] = useState(detail.group.subject ?? '')
  const [from, setFrom] = useState(today)
  const [to, setTo] = useState<number | null>(null)
  const [hours, setHours] = useState(1)
  const act = useAct()
  const t = om().groups
  const last = to ?? yearEnd
  const people = (staff.value ?? []).filter((s) => s.stratum === 2).sort((a, b) => Number(b.subjects.includes(subject)) - Number(a.subjects.includes(subject)) || a.account_name.localeCompare(b.account_name, 'ru'))
  return (
    <Dialog name="assign-teacher" title={t.assign} onClose={onClose}>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => assignTeaching(account, detail.group.id, subject, from, last, hours)).then((ok) => { if (ok) onDone() }) }}>
        {(staff.error ?? year.error) !== null && <Failure error={staff.error ?? year.error} again={() => { staff.again(); year.again() }} />}
        <ChoiceField label={t.subject} value={subject} choices={[['', '—'], ...all.subjects.map((s) => [s.id, s.name] as [string, string]).sort((a, b) => a[1].localeCompare(b[1], 'ru'))]} onChoice={setSubject} />
        <ChoiceField label={t.teacher} value={account} choices={[['', '—'], ...people.map((s) => [s.account, s.account_name + (s.subjects.includes(subject) ? ` · ${om().lesson.sameSubject}` : '')] as [string, string])]} onChoice={setAccount} />
        <div class="row form-row"><DayField label={om().from} value={from} onDay={setFrom} /><DayField label={om().to} value={last} onDay={setTo} />
          <Field label={t.hours}>{({ id }) => <input id={id} type="number" min={0} max={60} value={hours} onInput={(e) => setHours(Math.max(0, Math.min(60, e.currentTarget.valueAsNumber || 0)))} />}</Field></div>
        <p class="field-note">{t.assignNote}</p>
        <SignRow act={act} ready={account !== '' && subject !== '' && from <= last} onClose={onClose} />
      </form>
    </Dialog>
  )
}

function EndDialog({ teaching, onClose, onDone }: { teaching: Teaching; onClose: () => void; onDone: () => void }) {
  const [last, setLast] = useState(Math.min(dayOf(now()), teaching.to))
  const act = useAct()
  const t = om().groups
  return (
    <Dialog name="end-teaching" title={t.end} onClose={onClose}>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void act.run(() => endTeaching(teaching.assignment, last)).then((ok) => { if (ok) onDone() }) }}>
        <p><b>{teaching.account_name}</b>, {teaching.subject_name}, {dayFull(teaching.from)} – {dayFull(teaching.to)}</p>
        <DayField label={t.lastDay} value={last} onDay={setLast} hint={t.endNote} />
        <SignRow act={act} ready={last <= teaching.to} onClose={onClose} />
      </form>
    </Dialog>
  )
}

type Open = { what: 'change' } | { what: 'move'; pupils: readonly string[] } | { what: 'add' } | { what: 'assign' } | { what: 'end'; teaching: Teaching }

function Detail({ id, all, onChanged }: { id: string; all: Groups; onChanged: () => void }) {
  const load = useLoad(() => officeApi.group(id), [id])
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [open, setOpen] = useState<Open | null>(null)
  const t = om().groups
  if (load.error !== null) return <Failure error={load.error} again={load.again} />
  const detail = load.value
  if (detail === null) return <Waiting />
  const { group } = detail
  const today = dayOf(now())
  const done = (): void => { setOpen(null); setChosen([]); load.again(); onChanged() }
  const members = [...detail.members].sort((a, b) => Number(!isOpen(a)) - Number(!isOpen(b)) || a.name.localeCompare(b.name, 'ru'))
  const isClass = group.kind === GroupKind.Class
  const may = arranges() && !isClass
  return (
    <section class="card group-detail" aria-label={group.name}>
      <h2>{group.name} <span class="dim">{t.kinds[group.kind as 0]}{group.subject_name !== '' && ` · ${group.subject_name}`}</span></h2>
      <div class="row"><span class="dim small-text">{sm().change.now(group.grade, group.shift, group.days)}</span><span class="grow" />{arranges() && <button type="button" class="button small" disabled={!canSign.value} onClick={() => setOpen({ what: 'change' })}><Icon name="pen" size={13} />{sm().change.open}</button>}</div>
      <ChangeList changes={detail.changes} today={today} />
      <div class="row"><h3>{t.members(members.filter(isOpen).length)}</h3><span class="grow" />
        {may && <><button type="button" class="button small" disabled={chosen.length === 0 || !canSign.value} onClick={() => setOpen({ what: 'move', pupils: chosen })}>{t.move} ({chosen.length})</button><button type="button" class="button small" disabled={!canSign.value} onClick={() => setOpen({ what: 'add' })}><Icon name="plus" size={13} />{t.add}</button></>}</div>
      {isClass && <p class="dim small-text">{t.classMembers}</p>}
      <ul class="member-list">{members.map((x) => (
        <li key={x.pupil} class={isOpen(x) ? '' : 'left'}>{may && isOpen(x) ? <label><input type="checkbox" checked={chosen.includes(x.pupil)} onChange={() => setChosen(chosen.includes(x.pupil) ? chosen.filter((p) => p !== x.pupil) : [...chosen, x.pupil])} /> {x.name}</label> : <span>{x.name}</span>} <span class="dim small-text">{group.classes.length > 1 && `${x.class_name} · `}{dayFull(x.from)}{x.to !== null && ` – ${dayFull(x.to)}`}</span></li>
      ))}</ul>
      {members.length === 0 && <p class="dim">{om().none}</p>}
      <div class="row"><h3>{t.teaching}</h3><span class="grow" />{leads() && <button type="button" class="button small" disabled={!canSign.value} onClick={() => setOpen({ what: 'assign' })}><Icon name="plus" size={13} />{t.assign}</button>}</div>
      {!leads() && <p class="field-note">{t.assignBy}</p>}
      <ul class="plain-rows">{[...detail.teaching].sort((a, b) => b.to - a.to || a.subject_name.localeCompare(b.subject_name, 'ru')).map((x) => (
        <li key={x.assignment} class={x.to < today ? 'dim' : ''}><b>{x.subject_name}</b><span>{initials(x.account_name)} · {dayFull(x.from)} – {dayFull(x.to)} · {t.hoursOf(x.hours)}</span>{leads() && x.to >= today && <button type="button" class="button quiet small" onClick={() => setOpen({ what: 'end', teaching: x })}>{t.endShort}</button>}</li>
      ))}</ul>
      {detail.teaching.length === 0 && <p class="dim">{om().none}</p>}
      {open?.what === 'change' && <ChangeDialog group={group} all={all} onClose={() => setOpen(null)} onDone={done} />}
      {open?.what === 'move' && <MoveDialog detail={detail} all={all.groups} pupils={open.pupils} onClose={() => setOpen(null)} onDone={done} />}
      {open?.what === 'add' && <AddDialog detail={detail} onClose={() => setOpen(null)} onDone={done} />}
      {open?.what === 'assign' && <AssignDialog detail={detail} all={all} onClose={() => setOpen(null)} onDone={done} />}
      {open?.what === 'end' && <EndDialog teaching={open.teaching} onClose={() => setOpen(null)} onDone={done} />}
    </section>
  )
}

export function GroupsPart({ query }: { query: Query }) {
  const all = useLoad(() => officeApi.groups(), [])
  const check = useLoad(() => officeApi.groupsCheck(), [])
  const [create, setCreate] = useState(false)
  const [promote, setPromote] = useState(false)
  const t = om().groups
  if (all.error !== null) return <Failure error={all.error} again={all.again} />
  if (all.value === null) return <Waiting />
  const classes = classChoices(all.value.groups)
  const classId = query['class'] ?? classes[0]?.[0] ?? ''
  const list = groupsOf(all.value.groups, classId)
  const id = list.some((g) => g.id === query['group']) ? query['group']! : list.find((g) => g.kind !== GroupKind.Class)?.id ?? classId
  const go = (next: Readonly<Record<string, string>>): void => replace(link('office', ['groups'], { ...query, ...next }))
  const changed = (): void => { all.again(); check.again() }
  return (
    <>
      <div class="row control-bar">
        <ChoiceField label={om().timetable.class} value={classId} choices={classes} onChoice={(c) => replace(link('office', ['groups'], { class: c }))} />
        {arranges() && <button type="button" class="button primary" disabled={!canSign.value} onClick={() => setCreate(true)}><Icon name="plus" size={15} />{t.create}</button>}
        <span class="grow" />
        {arranges() && <button type="button" class="button" disabled={!canSign.value} onClick={() => setPromote(true)}>{sm().change.promotion}</button>}
      </div>
      {check.error !== null ? <Failure error={check.error} again={check.again} /> : check.value !== null && <Checks rows={check.value} onGroup={(c) => replace(link('office', ['groups'], { class: c }))} />}
      <div class="groups-grid">
        <nav class="card group-list" aria-label={t.list}><ul>{list.map((g) => (
          <li key={g.id}><a href={link('office', ['groups'], { class: classId, group: g.id })} aria-current={g.id === id ? 'page' : undefined}><span>{g.name}</span><span class="dim small-text">{t.kinds[g.kind as 0]} · {t.count(g.pupil_count)}</span></a></li>
        ))}</ul></nav>
        {id !== '' && <Detail key={id} id={id} all={all.value} onChanged={changed} />}
      </div>
      {promote && <PromotionDialog all={all.value} onClose={() => setPromote(false)} onDone={() => { setPromote(false); changed() }} />}
      {create && <CreateDialog all={all.value} onClose={() => setCreate(false)} onDone={(made) => { setCreate(false); changed(); go({ group: made }) }} />}
    </>
  )
}
