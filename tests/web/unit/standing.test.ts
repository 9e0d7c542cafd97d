// The client's own reading of a breach against the golden scenarios that the C code wrote.
import { readdirSync } from 'node:fs'
import { unhex } from '../../../net/web/src/ledger/hash'
import { Standing } from '../../../net/web/src/ledger/standing'
import { vectorPath, vectorText } from './help/files'

interface Story {
  name: string
  entries: { position: number; entry: string }[]
  readings: { size: number; reports: { position: number; cut: number; state: string }[]; void: { position: number; key: string; report: number; reason: string }[] }[]
}

const school = (JSON.parse(vectorText('voiding/school.json')) as { entries: string[] }).entries.map(unhex)
const stories = readdirSync(vectorPath('voiding')).filter((f) => f !== 'school.json').sort()
  .map((f) => JSON.parse(vectorText(`voiding/${f}`)) as Story)

describe('a breach, read by the client itself', () => {
  it('has the stories', () => expect(stories.length).toBeGreaterThanOrEqual(13))

  it.each(stories.map((s) => [s.name, s] as const))('%s', (_, story) => {
    const standing = new Standing()
    for (const entry of school) standing.add(entry)
    for (const [i, reading] of story.readings.entries()) {
      if (i > 0) standing.add(unhex(story.entries[i - 1]!.entry))
      expect(standing.states().map(({ position, cut, state }) => ({ position, cut, state }))).toEqual(reading.reports)
      const covered = reading.void.filter((v) => v.reason === 'covered').map(({ position, key, report }) => ({ position, key, report }))
      expect(standing.covered().map((c) => ({ position: c.position, key: c.key, report: c.report.position }))).toEqual(covered)
    }
  })

  it('does not let the target or one officer alone strike anything out', () => {
    const alone = stories.find((s) => s.name.startsWith('03'))!
    const standing = new Standing()
    for (const entry of school) standing.add(entry)
    for (const e of alone.entries.slice(0, 8)) standing.add(unhex(e.entry))
    expect(standing.states().at(-1)?.receipts.length).toBe(1)
    expect(standing.covered()).toEqual([])
  })
})
