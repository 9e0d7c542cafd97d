// Personal data in a real browser: a family learns who looked and what is stored, and takes all of it
// home; the head sees the terms of keeping, and years later erases with a second officer.
//
//   node tests/web/privacy.mjs <address of the school, with a slash> <folder for pictures>
//   node tests/web/privacy.mjs <address of the school, years later> <folder for pictures> later
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { launch, story, visit, Visitor } from './browser.mjs'

const [base, pictures, later] = process.argv.slice(2)
mkdirSync(pictures, { recursive: true })
const complaints = []
const browser = await launch()
const visitor = new Visitor(browser, base, 'letopis-demo', (text) => complaints.push(text))
const picture = (page, name) => page.screenshot({ path: `${pictures}/${name}.png` })
const { step, end } = story(browser, picture, () => assert.deepEqual(complaints.splice(0), []))

async function now() {
  let name = ''
  await step('a teacher opens the journal, and the family sees that', async () => {
    const family = await visitor.open({ login: 'r0363' })
    await family.waitForSelector('.diary-day')
    await visit(family, '#/privacy/data')
    await family.waitForSelector('button:has-text("Сохранить всё")')
    name = (await family.locator('.card > p').first().innerText()).split(':')[0]
    await visit(family, '#/privacy')
    await family.waitForSelector('.table tbody tr')
    await picture(family, 'looked')
    const rows = await family.locator('.table tbody tr').allInnerTexts()
    assert.ok(rows.some((r) => /дневник/.test(r)), 'her own visit is among them')
    await family.context().close()
  })

  await step('what is stored is shown by kind and one by one, and saved whole; nobody else is in it', async () => {
    const family = await visitor.open({ login: 'r0363' })
    await visit(family, '#/privacy/data')
    await family.waitForSelector('button:has-text("Сохранить всё")')
    assert.match(await family.locator('.table').first().innerText(), /отметки\s+\d+/)
    await family.click('summary')
    await picture(family, 'stored')
    const [download] = await Promise.all([family.waitForEvent('download'), family.click('button:has-text("Сохранить всё")')])
    const path = `${pictures}/person.json`
    await download.saveAs(path)
    const person = JSON.parse(readFileSync(path, 'utf8'))
    assert.equal(person.name, name)
    const marks = person.rows.filter((r) => r.kind === 'marks.set')
    assert.ok(marks.length > 10, `${marks.length} entries of marks`)
    for (const { body } of marks) assert.deepEqual(body.cells.map((c) => c.pupil), [person.id])
    await family.context().close()
  })

  await step('the head erases one value of it with a second officer; the rest stays, and the family is told', async () => {
    const { id } = JSON.parse(readFileSync(`${pictures}/person.json`, 'utf8'))
    const head = await visitor.open({ login: 'st01' })
    await visit(head, `#/privacy/data?pupil=${id}`)
    const rows = head.locator('.table.values tbody tr')
    await rows.first().waitFor()
    const before = await rows.count()
    const value = (await rows.first().locator('th').innerText()).trim()
    const erasing = head.locator('.values-bar .button.danger')
    assert.ok(await erasing.isDisabled(), 'nothing is chosen')
    await rows.first().locator('input').check()
    await erasing.click()
    const dialog = head.locator('dialog')
    assert.match(await dialog.innerText(), new RegExp(value))
    assert.deepEqual(await dialog.locator('option').allInnerTexts(), ['просьба того, чьи данные', 'решение органа или суда'], 'its term is not over')
    await head.fill('dialog input[maxlength="100"]', 'заявление № 12 от 05.11.2026')
    await dialog.locator('.field input').nth(1).fill('st02')
    await head.fill('dialog input[type=password]', 'letopis-demo')
    await picture(head, 'erase-value')
    await head.click('dialog button.danger')
    await head.waitForSelector('dialog', { state: 'detached', timeout: 30000 })
    const erased = head.locator('.table.values tr:has(.tag:has-text("удалено"))')
    await erased.first().waitFor()
    await picture(head, 'erased-value')
    assert.equal(await erased.count(), 1)
    assert.match(await erased.innerText(), /данные удалены[\s\S]*просьба того, чьи данные: заявление № 12/)
    assert.equal(await rows.count(), before)
    assert.equal(await erased.locator('input').count(), 0, 'it cannot be erased again')
    await head.fill('.values-bar input[type=search]', 'данные удалены')
    assert.equal(await rows.count(), 1)
    await head.context().close()

    const family = await visitor.open({ login: 'r0363' })
    await visit(family, '#/privacy/data')
    await family.click('summary')
    assert.match(await family.locator('details').innerText(), /данные удалены/)
    assert.match(await family.locator('.card > p').first().innerText(), new RegExp(name))
    assert.equal(await family.locator('.table.values').count(), 0, 'nothing to erase for her')
    await family.context().close()
  })

  await step('a teacher may ask for nobody but herself', async () => {
    const teacher = await visitor.open({ login: 'st22' })
    const { id } = JSON.parse(readFileSync(`${pictures}/person.json`, 'utf8'))
    assert.equal(await teacher.evaluate((p) => fetch(`api/person?pupil=${p}`).then((r) => r.status), id), 403)
    complaints.splice(0)
    await visit(teacher, '#/privacy/data')
    await teacher.waitForSelector('text=подписал о других')
    assert.equal(await teacher.locator('.tabs a').count(), 2, 'no terms for her')
    await teacher.context().close()
  })

  await step('the head sees all showings, and the terms of those who have left', async () => {
    const head = await visitor.open({ login: 'st01' })
    await visit(head, '#/privacy')
    await head.selectOption('.screen-head select', { label: 'Все' })
    await head.waitForSelector('.table tbody tr')
    await head.click('.tabs a:has-text("Сроки")')
    await head.waitForSelector('.table, .empty')
    await picture(head, 'terms')
    await head.context().close()
  })
}

/** The term of one who had left is over. */
async function yearsLater() {
  await step('the head erases whose term is over, together with a second officer; the name is gone', async () => {
    const head = await visitor.open({ login: 'st01' })
    await visit(head, '#/privacy/terms')
    const due = head.locator('tr:has(.tag:has-text("срок вышел"))')
    await due.first().waitFor()
    const name = (await due.first().locator('th').innerText()).split('\n')[0].trim()
    await due.first().locator('button').click()
    const sign = head.locator('dialog button.danger')
    assert.ok(await sign.isDisabled(), 'nothing is signed without a document and a second')
    await head.fill('dialog input[maxlength="100"]', 'акт № 4 от 15.01.2032')
    await head.fill('dialog input[type=password]', 'not this one')
    await head.locator('dialog .field input').nth(1).fill('st02')
    await sign.click()
    await head.waitForSelector('dialog .notice.bad:has-text("не подходят")', { timeout: 30000 })
    await head.fill('dialog input[type=password]', 'letopis-demo')
    await picture(head, 'erase')
    await sign.click()
    await head.waitForSelector('dialog', { state: 'detached', timeout: 30000 })
    const erased = head.locator('tr:has(.tag:has-text("удалено"))')
    await erased.first().waitFor()
    assert.match(await erased.first().innerText(), /данные удалены[\s\S]*акт № 4 от 15\.01\.2032/)
    assert.equal(await head.locator(`text=${name}`).count(), 0)
    await picture(head, 'erased')
    complaints.splice(0, complaints.length, ...complaints.filter((t) => !/status of 401/.test(t)))
  })
}

await (later === undefined ? now() : yearsLater())
await end()
