import type { StudioTexts } from '../en/studio';

export const studio: StudioTexts = {
  product: 'Halftone',
  nav: {
    label: 'Studio',
    skip: 'Zum Inhalt springen',
    galleries: 'Galerien',
    orders: 'Bestellungen',
    priceLists: 'Preislisten',
    settings: 'Einstellungen',
    logOut: 'Abmelden',
  },
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
  gallery: {
    tabs: { photos: 'Fotos', shares: 'Freigaben', settings: 'Einstellungen' },
  },
};
