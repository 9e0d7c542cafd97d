// The deputy head's day, in a real browser on a real server: looks who keeps the journals how, sends a
// remark, reads the summary of a class, sends the class teacher a report that cannot change any more,
// closes the quarter and opens it again.
//
//   node tests/web/control.mjs <address of the school> <folder for pictures>
import assert from 'node:assert/strict'
import { done, journey, openJournal, until, visit, WAIT } from './browser.mjs'

const textOf = async (page, where) => (await page.locator(where).first().innerText()).trim()
const { visitor, picture, step, end } = await journey()

const TEACHER = 'Чагаев'
const REMARK = 'Внесите посещаемость за последний урок, пожалуйста.'
let deputy, teacher

await step('control lists who keeps the journals how, the worst first', async () => {
  deputy = await visitor.open({ login: 'st02' })
  await visit(deputy, '#/control?span=period&day=20750')
  await deputy.waitForSelector('.control-table tbody tr', WAIT)
  const lights = (await deputy.locator('.control-table tbody .light').allInnerTexts()).map((t) => ['в порядке', 'есть пропуски', 'много пустого'].indexOf(t.trim()))
  assert(lights.length > 20, `teachers: ${lights.length}`)
  assert(lights.every((l, i) => l >= 0 && (i === 0 || lights[i - 1] >= l)), 'the worst come first')
  assert(/в порядке|есть пропуски|много пустого/.test(await textOf(deputy, '.control-table .light')), 'the light says itself in words')
  await picture(deputy, 'control')
  await deputy.locator('.control-table thead button', { hasText: 'Учитель' }).click()
  const names = await deputy.locator('.control-table tbody th').allInnerTexts()
  assert(names.every((n, i) => i === 0 || names[i - 1].localeCompare(n, 'ru') <= 0), 'sorted by name')
})

await step('down to the lesson, and a remark on the journal', async () => {
  await deputy.fill('.search input', TEACHER)
  await deputy.locator('.control-table tbody .link').first().click()
  await deputy.waitForSelector('.control-table tbody td .link', WAIT)
  await picture(deputy, 'control-pages')
  await deputy.locator('.control-table tbody td .link').first().click()
  await deputy.waitForSelector('.dialog.side .control-lessons, .dialog.side .empty', WAIT)
  await deputy.locator('.dialog.side .check input').check()
  await until('the lessons', async () => (await deputy.locator('.control-lessons li').count()) > 5)
  assert((await deputy.locator('.control-lessons a').first().getAttribute('href')).includes('/journal/'), 'a lesson leads to its page')
  await picture(deputy, 'control-lessons')
  await deputy.keyboard.press('Escape')
  await deputy.locator('.control-table tbody button', { hasText: 'Замечание' }).first().click()
  assert((await deputy.inputValue('.dialog textarea')).includes('Проверено за'), 'the remark begins with what was looked at')
  await deputy.fill('.dialog textarea', REMARK)
  await picture(deputy, 'remark')
  await deputy.locator('.dialog button.primary').click()
  await deputy.locator('.dialog').waitFor({ state: 'detached', ...WAIT })
})

await step('the teacher sees it on the own day and settles it', async () => {
  teacher = await visitor.open({ login: 'st20' })
  await teacher.waitForSelector('.notice.warn', WAIT)
  await until('the remark is told', async () => /замечани/.test(await teacher.locator('main').innerText()))
  await picture(teacher, 'remark-day')
  await teacher.locator('.notice.warn a.button', { hasText: 'Показать' }).last().click()
  await until('the remark', async () => (await teacher.locator('.remark-text', { hasText: REMARK }).count()) === 1)
  await picture(teacher, 'remarks')
  await teacher.locator('.remark button', { hasText: 'Отметить исправленным' }).first().click()
  await until('settled', async () => (await teacher.locator('.remark-text', { hasText: REMARK }).count()) === 0)
  await visit(deputy, '#/control/remarks')
  await deputy.locator('.check input').check()
  await until('the deputy sees it settled', async () => (await deputy.locator('.remark', { hasText: REMARK }).locator('.tag.good').count()) === 1)
})

await step('a teacher sees the own journals only', async () => {
  await visit(teacher, '#/control?span=period&day=20750')
  await teacher.waitForSelector('.control-table tbody tr', WAIT)
  const names = new Set(await teacher.locator('.control-table tbody th').allInnerTexts())
  assert(names.size === 1 && [...names][0].startsWith(TEACHER), [...names].join(', '))
  assert(await teacher.locator('.control-table button', { hasText: 'Замечание' }).count() === 0, 'raises no remarks')
})

