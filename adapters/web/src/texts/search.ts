import { search as de } from './de/search';
import { search as en, type SearchTexts } from './en/search';
import { locale } from './locale';

/** Texts of the search over everything in the studio. */
export const t: SearchTexts = { en, de }[locale];
