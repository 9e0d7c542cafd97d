// What people do when an access has become known to others, in a real browser against a real server,
// from the first click to the last entry that is signed anew: a slip, the emergency code, two officers,
// a new key, "was this you?", a lesson that somebody invented, families, and the journal as it was.
//
//   node tests/web/breach.mjs <address of the school> <letopis-audit> <vkey> <folder for pictures>
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { launch, openJournal, story, until, visit, Visitor } from './browser.mjs'

const [base, audit, vkey, pictures] = process.argv.slice(2)
const run = promisify(execFile)
mkdirSync(pictures, { recursive: true })

const TEACHER = 'st19' // Кадиев: Russian in 7А
const NAME = 'Кадиев'
const PAGE = ['7А', 'Русский язык']
const CHILD = 'Садулаева' // of r0555
const PASSWORD = 'letopis-demo'
const NEXT_PASSWORD = 'новый длинный пароль'
const WAIT = { timeout: 20000 }
const browser = await launch()
const complaints = []
const visitor = new Visitor(browser, `${base}/`, PASSWORD, (text) => complaints.push(text))

const enter = (login, size = {}) => visitor.open({ login, ...size })
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png` })
const text = (page, where = 'main') => page.locator(where).first().innerText()
const { step, end } = story(browser, picture)
const rowOf = (page, surname) => page.locator(`.grid tbody tr[data-r]:has(th:has-text("${surname}"))`)
const saved = (page) => page.waitForSelector('.state.good:has-text("сохранено")', WAIT)
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

/** The column of the lesson that the teacher stands in, and a value typed for one pupil. */
async function putMark(page, surname, key) {
  const col = await page.locator('.grid td.cursor').first().getAttribute('data-c')
  await rowOf(page, surname).locator(`td[data-c="${col}"]`).click()
  await page.keyboard.press(key)
  await saved(page)
  return col
}
const markOf = async (page, surname, col) => (await rowOf(page, surname).locator(`td[data-c="${col}"]`).innerText()).trim()

async function findAccount(page, name) {
  await visit(page, '#/audit') // and back: the list is asked for anew
  await page.waitForSelector('.seal-card', WAIT)
  await visit(page, '#/breach/accounts')
  await page.fill('.search input', name)
  const card = page.locator('article.account').filter({ hasText: name }).first()
  await card.waitFor(WAIT)
  return card
}

async function receive(page) {
  await visit(page, '#/breach/reports')
  await page.locator(`article.report:has-text("${NAME}") button.primary`).first().click()
  const sign = page.locator('.dialog-buttons button.danger')
  await until('the list is recomputed here', async () => (await sign.count()) > 0 && sign.isEnabled())
  await sign.click()
  await sign.waitFor({ state: 'detached', ...WAIT })
}

let teacher, second, parent, col
const slip = {}
/** In the past that is shown: does the child have the mark that the act struck out? */
const seenThen = async () => (await teacher.locator('.past .grid').count()) > 0 && (await rowOf(teacher, CHILD).locator('td[data-c]:not(.period)').allInnerTexts()).some((v) => v.trim().startsWith('5'))

await step('support prints a slip: an invitation and an emergency code, on one A5 sheet', async () => {
  const support = await enter('st04')
  const card = await findAccount(support, NAME)
  await card.locator('button:has-text("Новое приглашение")').click()
  await support.click('dialog button.primary')
  await support.waitForSelector('.slip', WAIT)
  const codes = await support.locator('.slip-code').allInnerTexts()
  assert.equal(codes.length, 2)
  for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  Object.assign(slip, { code: codes[0], emergency: codes[1] })
  await support.locator('.slip').screenshot({ path: `${pictures}/slip.png` })
  await support.emulateMedia({ media: 'print' })
  const pdf = await support.pdf({ preferCSSPageSize: true, path: `${pictures}/slip.pdf` })
  assert.equal((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length, 1, 'one sheet')
  const [, wide, high] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')).map(Number)
  assert.ok(Math.abs(wide - 419.5) < 2 && Math.abs(high - 595.3) < 2, `of A5, not ${wide} × ${high} points`)
  await support.emulateMedia({ media: 'screen' })
  await support.click('text=Напечатано, закрыть')
  await support.waitForSelector('.slip', { state: 'detached' })
  assert.ok(!(await support.content()).includes(slip.code), 'the code is nowhere any more')
  await support.context().close()
})

await step('a teacher works in two tabs; a family reads what was set', async () => {
  teacher = await enter(TEACHER)
  second = await enter(TEACHER)
  await openJournal(teacher, ...PAGE)
  await teacher.waitForSelector('.grid td.cursor', WAIT)
  col = await putMark(teacher, CHILD, '5')
  await rowOf(teacher, 'Исаева').locator(`td[data-c="${col}"]`).click().catch(() => undefined)
  await teacher.fill('#topic', 'Причастный оборот')
  await teacher.keyboard.press('Tab')
  await saved(teacher)
  parent = await enter('r0555', { width: 390, height: 844, touch: true })
  await parent.waitForSelector('.diary-day', WAIT)
  await visit(parent, '#/messages')
  await until('the mark is told', async () => /Отметка[\s\S]*5[\s\S]*Русский язык/.test(await text(parent)))
  assert.ok(await fits(parent), 'a phone shows it without sideways scrolling')
})

await step('the emergency code closes the access from the log-in page, without a password', async () => {
  const stranger = await visitor.open({ width: 390, height: 844 })
  await stranger.click('text=Мой доступ известен другим')
  await stranger.fill('input.code', slip.code)
  await stranger.click('button.danger')
  await stranger.waitForSelector('text=Такого аварийного кода нет', WAIT)
  await stranger.fill('input.code', slip.emergency.toLowerCase().replaceAll('-', ' '))
  await stranger.locator('input[type=date]').fill('2026-11-05')
  await stranger.locator('input[type=time]').fill('10:05')
  await picture(stranger, 'emergency-phone')
  await stranger.click('button.danger')
  await stranger.waitForSelector('.closed-notice', WAIT)
  const notice = await text(stranger, '.closed-notice')
  assert.match(notice, /пятница, 6 ноября/, 'the working day is told')
  assert.ok(await fits(stranger))
  await picture(stranger, 'closed-phone')
  await stranger.context().close()
})

await step('both open tabs end at once and say why and what now', async () => {
  for (const page of [teacher, second]) {
    await page.waitForSelector('.closed-notice', { timeout: 5000 })
    const notice = await text(page, '.closed-notice')
    assert.match(notice, /Доступ закрыт/)
    assert.match(notice, /директору и в техническую поддержку/)
    assert.match(notice, /пятница, 6 ноября/)
    assert.match(notice, /Это были вы/)
  }
  await picture(teacher, 'closed')
  await teacher.fill('input[autocomplete=username]', TEACHER)
  await teacher.fill('input[autocomplete=current-password]', PASSWORD)
  await teacher.click('button[type=submit]')
  await teacher.waitForSelector('[role=alert]:has-text("закрыт навсегда")', WAIT)
})

await step('head and support see what they have to do, with the clock; two receipts put it in force', async () => {
  const support = await enter('st04')
  await visit(support, '#/breach/reports')
  await support.waitForSelector('.tasks', WAIT)
  assert.match(await text(support, '.tasks'), /Подтвердить получение: Кадиев[\s\S]*сообщить до: пятница, 6 ноября/)
  await picture(support, 'tasks')
  await receive(support)
  const head = await enter('st01')
  await head.waitForSelector('.tasks', WAIT)
  assert.match(await text(head, '.tasks'), /Подтвердили: [\s\S]*техническая поддержка/)
  await receive(head)
  await until('it stands', async () => /В силе/.test(await text(head, `article.report:has-text("${NAME}")`)))
  await until('support is asked for no more receipts', async () => !/Подтвердить получение/.test(await text(support)))
  await picture(head, 'standing')
})

await step('the family is told of a correction, and of nobody', async () => {
  await until('the correction', async () => /Исправление по акту/.test(await text(parent)))
  assert.doesNotMatch(await text(parent), new RegExp(NAME))
  await picture(parent, 'message-phone')
})

await step('the teacher comes in again by the slip, and is asked: was this you?', async () => {
  await teacher.goto(`${base}/#/invite/${slip.code}`)
  await teacher.reload()
  assert.equal(await teacher.inputValue('input.code'), slip.code)
  await teacher.fill('input[autocomplete=username]', 'kadiev')
  for (const field of await teacher.locator('input[type=password]').all()) await field.fill(NEXT_PASSWORD)
  await teacher.click('button[type=submit]')
  await teacher.waitForSelector('text=Доступ получен', WAIT)
  await visitor.logIn(teacher, 'kadiev', NEXT_PASSWORD)
  await teacher.waitForSelector('.banner', WAIT)
  await picture(teacher, 'banner')
  await teacher.click('.banner')
  await teacher.waitForSelector('.repair', WAIT)
  const list = await text(teacher)
  assert.match(list, /Садулаева[\s\S]*аннулировано[\s\S]*5/)
  await picture(teacher, 'review')
})

