// The mock's log: real entries, a real tree, real signed checkpoints, all in memory.
import { encode, type Value } from '../../../net/web/src/ledger/canon'
import { base64, concat, hex, sha256, utf8 } from '../../../net/web/src/ledger/hash'
import { signerOfSeed } from '../../../net/web/src/ledger/keys'
import { noteKeyHash } from '../../../net/web/src/ledger/note'
import { naiveConsistency, naiveInclusion, naiveRoot } from '../unit/help/naive-tree'

export const ORIGIN = 'mock.example/demo'
const signer = signerOfSeed(new Uint8Array(32).fill(7))
export const VKEY = `${ORIGIN}+${hex(noteKeyHash(ORIGIN, signer.key))}+${base64(concat(new Uint8Array([1]), signer.key))}`

export class MockLog {
  readonly entries: Uint8Array[] = []
  readonly recorded: number[] = []
  id = new Uint8Array(32)
  private note = ''
  private noteSize = -1

  get size(): number {
    return this.entries.length
  }

  append(recordedMs: number, eventBytes: Uint8Array, signatures: readonly Uint8Array[]): number {
    if (this.entries.length === 0) this.id = sha256(eventBytes)
    this.entries.push(encode([recordedMs, eventBytes, signatures as readonly Value[]]))
    this.recorded.push(recordedMs)
    return this.entries.length - 1
  }

  root(): Uint8Array {
    return naiveRoot(this.entries)
  }

  async checkpoint(): Promise<string> {
    if (this.noteSize !== this.size) {
      const body = `${ORIGIN}\n${this.size}\n${base64(this.root())}\n`
      const blob = concat(noteKeyHash(ORIGIN, signer.key), await signer.sign(utf8(body)))
      this.note = `${body}\n— ${ORIGIN} ${base64(blob)}\n`
      this.noteSize = this.size
    }
    return this.note
  }

  consistency(old: number, size: number): Uint8Array[] {
    return old === 0 || old === size ? [] : naiveConsistency(old, this.entries.slice(0, size))
  }

  inclusion(seq: number): Uint8Array[] {
    return naiveInclusion(seq, this.entries)
  }
}
