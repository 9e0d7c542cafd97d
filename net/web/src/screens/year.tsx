// «Год и итог»: the marks that close the year, with what follows from the period marks. A proposal is
// only shown; the teacher takes it over and signs. And of a class, what is still missing (ST-5, ST-12).
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { type YearColumn, marksApi, PeriodSort, YEAR, type YearPage } from '../api/marks'
import { Flag, type Period } from '../api/types'
import { type Choices, choose, eventsOf, keyOf, proposalAt, takeProposals, valueAt } from '../control/year'
import { errorText, m, refusalText } from '../i18n'
import { dayFull, dayShort, shortName } from '../i18n/format'
import { link, replace } from '../route'
import { submit } from '../state/outbox'
import { canSign } from '../state/session'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'
import { momentOf } from './past'
import { periodValue } from './results'
import { LockTag } from './summary-lock'
import { PageTabs } from './page-tabs'

/** Of a mark of year, exam, final: 5 … 2, н/а, осв, безотм, зач, незач. Deferrals are for periods. */
const VALUES = [5, 4, 3, 2, 11, 10, 12, 14, 15]

interface CellProps { page: YearPage; pupil: number; column: number; choices: Choices; writable: boolean; onChoose: (value: number | null) => void }

function Cell({ page, pupil, column, choices, writable, onChoose }: CellProps) {
  const t = m().marks.year
  const stored = page.marks.find(([p, c]) => p === pupil && c === column)
  const chosen = choices.get(keyOf(pupil, column))
  const proposal = proposalAt(page, pupil, column)
  const value = chosen ?? stored?.[2] ?? null
  const name = `${shortName(page.pupils[pupil]!.name)}, ${page.columns[column]!.name}`
  const flags = stored?.[4] ?? 0
  const cls = `year-cell${chosen !== undefined ? ' chosen' : ''}${value === 2 ? ' two' : ''}${(flags & (Flag.Changed | Flag.Voided)) !== 0 ? ' changed' : ''}`
  if (!writable) {
    return (
      <td class={cls}>
        {value === null ? proposal !== null && <small class="proposal" title={t.proposed} aria-label={t.proposedOf(proposal)}>→{proposal}</small> : <b>{periodValue(value)}</b>}
      </td>
    )
  }
  return (
    <td class={cls}>
      <select aria-label={name} value={value === null ? '' : String(value)} onChange={(e) => onChoose(e.currentTarget.value === '' ? null : Number(e.currentTarget.value))}>
        {stored === undefined && <option value="">{m().common.none}</option>}
        {[...new Set([...VALUES, ...(value === null ? [] : [value])])].map((v) => <option key={v} value={v}>{periodValue(v)}</option>)}
      </select>
      {proposal !== null && proposal !== value && <small class="proposal" title={t.proposed} aria-label={t.proposedOf(proposal)}>→{proposal}</small>}
    </td>
  )
}

function Table({ page, choices, writable, onChoices }: { page: YearPage; choices: Choices; writable: boolean; onChoices: (c: Choices) => void }) {
  const t = m().marks.year
  const head = (column: YearColumn): string => (column.sort === PeriodSort.Usual ? m().journal.periodShort(column.name) : t.columns[column.sort])
  return (
    <Scroll class="sheet-scroll">
      <table class="sheet year-sheet">
        <caption>{t.caption(page.group_name, page.subject_name)}</caption>
        <thead><tr><th scope="col" class="sheet-name">{m().journal.pupil}</th>{page.columns.map((c) => <th key={c.name} scope="col" class={c.sort === PeriodSort.Usual ? '' : 'closing'}>{head(c)}</th>)}</tr></thead>
        <tbody>
          {page.pupils.map((pupil, p) => {
            const left = pupil.to !== null && pupil.to < Math.min(page.today, page.to)
            return (
              <tr key={pupil.id} class={left ? 'left' : undefined}>
                <th scope="row" class="sheet-name"><span class="dim">{p + 1}</span> {shortName(pupil.name)}{left && <em> ({m().summary.left})</em>}</th>
                {page.columns.map((c, k) => {
                  const value = valueAt(page, p, k)
                  return c.sort === PeriodSort.Usual
                    ? <td key={c.name} class={`mark${value === 2 ? ' two' : ''}`}>{value === null ? '' : periodValue(value)}</td>
                    : <Cell key={c.name} page={page} pupil={p} column={k} choices={choices} writable={writable && !left} onChoose={(v) => onChoices(choose(page, choices, p, k, v))} />
                })}
              </tr>
            )
          })}
        </tbody>
      </table>
    </Scroll>
  )
}

