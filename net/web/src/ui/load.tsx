// What every screen needs while it waits: loading, failed, lazily loaded.
import type { ComponentType, JSX } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ApiError } from '../api/client'
import { errorText, m } from '../i18n'

export interface Loaded<A> { readonly value: A | null; readonly error: unknown; readonly again: () => void; readonly set: (value: A) => void }

/** Loads when `deps` change; the old value stays in sight until the new one is there. */
export function useLoad<A>(load: () => Promise<A>, deps: readonly unknown[]): Loaded<A> {
  const [value, setValue] = useState<A | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const latest = useRef(0)
  useEffect(() => {
    const mine = ++latest.current
    setError(null)
    load().then(
      (v) => { if (mine === latest.current) setValue(() => v) },
      (e: unknown) => { if (mine === latest.current) setError(e ?? new Error('failed')) },
    )
  }, [...deps, round])
  const again = useCallback(() => setRound((n) => n + 1), [])
  return { value, error, again, set: (v) => setValue(() => v) }
}

export function Waiting() {
  return <p class="waiting" role="status">{m().common.loading}</p>
}

export function Failure({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const text = error instanceof ApiError && error.status === 403 && error.ru === '' ? m().errors.forbidden : errorText(error)
  return (
    <div class="notice bad" role="alert">
      <p>{text}</p>
      {again !== undefined && <button type="button" class="button small" onClick={again}>{m().common.retry}</button>}
    </div>
  )
}

/** A screen that is fetched when it is first opened. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  let ready: ComponentType<P> | null = null
  return function Lazy(props: P) {
    const loaded = useLoad(async () => (ready ??= await load()), [])
    if (loaded.error !== null) return <Failure error={loaded.error} again={loaded.again} />
    const Screen = ready
    return Screen === null ? <Waiting /> : <Screen {...props} />
  }
}
