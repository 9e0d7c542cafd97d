// The school is organised by screens, in a real browser on a real server: a lesson is replaced, moved,
// cancelled and taken back; the list of replacements; and what belongs to it.
//
//   node tests/web/office.mjs <address of the school> <folder for pictures>
import { mkdirSync, readFileSync } from 'node:fs'
import { launch, openJournal, story, until, visit, Visitor } from './browser.mjs'

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
const MONDAY = dayOf('2026-11-09')
const main = (page) => page.locator('main').innerText()

/** The same screen as on a phone: nothing may stick out of it. */
async function phone(login, hash, name, ready = 'main .screen') {
  const page = await visitor.open({ login, width: 360, height: 740, touch: true })
  await visit(page, hash)
  await page.waitForSelector(ready, WAIT)
  await page.waitForTimeout(300)
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  await picture(page, `${name}-360`, true)
  assert(wide <= view, `${name}: ${wide} wide on ${view}`)
  await page.context().close()
}

const done = (page) => page.locator('.dialog').waitFor({ state: 'detached', ...WAIT })
const openLesson = async (page, at) => { await page.locator(at).click(); await page.waitForSelector('.dialog form', WAIT) }

let deputy
let teacher
let replaced

await step('a day of the school: every class with its lessons', async () => {
  deputy = await visitor.open({ login: 'st02' })
  await visit(deputy, `#/office/timetable?day=${MONDAY}`)
  await deputy.waitForSelector('.school-day tbody tr', WAIT)
  assert(await deputy.locator('.school-day tbody tr').count() > 10, 'classes')
  assert(await deputy.locator('.school-day .slot-chip').count() > 80, 'lessons')
  await picture(deputy, 'timetable-day')
})

await step('a teacher is replaced by one who is free', async () => {
  const row = deputy.locator('.school-day tbody tr').filter({ has: deputy.locator('th', { hasText: /^7А$/ }) })
  await row.locator('.slot-chip').nth(1).click()
  await deputy.waitForSelector('.pick-list li', WAIT)
  assert(/свободн/.test(await deputy.locator('.pick legend').innerText()), 'how many are free')
  assert(await deputy.locator('.pick-list .tag.warn').count() === 0, 'only free ones at first')
  replaced = (await deputy.locator('.pick-list li span').first().innerText()).trim()
  await deputy.locator('.pick-list input').first().check()
  await deputy.fill('.dialog .write > .field input[list]', 'болезнь')
  await picture(deputy, 'lesson-replace')
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('the replacement is shown', async () => /замена: /.test(await row.innerText()))
})

await step('a lesson is moved; what clashes is said and does not refuse', async () => {
  const row = deputy.locator('.school-day tbody tr').filter({ has: deputy.locator('th', { hasText: /^7А$/ }) })
  await row.locator('.slot-chip').nth(2).click()
  await deputy.locator('.dialog .segments button', { hasText: 'Перенести' }).click()
  await deputy.fill('.dialog input[type=date]', '2026-11-10')
  await until('the clash of the class', async () => /У класса в это время/.test(await deputy.locator('.dialog').innerText()))
  await picture(deputy, 'lesson-move')
  await deputy.locator('.dialog select').selectOption('8')
  await until('no class clash', async () => !/У класса в это время/.test(await deputy.locator('.dialog').innerText()))
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('moved away', async () => /перенесён на/.test(await row.innerText()))
  await visit(deputy, `#/office/timetable?day=${MONDAY + 1}`)
  await until('moved here', async () => /перенесён с/.test(await row.innerText().catch(() => '')))
})

await step('a lesson is cancelled, and stands in the timetable again', async () => {
  await visit(deputy, `#/office/timetable?day=${MONDAY}`)
  const row = deputy.locator('.school-day tbody tr').filter({ has: deputy.locator('th', { hasText: /^8А$/ }) })
  await until('the day', async () => (await row.locator('.slot-chip').count()) > 2 && !/перенесён с/.test(await main(deputy)))
  await row.locator('.slot-chip').first().click()
  await deputy.locator('.dialog .segments button', { hasText: 'Отменить' }).click()
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('cancelled', async () => /отменён/.test(await row.innerText()))
  await picture(deputy, 'timetable-changed')
  await row.locator('.slot-chip.off').first().click()
  await deputy.locator('.dialog .segments button', { hasText: 'Вернуть' }).click()
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('as planned again', async () => !/отменён/.test(await row.innerText()))
})

