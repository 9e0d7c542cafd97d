import { en as plural } from './format'
import type { keysRu, whyRu } from './keys.ru'

export const keysEn: typeof keysRu = {
  strengthHint: 'Best a phrase of several words that have nothing to do with you.',
  strength: { 1: 'Weak: it would be guessed quickly.', 2: 'Still weak: add a word or two.', 3: 'Good.', 4: 'Very good.' },
  tooWeak: 'The password is too easy to guess. Take a phrase of several words that have nothing to do with you.',
  password: 'Password', passwordLead: 'The new password locks the same key: signatures and sessions stay. On other computers the old password opens what is kept there until the next login with a network.', change: 'Change the password', old: 'Present password', next: 'New password',
  needOld: 'Enter the present password.', wrongOld: 'The present password does not match.', changed: 'The password is changed.',
  steps: { checking: 'Checking the present password…', locking: 'Locking the key with the new password…', storing: 'Storing…' },
  sessions: 'My sessions', sessionsLead: 'Where and when you logged in. A session that you do not know is a sign that others have your access: close it with the button above.', here: 'this one', unknownPlace: 'place not given', closeSession: 'End this session',
  signed: 'Everything that my key has signed', signedLead: 'Every entry made with the key of your account and its sessions. The number leads to the check of the entry itself.', signedWeek: 'The last week', signedAll: 'From the beginning', signedSince: 'Since', signedFirst: (n) => `The first ${n} are shown.`, signedNone: 'Nothing was signed in that time.',
  signedCount: (n) => `${plural(n, 'entry', 'entries')} in all`,
}

export const whyEn: typeof whyRu = {
  title: 'Why a mark cannot be changed in secret', link: 'Why this can be trusted',
  lines: [
    'A teacher signs every mark with a key of their own. It is locked by the teacher’s password; neither the school nor the server has it.',
    'A mark can be changed, but only by a new entry: one sees who changed what and when. The old entry stays for ever.',
    'All entries stand in order, and one short fingerprint of the whole journal is computed from them.',
    'If a single character in any old entry changes, the fingerprint changes.',
    'The journal signs the fingerprint, and your browser remembers the last one it saw.',
    'At each visit the browser checks by itself that the new journal begins exactly with what it saw before.',
    'If it does not, the page stops and says so loudly. Neither school nor server can switch that off for a browser that has seen the journal.',
    'Outside witnesses confirm the fingerprint, if the school has named any: the school cannot show one journal to you and another to others.',
    'Click a mark and save its receipt: a file that proves, even without us, that this entry was in the journal.',
    'A stolen access does not help either: an act of two officers voids what was entered with a stolen key, and the earlier marks return.',
  ],
  now: 'What your browser has checked', verified: (size, at) => `Last verified checkpoint: ${size}, ${at}.`, notYet: 'Not checked yet.', witnesses: (held, of) => `Witnesses confirmed: ${held} of ${of}.`, noWitnesses: 'This school has no outside witnesses yet: only your browser and the auditor compare.',
  limit: 'What this does not promise: that the mark itself is right. The journal proves who gave it, when, and that nobody exchanged it.',
}
