import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of a golden vector file. */
export function vectorPath(name: string): string {
  return fileURLToPath(new URL(`../../../../specs/vectors/${name}`, import.meta.url))
}

export function vectorText(name: string): string {
  return readFileSync(vectorPath(name), 'utf8')
}

export function hasVector(name: string): boolean {
  return existsSync(vectorPath(name))
}