await step('the classes side by side', async () => {
  await visit(deputy, '#/summary')
  await deputy.waitForSelector('.class-figures tbody tr', WAIT)
  assert(await deputy.locator('.class-figures tbody tr').count() > 10, 'classes')
  assert(await deputy.locator('.plot').count() === 2, 'two plots')
  await picture(deputy, 'school', true)
  const row = deputy.locator('.class-figures tbody tr').filter({ has: deputy.locator('th', { hasText: /^7А$/ }) })
  await row.locator('a').click()
})

await step('the summary sheet holds every pupil and subject, with the figures', async () => {
  await deputy.waitForSelector('.sheet tbody tr', WAIT)
  const pupils = await deputy.locator('.sheet tbody tr').count()
  assert(pupils > 15, `pupils: ${pupils}`)
  assert(/^\d/.test(await textOf(deputy, '.sheet tfoot tr:first-child td.number:last-child')), 'success of the class')
  await picture(deputy, 'sheet')
  // What the sheet shows of one subject, counted by hand.
  const column = await deputy.locator('.sheet tbody tr:not(.left)').evaluateAll((rows) => rows.map((r) => r.querySelectorAll('td.mark')[0].innerText.trim()))
  const marks = column.filter((t) => /^[2-5н]/.test(t))
  const good = marks.filter((t) => /^[45]$/.test(t)).length
  const shown = Number((await textOf(deputy, '.sheet tfoot tr:nth-child(2) td:nth-child(2)')).replace(',', '.'))
  assert(Math.abs(shown - (good / marks.length) * 100) < 0.06, `quality ${shown}, by hand ${(good / marks.length) * 100}`)
})

await step('its figures as plots with tables behind, its attendance', async () => {
  await deputy.locator('.segments a', { hasText: 'Показатели' }).click()
  await deputy.waitForSelector('.plot', WAIT)
  assert(await deputy.locator('.plot').count() >= 4, 'plots')
  await until('enough marks?', async () => /Меньше 3 отметок/.test(await deputy.locator('main').innerText()))
  await deputy.locator('.plot details summary').first().click()
  assert(await deputy.locator('.plot details[open] tbody tr').count() > 3, 'the numbers of the plot')
  await picture(deputy, 'figures', true)
  await deputy.locator('.segments a', { hasText: 'Посещаемость' }).click()
  await deputy.waitForSelector('.class-figures tfoot', WAIT)
  await picture(deputy, 'attendance', true)
})

await step('a report goes to the class teacher, as it is now', async () => {
  await deputy.locator('.segments a', { hasText: 'Сводная' }).click()
  await deputy.locator('button', { hasText: 'Отправить отчёт' }).click()
  const sign = deputy.locator('.dialog button.primary')
  await until('the digest', async () => await sign.isEnabled())
  await picture(deputy, 'report')
  await sign.click()
  await deputy.locator('.dialog').waitFor({ state: 'detached', ...WAIT })
  await deputy.locator('.segments a', { hasText: 'Отчёты' }).click()
  await until('it waits', async () => /ждёт подтверждения/.test(await deputy.locator('main').innerText()))
})

await step('the class teacher opens it, the digest holds, and confirms', async () => {
  await visit(teacher, '#/day')
  await until('the report is told', async () => /нов\S+ отчёт/.test(await teacher.locator('main').innerText()))
  await visit(teacher, '#/summary')
  await teacher.waitForSelector('.sheet', WAIT)
  assert(await teacher.locator('button', { hasText: 'Закрыть период' }).count() === 0, 'closes no periods')
  await teacher.locator('.segments a', { hasText: 'Отчёты' }).click()
  await teacher.locator('a.button', { hasText: /^Открыть$/ }).first().click()
  await until('the digest holds', async () => /совпадает с подписанным/.test(await teacher.locator('.report-standing').innerText()))
  await picture(teacher, 'report-read')
  await teacher.locator('button', { hasText: 'Подтвердить получение' }).click()
  await until('received', async () => /получен/.test(await teacher.locator('.report-standing .tag').innerText().catch(() => '')))
})

