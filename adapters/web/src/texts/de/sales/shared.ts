import type { SharedTexts } from '../../en/sales/shared';

export const shared: SharedTexts = {
  copy: 'Kopieren',
  copied: 'Kopiert',
  copyFailed: 'Der Browser hat das Kopieren nicht erlaubt. Markiere den Text und kopiere ihn von Hand.',
  save: 'Speichern',
  saved: 'Gespeichert',
  create: 'Anlegen',
  edit: 'Bearbeiten',
  delete: 'Löschen',
  add: 'Hinzufügen',
  more: 'Mehr anzeigen',
  back: 'Zurück',
  done: 'Fertig',
  download: 'Herunterladen',
  never: 'Nie',
};
