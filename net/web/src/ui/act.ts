// One thing that a person signs: busy while it is under way, and what went wrong in words.
import { useState } from 'preact/hooks'
import { errorText } from '../i18n'

export interface Act { readonly busy: boolean; readonly fault: string | null; readonly run: (what: () => Promise<unknown>) => Promise<boolean> }

export function useAct(): Act {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const run = async (what: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setFault(null)
    try {
      await what()
      return true
    } catch (error) {
      setFault(errorText(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, fault, run }
}
