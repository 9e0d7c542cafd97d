// «Летопись»: the checkpoint, its verification in plain words, and any entry checked by hand.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import { saveFile } from '../control/csv'
import { errorText, m } from '../i18n'
import { count, moment } from '../i18n/format'
import type { Value } from '../ledger/canon'
import { hex } from '../ledger/hash'
import { checkReceipt, type ReceiptCheck } from '../ledger/receipt'
import { link } from '../route'
import { loadSchool, school } from '../state/school'
import { checkHeld, checkSeal, seal, type StepResult } from '../state/seal'
import { session } from '../state/session'
import { loadWitnesses } from '../state/witnesses'
import { Field } from '../ui/field'
import { Icon } from '../ui/icons'
import { useLoad } from '../ui/load'
import { SealSteps } from '../ui/seal-steps'
import { saveReceipt } from './history'

/** A checkpoint with many cosignatures is a few kilobytes. */
const HELD_LEN_MAX = 20000

function Checkpoint() {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const view = seal.value
  const t = m().audit
  const run = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    await checkSeal().catch((e: unknown) => setFault(errorText(e)))
    setBusy(false)
  }
  return (
    <>
      <section class="card seal-card">
        <div class="seal-big"><Icon name="seal" size={40} /></div>
        <div>
          <h2>{m().seal.whole}</h2>
          <p><b>{m().seal.size(count(view.size))}</b>{view.checkedAt !== null && <span class="dim"> · {t.checkedAt(moment(view.checkedAt))}</span>}</p>
          {view.firstVisit ? <p class="dim">{m().seal.firstVisit}</p> : <p class="dim">{t.previous}: {count(view.previousSize)}</p>}
        </div>
        <button type="button" class="button" disabled={busy} onClick={() => void run()}><Icon name="repeat" size={16} />{busy ? m().seal.checking : t.checkNow}</button>
      </section>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      <section class="card">
        <h2>{t.steps}</h2>
        <SealSteps steps={view.steps} explain />
      </section>
      <HeldCheckpoint />
      <Witnesses />
      <section class="card">
        <h2>{t.checkpoint}</h2>
        <pre class="mono note">{view.checkpoint}</pre>
        <p><button type="button" class="button small" disabled={view.checkpoint === ''} onClick={() => saveFile(`checkpoint-${view.size}.txt`, view.checkpoint, 'text/plain')}><Icon name="down" size={14} />{t.held.save}</button></p>
        <dl class="facts">
          <dt>{t.origin}</dt><dd class="mono">{school.value?.origin}</dd>
          <dt>{t.vkey}</dt><dd class="mono">{school.value?.vkey}</dd>
          <dt>{t.logId}</dt><dd class="mono">{school.value?.log_id}</dd>
        </dl>
        <p class="dim">{t.tools}</p>
      </section>
    </>
  )
}

