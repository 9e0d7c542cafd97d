// «Что нужно сделать сейчас»: for officers, on their first page and above the reports.
import type { Report } from '../api/types'
import { m } from '../i18n'
import { momentLong } from '../i18n/format'
import { link } from '../route'
import { now } from '../state/school'
import { officerTasks, type OfficerTask } from '../state/tasks'
import { Icon, type IconName } from '../ui/icons'

const ICONS: { readonly [K in OfficerTask['what']]: IconName } = { receive: 'pen', root: 'lock', wait: 'clock', overrule: 'undo', invite: 'key' }
const HOUR = 3600000

/** "до пятницы, 6 ноября, 23:59 · осталось 30 ч": the clock of the one working day. */
function DueClock({ report }: { report: Report }) {
  const t = m().tasks
  const left = report.due - now()
  const told = report.receipts.filter((r) => r.valid && r.told <= report.due).length
  if (told >= 2) return <span class="tag good"><Icon name="check" size={12} />{t.toldInTime}</span>
  return (
    <span class={`tag ${left < 0 ? 'bad' : left < 6 * HOUR ? 'warn' : ''}`}>
      <Icon name={left < 0 ? 'warning' : 'clock'} size={12} />{left < 0 ? t.overdue(momentLong(report.due)) : t.until(momentLong(report.due), m().day.duration(Math.floor(left / 60000)))}
    </span>
  )
}

function voices(report: Report): string {
  const names = report.receipts.filter((r) => r.valid).map((r) => `${r.name} (${m().roles[r.capacity] ?? ''})`)
  return names.length === 0 ? m().tasks.nobody : m().tasks.confirmedBy(names.join(', '))
}

function TaskRow({ task }: { task: OfficerTask }) {
  const t = m().tasks
  const { report } = task
  const href = task.what === 'invite' ? link('breach', ['accounts'], { find: report.name.split(' ')[0] }) : link('breach', ['reports'], { act: report.act })
  return (
    <li class={`task ${task.what}`}>
      <Icon name={ICONS[task.what]} size={18} />
      <div class="task-text">
        <b>{t[task.what](report.name, report.act)}</b>
        <span class="dim">{task.what === 'root' ? t.rootHow : task.what === 'invite' ? t.inviteHow : task.what === 'overrule' ? t.overruleHow(report.overrules.map((o) => o.name).join(', ')) : voices(report)}</span>
        {(task.what === 'receive' || task.what === 'wait') && <DueClock report={report} />}
      </div>
      <a class={`button small${task.what === 'wait' ? '' : ' primary'}`} href={href}>{t.go[task.what]}</a>
    </li>
  )
}

export function OfficerTasks() {
  const tasks = officerTasks.value
  if (tasks.length === 0) return null
  return (
    <section class="card tasks" aria-label={m().tasks.title}>
      <h2>{m().tasks.title}</h2>
      <ul>{tasks.map((task) => <TaskRow key={`${task.what}${task.report.seq}`} task={task} />)}</ul>
    </section>
  )
}
