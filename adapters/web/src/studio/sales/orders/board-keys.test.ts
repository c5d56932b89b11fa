import { expect, it } from 'vitest';
import { target } from './board-keys';

const columns = [3, 0, 1, 2];

it('goes up and down within a column', () => {
  expect(target(columns, { column: 0, card: 0 }, 'ArrowDown')).toEqual({ column: 0, card: 1 });
  expect(target(columns, { column: 0, card: 2 }, 'ArrowDown')).toBeNull();
  expect(target(columns, { column: 0, card: 0 }, 'ArrowUp')).toBeNull();
});

it('passes over empty columns, and stays in shorter ones', () => {
  expect(target(columns, { column: 0, card: 2 }, 'ArrowRight')).toEqual({ column: 2, card: 0 });
  expect(target(columns, { column: 3, card: 1 }, 'ArrowRight')).toBeNull();
  expect(target(columns, { column: 3, card: 1 }, 'ArrowLeft')).toEqual({ column: 2, card: 0 });
});

it('leaves other keys alone', () => {
  expect(target(columns, { column: 0, card: 0 }, 'Enter')).toBeNull();
});
