import { locale } from '../../../texts/locale';

/** What photographers are paid in most; others can be typed. */
const common = [
  'EUR',
  'USD',
  'GBP',
  'CHF',
  'AUD',
  'CAD',
  'NZD',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'HUF',
  'JPY',
  'SGD',
  'ZAR',
  'BRL',
  'INR',
];

const names = new Intl.DisplayNames(locale, { type: 'currency' });

/** The currencies of a choice, with their names. `current` is among them, whatever it is. */
export function currencyOptions(current: string): { code: string; label: string }[] {
  const codes = common.includes(current) ? common : [current, ...common];
  return codes.map((code) => ({ code, label: `${code} – ${names.of(code) ?? code}` }));
}
