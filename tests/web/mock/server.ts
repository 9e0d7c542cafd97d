// A server in memory with the face of specs/api.md, for looking at the client and for its tests in
// a real browser. Loopback only, never shipped; it checks signatures but knows few of the rules.
//
//   node server.js <port> <dist folder>     logins: ivanova, director, support, deputy, parent, auditor
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { argon2id } from 'hash-wasm'
import { decode, type Value } from '../../../net/web/src/ledger/canon'
import { concat, domain, equal, hex, random, sha256, utf8 } from '../../../net/web/src/ledger/hash'
import { CODE_ARGON, codePassword, codeSalt, signerOfSeed, verifySignature } from '../../../net/web/src/ledger/keys'
import { parseEntry, verifyEvent } from '../../../net/web/src/ledger/event'
import { commitment } from '../../../net/web/src/ledger/sealed'
import { ORIGIN, VKEY } from './log'
import { idOf, ms, PEOPLE, PUPILS, seedOf, seedWorld, TODAY } from './seed'
import * as views from './views'

const PORT = Number(process.argv[2] ?? 8099)
const DIST = process.argv[3] ?? 'dist'
export const PASSWORD = 'тихий дон 2026'
export const CODE = '7K3MQ9TX0H2DWB5E'
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

interface Vault { account: string; key: Uint8Array; salt: Uint8Array; proof: Uint8Array; nonce: Uint8Array; wrapped: Uint8Array }
type Query = URLSearchParams
class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, readonly ru = '') {
    super(code)
  }
}

const { world } = await seedWorld()
const vaults = new Map<string, Vault>()
const invitations = new Map<string, { account: string; open: boolean }>()
const cookies = new Map<string, { account: string; session: string }>()
const streams = new Set<ServerResponse>()
const challenges = new Set<string>()
/** The mock's clock: noon of its day, running. */
const started = Date.now()
const now = (): number => ms(TODAY, 715) + (Date.now() - started)

async function prepare(): Promise<void> {
  for (const [login] of PEOPLE) {
    const salt = sha256(utf8('salt ' + login)).slice(0, 16)
    const both = await argon2id({ password: PASSWORD.normalize('NFC'), salt, parallelism: 1, iterations: 3, memorySize: 65536, hashLength: 64, outputType: 'binary' })
    const nonce = sha256(utf8('nonce ' + login)).slice(0, 24)
    const wrapped = xchacha20poly1305(both.slice(32), nonce, utf8(login)).encrypt(seedOf(login))
    vaults.set(login, { account: idOf(login), key: signerOfSeed(seedOf(login)).key, salt, proof: both.slice(0, 32), nonce, wrapped })
  }
  const seed = await argon2id({ password: codePassword(CODE), salt: codeSalt('invitation', world.log.id), parallelism: 1, iterations: CODE_ARGON.ops, memorySize: CODE_ARGON.memKib, hashLength: 32, outputType: 'binary' })
  const invited = signerOfSeed(seed)
  const account = idOf('invited')
  world.accounts.set(account, { id: account, name: 'Тимаева Лариса Сулеймановна', stratum: 2, login: '', roles: [] })
  invitations.set(hex(invited.key), { account, open: true })
}

// ---- writing

function postEvents(body: Uint8Array): [number, unknown[]] {
  const list = decode(body) as readonly (readonly [Uint8Array, readonly Uint8Array[], readonly (readonly [string, Uint8Array, Uint8Array])[]])[]
  const answers = list.map(([bytes, signatures, openings]) => {
    const event = decode(bytes) as Readonly<Record<string, Value>>
    const known = world.events.find((e) => e.id === hex(sha256(bytes)))
    if (known !== undefined) return { code: 0, seq: known.seq, recorded: known.recorded, id: known.id, known: true }
    if (!verifyEvent(bytes, signatures[0]!, event['k'] as Uint8Array)) return { code: 6, error: 'bad_signature', field: 'k', ru: 'Подпись не сходится.', en: 'Bad signature.' }
    const commitments = JSON.stringify(event['b'], (_, v: unknown) => (v instanceof Uint8Array ? hex(v) : v))
    if (openings.some(([path, salt, value]) => !commitments.includes(hex(commitment(path, salt, value))))) return { code: 9, error: 'bad_opening', field: '', ru: 'Закрытое поле не сходится.', en: 'Bad opening.' }
    const why = world.refuse(event, now())
    if (why !== null) return { code: 130, error: why, field: 'prev', ru: why === 'stale' ? 'Клетку изменили.' : 'Ключ закрыт.', en: why }
    const seq = world.log.append(now(), bytes, signatures)
    world.fold(seq, now(), bytes, new Map(openings.map(([path, , value]) => [path, decode(value)])))
    if (event['t'] === 'key.enrolled') invitations.get(hex(event['k'] as Uint8Array))!.open = false
    publish(String(event['t']), seq)
    return { code: 0, seq, recorded: now(), id: hex(sha256(bytes)), known: false }
  })
  return [answers.every((a) => a.code === 0) ? 200 : 422, answers]
}

