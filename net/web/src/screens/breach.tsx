// «Доступы»: for officers, accounts with their keys and sessions, and the reports of breaches; for
// class teachers, the families of the own class and who of them has no way in.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import { type Account, type AccountKey, KeyState, Role } from '../api/types'
import { errorText, m } from '../i18n'
import { momentShort } from '../i18n/format'
import { keyName } from '../ledger/keys'
import { go, link } from '../route'
import { inviteAgain, type Slip } from '../session/invitation'
import { canSign, hasRole, isOfficer, me } from '../state/session'
import { loadTasks, officerTaskCount, reports } from '../state/tasks'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, lazy, useLoad, Waiting } from '../ui/load'
import { OfficerTasks } from './officer-tasks'
import { ReportForm } from './breach-report'
import { ReportList } from './breach-list'

const NewAccount = lazy(async () => (await import('./new-account')).NewAccount)
const GiveRole = lazy(async () => (await import('./new-account')).GiveRole)
const HeldRoles = lazy(async () => (await import('./new-account')).HeldRoles)
const SlipSheet = lazy(async () => (await import('./slip')).SlipSheet)

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
      {canSign.value && isOfficer.value && name.state !== KeyState.Closed && <a class="button small" href={link('breach', ['report', `${account.account}:${name.key}`])}>{name.is_session ? t.reportSession : t.report}</a>}
    </li>
  )
}

/** May this person invite that account? Officers staff and families, class teachers families, root officers. */
const mayInvite = (account: Account): boolean => canSign.value && account.account !== me.value?.account && account.stratum > (me.value?.stratum ?? 3)

function InviteDialog({ account, onClose, onSlip }: { account: Account; onClose: () => void; onSlip: (slip: Slip) => void }) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().slip
  const issue = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      onSlip(await inviteAgain(account.account, account.name))
    } catch (error) {
      setFault(errorText(error))
      setBusy(false)
    }
  }
  return (
    <Dialog name="invite" title={t.issueTitle} onClose={onClose}>
      <p><b>{account.name}</b></p>
      <p>{account.enrolled ? t.leadEnrolled : t.lead}</p>
      {account.invited && <p class="notice warn">{t.leadInvited}</p>}
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
        <button type="button" class="button primary" disabled={busy} onClick={() => void issue()}><Icon name="key" />{busy ? m().report.signing : t.issue}</button>
      </div>
    </Dialog>
  )
}

function AccountCard({ account, onInvite, onChanged }: { account: Account; onInvite: () => void; onChanged: () => void }) {
  const [all, setAll] = useState(false)
  const t = m().breach
  const own = account.keys.filter((k) => !k.is_session)
  const sessions = account.keys.filter((k) => k.is_session).sort((a, b) => b.recorded - a.recorded)
  const shown = all ? sessions : sessions.slice(0, SESSIONS_SHOWN)
  return (
    <article class="card account">
      <header class="account-head">
        <h2>{account.name} <span class="dim">{account.roles.length === 0 ? t.strata[account.stratum] : account.roles.map((r) => `${m().roles[r.role] ?? r.role}${r.scope_name === null ? '' : ' ' + r.scope_name}`).join(', ')}</span></h2>
        {!account.enrolled && <span class={`tag ${account.invited ? '' : 'warn'}`}>{account.invited ? t.invited : t.noAccess}</span>}
        {mayInvite(account) && <button type="button" class={`button small${account.enrolled || account.invited ? '' : ' primary'}`} onClick={onInvite}><Icon name="key" size={14} />{t.invite}</button>}
        {hasRole(Role.Head) && <a class="button small" href={link('privacy', ['data'], { account: account.account })}><Icon name="eye" size={14} />{m().privacy.nav}</a>}
        {isOfficer.value && account.stratum === 2 && mayInvite(account) && <GiveRole account={account} onDone={onChanged} />}
      </header>
      {mayInvite(account) && account.roles.length > 0 && <HeldRoles account={account} onDone={onChanged} />}
      <ul class="keys">
        {own.map((k) => <KeyRow key={k.key} name={k} account={account} />)}
        {shown.map((k) => <KeyRow key={k.key} name={k} account={account} />)}
      </ul>
      {sessions.length > shown.length && <button type="button" class="button quiet small" onClick={() => setAll(true)}>{m().common.all}: {sessions.length}</button>}
    </article>
  )
}

/** Staff before families, whose names are often the same; one's own account is not a family's. */
function sorted(accounts: readonly Account[]): Account[] {
  return accounts.filter((a) => isOfficer.value || a.account !== me.value?.account).sort((a, b) => a.stratum - b.stratum || a.name.localeCompare(b.name, 'ru'))
}

function Accounts({ first }: { first: string }) {
  const [text, setText] = useState(first)
  const [find, setFind] = useState(first)
  const [inviting, setInviting] = useState<Account | null>(null)
  const [slip, setSlip] = useState<Slip | null>(null)
  useEffect(() => setText(first), [first])
  useEffect(() => {
    const timer = setTimeout(() => setFind(text.trim()), 250)
    return () => clearTimeout(timer)
  }, [text])
  const { value, error, again } = useLoad(async () => (found = await api.accounts(find)), [find])
  const t = m().breach
  const handed = (): void => {
    setSlip(null)
    again()
    void loadTasks()
  }
  if (slip !== null) return <SlipSheet slip={slip} onDone={handed} />
  return (
    <>
      <label class="search wide"><Icon name="search" /><input type="search" autofocus placeholder={t.find} aria-label={m().common.search} value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
      <div class="row"><p class="dim">{isOfficer.value ? t.findHint : t.familiesHint}</p><span class="grow" />{isOfficer.value && <NewAccount onSlip={setSlip} />}</div>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : value.length === 0 ? <p class="empty">{t.noAccounts}</p> : sorted(value).map((a) => <AccountCard key={a.account} account={a} onInvite={() => setInviting(a)} onChanged={again} />)}
      {inviting !== null && <InviteDialog account={inviting} onClose={() => setInviting(null)} onSlip={(s) => { setInviting(null); setSlip(s) }} />}
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
  const done = (): void => {
    void loadTasks()
    go(link('breach', ['reports']))
  }
  return <ReportForm account={account} first={key} onDone={done} />
}

interface Props { tab: string; target: string | null; query: Readonly<Record<string, string>> }

export function BreachScreen({ tab, target, query }: Props) {
  useEffect(() => {
    if (tab === 'reports') void loadTasks()
  }, [tab])
  const t = m().breach
  if (!isOfficer.value) return <div class="screen"><div class="screen-head"><h1>{t.families}</h1></div><Accounts first={query['find'] ?? ''} /></div>
  if (tab === 'report' && target !== null) return <div class="screen"><ReportTarget target={target} /></div>
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{t.title}</h1>
        <div class="segments" role="group">
          <a href={link('breach')} aria-current={tab === 'accounts' ? 'page' : undefined}>{t.accounts}</a>
          <a href={link('breach', ['reports'])} aria-current={tab === 'reports' ? 'page' : undefined}>{t.reports}{officerTaskCount.value > 0 && <span class="badge">{officerTaskCount.value}</span>}</a>
        </div>
      </div>
      {tab === 'accounts' ? <Accounts first={query['find'] ?? ''} /> : (
        <>
          <OfficerTasks />
          {reports.value === null ? <Waiting /> : <ReportList reports={reports.value} act={query['act'] === undefined ? null : Number(query['act'])} onChanged={() => void loadTasks()} />}
        </>
      )}
    </div>
  )
}
