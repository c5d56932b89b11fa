import { expect, it } from 'vitest';
import { addressOf, grouped, moved, refusal, type Hit } from './hits';

const hit = (kind: string, id: string, more: Partial<Hit> = {}): Hit =>
  ({ kind, id, title: id, subtitle: '', matched: [], ...more }) as Hit;

it('groups hits by kind, and keeps their order', () => {
  const found = grouped([hit('photo', 'a'), hit('gallery', 'b'), hit('photo', 'c')]);
  expect(found.map(({ kind, hits }) => [kind, hits.map(({ id }) => id)])).toEqual([
    ['gallery', ['b']],
    ['photo', ['a', 'c']],
  ]);
});

it('knows where each kind is at home', () => {
  expect(addressOf(hit('gallery', 'g'))).toBe('/galleries/g');
  expect(addressOf(hit('order', 'o'))).toBe('/orders/o');
  expect(addressOf(hit('collection', 'c'))).toBe('/collections/c');
  expect(addressOf(hit('client', 'v', { gallery_id: 'g' }))).toBe('/galleries/g?tab=shares');
  expect(addressOf(hit('client', 'v', { collection_id: 'c' }))).toBe('/collections/c');
  expect(addressOf(hit('photo', 'p', { gallery_id: 'g', title: 'IMG 1&2.JPG' }))).toBe(
    '/galleries/g?q=IMG%201%262.JPG',
  );
});

it('moves between the field and its entries, and stays inside', () => {
  expect(moved('ArrowDown', null, 2)).toBe(0);
  expect(moved('ArrowDown', 1, 2)).toBe(1);
  expect(moved('ArrowUp', 0, 2)).toBeNull();
  expect(moved('ArrowUp', 1, 2)).toBe(0);
  expect(moved('ArrowDown', null, 0)).toBeNull();
});

it('refuses what the server would refuse', () => {
  expect(refusal('img 0412')).toBeNull();
  expect(refusal('  –  ')).toBe('noWord');
  expect(refusal('a b c d e f g h i j k')).toBe('tooLong');
  expect(refusal('a'.repeat(201))).toBe('tooLong');
});
