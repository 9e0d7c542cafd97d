// What the mock's school holds at the start: one class, a quarter of lessons, one stolen evening.
import { hex, sha256, utf8 } from '../../../net/web/src/ledger/hash'
import { signerOfSeed, type Signer } from '../../../net/web/src/ledger/keys'
import type { Value } from '../../../net/web/src/ledger/canon'
import { bin, World } from './world'

export const idOf = (name: string): string => hex(sha256(utf8('id ' + name)).slice(0, 16))
export const seedOf = (name: string): Uint8Array => sha256(utf8('seed ' + name))

export const GROUP = idOf('8А')
export const SUBJECTS = ['Алгебра', 'Геометрия', 'Русский язык', 'История', 'Физика', 'Химия', 'Биология', 'Информатика', 'Литература', 'Английский язык']
export const subjectId = (name: string): string => idOf('s ' + name)
export const CLASSES = ['5А', '5Б', '6А', '6Б', '7А', '7Б', '8А', '8Б', '9А', '9Б', '10А', '11А']

const SURNAMES = 'Абдулаев Ахмадова Бисултанова Вахаев Висаитов Гериханов Дадаева Джабраилов Закриев Ибрагимова Исаев Кадырова Магомадов Мусаева Османов Сайдулаева Тимаев Умарова Хасанов Хатуева Цечоев Чагаева Шамсудинов Эльмурзаева Юсупов'.split(' ')
const GIVEN_M = 'Руслан Адам Муса Ахмед Ислам Саид Магомед'.split(' ')
const GIVEN_F = 'Хеда Амина Хава Марьям Аза Лейла Иман'.split(' ')

export const PUPILS = SURNAMES.map((surname, i) => {
  const female = surname.endsWith('а')
  const given = (female ? GIVEN_F : GIVEN_M)[i % 7]!
  return { id: idOf('p' + i), name: `${surname} ${given} ${female ? 'Хусейновна' : 'Хусейнович'}`, from: 20698, to: i === 8 ? 20770 : null as number | null }
})
PUPILS[20]!.from = 20750

export const PEOPLE: [string, string, number, number[]][] = [
  ['ivanova', 'Иванова Мадина Петровна', 2, [4]], ['yusupova', 'Юсупова Зарема Ахмедовна', 2, []], ['director', 'Хатуев Максим Адамович', 1, [1]],
  ['support', 'Магомадов Руслан Хусейнович', 1, [3]], ['deputy', 'Юнусова Лейла Саидовна', 1, [2]], ['parent', 'Бисултанова Аминат Якубовна', 3, [5]], ['auditor', 'Ревизорова Инна Львовна', 3, [7]],
]

/** Tuesday, 17 November 2026; the mock's clock stands near noon. */
export const TODAY = 20774
export const PERIOD = { name: '2 четверть', kind: 0, from: 20762, to: 20813, grade_from: 1, grade_to: 9 }
export const FIRST = { name: '1 четверть', kind: 0, from: 20697, to: 20750, grade_from: 1, grade_to: 9 }
export const BELLS: [number, number][] = [[480, 520], [530, 570], [580, 620], [640, 680], [700, 740], [750, 790], [800, 840]]
export const ms = (day: number, minutes: number): number => day * 86400000 + minutes * 60000 - 180 * 60000

const TOPICS = ['Квадратные корни', 'Арифметический квадратный корень', 'Уравнение x² = a', 'Свойства корней', 'Вынесение множителя', 'Внесение множителя под корень', 'Преобразование выражений', 'Контрольная работа № 2', 'Анализ контрольной работы']

let random = 12345
const rnd = (n: number): number => {
  random = (random * 1103515245 + 12345) & 0x7fffffff
  return random % n
}

export interface Seeded { world: World; signers: Map<string, Signer> }

export async function seedWorld(): Promise<Seeded> {
  const world = new World()
  const signers = new Map<string, Signer>()
  const root = signerOfSeed(seedOf('root'))
  let at = ms(20697, 480)
  const tick = (): number => (at += 61000)
  await world.make('school.founded', { demo: true, name: 'МБОУ «СОШ № 2»', offset: 180, origin: 'mock.example/demo', zone: 'Europe/Moscow' }, root, tick())
  for (const [login, name, stratum, roles] of PEOPLE) {
    const id = idOf(login)
    world.accounts.set(id, { id, name, stratum, login, roles: roles.map((r) => ({ role: r, scope: r === 4 ? GROUP : r === 5 ? PUPILS[2]!.id : null, scope_name: r === 4 ? '8А' : r === 5 ? 'Бисултанова Хеда' : null })) })
    const signer = signerOfSeed(seedOf(login))
    signers.set(login, signer)
    await world.make('key.enrolled', { account: bin(id), key: signer.key }, root, tick())
  }
  await seedLessons(world, signers)
  return { world, signers }
}

