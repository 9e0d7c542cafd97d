// The reports: each with its time line, the signatures it has, and what the reader may still sign.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Receipt, Report } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { count, moment, momentShort } from '../i18n/format'
import { keyName } from '../ledger/keys'
import { link } from '../route'
import { agreement, overruleBreach, receiveBreach } from '../session/breach'
import { agrees, judgeReports, type Judgement } from '../session/evidence'
import { now, school } from '../state/school'
import { me } from '../state/session'
import { hasOverruled, hasReceived, mayJudge, overruleNeedsRoot } from '../state/tasks'
import { Dialog } from '../ui/dialog'
import { ChoiceField, Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { MomentField } from '../ui/moment'
import { PreviewView } from './breach-preview'

const SIGNATURES_NEEDED = 2

interface Step { text: string; at: number | null; tone: '' | 'bad' | 'warn' | 'good'; note?: string }

/** learned → told → received → in force, with the deadline of one working day. */
function steps(report: Report): Step[] {
  const t = m().reports
  const valid = report.receipts.filter((r) => r.valid).sort((a, b) => a.recorded - b.recorded)
  const told = valid.map((r) => r.told).sort((a, b) => a - b)[0] ?? null
  return [
    { text: t.breach, at: report.breach, tone: 'bad' },
    { text: t.learned, at: report.learned, tone: '' },
    { text: t.reported, at: report.recorded, tone: '' },
    { text: t.told, at: told, tone: report.late ? 'warn' : told === null ? '' : 'good', note: `${t.due}: ${momentShort(report.due)}${report.late ? `, ${t.late}` : told === null ? '' : `, ${told > report.due ? t.late : t.inTime}`}` },
    { text: t.received, at: valid[0]?.recorded ?? null, tone: '' },
    { text: t.inForce, at: report.state === 'standing' ? valid[SIGNATURES_NEEDED - 1]?.recorded ?? valid.at(-1)?.recorded ?? null : null, tone: 'good' },
  ]
}

function TimeLine({ report }: { report: Report }) {
  return (
    <ol class="timeline" aria-label={m().reports.timeline}>
      {steps(report).map((s) => (
        <li key={s.text} class={`${s.at === null ? 'open' : 'done'} ${s.tone}`}>
          <span class="dot" aria-hidden="true" /><b>{s.text}</b><span>{s.at === null ? m().common.none : momentShort(s.at)}</span>
          {s.note !== undefined && <small>{s.note}</small>}
        </li>
      ))}
    </ol>
  )
}

function officesOfMine(): number[] {
  return [...new Set((me.value?.roles ?? []).map((r) => r.role).filter((r) => r <= 3))]
}

function ReceiveDialog({ report, onClose, onDone }: { report: Report; onClose: () => void; onDone: () => void }) {
  const offices = officesOfMine()
  const [capacity, setCapacity] = useState(offices[0] ?? 1)
  const [told, setTold] = useState<number | null>(now())
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const { value, error, again } = useLoad(() => api.breachPreview(report.target, report.breach, report.size), [])
  const t = m().reports
  const verdict = value === null ? null : agreement(value, report)
  const sign = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      const answer = await receiveBreach(report, value!, capacity, told!)
      if (answer.code === 0) return onDone()
      setFault(refusalText(answer))
    } catch (e) {
      setFault(errorText(e))
    }
    setBusy(false)
  }
  return (
    <Dialog name="receive" title={t.receiveTitle} onClose={onClose} wide>
      <p class="screen-lead"><b>{report.name}</b> · {t.act(report.act)} · {report.is_session ? t.session : t.key} <code>{keyName(report.target)}</code></p>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : (
        <>
          {verdict === 'different'
            ? <p class="notice bad" role="alert"><Icon name="warning" /> {m().preview.different}</p>
            : <p class="notice good" role="status"><Icon name="check" /> {m().preview.same}</p>}
          <PreviewView preview={value} />
        </>
      )}
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <div class="row form-row">
        <ChoiceField label={t.capacity} value={capacity} choices={offices.map((o) => [o, m().roles[o] ?? String(o)] as const)} onChoice={setCapacity} />
        <MomentField label={t.toldWhen} value={told} onMoment={setTold} />
      </div>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
        <button type="button" class="button danger" disabled={busy || told === null || verdict === null || verdict === 'different'} onClick={() => void sign()}><Icon name="pen" />{busy ? m().report.signing : t.sign}</button>
      </div>
    </Dialog>
  )
}

