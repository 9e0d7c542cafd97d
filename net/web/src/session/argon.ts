// Runs one Argon2id in a worker and ends the worker after it, which also gives its memory back.
import type { Bytes } from '../ledger/hash'

export interface ArgonJob { password: Bytes; salt: Bytes; memKib: number; ops: number; length: number }
export interface ArgonResult { hash?: Bytes; error?: string }

/** The password's bytes are wiped here and in the worker. */
export function argon2id(job: ArgonJob): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./argon.worker.ts', import.meta.url), { type: 'module' })
    const end = (): void => worker.terminate()
    worker.onmessage = (e: MessageEvent<ArgonResult>) => {
      end()
      if (e.data.hash !== undefined) resolve(e.data.hash)
      else reject(new Error(e.data.error ?? 'argon2'))
    }
    worker.onerror = (e) => {
      end()
      reject(new Error(e.message !== '' ? e.message : 'the worker could not start'))
    }
    worker.postMessage(job)
    job.password.fill(0)
  })
}
