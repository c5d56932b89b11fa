import { expect, it } from 'vitest';
import type { Schema } from '../../../api/http';
import { cutOff, isWhole } from './crop';
import { hasRequest, hasTooSmall, orderNumber, photoIds, pieces } from './facts';

const item = (photo_id: string, quantity: number, more: Partial<Schema['OrderItem']> = {}) =>
  ({ photo_id, quantity, note: '', ...more }) as Schema['OrderItem'];
const order = (items: Schema['OrderItem'][], special_request = '') =>
  ({ items, special_request }) as Schema['Order'];

it('counts pieces over all lines and each photo once', () => {
  const one = order([item('a', 2), item('b', 1), item('a', 3)]);
  expect(pieces(one)).toBe(6);
  expect(photoIds(one)).toEqual(['a', 'b']);
});

it('finds a request wherever it stands', () => {
  expect(hasRequest(order([item('a', 1)]))).toBe(false);
  expect(hasRequest(order([item('a', 1)], 'Wrap it'))).toBe(true);
  expect(hasRequest(order([item('a', 1, { note: 'Warmer' })]))).toBe(true);
});

it('finds a print that is too small', () => {
  expect(hasTooSmall(order([item('a', 1, { print_quality: 'marginal' })]))).toBe(false);
  expect(hasTooSmall(order([item('a', 1), item('b', 1, { print_quality: 'too_small' })]))).toBe(true);
});

it('gives a short number', () => {
  expect(orderNumber({ id: '01a1fdb0-596f-7ece-b295-fec4744eb54b' })).toBe('4EB54B');
});

it('draws what is cut off around the crop', () => {
  expect(cutOff({ x: 0.25, y: 0, width: 0.5, height: 1 })).toBe('M0 0H1V1H0Z M0.25 0H0.75V1H0.25Z');
  expect(isWhole({ x: 0, y: 0, width: 1, height: 0.9999 })).toBe(true);
  expect(isWhole({ x: 0, y: 0.1, width: 1, height: 0.9 })).toBe(false);
});
