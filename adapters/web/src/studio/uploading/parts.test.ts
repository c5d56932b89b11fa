import { expect, test } from 'vitest';
import { bytesOf, PART_BYTES, PARTS_FROM_BYTES, partsOf } from './parts';

test('a camera file goes in one piece', () => {
  expect(partsOf(12_000_000)).toEqual([]);
});

test('parts follow each other without a gap, and the last one ends with the file', () => {
  const size = PARTS_FROM_BYTES + 5;
  const parts = partsOf(size);
  expect(parts[0]).toEqual({ number: 1, start: 0, end: PART_BYTES });
  parts.slice(1).forEach((part, place) => expect(part.start).toBe(parts[place]?.end));
  expect(parts.at(-1)?.end).toBe(size);
});

test('bytes of parts that are there', () => {
  expect(bytesOf(PARTS_FROM_BYTES + 5, [1, 5])).toBe(PART_BYTES + 5);
});