await step('the list of replacements keeps them apart, and is saved as a table', async () => {
  await visit(deputy, `#/office/changes?from=${MONDAY}&to=${MONDAY + 6}`)
  await deputy.waitForSelector('.changes-table tbody tr', WAIT)
  const rows = await deputy.locator('.changes-table tbody tr').allInnerTexts()
  assert(rows.length === 2, `rows: ${rows.length}`)
  assert(rows.some((r) => /замена/.test(r) && /болезнь/.test(r)) && rows.some((r) => /перенос/.test(r)), rows.join('\n'))
  await picture(deputy, 'changes')
  await deputy.locator('.control-bar button', { hasText: 'Замены' }).click()
  assert(await deputy.locator('.changes-table tbody tr').count() === 1, 'replacements alone')
  const [file] = await Promise.all([deputy.waitForEvent('download'), deputy.locator('button', { hasText: 'CSV' }).click()])
  const text = readFileSync(await file.path(), 'utf8')
  assert(text.includes('болезнь') && text.split('\r\n').length === 3, text)
  const [book] = await Promise.all([deputy.waitForEvent('download'), deputy.locator('a', { hasText: 'XLSX' }).click()])
  assert(readFileSync(await book.path()).subarray(0, 2).toString() === 'PK', 'a workbook')
})

await step('the week of a class and of a teacher', async () => {
  await visit(deputy, `#/office/timetable?day=${MONDAY}&view=class`)
  await until('six days', async () => (await deputy.locator('.diary-day').count()) === 6)
  await deputy.locator('.control-bar select').selectOption({ label: '7А' })
  await until('the changes of 7А', async () => /замена: [\s\S]*перенесён/.test(await main(deputy)))
  await picture(deputy, 'timetable-class', true)
  await visit(deputy, `#/office/timetable?day=${MONDAY}&view=teacher`)
  await until('lessons of a teacher', async () => (await deputy.locator('.diary-day .slot-chip').count()) > 3)
})

await step('a teacher sees the own week and changes nothing', async () => {
  teacher = await visitor.open({ login: 'st20' })
  await visit(teacher, `#/office/timetable?day=${MONDAY}`)
  await teacher.waitForSelector('.diary-day .slot-chip', WAIT)
  assert(await teacher.locator('button.slot-chip').count() === 0, 'nothing to press')
})

await step('the right page: topics moved by one, and signed', async () => {
  await openJournal(teacher, '7А', 'Алгебра')
  await teacher.locator('a', { hasText: 'Уроки и КТП' }).click()
  await teacher.waitForSelector('.plan-table tbody tr', WAIT)
  await picture(teacher, 'plan-lessons')
  const first = teacher.locator('.plan-table tbody tr:has(.topic-number)').first()
  const before = Number(await first.locator('.topic-number').inputValue())
  assert(before > 10, `the last topic: ${before}`)
  await first.locator('button').last().click()
  await until('it waits for a signature', async () => (await teacher.locator('.topic-edited').count()) === 1)
  assert(Number(await first.locator('.topic-number').inputValue()) === before + 1, 'one on')
  await picture(teacher, 'plan-moved')
  await teacher.locator('.sign-bar button.primary').click()
  await teacher.locator('.sign-bar').waitFor({ state: 'detached', ...WAIT })
  await until('signed', async () => Number(await first.locator('.topic-number').inputValue()) === before + 1 && (await teacher.locator('.topic-edited').count()) === 0)
  // By mouse: the topic that stood there is dragged back.
  await teacher.locator('.plan-side tr.draggable').filter({ has: teacher.locator('td.number', { hasText: new RegExp(`^${before}$`) }) }).dragTo(first)
  await until('dragged', async () => Number(await first.locator('.topic-number').inputValue()) === before)
  await teacher.locator('.sign-bar button', { hasText: 'Не менять' }).click()
  await teacher.locator('.segments a', { hasText: 'КТП' }).click()
  await teacher.waitForSelector('.plan-topics tbody tr', WAIT)
  assert(/в срок|позже|раньше/.test(await main(teacher)), 'plan and fact')
  await picture(teacher, 'plan-topics')
  await teacher.context().close()
})

await step('how far the plans are, the furthest behind first; control has a column for it', async () => {
  await visit(deputy, '#/office/programme')
  await deputy.waitForSelector('.programme-table tbody tr', WAIT)
  const lags = (await deputy.locator('.programme-table tbody td:last-child').allInnerTexts()).map((t) => Number(/отставание (\d+)/.exec(t.replaceAll('\u00a0', ' '))?.[1] ?? 0))
  assert(lags.length > 100 && lags.every((l, i) => i === 0 || lags[i - 1] >= l), 'in order')
  await picture(deputy, 'programme')
  await visit(deputy, '#/control')
  await until('the column', async () => /−\d/.test(await deputy.locator('.control-table').innerText().catch(() => '')))
  await picture(deputy, 'control-lag')
})

async function planWork(n) {
  await deputy.locator('button', { hasText: 'Назначить работу' }).click()
  await deputy.locator('.dialog select').first().selectOption({ label: '7А' })
  await deputy.fill('.dialog input[type=date]', '2026-11-18')
  await until('the lessons of that day', async () => /среда, 18 ноября/.test(await deputy.locator('.dialog').innerText()) && (await deputy.locator('.dialog .pick-list li').count()) > 3)
  await deputy.locator('.dialog .pick-list input').nth(n).check()
}

