// What the person has to do now after a report: officers confirm, overrule, invite again; everybody
// looks through what was struck out, stranded or made on top of it. Loaded when the session begins
// and again whenever a report, a receipt or an overruling was recorded.
import { computed, effect, signal } from '@preact/signals'
import { api } from '../api/client'
import { onLive } from '../api/live'
import type { Repair, RepairList, Repairs, Report } from '../api/types'
import { canSign, isOfficer, isStaff, me, onSessionEnd, session } from './session'
import { notMine } from './decisions'

export const reports = signal<readonly Report[] | null>(null)
export const repairs = signal<Repairs | null>(null)

export type OfficerTask =
  | { readonly what: 'receive' | 'root' | 'wait' | 'overrule'; readonly report: Report }
  | { readonly what: 'invite'; readonly report: Report }

/** Nothing more is to be decided about it. */
const isOpen = (r: Report): boolean => r.state === 'closed' && !r.needs_root

/** May this person's voice count on the report at all? */
export const mayJudge = (r: Report): boolean => canSign.value && isOfficer.value && r.account !== me.value?.account
export const hasReceived = (r: Report): boolean => r.receipts.some((x) => x.account === me.value?.account && x.valid)
export const hasOverruled = (r: Report): boolean => r.overrules.some((x) => x.account === me.value?.account)
/** Only root overrules reports on officers and its own. */
export const overruleNeedsRoot = (r: Report): boolean => r.stratum <= 1 || r.by_root === true
/** Somebody asks that it be overruled, and a second voice would do it. */
export const overruleAsked = (r: Report): boolean => r.overrules.length > 0 && (r.state === 'closed' || r.state === 'standing')

export function tasksOf(list: readonly Report[]): OfficerTask[] {
  const out: OfficerTask[] = []
  for (const report of [...list].sort((a, b) => a.due - b.due)) {
    if (isOpen(report)) out.push({ what: mayJudge(report) && !hasReceived(report) ? 'receive' : 'wait', report })
    if (report.state === 'closed' && report.needs_root) out.push({ what: 'root', report })
    if (overruleAsked(report) && !overruleNeedsRoot(report) && mayJudge(report) && !hasOverruled(report)) out.push({ what: 'overrule', report })
  }
  const asked = new Set<string>()
  for (const report of [...list].sort((a, b) => b.seq - a.seq)) {
    if (report.is_session || report.enrolled || report.invited || asked.has(report.account) || report.account === me.value?.account || report.stratum <= 1) continue
    asked.add(report.account)
    out.push({ what: 'invite', report })
  }
  return out
}

export const officerTasks = computed(() => (isOfficer.value && reports.value !== null ? tasksOf(reports.value) : []))
/** Those that only this person can do. */
export const officerTaskCount = computed(() => officerTasks.value.filter((t) => t.what !== 'wait').length)

/** Rows of the reader's own lists that still want a decision. */
export function openRows(view: Repairs, list: RepairList): Repair[] {
  return view.rows.filter((r) => r.list === list && (r.own || list === 'stranded') && !notMine.value.has(decisionKey(r)))
}
export const decisionKey = (r: Pick<Repair, 'seq' | 'what' | 'index'>): string => `${r.seq}/${r.what}/${r.index}`

export const repairCount = computed(() => {
  const view = repairs.value
  return view === null ? 0 : openRows(view, 'struck').length + openRows(view, 'stranded').length + openRows(view, 'review').length
})

export async function loadTasks(): Promise<void> {
  const current = session.value
  if (current === null || !isStaff.value) return
  const [r, p] = await Promise.all([
    isOfficer.value ? api.breaches().catch(() => null) : Promise.resolve(null),
    api.repairs(false).catch(() => null),
  ])
  if (session.value !== current) return
  if (r !== null) reports.value = r
  if (p !== null) repairs.value = p
}

effect(() => {
  if (session.value !== null) void loadTasks()
})
onLive('breach', () => void loadTasks())
onSessionEnd.add(() => {
  reports.value = null
  repairs.value = null
})
