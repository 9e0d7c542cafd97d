// What an earlier tab or session had signed: put into the line again, and given back to its pages, so
// that a refusal or a conflict finds its way to the person.
import { api } from '../api/client'
import type { Id, Period } from '../api/types'
import { JournalStore, unsettledStore } from '../grid/store'
import { type Restored, restore } from '../state/outbox'
import { session } from '../state/session'

interface Memo { readonly group: Id; readonly subject: Id; readonly from: number; readonly to: number; readonly period: Period | null }

const pageOf = ({ group, subject, period, from, to }: Memo): string => JSON.stringify([group, subject, period?.name ?? null, from, to])

export async function restorePages(): Promise<void> {
  const mine = session.value
  const pages = new Map<string, Restored[]>()
  for (const one of await restore()) {
    const key = pageOf(one.memo as Memo)
    pages.set(key, [...(pages.get(key) ?? []), one])
  }
  for (const list of pages.values()) {
    const { group, subject, period, from, to } = list[0]!.memo as Memo
    const page = await api.journalKept(group, subject, from, to).catch(() => null)
    if (session.value !== mine) return
    // A page that cannot be shown has its entries sent all the same; what is refused stays on the disk.
    if (page === null) continue
    const store = unsettledStore(group, subject, period?.name ?? null) ?? new JournalStore(page, period)
    for (const one of list) store.adopt(one)
  }
}
