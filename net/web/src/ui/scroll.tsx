// What is wider than its place scrolls in a frame of its own, not the page. Where it does, the frame can
// be reached and scrolled by keyboard and says what it holds; where everything fits, Tab passes it by.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** The caption of the table within, or the heading that it stands under. */
function nameOf(frame: HTMLElement): string {
  const part = frame.closest('section, figure, article, aside, dialog, main')
  const heading = frame.querySelector('caption') ?? part?.querySelector('h2, h3, figcaption') ?? document.querySelector('main h1')
  return heading?.textContent.trim() ?? ''
}

function look(frame: HTMLElement): void {
  if (frame.scrollWidth <= frame.clientWidth && frame.scrollHeight <= frame.clientHeight) {
    for (const name of ['tabindex', 'role', 'aria-label']) frame.removeAttribute(name)
    return
  }
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', nameOf(frame))
}

export function Scroll({ class: more, children }: { class?: string; children: ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const frame = ref.current!
    const watch = new ResizeObserver(() => look(frame))
    watch.observe(frame)
    for (const child of frame.children) watch.observe(child)
    return () => watch.disconnect()
  }, [])
  return <div ref={ref} class={more === undefined ? 'table-scroll' : `table-scroll ${more}`}>{children}</div>
}
