// Groups as lists. Pure.
import { GroupKind, type GroupRef, type GroupsCheck, type GroupMember } from '../api/office'

export const isOpen = (member: GroupMember): boolean => member.to === null

/** A class first, then what is drawn from it, by kind and name. */
export function groupsOf(groups: readonly GroupRef[], classId: string): GroupRef[] {
  return groups.filter((g) => g.id === classId || (g.kind !== GroupKind.Class && g.classes.includes(classId)))
    .sort((a, b) => a.kind - b.kind || a.name.localeCompare(b.name, 'ru', { numeric: true }))
}

interface Words { none: (names: string) => string; twice: (names: string) => string }

export const checkText = (row: GroupsCheck, t: Words): string =>
  [...(row.none.length > 0 ? [t.none(row.none.map((p) => p.name).join(', '))] : []), ...(row.twice.length > 0 ? [t.twice(row.twice.map((p) => p.name).join(', '))] : [])].join('; ')
