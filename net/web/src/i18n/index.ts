// The catalogues. `m()` gives the messages of the chosen language; a component that calls it while
// rendering is rendered again when the language changes.
import { lang } from '../state/prefs'
import { ApiError, OfflineError } from '../api/client'
import { BrokenSealError, NoKeyError } from '../state/outbox'
import { type Messages, ru } from './ru'
import { en } from './en'

const catalogues: { readonly ru: Messages; readonly en: Messages } = { ru, en }

export function m(): Messages {
  return catalogues[lang.value]
}

/** What went wrong, in a sentence for people: the server's own where it gave one. */
/** What a cell held, as the server writes it: digits and letters are the same in both languages. */
export function cellWord(text: string): string {
  switch (text) {
    case 'урок': return m().preview.what['lesson']!
    case 'отмечены все': return m().preview.what['sheet']!
    case 'не задано': return m().day.notSet
    default: return text
  }
}

export function errorText(error: unknown): string {
  if (error instanceof OfflineError) return m().errors.offline
  if (error instanceof NoKeyError) return m().errors.noKey
  if (error instanceof BrokenSealError) return m().errors.brokenSeal
  if (error instanceof ApiError) return refusalText(error) 
  return m().errors.unknown
}

export function refusalText(refusal: { ru?: string; en?: string; error?: string; code?: string | number }): string {
  const own = lang.value === 'ru' ? refusal.ru : refusal.en
  return own !== undefined && own !== '' ? own : `${m().errors.refused} ${refusal.error ?? refusal.code ?? ''}`.trim()
}
