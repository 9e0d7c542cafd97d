// The mock's answers: the views of specs/api.md over its world, as plain objects.
import { hex, sha256, unhex } from '../../../net/web/src/ledger/hash'
import { BELLS, CLASSES, FIRST, GROUP, idOf, ms, PERIOD, PUPILS, subjectId, SUBJECTS, TODAY } from './seed'
import type { Lesson, ReportState, Ver, World } from './world'
import { USUAL_RULE } from '../../../net/web/src/control/means'

/** The timetable of 8А algebra: (weekday 1…6, lesson). */
const SLOTS: [number, number][] = [[1, 1], [2, 3], [4, 2], [5, 1], [6, 2]]
const weekday = (day: number): number => ((day + 3) % 7) + 1

const mean = (values: { v: number; w: number }[]): number => Math.floor((200 * values.reduce((s, x) => s + x.v * x.w, 0) + values.reduce((s, x) => s + x.w, 0)) / (2 * values.reduce((s, x) => s + x.w, 0)))

export function journal(world: World, group: string, subject: string, from: number, to: number, writable: boolean): unknown {
  const lessons = [...world.lessons.values()].filter((l) => l.group === group && l.subject === subject && l.day >= from && l.day <= to).sort((a, b) => a.day - b.day || a.n - b.n)
  const marks: unknown[] = []
  const absences: unknown[] = []
  const sums = PUPILS.map((): { v: number; w: number }[] => [])
  const columns = lessons.map((l) => markColumns(world, l))
  lessons.forEach((l, li) => PUPILS.forEach((p, pi) => {
    for (const c of columns[li]!) {
      const cell = `${l.id}/m/${c.column}/${p.id}`
      const v = world.current(cell)
      if ((world.cells.get(cell) ?? []).length === 0) continue
      const values = (v?.value as number[] | undefined) ?? []
      for (const x of values) sums[pi]!.push({ v: x, w: v!.weight! })
      marks.push([li, pi, c.column, values, v?.work ?? c.work, v?.weight ?? c.weight, v?.seq ?? 0, world.flags(cell)])
    }
    const cell = `${l.id}/a/${p.id}`
    const a = world.current(cell)
    if (a !== null) absences.push([li, pi, a.value, a.text, a.seq, world.flags(cell)])
  }))
  return {
    group: { id: group, name: '8А', kind: 0, grade: 8 }, subject: { id: subject, name: SUBJECTS.find((s) => subjectId(s) === subject), marked: true }, from, to, writable, size: world.log.size,
    debts: [], files: [], pupils: PUPILS, lessons: lessons.map((l, i) => lessonView(world, l, columns[i]!, writable)), marks, absences,
    averages: sums.flatMap((s, i) => (s.length === 0 ? [] : [[i, mean(s), s.length, Math.floor(mean(s) / 100 + 0.5)]])), rule: USUAL_RULE,
    period_marks: periodMarks(world, group, subject), slots: writable ? slots(from, to, lessons) : [],
  }
}

function markColumns(world: World, lesson: Lesson): { column: number; work: number; weight: number }[] {
  const found = new Map<number, { column: number; work: number; weight: number }>()
  for (const [cell, list] of world.cells) {
    const parts = cell.split('/')
    if (parts[0] !== lesson.id || parts[1] !== 'm') continue
    const column = Number(parts[2])
    if (!found.has(column)) found.set(column, { column, work: list[0]!.work!, weight: list[0]!.weight! })
  }
  return [...found.values()].sort((a, b) => a.column - b.column)
}

function lessonView(world: World, l: Lesson, columns: unknown, writable: boolean): unknown {
  const topic = world.current(`${l.id}/topic`)
  const homework = world.current(`${l.id}/homework`)
  const sheet = world.sheets.get(l.id)
  const [start, end] = BELLS[l.n - 1]!
  return {
    id: l.id, day: l.day, shift: l.shift, n: l.n, start, end, assigned_name: world.accounts.get(l.assigned)?.name, actual_name: world.accounts.get(l.actual)?.name, substituted: l.assigned !== l.actual, writable,
    topic: topic?.text ?? null, number: (topic?.value as number | null) ?? null, work: topic?.work ?? null, topic_seq: topic?.seq ?? null, topic_flags: world.flags(`${l.id}/topic`),
    homework: homework?.text ?? null, homework_due: (homework?.value as number | null) ?? null, homework_seq: homework?.seq ?? null, homework_flags: world.flags(`${l.id}/homework`),
    sheet: sheet !== undefined, sheet_seq: sheet ?? null, columns,
  }
}

