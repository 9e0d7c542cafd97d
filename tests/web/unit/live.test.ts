import type { JournalPage } from '../../../net/web/src/api/types'
import { USUAL_RULE } from '../../../net/web/src/control/means'

const asked: { from: number; to: number; answer: (page: JournalPage) => void; fail: () => void }[] = []
vi.mock('../../../net/web/src/api/client', async (original) => ({
  ...(await original<object>()),
  api: { journal: (_: string, __: string, from: number, to: number) => new Promise<JournalPage>((answer, fail) => { asked.push({ from, to, answer, fail: () => fail(new Error('no')) }) }) },
}))
const { JournalStore } = await import('../../../net/web/src/grid/store')

const id = (n: number): string => n.toString(16).padStart(32, '0')
const DAYS = [10, 12, 15]
const lesson = (day: number): JournalPage['lessons'][number] => ({
  id: id(100 + day), day, shift: 1, n: 1, start: 480, end: 520, assigned_name: 'И', actual_name: 'И', substituted: false, writable: true, topic: null, number: null, work: null, topic_seq: null, topic_flags: 0,
  homework: null, homework_due: null, homework_seq: null, homework_flags: 0, sheet: false, sheet_seq: null, columns: [{ column: 0, work: 1, weight: 1 }],
})
/** The page as of a size of the log, with one pupil who has the mark `value` on each of the days from…to. */
const page = (size: number, value: number, from = 10, to = 20): JournalPage => {
  const lessons = DAYS.filter((d) => from <= d && d <= to).map(lesson)
  return {
    group: { id: id(1), name: '8А', kind: 0, grade: 8 }, subject: { id: id(2), name: 'Алгебра', marked: true }, from, to, writable: true, size, pupils: [{ id: id(11), name: 'А', from: 0, to: null }], lessons,
    marks: lessons.map((_, i) => [i, 0, 0, [value], 1, 1, 30, 0]), absences: [], files: [], debts: [], averages: [], rule: USUAL_RULE, period_marks: [], slots: [],
  }
}
const store = (): InstanceType<typeof JournalStore> => new JournalStore(page(50, 3), null)
const news = (day: number, seq: number): Parameters<InstanceType<typeof JournalStore>['onLive']>[0] => ({ group: id(1), subject: id(2), lesson: id(100 + day), seq })
const shown = (s: InstanceType<typeof JournalStore>): number[] => [...s.page.value.marks].sort((a, b) => a[0] - b[0]).map((m) => m[3][0]!)
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(400)

beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
})
afterEach(() => { vi.useRealTimers() })

describe('news of a page from others', () => {
  it('are fetched for the days that they are of, several by one request', async () => {
    const s = store()
    s.onLive(news(10, 50))
    s.onLive(news(12, 51))
    await settle()
    expect(asked.map(({ from, to }) => [from, to])).toEqual([[10, 12]])
    asked[0]!.answer(page(52, 5, 10, 12))
    await settle()
    expect(shown(s)).toEqual([5, 5, 3])
  })

  it('are not taken for known because another day was fetched since', async () => {
    const s = store()
    s.onLive(news(10, 50))
    await settle()
    // The log has grown by the second entry when the first day is answered; its news come afterwards.
    asked[0]!.answer(page(52, 5, 10, 10))
    await settle()
    s.onLive(news(12, 51))
    s.onLive(news(10, 51)) // but of this day everything is known
    await settle()
    expect(asked.map(({ from, to }) => [from, to])).toEqual([[10, 10], [12, 12]])
    asked[1]!.answer(page(52, 5, 12, 12))
    await settle()
    expect(shown(s)).toEqual([5, 5, 3])
  })

  it('are known after the whole page was fetched', async () => {
    const s = store()
    void s.reload()
    asked[0]!.answer(page(60, 4))
    await settle()
    s.onLive(news(12, 59))
    await settle()
    expect(asked.length).toBe(1)
  })

  it('do not give way to an answer that is older and came later', async () => {
    const s = store()
    s.onLive(news(10, 50))
    await settle()
    s.onLive(news(10, 51))
    await settle()
    asked[1]!.answer(page(52, 5, 10, 10))
    await settle()
    asked[0]!.answer(page(51, 2, 10, 10))
    await settle()
    expect(shown(s)[0]).toBe(5)
    asked[2]!.answer(page(52, 5, 10, 10))
    await settle()
    expect([shown(s)[0], asked.length]).toEqual([5, 3])
  })

  it('are asked for once more when a request was lost', async () => {
    const s = store()
    s.onLive(news(10, 50))
    await settle()
    asked[0]!.fail()
    await settle()
    s.onLive(news(12, 51))
    await settle()
    expect(asked.map(({ from, to }) => [from, to])).toEqual([[10, 10], [10, 12]])
  })
})
