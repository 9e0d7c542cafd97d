// Reports to the class teacher (CT-5): the deputy head signs the digest of the summary as it stands,
// the class teacher opens it as of that moment and confirms receipt.
import { useState } from 'preact/hooks'
import { type ClassFigures, controlApi, type Issued, type Summary } from '../api/control'
import { pupilReportBytes } from '../api/marks'
import type { Period } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { count, momentShort } from '../i18n/format'
import { hex, sha256, unhex } from '../ledger/hash'
import { link } from '../route'
import { submitOne } from '../state/outbox'
import { dayOf, now } from '../state/school'
import { canSign, me } from '../state/session'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'

const SORT_CLASS_SUMMARY = 1

const digestOf = async (group: string, at: number): Promise<string> => hex(sha256(await controlApi.summaryBytes(group, at)))
/** Of a report as it was sent: the digest of what it showed, computed anew. */
const digestNow = async (r: Issued): Promise<string> => (r.is_class ? digestOf(r.about, r.upto) : hex(sha256(await pupilReportBytes(r.about, r.from, r.to, r.upto))))

interface SendProps { summary: Summary; figures: ClassFigures; span: Period | null; onSent: () => void }

export function SendReport({ summary, figures, span, onSent }: SendProps) {
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [digest, setDigest] = useState<string | null>(null)
  const t = m().summary.report
  const ask = (): void => {
    setAsking(true)
    setError(null)
    setDigest(null)
    digestOf(summary.group.id, summary.size).then(setDigest, (e: unknown) => setError(errorText(e)))
  }
  const send = async (): Promise<void> => {
    if (digest === null || figures.teacher === null) return
    setBusy(true)
    try {
      const today = dayOf(now())
      const body = {
        about: unhex(summary.group.id), account: unhex(figures.teacher), digest: unhex(digest), from: span?.from ?? today, sort: SORT_CLASS_SUMMARY,
        to: span?.to ?? today, upto: summary.size,
      }
      const answer = await submitOne({ kind: 'report.issued', body })
      if (answer.code === 0) {
        setAsking(false)
        onSent()
      } else {
        setError(refusalText(answer))
      }
    } catch (e) {
      setError(errorText(e))
    }
    setBusy(false)
  }
  return (
    <>
      <button type="button" class="button small" onClick={ask}><Icon name="out" size={14} />{t.send}</button>
      {asking && (
        <Dialog name="send-class-report" title={t.dialog} onClose={() => setAsking(false)}>
          {figures.teacher === null ? <p class="notice warn">{t.noTeacher}</p> : <p>{t.lead(figures.teacher_name, count(summary.size))}</p>}
          <dl class="facts"><dt>{t.digest}</dt><dd><code class="mono">{digest ?? '…'}</code></dd></dl>
          {error !== null && <p class="bad-text" role="alert">{error}</p>}
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => setAsking(false)}>{m().common.cancel}</button>
            <button type="button" class="button primary" disabled={busy || digest === null || figures.teacher === null || !canSign.value} onClick={() => void send()}>{t.sign}</button>
          </div>
        </Dialog>
      )}
    </>
  )
}

export function ReportList({ group }: { group: string }) {
  const { value, error, again } = useLoad(() => controlApi.issued(), [group])
  const t = m().summary.report
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const own = value.filter((r) => r.about === group).sort((a, b) => b.recorded - a.recorded)
  if (own.length === 0) return <p class="empty">{t.none}</p>
  return (
    <Scroll class="card">
      <table class="table">
        <thead><tr>{[t.when, t.by, t.to, t.state].map((h) => <th key={h} scope="col">{h}</th>)}<th /></tr></thead>
        <tbody>
          {own.map((r) => (
            <tr key={r.id}>
              <td>{momentShort(r.recorded)}</td><td>{r.by_name}</td><td>{r.name}</td>
              <td><span class={`tag ${r.received === null ? 'warn' : 'good'}`}><Icon name={r.received === null ? 'clock' : 'check'} size={13} />{r.received === null ? t.waiting : t.received(momentShort(r.received))}</span></td>
              <td><a class="button small" href={link('summary', [r.about], { at: r.upto })}>{t.open}</a></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** Above a report that is looked at: what it is, whether it is what was signed, and the receipt. */
export function ReportStanding({ report, onReceived }: { report: Issued; onReceived: () => void }) {
  const digest = useLoad(() => digestNow(report), [report.id])
  const [error, setError] = useState<string | null>(null)
  const t = m().summary.report
  const confirm = async (): Promise<void> => {
    try {
      const answer = await submitOne({ kind: 'report.received', body: { report: unhex(report.id) } })
      if (answer.code === 0) onReceived()
      else setError(refusalText(answer))
    } catch (e) {
      setError(errorText(e))
    }
  }
  const same = digest.value === report.digest
  return (
    <div class={`notice report-standing${digest.value !== null && !same ? ' bad' : ''}`}>
      <p class="row">
        <strong>{t.banner(report.by_name, momentShort(report.recorded))}</strong>
        <span class={digest.value === null ? 'dim' : same ? 'good-text' : 'bad-text'} role="status">{digest.error !== null ? errorText(digest.error) : digest.value === null ? t.checking : same ? t.same : t.different}</span>
      </p>
      <p class="row no-print">
        {report.account === me.value?.account && report.received === null && <button type="button" class="button primary small" disabled={!canSign.value} onClick={() => void confirm()}>{t.confirm}</button>}
        {report.received !== null && <span class="tag good"><Icon name="check" size={13} />{t.received(momentShort(report.received))}</span>}
        <a class="button small" href={report.is_class ? link('summary', [report.about]) : link('pupil', [report.about])}>{t.now}</a>
      </p>
      {error !== null && <p class="bad-text" role="alert">{error}</p>}
    </div>
  )
}
