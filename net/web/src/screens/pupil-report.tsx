// Reports on one pupil (CT-5): the deputy head signs the digest of the pupil's results over a period, the
// class teacher opens them as of that moment, the digest is computed anew, and confirms.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { controlApi, type Issued } from '../api/control'
import { pupilReportBytes, pupilReportPaper } from '../api/marks'
import { Role } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { count, dayFull, momentShort } from '../i18n/format'
import { sha256, unhex } from '../ledger/hash'
import { link } from '../route'
import { submitOne } from '../state/outbox'
import { dayOf, now } from '../state/school'
import { seal } from '../state/seal'
import { canSign, hasRole } from '../state/session'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { periodAt, periodsOf, ResultsTable } from './results'
import { ReportStanding } from './summary-report'

/** Sort of report.issued: 1 is the summary of a class. */
export const SORT_PUPIL_RESULTS = 2

interface SendProps { pupil: string; name: string; group: string; onSent: () => void }

function SendDialog({ pupil, name, group, onClose }: Omit<SendProps, 'onSent'> & { onClose: (sent: boolean) => void }) {
  const today = dayOf(now())
  const [chosen, setChosen] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const known = useLoad(() => Promise.all([api.cabinet(pupil, today, today), controlApi.classes()]), [pupil])
  const t = m().marks.report
  const own = known.value?.[1].classes.find((c) => c.id === group) ?? null
  const periods = periodsOf(known.value?.[0].calendar ?? []).filter((p) => p.from <= today)
  const period = periods.find((p) => p.name === chosen) ?? periodAt(periods, today)
  const send = async (): Promise<void> => {
    if (period === null || own?.teacher == null) return
    setBusy(true)
    setFault(null)
    try {
      const at = seal.value.size
      const digest = sha256(await pupilReportBytes(pupil, period.from, period.to, at))
      const answer = await submitOne({ kind: 'report.issued', body: { about: unhex(pupil), account: unhex(own.teacher), digest, from: period.from, sort: SORT_PUPIL_RESULTS, to: period.to, upto: at } })
      if (answer.code === 0) return onClose(true)
      setFault(refusalText(answer))
    } catch (e) {
      setFault(errorText(e))
    }
    setBusy(false)
  }
  return (
    <Dialog name="send-pupil-report" title={t.title} onClose={() => onClose(false)}>
      {known.error !== null && <Failure error={known.error} again={known.again} />}
      {known.value === null ? known.error === null && <Waiting /> : (
        <form onSubmit={(e) => { e.preventDefault(); void send() }}>
          {own?.teacher == null ? <p class="notice warn">{m().summary.report.noTeacher}</p> : <p>{t.lead(own.teacher_name, name, count(seal.value.size))}</p>}
          {periods.length === 0 ? <p class="empty">{m().cabinet.noPeriods}</p> : (
            <label class="inline">{m().cabinet.period} <select value={period?.name} onChange={(e) => setChosen(e.currentTarget.value)}>{periods.map((p) => <option key={p.name} value={p.name}>{p.name} ({dayFull(p.from)} – {dayFull(p.to)})</option>)}</select></label>
          )}
          {fault !== null && <p class="bad-text" role="alert">{fault}</p>}
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => onClose(false)}>{m().common.cancel}</button>
            <button type="submit" class="button primary" disabled={busy || period === null || own?.teacher == null || !canSign.value}>{m().summary.report.sign}</button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

/** On the pupil's card: what was sent about the pupil, and for the deputy head the way to send. */
export function PupilReports({ pupil, name, group }: { pupil: string; name: string; group: string | null }) {
  const leads = hasRole(Role.Head, Role.Deputy)
  const { value, error, again } = useLoad(() => controlApi.issued(), [pupil])
  const [asking, setAsking] = useState(false)
  const t = m().summary.report
  const own = (value ?? []).filter((r) => r.about === pupil).sort((a, b) => b.recorded - a.recorded)
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null || (own.length === 0 && !leads)) return null
  return (
    <section class="card">
      <h2>{m().marks.report.heading}</h2>
      {own.length === 0 ? <p class="dim">{t.none}</p> : <ul class="plain-rows">{own.map((r) => (
        <li key={r.id}>
          <b>{dayFull(r.from)} – {dayFull(r.to)}</b><span class="dim">{r.by_name}, {momentShort(r.recorded)}</span>
          <span class={`tag ${r.received === null ? 'warn' : 'good'}`}><Icon name={r.received === null ? 'clock' : 'check'} size={13} />{r.received === null ? t.waiting : t.received(momentShort(r.received))}</span>
          <a class="button small" href={link('pupil', [pupil, r.id])}>{t.open}</a>
        </li>
      ))}</ul>}
      {leads && group !== null && <p><button type="button" class="button small" disabled={!canSign.value} onClick={() => setAsking(true)}><Icon name="out" size={14} />{t.send}</button></p>}
      {asking && group !== null && <SendDialog pupil={pupil} name={name} group={group} onClose={(sent) => { setAsking(false); if (sent) again() }} />}
    </section>
  )
}

async function open(pupil: string, id: string): Promise<{ report: Issued; results: Awaited<ReturnType<typeof api.results>> } | null> {
  const report = (await controlApi.issued()).find((r) => r.id === id && r.about === pupil)
  if (report === undefined) return null
  return { report, results: await api.results(pupil, report.from, report.to, { at: report.upto, known: report.upto }) }
}

/** A report as it was signed. */
export function PupilReportScreen({ pupil, id }: { pupil: string; id: string }) {
  const { value, error, again } = useLoad(async () => ({ found: await open(pupil, id) }), [pupil, id])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  if (value.found === null) return <p class="empty">{m().errors.notFound}</p>
  const { report, results } = value.found
  return (
    <div class="screen wide">
      <ReportStanding report={report} onReceived={again} />
      <div class="screen-head">
        <h1>{results.name} <span class="dim">{dayFull(report.from)} – {dayFull(report.to)}</span></h1>
        <span class="grow" />
        <a class="button small" href={pupilReportPaper(pupil, report.from, report.to, report.upto)} target="_blank" rel="noopener">{m().marks.report.paper}</a>
        <a class="button small" href={link('pupil', [pupil])}><Icon name="left" size={14} />{m().marks.report.card}</a>
      </div>
      <section class="card"><ResultsTable results={results} /></section>
    </div>
  )
}
