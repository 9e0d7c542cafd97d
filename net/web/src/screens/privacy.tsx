// «Персональные данные»: who looked at them, what the journal holds, until when it is kept, and how it is
// erased (CT-8, ST-13). For a family of its children, for everybody of the own account, for the head of all.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type Person, privacyApi, type Reads, type Term, type Whose } from '../api/privacy'
import { Role } from '../api/types'
import { saveFile } from '../control/csv'
import { byKind, placeOf, rowText } from '../control/privacy'
import { m } from '../i18n'
import { count, dayFull, dayInput, dayOfInput, initials, momentShort } from '../i18n/format'
import { link } from '../route'
import { erase } from '../session/privacy'
import { dayOf, now } from '../state/school'
import { canSign, hasRole, me } from '../state/session'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { ErasureForm } from './privacy-erase'
import { Separable } from './privacy-values'

const TABS = ['looks', 'data', 'terms'] as const
const LOOKED_DAYS = 30
/** More rows at once would only be scrolled past. */
const ROWS_SHOWN = 300

interface Choice { readonly key: string; readonly name: string; readonly whose: Whose | null }

/** Whose data this person may ask for here. */
async function choices(query: Readonly<Record<string, string>>): Promise<Choice[]> {
  const t = m().privacy
  const out: Choice[] = []
  const { pupil, account } = query
  if (pupil !== undefined || account !== undefined) {
    const whose: Whose = pupil !== undefined ? { pupil } : { account: account! }
    const name = pupil !== undefined ? (await api.card(pupil)).name : (await privacyApi.person(whose)).person.name
    out.push({ key: pupil ?? account!, name, whose })
  }
  if (hasRole(Role.Parent)) for (const c of (await api.family()).children) out.push({ key: c.pupil, name: c.name, whose: { pupil: c.pupil } })
  for (const r of me.value?.roles ?? []) if (r.role === Role.Pupil && r.scope !== null) out.push({ key: r.scope, name: r.scope_name ?? t.self, whose: { pupil: r.scope } })
  out.push({ key: 'self', name: t.self, whose: { account: me.value!.account } })
  if (hasRole(Role.Head)) out.push({ key: 'all', name: m().common.all, whose: null })
  return out
}

function LooksTable({ reads, all }: { reads: Reads; all: boolean }) {
  const t = m().privacy.looks
  if (reads.reads.length === 0) return <p class="empty">{t.none}</p>
  return (
    <>
      <Scroll>
        <table class="table">
          <thead><tr><th scope="col">{t.when}</th><th scope="col">{t.reader}</th><th scope="col">{t.page}</th><th scope="col">{t.about}</th></tr></thead>
          <tbody>{[...reads.reads].sort((a, b) => b.time - a.time).map((r) => (
            <tr key={`${r.time}/${r.account}/${r.view}/${r.subject}`}><td>{momentShort(r.time)}</td><td>{r.account_name}</td><td>{t.views[r.view] ?? r.view}</td><td>{t.abouts[r.about]}{all && r.about === 'p' && r.subject !== null && <> · <a href={link('privacy', ['looks'], { pupil: r.subject })}>{m().common.show}</a></>}</td></tr>
          ))}</tbody>
        </table>
      </Scroll>
      {reads.more && <p class="dim">{t.more}</p>}
    </>
  )
}

function Looks({ whose }: { whose: Whose | null }) {
  const today = dayOf(now())
  const [from, setFrom] = useState(today - LOOKED_DAYS)
  const [to, setTo] = useState(today)
  const view = useLoad(() => privacyApi.reads(whose, from, Math.max(from, to)), [JSON.stringify(whose), from, to])
  const t = m().privacy.looks
  return (
    <section class="card">
      <p class="dim">{whose === null ? t.leadAll : t.lead}</p>
      <div class="row form-row">
        <label class="inline">{t.from} <input type="date" value={dayInput(from)} onChange={(e) => setFrom(dayOfInput(e.currentTarget.value) ?? from)} /></label>
        <label class="inline">{t.to} <input type="date" value={dayInput(to)} onChange={(e) => setTo(dayOfInput(e.currentTarget.value) ?? to)} /></label>
      </div>
      {view.error !== null ? <Failure error={view.error} again={view.again} /> : view.value === null ? <Waiting /> : <LooksTable reads={view.value} all={whose === null} />}
    </section>
  )
}

function Rows({ person }: { person: Person }) {
  const t = m().privacy.data
  const rows = person.rows.filter((r) => r.body !== null).slice(-ROWS_SHOWN).reverse()
  return (
    <details>
      <summary>{t.show(rows.length)}</summary>
      <Scroll>
        <table class="table">
          <thead><tr><th scope="col">{t.when}</th><th scope="col">{t.kind}</th><th scope="col">{t.place}</th><th scope="col">{t.values}</th><th scope="col">{t.by}</th></tr></thead>
          <tbody>{rows.map((r) => (
            <tr key={r.seq}><td>{momentShort(r.recorded)}<br /><small class="dim">№ {count(r.seq)}</small></td><td>{m().kinds[r.kind] ?? r.kind}{!r.counts && <> <span class="tag warn">{t.struck}</span></>}</td><td>{placeOf(r)}</td><td>{rowText(r)}</td><td>{r.author_name}</td></tr>
          ))}</tbody>
        </table>
      </Scroll>
    </details>
  )
}

