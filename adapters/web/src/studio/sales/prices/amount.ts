import { minorDigits } from '../../../texts/format';

/** The largest amount that the API takes, in minor units. */
export const LARGEST_AMOUNT = 100_000_000;

/**
 * The minor units of an amount that somebody typed: `12.90`, `12,90`, `1.290,00` or `1,290.00`. The last point or comma
 * parts the decimals if as many digits follow as the currency has at most; what stands before it groups digits.
 * Null for what is no amount.
 */
export function parseAmount(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const bare = text.replace(/[\s\u00a0\u202f'’]/g, '');
  if (!/^\d[\d.,]*$/.test(bare)) return null;
  const at = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  const behind = at < 0 ? '' : bare.slice(at + 1);
  const isDecimal = at >= 0 && behind.length <= digits && digits > 0;
  const whole = isDecimal ? bare.slice(0, at) : bare;
  if (!isGrouped(whole)) return null;
  const units = whole.replace(/[.,]/g, '') + (isDecimal ? behind : '').padEnd(digits, '0');
  const amount = Number(units);
  return Number.isSafeInteger(amount) && amount <= LARGEST_AMOUNT ? amount : null;
}

/** Digits alone, or in groups of three by one kind of mark. */
function isGrouped(whole: string): boolean {
  return /^\d+$/.test(whole) || /^\d{1,3}(\.\d{3})+$/.test(whole) || /^\d{1,3}(,\d{3})+$/.test(whole);
}

/** An amount as an input shows it: all decimals, no grouping, the decimal mark of `locale`. */
export function amountText(amount: number, currency: string, locale: string): string {
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(amount / 10 ** digits);
}

/** The same number in another currency: 12.90 stays 12.90, and becomes 13 where there are no decimals. */
export function amountIn(amount: number, from: string, to: string): number {
  const step = minorDigits(to) - minorDigits(from);
  return Math.min(LARGEST_AMOUNT, Math.round(amount * 10 ** step));
}
