// Control works against period marks (specs/api.md).
import { address, get } from './client'
import type { Day, Id } from './types'

/** Means and shares in hundredths, −1 where there is nothing to divide by. */
export interface WorkFigures {
  work_count: number; work_mean: number; period_mean: number; work_success: number; period_success: number; work_quality: number; period_quality: number
  compared: number; higher: number; equal: number; lower: number
}
export interface ControlWork { lesson: Id; day: Day; work: number; count: number; mean: number; success: number; quality: number }
export interface WorksPage extends WorkFigures {
  group: Id; group_name: string; subject: Id; subject_name: string; works: ControlWork[]; apart: { pupil: Id; name: string; mean: number; value: number }[]
}
export interface WorksOfClass { group: Id; group_name: string; period: string; from: Day; to: Day; size: number; pages: WorksPage[]; all: WorkFigures }
export interface WorksOfSchool { period: string; size: number; classes: (WorkFigures & { id: Id; name: string; grade: number })[] }

export const worksApi = {
  ofClass: (group: Id, period: string) => get<WorksOfClass>('/api/comparison', { group, period }),
  ofSchool: (period: string) => get<WorksOfSchool>('/api/comparison', { period }),
  table: (period: string, group: Id | null): string => address('/api/table/comparison', { period, group }),
}
