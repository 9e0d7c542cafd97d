import { cleanText, decode, decodeView, encode, textIsClean, type Value } from '../../../net/web/src/ledger/canon'
import { hex, unhex } from '../../../net/web/src/ledger/hash'

const bytes = (text: string): Uint8Array => unhex(text.replace(/ /g, ''))

describe('canon', () => {
  it('writes the shortest integers', () => {
    const golden: [number | bigint, string][] = [
      [0, '00'], [127, '7f'], [128, 'cc80'], [255, 'ccff'], [256, 'cd0100'], [65535, 'cdffff'], [65536, 'ce00010000'],
      [4294967295, 'ceffffffff'], [4294967296, 'cf0000000100000000'], [2n ** 63n - 1n, 'cf7fffffffffffffff'],
      [-1, 'ff'], [-32, 'e0'], [-33, 'd0df'], [-128, 'd080'], [-129, 'd1ff7f'], [-32768, 'd18000'], [-32769, 'd2ffff7fff'],
      [-2147483648, 'd280000000'], [-2147483649, 'd3ffffffff7fffffff'], [-(2n ** 63n), 'd38000000000000000'],
    ]
    for (const [value, wanted] of golden) {
      expect(hex(encode(value))).toBe(wanted)
      expect(decode(unhex(wanted))).toBe(value)
    }
  })

  it('sorts keys by their bytes, a prefix first', () => {
    expect(hex(encode({ b: 1, aa: 2, a: 3, я: 4, Z: 5 }))).toBe('85a15a05a16103a2616102a16201a2d18f04')
  })

  it('gives back what it wrote', () => {
    const value: Value = { a: [null, true, false, -5, 'привет', bytes('00ff')], b: { c: 'x'.repeat(40) }, d: Array.from({ length: 20 }, (_, i) => i) }
    expect(hex(encode(decode(encode(value))))).toBe(hex(encode(value)))
  })

  it.each([
    ['a longer integer than needed', 'cc7f'], ['a longer negative', 'd0e0'], ['a signed form of a positive', 'd100ff'],
    ['64 bits for 32', 'cf00000000ffffffff'], ['an unsigned above 2^63-1', 'cf8000000000000000'],
    ['a float', 'ca00000000'], ['a double', 'cb0000000000000000'], ['an extension', 'd40000'], ['the unused byte', 'c1'],
    ['a longer text head', 'd90161'], ['a longer bin head', 'c5000161'], ['a longer array head', 'dc000100'], ['a longer map head', 'de0001a16100'],
    ['keys out of order', '82a16201a16101'], ['a key twice', '82a16101a16101'], ['a key that is no text', '810101'],
    ['bytes after the value', '0000'], ['an end too early', '92 00'], ['nothing', ''],
    ['text that is not UTF-8', 'a1ff'], ['a surrogate', 'a3eda080'], ['text that is not in NFC', 'a3 65cc81'], ['a control character', 'a107'],
    ['nine levels', '91919191919191919100'.slice(0, 20)],
  ])('refuses %s', (_, text) => {
    expect(() => decode(bytes(text))).toThrow()
  })

  it('refuses to write what it would not read', () => {
    expect(() => encode(1.5)).toThrow()
    expect(() => encode('e\u0301')).toThrow()
    expect(() => encode(2n ** 63n)).toThrow()
    let deep: Value = 0
    for (let i = 0; i < 9; i++) deep = [deep]
    expect(() => encode(deep)).toThrow()
  })

  it('cleans what people type', () => {
    expect(cleanText('  е\u0308жик\r\nв\u0007 лесу ')).toBe('ёжик\nв лесу')
    expect(textIsClean(cleanText('и\u0306'))).toBe(true)
  })

  it('reads views leniently, with bins as hex', () => {
    expect(decodeView(bytes('82 a162 01 a161 c40200ff'))).toEqual({ b: 1, a: '00ff' })
    expect(decodeView(bytes('cd0001'))).toBe(1)
  })
})
