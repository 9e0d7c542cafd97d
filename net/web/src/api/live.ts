// Live updates: one EventSource for the whole application; whoever is on screen subscribes.
import type { Id, Ms, Seq } from './types'
import { address } from './client'

export interface LivePage { group: Id; subject: Id; lesson: Id | null; seq: Seq }
export interface LiveHead { size: number; root: string; recorded: Ms }
export interface LiveBreach { seq: Seq }

interface LiveEvents { page: LivePage; head: LiveHead; breach: LiveBreach; line: boolean }
type Listener<K extends keyof LiveEvents> = (event: LiveEvents[K]) => void

const listeners: { [K in keyof LiveEvents]: Set<Listener<K>> } = {
  page: new Set(), head: new Set(), breach: new Set(), line: new Set(),
}

/** Calls `fn` for every event of the kind; gives the way to stop. "line" tells up and down. */
export function onLive<K extends keyof LiveEvents>(kind: K, fn: Listener<K>): () => void {
  listeners[kind].add(fn)
  return () => {
    listeners[kind].delete(fn)
  }
}

function tell<K extends keyof LiveEvents>(kind: K, event: LiveEvents[K]): void {
  for (const fn of [...listeners[kind]]) fn(event)
}

let source: EventSource | null = null
let retry: ReturnType<typeof setTimeout> | null = null

export function startLive(): void {
  stopLive()
  const opened = new EventSource(address('/api/live'))
  source = opened
  opened.onopen = () => tell('line', true)
  opened.onerror = () => {
    tell('line', false)
    // The browser reconnects by itself unless the server refused for good; then we ask again.
    if (opened.readyState === EventSource.CLOSED && source === opened) retry = setTimeout(startLive, 5000)
  }
  for (const kind of ['page', 'head', 'breach'] as const) {
    opened.addEventListener(kind, (e) => {
      try {
        tell(kind, JSON.parse((e as MessageEvent<string>).data) as never)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
      }
    })
  }
}

export function stopLive(): void {
  if (retry !== null) clearTimeout(retry)
  retry = null
  source?.close()
  source = null
}
