// Everybody's screens for everybody: every screen of every role is opened in a real browser and judged by
// axe-core, by the rules of WCAG 2.2 AA and its best practice – in the light and in the dark, on a desktop
// and on a phone, where no page may be wider than the phone. Then what opens over the screens.
//
// The screens are not listed here: from where a role begins every link is followed to one page of each
// kind. What net/web/src/route.ts names and nobody came to fails the test.
//
//   node tests/web/access.mjs <address of the school, with a slash> <folder for pictures> [screens|overlays|role|overlay …]
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { launch, story, visit, Visitor } from './browser.mjs'
import { OVERLAYS } from './overlays.mjs'
import { openAs, ROLES } from './people.mjs'

const [base, folder, ...wanted] = process.argv.slice(2)
const WAIT = { timeout: 20000 }
const require = createRequire(new URL('../../net/web/package.json', import.meta.url))
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What only colours decide: all that is asked again in the dark. */
const COLOURS = ['color-contrast', 'link-in-text-block']
/** Every screen and every dialog there is, as the client itself names them. */
const SCREENS = [.../export const SCREENS = \[([^\]]*)\]/.exec(readFileSync(new URL('../../net/web/src/route.ts', import.meta.url), 'utf8'))[1].matchAll(/'(\w+)'/g)].map((m) => m[1])

const DIALOGS = [.../export const DIALOGS = \[([^\]]*)\]/.exec(readFileSync(new URL('../../net/web/src/ui/dialog.tsx', import.meta.url), 'utf8'))[1].matchAll(/'([\w-]+)'/g)].map((m) => m[1])

const SIZES = { desktop: { width: 1366, height: 768 }, phone: { width: 360, height: 740, touch: true } }

