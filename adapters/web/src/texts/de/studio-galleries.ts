import type { StudioTexts } from '../en/studio';

export const collection: StudioTexts['collection'] = {
  title: 'Sammlungen',
  one: 'Sammlung',
  create: 'Neue Sammlung',
  edit: 'Sammlung bearbeiten',
  delete: 'Sammlung löschen',
  menu: 'Was mit dieser Sammlung geschehen soll',
  name: 'Name',
  nameHint: 'Der Auftrag: „Hochzeit, 14. Mai“. Seine Galerien bleiben zusammen.',
  client: 'Kunde',
  date: 'Datum des Ereignisses',
  galleries: { one: '# Galerie', other: '# Galerien' },
  empty: 'Noch keine Galerie in dieser Sammlung',
  emptyText: 'Eine Hochzeit hat oft mehrere: Trauung, Feier, Porträts. Jede hat ihren eigenen Link.',
  deleteText:
    'Mit der Sammlung verschwinden alle ihre Galerien: jedes Foto, jedes Original, jeder verschickte Link. Das lässt sich nicht rückgängig machen.',
  deleted: 'Die Sammlung ist gelöscht.',
};

export const gallery: StudioTexts['gallery'] = {
  create: 'Neue Galerie',
  name: 'Name',
  nameHint: 'Dein Kunde liest ihn ganz oben.',
  description: 'Beschreibung',
  descriptionHint: 'Ein paar Worte unter dem Namen, für deinen Kunden.',
  collection: 'Sammlung',
  noCollection: 'Keine',
  anyCollection: 'Alle Sammlungen',
  all: 'Alle Galerien',
  search: 'Galerien suchen',
  state: 'Zustand',
  anyState: 'Alle Zustände',
  states: { draft: 'Entwurf', live: 'Live', archived: 'Archiviert' },
  archivedHint: 'Diese Galerie ist archiviert: Ihre Links sind geschlossen.',
  photos: { one: '# Foto', other: '# Fotos' },
  processing: { one: '# in Arbeit', other: '# in Arbeit' },
  failed: { one: '# fehlgeschlagen', other: '# fehlgeschlagen' },
  noneFound: 'Keine Galerie gefunden',
  noneFoundText: 'Versuche ein anderes Wort oder sieh dir alle Galerien an.',
  showAll: 'Alle Galerien zeigen',
  parts: 'Teile der Galerie',
  working: { one: '# Foto wird vorbereitet.', other: '# Fotos werden vorbereitet.' },
  workingLabel: 'Fotos in Vorbereitung',
  ready: { one: '# ist fertig.', other: '# sind fertig.' },
  tabs: { photos: 'Fotos', shares: 'Freigaben', settings: 'Einstellungen' },
  menu: 'Was mit dieser Galerie geschehen soll',
  goLive: 'Live schalten',
  wentLive: 'Die Galerie ist live. Ihre Links funktionieren jetzt.',
  toDraft: 'Zurück zum Entwurf',
  archive: 'Archivieren',
  unarchive: 'Aus dem Archiv holen',
  archived: 'Die Galerie ist archiviert. Ihre Links sind geschlossen.',
  rename: 'Umbenennen',
  delete: 'Galerie löschen',
  deleteText:
    'Jedes Foto und Original darin, jeder verschickte Link und jede Auswahl wird gelöscht. Das lässt sich nicht rückgängig machen.',
  deleted: 'Die Galerie ist gelöscht.',
};

export const firstSteps: StudioTexts['firstSteps'] = {
  title: 'Deine erste Galerie',
  lead: 'Vier Schritte von der vollen Speicherkarte zum Link für deinen Kunden.',
  hide: 'Ausblenden',
  done: 'erledigt',
  steps: {
    gallery: {
      title: 'Galerie anlegen',
      text: 'Eine für jede Reihe von Fotos, die ihren eigenen Link bekommt.',
      action: 'Galerie anlegen',
    },
    upload: {
      title: 'Fotos hochladen',
      text: 'Zieh einen ganzen Ordner Kameradateien hierher. Die Originale bleiben allein bei dir.',
      action: 'Fotos hochladen',
    },
    watermark: {
      title: 'Wasserzeichen ansehen',
      text: 'Proofs tragen den Namen deines Studios. Ändere ihn oder nimm dein Logo.',
      action: 'Ansehen',
    },
    share: {
      title: 'Link verschicken',
      text: 'Dein Kunde öffnet ihn auf dem Handy, ohne Konto.',
      action: 'Link anlegen',
    },
  },
};
