import { locale, regional } from './locale';

const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(regional);

/** `count` and its noun, in the form that the language asks for. */
export function counted(count: number, forms: { one: string; other: string }): string {
  const form = plurals.select(count) === 'one' ? forms.one : forms.other;
  return form.replace('#', numbers.format(count));
}

/** A text with its places filled, `#` and `@`: in one go, because names of files may hold either. */
export function filled(text: string, first: string, second = ''): string {
  return text.replace(/[#@]/g, (place) => (place === '#' ? first : second));
}

export function number(value: number): string {
  return numbers.format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(regional, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

export interface MoneyAmount {
  /** In the smallest unit of the currency. */
  amount: number;
  currency: string;
}

/** How many digits a currency has behind the point, as ISO 4217 says: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

export function money({ amount, currency }: MoneyAmount): string {
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(regional, { style: 'currency', currency }).format(amount / 10 ** digits);
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A file's size in the decimal units that cards and disks are sold by. */
export function fileSize(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(regional, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}

/** How long something takes, in the one unit that matters. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), 'second']
      : seconds < 5_400
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 360) / 10, 'hour'];
  return new Intl.NumberFormat(regional, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** A day. Days without a time, such as an event's date, are the same day everywhere. */
export function day(
  value: string | Date,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'long' },
): string {
  const isDay = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
  return new Intl.DateTimeFormat(regional, isDay ? { ...options, timeZone: 'UTC' } : options).format(
    new Date(value),
  );
}

export function moment(value: string | Date): string {
  return new Intl.DateTimeFormat(regional, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(value),
  );
}

/** A camera's time: its clock, whatever zone it was set to, as the API writes it with `Z`. */
export function cameraTime(value: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(regional, options).format(new Date(value));
}
