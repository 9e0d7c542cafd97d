// The history of a cell: every version ever signed, who, when, by which key, in force or not, and a
// button that has this browser verify it against the log.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Moment, Version } from '../api/types'
import { m } from '../i18n'
import { count, dayFull, moment, momentShort } from '../i18n/format'
import { keyName } from '../ledger/keys'
import { checkReceipt, receiptHolds, receiptText } from '../ledger/receipt'
import { link } from '../route'
import { actText, loadActs } from '../state/acts'
import { loadSchool } from '../state/school'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { reasonText } from '../grid/draw'
import { versionText } from './conflicts'

type Query = Parameters<typeof api.cell>[0]
interface Props { title: string; query: Query; also?: Query | undefined; what: 'mark' | 'topic' | 'homework' | 'period'; then: Moment | null; onClose: () => void }

async function loadVersions(query: Query, also: Query | undefined, then: Moment | null): Promise<Version[]> {
  const lists = await Promise.all([query, ...(also === undefined ? [] : [also])].map((q) => api.cell(q, then)))
  return withActs(lists.flat().sort((a, b) => b.seq - a.seq))
}

/** Names the acts by which versions were voided, as far as the reader may know them. */
async function withActs(versions: Version[]): Promise<Version[]> {
  if (versions.every((v) => v.void === null || v.void.act !== undefined)) return versions
  const acts = await loadActs()
  return versions.map((v) => {
    const act = v.void === null ? undefined : acts.get(v.void.report)
    return v.void === null || act === undefined ? v : { ...v, void: { ...v.void, act } }
  })
}

function saveFile(name: string, text: string): void {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 10000)
}

/** Fetches the proof of one position and saves it as a file that verifies without this site. */
export async function saveReceipt(seq: number): Promise<void> {
  saveFile(`letopis-${seq}.tlog-proof`, receiptText(await api.proof(seq)))
}

function Verify({ seq }: { seq: number }) {
  const [state, setState] = useState<'idle' | 'busy' | 'good' | 'bad'>('idle')
  const [error, setError] = useState<unknown>(null)
  const t = m().history
  const run = async (): Promise<void> => {
    setState('busy')
    try {
      const [proof, school] = await Promise.all([api.proof(seq), loadSchool()])
      setState(receiptHolds(checkReceipt(proof, school.vkey)) ? 'good' : 'bad')
    } catch (e) {
      setError(e)
      setState('idle')
    }
  }
  if (error !== null) return <Failure error={error} />
  if (state === 'good') return <p class="verdict good" role="status"><Icon name="seal" size={15} />{t.proven}</p>
  if (state === 'bad') return <p class="verdict bad" role="alert"><Icon name="warning" size={15} />{t.notProven}</p>
  return <button type="button" class="button quiet small" disabled={state === 'busy'} onClick={() => void run()}><Icon name="seal" size={14} />{state === 'busy' ? t.verifying : t.verify}</button>
}

function details(v: Version): string[] {
  const t = m().history
  const out: string[] = []
  if (v.work !== null) out.push(`${m().works[v.work] ?? ''}${v.weight === null ? '' : `, ${m().panel.weight.toLowerCase()} ${v.weight}`}`)
  if (v.kind === 'attendance.set' && v.text !== null) out.push(reasonText(v.text))
  if (v.protocol !== null) out.push(typeof v.protocol === 'string' ? t.protocol(v.protocol, null) : t.protocol(v.protocol[0], dayFull(v.protocol[1])))
  if (v.comment !== null) out.push(`«${v.comment}»`)
  if (v.quote !== null) out.push(t.reaffirmed)
  return out.filter((s) => s !== '')
}

/** «акт № 3», or the report's position where the server does not tell the act. */
function actOf(v: Version): string {
  return v.void === null ? '' : actText(v.void.report, v.void.act)
}

function VersionItem({ version: v, before, inForce }: { version: Version; before: Version | undefined; inForce: boolean }) {
  const t = m().history
  const status = v.void !== null ? (v.void.reason === 'covered' ? t.voided(actOf(v)) : t.ungrounded(actOf(v))) : inForce ? t.inForce : t.replaced
  return (
    <li class={`version${v.void !== null ? ' void' : ''}${inForce ? ' in-force' : ''}`}>
      <div class="version-head">
        <span class="version-value">
          {before !== undefined && <><s class="was">{versionText(before)}</s> → </>}
          {v.void !== null ? <del>{versionText(v)}</del> : <b>{versionText(v)}</b>}
        </span>
        <span class={`tag ${v.void !== null ? 'bad' : inForce ? 'good' : ''}`}>{v.void !== null && <Icon name="cross" size={12} />}{status}</span>
        <span class={`tag ${v.late ? 'warn' : ''}`}>{v.late && <Icon name="clock" size={12} />}{v.late ? t.late : t.inTime}</span>
      </div>
      {details(v).length > 0 && <p class="version-details">{details(v).join(' · ')}</p>}
      <p class="version-who"><b>{v.name}</b>, {moment(v.recorded)}{Math.abs(v.recorded - v.claimed) > 120000 && <span class="dim"> ({t.claimed(momentShort(v.claimed))})</span>}</p>
      <p class="version-proof">
        <a href={link('audit', [], { seq: v.seq })}>№ {count(v.seq)}</a>
        <span title={v.key}><Icon name="key" size={13} />{v.session ? t.session : t.account} <code>{keyName(v.key)}</code></span>
        <span class={v.signature_ok ? 'good-text' : 'bad-text'}><Icon name={v.signature_ok ? 'check' : 'warning'} size={13} />{v.signature_ok ? t.signed : t.notSigned}</span>
      </p>
      <div class="row"><Verify seq={v.seq} /><button type="button" class="button quiet small" onClick={() => void saveReceipt(v.seq)}>{t.receipt}</button></div>
    </li>
  )
}

export function HistoryDialog({ title, query, also, what, then, onClose }: Props) {
  const { value, error, again } = useLoad(() => loadVersions(query, also, then), [])
  const sameCell = (a: Version, b: Version): boolean => a.kind === b.kind
  return (
    <Dialog name="history" title={`${m().history.title}: ${title}`} onClose={onClose} wide side>
      {error !== null && <Failure error={error} again={again} />}
      {value === null ? error === null && <Waiting /> : value.length === 0 ? <p class="empty">{m().history.empty}</p> : (
        <ol class={`versions ${what}`}>
          {value.map((v) => {
            const firstCounting = value.find((w) => sameCell(v, w) && w.counts)
            return <VersionItem key={`${v.seq}${v.kind}`} version={v} before={v.prev === null ? undefined : value.find((w) => sameCell(v, w) && w.seq === v.prev)} inForce={firstCounting === v} />
          })}
        </ol>
      )}
    </Dialog>
  )
}
