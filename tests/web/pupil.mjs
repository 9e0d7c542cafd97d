// A pupil, in a real browser on a real server: the class teacher gives the access, the pupil comes in by
// the slip on a phone and reads what is theirs, nothing of anybody else, and writes nothing; the mother's
// access is given in the same way.
//
//   node tests/web/pupil.mjs <address of the school, with a slash> <folder for pictures>
import assert from 'node:assert/strict'
import { journey, main, openJournal, until, visit, WAIT } from './browser.mjs'

const TEACHER = 'st20' // class teacher of 7А, teaches geometry there
const CHILD = 'Садулаева Асет'
const PASSWORD = 'синий трамвай везёт яблоки'
const { visitor, picture: take, step, end } = await journey(/status of 40[34]/)
const picture = (page, name) => take(page, name, true)

let teacher, pupil, child, other, code

/** A slip for somebody of the pupil's family; the code to come in by. */
async function give(role, name = null) {
  await teacher.locator('button', { hasText: 'Новый доступ' }).click()
  const choice = teacher.locator('.dialog select').first()
  await choice.selectOption({ label: (await choice.locator('option').allInnerTexts()).find((t) => role.test(t)) })
  if (name !== null) for (const [i, part] of name.split(' ').entries()) await teacher.locator('.dialog input').nth(i).fill(part)
  await teacher.locator('.dialog button.primary').click()
  await teacher.waitForSelector('.slip', WAIT)
  const text = await teacher.locator('.slip').innerText()
  const given = (await teacher.locator('.slip-code').first().innerText()).trim()
  await teacher.locator('.slip-bar button').last().click()
  return [given, text]
}

await step('the class teacher gives the pupil an access of the own', async () => {
  teacher = await visitor.open({ login: TEACHER })
  await visit(teacher, '#/form')
  await visit(teacher, await teacher.locator('.tabs a[href$="/families"]').getAttribute('href'))
  const link = teacher.locator('a[href^="#/pupil/"]', { hasText: CHILD.split(' ')[0] }).first()
  await link.waitFor(WAIT)
  child = (await link.getAttribute('href')).split('/')[2]
  other = (await teacher.locator('a[href^="#/pupil/"]').first().getAttribute('href')).split('/')[2]
  assert.notEqual(child, other)
  await link.click()
  await teacher.waitForSelector('.members', WAIT)
  const before = await teacher.locator('.members .member').count()
  const [slip, text] = await give(/сам ученик/)
  code = slip
  assert.match(text, new RegExp(CHILD), 'the slip says whose it is, without being asked for the name')
  await until('one more has an access', async () => (await teacher.locator('.members .member').count()) === before + 1)
  await teacher.locator('button', { hasText: 'Новый доступ' }).click()
  assert.equal(await teacher.locator('.dialog select option', { hasText: 'сам ученик' }).count(), 0, 'one of the own is enough')
  await teacher.keyboard.press('Escape')
  await picture(teacher, 'given')
})

await step('the pupil comes in by the slip, on a phone, and sees the own week', async () => {
  pupil = await visitor.open({ width: 360, height: 740, touch: true })
  await visitor.enrol(pupil, code, 'aset', PASSWORD)
  await pupil.waitForSelector('.diary', WAIT)
  assert.match(await main(pupil), new RegExp(CHILD))
  assert.equal(await pupil.locator('.ack').count(), 0, 'a diary is acknowledged by parents')
  await picture(pupil, 'diary')
})

await step('marks, results, absences and control works are there, the family’s affairs are not', async () => {
  const tabs = await pupil.locator('.tabs a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  assert.ok(!tabs.some((href) => href.endsWith('/own')), 'consent and subscriptions are the parents’')
  assert.ok(tabs.length >= 4, tabs.join())
  await visit(pupil, tabs.find((href) => href.endsWith('/results')))
  await pupil.waitForSelector('.results', WAIT)
  await pupil.locator('.segments button', { hasText: '1 четверть' }).first().click()
  await until('marks of the quarter', async () => (await pupil.locator('.result-button').count()) > 20)
  await pupil.locator('.result-button').first().click()
  await picture(pupil, 'results')
  for (const href of tabs) {
    await visit(pupil, href)
    await until(`the page ${href} is there`, async () => (await pupil.locator('main .waiting').count()) === 0 && (await main(pupil)).length > 60)
    assert.doesNotMatch(await main(pupil), /нет прав|Не найдено/i, href)
  }
})

await step('a mark that is set now is told of, and the pupil checks it without trusting the school', async () => {
  await openJournal(teacher, '7А', 'Геометрия')
  const column = await teacher.locator('td.cursor').first().getAttribute('data-c')
  const row = await teacher.locator('.grid tr[data-r]', { hasText: CHILD }).first().getAttribute('data-r')
  await teacher.click(`tr[data-r="${row}"] td[data-c="${column}"]`)
  await teacher.keyboard.press('5')
  await teacher.waitForSelector('.state.good:has-text("сохранено")', WAIT)
  await visit(pupil, '#/audit')
  await visit(pupil, '#/diary')
  const mark = pupil.locator('.mark-button', { hasText: '5' }).last()
  await mark.waitFor(WAIT)
  await mark.click()
  await pupil.waitForSelector('text=Квитанция', WAIT)
  await picture(pupil, 'mark')
  await visit(pupil, '#/why')
  await pupil.waitForSelector('.why-lines', WAIT)
})

await step('nothing of anybody else is open, neither by an address nor by the API', async () => {
  await visit(pupil, `#/diary/${other}`)
  await until('it is still the own diary', async () => new RegExp(`^${CHILD}`).test((await main(pupil)).trim()))
  const answers = await pupil.evaluate(async ([own, another]) => {
    const status = async (path) => (await fetch(`api/${path}`)).status
    return Promise.all([status(`diary?pupil=${own}&from=20756&to=20761`), status(`diary?pupil=${another}&from=20756&to=20761`), status(`results?pupil=${another}&from=20697&to=20762`), status(`card?pupil=${own}`), status('accounts'), status(`pupil?pupil=${own}`), status('filling?from=20756&to=20761')])
  }, [child, other])
  assert.deepEqual(answers.slice(0, 3), [200, 403, 403])
  assert.equal(answers[5], 403, 'the card is the school’s')
})

await step('who looked at the own data is open, and closing the own access is one click away', async () => {
  await visit(pupil, '#/privacy')
  await until('own data', async () => new RegExp(CHILD).test(await pupil.locator('.screen-head').innerText()))
  await visit(pupil, '#/access')
  await pupil.waitForSelector('button.danger', WAIT)
  await picture(pupil, 'access')
})

await step('the mother’s access is given in the same way, and is the family’s', async () => {
  await visit(teacher, `#/pupil/${child}`)
  await teacher.waitForSelector('.members', WAIT)
  const [slip] = await give(/родитель/, 'Садулаева Милана Руслановна')
  const mother = await visitor.open({})
  await visitor.enrol(mother, slip, 'sadulaeva.m', PASSWORD)
  await mother.waitForSelector('.diary', WAIT)
  assert.match(await main(mother), new RegExp(CHILD))
  assert.ok((await mother.locator('.tabs a[href$="/own"]').count()) === 1, 'consent and subscriptions')
  await picture(mother, 'mother')
})

await end()
