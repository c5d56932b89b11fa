import { expect, it } from 'vitest';
import { isPin, suggestPin } from './pin';

it('suggests what the API takes', () => {
  for (let round = 0; round < 50; round++) expect(suggestPin()).toMatch(/^\d{6}$/);
});

it('draws again in the place of values that would favour a digit', () => {
  let calls = 0;
  const pin = suggestPin((values) => values.fill(calls++ === 0 ? 255 : 7));
  expect(pin).toBe('777777');
});

it('knows the form of a PIN', () => {
  expect(isPin(' 4711 ')).toBe(true);
  expect(isPin('Anna2026')).toBe(true);
  expect(isPin('123')).toBe(false);
  expect(isPin('47-11')).toBe(false);
  expect(isPin('1234567890123')).toBe(false);
});
