import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../api/http';
import { eventOf, fromOrder, parseMemory, unread, withHappenings, type Happening } from './happenings';

const happening = (id: string, at: string): Happening => ({
  id,
  at,
  kind: 'order',
  orderId: id,
  name: 'Ana',
  state: 'submitted',
});

describe('what the bell keeps', () => {
  it('stands newest first and each once', () => {
    const items = withHappenings(
      [happening('a', '2026-05-01'), happening('b', '2026-05-02')],
      [happening('c', '2026-05-03'), happening('a', '2026-05-01')],
    );
    expect(items.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('is no archive', () => {
    const many = Array.from({ length: 40 }, (_, place) => happening(`h${place}`, `2026-05-01T${place + 10}`));
    expect(withHappenings([], many)).toHaveLength(30);
  });

  it('knows what is new', () => {
    const items = [happening('b', '2026-05-02'), happening('a', '2026-05-01')];
    expect(unread({ seenAt: '2026-05-01', items }).map(({ id }) => id)).toEqual(['b']);
    expect(unread({ seenAt: '', items })).toHaveLength(2);
  });

  it('survives what it cannot read', () => {
    expect(parseMemory(null)).toEqual({ seenAt: '', items: [] });
    expect(parseMemory('{"seenAt":1}')).toEqual({ seenAt: '', items: [] });
    expect(parseMemory('{')).toEqual({ seenAt: '', items: [] });
  });
});

describe('an order', () => {
  const order = (actor: string) =>
    ({
      id: 'o1',
      contact: { name: 'Ana', email: '' },
      events: [{ at: '2026-05-01T10:00:00Z', actor, kind: 'submitted' }],
    }) as unknown as Schema['Order'];

  it('is told of when the client did something', () => {
    expect(fromOrder(order('client'))).toMatchObject({ kind: 'order', name: 'Ana', state: 'submitted' });
  });

  it('is not told of to those who moved it', () => {
    expect(fromOrder(order('studio'))).toBeNull();
  });
});

it('belongs to an event that channels are chosen for', () => {
  expect(eventOf(happening('a', ''))).toBe('order_placed');
  expect(eventOf({ ...happening('a', ''), state: 'amended' } as Happening)).toBe('order_amended');
  expect(eventOf({ ...happening('a', ''), state: 'cancelled' } as Happening)).toBe('order_moved');
  const photos = { id: 'p', at: '', kind: 'photos', galleryId: 'g', gallery: '', ready: 3 } as const;
  expect(eventOf({ ...photos, failed: 0 })).toBe('photo_ready');
  expect(eventOf({ ...photos, failed: 1 })).toBe('photo_failed');
});