mkdirSync(folder, { recursive: true })
const browser = await launch()
const troubles = []
const EXPECTED = /status of 4(01|03|04|22)|ERR_INTERNET_DISCONNECTED/
const visitor = new Visitor(browser, base, 'letopis-demo', (text) => { if (!EXPECTED.test(text)) troubles.push(text) })
const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png` })
const { step, end } = story(browser, picture, () => assert.deepEqual(troubles.splice(0), [], 'the pages report no errors'))
const asked = (kind, name) => wanted.length === 0 || wanted.includes(kind) || wanted.includes(name)

const open = (role, size) => openAs(visitor, role, { bypassCSP: true, ...SIZES[size] })

/** What was found must be nothing: told once each, with where it was seen. */
function nothing(found) {
  const places = new Map()
  for (const [what, where] of found) places.set(what, [...places.get(what) ?? [], where])
  for (const [what, all] of places) console.log(`        ${what}\n            at ${all.slice(0, 6).join(', ')}${all.length > 6 ? ` and ${all.length - 6} more` : ''}`)
  assert.equal(found.length, 0, `${found.length} things are wrong`)
}

/** Waits until a screen is there and has what it fetches. */
async function settled(page) {
  await page.waitForFunction(() => {
    const now = document.body.innerText.length + document.querySelectorAll('*').length
    const same = window.lastSeen === now && document.querySelector('.waiting') === null
    window.lastSeen = now
    return same
  }, undefined, { polling: 120, ...WAIT })
}

const ruleText = (v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')}${n.any[0]?.data?.contrastRatio === undefined ? '' : ` ${n.any[0].data.fgColor} on ${n.any[0].data.bgColor}: ${n.any[0].data.contrastRatio}`}`).join(' | ')}${v.nodes.length > 4 ? ` (${v.nodes.length})` : ''}`

/** What axe has to say about the page as it stands, in the light and in the dark. */
async function judge(page, where) {
  await page.evaluate(() => scrollTo(0, 0))
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
  const found = []
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    const violations = await page.evaluate(async ([tags, rules]) => {
      const options = rules === null
        ? { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } } }
        : { runOnly: { type: 'rule', values: rules } }
      return (await window.axe.run(document, { ...options, resultTypes: ['violations'], elementRef: false })).violations
    }, [TAGS, colorScheme === 'light' ? null : COLOURS])
    for (const v of violations) found.push([`${colorScheme}: ${ruleText(v)}`, where])
  }
  await page.emulateMedia({ colorScheme: 'light' })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (wide > 0) found.push([`${wide} pixels wider than the window`, where])
  return found
}

/** One name for all addresses of a kind: which thing is left out, words are kept. */
function kindOf(hash) {
  const [path, query = ''] = hash.replace(/^#\//, '').split('?')
  const word = (text) => (/^[a-z-]{0,15}$/.test(text) ? text : '*')
  const args = path.split('/').map((a) => word(decodeURIComponent(a)))
  const pairs = [...new URLSearchParams(query)].filter(([, v]) => word(v) !== '*').map(([k, v]) => `${k}=${v}`).sort()
  return args.join('/') + (pairs.length === 0 ? '' : `?${pairs.join('&')}`)
}

/** Follows every link to one page of each kind. */
async function walk(page, look) {
  const links = async () => page.evaluate(() => [...document.querySelectorAll('a[href^="#/"]')].map((a) => a.getAttribute('href')))
  const seen = new Map()
  await settled(page)
  const queue = [await page.evaluate(() => location.hash)]
  await page.click('.person-button')
  queue.push(...await links())
  await page.keyboard.press('Escape')
  while (queue.length > 0) {
    const hash = queue.shift()
    const kind = kindOf(hash)
    if (kind === '' || seen.has(kind)) continue
    seen.set(kind, hash)
    await visit(page, hash)
    await page.waitForTimeout(60)
    await settled(page)
    await look(kind)
    queue.push(...await links())
  }
  return seen
}

const visited = new Set()
for (const [role, size] of Object.keys(ROLES).filter((r) => asked('screens', r)).flatMap((r) => Object.keys(SIZES).map((s) => [r, s]))) {
  await step(`${role}, ${size}`, async () => {
    const page = await open(role, size)
    const found = []
    const seen = await walk(page, async (kind) => {
      visited.add(kind.split(/[/?]/)[0])
      const began = Date.now()
      found.push(...await judge(page, kind))
      if (process.env.SLOW) console.log(`        ${kind} ${Date.now() - began} ms`)
      const [title, heads] = await page.evaluate(() => [document.title, document.querySelectorAll('main h1').length])
      if (heads !== 1) found.push([`${heads} headings of the first level`, kind])
      if (!/.+ – .+/.test(title)) found.push([`the title does not say where one is: ${title}`, kind])
    })
    console.log(`        ${seen.size} kinds of pages: ${[...seen.keys()].join(' ')}`)
    await page.context().close()
    nothing(found)
  })
}

if (asked('screens', '')) {
  await step('every screen that the client names was opened by somebody', async () => {
    assert.deepEqual(SCREENS.filter((name) => !visited.has(name)), [])
  })
}

/** A dialog has the focus, keeps it however often Tab is pressed, closes by Escape and gives it back. */
async function dialogKeepsFocus(page) {
  const inside = () => page.evaluate(() => document.querySelector('dialog[open]').contains(document.activeElement) || document.activeElement === document.body)
  const opener = await page.evaluateHandle(() => window.lastOutside)
  assert.ok(await inside(), 'the dialog takes the focus')
  for (let i = 0; i < 25; i += 1) {
    await page.keyboard.press('Tab')
    assert.ok(await inside(), 'Tab leads behind the dialog')
  }
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog[open]', { state: 'detached', timeout: 5000 })
  await page.waitForTimeout(50)
  const back = await opener.evaluate((from) => document.activeElement === from || document.activeElement?.matches('.grid td.cursor') || (!from.isConnected && document.activeElement?.matches('main h1')) || (document.activeElement === document.body ? 'body' : document.activeElement.outerHTML.slice(0, 120)))
  assert.equal(back, true, 'the focus is given back')
}

/** One page for each role and size: what is opened is closed again. */
const pages = new Map()
async function pageOf({ role, alone }, size) {
  const key = `${role}/${size}`
  const kept = pages.get(key)
  pages.delete(key)
  const page = kept ?? await open(role, size)
  if (kept === undefined) await page.evaluate(() => addEventListener('focusin', (e) => { if (e.target.closest('dialog') === null) window.lastOutside = e.target }))
  return { page, keep: () => { if (role !== undefined && alone !== true) pages.set(key, page) } }
}

const opened = new Set()
for (const overlay of OVERLAYS.filter((o) => asked('overlays', o.name))) {
  for (const size of Object.keys(SIZES)) {
    await step(`${overlay.name}, ${size}`, async () => {
      const { page, keep } = await pageOf(overlay, size)
      if (overlay.role !== undefined) {
        await visit(page, '#/why')
        await page.waitForSelector('.why-lines, main h1', WAIT)
      }
      await settled(page)
      await overlay.open({ page, size, visit: async (hash) => { await visit(page, hash); await page.waitForTimeout(60); await settled(page) } })
      await settled(page)
      const found = await judge(page, overlay.name)
      await picture(page, `${overlay.name}-${size}`.replaceAll(' ', '-'))
      for (const name of await page.locator('dialog[open]').evaluateAll((all) => all.map((d) => d.dataset.dialog))) opened.add(name)
      if (await page.locator('dialog[open]').count() > 0) await dialogKeepsFocus(page)
      keep()
      if (pages.get(`${overlay.role}/${size}`) !== page) await page.context().close()
      nothing(found)
    })
  }
}
if (asked('overlays', '')) {
  await step('every dialog that the client names was opened', async () => {
    assert.deepEqual(DIALOGS.filter((name) => !opened.has(name)), [])
  })
}
await end()
