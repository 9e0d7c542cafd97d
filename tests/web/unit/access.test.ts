import { hex, unhex } from '../../../net/web/src/ledger/hash'
import { codeSalt, normaliseCode, printCode } from '../../../net/web/src/ledger/keys'
import { cleanLogin, unwrapSeed, wrapSeed } from '../../../net/web/src/session/vault'

describe('printed codes', () => {
  it('are read as people write them', () => {
    expect(normaliseCode('7k3m-q9tx-0h2d-wb5e')).toBe('7K3MQ9TX0H2DWB5E')
    expect(normaliseCode(' 7K3M Q9TX – OH2D – WB5E ')).toBe('7K3MQ9TX0H2DWB5E')
    expect(normaliseCode('iL11-оO00-0000-0000')).toBe('1111000000000000')
    expect(printCode('7K3MQ9TX0H2DWB5E')).toBe('7K3M-Q9TX-0H2D-WB5E')
  })

  it('are refused when they cannot be codes', () => {
    expect(normaliseCode('7K3M-Q9TX-0H2D-WB5')).toBe(null)
    expect(normaliseCode('7K3M-Q9TX-0H2D-WB5U')).toBe(null)
    expect(normaliseCode('')).toBe(null)
  })

  it('derive under a salt of their use and their log', () => {
    const log = unhex('11'.repeat(32))
    expect(hex(codeSalt('invitation', log))).not.toBe(hex(codeSalt('emergency', log)))
    expect(hex(codeSalt('invitation', log))).not.toBe(hex(codeSalt('invitation', unhex('12'.repeat(32)))))
    expect(codeSalt('invitation', log).length).toBe(16)
  })
})

describe('vault', () => {
  it('opens under its own login and key alone', () => {
    const seed = unhex('22'.repeat(32))
    const key = unhex('33'.repeat(32))
    const { nonce, wrapped } = wrapSeed(seed, 'ivanova', key)
    expect(wrapped.length).toBe(48)
    expect(unwrapSeed(wrapped, nonce, 'ivanova', key)).toEqual(seed)
    expect(() => unwrapSeed(wrapped, nonce, 'petrova', key)).toThrow()
    expect(() => unwrapSeed(wrapped, nonce, 'ivanova', unhex('34'.repeat(32)))).toThrow()
  })

  it('knows a login by its clean form', () => {
    expect(cleanLogin(' Ивано\u0306ва ')).toBe('ивано\u0306ва'.normalize('NFC'))
    expect(cleanLogin('Ivanova')).toBe('ivanova')
  })
})
