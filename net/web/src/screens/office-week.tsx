// The weekly timetable of a class and the groups drawn from it: days × lessons, changed here and signed
// for all changed groups at once, from a day on. Clashes with the whole school are said before that.
import { useId, useMemo, useState } from 'preact/hooks'
import { officeApi, type StaffMember, type SubjectRef, type WeekGroup, type Weeks, type WeekSlot } from '../api/office'
import { m } from '../i18n'
import { clock, dayFull, dayInput, dayOfInput, initials, weekday, weekdayOf } from '../i18n/format'
import { om } from '../i18n/office'
import { sm } from '../i18n/school'
import { clashesOfSlot, groupsOfClass, hasClash, hoursThatDiffer, isSameSlot, type Placed, placesOf, replaceSlot, SLOTS_MAX, slotsOf, type WeekClash, weekClashes, type WeekEdits } from '../office/week'
import { link, replace } from '../route'
import { setWeeks } from '../session/office'
import { dayOf, now } from '../state/school'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import type { Query } from './office-rights'
import { ViewSegments } from './office-timetable'

const dayName = (day: number): string => weekday(3 + day)
const NUMBERS = 20

interface Names { readonly subject: (id: string) => string; readonly person: (id: string) => string }

function namesOf(subjects: readonly SubjectRef[], staff: readonly StaffMember[]): Names {
  const [s, p] = [new Map(subjects.map((x) => [x.id, x.name])), new Map(staff.map((x) => [x.account, x.account_name]))]
  return { subject: (id) => s.get(id) ?? '—', person: (id) => p.get(id) ?? '—' }
}

const placeWords = (slot: WeekSlot): string => sm().week.place(dayName(slot.weekday), slot.n)
const slotWords = (p: Placed, names: Names): string => `${p.group.name}, ${names.subject(p.slot.subject)}, ${initials(names.person(p.slot.account))}`

function clashText(c: WeekClash, names: Names): string {
  return sm().week.clash[c.what](`${placeWords(c.one.slot)}: ${slotWords(c.one, names)}`, slotWords(c.other, names))
}

function Clashes({ clashes, names }: { clashes: readonly WeekClash[]; names: Names }) {
  const t = sm().week
  if (clashes.length === 0) return <p class="notice good" role="status"><Icon name="check" size={15} /> {t.noClash}</p>
  return (
    <div class="notice warn week-clashes" role="status"><p><Icon name="warning" size={15} /> <b>{t.clashes(clashes.length)}</b> {t.mayClash}</p>
      <ul class="bullets">{clashes.map((c, i) => <li key={i}>{clashText(c, names)}</li>)}</ul></div>
  )
}

interface SlotProps {
  weeks: Weeks; groups: readonly WeekGroup[]; edits: WeekEdits; names: Names; subjects: readonly SubjectRef[]; staff: readonly StaffMember[]
  was: Placed | null; first: Placed; onEdits: (edits: WeekEdits) => void; onClose: () => void
}

const OTHER = 'other'
const pairOf = (s: { subject: string; account: string }): string => `${s.subject}/${s.account}`

