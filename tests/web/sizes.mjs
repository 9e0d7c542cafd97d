// The weight of the built client, chunk by chunk, compressed as it is served: sizes, not times, so that
// they are the same on every machine. Prints each and fails above a budget; the list is whole, so that a
// new chunk is weighed as well.
//
//   node tests/web/sizes.mjs <built client>
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [dist] = process.argv.slice(2)
const KB = 1000

/** Budgets in compressed kilobytes, by the chunk's name without its hash. */
const FIRST_LOAD = 200
const BUDGETS = { 'index.html': 2, 'main.css': 20, main: 45, jsxRuntime: 95, 'argon.worker': 35, sw: 9, journal: 16, slip: 10, 'strength-words': 85 }
/** A screen that only some roles open, and what several of them share. */
const SCREEN = 14

const names = readdirSync(dist, { recursive: true }).map(String).filter((n) => /\.(js|css|html|svg|webmanifest|png|wasm)$/.test(n) && statSync(join(dist, n)).isFile()).sort()
const plainName = (path) => path.replace(/^assets\//, '').replace(/-[\w-]{8}(\.\w+)$/, '$1').replace(/\.js$/, '')
/** What travels: the copy compressed ahead where there is one, as it must be for every text. */
function weigh(path) {
  const isText = !/\.png$/.test(path)
  const packed = isText ? readFileSync(join(dist, `${path}.gz`)) : readFileSync(join(dist, path))
  if (isText && gzipSync(readFileSync(join(dist, path)), { level: 9 }).length < packed.length - 64) throw new Error(`${path}.gz is not this build's`)
  return packed.length
}

let passed = 0
let failed = 0
function hold(what, bytes, budget) {
  const ok = bytes <= budget * KB
  if (ok) passed += 1
  else failed += 1
  console.log(`${ok ? 'ok      ' : 'TOO BIG '} ${what.padEnd(34)} ${(bytes / KB).toFixed(1).padStart(7)} KB of ${budget}`)
}

const sizes = new Map(names.map((n) => [n, weigh(n)]))
for (const [path, size] of sizes) {
  if (path.endsWith('.png')) hold(path, size, 16)
  else hold(path, size, BUDGETS[plainName(path)] ?? SCREEN)
}

// The first load: the page, what it names, what those import at once, and the worker of the password.
const first = new Set(['index.html'])
const reach = (path) => {
  if (first.has(path) || !sizes.has(path)) return
  first.add(path)
  if (!path.endsWith('.js')) return
  const text = readFileSync(join(dist, path), 'utf8')
  for (const [, name] of text.matchAll(/(?:^|[;}])import(?:[^"'`()]*?from)?\s*["'`]\.\/([^"'`]+)["'`]/g)) reach(`assets/${name}`)
}
for (const [, name] of readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/(?:src|href)="\.\/([^"]+)"/g)) reach(name)
for (const name of names) if (/argon\.worker/.test(name)) reach(name)
first.delete('icon-192.png')
console.log(`first load: ${[...first].map(plainName).join(', ')}`)
hold('first load, compressed', [...first].reduce((sum, n) => sum + sizes.get(n), 0), FIRST_LOAD)

// Screens of a role are not in it.
const lazy = ['day', 'pages', 'journal', 'diary', 'breach', 'control', 'summary', 'repairs', 'form', 'audit']
for (const name of lazy) {
  const chunk = names.filter((n) => plainName(n) === name && n.endsWith('.js'))
  const ok = chunk.length > 0 && chunk.every((n) => !first.has(n))
  if (ok) passed += 1
  else failed += 1
  if (!ok) console.log(`FAILED   the screen "${name}" is not a chunk of its own, fetched when it is opened`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
