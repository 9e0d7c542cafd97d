import type { Handover } from '../../../net/web/src/api/types'
import { encode } from '../../../net/web/src/ledger/canon'
import { buildEvent, SEEN_NOTHING } from '../../../net/web/src/ledger/event'
import { base64, concat, hex, utf8 } from '../../../net/web/src/ledger/hash'
import { followKeys, type Known } from '../../../net/web/src/ledger/handover'
import { type Signer, signerOfSeed } from '../../../net/web/src/ledger/keys'
import { noteKeyHash } from '../../../net/web/src/ledger/note'
import { naiveConsistency, naiveInclusion, naiveRoot } from './help/naive-tree'

const NAME = 'journal.example/log'
const keyOf = (n: number): Signer => signerOfSeed(new Uint8Array(32).fill(n))
const vkeyOf = ({ key }: Signer): string => `${NAME}+${hex(noteKeyHash(NAME, key))}+${base64(concat(new Uint8Array([1]), key))}`

const entryOf = (kind: string, body: { readonly [key: string]: string | number }): Uint8Array => encode([1, buildEvent({
  logId: new Uint8Array(32), key: keyOf(9).key, counter: 1, claimedMs: 1, kind, body, seen: SEEN_NOTHING,
}), [new Uint8Array(64)]])

/** A log that has had three keys: 5 entries under the first, the 5th names the second; 9 in all, the 9th names the third. */
const KEYS = [keyOf(1), keyOf(2), keyOf(3)]
const names = (from: number, to: number): Uint8Array => entryOf('log.continued', { from: vkeyOf(KEYS[from]!), size: 4, to: vkeyOf(KEYS[to]!) })
const plain = (n: number): Uint8Array => entryOf('setting.set', { n })
const LOG = [plain(0), plain(1), plain(2), plain(3), names(0, 1), plain(5), plain(6), plain(7), names(1, 2)]

async function noteOf(signer: Signer, leaves: readonly Uint8Array[]): Promise<string> {
  const body = `${NAME}\n${leaves.length}\n${base64(naiveRoot(leaves))}\n`
  return `${body}\n— ${NAME} ${base64(concat(noteKeyHash(NAME, signer.key), await signer.sign(utf8(body))))}\n`
}

async function handoverOf(n: number, log: readonly Uint8Array[]): Promise<Handover> {
  const seq = log.length - 1
  return { vkey: vkeyOf(KEYS[n]!), checkpoint: await noteOf(KEYS[n]!, log), seq, entry: hex(log[seq]!), path: naiveInclusion(seq, log).map(hex) }
}

const known = (size: number, log: readonly Uint8Array[] = LOG): Known => ({ vkey: vkeyOf(KEYS[0]!), size, root: hex(naiveRoot(log.slice(0, size))) })
const path = async (old: number, size: number): Promise<string[]> => naiveConsistency(old, LOG.slice(0, size)).map(hex)
const both = async (): Promise<Handover[]> => [await handoverOf(0, LOG.slice(0, 5)), await handoverOf(1, LOG)]
const last = vkeyOf(KEYS[2]!)

describe('a log that has changed its key', () => {
  it('is followed from any size that was seen, key by key', async () => {
    for (const size of [0, 1, 4, 5]) expect(await followKeys(known(size), last, await both(), path)).toEqual({ vkey: last, size: 9, root: hex(naiveRoot(LOG)) })
    expect(await followKeys({ ...known(9), vkey: vkeyOf(KEYS[1]!) }, last, await both(), path)).not.toBe(null)
  })

  it('is not followed to a key that no entry names', async () => {
    expect(await followKeys(known(3), vkeyOf(keyOf(7)), await both(), path)).toBe(null)
    expect(await followKeys(known(3), last, [(await both())[0]!], path)).toBe(null)
    expect(await followKeys(known(3), last, [], path)).toBe(null)
  })

  it('is not followed when what was seen is not its beginning', async () => {
    expect(await followKeys({ ...known(3), root: hex(naiveRoot([plain(0), plain(1), plain(8)])) }, last, await both(), path)).toBe(null)
    // More had been seen than the former key's last words cover: those entries are gone.
    expect(await followKeys(known(7), last, await both(), path)).toBe(null)
  })

  it('is not followed by a former key’s checkpoint that another key signed, or an entry that does not stand in it', async () => {
    const [first, second] = await both()
    expect(await followKeys(known(3), last, [{ ...first!, checkpoint: await noteOf(keyOf(7), LOG.slice(0, 5)) }, second!], path)).toBe(null)
    expect(await followKeys(known(3), last, [{ ...first!, entry: hex(names(0, 2)) }, second!], path)).toBe(null)
    expect(await followKeys(known(3), last, [{ ...first!, seq: null }, second!], path)).toBe(null)
    const elsewhere = [...LOG.slice(0, 4), names(1, 2)]
    expect(await followKeys(known(3), last, [await handoverOf(0, elsewhere), second!], async (o, s) => naiveConsistency(o, elsewhere.slice(0, s)).map(hex))).toBe(null)
  })
})
