import { expect, it } from 'vitest';
import { isOn, switched } from './channels';

it('goes everywhere unless told otherwise', () => {
  expect(isOn({}, 'order_placed', 'email')).toBe(true);
  expect(isOn({ order_placed: [] }, 'order_placed', 'email')).toBe(false);
  expect(isOn({ order_placed: ['email'] }, 'order_placed', 'email')).toBe(true);
});

it('leaves the channels of other programs alone', () => {
  expect(switched({}, 'order_placed', 'email', false)).toEqual(['in_app', 'web_push', 'fcm', 'webhook']);
  expect(switched({ order_placed: ['webhook'] }, 'order_placed', 'in_app', true)).toEqual([
    'in_app',
    'webhook',
  ]);
});

it('says nothing when all are on again', () => {
  const without = ['in_app', 'web_push', 'fcm', 'webhook'];
  expect(switched({ order_placed: without }, 'order_placed', 'email', true)).toBeNull();
});
