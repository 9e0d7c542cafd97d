// Idle lock: a computer that nobody touches forgets the key.
const EVENTS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const
export const IDLE_MS = 15 * 60000
export const IDLE_FAMILY_MS = 60 * 60000

/** How much longer the key stays while a form waits for a broken line: locking would lose it. Entries of a journal page are on the disk and do not need it. */
export const UNSENT_PATIENCE = 4

/** Calls `lock` when nothing was touched for `limitMs`, also after the computer slept. */
export function watchIdle(limitMs: number, isUnsent: () => boolean, lock: () => void): () => void {
  let last = Date.now()
  const touch = (): void => {
    last = Date.now()
  }
  const look = (): void => {
    if (Date.now() - last >= limitMs * (isUnsent() ? UNSENT_PATIENCE : 1)) lock()
  }
  for (const kind of EVENTS) addEventListener(kind, touch, { passive: true, capture: true })
  document.addEventListener('visibilitychange', look)
  const timer = setInterval(look, 10000)
  return () => {
    for (const kind of EVENTS) removeEventListener(kind, touch, { capture: true })
    document.removeEventListener('visibilitychange', look)
    clearInterval(timer)
  }
}
