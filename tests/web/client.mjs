// What the client promises, each by itself, in a real browser against a real server over a copy of the
// demonstration school. Beside journeys.mjs, which follows one story; this one tries the corners.
//
//   node tests/web/client.mjs <address of the school, with a slash> <folder for pictures>
//
// Each promise runs in fresh profiles. An error that the page reports by itself (a script's, or the
// content security policy's) fails the promise that it happens in.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { launch, openJournal, visit, Visitor } from './browser.mjs'

const [base, folder] = process.argv.slice(2)
const TEACHER = 'st22'
const PAGE = ['8А', 'Алгебра']
mkdirSync(folder, { recursive: true })
const browser = await launch()
let troubles = []
const visitor = new Visitor(browser, base, 'letopis-demo', (text) => troubles.push(text))
const open = (options) => visitor.open(options)
/** Refusals that a promise provokes are reported by the browser, too; all else is not expected. */
const EXPECTED = /Failed to load resource: (the server responded with a status of 4(01|22)|net::ERR_INTERNET_DISCONNECTED)/

const cellAt = (page, row, col) => page.locator(`tr[data-r="${row}"] td[data-c="${col}"]`)
const cursor = (page) => page.evaluate(() => {
  const cell = document.querySelector('td.cursor')
  return [Number(cell.closest('tr').dataset.r), Number(cell.dataset.c)]
})
const saved = (page) => page.waitForSelector('.state.good:has-text("сохранено")', { timeout: 15000 })
const textOf = async (locator) => (await locator.textContent()).trim()
const cellReads = (page, row, col, text) => page.waitForFunction(([r, c, wanted]) => document.querySelector(`tr[data-r="${r}"] td[data-c="${c}"]`)?.textContent.trim() === wanted, [row, col, text], { timeout: 15000 })

