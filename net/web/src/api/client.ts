// Requests: one function per address of specs/api.md. Answers are msgpack; a refusal becomes an
// ApiError that carries the server's own sentence, a broken line becomes an OfflineError.
import { decodeView, encode, type Value } from '../ledger/canon'
import type { Bytes } from '../ledger/hash'
import { type CellQuery, tidyAccounts, tidyDiary, tidyPage, tidyPreview, tidyRepairs, tidyReports, tidyVersions } from './tidy'
import type * as F from './families'
import type * as T from './types'

const MSGPACK = 'application/msgpack'

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly field: string,
    readonly ru: string,
    readonly en: string,
  ) {
    super(`${status} ${code}`)
  }
}

/** The refusal of an event, as an error to show: it carries the server's own sentence. */
export const refusalOf = (a: T.EventAnswer): ApiError => new ApiError(422, a.error ?? '', a.field ?? '', a.ru ?? '', a.en ?? '')

/** The server could not be reached, or answered with a fault of its own that may pass. */
export class OfflineError extends Error {}

/** The server is there, but the log's signer does not answer it: nothing entered the log, and the same bytes go again. */
export class SignerAwayError extends OfflineError {}

/** "/<school>": the first segment of the address under which the page was opened. */
export const schoolPath: string = '/' + (globalThis.location?.pathname.split('/')[1] ?? '')

type Query = { readonly [key: string]: string | number | null | undefined }

export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, v]) => v !== null && v !== undefined)
  const text = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()
  return schoolPath + path + (text === '' ? '' : '?' + text)
}

const AWAY = [502, 503, 504]

async function send(url: string, init: RequestInit, away: readonly number[] = AWAY): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch {
    throw new OfflineError('no connection')
  }
  if (away.includes(response.status)) throw new OfflineError('the server is away')
  return response
}

async function body(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/json')) return response.json()
  if (type.startsWith(MSGPACK)) return decodeView(new Uint8Array(await response.arrayBuffer()))
  throw new ApiError(response.status, 'unexpected_answer', '', 'Сервер ответил не так, как положено.', 'The server gave an unexpected answer.')
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const e = (await body(response)) as { error?: string; field?: string; ru?: string; en?: string }
    return new ApiError(response.status, e.error ?? '', e.field ?? '', e.ru ?? '', e.en ?? '')
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError(response.status, '', '', '', '')
  }
}

let lost: () => void = () => undefined
/** What to do when the reading session is gone and cannot be opened again. */
export function setLost(fn: () => void): void {
  lost = fn
}

let reopen: (() => Promise<void>) | null = null
/** How to open the reading session again when the server has forgotten it; null: not possible. */
export function setReopen(fn: (() => Promise<void>) | null): void {
  reopen = fn
}

type Keeper = <A>(name: string, load: () => Promise<A>) => Promise<A>
let keeper: Keeper = (_, load) => load()
/** Who keeps what was read, for times without a network. */
export function setKeeper(fn: Keeper): void {
  keeper = fn
}

/** A view that can be read again without a network, unless it is of another moment. */
const kept = <A>(name: string, load: () => Promise<A>, then: unknown = null): Promise<A> => (then === null ? keeper(name, load) : load())
export const journalName = (group: T.Id, subject: T.Id, from: T.Day, to: T.Day): string => `journal/${group}/${subject}/${from}/${to}`

export async function get<A>(path: string, query: Query = {}): Promise<A> {
  const ask = (): Promise<Response> => send(address(path, query), { headers: { Accept: MSGPACK } })
  let response = await ask()
  if (response.status === 401 && reopen !== null && path !== '/api/challenge') {
    // The key itself may be closed or expired by now: then the challenge is refused, too.
    const opened = await reopen().then(() => true, (error: unknown) => !(error instanceof ApiError))
    if (opened) response = await ask()
  }
  if (response.status === 401 && path !== '/api/challenge') lost()
  if (!response.ok) throw await refusal(response)
  return (await body(response)) as A
}

/** The very bytes of the answer as JSON: what a digest is over. */
export async function getBytes(path: string, query: Query = {}): Promise<Bytes> {
  const response = await send(address(path, query), { headers: { Accept: 'application/json' } })
  if (!response.ok) throw await refusal(response)
  return new Uint8Array(await response.arrayBuffer())
}

