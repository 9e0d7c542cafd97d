// «Учебный год»: periods, holidays, days off and transferred days by grade, with a picture of the year and
// what is wrong or doubtful before it is signed; the bells of both shifts. Set whole, as absolute values.
import { useMemo, useState } from 'preact/hooks'
import { type BellRow, type CalendarRow, GroupKind, officeApi, type Year } from '../api/office'
import { m } from '../i18n'
import { clock, dayFull, dayInput, dayLong, dayNumber, dayOfInput, monthName } from '../i18n/format'
import { om } from '../i18n/office'
import { bellProblems, byDay, dayIs, GRADES, isPeriod, Kind, KINDS, minutesOf, monthsOf, nextYearName, nextYearRows, type Problem, problemsOf, schoolDays } from '../office/year'
import { setBells, setCalendar } from '../session/office'
import { canSign } from '../state/session'
import { useAct } from '../ui/act'
import { ChoiceField, Field, TextField } from '../ui/field'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { arranges } from './office-rights'

type Row = CalendarRow
const GRADE_CHOICES = GRADES.map((g) => [g, String(g)] as const)
const WEEK = 6

const rowText = (row: Row | undefined): string => (row === undefined ? '' : row.name !== '' ? row.name : `${om().year.kinds[row.kind as 0]} ${dayFull(row.from)}`)

function problemText(p: Problem, rows: readonly Row[]): string {
  const t = om().year.problems
  switch (p.what) {
    case 'reversed': return t.reversed(rowText(rows[p.row]))
    case 'grades': return t.grades(rowText(rows[p.row]))
    case 'noName': return t.noName(p.row + 1)
    case 'many': return t.many
    case 'overlap': return t.overlap(rowText(rows[p.other]), rowText(rows[p.row]), p.grade)
    case 'gap': return t.gap(rowText(rows[p.other]), rowText(rows[p.row]), p.grade, dayFull(p.from), dayFull(p.to))
    case 'noPeriods': return t.noPeriods(p.grade)
    case 'mixed': return t.mixed(p.grade)
    case 'pointless': return t.pointless(rowText(rows[p.row]))
  }
}

function Problems({ problems, rows }: { problems: readonly Problem[]; rows: readonly Row[] }) {
  const t = om().year
  if (problems.length === 0) return <p class="notice good" role="status"><Icon name="check" size={15} /> {t.noProblems}</p>
  const part = (bad: boolean, title: string) => {
    const mine = problems.filter((p) => p.bad === bad)
    return mine.length === 0 ? null : <div class={`notice ${bad ? 'bad' : 'warn'}`} role="status"><p><Icon name="warning" size={15} /> <b>{title}</b></p><ul class="bullets">{mine.map((p, i) => <li key={i}>{problemText(p, rows)}</li>)}</ul></div>
  }
  return <>{part(true, t.mustMend)}{part(false, t.lookAt)}</>
}

/** A month as weeks; each day says in a letter what it is, so that colour is not the only sign. */
function Month({ first, days, rows, grade, today }: { first: number; days: number; rows: readonly Row[]; grade: number; today: number }) {
  const t = om().year
  const lead = (first + 3) % 7
  const cells = Array.from({ length: days }, (_, i) => first + i)
  const periods = rows.filter((r) => isPeriod(r)).sort(byDay)
  return (
    <section class="month">
      <h3>{monthName(first)}</h3>
      <div class="month-days">
        {Array.from({ length: lead }, (_, i) => <span key={`b${i}`} />)}
        {cells.map((d) => {
          const { is, row } = dayIs(rows, d, grade)
          const odd = row !== null && isPeriod(row) && periods.filter((p) => p.kind === row.kind && p.from <= row.from).length % 2 === 0
          const text = `${dayLong(d)}: ${t.day[is]}${row === null || row.name === '' ? '' : `, ${row.name}`}`
          return <span key={d} class={`day ${is}${odd ? ' odd' : ''}${d === today ? ' today' : ''}`} title={text} role="img" aria-label={text}>{dayNumber(d)}{t.letter[is] !== '' && <small>{t.letter[is]}</small>}</span>
        })}
      </div>
    </section>
  )
}