/** A checkpoint that somebody kept, held against what the server shows now. */
function HeldCheckpoint() {
  const [text, setText] = useState('')
  const [steps, setSteps] = useState<readonly StepResult[]>([])
  const [fault, setFault] = useState<string | null>(null)
  const t = m().audit.held
  const run = async (): Promise<void> => {
    setFault(null)
    setSteps(await checkHeld(text).catch((e: unknown) => { setFault(errorText(e)); return [] }))
  }
  const load = async (file: File | undefined): Promise<void> => {
    if (file !== undefined && file.size <= HELD_LEN_MAX) setText(await file.text())
  }
  const holds = steps.every((s) => s.ok)
  return (
    <section class="card held-checkpoint">
      <h2>{t.title}</h2>
      <p class="dim">{t.lead}</p>
      <form class="write" onSubmit={(e) => { e.preventDefault(); void run() }}>
        <Field label={t.text}>{({ id }) => <textarea id={id} class="mono" rows={5} maxLength={HELD_LEN_MAX} spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
        <div class="row">
          <label class="inline">{t.file} <input type="file" accept="text/plain,.txt" onChange={(e) => void load(e.currentTarget.files?.[0])} /></label>
          <span class="grow" />
          <button type="submit" class="button" disabled={text.trim() === ''}>{t.check}</button>
        </div>
      </form>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {steps.length > 0 && <><p class={`notice ${holds ? 'good' : 'bad'}`} role="status">{holds ? t.holds : t.differs}</p><SealSteps steps={steps} words={{ consistency: t.begins }} /></>}
    </section>
  )
}

/** Whose cosignatures the witnessed checkpoint carries, verified here; nothing when the school has no witnesses. */
function Witnesses() {
  const loaded = useLoad(() => loadWitnesses(), [])
  const told = loaded.value
  const t = m().audit
  if (told === null || told.of === 0) return null
  const shown = told.witnesses
  const { held } = told
  return (
    <section class="card">
      <h2>{t.witnesses}</h2>
      <p><b>{t.witnessed(held, told.needed, told.of, count(told.size))}</b></p>
      <ul>
        {shown.map((w) => <li key={w.vkey}><span class="mono">{w.name}</span> <span class="dim">{w.ahead ? t.witnessAhead : w.at !== null ? moment(w.at) : '—'}</span></li>)}
      </ul>
    </section>
  )
}

const LINE_LEN = 84

/** A body as people can read it: short parts on one line, hex for bytes. */
function show(value: Value, indent = ''): string {
  const plain = (v: Value): string => JSON.stringify(v, (_, x: unknown) => (x instanceof Uint8Array ? hex(x) : typeof x === 'bigint' ? String(x) : x))
  const short = plain(value)
  const deeper = indent + '  '
  if (short.length + indent.length <= LINE_LEN || typeof value !== 'object' || value === null || value instanceof Uint8Array) return short
  const isList = Array.isArray(value)
  const items = isList ? (value as readonly Value[]).map((v) => deeper + show(v, deeper)) : Object.entries(value).map(([k, v]) => `${deeper}${k}: ${show(v as Value, deeper)}`)
  return `${isList ? '[' : '{'}\n${items.join(',\n')}\n${indent}${isList ? ']' : '}'}`
}

function Verdict({ ok, good, bad }: { ok: boolean; good: string; bad: string }) {
  return <li class={ok ? 'good' : 'bad'}><Icon name={ok ? 'check' : 'cross'} /><div><strong>{ok ? good : bad}</strong></div></li>
}

function EntryCheck({ seq }: { seq: number | null }) {
  const [text, setText] = useState(seq === null ? '' : String(seq))
  const [result, setResult] = useState<{ seq: number; check: ReceiptCheck } | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().audit
  const run = async (at: number): Promise<void> => {
    setFault(null)
    try {
      const [proof, known] = await Promise.all([api.proof(at), loadSchool()])
      setResult({ seq: at, check: checkReceipt(proof, known.vkey) })
    } catch (error) {
      setResult(null)
      setFault(errorText(error))
    }
  }
  useEffect(() => {
    if (seq === null) return
    setText(String(seq))
    void run(seq)
  }, [seq])
  const check = result?.check
  return (
    <section class="card">
      <h2>{t.entry}</h2>
      <form class="row" onSubmit={(e) => { e.preventDefault(); if (/^\d+$/.test(text.trim())) void run(Number(text.trim())) }}>
        <label class="inline">{t.position} <input class="short" inputMode="numeric" value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
        <button type="submit" class="button">{t.check}</button>
        {result !== null && <button type="button" class="button quiet" onClick={() => void saveReceipt(result.seq)}>{t.save}</button>}
      </form>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
      {check !== undefined && (
        <>
          <ol class="seal-steps">
            <Verdict ok={check.checkpointOk} good={t.checkpointOk} bad={t.checkpointBad} />
            <Verdict ok={check.included} good={t.included} bad={t.notIncluded} />
            <Verdict ok={check.signatureOk} good={t.signatureOk} bad={t.signatureBad} />
          </ol>
          {check.entry !== null && (
            <dl class="facts">
              <dt>{t.entryKind}</dt><dd>{m().kinds[check.entry.kind] ?? check.entry.kind} <code>{check.entry.kind}</code></dd>
              <dt>{t.recorded}</dt><dd>{moment(check.entry.recordedMs)}</dd>
              <dt>{t.entryKey}</dt><dd class="mono">{hex(check.entry.key)}</dd>
              <dt>{t.content}</dt><dd><pre class="mono body">{show(check.body)}</pre></dd>
            </dl>
          )}
        </>
      )}
    </section>
  )
}

export function AuditScreen({ seq }: { seq: number | null }) {
  const t = m().audit
  useEffect(() => {
    void checkSeal().catch(() => undefined)
  }, [])
  return (
    <div class="screen narrow">
      <div class="screen-head"><h1>{t.title}</h1>{seq !== null && <a class="button small" href={link('audit')}>{m().common.back}</a>}</div>
      <p class="screen-lead">{t.lead} <a href={link('why')}>{m().why.link}</a></p>
      {seq === null && <Checkpoint />}
      {session.value !== null && <EntryCheck seq={seq} />}
    </div>
  )
}
