// Marks by the school's rules: means, the year, debt points, attachments, messages. English words.
import type { marksRu } from './marks.ru'
import { en as plural } from './format'

export const marksEn: typeof marksRu = {
  ruleText: (r) => `${r.weighted ? 'Mean by weights of works' : 'Mean without weights'}; rounded upwards from ${r.round_up_at === 0 ? 'any fraction' : `0.${String(r.round_up_at).padStart(2, '0')}`}; a period needs at least ${plural(r.least, 'mark', 'marks')}.`,
  forecast: 'Forecast: the period mark that follows from the mean', forecastOf: (n) => `forecast ${n}`,
  fewShort: (n, least) => `${n} of ${least}`,
}