function Picture({ rows, today }: { rows: readonly Row[]; today: number }) {
  const [grade, setGrade] = useState(5)
  const t = om().year
  const periods = rows.filter((r) => isPeriod(r) && r.grade_from <= grade && grade <= r.grade_to).sort(byDay)
  return (
    <section class="card">
      <div class="row"><h2>{t.picture}</h2><span class="grow" /><ChoiceField label={t.grade} value={grade} choices={GRADE_CHOICES} onChoice={setGrade} /></div>
      <div class="year-picture">{monthsOf(rows).map(([first, days]) => <Month key={first} first={first} days={days} rows={rows} grade={grade} today={today} />)}</div>
      <p class="legend small-text">{(['school', 'holidays', 'off', 'working', 'outside'] as const).map((is) => <span key={is}><span class={`day ${is}`}>{t.letter[is] === '' ? '1' : t.letter[is]}</span> {t.day[is]}</span>)}</p>
      {periods.length > 0 && <ul class="plain-rows">{periods.map((p, i) => <li key={i}><b>{p.name}</b><span>{dayFull(p.from)} – {dayFull(p.to)}</span><span class="dim">{t.schoolDays(schoolDays(rows, p, WEEK))}</span></li>)}</ul>}
    </section>
  )
}

function RowFields({ row, at, onRow, onRemove }: { row: Row; at: number; onRow: (row: Row) => void; onRemove: () => void }) {
  const t = om().year
  const day = (key: 'from' | 'to', label: string) => <input type="date" aria-label={`${label}, ${t.rowN(at + 1)}`} value={dayInput(row[key])} onChange={(e) => { const d = dayOfInput(e.currentTarget.value); if (d !== null) onRow({ ...row, [key]: d }) }} />
  const grade = (key: 'grade_from' | 'grade_to', label: string) => <select aria-label={`${label}, ${t.rowN(at + 1)}`} value={row[key]} onChange={(e) => onRow({ ...row, [key]: Number(e.currentTarget.value) })}>{[...new Set([row[key], ...GRADES])].sort((a, b) => a - b).map((g) => <option key={g} value={g}>{g}</option>)}</select>
  return (
    <tr class={isPeriod(row) ? '' : 'no-period'}>
      <td><select aria-label={`${t.cols.kind}, ${t.rowN(at + 1)}`} value={row.kind} onChange={(e) => onRow({ ...row, kind: Number(e.currentTarget.value) })}>{KINDS.map((k) => <option key={k} value={k}>{t.kinds[k as 0]}</option>)}</select></td>
      <td><input aria-label={`${t.cols.name}, ${t.rowN(at + 1)}`} maxLength={100} value={row.name} onInput={(e) => onRow({ ...row, name: e.currentTarget.value })} /></td>
      <td>{day('from', om().from)}</td><td>{day('to', om().to)}</td>
      <td class="nowrap">{grade('grade_from', t.cols.gradeFrom)} – {grade('grade_to', t.cols.gradeTo)}</td>
      <td><button type="button" class="icon-button" aria-label={`${t.remove}: ${rowText(row)}`} onClick={onRemove}><Icon name="cross" size={15} /></button></td>
    </tr>
  )
}

interface EditProps { name: string; rows: readonly Row[]; isNew: boolean; today: number; onClose: () => void; onDone: () => void }