async function openSession(world: World, account: Signer, name: string, recorded: number, place: string): Promise<Signer> {
  const session = signerOfSeed(seedOf(name))
  await world.make('session.opened', { hours: 10, place: new Uint8Array(32), session: session.key }, account, recorded, new Map([['place', place]]), [session])
  return session
}

function openings(list: [string, Value][]): Map<string, Value> {
  return new Map(list)
}

async function seedLessons(world: World, signers: Map<string, Signer>): Promise<void> {
  const teacher = signers.get('ivanova')!
  const account = bin(idOf('ivanova'))
  const days = [20762, 20763, 20765, 20767, 20768, 20769, 20772, 20773]
  let n = 0
  let stolen: { lesson: Uint8Array; seqs: (number | null)[] } | null = null
  for (const day of days) {
    if (day === 20773) await seedTheft(world, signers, stolen!)
    const session = await openSession(world, teacher, `session ${day}`, ms(day, 470), 'Chrome, кабинет 105')
    const lesson = bin(idOf(`lesson ${day}`))
    const base = { day, group: bin(GROUP), lesson, n: (day % 3) + 1, shift: 1, subject: bin(subjectId('Алгебра')) }
    const swapped = day === 20768
    const t0 = ms(day, BELLS[base.n - 1]![0])
    await world.make('lesson.opened', { ...base, actual: swapped ? bin(idOf('yusupova')) : account, assigned: account }, session, t0 + 60000)
    const work = n === 7 ? 4 : n % 4 === 2 ? 3 : 1
    await world.make('topic.set', { lesson, number: 30 + n, prev: null, text: TOPICS[n]!, work: work === 1 ? null : work }, session, t0 + 120000)
    const absent = PUPILS.map((_, i) => i).filter(() => rnd(12) === 0)
    const reasons = absent.map((_, i) => (['ill', null, 'valid'] as const)[i % 3]!)
    await world.make('attendance.set', { all: true, cells: absent.map((p, i): Value => [bin(PUPILS[p]!.id), i === 3 ? 2 : 1, reasons[i] === null ? null : new Uint8Array(32), null]), lesson }, session, t0 + 180000, openings(reasons.flatMap((r, i): [string, Value][] => (r === null ? [] : [[`cells.${i}.2`, r]]))))
    const rated = PUPILS.map((_, i) => i).filter((i) => !absent.includes(i) && PUPILS[i]!.from <= day && (PUPILS[i]!.to ?? 99999) >= day && rnd(work === 1 ? 3 : 20) < (work === 1 ? 1 : 19))
    const seq = await world.make('marks.set', { cells: rated.map((p): Value => [bin(PUPILS[p]!.id), rnd(40) === 0 ? [4, 5] : [[5, 4, 4, 3, 5, 4, 3, 2][rnd(8)]!], null, null]), column: 0, lesson, protocol: null, weight: [1, 1, 1, 2, 4][work]!, work }, session, t0 + (n === 4 ? 3 * 86400000 : 2000000))
    if (day !== 20773) await world.make('homework.set', { due: days[n + 1] ?? null, lesson, manner: 2, prev: null, text: day === 20765 ? '' : `№ ${300 + n * 7}–${304 + n * 7}, § ${10 + n}` }, session, t0 + 2400000)
    if (n === 4) stolen = { lesson, seqs: PUPILS.map((_, i) => (rated.includes(i) ? seq : null)) }
    n += 1
  }
  await seedMending(world, signers, bin(idOf('lesson 20768')))
}

/** An evening when somebody else had the teacher's password. */
async function seedTheft(world: World, signers: Map<string, Signer>, stolen: { lesson: Uint8Array; seqs: (number | null)[] }): Promise<void> {
  const thief = await openSession(world, signers.get('ivanova')!, 'thief', ms(20772, 1250), 'Firefox, Android')
  for (const p of [1, 4, 6, 11, 15]) {
    const cell = [bin(PUPILS[p]!.id), [p === 4 ? 2 : 5], null, stolen.seqs[p] ?? null] as Value
    await world.make('marks.set', { cells: [cell], column: 0, lesson: stolen.lesson, protocol: null, weight: 1, work: 1 }, thief, ms(20772, 1255 + p))
  }
}

/** The teacher mends one cell the next day, not knowing yet. */
async function seedMending(world: World, signers: Map<string, Signer>, lesson: Uint8Array): Promise<void> {
  const honest = await openSession(world, signers.get('ivanova')!, 'honest', ms(20773, 800), 'Chrome, кабинет 105')
  const current = world.current(`${hex(lesson)}/m/0/${PUPILS[4]!.id}`)
  await world.make('marks.set', { cells: [[bin(PUPILS[4]!.id), [4], new Uint8Array(32), current?.seq ?? null]], column: 0, lesson, protocol: null, weight: 1, work: 1 }, honest, ms(20773, 812), openings([['cells.0.2', 'исправление описки']]))
}
