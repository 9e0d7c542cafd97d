// The pages of the family's cabinet beside the diary.
import { api } from '../api/client'
import { m } from '../i18n'
import { Failure, useLoad, Waiting } from '../ui/load'
import { AboutTab } from './about'
import { ChildTabs, type Tab } from './child'
import { FamilyTab } from './family'
import { ResultsTab } from './results'
import { TimetableTab } from './timetable'

export function CabinetScreen({ pupil, tab }: { pupil: string; tab: Tab }) {
  const children = useLoad(() => api.children(), [])
  if (children.error !== null) return <Failure error={children.error} again={children.again} />
  if (children.value === null) return <Waiting />
  const pupils = children.value.pupils
  const chosen = pupils.find((p) => p.id === pupil) ?? pupils[0]
  if (chosen === undefined) return <p class="empty">{m().diary.noChildren}</p>
  return (
    <div class="screen">
      <div class="screen-head"><h1>{chosen.name} <span class="dim">{chosen.class_name}</span></h1></div>
      <ChildTabs pupils={pupils} chosen={chosen} tab={tab} />
      {tab === 'results' && <ResultsTab child={chosen} />}
      {tab === 'timetable' && <TimetableTab child={chosen} />}
      {tab === 'about' && <AboutTab child={chosen} />}
      {tab === 'own' && <FamilyTab />}
    </div>
  )
}