function OverruleDialog({ report, onClose, onDone }: { report: Report; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().reports
  const sign = async (): Promise<void> => {
    setBusy(true)
    try {
      const answer = await overruleBreach(report, reason)
      if (answer.code === 0) return onDone()
      setFault(refusalText(answer))
    } catch (e) {
      setFault(errorText(e))
    }
    setBusy(false)
  }
  return (
    <Dialog name="overrule" title={t.overrule} onClose={onClose}>
      <p>{t.overruleLead}</p>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <Field label={t.overruleReason}>{({ id }) => <textarea id={id} rows={2} maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}</Field>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
        <button type="button" class="button danger" disabled={busy || reason.trim() === ''} onClick={() => void sign()}>{t.overrule}</button>
      </div>
    </Dialog>
  )
}

function ReceiptRow({ receipt: r }: { receipt: Receipt }) {
  return (
    <li class={r.valid ? '' : 'void'}>
      <Icon name={r.valid ? 'check' : 'cross'} size={14} /><b>{r.name}</b> <span class="dim">{m().roles[r.capacity] ?? ''}</span>
      <span>{m().reports.told} {momentShort(r.told)}</span><span class="dim">№ {count(r.seq)}, {momentShort(r.recorded)}</span>{!r.valid && <span class="tag">{m().reports.invalid}</span>}
    </li>
  )
}

/** The voices against the report, and whose is still wanted. */
function Overrules({ report }: { report: Report }) {
  const t = m().reports
  if (report.overrules.length === 0) return null
  return (
    <p class="notice warn">
      <Icon name="undo" size={15} /> {t.overruledBy(report.overrules.map((o) => `${o.by_root ? t.root : o.name}, ${momentShort(o.recorded)}`).join('; '))}
      {report.state !== 'overruled' && <> {t.overruleSecond}</>}
    </p>
  )
}

/** The report once more, by root: what is typed on the server, at the envelopes, and on the server again. */
function rootCommands(report: Report): [string, string][] {
  const t = m().reports
  const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  const claim = `--target ${report.target} --breach ${time(report.breach)} --learned ${time(report.learned)} --reason '${t.rootReason} ${report.act}'`
  return [
    [t.rootSteps.request, `letopis breach report ${t.school} ${claim} --request ${t.requestFile}`],
    [t.rootSteps.sign, `letopis recovery sign ${t.requestFile} --envelope - --envelope - --out ${t.signedFile}`],
    [t.rootSteps.submit, `letopis submit ${t.school} ${t.signedFile}`],
  ]
}

/** Why two officers are not enough here, and what is to be done instead. */
function NeedsRoot({ report }: { report: Report }) {
  const t = m().reports
  if (!report.needs_root || report.state !== 'closed') return null
  return (
    <section class="notice warn root-steps">
      <h3><Icon name="lock" size={15} /> {t.rootTitle}</h3>
      <p>{t.rootWhy(count(report.count))}</p>
      <ol>{rootCommands(report).map(([text, command]) => <li key={text}>{text}<pre class="command">{command}</pre></li>)}</ol>
      <p>{t.rootMore}</p>
    </section>
  )
}

function Actions({ report, onOpen }: { report: Report; onOpen: (what: 'receive' | 'overrule') => void }) {
  const t = m().reports
  if (report.account === me.value?.account) return <p class="dim">{t.yourOwn}</p>
  if (!mayJudge(report) || officesOfMine().length === 0) return null
  const open = report.state === 'closed' || report.state === 'standing'
  const done = hasReceived(report)
  return (
    <div class="row">
      {report.state === 'closed' && !done && !report.needs_root && <button type="button" class="button primary" onClick={() => onOpen('receive')}><Icon name="pen" size={15} />{t.receive}</button>}
      {done && <span class="dim"><Icon name="check" size={14} /> {t.alreadyYou}</span>}
      {report.state === 'standing' && <a class="button small" href={effectLink(report)}><Icon name="history" size={14} />{t.effect}</a>}
      {open && (overruleNeedsRoot(report)
        ? <span class="dim">{t.overruleRoot}</span>
        : hasOverruled(report) ? <span class="dim">{t.youOverruled}</span> : <button type="button" class="button quiet" onClick={() => onOpen('overrule')}>{t.overrule}</button>)}
    </div>
  )
}

/** The signature by which the report came into force: root's own, or the later one of a pair. */
export function inForceAt(report: Report): number {
  if (report.by_root === true) return report.seq
  return report.receipts.filter((r) => r.valid).map((r) => r.seq).sort((a, b) => a - b)[SIGNATURES_NEEDED - 1] ?? report.seq
}

/** The journal just before and just after the act. */
const effectLink = (report: Report): string => link('difference', [], { from: inForceAt(report), to: inForceAt(report) + 1, act: report.act })

function ReportCard({ report, here, onChanged }: { report: Report; here: boolean; onChanged: () => void }) {
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (here) ref.current?.scrollIntoView({ block: 'start' })
  }, [here])
  const [open, setOpen] = useState<'receive' | 'overrule' | null>(null)
  const t = m().reports
  const valid = report.receipts.filter((r) => r.valid).length
  const done = (): void => {
    setOpen(null)
    onChanged()
  }
  return (
    <article ref={ref} class={`card report ${report.state}${here ? ' here' : ''}`}>
      <header class="report-head">
        <h2>{t.act(report.act)} · {report.name}</h2>
        <span class={`tag ${report.state === 'standing' ? 'bad' : report.state === 'closed' ? 'warn' : ''}`}>{t.state[report.state]}</span>
        {report.needs_root && <span class="tag warn"><Icon name="warning" size={12} />{t.needsRoot}</span>}
      </header>
      <p class="dim">{t.byName}: {report.by_name}, {moment(report.recorded)} · № {count(report.seq)} · {report.is_session ? t.session : t.key} <code title={report.target}>{keyName(report.target)}</code></p>
      {report.reason !== null && <p class="report-reason">«{report.reason}»</p>}
      <TimeLine report={report} />
      <p>{report.state === 'standing' ? t.voided(report.void_count) : t.covers(report.count)}{report.ungrounded_count > 0 && <span class="dim"> · {m().preview.ungrounded(report.ungrounded_count)}</span>}
        {report.state === 'closed' && !report.needs_root && <span class="dim"> · {valid === 0 ? t.waitingSecond : t.waitingOne}</span>}</p>
      {report.receipts.length > 0 && <ul class="receipts" aria-label={t.receipts}>{report.receipts.map((r) => <ReceiptRow key={r.seq} receipt={r} />)}</ul>}
      <NeedsRoot report={report} />
      <Overrules report={report} />
      <p><a class="button small quiet" href={api.actAddress(report.seq)} download><Icon name="pen" size={14} />{t.paper}</a></p>
      <Actions report={report} onOpen={setOpen} />
      {open === 'receive' && <ReceiveDialog report={report} onClose={() => setOpen(null)} onDone={done} />}
      {open === 'overrule' && <OverruleDialog report={report} onClose={() => setOpen(null)} onDone={done} />}
    </article>
  )
}

