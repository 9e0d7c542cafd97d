// «Мой класс»: what the class teacher has to do now, the families, the class in figures, the groups.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type ClassAbsence, type ClassMember, type ClassPage, type ClassPupil, Decision, Form } from '../api/families'
import { Role } from '../api/types'
import { absenceLetter } from '../grid/cells'
import { m } from '../i18n'
import { dayFull, dayInput, dayLong, dayOfInput, dayShort, initials, momentShort, shortName, weekdayOf } from '../i18n/format'
import { link } from '../route'
import { ExtractsCard } from './extracts'
import { acknowledge, consent, explain, handSlip, WEEK_LAST } from '../session/family'
import { dayOf, now } from '../state/school'
import { canSign, me } from '../state/session'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { ChoiceField, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, lazy, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { ClassDebts } from './debts'
import { Deliveries } from './deliveries'
import { ExcuseDialog, REASONS } from './excuse'

const SheetTab = lazy(async () => (await import('./sheet')).SheetTab)
const ListsTab = lazy(async () => (await import('./lists')).ListsTab)

const TABS = ['now', 'families', 'sheet', 'lists', 'sent'] as const

/** A pupil's missed lessons of one day, and what is known of why. */
export interface MissedDay { pupil: string; day: number; lessons: ClassAbsence[]; reason: string; said: string }

/** By day, the newest first; within it those without a reason first. */
export function missedDays(absences: readonly ClassAbsence[]): MissedDay[] {
  const byKey = new Map<string, MissedDay>()
  for (const a of absences.filter((x) => x.state === 1)) {
    const key = `${a.pupil}/${a.day}`
    const one = byKey.get(key) ?? { pupil: a.pupil, day: a.day, lessons: [], reason: '', said: '' }
    one.lessons.push(a)
    if (a.reason !== '') one.reason = a.reason
    if (a.said !== '') one.said = a.said
    byKey.set(key, one)
  }
  for (const one of byKey.values()) if (one.lessons.some((l) => l.reason === '')) one.reason = ''
  return [...byKey.values()].sort((a, b) => b.day - a.day || Number(a.reason !== '') - Number(b.reason !== ''))
}

export interface Gap { pupil: ClassPupil; member: ClassMember }
const parentsOf = (page: ClassPage): Gap[] => page.pupils.flatMap((pupil) => pupil.family.filter((f) => f.role === Role.Parent).map((member) => ({ pupil, member })))

/** What is missing of the families: one list a kind of work. */
export function gapsOf(page: ClassPage): { unacknowledged: ClassPupil[]; silent: Gap[]; paper: Gap[]; inactive: Gap[]; unhanded: Gap[] } {
  const parents = parentsOf(page)
  const everybody = page.pupils.flatMap((pupil) => pupil.family.map((member) => ({ pupil, member })))
  const heard = (p: ClassPupil): boolean => p.family.some((f) => f.acknowledged !== null && !f.acknowledged.changed)
  return {
    unacknowledged: page.pupils.filter((p) => p.family.some((f) => f.role === Role.Parent) && !heard(p)),
    silent: parents.filter((g) => g.member.consent === null),
    paper: parents.filter((g) => g.member.consent !== null && g.member.consent.decision !== Decision.Given),
    inactive: everybody.filter((g) => !g.member.enrolled),
    unhanded: everybody.filter((g) => g.member.invited && !g.member.enrolled && g.member.handed === null),
  }
}

function AbsenceRow({ one, page, onDone }: { one: MissedDay; page: ClassPage; onDone: () => void }) {
  const [asking, setAsking] = useState(false)
  const act = useAct()
  const t = m().form
  const name = page.pupils.find((p) => p.id === one.pupil)?.name ?? m().common.none
  const rule = (reason: string): void => {
    void act.run(() => explain(one.pupil, one.day, one.day, reason)).then((ok) => { if (ok) onDone() })
  }
  const letter = absenceLetter(1, one.reason === '' ? null : one.reason)
  return (
    <li class="missed">
      <a href={link('pupil', [one.pupil])}>{name}</a>
      <span class="dim">{one.lessons.map((l) => `${l.n}. ${l.subject_name}`).join(', ')}</span>
      {one.said !== '' && <span class="tag">{m().diary.said(m().cabinet.reasons[one.said] ?? one.said)}</span>}
      <span class="missed-acts">
        {one.reason !== '' ? <span class="absence" title={m().cabinet.reasons[one.reason] ?? one.reason}>{letter}</span> : REASONS.map((r) => (
          <button key={r} type="button" class={`button small letter${one.said === r ? ' primary' : ''}`} title={m().cabinet.reasons[r]} aria-label={`${name}: ${m().cabinet.reasons[r]}`} disabled={act.busy || !canSign.value} onClick={() => rule(r)}>{absenceLetter(1, r)}</button>
        ))}
        <button type="button" class="icon-button small" title={t.severalDays} aria-label={`${name}: ${t.severalDays}`} disabled={!canSign.value} onClick={() => setAsking(true)}><Icon name="calendar" size={15} /></button>
      </span>
      {act.fault !== null && <p class="bad-text" role="alert">{act.fault}</p>}
      {asking && <ExcuseDialog pupil={one.pupil} name={name} day={one.day} family={false} {...(one.said === '' ? {} : { reason: one.said })} onClose={() => setAsking(false)} onDone={() => { setAsking(false); onDone() }} />}
    </li>
  )
}

function Absences({ page, onDone }: { page: ClassPage; onDone: () => void }) {
  const t = m().form
  const days = missedDays(page.absences)
  const today = days.filter((d) => d.day === page.today)
  const open = days.filter((d) => d.day !== page.today)
  const late = page.absences.filter((a) => a.state === 2)
  return (
    <section class="card">
      <h2>{t.absentToday} <span class="dim">{dayLong(page.today)}</span></h2>
      {today.length === 0 ? <p class="dim">{t.nobodyAbsent}</p> : <ul class="misseds">{today.map((d) => <AbsenceRow key={d.pupil} one={d} page={page} onDone={onDone} />)}</ul>}
      {late.length > 0 && <p class="dim">{t.late}: {late.map((l) => `${shortName(page.pupils.find((p) => p.id === l.pupil)?.name ?? '')} (${l.subject_name})`).join(', ')}</p>}
      {open.length > 0 && <><h3>{t.unexplained}</h3><ul class="misseds">{open.map((d, i) => (
        <>{(i === 0 || open[i - 1]!.day !== d.day) && <li key={d.day} class="missed-day">{dayLong(d.day)}</li>}<AbsenceRow key={`${d.pupil}${d.day}`} one={d} page={page} onDone={onDone} /></>
      ))}</ul></>}
    </section>
  )
}

function PaperDialog({ gap, page, what, onClose, onDone }: { gap: Gap; page: ClassPage; what: 'consent' | 'acknowledgement'; onClose: () => void; onDone: () => void }) {
  const [decision, setDecision] = useState(0)
  const [day, setDay] = useState(dayOf(now()))
  const [reference, setReference] = useState('')
  const act = useAct()
  const t = m().form
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    const { member, pupil } = gap
    const done = await act.run(() => (what === 'consent' ? consent(member.account, pupil.id, decision, Form.Paper, day, reference) : acknowledge(member.account, pupil.id, page.week, page.size, Form.Paper)))
    if (done) onDone()
  }
  return (
    <Dialog name="paper" title={what === 'consent' ? t.paperConsent : t.paperAcknowledgement} onClose={onClose}>
      <form onSubmit={(e) => void submit(e)}>
        <p><b>{gap.member.name}</b>, {gap.pupil.name}</p>
        {what === 'consent' ? (
          <>
            <ChoiceField label={t.decision} value={decision} choices={[0, 1, 2].map((d) => [d, m().own.decisions[d]!] as const)} onChoice={setDecision} />
            <label class="inline">{t.paperDay} <input type="date" value={dayInput(day)} onInput={(e) => setDay(dayOfInput(e.currentTarget.value) ?? day)} required /></label>
            <TextField label={t.reference} value={reference} onText={setReference} hint={t.referenceHint} maxLength={60} />
          </>
        ) : <p>{t.paperWeek(`${dayShort(page.week)}–${dayFull(page.week + WEEK_LAST)}`)}</p>}
        {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
        <div class="dialog-buttons"><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button><button type="submit" class="button primary" disabled={act.busy || !canSign.value}>{t.record}</button></div>
      </form>
    </Dialog>
  )
}

function GapList({ title, good, count, children }: { title: string; good: string; count: number; children: preact.ComponentChildren }) {
  return (
    <section class="card">
      <h2>{title} {count > 0 && <span class="badge">{count}</span>}</h2>
      {count === 0 ? <p class="dim"><Icon name="check" size={14} /> {good}</p> : <details open={count <= 6}><summary>{m().form.list(count)}</summary><ul class="plain-rows">{children}</ul></details>}
    </section>
  )
}

const row = (g: Gap, more: preact.ComponentChildren = null) => (
  <li key={g.member.account + g.pupil.id}><a href={link('pupil', [g.pupil.id])}>{shortName(g.pupil.name)}</a><span>{initials(g.member.name)}</span>{more}</li>
)

function NowTab({ page, onDone }: { page: ClassPage; onDone: () => void }) {
  const [paper, setPaper] = useState<Gap | null>(null)
  const [acked, setAcked] = useState<Gap | null>(null)
  const t = m().form
  const gaps = gapsOf(page)
  return (
    <div class="about-grid">
      <Absences page={page} onDone={onDone} />
      <ClassDebts group={page.group} />
      <GapList title={`${t.unacknowledged} ${dayShort(page.week)}–${dayShort(page.week + WEEK_LAST)}`} good={t.allAcknowledged} count={gaps.unacknowledged.length}>
        {gaps.unacknowledged.map((p) => {
          const parents = p.family.filter((f) => f.role === Role.Parent)
          const stale = parents.some((f) => f.acknowledged?.changed === true)
          return <li key={p.id}><a href={link('pupil', [p.id])}>{shortName(p.name)}</a><span class="dim">{stale ? t.changedSince : parents.map((f) => initials(f.name)).join(', ')}</span><button type="button" class="button small quiet" disabled={!canSign.value} onClick={() => setAcked({ pupil: p, member: parents[0]! })}>{t.signedOnPaper}</button></li>
        })}
      </GapList>
      <GapList title={t.silent} good={t.allConsented} count={gaps.silent.length}>{gaps.silent.map((g) => row(g, <button type="button" class="button small quiet" disabled={!canSign.value} onClick={() => setPaper(g)}>{t.recordPaper}</button>))}</GapList>
      <GapList title={t.paper} good={t.nonePaper} count={gaps.paper.length}>{gaps.paper.map((g) => row(g, <span class="tag">{m().own.decisions[g.member.consent!.decision]} {dayFull(g.member.consent!.day)}</span>))}</GapList>
      <GapList title={t.inactive} good={t.allActive} count={gaps.inactive.length}>{gaps.inactive.map((g) => row(g, <span class="tag">{g.member.invited ? t.invited : t.notInvited}</span>))}</GapList>
      <GapList title={t.unhanded} good={t.allHanded} count={gaps.unhanded.length}>{gaps.unhanded.map((g) => row(g, <HandButton gap={g} onDone={onDone} />))}</GapList>
      {paper !== null && <PaperDialog gap={paper} page={page} what="consent" onClose={() => setPaper(null)} onDone={() => { setPaper(null); onDone() }} />}
      {acked !== null && <PaperDialog gap={acked} page={page} what="acknowledgement" onClose={() => setAcked(null)} onDone={() => { setAcked(null); onDone() }} />}
    </div>
  )
}

function HandButton({ gap, onDone }: { gap: Gap; onDone: () => void }) {
  const act = useAct()
  const hand = (): void => { void act.run(() => handSlip(gap.member.account, 1)).then((ok) => { if (ok) onDone() }) }
  return <><button type="button" class="button small" disabled={act.busy || !canSign.value} onClick={hand}>{m().form.handed}</button>{act.fault !== null && <span class="bad-text" role="alert">{act.fault}</span>}</>
}

/** CT-1, CT-2: the register: who is reached how. */
function FamiliesTab({ page, onDone }: { page: ClassPage; onDone: () => void }) {
  const [paper, setPaper] = useState<Gap | null>(null)
  const t = m().form
  return (
    <section class="card">
      <div class="screen-head"><h2>{t.register}</h2><a class="button small" href={link('breach')}><Icon name="key" size={15} />{t.toInvitations}</a></div>
      <Scroll>
        <table class="table">
          <thead><tr><th>{t.pupil}</th><th>{t.person}</th><th>{t.slip}</th><th>{t.access}</th><th>{t.consent}</th><th>{t.reached}</th><th>{t.week}</th></tr></thead>
          <tbody>{page.pupils.flatMap((p) => p.family.map((f, i) => (
            <tr key={p.id + f.account}>
              {i === 0 && <th scope="rowgroup" rowSpan={p.family.length}><a href={link('pupil', [p.id])}>{p.name}</a></th>}
              <td>{f.name}{f.role === Role.Pupil && <span class="dim"> · {t.own}</span>}</td>
              <td>{f.handed !== null ? <span title={momentShort(f.handed.recorded)}>{t.ways[f.handed.way]}</span> : f.invited ? <HandButton gap={{ pupil: p, member: f }} onDone={onDone} /> : m().common.none}</td>
              <td><span class={`tag ${f.enrolled ? 'good' : 'warn'}`}>{f.enrolled ? t.active : f.invited ? t.invited : t.notInvited}</span></td>
              <td>{f.role !== Role.Parent ? '' : <button type="button" class="button quiet small" disabled={!canSign.value} title={t.recordPaper} onClick={() => setPaper({ pupil: p, member: f })}>{f.consent === null ? t.noConsent : `${m().own.decisions[f.consent.decision]}, ${m().own.forms[f.consent.form]}`}</button>}</td>
              <td>{f.channel === null ? m().common.none : [f.channel.has_email ? t.email : '', f.channel.has_phone ? t.phone : ''].filter((x) => x !== '').join(', ') || m().common.none}</td>
              <td>{f.acknowledged === null ? '' : f.acknowledged.changed ? <span class="tag warn">{t.changedSince}</span> : <span class="tag good">{momentShort(f.acknowledged.recorded)}</span>}</td>
            </tr>
          )))}</tbody>
        </table>
      </Scroll>
      {paper !== null && <PaperDialog gap={paper} page={page} what="consent" onClose={() => setPaper(null)} onDone={() => { setPaper(null); onDone() }} />}
    </section>
  )
}

/** The Monday of the last week that has ended. */
export const lastWeek = (today: number): number => today - weekdayOf(today) + 1 - 7

export function FormScreen({ group, tab }: { group: string | null; tab: string }) {
  const own = (me.value?.roles ?? []).filter((r) => r.role === Role.ClassTeacher && r.scope !== null)
  const chosen = group ?? own[0]?.scope ?? null
  const week = lastWeek(dayOf(now()))
  const page = useLoad(async () => (chosen === null ? null : api.classPage(chosen, week)), [chosen, week])
  const t = m().form
  if (chosen === null) return <p class="empty">{t.noClass}</p>
  if (page.error !== null) return <Failure error={page.error} again={page.again} />
  if (page.value === null) return <Waiting />
  return (
    <div class="screen">
      <div class="screen-head"><h1>{t.title(page.value.name)} <span class="dim">{t.pupils(page.value.pupils.length)}</span></h1>{!canSign.value && <span class="dim">{m().errors.noKey}</span>}</div>
      <div class="child-bar">
        {own.length > 1 && <div class="segments">{own.map((r) => <a key={r.scope} href={link('form', [r.scope!, tab])} aria-current={r.scope === chosen ? 'page' : undefined}>{r.scope_name}</a>)}</div>}
        <nav class="tabs" aria-label={t.title(page.value.name)}>{TABS.map((x) => <a key={x} href={link('form', x === 'now' ? [chosen] : [chosen, x])} aria-current={x === tab ? 'page' : undefined}>{t.tabs[x]}</a>)}</nav>
      </div>
      {tab === 'families' ? <><FamiliesTab page={page.value} onDone={page.again} /><ExtractsCard group={chosen} paper={[...new Set(gapsOf(page.value).paper.map((g) => g.pupil.id))]} /></> : tab === 'sheet' ? <SheetTab group={chosen} /> : tab === 'lists' ? <ListsTab group={chosen} /> : tab === 'sent' ? <Deliveries group={chosen} /> : <NowTab page={page.value} onDone={page.again} />}
    </div>
  )
}
