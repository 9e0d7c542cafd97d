// Control of filling, summaries, reports: the English words of the deputy head's screens.
import type { controlRu, editsRu, summaryRu } from './control.ru'
import { en as plural } from './format'

export const controlEn: typeof controlRu = {
  title: 'Control of filling', own: 'What I owe', tabs: { filling: 'Filling', remarks: 'Remarks' }, nav: 'Control', find: 'Teacher, class, subject…',
  span: { label: 'Time', day: 'Day', week: 'Week', period: 'Period' }, prev: 'Earlier', next: 'Later', by: { label: 'Shown', teacher: 'By teacher', page: 'By journal' },
  caption: (from, to) => `Filling of the journals, ${from} – ${to}`, range: (from, to) => (from === to ? from : `${from} – ${to}`),
  cols: {
    light: 'State', name: 'Teacher', group: 'Class', subject: 'Subject', pages: 'Journals', due: 'Lessons', recorded: 'Recorded', no_topic: 'No topic', no_homework: 'No homework', no_sheet: 'No attend.',
    late_homework: 'Homework late', late_sheets: 'Attend. late', late_absences: 'Absences late', late_marks: 'Marks late', overdue_debts: 'Points overdue', few_marks: 'Too few marks', no_year: 'No year mark',
  },
  hints: {
    due: 'Lessons by the timetable with its substitutions that are over', recorded: 'Of these, opened in the journal', no_topic: 'No topic is recorded', no_homework: '1.5 hours after the last lesson of the class have passed, with neither homework nor “none set”', no_sheet: 'The day is over and attendance is not entered',
    late_homework: 'Homework recorded more than 1.5 hours after the last lesson of the class', late_sheets: 'Attendance entered after the day of the lesson', late_absences: 'Absences recorded after the day of the lesson', late_marks: 'Marks past their term: the day of the lesson; control works 3 days, written works a week', overdue_debts: 'Debt points whose term has passed without a mark', few_marks: 'Pupils with fewer marks in the period than the school wants', no_year: 'Pupils without a mark of the year; counted from its last week'
  },
  light: { good: 'in order', warn: 'some gaps', bad: 'much is empty' },
  lightRule: '“Much is empty”: more than 5 % of the lessons lack record, topic or attendance. “Some gaps”: there are such lessons, but few, or more than 20 % of the lessons lack homework or have late entries, or there is more than one late mark for two lessons. A late entry is never refused, only flagged.',
  none: 'No lessons of this time are due yet.', noneFound: 'Nothing matches.', total: 'Total', sort: (col) => `Sort by: ${col}`, open: (name) => `Journals: ${name}`, csv: 'CSV', xlsx: 'XLSX', print: 'Print', allTeachers: 'All teachers',
  lessons: 'Lessons', lessonsLead: 'Lessons with something amiss. Choose one to open it in the journal.', allGood: 'Everything here was filled in on time.', showAll: 'Show all lessons',
  lacks: { 1: 'the lesson is not recorded', 2: 'no topic', 4: 'no homework', 8: 'no attendance' }, homeworkLate: (t) => `homework late by ${t}`, sheetLate: 'attendance not on the same day', lateAbsences: (n) => `${plural(n, 'absence', 'absences')} late`, lateMarks: (n) => `${plural(n, 'mark', 'marks')} late`, inTime: 'all on time',
  remark: {
    raise: 'Remark', title: 'Remark to the teacher', to: 'To', text: 'Text', hint: 'Seen by the teacher, the head and the deputy heads. Up to 2000 characters.', send: 'Sign and send', sent: 'The remark is sent.', empty: 'Write what is to be mended.', open: 'Open', settled: 'Settled', settle: 'Mark as settled', done: 'Settled', none: 'There are no remarks.', from: (who, when) => `${who}, ${when}`, showSettled: 'Show settled ones, too', toJournal: 'Open the journal',
    banner: (n) => `${plural(n, 'remark', 'remarks')} on how your journal is kept`, intro: (from, to) => `Looked at: ${from} – ${to}.`, parts: { recorded: (n) => `Lessons not recorded: ${n}.`, no_topic: (n) => `Topics missing: ${n}.`, no_homework: (n) => `Homework missing: ${n}.`, no_sheet: (n) => `Attendance not entered: ${n}.`, late_marks: (n) => `Marks late: ${n}.`, overdue_debts: (n) => `Debt points past their term: ${n}.`, few_marks: (n) => `Too few marks in the period, pupils: ${n}.`, no_year: (n) => `Marks of the year missing: ${n}.` }, please: 'Please fill in.',
  },
}