function CalendarEdit({ name: firstName, rows: first, isNew, today, onClose, onDone }: EditProps) {
  const [name, setName] = useState(firstName)
  const [rows, setRows] = useState<Row[]>([...first].sort(byDay))
  const act = useAct()
  const t = om().year
  const problems = useMemo(() => problemsOf(rows), [rows])
  const last = rows.at(-1)
  const add = (kind: Kind): void => {
    const from = last === undefined ? today : last.to + 1
    setRows([...rows, { kind, name: '', from, to: from, grade_from: 1, grade_to: 11 }])
  }
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => setCalendar(name, [...rows].sort(byDay)))) onDone()
  }
  return (
    <form class="card" onSubmit={(e) => void submit(e)}>
      <div class="row form-row"><TextField label={t.name} value={name} maxLength={20} onText={setName} hint={isNew ? t.newHint : undefined} disabled={!isNew} /><span class="grow" /><button type="button" class="button small" onClick={() => setRows([...rows].sort(byDay))}>{t.sort}</button></div>
      <Scroll><table class="table year-table"><thead><tr><th scope="col">{t.cols.kind}</th><th scope="col">{t.cols.name}</th><th scope="col">{om().from}</th><th scope="col">{om().to}</th><th scope="col">{t.cols.grades}</th><td /></tr></thead>
        <tbody>{rows.map((row, i) => <RowFields key={i} row={row} at={i} onRow={(r) => setRows(rows.map((x, k) => (k === i ? r : x)))} onRemove={() => setRows(rows.filter((_, k) => k !== i))} />)}</tbody></table></Scroll>
      <div class="row add-rows">{KINDS.map((k) => <button key={k} type="button" class="button small" onClick={() => add(k)}><Icon name="plus" size={13} />{t.kinds[k as 0]}</button>)}</div>
      <Problems problems={problems} rows={rows} />
      <Picture rows={rows} today={today} />
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <p class="field-note">{t.whole}</p>
      <div class="row"><button type="submit" class="button primary" disabled={problems.some((p) => p.bad) || rows.length === 0 || name.trim() === '' || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
    </form>
  )
}

function BellsEdit({ shift, bells: first, today, onClose, onDone }: { shift: number; bells: readonly BellRow[]; today: number; onClose: () => void; onDone: () => void }) {
  const [bells, setRows] = useState<BellRow[]>([...first])
  const [from, setFrom] = useState(today)
  const act = useAct()
  const t = om().year
  const problems = bellProblems(bells)
  const set = (i: number, next: Partial<BellRow>): void => setRows(bells.map((b, k) => (k === i ? { ...b, ...next } : b)))
  const last = bells.at(-1)
  const submit = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (await act.run(() => setBells(shift, from, [...bells].sort((a, b) => a.n - b.n)))) onDone()
  }
  return (
    <form class="write" onSubmit={(e) => void submit(e)}>
      <Field label={t.bellsFrom} hint={t.bellsHint}>{({ id, describedBy }) => <input id={id} type="date" aria-describedby={describedBy} value={dayInput(from)} onInput={(e) => setFrom(dayOfInput(e.currentTarget.value) ?? from)} />}</Field>
      <ol class="bell-rows">{bells.map((b, i) => (
        <li key={i} class="row"><b>{b.n}</b><input type="time" aria-label={`${t.begins} ${b.n}`} value={clock(b.start)} onChange={(e) => { const v = minutesOf(e.currentTarget.value); if (v !== null) set(i, { start: v }) }} /> – <input type="time" aria-label={`${t.ends} ${b.n}`} value={clock(b.end)} onChange={(e) => { const v = minutesOf(e.currentTarget.value); if (v !== null) set(i, { end: v }) }} />
          <button type="button" class="icon-button" aria-label={`${t.remove} ${b.n}`} onClick={() => setRows(bells.filter((_, k) => k !== i))}><Icon name="cross" size={14} /></button></li>
      ))}</ol>
      <button type="button" class="button small" disabled={bells.length >= 20} onClick={() => setRows([...bells, { n: (last?.n ?? 0) + 1, start: (last?.end ?? 470) + 10, end: (last?.end ?? 470) + 50 }])}><Icon name="plus" size={13} />{t.addBell}</button>
      {problems.length > 0 && <ul class="notice bad bullets" role="status">{problems.map((p) => <li key={`${p.what}${p.n}`}>{t.bellProblems[p.what](p.n)}</li>)}</ul>}
      {act.fault !== null && <p class="notice bad" role="alert">{act.fault}</p>}
      <div class="row"><button type="submit" class="button primary" disabled={problems.length > 0 || bells.length === 0 || act.busy || !canSign.value}><Icon name="pen" size={15} />{om().sign}</button><button type="button" class="button" onClick={onClose}>{m().common.cancel}</button></div>
    </form>
  )
}

