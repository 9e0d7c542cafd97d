// Where one is, told to those who do not see it: the window's title follows the heading of the screen,
// and after a step to another screen the focus stands at that heading, from where Tab goes on.
import { useEffect, useRef } from 'preact/hooks'
import { m } from '../i18n'
import { route } from '../route'

/** The title of the window and of its step in the browser's history. */
export function tellPlace(heading: string): void {
  const title = `${heading} – ${m().app.name}`
  if (document.title !== title) document.title = title
}

export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('main h1')
  if (heading === null) return
  heading.tabIndex = -1
  heading.focus()
}

/** To be called by what draws `<main>`: screens come later, when they are fetched. */
export function usePlace(): void {
  const arriving = useRef(true)
  const { name } = route.value
  useEffect(() => {
    arriving.current = true
  }, [name])
  useEffect(() => {
    const main = document.getElementById('main')!
    const look = (): void => {
      const heading = main.querySelector('h1')
      if (heading === null) return
      tellPlace(heading.textContent)
      if (!arriving.current) return
      arriving.current = false
      // What a screen has taken the focus for itself, as the journal's cell, keeps it.
      if (main.contains(document.activeElement) && document.activeElement !== main) return
      focusHeading()
    }
    const watch = new MutationObserver(look)
    watch.observe(main, { childList: true, subtree: true, characterData: true })
    look()
    return () => watch.disconnect()
  }, [])
}
