import { studio as de } from './de/studio';
import { studio as en, type StudioTexts } from './en/studio';
import { locale } from './locale';

export const t: StudioTexts = { en, de }[locale];
