// The journal page: the grid in the middle, the lesson and the cell at the right, the saved-state
// line below. The store holds everything; this file only brings the parts together.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { api } from '../api/client'
import { onLive } from '../api/live'
import { YEAR } from '../api/marks'
import type { JournalPage, Moment, PagesView, Period } from '../api/types'
import { JournalGrid } from '../grid/render'
import { JournalStore, unsettledStore } from '../grid/store'
import { m } from '../i18n'
import { dayShort } from '../i18n/format'
import { link, replace } from '../route'
import { dayOf, msOfDay, now } from '../state/school'
import { seal } from '../state/seal'
import { isStaff } from '../state/session'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { AskDialogs } from './cell-dialogs'
import { Conflicts } from './conflicts'
import { HomeworkClock, useMinutes } from './homework-clock'
import { Keypad } from './keypad'
import { isRoomy, momentOf, MomentPicker, momentQuery, PastFrame } from './past'
import { CellPanel } from './panel-cell'
import { PageTabs } from './page-tabs'
import { LessonPanel } from './panel-lesson'
import { LockTag } from './summary-lock'
import { RollDialog } from './roll'
import { StateLine } from './state-line'
import { YearScreen } from './year'

interface Props { group: string; subject: string; query: Readonly<Record<string, string>> }

/** The periods of a grade: quarters for some, half-years for others. */
function periodsOf(view: PagesView, grade: number): Period[] {
  return view.periods.filter((p) => p.kind <= 2 && (grade === 0 || (p.grade_from <= grade && grade <= p.grade_to))).sort((a, b) => a.from - b.from)
}

/** The period asked for, or that of the day, or the last one that has begun. */
function choosePeriod(periods: readonly Period[], name: string | undefined, day: number): Period | null {
  return periods.find((p) => p.name === name)
    ?? periods.find((p) => p.from <= day && day <= p.to)
    ?? periods.filter((p) => p.from <= day).at(-1) ?? periods[0] ?? null
}

interface Opened {
  store: JournalStore; periods: Period[]; period: Period | null
  /** Of another moment: when its content was reached. */
  recorded: number | null
}

async function openPast(group: string, subject: string, periods: Period[], period: Period | null, day: number, then: Moment): Promise<Opened> {
  const [page, found] = await Promise.all([api.journal(group, subject, period?.from ?? day - 60, period?.to ?? day, then), api.momentAt(then.at)])
  return { store: new JournalStore(page, period, then), periods, period, recorded: found.recorded }
}

async function openPeriod(group: string, subject: string, periods: Period[], period: Period | null, day: number, then: Moment | null): Promise<Opened> {
  if (then !== null) return openPast(group, subject, periods, period, day, then)
  const waiting = unsettledStore(group, subject, period?.name ?? null)
  if (waiting !== null) {
    void waiting.reload()
    return { store: waiting, periods, period, recorded: null }
  }
  const page: JournalPage = await api.journalKept(group, subject, period?.from ?? day - 60, period?.to ?? day)
  return { store: new JournalStore(page, period), periods, period, recorded: null }
}

async function open(group: string, subject: string, name: string | undefined, day: number, then: Moment | null): Promise<Opened> {
  const pages = await api.pages()
  const grade = pages.pages.find((p) => p.group === group && p.subject === subject)?.grade ?? 0
  const periods = periodsOf(pages, grade)
  const period = choosePeriod(periods, name, day)
  const opened = await openPeriod(group, subject, periods, period, day, then)
  // A period that has only just begun shows nothing to a reader: then the one before is opened.
  const before = period === null ? -1 : periods.indexOf(period) - 1
  if (name !== undefined || then !== null || before < 0 || opened.store.columns.value.some((c) => c.kind !== 'period')) return opened
  return openPeriod(group, subject, periods, periods[before]!, day, null)
}

export function JournalScreen(props: Props) {
  return props.query['period'] === YEAR ? <YearScreen {...props} /> : <PeriodScreen {...props} />
}

