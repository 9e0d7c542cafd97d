import type { Delivery } from '../../../net/web/src/api/deliveries'
import { isTrouble, outcome } from '../../../net/web/src/screens/deliveries'

const delivery = (part: Partial<Delivery>): Delivery => ({
  id: '00', account: 'a', name: 'Н', pupil: 'p', pupil_name: 'П', wants: 1, seq: 5, state: 'queued', way: '', attempts: 0, status: -1, queued: 1000, next: null, done: null, reason: '', repeated: false, ...part,
})

describe('deliveries', () => {
  it('are troubles when given up, or tried in vain so far', () => {
    expect(isTrouble(delivery({}))).toBe(false)
    expect(isTrouble(delivery({ attempts: 2 }))).toBe(true)
    expect(isTrouble(delivery({ state: 'sent', attempts: 3 }))).toBe(false)
    expect(isTrouble(delivery({ state: 'cancelled' }))).toBe(false)
    for (const state of ['failed', 'expired', 'unknown']) expect(isTrouble(delivery({ state }))).toBe(true)
  })

  it('say their outcome in words', () => {
    expect(outcome(delivery({ state: 'sent', done: 86400000, repeated: true }))).toMatch(/^отправлено .*, возможно, дважды$/)
    expect(outcome(delivery({ state: 'cancelled', done: 86400000, reason: 'consent' }))).toMatch(/нет согласия$/)
    expect(outcome(delivery({ attempts: 2, next: 86400000 }))).toMatch(/^попыток 2, следующая /)
    expect(outcome(delivery({ reason: 'quiet', next: 86400000 }))).toMatch(/^тихие часы/)
    expect(outcome(delivery({}))).toBe('ждёт отправки')
  })
})
