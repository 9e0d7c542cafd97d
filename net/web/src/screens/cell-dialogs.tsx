// What a cell asks for in a dialog: a protocol, a comment, a deferral, its history.
import { useState } from 'preact/hooks'
import type { Ask, JournalStore } from '../grid/store'
import type { Misplaced, Placed } from '../grid/block'
import type { Cursor } from '../grid/cells'
import { m } from '../i18n'
import { dayInput, dayOfInput, dayShort, shortName } from '../i18n/format'
import { cleanText } from '../ledger/canon'
import { setDebt } from '../session/marks'
import { dayOf, now } from '../state/school'
import { useAct } from '../ui/act'
import { Dialog } from '../ui/dialog'
import { Field, TextField } from '../ui/field'
import { Scroll } from '../ui/scroll'
import { HistoryDialog } from './history'

/** A week and a day from now, as proposed. */
const DEBT_DAYS = 8

interface FormProps { store: JournalStore; at: Cursor; onClose: () => void }

function DayField({ label, value, onDay }: { label: string; value: number | null; onDay: (day: number | null) => void }) {
  return <Field label={label}>{({ id }) => <input id={id} type="date" value={dayInput(value)} onChange={(e) => onDay(dayOfInput(e.currentTarget.value))} />}</Field>
}

function Buttons({ onClose, ready, text }: { onClose: () => void; ready: boolean; text: string }) {
  return (
    <div class="dialog-buttons">
      <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
      <button type="submit" class="button primary" disabled={!ready}>{text}</button>
    </div>
  )
}

function ProtocolForm({ store, at, onClose, values }: FormProps & { values: readonly number[] }) {
  const [number, setNumber] = useState('')
  const [day, setDay] = useState<number | null>(dayOf(now()))
  const t = m().panel
  const ready = cleanText(number) !== '' && day !== null
  const submit = (e: Event): void => {
    e.preventDefault()
    if (!ready) return
    store.setMarks(at, values, { protocol: [cleanText(number), day] })
    onClose()
  }
  return (
    <Dialog name="protocol" title={t.protocol} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{t.protocolLead(shortName(store.page.value.pupils[at.row]!.name))}</p>
        <p class="big-mark">{values.join('/')}</p>
        <TextField label={t.protocolNumber} value={number} onText={setNumber} maxLength={30} autofocus />
        <DayField label={t.protocolDay} value={day} onDay={setDay} />
        <Buttons onClose={onClose} ready={ready} text={t.put} />
      </form>
    </Dialog>
  )
}

function CommentForm({ store, at, onClose }: FormProps) {
  const [text, setText] = useState('')
  const t = m().panel
  const submit = (e: Event): void => {
    e.preventDefault()
    const clean = cleanText(text)
    if (clean === '') return
    store.setMarks(at, store.cellAt(at).values, { comment: clean })
    onClose()
  }
  return (
    <Dialog name="comment" title={t.addComment} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{shortName(store.page.value.pupils[at.row]!.name)}, {dayShort(store.columns.value[at.col]!.day)}: <b>{store.cellAt(at).values.join('/')}</b></p>
        <TextField label={t.comment} value={text} onText={setText} maxLength={500} autofocus />
        <Buttons onClose={onClose} ready={cleanText(text) !== ''} text={m().common.save} />
      </form>
    </Dialog>
  )
}

function DeferralForm({ store, at, onClose }: FormProps) {
  const [until, setUntil] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const t = m().panel
  const ready = until !== null && cleanText(reason) !== ''
  const submit = (e: Event): void => {
    e.preventDefault()
    if (!ready) return
    store.setPeriod(at, 13, until, cleanText(reason))
    onClose()
  }
  return (
    <Dialog name="deferral" title={t.deferral} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{shortName(store.page.value.pupils[at.row]!.name)}</p>
        <DayField label={t.deferralUntil} value={until} onDay={setUntil} />
        <TextField label={t.deferralReason} value={reason} onText={setReason} maxLength={500} />
        <Buttons onClose={onClose} ready={ready} text={m().common.save} />
      </form>
    </Dialog>
  )
}

