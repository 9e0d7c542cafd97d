// The pages of one journal: marks, lessons, the plan, what closes the year, edits.
import { YEAR } from '../api/marks'
import { m } from '../i18n'
import { link } from '../route'
import { isStaff } from '../state/session'

export type PageTab = 'marks' | 'lessons' | 'plan' | 'year' | 'edits'

/** `marked`: the subject has marks, so there is a page that closes its year. */
export function PageTabs({ group, subject, here, marked }: { group: string; subject: string; here: PageTab; marked: boolean }) {
  const t = m().edits.tabs
  const tabs: readonly (readonly [PageTab, string, boolean])[] = [
    ['marks', link('journal', [group, subject]), true], ['lessons', link('plan', [group, subject]), isStaff.value], ['plan', link('plan', [group, subject, 'topics']), isStaff.value],
    ['year', link('journal', [group, subject], { period: YEAR }), isStaff.value && marked], ['edits', link('edits', [group, subject]), true],
  ]
  return (
    <nav class="segments page-tabs" aria-label={t.label}>
      {tabs.filter(([, , there]) => there).map(([name, href]) => <a key={name} href={href} aria-current={name === here ? 'page' : undefined}>{t[name]}</a>)}
    </nav>
  )
}