/** One lesson of the week: whose, what and by whom, when, where. */
function SlotDialog({ weeks, groups, edits, names, subjects, staff, was, first, onEdits, onClose }: SlotProps) {
  const [group, setGroup] = useState(first.group)
  const [slot, setSlot] = useState(first.slot)
  const [free, setFree] = useState(false)
  const rooms = useId()
  const t = sm().week
  const taught = group.teaching.filter((x) => weeks.day <= x.to)
  const pairs = [...new Map(taught.map((x) => [pairOf(x), `${names.subject(x.subject)} – ${initials(names.person(x.account))}`])).entries()].sort((a, b) => a[1].localeCompare(b[1], 'ru'))
  const isTaught = pairs.some(([pair]) => pair === pairOf(slot))
  const other = free || (!isTaught && (slot.subject !== '' || pairs.length === 0))
  const whole = slot.subject !== '' && slot.account !== ''
  const next = replaceSlot(edits, was, whole ? { group, slot } : null)
  const clashes = whole ? clashesOfSlot(weeks, next, group, slot) : []
  const full = slotsOf(group, next).length > SLOTS_MAX
  const chooseGroup = (id: string): void => {
    const found = groups.find((g) => g.id === id)
    if (found === undefined) return
    setGroup(found)
    if (!free && !found.teaching.some((x) => pairOf(x) === pairOf(slot))) setSlot({ ...slot, subject: '', account: '' })
  }
  const choosePair = (pair: string): void => {
    setFree(pair === OTHER)
    const [subject, account] = pair.split('/')
    if (pair !== OTHER) setSlot({ ...slot, subject: subject ?? '', account: account ?? '' })
  }
  const people = staff.filter((s) => s.stratum === 2).sort((a, b) => Number(b.subjects.includes(slot.subject)) - Number(a.subjects.includes(slot.subject)) || a.account_name.localeCompare(b.account_name, 'ru'))
  const known = [...new Set(weeks.groups.flatMap((g) => g.slots.map((s) => s.room)).filter((r) => r !== ''))].sort((a, b) => a.localeCompare(b, 'ru', { numeric: true }))
  return (
    <Dialog name="weekly-slot" title={t.slot} onClose={onClose} wide>
      <form class="write" onSubmit={(e) => { e.preventDefault(); onEdits(next); onClose() }}>
        <div class="row form-row">
          <ChoiceField label={t.group} value={group.id} choices={groups.map((g) => [g.id, g.name] as const)} onChoice={chooseGroup} />
          <ChoiceField label={t.what} value={other ? OTHER : whole ? pairOf(slot) : ''} choices={[['', '—'], ...pairs, [OTHER, t.other]]} onChoice={choosePair} />
        </div>
        {other && (
          <div class="row form-row">
            <ChoiceField label={t.subject} value={slot.subject} choices={[['', '—'], ...subjects.map((s) => [s.id, s.name] as [string, string]).sort((a, b) => a[1].localeCompare(b[1], 'ru'))]} onChoice={(subject) => setSlot({ ...slot, subject })} />
            <ChoiceField label={t.teacher} value={slot.account} choices={[['', '—'], ...people.map((s) => [s.account, s.account_name] as [string, string])]} onChoice={(account) => setSlot({ ...slot, account })} />
          </div>
        )}
        <div class="row form-row">
          <ChoiceField label={t.weekday} value={slot.weekday} choices={[1, 2, 3, 4, 5, 6, 7].map((d) => [d, dayName(d)] as const)} onChoice={(d) => setSlot({ ...slot, weekday: d })} />
          <ChoiceField label={t.number} value={slot.n} choices={Array.from({ length: NUMBERS }, (_, i) => [i + 1, String(i + 1)] as const)} onChoice={(n) => setSlot({ ...slot, n })} />
          <Field label={t.room}>{({ id }) => <><input id={id} list={rooms} maxLength={20} value={slot.room} onInput={(e) => setSlot({ ...slot, room: e.currentTarget.value })} /><datalist id={rooms}>{known.map((r) => <option key={r} value={r} />)}</datalist></>}</Field>
        </div>
        {whole && !isTaught && <p class="notice warn" role="status">{t.notAssigned}</p>}
        {full ? <p class="notice bad" role="alert">{t.full}</p> : whole && <Clashes clashes={clashes} names={names} />}
        <div class="row"><button type="submit" class="button primary" disabled={!whole || full}>{t.keep}</button>
          {was !== null && <button type="button" class="button" onClick={() => { onEdits(replaceSlot(edits, was, null)); onClose() }}>{t.remove}</button>}
          <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
      </form>
    </Dialog>
  )
}

interface TableProps { weeks: Weeks; groups: readonly WeekGroup[]; edits: WeekEdits; names: Names; clashes: readonly WeekClash[]; onOpen: (was: Placed | null, first: Placed) => void }

function WeekTable({ weeks, groups, edits, names, clashes, onOpen }: TableProps) {
  const t = sm().week
  const own = groups[0]!
  const all = groups.flatMap((group) => slotsOf(group, edits).map((slot): Placed => ({ group, slot })))
  const days = Array.from({ length: Math.max(own.days, ...all.map((p) => p.slot.weekday)) }, (_, i) => i + 1)
  const isNew = (p: Placed): boolean => edits.has(p.group.id) && !p.group.slots.some((s) => isSameSlot(s, p.slot))
  return (
    <div class="table-scroll school-day">
      <table class="table week-table">
        <thead><tr><th scope="col">{t.number}</th>{days.map((d) => <th key={d} scope="col">{dayName(d)}</th>)}</tr></thead>
        <tbody>{placesOf(weeks, groups, edits, own.shift).map(({ shift, n }) => {
          const bell = weeks.bells.find((b) => b.shift === shift && b.n === n)
          return (
            <tr key={`${shift}/${n}`}>
              <th scope="row"><b>{n}</b> {bell !== undefined && <span class="dim">{clock(bell.start)}</span>}{shift !== own.shift && <span class="tag">{t.shift(shift)}</span>}</th>
              {days.map((d) => (
                <td key={d}>{all.filter((p) => p.slot.weekday === d && p.slot.shift === shift && p.slot.n === n).map((p) => (
                  <button key={p.group.id + pairOf(p.slot)} type="button" class={`slot-chip${isNew(p) ? ' changed' : ''}`} aria-label={t.open(`${placeWords(p.slot)}: ${slotWords(p, names)}`)} onClick={() => onOpen(p, p)}>
                    <span class="slot-subject">{names.subject(p.slot.subject)}{p.group.id !== own.id && <span class="dim"> {p.group.name}</span>}</span>
                    <span class="slot-who dim">{initials(names.person(p.slot.account))}{p.slot.room !== '' && ` · ${p.slot.room}`}</span>
                    {isNew(p) && <span class="tag">{t.changed}</span>}{hasClash(clashes, p) && <span class="tag warn"><Icon name="warning" size={12} /></span>}
                  </button>
                ))}
                  <button type="button" class="icon-button small slot-add" aria-label={t.add(t.place(dayName(d), n))} onClick={() => onOpen(null, { group: own, slot: { weekday: d, shift, n, subject: '', account: '', room: '' } })}><Icon name="plus" size={13} /></button></td>
              ))}
            </tr>
          )
        })}</tbody>
      </table>
    </div>
  )
}

