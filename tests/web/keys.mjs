// Keys and trust, in a real browser: a slip read by a phone's camera, passwords that are too weak,
// another password, own sessions and signatures, the idle lock; the quiet seal, receipts that hold
// elsewhere, ten lines for a parent.
//
//   node tests/web/keys.mjs <address of the school, with a slash> <letopis-audit> <vkey> <folder for pictures>
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { launch, openJournal, story, until, visit, Visitor } from './browser.mjs'

const [base, audit, vkey, pictures] = process.argv.slice(2)
mkdirSync(pictures, { recursive: true })
const run = promisify(execFile)
const require = createRequire(new URL('../../net/web/package.json', import.meta.url))
const { decodeQR } = await import(new URL(`file://${require.resolve('qr/decode.js')}`))
const WAIT = { timeout: 20000 }
const PASSWORD = 'letopis-demo'
const NEXT = 'зелёный чайник едет в горы'
const WEAK = 'qwerty123456'
const complaints = []
const browser = await launch()
const visitor = new Visitor(browser, base, PASSWORD, (text) => complaints.push(text))
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
const { step, end } = story(browser, picture)
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)

/** What a camera would see of the square, made big out of the page's own drawing. */
async function readSquare(page) {
  const drawing = await page.locator('.slip-square').evaluate((svg) => ({ size: svg.viewBox.baseVal.width, path: svg.querySelector('path').getAttribute('d') }))
  const scale = 8
  const width = drawing.size * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y] of drawing.path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dy = 0; dy < scale; dy++) for (let dx = 0; dx < scale; dx++) data.fill(0, (((+y * scale + dy) * width) + +x * scale + dx) * 4, (((+y * scale + dy) * width) + +x * scale + dx) * 4 + 3)
  }
  return decodeQR({ width, height: width, data })
}

let address = ''
await step('a slip is printed; the square on it leads a phone to this school with the code', async () => {
  const support = await visitor.open({ login: 'st04' })
  await visit(support, '#/breach')
  await support.fill('.search input', 'Чагаев Умар')
  const card = support.locator('article.account').filter({ hasText: 'Чагаев Умар Ибрагимович' }).first()
  await card.locator('button:has-text("Новое приглашение")').click()
  await support.click('dialog button.primary')
  await support.waitForSelector('.slip', WAIT)
  address = await readSquare(support)
  const [code] = await support.locator('.slip-code').allInnerTexts()
  assert.equal(address, `${base}#/invite/${code}`)
  await support.context().close()
})

await step('on the phone: a weak password is refused in words, a phrase is taken, and the person is in', async () => {
  const phone = await visitor.open({ width: 360, height: 740, touch: true })
  await phone.goto(address)
  await phone.reload()
  await phone.waitForSelector('input.code')
  assert.ok(await fits(phone), 'nothing sideways')
  await phone.fill('input[autocomplete=username]', 'chagaev.umar')
  const fields = await phone.locator('input[type=password]').all()
  for (const field of fields) await field.fill(WEAK)
  await phone.waitForSelector('.strength.step-1, .strength.step-2', WAIT)
  await phone.tap('button[type=submit]')
  await phone.waitForSelector('text=слишком легко угадать', WAIT)
  await picture(phone, 'phone-weak')
  for (const field of fields) await field.fill(NEXT)
  await phone.waitForSelector('.strength.step-3, .strength.step-4', WAIT)
  assert.ok(await fits(phone), 'nothing sideways')
  await phone.tap('button[type=submit]')
  await phone.waitForSelector('text=Доступ получен', { timeout: 40000 })
  await visitor.logIn(phone, 'chagaev.umar', NEXT)
  await picture(phone, 'phone-in')
  await phone.context().close()
})

await step('the page stays alive while Argon2id fills its memory', async () => {
  const page = await visitor.open({})
  await page.fill('input[autocomplete=username]', 'st22')
  await page.fill('input[autocomplete=current-password]', PASSWORD)
  // The thread that draws must go on: it counts its own turns while the password is worked on.
  await page.evaluate(() => { window.turns = 0; const turn = () => { if (document.querySelector('.topbar') === null) { window.turns += 1; setTimeout(turn, 10) } }; turn() })
  await page.evaluate(() => { const blocked = []; new PerformanceObserver((list) => blocked.push(...list.getEntries().map((e) => e.name))).observe({ entryTypes: ['resource'] }); window.fetched = blocked })
  await page.click('button[type=submit]')
  await page.waitForSelector('.topbar', { timeout: 30000 })
  assert.ok(await page.evaluate(() => window.turns) > 20, 'the thread that draws went on')
  assert.ok(await page.evaluate(() => window.fetched.some((name) => /argon\.worker/.test(name)) || performance.getEntriesByType('resource').some((e) => /argon\.worker/.test(e.name))), 'it is worked out in a worker')
  await page.context().close()
})

