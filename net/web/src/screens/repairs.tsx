// «Это были вы?» and what else an act leaves to be looked through: struck entries to affirm, entries
// that lost their ground, honest corrections made on top of what fell.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Repair, RepairList, Repairs } from '../api/types'
import { cellWord, errorText, m, refusalText } from '../i18n'
import { count, dayLong, momentShort, shortName } from '../i18n/format'
import { link } from '../route'
import { affirm } from '../session/reaffirm'
import { notMine, sayNotMine } from '../state/decisions'
import { canSign, isOfficer, me } from '../state/session'
import { decisionKey, loadTasks, openRows, repairs } from '../state/tasks'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'

type Choice = 'mine' | 'not' | 'later'

/** Rows that lie together: one lesson, or one period of one page. */
interface Group { readonly key: string; readonly first: Repair; readonly rows: readonly Repair[] }

export function groupRows(rows: readonly Repair[]): Group[] {
  const groups = new Map<string, Repair[]>()
  for (const row of rows) {
    const key = `${row.group}/${row.subject}/${row.lesson?.id ?? row.period}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups].map(([key, list]) => ({ key, first: list[0]!, rows: list }))
    .sort((a, b) => (a.first.lesson?.day ?? 0) - (b.first.lesson?.day ?? 0) || (a.first.lesson?.n ?? 0) - (b.first.lesson?.n ?? 0) || a.key.localeCompare(b.key))
}

function GroupHead({ row }: { row: Repair }) {
  const where = row.lesson === null ? row.period : `${dayLong(row.lesson.day)}, ${m().common.lessonN(row.lesson.n)}`
  const href = link('journal', [row.group, row.subject], row.lesson === null ? { period: row.period } : { day: row.lesson.day, n: row.lesson.n })
  return <h2><a href={href}>{row.group_name} · {row.subject_name}</a> <span class="dim">{where}</span></h2>
}

/** before → struck out → what stands there now. */
function Story({ row }: { row: Repair }) {
  const t = m().repairs
  return (
    <span class="story">
      <span class="story-part"><small>{t.before}</small><span>{cellWord(row.before)}</span></span>
      <Icon name="right" size={13} />
      <span class="story-part"><small>{t.was}</small><del>{cellWord(row.was)}</del></span>
      <Icon name="right" size={13} />
      <span class="story-part"><small>{t.now}</small><b>{cellWord(row.now)}</b></span>
    </span>
  )
}

function whatText(row: Repair): string {
  const name = m().preview.what[row.what] ?? row.what
  return row.what === 'mark' && row.content.work != null ? `${name}, ${m().works[row.content.work] ?? ''}` : name
}

function Choices({ row, choice, onChoice }: { row: Repair; choice: Choice; onChoice: (choice: Choice) => void }) {
  const t = m().repairs
  const label = [row.pupil_name, whatText(row), row.was].filter((s) => s !== null && s !== '').join(', ')
  return (
    <span class="segments choices" role="group" aria-label={label}>
      {(['mine', 'not', 'later'] as const).map((c) => <button key={c} type="button" class={c} aria-pressed={choice === c} onClick={() => onChoice(c)}>{t.choice[c]}</button>)}
    </span>
  )
}

interface StruckProps { view: Repairs; onDone: () => void }

/** "Was this you?": each struck entry is one's own, not one's own, or left for later. */
function Struck({ view, onDone }: StruckProps) {
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map())
  const [busy, setBusy] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [told, setTold] = useState<string | null>(null)
  const [hidden, setHidden] = useState(false)
  const t = m().repairs
  const all = view.rows.filter((r) => r.list === 'struck' && r.own)
  const rows = hidden ? all.filter((r) => notMine.value.has(decisionKey(r))) : openRows(view, 'struck')
  const refusedEarlier = all.length - openRows(view, 'struck').length
  const choiceOf = (r: Repair): Choice => choices.get(decisionKey(r)) ?? 'later'
  const choose = (list: readonly Repair[], choice: Choice): void => {
    const next = new Map(choices)
    for (const r of list) next.set(decisionKey(r), choice)
    setChoices(next)
  }
  const mine = rows.filter((r) => choiceOf(r) === 'mine')
  const not = rows.filter((r) => choiceOf(r) === 'not')
  const sign = async (): Promise<void> => {
    setBusy(t.signing(0, mine.length))
    setFault(null)
    try {
      const result = await affirm(mine, me.value!.account, view.size, (a, b) => setBusy(t.signing(a, b)))
      sayNotMine(not.map(decisionKey), true)
      sayNotMine(result.done.map(decisionKey), false)
      setTold(t.done(result.done.length))
      if (result.refused.length > 0) setFault(`${t.refused(result.refused.length)} ${refusalText(result.refused[0]!.answer)}`)
      setChoices(new Map())
      onDone()
    } catch (error) {
      setFault(errorText(error))
    }
    setBusy(null)
  }
  return (
    <>
      <p class="screen-lead">{t.struckLead}</p>
      {told !== null && <p class="notice good" role="status"><Icon name="check" size={16} /> {told}</p>}
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {view.more && <p class="notice warn">{t.more}</p>}
      {rows.length === 0 ? <p class="empty">{t.nothing}</p> : (
        <>
          {!hidden && <div class="row"><span class="dim">{t.undecided(rows.length)}</span><span class="grow" /><button type="button" class="button small" onClick={() => choose(rows, 'mine')}>{t.allMine}</button><button type="button" class="button small" onClick={() => choose(rows, 'not')}>{t.allNot}</button></div>}
          {groupRows(rows).map((g) => (
            <section key={g.key} class="card repair-group">
              <header class="account-head"><GroupHead row={g.first} /><span class="tag">{m().history.act(g.first.act)}</span>{g.rows.length > 1 && <button type="button" class="button quiet small" onClick={() => choose(g.rows, 'mine')}>{t.lessonMine}</button>}</header>
              {g.first.lesson !== null && !g.first.lesson.counts && <p class="dim"><Icon name="warning" size={14} /> {g.first.lesson.opens_for === null ? t.lessonGoneOther : t.lessonGone}</p>}
              <ul>{g.rows.map((r) => (
                <li key={decisionKey(r)} class={`repair ${choiceOf(r)}`}>
                  <span class="repair-who">{r.pupil_name !== null && <b>{shortName(r.pupil_name)}</b>} <span class="dim">{whatText(r)}</span><small class="dim">{momentShort(r.recorded)}, № {count(r.seq)}</small></span>
                  <Story row={r} />
                  <Choices row={r} choice={choiceOf(r)} onChoice={(c) => choose([r], c)} />
                </li>
              ))}</ul>
            </section>
          ))}
        </>
      )}
      {refusedEarlier > 0 && <p><button type="button" class="button quiet small" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>{hidden ? t.hideNot : t.showNot(refusedEarlier)}</button></p>}
      {view.others.length > 0 && <Others view={view} />}
      {(mine.length > 0 || not.length > 0) && (
        <div class="sign-bar">
          <span class="dim">{t.summary(mine.length, not.length)}</span>
          <button type="button" class="button primary big" disabled={busy !== null || !canSign.value} onClick={() => void sign()}><Icon name="pen" />{busy ?? (mine.length > 0 ? t.sign(mine.length) : t.signNone)}</button>
        </div>
      )}
    </>
  )
}

function Others({ view }: { view: Repairs }) {
  return (
    <section class="card">
      <h2>{m().repairs.others}</h2>
      <p class="dim">{m().repairs.othersLead}</p>
      <ul>{view.others.map((o) => <li key={o.seq}>{m().kinds[o.kind] ?? o.kind} <span class="dim">{momentShort(o.recorded)}, № {count(o.seq)}, {m().history.act(o.act)}</span></li>)}</ul>
    </section>
  )
}

/** Runs one repair at a time and tells what came of it. */
function useRepair(view: Repairs, onDone: () => void): { busy: string | null; fault: string | null; run: (key: string, rows: readonly Repair[]) => void } {
  const [busy, setBusy] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const run = (key: string, rows: readonly Repair[]): void => {
    setBusy(key)
    setFault(null)
    affirm(rows, me.value!.account, view.size)
      .then((result) => {
        if (result.refused.length > 0) setFault(`${m().repairs.refused(result.refused.length)} ${refusalText(result.refused[0]!.answer)}`)
        onDone()
      }, (error: unknown) => setFault(errorText(error)))
      .finally(() => setBusy(null))
  }
  return { busy, fault, run }
}

function Stranded({ view, rows, onDone }: { view: Repairs; rows: readonly Repair[]; onDone: () => void }) {
  const { busy, fault, run } = useRepair(view, onDone)
  const t = m().repairs
  return (
    <>
      <p class="screen-lead">{t.strandedLead}</p>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {rows.length === 0 && <p class="empty">{t.nothing}</p>}
      {groupRows(rows).map((g) => {
        const own = g.rows.filter((r) => r.own)
        const { lesson } = g.first
        const gone = lesson !== null && !lesson.counts
        const may = canSign.value && (gone ? lesson.opens_for !== null : own.length > 0 && own.every((r) => r.may_write))
        return (
          <section key={g.key} class="card repair-group">
            <header class="account-head"><GroupHead row={g.first} /><span class="tag">{m().history.act(g.first.act)}</span></header>
            <p>{gone ? lesson.opens_for !== null ? t.goneMine : t.goneOther : lesson === null ? t.groundOther : t.reopened}</p>
            <ul>{g.rows.map((r) => (
              <li key={decisionKey(r)} class="repair">
                <span class="repair-who">{r.pupil_name !== null && <b>{shortName(r.pupil_name)}</b>} <span class="dim">{whatText(r)}</span><small class="dim">{r.name}, {momentShort(r.recorded)}</small></span>
                <Story row={r} />
              </li>
            ))}</ul>
            {may && (
              <div class="row">
                <button type="button" class="button primary" disabled={busy !== null} onClick={() => run(g.key, own.length > 0 ? own : [{ ...g.first, what: 'lesson' }])}>
                  <Icon name="undo" size={15} />{busy === g.key ? m().report.signing : gone ? own.length > 0 ? t.reopenAndReturn(own.length) : t.reopen : t.returnOwn(own.length)}
                </button>
                {g.rows.length > own.length && gone && <span class="dim">{t.othersReturn(g.rows.length - own.length)}</span>}
              </div>
            )}
          </section>
        )
      })}
    </>
  )
}

function Review({ view, rows, onDone }: { view: Repairs; rows: readonly Repair[]; onDone: () => void }) {
  const { busy, fault, run } = useRepair(view, onDone)
  const t = m().repairs
  return (
    <>
      <p class="screen-lead">{t.reviewLead}</p>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {rows.length === 0 && <p class="empty">{t.nothing}</p>}
      {groupRows(rows).map((g) => (
        <section key={g.key} class="card repair-group">
          <header class="account-head"><GroupHead row={g.first} /><span class="tag">{m().history.act(g.first.act)}</span></header>
          <ul>{g.rows.map((r) => (
            <li key={decisionKey(r)} class="repair">
              <span class="repair-who">{r.pupil_name !== null && <b>{shortName(r.pupil_name)}</b>} <span class="dim">{whatText(r)}</span><small class="dim">{r.own ? momentShort(r.recorded) : `${r.name}, ${momentShort(r.recorded)}`}</small></span>
              <span class="repair-why">{r.why === 'inputs' ? t.onInputs(r.was) : t.onVoid(cellWord(r.before), cellWord(r.was))}</span>
              <span class="row">
                {r.own && r.may_write && canSign.value && <button type="button" class="button small primary" disabled={busy !== null} onClick={() => run(decisionKey(r), [r])}><Icon name="check" size={14} />{busy === decisionKey(r) ? m().report.signing : t.keep(cellWord(r.was))}</button>}
                <a class="button small" href={link('journal', [r.group, r.subject], r.lesson === null ? { period: r.period } : { day: r.lesson.day, n: r.lesson.n })}>{r.own ? t.change : t.look}</a>
              </span>
            </li>
          ))}</ul>
        </section>
      ))}
    </>
  )
}

/** Officers: how far each account is with its own list. */
function Tallies({ view }: { view: Repairs }) {
  const t = m().repairs
  if (view.accounts.length === 0) return <p class="empty">{t.nothing}</p>
  return (
    <section class="card">
      <Scroll>
        <table class="table">
          <thead><tr><th>{t.person}</th><th class="num">{t.tabs.struck}</th><th class="num">{t.tabs.stranded}</th><th class="num">{t.tabs.review}</th><th class="num">{t.settled}</th></tr></thead>
          <tbody>{view.accounts.map((a) => <tr key={a.account}><td>{a.name}</td><td class="num">{a.struck}</td><td class="num">{a.stranded}</td><td class="num">{a.review}</td><td class="num">{a.done}</td></tr>)}</tbody>
        </table>
      </Scroll>
    </section>
  )
}

function Everybody() {
  const { value, error, again } = useLoad(() => api.repairs(true), [])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const others = value.rows.filter((r) => !r.own)
  return (
    <>
      <Tallies view={value} />
      {others.some((r) => r.list === 'stranded') && <><h2>{m().repairs.tabs.stranded}</h2><Stranded view={value} rows={others.filter((r) => r.list === 'stranded')} onDone={again} /></>}
      {others.some((r) => r.list === 'review') && <><h2>{m().repairs.tabs.review}</h2><Review view={value} rows={others.filter((r) => r.list === 'review')} onDone={again} /></>}
    </>
  )
}

const TABS: readonly RepairList[] = ['struck', 'stranded', 'review']

export function RepairsScreen({ tab }: { tab: string }) {
  const { error, again } = useLoad(() => loadTasks(), [])
  const view = repairs.value
  const t = m().repairs
  const onDone = (): void => void loadTasks()
  if (view === null) return error !== null ? <Failure error={error} again={again} /> : <Waiting />
  const shown = tab === 'all' && isOfficer.value ? 'all' : TABS.find((x) => x === tab) ?? 'struck'
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{t.title}</h1>
        <nav class="segments" aria-label={t.title}>
          {TABS.map((x) => <a key={x} href={link('repairs', [x])} aria-current={shown === x ? 'page' : undefined}>{t.tabs[x]}{openRows(view, x).length > 0 && <span class="badge">{openRows(view, x).length}</span>}</a>)}
          {isOfficer.value && <a href={link('repairs', ['all'])} aria-current={shown === 'all' ? 'page' : undefined}>{t.tabs.all}</a>}
        </nav>
      </div>
      {shown === 'struck' && <Struck view={view} onDone={onDone} />}
      {shown === 'stranded' && <Stranded view={view} rows={openRows(view, 'stranded')} onDone={onDone} />}
      {shown === 'review' && <Review view={view} rows={openRows(view, 'review')} onDone={onDone} />}
      {shown === 'all' && <Everybody />}
    </div>
  )
}