await step('what is mine is affirmed by one signature; what is not mine leaves the list', async () => {
  const mark = teacher.locator('.repair').filter({ hasText: CHILD })
  const topic = teacher.locator('.repair').filter({ hasText: 'тема' })
  await mark.locator('button.mine').click()
  await topic.locator('button.not').click()
  await picture(teacher, 'review-chosen')
  await teacher.click('.sign-bar button.primary')
  await teacher.waitForSelector('.notice.good', WAIT)
  await until('the list is shorter', async () => (await teacher.locator('.repair').filter({ hasText: CHILD }).count()) === 0 && (await teacher.locator('.repair').filter({ hasText: 'тема' }).count()) === 0)
  await teacher.locator('text=Показать отмеченные «не моё»').click()
  await teacher.waitForSelector('.repair:has-text("тема")', WAIT)
  await openJournal(teacher, ...PAGE)
  await until('the mark counts again', async () => (await markOf(teacher, CHILD, col)).startsWith('5'))
  await rowOf(teacher, CHILD).locator(`td[data-c="${col}"]`).click()
  await teacher.keyboard.press('Alt+h')
  await teacher.waitForSelector('.version:has-text("подтверждает прежнюю запись")', WAIT)
  await teacher.waitForSelector('.version.void:has-text("аннулировано")', WAIT)
  await teacher.keyboard.press('Escape')
})

