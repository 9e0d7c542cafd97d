// What people do, in a real browser, against a real server: a teacher enters a lesson, another person
// sees it appear, the account turns out stolen, two officers strike it out, the marks return to what
// they were, and an auditor who trusts nobody agrees. Then the other roles' first screens.
//
//   node tests/web/journeys.mjs <address of the school> <letopis-audit> <vkey> <folder for pictures>
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { launch, story, until, visit } from './browser.mjs'

const [base, audit, vkey, pictures] = process.argv.slice(2)
const run = promisify(execFile)
mkdirSync(pictures, { recursive: true })

const PASSWORD = 'letopis-demo'
const WAIT = { timeout: 20000 }
const complaints = []

const browser = await launch()

async function enter(login, size = { width: 1366, height: 768 }) {
  const context = await browser.newContext({ viewport: size, locale: 'ru-RU', ignoreHTTPSErrors: true })
  const page = await context.newPage()
  page.on('pageerror', (e) => complaints.push(`${login}: ${e.message}`))
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) complaints.push(`${login}: ${m.text()}`) })
  await page.goto(`${base}/`)
  await page.fill('input[autocomplete=username]', login)
  await page.fill('input[autocomplete=current-password]', PASSWORD)
  await page.click('button[type=submit]')
  await page.waitForSelector('.topbar', WAIT)
  return page
}
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png` })
const assert = (truth, what) => { if (!truth) throw new Error(what) }
const cell = (r, c) => `tr[data-r="${r}"] td[data-c="${c}"]`
const textOf = async (page, where) => (await page.locator(where).first().innerText()).trim()

async function openPage(page, group, subject) {
  await visit(page, '#/pages')
  await page.locator('section.group-row').filter({ has: page.locator(`h2:text-is("${group}")`) }).locator(`a.chip:has-text("${subject}")`).first().click()
  await page.waitForSelector('.grid', WAIT)
}
async function choosePeriod(page, name) {
  const choice = page.locator('.journal-head select').first()
  await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((t) => t.startsWith(name)) })
}
async function audited() {
  const done = await run(audit, ['verify', base, '--vkey', vkey, '--json', '--quiet'], { maxBuffer: 1 << 24 }).catch((e) => e)
  return JSON.parse(done.stdout)
}
const { step, end } = story(browser, picture)

let teacher, deputy, lessonColumn
const was = {}

/** The checkpoint before anybody does anything, as an auditor would keep it. */
const first = await enter('auditor')
const kept = await first.evaluate(async () => (await fetch('checkpoint')).text())
await first.context().close()

await step('a wrong password is told in words, and opens nothing', async () => {
  const context = await browser.newContext({ locale: 'ru-RU', ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.goto(`${base}/`)
  await page.fill('input[autocomplete=username]', 'st20')
  await page.fill('input[autocomplete=current-password]', 'not the password')
  await page.click('button[type=submit]')
  await page.waitForSelector('[role=alert]', WAIT)
  assert(await page.locator('.topbar').count() === 0, 'logged in')
  await context.close()
})

await step('a teacher logs in and sees the day, with what is missing', async () => {
  teacher = await enter('st20')
  await teacher.waitForSelector('.lesson-link', WAIT)
  assert(await teacher.locator('.lesson-link').count() === 3, 'three lessons on 5 November')
  await picture(teacher, 'day')
})

await step('the deputy head opens the same page, read-only', async () => {
  deputy = await enter('st02')
  await openPage(deputy, '9Б', 'Алгебра')
  await choosePeriod(deputy, '2 четв')
  await picture(deputy, 'deputy-page')
})

await step('the teacher enters a lesson by keys; the deputy sees it appear', async () => {
  await teacher.locator('.lesson-link', { hasText: 'Алгебра' }).first().click()
  await teacher.waitForSelector('.grid td.cursor', WAIT)
  lessonColumn = await teacher.locator('.grid td.cursor').first().getAttribute('data-c')
  for (const key of ['5', '4', 'KeyY', '3']) await teacher.keyboard.press(key)
  await until('marks saved', async () => /сохранено/i.test(await teacher.locator('body').innerText()))
  await until('the deputy sees 5', async () => (await deputy.locator(cell(0, lessonColumn)).count()) > 0 && (await textOf(deputy, cell(0, lessonColumn))) === '5')
  await until('the deputy sees 4', async () => (await textOf(deputy, cell(1, lessonColumn))) === '4')
  await until('the deputy sees the absence', async () => (await textOf(deputy, cell(2, lessonColumn))) === 'н')
  await picture(teacher, 'lesson-entered')
  await picture(deputy, 'lesson-seen')
})

await step('topic from the plan and homework; the deputy sees them', async () => {
  await teacher.click('button.suggest')
  await teacher.fill('#homework', '№ 350–352, повторить § 12')
  await teacher.locator('button', { hasText: 'Все присутствуют' }).first().click()
  await until('topic and homework at the deputy', async () => {
    await deputy.locator(cell(0, lessonColumn)).click()
    const text = await deputy.locator('body').innerText()
    const values = await deputy.locator('textarea').evaluateAll((all) => all.map((t) => t.value).join('\n'))
    return (text + values).includes('№ 350–352')
  })
})

await step('a mark of the first quarter is changed; its history shows both hands', async () => {
  for (const page of [teacher, deputy]) await choosePeriod(page, '1 четв')
  await until('the first quarter is drawn', async () => (await teacher.locator('.grid thead th.col').count()) > 10)
  const marks = await teacher.locator('.grid tbody tr[data-r] td.mark, .grid tbody tr[data-r] td[data-c]').evaluateAll((cells) =>
    cells.filter((td) => /^[2-4]$/.test(td.innerText.trim()) && !td.className.includes('period')).slice(0, 3)
      .map((td) => ({ r: td.closest('tr').dataset.r, c: td.dataset.c, text: td.innerText.trim() })))
  assert(marks.length === 3, 'three marks to change')
  for (const mark of marks) {
    was[`${mark.r}/${mark.c}`] = mark.text
    await teacher.locator(cell(mark.r, mark.c)).click()
    await teacher.keyboard.press('5')
  }
  for (const mark of marks) await until('the deputy sees the change', async () => (await textOf(deputy, cell(mark.r, mark.c))).startsWith('5'))
  await teacher.locator(cell(marks[0].r, marks[0].c)).click()
  await teacher.keyboard.press('Alt+h')
  await until('the history', async () => /Чагаев/.test(await teacher.locator('body').innerText()))
  await picture(teacher, 'history')
  await teacher.keyboard.press('Escape')
})

await step('support reports the account; the preview says what will return', async () => {
  const support = await enter('st04')
  await visit(support, '#/breach')
  await support.fill('.search input', 'Чагаев Умар')
  const card = support.locator('article.account').filter({ hasText: 'Чагаев Умар Ибрагимович' }).first()
  await card.locator('li.key-row:not(.session):not(.ended) a.button').first().click()
  await support.waitForSelector('form.card.form', WAIT)
  await support.locator('input[type=date]').first().fill('2026-11-05')
  await support.locator('input[type=time]').first().fill('10:05')
  await support.locator('textarea').first().fill('Пароль был на бумажке')
  await support.click('form button[type=submit]')
  await support.waitForSelector('.preview', WAIT)
  const text = await support.locator('.preview').innerText()
  for (const value of Object.values(was)) assert(text.includes(value), `the preview names ${value}`)
  await picture(support, 'preview')
  await support.locator('.sign-bar button.danger').click()
  await until('the report stands in the list', async () => /Пароль был на бумажке/.test(await support.locator('body').innerText()))
  await receive(support, 'support')
})

async function receive(page, name) {
  await visit(page, '#/breach/reports')
  const report = page.locator('article.report').filter({ hasText: 'Пароль был на бумажке' })
  await report.locator('button.primary').first().click()
  const sign = page.locator('.dialog-buttons button.danger')
  await sign.waitFor(WAIT)
  await until('the digest is recomputed', async () => await sign.isEnabled())
  await picture(page, `receipt-${name}`)
  await sign.click()
  await sign.waitFor({ state: 'detached', ...WAIT })
}

await step('the key is closed at once: the teacher can write no more', async () => {
  await teacher.locator('.grid td[data-c]').first().click().catch(() => undefined)
  await teacher.keyboard.press('2')
  await until('the teacher is told', async () => /закрыт|войдите|Логин/i.test(await teacher.locator('body').innerText()))
  await picture(teacher, 'closed')
})

await step('the head confirms; the marks return to what they were, by themselves', async () => {
  const head = await enter('st01')
  await receive(head, 'head')
  for (const [where, value] of Object.entries(was)) {
    const [r, c] = where.split('/')
    await until(`${where} is ${value} again`, async () => (await textOf(deputy, cell(r, c))).startsWith(value))
  }
  await picture(deputy, 'returned')
})

await step('the auditor, who trusts nobody, agrees', async () => {
  const report = await audited()
  assert(report.ok, JSON.stringify(report))
  assert(report.reports.length === 2 && report.reports[1].state === 'standing', 'two acts in force')
  assert(report.reports[1].covered > 5, 'what the account wrote is void')
})

await step('a family sees the diary of its own child', async () => {
  const parent = await enter('r0001', { width: 390, height: 844 })
  await until('the diary', async () => /Чагаев/.test(await parent.locator('body').innerText()))
  await picture(parent, 'parent-phone')
})

await step('a class teacher reads the own class in all subjects', async () => {
  const page = await enter('st16')
  await visit(page, '#/pages')
  await page.waitForSelector('section.group-row', WAIT)
  await picture(page, 'class-teacher')
})

await step('an auditor sees the checkpoint and its verification', async () => {
  const page = await enter('auditor')
  await until('the seal', async () => /школ|журнал|цел/i.test(await page.locator('body').innerText()))
  await picture(page, 'auditor')
})

await step('a checkpoint kept from before all this is the beginning of the log; one that never was is told', async () => {
  const page = await enter('auditor')
  await visit(page, '#/audit')
  await page.fill('.held-checkpoint textarea', kept)
  await page.click('.held-checkpoint button[type=submit]')
  await page.waitForSelector('.held-checkpoint .notice.good')
  assert(await page.locator('.held-checkpoint .seal-steps .good').count() === 3, 'signature, growth, consistency')
  await picture(page, 'auditor-held')
  await page.fill('.held-checkpoint textarea', kept.replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) + 1}\n`))
  await page.click('.held-checkpoint button[type=submit]')
  await page.waitForSelector('.held-checkpoint .notice.bad')
})