function publish(kind: string, seq: number): void {
  const event = world.events[seq]!
  const lesson = event.lesson === null ? undefined : world.lessons.get(event.lesson)
  if (lesson !== undefined) tell('page', { group: lesson.group, subject: lesson.subject, lesson: lesson.id, seq })
  if (kind.startsWith('breach.')) tell('breach', { seq })
  tell('head', { size: world.log.size, root: hex(world.log.root()), recorded: event.recorded })
}

function tell(kind: string, data: unknown): void {
  for (const stream of streams) stream.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`)
}

// ---- sessions

function login(b: Readonly<Record<string, Value>>): unknown {
  const vault = vaults.get(b['login'] as string)
  if (vault === undefined || !equal(vault.proof, b['proof'] as Uint8Array)) throw new Refusal(401, 'wrong_credentials', 'Логин или пароль не подходят.')
  return { account: vault.account, key: hex(vault.key), nonce: hex(vault.nonce), wrapped: hex(vault.wrapped), counter: world.keys.get(hex(vault.key))?.counter ?? 0, challenge: challenge() }
}

function challenge(): string {
  const c = hex(random(32))
  challenges.add(c)
  return c
}

function openReading(b: Readonly<Record<string, Value>>, response: ServerResponse): unknown {
  const given = b['challenge'] as Uint8Array
  const key = b['key'] as Uint8Array
  if (!challenges.delete(hex(given)) || !verifySignature(b['signature'] as Uint8Array, concat(domain('letopis/challenge/v1'), world.log.id, given), key)) throw new Refusal(401, 'bad_signature')
  const info = world.keys.get(hex(key))
  if (info === undefined) throw new Refusal(401, 'unknown_key')
  const token = hex(random(16))
  cookies.set(token, { account: info.account, session: hex(key) })
  response.setHeader('Set-Cookie', `letopis=${token}; HttpOnly; SameSite=Strict; Path=/demo`)
  return me(info.account, hex(key))
}

function me(account: string, session: string): unknown {
  const a = world.accounts.get(account)!
  return { account, name: a.name, key: world.keys.get(session)?.parent ?? session, session, stratum: a.stratum, roles: a.roles, now: now(), today: TODAY, size: world.log.size }
}

async function credentials(b: Readonly<Record<string, Value>>): Promise<unknown> {
  if (vaults.has(b['login'] as string)) throw new Refusal(409, 'login_taken', 'Этот логин уже занят.')
  vaults.set(b['login'] as string, { account: hex(b['account'] as Uint8Array), key: b['key'] as Uint8Array, salt: b['salt'] as Uint8Array, proof: b['proof'] as Uint8Array, nonce: b['nonce'] as Uint8Array, wrapped: b['wrapped'] as Uint8Array })
  return {}
}

// ---- reading

function read(path: string, q: Query, who: { account: string; session: string }): unknown {
  const n = (name: string): number => Number(q.get(name))
  const officer = world.accounts.get(who.account)!.stratum === 1
  switch (path) {
    case '/api/me': return me(who.account, who.session)
    case '/api/day': return views.day(world, who.account, n('day'), now())
    case '/api/pages': return views.pages(officer)
    case '/api/journal': return views.journal(world, q.get('group')!, q.get('subject')!, n('from'), n('to'), who.account === idOf('ivanova'))
    case '/api/cell': return { versions: versions(q).map((v) => views.version(world, v)).reverse() }
    case '/api/diary': return views.diary(world, q.get('pupil')!, n('from'), n('to'))
    case '/api/children': return { pupils: [PUPILS[2]!, PUPILS[11]!].map((p, i) => ({ id: p.id, name: p.name, class_name: i === 0 ? '8А' : '5Б' })) }
    case '/api/accounts': return views.accounts(world, q.get('find') ?? '')
    case '/api/breach/preview': return views.preview(world, q.get('target')!, n('breach'), q.has('size') ? n('size') : world.log.size)
    case '/api/breaches': return { reports: world.reports.map((r) => views.report(world, r)) }
    case '/api/repairs': return { account: who.account, size: world.log.size, more: false, rows: [], others: [], accounts: [] }
    case '/api/notices': return views.notices(world, q.get('pupil')!, n('since'))
    default: throw new Refusal(404, 'not_found')
  }
}

function versions(q: Query) {
  const lesson = q.get('lesson')
  const cell = q.has('period') ? `p/${q.get('group')}/${q.get('subject')}/${q.get('period')}/${q.get('pupil')}`
    : q.has('what') ? `${lesson}/${q.get('what')}` : q.has('column') ? `${lesson}/m/${q.get('column')}/${q.get('pupil')}` : `${lesson}/a/${q.get('pupil')}`
  return world.cells.get(cell) ?? []
}

async function open(path: string, q: Query): Promise<unknown> {
  switch (path) {
    case '/api/school': return { name: 'МБОУ «СОШ № 2 с. Примерное»', origin: ORIGIN, vkey: VKEY, log_id: hex(world.log.id), size: world.log.size, root: hex(world.log.root()), offset: 180, zone: 'Europe/Moscow', demo: true }
    case '/api/challenge': return { challenge: challenge() }
    case '/api/witnesses': return { needed: 0, of: 0, held: 0, size: 0, checkpoint: '', witnesses: [] }
    case '/api/consistency': return { old: Number(q.get('old')), new: Number(q.get('new')), path: world.log.consistency(Number(q.get('old')), Number(q.get('new'))).map(hex) }
    case '/api/key': {
      const found = world.keys.get(q.get('key')!)
      if (found === undefined) throw new Refusal(404, 'not_found')
      return { state: found.closed === null ? 0 : 2, whole: true, closed: found.closed, due: found.closed === null ? null : found.closed + 26 * 3600000, own: true }
    }
    case '/api/counter': return { counter: world.keys.get(q.get('key')!)?.counter ?? 0 }
    case '/api/invitation': {
      const found = invitations.get(q.get('key')!)
      if (found === undefined) throw new Refusal(404, 'not_found')
      return found
    }
    case '/api/proof': {
      const seq = Number(q.get('seq'))
      if (!(seq < world.log.size)) throw new Refusal(404, 'not_found', 'Такой позиции ещё нет.')
      parseEntry(world.log.entries[seq]!)
      return { seq, size: world.log.size, path: world.log.inclusion(seq).map(hex), checkpoint: await world.log.checkpoint(), entry: hex(world.log.entries[seq]!) }
    }
    default: return undefined
  }
}

async function post(path: string, body: Uint8Array, response: ServerResponse): Promise<[number, unknown]> {
  if (path === '/api/events') return postEvents(body)
  const b = decode(body) as Readonly<Record<string, Value>>
  switch (path) {
    case '/api/login/salt': return [200, { salt: hex(vaults.get(b['login'] as string)?.salt ?? sha256(utf8(String(b['login']))).slice(0, 16)), mem: 65536, ops: 3 }]
    case '/api/login': return [200, login(b)]
    case '/api/session': return [200, openReading(b, response)]
    case '/api/logout': return [200, {}]
    case '/api/credentials': return [200, await credentials(b)]
    default: throw new Refusal(404, 'not_found')
  }
}

async function file(path: string, response: ServerResponse): Promise<void> {
  const name = normalize(path === '/' ? '/index.html' : path)
  const data = await readFile(join(DIST, name)).catch(() => null)
  if (data === null) throw new Refusal(404, 'not_found')
  response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' })
  response.end(data)
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part as Uint8Array)
  return concat(...parts)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://localhost')
  if (!url.pathname.startsWith('/demo/')) throw new Refusal(404, 'not_found')
  const path = url.pathname.slice('/demo'.length)
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  if (request.method === 'POST') {
    const [status, value] = await post(path, await bodyOf(request), response)
    return json(status, value)
  }
  if (path === '/checkpoint') return void response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(await world.log.checkpoint())
  if (!path.startsWith('/api/')) return file(path, response)
  const free = await open(path, url.searchParams)
  if (free !== undefined) return json(200, free)
  const who = cookies.get(/letopis=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
  if (who === undefined) throw new Refusal(401, 'no_session')
  if (path === '/api/live') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    streams.add(response)
    response.on('close', () => streams.delete(response))
    return
  }
  json(200, read(path, url.searchParams, who))
}

await prepare()
createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'fault', String(error))
    if (!(error instanceof Refusal)) console.error(error)
    if (!response.headersSent) response.writeHead(refusal.status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ error: refusal.code, field: '', ru: refusal.ru, en: refusal.ru }))
  })
}).listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/demo/`))
