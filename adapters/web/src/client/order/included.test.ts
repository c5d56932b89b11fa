import { expect, it } from 'vitest';
import type { Line } from './draft.svelte';
import { withIncluded } from './included';
import type { Order } from './place';
import type { Quoted } from './quote.svelte';

const price = { amount: 250, currency: 'EUR' };

function quoted(kind: string, quantity: number, included: number): Quoted {
  const total = { amount: 0, currency: 'EUR' };
  return { product: { kind }, quantity, included, unit_price: price, total } as unknown as Quoted;
}

const lines = ['l1', 'l2', 'l3'].map((id) => ({ id }) as Line);
const order = {
  items: [
    { product: { kind: 'print' }, included: 2 },
    { product: { kind: 'digital' }, included: 1 },
  ],
} as unknown as Order;
const answers = { l1: quoted('print', 2, 0), l2: quoted('digital', 1, 1), l3: quoted('print', 3, 3) };

it('gives earlier prints what the order has and what is left', () => {
  const left = { prints: { included: 5, left: 1 } };
  const told = withIncluded(lines, answers, order, left);
  expect(Object.values(told).map(({ included }) => included)).toEqual([2, 1, 1]);
  expect(Object.values(told).map(({ total }) => total.amount)).toEqual([0, 0, 500]);
});

it('keeps what the order has when nothing is counted any more', () => {
  const told = withIncluded(lines, answers, order, {});
  expect(Object.values(told).map(({ included }) => included)).toEqual([2, 1, 0]);
});
