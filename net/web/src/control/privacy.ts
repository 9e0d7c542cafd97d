// What is stored about a person, put into words that can be read: how much of each kind, and one entry.
import type { PersonRow, SealedValue } from '../api/privacy'
import type { Day, Ms, Seq } from '../api/types'
import { dayFull } from '../i18n/format'

export interface KindCount { readonly kind: string; readonly count: number; readonly first: number; readonly last: number }

/** The commonest kind first. */
export function byKind(rows: readonly PersonRow[]): KindCount[] {
  const kinds = new Map<string, KindCount>()
  for (const { kind, recorded } of rows) {
    const old = kinds.get(kind)
    kinds.set(kind, { kind, count: (old?.count ?? 0) + 1, first: Math.min(old?.first ?? recorded, recorded), last: Math.max(old?.last ?? recorded, recorded) })
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind))
}

export const placeOf = (r: PersonRow): string => [r.group_name, r.subject_name, r.day === null ? '' : dayFull(r.day)].filter((s) => s !== '').join(', ')

const isId = (text: string): boolean => /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(text)

/** The values that say something by themselves: no ids, keys or positions, nothing empty. */
function words(value: unknown): string[] {
  if (typeof value === 'string') return value === '' || isId(value) ? [] : [value]
  if (typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) {
    const parts = value.flatMap(words)
    return value.every((v) => typeof v === 'number') && parts.length > 0 ? [parts.join('/')] : parts
  }
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, v]) => (DULL.has(key) ? [] : words(v)))
  return []
}

/** Fields that only tell machines something. */
const DULL: ReadonlySet<string> = new Set(['prev', 'upto', 'column', 'weight', 'work', 'shift', 'role'])

export const rowText = (r: PersonRow): string => words(r.body).join(' · ')

/** A value that may be erased alone, with the entry that it stands in. */
export interface SeparableValue extends SealedValue { readonly seq: Seq; readonly kind: string; readonly recorded: Ms; readonly place: string; readonly author: string }

/** What may go alone, and what went; the newest first. */
export const separable = (rows: readonly PersonRow[]): SeparableValue[] =>
  rows.flatMap((r) => r.sealed.filter((v) => v.there || v.erased !== null).map((v) => ({ ...v, seq: r.seq, kind: r.kind, recorded: r.recorded, place: placeOf(r), author: r.author_name }))).reverse()

export const termIsOver = (v: SealedValue, today: Day): boolean => v.due !== null && v.due <= today
