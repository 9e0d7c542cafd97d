// What this computer keeps for a person: pages to read without a network, and signed entries that
// have not reached the log. Locked with a key that is in memory only while the person is logged in.
//
// doors: login → salt, parameters, and the store's key wrapped under the password: the way in without
//        a network. kept: the last answers that were read. queue: what waits to be sent.
import { signal } from '@preact/signals'
import { OfflineError, setKeeper } from '../api/client'
import type { Ms } from '../api/types'
import { type Bytes, hex } from '../ledger/hash'
import { lineDown } from '../state/line'
import { blind, lock, lockJson, unlock, unlockJson } from './box'
import * as db from './db'

export const KEPT_COUNT_MAX = 120
export const KEPT_MS_MAX = 30 * 86400000

interface Door { readonly salt: Bytes; readonly mem: number; readonly ops: number; readonly box: Bytes; readonly who: string }
interface Kept { readonly who: string; readonly at: Ms; readonly box: Bytes }

interface Held { readonly key: Bytes; readonly who: string; readonly login: string }
let held: Held | null = null

/** Since when the oldest of what is on screen is known; null: all of it is fresh. */
export const asOf = signal<Ms | null>(null)

export const isOpen = (): boolean => held !== null
export const owner = (): string | null => held?.who ?? null

export function openStore(key: Bytes, login: string): void {
  held = { key: Uint8Array.from(key), who: blind(key, 'who').slice(0, 32), login }
  void prune().catch(() => undefined)
}

/** Forgets the key; what is kept stays. */
export function closeStore(): void {
  held?.key.fill(0)
  held = null
}

/** Signing out: the way in and all that was kept for reading are gone. What waits to be sent stays, locked. */
export async function wipeStore(): Promise<void> {
  if (held === null) return
  const { who, login } = held
  asOf.value = null
  await db.remove('doors', login)
  for (const { key, row } of await db.all<Kept>('kept')) if (row.who === who) await db.remove('kept', key)
}

// ---- the way in without a network

export async function hangDoor(login: string, wrapKey: Uint8Array, vault: { salt: Bytes; mem: number; ops: number }): Promise<void> {
  if (held === null) return
  const door: Door = { ...vault, who: held.who, box: lock(wrapKey, `door/${login}`, held.key) }
  await db.put('doors', door, login)
}

export const doorOf = (login: string): Promise<Door | undefined> => db.get<Door>('doors', login)

/** Throws when the password is another. */
export const openDoor = (door: Door, login: string, wrapKey: Uint8Array): Bytes => unlock(wrapKey, `door/${login}`, door.box)

// ---- what was read

export async function keep(name: string, value: unknown, at: Ms = Date.now()): Promise<void> {
  if (held === null) return
  const row: Kept = { who: held.who, at, box: lockJson(held.key, `kept/${name}/${at}`, value) }
  await db.put('kept', row, blind(held.key, name))
}

export async function recallKept<A>(name: string): Promise<{ value: A; at: Ms } | null> {
  const mine = held
  if (mine === null) return null
  const row = await db.get<Kept>('kept', blind(mine.key, name))
  if (row === undefined || row.who !== mine.who) return null
  return { value: unlockJson<A>(mine.key, `kept/${name}/${row.at}`, row.box), at: row.at }
}

/** Old pages go: what nobody has read for a month, and the oldest of too many. */
async function prune(): Promise<void> {
  const rows = (await db.all<Kept>('kept')).sort((a, b) => b.row.at - a.row.at)
  for (const [i, { key, row }] of rows.entries()) if (i >= KEPT_COUNT_MAX || Date.now() - row.at > KEPT_MS_MAX) await db.remove('kept', key)
}

// A view that is kept: fresh from the server, else as it was read last.
setKeeper(async <A>(name: string, load: () => Promise<A>): Promise<A> => {
  try {
    const value = await load()
    void keep(name, value).catch(() => undefined)
    return value
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error
    const old = await recallKept<A>(name).catch(() => null)
    if (old === null) throw error
    // What is shown from here is asked for anew when the line is back: so it is down until somebody finds it up.
    lineDown.value = true
    asOf.value = Math.min(asOf.value ?? old.at, old.at)
    return old.value
  }
})

// ---- what waits to be sent

interface Row { readonly who: string; readonly tab: string; readonly box: Bytes }
export interface Waiting<A> { readonly row: number; readonly value: A }

/** This tab, so that another does not take over what this one is about to send. */
const tab = hex(crypto.getRandomValues(new Uint8Array(8)))
const lockName = (of: string): string => `letopis-queue-${of}`
let release: (() => void) | null = null

function holdTab(): void {
  if (release !== null || navigator.locks === undefined) return
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  void navigator.locks.request(lockName(tab), () => until)
}

/** Lets another tab take over what is left of this one's rows. */
export function releaseTab(): void {
  release?.()
  release = null
}

export async function putWaiting(value: unknown): Promise<number | null> {
  if (held === null) return null
  holdTab()
  const row: Row = { who: held.who, tab, box: lockJson(held.key, `queue/${held.who}`, value) }
  return (await db.put('queue', row)) as number
}

export const removeWaiting = (row: number): Promise<unknown> => db.remove('queue', row)

/** Own rows that no other living tab is about to send, in the order in which they were made. */
export async function takeWaiting<A>(): Promise<Waiting<A>[]> {
  const mine = held
  if (mine === null) return []
  const busy = new Set((await navigator.locks?.query())?.held?.map((l) => l.name))
  const out: Waiting<A>[] = []
  for (const { key, row } of await db.all<Row>('queue')) {
    if (row.who !== mine.who || (row.tab !== tab && busy.has(lockName(row.tab)))) continue
    try {
      out.push({ row: key as number, value: unlockJson<A>(mine.key, `queue/${row.who}`, row.box) })
    } catch {
      // Spoilt on the disk: it stays where it is, it can only be looked at by experts.
    }
  }
  holdTab()
  return out
}
