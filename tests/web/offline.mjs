// Without a network, in a real browser with a profile on the disk, against a real server that is cut,
// killed and started again: the shell opens, opened pages can be read, entries are signed and kept over
// closing the browser, sent in order, shown as late; conflicts stand side by side.
//
//   node tests/web/offline.mjs <letopisd> <school> <built client> <folder for work>
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openJournal, profile, until, visit } from './browser.mjs'

const [letopisd, school, web, work] = process.argv.slice(2)
const PASSWORD = 'letopis-demo'
const TEACHER = 'st22'
const PAGE = ['8А', 'Алгебра']
const pictures = join(work, 'pictures')
rmSync(work, { recursive: true, force: true })
mkdirSync(pictures, { recursive: true })

// ---- the server, which can be cut off

class Server {
  constructor(name) {
    this.dir = join(work, name)
    mkdirSync(join(this.dir, 'schools'), { recursive: true })
    cpSync(school, join(this.dir, 'schools', 'demo'), { recursive: true })
  }

  /** Starts at a time of day; keeps its port over restarts. */
  async start(clock = '10:05', day = '05') {
    const ready = join(this.dir, 'ready')
    rmSync(ready, { force: true })
    this.process = spawn(letopisd, ['--data', this.dir, '--listen', `127.0.0.1:${this.port ?? 0}`, '--web', web, '--demo-clock', `2026-11-${day}T${clock}:00+03:00`, '--ready-file', ready], { stdio: 'ignore' })
    await until('the server is ready', () => existsSync(ready) && readFileSync(ready, 'utf8').includes('http'), 60000)
    this.port = new URL(readFileSync(ready, 'utf8').trim()).port
    this.base = `https://127.0.0.1:${this.port}/demo/`
  }

  /** As when the power goes. */
  async kill() {
    const over = new Promise((resolve) => { this.process.once('exit', resolve) })
    this.process.kill('SIGKILL')
    await over
  }
}

// ---- a person's computer: its browser can be closed and opened again

class Computer {
  constructor(name) {
    this.dir = join(work, `profile-${name}`)
  }

  async open(base, options = {}) {
    this.context = await profile(this.dir, options)
    this.page = this.context.pages()[0] ?? await this.context.newPage()
    this.page.on('pageerror', (e) => faults.push(e.message))
    this.page.on('console', (m) => { if (m.type() === 'error' && !/Failed to load resource|net::ERR/.test(m.text())) faults.push(m.text()) })
    await this.page.goto(base)
    return this.page
  }

  async logIn(login = TEACHER, password = PASSWORD) {
    const { page } = this
    await page.waitForSelector('input[autocomplete=username]')
    await page.fill('input[autocomplete=username]', login)
    await page.fill('input[autocomplete=current-password]', password)
    await page.click('button[type=submit]')
    await page.waitForSelector('.topbar', { timeout: 30000 })
    return page
  }

  close() {
    return this.context.close()
  }
}

let faults = []
const cellAt = (page, row, col) => page.locator(`tr[data-r="${row}"] td[data-c="${col}"]`)
const textOf = async (locator) => (await locator.textContent()).trim()
const valueAt = async (page, row, col) => (await cellAt(page, row, col).locator('xpath=.').evaluate((td) => [...td.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(''))).trim()
const cursorCol = (page) => page.evaluate(() => Number(document.querySelector('td.cursor').dataset.c))
const saved = (page) => page.waitForSelector('.state.good:has-text("сохранено")', { timeout: 20000 })
const barSays = (page, text) => page.waitForSelector(`.offline-bar:has-text("${text}")`, { timeout: 20000 })
const shellIsKept = (page) => page.evaluate(async () => { await navigator.serviceWorker.ready; while (navigator.serviceWorker.controller === null) await new Promise((r) => setTimeout(r, 50)) })
const keptRows = (page) => page.evaluate(() => new Promise((resolve, reject) => {
  const asked = indexedDB.open(`letopis:/${location.pathname.split('/')[1]}`)
  asked.onerror = () => reject(asked.error)
  asked.onsuccess = () => {
    const out = {}
    const names = [...asked.result.objectStoreNames]
    const txn = asked.result.transaction(names)
    for (const name of names) { const r = txn.objectStore(name).getAll(); r.onsuccess = () => { out[name] = r.result.length } }
    txn.oncomplete = () => { asked.result.close(); resolve(out) }
  }
}))
/** Everything that a thief of the disk can read as text. */
function diskText(dir, what = /IndexedDB|CacheStorage|Local Storage|Session Storage/) {
  let text = ''
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && what.test(path)) text += readFileSync(path, 'latin1')
  }
  return text
}
const utf8InLatin1 = (text) => Buffer.from(text, 'utf8').toString('latin1')
const utf16InLatin1 = (text) => Buffer.from(text, 'utf16le').toString('latin1')

