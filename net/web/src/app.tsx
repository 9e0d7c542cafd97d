// The application: the seal first, then who is here, then the screen that the address names.
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { onLive } from './api/live'
import { Role } from './api/types'
import { m } from './i18n'
import { link, replace, type Route, route, type ScreenName } from './route'
import { isTab } from './screens/child'
import { OfflineBar, useFreshness } from './screens/offline-bar'
import { LoginScreen } from './screens/login'
import { SealStop } from './screens/seal-stop'
import { IDLE_FAMILY_MS, IDLE_MS, watchIdle } from './session/idle'
import { started, startError, resume } from './session/resume'
import { sending } from './state/outbox'
import { checkSealSoon, sealBroken } from './state/seal'
import { endSession, hasRole, isOfficer, isStaff, me, session } from './state/session'
import { Failure, lazy, Waiting } from './ui/load'
import { tellPlace, usePlace } from './ui/place'
import { Topbar } from './ui/topbar'

const DayScreen = lazy(async () => (await import('./screens/day')).DayScreen)
const PagesScreen = lazy(async () => (await import('./screens/pages')).PagesScreen)
const JournalScreen = lazy(async () => (await import('./screens/journal')).JournalScreen)
const BreachScreen = lazy(async () => (await import('./screens/breach')).BreachScreen)
const DiaryScreen = lazy(async () => (await import('./screens/diary')).DiaryScreen)
const CabinetScreen = lazy(async () => (await import('./screens/cabinet')).CabinetScreen)
const FormScreen = lazy(async () => (await import('./screens/form')).FormScreen)
const CardScreen = lazy(async () => (await import('./screens/card')).CardScreen)
const PupilReportScreen = lazy(async () => (await import('./screens/pupil-report')).PupilReportScreen)
const AuditScreen = lazy(async () => (await import('./screens/audit')).AuditScreen)
const RepairsScreen = lazy(async () => (await import('./screens/repairs')).RepairsScreen)
const MessagesScreen = lazy(async () => (await import('./screens/messages')).MessagesScreen)
const DifferenceScreen = lazy(async () => (await import('./screens/difference')).DifferenceScreen)
const EditsScreen = lazy(async () => (await import('./screens/edits')).EditsScreen)
const ControlScreen = lazy(async () => (await import('./screens/control')).ControlScreen)
const SummaryScreen = lazy(async () => (await import('./screens/summary')).SummaryScreen)
const WhyScreen = lazy(async () => (await import('./screens/why')).WhyScreen)
const OfficeScreen = lazy(async () => (await import('./screens/office')).OfficeScreen)
const PlanScreen = lazy(async () => (await import('./screens/plan')).PlanScreen)
const PrivacyScreen = lazy(async () => (await import('./screens/privacy')).PrivacyScreen)
const AccessScreen = lazy(async () => (await import('./screens/access')).AccessScreen)

/** Where this person begins: teachers with their day, support with accesses, families with the diary. */
export function home(): string {
  if (hasRole(Role.Support) && !hasRole(Role.Head, Role.Deputy)) return link('breach')
  if (isOfficer.value) return link('pages')
  if (hasRole(Role.Office)) return link('office')
  if (isStaff.value) return link(me.value?.teaches === false ? 'pages' : 'day')
  if (hasRole(Role.Parent, Role.Pupil)) return link('diary')
  return link('audit')
}

const SCREEN: Readonly<Record<ScreenName, (route: Route) => JSX.Element>> = {
  day: ({ args }) => <DayScreen day={args[0] === undefined ? null : Number(args[0])} />,
  pages: () => <PagesScreen />,
  journal: ({ args, query }) => <JournalScreen key={args.join()} group={args[0] ?? ''} subject={args[1] ?? ''} query={query} />,
  breach: ({ args, query }) => <BreachScreen tab={args[0] ?? 'accounts'} target={args[1] ?? null} query={query} />,
  diary: ({ args, query }) => (isTab(args[1]) && args[1] !== 'diary' ? <CabinetScreen pupil={args[0] ?? ''} tab={args[1]} /> : <DiaryScreen pupil={args[0] ?? null} query={query} />),
  form: ({ args }) => <FormScreen group={args[0] ?? null} tab={args[1] ?? 'now'} />,
  pupil: ({ args }) => (args[1] !== undefined ? <PupilReportScreen key={args.join()} pupil={args[0] ?? ''} id={args[1]} /> : <CardScreen key={args[0]} pupil={args[0] ?? ''} />),
  messages: ({ args }) => <MessagesScreen pupil={args[0] ?? null} />,
  repairs: ({ args }) => <RepairsScreen tab={args[0] ?? 'struck'} />,
  difference: ({ query }) => <DifferenceScreen query={query} />,
  edits: ({ args, query }) => <EditsScreen key={args.join()} group={args[0] ?? null} subject={args[1] ?? null} query={query} />,
  audit: ({ query }) => <AuditScreen seq={query['seq'] === undefined ? null : Number(query['seq'])} />,
  control: ({ args, query }) => <ControlScreen tab={args[0] ?? 'filling'} query={query} />,
  summary: ({ args, query }) => <SummaryScreen group={args[0] ?? null} query={query} />,
  why: () => <WhyScreen />,
  plan: ({ args }) => <PlanScreen key={args.slice(0, 2).join()} group={args[0] ?? ''} subject={args[1] ?? ''} tab={args[2] ?? 'lessons'} />,
  office: ({ args, query }) => <OfficeScreen tab={args[0] ?? 'timetable'} query={query} />,
  privacy: ({ args, query }) => <PrivacyScreen tab={args[0] ?? 'looks'} query={query} />,
  access: () => <AccessScreen />,
}

const isScreen = (name: string): name is ScreenName => Object.hasOwn(SCREEN, name)

function Screen() {
  const { name } = route.value
  const isStart = name === '' || name === 'invite'
  useEffect(() => {
    if (isStart) replace(home())
  }, [isStart])
  if (isScreen(name)) return SCREEN[name](route.value)
  return isStart ? <Waiting /> : <p class="empty">{m().errors.notFound}</p>
}

function Shell() {
  const round = useFreshness()
  usePlace()
  useEffect(() => onLive('head', () => checkSealSoon()), [])
  useEffect(() => watchIdle(isStaff.value ? IDLE_MS : IDLE_FAMILY_MS, () => sending.value > 0, () => endSession('idle')), [])
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus() }}>{m().app.skip}</a>
      <Topbar />
      <OfflineBar />
      <main id="main" tabIndex={-1}><Screen key={round} /></main>
    </>
  )
}

export function App() {
  const isOut = session.value === null
  useEffect(() => {
    if (isOut) tellPlace(m().login.title)
  }, [isOut])
  if (sealBroken.value) return <SealStop />
  if (startError.value !== null) return <main class="alone"><Failure error={startError.value} again={() => void resume()} /></main>
  if (!started.value) return <main class="alone"><Waiting /></main>
  return isOut ? <LoginScreen /> : <Shell />
}
