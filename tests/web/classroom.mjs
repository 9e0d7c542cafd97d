// What a lesson leaves to do, in a real browser on a real server: a debt point («точка») seen by the family
// and the class teacher until the mark is there, a file with the homework whose digest the family's browser
// compares, and a report of the deputy head about one pupil.
//
//   node tests/web/classroom.mjs <address of the school, with a slash> <folder for pictures>
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { done, journey, openJournal, until, visit, WAIT } from './browser.mjs'

const PARENT = 'r0555' // of Садулаева Асет, 7А
const TEACHER = 'st20' // class teacher of 7А, teaches geometry there
const CHILD = 'Садулаева Асет'
const { visitor, picture: take, step, end } = await journey(/status of 403/)
const picture = (page, name) => take(page, name, true)
const main = (page) => page.locator('main').innerText().then((t) => t.replaceAll('\u00a0', ' '))

const parent = await visitor.open({ login: PARENT, width: 360, height: 740 })
const teacher = await visitor.open({ login: TEACHER })
await parent.waitForSelector('.diary', WAIT)
const child = await parent.locator('.tabs a').first().getAttribute('href').then((h) => h.split('/')[2])
/** Away and back, so that the page is asked anew. */
const anew = async (page, hash, ready) => { await visit(page, '#/audit'); await page.waitForTimeout(100); await visit(page, hash); await page.waitForSelector(ready, WAIT) }

/** The child's cell on the lesson where the cursor is, which is today's. */
async function toCell() {
  await openJournal(teacher, '7А', 'Геометрия')
  const column = await teacher.locator('td.cursor').first().getAttribute('data-c')
  const row = await teacher.locator('.grid tr[data-r]', { hasText: CHILD }).first().getAttribute('data-r')
  await teacher.click(`tr[data-r="${row}"] td[data-c="${column}"]`)
  await teacher.waitForSelector(`.panel-name:has-text("${CHILD}")`, WAIT)
}

await step('a debt point is signed, with its term', async () => {
  await toCell()
  await teacher.locator('button', { hasText: 'Все присутствуют' }).click() // that opens the lesson
  await teacher.waitForSelector('.state.good:has-text("сохранено")', WAIT)
  await teacher.locator('.panel-block button', { hasText: 'Точка' }).click()
  await teacher.fill('dialog input[type=date]', '2026-10-01')
  await teacher.waitForSelector('dialog:has-text("Срок раньше урока")', WAIT)
  assert.ok(await teacher.locator('dialog button.primary').isDisabled(), 'a term before the lesson is none')
  await teacher.fill('dialog input[type=date]', '2026-11-16')
  await picture(teacher, 'debt')
  await teacher.locator('dialog button.primary').click()
  await done(teacher)
  await until('the cell says so', async () => /точка, сдать до 16\.11/.test((await teacher.locator('.panel-block').first().innerText()).replaceAll('\u00a0', ' ')))
})

await step('the family sees until when, the class teacher pupil by pupil', async () => {
  await visit(parent, `#/diary/${child}/results`)
  await until('the point', async () => /Геометрия[\s\S]*сдать до 16\.11\.2026/.test((await parent.locator('.debts').innerText().catch(() => '')).replaceAll('\u00a0', ' ')))
  await picture(parent, 'debt-family')
  await visit(teacher, '#/form')
  await until('the class', async () => new RegExp(`${CHILD}[\\s\\S]*сдать до 16\\.11\\.2026`).test((await teacher.locator('.debts').innerText().catch(() => '')).replaceAll('\u00a0', ' ')))
  await picture(teacher, 'debt-class')
})

await step('the mark makes it good', async () => {
  await toCell()
  await teacher.keyboard.press('4')
  await teacher.waitForSelector('.state.good:has-text("сохранено")', WAIT)
  await anew(parent, `#/diary/${child}/results`, '.results')
  await parent.waitForTimeout(500)
  assert.equal(await parent.locator('.debts').count(), 0, 'nothing is owed')
  await anew(teacher, '#/form', '.debts')
  await until('no points', async () => /Точек нет/.test(await teacher.locator('.debts').innerText()))
})

