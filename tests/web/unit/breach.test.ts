import type { EmergencyClaim, Preview, Report } from '../../../net/web/src/api/types'
import { hex, sha256, unhex, utf8 } from '../../../net/web/src/ledger/hash'
import type { OutDraft } from '../../../net/web/src/state/outbox'

const sent: OutDraft[] = []
vi.mock('../../../net/web/src/state/outbox', () => ({
  submitOne: (draft: OutDraft) => {
    sent.push(draft)
    return Promise.resolve({ code: 0, seq: 1 })
  },
}))
const { agreement, ContradictionError, previewHolds, receiveBreach, reportBreach } = await import('../../../net/web/src/session/breach')
const { claimHolds } = await import('../../../net/web/src/session/emergency')

const ids = ['a', 'b', 'c', 'd'].map((s) => hex(sha256(utf8(s))))
const other = hex(sha256(utf8('other')))
const digestOf = (list: readonly string[]): string => hex(sha256(...list.map(unhex)))
const target = hex(sha256(utf8('key')))
const account = '11'.repeat(16)

const shown = (id: string, seq: number) => ({ seq, id, recorded: 0, kind: 'marks.set', group_name: null, subject_name: null, session: target, covered: true })
function preview(part: Partial<Preview> = {}): Preview {
  return {
    due: 0, target, account, name: '', is_session: false, breach: 5, cut: 10, size: 20, count: 4, digest: digestOf(ids), needs_root: false, ungrounded_count: 0,
    by_kind: [], cells: [], events: ids.map((id, i) => shown(id, 10 + i)), period_marks_affected: 0, ids, ...part,
  }
}
function report(part: Partial<Report> = {}): Report {
  return {
    seq: 20, id: other, recorded: 0, act: 1, target, account, name: '', is_session: false, by_name: '', breach: 5, learned: 6, due: 0, late: false, cut: 10, count: 4, size: 20, digest: digestOf(ids), reason: null,
    receipts: [], overrules: [], stratum: 2, enrolled: false, invited: false, state: 'closed', needs_root: false, void_count: 0, ungrounded_count: 0, ...part,
  }
}
beforeEach(() => {
  sent.length = 0
})

describe('the second officer’s comparison', () => {
  it('hashes the listed ids itself', () => {
    expect(agreement(preview(), report())).toBe('recomputed')
  })

  it('holds when the log has grown since, and covers more now', () => {
    expect(agreement(preview(), report({ count: 3, digest: digestOf(ids.slice(0, 3)) }))).toBe('recomputed')
  })

  it('fails for another cut, another list, a list in another order, a shorter one, or none', () => {
    expect(agreement(preview(), report({ cut: 11 }))).toBe('different')
    expect(agreement(preview(), report({ digest: digestOf([...ids].reverse()) }))).toBe('different')
    expect(agreement(preview({ ids: [...ids].reverse() }), report())).toBe('different')
    expect(agreement(preview({ ids: ids.slice(0, 3) }), report())).toBe('different')
    const { ids: _, ...none } = preview()
    expect(agreement(none, report())).toBe('different')
  })

  it('does not take the server’s digest for its own', () => {
    expect(agreement(preview({ ids: ids.slice(0, 3).concat(ids[0]!) }), report())).toBe('different')
  })

  it('fails when another key or another moment is shown than was reported', () => {
    expect(agreement(preview({ target: other }), report())).toBe('different')
    expect(agreement(preview({ breach: 6 }), report())).toBe('different')
  })
})

describe('a server that shows one thing and has another signed', () => {
  const lies: [string, Partial<Preview>][] = [
    ['counts fewer entries than it lists', { count: 3 }],
    ['gives the digest of another list', { digest: digestOf([other]) }],
    ['shows an entry that is not in the list', { events: [shown(other, 12)] }],
    ['shows an entry below the cut as covered', { events: [shown(ids[0]!, 9)] }],
    ['hides the id of an entry', { events: [{ ...shown(ids[0]!, 10), id: undefined as unknown as string }] }],
    ['draws the cut beyond the size', { cut: 21 }],
    ['gives no list at all', { ids: undefined as unknown as string[] }],
  ]
  for (const [name, lie] of lies) {
    it(`${name}: no report and no receipt is signed`, async () => {
      const claim = { target, breach: 5, learned: 6, reason: 'r' }
      expect(previewHolds(preview(lie))).toBe(false)
      await expect(reportBreach(claim, preview(lie))).rejects.toBeInstanceOf(ContradictionError)
      await expect(receiveBreach(report(), preview(lie), 1, 6)).rejects.toBeInstanceOf(ContradictionError)
      expect(sent).toEqual([])
    })
  }

  it('exchanges the report under the officer’s eyes: no receipt is signed', async () => {
    for (const part of [{ digest: digestOf([other]) }, { cut: 9 }, { count: 5 }, { target: other }, { breach: 4 }]) {
      await expect(receiveBreach(report(part), preview(), 1, 6)).rejects.toBeInstanceOf(ContradictionError)
    }
    expect(sent).toEqual([])
  })

  it('shows another key than the claim is about', async () => {
    await expect(reportBreach({ target: other, breach: 5, learned: 6, reason: 'r' }, preview())).rejects.toBeInstanceOf(ContradictionError)
    await expect(reportBreach({ target, breach: 4, learned: 6, reason: 'r' }, preview())).rejects.toBeInstanceOf(ContradictionError)
  })
})

describe('what is signed', () => {
  it('is what was shown', async () => {
    await reportBreach({ target, breach: 5, learned: 6, reason: 'r' }, preview())
    await receiveBreach(report(), preview(), 3, 7)
    expect(sent.map((d) => d.kind)).toEqual(['breach.reported', 'breach.received'])
    expect(sent[0]!.body).toMatchObject({ breach: 5, cut: 10, size: 20, count: 4, digest: unhex(digestOf(ids)), target: unhex(target) })
    expect(sent[1]!.body).toEqual({ capacity: 3, cut: 10, digest: unhex(digestOf(ids)), report: unhex(other), told: 7 })
  })
})

describe('the emergency claim', () => {
  const claim = (part: Partial<EmergencyClaim> = {}): EmergencyClaim => ({ account, target, state: 0, now: 6, due: 9, breach: 5, cut: 10, size: 20, count: 4, digest: digestOf(ids), ids, ...part })
  it('holds when its numbers are those of its list', () => {
    expect(claimHolds(claim())).toBe(true)
    expect(claimHolds(claim({ ids: [], count: 0, digest: digestOf([]), cut: 20 }))).toBe(true)
  })
  it('fails otherwise', () => {
    expect(claimHolds(claim({ count: 3 }))).toBe(false)
    expect(claimHolds(claim({ digest: digestOf([other]) }))).toBe(false)
    expect(claimHolds(claim({ cut: 21 }))).toBe(false)
  })
})
