import { describe, expect, it } from 'vitest';
import { neighbour, rowsOf, visibleRows } from './layout';

const landscape = { width: 3000, height: 2000 };
const portrait = { width: 2000, height: 3000 };
const photos = Array.from({ length: 30 }, (_, n) => (n % 3 === 0 ? portrait : landscape));

describe('rowsOf', () => {
  const laid = rowsOf(photos, 1000, 240, 8);

  it('gives every photo a box, in order', () => {
    expect(laid.rows.flatMap(({ boxes }) => boxes.map(({ index }) => index))).toEqual(
      photos.map((_, n) => n),
    );
  });

  it('fills the width in every row but the last', () => {
    for (const { boxes } of laid.rows.slice(0, -1)) {
      const last = boxes.at(-1);
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000, 0);
    }
  });

  it('keeps the boxes of earlier rows when more photos come', () => {
    const more = rowsOf([...photos, ...photos], 1000, 240, 8);
    expect(more.rows.slice(0, laid.rows.length - 1)).toEqual(laid.rows.slice(0, -1));
  });

  it('lays out broken and extreme sizes', () => {
    const odd = [{ width: 0, height: 0 }, { width: 9000, height: 10 }, portrait];
    expect(rowsOf(odd, 400, 160, 4).rows.flatMap(({ boxes }) => boxes)).toHaveLength(3);
    expect(rowsOf([], 400, 160, 4)).toEqual({ rows: [], height: 0 });
  });
});

describe('visibleRows', () => {
  const { rows, height } = rowsOf(photos, 1000, 240, 8);

  it('agrees with looking at each row', () => {
    for (let top = -300; top < height + 300; top += 97) {
      const seen = rows.filter((row) => row.top + row.height > top && row.top < top + 500);
      expect(rows.slice(...visibleRows(rows, top, top + 500))).toEqual(seen);
    }
  });
});

describe('neighbour', () => {
  const laid = rowsOf(photos, 1000, 240, 8);

  it('walks along the photos', () => {
    expect(neighbour(laid, 0, 'left')).toBeNull();
    expect(neighbour(laid, 0, 'right')).toBe(1);
    expect(neighbour(laid, 29, 'right')).toBeNull();
  });

  it('comes back after one row down and one up from the first photo', () => {
    const below = neighbour(laid, 0, 'down') as number;
    expect(laid.rows[1]?.boxes.map(({ index }) => index)).toContain(below);
    expect(neighbour(laid, below, 'up')).toBe(0);
    expect(neighbour(laid, 0, 'up')).toBeNull();
  });
});
