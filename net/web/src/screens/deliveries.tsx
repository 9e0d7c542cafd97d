// What was told to families by e-mail and SMS, and with what outcome (CT-2a): of a class for its teacher
// and the deputy head, of an account for itself.
import { useState } from 'preact/hooks'
import { deliveriesApi, type Delivery } from '../api/deliveries'
import { m } from '../i18n'
import { initials, momentShort, shortName } from '../i18n/format'
import { link } from '../route'
import { Icon, type IconName } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'
import { Scroll } from '../ui/scroll'

type Tone = 'good' | 'warn' | ''
const TONES: Readonly<Record<string, readonly [Tone, IconName]>> = {
  sent: ['good', 'check'], failed: ['warn', 'warning'], expired: ['warn', 'warning'], unknown: ['warn', 'warning'], cancelled: ['', 'cross'],
}

/** In a sentence: sent when, waiting until when and why, given up after how many attempts. */
export function outcome(d: Delivery): string {
  const t = m().marks.delivery
  const when = d.done !== null ? momentShort(d.done) : ''
  switch (d.state) {
    case 'sent': return t.sent(when) + (d.repeated ? `, ${t.repeated}` : '')
    case 'failed': return t.failed(when, d.attempts)
    case 'expired': return t.expired(when)
    case 'unknown': return t.unknown(when)
    case 'cancelled': return t.cancelled(when, t.reasons[d.reason] ?? d.reason)
    default: return d.attempts > 0 ? t.retry(d.attempts, d.next === null ? '' : momentShort(d.next)) : d.reason === 'quiet' && d.next !== null ? t.quiet(momentShort(d.next)) : t.queued
  }
}

export const isTrouble = (d: Delivery): boolean => ['failed', 'expired', 'unknown'].includes(d.state) || (d.state !== 'sent' && d.state !== 'cancelled' && d.attempts > 0)

function State({ delivery }: { delivery: Delivery }) {
  const [tone, icon] = TONES[delivery.state] ?? ['', 'clock']
  return <span class={`tag ${tone}`}><Icon name={icon} size={13} />{outcome(delivery)}</span>
}

export function Deliveries({ group = null }: { group?: string | null }) {
  const { value, error, again } = useLoad(() => deliveriesApi.list(group), [group])
  const [troubles, setTroubles] = useState(false)
  const t = m().marks.delivery
  if (error !== null) return <Failure error={error} again={again} />
  if (value === null) return <Waiting />
  const shown = value.messages.filter((d) => !troubles || isTrouble(d))
  const bad = value.messages.filter(isTrouble).length
  return (
    <section class="card">
      <h2>{group === null ? t.own : t.title} {bad > 0 && <span class="badge">{bad}</span>}</h2>
      {!value.sending && <p class="dim">{t.off}</p>}
      {value.messages.length === 0 ? value.sending && <p class="dim">{t.none}</p> : (
        <>
          <label class="check"><input type="checkbox" checked={troubles} onChange={(e) => setTroubles(e.currentTarget.checked)} />{t.troubles(bad)}</label>
          <Scroll>
            <table class="table">
              <thead><tr><th scope="col">{t.when}</th>{group !== null && <><th scope="col">{m().form.pupil}</th><th scope="col">{t.to}</th></>}<th scope="col">{t.what}</th><th scope="col">{t.way}</th><th scope="col">{t.state}</th></tr></thead>
              <tbody>{shown.map((d) => (
                <tr key={d.id}>
                  <td>{momentShort(d.queued)}</td>
                  {group !== null && <><th scope="row"><a href={link('pupil', [d.pupil])}>{shortName(d.pupil_name)}</a></th><td>{initials(d.name)}</td></>}
                  <td>{m().own.wantsOf[d.wants] ?? m().common.none}</td>
                  <td>{t.ways[d.way] ?? m().common.none}</td>
                  <td><State delivery={d} /></td>
                </tr>
              ))}</tbody>
            </table>
          </Scroll>
          {value.more && <p class="dim">{t.more(value.messages.length)}</p>}
        </>
      )}
      <p class="dim small-text">{t.note}</p>
    </section>
  )
}
