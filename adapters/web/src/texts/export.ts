import { exporting as de } from './de/export';
import { exporting as en, type ExportTexts } from './en/export';
import { locale } from './locale';

/** Texts of the export of selections. */
export const t: ExportTexts = { en, de }[locale];