const CONTENT = 'Задание по геометрии: № 101–104.\n'

await step('a file goes with the homework; another type is refused before it is sent', async () => {
  await toCell()
  const input = teacher.locator('input[type=file]')
  await input.setInputFiles({ name: 'virus.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') })
  await teacher.waitForSelector('text=Такие файлы журнал не принимает', WAIT)
  await input.setInputFiles({ name: 'задание.txt', mimeType: 'text/plain', buffer: Buffer.from(CONTENT) })
  await teacher.waitForSelector('.homework-file:has-text("задание.txt")', WAIT)
  await picture(teacher, 'file')
})

await step('the family saves what was signed, and is told that it is the same', async () => {
  await anew(parent, `#/diary/${child}`, '.diary')
  const item = parent.locator('.homework-file', { hasText: 'задание.txt' })
  await item.waitFor(WAIT)
  const [file] = await Promise.all([parent.waitForEvent('download'), item.locator('button').first().click()])
  assert.equal(readFileSync(await file.path(), 'utf8'), CONTENT)
  await item.locator('.good-text').waitFor(WAIT)
  await picture(parent, 'file-family')
})

await step('a file that came out different on the way is not saved', async () => {
  await parent.route('**/api/file?**', (route) => route.fulfill({ status: 200, contentType: 'application/octet-stream', body: 'Задание по геометрии: № 101–105.\n' }))
  let saved = false
  parent.on('download', () => { saved = true })
  const item = parent.locator('.homework-file', { hasText: 'задание.txt' })
  await item.locator('button').first().click()
  await item.locator('.bad-text').waitFor(WAIT)
  await parent.waitForTimeout(300)
  assert.equal(saved, false)
  await picture(parent, 'file-different')
  await parent.unroute('**/api/file?**')
})

await step('taken off, it is gone for the family', async () => {
  await toCell()
  await teacher.locator('.homework-file', { hasText: 'задание.txt' }).locator('button').last().click()
  await teacher.locator('.homework-file', { hasText: 'задание.txt' }).waitFor({ state: 'detached', ...WAIT })
  await anew(parent, `#/diary/${child}`, '.diary')
  await until('gone', async () => (await parent.locator('.diary-lesson').count()) > 3 && (await parent.locator('.homework-file', { hasText: 'задание.txt' }).count()) === 0)
})

await step('the deputy head reports on the pupil; the class teacher compares, reads and confirms', async () => {
  const deputy = await visitor.open({ login: 'st02' })
  await visit(deputy, `#/pupil/${child}`)
  const card = deputy.locator('.card', { hasText: 'Отчёты завуча об ученике' })
  await card.locator('button').click()
  await deputy.waitForSelector('dialog select', WAIT)
  await deputy.locator('dialog select').selectOption({ index: 0 })
  await picture(deputy, 'report-send')
  await deputy.locator('dialog button.primary').click()
  await done(deputy)
  await until('it waits', async () => (await card.locator('.tag.warn').count()) === 1)
  await anew(teacher, `#/pupil/${child}`, '.card')
  const own = teacher.locator('.card', { hasText: 'Отчёты завуча об ученике' })
  await own.locator('a.button').click()
  await until('the digest holds', async () => /совпадает с подписанным/.test(await teacher.locator('.report-standing').innerText().catch(() => '')))
  assert.match(await main(teacher), /Геометрия/)
  await picture(teacher, 'report')
  await teacher.locator('.report-standing button').click()
  await until('received', async () => /получен/.test(await teacher.locator('.report-standing .tag').innerText().catch(() => '')))
  await anew(deputy, `#/pupil/${child}`, '.card')
  await until('the deputy head sees it', async () => (await card.locator('.tag.good').count()) === 1)
  await deputy.context().close()
})

await end()