async function typeAt(page, row, col, ...keys) {
  await cellAt(page, row, col).click()
  for (const key of keys) await page.keyboard.press(key)
}

const promises = {
  async the_shell_and_opened_pages_can_be_read_without_a_network(server) {
    const computer = new Computer('reading')
    let page = await computer.open(server.base)
    await computer.logIn()
    await shellIsKept(page)
    await openJournal(page, ...PAGE)
    const where = await page.evaluate(() => location.hash)
    const name = await textOf(page.locator('tbody th.name').first())
    await until('the page is kept', async () => (await keptRows(page)).kept >= 3)
    const cached = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat())
    assert.ok(cached.length > 10 && cached.every((path) => !path.includes('/api') && !path.includes('checkpoint')), 'the cache holds the shell alone')
    await computer.close()
    const disk = diskText(computer.dir)
    for (const text of [name, name.split(' ')[0]]) for (const form of [utf8InLatin1(text), utf16InLatin1(text)]) assert.ok(!disk.includes(form), `${text} can be read on the disk`)
    assert.ok(!diskText(computer.dir, /IndexedDB/).includes('journal/'), 'not even the names of pages are')
    await server.kill()
    page = await computer.open(server.base)
    await page.waitForSelector('.gate-form')
    await page.fill('input[autocomplete=username]', TEACHER)
    await page.fill('input[autocomplete=current-password]', 'not the password')
    await page.click('button[type=submit]')
    await page.waitForSelector('[role=alert]:has-text("не подходят")', { timeout: 30000 })
    await computer.logIn()
    await visit(page, where)
    await page.waitForSelector('.grid td.cursor')
    assert.equal(await textOf(page.locator('tbody th.name').first()), name)
    await barSays(page, 'по состоянию на')
    await barSays(page, 'можно только читать')
    await typeAt(page, 1, await cursorCol(page), '5')
    await page.waitForSelector('.state-notice:has-text("не открыт для записи")')
    // What was never opened is not there, and that is said.
    await visit(page, '#/audit?seq=1')
    await page.screenshot({ path: join(pictures, 'reading.png') })
    await server.start()
    await page.click('.offline-bar button:has-text("Войти")', { timeout: 30000 })
    await computer.logIn()
    return computer
  },

  async entries_outlive_the_browser_and_arrive_in_order_shown_as_late(server) {
    const computer = new Computer('entries')
    let page = await computer.open(server.base)
    await computer.logIn()
    await shellIsKept(page)
    await openJournal(page, ...PAGE)
    const where = await page.evaluate(() => location.hash)
    const col = await cursorCol(page)
    await typeAt(page, 0, col, '5')
    await saved(page)
    await until('the page is kept', async () => (await keptRows(page)).kept >= 3)
    await page.waitForTimeout(1500)
    await server.kill()
    await typeAt(page, 1, col, '3')
    await typeAt(page, 2, col, '4')
    await typeAt(page, 3, col, 'KeyY')
    // Changed one's mind before anything was sent: only the last value goes out.
    await typeAt(page, 2, col, '2')
    await page.waitForSelector('.state:has-text("в очереди 3")', { timeout: 15000 })
    await barSays(page, 'Без сети')
    await barSays(page, 'в очереди 3')
    assert.match(await cellAt(page, 2, col).getAttribute('class'), /queued/)
    assert.match(await cellAt(page, 2, col).getAttribute('aria-label'), /не отправлено/)
    await page.screenshot({ path: join(pictures, 'queued.png') })
    await until('all are on the disk', async () => (await keptRows(page)).queue >= 2)
    await page.waitForTimeout(500)
    await computer.close()
    const disk = diskText(computer.dir, /IndexedDB/)
    assert.ok(!disk.includes('marks.set') && !disk.includes('"values"'), 'entries are locked on the disk')

    page = await computer.open(server.base)
    await computer.logIn()
    await visit(page, where)
    await page.waitForSelector('.grid td.cursor')
    await until('what waits is shown in its cell', async () => (await valueAt(page, 1, col)) === '3' && (await valueAt(page, 2, col)) === '2')
    await computer.close()

    await server.start('10:55')
    page = await computer.open(server.base)
    await computer.logIn()
    await barSays(page, 'Приняты с опозданием: 3')
    await page.screenshot({ path: join(pictures, 'late.png') })
    await until('nothing is left on the disk', async () => (await keptRows(page)).queue === 0)
    await visit(page, where)
    await page.waitForSelector('.grid td.cursor')
    const shown = []
    for (let row = 0; row < 4; row++) shown.push(await valueAt(page, row, col))
    assert.deepEqual(shown, ['5', '3', '2', 'н'])
    await cellAt(page, 2, col).click()
    await page.keyboard.press('Alt+h')
    await page.waitForSelector('.version')
    assert.equal(await page.locator('.version').count(), 1, 'the value that was taken back never went out')
    assert.match(await textOf(page.locator('.version-who').first()), /по часам автора/)
    await page.screenshot({ path: join(pictures, 'late-history.png') })
    return computer
  },

  async two_devices_meet_side_by_side_after_the_browser_was_closed(server) {
    const [home, class_] = [new Computer('home'), new Computer('class')]
    let mine = await home.open(server.base)
    await home.logIn()
    await shellIsKept(mine)
    await openJournal(mine, ...PAGE)
    const where = await mine.evaluate(() => location.hash)
    const col = await cursorCol(mine)
    const hers = await class_.open(server.base)
    await class_.logIn()
    await openJournal(hers, ...PAGE)
    await home.context.setOffline(true)
    // The lesson is in nobody's log yet: both devices open it.
    await typeAt(mine, 8, col, '4')
    await typeAt(mine, 9, col, '5')
    await mine.waitForSelector('.state:has-text("в очереди 2")')
    await until('on the disk', async () => (await keptRows(mine)).queue >= 2)
    await mine.waitForTimeout(500)
    await home.close()
    await typeAt(hers, 8, col, '2')
    await saved(hers)
    mine = await home.open(server.base)
    await home.logIn()
    await mine.click('.topbar a.tag:has-text("Алгебра")', { timeout: 20000 })
    await mine.waitForSelector('.conflict', { timeout: 20000 })
    assert.match(await textOf(mine.locator('.versus')), /^Ваше4В журнале.*2$/)
    await mine.screenshot({ path: join(pictures, 'conflict.png') })
    await until('the other entry went into the lesson that is there', async () => (await valueAt(hers, 9, col)) === '5')
    assert.equal(await valueAt(hers, 8, col), '2', 'nothing is overwritten unseen')
    // The question outlives the browser, too.
    await home.close()
    mine = await home.open(server.base)
    await home.logIn()
    await mine.click('.topbar a.tag:has-text("Алгебра")', { timeout: 20000 })
    await mine.click('.conflict >> text=Оставить моё', { timeout: 20000 })
    await until('both see the choice', async () => (await valueAt(hers, 8, col)) === '4')
    await until('nothing is left on the disk', async () => (await keptRows(mine)).queue === 0)
    await class_.close()
    return home
  },

  async what_came_after_the_session_ran_out_is_signed_again_by_choice(server) {
    const computer = new Computer('expired')
    let page = await computer.open(server.base)
    await computer.logIn()
    await shellIsKept(page)
    await openJournal(page, ...PAGE)
    const col = await cursorCol(page)
    await page.waitForTimeout(1500)
    await server.kill()
    await typeAt(page, 5, col, '4')
    await page.waitForSelector('.state:has-text("в очереди 1")')
    await until('on the disk', async () => (await keptRows(page)).queue >= 1)
    await page.waitForTimeout(500)
    await computer.close()
    await server.start('08:10', '06')
    page = await computer.open(server.base)
    await computer.logIn()
    await page.click('.topbar a.tag:has-text("Алгебра")', { timeout: 20000 })
    await page.waitForSelector('.conflicts:has-text("сеанс кончился раньше")', { timeout: 20000 })
    await page.screenshot({ path: join(pictures, 'expired.png') })
    await page.click('text=Подписать заново')
    await page.waitForSelector('.conflicts', { state: 'detached', timeout: 20000 })
    await until('it is in the log', async () => (await keptRows(page)).queue === 0)
    return computer
  },

  async signing_out_wipes_what_was_kept_for_reading_and_keeps_what_was_signed(server) {
    const computer = new Computer('leaving')
    let page = await computer.open(server.base)
    await computer.logIn()
    await shellIsKept(page)
    await openJournal(page, ...PAGE)
    const col = await cursorCol(page)
    await page.waitForTimeout(1500)
    await server.kill()
    await typeAt(page, 7, col, '3')
    await page.waitForSelector('.state:has-text("в очереди 1")')
    await until('on the disk', async () => (await keptRows(page)).queue >= 1)
    await page.click('.person-button')
    await page.click('.person-menu >> text=Выйти')
    await page.click('dialog:has-text("ещё не дошли") button.primary')
    await page.waitForSelector('text=Ключ стёрт из памяти', { timeout: 15000 })
    await until('wiped', async () => { const rows = await keptRows(page); return rows.kept === 0 && rows.doors === 0 })
    assert.ok((await keptRows(page)).queue >= 1, 'what was signed is kept')
    await page.fill('input[autocomplete=username]', TEACHER)
    await page.fill('input[autocomplete=current-password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForSelector('[role=alert]:has-text("ничего не хранится")', { timeout: 15000 })
    await computer.close()
    await server.start('10:20')
    page = await computer.open(server.base)
    await computer.logIn()
    await until('sent after the next log-in', async () => (await keptRows(page)).queue === 0)
    return computer
  },

  async a_locked_tab_still_sends_what_was_signed(server) {
    const computer = new Computer('locked')
    await computer.open('about:blank')
    await computer.page.clock.install()
    await computer.page.goto(server.base)
    const page = await computer.logIn()
    await openJournal(page, ...PAGE)
    const col = await cursorCol(page)
    await server.kill()
    await typeAt(page, 11, col, '5')
    await page.waitForSelector('.state:has-text("в очереди 1")')
    await until('on the disk', async () => (await keptRows(page)).queue >= 1)
    await page.clock.fastForward('16:00')
    await page.waitForSelector('text=Долго не было действий', { timeout: 15000 })
    assert.ok((await keptRows(page)).kept > 0, 'a lock wipes nothing')
    await server.start('10:40')
    await page.clock.fastForward('00:30')
    await until('sent while locked', async () => { await page.clock.fastForward('00:20'); return (await keptRows(page)).queue === 0 }, 40000)
    assert.equal(await page.locator('.topbar').count(), 0)
    return computer
  },

  async many_entries_of_a_lesson_arrive_whole_after_the_line_has_flickered(server) {
    const computer = new Computer('flicker')
    const page = await computer.open(server.base)
    await computer.logIn()
    await openJournal(page, ...PAGE)
    const col = await cursorCol(page)
    const wanted = []
    for (let row = 0; row < 12; row++) {
      if (row % 3 === 1) await computer.context.setOffline(row % 2 === 1)
      const value = String(2 + (row % 4))
      await typeAt(page, row, col, value)
      wanted.push(value)
      // Every second one is thought better of while it may be on its way.
      if (row % 2 === 0) { await typeAt(page, row, col, '5'); wanted[row] = '5' }
    }
    await computer.context.setOffline(true)
    await typeAt(page, 12, col, '2')
    wanted.push('2')
    await computer.context.setOffline(false)
    await until('nothing waits', async () => (await keptRows(page)).queue === 0 && (await page.locator('td.queued').count()) === 0, 60000)
    assert.equal(await page.locator('.conflict').count(), 0)
    await page.reload()
    await computer.logIn()
    await openJournal(page, ...PAGE)
    const shown = []
    for (let row = 0; row < wanted.length; row++) shown.push(await valueAt(page, row, col))
    assert.deepEqual(shown, wanted)
    return computer
  },

  async a_family_reads_its_diary_without_a_network(server) {
    const computer = new Computer('family')
    let page = await computer.open(server.base, { width: 360, height: 740 })
    await computer.logIn('r0001')
    await shellIsKept(page)
    await page.waitForSelector('.diary-day')
    const heading = await textOf(page.locator('h1').first())
    await until('the diary is kept', async () => (await keptRows(page)).kept >= 3)
    await computer.close()
    await server.kill()
    page = await computer.open(server.base, { width: 360, height: 740 })
    await computer.logIn('r0001')
    await page.waitForSelector('.diary-day')
    assert.equal(await textOf(page.locator('h1').first()), heading)
    await barSays(page, 'по состоянию на')
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360))
    await page.screenshot({ path: join(pictures, 'family.png') })
    await server.start('11:00', '06')
    return computer
  },

  async a_page_that_one_request_did_not_reach_is_read_from_here_once_and_stands_still(server) {
    const computer = new Computer('hiccup')
    const page = await computer.open(server.base)
    await computer.logIn()
    await shellIsKept(page)
    await openJournal(page, ...PAGE)
    await until('the day is kept', async () => (await keptRows(page)).kept >= 3)
    const asked = []
    page.on('request', (r) => { if (r.url().includes('/api/')) asked.push(r.url()) })
    // The line breaks between two requests: nobody has written, and the live line has not noticed yet.
    await page.context().route('**/api/*', (route) => (/\/api\/(day|pages)/.test(route.request().url()) ? route.abort() : route.continue()))
    await visit(page, '#/pages')
    await barSays(page, 'по состоянию на')
    await page.waitForTimeout(1500)
    assert.ok(asked.length < 12, `asked ${asked.length} times: ${asked.slice(0, 12).join(' ')}`)
    await page.context().unroute('**/api/*')
    await page.waitForSelector('.offline-bar', { state: 'detached', timeout: 20000 })
    await page.waitForSelector('section.group-row')
    return computer
  },

  async a_key_that_root_has_changed_is_followed_by_browsers_that_knew_the_old_one(server) {
    const computer = new Computer('rekeyed')
    await computer.open(server.base)
    let page = await computer.logIn()
    await openJournal(page, ...PAGE)
    const pin = () => page.evaluate(() => JSON.parse(localStorage.getItem(Object.keys(localStorage).find((k) => k.endsWith(':seal')))))
    const before = await pin()
    await computer.close()
    await server.kill()
    // The demonstration's root is known to everybody.
    const secret = createHash('sha256').update('letopis demo: everybody may know this').digest()
    writeFileSync(join(server.dir, 'recovery'), `${createHmac('sha256', secret).update('seed\0root').digest('hex')}\n`)
    const rekey = spawnSync(join(dirname(letopisd), 'letopis'), ['rekey', join(server.dir, 'schools', 'demo'), '--recovery-file', join(server.dir, 'recovery')], { encoding: 'utf8' })
    assert.equal(rekey.status, 0, rekey.stderr)
    await server.start('10:20')
    await computer.open(server.base)
    page = await computer.logIn()
    await openJournal(page, ...PAGE)
    assert.equal(await page.locator('.stop').count(), 0)
    const after = await pin()
    assert.notEqual(after.vkey, before.vkey)
    assert.equal(after.logId, before.logId)
    assert.ok(after.size > before.size)
    await page.locator(`tr[data-r="7"] td[data-c="${(await page.evaluate(() => document.querySelector('td.cursor').dataset.c))}"]`).click()
    await page.keyboard.press('5')
    await page.waitForSelector('.state.good:has-text("сохранено")', { timeout: 20000 })
    return computer
  },
}

let passed = 0
let failed = 0
const only = process.argv[6]
for (const [name, promise] of Object.entries(promises)) {
  if (only !== undefined && !name.includes(only)) continue
  faults = []
  const server = new Server(name.slice(0, 20))
  let computer = null
  await server.start()
  try {
    computer = await promise(server)
    assert.deepEqual(faults, [])
    passed += 1
    console.log(`ok      ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}\n        ${String(error.stack).split('\n').slice(0, 9).join('\n        ')}`)
    for (const [i, page] of profile.open.flatMap((c) => c.pages()).entries()) await page.screenshot({ path: join(pictures, `FAILED-${name}-${i}.png`) }).catch(() => undefined)
  }
  for (const context of [...profile.open]) await context.close().catch(() => undefined)
  if (server.process.exitCode === null && server.process.signalCode === null) await server.kill()
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
