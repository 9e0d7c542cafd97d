// Takes pictures of the client in a real browser, against the mock or a real server.
//
//   node tests/web/shots.mjs <address of the school> <folder> [step …]      steps: see below
//   PASSWORD: the password of the logins; CHROMIUM: the browser's path
import { mkdirSync } from 'node:fs'
import { launch, openJournal as openPage, visit as go, Visitor } from './browser.mjs'

const [base, folder, ...wanted] = process.argv.slice(2)
const PASSWORD = process.env.PASSWORD ?? 'тихий дон 2026'
mkdirSync(folder, { recursive: true })
const browser = await launch()
const visitor = new Visitor(browser, base, PASSWORD, (text) => console.log('trouble:', text))
const open = async (options) => {
  const page = await visitor.open(options)
  await page.waitForTimeout(600)
  return page
}
const shot = async (page, name, full = false) => {
  await page.waitForTimeout(300)
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: full })
  console.log(name)
}
const visit = async (page, hash) => {
  await go(page, hash)
  await page.waitForTimeout(700)
}
const openJournal = async (page) => {
  await openPage(page, '8А', 'Алгебра')
  await page.waitForTimeout(500)
}

const steps = {
  async login() {
    const page = await open({})
    await shot(page, 'login')
    await page.fill('input[autocomplete=username]', 'ivanova')
    await page.fill('input[autocomplete=current-password]', 'wrong password')
    await page.click('button[type=submit]')
    await page.waitForTimeout(150)
    await shot(page, 'login-busy')
    await page.waitForSelector('.notice.bad', { timeout: 30000 })
    await shot(page, 'login-wrong')
    await page.click('text=У меня есть приглашение')
    await shot(page, 'invite')
  },
  async day() {
    const page = await open({ login: 'ivanova' })
    await shot(page, 'day')
    await page.click('.person-button')
    await shot(page, 'menu')
  },
  async journal() {
    const page = await open({ login: 'ivanova' })
    await openJournal(page)
    await shot(page, 'journal')
    await page.keyboard.press('5'); await page.keyboard.press('4'); await page.keyboard.press('/'); await page.keyboard.press('5')
    await page.keyboard.press('KeyY'); await page.keyboard.press('Comma')
    await shot(page, 'journal-typing')
    await page.waitForTimeout(1500)
    await shot(page, 'journal-saved')
    await page.keyboard.press('Alt+a')
    await page.waitForTimeout(1200)
    await shot(page, 'journal-present')
  },
  async history() {
    const page = await open({ login: 'ivanova' })
    await openJournal(page)
    await page.click('tr[data-r="4"] td.changed')
    await page.keyboard.press('Alt+h')
    await page.waitForTimeout(700)
    await page.click('text=Проверить здесь >> nth=0')
    await page.waitForTimeout(700)
    await shot(page, 'history')
  },
  async conflict() {
    const mine = await open({ login: 'ivanova' })
    const hers = await open({ login: 'ivanova' })
    for (const page of [mine, hers]) {
      await openJournal(page)
      await page.click('tr[data-r="5"] td[data-c="3"]')
    }
    await mine.context().setOffline(true)
    await mine.keyboard.press('4')
    await mine.waitForTimeout(1200)
    await shot(mine, 'offline')
    await hers.keyboard.press('2')
    await hers.waitForTimeout(800)
    await mine.context().setOffline(false)
    await mine.waitForTimeout(6000)
    await shot(mine, 'conflict')
    await mine.click('text=Оставить моё')
    await mine.waitForTimeout(1200)
    await shot(mine, 'conflict-kept')
    await mine.click('tr[data-r="5"] td[data-c="3"]')
    await mine.keyboard.press('Control+z')
    await mine.waitForTimeout(1200)
    await shot(mine, 'undone')
    await mine.click('tr[data-r="4"] td[data-c="8"]')
    await mine.keyboard.press('5')
    await mine.waitForTimeout(400)
    await shot(mine, 'protocol')
  },
  async panel() {
    const page = await open({ login: 'ivanova' })
    await openJournal(page)
    await page.click('button.suggest')
    await page.waitForTimeout(900)
    await page.fill('#homework', '№ 350–352, повторить § 12')
    await page.click('text=Все присутствуют')
    await page.waitForTimeout(1200)
    await page.click('tr[data-r="0"] td.period[data-c]')
    for (const key of ['5', '5', '4']) await page.keyboard.press(key)
    await page.keyboard.press('F2'); await page.keyboard.type('осв'); await page.keyboard.press('Enter')
    await page.keyboard.press('F2'); await page.keyboard.type('7'); await page.keyboard.press('Enter')
    await page.waitForTimeout(300)
    await shot(page, 'period')
    await page.keyboard.press('Escape')
    await page.waitForTimeout(1200)
    await page.click('tr[data-r="3"] td[data-c="9"]')
    await page.click('text=Ещё одна работа на уроке')
    await page.keyboard.press('4')
    await page.waitForTimeout(1500)
    await shot(page, 'panel')
  },
  async english() {
    const page = await open({ login: 'ivanova' })
    await page.click('.person-button')
    await page.selectOption('.person-menu select >> nth=0', 'en')
    await page.keyboard.press('Escape')
    await shot(page, 'english-day')
    await openJournal(page).catch(() => undefined)
    await visit(page, '#/audit')
    await shot(page, 'english-audit')
  },
  async enrol() {
    const page = await open({})
    await page.click('text=У меня есть приглашение')
    const fields = page.locator('.gate-form input')
    for (const [i, text] of [[0, '7k3m q9tx oh2d wb5e'], [1, 'Timaeva'], [2, 'ласточка над рекой'], [3, 'ласточка над рекой']]) await fields.nth(i).fill(text)
    await page.click('button[type=submit]')
    await page.waitForSelector('text=Доступ получен', { timeout: 30000 })
    await shot(page, 'enrolled')
    await page.fill('input[autocomplete=current-password]', 'ласточка над рекой')
    await page.click('button[type=submit]')
    await page.waitForSelector('.topbar', { timeout: 30000 })
    await shot(page, 'enrolled-in')
    await page.click('.person-button')
    await page.click('text=Выйти')
    await page.waitForSelector('.gate-form', { timeout: 10000 })
    await shot(page, 'left')
  },
  async pages() {
    const page = await open({ login: 'director' })
    await shot(page, 'pages')
  },
  async breach() {
    const page = await open({ login: 'support' })
    await page.fill('.search input', 'Иванова')
    await page.waitForTimeout(900)
    await shot(page, 'accounts')
    await page.click('a:has-text("Сообщить о доступе")')
    await page.waitForTimeout(600)
    await page.fill('input[type=date] >> nth=0', '2026-11-15')
    await page.fill('input[type=time] >> nth=0', '18:40')
    await page.fill('textarea', 'Пропал телефон с паролем')
    await shot(page, 'report-form')
    await page.click('text=Показать последствия')
    await page.waitForTimeout(700)
    await shot(page, 'report-preview', true)
    await page.click('text=Подписать сообщение')
    await page.waitForTimeout(900)
    await shot(page, 'reports')
    for (const [login, name] of [['director', 'receive'], ['deputy', 'receive-2']]) {
      const other = await open({ login })
      await visit(other, '#/breach/reports')
      await other.click('text=Подтвердить получение')
      await other.waitForTimeout(800)
      await shot(other, name)
      await other.click('text=Подписать подтверждение')
      await other.waitForTimeout(900)
      await shot(other, name + '-done')
    }
    const teacher = await open({ login: 'yusupova' })
    await visit(teacher, '#/pages')
    await teacher.click('section.group-row:has(h2:text-is("8А")) a.chip:has-text("Алгебра")')
    await teacher.waitForSelector('.grid')
    await shot(teacher, 'journal-voided')
  },
  async access() {
    const page = await open({ login: 'ivanova' })
    await visit(page, '#/access')
    await shot(page, 'access')
    await page.click('.button.danger')
    await shot(page, 'access-confirm')
  },
  async diary() {
    const page = await open({ login: 'parent' })
    await shot(page, 'diary', true)
  },
  async audit() {
    const page = await open({ login: 'auditor' })
    await page.fill('input[inputmode=numeric]', '60')
    await page.click('button:has-text("Проверить") >> nth=-1')
    await page.waitForTimeout(600)
    await shot(page, 'audit', true)
  },
  async phone() {
    const page = await open({ login: 'ivanova', width: 360, height: 740, touch: true })
    await shot(page, 'phone-day')
    await openJournal(page)
    await shot(page, 'phone-journal')
    await page.tap('.keypad button >> nth=3')
    await page.waitForTimeout(1200)
    await shot(page, 'phone-journal-typed')
    const parent = await open({ login: 'parent', width: 360, height: 740, touch: true })
    await shot(parent, 'phone-diary')
  },
  async dark() {
    const page = await open({ login: 'ivanova', dark: true })
    await shot(page, 'dark-day')
    await openJournal(page)
    await shot(page, 'dark-journal')
  },
  /** Against the demonstration school of tools/quickstart: PASSWORD=letopis-demo … real */
  async real() {
    const page = await open({ login: 'st20' })
    await shot(page, 'real-day')
    await page.click('.lesson-link >> nth=0')
    await page.waitForSelector('.grid')
    await shot(page, 'real-journal')
    await page.keyboard.press('5'); await page.keyboard.press('4'); await page.keyboard.press('KeyY')
    await page.waitForTimeout(2500)
    await shot(page, 'real-journal-typed')
    await page.selectOption('.journal-head select', { index: 0 })
    await page.waitForTimeout(1500)
    await shot(page, 'real-journal-q1')
    await page.keyboard.press('Alt+h')
    await page.waitForTimeout(1000)
    await shot(page, 'real-history')
  },
  async realOfficers() {
    for (const login of ['st04', 'st01', 'r0001', 'auditor']) {
      const page = await open({ login })
      await page.waitForTimeout(800)
      await shot(page, `real-${login}`)
      if (login === 'st04') {
        await page.fill('.search input', process.env.SURNAME ?? '')
        await page.waitForTimeout(1500)
        await shot(page, 'real-accounts')
        await visit(page, '#/breach/reports')
        await page.waitForTimeout(1000)
        await shot(page, 'real-reports')
      }
    }
  },
  async realBreach() {
    const page = await open({ login: 'st04' })
    await page.fill('.search input', 'Чагаев У')
    await page.waitForTimeout(2500)
    await shot(page, 'real-account')
    await page.click('article:has-text("Чагаев Умар") a:has-text("Сообщить о доступе")')
    await page.waitForTimeout(900)
    const dates = page.locator('input[type=date]')
    const times = page.locator('input[type=time]')
    await dates.nth(0).fill('2026-10-12'); await times.nth(0).fill('18:40')
    await dates.nth(1).fill('2026-10-14'); await times.nth(1).fill('08:10')
    await page.fill('textarea', 'Пропал телефон с паролем')
    await page.click('text=Показать последствия')
    await page.waitForTimeout(2500)
    await shot(page, 'real-preview')
    await page.click('text=Подписать сообщение')
    await page.waitForTimeout(2000)
    await shot(page, 'real-reports')
    for (const login of ['st01', 'st02']) {
      const other = await open({ login })
      await visit(other, '#/breach/reports')
      await other.click('text=Подтвердить получение')
      await other.waitForTimeout(2500)
      await shot(other, `real-receive-${login}`)
      await other.click('text=Подписать подтверждение')
      await other.waitForTimeout(2500)
      await shot(other, `real-received-${login}`)
      if (login !== 'st02') continue
      await visit(other, '#/pages')
      await other.click('section.group-row:has(h2:text-is("7А")) a.chip:has-text("Алгебра")')
      await other.waitForSelector('.grid')
      await other.waitForTimeout(500)
      await shot(other, 'real-journal-voided')
      const cell = other.locator('td.voided, td.changed').first()
      if (await cell.count()) {
        await cell.click()
        await other.keyboard.press('Alt+h')
        await other.waitForTimeout(1500)
        await shot(other, 'real-history-voided')
      }
    }
  },
  async realVoided() {
    const other = await open({ login: 'st02' })
    await visit(other, '#/pages')
    await other.click('section.group-row:has(h2:text-is("7А")) a.chip:has-text("Алгебра")')
    await other.waitForSelector('.grid')
    await other.waitForTimeout(500)
    await shot(other, 'real-journal-voided')
    await other.locator('td.voided, td.changed').first().click()
    await other.keyboard.press('Alt+h')
    await other.waitForTimeout(1500)
    await shot(other, 'real-history-voided')
  },
  async realPanic() {
    const page = await open({ login: 'st16' })
    await visit(page, '#/access')
    await page.click('.button.danger')
    await page.click('text=Да, закрыть сейчас')
    await page.waitForSelector('.gate-form', { timeout: 15000 })
    await shot(page, 'real-closed')
    await page.fill('input[autocomplete=current-password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForSelector('.notice.bad', { timeout: 15000 })
    await shot(page, 'real-closed-login')
  },
  /** The pictures of README.md that show a role's screens, on the demonstration school. */
  async readme() {
    const small = { width: 1120, height: 700 }
    const form = await open({ login: 'st20', ...small })
    await visit(form, '#/form')
    await form.waitForSelector('.card')
    await shot(form, 'form')
    const deputy = await open({ login: 'st02', ...small })
    await visit(deputy, '#/control?span=period&day=20750')
    await deputy.waitForSelector('.control-table tbody tr')
    await shot(deputy, 'control')
    await visit(deputy, '#/summary')
    await deputy.click('.class-figures tbody a:has-text("7А")')
    await deputy.waitForSelector('.sheet tbody tr')
    await shot(deputy, 'sheet')
    const teacher = await open({ login: 'st20', ...small })
    await openPage(teacher, '7А', 'Геометрия')
    await teacher.context().setOffline(true)
    for (const key of ['5', '4', 'KeyY']) await teacher.keyboard.press(key)
    await teacher.waitForSelector('.offline-bar', { timeout: 60000 })
    await shot(teacher, 'offline')
    const phone = await open({ login: 'st20', width: 360, height: 640, touch: true })
    await openPage(phone, '7А', 'Геометрия')
    await phone.click('.journal-head button:has-text("Перекличка")')
    await phone.waitForSelector('dialog[open]')
    await shot(phone, 'roll')
  },
  async stop() {
    const page = await open({ login: 'auditor' })
    await page.evaluate(() => {
      const key = Object.keys(localStorage).find((k) => k.endsWith(':seal'))
      const pin = JSON.parse(localStorage.getItem(key))
      localStorage.setItem(key, JSON.stringify({ ...pin, size: pin.size - 1, root: '00'.repeat(32) }))
    })
    await page.reload()
    await page.waitForTimeout(1500)
    await shot(page, 'stop')
  },
}

for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) {
  try {
    await steps[name]()
  } catch (error) {
    console.log(`FAILED ${name}: ${error.message}`)
    process.exitCode = 1
  }
}
await browser.close()
