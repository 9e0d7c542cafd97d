// «Классы»: the journal pages that this account may read, by grade and class.
import { useState } from 'preact/hooks'
import { api } from '../api/client'
import type { PageRef } from '../api/types'
import { hasWords, wordsOf } from '../control/find'
import { m } from '../i18n'
import { link } from '../route'
import { OfficerTasks } from './officer-tasks'
import { RepairsBanner } from './repairs-banner'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Icon } from '../ui/icons'

interface Group { id: string; name: string; grade: number; pages: PageRef[] }

function groups(pages: readonly PageRef[]): Group[] {
  const byId = new Map<string, Group>()
  for (const page of pages) {
    const group = byId.get(page.group) ?? { id: page.group, name: page.group_name, grade: page.grade, pages: [] }
    group.pages.push(page)
    byId.set(page.group, group)
  }
  return [...byId.values()].sort((a, b) => a.grade - b.grade || a.name.localeCompare(b.name, 'ru', { numeric: true }))
}

const matches = (page: PageRef, words: readonly string[]): boolean => hasWords(`${page.group_name} ${page.subject_name}`, words)

function PageChip({ page }: { page: PageRef }) {
  return (
    <a class={`chip${page.writable ? ' writable' : ''}`} href={link('journal', [page.group, page.subject])}>
      {page.writable && <Icon name="pen" size={13} label={m().pages.mine} />}{page.subject_name}
    </a>
  )
}

function Mine({ pages }: { pages: readonly PageRef[] }) {
  const mine = pages.filter((p) => p.writable)
  if (mine.length === 0 || mine.length === pages.length) return null
  return (
    <section class="card">
      <h2>{m().pages.mine}</h2>
      <div class="chips">
        {mine.map((p) => <a key={p.group + p.subject} class="chip writable" href={link('journal', [p.group, p.subject])}><strong>{p.group_name}</strong> {p.subject_name}</a>)}
      </div>
    </section>
  )
}

export function PagesScreen() {
  const { value, error, again } = useLoad(() => api.pages(), [])
  const [find, setFind] = useState('')
  const [grade, setGrade] = useState<number | null>(null)
  const t = m().pages
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const words = wordsOf(find)
  const grades = [...new Set(value.pages.map((p) => p.grade))].sort((a, b) => a - b)
  const shown = groups(value.pages.filter((p) => (grade === null || p.grade === grade) && matches(p, words)))
  return (
    <div class="screen">
      <div class="screen-head">
        <h1>{t.title}</h1>
        <a class="button small" href={link('difference')}><Icon name="repeat" size={15} />{m().difference.open}</a>
        <label class="search"><Icon name="search" /><input type="search" placeholder={t.find} aria-label={m().common.search} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
      </div>
      <OfficerTasks />
      <RepairsBanner />
      {value.pages.length === 0 ? <p class="empty">{t.empty}</p> : (
        <>
          {words.length === 0 && grade === null && <Mine pages={value.pages} />}
          {grades.length > 1 && (
            <div class="segments" role="group" aria-label={t.title}>
              <button type="button" aria-pressed={grade === null} onClick={() => setGrade(null)}>{m().common.all}</button>
              {grades.map((g) => <button key={g} type="button" aria-pressed={grade === g} onClick={() => setGrade(g)}>{g === 0 ? t.grade(0) : g}</button>)}
            </div>
          )}
          <div class="groups">
            {shown.map((g) => (
              <section key={g.id} class="group-row">
                <h2>{g.name}</h2>
                <div class="chips">{g.pages.map((p) => <PageChip key={p.subject} page={p} />)}</div>
              </section>
            ))}
          </div>
          {shown.length === 0 && <p class="empty">{m().common.nothing}</p>}
        </>
      )}
    </div>
  )
}
