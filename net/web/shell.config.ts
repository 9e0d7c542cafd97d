// What the build adds to the client: the service worker's list of files with their hashes, and a
// gzipped copy beside each file that is worth it (net/assets.h serves it).
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Screens that must open without a network although they were never opened with one. */
const FIRST_SCREENS = ['day', 'pages', 'journal', 'diary', 'cabinet', 'access', 'audit', 'why']
const PACKED = /\.(css|html|js|json|svg|webmanifest)$/

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export function shell(): Plugin {
  let out = ''
  /** Files that every visit needs: the entry, its imports, and the first screens with theirs. */
  const first = new Set<string>()
  return {
    name: 'letopis-shell',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      out = join(config.root, config.build.outDir)
    },
    generateBundle(_, bundle) {
      const take = (name: string): void => {
        const chunk = bundle[name]
        if (first.has(name) || chunk === undefined) return
        first.add(name)
        if (chunk.type !== 'chunk') return
        for (const next of chunk.imports) take(next)
        for (const css of chunk.viteMetadata?.importedCss ?? []) take(css)
      }
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type === 'asset' && /\.css$|seal.*\.svg$|worker.*\.js$/.test(name)) take(name)
        if (chunk.type !== 'chunk' || name === 'sw.js') continue
        if (chunk.isEntry || FIRST_SCREENS.some((s) => chunk.facadeModuleId?.endsWith(`/screens/${s}.tsx`))) take(name)
      }
    },
    closeBundle: () => {
      const names = readdirSync(out, { recursive: true, withFileTypes: true }).filter((e) => e.isFile() && !/\.(gz|built)$/.test(e.name) && e.name !== 'sw.js')
        .map((e) => join(e.parentPath, e.name).slice(out.length + 1)).sort()
      const files = Object.fromEntries(names.map((n) => [n, sha256(readFileSync(join(out, n)))]))
      const list = { version: sha256(Buffer.from(JSON.stringify(files))).slice(0, 16), first: ['index.html', 'app.webmanifest', 'icon-192.png', ...first].sort(), files }
      const worker = join(out, 'sw.js')
      writeFileSync(worker, readFileSync(worker, 'utf8').replaceAll('__SHELL__', () => JSON.stringify(list)))
      for (const name of [...names, 'sw.js'].filter((n) => PACKED.test(n))) writeFileSync(join(out, `${name}.gz`), gzipSync(readFileSync(join(out, name)), { level: 9 }))
    },
  }
}

/** The commonest passwords, and the keyboards that people here have: the whole lists would weigh more than the client. */
const PASSWORDS_KEPT = 12000
const WORDS = 'virtual:password-words'

export function passwordWords(): Plugin {
  return {
    name: 'letopis-password-words',
    resolveId: (id) => (id === WORDS ? `\0${WORDS}` : null),
    async load(id) {
      if (id !== `\0${WORDS}`) return null
      const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common')
      const { qwerty, keypad } = adjacencyGraphs
      // One text is a third smaller than a list, and is parsed sooner.
      return `export const passwords = ${JSON.stringify(dictionary['passwords-common'].slice(0, PASSWORDS_KEPT).join('\n'))}.split('\\n')\nexport const graphs = ${JSON.stringify({ qwerty, keypad })}`
    },
  }
}
