// The English catalogue; its type is the Russian one's, so a missing key does not compile.
import { controlEn, editsEn, summaryEn } from './control.en'
import { en as plural } from './format'
import { gridEn } from './grid.en'
import { keysEn, whyEn } from './keys.en'
import { offlineEn } from './offline.en'
import { marksEn } from './marks.en'
import { privacyEn } from './privacy.en'
import type { Messages } from './ru'

export const en: Messages = {
  app: { name: 'Letopis', tagline: 'A school journal whose history cannot be rewritten', skip: 'Skip to content' },
  common: {
    save: 'Save', cancel: 'Cancel', close: 'Close', back: 'Back', next: 'Next', retry: 'Try again', search: 'Search', loading: 'Loading…',
    none: '—', yes: 'yes', no: 'no', today: 'Today', all: 'All', more: 'More', nothing: 'Nothing found.', show: 'Show', of: 'of', copy: 'Copy',
    lessonN: (n) => `lesson ${n}`, room: (r) => `room ${r}`,
  },
  nav: {
    day: 'My day', pages: 'Classes', breach: 'Access', audit: 'Ledger', diary: 'Diary', access: 'My access', families: 'Families', form: 'My class', messages: 'Messages', office: 'School', repairs: 'Was this you?', waiting: (n) => `waiting for you: ${n}`, logout: 'Log out', menu: 'Menu',
    language: 'Language', theme: 'Theme', themeAuto: 'as the system', themeLight: 'light', themeDark: 'dark', main: 'Sections',
  },
  errors: {
    offline: 'The server cannot be reached.', noKey: 'This tab holds no key: log in to make entries.', brokenSeal: 'The seal of the journal does not hold: entries are stopped.',
    refused: 'The server refused:', unknown: 'Something went wrong. Reload the page; if it happens again, call technical support.',
    load: 'Could not load.', notFound: 'There is no such page.', forbidden: 'This page is not open to you. The head grants rights.',
  },
  login: {
    title: 'Log in', login: 'Login', password: 'Password', enter: 'Log in', invitation: 'I have an invitation', haveLogin: 'I have a login already',
    steps: { asking: 'Asking the server…', deriving: 'Checking the password…', unlocking: 'Unlocking the key…', opening: 'Opening the session…' },
    stepsHint: 'The password is checked in this browser and never leaves the computer. It takes a second or two.',
    wrong: 'Login or password do not match.', tooMany: 'Too many attempts. Wait a few minutes.', weak: 'The server offered too weak a protection of the password. Login stopped; tell technical support.',
    spoilt: 'The key on the server is damaged: the password is right, but the key does not open. You need a new invitation.', needBoth: 'Enter login and password.', closedKey: 'The password is right, but this access is closed for good. You need a new access slip: log in by the invitation on it.', capsLock: 'Caps Lock is on.',
    ended: {
      left: 'You have logged out. The key is wiped from memory.', idle: 'Nothing happened for a while: the key is wiped from memory. Log in again.',
      closed: 'Access is closed by your own report. The head or technical support will give you a new one.', expired: 'The session has run out. Log in again.', gone: 'The session is over. Log in again.', online: 'The line is back. Log in to make entries.',
    },
    forgotten: 'Forgot the password? Nobody knows it and nobody can restore it: take a new invitation from the head or technical support.',
    demo: 'Demonstration school: all data are invented.', showPassword: 'Show password', hidePassword: 'Hide password',
  },
  invite: {
    title: 'Log in by invitation', lead: 'The code is printed on your access slip. It works once.', code: 'Code', codeHint: '16 characters in four groups. The letter O is read as zero.',
    login: 'Choose a login', loginHint: 'You will log in with it. Lower-case letters, digits, a dot.', password: 'Choose a password', passwordHint: 'At least 10 characters. A phrase of several words is best.',
    again: 'The password again', enrol: 'Get access',
    steps: { code: 'Checking the code…', asking: 'Asking the server…', deriving: 'Locking the key with the password…', enrolling: 'Signing the new key…', storing: 'Storing the locked key…' },
    badCode: 'This does not look like a code: it has 16 characters.', unknownCode: 'There is no such invitation. Check the code.', usedCode: 'The invitation has been used already.',
    shortPassword: 'The password is shorter than 10 characters.', differ: 'The passwords differ.', noLogin: 'Choose a login.',
    storeRefused: 'The key was accepted, but could not be stored under this login. Do not close the page: choose another login and try again.',
    done: 'You have access. Now log in with login and password.',
  },
  day: {
    title: 'My day', prev: 'Previous day', next: 'Next day', pick: 'Choose a day', free: 'You have no lessons on this day.', notWorking: 'Not a school day.', toPages: 'To the list of classes',
    sheet: 'Attendance', topic: 'Topic', homework: 'Homework', marks: 'Marks', missing: 'missing', done: 'entered', notSet: 'none set', allDone: 'Complete',
    left: (n) => `missing: ${n}`, homeworkUntil: (t, left) => `homework by ${t} (${left})`, homeworkLeft: (t) => `homework: ${t} left`, homeworkLate: (t) => `homework: overdue by ${t}`,
    marksOf: (a, b) => `${a} of ${b}`, noMarks: 'none', change: { 0: 'substitution', 1: 'moved', 2: 'cancelled' }, movedTo: (where) => `to ${where}`, movedFrom: (where) => `moved from ${where}`, week: 'My week',
    instead: (name) => `(scheduled: ${name})`, by: (name) => `taught by ${name}`, now: 'now', planned: 'planned',
    summary: (lessons, open) => (open === 0 ? `${plural(lessons, 'lesson', 'lessons')}, all complete` : `${plural(lessons, 'lesson', 'lessons')}, ${open} to complete`),
    duration: (min) => (min < 60 ? `${min} min` : min < 1440 ? `${Math.floor(min / 60)} h ${min % 60} min` : plural(Math.floor(min / 1440), 'day', 'days')),
  },
  pages: {
    title: 'Classes and subjects', find: 'Class, subject…', mine: 'I teach', readOnly: 'read only', empty: 'No journal page is open to you.', grade: (n) => (n === 0 ? 'Mixed classes' : `Grade ${n}`),
  },
  journal: {
    number: 'No.', pupil: 'Pupil', average: 'mean', columnMean: 'Mean of the column', present: 'present', period: 'Period', year: 'Whole year',
    work: 'kind', weight: 'weight', caption: (g, s) => `Journal: ${g}, ${s}`, readOnly: 'read only',
    saved: (t) => `saved ${t}`, allSaved: 'saved', queued: (n) => `${n} in the queue`, conflicts: (n) => plural(n, 'conflict', 'conflicts'), offline: 'no connection', sendingNow: 'sending…',
    empty: 'There are no lessons in this period yet.', noPupils: 'There are no pupils in the group.', current: 'current lesson',
    keys: '2–5 mark · / second mark · н б у о absence · . point · Del withdraw · F2 edit · Alt+A all present · Ctrl+Z undo · Alt+H history',
    slot: 'The lesson is not open yet: the first entry opens it.', slotShort: 'by timetable',
    undo: 'Undo', undoNothing: 'Nothing to undo.', undone: 'Undone by a compensating entry.', notWritable: 'This lesson is not open to you for writing.', noSuchValue: 'A cell takes 2–5, 4/5, н, б, у, о.', unmarked: 'Taught without marks here: attendance, topic and homework only.', noSuchPeriod: 'A period takes 1–5, осв, н/а, безотм, отср, зач, незач (F2).', notMember: 'The pupil was not in the group on that day.', markFirst: 'First the mark, then “/”.', fourMarks: 'A cell holds at most four marks.',
    absentNeedsProtocol: 'The pupil was absent: a mark needs a protocol.', lessonChanged: 'The lesson was updated by someone else.',
    letters: { absent: 'н', ill: 'б', valid: 'у', late: 'о', invalid: 'нп' },
    states: { 0: 'present', 1: 'absent', 2: 'late' }, reasons: { ill: 'illness', valid: 'valid reason', invalid: 'no valid reason' },
    flags: { 1: 'recorded late', 2: 'changed before', 4: 'something in its history was voided', 8: 'made on top of a voided entry, please review', 16: 'by protocol', 32: 'has a comment', 64: 'left without ground' },
    waiting: 'not sent yet', unsettled: 'This page has something unsent or undecided', conflict: 'conflict', emptyCell: 'empty', outside: 'not in the group', withdrawn: 'empty after voiding',
    periodMark: 'Mark of the period', periodShort: (name) => name.replace('четверть', 'четв.').replace('полугодие', 'полуг.').replace('триместр', 'трим.'), periodValues: { 10: 'осв', 11: 'н/а', 12: 'безотм', 13: 'отср', 14: 'зач', 15: 'незач' },
    periodNames: { 10: 'exempt', 11: 'not assessed', 12: 'without marks', 13: 'deferred', 14: 'pass', 15: 'fail' },
    keypad: 'Keys for touching', columnOf: (d, w) => `${d}, ${w}`,
  },
  panel: {
    lesson: 'Lesson', cell: 'Cell', topic: 'Topic', fromPlan: (n) => `plan no. ${n}`, takePlan: 'Take from the plan', number: 'No. in the plan', work: 'Kind of work', weight: 'Weight', homework: 'Homework',
    homeworkNone: 'None set', homeworkPrev: 'Last time', due: 'Due', manner: 'Manner', manners: { 1: 'oral', 2: 'written', 3: 'practical', 4: 'creative' },
    allPresent: 'All present', sheetDone: 'Attendance is entered', sheetMissing: 'Attendance is not entered', substituted: (a, b) => `Substitution: ${a} instead of ${b}`, teacher: 'Teacher', addColumn: 'Another work in this lesson', column: (n) => `Work ${n}`,
    history: 'History', comment: 'Comment', addComment: 'Comment on the mark', protocol: 'Mark by protocol', protocolNumber: 'Number of the protocol', protocolDay: 'Date of the protocol', protocolLead: (name) => `${name} was absent. The mark is given by protocol; the absence stays.`, put: 'Enter',
    card: 'Card and advice', deferral: 'Deferral', deferralUntil: 'Deferred until', deferralReason: 'Reason', absenceReason: 'Reason of absence', otherReason: 'another reason', late: 'late', topicHistory: 'History of the topic', homeworkHistory: 'History of the homework', savedState: 'recorded', noTopic: 'no topic recorded',
  },
  conflict: {
    title: 'The cell was changed while you were typing', mine: 'Yours', theirs: 'In the journal', keepMine: 'Keep mine', takeTheirs: 'Take the journal’s', by: (name, at) => `${name}, ${at}`, unknown: 'now empty', refused: 'The entry was not accepted', dismiss: 'Understood', again: 'Try again',
  },
  history: {
    title: 'History', empty: 'Nothing has been recorded here yet.', inForce: 'in force', replaced: 'replaced', voided: (by) => `voided (${by})`, ungrounded: (by) => `left without ground (${by})`, act: (n) => `act no. ${n}`, reportAt: (seq) => `report no. ${seq}`, late: 'late', inTime: 'in time',
    key: 'key', session: 'session key', account: 'account key', signed: 'signature holds', notSigned: 'signature does NOT hold', verify: 'Verify here', verifying: 'Verifying…',
    proven: 'Verified in this browser: the entry stands in the ledger and its author’s signature holds.', notProven: 'It does not add up! Tell the head and the auditor.', position: 'position', withdrawn: 'withdrawn', set: 'set', from: 'before', claimed: (t) => `by the author’s clock ${t}`, protocol: (n, d) => (d === null ? `protocol no. ${n}` : `protocol no. ${n} of ${d}`), receipt: 'Receipt', noteEmpty: '“none set”', reaffirmed: 'reaffirms an earlier entry',
  },
  breach: {
    title: 'Access and reports', accounts: 'Accounts', reports: 'Reports', find: 'Surname…', findHint: 'Find the person whose access others know.', keys: 'Keys and sessions', accountKey: 'Account key', session: 'Session',
    states: { 0: 'live', 1: 'retired', 2: 'closed', 3: 'expired' }, opened: 'opened', last: 'last entry', events: (n) => plural(n, 'entry', 'entries'), report: 'Report a breach', reportSession: 'Only this session',
    strata: { 1: 'officers', 2: 'staff', 3: 'family, auditor' }, noAccounts: 'Nobody found.', noReports: 'There have been no reports.', place: 'from where', invite: 'New invitation', invited: 'invitation issued', noAccess: 'no access', families: 'Access of families', familiesHint: 'The families of your class. An invitation is printed on a slip and handed over.',
  },
  report: {
    title: 'Report: others know the access', target: 'What to close', whole: 'The whole account key with all its sessions', one: 'Only one session', breach: 'Since when others had the access', breachHint: 'All that was entered with this key after this moment stops counting once a second person confirms receipt.',
    learned: 'When this became known', reason: 'What happened', reasonHint: 'For example: “the phone with the password is gone”. Only those who must will see it.', preview: 'Show the consequences', sign: 'Sign the report', signing: 'Signing…', back: 'Change', date: 'date', time: 'time',
    signed: 'The report is signed. The key is closed. The entries stop counting when two officers have confirmed receipt.', needTime: 'Give the moment.', order: 'It could become known only after it began.', needReason: 'Write what happened.', future: 'This moment has not come yet.',
  },
  preview: {
    title: 'What will stop counting', covered: (n) => plural(n, 'entry', 'entries'), cells: (n) => plural(n, 'cell', 'cells'), cut: 'From position', until: 'to', ungrounded: (n) => `${plural(n, 'entry of others loses its ground', 'entries of others lose their ground')}`,
    periodMarks: (n) => `${plural(n, 'period mark', 'period marks')} should be reviewed`, needsRoot: 'More than 30 days back or over 200 entries: besides two signatures this needs the recovery key (the sealed envelope).',
    what: { file: 'file', debt: 'debt point', mark: 'mark', attendance: 'attendance', topic: 'topic', homework: 'homework', period: 'period', lesson: 'lesson', sheet: 'all entered' },
    where: 'Where', whatCol: 'What', before: 'Now', after: 'Then', onTop: 'Edits of others on top', byKind: 'By kind', events: 'Entries around that moment', digest: 'Digest of the list', none: 'Nothing was entered with this key after that moment. The key must be closed all the same.', coveredMark: 'will be voided', keptMark: 'stays', strandedMark: 'loses its ground',
    already: 'An earlier report has voided these entries already.', shown: (a, b) => `${a} of ${b} shown`, timeline: 'Beginning', now: 'now', recomputing: 'Comparing…', same: 'The list of entries was recomputed in this browser and equals the signed one.', different: 'It does NOT equal the signed one! Do not confirm; tell the head.',
  },
  judgement: {
    button: 'Check it yourself', busy: (done, total) => (total === 0 ? 'Reading…' : `Entries checked: ${done} of ${total}`), failed: 'It could not be checked: no connection.',
    agrees: (n) => `This browser has checked proofs and signatures of ${n} entries itself and came, by the rule, to the same decisions.`,
    differs: (which) => `Not what the server shows: entries ${which}. Tell the auditor.`,
  },
  reports: {
    paper: 'Act (PDF)', act: (n) => `Act no. ${n}`, byName: 'Reported by', timeline: 'Course of events', breach: 'others had access', learned: 'learned', reported: 'key closed', told: 'told', received: 'receipt confirmed', inForce: 'in force', due: 'due to tell', late: 'later than one working day', inTime: 'in time',
    state: { closed: 'Key closed, entries still count', standing: 'In force', overruled: 'Overruled', fallen: 'Fallen' },
    receive: 'Confirm receipt', receiveTitle: 'Confirmation of receipt', capacity: 'In which office', toldWhen: 'When you were told', sign: 'Sign the confirmation', signed: 'Receipt is confirmed by your signature.', overrule: 'Overrule the report', overruleReason: 'Why the report is false', overruleLead: 'The entries will count again. The key stays closed.', overruled: 'The report is overruled by your signature.',
    receipts: 'Receipts', invalid: 'not counted', voided: (n) => `not counting: ${plural(n, 'entry', 'entries')}`, waitingSecond: 'Waits for two officers’ signatures', waitingOne: 'Waits for one more signature', alreadyYou: 'You have confirmed already.', yourOwn: 'This report is about your own key: others must confirm.', covers: (n) => `concerns ${plural(n, 'entry', 'entries')}`, session: 'one session', key: 'whole key', needsRoot: 'needs the recovery key',
    overruledBy: (who) => `Proposed to overrule: ${who}.`, overruleSecond: 'One more officer has to sign.', youOverruled: 'You have proposed to overrule; one more signature is needed.', root: 'the school’s recovery key', overruleRoot: 'Only the school’s recovery key (sealed envelopes) can overrule this.', effect: 'Journal before and after the act',
    rootTitle: 'Two signatures are not enough here', rootWhy: (n) => `The report covers ${n} entries. When there are more than 200, or it begins more than 30 days back, the recovery key itself must report: so no two people can wipe out a term. The key is closed already; there is no hurry.`,
    rootSteps: { request: 'On the school’s server make the request, and carry it on a memory stick:', sign: 'On a computer without network type any two of the three envelopes:', submit: 'Bring the signed file back to the server (add --url while letopisd runs):' }, rootMore: 'Step by step, for a secretary: specs/recovery.md.', school: 'SCHOOL', requestFile: 'REQUEST', signedFile: 'SIGNED', rootReason: 'see act No.',
  },
  access: {
    title: 'My access', who: 'Who you are', key: 'Key', session: 'Session', sessionSealed: 'The session key was made by the browser and cannot be taken out of it.', sessionMemory: 'This browser cannot keep Ed25519 keys itself: the session key lives in the tab’s memory and is wiped when you leave.', noSigner: 'This tab is open for reading only: it holds no key.',
    panic: 'Others know my access', panicLead: 'Someone saw the password, the phone is gone, a stranger sat at your computer? Close the access now: it is one click and cannot be undone. You get a new one in minutes. Your earlier entries stay.', since: 'Since when (if you know)', button: 'Close my access', confirm: 'Yes, close it now', confirmLead: 'The key and all its sessions close for good, this tab included. The head and technical support see the report at once.', onlySession: 'Only this session', wholeKey: 'My whole key', reason: 'What happened (optional)', reasonDefault: 'Others have come to know the access', panicNoKey: 'This tab holds no key, so it cannot sign the report. Go to the log-in page: there the emergency code of your slip closes the access, without a password.', toLogin: 'To the log-in page',
    roles: 'Roles',
  },
  diary: {
    title: 'Diary', prev: 'Previous week', next: 'Next week', thisWeek: 'This week', homework: 'Homework', notSet: 'none set', due: (d) => `due ${d}`, noLessons: 'No lessons', child: 'Pupil', noChildren: 'No pupil is linked to your access. Ask the class teacher.', changed: 'changed', voided: 'voided by an act', receipt: 'Receipt', weight: (n) => `weight ${n}`,
    substituted: 'substitute', changedSince: 'changed after acknowledgement', said: (r) => `by the parents' word: ${r}`, saidTitle: 'The class teacher makes it count', explain: 'explain',
    acknowledge: 'I have read the diary', acknowledged: (w) => `Acknowledged ${w}`, onPaper: '(on paper)', stale: (w) => `Acknowledged ${w}; something has changed since and is marked below.`,
    noConsent: 'The electronic diary is not shown: there is no consent, or it was withdrawn. The class teacher hands out information on paper.', toConsent: 'To the consent',
  },
  cabinet: {
    tabs: 'Parts of the diary', tab: { diary: 'Diary', results: 'Marks', timetable: 'Timetable', about: 'Control works and teachers', own: 'Consent and notices' },
    absences: 'Absences', missedOf: (n, all) => `${plural(n, 'lesson', 'lessons')} missed of ${all}.`,
    reasons: { ill: 'illness', valid: 'valid reason', invalid: 'no valid reason', unknown: 'reason not given', late: 'came late' },
    subject: 'Subject', marks: 'Marks', mean: 'Mean', line: 'Course of the mean', missedShort: 'Missed', unmarked: 'no marks', period: 'Period', noPeriods: 'The periods of study are not set yet.',
    trend: (s, a, b) => `${s}: how the mean changed from ${a} to ${b}`, room: (r) => `room ${r}`,
    changes: { substituted: (who) => `substitute: ${who}`, moved: (d, n) => `moved to ${d}, lesson ${n}`, movedFrom: (d) => `moved from ${d}`, cancelled: 'cancelled' },
    controls: 'Control works of the period', noControls: 'No control works are planned in this period.', monitoring: 'school monitoring', teachers: 'Teachers', classTeacher: 'Class teacher', holidays: 'Holidays and days off',
    advice: "Teachers' recommendations", noAdvice: 'No recommendations yet.', toAll: 'to the whole class', sorts: { 1: 'recommendation', 2: 'remark', 3: 'praise', 4: 'announcement' },
  },
  own: {
    lead: 'Here you speak for yourself: every entry is signed by your key and stays in the ledger.', silent: 'You have not said yet whether you agree to be informed electronically.',
    decisions: { 0: 'consent given', 1: 'refused', 2: 'consent withdrawn' }, forms: { 1: 'electronically', 2: 'on paper' },
    reads: 'The electronic diary is open to you.', readsNot: 'The diary is not shown to you; information is given on paper.', wordingTitle: 'What you agree to (wording 2026-09)',
    wording: 'I agree that the school processes in the electronic journal my name and contacts and data on my child — name, class, attendance, marks, homework — to inform me of the course and results of the learning through the cabinet, by e-mail and SMS. The consent holds while my child is at the school; I may withdraw it on any day, and then information is given on paper.',
    give: 'I consent', refuse: 'I refuse', withdraw: 'Withdraw the consent', withdrawNote: 'After that the diary closes here at once; the class teacher will hand out extracts on paper.',
    channels: 'Where and of what to be told', channelsLead: 'Addresses are kept sealed; you and the class teacher see them.', email: 'E-mail', phone: 'Phone', badEmail: 'This does not look like an e-mail address.', wants: 'Tell me of',
    wantsOf: { 1: 'marks', 2: 'absences', 4: 'homework', 8: 'a weekly digest', 16: 'corrections', 32: 'recommendations', 64: 'substituted and moved lessons' },
    quiet: 'Do not disturb from', quietTo: 'to', badQuiet: 'Give both times or none.', saved: 'Saved.',
  },
  excuse: {
    title: 'Reason of the absence', leadFamily: 'You say why the pupil was away. The class teacher sets the letter in the journal.', leadTeacher: 'The reason holds for all lessons of these days and is seen in the journal.',
    from: 'From', to: 'to', reason: 'Reason', note: 'Note', noteHint: 'For example the number of a certificate. Seen by you, the class teacher and the head.', say: 'Tell', rule: 'Record',
  },
  form: {
    title: (c) => `My class ${c}`, pupils: (n) => plural(n, 'pupil', 'pupils'), noClass: 'You have no class of your own.', tabs: { now: 'Now', families: 'Families', sheet: 'Figures', lists: 'Groups', sent: 'Sent' },
    absentToday: 'Absent today', nobodyAbsent: 'Nobody is noted as absent today so far.', late: 'Came late', unexplained: 'Earlier, reason not given', severalDays: 'Several days, a note',
    unacknowledged: 'Have not acknowledged the week', allAcknowledged: 'all families have', changedSince: 'changed since', signedOnPaper: 'signed on paper', silent: 'Nothing said on consent', allConsented: 'all parents have answered',
    extracts: { title: 'Extracts on paper', lead: (n) => (n === 0 ? 'All families read the diary themselves; any of them may ask for an extract.' : `Families that are told on paper: ${n}.`), from: 'from', to: 'to', print: 'Extracts of the whole class (PDF)', note: (n) => `Record: handed out (${n})`, noted: (a, b) => `Recorded: extracts of ${a} – ${b} were handed out.` },
    recordPaper: 'record a paper', paper: 'Families on paper', nonePaper: 'there are none', inactive: 'Access not activated', allActive: 'all have entered', unhanded: 'Slips not handed over', allHanded: 'all are', handed: 'hand over', invited: 'invited', notInvited: 'not invited',
    list: (n) => `Show: ${n}`, paperConsent: 'Consent or refusal on paper', paperAcknowledgement: 'Acknowledgement on paper', decision: 'Decision', paperDay: 'Date on the paper', reference: 'Number', referenceHint: 'By which the paper is found in the file',
    paperWeek: (w) => `The parent has signed for the week ${w}.`, record: 'Record', register: 'Who is reached how', toInvitations: 'Issue slips', pupil: 'Pupil', person: 'Who', slip: 'Slip', access: 'Access', consent: 'Consent', reached: 'Where', week: 'Week',
    own: 'the pupil', ways: { 1: 'in person', 2: 'in an envelope', 3: 'otherwise' }, active: 'entered', noConsent: 'not said', email: 'e-mail', phone: 'phone',
    missed: 'Lessons missed', ofThemUnknown: 'without a valid reason', sheetLead: 'Read only: the period mark, and below it the weighted mean of the period.', change: 'Change members', fromDay: 'From which day', comes: 'joins', goes: 'leaves',
    since: (d) => `since ${d}`, until: (d) => `until ${d}`, kinds: { 0: 'class', 1: 'subgroup', 2: 'stream', 3: 'individual plan' },
  },
  card: {
    changeData: 'Change the data',
    person: 'Personal data', fullName: 'Full name', birth: 'Date of birth', plan: 'Individual plan', groups: 'Class and groups', family: 'Family', sort: 'What it is', text: 'Text', give: 'Record', seen: 'The pupil and the parents will see this.', withdraw: 'withdraw',
    contacts: 'Talks with the family', way: 'How', ways: { 1: 'call', 2: 'meeting', 3: 'message', 4: 'letter', 5: 'otherwise' }, day: 'When', about: 'What about', note: 'Record the talk', explanations: 'Reasons of absences', none: 'No entries.', byFamily: "by the parents' word",
  },
  closed: {
    title: 'The access is closed', byReport: 'This access was closed by a report.', byYou: 'You reported that others know this access:', byOfficer: 'The school’s officers reported that others know this access:', over: 'All sessions ended at once, open tabs too. Nobody will sign anything with this key any more: neither a stranger nor you.',
    session: 'Only this session is closed. The rest of your access works: log in again.', next: 'What now', tell: 'Tell the head and technical support.', tellUntil: (t) => `The rule gives one working day: until ${t}. They see the report already, but are to be told in person, too.`, tellDay: 'The rule gives one working day.',
    slip: 'Get a new access slip.', slipStaff: 'The head or technical support prints it; for families the class teacher does.', slipFamily: 'The class teacher prints it.', enter: 'Log in by the invitation on the slip.', enterHow: 'You choose login and password anew.',
    review: 'Then the list “Was this you?” opens: what was declared invalid but was done by you is affirmed by one signature.', never: 'Earlier entries are not lost: nothing is ever deleted from the ledger.',
  },
  emergency: {
    title: 'Others know my access', lead: 'No password needed. The emergency code of your slip closes the access at once and for good: all sessions, on all devices.', code: 'Emergency code', codeHint: 'Printed on the access slip, apart from the invitation code.', since: 'Since when others have had the access (if you know)', sinceHint: 'If you do not know, leave it empty.',
    steps: { code: 'Checking the code…', asking: 'Asking the server…', signing: 'Signing…' }, unknownCode: 'There is no such emergency code. The invitation code does not work here.', contradiction: 'The server’s answer contradicts itself; nothing was signed. Tell the head.', noSlip: 'No slip at hand? Call the head or technical support: they close the access by phone.',
  },
  tasks: {
    title: 'What to do now', receive: (name, act) => `Confirm receipt: ${name}, act No. ${act}`, wait: (name, act) => `Waiting for a second officer: ${name}, act No. ${act}`, root: (name, act) => `The envelope is needed: ${name}, act No. ${act}`, overrule: (name, act) => `Decide whether the report is false: ${name}, act No. ${act}`, invite: (name, _act) => `Issue a new invitation: ${name}`,
    go: { receive: 'Look and confirm', wait: 'Open', root: 'What to do', overrule: 'Open', invite: 'To the account' }, rootHow: 'More than 200 entries, or more than 30 days back: two signatures are not enough.', inviteHow: 'The key is closed; the person cannot log in.', overruleHow: (who) => `${who} proposed to overrule; yours is the second signature.`,
    nobody: 'Nobody has confirmed yet.', confirmedBy: (who) => `Confirmed by ${who}.`, toldInTime: 'told in time', until: (t, left) => `to be told by ${t} (${left} left)`, overdue: (t) => `was to be told by ${t}`,
  },
  slip: {
    title: 'Access slip', issueTitle: 'New invitation', lead: 'A slip with an invitation code and an emergency code will be printed. Hand it over in person: whoever holds the slip gets in.', leadEnrolled: 'This person has working access. When they log in by the new slip, the old key is retired (what it signed stays valid).', leadInvited: 'One invitation is out already and not used. A new code does not cancel it until somebody logs in; then all of them are void.', issue: 'Issue and print',
    once: 'The codes are visible now only: print the slip and hand it over. They are kept nowhere else.', print: 'Print', done: 'Printed, close', enter: 'Open in a browser', code: 'Invitation code', codeNote: 'Works once. You choose login and password yourself; nobody knows them, the administrator neither.', square: 'Invitation code for a phone',
    emergency: 'Emergency code – keep it apart', emergencyNote: 'If others may know your password: press “Others know my access” on the log-in page and enter this code. It closes the access at once, without a password. It cannot be used to log in.', issued: (d) => `Issued ${d}. The head and technical support are to be told within one working day when others come to know these credentials.`,
  },
  repairs: {
    title: 'After acts', tabs: { struck: 'Was this you?', stranded: 'Without ground', review: 'On top of struck entries', all: 'All teachers' },
    bannerTitle: 'After an act, waiting for you:', bannerStruck: (n) => plural(n, 'struck entry', 'struck entries'), bannerStranded: (n) => `${plural(n, 'entry', 'entries')} without ground`, bannerReview: (n) => `${plural(n, 'correction', 'corrections')} on top of struck entries`,
    struckLead: 'These entries were signed by your former key after others had come to know it, and so they do not count. Mark what you did yourself as “mine”: it comes back under your new signature, quoting the old entries. What was not you stays invalid.',
    before: 'before', was: 'struck out', now: 'now', choice: { mine: 'mine', not: 'not mine', later: 'later' }, undecided: (n) => `Undecided: ${n}`, allMine: 'All mine', allNot: 'None mine', lessonMine: 'the whole lesson is mine', lessonGone: 'The lesson itself was struck out: it is opened again together with your entries.', lessonGoneOther: 'The lesson itself was struck out, and only a teacher of the subject can open it again.',
    summary: (a, b) => `mine: ${a}, not mine: ${b}`, sign: (n) => `Affirm ${plural(n, 'entry', 'entries')} by signature`, signNone: 'Done', signing: (a, b) => `Signing: ${a} of ${b}…`, done: (n) => n === 0 ? 'Noted.' : `In force again: ${plural(n, 'entry', 'entries')}.`, refused: (n) => `Not accepted: ${plural(n, 'entry', 'entries')}.`,
    nothing: 'Nothing is waiting here.', more: 'Not all is shown: the list is very long.', showNot: (n) => `Show those marked “not mine”: ${n}`, hideNot: 'Back to the undecided', others: 'Other things under the former key', othersLead: 'These are no journal entries; if they are needed, do them again in their own section.',
    strandedLead: 'Honest entries that have lost their ground: a mark, say, in a lesson that a stranger invented.', goneMine: 'The lesson was struck out with whoever had opened it. If it did take place, open it again: the entries come back.', goneOther: 'The lesson was struck out with whoever had opened it. A teacher of the subject can open it again.', reopened: 'The lesson is open again: the entries can come back.', groundOther: 'Its ground was struck out (teaching load or group). Ask the deputy head.',
    reopenAndReturn: (n) => `It took place: open again and return ${plural(n, 'entry', 'entries')}`, reopen: 'It took place: open again', returnOwn: (n) => `Return ${plural(n, 'entry', 'entries')}`, othersReturn: (n) => `${plural(n, 'entry', 'entries')} of other teachers: they return them themselves`,
    reviewLead: 'These entries count, but were made when the cell held something that was struck out later. Look at them: keep or change?', onVoid: (was, now) => `${was}\u00a0stood there (struck out), ${now}\u00a0was set`, onInputs: (now) => `${now} for the period: a struck mark was among its inputs`, keep: (v) => `Keep ${v}`, change: 'Change in the journal', look: 'Look', person: 'Who', settled: 'settled',
  },
  messages: {
    title: 'Messages', none: 'No messages yet.', nothing: 'none', new: 'new', present: 'was present', toDiary: 'to the diary', banner: (n) => `${plural(n, 'new message', 'new messages')}: what has changed since last time`,
    kinds: { mark: 'Mark', changed: 'Mark corrected', withdrawn: 'Mark withdrawn', absence: 'Attendance', absence_changed: 'Attendance corrected', period: 'Mark for the period', period_changed: 'Mark for the period corrected', correction: 'Correction' },
    correction: (act) => `Correction by act No. ${act}`, correctionLead: 'The earlier value was declared invalid by an act of the school. What is shown now counts; nothing is asked of you.',
  },
  past: {
    title: 'The past', onDate: 'As of', pick: 'Show as it was', slider: 'Along the entries of this page', present: 'now', position: (n) => `entries in the ledger: ${n}`, upTo: (t) => `Last entry up to then: ${t}`, readings: 'How to read it', then: 'What was seen then', today: 'What of it counts today', back: 'Back to now', compare: 'What has changed since',
    thenLead: 'This is how the journal looked at that moment. Read only.', todayLead: 'The entries of that time without those declared invalid later. Read only.',
  },
  difference: {
    title: 'What changed between two moments', titleAct: (n) => `The journal before and after act No. ${n}`, lead: 'Every cell that showed different things at the two moments: before, after, who changed it or by which act.', leadAct: 'What the journal showed just before the act came into force, and just after.', from: 'First moment', to: 'Second moment', toOrNow: 'Second moment (empty: now)', open: 'Compare two moments', compare: 'Compare', none: 'Nothing changed between these moments.', more: 'Not all is shown: more than 5,000 cells changed. Choose a journal page, or closer moments.', unknown: 'author not shown', known: (n) => `known at ${n}`,
  },
  seal: {
    whole: 'ledger intact', checking: 'checking', broken: 'THE SEAL DOES NOT HOLD', unknown: 'not checked', size: (n) => `${n} entries`, title: 'Seal of the journal',
    stopTitle: 'Stop. The journal that the server shows is not the one that was here before', stopLead: 'This browser remembers what the journal was, and the new state does not grow out of it. That happens when history was rewritten or the server was restored from an old copy.', stopDo: 'Enter nothing more. Show this screen to the head and to an auditor.', stopSteps: 'What does not hold', forget: 'Forget the earlier seal and begin anew', forgetLead: 'Only if you were told that the journal was founded anew (a demonstration school, for example).', forgetConfirm: 'I understand that this browser will forget the earlier history',
    steps: {
      key: 'Key and name of the log are those of the first visit', signature: 'The checkpoint is signed by the log’s key', growth: 'The log has not become shorter', consistency: 'The new state begins with what this browser saw before',
    },
    explain: {
      key: 'At the first visit the browser remembered the log’s public key. Nobody can put another log in its place unnoticed.', signature: 'Size and root hash of the whole journal are signed. Change one character in any entry and the root changes.', growth: 'Entries are only ever added. If there are fewer, something was removed.', consistency: 'The server sends a proof of a few hashes; the browser computes both roots from it itself, the old one and the new one, and both must agree.',
    },
    firstVisit: 'First visit: there is nothing to compare with yet; the key is remembered.',
  },
  audit: {
    title: 'Ledger', lead: 'Here you see by what the browser checks the journal, and can check any entry yourself.', checkpoint: 'Checkpoint', witnesses: 'Witnesses', witnessed: (held, needed, of, size) => `Cosigned: ${held}, needed ${needed} of ${of}; up to entry ${size}`, witnessAhead: 'has seen more entries than there are here!', steps: 'Verification', checkNow: 'Check now', checkedAt: (t) => `checked ${t}`, size: 'Entries', root: 'Root', vkey: 'Key of the log', origin: 'Name of the log', logId: 'Id of the log', previous: 'This browser saw before',
    entry: 'Check an entry', position: 'Position', check: 'Check', entryKind: 'Kind', entryKey: 'Author’s key', recorded: 'Recorded', included: 'The entry stands at this place (the proof holds)', notIncluded: 'The proof does NOT hold', signatureOk: 'The author’s signature holds', signatureBad: 'The author’s signature does NOT hold', checkpointOk: 'The proof leads to a verified checkpoint', checkpointBad: 'The checkpoint of the proof is NOT verified', content: 'Content', tools: 'The program letopis-audit does the same without this site.', save: 'Save the receipt',
    held: { title: 'Hold a kept checkpoint against it', lead: 'A checkpoint that somebody noted earlier or elsewhere – a file, a printout, another browser’s – must be the beginning of what the server shows now. Otherwise different people are shown different things, or the past was rewritten.', text: 'The checkpoint', file: 'or a file', check: 'Compare', save: 'Save the checkpoint', begins: 'The present state begins with this checkpoint', holds: 'It holds: the log goes on from this checkpoint, nothing before it was rewritten.', differs: 'It does NOT hold. Keep both checkpoints and show an auditor: together they prove what is wrong.' },
  },
  control: controlEn, edits: editsEn, summary: summaryEn, marks: marksEn, grid: gridEn, privacy: privacyEn, offline: offlineEn, keys: keysEn, why: whyEn,
  roles: {
    1: 'head', 2: 'deputy head', 3: 'technical support', 4: 'class teacher', 5: 'parent', 6: 'pupil', 7: 'auditor', 8: 'corrector', 9: 'office',
  },
  works: {
    1: 'answer in class', 2: 'homework', 3: 'independent work', 4: 'control work', 5: 'dictation', 6: 'composition', 7: 'laboratory work',
    8: 'practical work', 9: 'test', 10: 'project', 11: 'credit', 12: 'exposition', 13: 'check-up', 14: 'by heart',
  },
  workMarks: {
    1: 'ans', 2: 'home', 3: 'ind', 4: 'CW', 5: 'dict', 6: 'comp', 7: 'lab', 8: 'prac', 9: 'test', 10: 'proj', 11: 'cred', 12: 'exp', 13: 'chk', 14: 'heart',
  },
  kinds: {
    'school.founded': 'journal founded', 'account.opened': 'account opened', 'invitation.issued': 'invitation issued', 'key.enrolled': 'key enrolled',
    'key.retired': 'key retired', 'session.opened': 'logged in', 'session.closed': 'logged out', 'role.granted': 'role granted', 'role.revoked': 'role revoked', 'root.rotated': 'root key changed', 'log.continued': 'log continued under another key',
    'subject.created': 'subject created', 'value.erased': 'values erased', 'subject.erased': 'data erased', 'group.changed': 'class or group changed', 'plan.withdrawn': 'topics taken off the plan', 'group.created': 'class or group created', 'pupil.admitted': 'pupil admitted', 'members.joined': 'joined the group', 'members.left': 'left the group',
    'teaching.assigned': 'teaching assigned', 'teaching.ended': 'teaching ended', 'calendar.set': 'calendar', 'bells.set': 'bells', 'timetable.set': 'timetable', 'plan.set': 'lesson plan',
    'control.planned': 'control work planned', 'lesson.changed': 'substitution or move', 'lesson.opened': 'lesson opened', 'topic.set': 'topic', 'homework.attached': 'file with homework', 'homework.detached': 'file taken off', 'homework.set': 'homework', 'debt.set': 'debt points', 'attendance.set': 'attendance', 'marks.set': 'marks',
    'period.set': 'period marks', 'breach.reported': 'breach reported', 'breach.received': 'receipt confirmed', 'breach.overruled': 'report overruled',
    'absence.explained': 'reason of an absence', 'advice.given': 'advice or remark', 'advice.withdrawn': 'advice withdrawn', 'channel.set': 'where to send word', 'consent.set': 'consent', 'contact.noted': 'contact with the family', 'diary.acknowledged': 'diary acknowledged',
    'extract.issued': 'extract issued', 'slip.handed': 'slip handed over', 'account.renamed': 'name changed', 'pupil.changed': 'a pupil’s particulars', 'pupil.left': 'pupil left', 'pupil.moved': 'pupil moved', 'filling.noted': 'remark on filling', 'filling.settled': 'remark settled',
    'period.closed': 'period closed', 'period.reopened': 'period reopened', 'report.issued': 'report issued', 'report.received': 'report received', 'setting.set': 'setting of the school',
  },
}
