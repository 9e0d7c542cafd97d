// The service worker by itself, in a world of maps: what it keeps, what it answers, what it leaves alone.
import { createHash } from 'node:crypto'

const SCOPE = 'https://school.example/demo/'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const content: Record<string, string> = { 'index.html': '<page>', 'assets/main-aaaaaaa1.js': 'main', 'assets/office-aaaaaaa2.js': 'office' }

type Handler = (e: { request?: { method: string; url: string; mode: string }; waitUntil(p: Promise<unknown>): void; respondWith(p: Promise<Response>): void }) => void
const handlers: Record<string, Handler> = {}
const stores = new Map<string, Map<string, Response>>()
const server = new Map<string, () => Response>()
let asked: string[] = []
let isUp = true

async function open(name: string) {
  const store = stores.get(name) ?? new Map<string, Response>()
  stores.set(name, store)
  return { put: async (url: string, r: Response) => { store.set(url, r) }, match: async (url: string) => store.get(url)?.clone() }
}
Object.assign(globalThis, {
  self: { registration: { scope: SCOPE }, addEventListener: (kind: string, fn: Handler) => { handlers[kind] = fn }, skipWaiting: async () => undefined, clients: { claim: async () => undefined } },
  caches: { open, keys: async () => [...stores.keys()], delete: async (n: string) => stores.delete(n) },
  fetch: async (what: string | { url: string }) => {
    const url = typeof what === 'string' ? what : what.url
    asked.push(url)
    const answer = isUp ? server.get(url) : undefined
    if (answer === undefined && !isUp) throw new TypeError('no network')
    return answer?.() ?? new Response('', { status: 404 })
  },
  __SHELL__: { version: 'new', first: ['index.html', 'assets/main-aaaaaaa1.js'], files: Object.fromEntries(Object.entries(content).map(([n, t]) => [n, sha256(t)])) },
})
await import('../../../net/web/src/sw')

const run = async (kind: 'install' | 'activate'): Promise<void> => {
  let work: Promise<unknown> = Promise.resolve()
  handlers[kind]!({ waitUntil: (p) => { work = p }, respondWith: () => undefined })
  await work
}
/** The answer, or null when the worker left the request to the browser. */
const ask = async (path: string, mode = 'cors', method = 'GET'): Promise<string | null> => {
  let answer: Promise<Response> | null = null
  handlers['fetch']!({ request: { method, url: SCOPE + path, mode }, waitUntil: () => undefined, respondWith: (p) => { answer = p } })
  return answer === null ? null : (await (answer as Promise<Response>)).text()
}
const keptNames = (): string[] => [...stores].flatMap(([, s]) => [...s.keys()])

beforeEach(() => {
  stores.clear()
  server.clear()
  asked = []
  isUp = true
  for (const [name, text] of Object.entries(content)) server.set(SCOPE + name, () => new Response(text))
  server.set(SCOPE, () => new Response('<page>'))
})

describe('the service worker', () => {
  it('keeps what everybody needs, and only what is of its own build', async () => {
    await run('install')
    expect(keptNames().sort()).toEqual([`${SCOPE}assets/main-aaaaaaa1.js`, `${SCOPE}index.html`])
    stores.clear()
    server.set(`${SCOPE}assets/main-aaaaaaa1.js`, () => new Response('main, but exchanged'))
    await expect(run('install')).rejects.toThrow('not of this build')
    server.set(`${SCOPE}assets/office-aaaaaaa2.js`, () => new Response('exchanged'))
    await expect(ask('assets/office-aaaaaaa2.js')).rejects.toThrow('not of this build')
  })

  it('leaves data alone: answers, checkpoints, tiles, everything that is posted', async () => {
    await run('install')
    asked = []
    for (const path of ['api/me', 'api/journal?group=1', 'checkpoint', 'tile/0/000', 'api/live']) expect([path, await ask(path)]).toEqual([path, null])
    expect(await ask('assets/main-aaaaaaa1.js', 'cors', 'POST')).toBe(null)
    expect(await ask('api/events', 'cors', 'POST')).toBe(null)
    expect(await ask('api/paper/journal', 'navigate')).toBe(null)
    expect(asked).toEqual([])
    expect(keptNames().some((n) => /api|checkpoint|tile/.test(n))).toBe(false)
  })

  it('asks for the page anew, and has it when the server is away', async () => {
    await run('install')
    server.set(SCOPE, () => new Response('<newer page>'))
    expect(await ask('', 'navigate')).toBe('<newer page>')
    server.set(SCOPE, () => new Response('', { status: 503 }))
    expect(await ask('', 'navigate')).toBe('<page>')
    isUp = false
    expect(await ask('', 'navigate')).toBe('<page>')
    expect(await ask('assets/main-aaaaaaa1.js')).toBe('main')
  })

  it('keeps a screen that was opened once', async () => {
    await run('install')
    expect(await ask('assets/office-aaaaaaa2.js')).toBe('office')
    isUp = false
    expect(await ask('assets/office-aaaaaaa2.js')).toBe('office')
  })

  it('keeps the last build for pages that are still open, and no older one', async () => {
    for (const old of ['older', 'old']) await (await open(`letopis:/demo/:${old}`)).put(`${SCOPE}assets/day-${old}0001.js`, new Response(old))
    await (await open('letopis:/other/:x')).put('https://school.example/other/index.html', new Response('other school'))
    await run('install')
    await run('activate')
    expect([...stores.keys()].sort()).toEqual(['letopis:/demo/:new', 'letopis:/demo/:old', 'letopis:/other/:x'])
    expect(await ask('assets/day-old0001.js')).toBe('old')
  })
})
