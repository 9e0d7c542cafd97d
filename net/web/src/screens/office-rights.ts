// What the screens of the school's organisation ask of the reader's roles. The server judges; this only
// leaves out what it would refuse.
import { Role } from '../api/types'
import { hasRole } from '../state/session'

export type Query = Readonly<Record<string, string>>

/** Head and deputy head. */
export const leads = (): boolean => hasRole(Role.Head, Role.Deputy)
/** And the office. */
export const arranges = (): boolean => hasRole(Role.Head, Role.Deputy, Role.Office)