export function WeekPart({ query }: { query: Query }) {
  const today = dayOf(now())
  const from = query['day'] === undefined ? today + 8 - weekdayOf(today) : Number(query['day'])
  const load = useLoad(() => officeApi.weeks(from), [from])
  const lists = useLoad(async () => ({ groups: await officeApi.groups(), staff: await officeApi.staff() }), [])
  const [edits, setEdits] = useState<WeekEdits>(new Map())
  const [open, setOpen] = useState<{ was: Placed | null; first: Placed } | null>(null)
  const act = useAct()
  const t = sm().week
  const weeks = load.value
  const classes = useMemo(() => (weeks?.groups ?? []).filter((g) => g.kind === 0).map((g): [string, string] => [g.id, g.name]).sort((a, b) => a[1].localeCompare(b[1], 'ru', { numeric: true })), [weeks])
  const classId = query['group'] ?? classes[0]?.[0] ?? ''
  const groups = useMemo(() => (weeks === null ? [] : groupsOfClass(weeks, classId)), [weeks, classId])
  const clashes = useMemo(() => (weeks === null ? [] : weekClashes(weeks, edits, new Set([...groups.map((g) => g.id), ...edits.keys()]))), [weeks, edits, groups])
  const error = load.error ?? lists.error
  if (error !== null) return <Failure error={error} again={() => { load.again(); lists.again() }} />
  if (weeks === null || lists.value === null) return <Waiting />
  const { subjects } = lists.value.groups
  const names = namesOf(subjects, lists.value.staff)
  const go = (next: Readonly<Record<string, string | number>>): void => replace(link('office', ['timetable'], { ...query, ...next, view: 'week' }))
  const changed = weeks.groups.filter((g) => edits.has(g.id))
  const later = changed.filter((g) => g.next !== null)
  const sets = [...new Map(groups.filter((g) => g.from !== null).map((g) => [g.from, groups.filter((x) => x.from === g.from).map((x) => x.name).join(', ')])).entries()]
  const differ = groups.flatMap((g) => hoursThatDiffer(g, from, edits))
  const sign = async (): Promise<void> => {
    if (await act.run(() => setWeeks(from, changed.map((g) => ({ group: g.id, slots: slotsOf(g, edits) }))))) { setEdits(new Map()); load.again() }
  }
  return (
    <>
      <div class="row control-bar">
        <ViewSegments view="week" onView={(view) => replace(link('office', ['timetable'], { view }))} />
        {classes.length > 0 && <ChoiceField label={om().timetable.class} value={classId} choices={classes} onChoice={(group) => go({ group })} />}
        <Field label={t.from}>{({ id }) => <input id={id} type="date" value={dayInput(from)} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) go({ day: d }) }} />}</Field>
        <span class="grow" />
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      <p class="dim small-text no-print">{t.lead} {t.fromHint(dayFull(from))}{sets.map(([d, who]) => ` ${t.since(who, dayFull(d!))}.`)}</p>
      {changed.length > 0 && (
        <div class="notice warn sign-bar"><span>{t.edited(changed.map((g) => g.name).join(', '))}{from < today && ` ${t.past}`}{later.map((g) => ` ${t.next(g.name, dayFull(g.next!))}`)}</span>
          <button type="button" class="button primary" disabled={act.busy || !canSign.value} onClick={() => void sign()}><Icon name="pen" size={15} />{t.sign(dayFull(from))}</button>
          <button type="button" class="button" disabled={act.busy} onClick={() => setEdits(new Map())}>{t.undo}</button></div>
      )}
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      {groups.length > 0 && (
        <>
          <Clashes clashes={clashes} names={names} />
          {groups.every((g) => slotsOf(g, edits).length === 0) && <p class="empty">{t.none}</p>}
          <WeekTable weeks={weeks} groups={groups} edits={edits} names={names} clashes={clashes} onOpen={(was, first) => setOpen({ was, first })} />
          {differ.length > 0 && <details class="notice"><summary>{t.hours}</summary><ul class="bullets">{differ.map((r) => <li key={r.group.id + pairOf(r)}>{t.hoursRow(`${r.group.name}, ${names.subject(r.subject)}, ${initials(names.person(r.account))}`, r.hours, r.lessons)}</li>)}</ul></details>}
        </>
      )}
      {open !== null && <SlotDialog weeks={weeks} groups={groups} edits={edits} names={names} subjects={subjects} staff={lists.value.staff} was={open.was} first={open.first} onEdits={setEdits} onClose={() => setOpen(null)} />}
    </>
  )
}
