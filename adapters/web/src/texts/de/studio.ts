import type { StudioTexts } from '../en/studio';
import { auth } from './studio-auth';
import { faults, refusals } from './studio-faults';
import { collection, firstSteps, gallery } from './studio-galleries';
import { photos, sections } from './studio-photos';
import { replace } from './studio-replace';
import { settings } from './studio-settings';
import { upload } from './studio-upload';

export const studio: StudioTexts = {
  product: 'Halftone',
  save: 'Speichern',
  saved: 'Gespeichert.',
  more: 'Mehr zeigen',
  typeToConfirm: 'Tippe zur Bestätigung „#“',
  tags: {
    label: 'Schlagwörter',
    hint: 'Enter oder ein Komma schließt ein Schlagwort ab.',
    remove: 'Schlagwort # entfernen',
  },
  nav: {
    label: 'Studio',
    skip: 'Zum Inhalt springen',
    galleries: 'Galerien',
    orders: 'Bestellungen',
    priceLists: 'Preislisten',
    settings: 'Einstellungen',
    logOut: 'Abmelden',
  },
  auth,
  collection,
  faults,
  firstSteps,
  gallery,
  photos,
  refusals,
  replace,
  sections,
  settings,
  upload,
  broken: {
    title: 'Diese Seite ist kaputt',
    text: 'In der Seite ging etwas schief. Deine Galerien und Fotos sind auf dem Server sicher. Lade die Seite neu; ein laufender Upload macht dort weiter, wo er war.',
    reload: 'Seite neu laden',
    stay: 'Trotzdem weitermachen',
  },
  notFound: {
    title: 'Hier ist nichts',
    lead: 'Unter dieser Adresse gibt es keine Seite',
    text: 'Vielleicht wurde sie gelöscht, oder die Adresse hat einen Tippfehler.',
    back: 'Zu deinen Galerien',
  },
};
