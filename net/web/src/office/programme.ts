// The list of topics of a plan as it is written: lines from a spreadsheet, and what is to be signed. Pure.
import type { PlanTopic } from '../api/office'

/** A topic as it is edited; its number is its place, from 1. An empty text: no topic there. */
export interface TopicDraft { readonly text: string; readonly work: number }

export const TOPIC_BYTES_MAX = 500
export const TOPICS_MAX = 1000
const HOURS_MAX = 20
/** As many as one event is made to hold. */
export const CHUNK = 100

const bytes = (text: string): number => new TextEncoder().encode(text).length
export const isTooLong = (text: string): boolean => bytes(text.trim().normalize('NFC')) > TOPIC_BYTES_MAX

export type LineProblem = { readonly line: number; readonly what: 'noTopic' | 'long' | 'hours' | 'work'; readonly value: string }
export interface Parsed { readonly rows: readonly TopicDraft[]; readonly problems: readonly LineProblem[]; readonly dates: boolean }

interface Columns { readonly text: number; readonly hours: number; readonly work: number }

const HEADER = { text: /тема|topic/i, hours: /час|hour/i, work: /^(вид|work)/i }
const isNumber = (cell: string): boolean => /^\d{1,4}\.?$/.test(cell)
const isDate = (cell: string): boolean => /^\d{1,2}[./-]\d{1,2}([./-]\d{2,4})?$|^\d{4}-\d{2}-\d{2}$/.test(cell)
const hasLetters = (cell: string): boolean => /\p{L}/u.test(cell)

function headerOf(cells: readonly string[]): Columns | null {
  const find = (re: RegExp): number => cells.findIndex((c) => re.test(c))
  const text = cells.length > 1 ? find(HEADER.text) : -1
  return text < 0 ? null : { text, hours: find(HEADER.hours), work: find(HEADER.work) }
}

/** Without a header: the topic is the first cell with letters, hours a number after it. */
function guess(cells: readonly string[], works: readonly string[]): Columns {
  const text = cells.findIndex((c) => hasLetters(c))
  const after = (test: (cell: string) => boolean): number => cells.findIndex((c, i) => i > text && test(c))
  return { text, hours: after(isNumber), work: after((c) => works.includes(c.toLowerCase())) }
}

/**
 * Lines as a spreadsheet gives them, cells apart by tabs: number (its place is what counts), topic, hours, kind of
 * work; with a header in whatever order. A topic of several hours becomes that many lessons; dates are left out.
 */
export function parseTopics(text: string, works: readonly string[]): Parsed {
  const names = works.map((w) => w.toLowerCase())
  const rows: TopicDraft[] = []
  const problems: LineProblem[] = []
  let header: Columns | null = null
  let dates = false
  text.split(/\r\n|\r|\n/).forEach((line, i) => {
    const cells = line.split('\t').map((c) => c.trim().replace(/^"(.*)"$/, '$1').replaceAll('""', '"').replace(/\s+/g, ' '))
    if (cells.every((c) => c === '')) return
    const found = rows.length === 0 && header === null ? headerOf(cells) : null
    if (found !== null) { header = found; return }
    const at: Columns = header ?? guess(cells, names)
    const topic = at.text < 0 ? '' : cells[at.text] ?? ''
    const hours = at.hours < 0 ? '' : cells[at.hours] ?? ''
    const work = at.work < 0 ? '' : cells[at.work] ?? ''
    dates ||= cells.some((c) => isDate(c))
    const problem = (what: LineProblem['what'], value: string): void => { problems.push({ line: i + 1, what, value }) }
    if (topic === '') problem('noTopic', line.trim())
    else if (isTooLong(topic)) problem('long', topic)
    else if (hours !== '' && !(isNumber(hours) && parseInt(hours, 10) >= 1 && parseInt(hours, 10) <= HOURS_MAX)) problem('hours', hours)
    else if (work !== '' && !names.includes(work.toLowerCase())) problem('work', work)
    else for (let n = hours === '' ? 1 : parseInt(hours, 10); n > 0; n--) rows.push({ text: topic, work: work === '' ? 0 : names.indexOf(work.toLowerCase()) + 1 })
  })
  return { rows, problems, dates }
}

/** The plan as a list by number; numbers without a topic are empty. */
export function draftsOf(topics: readonly PlanTopic[]): TopicDraft[] {
  const last = Math.max(0, ...topics.map((t) => t.number))
  const by = new Map(topics.map((t) => [t.number, t]))
  return Array.from({ length: last }, (_, i) => ({ text: by.get(i + 1)?.text ?? '', work: by.get(i + 1)?.work ?? 0 }))
}

export interface PlanChanges { readonly sets: readonly { readonly first: number; readonly topics: readonly TopicDraft[] }[]; readonly withdrawn: readonly number[] }

/** What makes the plan that list: runs of topics that differ, and numbers that are to have none. */
export function planChanges(before: readonly TopicDraft[], after: readonly TopicDraft[]): PlanChanges {
  const sets: { first: number; topics: TopicDraft[] }[] = []
  const withdrawn: number[] = []
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [was, is] = [before[i] ?? { text: '', work: 0 }, after[i] ?? { text: '', work: 0 }]
    const text = is.text.trim()
    if (text === '') {
      if (was.text !== '') withdrawn.push(i + 1)
    } else if (text !== was.text || is.work !== was.work) {
      const run = sets.at(-1)
      if (run !== undefined && run.first + run.topics.length === i + 1 && run.topics.length < CHUNK) run.topics.push({ text, work: is.work })
      else sets.push({ first: i + 1, topics: [{ text, work: is.work }] })
    }
  }
  return { sets, withdrawn }
}

export const changeCount = (changes: PlanChanges): number => changes.withdrawn.length + changes.sets.reduce((n, s) => n + s.topics.length, 0)
