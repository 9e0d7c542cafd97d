// «Сообщения»: what changed for a child since the last visit, one message for each cause. A
// correction by an act says what had been shown and what is shown now, and nothing of anybody's guilt.
import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client'
import type { Notice } from '../api/types'
import { m } from '../i18n'
import { dayShort, momentShort, weekday } from '../i18n/format'
import { link } from '../route'
import { causesOf, isNew, type Message, newCount, noteSeen, notices } from '../state/notices'
import { dayOf } from '../state/school'
import { Icon, type IconName } from '../ui/icons'
import { Failure, useLoad, Waiting } from '../ui/load'

const ICONS: Readonly<Record<Notice['kind'], IconName>> = {
  mark: 'star', changed: 'pen', withdrawn: 'cross', absence: 'clock', absence_changed: 'pen', period: 'book', period_changed: 'pen', correction: 'undo',
}
const READ_AFTER_MS = 3000
const SHOWN = 30

function where(notice: Notice): string {
  return notice.what === 'period' ? notice.period : `${weekday(notice.day)} ${dayShort(notice.day)}, ${m().common.lessonN(notice.n)}`
}

/** "+" is how the journal writes that somebody was there; a family reads words. */
const plain = (value: string): string => (value === '+' ? m().messages.present : value === '—' ? m().messages.nothing : value)

function Values({ notice }: { notice: Notice }) {
  const fresh = notice.was === '—' && notice.kind !== 'correction'
  return <span class="message-values">{!fresh && <><del>{plain(notice.was)}</del> <Icon name="right" size={13} /> </>}<b>{plain(notice.now)}</b></span>
}

function MessageCard({ message, fresh, pupil }: { message: Message; fresh: boolean; pupil: string }) {
  const first = message.notices[0]!
  const t = m().messages
  const day = first.what === 'period' ? dayOf(first.recorded) : first.day
  const title = first.kind === 'correction' ? t.correction(first.act) : t.kinds[first.kind]
  return (
    <li class={`message ${first.kind}${fresh ? ' fresh' : ''}`}>
      <Icon name={ICONS[first.kind]} size={18} />
      <div class="message-text">
        <p class="message-head"><b>{title}</b>{fresh && <span class="tag now">{t.new}</span>}<span class="dim">{momentShort(first.recorded)}</span></p>
        <ul>{message.notices.map((n, i) => (
          <li key={i}><Values notice={n} /> <span>{n.subject_name}</span> <span class="dim">{where(n)}{n.work > 0 && `, ${m().works[n.work] ?? ''}`}</span></li>
        ))}</ul>
        {first.kind === 'correction' && <p class="dim">{t.correctionLead}</p>}
        <a class="dim" href={link('diary', [pupil], { week: day })}>{t.toDiary}</a>
      </div>
    </li>
  )
}

export function MessagesScreen({ pupil }: { pupil: string | null }) {
  const children = useLoad(() => api.children(), [])
  const [all, setAll] = useState(false)
  const pupils = children.value?.pupils ?? []
  const chosen = pupils.find((p) => p.id === pupil) ?? pupils[0] ?? null
  const view = chosen === null ? undefined : notices.value[chosen.id]
  // What was new when the page was opened stays marked while it is open.
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set())
  useEffect(() => {
    if (chosen === null || view === undefined) return
    const fresh = view.notices.filter((n) => isNew(chosen.id, n)).map((n) => n.seq)
    setMarked((before) => new Set([...before, ...fresh]))
  }, [chosen?.id, view?.size])
  useEffect(() => {
    if (chosen === null || view === undefined) return
    const timer = setTimeout(() => noteSeen(chosen.id), READ_AFTER_MS)
    return () => clearTimeout(timer)
  }, [chosen?.id, view?.size])
  const t = m().messages
  if (children.error !== null) return <Failure error={children.error} again={children.again} />
  if (children.value === null) return <Waiting />
  if (chosen === null) return <p class="empty">{m().diary.noChildren}</p>
  const messages = causesOf(view?.notices ?? [])
  const shown = all ? messages : messages.slice(0, SHOWN)
  const fresh = (message: Message): boolean => marked.has(message.seq)
  return (
    <div class="screen narrow">
      <div class="screen-head">
        <h1>{t.title} <span class="dim">{chosen.name}, {chosen.class_name}</span></h1>
        <a class="button small" href={link('diary', [chosen.id])}><Icon name="book" size={15} />{m().nav.diary}</a>
      </div>
      {pupils.length > 1 && (
        <div class="segments" role="group" aria-label={m().diary.child}>
          {pupils.map((p) => <a key={p.id} href={link('messages', [p.id])} aria-current={p.id === chosen.id ? 'page' : undefined}>{p.name.split(' ')[1] ?? p.name}, {p.class_name}{newCount(p.id) > 0 && <span class="badge">{newCount(p.id)}</span>}</a>)}
        </div>
      )}
      {view === undefined ? <Waiting /> : messages.length === 0 ? <p class="empty">{t.none}</p> : (
        <>
          <ol class="messages">{shown.map((message) => <MessageCard key={message.seq} message={message} fresh={fresh(message)} pupil={chosen.id} />)}</ol>
          {messages.length > shown.length && <p class="row"><button type="button" class="button small" onClick={() => setAll(true)}>{m().common.all}: {messages.length}</button></p>}
        </>
      )}
    </div>
  )
}