const promises = {
  async a_lesson_is_filled_by_keys_and_is_there_for_the_next_visit() {
    const page = await open({ login: TEACHER })
    await openJournal(page, ...PAGE)
    const [, col] = await cursor(page)
    for (const key of ['5', '4', '/', '3', 'KeyY', 'Comma']) await page.keyboard.press(key)
    assert.deepEqual(await cursor(page), [4, col], 'each value moves down by one')
    await saved(page)
    const again = await open({ login: TEACHER })
    await openJournal(again, ...PAGE)
    const shown = []
    for (let row = 0; row < 4; row++) shown.push(await textOf(cellAt(again, row, col)))
    assert.deepEqual(shown, ['5', '4/3', 'н', 'б'])
    return again
  },

  async a_lesson_that_is_only_planned_looks_like_a_column() {
    // A style of the family's timetable once laid such columns out as rows of a list.
    const page = await open({ login: 'st24' })
    await visit(page, '#/day')
    await page.waitForSelector('.lesson-link')
    await page.locator('.lesson-link').first().click()
    await page.waitForSelector('.grid td.slot')
    const displays = await page.evaluate(() => [...new Set([...document.querySelectorAll('.grid td.slot, .grid th.slot')].map((c) => getComputedStyle(c).display))])
    assert.deepEqual(displays, ['table-cell'])
    return page
  },

  async an_entry_is_undone_by_another_and_history_keeps_both() {
    const page = await open({ login: TEACHER })
    await openJournal(page, ...PAGE)
    const [, col] = await cursor(page)
    await cellAt(page, 6, col).click()
    await page.keyboard.press('3')
    await saved(page)
    await page.keyboard.press('Control+z')
    await page.waitForSelector('text=Отменено встречной записью')
    await cellReads(page, 6, col, '')
    await saved(page)
    await cellAt(page, 6, col).click()
    await page.keyboard.press('Alt+h')
    await page.waitForSelector('.version')
    assert.equal(await page.locator('.version').count(), 2)
    await page.click('text=Проверить здесь >> nth=0')
    await page.waitForSelector('.verdict.good')
    return page
  },

  async a_conflict_shows_both_values_and_the_person_chooses() {
    const [mine, hers] = [await open({ login: TEACHER }), await open({ login: TEACHER })]
    for (const page of [mine, hers]) {
      await openJournal(page, ...PAGE)
      await cellAt(page, 8, (await cursor(page))[1]).click()
    }
    const [, col] = await cursor(mine)
    await mine.context().setOffline(true)
    await mine.keyboard.press('4')
    await mine.waitForSelector('.state:has-text("в очереди 1")')
    assert.match(await cellAt(mine, 8, col).getAttribute('class'), /queued/)
    await hers.keyboard.press('2')
    await saved(hers)
    await mine.context().setOffline(false)
    await mine.waitForSelector('.conflict', { timeout: 30000 })
    assert.match(await textOf(mine.locator('.versus')), /^Ваше4В журнале.*2$/)
    await mine.click('text=Оставить моё')
    await mine.waitForSelector('.conflict', { state: 'detached' })
    await saved(mine)
    await cellReads(hers, 8, col, '4')
    return mine
  },

  async a_mark_for_an_absent_pupil_asks_for_its_protocol() {
    const page = await open({ login: TEACHER })
    await openJournal(page, ...PAGE)
    const [, col] = await cursor(page)
    await cellAt(page, 10, col).click()
    await page.keyboard.press('KeyY')
    await saved(page)
    await cellAt(page, 10, col).click()
    await page.keyboard.press('4')
    await page.waitForSelector('dialog:has-text("по протоколу")')
    await page.keyboard.type('17')
    await page.keyboard.press('Enter')
    await cellReads(page, 10, col, 'н/4п')
    await saved(page)
    return page
  },

  async the_keyboard_alone_reaches_and_leaves_the_grid() {
    const page = await open({ login: TEACHER })
    await openJournal(page, ...PAGE)
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.closest('.grid')), null, 'Tab leaves at the edge')
    await page.keyboard.press('Shift+Tab')
    assert.notEqual(await page.evaluate(() => document.activeElement.closest('.grid td.cursor')), null, 'and comes back')
    assert.equal(await page.locator('.grid td[tabindex="0"]').count(), 1)
    return page
  },

  async a_family_goes_on_reading_after_a_reload_and_staff_do_not() {
    const family = await open({ login: 'r0001' })
    await family.waitForSelector('.diary-day')
    await family.reload()
    await family.waitForSelector('.diary-day', { timeout: 15000 })
    const staff = await open({ login: TEACHER })
    await staff.reload()
    await staff.waitForSelector('.gate-form', { timeout: 15000 })
    return family
  },

  async leaving_forgets_the_key() {
    const page = await open({ login: TEACHER })
    await page.click('.person-button')
    await page.click('text=Выйти')
    await page.waitForSelector('text=Ключ стёрт из памяти')
    assert.equal(await page.evaluate(() => fetch('api/me').then((r) => r.status)), 401)
    const kept = await page.evaluate(() => JSON.stringify(localStorage))
    assert.doesNotMatch(kept, /seed|secret|password/i)
    return page
  },

  async a_rewritten_log_stops_the_client_loudly() {
    const page = await open({ login: 'auditor' })
    // Before the page's own scripts run: a check that is still on its way must not put it right again.
    await page.addInitScript(() => {
      const key = Object.keys(localStorage).find((k) => k.endsWith(':seal'))
      localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), size: 1000, root: '00'.repeat(32) }))
    })
    await page.reload()
    await page.waitForSelector('.stop')
    assert.equal(await page.locator('.seal-steps .bad').count(), 1)
    return page
  },

  async a_phone_shows_everything_without_sideways_scrolling() {
    const page = await open({ login: TEACHER, width: 360, height: 740, touch: true })
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= 360)
    await page.waitForSelector('.lesson')
    assert.ok(await fits(), 'my day')
    await openJournal(page, ...PAGE)
    assert.ok(await fits(), 'the journal')
    const [, col] = await cursor(page)
    await cellAt(page, 12, col).tap()
    await page.tap('.keypad button >> nth=3')
    await saved(page)
    await cellReads(page, 12, col, '5')
    await visit(page, '#/pages')
    await page.waitForSelector('.group-row')
    assert.ok(await fits(), 'classes')
    return page
  },
}

let passed = 0
let failed = 0
for (const [name, promise] of Object.entries(promises)) {
  troubles = []
  try {
    const page = await promise()
    await page.screenshot({ path: `${folder}/${name}.png` })
    assert.deepEqual(troubles.filter((t) => !EXPECTED.test(t)), [])
    passed += 1
    console.log(`ok      ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n        ${String(error.message).split('\n').slice(0, 8).join('\n        ')}`)
    await browser.contexts().at(-1)?.pages().at(-1)?.screenshot({ path: `${folder}/FAILED-${name}.png` }).catch(() => undefined)
  }
  for (const context of browser.contexts()) await context.close()
}
await browser.close()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
