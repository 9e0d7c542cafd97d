// Time travel: the picker of a moment, and the frame and banner that make it impossible to take the
// past for the present.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Moment } from '../api/types'
import { errorText, m } from '../i18n'
import { count, moment as momentText } from '../i18n/format'
import { now } from '../state/school'
import { seal } from '../state/seal'
import { Icon } from '../ui/icons'
import { useLoad } from '../ui/load'
import { MomentField } from '../ui/moment'

/** The moment that an address names, or null for the present. */
export function momentOf(query: Readonly<Record<string, string>>): Moment | null {
  const at = Number(query['at'])
  if (!Number.isInteger(at) || at < 1) return null
  const known = Number(query['known'] ?? at)
  return { at, known: Number.isInteger(known) && known >= at ? known : at }
}

/** As the address writes it: `known` is left out where it says nothing. */
export const momentQuery = (then: Moment | null): { at?: number; known?: number } =>
  then === null ? {} : then.known === then.at ? { at: then.at } : { at: then.at, known: then.known }

/** Where there is little room the picker closes itself once a moment is chosen. */
export const isRoomy = (): boolean => matchMedia('(min-width: 44rem)').matches

interface PickProps {
  /** Asks for the positions between which this page changed. */
  stops: () => Promise<readonly number[]>
  then: Moment | null
  /** `time`: the day and time that were asked for, when it was these. */
  onMoment: (then: Moment | null, time?: number) => void
}

/** The largest size: the present. */
const sizeNow = (): number => seal.value.size

/** A day and time, and a slider over the entries of this very page. */
export function MomentPicker({ stops, then, onMoment }: PickProps) {
  const [time, setTime] = useState<number | null>(null)
  const [recorded, setRecorded] = useState<number | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const t = m().past
  const found = useLoad(stops, [])
  const places = [...new Set((found.value ?? []).map((s) => s + 1))].sort((a, b) => a - b)
  const here = then === null ? places.length : places.filter((p) => p <= then.at).length
  const known = (at: number): number => (then !== null && then.known > then.at ? Math.max(at, sizeNow()) : at)
  const go = (at: number, asked?: number): void => onMoment({ at, known: known(at) }, asked)
  useEffect(() => {
    if (time === null) return
    let live = true
    api.moment(Math.min(time, now())).then((there) => {
      if (!live) return
      setFault(null)
      setRecorded(there.recorded)
      go(there.position, time)
    }, (error: unknown) => live && setFault(errorText(error)))
    return () => { live = false }
  }, [time])
  return (
    <div class="moment-picker">
      <MomentField label={t.pick} value={time} onMoment={(ms) => { if (ms !== null) setTime(ms) }} error={fault} />
      {places.length > 1 && (
        <label class="moment-slider">
          <span>{t.slider}</span>
          <input type="range" min={0} max={places.length} value={here} aria-valuetext={then === null ? t.present : t.position(count(then.at))}
            onChange={(e) => {
              const i = Number(e.currentTarget.value)
              setRecorded(null)
              if (i >= places.length) onMoment(null)
              else go(Math.max(1, i === 0 ? places[0]! - 1 : places[i - 1]!))
            }} />
        </label>
      )}
      {then !== null && recorded !== null && <p class="dim">{t.upTo(momentText(recorded))}</p>}
    </div>
  )
}

interface FrameProps { then: Moment | null; recorded: number | null; onMoment: (then: Moment | null) => void; children: ComponentChildren }

/** A page of the past is framed and named; one of the present is left as it is. */
export function PastFrame({ then, recorded, onMoment, children }: FrameProps) {
  return (
    <div class={then === null ? 'present' : 'past'}>
      {then !== null && <PastBanner then={then} recorded={recorded} onMoment={onMoment} />}
      {children}
    </div>
  )
}

/** Which moment it is, the two readings of it, and the way back. */
function PastBanner({ then, recorded, onMoment }: { then: Moment; recorded: number | null; onMoment: (then: Moment | null) => void }) {
  const t = m().past
  const today = then.known > then.at
  return (
    <div class="past-banner" role="status">
      <Icon name="history" size={20} />
      <div class="past-text">
        <b>{t.title}{recorded !== null && <>: {momentText(recorded)}</>}</b>
        <span>{today ? t.todayLead : t.thenLead} <small>{t.position(count(then.at))}</small></span>
      </div>
      <div class="segments" role="group" aria-label={t.readings}>
        <button type="button" aria-pressed={!today} onClick={() => onMoment({ at: then.at, known: then.at })}>{t.then}</button>
        <button type="button" aria-pressed={today} onClick={() => onMoment({ at: then.at, known: Math.max(then.at, sizeNow()) })}>{t.today}</button>
      </div>
      <button type="button" class="button primary" onClick={() => onMoment(null)}><Icon name="out" size={15} />{t.back}</button>
    </div>
  )
}
