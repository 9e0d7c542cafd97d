// What will stop counting: the numbers, the cells before and after, the events around the cut.
import { useState } from 'preact/hooks'
import type { Preview, PreviewCell } from '../api/types'
import { cellWord, m } from '../i18n'
import { count, dayShort, moment, momentShort, shortName } from '../i18n/format'
import { Icon } from '../ui/icons'
import { Scroll } from '../ui/scroll'

const CELLS_SHOWN = 60
const EVENTS_SHOWN = 40

function Figure({ n, text, tone = '' }: { n: number; text: string; tone?: string }) {
  return <div class={`figure ${tone}`}><b>{count(n)}</b><span>{text.replace(/^[\d\s\u00a0,.]+/, '')}</span></div>
}

function CellRow({ cell }: { cell: PreviewCell }) {
  const where = [cell.group_name, cell.subject_name, cell.day === null ? null : dayShort(cell.day), cell.n === null ? null : m().common.lessonN(cell.n)].filter((s) => s !== null).join(' · ')
  return (
    <tr>
      <td>{where}</td>
      <td>{cell.pupil_name === null ? '' : <b>{shortName(cell.pupil_name)}</b>}</td>
      <td>{m().preview.what[cell.what]}</td>
      <td class="before"><del>{cellWord(cell.before)}</del></td>
      <td class="after"><Icon name="right" size={13} /><b>{cellWord(cell.after)}</b></td>
      <td>{cell.on_top.map((o) => <span key={o.seq} class="tag warn">{o.name}: {o.value}</span>)}</td>
    </tr>
  )
}

function Cells({ cells }: { cells: readonly PreviewCell[] }) {
  const [all, setAll] = useState(false)
  const t = m().preview
  const shown = all ? cells : cells.slice(0, CELLS_SHOWN)
  if (cells.length === 0) return null
  return (
    <section class="card">
      <h2>{t.cells(cells.length)}</h2>
      <Scroll>
        <table class="table">
          <thead><tr><th>{t.where}</th><th>{m().journal.pupil}</th><th>{t.whatCol}</th><th>{t.before}</th><th>{t.after}</th><th>{t.onTop}</th></tr></thead>
          <tbody>{shown.map((c, i) => <CellRow key={i} cell={c} />)}</tbody>
        </table>
      </Scroll>
      {cells.length > shown.length && <p class="row"><span class="dim">{t.shown(shown.length, cells.length)}</span><button type="button" class="button small" onClick={() => setAll(true)}>{m().common.all}</button></p>}
    </section>
  )
}

function Events({ preview }: { preview: Preview }) {
  const [all, setAll] = useState(false)
  const t = m().preview
  const shown = all ? preview.events : preview.events.slice(0, EVENTS_SHOWN)
  if (preview.events.length === 0) return null
  return (
    <section class="card">
      <h2>{t.events}</h2>
      <ol class="event-list">
        {shown.map((e, i) => {
          const isCut = e.covered && shown[i - 1]?.covered !== true
          return (
            <li key={e.seq} class={`${e.covered ? 'covered' : 'kept'}${isCut ? ' cut' : ''}`}>
              <span class="mono">{count(e.seq)}</span><span>{momentShort(e.recorded)}</span><span>{m().kinds[e.kind] ?? e.kind}</span>
              <span>{[e.group_name, e.subject_name].filter((s) => s !== null).join(' · ')}</span>
              <span class={`tag ${e.covered ? 'bad' : e.seq < preview.cut ? 'good' : 'warn'}`}><Icon name={e.covered ? 'cross' : e.seq < preview.cut ? 'check' : 'warning'} size={12} />{e.covered ? t.coveredMark : e.seq < preview.cut ? t.keptMark : t.strandedMark}</span>
            </li>
          )
        })}
      </ol>
      {preview.events.length > shown.length && <p class="row"><span class="dim">{t.shown(shown.length, preview.events.length)}</span><button type="button" class="button small" onClick={() => setAll(true)}>{m().common.all}</button></p>}
    </section>
  )
}

export function PreviewView({ preview }: { preview: Preview }) {
  const t = m().preview
  return (
    <div class="preview">
      <section class="card">
        <h2>{t.title}</h2>
        {preview.count === 0 ? <p>{t.none}</p> : (
          <div class="figures">
            <Figure n={preview.count} text={t.covered(preview.count)} tone="bad" />
            <Figure n={preview.cells.length} text={t.cells(preview.cells.length)} tone="bad" />
            {preview.ungrounded_count > 0 && <Figure n={preview.ungrounded_count} text={t.ungrounded(preview.ungrounded_count)} tone="warn" />}
            {preview.period_marks_affected > 0 && <Figure n={preview.period_marks_affected} text={t.periodMarks(preview.period_marks_affected)} tone="warn" />}
          </div>
        )}
        {preview.count > 0 && preview.events.length === 0 && <p>{t.already}</p>}
        {preview.needs_root && <p class="notice warn"><Icon name="warning" size={16} /> {t.needsRoot}</p>}
        {preview.by_kind.length > 0 && <p class="dim">{t.byKind}: {preview.by_kind.map((k) => `${m().kinds[k.kind] ?? k.kind} ${k.count}`).join(', ')}</p>}
        <p class="dim">{t.timeline}: {moment(preview.breach)} · {t.cut} {count(preview.cut)} {t.until} {count(preview.size)} · {t.digest} <code title={preview.digest}>{preview.digest.slice(0, 16)}…</code></p>
      </section>
      <Cells cells={preview.cells} />
      <Events preview={preview} />
    </div>
  )
}
