// A dialog over the page: the browser's own <dialog>, so Tab stays within and Escape closes. The focus goes
// back to what had it, or where that is gone, to the heading of the screen.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { m } from '../i18n'
import { Icon } from './icons'
import { focusHeading } from './place'

/** Every dialog there is; tests/web/access.mjs opens each and looks at it. */
export const DIALOGS = [
  'add-members', 'admit-pupil', 'assign-teacher', 'close-access', 'comment', 'control-lessons', 'debt', 'deferral', 'end-teaching', 'erase', 'erase-values',
  'excuse', 'give-role', 'group-change', 'history', 'invite', 'keys-help', 'leave', 'lesson', 'lock-period', 'move-pupil', 'new-account', 'new-family',
  'new-group', 'new-subject', 'overrule', 'paper', 'paste-cells', 'paste-plan', 'plan-work', 'promotion', 'protocol', 'pupil', 'pupil-data',
  'receive', 'remark', 'revoke-role', 'roll', 'send-class-report', 'send-pupil-report', 'subgroup', 'take-work-back', 'weekly-slot',
] as const
export type DialogName = (typeof DIALOGS)[number]

interface Props { name: DialogName; title: string; onClose: () => void; wide?: boolean; side?: boolean; children: ComponentChildren }

export function Dialog({ name, title, onClose, wide = false, side = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current!
    const before = document.activeElement as HTMLElement | null
    if (!dialog.open) dialog.showModal()
    return () => {
      dialog.close()
      if (before?.isConnected === true && before !== document.body) before.focus()
      else focusHeading()
    }
  }, [])
  return (
    <dialog ref={ref} data-dialog={name} class={`dialog${wide ? ' wide' : ''}${side ? ' side' : ''}`} aria-label={title}
      onCancel={(e) => { e.preventDefault(); onClose() }}
      onKeyDown={(e) => e.stopPropagation()}
      onClick={(e) => { if (e.target === ref.current) onClose() }}>
      <div class="dialog-body">
        <div class="dialog-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label={m().common.close} onClick={onClose}><Icon name="cross" /></button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
