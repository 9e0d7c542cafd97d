import type { EventAnswer, PageSlot } from '../../../net/web/src/api/types'
import type { Edit, MarkEdit } from '../../../net/web/src/grid/edits'
import type { QueuePage } from '../../../net/web/src/grid/queue'

interface Posted { readonly kind: string; readonly body: Record<string, unknown>; readonly memo: unknown; answer(a: EventAnswer): void; sent: boolean; rows: number }

const line: Posted[] = []
const unsigned: { memo: unknown; rows: number }[] = []
const versions: { value: number[] | null; seq: number }[] = []

vi.mock('../../../net/web/src/state/outbox', () => {
  class Hold {
    constructor(private readonly of: { rows: number }) {}
    take() { this.of.rows += 1; return this }
    release() { this.of.rows -= 1 }
  }
  return {
    post: async (draft: { kind: string; body: Record<string, unknown> }, memo: unknown) => {
      const posted = { ...draft, memo, sent: false, rows: 0 } as unknown as Posted
      const answer = new Promise<EventAnswer>((resolve) => { posted.answer = resolve })
      line.push(posted)
      return { answer, hold: new Hold(posted), takeBack: () => { if (posted.sent) return false; line.splice(line.indexOf(posted), 1); return true } }
    },
    keepUnsigned: (memo: unknown) => { const row = { memo, rows: 0 }; unsigned.push(row); return new Hold(row) },
  }
})
vi.mock('../../../net/web/src/api/client', async (original) => ({
  ...(await original<object>()),
  api: { cell: async () => versions.map((v) => ({ counts: true, kind: 'marks.set', comment: null, text: null, name: 'Другая', recorded: 1, ...v })) },
}))

const { EditQueue } = await import('../../../net/web/src/grid/queue')

const id = (n: number): string => n.toString(16).padStart(32, '0')
const slot: PageSlot = { day: 13, shift: 1, n: 2, start: 530, end: 570, room: '', assigned: id(9), actual: id(9) }
const edit = (pupil: number, values: number[], prev: number | null = null, lesson = id(100)): MarkEdit => ({
  what: 'mark', key: `m/${lesson}/0/${id(pupil)}`, lesson, pupil: id(pupil), column: 0, values, work: 1, weight: 1, comment: null, protocol: null, prev, status: 'queued',
})

let alive = true
let planned = false
let accepted: [string, number][] = []
const page = (): QueuePage => ({
  names: { group: id(1), subject: id(2) }, slotOf: () => (planned ? slot : null), sheetDone: () => false, accepted: (e, seq) => { accepted.push([e.key, seq]) },
  opened: () => { planned = false }, openedByOther: async () => id(200), settled: () => undefined, changed: () => undefined, memo: () => ({ group: id(1) }), isAlive: () => alive,
})
const settle = async (): Promise<void> => { for (let i = 0; i < 8; i++) await vi.advanceTimersByTimeAsync(130) }
const cells = (p: Posted): unknown[][] => p.body['cells'] as unknown[][]
const statuses = (q: InstanceType<typeof EditQueue>): string[] => [...q.overlay.values()].map((e: Edit) => e.status)

beforeEach(() => {
  vi.useFakeTimers()
  for (const list of [line, unsigned, versions]) list.length = 0
  alive = true
  planned = false
  accepted = []
})
afterEach(() => { vi.useRealTimers() })