function YearBody({ page, then, onSigned }: { page: YearPage; then: boolean; onSigned: () => void }) {
  const [choices, setChoices] = useState<Choices>(new Map())
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const t = m().marks.year
  const writable = page.writable && page.marked && !then && canSign.value
  const sign = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      const answers = await submit(eventsOf(page, choices))
      const refused = answers.find((a) => a.code !== 0)
      if (refused !== undefined) setFault(refusalText(refused))
      else setChoices(new Map())
      onSigned()
    } catch (e) {
      setFault(errorText(e))
    }
    setBusy(false)
  }
  return (
    <>
      <p class={page.today >= page.due ? 'notice' : 'dim'}>{t.due(dayFull(page.due), dayFull(page.to))}</p>
      {!page.marked && <p class="notice">{t.unmarked}</p>}
      {page.marked && page.pupils.length === 0 ? <p class="empty">{m().journal.noPupils}</p> : <Table page={page} choices={choices} writable={writable} onChoices={setChoices} />}
      <p class="dim small-text">{t.rule} {m().marks.ruleText(page.rule)}</p>
      {writable && (
        <div class="row year-bar">
          {page.columns.map((c, k) => {
            const next = takeProposals(page, choices, k)
            const n = next.size - choices.size
            return (c.sort === PeriodSort.Year || c.sort === PeriodSort.Final) && n > 0 && <button key={c.name} type="button" class="button" onClick={() => setChoices(next)}>{t.take(t.columns[c.sort], n)}</button>
          })}
          <span class="grow" />
          {choices.size > 0 && <button type="button" class="button" disabled={busy} onClick={() => setChoices(new Map())}>{m().common.cancel}</button>}
          <button type="button" class="button primary" disabled={busy || choices.size === 0} onClick={() => void sign()}>{t.sign(choices.size)}</button>
        </div>
      )}
      {fault !== null && <p class="bad-text" role="alert">{fault}</p>}
    </>
  )
}

interface Props { group: string; subject: string; query: Readonly<Record<string, string>> }

/** The page of a journal that closes the year; chosen like a period. */
export function YearScreen({ group, subject, query }: Props) {
  const then = momentOf(query)
  const { value, error, again } = useLoad(() => Promise.all([marksApi.year(group, subject, then?.at ?? null), api.pages()]), [group, subject, then?.at])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const [page, pages] = value
  const names = page.columns.filter((c) => c.sort === PeriodSort.Usual)
  const span: Period = { name: YEAR, kind: 0, from: page.from, to: page.to, grade_from: 0, grade_to: 12 }
  return (
    <div class="screen wide">
      <div class="screen-head">
        <h1><strong>{page.group_name}</strong> <span>{page.subject_name}</span></h1>
        <select aria-label={m().journal.period} value={YEAR} onChange={(e) => replace(link('journal', [group, subject], { period: e.currentTarget.value }))}>
          {names.map((c) => <option key={c.name} value={c.name}>{c.name} ({dayShort(c.from)}–{dayShort(c.to)})</option>)}
          <option value={YEAR}>{m().marks.year.title}</option>
        </select>
        <LockTag group={group} period={span} />
        <PageTabs group={group} subject={subject} here="year" marked />
        <span class="grow" />
        {!pages.pages.some((p) => p.group === group && p.subject === subject && p.writable) && <span class="tag"><Icon name="lock" size={13} />{m().journal.readOnly}</span>}
      </div>
      <YearBody key={`${group}/${subject}`} page={page} then={then !== null} onSigned={again} />
    </div>
  )
}

/** Of a class: which subjects still owe marks of the year. */
export function YearOfClassPart({ group }: { group: string }) {
  const { value, error, again } = useLoad(() => marksApi.yearOfClass(group), [group])
  const t = m().marks.year
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const rows = [...value.subjects].sort((a, b) => a.subject_name.localeCompare(b.subject_name, 'ru') || a.group_name.localeCompare(b.group_name, 'ru'))
  const due = value.today >= value.due
  return (
    <section class="card">
      <p class={due ? 'notice' : 'dim'}>{t.due(dayFull(value.due), dayFull(value.to))}</p>
      {rows.length === 0 ? <p class="empty">{t.none}</p> : (
        <Scroll>
          <table class="table">
            <thead><tr><th scope="col">{m().summary.subject}</th><th scope="col">{t.group}</th>{[t.pupils, t.columns[1], t.columns[2], t.columns[3]].map((h) => <th key={h} scope="col" class="number">{h}</th>)}<th scope="col">{t.state}</th></tr></thead>
            <tbody>
              {rows.map((r) => {
                const missing = r.pupils - r.year
                return (
                  <tr key={r.group + r.subject}>
                    <th scope="row"><a href={link('journal', [r.group, r.subject], { period: YEAR })}>{r.subject_name}</a></th><td>{r.group_name}</td>
                    <td class="number">{r.pupils}</td><td class="number">{r.year}</td><td class="number">{r.exam}</td><td class="number">{r.final}</td>
                    <td>{missing === 0 && r.no_final === 0 ? <span class="tag good"><Icon name="check" size={13} />{t.whole}</span> : <span class={`tag ${due ? 'warn' : ''}`}><Icon name={due ? 'warning' : 'clock'} size={13} />{[missing > 0 ? t.noYear(missing) : '', r.no_final > 0 ? t.noFinal(r.no_final) : ''].filter((x) => x !== '').join(', ')}</span>}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
