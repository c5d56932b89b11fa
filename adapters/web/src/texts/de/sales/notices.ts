import type { NoticesTexts } from '../../en/sales/notices';

export const notices: NoticesTexts = {
  bell: {
    name: 'Benachrichtigungen',
    unread: { one: '# neue Benachrichtigung', other: '# neue Benachrichtigungen' },
    empty: 'Nichts Neues. Bestellungen, Auswahlen und fertige Uploads erscheinen hier.',
    markRead: 'Alle als gelesen markieren',
    settings: 'Einstellungen',
    turnOn: 'Benachrichtigungen auf diesem Gerät einschalten',
  },
  push: {
    title: 'Push-Nachrichten in diesem Browser',
    text: 'Ein Hinweis auf diesem Gerät, wenn eine Bestellung kommt, auch wenn Halftone geschlossen ist.',
    on: 'Einschalten',
    off: 'Ausschalten',
    isOn: 'Push-Nachrichten sind in diesem Browser eingeschaltet.',
    denied: 'In diesem Browser sind Benachrichtigungen für diese Seite verboten.',
    undo: 'Um das zu ändern, öffne über das Symbol links neben der Adresse die Berechtigungen der Seite, erlaube Benachrichtigungen und komm zurück.',
    unsupported: 'Dieser Browser kennt keine Push-Nachrichten.',
    iphone:
      'Auf iPhone und iPad musst du Halftone erst zum Home-Bildschirm hinzufügen: Teilen, dann „Zum Home-Bildschirm“. Öffne es von dort und schalte die Nachrichten ein.',
    insecure: 'Browser erlauben Push-Nachrichten nur über https oder auf diesem Computer selbst.',
    unavailable:
      'Dieser Server verschickt noch keine Push-Nachrichten. Neue Bestellungen siehst du unter der Glocke und, wo es eingerichtet ist, per E-Mail.',
    failed:
      'Der Browser hat seinen Push-Dienst nicht erreicht. Versuche es später noch einmal oder in einem anderen Browser.',
    dismissed:
      'Der Browser hat nicht gefragt, oder du hast seine Frage geschlossen. Versuche es noch einmal und wähle „Zulassen“.',
    open: 'Öffnen',
  },
  mails: {
    title: 'Hinweise zur Verarbeitung per E-Mail',
    text: 'Diese Adressen bekommen zu jedem Upload eine Mail, wenn seine Bilder fertig sind. Jede muss vorher zustimmen, über einen Link in ihrer ersten Mail.',
    none: 'Noch keine Adresse.',
    address: 'E-Mail-Adresse',
    add: 'Hinzufügen',
    added: (email) => `Eine Mail ging an ${email}. Nach der Zustimmung kommen die Hinweise dort an.`,
    remove: (email) => `${email} entfernen`,
    removed: (email) => `${email} wurde entfernt.`,
    since: (day) => `Hinzugefügt am ${day}`,
    notOffered: 'Dieser Server verschickt keine Hinweise zur Verarbeitung per E-Mail.',
  },
  choices: {
    title: 'Wovon du hörst, und wo',
    text: 'Push braucht einen Browser, in dem es eingeschaltet ist.',
    event: 'Was geschieht',
    channels: { in_app: 'Glocke', web_push: 'Push', email: 'E-Mail' },
    events: {
      order_placed: 'Eine Bestellung kommt',
      order_amended: 'Jemand ändert seine Bestellung',
      order_moved: 'Eine Bestellung geht weiter',
      selection_submitted: 'Jemand schickt eine Auswahl ab',
      share_opened: 'Ein Link wird zum ersten Mal geöffnet',
      photo_ready: 'Fotos sind fertig',
      photo_failed: 'Ein Foto schlägt fehl',
    },
    cell: (event, channel) => `${event}: ${channel}`,
  },
};
