import type { ExportTexts } from '../en/export';

export const exporting: ExportTexts = {
  label: 'Liste exportieren',
  lightroom: 'Für Lightroom kopieren',
  captureOne: 'Für Capture One kopieren',
  table: 'Tabelle (CSV)',
  sidecars: 'Filialdateien mit fünf Sternen (XMP)',
  sidecarsWithComments: 'Filialdateien mit Sternen und Kommentaren (XMP)',
};
