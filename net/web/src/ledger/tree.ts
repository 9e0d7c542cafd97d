// The Merkle tree of RFC 6962: what a client needs to believe a log. Two proofs, each verified by
// walking the path from the bottom (RFC 9162, 2.1.3.2 and 2.1.4.2).
import { type Bytes, equal, sha256 } from './hash'

const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])
/** The root of the empty tree. */
export const EMPTY_ROOT: Bytes = sha256()
export const PROOF_LEN_MAX = 128

export function leafHash(data: Uint8Array): Bytes {
  return sha256(LEAF, data)
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(NODE, left, right)
}

const half = (n: number): number => Math.floor(n / 2)
const isOdd = (n: number): boolean => n % 2 === 1

/** True when the tree of `newSize` with `newRoot` begins with the tree of `oldSize` with `oldRoot`. */
export function verifyConsistency(oldSize: number, oldRoot: Uint8Array, newSize: number, newRoot: Uint8Array, path: readonly Uint8Array[]): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize)) return false
  if (oldSize < 0 || oldSize > newSize || path.length > PROOF_LEN_MAX) return false
  if (oldSize === newSize) return path.length === 0 && equal(oldRoot, newRoot)
  if (oldSize === 0) return path.length === 0 && equal(oldRoot, EMPTY_ROOT)
  let fn = oldSize - 1
  let sn = newSize - 1
  while (isOdd(fn)) {
    fn = half(fn)
    sn = half(sn)
  }
  // A whole subtree on the left is its own first hash; otherwise the proof brings it.
  const rest = fn === 0 ? [oldRoot, ...path] : [...path]
  const first = rest.shift()
  if (first === undefined) return false
  let fr = first
  let sr = first
  for (const hash of rest) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(hash, fr)
      sr = nodeHash(hash, sr)
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      sr = nodeHash(sr, hash)
    }
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && equal(fr, oldRoot) && equal(sr, newRoot)
}

/** True when the leaf stands at `index` in the tree of `size` with `root`. */
export function verifyInclusion(leaf: Uint8Array, index: number, size: number, root: Uint8Array, path: readonly Uint8Array[]): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size)) return false
  if (index < 0 || index >= size || path.length > PROOF_LEN_MAX) return false
  let fn = index
  let sn = size - 1
  let r = leaf
  for (const hash of path) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(hash, r)
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      r = nodeHash(r, hash)
    }
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && equal(r, root)
}
