import { expect, it } from 'vitest';
import { isOn, switched } from './channels';

it('goes everywhere unless told otherwise, but by mail only if it asks for something', () => {
  expect(isOn({}, 'order_placed', 'email')).toBe(true);
  expect(isOn({}, 'photo_ready', 'email')).toBe(false);
  expect(isOn({}, 'photo_ready', 'web_push')).toBe(true);
  expect(isOn({ order_placed: [] }, 'order_placed', 'email')).toBe(false);
  expect(isOn({ photo_ready: ['email'] }, 'photo_ready', 'email')).toBe(true);
});

it('leaves the channels of other programs alone', () => {
  const others = ['in_app', 'web_push', 'fcm', 'webhook', 'topic'];
  expect(switched({}, 'order_placed', 'email', false)).toEqual(others);
  expect(switched({ order_placed: ['webhook'] }, 'order_placed', 'in_app', true)).toEqual([
    'in_app',
    'webhook',
  ]);
});

it('says nothing when all is as usual again', () => {
  const without = ['in_app', 'web_push', 'fcm', 'webhook', 'topic'];
  expect(switched({ order_placed: without }, 'order_placed', 'email', true)).toBeNull();
  const all = switched({}, 'photo_ready', 'email', true);
  expect(all).toContain('email');
  expect(switched({ photo_ready: all ?? [] }, 'photo_ready', 'email', false)).toBeNull();
});
