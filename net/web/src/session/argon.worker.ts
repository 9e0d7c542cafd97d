// Argon2id in a thread of its own: the page stays alive while 64 MiB are filled three times.
import { argon2id } from 'hash-wasm'
import type { ArgonJob, ArgonResult } from './argon'

const scope = self as unknown as DedicatedWorkerGlobalScope

scope.onmessage = async (e: MessageEvent<ArgonJob>) => {
  const job = e.data
  let result: ArgonResult
  try {
    const hash = await argon2id({
      password: job.password,
      salt: job.salt,
      parallelism: 1,
      iterations: job.ops,
      memorySize: job.memKib,
      hashLength: job.length,
      outputType: 'binary',
    })
    result = { hash: Uint8Array.from(hash) }
  } catch (error) {
    result = { error: String(error) }
  }
  job.password.fill(0)
  scope.postMessage(result)
}
