import { kit as de } from './de/kit';
import { kit as en, type KitTexts } from './en/kit';
import { locale } from './locale';

export const kitTexts: KitTexts = { en, de }[locale];
