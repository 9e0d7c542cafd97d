// The school is set up by screens, in a real browser on a real server: the weekly timetable of a class.
//
//   node tests/web/school.mjs <address of the school> <folder for pictures>
import { mkdirSync } from 'node:fs'
import { launch, story, until, visit, Visitor } from './browser.mjs'

const [base, pictures] = process.argv.slice(2)
mkdirSync(pictures, { recursive: true })
const WAIT = { timeout: 20000 }
const complaints = []
const browser = await launch()
const visitor = new Visitor(browser, base, 'letopis-demo', (text) => { if (!/status of 4\d\d/.test(text)) complaints.push(text) })
const assert = (truth, what) => { if (!truth) throw new Error(what) }
const picture = (page, name, full = false) => page.screenshot({ path: `${pictures}/${name}.png`, fullPage: full })
const { step, end } = story(browser, picture)
const dayOf = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / 86400000)
/** A school Monday after the demonstration's clock. */
const MONDAY = dayOf('2026-11-16')
const main = (page) => page.locator('main').innerText()
const done = (page) => page.locator('.dialog').waitFor({ state: 'detached', ...WAIT })
const form = (page, label) => page.locator('.dialog .field', { has: page.locator('label', { hasText: label }) }).locator('input, select, textarea')

const deputy = await visitor.open({ login: 'st02' })

await step('the week of a class: a clash is said before signing, the days follow from the date', async () => {
  await visit(deputy, `#/office/timetable?day=${MONDAY}`)
  await deputy.locator('.control-bar .segments button', { hasText: 'Недельное расписание' }).click()
  await deputy.waitForSelector('.week-table .slot-chip', WAIT)
  await visit(deputy, `#/office/timetable?view=week&day=${MONDAY}`)
  await deputy.locator('.control-bar select').selectOption({ label: '7А' })
  await until('the week of 7А', async () => (await deputy.locator('.week-table .slot-chip').count()) > 20 && /7А/.test(await main(deputy)))
  await picture(deputy, 'week', true)
  // Its first lesson on Monday goes where the teacher has another class, then to Saturday's seventh.
  const cell = (weekday, n) => deputy.locator('.week-table tbody tr').nth(n - 1).locator('td').nth(weekday - 1)
  const moved = (await cell(1, 1).locator('.slot-subject').first().innerText()).trim()
  const before = await deputy.locator('.week-table .slot-chip').count()
  await cell(1, 1).locator('.slot-chip').first().click()
  await form(deputy, 'Урок').selectOption('2')
  await until('a clash', async () => /Накладки: \d[\s\S]*у класса в это же время/.test((await deputy.locator('.dialog').innerText()).replaceAll('\u00a0', ' ')))
  await picture(deputy, 'week-clash')
  await form(deputy, 'День недели').selectOption('6')
  await form(deputy, 'Урок').selectOption('7')
  await until('no clash', async () => /Накладок нет/.test(await deputy.locator('.dialog').innerText()))
  await form(deputy, 'Кабинет').fill('актовый зал')
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  assert(await deputy.locator('.week-table .slot-chip.changed').count() === 1, 'one lesson waits for a signature')
  // And a lesson more, of somebody who is assigned.
  await cell(6, 6).locator('.slot-add').click()
  await form(deputy, 'Предмет и учитель').selectOption({ index: 1 })
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('one more', async () => (await deputy.locator('.week-table .slot-chip').count()) === before + 1)
  await picture(deputy, 'week-edited', true)
  await deputy.locator('.sign-bar button.primary').click()
  await deputy.locator('.sign-bar').waitFor({ state: 'detached', ...WAIT })
  await until('it holds from then', async () => /7А[^.]*: с 16\.11\.2026/.test(await main(deputy)) && (await deputy.locator('.slot-chip.changed').count()) === 0)
  await visit(deputy, `#/office/timetable?day=${MONDAY + 5}`)
  const saturday = deputy.locator('.school-day tbody tr').filter({ has: deputy.locator('th', { hasText: /^7А$/ }) })
  await until('the day has it', async () => (await saturday.innerText().catch(() => '')).includes('актовый зал'))
  assert((await saturday.innerText()).includes(moved.split('\n')[0]), 'the lesson that was moved')
  await visit(deputy, `#/office/timetable?day=${MONDAY - 2}`)
  await until('the Saturday before', async () => (await saturday.innerText().catch(() => '')) !== '' && !(await main(deputy)).includes('актовый зал'))
})

await step('nothing to complain about', async () => {
  assert(complaints.length === 0, complaints.join('\n'))
})
await end()