export const summaryEn: typeof summaryRu = {
  nav: 'Results', title: 'Results', school: 'School', classes: 'Classes', period: 'Period', wholeYear: 'whole year', tabs: { sheet: 'Summary sheet', figures: 'Figures', works: 'Control works', attendance: 'Attendance', year: 'Year', reports: 'Reports' }, none: 'No class is open to you here.',
  sheetTitle: (group, period) => `Summary sheet of results, ${group}, ${period}`, pupil: 'Pupil', mean: 'Mean', standing: 'Standing', class: 'Class', teacher: 'Class teacher', pupils: 'Pupils', grade: (n) => `Grade ${n}`, allGrades: 'All',
  success: 'Success', quality: 'Quality', sou: 'SOU', meanLong: 'Mean mark', missing: 'Missing', deferred: 'Deferred', left: 'left', missingCell: 'no mark of the period', deferredTo: (d) => `deferred until ${d}`, deferredOpen: 'deferred, no date',
  formulas: 'Success: share of pupils without 2 and “not assessed”. Quality: share of pupils with 4 and 5 only. SOU = (5·100 + 4·64 + 3·36 + 2·16 + n/a·7) / all. Exempt, unmarked, deferred and leavers are not counted; “not assessed” is.',
  standings: { 0: '—', 1: 'excellent', 2: 'one 4', 3: 'good', 4: 'one 3', 5: 'several 3s', 6: 'failing', 7: 'not assessed' }, standingsMany: { 0: 'Without marks', 1: 'Excellent', 2: 'With a single 4', 3: 'Good', 4: 'With a single 3', 5: 'With several 3s', 6: 'Failing', 7: 'Not assessed' },
  risk: 'Whom to look at', riskNone: 'There are none.', riskDeferred: 'Deferred', missingTitle: 'Without a mark of the period', missingLead: (n) => `${plural(n, 'mark is', 'marks are')} still missing`, missingNone: 'Everybody has the marks of the period.', emptyPeriod: 'There are no marks of this period yet.', bySubject: (n) => plural(n, 'pupil', 'pupils'),
  plots: { distribution: 'Marks by subject', quality: 'Quality by subject, %', success: 'Success by subject, %', trend: 'By period, %', classes: 'Classes compared: success and quality, %', standings: 'Who the classes are made of', days: 'Lessons missed by week, %', reasons: 'Lessons missed, by reason', table: 'The same numbers as a table' },
  values: { 5: '5', 4: '4', 3: '3', 2: '2', 1: '1', 11: 'n/a', 10: 'exempt', 12: 'unmarked', 13: 'deferred', 0: 'none' }, subject: 'Subject', paper: 'PDF for the archive', counted: 'Counted', csv: 'CSV', xlsx: 'XLSX', print: 'Print', toClass: 'To the class', toSchool: 'All classes', week: (d) => `week of ${d}`,
  attendance: { title: (group) => `Attendance, ${group}`, held: 'Lessons', missed: 'Missed', days: 'Days', daysMissed: 'Whole days', ill: 'illness', valid: 'valid reason', invalid: 'no valid reason', other: 'other', unknown: 'reason unknown', late: 'Late', share: 'Share', lead: 'A day counts as missed when all its lessons were missed. Lessons that are not in the journal are not counted.', total: 'Class' },
  marks: { few: (n) => `Fewer than ${n} marks in the period`, fewNone: 'Everybody has enough marks.', apart: 'Marks of the period that do not follow from the mean', apartNone: 'There are none.', against: (value, average) => `${value} with a mean of ${average}` },
  lock: {
    title: 'Closing the period', open: 'The period is open: marks and entries are accepted.', closed: (day, who) => `Closed ${day} by ${who}.`, reopened: (day, who) => `Opened again ${day} by ${who}.`, close: 'Close the period', reopen: 'Open again', effect: (group, from, to) => `Once closed, for ${group} and the groups of this class these are refused: entries on lessons from ${from} to ${to}, and marks of this period. The journal can be read as before. All teachers see that it is closed; a deputy head or the head can open it again and has to say why.`, reopenEffect: 'Teachers can make entries on lessons of this period again. The reason stays in the ledger.', reason: 'Reason', needReason: 'Give the reason.', sign: 'Sign', missing: (n) => `Mind: marks still missing: ${n}.`,
    tag: (day) => `closed ${day}; a deputy head can open it`,
  },
  report: {
    title: 'Reports to the class teacher', send: 'Send a report', dialog: 'Report to the class teacher', lead: (who, size) => `${who} gets this sheet with its figures and lists as it is now (entries in the ledger: ${size}). You sign its digest: by it one can see later that the report has not changed.`, sign: 'Sign and send', sent: 'The report is sent.', noTeacher: 'The class has no class teacher: nobody to send the report to.', digest: 'Digest (SHA-256)', by: 'Sent by', to: 'To', when: 'When', state: 'Receipt', received: (d) => `received ${d}`, waiting: 'not confirmed yet', open: 'Open', confirm: 'Confirm receipt', none: 'There have been no reports.', banner: (by, when) => `Report, ${by}, ${when}. Shown as it was then.`, checking: 'Checking the digest…', same: 'The digest equals the signed one.', different: 'The digest does NOT equal the signed one: data were erased or changed. Tell the auditor.', now: 'As it is now', dayBanner: (n) => `${plural(n, 'new report', 'new reports')} of the deputy head on your class`,
  },
}

export const editsEn: typeof editsRu = {
  title: 'Edits', tabs: { label: 'Pages of the journal', marks: 'Marks', lessons: 'Lessons', plan: 'Plan', year: 'Year', edits: 'History' },
  lead: 'What was recorded late on these days, corrected, taken back or struck out, and which periods were closed and opened again. None of it is a fault by itself: it shows where to look and whom to ask.', leadPage: 'What was recorded late on this page, corrected, taken back or struck out. Earlier values stay in the chronicle for good.',
  from: 'recorded from', to: 'to', find: 'Teacher, class, pupil…', chosen: 'Which edits to show',
  signs: { late: 'late', corrected: 'corrected', withdrawn: 'taken back', void: 'void', period: 'periods' }, sorts: { 0: 'recorded', 1: 'corrected', 2: 'taken back', 3: 'period closed', 4: 'period opened again' },
  lateBy: (t: string) => `late by ${t}`, cols: { when: 'Recorded', who: 'By', where: 'Where', what: 'What', why: 'Why it is here' }, moreCells: (n: number) => `${n} more`, showMore: (n: number) => `Show more (${n} left)`,
  none: 'No such edits on these days.', more: 'The last two thousand cells are shown; choose fewer days.', read: (n: string, from: string, to: string) => `Entries of the log looked at: ${n} (${from} – ${to}).`, plotDays: 'Edits by day', plotWeeks: 'Edits by week',
}
