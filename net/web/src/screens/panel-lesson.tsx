// The lesson under the cursor: attendance, topic (proposed from the plan), homework, kind of work.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import { Flag } from '../api/types'
import type { HomeworkEdit, TopicEdit } from '../grid/edits'
import { type GridColumn, proposedWeight } from '../grid/model'
import type { JournalStore } from '../grid/store'
import { m } from '../i18n'
import { clock, dayInput, dayLong, dayOfInput, dayShort } from '../i18n/format'
import { cleanText } from '../ledger/canon'
import { session } from '../state/session'
import { Icon } from '../ui/icons'
import { HistoryDialog } from './history'
import type { HomeworkFile } from '../api/types'
import { HomeworkFiles, HomeworkFilesField } from './homework-files'

/** The keys go to the grid again. */
function focusGrid(): void {
  setTimeout(() => document.querySelector<HTMLElement>('.grid td.cursor')?.focus(), 0)
}

interface Plan { topic: string; number: number | null; work: number | null }

/** What the plan proposes for this lesson: the teacher's own day knows it. */
function usePlan(store: JournalStore, column: GridColumn): Plan | null {
  const [plan, setPlan] = useState<Plan | null>(null)
  const wanted = column.writable && (column.lesson === null || column.lesson.topic === null)
  useEffect(() => {
    setPlan(null)
    if (!wanted || session.value?.signer == null) return
    let current = true
    api.day(column.day).then((view) => {
      const found = view.lessons.find((l) => l.group === store.names.group && l.subject === store.names.subject && l.n === column.n)
      if (current && found?.next_topic != null) setPlan({ topic: found.next_topic, number: found.next_number, work: found.next_work || null })
    }, () => undefined)
    return () => { current = false }
  }, [column.lessonId, column.day, wanted])
  return plan
}

function State({ done, late, waiting }: { done: boolean; late: boolean; waiting: boolean }) {
  if (waiting) return <span class="tag">{m().journal.waiting}</span>
  if (!done) return null
  if (!late) return <span class="good-text" title={m().panel.savedState}><Icon name="check" size={15} label={m().panel.savedState} /></span>
  return <span class="tag warn"><Icon name="clock" size={12} />{m().panel.late}</span>
}

function TopicField({ store, column, onHistory }: { store: JournalStore; column: GridColumn; onHistory: () => void }) {
  const lesson = column.lesson
  const pending = store.queue.overlay.get(`topic/${column.lessonId}`) as TopicEdit | undefined
  const saved = pending?.text ?? lesson?.topic ?? ''
  const [text, setText] = useState(saved)
  const plan = usePlan(store, column)
  useEffect(() => setText(saved), [saved, column.lessonId])
  const t = m().panel
  const save = (value: string, number: number | null): void => {
    const clean = cleanText(value)
    if (clean !== '' && clean !== saved) store.setTopic(column, clean, number, lesson?.work ?? (clean === plan?.topic ? plan.work : null))
  }
  return (
    <div class="field">
      <div class="field-head">
        <label for="topic">{t.topic}{lesson?.number != null && <span class="dim"> · {t.fromPlan(lesson.number)}</span>}</label>
        <State done={lesson?.topic != null} late={((lesson?.topic_flags ?? 0) & Flag.Late) !== 0} waiting={pending !== undefined} />
        {lesson?.topic_seq != null && <button type="button" class="icon-button small" aria-label={t.topicHistory} title={t.topicHistory} onClick={onHistory}><Icon name="history" size={15} /></button>}
      </div>
      <textarea id="topic" rows={2} maxLength={300} value={text} readOnly={!column.writable} placeholder={column.writable ? '' : t.noTopic}
        onInput={(e) => setText(e.currentTarget.value)}
        onBlur={() => save(text, lesson?.number ?? (text === plan?.topic ? plan.number : null))}
        onKeyDown={(e) => { if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); e.currentTarget.blur() } if (e.key === 'Escape') setText(saved) }} />
      {plan !== null && saved === '' && (
        <button type="button" class="suggest" onClick={() => { setText(plan.topic); save(plan.topic, plan.number) }}>
          <Icon name="check" size={14} /><span><b>{t.takePlan}</b>{plan.number !== null && ` № ${plan.number}`}: {plan.topic}</span>
        </button>
      )}
    </div>
  )
}

