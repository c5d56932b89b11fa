import { expect, test } from 'vitest';
import { isSameShape } from './shape';

const camera = { width: 6000, height: 4000 };

test('a smaller copy whose sides were rounded has the same shape', () => {
  expect(isSameShape(camera, { width: 2048, height: 1365 })).toBe(true);
});

test('what was turned or cropped has another one', () => {
  expect(isSameShape(camera, { width: 4000, height: 6000 })).toBe(false);
  expect(isSameShape(camera, { width: 4000, height: 4000 })).toBe(false);
});
