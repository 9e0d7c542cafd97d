// The secretary, in a real browser on a real server: the head opens the account and gives the role of the
// office, the secretary comes in by the slip, admits a pupil by order and moves another.
//
//   node tests/web/secretary.mjs <address of the school, with a slash> <folder for pictures>
import assert from 'node:assert/strict'
import { done, form, journey, main, until, visit, WAIT } from './browser.mjs'

const PASSWORD = 'синий трамвай везёт яблоки'
const { visitor, picture, step, end } = await journey()

let code = ''
let secretary

await step('the head opens an account with the role of the office, and prints the slip', async () => {
  const head = await visitor.open({ login: 'st01' })
  await visit(head, '#/breach')
  await head.locator('button', { hasText: 'Новый сотрудник' }).click()
  await form(head, 'Фамилия').fill('Ахмадова')
  await form(head, 'Имя').fill('Зарема')
  await form(head, 'Отчество').fill('Султановна')
  await form(head, 'Роль').selectOption({ label: 'канцелярия' })
  await picture(head, 'new-account')
  await head.locator('.dialog button.primary').click()
  await head.waitForSelector('.slip', WAIT)
  code = (await head.locator('.slip-code').first().innerText()).trim()
  assert(/Ахмадова Зарема Султановна/.test(await head.locator('.slip').innerText()), 'whose slip it is')
  await head.locator('.slip-bar button').last().click()
  await head.fill('.search input', 'Ахмадова')
  await until('the account is listed with its role', async () => /Ахмадова Зарема Султановна[\s\S]*канцелярия/i.test(await main(head)))
  await picture(head, 'account')
  await head.context().close()
})

await step('the secretary comes in by the slip and arranges the school, no journals', async () => {
  secretary = await visitor.open({})
  await visitor.enrol(secretary, code, 'akhmadova', PASSWORD)
  await visit(secretary, '#/office/movement')
  await secretary.waitForSelector('.movement-table tbody tr', WAIT)
  await picture(secretary, 'office', true)
})

await step('she admits a pupil by order, and moves the pupil', async () => {
  await secretary.locator('button', { hasText: 'Принять ученика' }).click()
  await form(secretary, 'Класс').selectOption({ label: '6А' })
  await form(secretary, 'Первый день').fill('2026-11-09')
  await form(secretary, 'Номер приказа').fill('39-к')
  await form(secretary, 'Фамилия').fill('Гайрбекова')
  await form(secretary, 'Имя').fill('Хеда')
  await form(secretary, 'Дата рождения').fill('2014-02-03')
  await form(secretary, 'Пол').selectOption({ label: 'девочка' })
  await picture(secretary, 'admit')
  await secretary.locator('.dialog button.primary').click()
  await done(secretary)
  await secretary.locator('.card select').selectOption({ label: '6А' })
  await until('she is in the class', async () => (await secretary.locator('.roster li', { hasText: 'Гайрбекова Хеда' }).count()) === 1)
  await secretary.locator('.roster li', { hasText: 'Гайрбекова Хеда' }).locator('button').click()
  await form(secretary, 'В класс').selectOption({ label: '6Б' })
  await form(secretary, 'Первый день в нём').fill('2026-11-12')
  await form(secretary, 'Номер приказа').fill('40-к')
  await secretary.locator('.dialog button.primary').click()
  await done(secretary)
  await visit(secretary, `#/office/movement?from=${Math.round(Date.UTC(2026, 8, 1) / 86400000)}&to=${Math.round(Date.UTC(2026, 10, 30) / 86400000)}`)
  await until('both orders', async () => { const text = await secretary.locator('.movement-events').innerText().catch(() => ''); return text.includes('39-к') && text.includes('40-к') && /Гайрбекова/.test(text) })
  await picture(secretary, 'movement', true)
})

await step('a replacement is not hers to give, and she reads no journal', async () => {
  await visit(secretary, `#/office/timetable?day=${Math.round(Date.UTC(2026, 10, 9) / 86400000)}`)
  await secretary.waitForSelector('.school-day .slot-chip', WAIT)
  await secretary.locator('.school-day .slot-chip').first().click()
  await secretary.waitForSelector('.dialog form', WAIT)
  assert(await secretary.locator('.dialog .segments button', { hasText: 'Заменить учителя' }).count() === 0, 'no replacing')
  await secretary.locator('.dialog-head button').click()
  const href = await secretary.locator('.school-day tbody th a', { hasText: /^7А$/ }).getAttribute('href')
  const group = /group=([0-9a-f]{32})/.exec(href)[1]
  const status = await secretary.evaluate(async (id) => (await fetch(`api/class/sheet?group=${id}&from=20700&to=20760`)).status, group)
  assert(status === 403, `the marks of a class answer ${status}`)
  assert(await secretary.locator('.topbar a', { hasText: 'Контроль' }).count() === 0, 'control is not hers')
})

await step('a role is given to who is there already', async () => {
  const head = await visitor.open({ login: 'st01' })
  await visit(head, '#/breach')
  await head.fill('.search input', 'Эдилов')
  const card = head.locator('article.account').filter({ hasText: 'Эдилов' }).first()
  await card.locator('button', { hasText: 'Дать роль' }).click()
  await head.locator('.dialog button.primary').click()
  await done(head)
  await until('it is there', async () => /канцелярия/i.test(await card.locator('h2').innerText()))
  await head.context().close()
})

await step('a role is taken away again, and with it the right', async () => {
  const head = await visitor.open({ login: 'st01' })
  await visit(head, '#/breach')
  await head.fill('.search input', 'Ахмадова')
  const card = head.locator('article.account').filter({ hasText: 'Ахмадова Зарема' }).first()
  await card.locator('.held-roles button', { hasText: 'Снять' }).click()
  await head.locator('.dialog button.primary').click()
  await done(head)
  await until('she has no role', async () => !/канцелярия/i.test(await card.locator('h2').innerText()))
  const status = await secretary.evaluate(async () => (await fetch('api/movement?from=20700&to=20760')).status)
  assert(status === 403, `the movement of pupils answers ${status}`)
  await head.context().close()
})

await end()
