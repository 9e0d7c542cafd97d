// A family and its class teacher, in a real browser against a real server over a copy of the
// demonstration school: the parent acknowledges the week, the week changes, the parent says why the
// child was away, the class teacher makes it count; advice, consent, subscriptions, groups.
//
//   node tests/web/families.mjs <address of the school, with a slash> <folder for pictures>
import assert from 'node:assert/strict'
import { journey, openJournal, visit, WAIT } from './browser.mjs'

const PARENT = 'r0555' // of Садулаева Асет, 7А
const TEACHER = 'st20' // class teacher of 7А, teaches geometry there
const CHILD = 'Садулаева Асет'
const { visitor, picture: take, step, end } = await journey(/status of 403/)
const picture = (page, name) => take(page, name, true)

const parent = await visitor.open({ login: PARENT, width: 360, height: 740 })
const teacher = await visitor.open({ login: TEACHER })
await parent.waitForSelector('.diary', WAIT)
const child = await parent.locator('.tabs a').first().getAttribute('href').then((h) => h.split('/')[2])
const toTab = (tab) => visit(parent, tab === '' ? `#/diary/${child}` : `#/diary/${child}/${tab}`)
/** The diary as it is now. */
async function diaryAnew() {
  await toTab('results')
  await parent.waitForSelector('.results', WAIT)
  await toTab('')
  await parent.waitForSelector('.diary', WAIT)
}
const toClass = async (tab = '') => {
  await visit(teacher, '#/audit')
  await visit(teacher, `#/form/${group}${tab === '' ? '' : '/' + tab}`)
  await teacher.waitForSelector('.tabs', WAIT)
}
await visit(teacher, '#/form')
await teacher.waitForSelector('.tabs a', WAIT)
const group = await teacher.locator('.tabs a').first().getAttribute('href').then((h) => h.split('/')[2])

await step('a parent acknowledges the week with the own key', async () => {
  await parent.click('.ack button:has-text("ознакомлен")')
  await parent.waitForSelector('.ack.done:has-text("Вы ознакомились")', WAIT)
  await picture(parent, 'acknowledged')
})

await step('what a teacher enters after that makes it stale, at the lesson that changed', async () => {
  await openJournal(teacher, '7А', 'Геометрия')
  const cursor = teacher.locator('td.cursor')
  const column = await cursor.first().getAttribute('data-c')
  const row = await teacher.locator('.grid tr[data-r]', { hasText: CHILD }).first().getAttribute('data-r')
  await teacher.click(`tr[data-r="${row}"] td[data-c="${column}"]`)
  await teacher.keyboard.press('KeyY')
  await teacher.waitForSelector('.state.good:has-text("сохранено")', WAIT)
  await diaryAnew()
  await parent.waitForSelector('.ack.stale', WAIT)
  assert.equal(await parent.locator('.diary-lesson.fresh').count(), 1)
  assert.match(await parent.locator('.diary-lesson.fresh').innerText(), /Геометрия[\s\S]*изменено после ознакомления[\s\S]*н/)
  await picture(parent, 'stale')
})

await step('the family says why; the class teacher sees it and makes it count with one tap', async () => {
  await parent.click('.diary-lesson.fresh button:has-text("объяснить")')
  await parent.fill('dialog input:not([type=date])', 'справка будет завтра')
  await parent.click('dialog button[type=submit]')
  await parent.waitForSelector('.diary-lesson:has-text("по словам родителей: болезнь")', WAIT)
  await toClass()
  const row = teacher.locator('.missed', { hasText: CHILD })
  await row.waitFor(WAIT)
  assert.match(await row.innerText(), /по словам родителей: болезнь/)
  await picture(teacher, 'class-now')
  await row.locator('button.letter', { hasText: /^б$/ }).click()
  await teacher.waitForSelector(`.missed:has-text("${CHILD}") .absence:has-text("б")`, WAIT)
  await openJournal(teacher, '7А', 'Геометрия')
  await teacher.waitForFunction((name) => [...document.querySelectorAll('.grid tr[data-r]')].some((r) => r.textContent.includes(name) && [...r.querySelectorAll('td.absent')].some((c) => c.textContent.trim() === 'б')), CHILD, WAIT)
  await diaryAnew()
  await parent.waitForSelector('.diary-lesson.fresh .absence:has-text("б")', WAIT)
  await parent.click('.ack.stale button')
  await parent.waitForSelector('.ack.done', WAIT)
  assert.equal(await parent.locator('.diary-lesson.fresh').count(), 0)
})

