import { describe, expect, it } from 'vitest';
import { dayOf, expiryOf, presetDay } from './expiry';
import { endsSoon, shareState } from './state';

const now = new Date(2026, 0, 31, 18, 30);

describe('the end of a link', () => {
  it('is the end of the last day, in local time', () => {
    expect(expiryOf('weeks2', '', now)).toEqual(new Date(2026, 1, 14, 23, 59, 59));
  });

  it('stays in the month that was meant', () => {
    expect(dayOf(presetDay('month1', now) as Date)).toBe('2026-02-28');
    expect(dayOf(presetDay('months3', now) as Date)).toBe('2026-04-30');
  });

  it('can be a day of choice, today at the earliest', () => {
    expect(expiryOf('date', '2026-01-31', now)).toEqual(new Date(2026, 0, 31, 23, 59, 59));
    expect(expiryOf('date', '2026-01-30', now)).toBeUndefined();
    expect(expiryOf('date', '', now)).toBeUndefined();
  });

  it('can be never', () => {
    expect(expiryOf('never', '', now)).toBeNull();
  });
});

describe('the state of a link', () => {
  const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();

  it('is active until its expiry', () => {
    expect(shareState({}, now)).toBe('active');
    expect(shareState({ expires_at: at(1) }, now)).toBe('active');
    expect(shareState({ expires_at: at(0) }, now)).toBe('expired');
  });

  it('is revoked before all else', () => {
    expect(shareState({ expires_at: at(-1), revoked_at: at(-2) }, now)).toBe('revoked');
  });

  it('says when an end is near', () => {
    expect(endsSoon({ expires_at: at(71) }, now)).toBe(true);
    expect(endsSoon({ expires_at: at(73) }, now)).toBe(false);
    expect(endsSoon({ expires_at: at(-1) }, now)).toBe(false);
  });
});
