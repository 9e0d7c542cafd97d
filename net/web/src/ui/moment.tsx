// A moment as people say it: a day and a time of the school's own clock.
import { useEffect, useState } from 'preact/hooks'
import { m } from '../i18n'
import { clock, dayInput, dayOfInput } from '../i18n/format'
import { dayOf, msOfDay } from '../state/school'
import { Field } from './field'

interface Props { label: string; value: number | null; onMoment: (ms: number | null) => void; hint?: string; error?: string | null }

const minutesOf = (ms: number): number => Math.floor((ms - msOfDay(dayOf(ms))) / 60000)

export function MomentField({ label, value, onMoment, hint, error }: Props) {
  const [day, setDay] = useState<number | null>(value === null ? null : dayOf(value))
  const [time, setTime] = useState(value === null ? '' : clock(minutesOf(value)))
  useEffect(() => {
    const parts = /^(\d\d):(\d\d)/.exec(time)
    const next = day === null || parts === null ? null : msOfDay(day, Number(parts[1]) * 60 + Number(parts[2]))
    if (next !== value) onMoment(next)
  }, [day, time])
  return (
    <Field label={label} hint={hint} error={error ?? null}>
      {({ id, describedBy }) => (
        <div class="row">
          <input id={id} type="date" aria-describedby={describedBy} value={dayInput(day)} onChange={(e) => { setDay(dayOfInput(e.currentTarget.value)); if (time === '') setTime('08:00') }} />
          <input type="time" aria-label={`${label}: ${m().report.time}`} value={time} onInput={(e) => setTime(e.currentTarget.value)} />
        </div>
      )}
    </Field>
  )
}
