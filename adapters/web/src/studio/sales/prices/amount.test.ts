import { expect, it, vi } from 'vitest';

vi.mock('../../../texts/locale', () => ({ locale: 'en', regional: 'en' }));
const { amountIn, amountText, parseAmount } = await import('./amount');

it.each([
  ['12.90', 'EUR', 1290],
  ['12,90', 'EUR', 1290],
  ['12,9', 'EUR', 1290],
  ['12', 'EUR', 1200],
  ['0', 'EUR', 0],
  ['1.290,00', 'EUR', 129000],
  ['1,290.00', 'EUR', 129000],
  ["1'290.50", 'CHF', 129050],
  ['1 290', 'EUR', 129000],
  ['1.290', 'EUR', 129000],
  ['500', 'JPY', 500],
  ['1,500', 'JPY', 1500],
  ['1.250', 'KWD', 1250],
  ['12.', 'EUR', 1200],
])('%s in %s is %d minor units', (text, currency, amount) => {
  expect(parseAmount(text, currency)).toBe(amount);
});

it.each([
  ['', 'EUR'],
  ['free', 'EUR'],
  ['-5', 'EUR'],
  ['12.905,1.2', 'EUR'],
  ['5.50', 'JPY'],
  ['1000000.01', 'EUR'],
])('%s in %s is no amount', (text, currency) => {
  expect(parseAmount(text, currency)).toBeNull();
});

it('shows an amount as it is typed', () => {
  expect(amountText(129000, 'EUR', 'en')).toBe('1290.00');
  expect(amountText(1290, 'EUR', 'de')).toBe('12,90');
  expect(amountText(500, 'JPY', 'de')).toBe('500');
});

it('keeps the number when the currency changes', () => {
  expect(amountIn(1290, 'EUR', 'CHF')).toBe(1290);
  expect(amountIn(1290, 'EUR', 'JPY')).toBe(13);
  expect(amountIn(13, 'JPY', 'EUR')).toBe(1300);
});
