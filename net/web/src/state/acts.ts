// The acts on reports of breaches by the positions of the reports, as far as the reader may know them.
import { api } from '../api/client'
import type { Seq } from '../api/types'
import { m } from '../i18n'
import { count } from '../i18n/format'

export type Acts = ReadonlyMap<Seq, number>

export const loadActs = async (): Promise<Acts> => new Map((await api.breaches().catch(() => [])).map((r) => [r.seq, r.act]))

/** The act on a report by its number; where that is not known, the report's own. */
export function actText(report: Seq, act: number | undefined): string {
  return act === undefined ? m().history.reportAt(count(report)) : m().history.act(act)
}
