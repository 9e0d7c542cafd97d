import { readdirSync, readFileSync } from 'node:fs'
import { en } from '../../../net/web/src/i18n/en'
import { ru } from '../../../net/web/src/i18n/ru'
import { officeEn } from '../../../net/web/src/i18n/office.en'
import { officeRu } from '../../../net/web/src/i18n/office.ru'
import { schoolEn } from '../../../net/web/src/i18n/school.en'
import { schoolRu } from '../../../net/web/src/i18n/school.ru'

type Tree = { readonly [key: string]: unknown }

function paths(tree: Tree, at = ''): string[] {
  return Object.entries(tree).flatMap(([k, v]) => (typeof v === 'object' && v !== null ? paths(v as Tree, `${at}${k}.`) : [at + k]))
}

const at = (tree: Tree, path: string): unknown => path.split('.').reduce<unknown>((t, k) => (t as Tree)[k], tree)

/** Letters that stand in the journal's cells are the same in both languages. */
const SAME = /^journal\.(letters\.|periodValues\.|noSuchPeriod)/

describe('catalogues', () => {
  it('have the same keys, records included', () => {
    // The keys of `kinds` hold dots, so they are compared apart.
    const { kinds: ruKinds, ...ruRest } = ru
    const { kinds: enKinds, ...enRest } = en
    expect(paths(enRest).sort()).toEqual(paths(ruRest).sort())
    expect(Object.keys(enKinds).sort()).toEqual(Object.keys(ruKinds).sort())
  })

  it('say something everywhere, in their own script', () => {
    const { kinds: _, ...rest } = ru
    for (const path of paths(rest)) {
      const [r, e] = [at(ru, path), at(en, path)]
      expect(typeof r, path).toBe(typeof e)
      if (typeof r !== 'string') continue
      expect(r.length, path).toBeGreaterThan(0)
      expect((e as string).length, path).toBeGreaterThan(0)
      if (!SAME.test(path) && !path.includes('keys')) expect(e as string, path).not.toMatch(/[а-яё]{2}/i)
    }
  })

  it.each([['organisation', officeRu as Tree, officeEn as Tree], ['setting up', schoolRu as Tree, schoolEn as Tree]])('of the school’s %s are a pair, too', (_, one, two) => {
    expect(paths(two).sort()).toEqual(paths(one).sort())
    for (const path of paths(one)) {
      const [r, e] = [at(one, path), at(two, path)]
      expect(typeof r, path).toBe(typeof e)
      if (typeof e === 'string') expect(e, path).not.toMatch(/[а-яё]{2}/i)
    }
  })

  it('name every kind of event that specs/events.md lists', () => {
    const spec = readFileSync(new URL('../../../specs/events.md', import.meta.url), 'utf8')
    const kinds = [...spec.matchAll(/^\| `([a-z]+\.[a-z]+)` \|/gm)].map((k) => k[1]!)
    expect(kinds.length).toBeGreaterThan(20)
    for (const kind of kinds) expect(ru.kinds, kind).toHaveProperty([kind])
  })

  it('leave no Russian word in a screen outside the catalogue', () => {
    const root = new URL('../../../net/web/src/', import.meta.url)
    for (const folder of ['screens/', 'ui/']) {
      for (const name of readdirSync(new URL(folder, root))) {
        const code = readFileSync(new URL(folder + name, root), 'utf8').split('\n').filter((l) => !/^\s*(\/\/|\*|\/\*)/.test(l)).map((l) => l.replace(/\/\*.*?\*\//g, '')).join('\n')
        const words = [...code.matchAll(/[а-яё]{3,}/gi)].map((w) => w[0]).filter((w) => w !== 'Русский')
        expect(words, folder + name).toEqual([])
      }
    }
  })
})
