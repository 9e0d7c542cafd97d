// Who outside the school has confirmed the journal: cosignatures, each verified in this browser.
import { signal } from '@preact/signals'
import { api } from '../api/client'
import type { Ms, Witness, Witnesses } from '../api/types'
import { cosignedAt } from '../ledger/note'

export interface Confirmed { readonly needed: number; readonly of: number; readonly size: number; readonly held: number; readonly witnesses: readonly (Witness & { readonly at: Ms | null })[] }

/** What was told and verified last; null: not asked yet. */
export const confirmed = signal<Confirmed | null>(null)

export function verifyWitnesses(told: Witnesses): Confirmed {
  const witnesses = told.witnesses.map((w) => {
    let at: number | null = null
    try {
      at = told.checkpoint === '' ? null : cosignedAt(told.checkpoint, w.vkey)
    } catch {
      at = null
    }
    return { ...w, at: at === null ? null : at * 1000 }
  })
  return { needed: told.needed, of: told.of, size: told.size, held: witnesses.filter((w) => w.at !== null).length, witnesses }
}

export async function loadWitnesses(): Promise<Confirmed> {
  confirmed.value = verifyWitnesses(await api.witnesses())
  return confirmed.value
}