await step('the journal as of a date cannot be taken for the present, and reads in two ways', async () => {
  await teacher.click('text=На дату')
  const slider = teacher.locator('.moment-slider input')
  await slider.waitFor(WAIT)
  await slider.focus()
  // Back before the signatures of the act and the affirmation: the struck mark is seen as it was seen then.
  for (let back = 0; back < 14 && !(await seenThen()); back++) {
    await teacher.keyboard.press('ArrowLeft')
    await teacher.waitForSelector('.past-banner', WAIT)
    await teacher.waitForTimeout(500)
  }
  assert.ok(await seenThen(), 'the mark of that time')
  assert.match(await text(teacher, '.past-banner'), /Только чтение/)
  assert.equal(await teacher.locator('.keypad').count(), 0)
  await teacher.locator('.past .grid td.cursor').first().click()
  await teacher.keyboard.press('2')
  await teacher.waitForSelector('text=Этот урок вам не открыт для записи', WAIT)
  await picture(teacher, 'past')
  await teacher.click('.past-banner >> text=Что из этого действует сегодня')
  await until('the second reading', async () => /без тех, что потом признаны недействительными/.test(await text(teacher, '.past-banner')))
  await until('without the struck mark', async () => !(await seenThen()))
  await teacher.locator('.moment-picker input[type=date]').fill('2026-10-20')
  await until('the date is reached', async () => /20\.10\.2026/.test(await text(teacher, '.past-banner')))
  await teacher.click('text=К настоящему')
  await teacher.waitForSelector('.past-banner', { state: 'detached', ...WAIT })
})

await step('the act is seen as a difference: the journal before and after it', async () => {
  const head = await enter('st01')
  await visit(head, '#/breach/reports')
  await head.locator(`article.report:has-text("${NAME}") >> text=Журнал до и после акта`).click()
  await head.waitForSelector('.difference-cell', WAIT)
  const cells = await text(head)
  assert.match(cells, /Садулаева[\s\S]*5[\s\S]*акт №/)
  await picture(head, 'difference')
  await visit(head, '#/difference')
  await head.locator('input[type=date]').first().fill('2026-10-12')
  await head.locator('input[type=time]').first().fill('20:00')
  await head.locator('input[type=date]').nth(1).fill('2026-10-13')
  await head.locator('input[type=time]').nth(1).fill('02:00')
  await head.click('text=Сравнить')
  await head.waitForSelector('.difference-cell', WAIT)
  await head.context().close()
})

await step('a report on one’s own session ends that session alone', async () => {
  const page = await enter('st22')
  const other = await enter('st22')
  await visit(page, '#/access')
  await page.click('text=Закрыть мой доступ')
  await page.click('text=Только этот сеанс')
  await page.click('text=Да, закрыть сейчас')
  await page.waitForSelector('text=Закрыт один этот сеанс', WAIT)
  assert.equal(await other.locator('.topbar').count(), 1)
  await page.context().close()
  await other.context().close()
})

