// Addresses inside the application: "#/journal/<group>/<subject>?day=20780&n=3".
import { signal } from '@preact/signals'

/** Every screen by its name in an address; tests/web/access.mjs opens each as somebody. */
export const SCREENS = [
  'day', 'pages', 'journal', 'plan', 'breach', 'diary', 'form', 'pupil', 'messages', 'repairs', 'difference', 'edits', 'audit', 'control', 'summary', 'why', 'office', 'privacy', 'access',
] as const
export type ScreenName = (typeof SCREENS)[number]

export interface Route { readonly name: string; readonly args: readonly string[]; readonly query: Readonly<Record<string, string>> }

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [name = '', ...args] = path.split('/').map(decodeURIComponent)
  return { name, args, query: Object.fromEntries(new URLSearchParams(query)) }
}

export const route = signal<Route>(parse(location.hash))

addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

type Query = Readonly<Record<string, string | number | null | undefined>>

export function link(name: string, args: readonly (string | number)[] = [], query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, v]) => v !== null && v !== undefined)
  const tail = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()
  return '#/' + [name, ...args.map((a) => encodeURIComponent(a))].join('/') + (tail === '' ? '' : '?' + tail)
}

export function go(href: string): void {
  location.hash = href
}

/** The same without a new step in the browser's history. */
export function replace(href: string): void {
  history.replaceState(null, '', href)
  route.value = parse(href)
}
