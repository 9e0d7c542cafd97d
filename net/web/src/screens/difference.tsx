// What differs between two moments: cell by cell, before and after, by whom or by which act.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { DifferenceCell, DifferenceSide, Moment } from '../api/types'
import { cellWord, errorText, m } from '../i18n'
import { count, dayLong, moment, momentShort, shortName } from '../i18n/format'
import { link, replace } from '../route'
import { type Acts, actText, loadActs } from '../state/acts'
import { now } from '../state/school'
import { Icon } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { MomentField } from '../ui/moment'

type Query = Readonly<Record<string, string>>

function sideOf(query: Query, name: 'from' | 'to'): Moment | null {
  const at = Number(query[name])
  const known = Number(query[`${name}_known`] ?? query[name])
  return Number.isInteger(at) && at >= 1 && known >= at ? { at, known } : null
}

interface Page { readonly key: string; readonly name: string; readonly lessons: readonly { readonly key: string; readonly first: DifferenceCell; readonly cells: readonly DifferenceCell[] }[] }

export function pagesOf(cells: readonly DifferenceCell[]): Page[] {
  const pages = new Map<string, Map<string, DifferenceCell[]>>()
  for (const cell of cells) {
    const page = pages.get(`${cell.group}/${cell.subject}`) ?? new Map<string, DifferenceCell[]>()
    const key = cell.lesson ?? `p/${cell.period}`
    page.set(key, [...(page.get(key) ?? []), cell])
    pages.set(`${cell.group}/${cell.subject}`, page)
  }
  return [...pages].map(([key, lessons]) => {
    const list = [...lessons].map(([k, all]) => ({ key: k, first: all[0]!, cells: all })).sort((a, b) => a.first.day - b.first.day || a.first.n - b.first.n)
    const first = list[0]!.first
    return { key, name: `${first.group_name} · ${first.subject_name}`, lessons: list }
  }).sort((a, b) => a.name.localeCompare(b.name, 'ru'))
}

function Why({ cell, acts }: { cell: DifferenceCell; acts: Acts }) {
  const t = m().difference
  if (cell.report !== null) return <span class="tag bad"><Icon name="undo" size={12} />{actText(cell.report, acts.get(cell.report))}</span>
  return <span class="dim">{cell.name !== '' ? `${cell.name}, ${momentShort(cell.recorded)}` : t.unknown}</span>
}

function Side({ side, title }: { side: DifferenceSide; title: string }) {
  const t = m().difference
  return <><dt>{title}</dt><dd>{moment(side.recorded)} <span class="dim">{m().past.position(count(side.content))}{side.knowledge > side.content && `, ${t.known(count(side.knowledge))}`}</span></dd></>
}

function Chooser({ query }: { query: Query }) {
  const [from, setFrom] = useState<number | null>(null)
  const [to, setTo] = useState<number | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().difference
  const compare = async (e: Event): Promise<void> => {
    e.preventDefault()
    if (from === null) return setFault(m().report.needTime)
    try {
      const [a, b] = await Promise.all([api.moment(Math.min(from, now())), api.moment(Math.min(to ?? now(), now()))])
      setFault(null)
      replace(link('difference', [], { group: query['group'], subject: query['subject'], from: Math.min(a.position, b.position), to: Math.max(a.position, b.position) }))
    } catch (error) {
      setFault(errorText(error))
    }
  }
  return (
    <form class="card chooser" onSubmit={(e) => void compare(e)}>
      <MomentField label={t.from} value={from} onMoment={setFrom} />
      <MomentField label={t.toOrNow} value={to} onMoment={setTo} />
      <button type="submit" class="button primary">{t.compare}</button>
      {fault !== null && <p class="notice bad" role="alert">{fault}</p>}
    </form>
  )
}

function List({ query, from, to }: { query: Query; from: Moment; to: Moment }) {
  const t = m().difference
  const { value, error, again } = useLoad(async () => {
    const [difference, acts] = await Promise.all([api.difference(from, to, { group: query['group'], subject: query['subject'], pupil: query['pupil'] }), loadActs()])
    return { difference, acts }
  }, [from.at, from.known, to.at, to.known, query['group'], query['subject'], query['pupil']])
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const { difference, acts } = value
  return (
    <>
      <section class="card"><dl class="facts"><Side side={difference.from} title={t.from} /><Side side={difference.to} title={t.to} /></dl></section>
      {difference.more && <p class="notice warn">{t.more}</p>}
      {difference.cells.length === 0 && <p class="empty">{t.none}</p>}
      {pagesOf(difference.cells).map((page) => (
        <section key={page.key} class="card difference-page">
          <h2>{page.name}</h2>
          {page.lessons.map((l) => (
            <div key={l.key} class="difference-lesson">
              <h3>{l.first.lesson === null ? l.first.period : `${dayLong(l.first.day)}, ${m().common.lessonN(l.first.n)}`}</h3>
              <ul>{l.cells.map((c, i) => (
                <li key={i} class="difference-cell">
                  <span>{c.pupil_name !== '' && <b>{shortName(c.pupil_name)}</b>} <span class="dim">{m().preview.what[c.what]}</span></span>
                  <span class="message-values"><del>{cellWord(c.before)}</del> <Icon name="right" size={13} /> <b>{cellWord(c.after)}</b></span>
                  <Why cell={c} acts={acts} />
                </li>
              ))}</ul>
            </div>
          ))}
        </section>
      ))}
    </>
  )
}

export function DifferenceScreen({ query }: { query: Query }) {
  const [from, to] = [sideOf(query, 'from'), sideOf(query, 'to')]
  const act = query['act']
  const t = m().difference
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{act === undefined ? t.title : t.titleAct(Number(act))}</h1>
        {act !== undefined && <a class="button small" href={link('breach', ['reports'], { act })}>{m().common.back}</a>}
      </div>
      <p class="screen-lead">{act === undefined ? t.lead : t.leadAct}</p>
      {act === undefined && <Chooser query={query} />}
      {from !== null && to !== null && <List query={query} from={from} to={to} />}
    </div>
  )
}
