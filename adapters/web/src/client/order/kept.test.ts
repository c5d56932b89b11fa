import { describe, expect, it } from 'vitest';
import type { Line } from './draft.svelte';
import { atKeptPrice, isSamePart, keptOf, totalOf, type Kept } from './kept';
import type { Order } from './place';
import type { Quoted } from './quote.svelte';

const crop = { x: 0, y: 0.1, width: 1, height: 0.8 };
const line: Line = { id: 'l1', photo: 'p1', product: 'small', quantity: 3, crop: { ...crop }, note: '' };
const kept = {
  id: 'l1',
  photo_id: 'p1',
  product: { id: 'small', name: '10 × 15', kind: 'print' },
  quantity: 1,
  crop,
  unit_price: { amount: 250, currency: 'EUR' },
  total: { amount: 250, currency: 'EUR' },
} as unknown as Kept;
const order = { items: [kept] } as unknown as Order;
const dearer = {
  ...kept,
  product: { id: 'small', name: '10 × 15, new', kind: 'print' },
  quantity: 3,
  unit_price: { amount: 400, currency: 'EUR' },
  total: { amount: 1200, currency: 'EUR' },
} as unknown as Quoted;

describe('a line of an order', () => {
  it('keeps its price at another quantity', () => {
    const priced = atKeptPrice(dearer, 3, keptOf(line, order));
    expect(priced.unit_price.amount).toBe(250);
    expect(priced.total.amount).toBe(750);
    expect(priced.product.name).toBe('10 × 15');
  });

  it('has the price of today with another product', () => {
    const other = { ...line, product: 'large' };
    expect(keptOf(other, order)).toBeUndefined();
    expect(atKeptPrice(dearer, 3, keptOf(other, order)).total.amount).toBe(1200);
  });

  it('is another line if it was added', () => {
    expect(keptOf({ ...line, id: 'new' }, order)).toBeUndefined();
    expect(keptOf(line, null)).toBeUndefined();
  });

  it('prints as it did while its crop stays', () => {
    expect(isSamePart(line, kept)).toBe(true);
    expect(isSamePart({ ...line, crop: { ...crop, y: 0.2 } }, kept)).toBe(false);
    expect(isSamePart({ ...line, crop: null }, kept)).toBe(false);
  });
});

describe('totalOf', () => {
  it('adds what all lines cost, and knows nothing while one is missing', () => {
    const two = [line, { ...line, id: 'l2' }];
    expect(totalOf(two, { l1: dearer, l2: dearer })).toEqual({ amount: 2400, currency: 'EUR' });
    expect(totalOf(two, { l1: dearer })).toBeNull();
    expect(totalOf([], {})).toBeNull();
  });
});
