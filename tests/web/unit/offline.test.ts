import { lock, storeKeyOf, unlock, unlockJson, lockJson, blind } from '../../../net/web/src/local/box'
import { movedTo, type MarkEdit } from '../../../net/web/src/grid/edits'
import { buildEvent, buildSubmission, readSubmission, SEEN_NOTHING, signEvent } from '../../../net/web/src/ledger/event'
import { hex, random, sha256, utf8 } from '../../../net/web/src/ledger/hash'
import { signerOfSeed } from '../../../net/web/src/ledger/keys'
import { Sealer } from '../../../net/web/src/ledger/sealed'
import { onLatinKeys, strengthOf } from '../../../net/web/src/session/strength'

describe('what is kept on this computer', () => {
  const seed = sha256(utf8('seed'))
  const key = storeKeyOf(seed, sha256(utf8('log')))

  it('opens with its own key and under its own label only', () => {
    const box = lock(key, 'queue/a', utf8('Закаева 5'))
    expect(new TextDecoder().decode(unlock(key, 'queue/a', box))).toBe('Закаева 5')
    expect(() => unlock(key, 'queue/b', box)).toThrow()
    expect(() => unlock(storeKeyOf(seed, sha256(utf8('another log'))), 'queue/a', box)).toThrow()
    for (const at of [0, 24, box.length - 1]) {
      const spoilt = box.slice()
      spoilt[at]! ^= 1
      expect(() => unlock(key, 'queue/a', spoilt)).toThrow()
    }
  })

  it('never locks the same thing in the same way, and blinds names', () => {
    expect(hex(lockJson(key, 'x', { a: 1 }))).not.toBe(hex(lockJson(key, 'x', { a: 1 })))
    expect(unlockJson(key, 'x', lockJson(key, 'x', { a: [1, null, 'ё'] }))).toEqual({ a: [1, null, 'ё'] })
    expect(blind(key, 'journal/1')).not.toBe(blind(key, 'journal/2'))
    expect(blind(key, 'journal/1')).not.toContain('journal')
  })

  it('gives a signed submission back byte for byte', async () => {
    const signer = signerOfSeed(seed)
    const sealer = new Sealer()
    const bytes = buildEvent({ logId: random(32), key: signer.key, counter: 7, claimedMs: 1, kind: 'marks.set', seen: SEEN_NOTHING, body: { cells: [[random(16), [5], sealer.sealMaybe('cells.0.2', 'устно'), null]] } })
    const event = await signEvent(bytes, [signer], sealer.openings)
    const wire = buildSubmission(event)
    const read = readSubmission(wire)
    expect(hex(buildSubmission(read))).toBe(hex(wire))
    expect(hex(read.id)).toBe(hex(event.id))
  })

  it('moves an edit into the lesson that another hand has opened, as seen by nobody', () => {
    const edit: MarkEdit = { what: 'mark', key: 'm/aa/0/pp', lesson: 'aa', pupil: 'pp', column: 0, values: [4], work: 1, weight: 1, comment: null, protocol: null, prev: 9, status: 'sent' }
    expect(movedTo(edit, 'bb')).toMatchObject({ key: 'm/bb/0/pp', lesson: 'bb', prev: null, values: [4] })
  })
})

describe('strength of a password', () => {
  const enough = async (password: string, ...own: string[]): Promise<boolean> => (await strengthOf(password, own)).isEnough

  it('knows what everybody thinks of first', async () => {
    for (const weak of ['password123', '1234567890', 'qwertyuiop', 'йцукенгшщз', 'парольпароль', 'летопись2026', 'aaaaaaaaaaaa', 'abcdefghijk', '01.09.2026!', 'Зарема1985']) expect([weak, await enough(weak)]).toEqual([weak, false])
  })

  it('knows what others know of the person', async () => {
    expect(await enough('хатуева.полина', 'хатуева.полина', 'Хатуева Полина Яковлевна')).toBe(false)
  })

  it('takes a phrase, and refuses what is short however odd', async () => {
    for (const good of ['зелёный чайник едет в горы', 'tram-lantern-otter-42', 'x7#Kq9!vLw2p']) expect([good, await enough(good)]).toEqual([good, true])
    expect(await enough('x7#Kq9!v')).toBe(false)
  })

  it('looks at the keys under Cyrillic letters', () => {
    expect(onLatinKeys('Пароль')).toBe('Gfhjkm')
  })
})