/** A debt point: signed at once, not by the queue, for it has a term to be thought about. */
function DebtForm({ store, at, onClose }: FormProps) {
  const column = store.columns.value[at.col]!
  const cell = store.cellAt(at)
  const pupil = store.page.value.pupils[at.row]!
  const [until, setUntil] = useState<number | null>(cell.debtUntil ?? Math.max(column.day, dayOf(now())) + DEBT_DAYS)
  const act = useAct()
  const t = m().marks.debt
  const ready = until !== null && until >= column.day && !act.busy
  const put = async (day: number | null): Promise<void> => {
    if (!await act.run(() => setDebt({ lesson: column.lessonId, column: column.column, work: cell.work, pupil: pupil.id, until: day, prev: cell.debtSeq }))) return
    store.signedBeside(column.day)
    onClose()
  }
  const submit = (e: Event): void => {
    e.preventDefault()
    if (ready) void put(until)
  }
  return (
    <Dialog name="debt" title={t.title} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{t.lead(shortName(pupil.name), `${dayShort(column.day)}, ${m().works[cell.work] ?? ''}`)}</p>
        <DayField label={t.term} value={until} onDay={setUntil} />
        {until !== null && until < column.day && <p class="bad-text" role="alert">{t.tooEarly}</p>}
        {act.fault !== null && <p class="bad-text" role="alert">{act.fault}</p>}
        <div class="dialog-buttons">
          {cell.debtUntil !== null && <button type="button" class="button" disabled={act.busy} onClick={() => void put(null)}>{t.withdraw}</button>}
          <button type="button" class="button" onClick={onClose}>{m().common.cancel}</button>
          <button type="submit" class="button primary" disabled={!ready}>{t.sign}</button>
        </div>
      </form>
    </Dialog>
  )
}

function CellHistory({ store, at, onClose }: FormProps) {
  const column = store.columns.value[at.col]!
  const pupil = store.page.value.pupils[at.row]!
  const title = `${store.page.value.group.name} · ${store.page.value.subject.name} · ${shortName(pupil.name)} · ${column.kind === 'period' ? store.period?.name ?? '' : dayShort(column.day)}`
  if (column.kind === 'period') {
    return <HistoryDialog title={title} query={{ ...store.names, period: store.period!.name, pupil: pupil.id }} what="period" then={store.then} onClose={onClose} />
  }
  const mark = { lesson: column.lessonId, pupil: pupil.id, column: column.column }
  return <HistoryDialog title={title} query={mark} also={column.first ? { lesson: column.lessonId, pupil: pupil.id } : undefined} what="mark" then={store.then} onClose={onClose} />
}

/** How many lines of what cannot be pasted are listed. */
const TROUBLES_SHOWN = 40

/** What of a copied block cannot stand where it would go; nothing is written before the person has seen it. */
function PasteForm({ store, placed, onClose }: { store: JournalStore; placed: Placed; onClose: () => void }) {
  const t = m().grid.paste
  const words: Partial<Record<Misplaced, string>> = { ...m().journal, ...m().grid.said }
  const { cells, troubles, byNames } = placed
  const where = (at: Cursor | null): string => {
    if (at === null) return ''
    const column = store.columns.value[at.col]!
    return `${shortName(store.page.value.pupils[at.row]!.name)}, ${column.kind === 'period' ? store.period?.name ?? '' : dayShort(column.day)}`
  }
  const submit = (e: Event): void => {
    e.preventDefault()
    store.writeAll(cells)
    onClose()
  }
  return (
    <Dialog name="paste-cells" title={t.title} onClose={onClose} wide>
      <form onSubmit={submit}>
        <p>{t.lead(cells.length)}{byNames && <> {t.names}</>}</p>
        <Scroll>
          <table class="table">
            <thead><tr><th scope="col">{t.line}</th><th scope="col">{t.text}</th><th scope="col">{t.where}</th><th scope="col">{t.why}</th></tr></thead>
            <tbody>{troubles.slice(0, TROUBLES_SHOWN).map((x, i) => <tr key={i}><td>{x.line}</td><td>{x.text}</td><td>{where(x.at)}</td><td>{words[x.why]}</td></tr>)}</tbody>
          </table>
        </Scroll>
        {troubles.length > TROUBLES_SHOWN && <p class="dim">{t.more(troubles.length - TROUBLES_SHOWN)}</p>}
        <Buttons onClose={onClose} ready={cells.length > 0} text={t.rest(cells.length)} />
      </form>
    </Dialog>
  )
}

export function AskDialogs({ store }: { store: JournalStore }) {
  const ask: Ask | null = store.ask.value
  if (ask === null) return null
  const onClose = (): void => {
    store.ask.value = null
    // The grid has the keys again.
    setTimeout(() => document.querySelector<HTMLElement>('.grid td.cursor')?.focus(), 0)
  }
  switch (ask.what) {
    case 'protocol': return <ProtocolForm store={store} at={ask.at} onClose={onClose} values={ask.values} />
    case 'paste': return <PasteForm store={store} placed={ask.placed} onClose={onClose} />
    case 'comment': return <CommentForm store={store} at={ask.at} onClose={onClose} />
    case 'debt': return <DebtForm store={store} at={ask.at} onClose={onClose} />
    case 'deferral': return <DeferralForm store={store} at={ask.at} onClose={onClose} />
    case 'history': return <CellHistory store={store} at={ask.at} onClose={onClose} />
  }
}
