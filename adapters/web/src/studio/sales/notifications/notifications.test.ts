import { expect, it } from 'vitest';
import { allRead, MOST, pageOf, withNew, type Notification } from './notifications';

const one = (id: string, read = false): Notification => ({
  id,
  at: '2026-05-01T10:00:00Z',
  kind: 'order_placed',
  title: 'New order from Ana: 12 prints, 84.00 EUR',
  text: 'No special requests.',
  link: '/orders/1',
  read,
});

it('keeps each once, the newest first, and no archive', () => {
  const items = withNew([one('a'), one('b')], one('b'));
  expect(items.map(({ id }) => id)).toEqual(['b', 'a']);
  const many = Array.from({ length: MOST }, (_, place) => one(`n${place}`));
  expect(withNew(many, one('new'))).toHaveLength(MOST);
});

it('reads everything', () => {
  expect(allRead([one('a'), one('b', true)]).every(({ read }) => read)).toBe(true);
});

it('leads to pages of the studio alone', () => {
  expect(pageOf(one('a'))).toBe('/orders/1');
  for (const link of ['https://example.com/', '//example.com', 'javascript:alert(1)']) {
    expect(pageOf({ ...one('a'), link })).toBe('/');
  }
});
