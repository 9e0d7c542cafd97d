// A class goes up a grade with what is drawn from it: what each is called then. Pure.
import { GroupKind, type GroupRef } from '../api/office'

export const LAST_GRADE = 11

/** The name with the grade that it begins with, or that stands in it, made the next one; as it was when it names none. */
export function nextName(name: string, grade: number): string {
  const at = new RegExp(`(^|[^0-9])${grade}(?![0-9])`)
  return at.test(name) ? name.replace(at, `$1${grade + 1}`) : name
}

const byName = (a: GroupRef, b: GroupRef): number => a.name.localeCompare(b.name, 'ru', { numeric: true })

export interface Promotion { readonly group: GroupRef; readonly name: string; readonly grade: number }

/** Every class below the last grade with the groups drawn from it alone; a stream of several is nobody's to take along. */
export function promotions(groups: readonly GroupRef[]): { readonly of: GroupRef; readonly all: readonly Promotion[] }[] {
  const up = (group: GroupRef): Promotion => ({ group, name: nextName(group.name, group.grade), grade: group.grade + 1 })
  return groups.filter((g) => g.kind === GroupKind.Class && g.grade >= 1 && g.grade < LAST_GRADE)
    .sort((a, b) => a.grade - b.grade || byName(a, b))
    .map((of) => ({ of, all: [up(of), ...groups.filter((g) => g.kind !== GroupKind.Class && g.classes.length === 1 && g.classes[0] === of.id).sort(byName).map(up)] }))
}