function periodMarks(world: World, group: string, subject: string): unknown[] {
  const out: unknown[] = []
  PUPILS.forEach((p, i) => {
    for (const period of [FIRST, PERIOD]) {
      const v = world.current(`p/${group}/${subject}/${period.name}/${p.id}`)
      if (v !== null) out.push([i, period.name, v.value, v.seq, 0])
    }
  })
  return out
}

function slots(from: number, to: number, lessons: Lesson[]): unknown[] {
  const out: unknown[] = []
  for (let day = Math.max(from, TODAY - 1); day <= Math.min(to, TODAY); day++) {
    for (const [w, n] of SLOTS) {
      if (w !== weekday(day) || lessons.some((l) => l.day === day && l.n === n)) continue
      const [start, end] = BELLS[n - 1]!
      out.push({ day, shift: 1, n, start, end, room: '105', assigned: idOf('ivanova'), actual: idOf('ivanova') })
    }
  }
  return out
}

export function day(world: World, account: string, at: number, now: number): unknown {
  const plan: [number, string, string, number | null][] = [[1, '7Б', 'Алгебра', null], [2, '9А', 'Геометрия', 0], [3, '8А', 'Алгебра', null], [4, '8Б', 'Алгебра', null], [5, '10А', 'Алгебра', 2], [6, '7А', 'Геометрия', null]]
  const teaches = account === idOf('ivanova') && weekday(at) !== 7
  const lessons = !teaches ? [] : plan.map(([n, group, subject, change]) => {
    const [start, end] = BELLS[n - 1]!
    const own = group === '8А' ? [...world.lessons.values()].find((l) => l.day === at && l.n === n) : undefined
    const topic = own === undefined ? null : world.current(`${own.id}/topic`)
    const homework = own === undefined ? null : world.current(`${own.id}/homework`)
    const past = group !== '8А' && (n < 3 || at < TODAY)
    return {
      group: idOf(group), group_name: group, subject: subjectId(subject), subject_name: subject, shift: 1, n, start, end, room: '105', lesson: own?.id ?? null, assigned: change === 0 ? idOf('yusupova') : account, assigned_name: change === 0 ? 'Юсупова Зарема Ахмедовна' : 'Иванова Мадина Петровна', actual: account, actual_name: 'Иванова Мадина Петровна', change,
      topic: topic?.text ?? (past && n === 1 ? 'Линейная функция и её график' : null), next_topic: 'Преобразование выражений, содержащих корни', next_number: 38, homework: homework?.text ?? (past && n === 1 ? '№ 215' : null), homework_set: homework !== null || (past && n === 1), sheet: (own !== undefined && world.sheets.has(own.id)) || past,
      mark_count: own === undefined ? (past ? 7 : 0) : [...world.cells].filter(([c, v]) => c.startsWith(`${own.id}/m/`) && v.length > 0).length, pupil_count: 25, homework_due: ms(at, n < 3 ? 735 : 880),
    }
  })
  return { day: at, now, lessons, working: weekday(at) !== 7 }
}

export function pages(officer: boolean): unknown {
  const out: unknown[] = []
  for (const c of officer ? CLASSES : ['8А', '8Б', '7А', '7Б', '9А']) {
    const grade = parseInt(c, 10)
    for (const s of officer || c === '8А' ? SUBJECTS : ['Алгебра', 'Геометрия']) out.push({ group: idOf(c), group_name: c, kind: 0, grade, subject: subjectId(s), subject_name: s, writable: !officer && (s === 'Алгебра' || s === 'Геометрия') })
  }
  return { pages: out, periods: [FIRST, PERIOD] }
}

export function version(world: World, v: Ver): unknown {
  const report = world.voidOf(v)
  const info = world.keys.get(v.key)
  return {
    seq: v.seq, recorded: v.recorded, claimed: v.claimed, account: info?.account ?? '', name: world.nameOf(v.key), key: v.key, session: info?.session ?? false, kind: v.kind, value: v.value, text: v.text, work: v.work, weight: v.weight,
    protocol: v.protocol, comment: v.comment, prev: v.prev, quote: null, counts: report === null, void: report === null ? null : { report: report.seq, cut: report.body['cut'], reason: 'covered', act: report.act }, signature_ok: true, late: v.late,
  }
}

