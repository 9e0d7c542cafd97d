import { unbase64, utf8 } from '../../../net/web/src/ledger/hash'
import { leafHash, verifyConsistency, verifyInclusion } from '../../../net/web/src/ledger/tree'
import { vectorText } from './help/files'
import { naiveConsistency, naiveInclusion, naiveRoot } from './help/naive-tree'

const entries = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => utf8(`entry ${i}`))
const text = vectorText('ledger-tlog.txt')
const goldenRoot = (n: number): Uint8Array => unbase64(new RegExp(`^n=${n} root (\\S+)$`, 'm').exec(text)![1]!)
const hashes = (list: string): Uint8Array[] => list.split(' ').filter((h) => h !== '').map(unbase64)

describe('tree', () => {
  it('agrees with the golden roots', () => {
    for (const n of [0, 1, 2, 3, 5, 255, 256, 257, 300]) expect(naiveRoot(entries(n))).toEqual(goldenRoot(n))
  })

  it('accepts the golden consistency proof 257 → 300 and no changed one', () => {
    const path = hashes(/^consistency 257->300 \[(.*)\]$/m.exec(text)![1]!)
    expect(verifyConsistency(257, goldenRoot(257), 300, goldenRoot(300), path)).toBe(true)
    for (let i = 0; i < path.length; i++) {
      const bent = path.map((h, j) => (i === j ? h.map((b, k) => (k === 7 ? b ^ 1 : b)) : h))
      expect(verifyConsistency(257, goldenRoot(257), 300, goldenRoot(300), bent)).toBe(false)
    }
    expect(verifyConsistency(256, goldenRoot(257), 300, goldenRoot(300), path)).toBe(false)
    expect(verifyConsistency(257, goldenRoot(256), 300, goldenRoot(300), path)).toBe(false)
    expect(verifyConsistency(257, goldenRoot(257), 300, goldenRoot(257), path)).toBe(false)
    expect(verifyConsistency(257, goldenRoot(257), 300, goldenRoot(300), path.slice(0, -1))).toBe(false)
    expect(verifyConsistency(257, goldenRoot(257), 300, goldenRoot(300), [...path, path[0]!])).toBe(false)
  })

  it('accepts the golden inclusion proof of entry 3 in 300', () => {
    const path = naiveInclusion(3, entries(300))
    expect(path.length).toBe(9)
    const golden = hashes(/^inclusion 3 in 300 9 \[(.*)\]$/m.exec(text)![1]!)
    expect(path.slice(0, golden.length)).toEqual(golden)
    expect(verifyInclusion(leafHash(utf8('entry 3')), 3, 300, goldenRoot(300), path)).toBe(true)
    expect(verifyInclusion(leafHash(utf8('entry 4')), 3, 300, goldenRoot(300), path)).toBe(false)
    expect(verifyInclusion(leafHash(utf8('entry 3')), 4, 300, goldenRoot(300), path)).toBe(false)
  })

  it('accepts every honest proof of small trees, and none for another size', () => {
    const all = entries(34)
    for (let n = 0; n <= all.length; n++) {
      const now = all.slice(0, n)
      for (let m = 0; m <= n; m++) {
        const path = m === 0 ? [] : naiveConsistency(m, now)
        expect(verifyConsistency(m, naiveRoot(all.slice(0, m)), n, naiveRoot(now), path)).toBe(true)
        if (m > 0 && m < n) expect(verifyConsistency(m, naiveRoot(entries(m + 1)), n, naiveRoot(now), path)).toBe(false)
      }
      for (let i = 0; i < n; i++) {
        expect(verifyInclusion(leafHash(all[i]!), i, n, naiveRoot(now), naiveInclusion(i, now))).toBe(true)
      }
    }
  })

  it('refuses a shrunken or forked log', () => {
    expect(verifyConsistency(5, goldenRoot(5), 3, goldenRoot(3), [])).toBe(false)
    expect(verifyConsistency(5, goldenRoot(5), 5, goldenRoot(3), [])).toBe(false)
  })
})
