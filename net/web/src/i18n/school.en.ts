// Setting up the school: the weekly timetable, subjects, plans, changing groups.
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
}