export function diary(world: World, pupil: string, from: number, to: number): unknown {
  const p = PUPILS.find((x) => x.id === pupil) ?? PUPILS[2]!
  const lessons: unknown[] = []
  for (let d = from; d <= Math.min(to, TODAY); d++) {
    ;['Русский язык', 'История', 'Физика', 'Литература'].forEach((s, i) => lessons.push({ day: d, n: i === 0 ? 4 : i + 4, start: BELLS[i + 3]![0], end: BELLS[i + 3]![1], subject_name: s, teacher_name: 'Юсупова Зарема Ахмедовна', topic: i === 0 ? 'Причастный оборот' : i === 1 ? 'Реформы Петра I' : null, homework: i === 0 ? 'упр. 118' : i === 1 ? '' : null, due: i === 0 ? d + 2 : null, marks: i === 1 && d % 2 === 0 ? [{ values: [5], work: 1, weight: 1, comment: null, seq: 40, flags: 0 }] : [], state: null, reason: null }))
  }
  for (const l of world.lessons.values()) {
    if (l.day < from || l.day > to) continue
    const cell = `${l.id}/m/0/${p.id}`
    const mark = world.current(cell)
    const absence = world.current(`${l.id}/a/${p.id}`)
    const homework = world.current(`${l.id}/homework`)
    lessons.push({ day: l.day, n: l.n, start: BELLS[l.n - 1]![0], end: BELLS[l.n - 1]![1], subject_name: 'Алгебра', teacher_name: 'Иванова Мадина Петровна', topic: world.current(`${l.id}/topic`)?.text ?? null, homework: homework?.text ?? null, due: homework?.value ?? null, marks: mark === null ? [] : [{ values: mark.value, work: mark.work, weight: mark.weight, comment: mark.comment, seq: mark.seq, flags: world.flags(cell) }], state: absence?.value ?? null, reason: absence?.text ?? null })
  }
  lessons.sort((a, b) => (a as { day: number; n: number }).day - (b as { day: number; n: number }).day || (a as { n: number }).n - (b as { n: number }).n)
  return { pupil: p.id, name: p.name, lessons }
}

const access = (world: World, account: string): { enrolled: boolean; invited: boolean } => ({ enrolled: [...world.keys.values()].some((k) => k.account === account && !k.session && k.closed === null), invited: false })

export function accounts(world: World, find: string): unknown {
  const wanted = find.toLowerCase()
  const list = [...world.accounts.values()].filter((a) => a.name.toLowerCase().includes(wanted) || a.id === find)
  return { accounts: list.map((a) => ({
    account: a.id, name: a.name, stratum: a.stratum, roles: a.roles, ...access(world, a.id),
    keys: [...world.keys.values()].filter((k) => k.account === a.id).map((k) => {
      const own = world.events.filter((e) => e.key === k.key)
      return { key: k.key, seq: k.seq, recorded: k.recorded, state: k.closed !== null ? 2 : k.session && k.recorded < ms(TODAY, 0) ? 3 : 0, is_session: k.session, opened: k.session ? k.recorded : null, place: k.place, event_count: own.length, last: own.at(-1)?.recorded ?? null }
    }),
  })) }
}

const text = (v: Ver | null): string => (v === null ? '—' : Array.isArray(v.value) ? (v.value.length === 0 ? '—' : v.value.join('/')) : v.kind === 'attendance.set' ? ['—', 'н', 'о'][v.value ?? 0]! : v.text ?? '—')

export function preview(world: World, target: string, breach: number, size: number): unknown {
  const keys = [...world.keys.values()].filter((k) => k.key === target || k.parent === target).map((k) => k.key)
  const found = world.log.recorded.findIndex((r) => r >= breach)
  const cut = found < 0 ? size : Math.min(found, size)
  const own = world.events.filter((e) => keys.includes(e.key) && e.seq < size)
  const covered = own.filter((e) => e.seq >= cut)
  const set = new Set(covered.map((e) => e.seq))
  const cells = [...new Set(covered.flatMap((e) => e.cells))]
  const info = world.keys.get(target)
  const kinds = new Map<string, number>()
  for (const e of covered) kinds.set(e.kind, (kinds.get(e.kind) ?? 0) + 1)
  const around = own.filter((e) => e.seq < cut).slice(-6)
  return {
    due: breach + 26 * 3600000, target, account: info?.account ?? '', name: world.nameOf(target), is_session: info?.session ?? false, breach, cut, size, count: covered.length, digest: hex(sha256(...covered.map((e) => unhex(e.id)))),
    needs_root: covered.length > 200, ids: covered.map((e) => e.id), ungrounded_count: 0, by_kind: [...kinds].map(([kind, count]) => ({ kind, count })), cells: cells.map((c) => previewCell(world, c, set)),
    events: [...around, ...covered].map((e) => ({ seq: e.seq, id: e.id, recorded: e.recorded, kind: e.kind, group_name: e.lesson === null ? null : '8А', subject_name: e.lesson === null ? null : 'Алгебра', session: e.key, covered: set.has(e.seq) })),
    period_marks_affected: 0,
  }
}

