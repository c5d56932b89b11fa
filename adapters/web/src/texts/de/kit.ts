import type { KitTexts } from '../en/kit';

export const kit: KitTexts = {
  close: 'Schließen',
  cancel: 'Abbrechen',
  retry: 'Noch einmal versuchen',
  undo: 'Rückgängig',
  loading: 'Lädt …',
  offline:
    'Du bist offline. Was du siehst, kann veraltet sein; Änderungen warten, bis die Verbindung wieder da ist.',
  problem: {
    offline: 'Der Server ist nicht zu erreichen. Prüfe die Verbindung und versuche es noch einmal.',
    tooOften: 'Zu viele Versuche. Warte einen Moment und versuche es noch einmal.',
    unexpected:
      'Auf unserer Seite ging etwas schief. Versuche es noch einmal; bleibt es so, sag es deinem Fotografen.',
  },
};