function HomeworkField({ store, column, onHistory }: { store: JournalStore; column: GridColumn; onHistory: () => void }) {
  const lesson = column.lesson
  const pending = store.queue.overlay.get(`homework/${column.lessonId}`) as HomeworkEdit | undefined
  const saved = pending?.text ?? lesson?.homework ?? null
  const [text, setText] = useState(saved ?? '')
  const [due, setDue] = useState(lesson?.homework_due ?? null)
  const [manner, setManner] = useState(0)
  useEffect(() => {
    setText(saved ?? '')
    setDue(pending?.due ?? lesson?.homework_due ?? null)
  }, [saved, column.lessonId])
  const t = m().panel
  const lessons = store.page.value.lessons
  const previous = lessons.filter((l) => (l.day < column.day || (l.day === column.day && l.n < column.n)) && l.homework !== null && l.homework !== '').at(-1)
  const save = (): void => {
    const clean = cleanText(text)
    if (clean === '' || (clean === saved && due === (pending?.due ?? lesson?.homework_due ?? null))) return
    store.setHomework(column, clean, due, manner === 0 ? null : manner)
  }
  return (
    <div class="field">
      <div class="field-head">
        <label for="homework">{t.homework}</label>
        <State done={saved !== null} late={((lesson?.homework_flags ?? 0) & Flag.Late) !== 0} waiting={pending !== undefined} />
        {lesson?.homework_seq != null && <button type="button" class="icon-button small" aria-label={t.homeworkHistory} title={t.homeworkHistory} onClick={onHistory}><Icon name="history" size={15} /></button>}
      </div>
      <textarea id="homework" rows={3} maxLength={1500} value={text} readOnly={!column.writable} placeholder={saved === '' ? m().day.notSet : ''} onInput={(e) => setText(e.currentTarget.value)} onBlur={save}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.currentTarget.blur() }} />
      {previous !== undefined && <p class="field-note">{t.homeworkPrev} ({dayShort(previous.day)}): {previous.homework}</p>}
      {column.writable && (
        <div class="row">
          <label class="inline">{t.due} <input type="date" value={dayInput(due)} min={dayInput(column.day)} onChange={(e) => setDue(dayOfInput(e.currentTarget.value))} onBlur={save} /></label>
          <label class="inline">{t.manner} <select value={manner} onChange={(e) => setManner(Number(e.currentTarget.value))}>
            <option value={0}>{m().common.none}</option>{[1, 2, 3, 4].map((n) => <option key={n} value={n}>{t.manners[n]}</option>)}
          </select></label>
          <button type="button" class="button small" disabled={saved === ''} onClick={() => store.setHomework(column, '', null, null)}>{t.homeworkNone}</button>
        </div>
      )}
    </div>
  )
}

const filesOf = (store: JournalStore, lesson: string): HomeworkFile[] => store.page.value.files.filter(([at]) => store.page.value.lessons[at]!.id === lesson).map(([, file]) => file)

function WorkFields({ store, column }: { store: JournalStore; column: GridColumn }) {
  const t = m().panel
  const fixed = !column.writable || !store.columnIsEmpty(column)
  return (
    <div class="row works">
      <label class="inline">{t.work}
        <select value={column.work} disabled={fixed} onChange={(e) => store.chooseWork(column, Number(e.currentTarget.value))}>
          {Object.entries(m().works).map(([n, name]) => <option key={n} value={n}>{name}</option>)}
        </select>
      </label>
      <label class="inline">{t.weight}
        <input type="number" class="tiny" min={1} max={100} value={column.weight} disabled={fixed}
          onChange={(e) => store.chooseWork(column, column.work, Math.max(1, Math.min(100, Math.round(Number(e.currentTarget.value)) || proposedWeight(column.work))))} />
      </label>
      {column.writable && column.kind === 'mark' && <button type="button" class="button small" title={t.addColumn} onClick={() => { store.addColumn(column); focusGrid() }}><Icon name="plus" size={14} />{t.addColumn}</button>}
    </div>
  )
}

export function LessonPanel({ store }: { store: JournalStore }) {
  const [history, setHistory] = useState<'topic' | 'homework' | null>(null)
  const column = store.columns.value[store.grid.value.cursor.col]
  void store.queue.version.value
  if (column === undefined || column.kind === 'period') return null
  const t = m().panel
  const lesson = column.lesson
  const [start, end] = lesson !== null ? [lesson.start, lesson.end] : [column.slot!.start, column.slot!.end]
  const waiting = store.queue.overlay.has(`s/${column.lessonId}`)
  const done = lesson?.sheet === true || waiting
  return (
    <section class="panel-block" aria-label={t.lesson} key={column.lessonId}>
      <h2>{dayLong(column.day)} <span class="dim">· {m().common.lessonN(column.n)} · {clock(start)}–{clock(end)}</span></h2>
      {lesson?.substituted === true && <p class="tag">{t.substituted(lesson.actual_name, lesson.assigned_name)}</p>}
      {column.kind === 'slot' && <p class="field-note">{m().journal.slot}</p>}
      <div class="row">
        <button type="button" class={`button${done ? '' : ' primary'}`} disabled={!column.writable || done} onClick={() => store.allPresent(column)}>
          <Icon name={done ? 'check' : 'people'} size={16} />{done ? t.sheetDone : t.allPresent}
        </button>
        {!done && <span class="dim">{t.sheetMissing}</span>}
      </div>
      <TopicField key={'t' + column.lessonId} store={store} column={column} onHistory={() => setHistory('topic')} />
      <HomeworkField key={'h' + column.lessonId} store={store} column={column} onHistory={() => setHistory('homework')} />
      {column.kind === 'mark' && (column.writable
        ? <HomeworkFilesField key={'f' + column.lessonId} lesson={column.lessonId} files={filesOf(store, column.lessonId)} onSigned={() => store.signedBeside(column.day)} />
        : <HomeworkFiles lesson={column.lessonId} files={filesOf(store, column.lessonId)} />)}
      <WorkFields store={store} column={column} />
      {history !== null && <HistoryDialog title={history === 'topic' ? t.topicHistory : t.homeworkHistory} query={{ lesson: column.lessonId, what: history }} what={history} then={store.then} onClose={() => setHistory(null)} />}
    </section>
  )
}