await step('the quarter is closed: the journal says so and refuses', async () => {
  await visit(deputy, '#/summary')
  await deputy.locator('.class-figures tbody a', { hasText: '9Б' }).click()
  await deputy.locator('button', { hasText: 'Закрыть период' }).click()
  await picture(deputy, 'close')
  await deputy.locator('.dialog button.primary').click()
  await until('closed', async () => /Закрыт \d/.test(await deputy.locator('main').innerText()))
  await openJournal(teacher, '9Б', 'Алгебра')
  const choice = teacher.locator('.journal-head select').first()
  await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((t) => t.startsWith('1 четв')) })
  await teacher.waitForSelector('.lock-tag', WAIT)
  assert(/открыть может завуч/.test(await textOf(teacher, '.lock-tag')), 'who can open it')
  await teacher.locator('tr[data-r="2"] td[data-c="3"]').click()
  await teacher.keyboard.press('5')
  await until('the refusal', async () => /закрыт/i.test(await teacher.locator('.conflicts').innerText().catch(() => '')))
  await picture(teacher, 'locked')
})

await step('it is opened again, with the reason', async () => {
  await deputy.locator('button', { hasText: 'Открыть снова' }).click()
  await deputy.locator('.dialog button.primary').click()
  assert(await deputy.locator('.dialog .field.invalid').count() === 1, 'a reason is asked for')
  await deputy.fill('.dialog input', 'Пересдача после болезни')
  await deputy.locator('.dialog button.primary').click()
  await until('open', async () => /Открыт снова/.test(await deputy.locator('main').innerText()))
})

await step('control works stand beside the quarter, and the year says what it lacks', async () => {
  const of = (await deputy.evaluate(() => location.hash)).split('?')[0]
  await visit(deputy, `${of}?tab=works&period=1 четверть`)
  await deputy.waitForSelector('.works-figures tbody tr', WAIT)
  assert((await deputy.locator('.works-figures tbody tr').count()) > 5, 'subjects with control works')
  assert((await deputy.locator('.plot details table tbody tr').count()) > 5, 'plots have their tables')
  await picture(deputy, 'works', true)
  await visit(deputy, `${of}?tab=year`)
  await until('nobody has a mark of the year yet', async () => /нет годовых: \d+/.test(await deputy.locator('main').innerText()))
})

await step('«Правки» tell what came late, what does not count, and that the quarter was opened again', async () => {
  await visit(deputy, '#/control')
  await deputy.locator('.segments a', { hasText: 'Правки' }).click()
  await deputy.waitForSelector('.edits-table tbody tr', WAIT)
  assert(/период открыт снова/.test(await textOf(deputy, '.edits-table tbody tr')), 'the newest first')
  await visit(deputy, '#/edits?from=20730&to=20747')
  await until('the days of the theft', async () => /не действует\s*[1-9]/.test(await deputy.locator('.chips').innerText().catch(() => '')))
  assert(await deputy.locator('.plot-row').count() > 5, 'a plot by day')
  await deputy.locator('.chip', { hasText: 'не действует' }).click()
  const rows = await deputy.locator('.edits-table tbody tr').allInnerTexts()
  assert(rows.length > 50 && rows.every((r) => /акт № 1/.test(r)), `struck out entries name the act: ${rows.length}`)
  await picture(deputy, 'edits')
  await deputy.locator('.edits-table tbody a', { hasText: 'Алгебра' }).first().click()
  await deputy.waitForSelector('.grid td.cursor', WAIT)
  await deputy.locator('.page-tabs a', { hasText: 'История' }).click()
  await until('the same page', async () => /позже на/.test(await deputy.locator('.edits-table').innerText().catch(() => '')))
  const [sheet] = await Promise.all([deputy.waitForEvent('download', WAIT), deputy.locator('a', { hasText: 'XLSX' }).click()])
  assert(/xlsx/.test(sheet.suggestedFilename()), 'a workbook')
})

await step('on a phone nothing is cut off', async () => {
  const page = await visitor.open({ login: 'st02', width: 360, height: 740, touch: true })
  for (const [hash, name] of [['#/control?span=period&day=20750', 'phone-control'], ['#/summary', 'phone-school'], ['#/edits?from=20730&to=20747', 'phone-edits']]) {
    await visit(page, hash)
    await page.waitForSelector('.table >> visible=true', WAIT)
    await picture(page, name)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert(wide <= 362, `${name} is ${wide} wide`)
  }
})

await end()
