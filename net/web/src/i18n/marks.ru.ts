// Отметки по правилам школы: средние, год, точки, вложения, сообщения. Русские слова.
import type { MeanRule } from '../control/means'
import { ru as plural } from './format'

export const marksRu = {
  ruleText: (r: MeanRule) => `${r.weighted ? 'Средняя с учётом веса работ' : 'Средняя без учёта веса'}; вверх округляется с ${r.round_up_at === 0 ? 'любой доли' : `0,${String(r.round_up_at).padStart(2, '0')}`}; за период нужно не меньше ${plural(r.least, 'отметки', 'отметок', 'отметок')}.`,
  forecast: 'Прогноз: отметка за период, которая следует из средней', forecastOf: (n: number) => `прогноз ${n}`,
  year: {
    title: 'Год и итог', tab: 'Год', columns: { 0: 'Период', 1: 'Год', 2: 'Экзамен', 3: 'Итог' }, caption: (group: string, subject: string) => `Годовые, экзаменационные и итоговые отметки, ${group}, ${subject}`,
    due: (from: string, to: string) => `Отметки за год выставляются в последнюю неделю года: с ${from} по ${to}.`, unmarked: 'Предмет без отметок.', proposed: 'Следует из отметок; в журнал не записано', proposedOf: (n: number) => `предлагается ${n}`,
    rule: 'Годовая предлагается из отметок всех периодов, итоговая – из годовой и экзаменационной; без экзамена итоговой служит годовая. Предложение ничего не записывает.', take: (name: string, n: number) => `Взять предложенные, ${name.toLowerCase()}: ${n}`, sign: (n: number) => (n === 0 ? 'Подписать' : `Подписать ${plural(n, 'отметку', 'отметки', 'отметок')}`),
    none: 'В классе нет предметов с отметками.', group: 'Класс, группа', pupils: 'Учеников', state: 'Состояние', whole: 'выставлены все', noYear: (n: number) => `нет годовых: ${n}`, noFinal: (n: number) => `экзамен без итога: ${n}`,
  },
  fewShort: (n: number, least: number) => `${n} из ${least}`,
}
