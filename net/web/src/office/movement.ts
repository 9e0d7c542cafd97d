// Movement of pupils, summed. Pure.
import type { MovementClass } from '../api/office'

export type MovementCounts = Pick<MovementClass, 'start' | 'arrived' | 'moved_in' | 'left' | 'moved_out' | 'end'>

export function movementTotal(rows: readonly MovementCounts[]): MovementCounts {
  const sum = (key: keyof MovementCounts): number => rows.reduce((n, r) => n + r[key], 0)
  return { start: sum('start'), arrived: sum('arrived'), moved_in: sum('moved_in'), left: sum('left'), moved_out: sum('moved_out'), end: sum('end') }
}