function BellsCard({ year, shift, classes, onDone }: { year: Year; shift: number; classes: readonly string[]; onDone: () => void }) {
  const [edit, setEdit] = useState(false)
  const t = om().year
  const sets = year.bells.filter((b) => b.shift === shift).sort((a, b) => a.from - b.from)
  const here = [...sets].reverse().find((b) => b.from <= year.today) ?? sets[0]
  const later = sets.filter((b) => here !== undefined && b.from > here.from)
  return (
    <section class="card" aria-label={t.bells(shift)}>
      <div class="row"><h2>{t.bells(shift)}</h2><span class="grow" />{arranges() && !edit && <button type="button" class="button small" onClick={() => setEdit(true)}><Icon name="pen" size={14} />{om().settings.change}</button>}</div>
      <p class="dim small-text">{t.inShift(classes.length)}{classes.length > 0 && `: ${classes.join(', ')}`}</p>
      {edit ? <BellsEdit shift={shift} bells={here?.bells ?? []} today={year.today} onClose={() => setEdit(false)} onDone={() => { setEdit(false); onDone() }} /> : here === undefined ? <p class="dim">{om().none}</p> : (
        <><p class="dim small-text">{t.since(dayFull(here.from))}{later.map((l) => ` · ${t.changesOn(dayFull(l.from))}`)}</p>
          <ol class="bell-list">{here.bells.map((b) => <li key={b.n}><b>{b.n}</b> {clock(b.start)}–{clock(b.end)}</li>)}</ol></>
      )}
    </section>
  )
}

export function YearPart() {
  const load = useLoad(() => officeApi.year(), [])
  const groups = useLoad(() => officeApi.groups(), [])
  const [chosen, setChosen] = useState<string | null>(null)
  const [edit, setEdit] = useState<{ name: string; rows: Row[]; isNew: boolean } | null>(null)
  const t = om().year
  if (load.error !== null) return <Failure error={load.error} again={load.again} />
  const year = load.value
  if (year === null) return <Waiting />
  const shown = year.years.find((y) => y.year === chosen) ?? year.years.at(-1)
  const done = (): void => { setEdit(null); load.again() }
  const classes = (shift: number): string[] => (groups.value?.groups ?? []).filter((g) => g.kind === GroupKind.Class && g.shift === shift).map((g) => g.name).sort((a, b) => a.localeCompare(b, 'ru', { numeric: true }))
  const rows = shown === undefined ? [] : [...shown.rows].sort(byDay)
  return (
    <>
      <div class="row control-bar">
        {year.years.length > 0 && <ChoiceField label={t.year} value={shown?.year ?? ''} choices={year.years.map((y) => [y.year, y.year] as const)} onChoice={setChosen} />}
        {arranges() && edit === null && shown !== undefined && <button type="button" class="button" onClick={() => setEdit({ name: shown.year, rows, isNew: false })}><Icon name="pen" size={15} />{om().settings.change}</button>}
        {arranges() && edit === null && <button type="button" class="button" onClick={() => setEdit({ name: shown === undefined ? '' : nextYearName(shown.year), rows: nextYearRows(rows), isNew: true })}><Icon name="plus" size={15} />{t.next}</button>}
        <span class="grow" />
        <button type="button" class="button small" onClick={() => print()}>{om().print}</button>
      </div>
      {!arranges() && <p class="dim">{om().onlyRead}</p>}
      {edit !== null ? <CalendarEdit key={edit.name} {...edit} today={year.today} onClose={() => setEdit(null)} onDone={done} /> : shown === undefined ? <p class="empty">{t.none}</p> : (
        <>
          <Problems problems={problemsOf(rows)} rows={rows} />
          <Picture rows={rows} today={year.today} />
          <Scroll><table class="table year-rows"><thead><tr><th scope="col">{t.cols.kind}</th><th scope="col">{t.cols.name}</th><th scope="col">{om().from}</th><th scope="col">{om().to}</th><th scope="col">{t.cols.grades}</th></tr></thead>
            <tbody>{rows.map((r, i) => <tr key={i}><td>{t.kinds[r.kind as 0]}</td><td>{r.name}</td><td>{dayFull(r.from)}</td><td>{dayFull(r.to)}</td><td>{r.grade_from}–{r.grade_to}</td></tr>)}</tbody></table></Scroll>
        </>
      )}
      <div class="about-grid">{[1, 2].map((shift) => <BellsCard key={shift} year={year} shift={shift} classes={classes(shift)} onDone={load.again} />)}</div>
    </>
  )
}