await step('two officers overrule a false report; what only root may overrule is said', async () => {
  const deputy = await enter('st02')
  const card = await findAccount(deputy, 'Исмаилова Раиса')
  await card.locator('li.key-row:not(.session) a.button').first().click()
  await deputy.locator('input[type=date]').first().fill('2026-11-05')
  await deputy.locator('input[type=time]').first().fill('10:00')
  await deputy.locator('textarea').first().fill('Показалось')
  await deputy.click('form button[type=submit]')
  await deputy.waitForSelector('.preview', WAIT)
  await deputy.click('.sign-bar button.danger')
  const report = (page) => page.locator('article.report:has-text("Показалось")')
  const overrule = async (page) => {
    await visit(page, '#/breach/reports')
    await report(page).locator('text=Отклонить сообщение').click()
    await page.fill('dialog textarea', 'Проверили: доступ никто не узнал')
    await page.click('dialog button.danger')
    await page.waitForSelector('dialog', { state: 'detached', ...WAIT })
  }
  await overrule(deputy)
  await until('one voice', async () => /Нужна ещё одна подпись/.test(await report(deputy).innerText()))
  const head = await enter('st01')
  await visit(head, '#/breach/reports')
  await until('the head is asked', async () => /не ложно ли сообщение/.test(await text(head)))
  await picture(head, 'overrule')
  await overrule(head)
  await until('overruled', async () => /Отклонено/.test(await report(head).innerText()))
  await until('and the key stays closed: a new invitation is wanted', async () => /Выдать новое приглашение: Исмаилова/.test(await text(head)))
  await deputy.context().close()
  await head.context().close()
})

await step('a report that two may not carry says so, and what to do', async () => {
  const support = await enter('st04')
  const card = await findAccount(support, 'Цакаев')
  await card.locator('li.key-row:not(.session) a.button').first().click()
  await support.locator('input[type=date]').first().fill('2026-09-10')
  await support.locator('textarea').first().fill('Пароль с начала года на доске')
  await support.click('form button[type=submit]')
  await support.waitForSelector('.preview', WAIT)
  await support.click('.sign-bar button.danger')
  await support.waitForSelector('.root-steps', WAIT)
  assert.match(await text(support, '.root-steps'), /letopis recovery/)
  const report = support.locator('article.report:has-text("на доске")')
  assert.equal(await report.locator('button.primary').count(), 0, 'nobody is asked for a receipt that would be refused')
  await picture(support, 'needs-root')
  await support.context().close()
})

await step('a correction on top of a forged mark waits for its author: kept, and the list is shorter', async () => {
  const deputy = await enter('st02')
  await deputy.click('.banner')
  await deputy.waitForSelector('.repair', WAIT)
  const before = await deputy.locator('.repair').count()
  assert.ok(before >= 2, 'the corrections of October')
  assert.match(await text(deputy, '.repair'), /стояло\s.* \(аннулировано\), поставлено/)
  await picture(deputy, 'review-on-top')
  await deputy.locator('.repair button.primary').first().click()
  await until('one less', async () => (await deputy.locator('.repair').count()) === before - 1)
  await deputy.click('text=Все учителя')
  await deputy.waitForSelector('td:has-text("Чагаев")', WAIT)
  await picture(deputy, 'repairs-all')
  await deputy.context().close()
})

