import type { SearchTexts } from '../en/search';

export const search: SearchTexts = {
  label: 'Im Studio suchen',
  placeholder: 'Suchen',
  open: 'Suchen',
  title: 'Suche',
  hint: 'Dateinamen, Schlagwörter, Tage, Namen und Adressen. Jedes Wort muss vorkommen.',
  nothing: (q) => `Zu „${q}“ wurde nichts gefunden.`,
  results: { one: '# Treffer', other: '# Treffer' },
  more: 'Mehr zeigen',
  all: 'Alles zeigen',
  tooLong: 'Das sind mehr als zehn Wörter oder 200 Zeichen.',
  noWord: 'Ein Buchstabe oder eine Ziffer muss dabei sein.',
  kinds: {
    collection: 'Sammlungen',
    gallery: 'Galerien',
    client: 'Kunden',
    order: 'Bestellungen',
    photo: 'Fotos',
  },
};
