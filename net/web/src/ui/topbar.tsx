// The bar on top: sections, the seal, and the person's menu.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Role } from '../api/types'
import { m } from '../i18n'
import { count, initials, timeOf } from '../i18n/format'
import { link, route } from '../route'
import { allSent, leave } from '../session/leave'
import { lang, type Lang, theme, type Theme } from '../state/prefs'
import { school } from '../state/school'
import { seal } from '../state/seal'
import { hasRole, isOfficer, isStaff, me } from '../state/session'
import { newCountOfAll } from '../state/notices'
import { officerTaskCount, repairCount } from '../state/tasks'
import { unsettled } from '../state/unsettled'
import { confirmed, loadWitnesses } from '../state/witnesses'
import { queued } from '../state/outbox'
import { Dialog } from './dialog'
import { Icon, type IconName } from './icons'

function sections(): [string, string, IconName][] {
  const t = m().nav
  const out: [string, string, IconName][] = []
  if (isStaff.value && me.value?.teaches !== false) out.push(['day', t.day, 'calendar'])
  if (hasRole(Role.ClassTeacher)) out.push(['form', t.form, 'people'])
  if (isStaff.value || hasRole(Role.Auditor)) out.push(['pages', t.pages, 'book'])
  if (hasRole(Role.Head, Role.Deputy)) out.push(['control', m().control.nav, 'clock'])
  if (hasRole(Role.Head, Role.Deputy, Role.Office)) out.push(['office', t.office, 'calendar'])
  if (hasRole(Role.Head, Role.Deputy, Role.ClassTeacher)) out.push(['summary', m().summary.nav, 'list'])
  if (hasRole(Role.Parent, Role.Pupil)) out.push(['diary', t.diary, 'book'], ['messages', t.messages, 'comment'])
  if (isOfficer.value) out.push(['breach', t.breach, 'key'])
  else if (hasRole(Role.ClassTeacher)) out.push(['breach', t.families, 'key'])
  if (hasRole(Role.Auditor)) out.push(['edits', m().edits.title, 'pen'])
  out.push(['audit', t.audit, 'seal'])
  return out
}

/** How much waits for this person behind a section. */
const badgeOf = (section: string): number => (section === 'breach' ? officerTaskCount.value : section === 'messages' ? newCountOfAll.value : 0)

/** Entries after which the witnesses are asked for anew. */
const WITNESSES_ASKED_EACH = 500

function SealMark() {
  const { state, size, checkedAt } = seal.value
  const told = confirmed.value
  useEffect(() => {
    void loadWitnesses().catch(() => undefined)
  }, [Math.floor(size / WITNESSES_ASKED_EACH)])
  const t = m().seal
  const text = state === 'whole' ? t.whole : t.unknown
  const title = `${t.title}: ${text}, ${t.size(count(size))}${checkedAt === null ? '' : ', ' + timeOf(checkedAt)}${told === null || told.of === 0 ? '' : `. ${m().why.witnesses(told.held, told.of)}`}`
  return (
    <a class={`seal-mark ${state}`} href={link('audit')} title={title}>
      <Icon name="seal" /><span class="sr-only">{t.title}: </span><span class="seal-text">{text}</span> <span class="seal-size">{count(size)}</span>
    </a>
  )
}

/** The way back to pages that were left with something unsettled. */
function UnsettledMarks() {
  const { name, args } = route.value
  const away = unsettled.value.filter((u) => !(name === 'journal' && args[0] === u.group && args[1] === u.subject))
  return (
    <>
      {away.map((u) => (
        <a key={u.name} class="tag warn" href={link('journal', [u.group, u.subject], { period: u.period })} title={m().journal.unsettled}><Icon name="clock" size={13} />{u.name}</a>
      ))}
    </>
  )
}

function PersonMenu() {
  const [open, setOpen] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const ref = useRef<HTMLDivElement>(null)
  const t = m().nav
  useEffect(() => {
    if (!open) return
    const away = (e: Event): void => {
      if (e instanceof KeyboardEvent ? e.key !== 'Escape' : ref.current?.contains(e.target as Node)) return
      if (e instanceof KeyboardEvent) ref.current?.querySelector('button')?.focus()
      setOpen(false)
    }
    addEventListener('pointerdown', away)
    addEventListener('keydown', away)
    return () => {
      removeEventListener('pointerdown', away)
      removeEventListener('keydown', away)
    }
  }, [open])
  const goOut = async (): Promise<void> => {
    setOpen(false)
    if (await allSent()) void leave()
    else setLeaving(true)
  }
  const name = me.value?.name ?? ''
  return (
    <div class="person" ref={ref}>
      <button type="button" class="person-button" aria-expanded={open} aria-haspopup="true" onClick={() => setOpen(!open)}>
        <Icon name="user" /><span class="sr-only">{t.menu}: </span><span class="person-name">{initials(name)}</span><Icon name="down" size={14} />
      </button>
      {open && (
        <div class="person-menu">
          <p class="person-full">{name}</p>
          <a href={link('access')} onClick={() => setOpen(false)}><Icon name="key" />{t.access}</a>
          <a href={link('privacy')} onClick={() => setOpen(false)}><Icon name="eye" />{m().privacy.nav}</a>
          {isStaff.value && <a href={link('repairs')} onClick={() => setOpen(false)}><Icon name="undo" />{t.repairs}{repairCount.value > 0 && <span class="badge">{repairCount.value}</span>}</a>}
          <label>{t.language}
            <select value={lang.value} onChange={(e) => { lang.value = e.currentTarget.value as Lang }}><option value="ru">Русский</option><option value="en">English</option></select>
          </label>
          <label>{t.theme}
            <select value={theme.value} onChange={(e) => { theme.value = e.currentTarget.value as Theme }}>
              <option value="auto">{t.themeAuto}</option><option value="light">{t.themeLight}</option><option value="dark">{t.themeDark}</option>
            </select>
          </label>
          <button type="button" onClick={() => void goOut()}><Icon name="out" />{t.logout}</button>
        </div>
      )}
      {leaving && (
        <Dialog name="leave" title={m().offline.leaveTitle} onClose={() => setLeaving(false)}>
          <p>{m().offline.leaveLead(queued.value)}</p>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => setLeaving(false)}>{m().common.cancel}</button>
            <button type="button" class="button primary" onClick={() => void leave()}>{m().offline.leaveAnyway}</button>
          </div>
        </Dialog>
      )}
    </div>
  )
}

export function Topbar() {
  const here = route.value.name
  return (
    <header class="topbar">
      <a class="brand" href="#/" title={school.value?.name}><Icon name="book" size={20} /><span>{m().app.name}</span></a>
      <nav aria-label={m().nav.main}>
        {sections().map(([name, text, icon]) => (
          <a key={name} href={link(name)} aria-current={here === name || (here === 'journal' && name === 'pages') || (here === 'pupil' && name === 'form') || (here === 'edits' && name === 'control') ? 'page' : undefined}><Icon name={icon} /><span>{text}</span>{badgeOf(name) > 0 && <span class="badge" aria-label={m().nav.waiting(badgeOf(name))}>{badgeOf(name) > 99 ? '99+' : badgeOf(name)}</span>}</a>
        ))}
      </nav>
      <UnsettledMarks />
      <SealMark />
      <PersonMenu />
    </header>
  )
}
