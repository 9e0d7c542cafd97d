// Отметки по правилам школы: средние, год, точки, вложения, сообщения. Русские слова.
import type { MeanRule } from '../control/means'
import { ru as plural } from './format'

export const marksRu = {
  ruleText: (r: MeanRule) => `${r.weighted ? 'Средняя с учётом веса работ' : 'Средняя без учёта веса'}; вверх округляется с ${r.round_up_at === 0 ? 'любой доли' : `0,${String(r.round_up_at).padStart(2, '0')}`}; за период нужно не меньше ${plural(r.least, 'отметки', 'отметок', 'отметок')}.`,
  forecast: 'Прогноз: отметка за период, которая следует из средней', forecastOf: (n: number) => `прогноз ${n}`,
  fewShort: (n: number, least: number) => `${n} из ${least}`,
}
