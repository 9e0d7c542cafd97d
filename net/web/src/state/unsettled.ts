// Pages with edits that wait, conflict or were refused: leaving a page does not forget them, and the
// bar on top leads back to them.
import { signal } from '@preact/signals'
import type { Id } from '../api/types'
import { onSessionEnd } from './session'

export interface Unsettled { readonly owner: object; readonly group: Id; readonly subject: Id; readonly period: string | null; readonly name: string }

export const unsettled = signal<readonly Unsettled[]>([])

export function noteUnsettled(page: Unsettled, isUnsettled: boolean): void {
  const before = unsettled.peek()
  const known = before.some((u) => u.owner === page.owner)
  if (isUnsettled && !known) unsettled.value = [...before, page]
  if (!isUnsettled && known) unsettled.value = before.filter((u) => u.owner !== page.owner)
}

onSessionEnd.add(() => {
  unsettled.value = []
})
