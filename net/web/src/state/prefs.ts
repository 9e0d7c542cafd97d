// What this browser remembers between visits, per school: never a secret.
import { effect, signal } from '@preact/signals'
import { schoolPath } from '../api/client'

const PREFIX = `letopis:${schoolPath}:`

export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch {
    // A full or forbidden store only costs the memory of preferences.
  }
}

export function recall<A>(key: string): A | null {
  try {
    const text = localStorage.getItem(PREFIX + key)
    return text === null ? null : (JSON.parse(text) as A)
  } catch {
    return null
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key)
  } catch {
    // As above.
  }
}

export type Lang = 'ru' | 'en'
export type Theme = 'auto' | 'light' | 'dark'

export const lang = signal<Lang>(recall<Lang>('lang') === 'en' ? 'en' : 'ru')
export const theme = signal<Theme>(recall<Theme>('theme') ?? 'auto')

export function applyPrefs(): void {
  effect(() => {
    document.documentElement.lang = lang.value
    remember('lang', lang.value)
  })
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    remember('theme', theme.value)
  })
}
