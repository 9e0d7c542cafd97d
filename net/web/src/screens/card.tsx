// The card of a pupil: for who keeps the pupil the personal data, the family, results and absences,
// advice, talks; for a subject teacher the name and a place to give advice.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Card, Kept, Member } from '../api/families'
import { Role } from '../api/types'
import { m } from '../i18n'
import { dayFull, dayInput, dayOfInput, momentShort } from '../i18n/format'
import { link } from '../route'
import { advise, noteContact, withdrawAdvice } from '../session/family'
import type { Slip } from '../session/invitation'
import { dayOf, now } from '../state/school'
import { canSign, hasRole } from '../state/session'
import { useAct } from '../ui/act'
import { ChoiceField, Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, lazy, useLoad, Waiting } from '../ui/load'
import { AdviceItem, newestAdvice } from './about'
import { ResultsTab } from './results'
import { PupilReports } from './pupil-report'

const SORTS = [1, 2, 3] as const
const WAYS = [1, 2, 3, 4, 5] as const

/** CT-2b: a teacher recommends, remarks, praises. */
export function AdviceForm({ pupil, subject = null, onDone }: { pupil: string; subject?: string | null; onDone: () => void }) {
  const [sort, setSort] = useState<number>(1)
  const [text, setText] = useState('')
  const act = useAct()
  const t = m().card
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => advise(pupil, false, sort, subject, text))) {
      setText('')
      onDone()
    }
  }
  return (
    <form class="write" onSubmit={(e) => void submit(e)}>
      <ChoiceField label={t.sort} value={sort} choices={SORTS.map((s) => [s, m().cabinet.sorts[s]!] as const)} onChoice={setSort} />
      <Field label={t.text}>{({ id }) => <textarea id={id} rows={2} maxLength={1000} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <button type="submit" class="button primary" disabled={act.busy || text.trim() === '' || !canSign.value}>{t.give}</button>
      <p class="field-note">{t.seen}</p>
    </form>
  )
}

function ContactForm({ pupil, onDone }: { pupil: string; onDone: () => void }) {
  const [way, setWay] = useState<number>(1)
  const [day, setDay] = useState(dayOf(now()))
  const [text, setText] = useState('')
  const act = useAct()
  const t = m().card
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => noteContact(pupil, day, way, text))) {
      setText('')
      onDone()
    }
  }
  return (
    <form class="write" onSubmit={(e) => void submit(e)}>
      <div class="row form-row"><ChoiceField label={t.way} value={way} choices={WAYS.map((w) => [w, t.ways[w]!] as const)} onChoice={setWay} /><label class="inline">{t.day} <input type="date" value={dayInput(day)} onInput={(e) => setDay(dayOfInput(e.currentTarget.value) ?? day)} /></label></div>
      <Field label={t.about}>{({ id }) => <textarea id={id} rows={2} maxLength={1000} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <button type="submit" class="button" disabled={act.busy || text.trim() === '' || !canSign.value}>{t.note}</button>
    </form>
  )
}

function MemberRow({ member }: { member: Member }) {
  const t = m().form
  const c = member.channel
  return (
    <li class="member">
      <b>{member.name}</b> <span class="dim">{m().roles[member.role]}</span>
      <span class={`tag ${member.enrolled ? 'good' : 'warn'}`}>{member.enrolled ? t.active : member.invited ? t.invited : t.notInvited}</span>
      {member.role === Role.Parent && <span class={`tag ${member.reads ? '' : 'warn'}`}>{member.consent === null ? t.noConsent : `${m().own.decisions[member.consent.decision]} ${dayFull(member.consent.day)}, ${m().own.forms[member.consent.form]}`}</span>}
      {c !== null && <span>{c.phone !== '' && <a href={`tel:${c.phone}`}>{c.phone}</a>} {c.email !== '' && <a href={`mailto:${c.email}`}>{c.email}</a>}</span>}
    </li>
  )
}

const NewFamily = lazy(async () => (await import('./new-family')).NewFamily)
const SlipSheet = lazy(async () => (await import('./slip')).SlipSheet)
const DataDialog = lazy(async () => (await import('./office-pupil')).DataDialog)

