// "Not mine": what a person said of struck entries while looking them through. Nothing has to be
// signed for that, since such an entry is void already; it is remembered here, so that the list
// grows shorter. Another browser asks again.
import { signal } from '@preact/signals'
import { recall, remember } from './prefs'

const NAME = 'not-mine'
const KEPT_MAX = 5000

export const notMine = signal<ReadonlySet<string>>(new Set(recall<string[]>(NAME) ?? []))

export function sayNotMine(keys: readonly string[], isNotMine: boolean): void {
  const next = new Set(notMine.value)
  for (const key of keys) {
    if (isNotMine) next.add(key)
    else next.delete(key)
  }
  notMine.value = next
  remember(NAME, [...next].slice(-KEPT_MAX))
}