async function post<A>(path: string, value: Value): Promise<A> {
  const init = { method: 'POST', headers: { Accept: MSGPACK, 'Content-Type': MSGPACK }, body: encode(value) }
  const response = await send(address(path), init)
  if (!response.ok) throw await refusal(response)
  return (response.status === 204 ? null : await body(response)) as A
}

/** Keeps a file for homework; the bytes are the body. */
export async function postFile(content: Bytes): Promise<{ digest: T.Hex; size: number }> {
  const response = await send(address('/api/file'), { method: 'POST', headers: { Accept: MSGPACK, 'Content-Type': 'application/octet-stream' }, body: content })
  if (!response.ok) throw await refusal(response)
  return (await body(response)) as { digest: T.Hex; size: number }
}

/** The bytes of a file with homework, as the server has them. */
export async function getFile(lesson: T.Id, digest: T.Hex): Promise<Bytes> {
  const response = await send(address('/api/file', { lesson, digest }), {})
  if (!response.ok) throw await refusal(response)
  return new Uint8Array(await response.arrayBuffer())
}

export const api = {
  school: () => get<T.School>('/api/school'),
  me: () => get<T.Me>('/api/me'),
  /** Is the server there at all? Nothing is asked but that. */
  reachable: () => send(address('/checkpoint'), { method: 'HEAD' }).then(() => true, () => false),
  loginSalt: (login: string) => post<{ salt: T.Hex; mem: number; ops: number }>('/api/login/salt', { login }),
  login: (login: string, proof: Bytes) => post<T.LoginAnswer>('/api/login', { login, proof }),
  challenge: () => get<{ challenge: T.Hex }>('/api/challenge'),
  session: (challenge: Bytes, key: Bytes, signature: Bytes) => post<T.Me>('/api/session', { challenge, key, signature }),
  logout: () => post<unknown>('/api/logout', {}),
  credentials: (value: { readonly [key: string]: Value }) => post<unknown>('/api/credentials', value),
  invitation: (key: T.Hex) => get<{ account: T.Id; open: boolean }>('/api/invitation', { key }),
  counter: (key: T.Hex) => get<{ counter: number }>('/api/counter', { key }),
  key: (key: T.Hex) => get<T.KeyFate>('/api/key', { key }),
  emergency: (key: T.Hex, breach: T.Ms | null) => get<T.EmergencyClaim>('/api/emergency', { key, breach }),
  day: (day: T.Day) => kept(`day/${day}`, () => get<T.DayView>('/api/day', { day })),
  pages: () => kept('pages', () => get<T.PagesView>('/api/pages')),
  journal: (group: T.Id, subject: T.Id, from: T.Day, to: T.Day, then: T.Moment | null = null) => get<T.JournalPage>('/api/journal', { group, subject, from, to, ...then }).then(tidyPage),
  /** The same, read again without a network as it was seen last. */
  journalKept: (group: T.Id, subject: T.Id, from: T.Day, to: T.Day): Promise<T.JournalPage> => kept(journalName(group, subject, from, to), () => api.journal(group, subject, from, to)),
  cell: (query: CellQuery, then: T.Moment | null = null) => get<{ versions: T.Version[] }>('/api/cell', { ...query, ...then }).then((a) => tidyVersions(query, a.versions)),
  diary: (pupil: T.Id, from: T.Day, to: T.Day, then: T.Moment | null = null) => kept(`diary/${pupil}/${from}/${to}`, () => get<T.DiaryView>('/api/diary', { pupil, from, to, ...then }).then(tidyDiary), then),
  children: (group?: T.Id) => kept(`children/${group ?? ''}`, () => get<{ pupils: T.Child[] }>('/api/children', { group })),
  results: (pupil: T.Id, from: T.Day, to: T.Day, then: T.Moment | null = null) => kept(`results/${pupil}/${from}/${to}`, () => get<F.Results>('/api/results', { pupil, from, to, ...then }), then),
  cabinet: (pupil: T.Id, from: T.Day, to: T.Day) => kept(`cabinet/${pupil}/${from}/${to}`, () => get<F.Cabinet>('/api/cabinet', { pupil, from, to })),
  timetable: (pupil: T.Id, from: T.Day, to: T.Day) => kept(`timetable/${pupil}/${from}/${to}`, () => get<F.Timetable>('/api/timetable', { pupil, from, to })),
  family: () => get<F.Family>('/api/family'),
  classPage: (group: T.Id, week: T.Day) => get<F.ClassPage>('/api/class', { group, week }),
  sheet: (group: T.Id, from: T.Day, to: T.Day) => get<F.Sheet>('/api/class/sheet', { group, from, to }),
  lists: (group: T.Id) => get<F.Lists>('/api/class/lists', { group }),
  card: (pupil: T.Id) => get<F.Card>('/api/pupil', { pupil }),
  accounts: (find: string) => get<{ accounts: T.Account[] }>('/api/accounts', { find }).then((a) => tidyAccounts(a.accounts)),
  breachPreview: (target: T.Hex, breach: T.Ms, size?: number) => get<T.Preview>('/api/breach/preview', { target, breach, size }).then(tidyPreview),
  breaches: () => get<{ reports: T.Report[] }>('/api/breaches').then((a) => tidyReports(a.reports)),
  evidence: () => get<{ positions: T.Seq[]; more: boolean }>('/api/breach/evidence'),
  /** Where the act on a report can be fetched as a PDF. */
  actAddress: (report: T.Seq): string => address('/api/breach/act', { report }),
  repairs: (all: boolean) => get<T.Repairs>('/api/repairs', { all: all ? 1 : 0 }).then(tidyRepairs),
  notices: (pupil: T.Id, since: number) => get<T.Notices>('/api/notices', { pupil, since }),
  moment: (time: T.Ms) => get<T.MomentFound>('/api/moment', { time }),
  momentAt: (position: number) => get<T.MomentFound>('/api/moment', { position }),
  stops: (group: T.Id, subject: T.Id, from: T.Day, to: T.Day) => get<{ positions: T.Seq[] }>('/api/stops', { group, subject, from, to }).then((a) => a.positions),
  difference: (from: T.Moment, to: T.Moment, page: { group?: T.Id | undefined; subject?: T.Id | undefined; pupil?: T.Id | undefined } = {}) =>
    get<T.Difference>('/api/difference', { from: from.at, from_known: from.known, to: to.at, to_known: to.known, ...page }),
  proof: (seq: T.Seq) => get<T.Proof>('/api/proof', { seq }),
  witnesses: () => get<T.Witnesses>('/api/witnesses', {}),
  handovers: () => get<{ handovers: T.Handover[] }>('/api/handovers', {}),
  consistency: (old: number, size: number) => get<T.Consistency>('/api/consistency', { old, new: size }),

  async checkpoint(): Promise<string> {
    const response = await send(address('/checkpoint'), {})
    if (!response.ok) throw await refusal(response)
    return response.text()
  },

  /** Submits; gives an answer for each event, also when some were refused (422). */
  async events(submissions: Bytes): Promise<T.EventAnswer[]> {
    const init = { method: 'POST', headers: { Accept: MSGPACK, 'Content-Type': MSGPACK }, body: submissions }
    const response = await send(address('/api/events'), init, [502, 504])
    // 503: too many wait or nobody can sign (the same bytes go again), or the log has stopped (then it is said).
    if (response.status === 503) {
      const answer = await body(response).catch(() => null)
      const says = (error: string): boolean => Array.isArray(answer) && answer.some((a: T.EventAnswer) => a.error === error)
      if (says('stopped')) return answer as T.EventAnswer[]
      if (says('signer_away')) throw new SignerAwayError('the server cannot sign')
      throw new OfflineError('the server is busy')
    }
    if (response.status !== 200 && response.status !== 422) throw await refusal(response)
    const answer = await body(response)
    if (!Array.isArray(answer)) {
      const e = answer as { error?: string; field?: string; ru?: string; en?: string }
      throw new ApiError(response.status, e.error ?? '', e.field ?? '', e.ru ?? '', e.en ?? '')
    }
    return answer as T.EventAnswer[]
  },
}
