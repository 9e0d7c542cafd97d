// After an act: what is signed anew and in which order, who has to do what, what a family is told.
import type { Notice, Repair, Report } from '../../../net/web/src/api/types'
import { hex, sha256, unhex, utf8 } from '../../../net/web/src/ledger/hash'
import { newCode, normaliseCode } from '../../../net/web/src/ledger/keys'
import { draftOf, nextWave, plan } from '../../../net/web/src/session/reaffirm'

const id = (name: string): string => hex(sha256(utf8(name))).slice(0, 32)
const hash = (name: string): string => hex(sha256(utf8(name)))
const ME = id('me')

function row(part: Partial<Repair>): Repair {
  return {
    list: 'struck', why: '', seq: 10, id: hash('10'), recorded: 0, kind: 'marks.set', account: ME, name: '', own: true, report: 90, act: 1, what: 'mark', index: 0,
    lesson: { id: id('lesson'), day: 20000, shift: 1, n: 2, counts: true, opened: hash('opened'), opens_for: ME },
    group: id('group'), subject: id('subject'), group_name: '8А', subject_name: 'Алгебра', pupil: id('anya'), pupil_name: 'Аня', column: 0, period: '',
    before: '3', was: '5', now: '3', now_seq: 4, now_name: '', may_write: true, content: { values: [5], work: 1, weight: 1, comment: null, protocol: null }, ...part,
  }
}

describe('affirming', () => {
  it('signs the same content on top of what stands there now, quoting the old entry', () => {
    const [one] = plan([row({ content: { values: [5, 4], work: 4, weight: 30, comment: 'пояснение', protocol: ['17', 20001] } })])
    const draft = draftOf(one!, ME, 100, new Map())
    expect(draft.kind).toBe('marks.set')
    expect(draft.quote).toEqual(unhex(hash('10')))
    const cells = draft.body['cells'] as unknown[][]
    expect(cells[0]!.slice(0, 2)).toEqual([unhex(id('anya')), [5, 4]])
    expect(cells[0]![3]).toBe(4)
    expect(draft.body).toMatchObject({ column: 0, weight: 30, work: 4, protocol: ['17', 20001] })
    expect(draft.openings!.map((o) => o.path)).toEqual(['cells.0.2'])
  })

  it('makes one event of the chosen cells of one old entry, and none of the others', () => {
    const planned = plan([row({ pupil: id('borya'), index: 1 }), row({}), row({ seq: 12, id: hash('12'), pupil: id('vera') })])
    expect(planned.map((p) => p.rows.map((r) => r.pupil))).toEqual([[id('anya'), id('borya')], [id('vera')]])
  })

  it('opens a lesson that is gone first, once, as the same lesson', () => {
    const gone = { id: id('lesson'), day: 20000, shift: 1, n: 2, counts: false, opened: hash('opened'), opens_for: ME }
    const planned = plan([row({ lesson: gone }), row({ lesson: gone, seq: 12, id: hash('12') })])
    expect(planned).toHaveLength(3)
    const draft = draftOf(planned[0]!, ME, 100, new Map())
    expect(draft).toMatchObject({ kind: 'lesson.opened', quote: unhex(hash('opened')), body: { actual: unhex(ME), assigned: unhex(ME), day: 20000, lesson: unhex(id('lesson')), n: 2, shift: 1 } })
    // Chosen as a row of its own it is not opened twice.
    expect(plan([row({ lesson: gone }), row({ lesson: gone, what: 'lesson', seq: 9, id: hash('9') })]).map((p) => p.rows[0]?.what ?? 'opens')).toEqual(['lesson', 'mark'])
  })

  it('does not open a lesson that the person may not open', () => {
    const gone = { id: id('lesson'), day: 20000, shift: 1, n: 2, counts: false, opened: hash('opened'), opens_for: null }
    expect(plan([row({ lesson: gone })]).some((p) => p.opens !== null)).toBe(false)
  })

  it('signs two values of one cell one after the other, the second on top of the first', () => {
    const planned = plan([row({ seq: 12, id: hash('12'), content: { values: [2], work: 1, weight: 1 } }), row({})])
    const wave = nextWave(planned)
    expect(wave).toHaveLength(1)
    expect(wave[0]!.rows[0]!.seq).toBe(10)
    const known = new Map<string, number>()
    known.set(`${id('lesson')}/mark/0/${id('anya')}`, 150)
    const cells = draftOf(planned[1]!, ME, 100, known).body['cells'] as unknown[][]
    expect(cells[0]![3]).toBe(150)
  })

  it('keeps absences and "everybody was looked at" of one entry together', () => {
    const [one] = plan([row({ what: 'sheet', pupil: null, content: {}, index: 0 }), row({ what: 'attendance', content: { state: 1, reason: 'ill' }, now_seq: null })])
    const draft = draftOf(one!, ME, 100, new Map())
    expect(draft.body).toMatchObject({ all: true, lesson: unhex(id('lesson')) })
    expect((draft.body['cells'] as unknown[][]).map((c) => [c[1], c[3]])).toEqual([[1, null]])
  })

  it('signs a mark for a period by the journal as it is now', () => {
    const [one] = plan([row({ what: 'period', lesson: null, period: '1 четверть', content: { value: 13, until: 20010, reason: 'болел' }, now_seq: 7 })])
    const draft = draftOf(one!, ME, 123, new Map())
    expect(draft.kind).toBe('period.set')
    expect(draft.body).toMatchObject({ period: '1 четверть', upto: 123 })
    expect(draft.openings!.map((o) => o.path)).toEqual(['cells.0.3'])
  })
})