await step('a mark in a lesson that fell is stranded; one click opens the lesson anew and brings it back', async () => {
  const [CLASS, SUBJECT, WHO, LOGIN, PUPIL] = ['8А', 'Алгебра', 'Хатуева Петимат', 'st22', 'Адамова']
  const open = await enter(LOGIN)
  await openJournal(open, CLASS, SUBJECT)
  const column = await putMark(open, 'Баева', '4') // opens the lesson, by the key that will turn out stolen
  const support = await enter('st04')
  let card = await findAccount(support, WHO)
  const stolen = await card.locator('li.key-row:not(.session):not(.ended) code').first().getAttribute('title')
  await card.locator('button:has-text("Новое приглашение")').click()
  await support.click('dialog button.primary')
  await support.waitForSelector('.slip', WAIT)
  const [code] = await support.locator('.slip-code').allInnerTexts()
  await support.click('text=Напечатано, закрыть')
  await open.context().close()

  const again = await visitor.open({})
  await again.goto(`${base}/#/invite/${code}`)
  await again.reload()
  await again.fill('input[autocomplete=username]', 'hatueva')
  for (const field of await again.locator('input[type=password]').all()) await field.fill(NEXT_PASSWORD)
  await again.click('button[type=submit]')
  await again.waitForSelector('text=Доступ получен', WAIT)
  await visitor.logIn(again, 'hatueva', NEXT_PASSWORD)
  await openJournal(again, CLASS, SUBJECT)
  await rowOf(again, PUPIL).locator(`td[data-c="${column}"]`).click()
  await again.keyboard.press('5')
  await saved(again)

  card = await findAccount(support, WHO)
  await card.locator(`li.key-row:has(code[title="${stolen}"]) a.button`).click()
  await support.locator('input[type=date]').first().fill('2026-11-05')
  await support.locator('input[type=time]').first().fill('10:05')
  await support.locator('textarea').first().fill('Прежний ключ был у чужих')
  await support.click('form button[type=submit]')
  await support.waitForSelector('.preview', WAIT)
  assert.match(await text(support, '.preview'), /останется без основания/)
  await support.click('.sign-bar button.danger')
  for (const officer of [support, await enter('st01')]) {
    await visit(officer, '#/breach/reports')
    await officer.locator('article.report:has-text("Прежний ключ") button.primary').first().click()
    const sign = officer.locator('.dialog-buttons button.danger')
    await until('the list is recomputed here', async () => (await sign.count()) > 0 && sign.isEnabled())
    await sign.click()
    await sign.waitFor({ state: 'detached', ...WAIT })
  }
  await visit(again, '#/repairs/stranded')
  await again.waitForSelector('.repair', WAIT)
  assert.match(await text(again), /Адамова[\s\S]*5/)
  await picture(again, 'stranded')
  await again.click('text=Урок был: открыть заново')
  await until('nothing is stranded', async () => (await again.locator('.repair').count()) === 0)
  await openJournal(again, CLASS, SUBJECT)
  await until('the mark is back', async () => (await rowOf(again, PUPIL).locator('td[data-c]').allInnerTexts()).some((v) => v.trim() === '5'))
  for (const page of [again, support]) await page.context().close()
})

await step('a class teacher invites a family of the own class, and nobody else', async () => {
  const page = await enter('st20')
  await visit(page, '#/breach')
  await page.waitForSelector('h1:has-text("Доступ семей")', WAIT)
  const cards = page.locator('article.account')
  await cards.first().waitFor(WAIT)
  assert.doesNotMatch(await text(page), /Мусаева Лариса|Мальсагова Роза/, 'children of other classes')
  await cards.first().locator('button:has-text("Новое приглашение")').click()
  await page.click('dialog button.primary')
  await page.waitForSelector('.slip', WAIT)
  await picture(page, 'class-teacher-slip')
  await page.click('text=Напечатано, закрыть')
  await page.waitForSelector('.tag:has-text("приглашение выдано"), article.account', WAIT)
  await picture(page, 'class-teacher-families')
  await page.context().close()
})

await step('the diary reads as of a date, too', async () => {
  await visit(parent, '#/diary')
  await parent.waitForSelector('.diary-day', WAIT)
  await parent.click('text=На дату')
  await parent.locator('.moment-picker input[type=date]').fill('2026-10-20')
  await parent.waitForSelector('.past-banner', WAIT)
  assert.ok(await fits(parent))
  await picture(parent, 'diary-past-phone')
})

await step('an officer judges the reports in the browser, and takes the act along as a paper', async () => {
  const page = await enter('st04')
  await visit(page, '#/breach/reports')
  await page.click('text=Проверить самому', WAIT)
  await page.waitForSelector('.own-judgement .notice.good', WAIT)
  await picture(page, 'own-judgement')
  const [paper] = await Promise.all([page.waitForEvent('download', WAIT), page.locator('article.report').first().locator('text=Акт (PDF)').click()])
  assert.match(paper.suggestedFilename(), /act-\d+\.pdf$/)
  await page.context().close()
})

await step('an auditor who trusts nobody agrees with all of it', async () => {
  const done = await run(audit, ['verify', base, '--vkey', vkey, '--json', '--quiet'], { maxBuffer: 1 << 24 }).catch((e) => e)
  const report = JSON.parse(done.stdout)
  assert.ok(report.ok, JSON.stringify(report))
})

await step('no page complained', async () => {
  const expected = /Failed to load resource: the server responded with a status of 4(01|04|22)/
  assert.deepEqual(complaints.filter((c) => !expected.test(c)), [])
})

await end()
