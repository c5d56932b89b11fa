import { expect, test } from 'vitest';
import { Rate } from './rate';

test('nothing sent is no rate', () => {
  expect(new Rate().perSecond(0)).toBe(0);
});

test('a steady flow is its rate', () => {
  const rate = new Rate();
  for (let at = 0; at < 5_000; at += 100) rate.add(100_000, at);
  expect(rate.perSecond(5_000)).toBeCloseTo(1_000_000, -4);
});

test('what was long ago is forgotten', () => {
  const rate = new Rate();
  rate.add(9_000_000, 0);
  expect(rate.perSecond(20_000)).toBe(0);
});
