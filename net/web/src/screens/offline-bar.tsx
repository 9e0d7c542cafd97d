// The bar under the top, at the bottom of wide windows: no network, as of when the page is, what waits to be sent, what came late.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api/client'
import { m } from '../i18n'
import { momentShort } from '../i18n/format'
import { asOf } from '../local/store'
import { lineDown } from '../state/line'
import { lateArrival, queued, signerAway, unsafe } from '../state/outbox'
import { now } from '../state/school'
import { endSession, session } from '../state/session'
import { Icon } from '../ui/icons'

const PROBE_MS = 10000
/** A line that was down for one request only is found up at once. */
const FIRST_PROBE_MS = 2000

/** Looks for the line while it is down. */
function useProbe(isDown: boolean): void {
  useEffect(() => {
    if (!isDown) return
    const look = (): void => {
      void api.reachable().then((up) => { if (up) lineDown.value = false })
    }
    const first = setTimeout(look, FIRST_PROBE_MS)
    const timer = setInterval(look, PROBE_MS)
    addEventListener('online', look)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
      removeEventListener('online', look)
    }
  }, [isDown])
}

/** Changes when what was read from this computer can be read afresh. */
export function useFreshness(): number {
  const [round, setRound] = useState(0)
  const isDown = lineDown.value
  useEffect(() => {
    if (isDown || asOf.peek() === null || session.peek()?.offline === true) return
    asOf.value = null
    setRound((n) => n + 1)
  }, [isDown, asOf.value])
  return round
}

/** Tells the style sheet how much of the window the bar takes, so that full-height pages end where the window does. */
function useNoteHeight(): (bar: HTMLElement | null) => void {
  const watcher = useRef<ResizeObserver | null>(null)
  return useCallback((bar) => {
    watcher.current?.disconnect()
    const tell = (): void => document.documentElement.style.setProperty('--note', `${bar?.offsetHeight ?? 0}px`)
    tell()
    if (bar === null) return
    watcher.current = new ResizeObserver(tell)
    watcher.current.observe(bar)
  }, [])
}

export function OfflineBar() {
  const note = useNoteHeight()
  const isDown = lineDown.value
  const isOffline = session.value?.offline === true
  const late = lateArrival.value
  const t = m().offline
  useProbe(isDown)
  if (isOffline && !isDown) {
    return <div ref={note} class="offline-bar back" role="status"><Icon name="check" size={16} /><span>{t.back}</span><button type="button" class="button small primary" onClick={() => endSession('online')}>{t.enter}</button></div>
  }
  if (signerAway.value && !isDown) {
    return (
      <div ref={note} class="offline-bar" role="status">
        <Icon name="clock" size={16} /><b>{t.unsigned}</b><span>{unsafe.value > 0 ? t.unsignedUnsafe : t.unsignedSafe}</span>
        {queued.value > 0 && <span class="tag warn"><Icon name="clock" size={13} />{t.queue(queued.value)}</span>}
      </div>
    )
  }
  if (!isDown && asOf.value === null) {
    if (late === null || queued.value > 0) return null
    return (
      <div ref={note} class="offline-bar back" role="status">
        <Icon name="clock" size={16} /><span>{t.late(late.count, momentShort(late.from), momentShort(late.to), momentShort(late.recorded))}</span>
        <button type="button" class="button small" onClick={() => { lateArrival.value = null }}>{t.close}</button>
      </div>
    )
  }
  return (
    <div ref={note} class="offline-bar" role="status">
      <Icon name="off" size={16} /><b>{t.line}{asOf.value !== null && <>, {t.asOf(momentShort(asOf.value + now() - Date.now()))}</>}</b>
      {queued.value > 0 && <span class="tag warn"><Icon name="clock" size={13} />{t.queue(queued.value)}</span>}
      {queued.value > 0 && <span>{unsafe.value > 0 ? t.unsafe : t.safe}</span>}
      {isOffline && <span>{t.readOnly}</span>}
    </div>
  )
}
