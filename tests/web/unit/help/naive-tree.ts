// The tree by its definition (RFC 6962, 2.1): slow, recursive, and written apart from the client's.
import { leafHash, nodeHash, EMPTY_ROOT } from '../../../../net/web/src/ledger/tree'

type Hash = Uint8Array

function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

export function naiveRoot(leaves: readonly Uint8Array[]): Hash {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leafHash(leaves[0]!)
  const k = split(leaves.length)
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

export function naiveInclusion(m: number, leaves: readonly Uint8Array[]): Hash[] {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  if (m < k) return [...naiveInclusion(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
  return [...naiveInclusion(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))]
}

export function naiveConsistency(m: number, leaves: readonly Uint8Array[]): Hash[] {
  return sub(m, leaves, true)
}

function sub(m: number, leaves: readonly Uint8Array[], whole: boolean): Hash[] {
  if (m === leaves.length) return whole ? [] : [naiveRoot(leaves)]
  const k = split(leaves.length)
  if (m <= k) return [...sub(m, leaves.slice(0, k), whole), naiveRoot(leaves.slice(k))]
  return [...sub(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))]
}