function Stored({ whose }: { whose: Whose }) {
  const view = useLoad(() => privacyApi.person(whose), [JSON.stringify(whose)])
  const t = m().privacy.data
  if (view.error !== null) return <Failure error={view.error} again={view.again} />
  if (view.value === null) return <Waiting />
  const { person, bytes } = view.value
  const mayErase = hasRole(Role.Head) && canSign.value && person.id !== me.value!.account
  const about = person.rows.filter((r) => r.body !== null)
  const signed = person.rows.length - about.length
  return (
    <>
      <section class="card">
        <p>{t.lead(person.name, about.length, count(person.size))} {signed > 0 && t.leadSigned(signed)}</p>
        <div class="row"><button type="button" class="button primary" onClick={() => saveFile(`letopis-${person.id}.json`, bytes, 'application/json')}><Icon name="down" size={15} />{t.save}</button></div>
        <p class="dim">{t.saveNote}</p>
        {about.length === 0 ? <p class="empty">{t.none}</p> : (
          <Scroll>
            <table class="table">
              <thead><tr><th scope="col">{t.kind}</th><th scope="col">{t.count}</th><th scope="col">{t.first}</th><th scope="col">{t.last}</th></tr></thead>
              <tbody>{byKind(about).map((k) => <tr key={k.kind}><th scope="row">{m().kinds[k.kind] ?? k.kind}</th><td>{count(k.count)}</td><td>{momentShort(k.first)}</td><td>{momentShort(k.last)}</td></tr>)}</tbody>
            </table>
          </Scroll>
        )}
        {about.length > 0 && <Rows person={person} />}
        {person.more && <p class="dim">{t.more}</p>}
        <p class="dim">{t.ask}</p>
      </section>
      {mayErase && <Separable person={person} onErased={view.again} />}
    </>
  )
}

function EraseDialog({ term, onClose, onDone }: { term: Term; onClose: () => void; onDone: () => void }) {
  const t = m().privacy.terms
  return (
    <Dialog name="erase" title={t.title(term.name)} onClose={onClose}>
      <ErasureForm warning={t.warning} grounds={[1, 2, 3]} sign={(draft) => erase(term.id, draft)} onClose={onClose} onDone={onDone} />
    </Dialog>
  )
}

const TONES: Readonly<Record<Term['state'], string>> = { in_use: '', blocked: '', due: 'warn', erased: 'good' }

function Terms() {
  const view = useLoad(() => privacyApi.terms(), [])
  const [chosen, setChosen] = useState<Term | null>(null)
  const t = m().privacy.terms
  if (view.error !== null) return <Failure error={view.error} again={view.again} />
  if (view.value === null) return <Waiting />
  const mayErase = hasRole(Role.Head) && canSign.value
  const none = m().common.none
  return (
    <section class="card">
      <p class="dim">{t.lead}</p>
      {view.value.rows.length === 0 ? <p class="empty">{t.none}</p> : (
        <Scroll>
          <table class="table">
            <thead><tr><th scope="col">{t.name}</th><th scope="col">{t.state}</th><th scope="col">{t.keeping}</th><th scope="col">{t.last}</th><th scope="col">{t.due}</th><td /></tr></thead>
            <tbody>{view.value.rows.map((r) => (
              <tr key={r.id}>
                <th scope="row">{mayErase && r.state !== 'erased' ? <a href={link('privacy', ['data'], r.account ? { account: r.id } : { pupil: r.id })}>{r.name}</a> : r.name}<br /><small class="dim">{r.account ? t.account : t.pupil}</small></th>
                <td><span class={`tag ${TONES[r.state]}`}>{t.states[r.state]}</span></td>
                <td>{r.erased === null ? t.keepings[r.keeping] : <>{t.grounds[r.erased.ground]}: {r.erased.reference}<br /><small class="dim">{t.erasedBy(initials(r.erased.author_name), initials(r.erased.second_name), momentShort(r.erased.recorded))}</small></>}</td>
                <td>{r.last === null ? none : dayFull(r.last)}</td><td>{r.due === null ? none : dayFull(r.due)}</td>
                <td>{r.state === 'due' && mayErase && <button type="button" class="button small danger" onClick={() => setChosen(r)}>{t.erase}</button>}</td>
              </tr>
            ))}</tbody>
          </table>
        </Scroll>
      )}
      {view.value.more && <p class="dim">{t.more}</p>}
      {chosen !== null && <EraseDialog term={chosen} onClose={() => setChosen(null)} onDone={() => { setChosen(null); view.again() }} />}
    </section>
  )
}

export function PrivacyScreen({ tab, query }: { tab: string; query: Readonly<Record<string, string>> }) {
  const list = useLoad(() => choices(query), [query['pupil'], query['account']])
  const [key, setKey] = useState<string | null>(null)
  const t = m().privacy
  if (list.error !== null) return <Failure error={list.error} again={list.again} />
  if (list.value === null) return <Waiting />
  const tabs = TABS.filter((x) => x !== 'terms' || hasRole(Role.Head, Role.Deputy))
  const shown = list.value.filter((c) => tab === 'looks' || c.whose !== null)
  const chosen = shown.find((c) => c.key === key) ?? shown[0]!
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{t.title}</h1>
        {tab !== 'terms' && shown.length > 1 && <label class="inline">{t.who} <select value={chosen.key} onChange={(e) => setKey(e.currentTarget.value)}>{shown.map((c) => <option key={c.key} value={c.key}>{c.name}</option>)}</select></label>}
        <nav class="tabs" aria-label={t.title}>{tabs.map((x) => <a key={x} href={link('privacy', [x], query)} aria-current={x === tab ? 'page' : undefined}>{t.tabs[x]}</a>)}</nav>
      </div>
      {tab === 'terms' ? <Terms /> : tab === 'data' ? <Stored key={chosen.key} whose={chosen.whose!} /> : <Looks key={chosen.key} whose={chosen.whose} />}
    </div>
  )
}
