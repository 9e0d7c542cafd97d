// Keys for fingers: shown where there is no keyboard.
import type { JournalStore } from '../grid/store'
import { m } from '../i18n'
import { Icon } from '../ui/icons'

const KEYS: readonly [string, string, string][] = [
  ['2', '2', 'Digit2'], ['3', '3', 'Digit3'], ['4', '4', 'Digit4'], ['5', '5', 'Digit5'], ['/', '/', 'Slash'],
  ['н', 'н', 'KeyY'], ['б', 'б', 'Comma'], ['у', 'у', 'KeyE'], ['о', 'о', 'KeyJ'], ['⌫', 'Delete', 'Delete'],
]

export function Keypad({ store }: { store: JournalStore }) {
  const column = store.columns.value[store.grid.value.cursor.col]
  if (column?.writable !== true) return null
  const press = (key: string, code: string): void => {
    store.press({ key, code, shift: false, ctrl: code === 'KeyZ', alt: false })
  }
  return (
    <div class="keypad" role="group" aria-label={m().journal.keypad}>
      {KEYS.map(([text, key, code]) => <button key={code} type="button" onClick={() => press(key, code)}>{text}</button>)}
      <button type="button" aria-label={m().journal.undo} onClick={() => press('z', 'KeyZ')}><Icon name="undo" size={16} /></button>
    </div>
  )
}