/** Judging the reports here, without taking the server's word. */
function OwnJudgement({ reports }: { reports: readonly Report[] }) {
  const t = m().judgement
  const [state, setState] = useState<{ done: number; total: number } | Judgement | 'failed' | null>(null)
  const run = async (): Promise<void> => {
    setState({ done: 0, total: 0 })
    try {
      setState(await judgeReports(reports, school.value!.vkey, (done, total) => setState({ done, total })))
    } catch {
      setState('failed')
    }
  }
  const busy = state !== null && state !== 'failed' && 'done' in state
  return (
    <section class="own-judgement">
      <button type="button" class="button small quiet" disabled={busy} onClick={() => void run()}><Icon name="seal" size={14} />{t.button}</button>
      {busy && <span class="dim" role="status">{t.busy(state.done, state.total)}</span>}
      {state === 'failed' && <span class="notice bad" role="alert">{t.failed}</span>}
      {state !== null && state !== 'failed' && !('done' in state) && (agrees(state)
        ? <span class="notice good" role="status"><Icon name="check" size={14} /> {t.agrees(count(state.entries))}</span>
        : <span class="notice bad" role="alert"><Icon name="warning" size={14} /> {t.differs([...state.broken, ...state.differing].map(count).join(', '))}</span>)}
    </section>
  )
}

export function ReportList({ reports, act, onChanged }: { reports: readonly Report[]; act: number | null; onChanged: () => void }) {
  if (reports.length === 0) return <p class="empty">{m().breach.noReports}</p>
  const judges = (me.value?.roles ?? []).some((r) => r.role <= 3 || r.role === 7)
  return <>{judges && <OwnJudgement reports={reports} />}{[...reports].sort((a, b) => b.seq - a.seq).map((r) => <ReportCard key={r.seq} report={r} here={r.act === act} onChanged={onChanged} />)}</>
}
