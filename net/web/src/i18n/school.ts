// The catalogue of setting up the school – weeks, subjects, plans, groups –, fetched with its screens.
import { lang } from '../state/prefs'
import { schoolEn } from './school.en'
import { type SchoolMessages, schoolRu } from './school.ru'

export const sm = (): SchoolMessages => (lang.value === 'ru' ? schoolRu : schoolEn)