await step('results: the weighted mean of a period, its marks and their course', async () => {
  await toTab('results')
  await parent.click('.segments button:has-text("1 четверть")')
  const row = parent.locator('.results tbody tr', { hasText: 'Алгебра' })
  await row.filter({ hasText: '4,47' }).waitFor(WAIT)
  assert.equal(await row.locator('.result-button').count(), 9)
  await row.locator('.result-button').first().click()
  assert.match(await row.locator('.result-more').innerText(), /вес/)
  await picture(parent, 'results')
})

await step('the timetable has the lessons of the week', async () => {
  await toTab('timetable')
  await parent.waitForSelector('.diary-day.today .slot', WAIT)
  assert.equal(await parent.locator('.diary-day.today .slot').count(), 5)
})

await step('advice goes from the card of the pupil to the family', async () => {
  await visit(teacher, `#/pupil/${child}`)
  await teacher.fill('form.write >> nth=0 >> textarea', 'Повторить признаки равенства треугольников.')
  await teacher.click('form.write >> nth=0 >> button[type=submit]')
  await teacher.waitForSelector('.advice:has-text("треугольников")', WAIT)
  await teacher.fill('form.write >> nth=1 >> textarea', 'Говорили о справке.')
  await teacher.click('form.write >> nth=1 >> button[type=submit]')
  await teacher.waitForSelector('.plain-rows li:has-text("Говорили о справке.")', WAIT)
  assert.match(await teacher.locator('.facts').innerText(), /05\.11\.2013/)
  await picture(teacher, 'card')
  await toTab('about')
  await parent.waitForSelector('.advice:has-text("треугольников")', WAIT)
  assert.ok(!(await parent.locator('main').innerText()).includes('Говорили о справке'), 'notes of talks are not the family\'s to read')
  await picture(parent, 'about')
})

await step('a parent who withdraws reads no more, and reads again after consenting', async () => {
  await toTab('own')
  await parent.click('button:has-text("Отозвать согласие")')
  await parent.waitForSelector('.notice.warn:has-text("не показывается")', WAIT)
  await toTab('')
  await parent.waitForSelector('a:has-text("К согласию")', WAIT)
  assert.equal(await parent.locator('.diary-lesson').count(), 0)
  await toClass()
  await teacher.waitForSelector('.card:has-text("Семьи на бумаге") li:has-text("Садулаева")', WAIT)
  await parent.click('a:has-text("К согласию")')
  await parent.click('button:has-text("Даю согласие")')
  await parent.waitForSelector('.notice.good', WAIT)
  await picture(parent, 'consent')
  await toTab('')
  await parent.waitForSelector('.diary-lesson', WAIT)
})

await step('where to be told is kept, and the class teacher sees that it is there', async () => {
  await toTab('own')
  await parent.fill('input[autocomplete=email]', 'asset@example.org')
  await parent.click('.wants label:has-text("о пропусках")')
  await parent.click('form button[type=submit]')
  await parent.waitForSelector('.notice.good[role=status]', WAIT)
  await toClass('families')
  await teacher.waitForSelector('tr:has-text("Садулаева Луиза Хусейновна"):has-text("почта")', WAIT)
  await picture(teacher, 'families')
})

await step('extracts of the whole class are one paper, and that they were handed out is an entry', async () => {
  const card = teacher.locator('.card', { hasText: 'Выписки на бумаге' })
  const paper = await card.locator('a.button').getAttribute('href')
  const answer = await teacher.evaluate(async (href) => {
    const response = await fetch(href)
    return [response.status, response.headers.get('content-type'), (await response.arrayBuffer()).byteLength]
  }, paper)
  assert.deepEqual(answer.slice(0, 2), [200, 'application/pdf'])
  assert.ok(answer[2] > 20000, `${answer[2]} bytes for a class`)
  const note = card.locator('button:has-text("вручены")')
  if (await note.count() > 0) {
    await note.click()
    await card.locator('[role=status]:has-text("Записано")').waitFor(WAIT)
  }
})

await step('the class in figures is there to read, and a pupil leaves a subgroup from tomorrow', async () => {
  await toClass('sheet')
  await teacher.click('.segments button:has-text("1 четверть")')
  await teacher.waitForSelector('.class-sheet tbody tr', WAIT)
  assert.equal(await teacher.locator('.class-sheet tbody tr').count(), 20)
  assert.equal(await teacher.locator('.class-sheet input, .class-sheet button').count(), 0)
  await picture(teacher, 'sheet')
  await toClass('lists')
  const card = teacher.locator('.card', { hasText: '7А труд девочки' })
  await card.locator('button').click()
  await teacher.fill('dialog input[type=date]', '2026-11-06')
  await teacher.click(`dialog .checks label:has-text("${CHILD}")`)
  await teacher.click('dialog button[type=submit]')
  await card.locator('li', { hasText: CHILD }).filter({ hasText: 'по 05.11' }).waitFor(WAIT)
})

await end()
