import { unbase64, unhex, utf8, base64, concat } from '../../../net/web/src/ledger/hash'
import { signerOfSeed } from '../../../net/web/src/ledger/keys'
import { cosignedAt, noteKeyHash, openCheckpoint, parseVkey } from '../../../net/web/src/ledger/note'
import { vectorText } from './help/files'

const text = vectorText('ledger-tlog.txt')
const vkey = /^vkey (\S+)$/m.exec(text)![1]!
const seed = unhex(/^seed (\S+)$/m.exec(text)![1]!)
const lines = text.split('\n')
const at = lines.indexOf('journal.example/log')
const note = lines.slice(at, at + 5).join('\n') + '\n'
const cosignature = /^cosig line: (.*)$/m.exec(text)![1]!

async function sign(body: string, name = 'journal.example/log'): Promise<string> {
  const signer = signerOfSeed(seed)
  const blob = concat(noteKeyHash(name, signer.key), await signer.sign(utf8(body)))
  return `${body}\n— ${name} ${base64(blob)}\n`
}

describe('note', () => {
  it('reads the golden verifier key', () => {
    const verifier = parseVkey(vkey)
    expect(verifier.name).toBe('journal.example/log')
    expect(verifier.key).toEqual(unhex(/^pub {2}(\S+)$/m.exec(text)![1]!))
  })

  it('refuses a verifier key whose hash does not match, or of another type', () => {
    expect(() => parseVkey(vkey.replace('b4bfa56f', 'b4bfa56e'))).toThrow()
    expect(() => parseVkey(/^cosig vkey (\S+)$/m.exec(text)![1]!)).toThrow()
    expect(() => parseVkey('nonsense')).toThrow()
  })

  it('opens the golden checkpoint', () => {
    const checkpoint = openCheckpoint(note, parseVkey(vkey))
    expect(checkpoint.size).toBe(3)
    expect(checkpoint.root).toEqual(unbase64('lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk='))
  })

  it('opens it with a witness beside the log', () => {
    expect(openCheckpoint(note + cosignature + '\n', parseVkey(vkey)).size).toBe(3)
  })

  it('verifies the golden cosignature, and no other', () => {
    const witness = /^cosig vkey (\S+)$/m.exec(text)![1]!
    expect(cosignedAt(note + cosignature + '\n', witness)).toBe(1700000000)
    expect(cosignedAt(note, witness)).toBeNull()
    expect(() => cosignedAt(note.replace('\n3\n', '\n4\n') + cosignature + '\n', witness)).toThrow()
    expect(() => cosignedAt(note, vkey)).toThrow()
  })

  it('makes the same signature as the golden one', async () => {
    expect(await sign(lines.slice(at, at + 3).join('\n') + '\n')).toBe(note)
  })

  it('refuses a changed size, a foreign origin, a missing signature', async () => {
    const verifier = parseVkey(vkey)
    expect(() => openCheckpoint(note.replace('\n3\n', '\n4\n'), verifier)).toThrow()
    expect(() => openCheckpoint(note.slice(0, note.indexOf('—')), verifier)).toThrow()
    const foreign = await sign('another.example\n3\nlPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=\n')
    expect(() => openCheckpoint(foreign, verifier)).toThrow(/another log/)
    const odd = await sign('journal.example/log\n03\nlPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=\n')
    expect(() => openCheckpoint(odd, verifier)).toThrow(/size/)
  })
})
