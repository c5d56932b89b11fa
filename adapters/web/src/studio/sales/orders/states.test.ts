import { expect, it } from 'vitest';
import { canCancel, isAmendable, isOrderState, nextState } from './states';

it('goes on one step at a time', () => {
  expect(nextState('submitted')).toBe('accepted');
  expect(nextState('ready')).toBe('completed');
  expect(nextState('completed')).toBeNull();
  expect(nextState('cancelled')).toBeNull();
});

it('is cancelled until it is ready', () => {
  expect(['submitted', 'accepted', 'in_production'].every(canCancel)).toBe(true);
  expect(['ready', 'completed', 'cancelled'].some(canCancel)).toBe(false);
});

it('can be amended while it is neither accepted nor too old', () => {
  const now = new Date('2026-05-14T12:00:00Z');
  expect(isAmendable({ state: 'submitted', amendable_until: '2026-05-14T12:00:01Z' }, now)).toBe(true);
  expect(isAmendable({ state: 'submitted', amendable_until: '2026-05-14T12:00:00Z' }, now)).toBe(false);
  expect(isAmendable({ state: 'accepted', amendable_until: '2026-05-15T12:00:00Z' }, now)).toBe(false);
});

it('knows the words of the API', () => {
  expect(isOrderState('in_production')).toBe(true);
  expect(isOrderState('cancelled')).toBe(true);
  expect(isOrderState('lost')).toBe(false);
  expect(isOrderState(null)).toBe(false);
});
