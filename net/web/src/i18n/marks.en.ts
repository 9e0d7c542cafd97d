// Marks by the school's rules: means, the year, debt points, attachments, messages. English words.
import type { marksRu } from './marks.ru'
import { en as plural } from './format'

export const marksEn: typeof marksRu = {
  ruleText: (r) => `${r.weighted ? 'Mean by weights of works' : 'Mean without weights'}; rounded upwards from ${r.round_up_at === 0 ? 'any fraction' : `0.${String(r.round_up_at).padStart(2, '0')}`}; a period needs at least ${plural(r.least, 'mark', 'marks')}.`,
  forecast: 'Forecast: the period mark that follows from the mean', forecastOf: (n) => `forecast ${n}`,
  year: {
    title: 'Year and final', tab: 'Year', columns: { 0: 'Period', 1: 'Year', 2: 'Exam', 3: 'Final' }, caption: (group, subject) => `Marks of year, exam and final, ${group}, ${subject}`,
    due: (from, to) => `Marks of the year are given in its last week: ${from} – ${to}.`, unmarked: 'A subject without marks.', proposed: 'Follows from the marks; not written to the journal', proposedOf: (n) => `proposed ${n}`,
    rule: 'The year is proposed from the marks of all periods, the final mark from year and exam; without an exam the year serves as final. A proposal writes nothing.', take: (name, n) => `Take what is proposed, ${name.toLowerCase()}: ${n}`, sign: (n) => (n === 0 ? 'Sign' : `Sign ${plural(n, 'mark', 'marks')}`),
    none: 'The class has no subjects with marks.', group: 'Class, group', pupils: 'Pupils', state: 'State', whole: 'all given', noYear: (n) => `no year mark: ${n}`, noFinal: (n) => `exam without final: ${n}`,
  },
  debt: {
    point: 'Point', title: 'Point: a mark still to be earned', lead: (name, work) => `${name}, ${work}. While the point stands the family sees what is to be handed in and until when. It is closed by the mark that you put.`, term: 'Until', tooEarly: 'The term is before the lesson.', sign: 'Sign', withdraw: 'Withdraw the point',
    until: (day) => `point, until ${day}`, overdue: (day) => `overdue since ${day}`, heading: 'Debt points', familyLead: 'These marks can still be earned. A point is closed when the teacher puts a mark.', work: (day, work) => `lesson ${day}, ${work}`, none: 'No debt points.',
  },
  file: {
    title: 'Files with the homework', attach: 'Attach a file', sending: 'Sending…', detach: 'Take the file off', size: (n) => (n < 1024 ? `${n} B` : n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`), same: 'what was signed', different: 'This is NOT the file that the teacher signed: it was not saved. Tell the teacher.',
    elsewhere: (digest) => `The file lies elsewhere. Digest of the signed file (SHA-256): ${digest}`, wrongType: 'The journal does not take such files: PDF, DOCX, XLSX, PPTX, ODT, a picture, MP3 or text.', empty: 'The file is empty.', large: (name) => `“${name}” is larger than 1 MB: the journal signs its digest; put the file where it can be had, and give the link.`, link: 'Link to the file', needLink: 'A link that begins with https:// is needed', sign: 'Sign the link',
  },
  mended: (when) => `mended by itself, ${when}`,
  report: {
    heading: 'Reports of the deputy head on the pupil', title: 'Report on a pupil to the class teacher', lead: (who, name, size) => `${who} will get the marks, means and absences of the period as they are now (entries in the log: ${size}). Pupil: ${name}. You sign their digest: later it shows that the report has not changed.`, paper: 'PDF', card: 'To the card',
  },
  delivery: {
    title: 'Sent to families', own: 'What was sent to you', off: 'No messages are sent from this server: e-mail and SMS are not set up.', none: 'There were no messages yet.', troubles: (n) => `Undelivered only: ${n}`, when: 'When', to: 'To', what: 'About', way: 'By', state: 'Outcome', ways: { mail: 'e-mail', sms: 'SMS' },
    sent: (when) => `sent ${when}`, repeated: 'perhaps twice', failed: (when, n) => `not delivered, ${when}: refused, attempts ${n}`, expired: (when) => `not sent, ${when}: too old`, unknown: (when) => `unknown whether it arrived, ${when}`, cancelled: (when, why) => `was not to be sent, ${when}: ${why}`, retry: (n, when) => `attempts ${n}, the next ${when}`, quiet: (when) => `quiet hours, leaves ${when}`, queued: 'waiting to be sent',
    reasons: { consent: 'no consent', role: 'no longer the parent', channel: 'such messages were declined', void: 'the entry was struck out', transport: 'no address to send it to' }, more: (n) => `The last ${n} are shown.`, note: 'Sent means that the next server has taken it. No addresses and no words are kept here.',
  },
  works: {
    title: 'Control works and marks of the period', lead: 'Control works and dictations of the period against its marks. A pupil is compared by the own mean of these works, rounded to a whole mark.', works: 'works', period: 'period', count: 'Works', workMean: 'Mean of works', periodMean: 'Mean of the period', workQuality: 'Quality of works, %', periodQuality: 'Quality of the period, %', compared: 'Compared', higher: 'Period higher', equal: 'Equal', lower: 'Period lower',
    plotMeans: 'Mean: control works and period', plotQuality: 'Quality, %: control works and period', detail: (works, apart) => `${plural(works, 'work', 'works')}${apart > 0 ? `, a mark apart or more: ${apart}` : ''}`, one: (n, avg, success, quality) => `${plural(n, 'mark', 'marks')}, mean ${avg}, success ${success} %, quality ${quality} %`, apart: (value, avg) => `${value} for the period with ${avg} for the works`,
    none: 'There are no control works or dictations with marks in this period.', noPeriod: 'This period has no days in the calendar.',
  },
  fewShort: (n, least) => `${n} of ${least}`,
}
