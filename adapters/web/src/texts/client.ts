import { client as de } from './de/client';
import { client as en, type ClientTexts } from './en/client';
import { locale } from './locale';

export const t: ClientTexts = { en, de }[locale];
