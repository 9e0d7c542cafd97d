// Pages with edits that wait, conflict or were refused: leaving a page does not forget them, and the
// bar on top leads back to them.
import { signal } from '@preact/signals'
import type { Id } from '../api/types'
import { onSessionEnd } from './session'

/** Who keeps such edits. */
export interface Owner {
  /** Some were typed so lately that they are neither signed nor on the disk. */
  readonly isHandingOver: boolean
  /** Resolves when they are. */
  handOver(): Promise<void>
}

export interface Unsettled { readonly owner: Owner; readonly group: Id; readonly subject: Id; readonly period: string | null; readonly name: string }

export const unsettled = signal<readonly Unsettled[]>([])

export function noteUnsettled(page: Unsettled, isUnsettled: boolean): void {
  const before = unsettled.peek()
  const known = before.some((u) => u.owner === page.owner)
  if (isUnsettled && !known) unsettled.value = [...before, page]
  if (!isUnsettled && known) unsettled.value = before.filter((u) => u.owner !== page.owner)
}

/** Everything that was typed is signed or kept; nothing is lost by what comes next. */
export async function handOverAll(): Promise<void> {
  await Promise.all(unsettled.peek().map((u) => u.owner.handOver()))
}

addEventListener('beforeunload', (e) => {
  if (unsettled.peek().some((u) => u.owner.isHandingOver)) e.preventDefault()
})

onSessionEnd.add(() => {
  unsettled.value = []
})
