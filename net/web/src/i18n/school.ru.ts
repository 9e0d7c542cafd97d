// Устройство школы: недельное расписание, предметы, планы (КТП), изменение групп.

export const schoolRu = {
  week: {
    lead: 'Недельное расписание класса и его групп: по нему стоят уроки каждого дня с указанной даты. Разовые замены и переносы ставят в «Дне школы».', from: 'Действует с', fromHint: (d: string) => `Показано расписание, которое действует ${d}.`, number: 'Урок', shift: (n: number) => `${n} смена`,
    add: (where: string) => `Добавить урок: ${where}`, open: (what: string) => `${what}. Изменить`, place: (day: string, n: number) => `${day}, ${n} урок`, changed: 'изменено', since: (names: string, d: string) => `${names}: с ${d}`, none: 'У класса ещё нет недельного расписания: добавьте уроки.',
    slot: 'Урок недели', group: 'Класс или группа', what: 'Предмет и учитель', other: 'другой предмет или учитель…', subject: 'Предмет', teacher: 'Учитель', notAssigned: 'Учитель не назначен вести этот предмет в этой группе: журнал он вести не сможет, пока завуч или директор его не назначит («Группы»).', weekday: 'День недели', room: 'Кабинет (если есть)', keep: 'Готово', remove: 'Убрать урок', full: 'У группы уже 100 уроков в неделе.',
    clash: { class: (what: string, other: string) => `${what} – у класса в это же время ${other}`, teacher: (what: string, other: string) => `${what} – учитель в это же время ведёт: ${other}`, room: (what: string, other: string) => `${what} – в этом кабинете ещё ${other}` }, clashes: (n: number) => `Накладки: ${n}`, noClash: 'Накладок нет.', mayClash: 'Подписать можно и с накладками, если так и задумано.',
    hours: 'Часов по назначениям и уроков в неделе', hoursRow: (what: string, hours: number, lessons: number) => `${what}: назначено ${hours}, в расписании ${lessons}`,
    edited: (names: string) => `Изменено расписание: ${names}.`, sign: (d: string) => `Подписать с ${d}`, undo: 'Не менять', past: 'Этот день уже прошёл: расписание изменится и для прошедших дней. Записанные уроки останутся как есть.', next: (names: string, d: string) => `${names}: с ${d} уже стоит другое расписание, подписанное сейчас будет действовать до него.`,
  },
}
export type SchoolMessages = typeof schoolRu
