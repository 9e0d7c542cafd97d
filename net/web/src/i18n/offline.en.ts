import { en as plural } from './format'
import type { offlineRu } from './offline.ru'

const entries = (n: number): string => plural(n, 'entry', 'entries')

export const offlineEn: typeof offlineRu = {
  line: 'No network', asOf: (t) => `as of ${t}`,
  queue: (n) => `${n} in the queue`, safe: 'Signed and kept locked on this computer; they go by themselves when the line is back. You may close the browser.',
  unsafe: 'This browser keeps nothing: leave the tab open until the line is back.',
  unsigned: 'The server cannot sign right now', unsignedSafe: 'The line is up and nothing is lost: your entries stay in the queue and will be sent again by themselves. No need to log in again.',
  unsignedUnsafe: 'The line is up; your entries stay in the queue and will be sent again by themselves. This browser keeps nothing: leave the tab open.',
  readOnly: 'Without a network you can only read: the key that signs is announced to the journal first. New entries after logging in with a network.',
  back: 'The line is back. Log in to see what is new and to make entries.', enter: 'Log in',
  late: (n, from, to, recorded) => `Accepted late: ${entries(n)}. Signed ${from === to ? from : `${from} – ${to}`}, recorded ${recorded}; the history of the cell has both times.`,
  close: 'All right',
  expired: (n) => `${entries(n)} had been signed in time, but the session ran out before the line was back. Sign them again now: the same values, the present time.`,
  signAgain: 'Sign again',
  nothingKept: 'There is no network, and this computer keeps nothing for that login. Log in when the line is back.',
  leaveTitle: 'Something is not sent yet', leaveLead: (n) => `${entries(n)} have not reached the journal. They are signed and stay on this computer under your password; they go when the line is back, as long as this page is open, or after you log in here again.`,
  leaveAnyway: 'Log out',
}
