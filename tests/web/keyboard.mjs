// By keyboard alone, in a real browser: Tab goes through every screen of a role in the order of reading,
// each place it comes to is seen and shows that it is there, nothing holds it; a step to another screen is
// told; menus give the focus back; a cell of the journal says in words what it is.
//
//   node tests/web/keyboard.mjs <address of the school, with a slash> <folder for pictures>
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { launch, openJournal, story, until, visit, Visitor } from './browser.mjs'
import { openAs, ROLES } from './people.mjs'

const [base, folder] = process.argv.slice(2)
const WAIT = { timeout: 20000 }
/** Longer lists go on as they began. */
const STEPS_MAX = 90
mkdirSync(folder, { recursive: true })
const browser = await launch()
const troubles = []
const visitor = new Visitor(browser, base, 'letopis-demo', (text) => { if (!/status of 40[134]/.test(text)) troubles.push(text) })
const { step, end } = story(browser, (page, name) => page.screenshot({ path: `${folder}/${name}.png` }), () => assert.deepEqual(troubles.splice(0), []))

/** What is wrong with the place that has the focus; null past the last one. */
const look = (page) => page.evaluate(() => {
  const here = document.activeElement
  // Behind its last place the window loses the focus; a browser may give it back at the top by itself.
  if (here === document.body || window.focusLeft) return null
  const name = `${here.tagName.toLowerCase()}.${here.className} ${(here.getAttribute('aria-label') ?? here.textContent ?? '').trim().slice(0, 40)}`
  const wrong = []
  const { outlineStyle, outlineWidth } = getComputedStyle(here)
  const framed = here.closest('.search') === null ? [outlineStyle, outlineWidth] : [getComputedStyle(here.closest('.search')).outlineStyle, getComputedStyle(here.closest('.search')).outlineWidth]
  const before = window.cameFrom
  // A day or a time is a place of several parts; the browser shows which of them it is.
  const isPart = before === here && (here.type === 'date' || here.type === 'time')
  if (isPart) return { name, wrong }
  if (framed[0] === 'none' || parseFloat(framed[1]) < 1) wrong.push('does not show the focus')
  const box = here.getBoundingClientRect()
  if (box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) wrong.push('is out of sight')
  if (here.tabIndex > 0) wrong.push('has an order of its own')
  if (before !== undefined && before.isConnected && before !== here && !(before.compareDocumentPosition(here) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY))) wrong.push('stands before where Tab came from')
  if (before === here) wrong.push('holds Tab')
  window.cameFrom = here
  return { name, wrong }
})

/** The next Tab comes to the first place of the page. */
const fromTheTop = (page) => page.evaluate(() => {
  window.cameFrom = undefined
  window.focusLeft = false
  window.onblur = () => { window.focusLeft = true }
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
  scrollTo(0, 0)
})

async function walk(page) {
  const wrong = []
  await fromTheTop(page)
  let steps = 0
  for (; steps < STEPS_MAX; steps += 1) {
    await page.keyboard.press('Tab')
    const place = await look(page)
    if (place === null) break
    for (const w of place.wrong) wrong.push(`${place.name}: ${w}`)
  }
  return { wrong, steps }
}

const settle = async (page) => {
  await page.waitForSelector('main h1', WAIT)
  await page.waitForFunction(() => document.querySelector('.waiting') === null, undefined, WAIT)
}

await step('the log-in page', async () => {
  const page = await visitor.open()
  await page.waitForSelector('.gate-form')
  const { wrong, steps } = await walk(page)
  assert.ok(steps >= 4, `places: ${steps}`)
  assert.deepEqual(wrong, [])
  await page.context().close()
})

for (const role of Object.keys(ROLES)) {
  await step(`${role}: every section, Tab by Tab`, async () => {
    const page = await openAs(visitor, role)
    await settle(page)
    const sections = await page.locator('.topbar nav a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    for (const section of [...sections, '#/access']) {
      await visit(page, section)
      await page.waitForTimeout(100)
      await settle(page)
      const { wrong, steps } = await walk(page)
      assert.deepEqual(wrong, [], section)
      assert.ok(steps > sections.length + 2, `${section}: ${steps} places`)
    }
    await page.context().close()
  })
}

await step('the first Tab offers the way to the content; a step to another screen is told', async () => {
  const page = await openAs(visitor, 'class teacher')
  await settle(page)
  await fromTheTop(page)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  for (const section of ['form', 'pages', 'summary', 'audit', 'day']) {
    await page.locator(`.topbar nav a[href="#/${section}"]`).focus()
    await page.keyboard.press('Enter')
    await until(`the heading of ${section} has the focus, and the title says it`, () => page.evaluate((name) => {
      const heading = document.querySelector('main h1')
      return location.hash === `#/${name}` && heading !== null && document.activeElement === heading && document.title === `${heading.textContent} – Летопись`
    }, section))
  }
  await page.context().close()
})

await step('the menu opens, is walked, closes by Escape and gives the focus back', async () => {
  const page = await openAs(visitor, 'teacher')
  await settle(page)
  await page.locator('.person-button').focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.person-menu')
  await page.keyboard.press('Tab')
  assert.ok(await page.evaluate(() => document.activeElement.closest('.person-menu') !== null), 'the menu comes next')
  await page.keyboard.press('Escape')
  await page.waitForSelector('.person-menu', { state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement.className), 'person-button')
  await page.context().close()
})

await step('a cell says whose it is, of which day, for what, what stands in it and how', async () => {
  const page = await openAs(visitor, 'class teacher')
  await openJournal(page, '7А', 'Геометрия')
  const grid = await page.evaluate(() => {
    const table = document.querySelector('.grid')
    return { role: table.getAttribute('role'), name: table.getAttribute('aria-label'), cells: [...table.querySelectorAll('td[data-c]')].map((c) => [c.innerText.trim(), c.getAttribute('aria-label'), c.closest('tr').querySelector('th.name').textContent]) }
  })
  assert.equal(grid.role, 'grid')
  assert.match(grid.name, /7А, Геометрия/)
  assert.ok(grid.cells.length >= 20, `cells: ${grid.cells.length}`)
  for (const [, name, pupil] of grid.cells) {
    assert.ok(name.startsWith(pupil.split(' ')[0]), `${name} is of ${pupil}`)
    assert.match(name, /, (\d\d\.\d\d|Отметка за период), /, 'the day')
  }
  await page.keyboard.press('5')
  await page.waitForSelector('.state[role=status]:has-text("сохранено")', WAIT)
  await page.keyboard.press('ArrowUp')
  const typed = await page.evaluate(() => document.querySelector('td.cursor').getAttribute('aria-label'))
  assert.match(typed, /, 5, (ответ|самостоятельная|контрольная|домашняя|тест|проверочная)/, 'the mark and its work')
  await page.keyboard.press('KeyY')
  await page.waitForFunction(() => document.querySelectorAll('td[aria-label*="отсутствовал"]').length > 0)
  assert.equal(await page.evaluate(() => document.activeElement.closest('.grid') !== null), true, 'the focus stays in the grid')
  await page.context().close()
})

await end()