describe('printed codes', () => {
  it('are 80 bits in Crockford’s alphabet, most significant first', () => {
    expect(newCode(new Uint8Array(10))).toBe('0000000000000000')
    expect(newCode(new Uint8Array(10).fill(255))).toBe('ZZZZZZZZZZZZZZZZ')
    expect(newCode(new Uint8Array([0x08, 0, 0, 0, 0, 0, 0, 0, 0, 1]))).toBe('1000000000000001')
    const code = newCode()
    expect(normaliseCode(code)).toBe(code)
    expect(newCode()).not.toBe(code)
  })
})

describe('what an officer has to do now', async () => {
  const { tasksOf } = await import('../../../net/web/src/state/tasks')
  const { session } = await import('../../../net/web/src/state/session')
  const OFFICER = id('head')
  const report = (part: Partial<Report>): Report => ({
    seq: 20, id: hash('r'), recorded: 0, act: 1, target: hash('k'), account: id('teacher'), name: 'Чагаев У. И.', is_session: false, by_name: '', breach: 5, learned: 6, due: 50, late: false, cut: 10, count: 4, size: 20, digest: hash('d'), reason: null,
    receipts: [], overrules: [], stratum: 2, enrolled: true, invited: false, state: 'closed', needs_root: false, void_count: 0, ungrounded_count: 0, ...part,
  })
  const receipt = (account: string, valid = true) => ({ seq: 21, account, name: '', capacity: 1, told: 7, recorded: 8, valid })
  const names = (list: readonly Report[]): string[] => tasksOf(list).map((t) => t.what)

  beforeAll(() => {
    session.value = { me: { account: OFFICER, name: '', key: '', session: hash('s'), stratum: 1, roles: [{ grant: '', from: 0, role: 1, scope: null, scope_name: null }], now: 0, today: 0, size: 0 }, signer: {} as never, counter: 0, login: '' }
  })
  afterAll(() => {
    session.value = null
  })

  it('is to confirm what waits, and not twice', () => {
    expect(names([report({})])).toEqual(['receive'])
    expect(names([report({ receipts: [receipt(OFFICER)] })])).toEqual(['wait'])
    expect(names([report({ receipts: [receipt(OFFICER, false)] })])).toEqual(['receive'])
    expect(names([report({ state: 'standing' })])).toEqual([])
  })
  it('is never to confirm a report on oneself', () => {
    expect(names([report({ account: OFFICER, stratum: 1 })])).toEqual(['wait'])
  })
  it('is to fetch the envelope when two are not enough', () => {
    expect(names([report({ needs_root: true })])).toEqual(['root'])
  })
  it('is to be the second against a report, if a pair may overrule it', () => {
    const asked = { state: 'standing' as const, overrules: [{ seq: 30, account: id('deputy'), name: '', by_root: false, recorded: 9 }] }
    expect(names([report(asked)])).toEqual(['overrule'])
    expect(names([report({ ...asked, stratum: 1 })])).toEqual([])
    expect(names([report({ ...asked, by_root: true })])).toEqual([])
    expect(names([report({ ...asked, overrules: [{ ...asked.overrules[0]!, account: OFFICER }] })])).toEqual([])
  })
  it('is to invite whoever cannot come in any more, once', () => {
    const out = { state: 'standing' as const, enrolled: false }
    expect(names([report(out), report({ ...out, seq: 25 })])).toEqual(['invite'])
    expect(names([report({ ...out, invited: true })])).toEqual([])
    expect(names([report({ ...out, is_session: true })])).toEqual([])
  })
  it('comes in the order of what is due first', () => {
    expect(tasksOf([report({ act: 1, due: 90 }), report({ act: 2, due: 40 })]).map((t) => t.report.act)).toEqual([2, 1])
  })
})

describe('messages', async () => {
  const { causesOf } = await import('../../../net/web/src/state/notices')
  const notice = (seq: number, day: number): Notice => ({ seq, recorded: 0, kind: 'mark', what: 'mark', subject_name: '', teacher_name: '', lesson: null, day, n: 1, column: 0, work: 1, period: '', was: '—', now: '5', report: null, act: 0 })
  it('are one for each cause, the newest first, however many cells an act puts right', () => {
    const list = causesOf([notice(7, 1), notice(9, 2), notice(9, 1), notice(3, 5)])
    expect(list.map((x) => [x.seq, x.notices.length])).toEqual([[9, 2], [7, 1], [3, 1]])
  })
})