function previewCell(world: World, cell: string, covered: Set<number>): unknown {
  const list = (world.cells.get(cell) ?? []).filter((v) => world.voidOf(v) === null)
  const lesson = world.lessons.get(cell.split('/')[0]!)
  const pupil = PUPILS.find((p) => cell.endsWith(p.id))
  const what = cell.includes('/m/') ? 'mark' : cell.includes('/a/') ? 'attendance' : cell.endsWith('topic') ? 'topic' : cell.endsWith('homework') ? 'homework' : 'period'
  const kept = list.filter((v) => !covered.has(v.seq))
  const top = list.filter((v) => !covered.has(v.seq) && v.seq > Math.min(...covered) && list.some((c) => covered.has(c.seq) && c.seq < v.seq))
  return { what, lesson: lesson?.id ?? null, group: GROUP, subject: lesson?.subject ?? null, group_name: '8А', subject_name: 'Алгебра', day: lesson?.day ?? null, n: lesson?.n ?? null, pupil: pupil?.id ?? null, pupil_name: pupil?.name ?? null, column: what === 'mark' ? 0 : null, before: text(list.at(-1) ?? null), after: text(kept.at(-1) ?? null), on_top: top.map((v) => ({ seq: v.seq, name: world.nameOf(v.key), value: text(v) })) }
}

export function report(world: World, r: ReportState): unknown {
  const target = hex(r.body['target'] as Uint8Array)
  const standing = world.standing(r)
  return {
    seq: r.seq, id: r.id, recorded: r.recorded, act: r.act, target, account: hex(r.body['account'] as Uint8Array), name: world.nameOf(target), is_session: world.keys.get(target)?.session ?? false, by_name: world.nameOf(r.key),
    breach: r.body['breach'], learned: r.body['learned'], due: (r.body['learned'] as number) + 26 * 3600000, late: false, cut: r.body['cut'], count: r.body['count'], size: r.body['size'], digest: hex(r.body['digest'] as Uint8Array), reason: r.reason,
    receipts: r.receipts.map((x) => ({ seq: x.seq, account: x.account, name: world.accounts.get(x.account)?.name, role: x.capacity, capacity: x.capacity, told: x.told, recorded: x.recorded, valid: true })),
    overrules: [], stratum: 2, ...access(world, hex(r.body['account'] as Uint8Array)), by_root: false, state: r.overruled ? 'overruled' : standing ? 'standing' : 'closed', needs_root: false, void_count: standing ? r.body['count'] : 0, ungrounded_count: 0,
  }
}

/** Marks of one pupil, newest first; the mock knows nothing of acts here. */
export function notices(world: World, pupil: string, since: number): unknown {
  const list = [...world.cells].flatMap(([cell, versions]) => {
    const [lessonId = '', what] = cell.split('/')
    const lesson = world.lessons.get(lessonId)
    if (what !== 'm' || lesson === undefined || !cell.endsWith(pupil)) return []
    return versions.map((v, i) => ({
      seq: v.seq, recorded: v.recorded, kind: i === 0 ? 'mark' : 'changed', what: 'mark', subject_name: SUBJECTS.find((s) => subjectId(s) === lesson.subject) ?? '', teacher_name: '', lesson: lesson.id, day: lesson.day, n: lesson.n,
      column: 0, work: v.work ?? 1, period: '', was: text(versions[i - 1] ?? null), now: text(v), report: null, act: 0,
    }))
  }).filter((n) => n.seq >= since).sort((a, b) => b.seq - a.seq)
  return { pupil, name: PUPILS.find((p) => p.id === pupil)?.name ?? '', since, size: world.log.size, more: false, notices: list }
}