function PersonCard({ card, onDone, onSlip }: { card: Card & Kept; onDone: () => void; onSlip: (slip: Slip) => void }) {
  const [edit, setEdit] = useState(false)
  const t = m().card
  return (
    <section class="card">
      <div class="row"><h2>{t.person}</h2><span class="grow" /><button type="button" class="button small" disabled={!canSign.value} onClick={() => setEdit(true)}><Icon name="pen" size={14} />{t.changeData}</button></div>
      {edit && <DataDialog pupil={card.pupil} name={card.name} onClose={() => setEdit(false)} onDone={() => { setEdit(false); onDone() }} />}
      <dl class="facts">
        <dt>{t.fullName}</dt><dd>{card.full_name}</dd>
        <dt>{t.birth}</dt><dd>{card.birth === '' ? m().common.none : card.birth.split('-').reverse().join('.')}</dd>
        <dt>{t.plan}</dt><dd>{card.plan ? m().common.yes : m().common.no}</dd>
        <dt>{t.groups}</dt><dd>{card.groups.map((g) => `${g.name} (${dayFull(g.from)}${g.to === null ? '' : ` – ${dayFull(g.to)}`})`).join(', ')}</dd>
      </dl>
      <div class="row"><h3>{t.family}</h3><span class="grow" /><NewFamily card={card} onSlip={onSlip} /></div>
      <ul class="members">{card.family.map((f) => <MemberRow key={f.account} member={f} />)}</ul>
    </section>
  )
}

function Explanations({ card }: { card: Card & Kept }) {
  const t = m().card
  return (
    <section class="card">
      <h2>{t.explanations}</h2>
      {card.explanations.length === 0 ? <p class="dim">{t.none}</p> : <ul class="plain-rows">{[...card.explanations].sort((a, b) => b.from - a.from).map((e) => (
        <li key={e.seq}><b>{dayFull(e.from)}{e.to !== e.from && <> – {dayFull(e.to)}</>}</b><span>{m().cabinet.reasons[e.reason] ?? e.reason}{e.note !== '' && <> · {e.note}</>}</span><span class="dim">{e.by_family ? t.byFamily : e.author_name}</span></li>
      ))}</ul>}
    </section>
  )
}

export function CardScreen({ pupil }: { pupil: string }) {
  const view = useLoad(() => api.card(pupil), [pupil])
  const [slip, setSlip] = useState<Slip | null>(null)
  const t = m().card
  if (slip !== null) return <SlipSheet slip={slip} onDone={() => { setSlip(null); view.again() }} />
  if (view.error !== null) return <Failure error={view.error} again={view.again} />
  const card = view.value
  if (card === null) return <Waiting />
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{card.name} <span class="dim">{card.class_name}</span></h1>
        {hasRole(Role.Head) && <a class="button small" href={link('privacy', ['data'], { pupil })}><Icon name="eye" size={15} />{m().privacy.nav}</a>}
        {card.keeps && card.class !== null && <a class="button small" href={link('form', [card.class])}><Icon name="left" size={15} />{m().nav.form}</a>}
      </div>
      <div class="about-grid">
        {card.keeps && <PersonCard card={card} onDone={view.again} onSlip={setSlip} />}
        <section class="card">
          <h2>{m().cabinet.advice}</h2>
          <ol class="advices">{newestAdvice(card.advice).map((a) => <AdviceItem key={a.id} advice={a}>{a.own && canSign.value && <Withdraw id={a.id} onDone={view.again} />}</AdviceItem>)}</ol>
          <AdviceForm pupil={pupil} onDone={view.again} />
        </section>
        {card.keeps && (
          <section class="card">
            <h2>{t.contacts}</h2>
            <ul class="plain-rows">{[...card.contacts].sort((a, b) => b.seq - a.seq).map((c) => <li key={c.seq}><b title={momentShort(c.recorded)}>{dayFull(c.day)}</b><span>{t.ways[c.way]}: {c.text}</span><span class="dim">{c.author_name}</span></li>)}</ul>
            <ContactForm pupil={pupil} onDone={view.again} />
          </section>
        )}
        {card.keeps && <Explanations card={card} />}
        {card.keeps && <PupilReports pupil={card.pupil} name={card.name} group={card.class} />}
      </div>
      {card.keeps && <ResultsTab child={{ id: card.pupil, name: card.name, class_name: card.class_name }} />}
    </div>
  )
}

function Withdraw({ id, onDone }: { id: string; onDone: () => void }) {
  const act = useAct()
  return <><button type="button" class="button quiet small" disabled={act.busy} onClick={() => void act.run(() => withdrawAdvice(id)).then((ok) => { if (ok) onDone() })}>{m().card.withdraw}</button>{act.fault !== null && <span class="bad-text" role="alert">{act.fault}</span>}</>
}