await step('an auditor reads any page of any moment, and nobody’s name', async () => {
  const page = await enter('auditor')
  await page.click('nav a:has-text("Классы")')
  await page.click('section.group-row:has(h2:text-is("8А")) a.chip:has-text("Алгебра")')
  await page.waitForSelector('.grid td.cursor')
  await page.selectOption('.journal-head select', { index: 0 })
  await page.waitForFunction(() => document.querySelectorAll('.grid thead .dates th').length > 15)
  const names = await page.locator('.grid tbody th.name').allInnerTexts()
  assert(names.length > 10 && names.every((name, i) => name === `№ ${i + 1}`), names.join())
  assert((await page.locator('.grid td[data-c]').allInnerTexts()).filter((t) => /^[2-5]/.test(t)).length > 100, 'marks are there')
  await page.locator('.grid td[data-c]:not(.period)', { hasText: /^5/ }).first().click()
  await page.keyboard.press('Alt+h')
  await page.waitForSelector('.version')
  await page.click('text=Проверить здесь >> nth=0')
  await page.waitForSelector('.verdict.good')
  await page.keyboard.press('Escape')
  await page.click('button:has-text("На дату")')
  await page.waitForSelector('.past-bar, input[type=range]')
  await picture(page, 'auditor-page')
})

await step('an auditor lists what came late and what was struck out, and checks one entry', async () => {
  const page = await enter('auditor')
  await page.click('nav a:has-text("Правки")')
  await visit(page, '#/edits?from=20697&to=20762')
  await page.waitForSelector('.edits-table tbody tr')
  assert((await page.locator('.edits-table thead').innerText()).includes('Кто') === false, 'nobody’s name')
  await page.click('.chip:has-text("не действует")')
  await until('struck out', async () => /акт № \d|сообщение № \d/.test(await page.locator('.edits-table tbody tr').first().innerText()))
  await picture(page, 'auditor-edits')
  await page.locator('.edits-table a', { hasText: '№' }).first().click()
  await page.waitForSelector('.seal-steps .good')
  assert(await page.locator('.card:has(h2:has-text("Запись")) .seal-steps .bad').count() === 0, 'the entry is proved')
})

await step('the second language is complete on the way', async () => {
  const page = await enter('st22')
  await page.click('.person-button')
  await page.selectOption('.person-menu select >> nth=0', 'en')
  await page.keyboard.press('Escape')
  await until('English', async () => /My day/i.test(await page.locator('body').innerText()))
  await picture(page, 'english')
})

await step('no page complained', async () => {
  assert(complaints.length === 0, complaints.slice(0, 5).join('\n'))
})

await end()
