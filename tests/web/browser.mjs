// A real browser for journeys and pictures: starting it, logging in, finding one's way.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../net/web/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // A certificate made for the test: without this a service worker is not even looked at.
  '--ignore-certificate-errors']

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS })

/** A browser whose profile stays on the disk when it is closed. */
export async function profile(dir, { width = 1366, height = 768 } = {}) {
  const context = await chromium.launchPersistentContext(dir, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS, ignoreHTTPSErrors: true, viewport: { width, height }, locale: 'ru-RU' })
  profile.open.push(context)
  context.on('close', () => { profile.open = profile.open.filter((c) => c !== context) })
  return context
}
profile.open = []

export class Visitor {
  /** @param {(text: string) => void} onTrouble told of every error that the page reports */
  constructor(browser, base, password, onTrouble) {
    Object.assign(this, { browser, base, password, onTrouble })
  }

  /**
   * Opens the school's page in a fresh profile, and logs in when a login is given.
   * @param {(context) => Promise<void>} prepare what the profile needs before its first page
   */
  async open({ login, width = 1366, height = 768, dark = false, touch = false, bypassCSP = false, prepare } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', hasTouch: touch, isMobile: touch, locale: 'ru-RU', ignoreHTTPSErrors: true, bypassCSP })
    await prepare?.(context)
    const page = await context.newPage()
    page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') this.onTrouble(m.text()) })
    page.on('pageerror', (e) => this.onTrouble(`page error: ${e.message}`))
    await page.goto(this.base)
    if (login !== undefined) await this.logIn(page, login)
    return page
  }

  async logIn(page, login, password = this.password) {
    await page.fill('input[autocomplete=username]', login)
    await page.fill('input[autocomplete=current-password]', password)
    await page.click('button[type=submit]')
    await page.waitForSelector('.topbar', { timeout: 30000 })
  }

  /** Comes in by the code of a slip, with a login and a password of the own. */
  async enrol(page, code, login, password) {
    await page.goto(`${this.base.replace(/\/$/, '')}/#/invite/${code}`)
    await page.reload()
    await page.waitForSelector('input.code', { timeout: 30000 })
    await page.fill('input[autocomplete=username]', login)
    for (const field of await page.locator('input[type=password]').all()) await field.fill(password)
    await page.waitForSelector('.strength.step-3, .strength.step-4', { timeout: 30000 })
    await page.click('button[type=submit]')
    await page.waitForSelector('text=Доступ получен', { timeout: 40000 })
    await this.logIn(page, login, password)
  }
}

export async function visit(page, hash) {
  await page.evaluate((h) => { location.hash = h }, hash)
}

/** What a person waits for at most, in milliseconds. */
export const WAIT = { timeout: 20000 }
export const main = (page) => page.locator('main').innerText()
/** The dialog is closed. */
export const done = (page) => page.locator('.dialog').waitFor({ state: 'detached', ...WAIT })
/** The field of a dialog with that label. */
export const form = (page, label) => page.locator('.dialog .field', { has: page.locator('label', { hasText: label }) }).locator('input, select, textarea')

/**
 * What a journey on the demonstration school begins with; the command line names the school's address and
 * a folder for pictures. After each step no page may have reported what is not expected.
 * @param {RegExp} expected what a refusal on purpose makes the browser report
 */
export async function journey(expected = /status of 4\d\d/) {
  const [base, folder] = process.argv.slice(2)
  mkdirSync(folder, { recursive: true })
  const browser = await launch()
  const troubles = []
  const visitor = new Visitor(browser, base, 'letopis-demo', (text) => { if (!expected.test(text)) troubles.push(text) })
  const picture = (page, name, full = false) => page.screenshot({ path: `${folder}/${name}.png`, fullPage: full })
  return { base, visitor, picture, ...story(browser, picture, () => assert.deepEqual(troubles.splice(0), [], 'the pages report no errors')) }
}

/** Opens a journal page from the list of classes. */
export async function openJournal(page, group, subject) {
  await visit(page, '#/pages')
  await page.click(`section.group-row:has(h2:text-is("${group}")) a.chip:has-text("${subject}")`)
  await page.waitForSelector('.grid td.cursor')
}

/** Waits until `check` says yes. */
export async function until(what, check, timeout = 20000) {
  const end = Date.now() + timeout
  for (;;) {
    if (await check()) return
    if (Date.now() > end) throw new Error(`still not: ${what}`)
    await new Promise((r) => setTimeout(r, 100))
  }
}

/**
 * A story in steps, each told and counted. After a step that fails, every open page is pictured.
 * @param {(page, name: string) => Promise<unknown>} picture
 * @param {() => void} check what must hold at the end of each step
 */
export function story(browser, picture, check = () => undefined) {
  let passed = 0
  let failed = 0
  return {
    async step(name, body) {
      try {
        await body()
        check()
        passed += 1
        console.log(`ok      ${name}`)
      } catch (error) {
        failed += 1
        console.log(`FAILED  ${name}\n        ${String(error.stack ?? error).split('\n').slice(0, 6).join('\n        ')}`)
        const pages = browser.contexts().flatMap((context) => context.pages())
        for (const [i, page] of pages.entries()) await picture(page, `failed-${failed}-${i}`).catch(() => undefined)
      }
    },
    /** Ends the program: "N passed, N failed". */
    async end() {
      await browser.close()
      console.log(`${passed} passed, ${failed} failed`)
      process.exit(failed === 0 ? 0 : 1)
    },
  }
}
