// The service worker: keeps the shell, so that the page opens without a network. It never looks at
// data: whatever is not a file of this build goes to the network untouched.
//
// Install: the files that anybody needs are fetched and each is held against the SHA-256 that this
// script carries; one that differs stops the installation. A hashed file that is asked for later is
// kept in the same way. The page itself is asked for anew each time, and taken from the cache only
// when the server cannot be reached.
/// <reference lib="webworker" />

interface Shell { readonly version: string; readonly first: readonly string[]; readonly files: Readonly<Record<string, string>> }
/** Filled in by the build (vite.config.ts). */
declare const __SHELL__: Shell

const scope = self as unknown as ServiceWorkerGlobalScope
const shell = __SHELL__
const PREFIX = `letopis:${new URL(scope.registration.scope).pathname}:`
const NAME = PREFIX + shell.version
const PAGE = 'index.html'
/** A server that does not answer within this is taken for absent, as far as the page itself goes. */
const PATIENCE_MS = 4000
/** A page of the last build may still be open and ask for its files. */
const BUILDS_KEPT = 2

const addressOf = (path: string): string => new URL(path, scope.registration.scope).href

async function isWhole(path: string, response: Response): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer()))
  return Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('') === shell.files[path]
}

async function fetchWhole(path: string): Promise<Response> {
  const response = await fetch(addressOf(path), { cache: path === PAGE ? 'no-cache' : 'default', credentials: 'same-origin' })
  if (!response.ok || !(await isWhole(path, response))) throw new Error(`${path} is not of this build`)
  return response
}

async function install(): Promise<void> {
  const cache = await caches.open(NAME)
  await Promise.all(shell.first.map(async (path) => cache.put(addressOf(path), await fetchWhole(path))))
  await scope.skipWaiting()
}

async function tidy(): Promise<void> {
  const names = (await caches.keys()).filter((n) => n.startsWith(PREFIX) && n !== NAME)
  await Promise.all(names.slice(0, Math.max(0, names.length + 1 - BUILDS_KEPT)).map((n) => caches.delete(n)))
  await scope.clients.claim()
}

/** The path of a file of this build that the address asks for, or null. */
function pathOf(request: Request): string | null {
  const base = scope.registration.scope
  if (request.method !== 'GET' || !request.url.startsWith(base)) return null
  const path = new URL(request.url).href.slice(base.length).split(/[?#]/)[0]!
  if (request.mode === 'navigate') return path === '' || path === PAGE ? PAGE : null
  return path !== PAGE && Object.hasOwn(shell.files, path) ? path : null
}

async function page(request: Request): Promise<Response> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS)
  try {
    const response = await fetch(request, { signal: patience.signal })
    if (response.status < 500) return response
    throw new Error('the server is away')
  } catch (error) {
    const kept = await (await caches.open(NAME)).match(addressOf(PAGE))
    if (kept === undefined) throw error
    return kept
  } finally {
    clearTimeout(timer)
  }
}

async function file(path: string): Promise<Response> {
  const cache = await caches.open(NAME)
  const kept = await cache.match(addressOf(path))
  if (kept !== undefined) return kept
  const response = await fetchWhole(path)
  await cache.put(addressOf(path), response.clone())
  return response
}

/** A page of the last build may still ask for a file of its own that the server has no more. */
async function oldFile(request: Request): Promise<Response> {
  for (const name of (await caches.keys()).filter((n) => n.startsWith(PREFIX))) {
    const kept = await (await caches.open(name)).match(request.url)
    if (kept !== undefined) return kept
  }
  return fetch(request)
}

const isAsset = (request: Request): boolean => request.method === 'GET' && request.mode !== 'navigate' && request.url.startsWith(addressOf('assets/'))

scope.addEventListener('install', (e) => e.waitUntil(install()))
scope.addEventListener('activate', (e) => e.waitUntil(tidy()))
scope.addEventListener('fetch', (e) => {
  const path = pathOf(e.request)
  if (path === PAGE) e.respondWith(page(e.request))
  else if (path !== null) e.respondWith(file(path))
  else if (isAsset(e.request)) e.respondWith(oldFile(e.request))
})

export {}
