// Setting up the school: the weekly timetable, subjects, plans, changing groups.
import { en as plural } from './format'
import type { SchoolMessages } from './school.ru'

export const schoolEn: SchoolMessages = {
  week: {
    lead: 'The weekly timetable of a class and its groups: the lessons of every day stand by it from the given date. Single replacements and moves are made in “A day of the school”.', from: 'Holds from', fromHint: (d: string) => `Shown is the timetable that holds on ${d}.`, number: 'Lesson', shift: (n: number) => `shift ${n}`,
    add: (where: string) => `Add a lesson: ${where}`, open: (what: string) => `${what}. Change`, place: (day: string, n: number) => `${day}, lesson ${n}`, changed: 'changed', since: (names: string, d: string) => `${names}: since ${d}`, none: 'The class has no weekly timetable yet: add lessons.',
    slot: 'Lesson of the week', group: 'Class or group', what: 'Subject and teacher', other: 'another subject or teacher…', subject: 'Subject', teacher: 'Teacher', notAssigned: 'The teacher is not assigned to this subject in this group: no journal can be kept until the deputy head or the head assigns it (“Groups”).', weekday: 'Day of the week', room: 'Room (if any)', keep: 'Done', remove: 'Remove the lesson', full: 'The group has 100 lessons a week already.',
    clash: { class: (what: string, other: string) => `${what} – the class also has ${other} then`, teacher: (what: string, other: string) => `${what} – the teacher also gives ${other} then`, room: (what: string, other: string) => `${what} – the room also has ${other}` }, clashes: (n: number) => `Clashes: ${n}`, noClash: 'No clashes.', mayClash: 'It can be signed with clashes, if it is meant so.',
    hours: 'Hours assigned and lessons a week', hoursRow: (what: string, hours: number, lessons: number) => `${what}: ${hours} assigned, ${lessons} in the timetable`,
    edited: (names: string) => `Changed: ${names}.`, sign: (d: string) => `Sign, from ${d}`, undo: 'Leave as it was', past: 'That day is past: the timetable changes for past days, too. Recorded lessons stay as they are.', next: (names: string, d: string) => `${names}: another timetable is set from ${d} on; what is signed now holds until then.`,
  },
  plan: {
    edit: 'Change the plan', lead: (subject: string, grade: number) => `One plan for a subject and grade: ${subject}, grade ${grade}. A topic’s number is the lesson’s; days follow from each class’s timetable.`, changed: (n: number) => `Changed: ${plural(n, 'topic', 'topics')}.`, topicN: (n: number) => `Topic ${n}`, workN: (n: number) => `Kind of work of topic ${n}`, before: (n: number) => `Put a topic in before ${n}`, remove: (n: number) => `Take topic ${n} out`, add: 'Topic', long: (n: number) => `Topic ${n} is too long: 500 bytes at most.`,
    paste: 'Paste from a table', lines: 'Lines', linesHint: 'Copy from a spreadsheet: number, topic, hours, kind of work – or topics alone, one a line. A topic of two hours becomes two lessons.', where: 'Where', append: (n: number) => `At the end, from topic ${n} on`, replace: 'Instead of the whole plan', found: (n: number) => `Found: ${plural(n, 'topic', 'topics')}.`, dates: 'Dates are not written: the timetable gives a topic its day.', many: 'A plan has at most 1000 topics.', take: 'Take', problems: (n: number) => `Not understood: ${plural(n, 'line', 'lines')}`,
    problem: { noTopic: (line: number, v: string) => `line ${line}: no topic (${v})`, long: (line: number, v: string) => `line ${line}: the topic is too long (${v}…)`, hours: (line: number, v: string) => `line ${line}: hours are a number from 1 to 20, not “${v}”`, work: (line: number, v: string) => `line ${line}: no such kind of work: “${v}”` },
  },
  subjects: {
    create: 'New subject', name: 'Name', marked: 'With marks', unmarked: 'without marks', same: 'There is a subject of that name.', note: 'Name and “with marks” cannot be changed later: a new subject is made.', count: (n: number) => plural(n, 'subject', 'subjects'),
  },
  staff: {
    title: 'New member of staff', give: 'Give a role', surname: 'Surname', given: 'Given name', patronymic: 'Patronymic (if any)', role: 'Role', noRole: 'teacher, or no role', class: 'Class', from: 'From which day', family: { title: 'New access', whose: 'Whose', pupil: (name: string) => `the pupil: ${name}`, note: 'After signing the slip is printed: with it the person chooses a login and a password. Only this pupil will be seen. The family’s consent is noted separately.' }, auditorNote: 'An auditor verifies the chronicle: sees pages without names and writes nothing.', officeNote: 'The office keeps movement, groups, the timetable and the school year; it gives no replacements and no right to keep a journal.', note: 'After signing the slip is printed: with it they choose a password themselves. A teacher’s subjects are assigned in “Groups”.',
  },
  change: {
    open: 'Change', now: (grade: number, shift: number, days: number) => `grade ${grade}, shift ${shift}, ${plural(days, 'day', 'days')} a week`, title: (name: string) => `Change: ${name}`, from: 'From which day', grade: 'Grade', shift: 'Shift', days: 'Days a week', note: 'Until that day all stays as it was. Members, journals and history of the group go on.', row: (d: string, name: string, grade: number, shift: number) => `from ${d}: ${name}, grade ${grade}, shift ${shift}`, toCome: 'to come',
    promotion: 'New school year', promotionLead: 'Classes go up a grade with their groups: pupils and journals stay with them, plan and calendar are those of the new grade from that day on.', whichClasses: 'Which classes go up', promotionNote: 'Streams of several classes are changed one by one. Who finishes school leaves by order (“Movement”). Teachers and timetable of the new year are set apart.',
  },
}
