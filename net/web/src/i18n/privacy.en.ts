// Personal data: what is stored, who looked, terms of keeping, erasure. English words.
import { en as plural } from './format'
import type { privacyRu } from './privacy.ru'

const entries = (n: number): string => plural(n, 'entry', 'entries')

export const privacyEn: typeof privacyRu = {
  nav: 'Personal data', title: 'Personal data', who: 'Whose data', self: 'Mine', tabs: { looks: 'Who looked', data: 'What is stored', terms: 'Terms and erasure' },
  looks: {
    lead: 'Each time these data were shown, the server noted who opened which page and when. What stood on it is not noted. The record lies beside the journal, not in it; one page is noted once in ten minutes.',
    leadAll: 'All showings of anybody’s data in these days.', when: 'When', reader: 'Who', page: 'What was opened', about: 'About whom', none: 'Nobody looked in these days.', more: 'The last two thousand are shown; choose fewer days.', from: 'from', to: 'to',
    abouts: { p: 'the pupil', g: 'a whole class or group', a: 'an account', '-': 'many at once' },
    views: {
      journal: 'journal', cell: 'history of a cell', diary: 'diary', summary: 'summary sheet', results: 'results', cabinet: 'control works and teachers', timetable: 'timetable', class: 'my class', 'class/sheet': 'overview of the class', 'class/lists': 'lists of the class',
      pupil: 'card of a pupil', deliveries: 'messages sent', comparison: 'control works and period', 'table/comparison': 'table: control works and period', debts: 'points', closing: 'year and final', attendance: 'attendance', retention: 'terms of keeping', movement: 'movement', roster: 'list for moving', group: 'members of a group', 'groups/check': 'check of groups',
      accounts: 'accounts', breaches: 'reports of access', difference: 'difference of two dates', edits: 'edits', 'table/edits': 'table: edits', repairs: 'was this you?', notices: 'messages to the family', 'table/summary': 'table: summary sheet', 'table/movement': 'table: movement', 'paper/extract': 'extract', 'paper/journal': 'journal on paper', 'paper/sheet': 'sheet on paper', person: 'all data of a person',
    },
  },
  data: {
    lead: (name, n, size) => `${name}: ${entries(n)} of ${size} in the journal speak of this person.`, leadSigned: (n) => `This person signed ${entries(n)} more about others; what they say is the data of others.`,
    save: 'Save all (JSON)', saveNote: 'The file holds each entry whole, with its place in the journal: it can be checked by a receipt. The data of others are left out of shared entries.', kind: 'What', count: 'How many', first: 'First', last: 'Last', when: 'Recorded', by: 'By', place: 'Where', struck: 'struck out',
    values: 'Values', none: 'The journal holds nothing about you.', show: (n) => `Show ${entries(n)} one by one`, more: 'The first fifty thousand are shown.', ask: 'Something is wrong? A mark is corrected by the teacher, a name or a birth date by the class teacher. An entry itself cannot be erased, but its words – a reason, a comment, a telephone – are, by the head on request; all about a person at once after the term of keeping.',
  },
  values: {
    head: 'Erase single values', lead: 'What should never have been entered, or whose term is over: a reason, a comment, a telephone. On request or by a decision at once, otherwise after the term. Name, birth date and sex are kept as long as all data are; topics and homework are written in the open and cannot be erased.',
    none: 'There is nothing that may be erased alone.', find: 'Find', notFound: 'There are no such values.', more: (shown, all) => `${shown} of ${all} are shown: give more words.`, tooMany: (n) => `At most ${n} are erased at once.`,
    value: 'Value', what: 'What it is', when: 'Recorded', term: 'Term', choose: (text) => `Choose: ${text}`, chooseOver: (n) => `Choose all whose term is over (${n})`, erase: (n) => (n === 0 ? 'Erase what is chosen…' : `Erase what is chosen (${n})…`),
    present: 'in force', over: 'term over', until: (day) => `kept until ${day}`, erased: 'erased', gone: 'data erased',
    fields: { note: 'note', reason: 'reason', text: 'words', email: 'e-mail', phone: 'telephone', comment: 'comment', whither: 'whither', place: 'place of a session' },
    title: (n, name) => `Erase ${plural(n, 'value', 'values')}: ${name}`, warning: 'This cannot be undone. The words vanish from the journal and from new copies, and their place says so; who wrote them and when stays, and signatures stay valid.',
  },
  terms: {
    lead: 'While a person is at the school, the journal needs the data. Later they are kept by law and shown in no current list; when the term is over they may be erased: names and words vanish for good, entries and signatures can still be verified.',
    name: 'Who', state: 'State', keeping: 'Kept for', last: 'Last day', due: 'May be erased from', none: 'Nobody has left yet.', pupil: 'pupil', account: 'staff or family', more: 'Not all are shown.',
    states: { in_use: 'at school', blocked: 'kept', due: 'term over', erased: 'erased' },
    keepings: { nothing: 'no entries', access: 'logins and rights', journal: 'the journal (5 years)', summary: 'summary sheets (25 years)' },
    erase: 'Erase…', erasedBy: (a, b, when) => `${when}: ${a} and ${b}`, title: (name) => `Erase the data: ${name}`,
    warning: 'This cannot be undone. Name, birth date, reasons, remarks and all that was sealed for this person vanish from the journal and from new copies. Marks without a name, and signatures, stay.',
    ground: 'Ground', grounds: { 1: 'the term of keeping is over', 2: 'request of whose data they are', 3: 'decision of an authority or court' }, reference: 'Document (act, application, number and date; no names)',
    second: 'The second signs here', secondLead: 'A deputy head or technical support types login and password. The password is checked in this browser; no session is opened, the key is wiped right after signing.', login: 'Login of the second', password: 'Password of the second', sign: 'Sign together and erase', wrong: 'Login or password of the second do not match.',
  },
}
