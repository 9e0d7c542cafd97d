// Remarks on how a journal is kept (ST-6): raised by the deputy head, seen and settled by the teacher.
import { useEffect, useState } from 'preact/hooks'
import { controlApi, isOpenRemark, type Issued, type Remark } from '../api/control'
import { onLive } from '../api/live'
import { Role } from '../api/types'
import { errorText, m, refusalText } from '../i18n'
import { dayShort, momentShort, weekday } from '../i18n/format'
import { unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { link } from '../route'
import { submitOne } from '../state/outbox'
import { canSign, hasRole, me } from '../state/session'
import { Dialog } from '../ui/dialog'
import { Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'

export interface RemarkAbout { account: string; name: string; group: string; group_name: string; subject: string; subject_name: string; lesson: string | null; text: string }

const TEXT_MAX = 2000

export function RemarkDialog({ about, onClose }: { about: RemarkAbout; onClose: (sent: boolean) => void }) {
  const [text, setText] = useState(about.text)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const t = m().control.remark
  const send = async (): Promise<void> => {
    if (text.trim() === '') return setError(t.empty)
    setBusy(true)
    try {
      const sealer = new Sealer()
      const body = {
        account: unhex(about.account), group: unhex(about.group), lesson: about.lesson === null ? null : unhex(about.lesson),
        subject: unhex(about.subject), text: sealer.seal('text', text.trim()),
      }
      const answer = await submitOne({ kind: 'filling.noted', body, openings: sealer.openings })
      if (answer.code === 0) return onClose(true)
      setError(refusalText(answer))
    } catch (e) {
      setError(errorText(e))
    }
    setBusy(false)
  }
  return (
    <Dialog name="remark" title={t.title} onClose={() => onClose(false)}>
      <form onSubmit={(e) => { e.preventDefault(); void send() }}>
        <p>{t.to}: <strong>{about.name}</strong>, {about.group_name}, {about.subject_name}</p>
        <Field label={t.text} hint={t.hint} error={error}>
          {({ id, describedBy }) => <textarea id={id} aria-describedby={describedBy} rows={6} maxLength={TEXT_MAX} value={text} onInput={(e) => setText(e.currentTarget.value)} />}
        </Field>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => onClose(false)}>{m().common.cancel}</button>
          <button type="submit" class="button primary" disabled={busy || !canSign.value}>{t.send}</button>
        </div>
      </form>
    </Dialog>
  )
}

function RemarkRow({ remark, onSettled }: { remark: Remark; onSettled: () => void }) {
  const [error, setError] = useState<string | null>(null)
  const t = m().control.remark
  const settle = async (): Promise<void> => {
    try {
      const answer = await submitOne({ kind: 'filling.settled', body: { note: unhex(remark.id) } })
      if (answer.code === 0) onSettled()
      else setError(refusalText(answer))
    } catch (e) {
      setError(errorText(e))
    }
  }
  const mine = remark.account === me.value?.account
  const done = !isOpenRemark(remark)
  return (
    <li class="card remark">
      <p class="row">
        <strong>{remark.group_name}, {remark.subject_name}</strong>
        {remark.lesson !== null && <span>{weekday(remark.day)} {dayShort(remark.day)}, {m().common.lessonN(remark.n)}</span>}
        <span class={`tag ${done ? 'good' : 'warn'}`}><Icon name={done ? 'check' : 'warning'} size={13} />{remark.settled ? t.settled : remark.mended !== null ? m().marks.mended(momentShort(remark.mended)) : t.open}</span>
      </p>
      <p class="remark-text">{remark.text}</p>
      <p class="dim">{!mine && `${t.to}: ${remark.name}. `}{t.from(remark.by_name, momentShort(remark.recorded))}</p>
      {error !== null && <p class="bad-text" role="alert">{error}</p>}
      <p class="row">
        <a class="button small" href={link('journal', [remark.group, remark.subject], remark.lesson === null ? {} : { day: remark.day, n: remark.n })}>{t.toJournal}</a>
        {!done && (mine || hasRole(Role.Head, Role.Deputy)) && <button type="button" class="button small" disabled={!canSign.value} onClick={() => void settle()}><Icon name="check" size={15} />{t.settle}</button>}
      </p>
    </li>
  )
}

export function RemarkList({ round }: { round: number }) {
  const { value, error, again } = useLoad(() => controlApi.remarks(), [round])
  const [all, setAll] = useState(false)
  const t = m().control.remark
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const shown = value.filter((r) => all || isOpenRemark(r)).sort((a, b) => b.recorded - a.recorded)
  return (
    <>
      <label class="check"><input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />{t.showSettled}</label>
      {shown.length === 0 ? <p class="empty">{t.none}</p> : <ul class="remarks">{shown.map((r) => <RemarkRow key={r.id} remark={r} onSettled={again} />)}</ul>}
    </>
  )
}

/** On «Мой день»: open remarks, and reports of the deputy head that wait for a receipt. */
export function ControlBanner() {
  const { value, again } = useLoad(async (): Promise<[Remark[], Issued[]]> => [await controlApi.remarks(), hasRole(Role.ClassTeacher) ? await controlApi.issued() : []], [])
  useEffect(() => onLive('head', () => again()), [again])
  const own = me.value?.account
  const open = (value?.[0] ?? []).filter((r) => r.account === own && isOpenRemark(r))
  const reports = (value?.[1] ?? []).filter((r) => r.account === own && r.received === null)
  return (
    <>
      {open.length > 0 && (
        <div class="notice warn row" role="status"><span>{m().control.remark.banner(open.length)}</span><a class="button small" href={link('control', ['remarks'])}>{m().common.show}</a></div>
      )}
      {reports.length > 0 && (
        <div class="notice row" role="status"><span>{m().summary.report.dayBanner(reports.length)}</span><a class="button small" href={reports[0]!.is_class ? link('summary', [reports[0]!.about], { tab: 'reports' }) : link('pupil', [reports[0]!.about, reports[0]!.id])}>{m().common.show}</a></div>
      )}
    </>
  )
}
