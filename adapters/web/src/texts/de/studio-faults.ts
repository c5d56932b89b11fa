import type { StudioTexts } from '../en/studio';

export const faults: StudioTexts['faults'] = {
  damaged: 'Die Datei ist beschädigt oder unvollständig. Erstelle sie noch einmal und lade sie neu hoch.',
  too_large: 'Die Datei oder das Bild darin ist zu groß.',
  too_many: 'Das sind zu viele auf einmal. Teile sie bitte auf.',
  unsupported:
    'Diese Art Datei wird nicht unterstützt. Exportiere das Foto als gewöhnliches JPEG und lade es neu hoch.',
  watermark: 'Das Wasserzeichen lässt sich nicht anwenden. Ändere es in den Einstellungen der Galerie.',
  missing: 'Die hochgeladene Datei fehlt im Speicher. Lade sie noch einmal hoch.',
  mismatch: 'Was ankam, ist nicht die Datei, die gesendet wurde. Lade sie noch einmal hoch.',
  other_shape:
    'Das Bild hat eine andere Form; bestellte Ausschnitte würden etwas anderes zeigen. Ersetze das Foto noch einmal und erlaube eine andere Form, wenn das so sein soll.',
  no_archive: 'Das ist keine ZIP-Datei, oder ihr Ende fehlt.',
  split_archive: 'Das Archiv ist einer von mehreren Teilen. Packe alles in eine einzige Datei.',
  gallery_deleted: 'Die Galerie wurde gelöscht.',
  no_picture: 'Das ist kein JPEG, PNG, WebP oder TIFF.',
  nested_archive: 'Ein Archiv in einem Archiv wird nicht entpackt.',
  empty: 'Die Datei ist leer.',
  encrypted: 'Die Datei ist mit einem Passwort verschlüsselt.',
  unknown_compression: 'Die Datei ist auf eine Art komprimiert, die nicht unterstützt wird.',
  overcompressed: 'Die Datei ist stärker komprimiert, als ein Foto sein kann.',
  unusable_name: 'Ihr Name kann nicht der Name eines Fotos sein.',
  gone: 'Eine der Dateien ist nicht mehr da. Fordere sie noch einmal an.',
  order_changed: 'Die Bestellung wurde inzwischen geändert. Fordere die Dateien noch einmal an.',
  server: 'Das ging mehrmals durch einen Fehler des Servers schief. Versuche es später noch einmal.',
};

export const refusals: StudioTexts['refusals'] = {
  'unsupported-type':
    'Das ist kein JPEG, PNG, WebP oder TIFF. Exportiere Raw-Dateien und HEIC vorher als JPEG.',
  'too-large': 'Die Datei ist zu groß.',
  'invalid-value': 'Die Datei ist leer, oder ihr Name kann nicht der Name eines Fotos sein.',
  'nothing-to-replace': 'Das Foto ist noch nicht hochgeladen, es gibt also nichts zu ersetzen.',
  'upload-incomplete': 'Die Datei ist nicht vollständig angekommen.',
  'upload-mismatch': 'Was ankam, ist nicht die Datei, die gesendet wurde.',
};
