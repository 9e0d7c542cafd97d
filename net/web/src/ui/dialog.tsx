// A dialog over the page: the browser's own <dialog>, so Tab stays within and Escape closes. The focus goes
// back to what had it, or where that is gone, to the heading of the screen.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { m } from '../i18n'
import { Icon } from './icons'
import { focusHeading } from './place'

interface Props { title: string; onClose: () => void; wide?: boolean; side?: boolean; children: ComponentChildren }

export function Dialog({ title, onClose, wide = false, side = false, children }: Props) {
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
    <dialog ref={ref} class={`dialog${wide ? ' wide' : ''}${side ? ' side' : ''}`} aria-label={title}
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
