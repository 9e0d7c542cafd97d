// What every page of the family's cabinet has on top: which child, and the tabs.
import type { Child } from '../api/types'
import { Role } from '../api/types'
import { m } from '../i18n'
import { link } from '../route'
import { hasRole } from '../state/session'

export const TABS = ['diary', 'results', 'timetable', 'about', 'own'] as const
export type Tab = (typeof TABS)[number]

export const isTab = (text: string | undefined): text is Tab => (TABS as readonly string[]).includes(text ?? '')

/** Consents and messages are a parent's; a pupil has nothing to agree to. */
export const tabsOf = (): readonly Tab[] => (hasRole(Role.Parent) ? TABS : TABS.filter((t) => t !== 'own'))

const addressOf = (pupil: string, tab: Tab): string => link('diary', tab === 'diary' ? [pupil] : [pupil, tab])

/** On a phone the tabs are wider than the screen. */
const bringIntoView = (tab: HTMLElement | null): void => tab?.scrollIntoView({ block: 'nearest', inline: 'center' })

export function ChildTabs({ pupils, chosen, tab }: { pupils: readonly Child[]; chosen: Child; tab: Tab }) {
  return (
    <div class="child-bar">
      {pupils.length > 1 && (
        <div class="segments" role="group" aria-label={m().diary.child}>
          {pupils.map((p) => <a key={p.id} href={addressOf(p.id, tab)} aria-current={p.id === chosen.id ? 'page' : undefined}>{p.name.split(' ')[1] ?? p.name}, {p.class_name}</a>)}
        </div>
      )}
      <nav class="tabs" aria-label={m().cabinet.tabs}>
        {tabsOf().map((t) => <a key={t} ref={t === tab ? bringIntoView : null} href={addressOf(chosen.id, t)} aria-current={t === tab ? 'page' : undefined}>{m().cabinet.tab[t]}</a>)}
      </nav>
    </div>
  )
}
