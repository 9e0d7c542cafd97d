// The seal: this browser's own belief in the log.
//
// At the first visit the log's verifying key and id are pinned. Each later checkpoint must carry
// that key's signature and must begin with what was verified before; each step is kept so that the
// auditor's page can show it. When a step fails the seal breaks, the page stops loudly, and nothing
// more is signed on top of such a log.
import { computed, signal } from '@preact/signals'
import { api, OfflineError } from '../api/client'
import type { Ms } from '../api/types'
import { SEEN_NOTHING, type Seen } from '../ledger/event'
import { followKeys } from '../ledger/handover'
import { base64, hex, unhex } from '../ledger/hash'
import { openCheckpoint, parseVkey } from '../ledger/note'
import { verifyConsistency } from '../ledger/tree'
import { forget, recall, remember } from './prefs'
import { loadSchool, now } from './school'

export type SealStep = 'key' | 'signature' | 'growth' | 'consistency'
export interface StepResult { step: SealStep; ok: boolean; detail: string }

interface Pin { vkey: string; logId: string; size: number; root: string }

export interface SealView {
  state: 'unknown' | 'whole' | 'broken'
  size: number
  root: string
  checkedAt: Ms | null
  firstVisit: boolean
  previousSize: number
  steps: StepResult[]
  checkpoint: string
}

export const seal = signal<SealView>({
  state: 'unknown', size: 0, root: '', checkedAt: null, firstVisit: false, previousSize: 0, steps: [], checkpoint: '',
})
export const sealBroken = computed(() => seal.value.state === 'broken')

class BrokenSeal extends Error {}

/** What the next event may claim to have seen: the last checkpoint that passed every step. */
export function seen(): Seen {
  const pin = recall<Pin>('seal')
  return pin === null || pin.size === 0 ? SEEN_NOTHING : { size: pin.size, root: unhex(pin.root) }
}

let running: Promise<void> | null = null

/** Fetches the newest checkpoint and verifies it. Offline is no fault; only a lie breaks the seal. */
export function checkSeal(): Promise<void> {
  running ??= check().finally(() => {
    running = null
  })
  return running
}

let later: ReturnType<typeof setTimeout> | null = null
/** Checks soon; many heads in a row cost one check. */
export function checkSealSoon(delayMs = 2000): void {
  if (later !== null || sealBroken.value) return
  later = setTimeout(() => {
    later = null
    void checkSeal().catch(() => undefined)
  }, delayMs)
}

/** Notes each step, and ends the check at the first that fails. */
const noting = (steps: StepResult[]): StepFn => (step, ok, detail) => {
  steps.push({ step, ok, detail })
  if (!ok) throw new BrokenSeal(detail)
}

async function check(): Promise<void> {
  const steps: StepResult[] = []
  const step = noting(steps)
  let note = ''
  try {
    const school = await loadSchool()
    const pin = await followPin(recall<Pin>('seal'), school.vkey)
    step('key', pin === null || (pin.vkey === school.vkey && pin.logId === school.log_id), school.vkey)
    note = await api.checkpoint()
    const checkpoint = readCheckpoint(note, school.vkey, step)
    const old = pin ?? { size: 0, root: hex(SEEN_NOTHING.root) }
    step('growth', checkpoint.size >= old.size, `${old.size} → ${checkpoint.size}`)
    await checkConsistency(old, checkpoint, step)
    remember('seal', { vkey: school.vkey, logId: school.log_id, size: checkpoint.size, root: hex(checkpoint.root) } satisfies Pin)
    seal.value = {
      state: 'whole', size: checkpoint.size, root: base64(checkpoint.root), checkedAt: now(),
      firstVisit: pin === null || (pin.size === 0 && seal.value.firstVisit), previousSize: old.size, steps, checkpoint: note,
    }
  } catch (error) {
    if (!(error instanceof BrokenSeal)) throw error
    seal.value = { ...seal.value, state: 'broken', steps, checkedAt: now(), checkpoint: note }
  }
}

/** A key that root has changed, as the log itself says, is no other log: the pin goes on under the new one. */
async function followPin(pin: Pin | null, vkey: string): Promise<Pin | null> {
  if (pin === null || pin.vkey === vkey) return pin
  const { handovers } = await api.handovers()
  const next = await followKeys(pin, vkey, handovers, async (old, size) => (await api.consistency(old, size)).path)
  return next === null ? pin : { ...next, logId: pin.logId }
}

type StepFn = (name: SealStep, ok: boolean, detail: string) => void

function readCheckpoint(note: string, vkey: string, step: StepFn): { size: number; root: Uint8Array } {
  let checkpoint
  try {
    checkpoint = openCheckpoint(note, parseVkey(vkey))
  } catch (error) {
    step('signature', false, String(error instanceof Error ? error.message : error))
    throw error
  }
  step('signature', true, checkpoint.origin)
  return checkpoint
}

async function checkConsistency(old: { size: number; root: string }, fresh: { size: number; root: Uint8Array }, step: StepFn): Promise<void> {
  const needsPath = old.size > 0 && fresh.size > old.size
  const path = needsPath ? (await api.consistency(old.size, fresh.size)).path.map(unhex) : []
  const ok = verifyConsistency(old.size, unhex(old.root), fresh.size, fresh.root, path)
  step('consistency', ok, `${old.size} → ${fresh.size}: ${old.root.slice(0, 16)}… → ${hex(fresh.root).slice(0, 16)}…`)
}

/**
 * Holds a checkpoint that somebody kept – a printout, a file, another browser's – against what the server
 * shows now: signed by this log or by a key that it had before, not longer than the log is, and its
 * beginning. The last step is the one that failed.
 */
export async function checkHeld(text: string): Promise<StepResult[]> {
  const steps: StepResult[] = []
  const step = noting(steps)
  try {
    const { vkey } = await loadSchool()
    const fresh = openCheckpoint(await api.checkpoint(), parseVkey(vkey))
    const held = await readHeld(`${text.trim()}\n`, vkey, step)
    step('growth', fresh.size >= held.size, `${held.size} → ${fresh.size}`)
    await checkConsistency(held, fresh, step)
  } catch (error) {
    if (!(error instanceof BrokenSeal)) throw error
  }
  return steps
}

async function readHeld(note: string, vkey: string, step: StepFn): Promise<{ size: number; root: string }> {
  const { handovers } = await api.handovers()
  const signed = (key: string): boolean => { try { return openCheckpoint(note, parseVkey(key)).size >= 0 } catch { return false } }
  const by = [vkey, ...handovers.map((h) => h.vkey)].find(signed) ?? vkey
  const { size, root } = readCheckpoint(note, by, step)
  const known = { vkey: by, size, root: hex(root) }
  if (by !== vkey) step('key', await followKeys(known, vkey, handovers, async (old, to) => (await api.consistency(old, to)).path) !== null, by)
  return known
}

/** Starts anew with whatever the server now shows; only after a person was told what that means. */
export async function forgetSeal(): Promise<void> {
  forget('seal')
  seal.value = { ...seal.value, state: 'unknown', steps: [], firstVisit: true }
  await checkSeal()
}

export function isOffline(error: unknown): boolean {
  return error instanceof OfflineError
}