let teacher
await step('another password: the old one is asked for, a weak one refused; then only the new one opens', async () => {
  teacher = await visitor.open({ login: 'st22' })
  await visit(teacher, '#/access')
  await teacher.click('button:has-text("Сменить пароль")')
  const [old, next, again] = await teacher.locator('.own-password input[type=password]').all()
  const submit = () => teacher.click('.own-password button[type=submit]')
  await old.fill('not the password')
  await next.fill(WEAK)
  await again.fill(WEAK)
  await submit()
  await teacher.waitForSelector('text=слишком легко угадать', WAIT)
  await next.fill(NEXT)
  await again.fill(`${NEXT}!`)
  await submit()
  await teacher.waitForSelector('text=Пароли не совпадают', WAIT)
  await again.fill(NEXT)
  await submit()
  await teacher.waitForSelector('text=Нынешний пароль не подходит', WAIT)
  await old.fill(PASSWORD)
  await submit()
  await teacher.waitForSelector('text=Пароль сменён', WAIT)
  await picture(teacher, 'access')
  const stranger = await visitor.open({})
  await stranger.fill('input[autocomplete=username]', 'st22')
  await stranger.fill('input[autocomplete=current-password]', PASSWORD)
  await stranger.click('button[type=submit]')
  await stranger.waitForSelector('[role=alert]:has-text("не подходят")', { timeout: 30000 })
  await stranger.context().close()
})

await step('my sessions: the other one is there, and ends at a word from this one', async () => {
  const other = await visitor.open({})
  await visitor.logIn(other, 'st22', NEXT)
  await visit(teacher, '#/day')
  await visit(teacher, '#/access')
  const rows = teacher.locator('.own-session')
  await rows.first().waitFor(WAIT)
  assert.equal(await teacher.locator('.own-session .tag:text-is("этот")').count(), 1)
  const close = teacher.locator('.own-session button:has-text("Закончить этот сеанс")').first()
  await close.click()
  await until('it is ended', async () => (await teacher.locator('.own-session.ended').count()) > 0)
  await openJournal(other, '8А', 'Алгебра').catch(() => undefined)
  await other.keyboard.press('5').catch(() => undefined)
  await other.waitForSelector('.gate-form', WAIT)
  await other.context().close()
})

await step('everything that my key has signed: the newest is there, and its number leads to its proof', async () => {
  await openJournal(teacher, '8А', 'Алгебра')
  await teacher.keyboard.press('4')
  await teacher.waitForSelector('.state.good:has-text("сохранено")', WAIT)
  await visit(teacher, '#/access')
  await teacher.click('button:has-text("За неделю")')
  await teacher.waitForSelector('.own-events li', WAIT)
  const last = teacher.locator('.own-events li').last()
  assert.match(await last.innerText(), /отметки[\s\S]*Алгебра/)
  await picture(teacher, 'signed')
  await last.locator('a').click()
  await teacher.waitForSelector('.seal-steps li.good >> nth=2', WAIT)
  await teacher.waitForSelector('text=Подпись автора', WAIT)
})

await step('the idle lock forgets the key after a quarter of an hour', async () => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ru-RU' })
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(base)
  await visitor.logIn(page, 'st21')
  await page.clock.fastForward('14:00')
  assert.equal(await page.locator('.topbar').count(), 1)
  await page.mouse.move(10, 10)
  await page.keyboard.press('Shift')
  await page.clock.fastForward('14:00')
  assert.equal(await page.locator('.topbar').count(), 1, 'a touch puts it off')
  await page.clock.fastForward('16:00')
  await page.waitForSelector('text=Долго не было действий', WAIT)
  await context.close()
})

await step('a parent: the quiet seal, ten lines, and a receipt that holds without this site', async () => {
  const parent = await visitor.open({ login: 'r0363', width: 360, height: 740, touch: true })
  await parent.waitForSelector('.diary-day', WAIT)
  await parent.waitForSelector('.seal-mark.whole', WAIT)
  assert.match(await parent.locator('.seal-mark').getAttribute('title'), /летопись цела, .*записей, \d\d:\d\d/)
  await parent.click('text=Почему этому можно верить')
  await parent.waitForSelector('.why-lines', WAIT)
  assert.equal(await parent.locator('.why-lines li').count(), 10)
  await parent.waitForSelector('text=Последняя проверенная точка', WAIT)
  await parent.waitForSelector('text=Посторонних свидетелей у этой школы пока нет', WAIT)
  assert.ok(await fits(parent), 'nothing sideways')
  await picture(parent, 'why')
  await visit(parent, '#/diary')
  await parent.waitForSelector('.diary-day', WAIT)
  for (let week = 0; week < 8 && await parent.locator('.mark-button').count() === 0; week++) {
    await parent.tap('.day-nav a >> nth=0')
    await parent.waitForTimeout(700)
  }
  await parent.locator('.mark-button').first().tap()
  const [file] = await Promise.all([parent.waitForEvent('download'), parent.locator('.mark-more button').first().tap()])
  assert.match(file.suggestedFilename(), /^letopis-\d+\.tlog-proof$/)
  const path = `${pictures}/${file.suggestedFilename()}`
  await file.saveAs(path)
  const { stdout } = await run(audit, ['receipt', path, '--vkey', vkey, '--json'])
  assert.match(stdout, /marks\.set/)
  await parent.context().close()
})

await step('the loud stop comes before anything else, also for a parent on a phone', async () => {
  const parent = await visitor.open({ login: 'r0363', width: 360, height: 740, touch: true })
  await parent.waitForSelector('.seal-mark.whole', WAIT)
  await parent.addInitScript(() => {
    const key = Object.keys(localStorage).find((k) => k.endsWith(':seal'))
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), root: '11'.repeat(32) }))
  })
  await parent.reload()
  await parent.waitForSelector('.stop', WAIT)
  assert.equal(await parent.locator('.topbar, .gate-form').count(), 0)
  assert.ok(await fits(parent), 'nothing sideways')
  await picture(parent, 'stop')
  await parent.context().close()
})

await step('no page complained', async () => {
  assert.deepEqual(complaints.filter((c) => !/Failed to load resource: the server responded with a status of 4(01|22)/.test(c)), [])
})

await end()