function PeriodScreen({ group, subject, query }: Props) {
  const today = dayOf(now())
  const day = query['day'] === undefined ? null : Number(query['day'])
  const n = query['n'] === undefined ? null : Number(query['n'])
  const then = momentOf(query)
  const { value, error, again } = useLoad(() => open(group, subject, query['period'], day ?? today, then), [group, subject, query['period'] ?? '', query['period'] === undefined ? day : null, then?.at, then?.known])
  useMemo(() => value?.store.findLesson(day ?? today, n), [value, day, n])
  useEffect(() => onLive('page', (e) => value?.store.onLive(e)), [value])
  // A report or a receipt may change what counts anywhere: the page is fetched again.
  useEffect(() => onLive('breach', () => void value?.store.reload()), [value])
  useEffect(() => {
    let wasDown = false
    // After a broken line events were missed: what is shown is fetched again.
    return onLive('line', (up) => {
      if (up && wasDown) void value?.store.reload()
      wasDown = !up
    })
  }, [value])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const travel = (next: Moment | null): void => replace(link('journal', [group, subject], { period: value.period?.name, ...momentQuery(next) }))
  // While another page is on its way the old one stays; what frames it is its own moment.
  return (
    <PastFrame then={value.store.then} recorded={value.recorded} onMoment={travel}>
      <Journal opened={value} onMoment={travel} />
    </PastFrame>
  )
}

/** Until when today's homework is to be set, while it is not: «сдать до». */
function PageDue({ store }: { store: JournalStore }) {
  useMinutes()
  const today = dayOf(now())
  const { value } = useLoad(() => api.day(today).catch(() => null), [today])
  const page = store.page.value
  const isSet = (n: number): boolean => page.lessons.some((l) => l.day === today && l.n === n && l.homework !== null)
  const due = value?.lessons.filter((l) => l.group === page.group.id && l.subject === page.subject.id && !isSet(l.n) && msOfDay(today, l.start) <= now()) ?? []
  return <>{due.map((l) => <HomeworkClock key={l.n} lesson={l} until />)}</>
}

function Journal({ opened, onMoment }: { opened: Opened; onMoment: (then: Moment | null) => void }) {
  const { store, periods, period } = opened
  const { then } = store
  const [panel, setPanel] = useState(() => matchMedia('(min-width: 900px)').matches)
  const [roll, setRoll] = useState(false)
  const canRoll = store.columns.value.some((c) => c.writable && c.kind !== 'period')
  const [picking, setPicking] = useState(then !== null && isRoomy())
  const pick = (next: Moment | null): void => {
    if (!isRoomy()) setPicking(false)
    onMoment(next)
  }
  const page = store.page.value
  const t = m().journal
  const choose = (name: string): void => replace(link('journal', [page.group.id, page.subject.id], { period: name, ...momentQuery(then) }))
  return (
    <div class={`journal${panel ? ' with-panel' : ''}`}>
      <div class="journal-head">
        <h1><strong>{page.group.name}</strong> <span>{page.subject.name}</span></h1>
        {periods.length > 0 && (
          <select aria-label={t.period} value={period?.name} onChange={(e) => choose(e.currentTarget.value)}>
            {periods.map((p) => <option key={p.name} value={p.name}>{p.name} ({dayShort(p.from)}–{dayShort(p.to)})</option>)}
            {page.subject.marked && <option value={YEAR}>{m().marks.year.title}</option>}
          </select>
        )}
        {then === null && <PageTabs group={page.group.id} subject={page.subject.id} here="marks" marked={page.subject.marked} />}
        {then === null && isStaff.value && <LockTag group={page.group.id} period={period} />}
        {store.columns.value.every((c) => !c.writable) && <span class="tag"><Icon name="lock" size={13} />{t.readOnly}</span>}
        {then === null && canRoll && <PageDue store={store} />}
        <span class="grow" />
        {then === null && canRoll && <button type="button" class="button small" onClick={() => setRoll(true)}><Icon name="check" size={15} />{m().grid.roll.open}</button>}
        {then !== null && <a class="button small" href={link('difference', [], { group: page.group.id, subject: page.subject.id, from: then.at, to: seal.value.size })}><Icon name="repeat" size={15} />{m().past.compare}</a>}
        <button type="button" class="button small" aria-pressed={picking} onClick={() => setPicking(!picking)}><Icon name="history" size={15} />{m().past.onDate}</button>
        <button type="button" class="button small" aria-pressed={panel} onClick={() => setPanel(!panel)}><Icon name="list" size={15} />{m().panel.lesson}</button>
        {picking && <MomentPicker stops={() => api.stops(page.group.id, page.subject.id, page.from, page.to)} then={then} onMoment={pick} />}
      </div>
      <Conflicts store={store} />
      <JournalGrid store={store} />
      {panel && (
        <aside class="panel" aria-label={m().panel.lesson}>
          <CellPanel store={store} />
          <LessonPanel key={then === null ? 'now' : `${then.at}/${then.known}`} store={store} />
        </aside>
      )}
      <div class="journal-foot">
        {then === null && <Keypad store={store} />}
        <StateLine store={store} />
      </div>
      <AskDialogs store={store} />
      {roll && <RollDialog store={store} onClose={() => setRoll(false)} />}
    </div>
  )
}
