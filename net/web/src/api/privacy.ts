// Personal data: what is stored about a person, who looked, until when it is kept (specs/api.md).
import { get, getBytes } from './client'
import type { Bytes } from '../ledger/hash'
import type { Day, Hex, Id, Ms, Seq } from './types'

/** A value that may be erased alone: `there` as long as it is; `due`: from that day its term is over. */
export interface SealedValue { commitment: Hex; field: string; there: boolean; text: string; due: Day | null; erased: Erased | null }
export interface PersonRow {
  seq: Seq; id: Hex; kind: string; recorded: Ms; author: Id; author_name: string; signed: boolean; counts: boolean
  day: Day | null; group_name: string; subject_name: string; sealed: readonly SealedValue[]; body: Readonly<Record<string, unknown>> | null
}
export interface Person { id: Id; account: boolean; name: string; made: Ms; size: number; rows: PersonRow[]; more: boolean }

export interface Read { time: Ms; account: Id; account_name: string; view: string; about: string; subject: Id | null }
export interface Reads { from: Day; to: Day; reads: Read[]; more: boolean }

export interface Erased { seq: Seq; ground: number; reference: string; author: Id; author_name: string; second: Id; second_name: string; recorded: Ms }
export interface Term { id: Id; name: string; account: boolean; state: 'in_use' | 'blocked' | 'due' | 'erased'; keeping: 'nothing' | 'access' | 'journal' | 'summary'; last: Day | null; due: Day | null; erased: Erased | null }
export interface Terms { today: Day; more: boolean; rows: Term[] }

/** Whose data: a pupil's or an account's. */
export type Whose = { readonly pupil: Id } | { readonly account: Id }

export const privacyApi = {
  /** Seen here, and saved as the very bytes that came. */
  person: async (whose: Whose): Promise<{ person: Person; bytes: Bytes }> => {
    const bytes = await getBytes('/api/person', whose)
    return { person: JSON.parse(new TextDecoder().decode(bytes)) as Person, bytes }
  },
  reads: (whose: Whose | null, from: Day, to: Day) => get<Reads>('/api/reads', { ...whose, from, to }),
  terms: () => get<Terms>('/api/retention'),
}
