import { sales as de } from './de/sales';
import { sales as en, type SalesTexts } from './en/sales';
import { locale } from './locale';

/** Texts of what a studio sells and tells: links, price lists, orders, notifications, settings. */
export const t: SalesTexts = { en, de }[locale];
