// What teachers sign beside the grid's queue (specs/events.md): debt points. A refusal is thrown as an
// ApiError, so that a form shows the server's own sentence.
import type { Day, Id, Seq } from '../api/types'
import { unhex } from '../ledger/hash'
import { sign } from './sign'

export interface DebtDraft { readonly lesson: Id; readonly column: number; readonly work: number; readonly pupil: Id; readonly until: Day | null; readonly prev: Seq | null }

/** The mark of that cell is still to be earned until that day; null: it is not any more. */
export const setDebt = (d: DebtDraft): Promise<void> =>
  sign('debt.set', { cells: [[unhex(d.pupil), d.until, d.prev]], column: d.column, lesson: unhex(d.lesson), work: d.work })
