// «Доступы»: for officers. Accounts with their keys and sessions, and the reports of breaches.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import { onLive } from '../api/live'
import { type Account, type AccountKey, KeyState } from '../api/types'
import { m } from '../i18n'
import { momentShort } from '../i18n/format'
import { keyName } from '../ledger/keys'
import { go, link } from '../route'
import { canSign } from '../state/session'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { ReportForm } from './breach-report'
import { ReportList } from './breach-list'

/** What the last search found: the report form takes its person from here. */
let found: Account[] = []

const SESSIONS_SHOWN = 4

function KeyRow({ name, account }: { name: AccountKey; account: Account }) {
  const t = m().breach
  const live = name.state === KeyState.Live
  return (
    <li class={`key-row${live ? '' : ' ended'}${name.is_session ? ' session' : ''}`}>
      <span class="key-what"><Icon name={name.is_session ? 'clock' : 'key'} size={15} />{name.is_session ? t.session : t.accountKey} <code title={name.key}>{keyName(name.key)}</code></span>
      <span class={`tag ${live ? 'good' : ''}`}>{t.states[name.state]}</span>
      <span class="dim">{name.place !== null && <>{name.place} · </>}{t.opened} {momentShort(name.opened ?? name.recorded)} · {t.events(name.event_count)}{name.last !== null && <> · {t.last} {momentShort(name.last)}</>}</span>
      {canSign.value && <a class="button small" href={link('breach', ['report', `${account.account}:${name.key}`])}>{name.is_session ? t.reportSession : t.report}</a>}
    </li>
  )
}

function AccountCard({ account }: { account: Account }) {
  const [all, setAll] = useState(false)
  const t = m().breach
  const own = account.keys.filter((k) => !k.is_session)
  const sessions = account.keys.filter((k) => k.is_session).sort((a, b) => b.recorded - a.recorded)
  const shown = all ? sessions : sessions.slice(0, SESSIONS_SHOWN)
  return (
    <article class="card account">
      <h2>{account.name} <span class="dim">{account.roles.length === 0 ? t.strata[account.stratum] : account.roles.map((r) => `${m().roles[r.role] ?? r.role}${r.scope_name === null ? '' : ' ' + r.scope_name}`).join(', ')}</span></h2>
      <ul class="keys">
        {own.map((k) => <KeyRow key={k.key} name={k} account={account} />)}
        {shown.map((k) => <KeyRow key={k.key} name={k} account={account} />)}
      </ul>
      {sessions.length > shown.length && <button type="button" class="button quiet small" onClick={() => setAll(true)}>{m().common.all}: {sessions.length}</button>}
    </article>
  )
}

function Accounts() {
  const [text, setText] = useState('')
  const [find, setFind] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setFind(text.trim()), 250)
    return () => clearTimeout(timer)
  }, [text])
  const { value, error, again } = useLoad(async () => (found = await api.accounts(find)), [find])
  const t = m().breach
  return (
    <>
      <label class="search wide"><Icon name="search" /><input type="search" autofocus placeholder={t.find} aria-label={m().common.search} value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
      <p class="dim">{t.findHint}</p>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : value.length === 0 ? <p class="empty">{t.noAccounts}</p> : value.map((a) => <AccountCard key={a.account} account={a} />)}
    </>
  )
}

function ReportTarget({ target }: { target: string }) {
  const [accountId = '', key = ''] = target.split(':')
  const { value, error, again } = useLoad(async () => (found.some((a) => a.account === accountId) ? found : api.accounts('')), [accountId])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const account = value.find((a) => a.account === accountId)
  if (account === undefined) return <p class="empty">{m().breach.noAccounts}</p>
  return <ReportForm account={account} first={key} onDone={() => go(link('breach', ['reports']))} />
}

export function BreachScreen({ tab, target }: { tab: string; target: string | null }) {
  const reports = useLoad(() => api.breaches(), [])
  useEffect(() => onLive('breach', () => reports.again()), [reports.again])
  useEffect(() => {
    if (tab === 'reports') reports.again()
  }, [tab])
  const t = m().breach
  const open = reports.value?.filter((r) => r.state === 'closed').length ?? 0
  if (tab === 'report' && target !== null) return <div class="screen"><ReportTarget target={target} /></div>
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{t.title}</h1>
        <div class="segments" role="group">
          <a href={link('breach')} aria-current={tab === 'accounts' ? 'page' : undefined}>{t.accounts}</a>
          <a href={link('breach', ['reports'])} aria-current={tab === 'reports' ? 'page' : undefined}>{t.reports}{open > 0 && <span class="badge">{open}</span>}</a>
        </div>
      </div>
      {tab === 'accounts' ? <Accounts /> : (
        <>
          {reports.error !== null && <Failure error={reports.error} again={reports.again} />}
          {reports.value === null ? reports.error === null && <Waiting /> : <ReportList reports={reports.value} onChanged={reports.again} />}
        </>
      )}
    </div>
  )
}

