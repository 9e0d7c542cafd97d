// The browser's own store of one school (IndexedDB): three tables, nothing in them readable without
// the key that local/store.ts holds while somebody is logged in. Every call fails softly: a browser
// that forbids storage costs reading offline, never the work at hand.
import { schoolPath } from '../api/client'

export const TABLES = ['doors', 'kept', 'queue'] as const
export type Table = (typeof TABLES)[number]
const VERSION = 1

let opened: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(`letopis:${schoolPath}`, VERSION)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('doors')
      asked.result.createObjectStore('kept')
      asked.result.createObjectStore('queue', { autoIncrement: true })
    }
    asked.onsuccess = () => {
      // Another tab with a newer client must not wait for this one.
      asked.result.onversionchange = () => {
        asked.result.close()
        opened = null
      }
      resolve(asked.result)
    }
    asked.onerror = () => reject(asked.error ?? new Error('no storage'))
  })
  opened.catch(() => {
    opened = null
  })
  return opened
}

async function run<A>(table: Table, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<A>): Promise<A> {
  const txn = (await open()).transaction(table, mode, { durability: 'strict' })
  const asked = ask(txn.objectStore(table))
  return new Promise((resolve, reject) => {
    // Said to be done only when the whole transaction is on the disk.
    txn.oncomplete = () => resolve(asked.result)
    txn.onabort = () => reject(txn.error ?? new Error('storage refused'))
  })
}

export const get = <A>(table: Table, key: IDBValidKey): Promise<A | undefined> => run(table, 'readonly', (s) => s.get(key) as IDBRequest<A | undefined>)
export const put = (table: Table, value: unknown, key?: IDBValidKey): Promise<IDBValidKey> => run(table, 'readwrite', (s) => s.put(value, key))
export const remove = (table: Table, key: IDBValidKey): Promise<undefined> => run(table, 'readwrite', (s) => s.delete(key))

/** All rows with their keys, by ascending key. */
export async function all<A>(table: Table): Promise<{ key: IDBValidKey; row: A }[]> {
  const txn = (await open()).transaction(table, 'readonly')
  const keys = txn.objectStore(table).getAllKeys()
  const rows = txn.objectStore(table).getAll() as IDBRequest<A[]>
  return new Promise((resolve, reject) => {
    txn.oncomplete = () => resolve(rows.result.map((row, i) => ({ key: keys.result[i]!, row })))
    txn.onabort = () => reject(txn.error ?? new Error('storage refused'))
  })
}
