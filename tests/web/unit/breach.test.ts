import type { Preview } from '../../../net/web/src/api/types'
import { hex, sha256, unhex, utf8 } from '../../../net/web/src/ledger/hash'
import { agreement } from '../../../net/web/src/session/breach'

const ids = ['a', 'b', 'c', 'd'].map((s) => hex(sha256(utf8(s))))
const digestOf = (list: readonly string[]): string => hex(sha256(...list.map(unhex)))
const preview = (part: Partial<Preview>): Preview => ({
  target: '', account: '', name: '', is_session: false, breach: 0, cut: 10, size: 20, count: 4, digest: digestOf(ids), needs_root: false, ungrounded_count: 0,
  by_kind: [], cells: [], events: [], period_marks_affected: 0, ids, ...part,
})

describe('the second officer’s comparison', () => {
  it('hashes the listed ids itself', () => {
    expect(agreement(preview({}), { cut: 10, count: 4, digest: digestOf(ids) })).toBe('recomputed')
  })

  it('holds when the log has grown since, and covers more now', () => {
    expect(agreement(preview({}), { cut: 10, count: 3, digest: digestOf(ids.slice(0, 3)) })).toBe('recomputed')
  })

  it('fails for another cut, another list, a list in another order, a shorter one', () => {
    expect(agreement(preview({}), { cut: 11, count: 4, digest: digestOf(ids) })).toBe('different')
    expect(agreement(preview({}), { cut: 10, count: 4, digest: digestOf([...ids].reverse()) })).toBe('different')
    expect(agreement(preview({ ids: [...ids].reverse() }), { cut: 10, count: 4, digest: digestOf(ids) })).toBe('different')
    expect(agreement(preview({ ids: ids.slice(0, 3) }), { cut: 10, count: 4, digest: digestOf(ids) })).toBe('different')
  })

  it('does not take the server’s digest for its own', () => {
    expect(agreement(preview({ ids: ids.slice(0, 3).concat(ids[0]!) }), { cut: 10, count: 4, digest: digestOf(ids) })).toBe('different')
  })
})