await step('a control work is planned; a second one on the day is warned of and taken', async () => {
  await visit(deputy, `#/office/works?day=${MONDAY}`)
  await deputy.waitForSelector('.works-matrix tbody tr', WAIT)
  await planWork(2)
  await until('within the norm', async () => (await deputy.locator('.dialog .notice.good').count()) === 1)
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('it is listed', async () => (await deputy.locator('.works-table tbody tr').count()) >= 1)
  await planWork(3)
  await until('a warning', async () => /7А: в этот день станет 2/.test((await deputy.locator('.dialog .notice.warn').innerText().catch(() => '')).replaceAll('\u00a0', ' ')))
  await picture(deputy, 'works-plan')
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('the schedule warns', async () => /Больше нормы/.test(await main(deputy)) && (await deputy.locator('.works-matrix td.over').count()) === 1)
  await picture(deputy, 'works', true)
})

await step('control says so, too; taken off, it warns no more', async () => {
  await visit(deputy, '#/control')
  await deputy.waitForSelector('.works-banner', WAIT)
  await picture(deputy, 'works-banner')
  await visit(deputy, `#/office/works?day=${MONDAY}`)
  await deputy.locator('.works-table tbody tr').last().locator('button').click()
  await deputy.locator('.dialog button.primary').click()
  await done(deputy)
  await until('no warning', async () => (await deputy.locator('.works-matrix td.over').count()) === 0)
})

await step('settings: explained, changed, with who changed them', async () => {
  await visit(deputy, '#/office/settings')
  await deputy.waitForSelector('.setting', WAIT)
  assert(await deputy.locator('.setting').count() >= 6, 'all settings')
  assert(!/_/.test(await deputy.locator('main').innerText()), 'in words')
  const perDay = deputy.locator('.setting', { hasText: 'Контрольных в классе за день' })
  await perDay.locator('button', { hasText: 'Изменить' }).click()
  await perDay.locator('input').fill('99')
  assert(await perDay.locator('button.primary').isDisabled(), 'beyond the limits')
  await perDay.locator('input').fill('2')
  await perDay.locator('button.primary').click()
  await until('it holds, and by whom', async () => /2 в день/.test(await perDay.innerText()) && /Установил\(а\) Юнусова/.test(await perDay.innerText()))
  await picture(deputy, 'settings', true)
})

await step('the school year: a picture, problems before signing, bells', async () => {
  await visit(deputy, '#/office/year')
  await deputy.waitForSelector('.year-picture .day', WAIT)
  assert(await deputy.locator('.year-picture .month').count() >= 9, 'months')
  await picture(deputy, 'year', true)
  const before = await deputy.locator('.year-rows tbody tr').count()
  await deputy.locator('.control-bar button', { hasText: 'Изменить' }).click()
  await deputy.locator('.add-rows button', { hasText: 'каникулы' }).click()
  const row = deputy.locator('.year-table tbody tr').last()
  await row.locator('input:not([type=date])').fill('Карантин')
  await row.locator('input[type=date]').last().fill('2020-01-01')
  await until('it cannot be signed', async () => /конец раньше начала/.test(await main(deputy)) && await deputy.locator('button.primary').isDisabled())
  await picture(deputy, 'year-problem')
  await row.locator('input[type=date]').first().fill('2026-12-07')
  await row.locator('input[type=date]').last().fill('2026-12-12')
  await until('it can', async () => await deputy.locator('button.primary').isEnabled())
  await deputy.locator('button.primary').click()
  await until('set', async () => (await deputy.locator('.year-rows tbody tr').count()) === before + 1)
  await visit(deputy, `#/office/timetable?day=${dayOf('2026-12-08')}`)
  await until('no lessons then', async () => /В этот день уроков нет/.test(await main(deputy)))
  await visit(deputy, '#/office/year')
  const bells = deputy.locator('section.card', { has: deputy.locator('h2', { hasText: 'Звонки, 1 смена' }) })
  await bells.locator('button', { hasText: 'Изменить' }).click()
  await bells.locator('input[type=date]').fill('2026-11-30')
  await bells.locator('input[type=time]').nth(2).fill('08:30')
  await until('an overlap', async () => /2 урок начинается раньше/.test(await bells.innerText()))
  await bells.locator('input[type=time]').nth(2).fill('08:55')
  await bells.locator('button.primary').click()
  await until('new bells from then', async () => /с 30\.11\.2026 другие/.test(await bells.innerText()))
})

await step('on a phone', async () => {
  await phone('st02', `#/office/timetable?day=${MONDAY}`, 'timetable-day', '.school-day')
  await phone('st02', `#/office/timetable?day=${MONDAY}&view=class`, 'timetable-class', '.diary-day .slot-chip')
  await phone('st02', '#/office/year', 'year', '.year-picture .day')
  await phone('st02', '#/office/settings', 'settings', '.setting')
  await phone('st02', '#/office/programme', 'programme', '.programme-table')
  await phone('st02', `#/office/works?day=${MONDAY}`, 'works', '.works-matrix')
  await phone('st02', `#/office/changes?from=${MONDAY}&to=${MONDAY + 6}`, 'changes', '.changes-table')
})

await step('nothing to complain about', async () => {
  assert(complaints.length === 0, complaints.join('\n'))
})
await end()
