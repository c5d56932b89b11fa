import { expect, test } from 'vitest';
import { rowsOf, target } from './grid-keys';

test('rows of a grid', () => {
  expect(rowsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

// A grid of 3 columns and 8 cells: 0 1 2 / 3 4 5 / 6 7.
test.each([
  ['ArrowRight', 2, 3],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 1, 4],
  ['ArrowDown', 5, 7],
  ['ArrowDown', 7, 7],
  ['ArrowUp', 1, 1],
  ['ArrowUp', 4, 1],
  ['Home', 5, 3],
  ['End', 3, 5],
  ['End', 6, 7],
  ['PageDown', 0, 7],
  ['PageUp', 7, 1],
])('%s from %i leads to %i', (key, from, to) => {
  expect(target(key, from, 8, 3, false)).toBe(to);
});

test('with the command key to the ends of the grid', () => {
  expect(target('Home', 5, 8, 3, true)).toBe(0);
  expect(target('End', 1, 8, 3, true)).toBe(7);
});

test('other keys lead nowhere', () => {
  expect(target('x', 5, 8, 3, false)).toBeNull();
});
