// What families and class teachers sign (specs/events.md, "Families"). A refusal is thrown as an
// ApiError, so that a form shows the server's own sentence.
import type { Day, Hex, Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { unhex } from '../ledger/hash'
import { Sealer } from '../ledger/sealed'
import { sign, signAll } from './sign'

/** The text to which a family agrees; a changed text gets a new name, and is asked for anew. */
export const WORDING = '2026-09'
export const WEEK_LAST = 5

/** CT-3: the diary of the week that begins on `monday` was seen as it stood at log size `upto`. */
export const acknowledge = (account: Id, pupil: Id, monday: Day, upto: number, form: number): Promise<void> =>
  sign('diary.acknowledged', { account: unhex(account), form, from: monday, pupil: unhex(pupil), to: monday + WEEK_LAST, upto })

/** CT-4 */
export const consent = (account: Id, pupil: Id, decision: number, form: number, day: Day, reference = ''): Promise<void> =>
  sign('consent.set', { account: unhex(account), day, decision, form, pupil: unhex(pupil), reference: cleanText(reference), wording: WORDING })

export interface ChannelDraft { readonly email: string; readonly phone: string; readonly wants: number; readonly quietFrom: number | null; readonly quietTo: number | null }

/** CT-2a: addresses are sealed; an empty one is none. */
export function setChannel(account: Id, draft: ChannelDraft): Promise<void> {
  const sealer = new Sealer()
  const orNone = (text: string): string | null => (cleanText(text) === '' ? null : cleanText(text))
  const email = sealer.sealMaybe('email', orNone(draft.email))
  const phone = sealer.sealMaybe('phone', orNone(draft.phone))
  return sign('channel.set', { account: unhex(account), email, phone, quiet_from: draft.quietFrom, quiet_to: draft.quietTo, wants: draft.wants }, sealer)
}

/** CT-7: "ill", "valid", "invalid" or free words. */
export function explain(pupil: Id, from: Day, to: Day, reason: string, note = ''): Promise<void> {
  const sealer = new Sealer()
  const sealedNote = sealer.sealMaybe('note', cleanText(note) === '' ? null : cleanText(note))
  return sign('absence.explained', { from, note: sealedNote, pupil: unhex(pupil), reason: sealer.seal('reason', cleanText(reason)), to }, sealer)
}

/** CT-2b: recommendation 1, remark 2, praise 3, announcement 4. */
export function advise(about: Id, toGroup: boolean, sort: number, subject: Id | null, text: string): Promise<void> {
  const sealer = new Sealer()
  return sign('advice.given', { about: unhex(about), sort, subject: subject === null ? null : unhex(subject), text: sealer.seal('text', cleanText(text)), to_group: toGroup }, sealer)
}

export const withdrawAdvice = (advice: Hex): Promise<void> => sign('advice.withdrawn', { advice: unhex(advice) })

/** CT-2: call 1, meeting 2, message 3, letter 4, other 5. */
export function noteContact(pupil: Id, day: Day, way: number, text: string): Promise<void> {
  const sealer = new Sealer()
  return sign('contact.noted', { day, pupil: unhex(pupil), text: sealer.seal('text', cleanText(text)), way }, sealer)
}

/** CT-2c: extracts of these days were handed out on paper, as the journal stood at log size `upto`. */
export const noteExtracts = (pupils: readonly Id[], from: Day, to: Day, upto: number): Promise<void> =>
  signAll(pupils.map((pupil) => ({ kind: 'extract.issued', body: { from, pupil: unhex(pupil), to, upto } })))

/** CT-1: in person 1, in an envelope 2, otherwise 3. */
export const handSlip = (account: Id, way: number): Promise<void> => sign('slip.handed', { account: unhex(account), way })

/** CT-6: into a subgroup from a day on, or out of it with a last day. */
export const join = (group: Id, pupils: readonly Id[], from: Day): Promise<void> => sign('members.joined', { from, group: unhex(group), pupils: pupils.map((p) => unhex(p)) })
export const leave = (group: Id, pupils: readonly Id[], to: Day): Promise<void> => sign('members.left', { group: unhex(group), pupils: pupils.map((p) => unhex(p)), to })

