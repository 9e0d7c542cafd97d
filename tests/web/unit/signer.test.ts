// The log's signer is away: neither a refusal nor a broken line. What was signed stays in the line and goes again.
import { encode, type Value } from '../../../net/web/src/ledger/canon'
import type { Me, School } from '../../../net/web/src/api/types'
import { hex, random } from '../../../net/web/src/ledger/hash'
import { signerOfSeed } from '../../../net/web/src/ledger/keys'

const REFUSED: Value = { code: 13, error: 'signer_away', field: '', ru: 'Служба подписи журнала не отвечает', en: 'The log\'s signer does not answer' }
const taken = (seq: number): Value => ({ code: 0, seq, recorded: 1, id: hex(random(32)), known: false })

let answers: [number, Value][] = []
const bodies: string[] = []
const probes: string[] = []

vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
  if (init.method === 'HEAD') {
    probes.push(url)
    return new Response(null, { status: 200 })
  }
  bodies.push(hex(init.body as Uint8Array))
  const [status, value] = answers.shift()!
  return new Response(encode(value).slice(), { status, headers: { 'content-type': 'application/msgpack' } })
})

const outbox = await import('../../../net/web/src/state/outbox')
const client = await import('../../../net/web/src/api/client')
const { lineDown } = await import('../../../net/web/src/state/line')
const { session } = await import('../../../net/web/src/state/session')
const { school } = await import('../../../net/web/src/state/school')

const draft = (): { kind: string; body: Record<string, never> } => ({ kind: 'test.made', body: {} })
const settle = async (ms = 0): Promise<void> => { for (let i = 0; i < 20; i++) await vi.advanceTimersByTimeAsync(ms / 20) }

beforeEach(() => {
  vi.useFakeTimers()
  answers = []
  bodies.length = 0
  probes.length = 0
  school.value = { log_id: hex(random(32)) } as School
  session.value = { me: {} as Me, signer: signerOfSeed(random(32)), counter: 0, login: 'st01' }
})
afterEach(() => { vi.useRealTimers() })

describe('a server whose log cannot be signed', () => {
  it('keeps the entry in the line, says so, and sends the same bytes again until they are taken', async () => {
    answers = [[503, [REFUSED]], [503, [REFUSED]], [200, [taken(7)]]]
    const ticket = await outbox.post(draft(), { edits: [1] })
    let answered: unknown = null
    void ticket.answer.then((a) => { answered = a })
    await settle()
    expect(bodies.length).toBe(1)
    expect([outbox.signerAway.value, lineDown.value, outbox.queued.value]).toEqual([true, false, 1])
    expect(answered).toBeNull()
    await settle(20000)
    expect(bodies.length).toBe(3)
    expect(new Set(bodies).size).toBe(1)
    expect(answered).toMatchObject({ code: 0, seq: 7 })
    expect([outbox.signerAway.value, outbox.queued.value]).toEqual([false, 0])
    expect(probes).toEqual([]) // the line was never thought to be down
  })

  it('sends all again when only some of a request found the signer away', async () => {
    answers = [[503, [REFUSED]], [503, [taken(1), REFUSED]], [200, [{ ...(taken(1) as object), known: true } as Value, taken(2)]]]
    const tickets = await Promise.all([outbox.post(draft(), { edits: [1] }), outbox.post(draft(), { edits: [2] })])
    await settle(20000)
    expect(await tickets[0]!.answer).toMatchObject({ code: 0, seq: 1, known: true })
    expect(await tickets[1]!.answer).toMatchObject({ code: 0, seq: 2 })
    expect(bodies.length).toBe(3)
    expect(bodies[2]).toBe(bodies[1])
  })

  it('still shows a refusal of its own, and a log that has stopped', async () => {
    answers = [[422, [{ ...(REFUSED as object), code: 101, error: 'no_right' } as Value]], [503, [{ ...(REFUSED as object), code: 11, error: 'stopped' } as Value]]]
    const refused = await outbox.post(draft(), { edits: [1] })
    await settle()
    expect(await refused.answer).toMatchObject({ error: 'no_right' })
    const stopped = await outbox.post(draft(), { edits: [1] })
    await settle()
    expect(await stopped.answer).toMatchObject({ error: 'stopped' })
    expect(outbox.signerAway.value).toBe(false)
  })

  it('is an error of the line to who asks by himself', async () => {
    answers = [[503, [REFUSED]]]
    const error = await client.api.events(new Uint8Array([0x90])).then(() => null, (e: unknown) => e)
    expect(error).toBeInstanceOf(client.SignerAwayError)
    expect(error).toBeInstanceOf(client.OfflineError)
  })
})
