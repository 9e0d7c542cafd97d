// The catalogue of the school's organisation, fetched with its screens.
import { lang } from '../state/prefs'
import { officeEn } from './office.en'
import { type OfficeMessages, officeRu } from './office.ru'

export const om = (): OfficeMessages => (lang.value === 'ru' ? officeRu : officeEn)