describe('the queue of a page', () => {
  it('signs at once, while an earlier entry still has no answer', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    await settle()
    queue.add(edit(12, [4]))
    await settle()
    expect(line.map((p) => cells(p).length)).toEqual([1, 1])
    expect(line.map((p) => p.rows)).toEqual([1, 1])
    line[0]!.answer({ code: 0, seq: 70 })
    line[1]!.answer({ code: 0, seq: 71 })
    await settle()
    expect(queue.isUnsettled).toBe(false)
    expect(line.map((p) => p.rows)).toEqual([0, 0])
  })

  it('hands over what was typed a moment ago before somebody leaves, without waiting for the pause', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    expect([queue.isHandingOver, line.length]).toEqual([true, 0])
    await queue.handOver()
    expect([queue.isHandingOver, line.length]).toEqual([false, 1])
    // What stands upon an entry that may have been sent is kept unsigned.
    line[0]!.sent = true
    queue.add(edit(11, [3]))
    await queue.handOver()
    expect([queue.isHandingOver, line.length, unsigned.length]).toEqual([false, 1, 1])
  })

  it('takes a signed entry back while it has never been sent, with its neighbours', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5], 30))
    queue.add(edit(12, [4]))
    await settle()
    const first = line[0]!
    queue.add(edit(11, [3], 999))
    await settle()
    expect(line).toHaveLength(1)
    expect(line[0]).not.toBe(first)
    expect(cells(line[0]!).map((c) => [c[1], c[3]])).toEqual([[[3], 30], [[4], null]])
    expect([first.rows, line[0]!.rows]).toEqual([0, 2])
    expect(queue.cancel(edit(12, []).key)).toBe(true)
    await settle()
    expect(cells(line[0]!).map((c) => c[1])).toEqual([[3]])
  })

  it('keeps unsigned what stands upon an entry that may have been sent, and signs it on top of that', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    await settle()
    line[0]!.sent = true
    queue.add(edit(11, [3]))
    await settle()
    expect(line).toHaveLength(1)
    expect(unsigned).toMatchObject([{ rows: 1, memo: { edits: [{ values: [3] }] } }])
    line[0]!.answer({ code: 0, seq: 77 })
    await settle()
    expect(cells(line[1]!)[0]!.slice(1)).toEqual([[3], null, 77])
    expect(unsigned[0]!.rows).toBe(0)
  })

  it('leaves attendance complete that is on its way to be so', async () => {
    const queue = new EditQueue(page())
    queue.add({ what: 'sheet', key: `s/${id(100)}`, lesson: id(100), prev: null, status: 'queued' })
    await settle()
    queue.add({ what: 'absence', key: `a/${id(100)}/${id(11)}`, lesson: id(100), pupil: id(11), state: 1, reason: null, prev: null, status: 'queued' })
    await settle()
    expect(line.map((p) => p.body['all'])).toEqual([true, true])
  })

  it('opens a planned lesson once, and moves into the one that another device has opened', async () => {
    planned = true
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    await settle()
    queue.add(edit(12, [4]))
    await settle()
    expect(line.map((p) => p.kind)).toEqual(['lesson.opened', 'marks.set', 'marks.set'])
    line[0]!.answer({ code: 1, error: 'already_exists', field: 'n' })
    planned = false
    for (const p of line.slice(1)) p.answer({ code: 1, error: 'unknown_referent', field: 'lesson' })
    await settle()
    const moved = line.slice(3)
    expect(moved.map((p) => (p.body['lesson'] as Uint8Array).at(-1))).toEqual([200, 200])
    expect(moved.map((p) => cells(p)[0]![3])).toEqual([null, null])
    expect(line.slice(0, 3).map((p) => p.rows)).toEqual([0, 0, 0])
  })

  it('puts a conflict side by side and keeps it on the disk until it is decided', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5], 30))
    await settle()
    versions.push({ value: [2], seq: 44 })
    line[0]!.answer({ code: 1, error: 'stale' })
    await settle()
    expect(queue.conflicts()).toMatchObject([{ values: [5], theirs: { value: [2] } }])
    expect(line[0]!.rows).toBe(1)
    queue.keepMine(edit(11, []).key)
    await settle()
    expect(cells(line[1]!)[0]!.slice(1)).toEqual([[5], null, 44])
    expect(line.map((p) => p.rows)).toEqual([0, 1])
  })

  it('signs anew by choice what came too late for its key, and lets it go when it is read', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    queue.add(edit(12, [4]))
    await settle()
    line[0]!.answer({ code: 1, error: 'expired_key', field: 'k' })
    await settle()
    expect(queue.refused.value).toHaveLength(2)
    expect(line).toHaveLength(1)
    expect(line[0]!.rows).toBe(2)
    queue.signAgain()
    await settle()
    expect(line.slice(1).map((p) => cells(p).length)).toEqual([1, 1])
    expect(line[0]!.rows).toBe(0)
    line[1]!.answer({ code: 1, error: 'no_right', field: 'lesson' })
    await settle()
    expect(line[1]!.rows).toBe(1)
    queue.dismiss()
    expect(line[1]!.rows).toBe(0)
  })

  it('goes on with what an earlier tab had left, signed or not', async () => {
    const queue = new EditQueue(page())
    let resolve!: (a: EventAnswer) => void
    const answer = new Promise<EventAnswer>((r) => { resolve = r })
    const count = { rows: 0 }
    const hold = { take: () => { count.rows += 1; return hold }, release: () => { count.rows -= 1 } } as never
    queue.adopt({ memo: { edits: [edit(11, [5])] }, ticket: { answer, hold, takeBack: () => false }, hold })
    queue.adopt({ memo: { edits: [edit(11, [3])] }, ticket: null, hold })
    await settle()
    expect(line).toHaveLength(0)
    expect(statuses(queue)).toEqual(['queued'])
    resolve({ code: 0, seq: 90 })
    await settle()
    expect(cells(line[0]!)[0]!.slice(1)).toEqual([[3], null, 90])
    expect(count.rows).toBe(0)
  })

  it('only clears the disk once the person has left', async () => {
    const queue = new EditQueue(page())
    queue.add(edit(11, [5]))
    await settle()
    queue.add(edit(12, [4]))
    await settle()
    alive = false
    line[0]!.answer({ code: 0, seq: 70 })
    line[1]!.answer({ code: 1, error: 'stale' })
    await settle()
    expect(line.map((p) => p.rows)).toEqual([0, 1])
    expect(accepted).toEqual([])
  })
})
