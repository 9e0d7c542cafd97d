// «Школа»: the organisation of the school, by what the reader may do.
import { Role } from '../api/types'
import { om } from '../i18n/office'
import { link } from '../route'
import { hasRole } from '../state/session'
import { lazy } from '../ui/load'
import { arranges, type Query } from './office-rights'
import '../office.css'

const TimetablePart = lazy(async () => (await import('./office-timetable')).TimetablePart)
const WeekPart = lazy(async () => (await import('./office-week')).WeekPart)
const ChangesPart = lazy(async () => (await import('./office-changes')).ChangesPart)
const ProgrammePart = lazy(async () => (await import('./office-programme')).ProgrammePart)
const SettingsPart = lazy(async () => (await import('./office-settings')).SettingsPart)
const YearPart = lazy(async () => (await import('./office-year')).YearPart)
const MovementPart = lazy(async () => (await import('./office-movement')).MovementPart)
const GroupsPart = lazy(async () => (await import('./office-groups')).GroupsPart)
const SubjectsPart = lazy(async () => (await import('./office-subjects')).SubjectsPart)
const WorksPart = lazy(async () => (await import('./office-works')).WorksPart)

type Tab = keyof ReturnType<typeof om>['tabs']

/** What the reader may see at all: others than who arranges have the own lessons and
 * pages, a class teacher the movement of the own class. */
function tabs(): Tab[] {
  if (arranges()) return ['timetable', 'changes', 'works', 'programme', 'movement', 'groups', 'subjects', 'year', 'settings']
  return ['timetable', 'changes', 'works', 'programme', ...(hasRole(Role.ClassTeacher) ? ['movement' as const] : []), 'year', 'settings']
}

export function OfficeScreen({ tab, query }: { tab: string; query: Query }) {
  const t = om()
  const known = tabs()
  const here = known.find((k) => k === tab) ?? known[0]!
  return (
    <div class="screen wide office">
      <div class="screen-head">
        <h1>{t.title}</h1>
        <nav class="segments" aria-label={t.title}>
          {known.map((k) => <a key={k} href={link('office', [k])} aria-current={k === here ? 'page' : undefined}>{t.tabs[k]}</a>)}
        </nav>
      </div>
      {here === 'timetable' && (query['view'] === 'week' && arranges() ? <WeekPart query={query} /> : <TimetablePart query={query} />)}
      {here === 'programme' && <ProgrammePart query={query} />}
      {here === 'settings' && <SettingsPart />}
      {here === 'year' && <YearPart />}
      {here === 'movement' && <MovementPart query={query} />}
      {here === 'groups' && <GroupsPart query={query} />}
      {here === 'subjects' && <SubjectsPart />}
      {here === 'works' && <WorksPart query={query} />}
      {here === 'changes' && <ChangesPart query={query} />}
    </div>
  )
}
